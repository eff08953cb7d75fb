//! The binary: how it starts, what stops it from starting, and how it ends.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use rusqlite::{Connection as Ledger, OpenFlags};
use tempfile::TempDir;

use crate::harness::{Answer, Connection, Envelope, PATIENCE, Process, command, end_of_head, run_to_end};

const ANY_PORT: [&str; 2] = ["--listen", "127.0.0.1:0"];

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A server in `folder` on a free port, with more arguments.
fn start(folder: &Path, arguments: &[&str]) -> Process {
    Process::start(command(folder, &[&ANY_PORT, arguments].concat()))
}

fn call() -> Envelope {
    Envelope::save_account_phone()
}

/// The numbers in a ledger file, which is the whole truth once its server has ended.
fn numbers(ledger: &Path) -> Vec<i64> {
    let connection = Ledger::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the ledger");
    let mut rows = connection.prepare("SELECT number FROM phone ORDER BY number").expect("a table");
    rows.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("numbers")
}

#[test]
fn without_settings_it_makes_its_ledger_and_shows_a_call_that_works() {
    let folder = folder();
    let mut server = start(folder.path(), &[]);
    let ledger = folder.path().join("data/sync-asmx.db");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for file in fs::read_dir(folder.path().join("data")).expect("a folder").map(|file| file.expect("a file")) {
            let mode = file.metadata().expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{:?}: tokens and numbers are nobody else's business", file.path());
        }
    }
    let is_whole = |stdout: &str| stdout.ends_with("</soap:Envelope>'\n");
    wait_for(|| is_whole(&server.stdout()));
    let stdout = server.stdout();
    let (first_line, rest) = stdout.split_once('\n').expect("lines");
    assert_eq!(first_line, format!("listening on http://{}", server.address()));
    let sample = rest.strip_prefix("try:\n").expect("a call to try");
    let output = Command::new("sh").args(["-c", sample]).output().expect("sh");
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(answer.contains("<ReturnCode>0</ReturnCode><SavedPhoneNumber>+1 519-555-0123<"), "{output:?}");
    server.terminate();
    assert!(server.wait().success());
    assert_eq!(numbers(&ledger), [15_195_550_123, 15_195_550_199]);
}

#[test]
fn every_flag_has_a_twin_in_the_environment_and_wins_over_it() {
    let folder = folder();
    fs::write(folder.path().join("seed.json"), one_member_seed("TWIN-TOKEN")).expect("a seed");
    let environment = [
        ("SYNC_ASMX_LISTEN", "127.0.0.1:0"),
        ("SYNC_ASMX_LEDGER", "sqlite:twin.db"),
        ("SYNC_ASMX_SEED", "seed.json"),
        ("SYNC_ASMX_PUBLIC_URL", "https://twin.example"),
        ("SYNC_ASMX_NAMESPACE", "urn:twin"),
        ("SYNC_ASMX_TRUSTED_PROXY", "10.0.0.0/8,127.0.0.1"),
        ("SYNC_ASMX_ADMIN_TOKEN", "twin-of-a-token"),
        ("SYNC_ASMX_IIS_HEADERS", "false"),
    ];
    let mut twins = command(folder.path(), &[]);
    twins.envs(environment);
    let server = Process::start(twins);
    assert!(folder.path().join("twin.db").exists());
    assert_eq!(server.call(&call().with("SecurityToken", "TWIN-TOKEN").in_namespace("urn:twin")).return_code(), 0);
    let answer = wsdl(&server);
    assert!(answer.text().contains("location=\"https://twin.example/Services/Sync.asmx\""), "{answer:?}");
    assert_eq!(answer.header("Server"), None);
    drop(server);

    let mut flags = command(folder.path(), &["--ledger", "memory:", "--namespace", "urn:flag"]);
    flags.envs(environment);
    let server = Process::start(flags);
    assert!(wsdl(&server).text().contains("targetNamespace=\"urn:flag\""));
}

#[test]
fn serve_is_what_happens_without_a_command() {
    let folder = folder();
    let server = Process::start(command(folder.path(), &["serve", "--listen", "127.0.0.1:0", "--ledger", "memory:"]));
    assert_eq!(server.call(&call()).return_code(), 0);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left of a ledger in memory");
}

