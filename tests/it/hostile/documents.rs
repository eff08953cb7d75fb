//! Hostile XML: bombs, depths and floods, up to the longest body that is read.

use std::fmt::Write;
use std::io;
use std::net::TcpListener;
use std::thread;

use super::{AttackClient, MAX_BODY, envelope};
use crate::harness::{Answer, Envelope};

/// Puts XML in front of the operation, where it is skipped.
pub(super) fn beside_the_operation(xml: &str) -> String {
    envelope().replacen("<SaveAccountPhone ", &format!("{xml}<SaveAccountPhone "), 1)
}

/// Puts XML in front of the first field, where it is skipped.
pub(super) fn beside_the_fields(xml: &str) -> String {
    envelope().replacen("<SecurityToken>", &format!("{xml}<SecurityToken>"), 1)
}

/// Puts XML into a block of the header.
fn in_the_header(xml: &str) -> String {
    let header = format!("<soap:Header><Block>{xml}</Block></soap:Header><soap:Body>");
    envelope().replacen("<soap:Body>", &header, 1)
}

/// Puts XML in place of a field's value.
pub(super) fn in_a_field(field: &str, xml: &str) -> String {
    Envelope::save_account_phone().with(field, "@@").xml().replacen("@@", xml, 1)
}

/// Repeats what `unit` gives for 0, 1, 2 and so on, for as long as a body of the longest kind has room beside `rest` bytes.
fn fill(rest: usize, unit: impl Fn(usize) -> String) -> String {
    let mut filling = String::with_capacity(MAX_BODY);
    for number in 0.. {
        let before = filling.len();
        filling += &unit(number);
        if filling.len() + rest > MAX_BODY {
            filling.truncate(before);
            return filling;
        }
    }
    filling
}

/// Room for an envelope around a filling.
pub(super) const AROUND: usize = 1_000;

/// A different name of four letters for each number.
pub(super) fn name(number: usize) -> String {
    let letter = |place: u32| char::from(b"abcdefghijklmnopqrstuvwxyzABCDEF"[number / 32usize.pow(place) % 32]);
    [3, 2, 1, 0].map(letter).iter().collect()
}

pub(super) fn assert_saved(answer: &Answer) {
    assert_eq!((answer.status, answer.return_code()), (200, 0));
}

pub(super) fn assert_ill_formed(answer: &Answer) {
    assert_eq!((answer.status, answer.text().as_str()), (400, ""));
}

