//! Members, item types and settings.

use serde_json::{Value, json};

use super::client::{call, get, on_each_ledger, raw};
use crate::harness::TestApp;

const MEMBERS: &str = "/programs/demo/members";

#[test]
fn a_member_is_made_replaced_and_removed() {
    let app = TestApp::start();
    let body =
        json!({"first_name": "Edith", "phones": [{"type": "HOME", "number": "1 519 555 0150", "carrier": "BELL"}]});
    let answer = raw(&app, "PUT", "/programs/demo/members/7", &body.to_string());
    assert_eq!((answer.status, answer.header("location")), (201, Some("/_emulator/programs/demo/members/7")));
    let member = json!({"member_id": 7, "first_name": "Edith", "last_name": "", "phones": [
        {"type": "HOME", "number": "+15195550150", "carrier": "BELL", "is_valid": true}]});
    assert_eq!(get(&app, "/programs/demo/members/7"), (200, member.clone()));
    assert_eq!(app.save_account_phone(1001, "HOME", "+15195550150").return_code(), 315);
    let bare = json!({"member_id": 7, "first_name": "", "last_name": "Clarke", "phones": []});
    assert_eq!(call(&app, "PUT", "/programs/demo/members/7", &bare), (200, bare));
    assert_eq!(app.save_account_phone(1001, "HOME", "+15195550150").return_code(), 0);
    assert_eq!(call(&app, "PUT", "/programs/demo/members/7", &member).0, 409);
    assert_eq!(call(&app, "DELETE", "/programs/demo/members/7", &Value::Null), (204, Value::Null));
    for method in ["GET", "DELETE"] {
        assert_eq!(call(&app, method, "/programs/demo/members/7", &Value::Null).0, 404);
    }
}

#[test]
fn members_are_searched_and_paged() {
    let app = TestApp::start();
    for (query, ids) in [
        ("", vec![1001, 1002, 1003]),
        ("?limit=2", vec![1001, 1002]),
        ("?limit=2&after=1002", vec![1003]),
        ("?search=turing", vec![1002]),
        ("?search=1003", vec![1003]),
        ("?search=1519555", vec![1002]),
        ("?search=ALAN%40ex", vec![1002]),
        ("?search=nobody", vec![]),
    ] {
        let (status, body) = get(&app, &format!("{MEMBERS}{query}"));
        let found: Vec<_> =
            body["members"].as_array().into_iter().flatten().map(|member| &member["member_id"]).collect();
        assert_eq!(
            (status, found.iter().map(|id| id.as_i64()).collect::<Vec<_>>()),
            (200, ids.into_iter().map(Some).collect()),
            "{query}"
        );
    }
}

#[test]
fn a_member_has_addresses_that_no_other_has() {
    let app = TestApp::start();
    let emails = json!([
        {"type": "WORK", "address": "edith@example.org", "is_valid": false},
        {"type": "PRIMARY", "address": "Edith@example.org", "is_valid": true}
    ]);
    let put = |emails: &Value| call(&app, "PUT", "/programs/demo/members/7", &json!({"emails": emails}));
    let (status, member) = put(&emails);
    assert_eq!((status, &member["emails"]), (201, &emails));
    assert_eq!(get(&app, "/programs/demo/members/7").1["emails"], emails);
    let (status, problem) = put(&json!([{"type": "WORK", "address": "ALAN@example.com"}]));
    let words = "member 1002 has an e-mail address already that this member is to have";
    assert_eq!((status, problem["detail"].as_str()), (409, Some(words)));
    for (emails, field) in [
        (json!([{"type": "FAX", "address": "a@example.org"}]), "emails[0].type"),
        (json!([{"type": "WORK", "address": "ada.example.org"}]), "emails[0].address"),
        (json!([{"type": "WORK", "address": "a@b.c"}, {"type": "WORK", "address": "d@b.c"}]), "emails[1].type"),
    ] {
        let (status, problem) = put(&emails);
        assert_eq!((status, problem["field"].as_str()), (422, Some(field)), "{problem}");
        assert!(!problem.to_string().contains("ada.example.org"), "{problem}");
    }
    assert_eq!(get(&app, "/programs/demo/members/7").1["emails"], emails);
    let path = "/programs/demo/email-types";
    assert_eq!(call(&app, "DELETE", &format!("{path}/WORK"), &Value::Null).0, 409);
    assert_eq!(put(&json!([])).1.get("emails"), None);
    assert_eq!(call(&app, "DELETE", &format!("{path}/WORK"), &Value::Null).0, 204);
    let primary = json!({"external_reference": "PRIMARY", "name": "Primary"});
    assert_eq!(get(&app, path), (200, json!({"items": [primary]})));
    assert_eq!(call(&app, "PUT", &format!("{path}/FAX"), &json!({"name": "Fax"})).0, 201);
    assert_eq!(put(&json!([{"type": "FAX", "address": "a@example.org"}])).0, 200);
}

