//! The rules of SaveAccountPhone, against the running server.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::harness::{Envelope, Process, TestApp, command, escape};

/// A ledger file with the default seed, so that a test can see what was stored.
struct Stored {
    folder: TempDir,
}

/// Member, type, number, carrier, flag: types and carriers by their place in the seed, counted from 1.
type Phone = (i64, i64, i64, Option<i64>, bool);

/// What the default seed stores.
const SEEDED: Phone = (1002, HOME, 15_195_550_199, None, true);
const HOME: i64 = 1;
const WORK: i64 = 2;
const ROGERS: Option<i64> = Some(1);
const BELL: Option<i64> = Some(2);

impl Stored {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// What is stored after a server has answered these calls with these codes. It has ended by then, because only of a
    /// ledger that was closed the file is the whole truth.
    fn after(&self, calls: impl IntoIterator<Item = (i32, Envelope)>) -> Vec<Phone> {
        let arguments = ["--listen", "127.0.0.1:0", "--ledger", "sqlite:ledger.db"];
        let mut server = Process::start(command(self.folder.path(), &arguments));
        for (code, call) in calls {
            let answer = server.call(&call);
            assert_eq!(answer.return_code(), code, "{call:?}");
            assert_eq!(answer.saved_phone_number().is_empty(), code != 0, "{call:?}");
        }
        server.terminate();
        assert!(server.wait().success());
        phones(&self.folder.path().join("ledger.db"))
    }
}

fn phones(ledger: &Path) -> Vec<Phone> {
    let connection = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the ledger");
    let sql = "SELECT member_id, phone_number_type_id, number, mobile_carrier_id, is_valid FROM phone ORDER BY 1, 2";
    let mut rows = connection.prepare(sql).expect("a table");
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
    rows.query_map([], row).expect("rows").collect::<Result<_, _>>().expect("phones")
}

fn call() -> Envelope {
    Envelope::save_account_phone()
}

const TOKEN: &str = "SecurityToken";
const MEMBER: &str = "MemberId";
const TYPE: &str = "PhoneNumberTypeExternalReference";
const NUMBER: &str = "PhoneNumber";
const CARRIER: &str = "MobileCarrierExternalReference";
const IS_VALID: &str = "IsValid";

#[test]
fn a_refusal_gives_no_number_and_changes_nothing() {
    let stored = Stored::new();
    let refusals = [
        (100, call().with(TOKEN, "NO-SUCH-TOKEN")),
        (100, call().with(TOKEN, "test-token")),
        (100, call().with(TOKEN, "")),
        (100, call().without(TOKEN)),
        (101, call().with(TOKEN, "READ-ONLY-TOKEN")),
        (102, call().with(TOKEN, "SUSPENDED-TOKEN")),
        (103, call().with(TOKEN, "TEMPLATE-TOKEN")),
        (104, call().with(TOKEN, "TMP-00000000000000000000000000000000")),
        (105, call().with(TOKEN, "EXPIRED-TOKEN")),
        (2, call().without(TYPE)),
        (2, call().with(TYPE, "\t\n ")),
        (2, call().without(NUMBER)),
        (2, call().with(NUMBER, "")),
        (2, call().with(NUMBER, "+()-")),
        (2, call().with(NUMBER, "one \u{BD} \u{2167}")),
        (1, call().with(NUMBER, "\u{664}")),
        (311, call().with(MEMBER, 1004)),
        (311, call().with(MEMBER, -1001)),
        (311, call().without(MEMBER)),
        (308, call().with(TYPE, "FAX")),
        (308, call().with(TYPE, "home")),
        (316, call().with(CARRIER, "ACME")),
        (316, call().with(CARRIER, "rogers")),
        (1, call().with(NUMBER, "+999 123")),
        (1, call().with(NUMBER, "1")),
        (315, call().with(NUMBER, "+1 519 555 0199")),
    ];
    assert_eq!(stored.after(refusals), [SEEDED]);
}

#[test]
fn the_checks_come_in_their_order() {
    let app = TestApp::start();
    // Everything is wrong; then, check by check, what was refused is put right.
    let mut call = call().with(TOKEN, "NO-SUCH-TOKEN").with(MEMBER, 4711).with(TYPE, "").with(CARRIER, "ACME");
    call = call.with(NUMBER, "+999 123");
    for (code, field, right) in [
        (100, TOKEN, "READ-ONLY-TOKEN"),
        (101, TOKEN, "TEST-TOKEN"),
        (2, TYPE, "FAX"),
        (311, MEMBER, "1001"),
        (308, TYPE, "HOME"),
        (316, CARRIER, "ROGERS"),
        (1, NUMBER, "+15195550199"),
        (315, NUMBER, "+15195550123"),
        (0, NUMBER, "+15195550123"),
    ] {
        assert_eq!(app.call(&call).return_code(), code, "{call:?}");
        call = call.with(field, right);
    }
}

