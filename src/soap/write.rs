//! From a result or a fault to an envelope, byte for byte as ASP.NET writes it; and from a request to the envelope of a client.

use super::data_set::push_data_set;
use super::fault::{Fault, FaultCode};
use super::version::Version;
use crate::contract::{CODE, Field, Kind, Method, Output, Pair, Request, Value};

const BODY_END: &str = "</soap:Body></soap:Envelope>";

/// The envelope of a result: its elements in documented order, in the name, the version and the namespace of the caller.
pub fn write_result(version: Version, namespace: &str, method: Method, code: u16, output: &Output) -> String {
    let mut out = envelope_start(version);
    push(&mut out, &["<soap:Body><", method.name, "Response xmlns=\""]);
    push_escaped_attribute(&mut out, namespace);
    push(&mut out, &["\"><", method.name, "Result>"]);
    push_int(&mut out, CODE.name, code.into());
    for (index, field) in method.operation.response.fields.iter().enumerate().skip(1) {
        match (output.get(index), field.kind) {
            (Some(Value::Text(text)), _) => push_text(&mut out, field.name, text),
            (Some(Value::Int(number)), _) => push_int(&mut out, field.name, *number),
            (Some(Value::Rows(rows)), Kind::DataSet(data_set)) => push_data_set(&mut out, field.name, data_set, rows),
            (None, Kind::Text) => push_text(&mut out, field.name, ""),
            (None, Kind::Int) => push_int(&mut out, field.name, 0),
            // A null object is left out (ASP.NET).
            _ => {}
        }
    }
    push(&mut out, &["</", method.name, "Result></", method.name, "Response>", BODY_END]);
    out
}

/// The envelope of a call as a client would write it, without a declaration: the elements that the request has, in documented order.
pub fn write_request(version: Version, namespace: &str, request: &Request<'_>) -> String {
    let (operation, mut fields) = (request.operation(), String::new());
    for (field, value) in request.given() {
        match value {
            Value::Text(text) => push_sent_text(&mut fields, field.name, text),
            Value::Int(number) => push_int(&mut fields, field.name, *number),
            Value::Pairs(Some(pairs)) => push_pairs(&mut fields, field, pairs),
            // One that is nil may be left out as well.
            Value::Pairs(None) | Value::Rows(_) => {}
        }
    }
    let (name, parameter) = (operation.name, operation.parameter);
    format!(
        "<soap:Envelope xmlns:soap=\"{}\"><soap:Body><{name} xmlns=\"{}\"><{parameter}>{fields}</{parameter}></{name}>{BODY_END}",
        version.namespace(),
        escape(namespace),
    )
}

fn push_sent_text(out: &mut String, name: &str, text: &str) {
    match text {
        "" => push(out, &["<", name, "/>"]),
        _ => push(out, &["<", name, ">", &escape(text), "</", name, ">"]),
    }
}

