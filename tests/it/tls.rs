//! HTTPS: with the operator's certificate, and with one that the server makes.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use sync_asmx::server::Timeouts;
use tempfile::TempDir;

use crate::harness::{Connection, Envelope, PATIENCE, Process, TestApp, command, run_to_end};

type Tls = StreamOwned<ClientConnection, TcpStream>;

const LITTLE: Duration = Duration::from_secs(1);
const AMPLE: Timeouts = Timeouts {
    head: PATIENCE,
    body: PATIENCE,
    idle: PATIENCE,
    answer: PATIENCE,
    last_bytes: PATIENCE,
    last_calls: PATIENCE,
};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A process with a ledger in `folder`.
fn start(folder: &Path, arguments: &[&str]) -> Process {
    let own = ["--listen", "127.0.0.1:0", "--ledger", "sqlite:ledger.db"];
    Process::start(command(folder, &[&own, arguments].concat()))
}

/// A server in this process, with its files in `folder`.
fn app(folder: &Path, patience: Timeouts) -> TestApp {
    let ledger = format!("sqlite:{}", folder.join("ledger.db").display());
    TestApp::with_arguments_and_timeouts(&["--ledger", &ledger, "--tls-self-signed"], patience)
}

/// Where the certificate is that a client has to trust.
fn ca(folder: &Path) -> PathBuf {
    folder.join("tls/ca.pem")
}

/// A connection as a client has it that trusts this CA and nobody else.
fn connect(address: SocketAddr, name: &str, ca: &Path) -> io::Result<Tls> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).expect("a certificate")).expect("a CA");
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let mut session = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    while session.is_handshaking() {
        session.complete_io(&mut stream)?;
    }
    assert_eq!(session.alpn_protocol(), Some(&b"http/1.1"[..]));
    Ok(StreamOwned::new(session, stream))
}

fn call(address: SocketAddr) -> Vec<u8> {
    Envelope::save_account_phone().request(address)
}

/// Whether nothing more comes but the end.
fn ends(stream: &mut impl Read) -> bool {
    match stream.read(&mut [0]) {
        Ok(length) => length == 0,
        Err(error) => [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset].contains(&error.kind()),
    }
}

#[test]
fn a_client_that_trusts_the_ca_calls_by_any_local_name() {
    let folder = folder();
    let server = start(folder.path(), &["--tls-self-signed"]);
    let address = server.address();
    for name in ["localhost", "127.0.0.1", "::1"] {
        let mut connection = Connection::new(connect(address, name, &ca(folder.path())).expect("a connection"));
        for _ in 0..2 {
            assert_eq!(connection.exchange(&call(address)).expect("an answer").return_code(), 0);
        }
        let host = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
        let wsdl = format!("GET /Services/Sync.asmx?WSDL HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let wsdl = connection.exchange(wsdl.as_bytes()).expect("an answer");
        assert!(wsdl.text().contains(&format!("location=\"https://{host}/Services/Sync.asmx\"")), "{wsdl:?}");
    }
    assert!(connect(address, "example.com", &ca(folder.path())).is_err(), "not made for that name");
}

#[test]
fn the_output_says_what_to_trust_and_shows_a_call_that_works() {
    let folder = folder();
    let server = start(folder.path(), &["--tls-self-signed"]);
    let address = server.address();
    while !server.stdout().ends_with("</soap:Envelope>'\n") {
        std::thread::yield_now();
    }
    let stdout = server.stdout();
    let (head, sample) = stdout.split_once("try:\n").expect("a call to try");
    let ca = fs::canonicalize(ca(folder.path())).expect("a file");
    let expected = format!("listening on https://{address}\nclients have to trust the CA in {}\n", ca.display());
    assert_eq!(head, expected);
    let output = Command::new("sh").args(["-c", sample]).output().expect("sh");
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(answer.contains("<ReturnCode>0</ReturnCode>"), "{output:?}");
    server.stop();
}

#[test]
fn the_certificate_outlives_the_server_until_a_name_is_missing() {
    let folder = folder();
    let read = || fs::read(ca(folder.path())).expect("a file");
    drop(start(folder.path(), &["--tls-self-signed"]));
    let first = read();
    drop(start(folder.path(), &["--tls-self-signed"]));
    assert_eq!(read(), first);
    let server = start(
        folder.path(),
        &["--tls-self-signed", "--public-url", "https://sync.example:8443", "--admin-token", "correct-horse"],
    );
    assert_ne!(read(), first);
    let connection = connect(server.address(), "sync.example", &ca(folder.path())).expect("a connection");
    let answer = Connection::new(connection).exchange(&call(server.address())).expect("an answer");
    assert_eq!(answer.return_code(), 0);
}

#[cfg(unix)]
#[test]
fn the_key_is_for_nobody_else_and_the_key_of_the_ca_for_nobody() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    drop(start(folder.path(), &["--tls-self-signed"]));
    let mut keys = 0;
    for file in fs::read_dir(folder.path().join("tls")).expect("a folder").map(|file| file.expect("a file")) {
        if fs::read_to_string(file.path()).expect("text").contains("PRIVATE KEY") {
            assert_eq!(file.metadata().expect("a file").permissions().mode() & 0o777, 0o600, "{:?}", file.path());
            keys += 1;
        }
    }
    assert_eq!(keys, 1);
}

