use std::borrow::Cow;

use proptest::prelude::*;

use super::*;
use crate::contract::{Contract, OPERATIONS, Request, SAVE_ACCOUNT_CUSTOM_FIELDS, Value};
use crate::soap::record::{ValueError, read_body};
use crate::soap::xml::{XmlError, position};
use crate::steps::hostile::assert_linear;

const HEAD: &str = "<b><SaveAccountCustomFields xmlns='urn:mine' xmlns:t='urn:mine' xmlns:o='urn:other' \
     xmlns:i='http://www.w3.org/2001/XMLSchema-instance' xmlns:j='http://www.w3.org/2000/10/XMLSchema-instance' \
     xmlns:k='http://www.w3.org/1999/XMLSchema-instance'><preqSaveAccountCustomFields>";
const TAIL: &str = "</preqSaveAccountCustomFields></SaveAccountCustomFields></b>";

/// Reads a call with this inside its parameter.
fn read_record_of<T>(inside: &str, then: impl FnOnce(&Request<'_>) -> T) -> Result<T, RecordError> {
    let contract = Contract::of("urn:mine", OPERATIONS.to_vec());
    let route = contract.by_element("urn:mine", SAVE_ACCOUNT_CUSTOM_FIELDS.name).expect("a route");
    let xml = format!("{HEAD}{inside}{TAIL}");
    let mut reader = XmlReader::new(&xml);
    reader.move_to_content()?;
    reader.read()?;
    let body = read_body(&mut reader, &contract, route)?;
    Ok(then(&body.request.expect("a record")))
}

/// The array of a call with this inside its parameter: `absent`, `null`, or its items with `-` for null and `?` for what a pair
/// lacks; and the member behind it.
fn array_of(inside: &str) -> Result<(String, Option<i32>), RecordError> {
    read_record_of(inside, |request| {
        let text = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or("?").to_owned();
        let item = |item: &Option<Pair<'_>>| {
            let pair = item.as_ref().map(|pair| format!("{}={}", text(&pair.reference), text(&pair.value)));
            pair.unwrap_or_else(|| "-".to_owned())
        };
        let array = request.given().find_map(|(_, value)| match value {
            Value::Pairs(None) => Some("null".to_owned()),
            Value::Pairs(Some(items)) => Some(format!("[{}]", items.iter().map(item).collect::<Vec<_>>().join(" "))),
            _ => None,
        });
        (array.unwrap_or_else(|| "absent".to_owned()), request.member_id())
    })
}

/// An array with this inside.
fn array(inside: &str) -> String {
    format!("<CustomFieldPairs>{inside}</CustomFieldPairs>")
}

/// An item with this reference and this value.
fn item(reference: &str, value: &str) -> String {
    format!(
        "<recCustomFieldKeyValuePair><CustomFieldExternalReference>{reference}</CustomFieldExternalReference>\
         <CustomFieldValue>{value}</CustomFieldValue></recCustomFieldKeyValuePair>"
    )
}

#[test]
fn an_array_is_what_dotnet_takes_for_one() {
    let (one, two) = (&item("A", "1"), &item("B", " 2 "));
    for (inside, expected) in [
        (String::new(), "absent"),
        ("<CustomFieldPairs/>".into(), "[]"),
        (array(""), "[]"),
        (array(" \n"), "[]"),
        (array("text<!-- a comment --><?and more?><![CDATA[x]]>"), "[]"),
        (array("<x/><o:recCustomFieldKeyValuePair/><recCustomFieldKeyValuePair xmlns=''/>"), "[]"),
        (array("<RecCustomFieldKeyValuePair/><reccustomfieldkeyvaluepair>x</reccustomfieldkeyvaluepair>"), "[]"),
        ("<customFieldPairs/><o:CustomFieldPairs/><CustomFieldPairs xmlns=''/>".into(), "absent"),
        (format!("<t:CustomFieldPairs>{one}</t:CustomFieldPairs>"), "[A=1]"),
        (array(&format!(" {one}<!-- --> x {two}\n")), "[A=1 B= 2 ]"),
        (array(&format!("{two}{one}{two}")), "[B= 2  A=1 B= 2 ]"),
        // The array is nil.
        ("<CustomFieldPairs i:nil='true'/>".into(), "null"),
        (format!("<CustomFieldPairs i:nil='1'>x<y>z</y>{one}<!-- --></CustomFieldPairs>"), "null"),
        ("<CustomFieldPairs i:nil=' \t\r\ntrue '/>".into(), "null"),
        ("<CustomFieldPairs i:null='true'/>".into(), "null"),
        ("<CustomFieldPairs j:null='1'></CustomFieldPairs>".into(), "null"),
        ("<CustomFieldPairs k:null='1'></CustomFieldPairs>".into(), "null"),
        (format!("<CustomFieldPairs i:nil='false'>{one}</CustomFieldPairs>"), "[A=1]"),
        (format!("<CustomFieldPairs i:nil=' 0 '>{one}</CustomFieldPairs>"), "[A=1]"),
        ("<CustomFieldPairs i:nil='false'/>".into(), "[]"),
        // The first of them that is there decides.
        ("<CustomFieldPairs i:nil='0' i:null='what' j:null='1'/>".into(), "[]"),
        ("<CustomFieldPairs nil='true' o:nil='true'/>".into(), "[]"),
        // There are two arrays.
        (array(one) + &array(two), "[B= 2 ]"),
        (array(one) + "<CustomFieldPairs/>", "[]"),
        (array(one) + "<CustomFieldPairs i:nil='true'/>", "[A=1]"),
        (format!("<CustomFieldPairs i:nil='true'/>{}", array(one)), "[A=1]"),
        ("<CustomFieldPairs i:nil='true'/><CustomFieldPairs i:nil='true'/>".into(), "null"),
        // Nobody asks for the type of an array.
        (format!("<CustomFieldPairs i:type='o:what'>{one}</CustomFieldPairs>"), "[A=1]"),
        ("<CustomFieldPairs i:type='undefined:what'/>".into(), "[]"),
    ] {
        assert_eq!(
            array_of(&(inside.clone() + "<MemberId>7</MemberId>")),
            Ok((expected.to_owned(), Some(7))),
            "{inside}"
        );
        assert_eq!(array_of(&inside), Ok((expected.to_owned(), None)), "{inside}");
    }
}

