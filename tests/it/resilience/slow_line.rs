//! A database that is far away, and far more callers than it can serve.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::postgres::database;
use crate::harness::{Answer, Connection, Nodes, Process, Proxy};
use crate::many_members;

/// Far more than may wait for the database.
const CALLERS: usize = 3000;
const THREADS: usize = 4;
const ROUNDS: usize = 5;
/// KiB that a node may need more for the last round than for the first, when it has seen everything once.
const GROWTH: u64 = 32 << 10;

/// KiB of memory that a process uses now.
fn resident(process: &Process) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.pid())).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Callers with connections that stay open, in a few threads.
type Callers = Vec<Vec<Connection>>;

fn connect(node: &Process) -> Callers {
    let page = format!("GET /Services/Sync.asmx?WSDL HTTP/1.1\r\nHost: {}\r\n\r\n", node.address());
    let connect = || {
        let mut caller = Connection::open(node.address());
        // Who says nothing for a while would be cut off.
        assert_eq!(caller.exchange(page.as_bytes()).expect("an answer").status, 200);
        caller
    };
    (0..THREADS).map(|_| (0..CALLERS / THREADS).map(|_| connect()).collect()).collect()
}

/// Everybody asks before anybody waits for an answer.
fn call_at_once(node: &Process, callers: &mut Callers) -> Vec<Answer> {
    let call_some = |thread: usize, callers: &mut [Connection]| {
        for (index, caller) in callers.iter_mut().enumerate() {
            let member = thread * (CALLERS / THREADS) + index + 1;
            caller
                .send(&many_members::save(member, "HOME", many_members::number(member)).request(node.address()))
                .expect("a node");
        }
        callers.iter_mut().map(|caller| caller.read_answer().expect("an answer")).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let call_some = &call_some;
        let threads = callers.iter_mut().enumerate();
        let threads: Vec<_> =
            threads.map(|(thread, callers)| scope.spawn(move || call_some(thread, callers))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("callers")).collect()
    })
}

#[test]
fn a_node_with_a_slow_database_turns_callers_away_rather_than_growing() {
    let Some(database) = database() else { return };
    let proxy = Proxy::before(database.port());
    let nodes = Nodes::start(1, &database.url_by(proxy.port()), &many_members::seed(CALLERS));
    // The sessions of its writers are open then.
    assert_eq!(nodes[0].call(&many_members::save(1, "WORK", many_members::number(CALLERS + 1))).return_code(), 0);
    proxy.delay(Duration::from_millis(500));
    let mut callers = connect(&nodes[0]);
    let mut sizes = Vec::new();
    for round in 0..ROUNDS {
        let start = Instant::now();
        let answers = call_at_once(&nodes[0], &mut callers);
        let (turned_away, accepted): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 503);
        assert!(!turned_away.is_empty() && !accepted.is_empty(), "{} turned away", turned_away.len());
        assert!(turned_away.iter().all(|answer| answer.header("retry-after").is_some()), "{:?}", turned_away[0]);
        // Those who waited too long are told so; a few are saved in any case.
        let mut codes: Vec<_> = accepted.iter().map(|answer| answer.return_code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert!(codes == [0] || codes == [0, 1], "{codes:?}");
        sizes.push(resident(&nodes[0]));
        let (away, took) = (turned_away.len(), start.elapsed());
        eprintln!("{away} of {CALLERS} turned away, {codes:?} for the others, {took:?}, {} KiB", sizes[round]);
    }
    assert!(sizes[ROUNDS - 1] <= sizes[0] + GROWTH, "{sizes:?}");
    proxy.delay(Duration::ZERO);
    let save = many_members::save(1, "WORK", many_members::number(CALLERS + 1));
    crate::harness::wait_for("a save without delay", || {
        let answer = nodes[0].call(&save);
        answer.status == 200 && answer.return_code() == 0
    });
}