/// Certificate and key of the operator.
fn identity(folder: &Path, name: &str) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    fs::write(folder.join(format!("{name}.crt")), made.cert.pem()).expect("a file");
    fs::write(folder.join(format!("{name}.key")), made.signing_key.serialize_pem()).expect("a file");
}

#[test]
fn the_certificate_of_the_operator_is_shown() {
    let folder = folder();
    identity(folder.path(), "own");
    let server = start(folder.path(), &["--tls-cert", "own.crt", "--tls-key", "own.key"]);
    let connection = connect(server.address(), "localhost", &folder.path().join("own.crt")).expect("a connection");
    let answer = Connection::new(connection).exchange(&call(server.address())).expect("an answer");
    assert_eq!(answer.return_code(), 0);
    assert!(!folder.path().join("tls").exists());
}

#[test]
fn files_that_cannot_be_used_stop_the_start_with_the_flag() {
    let folder = folder();
    identity(folder.path(), "own");
    identity(folder.path(), "other");
    fs::write(folder.path().join("text"), "no PEM at all").expect("a file");
    fs::write(folder.path().join("broken"), "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")
        .expect("a file");
    for (certificate, key, flag, reason) in [
        ("missing.crt", "own.key", "--tls-cert", "missing.crt: can't be read"),
        ("text", "own.key", "--tls-cert", "no certificate in it"),
        ("own.key", "own.key", "--tls-cert", "no certificate in it"),
        ("broken", "own.key", "--tls-cert", "can't be used"),
        ("own.crt", "missing.key", "--tls-key", "missing.key: can't be read"),
        ("own.crt", "own.crt", "--tls-key", "no private key in it"),
        ("own.crt", "other.key", "--tls-key", "not the key of the first certificate in --tls-cert own.crt"),
    ] {
        assert_refused(folder.path(), &["--tls-cert", certificate, "--tls-key", key], flag, reason);
    }
    assert_refused(folder.path(), &["--tls-cert", "own.crt"], "--tls-key", "required");
    assert_refused(folder.path(), &["--tls-key", "own.key"], "--tls-cert", "required");
    let both = ["--tls-cert", "own.crt", "--tls-key", "own.key", "--tls-self-signed"];
    assert_refused(folder.path(), &both, "--tls-self-signed", "cannot be used with");
    fs::create_dir(folder.path().join("data")).expect("a folder");
    fs::write(folder.path().join("data/tls"), "in the way").expect("a file");
    assert_refused(folder.path(), &["--tls-self-signed"], "--tls-self-signed", "can't keep a certificate here");
}

fn assert_refused(folder: &Path, arguments: &[&str], flag: &str, reason: &str) {
    let all = [&["--listen", "127.0.0.1:0", "--ledger", "memory:"], arguments].concat();
    let output = run_to_end(command(folder, &all));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && output.stdout.is_empty(), "{arguments:?}: {output:?}");
    assert!(message.contains(flag) && message.contains(reason), "{arguments:?}: {message}");
}

#[test]
fn calls_that_came_in_one_record_are_all_answered() {
    const CALLS: usize = 9;
    let folder = folder();
    let app = app(folder.path(), AMPLE);
    // A record holds up to 16 KiB: the server has decrypted them all when it has read the first.
    let calls = call(app.address()).repeat(CALLS);
    assert!(calls.len() < 16 << 10);
    let mut connection = Connection::new(connect(app.address(), "localhost", &ca(folder.path())).expect("TLS"));
    for _ in 0..3 {
        connection.send(&calls).expect("a server that reads");
        for _ in 0..CALLS {
            assert_eq!(connection.read_answer().expect("an answer").return_code(), 0);
        }
    }
}

