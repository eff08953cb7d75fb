//! What is refused, how, and that nothing changes.

use serde_json::Value;

use super::client::{call, get, outcome, raw, send};
use crate::harness::TestApp;

const DEMO: &str = "/programs/demo";

/// Method, path, body; then status, and the field that is named.
const REFUSALS: &[(&str, &str, &str, u16, Option<&str>)] = &[
    ("GET", "/nothing", "", 404, None),
    ("GET", "/programs/none", "", 404, None),
    ("POST", "/programs/none/reset", "", 404, None),
    ("GET", "/programs/none/members/1", "", 404, None),
    ("PUT", "/programs/none/members/1", "{}", 404, None),
    ("DELETE", "/programs/none/members/1", "", 404, None),
    ("GET", "/programs/demo/members/1", "", 404, None),
    ("GET", "/programs/demo/members/x", "", 404, None),
    ("GET", "/programs/demo/members/2147483648", "", 404, None),
    ("GET", "/programs/none/security-tokens", "", 404, None),
    ("POST", "/programs/none/security-tokens", "{}", 404, None),
    ("PATCH", "/programs/none/security-tokens/TEST-TOKEN", "{}", 404, None),
    ("GET", "/programs/none/phone-number-types", "", 404, None),
    ("PUT", "/programs/none/mobile-carriers/X", r#"{"name":"X"}"#, 404, None),
    ("GET", "/programs/demo/mobile-carriers/NONE", "", 404, None),
    ("DELETE", "/programs/demo/phone-number-types/NONE", "", 404, None),
    ("PATCH", "/programs/none/settings", "{}", 404, None),
    ("DELETE", "/faults/1", "", 404, None),
    ("DELETE", "/faults/x", "", 404, None),
    ("POST", "/health", "", 405, None),
    ("PATCH", "/programs/demo", "{}", 405, None),
    ("POST", "/state", "{}", 405, None),
    ("PUT", "/programs/demo", "", 400, None),
    ("PUT", "/programs/demo", "{", 400, None),
    ("PUT", "/programs/demo", "{} {}", 400, None),
    ("PUT", "/programs/demo", "[]", 422, None),
    ("PUT", "/programs/demo", r#"{"name":"other"}"#, 422, Some("name")),
    ("PUT", "/programs/demo", r#"{"nam":"demo"}"#, 422, Some("nam")),
    ("PUT", "/programs/demo", r#"{"name":"demo","name":"demo"}"#, 422, Some("name")),
    ("PUT", "/programs/%20", "{}", 422, Some("name")),
    ("PUT", "/programs/new", r#"{"security_tokens":[{"token":"TEST-TOKEN","methods":["*"]}]}"#, 409, None),
    ("PUT", "/programs/demo", r#"{"members":[{"member_id":1},{"member_id":1}]}"#, 422, Some("members[1].member_id")),
    (
        "PUT",
        "/programs/demo",
        r#"{"members":[{"member_id":1,"phones":[{"type":"HOME","number":"+15195550123"}]}]}"#,
        422,
        Some("members[0].phones[0].type"),
    ),
    (
        "PUT",
        "/programs/demo",
        r#"{"members":[{"member_id":1,"phones":[{"type":"HOME"}]}]}"#,
        422,
        Some("members[0].phones[0].number"),
    ),
    ("PUT", "/programs/demo", r#"{"settings":{"unparsable_phone":2}}"#, 422, Some("settings.unparsable_phone")),
    ("PUT", "/state", r#"{"programs":[{"name":""}]}"#, 422, Some("programs[0].name")),
    ("PUT", "/state", r#"{"programs":[{"name":"a"},{"name":"a"}]}"#, 422, Some("programs[1].name")),
    ("PUT", "/state", "{}", 422, Some("programs")),
    ("PUT", "/programs/demo/members/1", r#"{"member_id":2}"#, 422, Some("member_id")),
    ("PUT", "/programs/demo/members/1", r#"{"phones":[{"type":"HOME","number":"12"}]}"#, 422, Some("phones[0].number")),
    (
        "PUT",
        "/programs/demo/members/1",
        r#"{"phones":[{"type":"HOME","number":"+15195550123","carrier":"X"}]}"#,
        422,
        Some("phones[0].carrier"),
    ),
    ("PUT", "/programs/demo/members/1", r#"{"phones":[{"type":"HOME","number":"+15195550199"}]}"#, 409, None),
    ("POST", "/programs/demo/security-tokens", r#"{"token":" "}"#, 422, Some("token")),
    ("POST", "/programs/demo/security-tokens", r#"{"token":"TEST-TOKEN"}"#, 409, Some("token")),
    ("POST", "/programs/demo/security-tokens", r#"{"methods":"*"}"#, 422, Some("methods")),
    ("POST", "/programs/demo/security-tokens", r#"{"expires_at":"soon"}"#, 422, Some("expires_at")),
    ("POST", "/programs/demo/security-tokens", r#"{"life_seconds":1}"#, 422, Some("life_seconds")),
    ("POST", "/programs/demo/security-tokens", r#"{"from_template":"TEST-TOKEN"}"#, 422, Some("from_template")),
    ("POST", "/programs/demo/security-tokens", r#"{"from_template":"NONE"}"#, 422, Some("from_template")),
    (
        "POST",
        "/programs/demo/security-tokens",
        r#"{"from_template":"TEMPLATE-TOKEN","life_seconds":3601}"#,
        422,
        Some("life_seconds"),
    ),
    (
        "POST",
        "/programs/demo/security-tokens",
        r#"{"from_template":"TEMPLATE-TOKEN","methods":["*"]}"#,
        422,
        Some("methods"),
    ),
    ("PATCH", "/programs/demo/security-tokens/TEST-TOKEN", r#"{"suspended":1}"#, 422, Some("suspended")),
    ("PATCH", "/programs/demo/security-tokens/TEST-TOKEN", r#"{"token":"X"}"#, 422, Some("token")),
    ("PUT", "/programs/demo/mobile-carriers/X", "{}", 422, Some("name")),
    (
        "PUT",
        "/programs/demo/mobile-carriers/X",
        r#"{"external_reference":"Y","name":""}"#,
        422,
        Some("external_reference"),
    ),
    ("PUT", "/programs/demo/mobile-carriers/%20", r#"{"name":""}"#, 422, Some("external_reference")),
    ("PATCH", "/programs/demo/settings", r#"{"phone_mode":"legacy"}"#, 422, Some("default_region")),
    ("PATCH", "/programs/demo/settings", r#"{"phone_mode":"loud"}"#, 422, Some("phone_mode")),
    ("PATCH", "/programs/demo/settings", r#"{"default_region":"ZZ"}"#, 422, Some("default_region")),
    ("PATCH", "/programs/demo/settings", r#"{"loud":true}"#, 422, Some("loud")),
    ("PATCH", "/programs/demo/settings", r#"{"pims":{"error_list":"all"}}"#, 422, Some("pims.error_list")),
    ("PATCH", "/programs/demo/settings", r#"{"cams":{"refusal_status":500}}"#, 422, Some("cams.refusal_status")),
    ("PATCH", "/programs/demo/settings", r#"{"cams":{"loud":true}}"#, 422, Some("cams.loud")),
    ("PATCH", "/programs/demo/settings", r#"{"cams":[]}"#, 422, Some("cams")),
    ("PATCH", "/programs/demo/settings", r#"{"verification_codes":{"digits":3}}"#, 422, Some("verification_codes")),
    ("GET", "/programs/none/cams-accounts", "", 404, None),
    ("GET", "/programs/demo/cams-accounts/none", "", 404, None),
    ("PUT", "/programs/none/cams-accounts/a", "{}", 404, None),
    ("PATCH", "/programs/demo/cams-accounts/none", "{}", 404, None),
    ("DELETE", "/programs/demo/cams-accounts/none", "", 404, None),
    ("PUT", "/programs/demo/cams-accounts/a", r#"{"account_id":"b"}"#, 422, Some("account_id")),
    ("PUT", "/programs/demo/cams-accounts/%20", "{}", 422, Some("account_id")),
    (
        "PUT",
        "/programs/demo/cams-accounts/a",
        r#"{"access_keys":[{"access_key_id":"a","access_key_secret":""}]}"#,
        422,
        Some("access_keys[0].access_key_secret"),
    ),
    (
        "PUT",
        "/programs/demo/cams-accounts/a",
        r#"{"access_keys":[{"access_key_id":"a"}]}"#,
        422,
        Some("access_keys[0].access_key_secret"),
    ),
    (
        "PUT",
        "/programs/demo/cams-accounts/a",
        r#"{"access_keys":[{"access_key_id":"testAccessKeyId","access_key_secret":"x"}]}"#,
        409,
        None,
    ),
    ("PUT", "/programs/demo/cams-accounts/a", r#"{"spaces":[{"cust_space_id":"cams-demo","member_id":1}]}"#, 409, None),
    (
        "PATCH",
        "/programs/demo/cams-accounts/demo/access-keys/testAccessKeyId",
        r#"{"security_token":""}"#,
        422,
        Some("security_token"),
    ),
    ("PATCH", "/programs/demo/cams-accounts/demo/access-keys/none", "{}", 404, None),
    ("PATCH", "/programs/demo/cams-accounts/none/access-keys/testAccessKeyId", "{}", 404, None),
    ("GET", "/programs/demo/pims-accounts/none", "", 404, None),
    ("PATCH", "/programs/demo/pims-accounts/none", "{}", 404, None),
    ("DELETE", "/programs/demo/pims-accounts/none", "", 404, None),
    ("PUT", "/programs/demo/pims-accounts/bob", "{}", 422, Some("member_id")),
    ("PUT", "/programs/demo/pims-accounts/bob", r#"{"login":"ann","member_id":1}"#, 422, Some("login")),
    ("PUT", "/programs/demo/pims-accounts/bob", r#"{"member_id":1,"region":"ZZ"}"#, 422, Some("region")),
    ("PUT", "/programs/demo/pims-accounts/bob", r#"{"member_id":1,"instances":["a","a"]}"#, 422, Some("instances[1]")),
    ("PATCH", "/programs/demo/pims-accounts/ada@example.com", r#"{"password":""}"#, 422, Some("password")),
    ("PATCH", "/programs/demo/pims-accounts/ada@example.com", r#"{"blocked":"yes"}"#, 422, Some("blocked")),
    ("PATCH", "/programs/demo/pims-accounts/ada@example.com", r#"{"login":"x"}"#, 422, Some("login")),
    ("GET", "/programs/none/verifications", "", 404, None),
    ("DELETE", "/programs/none/verifications/pims_pin/a/+15195550123", "", 404, None),
    ("DELETE", "/programs/demo/verifications/pims_pin/a/+15195550123", "", 404, None),
    ("DELETE", "/programs/demo/verifications/pims_pin/a/12", "", 404, None),
    ("DELETE", "/programs/demo/verifications/nothing/a/+15195550123", "", 404, None),
    ("POST", "/faults", "{}", 422, Some("answer")),
    (
        "POST",
        "/faults",
        r#"{"operation":"SaveAccountPhone","answer":{"code":"System.LimitControl"}}"#,
        422,
        Some("answer"),
    ),
    ("POST", "/faults", r#"{"operation":"ChatappMigrationVerified","answer":{"return_code":1}}"#, 422, Some("answer")),
    ("POST", "/faults", r#"{"operation":"modifyPhoneNumber","answer":{"return_code":1}}"#, 422, Some("answer")),
    ("POST", "/faults", r#"{"answer":{"code":"no code"}}"#, 422, Some("answer.code")),
    ("POST", "/faults", r#"{"answer":{"code":"isv.Foo","message":""}}"#, 422, Some("answer.message")),
    ("POST", "/faults", r#"{"answer":{"code":"isv.Foo","message":1}}"#, 422, Some("answer.message")),
    ("POST", "/faults", r#"{"answer":{"http_status":503,"message":"Foo"}}"#, 422, Some("answer")),
    ("POST", "/faults", r#"{"answer":{"http_status":503,"return_code":1}}"#, 422, Some("answer")),
    ("POST", "/faults", r#"{"answer":{"status":503}}"#, 422, Some("answer.status")),
    (
        "PATCH",
        "/programs/demo/cams-accounts/demo/access-keys/testAccessKeyId",
        r#"{"expires_at":"2030-01-01T00:00:00Z"}"#,
        422,
        Some("expires_at"),
    ),
    ("POST", "/faults", r#"{"program":"none","answer":{"return_code":1}}"#, 422, Some("program")),
    ("POST", "/faults", r#"{"operation":"None","answer":{"return_code":1}}"#, 422, Some("operation")),
    ("POST", "/faults", r#"{"times":0,"answer":{"return_code":1}}"#, 422, Some("times")),
    ("POST", "/faults", r#"{"answer":{"return_code":0}}"#, 422, Some("answer.return_code")),
    ("PUT", "/clock", "{}", 422, Some("held")),
    ("PUT", "/clock", r#"{"now":"soon","held":true}"#, 422, Some("now")),
    ("PUT", "/clock", r#"{"now":"-000001-01-01T00:00:00Z","held":true}"#, 422, Some("now")),
    ("POST", "/clock/advance", r#"{"seconds":"1"}"#, 422, Some("seconds")),
    ("POST", "/clock/advance", r#"{"seconds":9000000000000000000}"#, 422, Some("seconds")),
    ("GET", "/journal?limit=0", "", 400, Some("limit")),
    ("GET", "/journal?limit=1001", "", 400, Some("limit")),
    ("GET", "/journal?member_id=x", "", 400, Some("member_id")),
    ("GET", "/journal?return_code=-1", "", 400, Some("return_code")),
    ("GET", "/journal?after=", "", 400, Some("after")),
    ("GET", "/journal?from=1", "", 400, Some("from")),
    ("GET", "/journal?limit=1&limit=1", "", 400, Some("limit")),
    ("GET", "/messages?form=1", "", 400, Some("form")),
    ("GET", "/programs/demo/members?limit=0", "", 400, Some("limit")),
];

#[test]
fn a_refusal_names_the_field_and_changes_nothing() {
    let app = TestApp::start();
    let (_, state) = get(&app, "/state");
    for (method, path, body, status, field) in REFUSALS {
        let (found, problem) = outcome(&raw(&app, method, path, body));
        assert_eq!((found, problem["field"].as_str()), (*status, *field), "{method} {path} {body}: {problem}");
        assert_eq!(get(&app, "/state").1, state, "{method} {path} {body}");
    }
    assert_eq!(get(&app, "/faults").1["faults"], serde_json::json!([]));
    assert_eq!(get(&app, "/clock").1["held"], false);
}

#[test]
fn what_is_not_json_is_told_with_line_and_column() {
    let app = TestApp::start();
    let (_, problem) = outcome(&raw(&app, "PUT", DEMO, "{\n  \"name\": demo\n}"));
    let detail = problem["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("line 2 column 11"), "{detail}");
}

#[test]
fn another_method_is_told_which_would_do() {
    let app = TestApp::start();
    let answer = raw(&app, "PATCH", "/state", "{}");
    assert_eq!(answer.status, 405);
    let mut allowed: Vec<_> = answer.header("allow").expect("methods").split(',').map(str::trim).collect();
    allowed.sort_unstable();
    assert_eq!(allowed, ["GET", "HEAD", "PUT"]);
}

#[test]
fn a_body_has_a_media_type_and_a_length() {
    let app = TestApp::start();
    for (media_type, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("application/merge-patch+json", 200),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ] {
        let headers = [("Content-Type", media_type)];
        let answer = send(app.address(), "PATCH", "/_emulator/programs/demo/settings", &headers, "{}");
        assert_eq!(outcome(&answer).0, status, "{media_type}");
    }
    let answer = send(app.address(), "PATCH", "/_emulator/programs/demo/settings", &[], "{}");
    assert_eq!(outcome(&answer).0, 200);
    let head = "PUT /_emulator/state HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(1 << 20));
    let request = [head, &chunk.repeat(30), "0\r\n\r\n"].concat();
    assert_eq!(outcome(&app.exchange(request.as_bytes())).0, 413);
}

#[test]
fn a_large_state_is_taken() {
    let app = TestApp::start();
    let members: Vec<_> = (0..100_000).map(|id| serde_json::json!({"member_id": id, "first_name": "Ada"})).collect();
    let state = serde_json::json!({"programs": [{"name": "large", "members": members}]});
    assert_eq!(call(&app, "PUT", "/state", &state), (204, Value::Null));
    assert_eq!(get(&app, "/programs").1["programs"][0]["members"], 100_000);
}
