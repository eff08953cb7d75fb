use proptest::prelude::*;

use super::*;
use crate::domain::{Permissions, SecurityToken};
use crate::ledger::{Program, ProgramDocument, ProgramId};
use crate::steps::hostile;

const LONG: &str = "TEST-TOKEN";
const SHORT: &str = "T1";

/// A masker that knows these tokens.
fn knowing(tokens: &[&str]) -> Masker {
    let program = Program::new(ProgramId(1), 1, "demo", ProgramDocument::default());
    let permissions = Permissions { methods: Vec::new(), suspended: true, template: false, expires_at: None };
    let tokens = tokens.iter().map(|token| (ProgramId(1), SecurityToken::new(*token), permissions.clone()));
    Masker::new(&Directory::new(1, vec![program], tokens.collect()))
}

fn request(text: &str) -> String {
    knowing(&[LONG, SHORT]).mask_request(Api::Sync, text, usize::MAX)
}

#[test]
fn what_stands_behind_the_name_of_a_token_is_hidden_however_it_is_written() {
    for (message, masked) in [
        ("<a><SecurityToken>T</SecurityToken></a>", "<a><SecurityToken>***</SecurityToken></a>"),
        ("<x:SecurityToken a='b'>T</x:SecurityToken>", "<x:SecurityToken a='***'>***</x:SecurityToken>"),
        (
            "<SecurityToken xmlns='https://x' i:type=\"x:string\">T</SecurityToken>",
            "<SecurityToken xmlns='https://x' i:type=\"x:string\">***</SecurityToken>",
        ),
        ("<securitytoken>T</securitytoken><a>1</a>", "<securitytoken>***</securitytoken><a>1</a>"),
        ("<preqSECURITY_TOKENs>T</preqSECURITY_TOKENs>", "<preqSECURITY_TOKENs>***</preqSECURITY_TOKENs>"),
        ("<SecurityToken><![CDATA[T]]></SecurityToken>", "<SecurityToken>***</SecurityToken>"),
        ("<SecurityToken><![CDATA[</SecurityToken><a>]]>T</SecurityToken>", "<SecurityToken>***</SecurityToken>"),
        ("<SecurityToken><!--</SecurityToken>-->T</SecurityToken><a>1", "<SecurityToken>***</SecurityToken><a>1"),
        ("<SecurityToken><b>T</b></SecurityToken>", "<SecurityToken>***</SecurityToken>"),
        ("<SecurityToken><SecurityToken/>T</SecurityToken><a>1", "<SecurityToken>***</SecurityToken><a>1"),
        ("<SecurityToken>T", "<SecurityToken>***"),
        ("<SecurityToken a='/'>T</SecurityToken>", "<SecurityToken a='***'>***</SecurityToken>"),
        ("<SecurityToken a=/>T</SecurityToken>", "<SecurityToken a=***>***</SecurityToken>"),
        ("<SecurityToken a='>T</SecurityToken>", "<SecurityToken a='***"),
        ("<SecurityToken/>T<a>1</a>", "<SecurityToken/>***<a>1</a>"),
        ("<SecurityToken/><!--T--><![CDATA[T]]><a>1</a>", "<SecurityToken/>***<a>1</a>"),
        ("<SecurityToken/><MemberId>1</MemberId>", "<SecurityToken/><MemberId>1</MemberId>"),
        ("<SecurityToken></SecurityToken>", "<SecurityToken></SecurityToken>"),
        ("<SecurityToken></SecurityToken>T<a>", "<SecurityToken></SecurityToken>***<a>"),
        ("<SecurityToken T/>", "<SecurityToken ***>"),
        ("<a SecurityToken=\"T\" b='1'/>", "<a SecurityToken=\"***\" b='1'/>"),
        ("<a name='SecurityToken' value='T' b='1'/>", "<a name='SecurityToken' value='***' b='1'/>"),
        ("<n>SecurityToken</n><v>T</v><v>1</v>", "<n>SecurityToken</n><v>***</v><v>1</v>"),
        ("<!-- SecurityToken: T --><a>1</a>", "<!-- SecurityToken: ***<a>1</a>"),
        (
            "&lt;SecurityToken&gt;T&lt;/SecurityToken&gt;&lt;a>1",
            "&lt;SecurityToken&gt;***&lt;/SecurityToken&gt;&lt;a>1",
        ),
        ("&amp;lt;SecurityToken&amp;gt;T&amp;lt;/a", "&amp;lt;SecurityToken&amp;gt;***"),
        ("SecurityToken=T&MemberId=1", "SecurityToken=***&MemberId=1"),
        ("a=1&Security%54oken=T%26U&MemberId=1", "a=1&Security%54oken=***&MemberId=1"),
        ("{\"SecurityToken\": \"T\\\"U\", \"a\": 1}", "{\"SecurityToken\": \"***\", \"a\": 1}"),
        ("{\"security_tokens\": [\"T\", {\"b\": \"]\"}], \"a\": 1}", "{\"security_tokens\": [***], \"a\": 1}"),
        ("{\"securityToken\":123,\"a\":1}", "{\"securityToken\":***,\"a\":1}"),
        ("{\"\\u0053ecurityToken\":\"T\",\"a\":1}", "{\"\\u0053ecurityToken\":\"***\",\"a\":1}"),
        (
            "{\"x\":\"{\\\"SecurityToken\\\":\\\"T\\\",\\\"a\\\":1}\"}",
            "{\"x\":\"{\\\"SecurityToken\\\":\\\"***\\\",\\\"a\\\":1}\"}",
        ),
        (
            "{\"name\":\"SecurityToken\",\"value\":\"T\",\"a\":1}",
            "{\"name\":\"SecurityToken\",\"value\":\"***\",\"a\":1}",
        ),
        ("x-acs-security-token: T\na: 1", "x-acs-security-token: ***\na: 1"),
        ("name=\"SecurityToken\"\r\n\r\nT\r\n--b", "name=\"SecurityToken\"\r\n\r\n***\r\n--b"),
        ("the security token T is wrong\na", "the security token ***\na"),
        ("SecurityToken", "SecurityToken"),
        ("<SecurityToken", "<SecurityToken"),
        ("<SecurityToken ", "<SecurityToken "),
    ] {
        assert_eq!(request(message), masked, "{message}");
    }
    let letters = "<SecurityToken>T</SecurityToken><a>1</a>".bytes();
    for utf_16 in [letters.clone().flat_map(|byte| [byte, 0]).collect(), letters.flat_map(|byte| [0, byte]).collect()] {
        let shown = request(&String::from_utf8(utf_16).expect("a text"));
        assert_eq!(shown.replace('\0', ""), "<SecurityToken>***</SecurityToken><a>1</a>");
    }
}

