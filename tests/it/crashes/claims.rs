//! Codes that were claimed before SIGKILL are used after it, though others were saving all the while.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use sync_asmx::domain::verification::CodeRefusal;
use sync_asmx::domain::{E164, MemberId, Purpose, VerificationKey};
use sync_asmx::ledger::{self, Directory, Ledger, LedgerUrl, PhoneSaved, Program, SavePhone, Seed};
use sync_asmx::operations::{Platform, claim_code, send_code};

use crate::crowd;
use crate::dice::Dice;

const ROUNDS: usize = 8;
const SAVERS: usize = 8;
/// Tells the process that is to be killed where its ledger is.
const PLACE: &str = "SYNC_ASMX_TEST_CLAIMS";

fn number(index: u64) -> E164 {
    E164::new(15_193_000_000 + index).expect("a number")
}

fn key(index: u64) -> VerificationKey {
    VerificationKey { purpose: Purpose::CamsMigration, account: "space".into(), number: number(index) }
}

fn open(path: &Path) -> Arc<dyn Ledger> {
    ledger::open(&LedgerUrl::Sqlite(path.to_owned())).expect("a ledger")
}

fn program(directory: &Directory) -> &Program {
    directory.program("crowd").expect("the program")
}

#[test]
fn every_code_that_was_claimed_before_a_kill_is_used_after_it() {
    let mut dice = Dice::new();
    let folder = tempfile::tempdir().expect("a folder");
    let path = crowd::ledger_of(folder.path());
    let mut next = 0;
    for _ in 0..ROUNDS {
        let mut process = start(&path, next);
        let told = BufReader::new(process.stdout.take().expect("its output"));
        let lines = told.lines().map(|line| line.expect("a line"));
        let claims = lines.filter_map(|line| {
            let (_, claim) = line.split_once("claimed ")?;
            let (index, code) = claim.split_once(' ')?;
            Some((index.parse::<u64>().expect("a number"), code.to_owned()))
        });
        // The moment is a number of claims, so that it falls into the midst of the work on every machine. What was told before
        // the end counts as well.
        let moment = 1 + dice.index(40);
        let mut claimed = Vec::new();
        for claim in claims {
            claimed.push(claim);
            if claimed.len() == moment {
                process.kill().expect("a process of ours");
            }
        }
        process.wait().expect("its end");
        assert!(claimed.len() >= moment, "the claimer ended by itself");
        expect_used(&path, &claimed);
        next = claimed.last().map_or(next, |(index, _)| index + 2);
    }
    crowd::assert_sound(&path);
}

/// Starts this test binary again, as one who claims.
fn start(path: &Path, first: u64) -> Child {
    let mut command = Command::new(env::current_exe().expect("this binary"));
    command.args(["--exact", "crashes::claims::claims_until_it_is_killed", "--ignored", "--nocapture"]);
    command.env(PLACE, format!("{first} {}", path.display()));
    command.stdout(Stdio::piped()).spawn().expect("a process")
}

#[tokio::main(flavor = "current_thread")]
async fn expect_used(path: &Path, claimed: &[(u64, String)]) {
    let platform = Platform::new(open(path));
    let directory = platform.ledger.directory();
    for (index, code) in claimed {
        let again = claim_code(&platform, program(&directory), &key(*index), code).await.expect("a ledger");
        assert_eq!(again.err(), Some(CodeRefusal::Spent), "claim {index}");
    }
    platform.ledger.close().await;
}

/// Sends codes and claims them, and tells of each claim, while others save. Ends with its process.
#[tokio::test]
#[ignore = "started by the test above, in a process of its own"]
async fn claims_until_it_is_killed() {
    let Ok(place) = env::var(PLACE) else { return };
    let (first, path) = place.split_once(' ').expect("a number and a path");
    let platform = Platform::new(open(Path::new(path)));
    if platform.ledger.directory().programs().is_empty() {
        let seed = Seed::parse(&crowd::seed(SAVERS)).expect("a seed");
        platform.ledger.apply_seed(seed).await.expect("applied");
    }
    let directory = platform.ledger.directory();
    let program = program(&directory);
    for saver in 1..=SAVERS {
        let save = SavePhone {
            program: program.id,
            member: MemberId(saver.try_into().expect("a member")),
            phone_number_type: program.phone_number_types["HOME"],
            number: number(0),
            extension: None,
            mobile_carrier: None,
            is_valid: true,
            may_be_shared: false,
            version: program.version,
        };
        tokio::spawn(save_for_ever(platform.ledger.clone(), save, saver as u64));
    }
    for index in first.parse().expect("a number").. {
        let key = key(index);
        send_code(&platform, program, &key, "sms", str::to_owned).await.expect("a ledger");
        let message = platform.outbox.find(Some(&key.number.to_string())).await.expect("messages").pop();
        let code = message.and_then(|message| message.code).expect("a code");
        let claim = claim_code(&platform, program, &key, &code).await.expect("a ledger");
        assert!(claim.is_ok(), "claim {index}");
        println!("claimed {index} {code}");
    }
}

async fn save_for_ever(ledger: Arc<dyn Ledger>, save: SavePhone, index: u64) {
    for round in 0.. {
        let number = number(1_000_000 + 100_000 * index + round % 100_000);
        let saved = ledger.save_phone(SavePhone { number, ..save.clone() }).await;
        assert_eq!(saved, Ok(PhoneSaved::Saved));
    }
}
