//! The modes of TLS against a server that knows just enough of PostgreSQL's protocol, with certificates of all kinds.

use std::error::Error as _;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::ledger::PostgresUrl;

/// What a session is like, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Plain,
    Tls,
    /// The words are among those of the error.
    Fails(&'static str),
}

use Outcome::{Fails, Plain, Tls};

/// How the server is about TLS.
#[derive(Clone)]
enum Server {
    /// It has none.
    Without,
    With(TlsAcceptor),
    /// It refuses sessions without.
    OnlyWith(TlsAcceptor),
    /// It offers TLS, and closes the connection when it is to begin.
    Broken,
    /// It takes the connection, and says nothing.
    Silent,
}

#[tokio::test]
async fn each_mode_does_what_it_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let ca = issuer("Our CA");
    let other = issuer("Another CA");
    let file = |name: &str, pem: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, pem).expect("a file");
        path.display().to_string()
    };
    let (ours, others) = (file("ca.pem", ca.pem()), file("other.pem", other.pem()));
    let good = signed(&ca, &named("127.0.0.1", true));
    let misnamed = signed(&ca, &named("db.example", true));
    let unnamed = signed(&ca, &named("127.0.0.1", false));
    let (own, own_pem) = self_signed(named("127.0.0.1", true));
    let (own_unnamed, own_unnamed_pem) = self_signed(named("127.0.0.1", false));
    let (own_pem, own_unnamed_pem) = (file("own.pem", own_pem), file("unnamed.pem", own_unnamed_pem));

    let verify = |file: &str| format!("sslmode=verify-full&sslrootcert={file}");
    let no_name = Fails("a common name doesn't count; make it anew");
    let no_tls = Fails("server does not support TLS");
    let with = || Server::With(good.clone());
    let only_with = || Server::OnlyWith(good.clone());
    let rows = [
        (Server::Without, "sslmode=disable".into(), Plain),
        (Server::Without, String::new(), Plain),
        (Server::Without, "sslmode=prefer".into(), Plain),
        (Server::Without, "sslmode=require".into(), no_tls),
        (Server::Without, verify(&ours), no_tls),
        (Server::Without, format!("sslrootcert={ours}"), no_tls),
        (with(), "sslmode=disable".into(), Plain),
        (with(), String::new(), Tls),
        (with(), "sslmode=require".into(), Tls),
        (with(), verify(&ours), Tls),
        (with(), format!("sslrootcert={ours}"), Tls),
        (with(), verify(&others), Fails("UnknownIssuer")),
        (with(), "sslrootcert=system".into(), Fails("UnknownIssuer")),
        (only_with(), "sslmode=disable".into(), Fails("no encryption")),
        (only_with(), String::new(), Tls),
        (Server::With(misnamed.clone()), "sslmode=require".into(), Tls),
        (Server::With(misnamed), verify(&ours), Fails("not valid for name")),
        (Server::With(unnamed.clone()), "sslmode=require".into(), Tls),
        (Server::With(unnamed), verify(&ours), no_name),
        (Server::With(own.clone()), verify(&own_pem), Tls),
        (Server::With(own.clone()), verify(&ours), Fails("CaUsedAsEndEntity")),
        (Server::With(own), "sslmode=require".into(), Tls),
        (Server::With(own_unnamed), verify(&own_unnamed_pem), no_name),
        // A server that offers TLS is not asked again without.
        (Server::Broken, String::new(), Fails("error performing TLS handshake")),
        (Server::Silent, "connect_timeout=1".into(), Fails("no session within connect_timeout")),
    ];
    for (server, parameters, expected) in rows {
        let outcome = connect(server, &parameters).await;
        match expected {
            Fails(words) => {
                assert!(outcome.as_ref().is_err_and(|error| error.contains(words)), "{parameters}: {outcome:?}");
            }
            expected => assert_eq!(outcome.as_ref(), Ok(&expected), "{parameters}"),
        }
    }
}

#[test]
fn files_that_cant_be_used_are_refused_with_their_parameter() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("nothing.pem"), "nothing").expect("a file");
    let ca = issuer("Our CA");
    std::fs::write(at("ca.pem"), ca.pem()).expect("a file");
    let rows = [
        (format!("sslrootcert={}", at("missing.pem")), "sslrootcert: "),
        (format!("sslrootcert={}", at("nothing.pem")), "sslrootcert: "),
        (format!("sslcert={}&sslkey={}", at("missing.pem"), at("ca.pem")), "sslcert: "),
        (format!("sslcert={}&sslkey={}", at("ca.pem"), at("nothing.pem")), "sslkey: "),
    ];
    for (parameters, reason) in rows {
        let url: PostgresUrl = format!("postgres://ada:hush@db/ledger?{parameters}").parse().expect("a URL");
        let refused = url.connector().err().expect(&parameters);
        assert!(refused.starts_with(reason) && !refused.contains("hush"), "{refused}");
    }
}

#[cfg(unix)]
#[test]
fn a_password_file_has_one_for_each_host() {
    use std::os::unix::fs::PermissionsExt;

    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "db1:5432:*:ada:one\nlocalhost:5433:ledger:ada:two\n").expect("a file");
    std::fs::set_permissions(file.path(), PermissionsExt::from_mode(0o600)).expect("a file");
    let hosts = "host=db1,%2Frun%2Fpostgresql,db2&port=5432,5433,5432";
    let url = format!("postgres://ada@/ledger?{hosts}&passfile={}", file.path().display());
    let connector = url.parse::<PostgresUrl>().and_then(|url| url.connector()).expect("a URL");
    let passwords: Vec<_> = connector.0.hosts.iter().map(tokio_postgres::Config::get_password).collect();
    assert_eq!(passwords, [Some(&b"one"[..]), Some(b"two"), None]);
}

