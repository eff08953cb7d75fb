use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use futures_util::FutureExt;

use super::*;
use crate::calls::Api;
use crate::domain::{PhoneNumber, ProgramSettings};
use crate::ledger::InMemoryState;
use crate::ledger::nodes::{TestNode, nodes};

const SERVED: [Operation; 3] = [
    Operation { api: Api::Sync, name: "SaveAccountPhone", aliases: &["StoreAccountPhone"], errors: &[] },
    Operation { api: Api::Cams, name: "ChatappMigrationVerified", aliases: &[], errors: &[] },
    Operation { api: Api::Pims, name: "modifyPhoneNumber", aliases: &[], errors: &[2201, 2204] },
];

fn none_yet() -> FaultRules {
    FaultRules::new(Arc::new(InMemoryState::default()))
}

fn on(node: &Arc<TestNode>) -> FaultRules {
    FaultRules::new(Arc::<TestNode>::clone(node))
}

fn rule(json: &str) -> NewFaultRule {
    serde_json::from_str(json).expect("a rule")
}

async fn add(rules: &FaultRules, json: &str) -> u64 {
    rules.add(rule(json), &SERVED).await.expect("a rule").id
}

fn context(program: &str, member: i32) -> CallContext {
    CallContext {
        api: Api::Sync,
        operation: Some("SaveAccountPhone"),
        program: Some(program.into()),
        member_id: Some(member),
    }
}

/// A call of the operation that an API has, for member 1.
async fn apply_at(rules: &FaultRules, api: Api) -> Option<u64> {
    let served = SERVED.iter().find(|operation| operation.api == api);
    let context = CallContext { api, operation: served.map(|operation| operation.name), ..context("demo", 1) };
    rules.apply(&context, || None).await.map(|rule| rule.id)
}

async fn apply(rules: &FaultRules, member: i32) -> Option<u64> {
    rules.apply(&context("demo", member), || None).await.map(|rule| rule.id)
}

#[tokio::test]
async fn a_rule_fits_what_it_names_and_is_gone_when_used_up() {
    let rules = none_yet();
    let text = r#"{"program":"demo","operation":"StoreAccountPhone","member_id":1,"number":"+1 519 555 0123","times":2,"answer":{"return_code":1}}"#;
    let id = add(&rules, text).await;
    let number = PhoneNumber::parse("15195550123", &ProgramSettings::default()).ok().map(|number| number.e164());
    assert_eq!(rules.apply(&context("other", 1), || number).await, None);
    assert_eq!(rules.apply(&context("demo", 2), || number).await, None);
    assert_eq!(rules.apply(&context("demo", 1), || None).await, None);
    for used in [1, 2] {
        assert_eq!(rules.all().first().map(|rule| rule.used), Some(used - 1));
        let applied = rules.apply(&context("demo", 1), || number).await.map(|rule| (rule.id, rule.used));
        assert_eq!(applied, Some((id, used)));
    }
    assert_eq!((rules.apply(&context("demo", 1), || number).await, rules.all()), (None, Vec::new()));
}

