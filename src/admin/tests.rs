//! Two nodes of one ledger, asked through their control planes.

use std::sync::Arc;
use std::time::Duration;

use actix_web::App;
use actix_web::rt::System;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{Data, scope};
use serde_json::{Value, json};

use super::{ControlPlane, configure};
use crate::calls::{Answer, Api, Call, CallContext, Calls, Message};
use crate::domain::TextMessage;
use crate::ledger::nodes::{TestNode, nodes};
use crate::ledger::seed::SeedSource;
use crate::ledger::{self, Begun, JournalBounds, LedgerUrl, RateLimitRequest, SharedState};
use crate::operations::Platform;
use crate::soap;

/// A control plane as a node of this shared state has it. Each has a ledger of its own, which doesn't matter here.
fn plane(node: &Arc<TestNode>) -> Data<ControlPlane> {
    let shared_state: Arc<dyn SharedState> = Arc::<TestNode>::clone(node);
    let ledger = ledger::open(&LedgerUrl::Memory).expect("a ledger");
    let platform = Platform::with(Arc::clone(&ledger), shared_state.clone());
    let bounds = JournalBounds { entries: 10, age: Duration::from_secs(60) };
    let (calls, seed) = (Arc::new(Calls::new(ledger, shared_state, bounds)), SeedSource(None));
    Data::new(ControlPlane::new(platform, calls, seed, soap::operations().collect(), LedgerUrl::Memory))
}

/// Status and JSON of what a control plane answers.
async fn ask(plane: &Data<ControlPlane>, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let app = App::new().app_data(plane.clone()).service(scope("/_emulator").configure(configure));
    let app = init_service(app).await;
    let request = TestRequest::with_uri(&format!("/_emulator{path}")).method(method.parse().expect("a method"));
    let request = if body.is_null() { request } else { request.set_json(body) };
    let response = call_service(&app, request.to_request()).await;
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&read_body(response).await).unwrap_or_default())
}

async fn get(plane: &Data<ControlPlane>, path: &str) -> Value {
    ask(plane, "GET", path, &Value::Null).await.1
}

async fn record(plane: &ControlPlane, member: i32) {
    let Platform { ledger, clock, .. } = &plane.platform;
    let mut call = Call::begin(Api::Sync, clock.now(), Begun::now(&ledger.directory()));
    call.context = CallContext { member_id: Some(member), ..CallContext::default() };
    let answer = Answer { http_status: Some(200), request: Message::default(), response: b"" };
    assert!(plane.calls.end(&**ledger, call, answer).await);
}

fn message() -> TextMessage {
    let at = "2026-01-01T00:00:00Z".parse().expect("a time");
    TextMessage { at, to: "+15195550123".into(), channel: "sms".into(), text: "1234".into(), code: None }
}

#[test]
fn what_is_told_to_one_node_holds_for_all() {
    System::new().block_on(async {
        let [first, second] = nodes();
        let (one, other) = (plane(&first), plane(&second));
        let rule = json!({"times": 2, "answer": {"return_code": 1}});
        let (status, rule) = ask(&one, "POST", "/faults", &rule).await;
        assert_eq!(status, 201);
        let held = json!({"now": "2026-01-01T00:00:00Z", "held": true});
        assert_eq!(ask(&one, "PUT", "/clock", &held).await, (200, held.clone()));
        record(&one, 1).await;
        record(&other, 2).await;
        first.send_message(message()).await.expect("a store");
        second.look();
        assert_eq!(get(&other, "/faults").await["faults"], json!([rule]));
        assert_eq!(get(&other, "/clock").await, held);
        for plane in [&one, &other] {
            let journal = get(plane, "/journal").await;
            let members: Vec<_> =
                journal["entries"].as_array().into_iter().flatten().map(|e| &e["member_id"]).collect();
            assert_eq!(members, [1, 2]);
        }
        assert_eq!(get(&other, "/messages?to=15195550123").await["messages"], json!([message()]));

        let admission =
            || RateLimitRequest { nonce: "n".into(), nonce_life: Duration::from_secs(60), counter: Some("c".into()) };
        assert_eq!(first.set_session("phone", None, Some("{}".into())).await, Ok(true));
        assert!(first.admit(admission()).await.expect("a store").is_new);
        assert!(!second.admit(admission()).await.expect("a store").is_new);

        assert_eq!(ask(&other, "POST", "/reset", &Value::Null).await.0, 204);
        assert_eq!(first.find_session("phone").await, Ok(None));
        let admitted = first.admit(admission()).await.expect("a store");
        assert_eq!((admitted.is_new, admitted.calls), (true, 1));
        first.look();
        assert_eq!(get(&one, "/faults").await, json!({"faults": []}));
        assert_eq!(get(&one, "/journal").await, json!({"entries": [], "dropped": 0, "total": 0}));
        assert_eq!(get(&one, "/messages").await, json!({"messages": []}));
        assert_eq!(get(&one, "/clock").await["held"], false);
    });
}

#[test]
fn what_cannot_be_shared_just_now_is_503_and_the_caller_may_come_again() {
    System::new().block_on(async {
        let [node] = nodes();
        let plane = plane(&node);
        let (_, rule) = ask(&plane, "POST", "/faults", &json!({"answer": {"return_code": 1}})).await;
        let rule = format!("/faults/{}", rule["id"]);
        node.set_down(true);
        for (method, path, body) in [
            ("POST", "/faults", json!({"answer": {"return_code": 1}})),
            ("DELETE", "/faults", Value::Null),
            ("DELETE", rule.as_str(), Value::Null),
            ("GET", "/journal", Value::Null),
            ("DELETE", "/journal", Value::Null),
            ("PUT", "/clock", json!({"held": true})),
            ("PUT", "/clock", json!({"held": false})),
            ("POST", "/clock/advance", json!({"seconds": 1})),
            ("GET", "/messages", Value::Null),
            ("DELETE", "/messages", Value::Null),
            ("POST", "/reset", Value::Null),
            ("GET", "/console/journal", Value::Null),
            ("GET", "/console/messages", Value::Null),
        ] {
            let (status, problem) = ask(&plane, method, path, &body).await;
            assert_eq!(status, 503, "{method} {path}: {problem}");
        }
        assert_eq!(get(&plane, "/faults").await["faults"].as_array().map(Vec::len), Some(1));
        node.set_down(false);
        assert_eq!(ask(&plane, "DELETE", &rule, &Value::Null).await.0, 204);
    });
}
