use super::*;
use crate::contract::{OPERATIONS, Pair};

#[test]
fn an_int_is_what_dotnet_takes_for_one() {
    for (text, expected) in [
        ("5", Ok(5)),
        ("+5", Ok(5)),
        ("-5", Ok(-5)),
        (" \t\r\n007 ", Ok(7)),
        ("2147483647", Ok(i32::MAX)),
        ("-2147483648", Ok(i32::MIN)),
        ("2147483648", Err(ValueError::IntTooLarge)),
        ("99999999999999999999", Err(ValueError::IntTooLarge)),
        ("", Err(ValueError::NotAnInt)),
        (" ", Err(ValueError::NotAnInt)),
        ("abc", Err(ValueError::NotAnInt)),
        ("1.0", Err(ValueError::NotAnInt)),
        ("1,000", Err(ValueError::NotAnInt)),
        ("0x1", Err(ValueError::NotAnInt)),
        ("5-", Err(ValueError::NotAnInt)),
        ("- 5", Err(ValueError::NotAnInt)),
        ("+-5", Err(ValueError::NotAnInt)),
        ("1 2", Err(ValueError::NotAnInt)),
        ("\u{A0}5", Err(ValueError::NotAnInt)),
        ("\u{663}", Err(ValueError::NotAnInt)),
        ("true", Err(ValueError::NotAnInt)),
    ] {
        assert_eq!(parse_int(text), expected, "{text:?}");
    }
}

#[test]
fn every_record_is_read_whole() {
    let contract = Contract::of("urn:mine", OPERATIONS.to_vec());
    for method in contract.methods() {
        let operation = method.operation;
        let elements = operation.request.fields.iter().map(|field| match field.kind {
            Kind::Int => format!("<{0}>-5</{0}>", field.name),
            Kind::KeyValuePairs(_) => "<CustomFieldPairs><recCustomFieldKeyValuePair><CustomFieldExternalReference>A</CustomFieldExternalReference>\
                 <CustomFieldValue>1</CustomFieldValue></recCustomFieldKeyValuePair></CustomFieldPairs>"
                .to_owned(),
            _ => format!("<{0}>{0}!</{0}>", field.name),
        });
        let elements: String = elements.collect::<Vec<_>>().into_iter().rev().collect();
        let (name, parameter) = (method.name, operation.parameter);
        let xml = format!("<b><{name} xmlns='urn:mine'><{parameter}>{elements}</{parameter}></{name}></b>");
        let mut reader = XmlReader::new(&xml);
        reader.move_to_content().and_then(|_| reader.read()).expect("XML");
        let route = contract.by_element("urn:mine", name).expect("a route");
        let body = read_body(&mut reader, &contract, route).expect("a body");
        let request = body.request.expect("a record");
        assert!(!request.has_missing_element() && !request.lacks_required_text(), "{request:?}");
        for (field, value) in request.given() {
            let expected = match field.kind {
                Kind::Int => Value::Int(-5),
                Kind::KeyValuePairs(_) => {
                    Value::Pairs(Some(vec![Some(Pair { reference: Some("A".into()), value: Some("1".into()) })]))
                }
                _ => Value::Text(format!("{}!", field.name).into()),
            };
            assert_eq!(*value, expected, "{} of {name}", field.name);
        }
    }
}

#[test]
fn an_operation_of_two_names_is_called_by_any_mixture_and_answered_in_its_elements() {
    let contract = Contract::of("urn:mine", OPERATIONS.to_vec());
    let route = contract.by_element("urn:mine", "RemoveToLoyaltyClub").expect("a route");
    let parameters = ["preqSyncRemoveToLoyaltyClub", "preqSyncRemoveFromLoyaltyClub"];
    for element in ["RemoveToLoyaltyClub", "RemoveFromLoyaltyClub"] {
        for (first, second) in [(0, 1), (1, 0)] {
            let (first, second) = (parameters[first], parameters[second]);
            let xml = format!(
                "<b><{element} xmlns='urn:mine'><{first}><MemberId>1</MemberId></{first}><{second}><MemberId>2</MemberId></{second}>\
                 </{element}></b>"
            );
            let mut reader = XmlReader::new(&xml);
            reader.move_to_content().and_then(|_| reader.read()).expect("XML");
            let body = read_body(&mut reader, &contract, route).expect("a body");
            assert_eq!(body.request.and_then(|request| request.member_id()), Some(1), "{xml}");
            assert_eq!(body.route.method.name, element);
        }
    }
}

#[test]
fn what_is_no_operation_is_passed_over_in_body() {
    let contract = Contract::of("urn:mine", OPERATIONS.to_vec());
    let route = contract.by_element("urn:mine", "FetchAccountCore").expect("a route");
    for around in [
        "",
        "<a:x xmlns:a='urn:a' xmlns:b='urn:b' xmlns:c='urn:c'><b:y/></a:x>text<!-- --><FetchAccountCore/>",
        "<fetchAccountCore xmlns='urn:mine'/><SaveAccountCore xmlns='urn:mine'><x/></SaveAccountCore><?x?>text",
    ] {
        let operation = "<FetchAccountCore xmlns='urn:mine'><preqFetchAccountCore/></FetchAccountCore>";
        for xml in [format!("<b>{around}</b>"), format!("<b>{around}{operation}{around}</b>")] {
            let mut reader = XmlReader::new(&xml);
            reader.move_to_content().and_then(|_| reader.read()).expect("XML");
            let body = read_body(&mut reader, &contract, route).expect("a body");
            assert_eq!(body.request.is_some(), xml.contains("preq"), "{xml}");
            assert_eq!(body.route, route);
        }
    }
}
