//! Many members, one number: exactly one gets it.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread;

use crate::harness::postgres::database;
use crate::harness::{Answer, Connection, Envelope, Nodes, Process, TestApp};
use crate::many_members::{self, Phones};

const MEMBERS: usize = 64;
const ROUNDS: usize = 200;

/// One answer for each round.
type Answers = Vec<io::Result<Answer>>;

/// Every member makes a call in every round, all at the same moment, each over a connection that stays open. The members are
/// spread over the servers.
fn run_rounds(servers: &[SocketAddr], rounds: usize, call: impl Fn(usize, usize) -> Envelope + Sync) -> Vec<Answers> {
    let start = Barrier::new(MEMBERS);
    let run = |member| {
        let address = servers[member % servers.len()];
        let mut connection = Connection::open(address);
        let take_part = |round| {
            let request = call(member, round).request(address);
            start.wait();
            // Judged when all are done: a thread that fails here would leave the others waiting.
            connection.exchange(&request)
        };
        (0..rounds).map(take_part).collect()
    };
    thread::scope(|scope| {
        let run = &run;
        let racers: Vec<_> = (1..=MEMBERS).map(|member| scope.spawn(move || run(member))).collect();
        racers.into_iter().map(|racer| racer.join().expect("a racer")).collect()
    })
}

fn return_code(answer: &io::Result<Answer>) -> i32 {
    let answer = answer.as_ref().expect("an answer");
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.return_code()
}

/// Gives back the number that each winner holds at the end.
fn race_for_numbers(servers: &[SocketAddr]) -> HashMap<usize, u64> {
    let answers =
        run_rounds(servers, ROUNDS, |member, round| many_members::save(member, "MOBILE", many_members::number(round)));
    let mut held = HashMap::new();
    for round in 0..ROUNDS {
        let codes: Vec<i32> = answers.iter().map(|answers| return_code(&answers[round])).collect();
        let count = |code| codes.iter().filter(|other| **other == code).count();
        assert_eq!((count(0), count(315)), (1, MEMBERS - 1), "round {round}: {codes:?}");
        let winner = codes.iter().position(|code| *code == 0).expect("a winner") + 1;
        held.insert(winner, many_members::number(round));
    }
    held
}

#[test]
fn sixty_four_members_race_for_a_number_in_memory_and_one_wins() {
    let app = TestApp::with_seed(&many_members::seed(MEMBERS));
    race_for_numbers(&[app.address()]);
}

#[test]
fn sixty_four_members_race_for_a_number_in_a_file_and_one_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Process::start(many_members::server(folder.path(), MEMBERS));

    let held = race_for_numbers(&[server.address()]);

    server.terminate();
    let status = server.wait();
    assert!(status.success(), "{status}");
    let ledger = many_members::ledger_of(folder.path());
    many_members::settle(&ledger);
    assert_eq!(by_member(&many_members::read_phones(&ledger)), held);
}

#[test]
fn sixty_four_members_race_for_a_number_in_postgresql_and_one_wins() {
    for nodes in [1, 3] {
        let Some(database) = database() else { return };
        let nodes = Nodes::start(nodes, &database.url(), &many_members::seed(MEMBERS));
        let held = race_for_numbers(&nodes.addresses());
        assert_eq!(by_member(&many_members::read_database(&database.url())), held);
    }
}

fn by_member(stored: &Phones) -> HashMap<usize, u64> {
    stored.iter().map(|((member, _), number)| (*member, *number)).collect()
}

