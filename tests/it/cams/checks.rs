//! Who is refused, with what, and what comes first.

use serde_json::json;

use super::caller::{Call, Style, code, json, seconds_from_now};
use super::{BEGIN, SEND, STATUS, VERIFY, call, start};

const NUMBER: &str = "15195550101";

/// A change that makes a call wrong in one way.
type Spoil = fn(Call) -> Call;

/// All ways in which a call can be wrong before its action looks at it, in the order in which they are noticed.
const ORDER: [(u16, &str, Spoil); 14] = [
    (404, "InvalidAction.NotFound", |call| Call { method: "PUT", ..call }),
    (404, "InvalidAction.NotFound", |call| Call { action: "NoSuchAction".into(), ..call }),
    (400, "InvalidVersion", |call| Call { version: "2017-05-25".into(), ..call }),
    (400, "MissingAccessKeyId", |call| call.key("", "secret")),
    (404, "InvalidAccessKeyId.NotFound", |call| call.key("unknown", "secret")),
    (400, "InvalidAccessKeyId.Inactive", |call| call.key("inactive", "secret")),
    (400, "InvalidTimeStamp.Format", |call| Call { time: "2026-01-01T00:00:00.5Z".into(), ..call }),
    (400, "InvalidTimeStamp.Expired", |call| Call { time: "2020-01-01T00:00:00Z".into(), ..call }),
    (400, "SignatureDoesNotMatch", |call| {
        let id = call.key.0.clone();
        call.key(&id, "wrong")
    }),
    (400, "InvalidSecurityToken", |call| Call { token: Some("another".into()), ..call }),
    (400, "SignatureNonceUsed", |call| Call { nonce: "used".into(), ..call }),
    (400, "Ram.PermissionDeny", |call| {
        let secret = call.key.1.clone();
        call.key("denied", &secret)
    }),
    (400, "MissingVerifyCode", |call| call.with("VerifyCode", Some(""))),
    (400, "InvalidPhoneNumber", |call| call.with("PhoneNumber", Some("+15195550101"))),
];

#[test]
fn of_two_reasons_the_one_that_is_noticed_first_is_told() {
    let app = start();
    app.succeeds(&call(BEGIN, "space", NUMBER));
    for style in Style::ALL {
        for key in ["good", "denied"] {
            let seen = Call { nonce: "used".into(), ..call(STATUS, "space", NUMBER).key(key, "secret").style(style) };
            app.cams(&seen);
        }
        for (place, (status, expected, spoil)) in ORDER.into_iter().enumerate() {
            let wrong = spoil(call(VERIFY, "space", NUMBER).style(style));
            assert_eq!(app.said(&wrong), (status, expected.into()), "{style:?}");
            for (_, _, also) in &ORDER[place + 1..] {
                // What comes first is put in last, so that it stands.
                let both = spoil(also(call(VERIFY, "space", NUMBER).style(style)));
                assert_eq!(app.said(&both), (status, expected.into()), "{style:?} {both:?}");
            }
        }
    }
}

#[test]
fn what_is_missing_is_named_in_the_order_of_the_page() {
    let app = start();
    for (action, required) in [
        (BEGIN, &["CustSpaceId", "CountryCode", "MobileNumber"][..]),
        (STATUS, &["CustSpaceId", "PhoneNumber"]),
        (SEND, &["CustSpaceId", "PhoneNumber", "Locale", "Method"]),
        (VERIFY, &["CustSpaceId", "PhoneNumber", "VerifyCode"]),
        (super::REGISTER, &["CustSpaceId", "PhoneNumber"]),
    ] {
        for absent in [None, Some("")] {
            let mut call = call(action, "space", NUMBER);
            // From the last to the first: each time the first that is missing is told.
            for name in required.iter().rev() {
                call = Call { nonce: format!("{action}{absent:?}{name}"), ..call.with(name, absent) };
                assert_eq!(app.said(&call), (400, format!("Missing{name}")), "{action}");
            }
        }
    }
}

