use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use clap::Parser;
use futures_util::stream;

use super::*;
use crate::ledger;
use crate::server::{Server, Timeouts, http};
use crate::settings::Settings;

const LITTLE: Duration = Duration::from_secs(1);
const LONGER: Duration = Duration::from_millis(1_500);

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
}

fn routes(config: &mut ServiceConfig) {
    config.route("/slow", web::post().to(slow));
}

/// Takes longer than clients may, before the answer and within it.
async fn slow(body: String) -> impl Responder {
    actix_web::rt::time::sleep(LONGER).await;
    HttpResponse::Ok().streaming(stream::unfold(vec![body, "begun ".to_owned()], async |mut parts| {
        let part = parts.pop()?;
        if parts.is_empty() {
            actix_web::rt::time::sleep(LONGER).await;
        }
        Some((Ok::<_, Error>(Bytes::from(part)), parts))
    }))
}

fn call_twice(address: SocketAddr) -> String {
    let mut client = TcpStream::connect(address).expect("a connection");
    client.set_read_timeout(Some(Duration::from_mins(1))).expect("a socket");
    let mut all = String::new();
    for connection in ["keep-alive", "close"] {
        let head = format!("POST /slow HTTP/1.1\r\nHost: h\r\nConnection: {connection}\r\nContent-Length: 5\r\n\r\n");
        client.write_all(head.as_bytes()).expect("a server that reads");
        std::thread::sleep(LONGER);
        client.write_all(b"ended").expect("a server that reads");
        let mut answer = String::new();
        while !answer.ends_with("\r\n0\r\n\r\n") {
            let mut bytes = [0; 4096];
            let length = client.read(&mut bytes).expect("an answer");
            assert_ne!(length, 0, "cut off after {answer:?}");
            answer += &String::from_utf8_lossy(&bytes[..length]);
        }
        all += &answer;
    }
    all
}

#[test]
fn neither_a_slow_body_nor_a_slow_handler_nor_a_slow_answer_is_cut_off() {
    actix_web::rt::System::new().block_on(serve_slowly());
}

async fn serve_slowly() {
    let settings = ["test", "--listen=127.0.0.1:0", "--ledger=memory:"];
    let Arguments { settings } = Arguments::parse_from(settings);
    let ledger = ledger::open(settings.ledger()).expect("a ledger");
    let server = Server::with_ledger(&settings, ledger).expect("a server");
    let address = server.address();
    let timeouts = Timeouts { head: LITTLE, idle: LITTLE, ..Timeouts::default() };
    let running =
        http::serve(server.listener, None, timeouts, Arc::default(), server.endpoint, routes).expect("a server");
    let handle = running.handle();
    actix_web::rt::spawn(running);
    let answers = actix_web::rt::task::spawn_blocking(move || call_twice(address)).await.expect("answers");
    assert_eq!(answers.matches("begun ").count(), 2, "{answers}");
    assert_eq!(answers.matches("ended").count(), 2, "{answers}");
    handle.stop(false).await;
}
