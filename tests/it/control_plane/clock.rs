//! The emulator's time.

use serde_json::{Value, json};

use super::client::{call, get};
use crate::harness::TestApp;

#[test]
fn the_clock_is_held_advanced_and_let_go() {
    let app = TestApp::start();
    assert_eq!(get(&app, "/clock").1["held"], false);
    let held = json!({"now": "2026-01-01T00:00:00Z", "held": true});
    assert_eq!(call(&app, "PUT", "/clock", &held), (200, held.clone()));
    assert_eq!(get(&app, "/clock"), (200, held.clone()));
    let later = json!({"now": "2026-01-01T01:00:00Z", "held": true});
    assert_eq!(call(&app, "POST", "/clock/advance", &json!({"seconds": 3600})), (200, later));
    assert_eq!(call(&app, "POST", "/clock/advance", &json!({"seconds": -3600})), (200, held.clone()));
    assert_eq!(call(&app, "PUT", "/clock", &json!({"held": true})), (200, held));
    let year = |(status, body): (u16, Value)| {
        (status, body["now"].as_str().map(|now| now[..4].to_owned()), body["held"].clone())
    };
    let running = call(&app, "PUT", "/clock", &json!({"now": "2031-06-01T00:00:00Z", "held": false}));
    assert_eq!(year(running), (200, Some("2031".into()), json!(false)));
    let advanced = call(&app, "POST", "/clock/advance", &json!({"seconds": 31_536_000}));
    assert_eq!(year(advanced), (200, Some("2032".into()), json!(false)));
    let machine = year(call(&app, "PUT", "/clock", &json!({"held": false})));
    assert!(machine.1 < Some("2031".into()) || machine.1 > Some("2032".into()), "{machine:?}");
}
