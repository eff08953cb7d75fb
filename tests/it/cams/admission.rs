//! Calls come once, and not too often.

use std::time::{Duration, Instant};

use super::caller::{Call, Style, code, json};
use super::{STATUS, VERIFY, call, start};
use crate::harness::{PATIENCE, TestApp};

#[test]
fn a_call_comes_once() {
    let app = start();
    for style in Style::ALL {
        let request = call(STATUS, "space", "15195550101").style(style).request();
        assert_eq!(code(&app.exchange(&request)), "InvalidPhoneNumber");
        for _ in 0..2 {
            let again = app.exchange(&request);
            assert_eq!((again.status, code(&again).as_str()), (400, "SignatureNonceUsed"));
        }
    }
}

#[test]
fn a_nonce_belongs_to_its_key_and_only_a_signed_call_uses_it_up() {
    let app = start();
    let with = |key: &str, secret: &str| {
        let call = call(STATUS, "space", "15195550101").key(key, secret);
        app.said(&Call { nonce: "the same".into(), ..call }).1
    };
    assert_eq!(with("good", "wrong"), "SignatureDoesNotMatch");
    assert_eq!(with("good", "secret"), "InvalidPhoneNumber");
    assert_eq!(with("their-key", "secret"), "Unknown.ResourceOwnerId");
    assert_eq!(with("good", "secret"), "SignatureNonceUsed");
}

#[test]
fn more_than_ten_calls_a_second_are_too_many() {
    let app = TestApp::start();
    let call = |action| Call::new(action, &[("CustSpaceId", "cams-demo"), ("PhoneNumber", "15195550101")]);
    let began = Instant::now();
    let mut let_in = 0;
    let throttled = loop {
        let answer = app.cams(&call(STATUS));
        match code(&answer).as_str() {
            "Throttling.User" => break answer,
            "InvalidPhoneNumber" => let_in += 1,
            other => unreachable!("{other}"),
        }
        assert!(began.elapsed() < PATIENCE, "never throttled");
    };
    assert!(let_in >= 10, "{let_in}");
    assert_eq!(throttled.status, 400);
    assert_eq!(json(&throttled)["Message"], "Request was denied due to user flow control.");
    let wait = throttled.header("x-acs-retry-after").expect("a time");
    assert!((1..=1000).contains(&wait.parse().unwrap_or(0)), "{wait}");
    let rate = format!("Limit:10,Remain:0,TimeLeft:{wait},Reset:{wait}");
    assert_eq!(throttled.header("x-ratelimit-user-api"), Some(&*rate));
    // Another action is counted by itself, and after its time the first one is let in.
    assert_ne!(code(&app.cams(&call(super::REGISTER))), "Throttling.User");
    std::thread::sleep(Duration::from_millis(wait.parse().unwrap_or(0)));
    assert_eq!(code(&app.cams(&call(STATUS))), "InvalidPhoneNumber");
}

#[test]
fn a_call_that_nobody_may_make_or_that_comes_again_is_not_counted() {
    let app = start();
    let changed = app.tell("PATCH", "/programs/p/settings", r#"{"cams":{"calls_per_second":1}}"#);
    assert_eq!(changed.status, 200, "{}", changed.text());
    let request = call(VERIFY, "space", "15195550101").request();
    app.exchange(&request);
    for _ in 0..3 {
        assert_eq!(code(&app.exchange(&request)), "SignatureNonceUsed");
        assert_eq!(app.said(&call(VERIFY, "space", "1").key("denied", "secret")).1, "Ram.PermissionDeny");
    }
}
