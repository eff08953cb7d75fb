//! The facade of an app's process, as a test calls it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};

use crate::control_plane::client::outcome;
use crate::harness::{Answer, PATIENCE, exchange};

/// One instance, on any node.
#[derive(Clone)]
pub struct Facade {
    address: SocketAddr,
    instance: String,
}

impl Facade {
    /// An instance that isn't initialised.
    pub fn new(address: SocketAddr, instance: &str) -> Self {
        Self { address, instance: instance.to_owned() }
    }

    /// An instance that is initialised, and logged in as Ada.
    pub fn logged_in(address: SocketAddr, instance: &str) -> Self {
        let facade = Self::new(address, instance);
        facade.initialize("Peugeot");
        facade.succeed("set", "user", &json!({"action": "login", "login": "ada@example.com"}));
        facade
    }

    /// The same instance by another node.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    pub fn initialize(&self, brand: &str) {
        let message = self.call("initialize", &json!({"parameters": initialization(brand)}));
        assert_eq!(message["status"], "SUCCEEDED", "{message}");
    }

    /// Calls a method, and gives the message.
    pub fn call(&self, method: &str, body: &Value) -> Value {
        let answer = self.send(method, &body.to_string());
        assert_eq!(answer.status, 200, "{}", answer.text());
        serde_json::from_slice(&answer.body).expect("a message")
    }

    /// Sends any text to a method.
    pub fn send(&self, method: &str, body: &str) -> Answer {
        exchange(self.address, &self.request(method, "", body))
    }

    /// Calls `pims.authentication.…`, and gives the message.
    pub fn ask(&self, method: &str, api: &str, parameters: &Value) -> Value {
        self.call(method, &json!({"api": format!("pims.authentication.{api}"), "parameters": parameters}))
    }

    /// As [`ask`](Self::ask), for what has to succeed; gives the result.
    pub fn succeed(&self, method: &str, api: &str, parameters: &Value) -> Value {
        let message = self.ask(method, api, parameters);
        assert_eq!(message["status"], "SUCCEEDED", "{message}");
        message["result"].clone()
    }

    /// As [`ask`](Self::ask), for what has to fail; gives code and label.
    pub fn fail(&self, method: &str, api: &str, parameters: &Value) -> (u64, String) {
        let message = self.ask(method, api, parameters);
        failure(&message)
    }

    /// Asks for a code to this number, and reads it from the outbox.
    pub fn certify(&self, number: &str, e164: &str) -> String {
        let parameters = json!({"type": "phoneNumberCertification", "phoneNumber": number});
        assert_eq!(self.succeed("get", "smscode", &parameters), Value::Null);
        self.last_code(e164)
    }

    /// The code that was sent to a number last.
    pub fn last_code(&self, e164: &str) -> String {
        let path = format!("/messages?to={}", e164.trim_start_matches('+'));
        let (_, page) = self.control("GET", &path, &Value::Null);
        let last = page["messages"].as_array().and_then(|messages| messages.last().cloned()).expect("a message");
        last["code"].as_str().expect("a code").to_owned()
    }

    /// `set smscode` with this `type`.
    pub fn use_code(&self, kind: &str, code: &str, number: &str) -> Value {
        self.ask("set", "smscode", &json!({"type": kind, "smsCode": code, "phoneNumber": number}))
    }

    /// Makes a number the trusted one, by whichever way there is.
    pub fn trust(&self, number: &str, e164: &str) {
        let code = self.certify(number, e164);
        let kind = if self.trusted_number().is_null() { "addPhoneNumber" } else { "modifyPhoneNumber" };
        let message = self.use_code(kind, &code, number);
        assert_eq!((&message["status"], &message["result"]), (&json!("SUCCEEDED"), &Value::Null), "{message}");
    }

    pub fn trusted_number(&self) -> Value {
        self.succeed("get", "trustedphonenumber", &json!({}))["phoneNumber"].clone()
    }

    /// Calls the control plane.
    pub fn control(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("Content-Type", "application/json")];
        let path = format!("/_emulator{path}");
        outcome(&crate::control_plane::client::send(self.address, method, &path, &headers, &text))
    }

    /// Opens a subscription.
    pub fn subscribe(&self, api: &str, parameters: &Value) -> Events {
        let body = json!({"api": format!("pims.authentication.{api}"), "parameters": parameters}).to_string();
        let mut stream = TcpStream::connect_timeout(&self.address, PATIENCE).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        stream.write_all(&self.request("subscribe", "Connection: close\r\n", &body)).expect("a server that reads");
        Events(BufReader::new(stream))
    }

    /// A request, to be sent by the test itself.
    pub fn request(&self, method: &str, header: &str, body: &str) -> Vec<u8> {
        let Self { address, instance } = self;
        let head = format!(
            "POST /pims/{method} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
             X-Pims-Instance: {instance}\r\n{header}Content-Length: {}\r\n\r\n",
            body.len()
        );
        (head + body).into_bytes()
    }
}

/// The stream of a subscription.
pub struct Events(BufReader<TcpStream>);

impl Events {
    /// The next message; `None` at the end.
    pub fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        while self.0.read_line(&mut line).expect("a stream that goes on") > 0 {
            if let Some(message) = line.trim_end().strip_prefix("data: ") {
                return Some(serde_json::from_str(message).expect("a message"));
            }
            line.clear();
        }
        None
    }

    /// Reads what is left, and waits for the end, which is an orderly one.
    pub fn rest(mut self) -> String {
        let mut rest = String::new();
        while !rest.ends_with("0\r\n\r\n") {
            let mut bytes = [0; 1024];
            let length = self.0.read(&mut bytes).expect("an end");
            assert_ne!(length, 0, "cut off after {rest:?}");
            rest += &String::from_utf8_lossy(&bytes[..length]);
        }
        rest
    }
}

/// Parameters of `initialize` as they should be.
pub fn initialization(brand: &str) -> Value {
    json!({
        "environnement": "development", "mode": "B2C",
        "credential": {
            "clientId": "id", "clientSecret": "CLIENT-SECRET",
            "webviewsRedirectURI": "app://web", "loginRedirectURI": "app://login",
        },
        "profile": {"brand": brand},
    })
}

/// Code and label of a message that says that something failed.
pub fn failure(message: &Value) -> (u64, String) {
    assert!(message["status"] == "FAILED" && message.get("result").is_none(), "{message}");
    let error = &message["error"];
    (error["code"].as_u64().expect("a code"), error["label"].as_str().expect("a label").to_owned())
}