#[test]
fn a_wrong_value_stops_the_start_with_the_flag_and_what_would_be_right() {
    let folder = folder();
    fs::write(folder.path().join("text"), "this is no ledger, and much longer than the head of one".repeat(100))
        .expect("a file");
    fs::write(folder.path().join("empty"), "\n").expect("a file");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("its address").to_string();
    for (flag, value, right) in [
        ("--listen", "8080", "127.0.0.1:8080"),
        ("--listen", "localhost", "127.0.0.1:8080"),
        ("--listen", taken.as_str(), "in use"),
        ("--ledger", "mysql://localhost", "sqlite:PATH, memory: or postgres://USER@HOST/DATABASE"),
        ("--ledger", "sqlite:", "sqlite:PATH, memory: or postgres://USER@HOST/DATABASE"),
        ("--ledger", "sqlite: ", "sqlite:PATH, memory: or postgres://USER@HOST/DATABASE"),
        ("--ledger", "sqlite::memory:", "memory: (without sqlite)"),
        ("--ledger", "sqlite:file:ledger.db", "leave file: out"),
        ("--ledger", "sqlite:File:ledger.db?mode=ro", "leave file: out"),
        ("--ledger", "sqlite:ledger.db?mode=ro", "leave out the ?"),
        ("--ledger", "postgres://ops@db/sync?sslmode=always", "sslmode"),
        ("--ledger", "postgres://ada:hush@db/sync?sslmode=verify-ca", "use verify-full"),
        ("--ledger", "sqlite:text", "not a database"),
        ("--ledger", "sqlite:text/ledger.db", "text/ledger.db"),
        ("--ledger", "mysql://ada:hush@db/ledger", "sqlite:PATH, memory: or postgres://USER@HOST/DATABASE"),
        ("--ledger-file", "hush-hush", "the file can't be read"),
        ("--ledger-file", "text", "sqlite:PATH, memory: or postgres://USER@HOST/DATABASE"),
        ("--admin-token", "hush", "at least 8 characters"),
        ("--admin-token", "hush hush", "without blanks and line ends"),
        ("--admin-token", "hush-hush\n", "without blanks and line ends"),
        ("--admin-token-file", "hush-hush", "the file can't be read"),
        ("--admin-token-file", "empty", "the file is empty"),
        ("--admin-token-file", "text", "without blanks and line ends"),
        ("--seed", "missing.json", "missing.json"),
        ("--seed", "text", "line 1"),
        ("--public-url", "ftp://example.com", "https://HOST"),
        ("--public-url", "https://example.com/path", "without a path"),
        ("--trusted-proxy", "proxy.example", "IP address"),
        ("--trusted-proxy", "10.0.0.0/8,10.0.0.0/33", "10.0.0.0/8"),
        ("--trusted-proxy", "10.0.0.0/8", "needs --admin-token"),
        ("--public-url", "https://sync.example", "needs --admin-token"),
        ("--public-url", "https://127.0.0.1.example:8443", "needs --admin-token"),
        ("--iis-headers", "perhaps", "true, false"),
        ("--journal-hours", "0", "1..=8760"),
        ("--journal-hours", "8761", "1..=8760"),
        ("--namespace", "two words", "absolute URI"),
        ("--namespace", "", "absolute URI"),
    ] {
        let by_flag = command(folder.path(), &[flag, value]);
        let mut by_environment = command(folder.path(), &[]);
        by_environment.env(format!("SYNC_ASMX_{}", flag[2..].replace('-', "_").to_uppercase()), value);
        for mut command in [by_flag, by_environment] {
            for (other, good) in [("LISTEN", "127.0.0.1:0"), ("LEDGER", "memory:")] {
                if !flag.to_uppercase().ends_with(other) {
                    command.env(format!("SYNC_ASMX_{other}"), good);
                }
            }
            let output = run_to_end(command);
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!output.status.success(), "{flag} {value}");
            assert!(output.stdout.is_empty(), "{flag} {value}: {output:?}");
            assert!(message.contains(flag) && message.contains(right), "{flag} {value}: {message}");
            assert!(!message.contains("hush"), "a secret is in {message}");
        }
    }
}

#[test]
fn an_unknown_flag_or_command_stops_the_start() {
    let folder = folder();
    for arguments in [["--lisen", "127.0.0.1:0"], ["sevre", "now"]] {
        let output = run_to_end(command(folder.path(), &arguments));
        assert!(!output.status.success());
        assert!(String::from_utf8_lossy(&output.stderr).contains(arguments[0]), "{output:?}");
    }
}

#[test]
fn a_faulty_seed_names_line_and_field_and_leaves_the_ledger_empty() {
    let folder = folder();
    let seed = folder.path().join("seed.json");
    let arguments = ["--ledger", "sqlite:ledger.db", "--seed", "seed.json"];
    let right = one_member_seed("SEED-TOKEN");
    for (wrong, with, message) in [
        ("\"member_id\": 1001", "\"member_id\": \"1001\"", "line 7, programs[0].members[0].member_id"),
        ("\"HOME\"", "\"\"", "line 5, programs[0].phone_number_types[0].external_reference"),
        ("\"members\"", "\"member\"", "line 7, programs[0].member"),
    ] {
        fs::write(&seed, right.replacen(wrong, with, 1)).expect("a seed");
        let output = run_to_end(command(folder.path(), &[&ANY_PORT[..], &arguments].concat()));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains("--seed seed.json") && error.contains(message), "{error}");
        if folder.path().join("ledger.db").exists() {
            assert!(numbers(&folder.path().join("ledger.db")).is_empty());
        }
    }
    fs::write(&seed, right).expect("a seed");
    let server = start(folder.path(), &arguments);
    assert_eq!(server.call(&call().with("SecurityToken", "SEED-TOKEN")).return_code(), 0);
}

