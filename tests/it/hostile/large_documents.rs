//! Hostile XML: parts of documents as long as the longest body that is read.

use super::documents::{AROUND, assert_ill_formed, assert_saved, beside_the_operation, in_a_field, name};
use super::{AttackClient, MAX_BODY, envelope};

#[test]
fn a_value_of_four_mebibytes_is_a_value() {
    let client = AttackClient::begin();
    let long = |unit: &str| unit.repeat((MAX_BODY - AROUND) / unit.len());
    for (field, value, code) in [
        ("SecurityToken", long("x"), 100),
        ("SecurityToken", long("&#x1D11E;"), 100),
        ("SecurityToken", format!("&#{}65;", long("0")), 100),
        ("SecurityToken", long("<![CDATA[]]>"), 100),
        ("SecurityToken", format!("<![CDATA[{}]]>", long("]")), 100),
        ("SecurityToken", long("\r"), 100),
        ("SecurityToken", long("\u{1D11E}"), 100),
        ("MemberId", long("0") + "1001", 0),
        ("PhoneNumberTypeExternalReference", long("x"), 308),
        ("MobileCarrierExternalReference", long("x"), 316),
        ("PhoneNumber", long("1"), 1),
        ("PhoneNumber", long("+"), 2),
        ("PhoneNumber", long("+15195550123 "), 1),
        ("PhoneNumber", "+15195550123".to_owned() + &long(" x1"), 1),
        ("PhoneNumber", "+15195550123".to_owned() + &long(";ext="), 1),
    ] {
        let answer = client.post(&in_a_field(field, &value));
        let beginning: String = value.chars().take(20).collect();
        assert_eq!((answer.status, answer.return_code()), (200, code), "{field} {beginning}");
    }
    for number in [long("1"), long("-")] {
        assert_eq!(client.post(&in_a_field("MemberId", &number)).status, 500);
    }
    client.end();
}

#[test]
fn a_part_of_four_mebibytes_is_passed_over() {
    let client = AttackClient::begin();
    let long = "x".repeat(MAX_BODY - AROUND);
    for xml in [
        format!("<a b='{long}'/>"),
        format!("<{long}/>"),
        format!("<a {long}='b'/>"),
        format!("<a xmlns:b='{long}'><b:c/></a>"),
        format!("<!--{long}-->"),
        format!("<?{long}?>"),
        format!("<a>{long}</a>"),
        format!("<a b='{}'/>", "&lt;".repeat(long.len() / 4)),
        format!("<a xmlns='{}'/>", "&lt;".repeat(long.len() / 4)),
        format!("<a{}/>", "\n".repeat(long.len())),
    ] {
        assert_saved(&client.post(&beside_the_operation(&xml)));
    }
    client.end();
}

#[test]
fn many_names_in_a_long_namespace_are_passed_over() {
    let client = AttackClient::begin();
    let half = "u".repeat(MAX_BODY / 2 - AROUND);
    let one_tag = (0..100_000).fold(String::new(), |all, number| all + &format!(" p:{}=''", name(number)));
    assert_saved(&client.post(&beside_the_operation(&format!("<a xmlns:p='{half}'><a{one_tag}/></a>"))));
    let (first, second) = half.split_at(half.len() / 2);
    for tags in ["<a p:b='' q:b=''/>", "<a p:a='' q:a='' p:b='' q:b='' p:c='' q:c='' p:d='' q:d='' p:e='' q:e=''/>"] {
        let tags = tags.repeat(half.len() / tags.len());
        let document = beside_the_operation(&format!("<a xmlns:p='{first}p' xmlns:q='{second}q'>{tags}</a>"));
        assert_saved(&client.post(&document));
    }
    client.end();
}

#[test]
fn a_defect_of_four_mebibytes_is_answered() {
    let client = AttackClient::begin();
    let long = "x".repeat(MAX_BODY - AROUND);
    let (half, other) = long.split_at(long.len() / 2);
    for xml in [
        format!("<{half}></{other}y>"),
        format!("<{long}:a/>"),
        format!("<a xmlns='{half}' b='' xmlns='{other}'/>"),
        format!("<a b='{long}/>"),
        format!("<!--{long}--"),
        format!("&#{};", "9".repeat(long.len())),
    ] {
        assert_ill_formed(&client.post(&beside_the_operation(&xml)));
    }
    // Met on the way to the operation, the same is told in words.
    let unclosed = format!("<{half}><{}>", &other[1..]);
    for xml in [format!("<{long}:a/>"), unclosed] {
        assert_eq!(client.post_without_action(&beside_the_operation(&xml)).status, 500);
    }
    // Answers that quote a name don't grow with it.
    for document in [
        format!("<Envelope xmlns='{long}'/>"),
        format!("<Envelope xmlns='{}'/>", ">".repeat(long.len())),
        envelope().replacen(
            "<soap:Body>",
            &format!("<soap:Header><{long} soap:mustUnderstand='1'/></soap:Header><soap:Body>"),
            1,
        ),
        envelope().replacen(
            "<preqSaveAccountPhone>",
            &format!(
                "<preqSaveAccountPhone xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:type='{}'>",
                ">".repeat(long.len())
            ),
            1,
        ),
    ] {
        let answer = client.post(&document);
        assert_eq!((answer.status, answer.body.len() < 1 << 20), (500, true));
    }
    client.end();
}
