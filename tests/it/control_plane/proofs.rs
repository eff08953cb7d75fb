//! Proofs of ownership, seen and forgotten.

use serde_json::{Value, json};

use super::client::{call, get, on_each_ledger};

fn program() -> Value {
    let proof = |purpose: &str, account: &str, verification: Value| json!({"purpose": purpose, "account": account, "number": "+15195550123", "verification": verification});
    json!({
        "members": (0..1200).map(|id| json!({"member_id": id})).collect::<Vec<_>>(),
        "verifications": [
            proof("cams_migration", "a space/1", json!({"verified_at": "2026-01-01T00:00:00Z"})),
            proof("pims_phone_number", "ada@example.com",
                json!({"code": {"code": "123456", "made_at": "2026-01-01T00:00:00Z", "wrong_tries": 2}})),
            proof("pims_pin", "ada@example.com", json!({})),
        ]
    })
}

#[test]
fn proofs_are_listed_with_their_codes_and_forgotten_one_by_one() {
    on_each_ledger(|app| {
        assert_eq!(get(app, "/programs/demo/verifications"), (200, json!({"verifications": []})));
        let wanted = program();
        assert_eq!(call(app, "PUT", "/programs/proofs", &wanted).0, 201);
        let listed = || {
            let (status, list) = get(app, "/programs/proofs/verifications");
            assert_eq!(status, 200);
            let mut proofs = list["verifications"].as_array().cloned().expect("a list");
            proofs.sort_by_key(|proof| proof["purpose"].to_string());
            proofs
        };
        assert_eq!(Value::from(listed()), wanted["verifications"]);
        for path in
            ["pims_phone_number/ada@example.com/+15195550123", "cams_migration/a%20space%2F1/+1%20519%20555-0123"]
        {
            let path = format!("/programs/proofs/verifications/{path}");
            assert_eq!(call(app, "DELETE", &path, &Value::Null).0, 204, "{path}");
            assert_eq!(call(app, "DELETE", &path, &Value::Null).0, 404, "{path}");
        }
        assert_eq!(listed(), [wanted["verifications"][2].clone()]);
        assert_eq!(call(app, "POST", "/programs/proofs/reset", &Value::Null).0, 204);
        assert_eq!(Value::from(listed()), wanted["verifications"]);
    });
}

#[test]
fn proofs_are_listed_in_pages_in_one_order() {
    on_each_ledger(|app| {
        let proof = |purpose: &str, account: &str, number: u64| json!({"purpose": purpose, "account": account, "number": format!("+1519555{number:04}"), "verification": {}});
        let mut wanted: Vec<Value> = (0..5).map(|number| proof("cams_migration", "a space/1", 100 + number)).collect();
        wanted.extend(["Zoe", "ada", "ada/+1"].map(|account| proof("pims_phone_number", account, 200)));
        assert_eq!(call(app, "PUT", "/programs/pages", &json!({"verifications": wanted})).0, 201);
        let page = |query: &str| get(app, &format!("/programs/pages/verifications?{query}"));
        assert_eq!(page("limit=1000"), (200, json!({"verifications": wanted})));
        let (mut seen, mut query) = (Vec::new(), "limit=3".to_owned());
        loop {
            let (status, found) = page(&query);
            assert_eq!(status, 200, "{found}");
            let Some(last) = found["verifications"].as_array().and_then(|page| page.last()) else { break };
            let text = |field: &str| last[field].as_str().expect("a text").replace('+', "%2B").replace(' ', "%20");
            query = format!("limit=3&after={}/{}/{}", text("purpose"), text("account"), text("number"));
            seen.extend(found["verifications"].as_array().expect("a list").iter().cloned());
        }
        assert_eq!(seen, wanted);
        for wrong in
            ["after=pims_pin", "after=pims_pin/a", "after=other/a/15195550123", "limit=0", "limit=1001", "page=2"]
        {
            assert_eq!(page(wrong).0, 400, "{wrong}");
        }
    });
}
