//! Instances and subscriptions on many nodes.

use serde_json::{Value, json};
use sync_asmx::ledger::seed::DEFAULT;

use super::facade::Facade;
use crate::harness::postgres::database;
use crate::harness::{Nodes, wait_for};

const TRUSTED: &str = "trustedphonenumber";

#[test]
fn an_instance_is_served_by_any_node() {
    let Some(database) = database() else { return };
    let nodes = Nodes::start(3, &database.url(), DEFAULT);
    let [first, second, third] = [0, 1, 2].map(|node: usize| nodes[node].address());
    let facade = Facade::logged_in(first, "one");
    let mut events = facade.at(second).subscribe(TRUSTED, &json!({}));
    assert_eq!(events.next().map(|message| message["status"].clone()), Some("SUCCEEDED".into()));
    facade.at(third).trust("0612345678", "+33612345678");
    let event = events.next().expect("an event");
    assert_eq!(event["result"]["phoneNumber"], "0612345678");
    let again = facade.at(third).subscribe(TRUSTED, &json!({})).next().expect("a message");
    assert_eq!(again["error"]["code"], 2005, "{again}");
    assert_eq!(facade.ask("unsubscribe", TRUSTED, &Value::Null)["status"], "SUCCEEDED");
    assert_eq!(events.next(), None);
    assert_eq!(facade.at(second).call("release", &json!({}))["status"], "SUCCEEDED");
    assert_eq!(facade.at(third).fail("get", TRUSTED, &json!({})).0, 2001);
    nodes.stop();
}

#[test]
fn the_subscription_of_a_killed_node_ends_by_itself() {
    let Some(database) = database() else { return };
    let mut nodes = Nodes::start(2, &database.url(), DEFAULT);
    let facade = Facade::logged_in(nodes[0].address(), "one");
    let mut events = facade.subscribe(TRUSTED, &json!({}));
    assert_eq!(events.next().map(|message| message["status"].clone()), Some("SUCCEEDED".into()));
    nodes.replace(0);
    let facade = facade.at(nodes[1].address());
    wait_for("the end of the subscription", || {
        let message = facade.subscribe(TRUSTED, &json!({})).next().expect("a message");
        message["status"] == "SUCCEEDED"
    });
}