#[test]
fn what_has_another_form_is_named() {
    let app = start();
    for (action, name, values) in [
        (BEGIN, "CountryCode", &["x", "+1", "0", "1519", "1 "][..]),
        (BEGIN, "MobileNumber", &["abc", "+5195550101", "519 555 0101", "519555010199999", "1"]),
        (SEND, "PhoneNumber", &["+15195550101", "1519555010x", "1", "0", "1519555010112345", "１５１９５５５０１０１"]),
        (SEND, "Locale", &["english", "z", "zh CN"]),
        (SEND, "Method", &["SMS", "fax"]),
    ] {
        for value in values {
            let call = call(action, "space", NUMBER).with(name, Some(value));
            assert_eq!(app.said(&call), (400, format!("Invalid{name}")), "{action} {value:?}");
        }
    }
}

#[test]
fn an_account_without_the_product_is_told_so() {
    let app = start();
    assert_eq!(
        app.said(&call(STATUS, "space", NUMBER).key("unsubscribed", "secret")),
        (400, "Product.Unsubscript".into())
    );
}

#[test]
fn who_is_denied_hears_what() {
    let app = start();
    app.succeeds(&call(BEGIN, "space", NUMBER));
    app.succeeds(&call(STATUS, "space", NUMBER).key("denied", "secret"));
    let denied = app.cams(&call(VERIFY, "space", NUMBER).key("denied", "secret"));
    let detail = json(&denied)["AccessDeniedDetail"].as_str().unwrap_or_default().to_owned();
    assert_eq!((denied.status, code(&denied).as_str()), (400, "Ram.PermissionDeny"));
    assert!(detail.contains("cams:ChatappMigrationVerified"), "{detail}");
}

#[test]
fn a_temporary_key_comes_with_its_token() {
    let app = start();
    app.succeeds(&call(BEGIN, "space", NUMBER));
    for style in Style::ALL {
        let with = |token: Option<&str>| {
            let call = call(STATUS, "space", NUMBER).key("temporary", "secret").style(style);
            app.said(&Call { token: token.map(str::to_owned), ..call })
        };
        assert_eq!(with(Some("sts")), (200, "OK".into()));
        assert_eq!(with(None), (400, "MissingSecurityToken".into()));
        assert_eq!(with(Some("st")), (400, "InvalidSecurityToken.MismatchWithAccessKey".into()));
        assert_eq!(with(Some("s t")), (400, "InvalidSecurityToken.Malformed".into()));
    }
}

#[test]
fn a_security_token_ends_by_the_emulators_clock() {
    let app = start();
    app.succeeds(&call(BEGIN, "space", NUMBER));
    let changed = app.tell(
        "PATCH",
        "/programs/p/cams-accounts/ours/access-keys/temporary",
        r#"{"expires_at":"2030-01-01T00:00:00Z"}"#,
    );
    assert_eq!(changed.status, 200, "{}", changed.text());
    let with = |token: &str| {
        let call = call(STATUS, "space", NUMBER).key("temporary", "secret");
        app.said(&Call { token: Some(token.into()), ..call }).1
    };
    for (now, expected) in [
        ("2029-12-31T23:59:59Z", "OK"),
        ("2030-01-01T00:00:00Z", "InvalidSecurityToken.Expired"),
        ("2031-01-01T00:00:00Z", "InvalidSecurityToken.Expired"),
    ] {
        app.hold_clock(now);
        assert_eq!(with("sts"), expected, "{now}");
        assert_eq!(with("other"), "InvalidSecurityToken.MismatchWithAccessKey", "{now}");
    }
}