#[test]
fn an_item_is_what_dotnet_takes_for_one() {
    let full = "<CustomFieldExternalReference>A</CustomFieldExternalReference><CustomFieldValue>1</CustomFieldValue>";
    for (inside, expected) in [
        ("<recCustomFieldKeyValuePair/>", "[?=?]"),
        ("<recCustomFieldKeyValuePair>text</recCustomFieldKeyValuePair>", "[?=?]"),
        ("<recCustomFieldKeyValuePair i:nil='true'/>", "[-]"),
        (
            "<recCustomFieldKeyValuePair i:nil='1'>FULL</recCustomFieldKeyValuePair><recCustomFieldKeyValuePair/>",
            "[- ?=?]",
        ),
        ("<recCustomFieldKeyValuePair j:null='true'>x</recCustomFieldKeyValuePair>", "[-]"),
        ("<recCustomFieldKeyValuePair i:nil='false'>FULL</recCustomFieldKeyValuePair>", "[A=1]"),
        (
            "<recCustomFieldKeyValuePair i:type='t:recCustomFieldKeyValuePair'>FULL</recCustomFieldKeyValuePair>",
            "[A=1]",
        ),
        ("<recCustomFieldKeyValuePair i:type='recCustomFieldKeyValuePair'>FULL</recCustomFieldKeyValuePair>", "[A=1]"),
        ("<recCustomFieldKeyValuePair i:type='recCustomFieldKeyValuePair' i:nil='1'/>", "[-]"),
        (
            "<recCustomFieldKeyValuePair>x<CustomFieldValue>1</CustomFieldValue><x><CustomFieldValue>2</CustomFieldValue></x>\
             <!-- --><CustomFieldExternalReference>A</CustomFieldExternalReference></recCustomFieldKeyValuePair>",
            "[A=1]",
        ),
        // The first of a repeated one counts, even if it is empty.
        (
            "<recCustomFieldKeyValuePair>FULL<CustomFieldValue>2</CustomFieldValue></recCustomFieldKeyValuePair>",
            "[A=1]",
        ),
        ("<recCustomFieldKeyValuePair><CustomFieldValue/>FULL</recCustomFieldKeyValuePair>", "[A=]"),
        ("<recCustomFieldKeyValuePair><CustomFieldValue i:nil='true'/></recCustomFieldKeyValuePair>", "[?=]"),
        (
            "<recCustomFieldKeyValuePair><CustomFieldValue i:nil='what'>1</CustomFieldValue></recCustomFieldKeyValuePair>",
            "[?=1]",
        ),
        ("<recCustomFieldKeyValuePair><customfieldvalue/><o:CustomFieldValue/></recCustomFieldKeyValuePair>", "[?=?]"),
        (
            "<recCustomFieldKeyValuePair><CustomFieldValue>1&amp;<![CDATA[<2>]]></CustomFieldValue></recCustomFieldKeyValuePair>",
            "[?=1&<2>]",
        ),
    ] {
        let inside = array(&inside.replace("FULL", full)) + "<MemberId>7</MemberId>";
        assert_eq!(array_of(&inside), Ok((expected.to_owned(), Some(7))), "{inside}");
    }
    // A nested element is read through: its end tag is the value's, the value's the item's, the item's the array's, and the array's
    // the record's. What follows belongs to nobody.
    let nested = "<recCustomFieldKeyValuePair><CustomFieldValue><x>1</x></CustomFieldValue><CustomFieldExternalReference>A\
                  </CustomFieldExternalReference></recCustomFieldKeyValuePair><recCustomFieldKeyValuePair/>";
    let nested = array(nested) + "<MemberId>7</MemberId>";
    assert_eq!(array_of(&nested), Ok(("[?=1]".to_owned(), None)));
}

