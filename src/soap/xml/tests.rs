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
        ("<a> &#x20;\r</a>", "<{}a \"  \\n\" >"),
        ("<xml:a/>", "<{http://www.w3.org/XML/1998/namespace}a/"),
        ("<xmlns:a/>", "<{http://www.w3.org/2000/xmlns/}a/"),
        ("<?xmlx?><a/>\0what follows", "? <{}a/"),
        ("<?xml version='1.0' encoding='' standalone = 'no' ?><a/>", "?xml <{}a/"),
    ] {
        assert_eq!(nodes(text).map(|nodes| nodes.join(" ")), Ok(expected.to_owned()), "{text}");
    }
}

/// The error of each text.
fn assert_defects<const N: usize>(cases: [(&str, &str); N]) {
    for (text, expected) in cases {
        assert_eq!(nodes(text), Err(expected.to_owned()), "{text:?}");
    }
}

#[test]
fn a_defect_outside_the_root_is_told_in_the_words_of_dotnet() {
    assert_defects([
        ("", "Root element is missing."),
        ("\0<a/>", "Root element is missing."),
        ("x", "Data at the root level is invalid. Line 1, position 1."),
        ("<a/>x", "Data at the root level is invalid. Line 1, position 5."),
        ("<a/>\n]]>", "Data at the root level is invalid. Line 2, position 1."),
        ("<a>", "Data at the root level is invalid. Line 1, position 1."),
        ("<?a?><", "Data at the root level is invalid. Line 1, position 6."),
        ("<![CDATA[]]>", "Data at the root level is invalid. Line 1, position 1."),
        ("<!-a>", "'a' is an unexpected token. The expected token is '-'. Line 1, position 4."),
        ("<!DOCTYPE a><a/>", "DTD is prohibited in this XML document."),
        ("<!a>", "DTD is prohibited in this XML document."),
        ("</a>", "Unexpected end tag. Line 1, position 3."),
        ("<a/><b/>", "There are multiple root elements. Line 1, position 6."),
        ("\u{1}", "'\u{1}', hexadecimal value 0x01, is an invalid character. Line 1, position 1."),
        (" \0", "'.', hexadecimal value 0x00, is an invalid character. Line 1, position 2."),
        ("\u{1F600}", "'\u{1F600}', hexadecimal value 0x1F600, is an invalid character. Line 1, position 1."),
        (
            " <?xml version='1.0'?><a/>",
            "Unexpected XML declaration. The XML declaration must be the first node in the document, and no white space characters are allowed to appear before it. Line 1, position 4.",
        ),
    ]);
}

#[test]
fn a_defect_of_the_declaration_is_told_in_the_words_of_dotnet() {
    assert_defects([
        ("<?xml?>", "Syntax for an XML declaration is invalid. Line 1, position 6."),
        ("<?xml encoding='utf-8'?>", "Syntax for an XML declaration is invalid. Line 1, position 7."),
        (
            "<?xml version='1.0' standalone='no' encoding=''?>",
            "Syntax for an XML declaration is invalid. Line 1, position 37.",
        ),
        ("<?xml version='1.0' standalone='maybe'?>", "Syntax for an XML declaration is invalid. Line 1, position 32."),
        ("<?xml version='1.0' encoding='&'?>", "Syntax for an XML declaration is invalid. Line 1, position 31."),
        ("<?xml version='1.1'?><a/>", "Version number '1.1' is invalid. Line 1, position 16."),
        ("<?xml version='", "There is an unclosed literal string. Line 1, position 16."),
        ("<?xml version'", "''' is an unexpected token. The expected token is '='. Line 1, position 14."),
        ("<?xml version=?>", "'?' is an unexpected token. The expected token is '\"' or '''. Line 1, position 15."),
        (
            "<?xml version='1.0'encoding=''?>",
            "'encoding' is an unexpected token. The expected token is '?>'. Line 1, position 20.",
        ),
        ("<?xml version='1.0'?p", "'?' is an unexpected token. The expected token is ''>''. Line 1, position 20."),
        ("<?xml version='1.0'", "Unexpected end of file has occurred. Line 1, position 20."),
        ("<?xml?", "Unexpected end of file has occurred. Line 1, position 6."),
        (
            "<?xml version='1.0' -?>",
            "Name cannot begin with the '-' character, hexadecimal value 0x2D. Line 1, position 21.",
        ),
    ]);
}