/// An array as a client sends it.
fn push_pairs(out: &mut String, field: &Field, pairs: &[Option<Pair<'_>>]) {
    let Some(item) = field.item() else { return };
    push(out, &["<", field.name, ">"]);
    for pair in pairs {
        let Some(pair) = pair else {
            push(out, &["<", item.name, " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>"]);
            continue;
        };
        push(out, &["<", item.name, ">"]);
        for (field, text) in item.fields.iter().zip([&pair.reference, &pair.value]) {
            if let Some(text) = text {
                push_sent_text(out, field.name, text);
            }
        }
        push(out, &["</", item.name, ">"]);
    }
    push(out, &["</", field.name, ">"]);
}

/// An `xsd:int`, always written.
pub(super) fn push_int(out: &mut String, name: &str, value: i32) {
    push(out, &["<", name, ">", &value.to_string(), "</", name, ">"]);
}

/// An `xsd:string` that isn't null.
pub(super) fn push_text(out: &mut String, name: &str, value: &str) {
    if value.is_empty() {
        return push(out, &["<", name, " />"]);
    }
    push(out, &["<", name, ">"]);
    push_escaped(out, value);
    push(out, &["</", name, ">"]);
}

pub(super) fn push(out: &mut String, parts: &[&str]) {
    out.extend(parts.iter().copied());
}

/// The longest reason that is told, in bytes. A fault may quote four MiB of the request, and each of its characters may
/// become five; nobody reads that, and many such answers would fill the memory (our choice).
const MAX_REASON: usize = 64 << 10;

/// The envelope of a fault.
pub fn write_fault(version: Version, fault: &Fault) -> String {
    let mut out = envelope_start(version);
    if fault.code == FaultCode::VersionMismatch {
        out.push_str("<soap:Header><soap12:Upgrade xmlns:soap12=\"http://www.w3.org/2003/05/soap-envelope\"><soap12:SupportedEnvelope qname=\"soap:Envelope\" xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" /><soap12:SupportedEnvelope qname=\"soap12:Envelope\" xmlns:soap12=\"http://www.w3.org/2003/05/soap-envelope\" /></soap12:Upgrade></soap:Header>");
    }
    let mut reason = String::new();
    push_escaped(&mut reason, &fault.reason[..fault.reason.floor_char_boundary(MAX_REASON)]);
    let code = version.fault_code(fault.code);
    let detail = match (fault.has_detail(), version) {
        (false, _) => "",
        (true, Version::Soap11) => "<detail />",
        (true, Version::Soap12) => "<soap:Detail />",
    };
    let inside = match version {
        Version::Soap11 => {
            format!("<faultcode>soap:{code}</faultcode><faultstring>{reason}</faultstring>{detail}")
        }
        Version::Soap12 => format!(
            "<soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang=\"en\">{reason}</soap:Text></soap:Reason>{detail}"
        ),
    };
    out + "<soap:Body><soap:Fault>" + &inside + "</soap:Fault>" + BODY_END
}

fn envelope_start(version: Version) -> String {
    let mut out = String::with_capacity(640);
    out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"");
    out.push_str(version.namespace());
    out.push_str(
        "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">",
    );
    out
}

/// Text as ASP.NET writes it: `&`, `<` and `>` are escaped, quotes and line ends are not. Characters that XML doesn't allow
/// become references, which it doesn't allow either; .NET does so.
fn push_escaped(out: &mut String, text: &str) {
    let is_escaped = |character: char| {
        matches!(character, '&' | '<' | '>' | '\u{FFFE}' | '\u{FFFF}' | '\0'..=' ')
            && !matches!(character, ' ' | '\t' | '\r' | '\n')
    };
    let mut rest = text;
    while let Some(at) = rest.find(is_escaped) {
        out.push_str(&rest[..at]);
        let mut behind = rest[at..].chars();
        match behind.next() {
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some(other) => out.extend(["&#x", &format!("{:X}", u32::from(other)), ";"]),
            None => {}
        }
        rest = behind.as_str();
    }
    out.push_str(rest);
}

/// Text as XML content.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    push_escaped_attribute(&mut escaped, text);
    escaped
}