#[tokio::test]
async fn the_next_host_is_tried() {
    let (dead, _) = TcpListener::bind("127.0.0.1:0").await.map(|socket| (socket.local_addr(), socket)).expect("a port");
    let alive = listen(Server::Without).await;
    let dead = dead.expect("an address");
    let url = format!("postgres://ada@{dead},127.0.0.1:{alive}/ledger?target_session_attrs=any&connect_timeout=1");
    let connector = url.parse::<PostgresUrl>().and_then(|url| url.connector()).expect("a URL");
    assert!(connector.connect().await.is_ok());
}

async fn connect(server: Server, parameters: &str) -> Result<Outcome, String> {
    let port = listen(server).await;
    // There is no query in these sessions; whether the server can write isn't asked.
    let url = format!("postgres://ada:hush@127.0.0.1:{port}/ledger?target_session_attrs=any&{parameters}");
    let connector = url.parse::<PostgresUrl>()?.connector()?;
    let (client, driver) = connector.connect().await.map_err(|error| {
        let reason = error.source().map(ToString::to_string).unwrap_or_default();
        format!("{error}: {reason}")
    })?;
    let mut said = Vec::new();
    drop(client);
    let run = driver.run(|message| {
        if let tokio_postgres::AsyncMessage::Notice(notice) = message {
            said.push(notice.message().to_owned());
        }
    });
    run.await.map_err(|error| error.to_string())?;
    match said.as_slice() {
        [said] if said == "tls" => Ok(Tls),
        [said] if said == "plain" => Ok(Plain),
        said => Err(format!("unexpected notices {said:?}")),
    }
}

/// A server for any number of sessions; tells its port.
async fn listen(server: Server) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let server = server.clone();
            // A client that leaves is no failure here.
            tokio::spawn(async move { serve(server, stream).await.ok() });
        }
    });
    port
}

async fn serve(server: Server, mut stream: TcpStream) -> std::io::Result<()> {
    if matches!(server, Server::Silent) {
        std::future::pending::<()>().await;
    }
    let first = read_message(&mut stream).await?;
    if first[..4] != SSL_REQUEST.to_be_bytes() {
        return session(stream, matches!(server, Server::OnlyWith(_)), "plain").await;
    }
    match &server {
        Server::With(acceptor) | Server::OnlyWith(acceptor) => {
            stream.write_all(b"S").await?;
            let mut stream = acceptor.accept(stream).await?;
            read_message(&mut stream).await?;
            session(stream, false, "tls").await
        }
        Server::Broken => stream.write_all(b"S").await,
        _ => {
            stream.write_all(b"N").await?;
            read_message(&mut stream).await?;
            session(stream, false, "plain").await
        }
    }
}

const SSL_REQUEST: i32 = 80_877_103;

/// The body of a message without a type, as a session begins.
async fn read_message(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Vec<u8>> {
    let length = stream.read_i32().await?;
    let mut body = vec![0; usize::try_from(length - 4).unwrap_or_default()];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

/// Lets anybody in, tells how in a notice, and waits for the end; or refuses as `pg_hba.conf` does.
async fn session(mut stream: impl AsyncRead + AsyncWrite + Unpin, refuses: bool, how: &str) -> std::io::Result<()> {
    let fields = |severity: &str, code: &str, text: &str| format!("S{severity}\0C{code}\0M{text}\0\0").into_bytes();
    let mut answer = Vec::new();
    let mut add = |kind: u8, body: &[u8]| {
        answer.push(kind);
        answer.extend(i32::try_from(body.len() + 4).unwrap_or_default().to_be_bytes());
        answer.extend(body);
    };
    if refuses {
        add(b'E', &fields("FATAL", "28000", "no entry for this host, no encryption"));
    } else {
        add(b'R', &[0; 4]);
        add(b'N', &fields("NOTICE", "00000", how));
        add(b'Z', b"I");
    }
    stream.write_all(&answer).await?;
    stream.flush().await?;
    stream.read_to_end(&mut Vec::new()).await?;
    Ok(())
}

fn issuer(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    CertifiedIssuer::self_signed(parameters, key).expect("a CA")
}

/// For a server of that name, as a subjectAltName or, as one did long ago, as the common name only.
fn named(name: &str, is_alternative: bool) -> CertificateParams {
    let names = if is_alternative { vec![name.to_owned()] } else { Vec::new() };
    let mut parameters = CertificateParams::new(names).expect("a name");
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters
}

fn signed(issuer: &CertifiedIssuer<'static, KeyPair>, parameters: &CertificateParams) -> TlsAcceptor {
    let key = KeyPair::generate().expect("a key");
    let certificate = parameters.signed_by(&key, issuer).expect("a certificate");
    acceptor(certificate.der().clone(), &key)
}

/// As `openssl req -x509` makes it: it calls itself a CA.
fn self_signed(mut parameters: CertificateParams) -> (TlsAcceptor, String) {
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    let certificate = parameters.self_signed(&key).expect("a certificate");
    (acceptor(certificate.der().clone(), &key), certificate.pem())
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(vec![certificate], key))
        .expect("a configuration");
    Arc::new(config).into()
}