#[test]
fn a_long_token_that_is_known_is_hidden_wherever_it_stands() {
    for (message, masked) in [
        ("<a>x TEST-TOKENx</a>", "<a>x ***x</a>"),
        ("<!-- TEST-TOKEN -->", "<!-- *** -->"),
        ("<TEST-TOKEN/>", "<***/>"),
        ("test-token", "***"),
        ("T\0E\0S\0T\0-\0T\0O\0K\0E\0N\0", "***\0"),
        ("<a>TEST<!-- > -->-TOK<![CDATA[EN]]></a>", "<a>***]]></a>"),
        ("<a><b>TEST</b>-<b>TOKEN</b></a>", "<a><b>***</b></a>"),
        ("%54EST%2dTOKEN %u0054EST-TOKEN", "*** ***"),
        ("&#84;EST-&#x054;OKEN", "***"),
        ("TEST&amp;#45;TOKEN", "***"),
        ("\\u0054EST-TOKEN", "***"),
        ("TEST-TOKE", "TEST-TOKE"),
    ] {
        assert_eq!(request(message), masked, "{message}");
        assert_eq!(knowing(&[LONG]).mask_answer(message, usize::MAX), masked, "{message}");
    }
    let odd = knowing(&["a b+c/d&\"e\"", "schlüssel-1"]);
    for message in [
        "a=a+b%2Bc%2Fd%26%22e%22",
        "<a>a b+c/d&amp;\"e\"</a>",
        "{\"a\":\"a b+c\\/d&\\\"e\\\"\"}",
        "schl%C3%BCssel-1",
        "schl&#252;ssel-1",
        "schl?ssel-1",
        "schl??ssel-1",
        "schl\u{fffd}ssel-1",
        "SCHLüSSEL-1",
    ] {
        let shown = odd.mask_answer(message, usize::MAX);
        assert!(shown.contains("***") && !shown.contains("d&") && !shown.contains("ssel"), "{shown}");
    }
}