#[test]
fn a_time_is_good_for_a_quarter_of_an_hour_either_way_by_one_of_two_clocks() {
    let app = start();
    app.succeeds(&call(BEGIN, "space", NUMBER));
    let at = |time: &str| app.said(&Call { time: time.into(), ..call(STATUS, "space", NUMBER) }).1;
    app.hold_clock("2020-06-06T12:00:00Z");
    for (time, expected) in [
        ("2020-06-06T11:44:59Z", "InvalidTimeStamp.Expired"),
        ("2020-06-06T11:45:00Z", "OK"),
        ("2020-06-06T12:15:00Z", "OK"),
        ("2020-06-06T12:15:01Z", "InvalidTimeStamp.Expired"),
        (&seconds_from_now(0), "OK"),
        (&seconds_from_now(-1000), "InvalidTimeStamp.Expired"),
        (&seconds_from_now(1000), "InvalidTimeStamp.Expired"),
    ] {
        assert_eq!(at(time), expected, "{time}");
    }
    let changed =
        app.tell("PATCH", "/programs/p/settings", r#"{"cams":{"calls_per_second":0,"request_time":"emulator"}}"#);
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(at("2020-06-06T12:15:00Z"), "OK");
    assert_eq!(at(&seconds_from_now(0)), "InvalidTimeStamp.Expired");
}

#[test]
fn business_refusals_may_come_as_results_and_others_may_not() {
    let app = start();
    let changed = app.tell("PATCH", "/programs/p/settings", r#"{"cams":{"calls_per_second":0,"refusal_status":200}}"#);
    assert_eq!(changed.status, 200, "{}", changed.text());
    app.succeeds(&call(BEGIN, "space", NUMBER));
    let refused = app.cams(&call(VERIFY, "space", NUMBER));
    let body = json(&refused);
    assert_eq!(refused.status, 200);
    let expected = json!({"RequestId": body["RequestId"], "Code": "InvalidVerifyCode",
        "Message": "Specified parameter VerifyCode is not valid."});
    assert_eq!(body, expected);
    for (call, status, code) in [
        (call(VERIFY, "elsewhere", NUMBER), 200, "Unknown.ResourceOwnerId"),
        (call(VERIFY, "space", NUMBER).key("denied", "secret"), 200, "Ram.PermissionDeny"),
        (call(VERIFY, "space", NUMBER).with("VerifyCode", None), 400, "MissingVerifyCode"),
        (call(VERIFY, "space", "x1"), 400, "InvalidPhoneNumber"),
        (call(VERIFY, "space", NUMBER).key("good", "wrong"), 400, "SignatureDoesNotMatch"),
    ] {
        assert_eq!(app.said(&call), (status, code.to_owned()));
    }
}

#[test]
fn answers_are_xml_where_the_caller_wants_it() {
    let app = start();
    for style in Style::ALL {
        let xml = |action| Call { format: "XML", ..call(action, "space", NUMBER).style(style) };
        let begun = app.cams(&xml(BEGIN));
        assert_eq!(begun.header("content-type"), Some("text/xml;charset=utf-8"));
        let (start, end) =
            ("<CreateChatappMigrationInitiateResponse><RequestId>", "</CreateChatappMigrationInitiateResponse>");
        assert!(begun.text().contains(start) && begun.text().ends_with(end), "{}", begun.text());
        let refused = app.cams(&xml(VERIFY));
        assert_eq!((refused.status, code(&refused).as_str()), (400, "InvalidVerifyCode"));
        assert!(
            refused.text().contains("<Error><RequestId>") && refused.text().ends_with("</Error>"),
            "{}",
            refused.text()
        );
    }
    // An old call that doesn't say what it wants gets XML.
    let unsigned = app.exchange(b"GET /?Action=ChatappMigrationVerified HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(unsigned.header("content-type"), Some("text/xml;charset=utf-8"));
    assert_eq!(code(&unsigned), "MissingVersion");
}

#[test]
fn every_answer_has_the_gateways_headers() {
    let app = start();
    for call in [call(BEGIN, "space", NUMBER), call(STATUS, "no-space", NUMBER)] {
        let answer = app.cams(&call);
        let id = json(&answer)["RequestId"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer.header("x-acs-request-id"), Some(&*id));
        assert_eq!(answer.header("content-type"), Some("application/json;charset=utf-8"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-expose-headers"), Some("*"));
        let trace = answer.header("x-acs-trace-id").unwrap_or_default();
        assert!(trace.len() == 32 && trace.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{trace}");
    }
    let refused = app.cams(&call(STATUS, "no-space", NUMBER)).text();
    let places =
        ["RequestId", "Message", "Recommend", "HostId", "Code"].map(|name| refused.find(&format!("\"{name}\":")));
    assert!(places.is_sorted() && places[0] == Some(1), "{refused}");
    assert!(refused.contains(r#""HostId":"localhost","Code":"Unknown.ResourceOwnerId"}"#), "{refused}");
    assert!(refused.contains("troubleshoot?q=Unknown.ResourceOwnerId&product=cams&requestId="), "{refused}");
}

#[test]
fn a_wrong_secret_is_shown_what_should_have_been_signed() {
    let app = start();
    let message = |style| {
        let call = call(STATUS, "space", NUMBER).key("good", "wrong").style(style);
        json(&app.cams(&call))["Message"].as_str().unwrap_or_default().to_owned()
    };
    let old = message(Style::Query);
    let words = "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId%3Dgood%26";
    assert!(old.starts_with(words), "{old}");
    // The SDKs' old core takes what is between the first two colons.
    assert_eq!(old.matches(':').count(), 1, "{old}");
    let new = message(Style::Headers);
    let words = "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n";
    assert!(new.starts_with(words) && new.contains("server CanonicalRequest is [POST\n/\nCountryCode=1&"), "{new}");
}

#[test]
fn a_browser_gets_the_page_it_always_got() {
    let app = start();
    for request in
        ["GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"]
    {
        let answer = app.exchange(request.as_bytes());
        assert_eq!(answer.status, 404);
        assert_eq!(answer.header("x-acs-request-id"), None);
    }
}

#[test]
fn whatever_looks_like_a_call_is_answered_as_one() {
    let app = start();
    for (head, expected) in [
        ("GET /?Action=", "MissingAction"),
        ("GET /?Signature=x", "MissingAction"),
        ("GET /?AccessKeyId=x&Action=ChatappMigrationVerified&Version=2020-06-06", "InvalidAccessKeyId.NotFound"),
        ("DELETE /?Action=ChatappMigrationVerified", "InvalidAction.NotFound"),
    ] {
        let answer = app.exchange(format!("{head} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
        assert_eq!(code(&answer), expected, "{head}");
    }
    let asked = "x-acs-action: ChatappMigrationVerified\r\nx-acs-version: 2020-06-06";
    for (headers, expected) in [
        ("x-acs-version: 2020-06-06".to_owned(), "MissingAction"),
        ("Authorization: ACS3-HMAC-SHA256 x".to_owned(), "MissingAction"),
        (asked.to_owned(), "MissingAccessKeyId"),
        (format!("{asked}\r\nAuthorization: Basic eDp5"), "IncompleteSignature"),
        (format!("{asked}\r\nAuthorization: ACS3-HMAC-SHA256 Signature=x"), "IncompleteSignature"),
        (format!("{asked}\r\nAuthorization: ACS3-HMAC-SHA256 Credential=,Signature=x"), "MissingAccessKeyId"),
        (format!("{asked}\r\nx-acs-accesskey-id: good\r\nx-acs-date: {}", seconds_from_now(0)), "MissingSignature"),
        (format!("{asked}\r\nx-acs-accesskey-id: good"), "MissingTimestamp"),
        (
            format!(
                "{asked}\r\nx-acs-date: {}\r\nAuthorization: ACS3-HMAC-SM3 Credential=good,Signature=x",
                seconds_from_now(0)
            ),
            "InvalidSignatureMethod",
        ),
    ] {
        let answer = app.exchange(format!("POST / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n\r\n").as_bytes());
        assert_eq!(code(&answer), expected, "{headers}");
    }
}
