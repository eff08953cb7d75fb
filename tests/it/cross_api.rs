//! Three APIs, one ledger: what is saved by one of them holds for the others.

mod holders;
mod races;
mod testers;

use std::any::Any;
use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::cams::caller::{Call, code};
use crate::control_plane::client::{Outcome, outcome, send};
use crate::harness::postgres::database;
use crate::harness::{Answer, Envelope, Nodes, TestApp, exchange};
use crate::pims::facade::Facade;

/// Where the three are found: on one server, or each on a node of its own.
struct Apis {
    sync: SocketAddr,
    cams: SocketAddr,
    pims: Facade,
    /// What has to live as long as the test.
    _servers: Box<dyn Any + Sync>,
}

/// Ada is a user of PIMS, Grace has a space of CAMS, and Alan is a member like any other.
const ADA: i32 = 1001;
const ALAN: i32 = 1002;
const GRACE: i32 = 1003;

/// The default seed, but that calls of CAMS aren't counted, and that Ada has a number to begin with.
fn seed() -> String {
    let mut seed: Value = serde_json::from_str(sync_asmx::ledger::seed::DEFAULT).expect("JSON");
    let program = &mut seed["programs"][0];
    program["settings"] = json!({"cams": {"calls_per_second": 0}});
    program["members"][0]["phones"] = json!([{"type": "MOBILE", "number": "+33600000000"}]);
    seed.to_string()
}

impl Apis {
    /// Each ledger that there is: SQLite in one process, and PostgreSQL with a node for each API.
    fn everywhere(test: impl Fn(&Self)) {
        let app = TestApp::with_seed(&seed());
        let address = app.address();
        test(&Self::new([address; 3], app));
        if let Some(database) = database() {
            let nodes = Nodes::start(3, &database.url(), &seed());
            let addresses = [0, 1, 2].map(|node| nodes[node].address());
            test(&Self::new(addresses, (nodes, database)));
        }
    }

    fn new([sync, cams, pims]: [SocketAddr; 3], servers: impl Any + Sync) -> Self {
        Self { sync, cams, pims: Facade::logged_in(pims, "apis"), _servers: Box::new(servers) }
    }

    /// Saves a number by the first API; gives the return code.
    fn save(&self, member: i32, number: &str) -> i32 {
        let envelope = Envelope::save_account_phone()
            .with("MemberId", member)
            .with("PhoneNumberTypeExternalReference", "MOBILE")
            .with("PhoneNumber", number);
        exchange(self.sync, &envelope.request(self.sync)).return_code()
    }

    /// Calls an action of CAMS for the space of the seed.
    fn cams(&self, action: &str, number: &str, more: &[(&str, &str)]) -> Answer {
        let digits = number.trim_start_matches('+');
        let parameters = [&[("CustSpaceId", "cams-demo"), ("PhoneNumber", digits)], more].concat();
        exchange(self.cams, &Call::new(action, &parameters).request())
    }

    /// A migration up to its last step, which is [`register`](Self::register).
    fn migrate(&self, number: &str) {
        let digits = number.trim_start_matches('+');
        let begin = [("CountryCode", &digits[..2]), ("MobileNumber", &digits[2..])];
        let message = [("Locale", "en_US"), ("Method", "sms")];
        for (action, more) in [("CreateChatappMigrationInitiate", begin), ("GetMigrationVerifyCode", message)] {
            let answer = self.cams(action, number, &more);
            assert_eq!(code(&answer), "OK", "{}", answer.text());
        }
        let sent = self.pims.last_code(number);
        let answer = self.cams("ChatappMigrationVerified", number, &[("VerifyCode", &sent)]);
        assert_eq!(code(&answer), "OK", "{}", answer.text());
    }

    /// Registers a number of CAMS; gives the code.
    fn register(&self, number: &str) -> String {
        code(&self.cams("ChatappMigrationRegister", number, &[]))
    }

    /// Asks PIMS for a code to a number, and reads it.
    fn certify(&self, number: &str) -> String {
        self.pims.certify(number, number)
    }

    /// Modifies the number of the account of PIMS; gives the error code, 0 for none.
    fn modify(&self, number: &str, code: &str) -> u64 {
        self.pims.use_code("modifyPhoneNumber", code, number)["error"]["code"].as_u64().unwrap_or_default()
    }

    /// Calls the control plane.
    fn tell(&self, method: &str, path: &str, body: &Value) -> Outcome {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [("Content-Type", "application/json")];
        outcome(&send(self.sync, method, &format!("/_emulator{path}"), &headers, &text))
    }

    fn ask(&self, path: &str) -> Value {
        let (status, body) = self.tell("GET", path, &Value::Null);
        assert_eq!(status, 200, "{body}");
        body
    }

    /// The numbers of a member, as the control plane tells them.
    fn numbers_of(&self, member: i32) -> Vec<String> {
        let member = self.ask(&format!("/programs/demo/members/{member}"));
        let numbers = member["phones"].as_array().into_iter().flatten();
        numbers.map(|phone| phone["number"].as_str().expect("a number").to_owned()).collect()
    }
}
