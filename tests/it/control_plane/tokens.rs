//! Security tokens, and what becomes of calls with them.

use serde_json::{Value, json};

use super::client::{call, get, raw};
use crate::harness::{Envelope, TestApp};

const TOKENS: &str = "/programs/demo/security-tokens";

fn code(app: &TestApp, token: &str) -> i32 {
    app.call(&Envelope::save_account_phone().with("SecurityToken", token)).return_code()
}

fn make(app: &TestApp, body: &Value) -> (u16, Value) {
    call(app, "POST", TOKENS, body)
}

#[test]
fn a_token_is_made_listed_and_removed() {
    let app = TestApp::start();
    let (status, made) = make(&app, &json!({}));
    let text = made["token"].as_str().expect("a token");
    assert!(status == 201 && text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{made}");
    assert_eq!(made, json!({"token": text, "methods": ["*"], "suspended": false, "template": false}));
    assert_ne!(make(&app, &json!({})).1["token"], made["token"]);
    assert_eq!(code(&app, text), 0);
    assert_eq!(get(&app, TOKENS).1["security_tokens"].as_array().map(Vec::len), Some(7));
    assert_eq!(get(&app, &format!("{TOKENS}/{text}")), (200, made.clone()));
    assert_eq!(make(&app, &made).0, 409);
    assert_eq!(call(&app, "DELETE", &format!("{TOKENS}/{text}"), &Value::Null), (204, Value::Null));
    assert_eq!(code(&app, text), 100);
    for method in ["GET", "DELETE"] {
        assert_eq!(call(&app, method, &format!("{TOKENS}/{text}"), &Value::Null).0, 404);
    }
    assert_eq!(call(&app, "PATCH", &format!("{TOKENS}/{text}"), &json!({})).0, 404);
}

#[test]
fn a_token_may_have_any_characters() {
    let app = TestApp::start();
    let answer = raw(&app, "POST", TOKENS, r#"{"token":"a/b %2F?é+#"}"#);
    let location = answer.header("location").expect("an address").to_owned();
    assert_eq!(location, "/_emulator/programs/demo/security-tokens/a%2Fb%20%252F%3F%C3%A9%2B%23");
    let path = location.strip_prefix("/_emulator").expect("its path");
    assert_eq!(get(&app, path).1["token"], "a/b %2F?é+#");
    assert_eq!(call(&app, "DELETE", path, &Value::Null).0, 204);
}

#[test]
fn codes_follow_the_token_on_the_next_call() {
    let app = TestApp::start();
    assert_eq!(call(&app, "PUT", "/clock", &json!({"now": "2026-01-01T00:00:00Z", "held": true})).0, 200);
    let own = format!("{TOKENS}/OWN");
    assert_eq!(code(&app, "OWN"), 100);
    assert_eq!(make(&app, &json!({"token": "OWN"})).0, 201);
    for (change, expected) in [
        (json!({}), 0),
        (json!({"methods": ["Fetch*"]}), 101),
        (json!({"methods": ["Save*"]}), 0),
        (json!({"suspended": true}), 102),
        (json!({"suspended": false}), 0),
        (json!({"template": true}), 103),
        (json!({"template": false, "expires_at": "2026-01-01T00:00:01Z"}), 0),
        (json!({"expires_at": "2026-01-01T00:00:00Z"}), 105),
        (json!({"expires_at": null}), 0),
    ] {
        let (status, token) = call(&app, "PATCH", &own, &change);
        assert_eq!((status, code(&app, "OWN")), (200, expected), "{change} {token}");
    }
}

#[test]
fn a_temporary_token_is_made_of_a_template_and_ends() {
    let app = TestApp::start();
    assert_eq!(call(&app, "PUT", "/clock", &json!({"now": "2026-01-01T00:00:00Z", "held": true})).0, 200);
    assert_eq!(code(&app, "TEMPLATE-TOKEN"), 103);
    let (status, token) = make(&app, &json!({"from_template": "TEMPLATE-TOKEN", "life_seconds": 1800}));
    let text = token["token"].as_str().expect("a token");
    assert!(status == 201 && text.starts_with("TMP-") && text.len() == 36, "{token}");
    assert_eq!(token["expires_at"], "2026-01-01T00:30:00Z");
    assert_eq!(code(&app, text), 0);
    assert_eq!(call(&app, "POST", "/clock/advance", &json!({"seconds": 1799})).0, 200);
    assert_eq!(code(&app, text), 0);
    assert_eq!(call(&app, "POST", "/clock/advance", &json!({"seconds": 1})).0, 200);
    assert_eq!(code(&app, text), 105);
    assert_eq!(call(&app, "DELETE", &format!("{TOKENS}/{text}"), &Value::Null).0, 204);
    assert_eq!(code(&app, text), 104);
    let (_, token) = make(&app, &json!({"from_template": "TEMPLATE-TOKEN"}));
    assert_eq!(token["expires_at"], "2026-01-01T01:30:00Z");
}