#[test]
fn what_an_array_is_refused_for_and_where() {
    let not_a_boolean = |text: &str| ValueError::NotABoolean(text.into());
    let unknown = |name: &str, namespace: &str, node: &str| ValueError::UnknownType {
        name: name.into(),
        namespace: namespace.into(),
        node: node.into(),
    };
    let at_item = "<recCustomFieldKeyValuePair xmlns='urn:mine'>";
    for (inside, reason) in [
        ("<|CustomFieldPairs i:nil='yes'/>", not_a_boolean("yes")),
        ("\n <|t:CustomFieldPairs i:nil='TRUE'></t:CustomFieldPairs>", not_a_boolean("TRUE")),
        ("<|CustomFieldPairs i:nil=''/>", not_a_boolean("")),
        ("<|CustomFieldPairs i:nil=' no '/>", not_a_boolean("no")),
        ("<|CustomFieldPairs j:null='2'/>", not_a_boolean("2")),
        ("<CustomFieldPairs/><|CustomFieldPairs i:nil='x'/>", not_a_boolean("x")),
        ("<CustomFieldPairs><|recCustomFieldKeyValuePair i:nil='x'/></CustomFieldPairs>", not_a_boolean("x")),
        (
            "<CustomFieldPairs><|recCustomFieldKeyValuePair i:type='Other'/></CustomFieldPairs>",
            unknown("Other", "urn:mine", at_item),
        ),
        (
            "<CustomFieldPairs>\r\n<|recCustomFieldKeyValuePair i:type='o:recCustomFieldKeyValuePair'>x</recCustomFieldKeyValuePair></CustomFieldPairs>",
            unknown("recCustomFieldKeyValuePair", "urn:other", at_item),
        ),
        (
            "<CustomFieldPairs><|recCustomFieldKeyValuePair j:type='t:string'/></CustomFieldPairs>",
            unknown("string", "urn:mine", at_item),
        ),
        // Of one that is nil the type is checked when the reader is behind it.
        (
            "<CustomFieldPairs><recCustomFieldKeyValuePair i:type='Other' i:nil='true'/></|CustomFieldPairs>",
            unknown("Other", "urn:mine", ">"),
        ),
        (
            "<CustomFieldPairs><recCustomFieldKeyValuePair i:type='Other' i:nil='true'>x</recCustomFieldKeyValuePair><|x/></CustomFieldPairs>",
            unknown("Other", "urn:mine", "<x xmlns='urn:mine'>"),
        ),
        (
            "<CustomFieldPairs><recCustomFieldKeyValuePair i:type='Other' i:nil='true'/>| </CustomFieldPairs>",
            unknown("Other", "urn:mine", "(unknown)"),
        ),
        (
            "<CustomFieldPairs><recCustomFieldKeyValuePair i:type='Other' i:nil='true'/>| a&lt;b</CustomFieldPairs>",
            unknown("Other", "urn:mine", " a<b"),
        ),
        (
            "<CustomFieldPairs><recCustomFieldKeyValuePair i:type='Other' i:nil='true'/><!--| x --></CustomFieldPairs>",
            unknown("Other", "urn:mine", "<--"),
        ),
        (
            "<CustomFieldPairs><|recCustomFieldKeyValuePair i:type='q:x' i:nil='x'/></CustomFieldPairs>",
            ValueError::UndefinedPrefix("q".into()),
        ),
        (
            "<CustomFieldPairs><|recCustomFieldKeyValuePair i:type='Other' i:nil='x'/></CustomFieldPairs>",
            not_a_boolean("x"),
        ),
    ] {
        let at = HEAD.len() + inside.find('|').expect("a mark");
        let inside = inside.replacen('|', "", 1);
        let position = position(&format!("{HEAD}{inside}"), at);
        assert_eq!(array_of(&inside), Err(RecordError::Value { position, reason }), "{inside}");
    }
    let told = |inside: &str| array_of(inside).map_err(|error| error.to_string());
    let at = HEAD.len() + 2;
    assert_eq!(
        told("<CustomFieldPairs i:nil='yes'/>"),
        Err(format!(
            "There is an error in XML document (1, {at}). ---> The string 'yes' is not a valid Boolean value."
        ))
    );
}

