//! Many members, one number: exactly one gets it.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Barrier;
use std::thread;

use crate::harness::postgres::database;
use crate::harness::{Answer, Connection, Envelope, Nodes, Process, TestApp, exchange};
use crate::many_members::{self, Parts, Phones};

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

/// All members want the same in each round: one gets it, the others are refused. Gives back the winners.
fn race(
    servers: &[SocketAddr],
    rounds: usize,
    refusal: i32,
    call: impl Fn(usize, usize) -> Envelope + Sync,
) -> Vec<usize> {
    let answers = run_rounds(servers, rounds, call);
    let winner = |round: usize| {
        let codes: Vec<i32> = answers.iter().map(|answers| return_code(&answers[round])).collect();
        let count = |code| codes.iter().filter(|other| **other == code).count();
        assert_eq!((count(0), count(refusal)), (1, MEMBERS - 1), "round {round}: {codes:?}");
        codes.iter().position(|code| *code == 0).expect("a winner") + 1
    };
    (0..rounds).map(winner).collect()
}

/// Gives back the number that each winner holds at the end.
fn race_for_numbers(servers: &[SocketAddr]) -> HashMap<usize, u64> {
    let winners =
        race(servers, ROUNDS, 315, |member, round| many_members::save(member, "MOBILE", many_members::number(round)));
    winners.into_iter().enumerate().map(|(round, winner)| (winner, many_members::number(round))).collect()
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

const ADDRESSES: usize = 50;

/// Gives back the parts that the winners hold at the end: an address each, and all account ids that they won.
fn race_for_parts(servers: &[SocketAddr]) -> Parts {
    let number = many_members::number;
    let winners = race(servers, ADDRESSES, 314, |member, round| {
        // Case doesn't count.
        let call = many_members::save_email(member, "PRIMARY", number(round));
        call.with("EmailAddress", format!("{}{}@example.com", if member % 2 == 0 { "N" } else { "n" }, number(round)))
    });
    let held = |member: usize, place: String, key: String| ((member, place), (String::new(), Some(key)));
    let emails = winners.into_iter().enumerate();
    let emails =
        emails.map(|(round, winner)| held(winner, "email PRIMARY".into(), format!("n{}@example.com", number(round))));
    let mut parts: Parts = emails.collect();
    // Account ids stay where they are: a member may have many.
    let winners = race(servers, ADDRESSES, 318, |member, round| many_members::save_id(member, number(round)));
    parts.extend(winners.into_iter().enumerate().map(|(round, winner)| {
        let id = number(round).to_string();
        held(winner, format!("account_id {id}"), id)
    }));
    parts
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
    assert_all_done(&answers);
    // An id that nobody has, wanted by many calls for one member: it is there once.
    let answers = run_rounds(servers, 20, |connection, round| match (round % 2, connection % 3) {
        (1, 0) => many_members::remove_id(1, many_members::number(1000 + round)),
        _ => many_members::save_id(1, many_members::number(1000 + round)),
    });
    assert_all_done(&answers);
}

fn assert_all_done(answers: &[Answers]) {
    for answers in answers {
        assert!(answers.iter().all(|answer| return_code(answer) == 0), "{answers:?}");
    }
}

/// An address and an id go from member to member: what its holder removes is free with the answer, whichever server is asked next.
fn pass_on(servers: &[SocketAddr]) {
    let mut connections: Vec<_> = servers.iter().map(|server| (*server, Connection::open(*server))).collect();
    let mut turn = 0;
    let mut call = |call: &Envelope| {
        turn += 1;
        let servers = connections.len();
        let (address, connection) = &mut connections[turn % servers];
        return_code(&connection.exchange(&call.request(*address)))
    };
    let number = many_members::number(5000);
    let save_email = |member| many_members::save_email(member, "WORK", number);
    let save_id = |member| many_members::save_id(member, number);
    for member in 1..MEMBERS {
        assert_eq!((call(&save_email(member)), call(&save_id(member))), (0, 0), "{member}");
        assert_eq!((call(&save_email(member + 1)), call(&save_id(member + 1))), (314, 318), "{member}");
        assert_eq!(call(&many_members::remove_email(member, "WORK")), 0, "{member}");
        assert_eq!(call(&many_members::remove_id(member, number)), 0, "{member}");
    }
}

#[test]
fn sixty_four_members_race_for_an_address_and_for_an_id_and_one_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Process::start(many_members::server(folder.path(), MEMBERS));
    let held = race_for_parts(&[server.address()]);
    race_with_oneself(&[server.address()]);
    pass_on(&[server.address()]);
    server.terminate();
    let status = server.wait();
    assert!(status.success(), "{status}");
    let ledger = many_members::ledger_of(folder.path());
    many_members::settle(&ledger);
    assert_winners(&many_members::read_parts(&ledger), &held);
}

#[test]
fn sixty_four_members_race_for_an_address_and_for_an_id_in_postgresql_and_one_wins() {
    for nodes in [1, 3] {
        let Some(database) = database() else { return };
        let nodes = Nodes::start(nodes, &database.url(), &many_members::seed(MEMBERS));
        let held = race_for_parts(&nodes.addresses());
        race_with_oneself(&nodes.addresses());
        pass_on(&nodes.addresses());
        assert_winners(&many_members::read_parts_of_database(&database.url()), &held);
    }
}

/// What the winners hold, but for member 1, who went on.
fn assert_winners(stored: &Parts, held: &Parts) {
    many_members::assert_one_member_a_key(stored);
    let keys = |parts: &Parts| -> HashMap<(usize, String), Option<String>> {
        let others = parts.iter().filter(|((member, _), _)| *member != 1);
        others.map(|(place, (_, key))| (place.clone(), key.clone())).collect()
    };
    assert_eq!(keys(stored), keys(held));
}

#[test]
fn members_race_for_what_they_may_share_and_all_get_it() {
    let app = TestApp::with_seed(&many_members::seed(MEMBERS));
    share(app.address(), &[app.address()]);
    let Some(database) = database() else { return };
    let nodes = Nodes::start(2, &database.url(), &many_members::seed(MEMBERS));
    share(nodes[0].address(), &nodes.addresses());
}

fn share(one: SocketAddr, servers: &[SocketAddr]) {
    let set = |is_checked: bool| {
        let body = format!(r#"{{"duplicate_email_check":{is_checked}}}"#);
        let request = format!(
            "PATCH /_emulator/programs/many_members/settings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        assert_eq!(exchange(one, request.as_bytes()).status, 200);
    };
    set(false);
    let number = many_members::number;
    let answers = run_rounds(servers, 10, |member, round| many_members::save_email(member, "PRIMARY", number(round)));
    assert_all_done(&answers);
    // Ids are never shared.
    race(servers, 10, 318, |member, round| many_members::save_id(member, number(round)));
    set(true);
    // All leave what they share, all at once; then it is one member's.
    let answers = run_rounds(servers, 1, |member, _| many_members::remove_email(member, "PRIMARY"));
    assert_all_done(&answers);
    race(servers, 10, 314, |member, round| many_members::save_email(member, "WORK", number(round)));
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
