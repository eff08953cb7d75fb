//! Accounts of CAMS and PIMS, seen and changed one by one.

use std::thread;

use serde_json::{Value, json};

use super::client::{call, get, on_each_ledger, raw};

const CAMS: &str = "/programs/demo/cams-accounts";
const PIMS: &str = "/programs/demo/pims-accounts";

#[test]
fn an_account_of_cams_is_made_changed_and_removed() {
    on_each_ledger(|app| {
        let (status, list) = get(app, CAMS);
        let demo = &list["cams_accounts"][0];
        assert_eq!((status, demo["access_keys"][0]["access_key_secret"].as_str()), (200, Some("testAccessKeySecret")));

        let body = json!({
            "access_keys": [{"access_key_id": "key", "access_key_secret": "s"}], "spaces": [{"cust_space_id": "s", "member_id": 1001}]
        });
        let answer = raw(app, "PUT", &format!("{CAMS}/my%20own"), &body.to_string());
        assert_eq!(
            (answer.status, answer.header("location")),
            (201, Some("/_emulator/programs/demo/cams-accounts/my%20own"))
        );
        let made = json!({
            "account_id": "my own", "subscribed": true,
            "access_keys": [{"access_key_id": "key", "access_key_secret": "s", "active": true, "actions": ["*"]}],
            "spaces": [{"cust_space_id": "s", "member_id": 1001, "phone_number_type": "MOBILE"}]
        });
        let path = format!("{CAMS}/my%20own");
        assert_eq!(get(app, &path), (200, made.clone()));
        // What was read can be put again, and counts as its own.
        assert_eq!(call(app, "PUT", &path, &made), (200, made.clone()));

        let unsubscribed = call(app, "PATCH", &path, &json!({"subscribed": false})).1;
        assert_eq!((&unsubscribed["subscribed"], &unsubscribed["spaces"]), (&json!(false), &made["spaces"]));
        assert_eq!(call(app, "PATCH", &path, &json!({"subscribed": null})), (200, made.clone()));
        let key = format!("{path}/access-keys/key");
        for (patch, expected) in [
            (json!({"active": false}), json!({"active": false, "actions": ["*"]})),
            (
                json!({"actions": ["cams:Get*"], "security_token": "t"}),
                json!({"active": false, "actions": ["cams:Get*"], "security_token": "t"}),
            ),
            (
                json!({"expires_at": "2030-01-01T00:00:00Z"}),
                json!({"active": false, "actions": ["cams:Get*"], "security_token": "t", "expires_at": "2030-01-01T00:00:00Z"}),
            ),
            (
                json!({"active": null, "security_token": null, "expires_at": null}),
                json!({"active": true, "actions": ["cams:Get*"]}),
            ),
            (json!({"actions": null, "access_key_secret": "s"}), json!({"active": true, "actions": ["*"]})),
        ] {
            let mut expected = expected;
            expected["access_key_id"] = "key".into();
            expected["access_key_secret"] = "s".into();
            assert_eq!(call(app, "PATCH", &key, &patch), (200, expected), "{patch}");
        }
        assert_eq!(get(app, &path), (200, made));
        assert_eq!(call(app, "DELETE", &path, &Value::Null).0, 204);
        assert_eq!(get(app, CAMS), (200, list));
    });
}

