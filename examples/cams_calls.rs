//! Load for `scripts/bench --cams`: `GetPhoneNumberVerificationStatus`, signed with version 3 and another nonce each time.
//!
//! ```sh
//! cargo run --release --example cams_calls -- http://127.0.0.1:8080 [connections=64] [seconds=8] [threads=2]
//! ```
//!
//! It makes a program of its own first, whose calls aren't limited; a server without a control plane is asked all the same. Ends
//! with the lines of `benches/load/save_account_phone.lua`: `result REQUESTS_PER_SECOND P50_MS P99_MS FAILED` and
//! `answer RETURN_CODE COUNT`, where `Code` `OK` counts as 0.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream as Blocking};
use std::thread;
use std::time::{Duration, Instant};

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

const PROGRAM: &str = r#"{"name":"cams-calls","settings":{"cams":{"calls_per_second":0}},"security_tokens":[],
    "phone_number_types":[{"external_reference":"MOBILE","name":"Mobile"}],"mobile_carriers":[],
    "cams_accounts":[{"account_id":"a","access_keys":[{"access_key_id":"cams-calls","access_key_secret":"secret"}],
    "spaces":[{"cust_space_id":"cams-calls","member_id":1}]}],"members":[{"member_id":1}],
    "verifications":[{"purpose":"cams_migration","account":"cams-calls","number":"+15195550101"}]}"#;
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const QUERY: &str = "CustSpaceId=cams-calls&PhoneNumber=15195550101";
const NAMES: &str = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";

/// What came of one connection's calls.
#[derive(Default)]
struct Outcome {
    took: Vec<Duration>,
    answers: BTreeMap<i32, u64>,
    failed: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("expected http://HOST:PORT")?;
    let address: SocketAddr = url.trim_start_matches("http://").trim_end_matches('/').parse()?;
    let named: BTreeMap<_, _> = arguments.filter_map(|text| named(&text)).collect();
    let number = |name: &str, otherwise: u64| named.get(name).map_or(Ok(otherwise), |text| text.parse());
    let (connections, threads) = (number("connections", 64)?, number("threads", 2)?.max(1));
    let seconds = number("seconds", 8)?;
    put_program(address)?;
    let end = Instant::now() + Duration::from_secs(seconds);
    let drive =
        move |thread: u64| drive(address, (0..connections).filter(|number| number % threads == thread).collect(), end);
    let driving: Vec<_> = (0..threads).map(|number| thread::spawn(move || drive(number))).collect();
    let outcomes = driving.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect::<Vec<_>>();
    print!("{}", report(outcomes, seconds));
    Ok(())
}

fn named(argument: &str) -> Option<(String, String)> {
    let (name, value) = argument.split_once('=')?;
    Some((name.to_owned(), value.to_owned()))
}

fn put_program(address: SocketAddr) -> io::Result<()> {
    let mut stream = Blocking::connect(address)?;
    write!(
        stream,
        "PUT /_emulator/programs/cams-calls HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{PROGRAM}",
        PROGRAM.len()
    )?;
    stream.read_to_end(&mut Vec::new()).map(drop)
}

/// Calls over these connections until the end, on the present thread.
fn drive(address: SocketAddr, connections: Vec<u64>, end: Instant) -> Vec<Outcome> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Vec::new() };
    LocalSet::new().block_on(&runtime, async {
        let calling: Vec<_> =
            connections.into_iter().map(|number| tokio::task::spawn_local(call(address, number, end))).collect();
        let mut outcomes = Vec::new();
        for task in calling {
            outcomes.extend(task.await);
        }
        outcomes
    })
}

async fn call(address: SocketAddr, number: u64, end: Instant) -> Outcome {
    let mut outcome = Outcome::default();
    let Ok(stream) = TcpStream::connect(address).await else { return Outcome { failed: 1, ..outcome } };
    let _ = stream.set_nodelay(true);
    let run = Timestamp::now().as_nanosecond();
    while Instant::now() < end {
        let request = request(&format!("{run}-{number}-{}", outcome.took.len()));
        let began = Instant::now();
        match exchange(&stream, request.as_bytes()).await {
            Ok(answer) => {
                outcome.took.push(began.elapsed());
                *outcome.answers.entry(answer).or_default() += 1;
            }
            Err(_) => return Outcome { failed: outcome.failed + 1, ..outcome },
        }
    }
    outcome
}

fn request(nonce: &str) -> String {
    let date = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default();
    let headers = [
        ("host", "localhost"),
        ("x-acs-action", "GetPhoneNumberVerificationStatus"),
        ("x-acs-content-sha256", EMPTY),
        ("x-acs-date", &date.to_string()),
        ("x-acs-signature-nonce", nonce),
        ("x-acs-version", "2020-06-06"),
    ];
    let mut canonical = format!("POST\n/\n{QUERY}\n");
    let mut head = format!("POST /?{QUERY} HTTP/1.1\r\n");
    for (name, value) in headers {
        let _ = writeln!(canonical, "{name}:{value}");
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(canonical, "\n{NAMES}\n{EMPTY}");
    let to_sign = format!("ACS3-HMAC-SHA256\n{}", hex(&Sha256::digest(canonical)));
    let signature =
        Hmac::<Sha256>::new_from_slice(b"secret").map(|mac| mac.chain_update(to_sign).finalize().into_bytes());
    let signature = hex(&signature.unwrap_or_default());
    let _ = write!(
        head,
        "Authorization: ACS3-HMAC-SHA256 Credential=cams-calls,SignedHeaders={NAMES},Signature={signature}\r\n\
         Content-Length: 0\r\n\r\n"
    );
    head
}

/// Sends a request and reads its answer down to what counts.
async fn exchange(stream: &TcpStream, mut request: &[u8]) -> io::Result<i32> {
    while !request.is_empty() {
        stream.writable().await?;
        match stream.try_write(request) {
            Ok(length) => request = &request[length..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    let (mut answer, mut length) = ([0; 4096], 0);
    loop {
        stream.readable().await?;
        match stream.try_read(&mut answer[length..]) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        if let Some(body) = whole_body(&answer[..length]) {
            let is_good = body.contains(r#""Code":"OK""#) || body.contains("<ReturnCode>0<");
            return Ok(i32::from(!is_good));
        }
    }
}

/// The body of an answer that has arrived.
fn whole_body(answer: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    (body.len() >= length.unwrap_or(0)).then(|| body.to_owned())
}

fn report(outcomes: Vec<Outcome>, seconds: u64) -> String {
    let mut all = Outcome::default();
    for Outcome { took, answers, failed } in outcomes {
        all.took.extend(took);
        all.failed += failed;
        for (code, count) in answers {
            *all.answers.entry(code).or_default() += count;
        }
    }
    all.took.sort_unstable();
    let at = |share: usize| all.took.get(all.took.len() * share / 100).map_or(0.0, |took| took.as_secs_f64() * 1000.0);
    let (calls, p50, p99) = (all.took.len() as u64, at(50), at(99));
    let mut text = format!("result {} {p50:.3} {p99:.3} {}\n", calls / seconds.max(1), all.failed);
    for (code, count) in all.answers {
        let _ = writeln!(text, "answer {code} {count}");
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