#[test]
fn a_save_replaces_number_carrier_and_flag() {
    let stored = Stored::new();
    assert_eq!(stored.after([(0, call())]), [(1001, HOME, 15_195_550_123, ROGERS, true), SEEDED]);
    let again = call().with(NUMBER, "+44 20 7946 0018").with(CARRIER, "BELL").with(IS_VALID, 0);
    let british = (1001, HOME, 442_079_460_018, BELL, false);
    assert_eq!(stored.after([(0, again)]), [british, SEEDED]);
    let work = (1001, WORK, 15_195_550_123, ROGERS, true);
    assert_eq!(stored.after([(0, call().with(TYPE, "WORK"))]), [british, work, SEEDED]);
}

#[test]
fn an_absent_or_blank_carrier_clears_it() {
    for without_carrier in [call().without(CARRIER), call().with(CARRIER, ""), call().with(CARRIER, " \t\n")] {
        let phones = Stored::new().after([(0, call()), (0, without_carrier)]);
        assert_eq!(phones[0], (1001, HOME, 15_195_550_123, None, true));
    }
}

#[test]
fn the_flag_is_false_for_zero_and_missing_only() {
    for (is_valid, flag) in [
        (call().with(IS_VALID, 1), true),
        (call().with(IS_VALID, 0), false),
        (call().with(IS_VALID, -1), true),
        (call().with(IS_VALID, i32::MAX), true),
        (call().with(IS_VALID, " +0 "), false),
        (call().without(IS_VALID), false),
    ] {
        let phones = Stored::new().after([(0, is_valid.clone())]);
        assert_eq!(phones[0], (1001, HOME, 15_195_550_123, ROGERS, flag), "{is_valid:?}");
    }
}

#[test]
fn references_are_trimmed() {
    let padded = call().with(TYPE, " \tWORK\r\n").with(CARRIER, "\u{A0}BELL ");
    assert_eq!(Stored::new().after([(0, padded)])[0], (1001, WORK, 15_195_550_123, BELL, true));
}

#[test]
fn the_same_number_for_another_type_of_the_same_member_is_no_duplicate() {
    let app = TestApp::start();
    for phone_number_type in ["WORK", "MOBILE", "HOME"] {
        assert_eq!(app.save_account_phone(1002, phone_number_type, "+15195550199").return_code(), 0);
    }
    // It stays the member's until the last of the three types has another.
    for (phone_number_type, number) in [("HOME", "+15195550101"), ("WORK", "+15195550102"), ("MOBILE", "+15195550103")]
    {
        assert_eq!(app.save_account_phone(1001, "HOME", "+15195550199").return_code(), 315);
        assert_eq!(app.save_account_phone(1002, phone_number_type, number).return_code(), 0);
    }
    assert_eq!(app.save_account_phone(1001, "HOME", "+15195550199").return_code(), 0);
}

#[test]
fn a_replaced_number_is_free_for_others() {
    let app = TestApp::start();
    for (member, number, code) in [
        (1001, "+15195550199", 315),
        (1002, "+15195550111", 0),
        (1001, "+15195550199", 0),
        (1002, "+15195550199", 315),
        (1003, "+15195550111", 315),
    ] {
        assert_eq!(app.save_account_phone(member, "HOME", number).return_code(), code, "{member} {number}");
    }
}

#[test]
fn a_number_that_was_saved_as_not_valid_is_held_all_the_same() {
    let app = TestApp::start();
    assert_eq!(app.call(&call().with(IS_VALID, 0)).return_code(), 0);
    assert_eq!(app.call(&call().with(MEMBER, 1003)).return_code(), 315);
}

#[test]
fn however_it_is_written_a_number_is_one_number() {
    let app = TestApp::start();
    for number in [
        "+15195550199",
        "15195550199",
        "0015195550199",
        "+1 (519) 555-0199",
        " 1.519.555.0199 ",
        "+1/519/555/0199",
        "1-519-555-0199 ext. 12",
        "tel:+1-519-555-0199",
        "\u{FF0B}\u{FF11}5195550199",
    ] {
        assert_eq!(app.save_account_phone(1001, "HOME", number).return_code(), 315, "{number}");
        let answer = app.save_account_phone(1002, "HOME", number);
        assert_eq!(answer.saved_phone_number(), "+1 519-555-0199", "{number}");
    }
}

#[test]
fn a_caller_is_answered_in_his_own_namespace() {
    let own = "http://example.com/?a=1&b=2";
    let app = TestApp::with_arguments(&["--namespace", own]);
    for namespace in [own, "https://app.smartbutton.com/Services/Sync", "https://app.smartbutton.com/Services/"] {
        let answer = app.call(&call().in_namespace(namespace));
        let start = format!("<SaveAccountPhoneResponse xmlns=\"{}\">", escape(namespace));
        assert!(answer.return_code() == 0 && answer.text().contains(&start), "{namespace}: {answer:?}");
    }
}

#[test]
fn a_caller_is_answered_in_his_own_version() {
    let app = TestApp::start();
    for (call, media_type) in [(call(), "text/xml"), (call().soap12(), "application/soap+xml")] {
        let answer = app.call(&call);
        assert_eq!(answer.return_code(), 0);
        assert_eq!(answer.header("Content-Type"), Some(format!("{media_type}; charset=utf-8").as_str()));
    }
}
