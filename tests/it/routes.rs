//! All routes, as the server lists them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use sync_asmx::server::{Timeouts, paths};

use crate::harness::{Connection, PATIENCE, TestApp};

/// So little that a test can wait for its end.
const LITTLE: Duration = Duration::from_secs(1);

/// Those that change something and take no body.
const WITHOUT_BODY: [&str; 4] =
    ["/_emulator/reset", "/_emulator/programs/{program}/reset", "/_emulator/sign-out", "/_emulator/console/reset"];

/// A media type that the API at this path reads.
fn media_type(path: &str) -> &'static str {
    match path {
        "/" | "/_emulator/sign-in" => "application/x-www-form-urlencoded",
        _ if path.starts_with("/_emulator/console") => "application/x-www-form-urlencoded",
        _ if path.starts_with("/Services") => "text/xml",
        _ => "application/json",
    }
}

/// The path with a value for each name.
fn filled(path: &str) -> String {
    let path = path.replace("{items}", "phone-number-types");
    let parts =
        path.split('{').map(|part| part.split_once('}').map_or(part.to_owned(), |(_, rest)| format!("1{rest}")));
    parts.collect()
}

#[test]
fn a_body_that_does_not_come_is_waited_for_no_longer_than_the_connection_allows() {
    let ample = Timeouts { head: PATIENCE, idle: PATIENCE, answer: PATIENCE, ..Timeouts::default() };
    let app = TestApp::with_arguments_and_timeouts(&[], Timeouts { body: LITTLE, ..ample });
    let routes: Vec<_> = paths().collect();
    assert!(routes.len() > 80, "{routes:?}");
    let mut begun: Vec<_> = routes
        .iter()
        .map(|(method, path)| {
            let (target, media_type) = (filled(path), media_type(path));
            let mut connection = app.connect();
            let request = format!(
                "{method} {target} HTTP/1.1\r\nHost: localhost\r\nX-Pims-Instance: i\r\nContent-Type: {media_type}\r\n\
                 Content-Length: 100\r\n\r\na=b&c"
            );
            connection.send(request.as_bytes()).expect("a server that reads");
            (method, path, connection)
        })
        .collect();
    for (method, path, connection) in &mut begun {
        let answer = connection.read_answer().expect("an answer");
        // A call of CAMS may have a form by GET, too.
        let may_take_body = ["POST", "PUT", "PATCH"].contains(&method.as_str()) || path.as_str() == "/";
        let takes_body = may_take_body && !WITHOUT_BODY.contains(&path.as_str());
        assert_eq!(answer.status == 408, takes_body, "{method} {path}: {answer:?}");
        assert!(connection.ends(), "{method} {path}");
    }
}

#[test]
fn a_body_that_comes_byte_by_byte_is_cut_off() {
    let ample = Timeouts { head: PATIENCE, idle: PATIENCE, answer: PATIENCE, ..Timeouts::default() };
    let app = TestApp::with_arguments_and_timeouts(&[], Timeouts { body: LITTLE, ..ample });
    let mut connection = app.connect();
    let head = "POST /_emulator/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    connection.send(head.as_bytes()).expect("a server that reads");
    while connection.send(b"a").is_ok() {
        thread::sleep(LITTLE / 50);
    }
}

/// The head of the answer, behind which nothing comes.
fn ask_head(app: &TestApp, target: &str) -> String {
    let headers = "Host: localhost\r\nConnection: close\r\nAccept: text/html";
    let request = format!("HEAD {target} HTTP/1.1\r\n{headers}\r\n\r\n");
    let mut stream = TcpStream::connect(app.address()).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
    stream.write_all(request.as_bytes()).expect("a server that reads");
    let mut all = String::new();
    stream.read_to_string(&mut all).expect("text");
    let (head, rest) = all.split_once("\r\n\r\n").expect("a head");
    assert_eq!(rest, "", "{target}: a body behind {head}");
    head.to_ascii_lowercase()
}

#[test]
fn head_is_answered_as_get_without_the_body() {
    let app = TestApp::start();
    for (method, path) in paths() {
        if method != "GET" || path.contains('{') || path.starts_with("/Services") || path == "/" {
            continue;
        }
        // What refreshes itself has the time in it, which may be longer by a digit the next time.
        let is_alive = ["/live", "/clock", "/metrics", "/_emulator/"].iter().any(|end| path.ends_with(end));
        let get = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n");
        let answer = Connection::open(app.address()).exchange(get.as_bytes()).expect("an answer");
        let head = ask_head(&app, &path);
        assert!(head.starts_with(&format!("http/1.1 {} ", answer.status)), "{path}: {head}");
        assert!(answer.header("content-type").is_none_or(|media_type| head.contains(media_type)), "{path}: {head}");
        if let Some(length) = answer.header("content-length") {
            let expected =
                if is_alive { "\r\ncontent-length: ".to_owned() } else { format!("\r\ncontent-length: {length}") };
            assert!(head.contains(&expected), "{path}: {head}");
        }
    }
    assert!(ask_head(&app, "/Services/Sync.asmx").starts_with("http/1.1 405 "));
}
