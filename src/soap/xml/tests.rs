use super::*;

/// Reads to the end and shows each node in one word.
fn nodes(text: &str) -> Result<Vec<String>, String> {
    let mut reader = XmlReader::new(text);
    let mut seen = Vec::new();
    loop {
        let node = reader.read().map_err(|error| error.to_string())?;
        seen.push(match node {
            Node::End => return Ok(seen),
            Node::Element => {
                let close = if reader.is_empty_element() { "/" } else { "" };
                format!("<{{{}}}{}{close}", reader.namespace(), reader.local_name())
            }
            Node::EndElement => ">".into(),
            Node::Text | Node::CData | Node::Whitespace => format!("{:?}", reader.value()),
            Node::EntityReference => "&".into(),
            Node::Comment => "!".into(),
            Node::ProcessingInstruction => "?".into(),
            Node::Declaration => "?xml".into(),
            Node::Start => unreachable!("read() leaves the start"),
        });
    }
}

#[test]
fn nodes_come_in_document_order_with_their_namespaces() {
    for (text, expected) in [
        ("<a/>", "<{}a/"),
        (
            "<?xml version='1.0' encoding=\"utf-8\"?>\n<a> <!--c--><?pi d?></a>\n",
            "?xml \"\\n\" <{}a \" \" ! ? > \"\\n\"",
        ),
        ("<a xmlns='u'><b xmlns=''/><c/></a>", "<{u}a <{}b/ <{u}c/ >"),
        ("<p:a xmlns:p='u'><p:b xmlns:p='v'/><p:c/></p:a>", "<{u}a <{v}b/ <{u}c/ >"),
        ("<a>1&amp;2<![CDATA[<&\r\n]]>\r\n</a >", "<{}a \"1&2\" \"<&\\n\" \"\\n\" >"),
        ("<a b='&c;'>1&d;&e; </a>", "<{}a \"1\" & & \" \" >"),
    ] {
        assert_eq!(nodes(text).map(|nodes| nodes.join(" ")), Ok(expected.to_owned()), "{text}");
    }
}

#[test]
fn a_defect_is_told_in_the_words_of_dotnet() {
    for (text, expected) in [
        ("", "Root element is missing."),
        ("x", "Data at the root level is invalid. Line 1, position 1."),
        ("<a/>x", "Data at the root level is invalid. Line 1, position 5."),
        ("<a/><b/>", "There are multiple root elements. Line 1, position 6."),
        (
            "<a>\n<b></a>",
            "The 'b' start tag on line 2 position 2 does not match the end tag of 'a'. Line 2, position 6.",
        ),
        (
            "<a><b>",
            "Unexpected end of file has occurred. The following elements are not closed: b, a. Line 1, position 7.",
        ),
        ("<!DOCTYPE a><a/>", "DTD is prohibited in this XML document."),
        (
            " <?xml version='1.0'?><a/>",
            "Unexpected XML declaration. The XML declaration must be the first node in the document, and no white space characters are allowed to appear before it. Line 1, position 4.",
        ),
        ("<?xml version='1.1'?><a/>", "Version number '1.1' is invalid. Line 1, position 16."),
        (
            "<?xml version='1.0' standalone='maybe'?><a/>",
            "Syntax for an XML declaration is invalid. Line 1, position 32.",
        ),
        ("\0", "Root element is missing."),
        ("\u{1}", "'\u{1}', hexadecimal value 0x01, is an invalid character. Line 1, position 1."),
        ("<a p='' q='' q='' p=''/>", "'p' is a duplicate attribute name. Line 1, position 19."),
        ("<p:a/>", "'p' is an undeclared prefix. Line 1, position 2."),
        ("<a p:b=''/>", "'p' is an undeclared prefix. Line 1, position 4."),
        ("<a b='' b=''/>", "'b' is a duplicate attribute name. Line 1, position 9."),
        ("<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", "'q:b' is a duplicate attribute name. Line 1, position 35."),
        ("<a b=''c=''/>", "'c' is an unexpected token. Expecting white space. Line 1, position 8."),
        ("<a b/>", "'/' is an unexpected token. The expected token is '='. Line 1, position 5."),
        ("<a b=c/>", "'c' is an unexpected token. The expected token is '\"' or '''. Line 1, position 6."),
        ("<a b='<'/>", "'<', hexadecimal value 0x3C, is an invalid attribute character. Line 1, position 7."),
        ("<1a/>", "Name cannot begin with the '1' character, hexadecimal value 0x31. Line 1, position 2."),
        ("<a\"/>", "The '\"' character, hexadecimal value 0x22, cannot be included in a name. Line 1, position 3."),
        ("<a>A & B</a>", "An error occurred while parsing EntityName. Line 1, position 7."),
        ("<a>\u{1}</a>", "'\u{1}', hexadecimal value 0x01, is an invalid character. Line 1, position 4."),
        ("<a>&#0;</a>", "'.', hexadecimal value 0x00, is an invalid character. Line 1, position 6."),
        ("<a>]]></a>", "']]>' is not allowed in character data. Line 1, position 4."),
        (
            "<a><!-- -- --></a>",
            "An XML comment cannot contain '--', and '-' cannot be the last character. Line 1, position 9.",
        ),
    ] {
        assert_eq!(nodes(text), Err(expected.to_owned()), "{text}");
    }
}

#[test]
fn skipping_goes_behind_the_end_tag() {
    let mut reader = XmlReader::new("<a><b><c/>x</b><d/><e/></a>");
    for expected in ["a", "b"] {
        assert_eq!(reader.read(), Ok(Node::Element));
        assert_eq!(reader.local_name(), expected);
    }
    assert_eq!((reader.skip(), reader.local_name(), reader.depth()), (Ok(Node::Element), "d", 1));
    assert_eq!((reader.skip(), reader.local_name(), reader.depth()), (Ok(Node::Element), "e", 1));
    assert_eq!((reader.skip(), reader.depth()), (Ok(Node::EndElement), 0));
}

#[test]
fn attributes_are_found_by_namespace() {
    let mut reader = XmlReader::new("<a xmlns:p='u' p:b='1' b=' &lt;\n2'/>");
    assert_eq!(reader.read(), Ok(Node::Element));
    assert_eq!(reader.attribute("u", "b").as_deref(), Some("1"));
    assert_eq!(reader.attribute("", "b"), None);
    assert_eq!(reader.attributes[2].value(), " < 2");
}

#[test]
fn the_position_is_that_of_dotnet() {
    for (text, reads, line, column) in [
        ("<name>", 1, 1, 2),
        ("<name></name>", 2, 1, 9),
        ("<n> x</n>", 2, 1, 4),
        ("<n><!--c--></n>", 2, 1, 8),
        ("<n><?pi?></n>", 2, 1, 6),
        ("<n><![CDATA[]]></n>", 2, 1, 13),
    ] {
        let mut reader = XmlReader::new(text);
        for _ in 0..reads {
            assert!(reader.read().is_ok(), "{text}");
        }
        assert_eq!(reader.position(), Position { line, column }, "{text}");
    }
}

#[test]
fn an_entity_is_a_node_until_it_is_to_be_resolved() {
    for text in ["<a>&nbsp;</a>", "<a b='&nbsp;'/>"] {
        assert!(nodes(text).is_ok(), "{text}");
        let mut reader = XmlReader::new(text);
        reader.handle_entities(EntityHandling::Resolve);
        let error = reader.read().and_then(|_| reader.read()).map_err(|error| error.syntax);
        assert_eq!(error, Err(Syntax::UndeclaredEntity("nbsp".into())), "{text}");
    }
}