/// Gives back the address that each winner holds at the end.
fn race_for_addresses(servers: &[SocketAddr]) -> HashMap<usize, u64> {
    const ADDRESSES: usize = 50;
    let answers = run_rounds(servers, ADDRESSES, |member, round| {
        many_members::save_email(member, "PRIMARY", many_members::number(round))
    });
    let mut held = HashMap::new();
    for round in 0..ADDRESSES {
        let codes: Vec<i32> = answers.iter().map(|answers| return_code(&answers[round])).collect();
        let count = |code| codes.iter().filter(|other| **other == code).count();
        assert_eq!((count(0), count(314)), (1, MEMBERS - 1), "round {round}: {codes:?}");
        let winner = codes.iter().position(|code| *code == 0).expect("a winner") + 1;
        held.insert(winner, many_members::number(round));
    }
    held
}

/// One member saves and removes over many connections: each call is answered with 0.
fn race_with_oneself(servers: &[SocketAddr]) {
    let answers = run_rounds(servers, 20, |connection, round| {
        let kind = many_members::EMAIL_TYPES[connection % 2];
        match (round % 4, connection % 3) {
            // The same address for one type or two, another one for each, and removals in between.
            (0 | 1, _) => many_members::save_email(1, kind, many_members::number(1000 + round)),
            (2, _) => many_members::save_email(1, kind, many_members::number(1000 + connection)),
            (_, 0) => many_members::remove_email(1, kind),
            _ => many_members::save_email(1, kind, many_members::number(1000 + connection % 5)),
        }
    });
    for answers in &answers {
        assert!(answers.iter().all(|answer| return_code(answer) == 0), "{answers:?}");
    }
}

#[test]
fn sixty_four_members_race_for_an_address_and_one_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Process::start(many_members::server(folder.path(), MEMBERS));
    let held = race_for_addresses(&[server.address()]);
    race_with_oneself(&[server.address()]);
    server.terminate();
    let status = server.wait();
    assert!(status.success(), "{status}");
    let ledger = many_members::ledger_of(folder.path());
    many_members::settle(&ledger);
    assert_winners(&many_members::read_emails(&ledger), &held);
}

#[test]
fn sixty_four_members_race_for_an_address_in_postgresql_and_one_wins() {
    for nodes in [1, 3] {
        let Some(database) = database() else { return };
        let nodes = Nodes::start(nodes, &database.url(), &many_members::seed(MEMBERS));
        let held = race_for_addresses(&nodes.addresses());
        race_with_oneself(&nodes.addresses());
        assert_winners(&many_members::read_emails_of_database(&database.url()), &held);
    }
}

/// What the winners hold, but for member 1, who went on.
fn assert_winners(stored: &Phones, held: &HashMap<usize, u64>) {
    many_members::assert_one_member_a_number(stored);
    let mut stored = by_member(stored);
    let mut held = held.clone();
    stored.remove(&1);
    held.remove(&1);
    assert_eq!(stored, held);
}

#[test]
fn a_number_that_its_holder_gives_up_is_won_by_one_at_most() {
    let app = TestApp::with_seed(&many_members::seed(MEMBERS));
    race_for_what_is_given_up(&[app.address()]);
    let Some(database) = database() else { return };
    let nodes = Nodes::start(3, &database.url(), &many_members::seed(MEMBERS));
    race_for_what_is_given_up(&nodes.addresses());
}

fn race_for_what_is_given_up(servers: &[SocketAddr]) {
    const TAKEN_UP: usize = 50;
    // Member 1 moves from number to number; in each round the others are after the one that it leaves.
    let answers = run_rounds(servers, TAKEN_UP, |member, round| {
        let number = if member == 1 { many_members::number(round + 1) } else { many_members::number(round) };
        many_members::save(member, "HOME", number)
    });
    for round in 0..TAKEN_UP {
        let codes: Vec<i32> = answers.iter().map(|answers| return_code(&answers[round])).collect();
        assert_eq!(codes[0], 0, "round {round}: nobody else wants the number that member 1 takes");
        let winners = codes[1..].iter().filter(|code| **code == 0).count();
        let losers = codes[1..].iter().filter(|code| **code == 315).count();
        assert!(winners <= 1 && winners + losers == MEMBERS - 1, "round {round}: {codes:?}");
    }
}