#[test]
fn items_are_made_renamed_used_and_removed() {
    for (kind, seeded) in [
        ("phone-number-types", "HOME"),
        ("mobile-carriers", "BELL"),
        ("email-types", "PRIMARY"),
        ("address-types", "HOME"),
        ("account-id-types", "CARD"),
        ("loyalty-clubs", "GOLD"),
        ("custom-fields", "SHIRT_SIZE"),
    ] {
        let app = TestApp::start();
        let path = format!("/programs/demo/{kind}");
        let of = |reference: &str| format!("{path}/{reference}");
        let item = |name: &str| match kind {
            "custom-fields" => json!({"external_reference": "NEW/ONE", "name": name, "type": "text"}),
            _ => json!({"external_reference": "NEW/ONE", "name": name}),
        };
        let count = |app: &TestApp| get(app, &path).1["items"].as_array().map(Vec::len).expect("a list");
        let seeded_items = count(&app);
        let answer = raw(&app, "PUT", &of("NEW%2FONE"), &item("New").to_string());
        let location = format!("/_emulator{}", of("NEW%2FONE"));
        assert_eq!((answer.status, answer.header("location")), (201, Some(location.as_str())));
        let renamed = item("Newer");
        assert_eq!(call(&app, "PUT", &of("NEW%2FONE"), &renamed), (200, renamed.clone()));
        assert_eq!(get(&app, &of("NEW%2FONE")), (200, renamed.clone()));
        assert_eq!(count(&app), seeded_items + 1);
        assert_eq!(get(&app, &path).1["items"][seeded_items], renamed);
        assert_eq!(call(&app, "DELETE", &of("NEW%2FONE"), &Value::Null).0, 204);
        assert_eq!(get(&app, &of("NEW%2FONE")).0, 404);
        assert_eq!(call(&app, "DELETE", &of("NEW%2FONE"), &Value::Null).0, 404);

        // What a member uses stays, until none does.
        let phone = json!({"phones": [{"type": "HOME", "number": "+15195550150", "carrier": "BELL"}]});
        assert_eq!(call(&app, "PUT", "/programs/demo/members/7", &phone).0, 201);
        assert_eq!(call(&app, "DELETE", &of(seeded), &Value::Null).0, 409);
        assert_eq!(get(&app, &of(seeded)).0, 200);
        for member in ["7", "1001", "1002"] {
            assert_eq!(call(&app, "DELETE", &format!("/programs/demo/members/{member}"), &Value::Null).0, 204);
        }
        assert_eq!(call(&app, "DELETE", &of(seeded), &Value::Null).0, 204);
    }
}