#[test]
fn a_defect_of_a_tag_is_told_in_the_words_of_dotnet() {
    assert_defects([
        (
            "<a>\n<b></a>",
            "The 'b' start tag on line 2 position 2 does not match the end tag of 'a'. Line 2, position 6.",
        ),
        ("<a></b", "Unexpected end of file while parsing Name has occurred. Line 1, position 7."),
        ("<a></a x>", "'x' is an unexpected token. The expected token is '>'. Line 1, position 8."),
        ("<1a/>", "Name cannot begin with the '1' character, hexadecimal value 0x31. Line 1, position 2."),
        ("<a:1/>", "Name cannot begin with the '1' character, hexadecimal value 0x31. Line 1, position 4."),
        ("<a:b:c/>", "The ':' character, hexadecimal value 0x3A, cannot be included in a name. Line 1, position 5."),
        ("<a\"/>", "The '\"' character, hexadecimal value 0x22, cannot be included in a name. Line 1, position 3."),
        ("<a\0/>", "The '.' character, hexadecimal value 0x00, cannot be included in a name. Line 1, position 3."),
        ("<\u{132}/>", "Name cannot begin with the '\u{132}' character, hexadecimal value 0x132. Line 1, position 2."),
        (
            "<a\u{10000}/>",
            "The '\u{10000}' character, hexadecimal value 0x10000, cannot be included in a name. Line 1, position 3.",
        ),
        // A name has to be followed by something, and a wrong one too.
        ("<a:>", "Unexpected end of file while parsing Name has occurred. Line 1, position 4."),
        ("<abc", "Unexpected end of file while parsing Name has occurred. Line 1, position 5."),
        ("<abc/", "Unexpected end of file while parsing > has occurred. Line 1, position 5."),
        ("<a/ >", "'/' is an unexpected token. The expected token is '>'. Line 1, position 3."),
        ("<a / >", "' ' is an unexpected token. The expected token is '>'. Line 1, position 5."),
        ("<a /", "Unexpected end of file has occurred. The following elements are not closed:  Line 1, position 5."),
        (
            "<a><b\n\n ",
            "Unexpected end of file has occurred. The following elements are not closed: a. Line 1, position 2.",
        ),
        ("<p:a/>", "'p' is an undeclared prefix. Line 1, position 2."),
        ("<p:a q:b=''/>", "'p' is an undeclared prefix. Line 1, position 2."),
    ]);
}

#[test]
fn a_defect_of_an_attribute_is_told_in_the_words_of_dotnet() {
    assert_defects([
        ("<a p='' q='' q='' p=''/>", "'p' is a duplicate attribute name. Line 1, position 19."),
        ("<a p:b=''/>", "'p' is an undeclared prefix. Line 1, position 4."),
        ("<a b='' b=''/>", "'b' is a duplicate attribute name. Line 1, position 9."),
        ("<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>", "'q:b' is a duplicate attribute name. Line 1, position 35."),
        ("<a b=''cd=''/>", "'cd' is an unexpected token. Expecting white space. Line 1, position 8."),
        ("<a b/>", "'/' is an unexpected token. The expected token is '='. Line 1, position 5."),
        ("<a b cd/>", "'cd' is an unexpected token. The expected token is '='. Line 1, position 6."),
        ("<a b=c/>", "'c' is an unexpected token. The expected token is '\"' or '''. Line 1, position 6."),
        ("<a b=", "Unexpected end of file has occurred. Line 1, position 6."),
        ("<a b='x\n", "There is an unclosed literal string. Line 2, position 1."),
        ("<a b='<'/>", "'<', hexadecimal value 0x3C, is an invalid attribute character. Line 1, position 7."),
        ("<a +", "Name cannot begin with the '+' character, hexadecimal value 0x2B. Line 1, position 4."),
        ("<a xmlns:p=''/>", "Invalid namespace declaration. Line 1, position 12."),
        ("<a xmlns:xmlns='u'/>", "Prefix \"xmlns\" is reserved for use by XML. Line 1, position 4."),
        (
            "<a xmlns='' xmlns='http://www.w3.org/2000/xmlns/'/>",
            "Prefix '' cannot be mapped to namespace name reserved for \"xml\" or \"xmlns\". Line 1, position 20.",
        ),
        (
            "<a xmlns:xml='u'/>",
            "Prefix \"xml\" is reserved for use by XML and can be mapped only to namespace name \"http://www.w3.org/XML/1998/namespace\". Line 1, position 4.",
        ),
        ("<a xml:space=' x'/>", "' x' is an invalid xml:space value. Line 1, position 4."),
        ("<a b='& '/>", "An error occurred while parsing EntityName. Line 1, position 8."),
        ("<a b='&c '/>", "An error occurred while parsing EntityName. Line 1, position 8."),
        ("<a b='&", "Unexpected end of file has occurred. Line 1, position 7."),
        ("<a b='&#x41", "Unexpected end of file while parsing  has occurred. Line 1, position 7."),
    ]);
}