#[test]
fn large_messages_arrive_whole() {
    let folder = folder();
    let app = app(folder.path(), AMPLE);
    let token = "x".repeat(1 << 20);
    let large = Envelope::save_account_phone().with("SecurityToken", token).request(app.address());
    let mut connection = Connection::new(connect(app.address(), "localhost", &ca(folder.path())).expect("TLS"));
    for _ in 0..2 {
        assert_eq!(connection.exchange(&large).expect("an answer").return_code(), 100);
    }
}

#[test]
fn a_handshake_that_is_not_finished_is_cut_off() {
    let folder = folder();
    let app = app(folder.path(), Timeouts { head: LITTLE, ..AMPLE });
    for begun in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        let mut connection = app.connect();
        connection.send(begun).expect("a connection");
        assert!(connection.ends(), "after {begun:?}");
    }
}

#[test]
fn the_times_that_clients_have_hold_with_tls() {
    let folder = folder();
    let app = app(folder.path(), Timeouts { head: LITTLE, idle: LITTLE, ..AMPLE });
    let request = call(app.address());
    for begun in [&b""[..], &request[..40]] {
        let mut connection = connect(app.address(), "localhost", &ca(folder.path())).expect("TLS");
        connection.write_all(begun).expect("a connection");
        if begun.is_empty() {
            // The first head of a connection is answered 408.
            let _ = connection.read(&mut [0; 4096]);
        }
        let mut used = Connection::new(connect(app.address(), "localhost", &ca(folder.path())).expect("TLS"));
        assert_eq!(used.exchange(&request).expect("an answer").return_code(), 0);
        used.send(begun).expect("a connection");
        assert!(used.read_answer().is_err());
    }
}

#[test]
fn who_reads_no_answer_is_dropped_with_tls_too() {
    let folder = folder();
    let app = app(folder.path(), Timeouts { answer: LITTLE, ..AMPLE });
    let calls = call(app.address()).repeat(10);
    let mut deaf = connect(app.address(), "localhost", &ca(folder.path())).expect("TLS");
    let mut sent = 0;
    let error = loop {
        match deaf.write(&calls) {
            Ok(length) => sent += length,
            Err(error) => break error,
        }
        assert!(sent < 64 << 20, "the server reads on");
    };
    assert_ne!(error.kind(), io::ErrorKind::WouldBlock, "the server waits for ever");
}

#[test]
fn who_reads_the_answers_late_gets_them_all_with_tls_too() {
    const REQUESTS: usize = 2_000;
    let folder = folder();
    let app = app(folder.path(), AMPLE);
    let page = b"GET /Services/Sync.asmx?wsdl HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut late = connect(app.address(), "localhost", &ca(folder.path())).expect("TLS");
    late.sock.set_nonblocking(true).expect("a socket");
    // Everything that the connection takes without a reader at the other end.
    let mut sent = 0;
    while sent < REQUESTS && late.write(page).is_ok_and(|length| length == page.len()) {
        sent += 1;
    }
    let other = || connect(app.address(), "localhost", &ca(folder.path())).expect("TLS");
    for _ in 0..20 {
        assert_eq!(Connection::new(other()).exchange(page).expect("an answer").status, 200);
    }
    late.sock.set_nonblocking(false).expect("a socket");
    let mut reader = Connection::new(late);
    for _ in 0..sent {
        assert_eq!(reader.read_answer().expect("an answer").status, 200);
    }
}

#[test]
fn plain_http_ends_without_a_line_in_the_log() {
    let folder = folder();
    let server = start(folder.path(), &["--tls-self-signed"]);
    let mut plain = TcpStream::connect(server.address()).expect("a connection");
    plain.set_read_timeout(Some(PATIENCE / 6)).expect("a socket");
    plain.write_all(&call(server.address())).expect("a server that reads");
    while !ends(&mut plain) {}
    let tls = connect(server.address(), "localhost", &ca(folder.path())).expect("TLS");
    assert_eq!(Connection::new(tls).exchange(&call(server.address())).expect("an answer").return_code(), 0);
    let stderr = server.stderr();
    assert!(stderr.lines().all(|line| line.contains(" listening ")), "{stderr}");
}
