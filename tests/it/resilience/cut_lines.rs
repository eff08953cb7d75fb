//! The line between a node and the database is cut at the worst moments.

use super::writers::Writers;
use super::{judge, start_nodes};
use crate::harness::postgres::database;
use crate::harness::{Cut, Proxy};

/// In every statement that saves a batch, and in nothing else that happens while calls are served.
const SAVES: &str = "INTO phone";

/// A batch that nobody knows the fate of is sent again, and its saves are replaced by others. If the first one comes to life then,
/// it must not undo them.
#[test]
fn lines_cut_around_a_batch_lose_nothing_that_was_answered() {
    let Some(database) = database() else { return };
    let proxy = Proxy::before(database.port());
    let nodes = start_nodes(2, &database.url_by(proxy.port()));
    let writers = Writers::start(&nodes);
    for _ in 0..10 {
        for cut in [Cut::WithinMessage, Cut::BeforeAnswer, Cut::Late] {
            writers.wait_for_saves(200);
            proxy.cut_next(cut, SAVES);
        }
    }
    writers.wait_for_saves(200);
    proxy.cut_all();
    writers.wait_for_saves(500);
    judge(writers, nodes, &database.url());
}
