//! What the log says, in both forms, and what it doesn't.

use serde_json::Value;

use crate::harness::{Envelope, Process, TestApp, command};

/// The log of a server that has answered a good call, a bad one and a broken one, and has been stopped.
fn log_of(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let all = [&["--listen", "127.0.0.1:0", "--ledger", "memory:"], arguments].concat();
    let server = Process::start(command(folder.path(), &all));
    let call = Envelope::save_account_phone();
    assert_eq!(server.call(&call).return_code(), 0);
    assert_eq!(server.call(&call.clone().with("SecurityToken", "WRONG-TOKEN")).return_code(), 100);
    assert_eq!(server.call(&call.without("PhoneNumber")).return_code(), 2);
    server.stop().1
}

fn assert_discreet(log: &str) {
    for secret in ["TOKEN", "5550123", "555-0123", "Envelope"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn json_is_one_flat_object_a_line() {
    let log = log_of(&["--log", "json", "--log-level", "debug", "--admin-token", "ADMIN-TOKEN"]);
    assert_discreet(&log);
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for line in &lines {
        let is_utc = line["timestamp"].as_str().is_some_and(|time| time.ends_with('Z'));
        assert!(is_utc && line["level"].is_string() && line["message"].is_string(), "{line}");
    }
    let (first, last) = (lines.first().expect("a line"), lines.last().expect("a line"));
    assert_eq!((&first["level"], &first["message"]), (&"INFO".into(), &"listening".into()));
    assert!(first["address"].as_str().is_some_and(|address| address.starts_with("127.0.0.1:")), "{first}");
    assert_eq!((&first["ledger"], &first["journal"], &first["tls"]), (&"memory".into(), &1000.into(), &false.into()));
    assert_eq!(first["control_plane"], "token");
    assert_eq!(last["message"], "stopped");
}

#[test]
fn a_log_that_nobody_reads_stalls_neither_calls_nor_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--listen", "127.0.0.1:0", "--ledger", "memory:", "--log-level", "debug"];
    let mut server = Process::start_unread(command(folder.path(), &arguments));
    let call = Envelope::save_account_phone().request(server.address());
    let mut connection = server.connect();
    // A pipe holds 64 KiB; a line has more than a hundred characters.
    for _ in 0..1000 {
        assert_eq!(connection.exchange(&call).expect("an answer").return_code(), 0);
    }
    server.terminate();
    assert!(server.wait().success());
}

#[test]
fn lines_that_were_left_out_are_a_metric() {
    let app = TestApp::start();
    let metrics = app.exchange(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").text();
    assert!(metrics.contains("\nsync_asmx_log_lines_dropped_total 0\n"), "{metrics}");
}

#[test]
fn text_is_a_line_of_fields() {
    let log = log_of(&[]);
    assert_discreet(&log);
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert!(lines[0].contains("Z  INFO listening address=127.0.0.1:"), "{log}");
    assert!(lines[0].ends_with("tls=false ledger=\"memory\" journal=1000 control_plane=\"loopback\""), "{log}");
    assert!(lines[1].ends_with("Z  INFO stopped"), "{log}");
    assert_eq!(log_of(&["--log-level", "warn"]), "");
}

#[test]
fn who_listens_to_the_world_is_told_about_the_control_plane() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, is_told) in [
        (&["--listen", "0.0.0.0:0"][..], true),
        (&["--listen", "0.0.0.0:0", "--admin-token", "ADMIN-TOKEN"], false),
        (&["--listen", "127.0.0.1:0"], false),
    ] {
        let server = Process::start(command(folder.path(), &[&["--ledger", "memory:"], arguments].concat()));
        let (stdout, _) = server.stop();
        let second = stdout.lines().nth(1).unwrap_or_default();
        let told = "the control plane answers callers on this machine only; give --admin-token to open it to others";
        assert_eq!(second == told, is_told, "{stdout}");
    }
}