#[test]
fn a_restart_finds_the_ledger_as_it_was_and_applies_no_seed() {
    let folder = folder();
    let mut server = start(folder.path(), &[]);
    assert_eq!(server.call(&call().with("MemberId", 1002)).return_code(), 0);
    server.terminate();
    assert!(server.wait().success());
    fs::write(folder.path().join("seed.json"), one_member_seed("OTHER-TOKEN")).expect("a seed");
    let server = start(folder.path(), &["--seed", "seed.json"]);
    for (call, code) in [
        (call().with("SecurityToken", "OTHER-TOKEN"), 100),
        (call(), 315),
        (call().with("PhoneNumber", "+15195550199"), 0),
    ] {
        assert_eq!(server.call(&call).return_code(), code, "{call:?}");
    }
}

#[test]
fn after_sigterm_every_answer_is_stored_and_the_exit_is_clean() {
    let folder = folder();
    fs::write(folder.path().join("seed.json"), many_members_seed(16)).expect("a seed");
    let mut server = start(folder.path(), &["--ledger", "sqlite:ledger.db", "--seed", "seed.json"]);
    let answered: [AtomicUsize; 16] = Default::default();
    let savers: Vec<Saved> = thread::scope(|scope| {
        let _guard = server.kill_on_panic();
        let server = &server;
        let savers: Vec<_> = (1..=16)
            .zip(&answered)
            .map(|(member, answered)| scope.spawn(move || save_until_refused(server, member, answered)))
            .collect();
        wait_for(|| answered.iter().all(|answered| answered.load(Ordering::Relaxed) > 20));
        server.terminate();
        savers.into_iter().map(|saver| saver.join().expect("a saver")).collect()
    });
    assert!(server.wait().success());
    let stored = numbers(&folder.path().join("ledger.db"));
    for saved in savers {
        let is_stored = stored.contains(&saved.answered) || stored.contains(&saved.unanswered);
        assert!(is_stored, "{saved:?} of {stored:?}");
    }
}

/// What became of a member's numbers.
#[derive(Debug)]
struct Saved {
    /// The last that was answered with 0.
    answered: i64,
    /// The one sent behind it, of which nobody can tell.
    unanswered: i64,
}

/// Saves one number after the other, until there is nobody to answer.
fn save_until_refused(server: &Process, member: i64, answered: &AtomicUsize) -> Saved {
    let mut connection = server.connect();
    let mut number = 12_000_000_000 + member * 10_000_000;
    loop {
        let request = call().with("MemberId", member).with("PhoneNumber", number).request(server.address());
        match connection.exchange(&request) {
            Ok(answer) => assert_eq!(answer.return_code(), 0, "{answer:?}"),
            Err(_) => return Saved { answered: number - 1, unanswered: number },
        }
        answered.fetch_add(1, Ordering::Relaxed);
        number += 1;
    }
}

#[test]
fn a_call_that_is_half_sent_when_sigterm_comes_is_answered() {
    let folder = folder();
    let mut server = start(folder.path(), &["--ledger", "sqlite:ledger.db"]);
    let request = call().request(server.address());
    let (head, body) = request.split_at(end_of_head(&request));
    let head = String::from_utf8_lossy(head).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
    let mut connection = server.connect();
    connection.send(head.as_bytes()).expect("a server that reads");
    // The server has read the head, when it says so.
    connection.read_continue().expect("a server that goes on");
    server.terminate();
    wait_for(|| Connection::try_open(server.address()).is_err());
    connection.send(body).expect("a server that reads on");
    let answer = connection.read_answer().expect("an answer");
    assert_eq!(answer.return_code(), 0);
    assert!(server.wait().success());
    assert_eq!(numbers(&folder.path().join("ledger.db")), [15_195_550_123, 15_195_550_199]);
}

#[test]
fn idle_connections_do_not_hold_up_the_end() {
    let folder = folder();
    let mut server = start(folder.path(), &["--ledger", "memory:"]);
    let mut idle = server.connect();
    assert_eq!(idle.exchange(&call().request(server.address())).expect("an answer").return_code(), 0);
    let asked = Instant::now();
    server.terminate();
    assert!(server.wait().success());
    assert!(asked.elapsed().as_secs() < 10, "took {:?}", asked.elapsed());
}

fn wsdl(server: &Process) -> Answer {
    crate::harness::exchange(server.address(), b"GET /Services/Sync.asmx?WSDL HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

/// A seed in which places have lines.
fn one_member_seed(token: &str) -> String {
    format!(
        r#"{{"programs": [{{
  "name": "own",
  "security_tokens": [{{"token": "{token}", "methods": ["*"]}}],
  "phone_number_types": [
    {{"external_reference": "HOME", "name": "Home"}}],
  "mobile_carriers": [{{"external_reference": "ROGERS", "name": "Rogers"}}],
  "members": [{{"member_id": 1001}}]
}}]}}
"#
    )
}

fn many_members_seed(members: i64) -> String {
    let members: Vec<_> = (1..=members).map(|member| format!("{{\"member_id\": {member}}}")).collect();
    one_member_seed("TEST-TOKEN").replace("{\"member_id\": 1001}", &members.join(", "))
}

fn wait_for(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "waited in vain");
        thread::yield_now();
    }
}
