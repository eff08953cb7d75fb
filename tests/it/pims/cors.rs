//! Pages of other origins.

use std::net::SocketAddr;

use crate::control_plane::client::send;
use crate::harness::{Answer, TestApp};

const WEB_VIEW: &str = "capacitor://localhost";
const ASKS: (&str, &str) = ("Access-Control-Request-Method", "POST");

fn preflight(address: SocketAddr, origin: &str) -> Answer {
    send(address, "OPTIONS", "/pims/get", &[("Origin", origin), ASKS], "")
}

#[test]
fn pages_of_other_origins_may_call_only_if_a_setting_lets_them() {
    for (arguments, origin, is_allowed) in [
        (&[][..], WEB_VIEW, false),
        (&["--cors", WEB_VIEW], WEB_VIEW, true),
        (&["--cors", WEB_VIEW], "https://evil.example", false),
        (&["--cors", WEB_VIEW], "null", false),
        (&["--cors", "http://localhost:3000,Capacitor://localhost"], WEB_VIEW, true),
        (&["--cors", "null"], "null", true),
        (&["--cors", "*"], "https://elsewhere.example", true),
    ] {
        let app = TestApp::with_arguments(arguments);
        let expected = is_allowed.then_some(origin);
        let asked = preflight(app.address(), origin);
        assert_eq!(asked.status, if is_allowed { 204 } else { 405 }, "{arguments:?} {origin}");
        assert_eq!(asked.header("access-control-allow-origin"), expected, "{arguments:?} {origin}");
        let headers = asked.header("access-control-allow-headers");
        assert_eq!(headers, is_allowed.then_some("Content-Type, X-Pims-Instance"), "{arguments:?} {origin}");

        let json = ("Content-Type", "application/json");
        let call = [("Origin", origin), json, ("X-Pims-Instance", "page")];
        let answer = send(app.address(), "POST", "/pims/release", &call, "{}");
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, expected), "{arguments:?}");
        assert!(answer.text().contains("2001"), "{answer:?}");
        assert_eq!(answer.header("vary"), is_allowed.then_some("Origin"), "{arguments:?} {origin}");
    }
}

#[test]
fn the_setting_is_for_pims_alone() {
    let app = TestApp::with_arguments(&["--cors", "*"]);
    let headers = [("Origin", WEB_VIEW), ASKS];
    for path in ["/Services/Sync.asmx", "/_emulator/health", "/_emulator/state", "/"] {
        for method in ["OPTIONS", "GET"] {
            let answer = send(app.address(), method, path, &headers, "");
            assert_eq!(answer.header("access-control-allow-origin"), None, "{method} {path}");
        }
    }
}
