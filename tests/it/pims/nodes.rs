//! Instances and subscriptions on many nodes.

use std::thread;

use serde_json::{Value, json};
use sync_asmx::ledger::seed::DEFAULT;

use super::facade::Facade;
use crate::harness::postgres::database;
use crate::harness::{Envelope, Nodes, wait_for};

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

#[test]
fn a_device_that_is_enrolled_through_one_node_is_enrolled_on_all() {
    let Some(database) = database() else { return };
    let seed = DEFAULT.replace("\"device_enrolled\": true", "\"device_enrolled\": false");
    let nodes = Nodes::start(2, &database.url(), &seed);
    let facade = Facade::logged_in(nodes[0].address(), "one");
    let other = facade.at(nodes[1].address());
    facade.trust("0612345678", "+33612345678");
    other.succeed("get", "smscode", &json!({"type": "enrollment"}));
    let enroll = json!({"action": "enrollment", "smsCode": facade.last_code("+33612345678")});
    assert_eq!(facade.succeed("set", "smscode", &enroll), json!({"status": "NotEnrolled"}));
    let activated = json!({"actionType": "strong", "type": "isDeviceActivated"});
    wait_for("the enrolled device", || other.succeed("get", "account", &activated)["isDeviceActivated"] == true);
    nodes.stop();
}

#[test]
fn of_many_nodes_that_want_one_number_at_once_exactly_one_gets_it() {
    let Some(database) = database() else { return };
    let nodes = Nodes::start(3, &database.url(), DEFAULT);
    let facade = Facade::logged_in(nodes[0].address(), "one");
    facade.trust("0612345678", "+33612345678");
    for round in 0..10 {
        let (national, e164) = (format!("06123457{round:02}"), format!("+336123457{round:02}"));
        let code = facade.certify(&national, &e164);
        let won: Vec<bool> = thread::scope(|scope| {
            let pims = nodes.iter().map(|node| {
                let (facade, code, national) = (facade.at(node.address()), &code, &national);
                scope.spawn(move || facade.use_code("modifyPhoneNumber", code, national)["status"] == "SUCCEEDED")
            });
            let sync = nodes.iter().skip(1).zip([1002, 1003]).map(|(node, member)| {
                let call = Envelope::save_account_phone()
                    .with("MemberId", member)
                    .with("PhoneNumberTypeExternalReference", "WORK")
                    .with("PhoneNumber", &e164);
                scope.spawn(move || node.call(&call).return_code() == 0)
            });
            let all: Vec<_> = pims.chain(sync).collect();
            all.into_iter().map(|caller| caller.join().expect("an answer")).collect()
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    }
    nodes.stop();
}