#[test]
fn a_defect_of_content_is_told_in_the_words_of_dotnet() {
    let unclosed = "Unexpected end of file has occurred. The following elements are not closed:";
    assert_defects([
        ("<a><b>", &format!("{unclosed} b, a. Line 1, position 7.")),
        ("<a><b></b", &format!("{unclosed} b, a. Line 1, position 10.")),
        ("<a></a\r", &format!("{unclosed} a. Line 1, position 8.")),
        ("<a>x<", &format!("{unclosed} a. Line 1, position 6.")),
        ("<a><!-", &format!("{unclosed} a. Line 1, position 7.")),
        ("<a><![CD\n", &format!("{unclosed} a. Line 1, position 10.")),
        ("<a><!-x>", "'x' is an unexpected token. The expected token is '-'. Line 1, position 7."),
        ("<a><![CDxyz>", "'CDxyz' is an unexpected token. The expected token is 'CDATA['. Line 1, position 7."),
        ("<a><!x>", "'x' is an unexpected token. The expected token is '<!--' or '<[CDATA['. Line 1, position 6."),
        ("<a><!DOCTYPE b>", "Unexpected DTD declaration. Line 1, position 6."),
        ("<a><<", "Unexpected end of file while parsing Name has occurred. Line 1, position 5."),
        ("<a>A & B</a>", "An error occurred while parsing EntityName. Line 1, position 7."),
        ("<a>&b:c;</a>", "An error occurred while parsing EntityName. Line 1, position 6."),
        ("<a>x&", "Unexpected end of file has occurred. Line 1, position 5."),
        ("<a>\u{1}</a>", "'\u{1}', hexadecimal value 0x01, is an invalid character. Line 1, position 4."),
        ("<a>\u{FFFE}</a>", "'\u{FFFE}', hexadecimal value 0xFFFE, is an invalid character. Line 1, position 4."),
        ("<a>&#0;</a>", "'.', hexadecimal value 0x00, is an invalid character. Line 1, position 6."),
        (
            "<a>&#99999999999;</a>",
            "Invalid value of a character entity reference. Line 1, position 15. ---> Arithmetic operation resulted in an overflow.",
        ),
        ("<a>]]></a>", "']]>' is not allowed in character data. Line 1, position 4."),
    ]);
}

#[test]
fn a_defect_of_a_comment_cdata_or_instruction_is_told_in_the_words_of_dotnet() {
    let end_of = |what: &str, position: usize| {
        format!("Unexpected end of file while parsing {what} has occurred. Line 1, position {position}.")
    };
    assert_defects([
        (
            "<a><!-- -- --></a>",
            "An XML comment cannot contain '--', and '-' cannot be the last character. Line 1, position 9.",
        ),
        ("<!-- ", &end_of("Comment", 5)),
        ("<!----", &end_of("Comment", 5)),
        ("<!-- x", &end_of("Comment", 5)),
        ("<!-- xy", &end_of("Comment", 8)),
        ("<!-- x-", &end_of("Comment", 7)),
        ("<!-- x--", &end_of("Comment", 7)),
        ("<!-- x\r", &end_of("Comment", 7)),
        ("<!-- \u{1}x", "'\u{1}', hexadecimal value 0x01, is an invalid character. Line 1, position 6."),
        ("<a><![CDATA[x]]]", &end_of("CDATA", 15)),
        ("<?x y", &end_of("PI", 6)),
        ("<?x yz\r", &end_of("PI", 8)),
        ("<?xy", &end_of("Name", 5)),
        ("<?x+?>", "The '+' character, hexadecimal value 0x2B, cannot be included in a name. Line 1, position 4."),
        ("<?x:y?>", "The ':' character, hexadecimal value 0x3A, cannot be included in a name. Line 1, position 4."),
        ("<?XML ?>", "'XML' is an invalid name for processing instructions. Line 1, position 3."),
    ]);
}

#[test]
fn what_is_skipped_loses_its_references_to_entities() {
    let text = "<a><b xmlns:p='&n;'/></a>";
    assert!(nodes(text).is_ok());
    let mut reader = XmlReader::new(text);
    assert_eq!(reader.read(), Ok(Node::Element));
    let error = reader.skip().map_err(|error| error.to_string());
    assert_eq!(error, Err("Invalid namespace declaration. Line 1, position 15.".into()));
}

#[test]
fn a_text_that_was_cut_short_says_why_where_it_ends() {
    for text in [
        "<a>x",
        "<a>",
        "<a b='",
        "<a b",
        "<a/>",
        "<a/> ",
        "<a><!--",
        "<a></a",
        "<a>&",
        "<?xml version='1.0' encoding='",
    ] {
        let mut reader = XmlReader::new(text).cut_short_by(Some(Syntax::InvalidEncoding));
        let error = loop {
            match reader.read() {
                Err(error) => break error,
                Ok(node) => assert_ne!(node, Node::End, "{text}"),
            }
        };
        assert_eq!((error.syntax, error.position.column), (Syntax::InvalidEncoding, text.len() + 1), "{text}");
    }
}

#[test]
fn the_declared_encoding_is_known_before_the_declaration_ends() {
    for (text, expected) in [
        ("<?xml version='1.0' encoding='x'?><a/>", Some(("x", "<?xml version='1.0' encoding='"))),
        ("<?xml version = \"1.0\"\nencoding = \"\"", Some(("", "<?xml version = \"1.0\"\nencoding = \""))),
        ("<?xml version='1.0'?>", None),
        ("<?xml version='1.1' encoding='x'?>", None),
        ("<?xml encoding='x'?>", None),
        ("<?xmlx encoding='x'?>", None),
        ("<a encoding='x'/>", None),
    ] {
        assert_eq!(declared_encoding(text.as_bytes()), expected, "{text}");
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