#[test]
fn an_account_of_pims_is_made_changed_and_removed() {
    on_each_ledger(|app| {
        let (_, list) = get(app, PIMS);
        assert_eq!(list["pims_accounts"][0]["login"], "ada@example.com");
        let path = format!("{PIMS}/bob@example.com");
        let made = json!({
            "login": "bob@example.com", "member_id": 1002, "phone_number_type": "MOBILE", "device_enrolled": false,
            "blocked": "not_blocked", "strong_authentication": true
        });
        assert_eq!(call(app, "PUT", &path, &json!({"member_id": 1002})), (201, made.clone()));
        assert_eq!(call(app, "PUT", &path, &made), (200, made.clone()));
        let changes = json!({
            "password": "p", "member_id": 1003, "phone_number_type": "WORK", "region": "FR", "device_enrolled": true,
            "blocked": "pin_blocked", "strong_authentication": false, "instances": ["phone"]
        });
        let mut expected = changes.clone();
        expected["login"] = made["login"].clone();
        assert_eq!(call(app, "PATCH", &path, &changes), (200, expected.clone()));
        assert_eq!(call(app, "PATCH", &path, &json!({})), (200, expected.clone()));
        let account_blocked = call(app, "PATCH", &path, &json!({"blocked": "account_blocked"})).1;
        assert_eq!(
            (&account_blocked["blocked"], &account_blocked["instances"]),
            (&json!("account_blocked"), &json!(["phone"]))
        );
        let nothing = json!({
            "password": null, "member_id": 1002, "phone_number_type": null, "region": null, "device_enrolled": null,
            "blocked": null, "strong_authentication": null, "instances": null
        });
        assert_eq!(call(app, "PATCH", &path, &nothing), (200, made.clone()));
        assert_eq!(get(app, &path), (200, made));
        assert_eq!(call(app, "DELETE", &path, &Value::Null).0, 204);
        assert_eq!(get(app, PIMS), (200, list));
    });
}

#[test]
fn a_caller_belongs_to_one_program_and_programs_leave_each_other_alone() {
    on_each_ledger(|app| {
        assert_eq!(call(app, "PUT", "/programs/other", &json!({})).0, 201);
        let key = json!({"access_keys": [{"access_key_id": "testAccessKeyId", "access_key_secret": "x"}]});
        let (status, problem) = call(app, "PUT", "/programs/other/cams-accounts/demo", &key);
        assert!(status == 409 && problem.to_string().contains("testAccessKeyId"), "{problem}");
        let login = "/programs/other/pims-accounts/ada@example.com";
        assert_eq!(call(app, "PUT", login, &json!({"member_id": 1})).0, 409);
        let (_, demo) = get(app, "/programs/demo");

        // Accounts and spaces are a program's own, but keys, logins and instances aren't.
        let own = json!({"access_keys": [{"access_key_id": "other", "access_key_secret": "x"}],
        "spaces": [{"cust_space_id": "cams-demo", "member_id": 1}]});
        assert_eq!(call(app, "PUT", "/programs/other/cams-accounts/demo", &own).0, 201);
        assert_eq!(call(app, "PUT", "/programs/other/pims-accounts/bob", &json!({"member_id": 1})).0, 201);
        assert_eq!(call(app, "POST", "/programs/other/reset", &Value::Null).0, 204);
        assert_eq!(get(app, "/programs/other/pims-accounts").1, json!({"pims_accounts": []}));
        assert_eq!(call(app, "DELETE", "/programs/other", &Value::Null).0, 204);
        assert_eq!(get(app, "/programs/demo"), (200, demo.clone()));
        // And what was another's is free again.
        assert_eq!(call(app, "PUT", "/programs/demo/pims-accounts/bob", &json!({"member_id": 1})).0, 201);
        assert_eq!(call(app, "POST", "/programs/demo/reset", &Value::Null).0, 204);
        assert_eq!(get(app, "/programs/demo"), (200, demo));
    });
}

#[test]
fn testers_who_change_accounts_at_once_do_not_lose_each_others() {
    on_each_ledger(|app| {
        thread::scope(|scope| {
            for tester in 0..16 {
                scope.spawn(move || {
                    let body = json!({"member_id": tester});
                    assert_eq!(call(app, "PUT", &format!("{PIMS}/tester-{tester}"), &body).0, 201);
                    assert_eq!(call(app, "PUT", &format!("{CAMS}/tester-{tester}"), &json!({})).0, 201);
                });
            }
        });
        assert_eq!(get(app, PIMS).1["pims_accounts"].as_array().map(Vec::len), Some(17));
        assert_eq!(get(app, CAMS).1["cams_accounts"].as_array().map(Vec::len), Some(17));
    });
}
