use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, Uri, Version};

use super::*;
use crate::calls::{Api, CallContext, Disconnect, Outcome};
use crate::ledger::nodes::{TestNode, nodes};
use crate::ledger::{self, Begun, Directory, LedgerUrl};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A journal of one process.
fn journal(entries: u32, age: Duration) -> Journal {
    let ledger = ledger();
    let shared_state = ledger.shared_state();
    Journal::new(ledger, shared_state, JournalBounds { entries, age })
}

/// A ledger without any program.
fn ledger() -> Arc<dyn Ledger> {
    ledger::open(&LedgerUrl::Memory).expect("a ledger")
}

fn on(node: &Arc<TestNode>) -> Journal {
    Journal::new(ledger(), Arc::<TestNode>::clone(node), JournalBounds { entries: 1000, age: DAY })
}

fn begun() -> Begun {
    Begun::now(&Directory::default())
}

/// A head with a token in it.
fn head() -> Head {
    let mut headers = HeaderMap::new();
    for (name, value) in [("soapaction", "\"a\""), ("content-type", "text/xml"), ("x-security-token", "SECRET")] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    Head::new(&Method::POST, &Uri::from_static("/a?SecurityToken=SECRET&b=1"), Version::HTTP_11, &headers)
}

const REQUEST: &str = "<SecurityToken>SECRET</SecurityToken><a>\u{0}Ω</a>";

fn record(journal: &Journal, program: Option<&str>, member: i32, return_code: Option<u16>) {
    let mut call = Call::begin(Api::Sync, "2026-01-01T00:00:00.5Z".parse().expect("a time"), begun());
    let operation = program.map(|_| "SaveAccountPhone");
    call.context = CallContext { api: Api::Sync, operation, program: program.map(Into::into), member_id: Some(member) };
    let fault_rule = return_code.is_none().then_some((7, FaultAnswer::Disconnect(Disconnect::After)));
    let why = return_code.filter(|code| *code == 315).map(|_| "member 7 holds the number".into());
    call.outcome = Outcome { return_code, fault: return_code.is_none().then(|| "Oh no".to_owned()), fault_rule, why };
    let request = Message { head: head(), text: REQUEST.to_owned(), is_whole: true };
    let http_status = return_code.map(|_| 200);
    journal.record(call, Duration::from_micros(12), Answer { http_status, request, response: b"<b/>\xff" }, || true);
}

async fn members(journal: &Journal, filter: &EntryFilter) -> Vec<Option<i32>> {
    journal.find(filter).await.expect("a store").entries.iter().map(|entry| entry.member_id).collect()
}

#[tokio::test]
async fn an_entry_tells_all_of_a_call_but_its_token() {
    let journal = journal(10, DAY);
    record(&journal, Some("demo"), 1, Some(315));
    record(&journal, None, 2, None);
    let page = journal.find(&EntryFilter::default()).await.expect("a store");
    let [saved, broken] = page.entries.as_slice() else { unreachable!("{page:?}") };
    assert_eq!((saved.program.as_deref(), saved.operation.as_deref()), (Some("demo"), Some("SaveAccountPhone")));
    assert_eq!((saved.return_code, saved.http_status, saved.duration_us), (Some(315), Some(200), 12));
    assert_eq!(saved.request, "<SecurityToken>***</SecurityToken><a>\u{0}Ω</a>");
    assert_eq!(saved.response, "<b/>\u{fffd}");
    assert_eq!((broken.http_status, broken.fault.as_deref()), (None, Some("Oh no")));
    assert_eq!((saved.why.as_deref(), broken.why.as_deref()), (Some("member 7 holds the number"), None));
    let line = (saved.method.as_str(), saved.path.as_str(), saved.query.as_deref(), saved.http_version.as_str());
    assert_eq!(line, ("POST", "/a", Some("SecurityToken=***&b=1"), "HTTP/1.1"));
    let headers: Vec<_> = saved.headers.iter().map(|header| (header.name.as_str(), header.value.as_str())).collect();
    assert_eq!(headers, [("content-type", "text/xml"), ("soapaction", "\"a\""), ("x-security-token", "***")]);
    assert_eq!(broken.fault_rule.as_ref().map(|rule| rule.id), Some(7));
    let (entry, message) = journal.entry(saved.id).await.expect("a store").expect("an entry");
    let message = message.expect("what can be sent again");
    assert_eq!((&entry, message.text.as_str(), message.is_whole), (saved, REQUEST, true));
    // Headers of different names have no order.
    let sorted = |head: &Head| head.headers().map(|(name, value)| format!("{name}: {value}")).collect::<BTreeSet<_>>();
    assert_eq!((message.head.first_line(), sorted(&message.head)), (head().first_line(), sorted(&head())));
    assert_eq!(journal.entry(broken.id + 1).await, Ok(None));
}

