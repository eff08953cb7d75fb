//! A program with many members, for tests with many callers at once, and a look into its ledger file.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::{Connection, OpenFlags};
use sync_asmx::contract::{DELETE_ACCOUNT_ID, SAVE_ACCOUNT_ID};
use sync_asmx::ledger::{self, LedgerUrl};

use crate::harness::postgres::query;
use crate::harness::{Envelope, command};

/// The phone number types of the program, in the ledger's order, which counts from 1.
pub const TYPES: [&str; 3] = ["HOME", "WORK", "MOBILE"];

/// The e-mail types of the program.
pub const EMAIL_TYPES: [&str; 2] = ["PRIMARY", "WORK"];

/// The clubs of the program.
pub const CLUBS: [&str; 2] = ["GOLD", "NEWS"];

/// A seed with the members 1 to `members`, who have no numbers.
pub fn seed(members: usize) -> String {
    let members: Vec<_> = (1..=members).map(|member| format!(r#"{{"member_id":{member}}}"#)).collect();
    let items = |names: &[&str]| {
        names.iter().map(|name| format!(r#"{{"external_reference":"{name}","name":""}}"#)).collect::<Vec<_>>().join(",")
    };
    let (types, email_types, clubs) = (items(&TYPES), items(&EMAIL_TYPES), items(&CLUBS));
    format!(
        r#"{{"programs":[{{"name":"many_members","security_tokens":[{{"token":"TEST-TOKEN","methods":["*"]}}],
        "phone_number_types":[{types}],"email_types":[{email_types}],"mobile_carriers":[{{"external_reference":"ROGERS","name":""}}],
        "address_types":[{{"external_reference":"HOME","name":""}}],"loyalty_clubs":[{clubs}],
        "account_id_types":[{{"external_reference":"CARD","name":""}}],
        "custom_fields":[{{"external_reference":"LUCKY","name":"","type":"integer"}},{{"external_reference":"MOTTO","name":"","type":"text"}}],
        "members":[{}]}}]}}"#,
        members.join(",")
    )
}

/// The digits of the numbers that the tests save: as many as anybody needs.
pub fn number(index: usize) -> u64 {
    15_192_000_000 + index as u64
}

/// The call that saves a number.
pub fn save(member: usize, phone_number_type: &str, number: u64) -> Envelope {
    Envelope::save_account_phone()
        .with("MemberId", member)
        .with("PhoneNumberTypeExternalReference", phone_number_type)
        .with("PhoneNumber", number)
}

/// The call that saves an address, one of as many as there are numbers.
pub fn save_email(member: usize, email_type: &str, number: u64) -> Envelope {
    Envelope::save_account_email()
        .with("MemberId", member)
        .with("EmailTypeExternalReference", email_type)
        .with("EmailAddress", format!("{number}@example.com"))
}

/// The call that removes an address.
pub fn remove_email(member: usize, email_type: &str) -> Envelope {
    Envelope::delete_account_email_address().with("MemberId", member).with("EmailTypeExternalReference", email_type)
}

/// The call that gives a member an account id, one of as many as there are numbers.
pub fn save_id(member: usize, number: u64) -> Envelope {
    Envelope::of(&SAVE_ACCOUNT_ID, ["TEST-TOKEN", &member.to_string(), "CARD", &number.to_string(), "0", "0"])
}

/// The call that takes it away.
pub fn remove_id(member: usize, number: u64) -> Envelope {
    Envelope::of(&DELETE_ACCOUNT_ID, ["TEST-TOKEN", &member.to_string(), &number.to_string()])
}

/// Where the ledger of a server started with [`server`] lives.
pub fn ledger_of(folder: &Path) -> PathBuf {
    folder.join("ledger.db")
}

/// A server in `folder`, with a ledger file and so many members.
pub fn server(folder: &Path, members: usize) -> Command {
    fs::write(folder.join("seed.json"), seed(members)).expect("a seed");
    command(folder, &["--listen", "127.0.0.1:0", "--ledger", "sqlite:ledger.db", "--seed", "seed.json"])
}

/// Numbers by member and type, as they stand in the file.
pub type Phones = HashMap<(usize, usize), u64>;

/// Reads all phones from a ledger that was just opened, by a server or by [`settle`].
pub fn read_phones(ledger: &Path) -> Phones {
    let connection = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the ledger");
    let mut rows = connection.prepare("SELECT member_id, phone_number_type_id, number FROM phone").expect("a table");
    let phones = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
    let phones: Vec<(i64, i64, i64)> = phones.collect::<Result<_, _>>().expect("phones");
    let whole = |value: i64| usize::try_from(value).expect("a number without sign");
    phones.into_iter().map(|(member, kind, number)| ((whole(member), whole(kind)), number.unsigned_abs())).collect()
}