#[test]
fn a_short_token_that_is_known_is_hidden_where_it_is_a_whole_value() {
    for (message, masked) in [
        ("<a>T1</a><b>T12</b>", "<a>***</a><b>T12</b>"),
        ("<a> t1\n</a>", "<a> ***\n</a>"),
        ("<a b='T1' c=\"T1\"/>", "<a b='***' c=\"***\"/>"),
        ("<T1>a T1 b</T1>", "<T1>a T1 b</T1>"),
        ("<!-- T1 -->", "<!-- *** -->"),
        ("a=T1&b=AT1&c=%541", "a=***&b=AT1&c=***"),
        ("{\"a\":\"T1\",\"b\":[\"T1\"]}", "{\"a\":\"***\",\"b\":[\"***\"]}"),
        ("HTTP Header SOAPAction: T1.", "HTTP Header SOAPAction: ***."),
        ("The action 'T1' was not recognized.", "The action '***' was not recognized."),
        ("T1", "***"),
    ] {
        assert_eq!(request(message), masked, "{message}");
    }
}

#[test]
fn what_gives_access_to_companions_is_hidden() {
    let of = |api, text| knowing(&[]).mask_request(api, text, usize::MAX);
    let body =
        r#"{"parameters":{"credential":{"clientId":"i","clientSecret":"s"},"list":[{"password":["p"]}],"pinCode":1}}"#;
    let masked = r#"{"parameters":{"credential":{"clientId":"i","clientSecret":"***"},"list":[{"password":[***]}],"pinCode":***}}"#;
    assert_eq!(of(Api::Pims, body), masked);
    assert_eq!(of(Api::Pims, r#"{"oldPIN":"1","newPIN":"2","a":3}"#), r#"{"oldPIN":"***","newPIN":"***","a":3}"#);
    assert_eq!(of(Api::Cams, "a?Signature=s&SignatureNonce=n"), "a?Signature=***&SignatureNonce=n");
    assert_eq!(
        of(Api::Cams, "SignedHeaders=host;x-acs-security-token;x-acs-version,Signature=s\nhost: h"),
        "SignedHeaders=host;x-acs-security-token;x-acs-version,Signature=***\nhost: h"
    );
    assert_eq!(of(Api::Sync, "password=a&Signature=b"), "password=a&Signature=b");
}

#[test]
fn a_text_is_cut_at_the_limit_of_what_was_sent() {
    let masker = knowing(&[LONG]);
    assert_eq!(masker.mask_answer("abcTEST-TOKENdef", 5), "abc***");
    assert_eq!(masker.mask_answer("abcTEST-TOKENdef", 14), "abc***d");
    assert_eq!(masker.mask_answer("aé", 2), "a");
}

#[test]
fn what_is_encoded_again_and_again_is_hidden_as_a_whole() {
    let deep = format!("a%{}54b", "25".repeat(100));
    assert_eq!(request(&deep), "***");
}

#[test]
fn work_on_hostile_text_is_linear() {
    let masker = knowing(&[LONG, SHORT, "aaaaaaaa", "a", "aa", "."]);
    let request = |api, text: &str| drop(masker.mask_request(api, text, usize::MAX));
    hostile::assert_linear(&[
        ("a request to Sync", &|text| request(Api::Sync, text)),
        ("a request to CAMS", &|text| request(Api::Cams, text)),
        ("a request to PIMS", &|text| request(Api::Pims, text)),
        ("a request behind the name of a secret", &|text| request(Api::Sync, &format!("<SecurityToken>{text}"))),
        ("an answer", &|text| drop(masker.mask_answer(text, usize::MAX))),
    ]);
}

proptest! {
    #[test]
    fn a_known_token_is_never_shown(before in hostile::mixtures(), behind in hostile::mixtures()) {
        let shown = request(&format!("{before}{LONG}{behind}"));
        prop_assert!(!shown.to_ascii_uppercase().contains(LONG), "{shown}");
    }
}