#[test]
fn a_dtd_is_refused_before_it_is_looked_at() {
    let client = AttackClient::begin();
    let bait = TcpListener::bind("127.0.0.1:0").expect("a port");
    bait.set_nonblocking(true).expect("a listener");
    let bait_address = bait.local_addr().expect("an address");

    let mut laughs = "<!ENTITY l0 \"ha\">".to_owned();
    for level in 1..40 {
        let _ = write!(laughs, "<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10));
    }
    let long = format!("<!ENTITY long \"{}\">", "x".repeat(1 << 20));
    for (dtd, value) in [
        (format!("<!DOCTYPE x [{laughs}]>"), "&l39;".to_owned()),
        (format!("<!DOCTYPE x [{long}]>"), "&long;".repeat(100_000)),
        ("<!DOCTYPE x [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]>".to_owned(), "&a;".to_owned()),
        ("<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>".to_owned(), "&f;".to_owned()),
        (format!("<!DOCTYPE x [<!ENTITY h SYSTEM \"http://{bait_address}/\">]>"), "&h;".to_owned()),
        (format!("<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://{bait_address}/\"> %p;]>"), String::new()),
        (format!("<!DOCTYPE x SYSTEM \"http://{bait_address}/\">"), String::new()),
        (format!("<!DOCTYPE x PUBLIC \"-//x//y\" \"http://{bait_address}/\">"), String::new()),
        // Nothing of a DTD but its beginning, without an end.
        (format!("<!DOCTYPE x [{}", "<!ENTITY a '".repeat(10_000)), String::new()),
    ] {
        let document = in_a_field("SecurityToken", &value).replacen("?>", &format!("?>{dtd}"), 1);
        assert_ill_formed(&client.post(&document));
        let answer = client.post_without_action(&document);
        assert_eq!(answer.status, 500);
        let reason = "Server was unable to process request. ---&gt; DTD is prohibited in this XML document.</";
        assert!(answer.text().contains(reason), "{}", answer.text());
    }
    // What points elsewhere without a DTD is plain content.
    let include =
        format!("<x xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='http://{bait_address}/'/></x>");
    let hint = format!(
        "<x xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:schemaLocation='urn:x http://{bait_address}/'/>"
    );
    for elsewhere in [include, hint, format!("<?xml-stylesheet href='http://{bait_address}/'?>")] {
        assert_saved(&client.post(&beside_the_operation(&elsewhere)));
    }

    let nobody = bait.accept().expect_err("the server called somebody");
    assert_eq!(nobody.kind(), io::ErrorKind::WouldBlock);
    client.end();
}

#[test]
fn elements_may_be_nested_however_deep() {
    let client = AttackClient::begin();
    let deep = |start: &str, levels| format!("{}{}", start.repeat(levels), "</a>".repeat(levels));
    let deepest = deep("<a>", (MAX_BODY - AROUND) / 7);
    for xml in [&deep("<a>", 100_000), &deepest, &deep("<a xmlns='urn:a'>", 100_000), &deep("<a b='c'>", 100_000)] {
        for document in [beside_the_operation(xml), beside_the_fields(xml), in_the_header(xml)] {
            assert_saved(&client.post(&document));
        }
        // A value may hold one element with text, and no more.
        assert_ill_formed(&client.post(&in_a_field("SecurityToken", xml)));
    }
    let declaring = (0..100_000).fold(String::new(), |all, number| all + &format!("<a xmlns:{}='u'>", name(number)));
    assert_saved(&client.post(&beside_the_operation(&(declaring + &"</a>".repeat(100_000)))));
    // On the way to an operation that isn't named elsewhere, and behind it.
    let before_body = envelope().replacen("<soap:Body>", &format!("{deepest}<soap:Body>"), 1);
    let missing_body =
        "Server was unable to read request. ---&gt; Request format is invalid: Missing required soap:Body";
    assert!(client.post_without_action(&before_body).text().contains(missing_body));
    let behind_body = envelope().replacen("</soap:Body>", &format!("</soap:Body>{deepest}"), 1);
    assert_saved(&client.post(&behind_body));
    // Never closed.
    let (before, _) =
        beside_the_operation("@@").split_once("@@").map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a mark");
    assert_ill_formed(&client.post(&(before + &"<a>".repeat((MAX_BODY - AROUND) / 3))));
    client.end();
}

#[test]
fn half_a_million_attributes_are_passed_over() {
    let client = AttackClient::begin();
    let attributes = fill(AROUND, |number| format!(" {}=\"\"", name(number)));
    let declarations = fill(AROUND, |number| format!(" xmlns:{}='u'", name(number)));
    let used = fill(AROUND, |number| format!(" xmlns:{0}='{0}' {0}:a=''", name(number)));
    for xml in [format!("<a{attributes}/>"), format!("<a{declarations}/>"), format!("<a{used}/>")] {
        assert_saved(&client.post(&beside_the_operation(&xml)));
    }
    // A repetition is found at the end of half a million attributes, too.
    let last = &attributes[attributes.len() - " aaaa=\"\"".len()..];
    assert_ill_formed(&client.post(&beside_the_operation(&format!("<a{attributes}{last}/>"))));
    // A million don't fit, and where they nearly do, they can't all be different.
    let repeated = fill(AROUND, |_| " a=''".into());
    assert_ill_formed(&client.post(&beside_the_operation(&format!("<a{repeated}/>"))));
    let million = " a=''".repeat(1_000_000);
    let answer = client.post(&beside_the_operation(&format!("<a{million}/>")));
    assert_eq!(answer.status, 500);
    assert!(answer.text().contains("---&gt; Maximum request length exceeded."), "{}", answer.text());
    client.end();
}

#[test]
fn eight_giants_at_once_are_read_one_after_the_other() {
    let client = AttackClient::begin();
    let declarations = fill(AROUND, |number| format!(" xmlns:{}='u'", name(number)));
    let attributes = fill(AROUND, |number| format!(" {}=\"\"", name(number)));
    let unclosed = fill(AROUND, |_| "<a>".into());
    for (xml, status) in [(format!("<a{declarations}/>"), 200), (format!("<a{attributes}/>"), 200), (unclosed, 400)] {
        let document = &beside_the_operation(&xml);
        thread::scope(|scope| {
            let large: Vec<_> = (0..8).map(|_| scope.spawn(|| client.post(document))).collect();
            for large_call in large {
                // A slow machine may find no room for the last ones in time, and says so.
                let answer = large_call.join().expect("an answer");
                assert!(answer.status == status || answer.status == 503, "{answer:?}");
            }
        });
    }
    client.end();
}

#[test]
fn a_million_elements_are_passed_over() {
    let client = AttackClient::begin();
    for unit in ["<a/>", "<!---->", "<?a?>", "<a xmlns='u'/>"] {
        assert_saved(&client.post(&beside_the_operation(&fill(AROUND, |_| unit.into()))));
    }
    assert_saved(&client.post_without_action(&beside_the_fields(&fill(AROUND, |_| "<a/>".into()))));
    let repeated = fill(AROUND, |_| "<IsValid>1</IsValid>".into());
    assert_saved(&client.post(&beside_the_fields(&repeated)));
    let blocks = fill(AROUND, |_| "<a soap:mustUnderstand='0'/>".into());
    let header = format!("<soap:Header>{blocks}</soap:Header><soap:Body>");
    assert_saved(&client.post(&envelope().replacen("<soap:Body>", &header, 1)));
    // As many as fit beside nothing else are too many beside an envelope.
    let answer = client.post(&beside_the_operation(&"<a/>".repeat(MAX_BODY / 4)));
    assert_eq!(answer.status, 500);
    assert!(answer.text().contains("---&gt; Maximum request length exceeded."), "{}", answer.text());
    client.end();
}