#[test]
fn a_custom_field_keeps_type_and_options_that_values_need() {
    on_each_ledger(|app| {
        let put = |body: &Value| call(app, "PUT", "/programs/demo/custom-fields/SHIRT_SIZE", body).0;
        let dropdown = |options: &[&str]| json!({"name": "Shirt size", "type": "dropdown", "options": options});
        // 1001 has M.
        assert_eq!(put(&json!({"name": "Shirt size", "type": "integer"})), 409);
        assert_eq!(put(&dropdown(&["S", "L"])), 409);
        assert_eq!(get(app, "/programs/demo/custom-fields/SHIRT_SIZE").1["options"], json!(["S", "M", "L", "XL"]));
        assert_eq!(put(&dropdown(&["M", "XXL"])), 200);
        let member = json!({"custom_fields": {"SHIRT_SIZE": "XXL"}});
        assert_eq!(call(app, "PUT", "/programs/demo/members/1001", &member).0, 200);
        assert_eq!(put(&dropdown(&["M"])), 409);
        assert_eq!(call(app, "PUT", "/programs/demo/members/1001", &json!({})).0, 200);
        assert_eq!(put(&json!({"name": "Shirt size", "type": "integer"})), 200);
    });
}

#[test]
fn a_new_type_counts_at_once() {
    let app = TestApp::start();
    assert_eq!(app.save_account_phone(1001, "FAX", "+15195550150").return_code(), 308);
    assert_eq!(call(&app, "PUT", "/programs/demo/phone-number-types/FAX", &json!({"name": "Fax"})).0, 201);
    assert_eq!(app.save_account_phone(1001, "FAX", "+15195550150").return_code(), 0);
}

#[test]
fn settings_are_merged() {
    let app = TestApp::start();
    let (_, defaults) = get(&app, "/programs/demo/settings");
    let legacy = json!({"phone_mode": "legacy", "default_region": "US"});
    let (status, settings) = call(&app, "PATCH", "/programs/demo/settings", &legacy);
    assert_eq!((status, &settings["phone_mode"], &settings["default_region"]), (200, &json!("legacy"), &json!("US")));
    assert_eq!(app.save_account_phone(1001, "HOME", "519 555 0150").saved_phone_number(), "(519) 555-0150");
    let (_, settings) = call(&app, "PATCH", "/programs/demo/settings", &json!({"duplicate_phone_check": false}));
    assert_eq!((&settings["phone_mode"], &settings["duplicate_phone_check"]), (&json!("legacy"), &json!(false)));
    let (status, problem) = call(&app, "PATCH", "/programs/demo/settings", &json!({"default_region": null}));
    assert_eq!((status, &problem["field"]), (422, &json!("default_region")));
    assert_eq!(get(&app, "/programs/demo/settings").1, settings);
    let nothing = json!({"phone_mode": null, "default_region": null, "duplicate_phone_check": null});
    assert_eq!(call(&app, "PATCH", "/programs/demo/settings", &nothing), (200, defaults));
}

#[test]
fn a_member_is_put_with_all_its_parts() {
    let app = TestApp::start();
    let path = "/programs/demo/members/1001";
    let (_, mut whole) = get(&app, path);
    for field in ["birthdate", "gender", "addresses", "account_ids", "loyalty_clubs", "custom_fields"] {
        assert!(whole.get(field).is_some(), "{field}: {whole}");
    }
    assert_eq!(call(&app, "PUT", path, &whole), (200, whole.clone()));
    whole["is_locked"] = true.into();
    whole["account_ids"] =
        json!([{"type": "MOBILE", "id": "7", "is_inactive": true, "is_inactive_for_devices": false}]);
    whole["custom_fields"] = json!({"CHILDREN": 2, "TOPICS": ["WINE"]});
    let mut without_id = whole.clone();
    without_id.as_object_mut().expect("an object").remove("member_id");
    assert_eq!(call(&app, "PUT", path, &without_id), (200, whole.clone()));
    assert_eq!(get(&app, path).1, whole);
    whole["custom_fields"] = json!({"CHILDREN": "many"});
    assert_eq!(call(&app, "PUT", path, &whole).1["field"], "custom_fields");
}