#[tokio::test]
async fn entries_are_found_by_what_was_called_and_paged() {
    let journal = journal(10, DAY);
    for (program, member, code) in [(Some("a"), 1, 0), (Some("b"), 2, 0), (Some("a"), 3, 315), (None, 4, 0)] {
        record(&journal, program, member, Some(code));
    }
    let first = journal.find(&EntryFilter::default()).await.expect("a store").entries[0].id;
    let any = EntryFilter::default;
    for (filter, expected) in [
        (any(), &[1, 2, 3, 4][..]),
        (EntryFilter { program: Some("a".into()), ..any() }, &[1, 3]),
        (EntryFilter { operation: Some("SaveAccountPhone".into()), ..any() }, &[1, 2, 3]),
        (EntryFilter { member_id: Some(2), ..any() }, &[2]),
        (EntryFilter { return_code: Some(315), ..any() }, &[3]),
        (EntryFilter { code: Some("OK".into()), ..any() }, &[]),
        (EntryFilter { api: Some("sync".into()), ..any() }, &[1, 2, 3, 4]),
        (EntryFilter { api: Some("cams".into()), ..any() }, &[]),
        (EntryFilter { http_status: Some(200), ..any() }, &[1, 2, 3, 4]),
        (EntryFilter { http_status: Some(500), ..any() }, &[]),
        (EntryFilter { fault: Some(String::new()), ..any() }, &[]),
        (EntryFilter { rule: Some(7), ..any() }, &[]),
        (EntryFilter { text: Some("MEMBER 7 holds".into()), ..any() }, &[3]),
        (EntryFilter { text: Some("SECRET".into()), ..any() }, &[]),
        (EntryFilter { text: Some("Ω".into()), limit: Some(2), ..any() }, &[3, 4]),
        (EntryFilter { text: Some("Ω".into()), before: Some(first + 2), limit: Some(1), ..any() }, &[2]),
        (EntryFilter { text: Some("Ω".into()), after: Some(first), limit: Some(1), ..any() }, &[2]),
        (EntryFilter { number: Some("abc".into()), ..any() }, &[]),
        (EntryFilter { before: Some(first + 3), limit: Some(2), ..any() }, &[2, 3]),
        (EntryFilter { before: Some(first + 2), after: Some(first), ..any() }, &[2]),
        (EntryFilter { limit: Some(2), ..any() }, &[3, 4]),
        (EntryFilter { limit: Some(usize::MAX), ..any() }, &[1, 2, 3, 4]),
        (EntryFilter { after: Some(first), limit: Some(2), ..any() }, &[2, 3]),
        (EntryFilter { limit: Some(0), ..any() }, &[]),
    ] {
        let expected: Vec<_> = expected.iter().copied().map(Some).collect();
        assert_eq!(members(&journal, &filter).await, expected, "{filter:?}");
    }
    for (filter, expected) in [
        (EntryFilter { limit: Some(1), ..any() }, 4),
        (EntryFilter { before: Some(first), ..any() }, 4),
        (EntryFilter { after: Some(first), limit: Some(1), ..any() }, 3),
        (EntryFilter { text: Some("ω".into()), limit: Some(1), ..any() }, 4),
    ] {
        assert_eq!(journal.find(&filter).await.expect("a store").total, expected, "{filter:?}");
        assert_eq!(journal.count(&filter).await.expect("a store").count, expected, "{filter:?}");
    }
    journal.clear(Some("a")).await.expect("a store");
    assert_eq!(members(&journal, &any()).await, [Some(2), Some(4)]);
    journal.clear(None).await.expect("a store");
    assert_eq!(journal.find(&any()).await, Ok(Page::default()));
}