#[tokio::test]
async fn what_no_rule_can_be_is_refused_by_its_field() {
    for (json, field) in [
        (r#"{"operation":"SaveAccountPhon","answer":{"return_code":1}}"#, "operation"),
        (r#"{"times":0,"answer":{"return_code":1}}"#, "times"),
        (r#"{"answer":{"return_code":0}}"#, "answer.return_code"),
        (r#"{"answer":{"code":""}}"#, "answer.code"),
        (r#"{"answer":{"code":"."}}"#, "answer.code"),
        (r#"{"answer":{"code":"isv.Foo","message":""}}"#, "answer.message"),
        (r#"{"answer":{"code":"System LimitControl"}}"#, "answer.code"),
        (r#"{"operation":"SaveAccountPhone","answer":{"code":"System.LimitControl"}}"#, "answer"),
        (r#"{"operation":"SaveAccountPhone","answer":{"return_code":2204}}"#, "answer"),
        (r#"{"operation":"modifyPhoneNumber","answer":{"return_code":315}}"#, "answer"),
        (r#"{"operation":"modifyPhoneNumber","answer":{"soap_fault":"x"}}"#, "answer"),
        (r#"{"operation":"ChatappMigrationVerified","answer":{"return_code":2204}}"#, "answer"),
        (r#"{"answer":{"delay_ms":600001}}"#, "answer.delay_ms"),
        (r#"{"answer":{"http_status":199}}"#, "answer.http_status"),
        (r#"{"answer":{"soap_fault":""}}"#, "answer.soap_fault"),
        (r#"{"number":"12","answer":{"disconnect":true}}"#, "number"),
    ] {
        match none_yet().add(rule(json), &SERVED).await {
            Err(AddRuleError::Wrong(error)) => assert_eq!(error.field, field, "{json}"),
            other => unreachable!("{json}: {other:?}"),
        }
    }
    for answer in [
        r#"{"disconnect":false}"#,
        "{}",
        r#"{"message":"x"}"#,
        r#"{"message":"x","return_code":1}"#,
        r#"{"code":"A","return_code":1}"#,
        r#"{"delay":1}"#,
    ] {
        assert!(serde_json::from_str::<NewFaultRule>(&format!(r#"{{"answer":{answer}}}"#)).is_err(), "{answer}");
    }
}

#[tokio::test]
async fn a_rule_that_an_operation_cannot_answer_says_what_it_can() {
    for (operation, can) in [
        ("SaveAccountPhone", "an operation of Sync.asmx, which can answer return_code"),
        (
            "ChatappMigrationVerified",
            "an operation of CAMS, which can answer code, delay_ms, http_status or disconnect",
        ),
        ("modifyPhoneNumber", "an operation of PIMS, which can answer return_code (2000 to 2399), delay_ms"),
    ] {
        for answer in [r#"{"soap_fault":"x"}"#, r#"{"code":"Throttling.User"}"#, r#"{"return_code":2204}"#] {
            let text = format!(r#"{{"operation":"{operation}","answer":{answer}}}"#);
            match none_yet().add(rule(&text), &SERVED).await {
                Ok(added) => assert_eq!(added.operation.as_deref(), Some(operation)),
                Err(error) => assert!(error.to_string().contains(can), "{text}: {error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_rule_is_not_used_up_by_calls_that_cannot_be_answered_so() {
    for (answer, api) in [
        (r#"{"return_code":315}"#, Api::Sync),
        (r#"{"soap_fault":"x"}"#, Api::Sync),
        (r#"{"code":"System.LimitControl"}"#, Api::Cams),
        (r#"{"return_code":2204}"#, Api::Pims),
    ] {
        let rules = none_yet();
        let id = add(&rules, &format!(r#"{{"answer":{answer}}}"#)).await;
        for other in Api::ALL.into_iter().filter(|other| *other != api) {
            assert_eq!(apply_at(&rules, other).await, None, "{answer} at {other:?}");
        }
        assert_eq!(rules.all().first().map(|rule| rule.used), Some(0), "{answer}");
        assert_eq!(apply_at(&rules, api).await, Some(id), "{answer}");
        assert!(rules.all().is_empty(), "{answer}");
    }
}

#[tokio::test]
async fn a_rule_of_any_api_breaks_calls_of_all_and_the_next_one_that_fits_is_taken() {
    let rules = none_yet();
    let code = add(&rules, r#"{"answer":{"code":"System.LimitControl"}}"#).await;
    let any = add(&rules, r#"{"times":3,"answer":{"http_status":503}}"#).await;
    assert_eq!(apply_at(&rules, Api::Sync).await, Some(any));
    assert_eq!(apply_at(&rules, Api::Pims).await, Some(any));
    assert_eq!(apply_at(&rules, Api::Cams).await, Some(code));
    assert_eq!(apply_at(&rules, Api::Cams).await, Some(any));
    assert!(rules.all().is_empty());
}

#[tokio::test]
async fn rules_are_told_as_they_were_given_and_the_oldest_that_fits_comes_first() {
    let rules = none_yet();
    let texts = [
        r#"{"program":"demo","times":2,"answer":{"delay_ms":0}}"#,
        r#"{"operation":"SaveAccountPhone","member_id":1,"times":1,"answer":{"disconnect":"after"}}"#,
        r#"{"number":"+1 (519) 555-0123","times":1000000,"answer":{"soap_fault":"Ωmega \" \\ \u0000"}}"#,
        r#"{"times":1,"answer":{"code":"isv.Foo","message":"Oh."}}"#,
        r#"{"times":1,"answer":{"code":"isv.Foo"}}"#,
    ];
    let mut added = Vec::new();
    for text in texts {
        added.push(rules.add(rule(text), &SERVED).await.expect("a rule"));
    }
    assert_eq!(rules.all(), added);
    assert!(added.windows(2).all(|pair| pair[0].id < pair[1].id));
    let first: Vec<_> = [apply(&rules, 1).await, apply(&rules, 1).await, apply(&rules, 1).await].to_vec();
    assert_eq!(first, [Some(added[0].id), Some(added[0].id), Some(added[1].id)]);
    assert_eq!(rules.all(), added[2..]);
}

#[tokio::test]
async fn rules_are_removed_one_by_one_by_program_or_all() {
    let rules = none_yet();
    let any = add(&rules, r#"{"answer":{"return_code":1}}"#).await;
    let demo = add(&rules, r#"{"program":"demo","answer":{"return_code":1}}"#).await;
    let other = add(&rules, r#"{"program":"other","answer":{"return_code":1}}"#).await;
    let ids = || rules.all().iter().map(|rule| rule.id).collect::<Vec<_>>();
    rules.clear(Some("demo")).await.expect("a store");
    assert_eq!(ids(), [any, other]);
    assert_eq!((rules.remove(demo).await, rules.remove(any).await), (Ok(false), Ok(true)));
    assert_eq!(ids(), [other]);
    rules.clear(None).await.expect("a store");
    assert_eq!(ids(), [] as [u64; 0]);
}

#[tokio::test]
async fn there_may_be_a_thousand_rules_and_no_more() {
    let rules = none_yet();
    for _ in 0..MOST_RULES {
        add(&rules, r#"{"answer":{"return_code":1}}"#).await;
    }
    let one_more = rules.add(rule(r#"{"answer":{"return_code":1}}"#), &SERVED).await;
    assert_eq!(one_more, Err(AddRuleError::TooMany));
}

#[tokio::test]
async fn a_rule_that_was_added_to_one_node_breaks_the_calls_of_another() {
    let [first, second] = nodes();
    let (one, other) = (on(&first), on(&second));
    let id = add(&one, r#"{"member_id":1,"times":3,"answer":{"return_code":315}}"#).await;
    second.look();
    assert_eq!((apply(&other, 1).await, apply(&one, 1).await), (Some(id), Some(id)));
    second.look();
    assert_eq!(other.all().iter().map(|rule| rule.used).collect::<Vec<_>>(), [2]);
    assert_eq!(other.remove(id).await, Ok(true));
    first.look();
    assert_eq!((one.all(), apply(&one, 1).await), (Vec::new(), None));
}

#[tokio::test]
async fn a_rule_that_is_used_up_elsewhere_leaves_the_call_to_the_next_one_that_fits() {
    let [first, second] = nodes();
    let (one, other) = (on(&first), on(&second));
    let spent = add(&one, r#"{"answer":{"return_code":1}}"#).await;
    add(&one, r#"{"member_id":2,"answer":{"return_code":2}}"#).await;
    let next = add(&one, r#"{"answer":{"return_code":3}}"#).await;
    second.look();
    assert_eq!(apply(&one, 1).await, Some(spent));
    assert!(other.all().iter().any(|rule| rule.id == spent), "the other node doesn't know yet");
    assert_eq!(apply(&other, 1).await, Some(next));
    assert_eq!(apply(&one, 1).await, None);
}

#[test]
fn rules_break_as_many_calls_of_all_nodes_as_they_should() {
    for times in [2, 50] {
        let nodes = nodes::<2>();
        let rules = nodes.each_ref().map(on);
        let text = format!(r#"{{"times":{times},"answer":{{"return_code":1}}}}"#);
        block_on(add(&rules[0], &text));
        nodes[1].look();
        let broken = AtomicUsize::new(0);
        thread::scope(|scope| {
            for rules in rules.iter().cycle().take(8) {
                scope.spawn(|| {
                    let calls = (0..100).map(|_| apply(rules, 1));
                    let ids = block_on(futures_util::future::join_all(calls));
                    broken.fetch_add(ids.into_iter().flatten().count(), Ordering::Relaxed);
                });
            }
        });
        assert_eq!(broken.into_inner(), times);
        for node in &nodes {
            node.look();
        }
        assert!(rules.iter().all(|rules| rules.all().is_empty()));
    }
}

#[tokio::test]
async fn no_rule_breaks_a_call_when_the_store_fails() {
    let [node] = nodes();
    let rules = on(&node);
    let id = add(&rules, r#"{"answer":{"return_code":1}}"#).await;
    node.set_down(true);
    assert_eq!(apply(&rules, 1).await, None);
    assert!(matches!(rules.add(rule(r#"{"answer":{"return_code":1}}"#), &SERVED).await, Err(AddRuleError::Ledger(_))));
    assert!(rules.remove(id).await.is_err() && rules.clear(None).await.is_err());
    node.set_down(false);
    assert_eq!(apply(&rules, 1).await, Some(id));
}

#[tokio::test]
async fn a_rule_that_this_version_does_not_understand_breaks_nothing() {
    let [node] = nodes();
    let rules = on(&node);
    for text in [r#"{"answer":{"earthquake":9}}"#, r#"{"weekday":"Monday","answer":{"return_code":1}}"#, "", "[]"] {
        let add = ConfigChange::AddRule { program: None, times: 1, rule: text.to_owned() };
        node.change_config(add).await.expect("a store");
    }
    let id = add(&rules, r#"{"answer":{"return_code":1}}"#).await;
    assert_eq!(rules.all().len(), 1);
    assert_eq!(apply(&rules, 1).await, Some(id));
}

#[tokio::test]
async fn the_number_of_a_call_is_read_while_nobody_waits() {
    let rules = none_yet();
    add(&rules, r#"{"number":"+15195550123","answer":{"delay_ms":1}}"#).await;
    let read = || {
        assert_eq!(apply(&rules, 2).now_or_never(), Some(None));
        assert_eq!(rules.clear(Some("other")).now_or_never(), Some(Ok(())));
        E164::new(15_195_550_123)
    };
    assert!(rules.apply(&context("demo", 1), read).await.is_some());
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}
