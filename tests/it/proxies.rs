//! The proxies of `docs/operations.md`, with the configurations that stand there.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::control_plane::client::send;
use crate::harness::{Answer, Envelope, Process, command, exchange, skip, wait_for};

const OPERATIONS: &str = include_str!("../../docs/operations.md");
const TOKEN: &str = "ops-secret-1";

/// The text between the fences of this language; there is one of each.
fn documented(language: &str) -> &'static str {
    let (_, rest) = OPERATIONS.split_once(&format!("\n```{language}\n")).expect("a configuration");
    let (text, rest) = rest.split_once("\n```").expect("its end");
    assert!(!rest.contains(&format!("\n```{language}\n")), "one more for {language} that no test runs");
    text
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a port")
}

/// A proxy in front of two nodes. All end when this is dropped.
struct Site {
    proxy: Child,
    address: SocketAddr,
    nodes: [Process; 2],
    folder: TempDir,
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
    }
}

impl Site {
    /// With the configuration as documented, but for the ports. `None` where the program isn't installed.
    fn start(language: &str, run: impl Fn(&Path, &str) -> Command) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let address = free_address();
        let node = |name| {
            let arguments = [
                ["--listen", "127.0.0.1:0"],
                ["--ledger", &format!("sqlite:{name}.db")],
                ["--trusted-proxy", "127.0.0.1"],
                ["--allowed-host", "sync.example.com"],
                ["--admin-token", TOKEN],
            ];
            Process::start(command(folder.path(), &arguments.concat()))
        };
        let nodes = [node("one"), node("two")];
        let mut configuration = documented(language).to_owned();
        let ports = [
            ("127.0.0.1:18080", address),
            ("127.0.0.1:18081", nodes[0].address()),
            ("127.0.0.1:18082", nodes[1].address()),
        ];
        for (documented, actual) in ports {
            assert!(configuration.contains(documented), "{documented} isn't in the configuration");
            configuration = configuration.replace(documented, &actual.to_string());
        }
        let mut command = run(folder.path(), &configuration);
        let output = fs::File::create(folder.path().join("log")).expect("a file");
        command.stdout(Stdio::from(output.try_clone().expect("a file"))).stderr(output);
        let Ok(proxy) = command.spawn() else {
            skip(&format!("{language} isn't installed"));
            return None;
        };
        let site = Self { proxy, address, nodes, folder };
        wait_for(language, || TcpStream::connect(address).is_ok());
        wait_for("a node behind it", || site.ask("GET", "/Services/Sync.asmx", &[], "").status == 200);
        Some(site)
    }

    /// As a browser on another machine asks, which knows the site by its name.
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let host = self.host();
        let own = [("Host", host.as_str()), ("Accept", "text/html")];
        send(self.address, method, path, &[&own[..], headers].concat(), body)
    }

    fn host(&self) -> String {
        format!("sync.example.com:{}", self.address.port())
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn assert_serves(&self) {
        let request = Envelope::save_account_phone().request(self.address);
        assert_eq!(exchange(self.address, &request).return_code(), 0, "{}", self.log());
        let location = format!("location=\"http://{}/Services/Sync.asmx\"", self.host());
        let wsdl = self.ask("GET", "/Services/Sync.asmx?WSDL", &[], "").text();
        assert!(wsdl.contains(&location), "{wsdl}");
        self.assert_people_sign_in();
        self.assert_asks_for_token();
    }

    /// The console, from the form of the sign-in to one that changes something.
    fn assert_people_sign_in(&self) {
        let origin = format!("http://{}", self.host());
        let own = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Origin", &origin),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        let answer = self.ask("POST", "/_emulator/sign-in", &own, &format!("token={TOKEN}"));
        assert_eq!((answer.status, answer.header("location")), (303, Some("/_emulator/")), "{answer:?}");
        let cookie = answer.header("set-cookie").expect("a cookie").to_owned();
        let cookie = ("Cookie", cookie.split(';').next().expect("its value"));
        // Often enough to meet both nodes, if any request could.
        for _ in 0..10 {
            assert_eq!(self.ask("GET", "/_emulator/", &[cookie], "").status, 200);
            let answer = self.ask("POST", "/_emulator/console/journal/clear", &[&own[..], &[cookie]].concat(), "");
            assert_eq!(answer.status, 303, "{}", answer.text());
        }
    }

    fn assert_asks_for_token(&self) {
        assert_eq!(self.ask("GET", "/metrics", &[], "").status, 303);
        assert_eq!(self.ask("POST", "/_emulator/reset", &[], "").status, 401);
        let bearer = format!("Bearer {TOKEN}");
        assert_eq!(self.ask("GET", "/metrics", &[("Authorization", &bearer)], "").status, 200);
    }
}

#[test]
fn haproxy_serves_with_the_documented_configuration_and_passes_over_a_node_that_is_gone() {
    let run = |folder: &Path, configuration: &str| {
        let file = folder.join("haproxy.cfg");
        fs::write(&file, configuration.to_owned() + "\n").expect("a file");
        let mut command = Command::new("haproxy");
        command.arg("-db").arg("-f").arg(file);
        command
    };
    let Some(mut site) = Site::start("haproxy", run) else { return };
    site.assert_serves();
    site.nodes[0].kill();
    for _ in 0..10 {
        let request = Envelope::save_account_phone().request(site.address);
        assert_eq!(exchange(site.address, &request).return_code(), 0, "{}", site.log());
    }
}

#[test]
fn nginx_serves_with_the_documented_configuration_and_passes_over_a_node_that_is_gone() {
    let run = |folder: &Path, configuration: &str| {
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {}/{kind};\n", folder.display()))
            .concat();
        let around = format!(
            "daemon off;\nerror_log stderr;\npid {}/pid;\nworker_processes 1;\nevents {{}}\nhttp {{\naccess_log off;\n\
             {temporary}{configuration}\n}}\n",
            folder.display()
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, around).expect("a file");
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).arg("-c").arg(file);
        command
    };
    let Some(mut site) = Site::start("nginx", run) else { return };
    site.assert_serves();
    site.nodes[0].kill();
    for _ in 0..10 {
        let request = Envelope::save_account_phone().request(site.address);
        assert_eq!(exchange(site.address, &request).return_code(), 0, "{}", site.log());
    }
}
