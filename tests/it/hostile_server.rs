//! The command line, and a server that says what it shouldn't.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Output;
use std::thread;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{command, on_terminal, terminal};

/// Control characters, a mark of direction, and a character beyond 16 bits.
const HOSTILE: &str = "\u{1b}[2J\u{9b}31m\u{202e}evil\r\nx\u{e0041}";
const SHOWN: &str = "\\u{1b}[2J\\u{9b}31m\\u{202e}evil\\r\\nx\\u{e0041}";

/// A server that answers everything with this.
fn serve(status: &'static str, body: impl Fn(&mut dyn Write) -> std::io::Result<()> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a caller");
            // One read is enough of the short requests that come here.
            let _ = stream.read(&mut [0; 4096]);
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n");
            // The caller may have enough.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| body(&mut stream));
        }
    });
    url
}

fn serve_json(status: &'static str, value: &Value) -> String {
    let text = value.to_string();
    serve(status, move |out| out.write_all(text.as_bytes()))
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn run(url: &str, arguments: &[&str]) -> Output {
    command(folder().path(), arguments).env("SYNC_ASMX_SERVER", url).output().expect("the program")
}

fn shown_on_terminal(url: &str, arguments: &str) -> String {
    let folder = folder();
    let mut script = terminal(folder.path(), arguments);
    script.env("SYNC_ASMX_SERVER", url);
    let shown = on_terminal(script, "").0;
    // The terminal itself puts a carriage return before each line end.
    shown.replace("\r\n", "\n")
}

fn assert_harmless(shown: &str) {
    let harmful = |c: char| (c.is_control() && !"\n\t".contains(c)) || "\u{202e}\u{e0041}".contains(c);
    assert!(!shown.contains(harmful), "{shown:?}");
}

#[test]
fn what_a_server_says_is_shown_with_escapes() {
    let message = json!({"at": HOSTILE, "to": HOSTILE, "channel": HOSTILE, "code": HOSTILE, "text": HOSTILE});
    let phone = json!({"type": HOSTILE, "number": HOSTILE, "carrier": HOSTILE});
    let member = json!({"member_id": HOSTILE, "first_name": HOSTILE, "last_name": HOSTILE, "phones": [phone]});
    let token = json!({"token": HOSTILE, "methods": [HOSTILE], "expires_at": HOSTILE});
    for (arguments, answer) in [
        ("message list", json!({"messages": [message]})),
        ("message code +1", json!({"messages": [message]})),
        ("member show 1", member.clone()),
        ("member add 1", member),
        ("token list", json!({"security_tokens": [token]})),
        ("token create", token),
    ] {
        let url = serve_json("200 OK", &answer);
        let words: Vec<_> = arguments.split(' ').collect();
        let output = run(&url, &words);
        let told = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success() && told.contains("\\u{202e}evil"), "{arguments}: {told}");
        assert_harmless(&told);
        // For programs it is the same JSON, with escapes where a person sees it.
        let output = run(&url, &[&words[..], &["--json"]].concat());
        let expected = if arguments.starts_with("message code") { &answer["messages"][0] } else { &answer };
        assert_eq!(serde_json::from_slice::<Value>(&output.stdout).expect("JSON"), *expected, "{arguments}");
        let shown = shown_on_terminal(&url, &format!("{arguments} --json"));
        assert_harmless(&shown);
        assert_eq!(serde_json::from_str::<Value>(&shown).expect("JSON"), *expected, "{arguments}");
    }
}

#[test]
fn a_problem_is_told_with_escapes_and_not_at_any_length() {
    let url = serve_json("500 Oops", &json!({"field": HOSTILE, "detail": HOSTILE.repeat(10_000)}));
    for arguments in [&["health"][..], &["export"], &["token", "list"], &["seed", "/dev/null"]] {
        let output = run(&url, arguments);
        let told = String::from_utf8(output.stderr).expect("text");
        assert_harmless(&told);
        assert!(!output.status.success() && told.len() < 5000, "{arguments:?}: {told}");
    }
    let told = String::from_utf8(run(&url, &["health"]).stderr).expect("text");
    assert!(told.starts_with(&format!("error: {SHOWN}: {SHOWN}")), "{told}");
    let fault = "<faultstring>\u{9b}31m\u{202e}evil</faultstring>";
    let url = serve("500 Oops", move |out| out.write_all(fault.as_bytes()));
    let call = ["call", "save-account-phone", "--member-id", "1", "--number", "1"];
    let told = String::from_utf8(run(&url, &call).stderr).expect("text");
    assert_eq!(told, "error: HTTP 500: \\u{9b}31m\\u{202e}evil\n");
}

#[test]
fn an_answer_ends_at_16_mib_but_an_export_does_not() {
    let url = serve("200 OK", |out| {
        out.write_all(b"{\"programs\":[\"")?;
        for _ in 0..17 {
            out.write_all(&vec![b'x'; 1 << 20])?;
        }
        out.write_all(b"\"]}")
    });
    for arguments in [&["health"][..], &["token", "list"], &["message", "list"], &["member", "show", "1"]] {
        let output = run(&url, arguments);
        let told = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {told}");
        assert!(told.contains("the answer is longer than 16777216 bytes"), "{arguments:?}: {told}");
    }
    let output = run(&url, &["export"]);
    assert!(output.status.success());
    assert_eq!(output.stdout.len(), (17 << 20) + "{\"programs\":[\"\"]}".len());
}

#[test]
fn an_export_is_as_sent_for_programs_and_escaped_on_a_terminal() {
    let answer = json!({"programs": [{"name": HOSTILE}]});
    let url = serve_json("200 OK", &answer);
    assert_eq!(run(&url, &["export"]).stdout, answer.to_string().as_bytes());
    let shown = shown_on_terminal(&url, "export");
    assert_harmless(&shown);
    assert_eq!(serde_json::from_str::<Value>(&shown).expect("JSON"), answer);
}