/// What a member has beside its numbers, as `email PRIMARY`, with its value and key as they stand in the file.
pub type Parts = HashMap<(usize, String), (String, Option<String>)>;

const PARTS: &str = "SELECT member_id, kind || ' ' || slot, value, unique_key FROM part";

/// Reads what members have beside their numbers from such a ledger.
pub fn read_parts(ledger: &Path) -> Parts {
    let connection = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the ledger");
    let mut rows = connection.prepare(PARTS).expect("a table");
    let rows = rows.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), (row.get(2)?, row.get(3)?)))).expect("rows");
    rows.collect::<Result<_, _>>().expect("parts")
}

/// Reads the same from a PostgreSQL database.
pub fn read_parts_of_database(url: &str) -> Parts {
    let rows = query(
        url,
        &format!(
            "SELECT member_id, place, value, coalesce(unique_key, '') FROM ({PARTS}) AS part (member_id, place, value, unique_key)"
        ),
    );
    let part = |row: Vec<String>| {
        let key = Some(row[3].clone()).filter(|key| !key.is_empty());
        ((row[0].parse().expect("a member"), row[1].clone()), (row[2].clone(), key))
    };
    rows.into_iter().map(part).collect()
}

/// Reads all phones from a PostgreSQL database.
pub fn read_database(url: &str) -> Phones {
    let sql = "SELECT member_id, document::json #>> ARRAY['items', 'phone_number_types', 'items', \
                      phone_number_type_id::text, 'external_reference'], number \
               FROM phone JOIN program USING (program_id)";
    let rows = query(url, sql).into_iter();
    let kind = |reference: &str| TYPES.iter().position(|name| *name == reference).expect("a type") + 1;
    let whole = |text: &str| text.parse().expect("a number without sign");
    rows.map(|row| ((whole(&row[0]), kind(&row[1])), row[2].parse().expect("a number"))).collect()
}

/// Opens a ledger that no server is using, and lets go of it again, so that its file has all that was saved: a ledger may
/// keep the latest elsewhere.
pub fn settle(ledger: &Path) {
    let settled = ledger::open(&LedgerUrl::Sqlite(ledger.to_owned())).expect("a ledger in order");
    actix_web::rt::System::new().block_on(settled.close());
}

/// Fails unless every number has one member.
pub fn assert_one_member_a_number(phones: &Phones) {
    let mut holders = HashMap::new();
    for ((member, _), number) in phones {
        let holder = holders.entry(number).or_insert(member);
        assert_eq!(holder, &member, "two members hold {number}");
    }
}

/// Fails unless every e-mail address and every account id has one member.
pub fn assert_one_member_a_key(parts: &Parts) {
    let mut holders = HashMap::new();
    for ((member, place), (_, key)) in parts {
        let Some(key) = key else { continue };
        let kind = place.split(' ').next().expect("a kind");
        let holder = holders.entry((kind, key)).or_insert(member);
        assert_eq!(holder, &member, "two members hold {kind} {key}");
    }
}

/// All files of a ledger: its own, and those that SQLite and the ledger keep beside it.
pub fn files_of(ledger: &Path) -> Vec<PathBuf> {
    let name = ledger.file_name().expect("a name").to_string_lossy();
    let folder = fs::read_dir(ledger.parent().expect("a folder")).expect("a folder");
    let files = folder.map(|entry| entry.expect("a file").path());
    files.filter(|path| path.file_name().is_some_and(|other| other.to_string_lossy().starts_with(&*name))).collect()
}

/// Fails unless SQLite finds a ledger, which no server is using, sound. It looks at a copy, so that the recovery after a
/// crash is left to the server.
pub fn assert_sound(ledger: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files_of(ledger) {
        fs::copy(&file, folder.path().join(file.file_name().expect("a name"))).expect("a copy");
    }
    let copies = files_of(&folder.path().join(ledger.file_name().expect("a name")));
    let is_database = |path: &&PathBuf| fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"));
    for database in copies.iter().filter(is_database) {
        let connection = Connection::open(database).expect("a database");
        let verdict: String = connection.query_one("PRAGMA integrity_check", [], |row| row.get(0)).expect("a verdict");
        assert_eq!(verdict, "ok", "{}", database.display());
    }
}
