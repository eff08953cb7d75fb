//! Lines that are cut around proofs, sessions and nonces. Whoever asked is told the truth in the end: what was done is said to be
//! done, and it is done once.

use std::sync::Arc;
use std::time::Duration;

use sync_asmx::domain::{E164, Purpose, Verification, VerificationKey};
use sync_asmx::ledger::{self, Ledger, ProgramId, RateLimitDecision, RateLimitRequest, Revision, Seed, SharedState};
use tokio::time::{Instant, sleep};

use crate::harness::postgres::{Database, database};
use crate::harness::{Cut, PATIENCE, Proxy};

const CUTS: [Cut; 3] = [Cut::WithinMessage, Cut::BeforeAnswer, Cut::Late];

/// What statements have in them that change proofs, and no others.
const REPLACE: &str = "JOIN verification AS present";

/// A ledger behind a line that can be cut, and another node of it with a good one.
struct Desk {
    proxy: Proxy,
    ledger: Arc<dyn Ledger>,
    other: Arc<dyn Ledger>,
    program: ProgramId,
    database: Database,
}

impl Desk {
    /// One for each isolation; none where no database is.
    async fn each() -> Vec<Self> {
        let mut desks = Vec::new();
        for isolation in ["read committed", "serializable"] {
            let Some(database) = database() else { break };
            let database = database.with_default("default_transaction_isolation", isolation);
            let proxy = Proxy::before(database.port());
            let open = |url: String| ledger::open(&url.parse().expect("a URL")).expect("a ledger");
            let (ledger, other) = (open(database.url_by(proxy.port())), open(database.url()));
            let seed = Seed::parse(r#"{"programs":[{"name":"demo"}]}"#).expect("a seed");
            ledger.apply_seed(seed).await.expect("applied");
            let program = ledger.directory().program("demo").expect("demo").id;
            desks.push(Self { proxy, ledger, other, program, database });
        }
        desks
    }

    fn shared_state(&self) -> Arc<dyn SharedState> {
        self.ledger.shared_state()
    }

    /// Does something, and cuts the line as soon as it runs a statement with this text. What was on its way then has arrived, or
    /// never will, when this ends.
    async fn cut<T>(&self, cut: Cut, statement: &str, work: impl Future<Output = T>) -> T {
        self.proxy.ambush(cut, statement);
        let done = work.await;
        let port = self.proxy.cut_port().unwrap_or_else(|| unreachable!("nobody ran {statement}"));
        let session = format!("SELECT pid FROM pg_stat_activity WHERE client_port = {port}");
        let start = Instant::now();
        while !self.database.query(&session).is_empty() {
            assert!(start.elapsed() < PATIENCE, "{cut:?} at {statement}: the session doesn't end");
            sleep(Duration::from_millis(5)).await;
        }
        done
    }

    async fn find(&self, key: &VerificationKey) -> Option<Revision> {
        let found = self.other.find_verification(self.program, key).await.expect("a ledger");
        found.map(|(_, revision)| revision)
    }

    async fn replace(&self, key: &VerificationKey, from: Option<Revision>, to: Option<Verification>) -> bool {
        self.ledger.replace_verification(self.program, key, from, to).await.expect("a ledger")
    }
}

fn key(account: &str) -> VerificationKey {
    let number = E164::new(15_195_550_101).expect("a number");
    VerificationKey { purpose: Purpose::PimsPin, account: account.into(), number }
}

const PROOF: Option<Verification> = Some(Verification { code: None, verified_at: None });

#[tokio::test]
async fn a_proof_is_changed_once_and_that_is_told_wherever_the_line_is_cut() {
    for desk in &Desk::each().await {
        for (place, cut) in CUTS.into_iter().enumerate() {
            let key = key(&format!("place {place}"));
            let told = format!("{cut:?}");
            assert!(desk.cut(cut, REPLACE, desk.replace(&key, None, PROOF)).await, "{told}");
            let first = desk.find(&key).await;
            assert!(first.is_some(), "{told}");
            assert!(desk.cut(cut, REPLACE, desk.replace(&key, first, PROOF)).await, "{told}");
            let second = desk.find(&key).await;
            assert!(second.is_some() && second != first, "{told}");
            // What nobody may do is refused all the same.
            assert!(!desk.cut(cut, REPLACE, desk.replace(&key, first, None)).await, "{told}");
            assert!(!desk.cut(cut, REPLACE, desk.replace(&key, None, PROOF)).await, "{told}");
            assert_eq!(desk.find(&key).await, second, "{told}");
            assert!(desk.cut(cut, REPLACE, desk.replace(&key, second, None)).await, "{told}");
            assert_eq!(desk.find(&key).await, None, "{told}");
        }
    }
}

#[tokio::test]
async fn of_two_nodes_one_makes_a_proof_though_the_line_of_one_is_cut() {
    for desk in &Desk::each().await {
        for (place, cut) in CUTS.into_iter().enumerate() {
            let key = key(&format!("place {place}"));
            let made = desk.cut(cut, REPLACE, async {
                tokio::join!(desk.replace(&key, None, PROOF), async {
                    let made = desk.other.replace_verification(desk.program, &key, None, PROOF);
                    made.await.expect("a ledger")
                })
            });
            let made = made.await;
            assert!(made.0 != made.1, "{cut:?}: {made:?}");
        }
    }
}

#[tokio::test]
async fn a_session_is_set_and_that_is_told_wherever_the_line_is_cut() {
    for desk in &Desk::each().await {
        let shared_state = desk.shared_state();
        for cut in CUTS {
            let set = async |expected: Option<&'static str>, next: Option<&'static str>| {
                shared_state.set_session("one", expected, next.map(str::to_owned)).await
            };
            assert_eq!(desk.cut(cut, "INTO session", set(None, Some("1"))).await, Ok(true), "{cut:?}");
            assert_eq!(desk.cut(cut, "INTO session", set(None, Some("2"))).await, Ok(false), "{cut:?}");
            assert_eq!(desk.cut(cut, "UPDATE session", set(Some("1"), Some("2"))).await, Ok(true), "{cut:?}");
            assert_eq!(desk.cut(cut, "UPDATE session", set(Some("1"), Some("3"))).await, Ok(false), "{cut:?}");
            assert_eq!(desk.cut(cut, "FROM session", shared_state.find_session("one")).await, Ok(Some("2".into())));
            assert_eq!(desk.cut(cut, "DELETE FROM session", set(Some("2"), None)).await, Ok(true), "{cut:?}");
            assert_eq!(shared_state.find_session("one").await, Ok(None), "{cut:?}");
        }
    }
}

/// A call that asks again is neither a replay nor two calls. Where all of it took longer than the second in which calls are counted
/// together, another round decides.
#[tokio::test]
async fn a_call_is_new_and_counted_once_wherever_the_line_is_cut() {
    for desk in &Desk::each().await {
        let shared_state = desk.shared_state();
        let admit = async |nonce: &str, counter: &str| -> RateLimitDecision {
            let nonce_life = Duration::from_mins(30);
            let admission = RateLimitRequest { nonce: nonce.into(), nonce_life, counter: Some(counter.into()) };
            shared_state.admit(admission).await.expect("a store")
        };
        for cut in CUTS {
            let start = Instant::now();
            for round in 0.. {
                let counter = format!("{cut:?} {round}");
                let began = Instant::now();
                let [first, cut_off, last] = ["first", "cut off", "last"].map(|name| format!("{name} {counter}"));
                assert_eq!(admit(&first, &counter).await.calls, 1, "{cut:?}");
                let admitted = desk.cut(cut, "INTO nonce", admit(&cut_off, &counter)).await;
                assert!(admitted.is_new, "{cut:?}");
                assert!(!admit(&cut_off, &counter).await.is_new, "{cut:?}");
                let after = admit(&last, &counter).await;
                if began.elapsed() < Duration::from_millis(900) {
                    assert_eq!((admitted.calls, after.calls), (2, 3), "{cut:?}");
                    break;
                }
                assert!(start.elapsed() < PATIENCE, "{cut:?}: no round takes less than a second");
            }
        }
    }
}
