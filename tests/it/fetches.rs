//! What was answered a moment ago is what the next fetch sees, over whichever connection and on whichever node.

use std::net::SocketAddr;
use std::thread;

use sync_asmx::contract::{
    ADD_TO_LOYALTY_CLUB, FETCH_ACCOUNT_ADDRESS, FETCH_ACCOUNT_CORE, FETCH_ACCOUNT_IDS, MEMBER_IS_IN_LOYALTY_CLUB,
    REMOVE_TO_LOYALTY_CLUB, SAVE_ACCOUNT_ADDRESS, SAVE_ACCOUNT_CORE,
};

use crate::harness::postgres::database;
use crate::harness::{Connection, Envelope, Nodes, Process};
use crate::many_members;

/// How many members write and fetch at once, each over connections of its own.
const MEMBERS: usize = 8;
const ROUNDS: usize = 40;

/// A connection to each server, which take turns.
struct Turns {
    connections: Vec<(SocketAddr, Connection)>,
    turn: usize,
}

impl Turns {
    fn new(servers: &[SocketAddr], first: usize) -> Self {
        // With one server, two connections: then another one fetches than has written.
        let servers = servers.iter().cycle().take(servers.len().max(2));
        Self { connections: servers.map(|server| (*server, Connection::open(*server))).collect(), turn: first }
    }

    /// Makes a call over the next connection.
    fn call(&mut self, call: &Envelope) -> String {
        self.turn += 1;
        let count = self.connections.len();
        let (address, connection) = &mut self.connections[self.turn % count];
        let answer = connection.exchange(&call.request(*address)).expect("an answer");
        assert_eq!(answer.return_code(), 0, "{}", answer.text());
        answer.text()
    }

    fn expect(&mut self, call: &Envelope, part: &str) {
        let answer = self.call(call);
        assert!(answer.contains(part), "{part} isn't in {answer}");
    }
}

fn write_and_fetch(mut calls: Turns, member: usize) {
    let id = &*member.to_string();
    for round in 0..ROUNDS {
        let text = &*format!("{member} times {round}");
        calls.call(&Envelope::of(&SAVE_ACCOUNT_CORE, ["TEST-TOKEN", id, text, "", "Lovelace", "", "", "", ""]));
        let fetch = Envelope::of(&FETCH_ACCOUNT_CORE, ["TEST-TOKEN", id]);
        calls.expect(&fetch, &format!("<FirstName>{text}</FirstName>"));

        let address = ["TEST-TOKEN", id, "HOME", text, "", "", "Kitchener", "Ontario", "N2H 4A2", "Canada", "1"];
        calls.call(&Envelope::of(&SAVE_ACCOUNT_ADDRESS, address));
        let fetch = Envelope::of(&FETCH_ACCOUNT_ADDRESS, ["TEST-TOKEN", id, "HOME"]);
        calls.expect(&fetch, &format!("<AddressLine1>{text}</AddressLine1>"));

        let number = (1000 * member + round) as u64;
        let fetch = Envelope::of(&FETCH_ACCOUNT_IDS, ["TEST-TOKEN", id]);
        let row = format!("<AccountId>{number}</AccountId>");
        calls.call(&many_members::save_id(member, number));
        calls.expect(&fetch, &row);
        calls.call(&many_members::remove_id(member, number));
        let answer = calls.call(&fetch);
        assert!(!answer.contains(&row), "{answer}");

        let fetch = Envelope::of(&MEMBER_IS_IN_LOYALTY_CLUB, ["TEST-TOKEN", "GOLD", id]);
        for (operation, is_in) in [(&ADD_TO_LOYALTY_CLUB, 1), (&REMOVE_TO_LOYALTY_CLUB, 0)] {
            calls.call(&Envelope::of(operation, ["TEST-TOKEN", "GOLD", id]));
            calls.expect(&fetch, &format!("<MemberIsInLoyaltyClub>{is_in}</MemberIsInLoyaltyClub>"));
        }
    }
}

fn run(servers: &[SocketAddr]) {
    thread::scope(|scope| {
        for member in 1..=MEMBERS {
            scope.spawn(move || write_and_fetch(Turns::new(servers, member), member));
        }
    });
}

#[test]
fn a_fetch_sees_what_was_answered_over_another_connection() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Process::start(many_members::server(folder.path(), MEMBERS));
    run(&[server.address()]);
}

#[test]
fn a_fetch_sees_what_was_answered_on_another_node() {
    let Some(database) = database() else { return };
    let nodes = Nodes::start(3, &database.url(), &many_members::seed(MEMBERS));
    run(&nodes.addresses());
}
