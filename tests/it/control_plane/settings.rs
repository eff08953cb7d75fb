//! Groups of settings that are changed in part.

use serde_json::{Value, json};

use super::client::{call, get};
use crate::harness::TestApp;

const SETTINGS: &str = "/programs/demo/settings";

#[test]
fn a_setting_within_a_group_leaves_the_others_and_null_is_the_default() {
    let app = TestApp::start();
    let (_, defaults) = get(&app, SETTINGS);
    for (patch, group, expected) in [
        (
            json!({"pims": {"sms_quota": 3}}),
            "pims",
            json!({"error_list": "operation", "labels": "filled", "sms_quota": 3}),
        ),
        (
            json!({"pims": {"error_list": "sdk"}}),
            "pims",
            json!({"error_list": "sdk", "labels": "filled", "sms_quota": 3}),
        ),
        (
            json!({"pims": {"sms_quota": null}}),
            "pims",
            json!({"error_list": "sdk", "labels": "filled", "sms_quota": 0}),
        ),
        (json!({"pims": {}}), "pims", json!({"error_list": "sdk", "labels": "filled", "sms_quota": 0})),
        (
            json!({"cams": {"refusal_status": 200, "calls_per_second": 1}}),
            "cams",
            json!({"calls_per_second": 1, "refusal_status": 200, "request_time": "either"}),
        ),
        (
            json!({"cams": {"calls_per_second": null, "request_time": "emulator"}}),
            "cams",
            json!({"calls_per_second": 10, "refusal_status": 200, "request_time": "emulator"}),
        ),
        (
            json!({"verification_codes": {"digits": 4}}),
            "verification_codes",
            json!({"digits": 4, "life_seconds": 600, "tries": 5}),
        ),
        (
            json!({"verification_codes": {"digits": null, "tries": 1}}),
            "verification_codes",
            json!({"digits": 6, "life_seconds": 600, "tries": 1}),
        ),
    ] {
        let (status, settings) = call(&app, "PATCH", SETTINGS, &patch);
        assert_eq!((status, &settings[group]), (200, &expected), "{patch}");
    }
    let nothing = json!({"pims": null, "cams": null, "verification_codes": Value::Null});
    assert_eq!(call(&app, "PATCH", SETTINGS, &nothing), (200, defaults));
}
