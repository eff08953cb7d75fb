//! Whole requests and their answers, byte for byte: one folder a case in `fixtures/exchanges/<api>/`.
//!
//! - `request.http` goes over the wire as it stands. Where a file `fill` holds a count, the mark `@@FILL@@` becomes that
//!   many `x`, so that a body of megabytes takes no megabytes here.
//! - `response.http` is what comes back: its status, the headers that it names, and its body. After an answer to HTTP/1.0,
//!   or to a caller that asks for it, the server hangs up.
//!   What differs from answer to answer stands there as a mark: `@@UUID@@`, `@@TRANSACTION@@`, `@@HEX32@@`, `@@NUMBER@@`.
//! - `before-1.http` and so on are requests that come first, each on a connection of its own. They have to succeed.
//! - `clock` holds a time at which the emulator's clock is held.
//! - `seed.json` is the ledger of a case that needs its own. A case with any of these three has a server of its own. All others share one server with the default seed, so a case
//!   may save, but nothing that another case would notice.
//!
//! `REWRITE_EXCHANGES=1 cargo test --test it exchanges` writes the answers anew, to be reviewed as a diff.

mod marks;

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Answer, TestApp, end_of_head};

#[test]
fn every_recorded_exchange_happens_again() {
    let rewrite = std::env::var_os("REWRITE_EXCHANGES").is_some();
    let shared = TestApp::start();
    let mut cases = cases();
    assert!(cases.len() > 100, "the folder of the cases was not found");
    if !rewrite {
        // There and back: a case that leans on what another one left behind fails in one of the directions.
        cases.extend_from_within(..);
        let half = cases.len() / 2;
        cases[half..].reverse();
    }
    let differences: Vec<_> = cases.iter().filter_map(|case| check(case, &shared, rewrite)).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

/// All folders with a request, in the order of their names.
fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/exchanges");
    let mut cases: Vec<_> = folders(&root).iter().flat_map(|api| folders(api)).collect();
    cases.sort();
    cases
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.is_dir()).collect()
}

/// Makes one exchange and says how its answer differs from the recorded one, if it does.
fn check(case: &Path, shared: &TestApp, rewrite: bool) -> Option<String> {
    let request = request(case);
    let own = own_server(case);
    let is_of = |name: &[u8]| request.windows(name.len()).any(|part| part == name);
    if own.is_none() && is_of(b"<preq") && !is_of(b"<preqSaveAccountPhone") {
        // What is saved by one case is fetched by another.
        let reset = b"POST /_emulator/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(shared.connect().exchange(reset).expect("an answer").status, 204);
    }
    let mut connection = own.as_ref().unwrap_or(shared).connect();
    let answer = connection.exchange(&request).expect("an answer");
    if is_last(&request) && !connection.ends() {
        return Some(format!("{}: the connection stays open", case.display()));
    }
    let file = case.join("response.http");
    let recorded = fs::read(&file).ok().map(|bytes| parse(&bytes));
    if rewrite {
        fs::write(&file, write(&answer, recorded.as_ref())).expect("a file that can be written");
        return None;
    }
    let difference = difference(&recorded.expect("a response.http"), &answer)?;
    Some(format!("{}: {difference}", case.display()))
}

/// The server of a case that needs its own, ready for its request.
fn own_server(case: &Path) -> Option<TestApp> {
    let seed = fs::read_to_string(case.join("seed.json"));
    let clock = fs::read_to_string(case.join("clock"));
    let before = (1..).map_while(|step| fs::read(case.join(format!("before-{step}.http"))).ok());
    let before: Vec<_> = before.collect();
    if seed.is_err() && clock.is_err() && before.is_empty() {
        return None;
    }
    let app = seed.map_or_else(|_| TestApp::start(), |seed| TestApp::with_seed(&seed));
    if let Ok(now) = clock {
        app.hold_clock(now.trim());
    }
    for (index, request) in before.iter().enumerate() {
        let answer = app.connect().exchange(request).expect("an answer");
        assert!(answer.status < 300, "{}: step {} answers {}", case.display(), index + 1, answer.text());
    }
    Some(app)
}

fn request(case: &Path) -> Vec<u8> {
    let request = fs::read(case.join("request.http")).expect("a request.http");
    let Ok(count) = fs::read_to_string(case.join("fill")) else { return request };
    let text = String::from_utf8(request).expect("a filled request is UTF-8");
    text.replace("@@FILL@@", &"x".repeat(count.trim().parse().expect("a count"))).into_bytes()
}

/// Whether a request is the last one on its connection.
fn is_last(request: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&request[..end_of_head(request)]).to_ascii_lowercase();
    let connection = head.lines().filter_map(|line| line.strip_prefix("connection: ")).collect::<String>();
    connection.contains("close") || head.contains(" http/1.0\r\n") && !connection.contains("keep-alive")
}

fn difference(expected: &Answer, actual: &Answer) -> Option<String> {
    if (expected.status, expected.continued) != (actual.status, actual.continued) {
        return Some(format!("status {} in place of {}\n{}", actual.status, expected.status, actual.text()));
    }
    for (name, value) in &expected.headers {
        if !actual.header(name).is_some_and(|actual| marks::fits(value.as_bytes(), actual.as_bytes())) {
            return Some(format!("{name} is {:?} in place of {value:?}", actual.header(name)));
        }
    }
    (!marks::fits(&expected.body, &actual.body))
        .then(|| format!("body\n{}\nin place of\n{}", actual.text(), expected.text()))
}

/// Reads a recorded answer.
fn parse(bytes: &[u8]) -> Answer {
    let (head, body) = bytes.split_at(end_of_head(bytes));
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect("a status line");
    if status == 100 {
        return Answer { continued: true, ..parse(body) };
    }
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    Answer { status, headers: lines.filter_map(header).collect(), body: body.to_vec(), continued: false }
}

/// Writes an answer as it is recorded: with the headers that the older record names, or with all that don't change from
/// one moment to the next.
fn write(answer: &Answer, older: Option<&Answer>) -> Vec<u8> {
    let is_recorded = |name: &str| match older {
        Some(older) => older.header(name).is_some(),
        None => !["date", "connection"].contains(&name.to_ascii_lowercase().as_str()),
    };
    let reason = actix_web::http::StatusCode::from_u16(answer.status).ok().and_then(|status| status.canonical_reason());
    let reason = reason.unwrap_or_default();
    let mut headers: Vec<_> = answer.headers.iter().filter(|(name, _)| is_recorded(name)).collect();
    headers.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    let line = |(name, value): &&(String, String)| format!("{}: {value}\r\n", name.to_ascii_lowercase());
    let headers: Vec<_> = headers.iter().map(line).collect();
    let interim = if answer.continued { "HTTP/1.1 100 Continue\r\n\r\n" } else { "" };
    let text = format!("{interim}HTTP/1.1 {} {reason}\r\n{}\r\n", answer.status, headers.concat());
    marks::mark(&[text.as_bytes(), &answer.body].concat())
}