#[test]
fn what_no_value_may_hold_no_value_of_an_item_may_hold() {
    for value in ["a<!-- -->b", "<x/>", "a<x>b</x>", "<?x?>", "&unknown;"] {
        let inside = array(&item("A", value));
        assert!(matches!(array_of(&inside), Err(RecordError::Xml(_))), "{inside}");
    }
    // Where elements belong, an entity can't be resolved; deeper, in what is passed over, nobody tries.
    for (inside, is_read) in [
        (array("&unknown;"), false),
        ("<CustomFieldPairs i:nil='1'>&unknown;</CustomFieldPairs>".to_owned(), false),
        (array("<x>&unknown;</x>"), true),
        ("<CustomFieldPairs i:nil='1'><x>&unknown;</x></CustomFieldPairs>".to_owned(), true),
        (array("<recCustomFieldKeyValuePair>&unknown;</recCustomFieldKeyValuePair>"), false),
    ] {
        assert_eq!(array_of(&inside).is_ok(), is_read, "{inside}");
    }
}

#[test]
fn an_array_has_as_many_items_as_the_body() {
    let items: String = (0..50_000).map(|number| item(&number.to_string(), "")).collect();
    let pairs = SAVE_ACCOUNT_CUSTOM_FIELDS.request.pairs("CustomFieldPairs");
    let read = read_record_of(&array(&items), |request| {
        let references = request.pairs(pairs).iter().flatten().map(|pair| pair.reference.clone().unwrap_or_default());
        references.enumerate().filter(|(number, reference)| *reference == number.to_string()).count()
    });
    assert_eq!(read, Ok(50_000));
}

/// What an array is made of, whole and in pieces.
const PIECES: &[&str] = &[
    "<CustomFieldPairs>",
    "</CustomFieldPairs>",
    "<CustomFieldPairs/>",
    "<CustomFieldPairs i:nil='true'>",
    "<recCustomFieldKeyValuePair>",
    "</recCustomFieldKeyValuePair>",
    "<recCustomFieldKeyValuePair/>",
    "<recCustomFieldKeyValuePair i:nil='1'>",
    "<recCustomFieldKeyValuePair i:type='t:recCustomFieldKeyValuePair'>",
    "<recCustomFieldKeyValuePair i:type='o:x' j:null='true'/>",
    "<recCustomFieldKeyValuePair",
    " i:nil='",
    " k:type='",
    "<CustomFieldExternalReference>",
    "</CustomFieldExternalReference>",
    "<CustomFieldValue>",
    "</CustomFieldValue>",
    "<CustomFieldValue/>",
    "<MemberId>7</MemberId>",
    "</preqSaveAccountCustomFields>",
    "<x xmlns='urn:mine'/>",
    "<o:x>",
    "</o:x>",
    "<!-- -->",
    "<?x?>",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&unknown;",
    "'",
    "/>",
    ">",
    " ",
    "true",
];

/// Pieces of an array in any order, with anything in between.
fn inside() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        20 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn whatever_stands_in_an_array_is_read_or_told_with_its_place(inside in inside(), in_array: bool) {
        let inside = if in_array { array(&inside) } else { inside };
        let text = format!("{HEAD}{inside}{TAIL}");
        match read_record_of(&inside, |request| {
            request.given().map(|(_, value)| match value {
                Value::Pairs(Some(items)) => items.len(),
                _ => 0,
            }).sum::<usize>()
        }) {
            Ok(items) => prop_assert!(items <= text.matches("<recCustomFieldKeyValuePair").count()),
            Err(RecordError::Value { position: at, .. } | RecordError::Xml(XmlError { position: at, .. })) => {
                let end = position(&text, text.len());
                prop_assert!((at.line, at.column) <= (end.line, end.column + 1), "{at} of {end}");
            }
        }
    }
}

#[test]
fn work_on_arrays_is_linear() {
    let read = |inside: &str| drop(array_of(inside));
    // Hostile parts are made of a token's name.
    let named = |text: &str, name: &str| text.replace("SecurityToken", name);
    assert_linear(&[
        ("in an array", &|text| read(&array(text))),
        ("items", &|text| read(&array(&named(text, "recCustomFieldKeyValuePair")))),
        ("arrays", &|text| read(&named(text, "CustomFieldPairs"))),
        ("values", &|text| read(&array(&format!("<recCustomFieldKeyValuePair>{}", named(text, "CustomFieldValue"))))),
        ("a value", &|text| read(&array(&item("A", text)))),
        ("attributes", &|text| read(&format!("<CustomFieldPairs {text}>"))),
        ("a type", &|text| read(&array(&format!("<recCustomFieldKeyValuePair i:type='{text}'/>")))),
        ("whether it is nil", &|text| read(&format!("<CustomFieldPairs i:nil='{text}'/>"))),
    ]);
}