#[tokio::test]
async fn calls_of_companions_are_found_and_told_as_they_were_noted() {
    let text = r#"{"text":"***","api":"pims.authentication.smscode"}"#;
    let journal = journal(10, DAY);
    record(&journal, Some("demo"), 1, Some(0));
    for (api, operation, code) in
        [(Api::Cams, "ChatappMigrationVerified", None), (Api::Pims, "modifyPhoneNumber", Some(2204))]
    {
        let mut call = Call::begin(api, "2026-01-01T00:00:00Z".parse().expect("a time"), begun());
        call.context.operation = Some(operation);
        call.context.member_id = Some(3);
        call.outcome.return_code = code;
        call.outcome.fault = code.is_none().then(|| "InvalidVerifyCode".to_owned());
        let request = Message { text: text.to_owned(), ..Message::default() };
        journal.record(call, Duration::ZERO, Answer { http_status: Some(400), request, response: b"{}" }, || true);
    }
    for (operation, api, code, fault) in [
        ("ChatappMigrationVerified", Api::Cams, None, Some("InvalidVerifyCode")),
        ("modifyPhoneNumber", Api::Pims, Some(2204), None),
    ] {
        let filter =
            EntryFilter { operation: Some(operation.to_owned()), member_id: Some(3), ..EntryFilter::default() };
        let page = journal.find(&filter).await.expect("a store");
        let [entry] = page.entries.as_slice() else { unreachable!("{page:?}") };
        assert_eq!((entry.api, entry.return_code, entry.fault.as_deref()), (api, code, fault));
        assert_eq!(entry.request, text);
        let (_, message) = journal.entry(entry.id).await.expect("a store").expect("an entry");
        assert_eq!(message, None);
    }
    let filter = EntryFilter { return_code: Some(2204), ..EntryFilter::default() };
    assert_eq!(members(&journal, &filter).await, [Some(3)]);
    // What a SOAP fault says is no code of CAMS.
    record(&journal, Some("demo"), 4, None);
    for (filter, expected) in [
        (EntryFilter { fault: Some("oh".into()), ..EntryFilter::default() }, &[Some(4)][..]),
        (EntryFilter { fault: Some(String::new()), ..EntryFilter::default() }, &[Some(3), Some(4)]),
        (EntryFilter { rule: Some(7), ..EntryFilter::default() }, &[Some(4)]),
        (EntryFilter { api: Some("cams".into()), ..EntryFilter::default() }, &[Some(3)]),
        (EntryFilter { http_status: Some(400), ..EntryFilter::default() }, &[Some(3), Some(3)]),
    ] {
        assert_eq!(members(&journal, &filter).await, expected, "{filter:?}");
    }
    for (code, expected) in [("InvalidVerifyCode", &[Some(3)][..]), ("Invalid", &[]), ("Oh no", &[]), ("OK", &[])] {
        let filter = EntryFilter { code: Some(code.to_owned()), ..EntryFilter::default() };
        assert_eq!(members(&journal, &filter).await, expected, "{code}");
    }
}

#[tokio::test]
async fn the_oldest_entries_make_room_and_are_counted() {
    let journal = journal(2, DAY);
    (1..=5).for_each(|member| record(&journal, Some("demo"), member, Some(0)));
    let page = journal.find(&EntryFilter::default()).await.expect("a store");
    assert_eq!((page.entries.len(), page.dropped), (2, 3));
    for (after, is_incomplete) in [(None, true), (Some(2), true), (Some(3), false), (Some(4), false)] {
        let count = journal.count(&EntryFilter { after, ..EntryFilter::default() }).await.expect("a store");
        assert_eq!(count.is_incomplete, is_incomplete, "{after:?}");
    }
    assert_eq!(members(&journal, &EntryFilter::default()).await, [Some(4), Some(5)]);
    journal.clear(None).await.expect("a store");
    assert_eq!(journal.find(&EntryFilter::default()).await, Ok(Page::default()));
}

#[tokio::test]
async fn entries_that_are_too_old_go_whether_somebody_calls_or_only_looks() {
    let journal = journal(100, Duration::from_millis(300));
    record(&journal, Some("demo"), 1, Some(0));
    let first = journal.find(&EntryFilter::default()).await.expect("a store").entries[0].id;
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(journal.entry(first).await, Ok(None));
    record(&journal, Some("demo"), 2, Some(0));
    record(&journal, Some("demo"), 3, Some(0));
    let page = journal.find(&EntryFilter::default()).await.expect("a store");
    assert_eq!((page.entries.len(), page.dropped), (2, 1));
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(journal.find(&EntryFilter::default()).await, Ok(Page { entries: Vec::new(), total: 0, dropped: 3 }));
}

#[tokio::test]
async fn each_node_tells_the_calls_of_all() {
    let [first, second] = nodes();
    let (one, other) = (on(&first), on(&second));
    record(&one, Some("demo"), 1, Some(0));
    record(&other, Some("demo"), 2, Some(0));
    record(&one, Some("demo"), 3, Some(0));
    for journal in [&one, &other] {
        assert_eq!(members(journal, &EntryFilter::default()).await, [Some(1), Some(2), Some(3)]);
    }
    let last =
        one.find(&EntryFilter { limit: Some(1), ..EntryFilter::default() }).await.expect("a store").entries[0].id;
    let (_, message) = other.entry(last).await.expect("a store").expect("an entry");
    assert_eq!(message.map(|message| message.text).as_deref(), Some(REQUEST));
    other.clear(None).await.expect("a store");
    assert_eq!(one.find(&EntryFilter::default()).await, Ok(Page::default()));
}

#[tokio::test]
async fn a_store_that_fails_is_no_empty_journal() {
    let [node] = nodes();
    let journal = on(&node);
    node.set_down(true);
    assert!(journal.find(&EntryFilter::default()).await.is_err());
    assert!(journal.entry(1).await.is_err());
    assert!(journal.clear(None).await.is_err());
}

#[tokio::test]
async fn a_ledger_ends_though_its_journal_has_calls() {
    let ledger = ledger();
    let journal = Journal::new(Arc::clone(&ledger), ledger.shared_state(), JournalBounds::default());
    record(&journal, Some("demo"), 1, Some(0));
    let kept = Arc::downgrade(&ledger);
    drop((journal, ledger));
    assert!(kept.upgrade().is_none());
}