fn push_escaped_attribute(out: &mut String, text: &str) {
    let mut escaped = String::new();
    push_escaped(&mut escaped, text);
    out.push_str(&escaped.replace('"', "&quot;"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{
        DS_ACCOUNT_IDS, FETCH_ACCOUNT_IDS, MEMBER_IS_IN_LOYALTY_CLUB, OPERATIONS, Operation, REMOVE_TO_LOYALTY_CLUB,
        SAVE_ACCOUNT_CUSTOM_FIELDS, SAVE_ACCOUNT_PHONE, TextField,
    };

    fn result(name: &'static str, operation: &'static Operation, code: u16, output: &Output) -> String {
        let method = Method { name, operation };
        let envelope = write_result(Version::Soap11, "urn:a\"b", method, code, output);
        let (_, body) = envelope.split_once("<soap:Body>").expect("a body");
        body.strip_suffix(BODY_END).expect("its end").to_owned()
    }

    #[test]
    fn a_result_has_all_elements_in_documented_order() {
        const SAVED: TextField = SAVE_ACCOUNT_PHONE.response.text("SavedPhoneNumber");
        let saved = Output::default().text(SAVED, "<1>".into());
        assert_eq!(
            result("SaveAccountPhone", &SAVE_ACCOUNT_PHONE, 0, &saved),
            "<SaveAccountPhoneResponse xmlns=\"urn:a&quot;b\"><SaveAccountPhoneResult><ReturnCode>0</ReturnCode>\
             <SavedPhoneNumber>&lt;1&gt;</SavedPhoneNumber></SaveAccountPhoneResult></SaveAccountPhoneResponse>"
        );
    }

    #[test]
    fn a_refusal_has_empty_texts_and_zeros_and_no_objects_and_the_name_of_the_call() {
        for (name, operation, inside) in [
            ("SaveAccountPhone", &SAVE_ACCOUNT_PHONE, "<ReturnCode>2</ReturnCode><SavedPhoneNumber />"),
            ("RemoveFromLoyaltyClub", &REMOVE_TO_LOYALTY_CLUB, "<ReturnCode>2</ReturnCode>"),
            ("FetchAccountIds", &FETCH_ACCOUNT_IDS, "<ReturnCode>2</ReturnCode>"),
            (
                "MemberIsInLoyaltyClub",
                &MEMBER_IS_IN_LOYALTY_CLUB,
                "<ReturnCode>2</ReturnCode><MemberIsInLoyaltyClub>0</MemberIsInLoyaltyClub>",
            ),
        ] {
            let (start, end) = (
                format!("<{name}Response xmlns=\"urn:a&quot;b\"><{name}Result>"),
                format!("</{name}Result></{name}Response>"),
            );
            assert_eq!(result(name, operation, 2, &Output::default()), start + inside + &end);
        }
    }

    #[test]
    fn a_data_set_stands_in_its_place_and_is_left_out_of_a_refusal() {
        let ids = const { FETCH_ACCOUNT_IDS.response.data_set("AccountIds") };
        let mut expected =
            "<FetchAccountIdsResponse xmlns=\"urn:a&quot;b\"><FetchAccountIdsResult><ReturnCode>0</ReturnCode>"
                .to_owned();
        push_data_set(&mut expected, "AccountIds", &DS_ACCOUNT_IDS, &[]);
        expected.push_str("</FetchAccountIdsResult></FetchAccountIdsResponse>");
        assert_eq!(result("FetchAccountIds", &FETCH_ACCOUNT_IDS, 0, &Output::default().rows(ids, vec![])), expected);
    }

    #[test]
    fn every_answer_has_all_its_elements_in_order() {
        for operation in OPERATIONS {
            for name in operation.names() {
                let elements = operation.response.fields.iter().skip(1).map(|field| match field.kind {
                    Kind::Int => format!("<{0}>0</{0}>", field.name),
                    Kind::Text => format!("<{} />", field.name),
                    _ => String::new(),
                });
                let elements: String = elements.collect();
                let expected = format!(
                    "<{name}Response xmlns=\"urn:a&quot;b\"><{name}Result><ReturnCode>311</ReturnCode>{elements}</{name}Result></{name}Response>"
                );
                assert_eq!(result(name, operation, 311, &Output::default()), expected);
            }
        }
    }

    #[test]
    fn a_nil_item_is_sent_as_one_and_a_nil_array_is_left_out() {
        let sent = |pairs| {
            let mut request = Request::new(&SAVE_ACCOUNT_CUSTOM_FIELDS);
            request.put(2, Value::Pairs(pairs));
            write_request(Version::Soap12, "urn:n", &request)
        };
        let pair = Pair { reference: None, value: Some("<".into()) };
        let expected = "<preqSaveAccountCustomFields><CustomFieldPairs>\
             <recCustomFieldKeyValuePair xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>\
             <recCustomFieldKeyValuePair><CustomFieldValue>&lt;</CustomFieldValue></recCustomFieldKeyValuePair>\
             </CustomFieldPairs></preq";
        assert!(sent(Some(vec![None, Some(pair)])).contains(expected));
        assert!(sent(None).contains("<preqSaveAccountCustomFields></preq"));
    }
}
