//! Numbers that were proved before SIGKILL are proved after it, though others were saving all the while; and their codes are used.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{self, Sender};
use std::thread;

use serde_json::{Value, json};

use crate::cams::caller::{Call, code};
use crate::harness::{Answer, Connection, PATIENCE, Process, command, exchange};
use crate::many_members;
use crate::seeded_random::SeededRandom;

const ROUNDS: usize = 6;
const SAVERS: usize = 4;
/// So many proofs at most are waited for before the server is killed. A few more may be made until it is; a space may have a
/// hundred, so each round has one of its own.
const PROOFS: usize = 30;

/// A number that was proved, and the code that did it.
type Proved = (u64, String);

/// The savers, and one more member for each round, who has the round's space.
fn server(folder: &Path) -> Command {
    let mut seed: Value = serde_json::from_str(&many_members::seed(SAVERS + ROUNDS)).expect("JSON");
    let spaces: Vec<_> =
        (0..ROUNDS).map(|round| json!({"cust_space_id": space(round), "member_id": SAVERS + 1 + round})).collect();
    let program = &mut seed["programs"][0];
    program["settings"] = json!({"cams": {"calls_per_second": 0}});
    program["cams_accounts"] = json!([{"account_id": "a",
        "access_keys": [{"access_key_id": "testAccessKeyId", "access_key_secret": "testAccessKeySecret"}],
        "spaces": spaces}]);
    fs::write(folder.join("seed.json"), seed.to_string()).expect("a seed");
    command(folder, &["--listen", "127.0.0.1:0", "--ledger", "sqlite:ledger.db", "--seed", "seed.json"])
}

fn space(round: usize) -> String {
    format!("space-{round}")
}

fn call(action: &str, space: &str, number: u64, more: &[(&str, &str)]) -> Vec<u8> {
    let digits = number.to_string();
    let parameters = [&[("CustSpaceId", space), ("PhoneNumber", &*digits)], more].concat();
    Call::new(action, &parameters).request()
}

/// Proves one number; `None` once the server is gone.
fn prove(connection: &mut Connection, space: &str, number: u64) -> Option<Proved> {
    let digits = number.to_string();
    let ask = |connection: &mut Connection, request: &[u8]| {
        let answer = connection.exchange(request).ok()?;
        assert_eq!(code(&answer), "OK", "{}", answer.text());
        Some(answer)
    };
    let begin = [("CountryCode", &digits[..1]), ("MobileNumber", &digits[1..])];
    ask(connection, &call("CreateChatappMigrationInitiate", space, number, &begin))?;
    ask(connection, &call("GetMigrationVerifyCode", space, number, &[("Locale", "en_US"), ("Method", "sms")]))?;
    let path = format!("GET /_emulator/messages?to={number} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let messages: Value = serde_json::from_slice(&connection.exchange(path.as_bytes()).ok()?.body).ok()?;
    let sent = messages["messages"][0]["code"].as_str().expect("a code").to_owned();
    ask(connection, &call("ChatappMigrationVerified", space, number, &[("VerifyCode", &sent)]))?;
    Some((number, sent))
}

/// Proves numbers until the server is gone, and tells of each.
fn prove_all(address: SocketAddr, space: &str, first: u64, told: &Sender<Proved>) {
    let Ok(mut connection) = Connection::try_open(address) else { return };
    for number in first.. {
        let Some(proved) = prove(&mut connection, space, number) else { return };
        let _ = told.send(proved);
    }
}

/// Saves numbers until the server is gone.
fn save_all(address: SocketAddr, member: usize) {
    let Ok(mut connection) = Connection::try_open(address) else { return };
    for round in 0.. {
        let number = many_members::number(1_000_000 * member + round % 1000);
        if connection.exchange(&many_members::save(member, "HOME", number).request(address)).is_err() {
            return;
        }
    }
}

#[test]
fn every_number_that_was_proved_before_a_kill_is_proved_after_it() {
    let mut random = SeededRandom::new();
    let folder = tempfile::tempdir().expect("a folder");
    let mut next = 15_193_000_000;
    for round in 0..ROUNDS {
        let space = space(round);
        let mut process = Process::start(server(folder.path()));
        let address = process.address();
        let (told, proofs) = mpsc::channel();
        let mut proved = Vec::new();
        // The moment is a number of proofs, so that it falls into the midst of the work on every machine.
        let moment = 1 + random.index(PROOFS);
        thread::scope(|scope| {
            let _guard = process.kill_on_panic();
            for saver in 1..=SAVERS {
                scope.spawn(move || save_all(address, saver));
            }
            let space = &space;
            scope.spawn(move || prove_all(address, space, next, &told));
            while proved.len() < moment {
                proved.push(proofs.recv_timeout(PATIENCE).expect("a proof"));
            }
            process.kill();
        });
        // What was told before the end counts as well.
        proved.extend(proofs.try_iter());
        next += proved.len() as u64 + 2;

        let server = Process::start(server(folder.path()));
        for (number, sent) in &proved {
            expect_proved(server.address(), &space, *number, sent);
        }
        server.stop();
    }
    many_members::assert_sound(&many_members::ledger_of(folder.path()));
}

fn expect_proved(address: SocketAddr, space: &str, number: u64, sent: &str) {
    let status = exchange(address, &call("GetPhoneNumberVerificationStatus", space, number, &[]));
    let body: Value = serde_json::from_slice(&status.body).expect("JSON");
    assert_eq!(body["Data"]["CodeVerificationStatus"], "VERIFIED", "{body}");
    let verify =
        |sent: &str| exchange(address, &call("ChatappMigrationVerified", space, number, &[("VerifyCode", sent)]));
    let said: Answer = verify(sent);
    assert_eq!(code(&said), "OK", "the code that proved it is known: {}", said.text());
    let wrong = if sent == "000000" { "000001" } else { "000000" };
    assert_eq!(code(&verify(wrong)), "InvalidVerifyCode");
}
