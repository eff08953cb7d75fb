//! What `XmlTextReader` says of a document that is not well-formed.

use thiserror::Error;

use super::Position;

/// A defect and where it was met. The message is .NET's, position included.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{syntax}{}{}", place(syntax, *position), cause(syntax))]
pub struct XmlError {
    pub syntax: Syntax,
    pub position: Position,
}

/// The kinds of defect, in .NET's words (resources of `System.Xml`).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Syntax {
    #[error("Root element is missing.")]
    RootMissing,
    #[error("Data at the root level is invalid.")]
    InvalidRootData,
    #[error("There are multiple root elements.")]
    MultipleRoots,
    #[error("Unexpected end tag.")]
    UnexpectedEndTag,
    /// Raised before anything of the DTD is read, so nothing is ever expanded.
    #[error("DTD is prohibited in this XML document.")]
    DtdProhibited,
    #[error("Unexpected DTD declaration.")]
    MisplacedDtd,
    #[error(
        "Unexpected XML declaration. The XML declaration must be the first node in the document, and no white space characters are allowed to appear before it."
    )]
    DeclarationNotFirst,
    #[error("Syntax for an XML declaration is invalid.")]
    InvalidDeclaration,
    #[error("Version number '{0}' is invalid.")]
    InvalidVersion(String),
    #[error("Unexpected end of file while parsing {0} has occurred.")]
    EndOfFile(&'static str),
    #[error("Unexpected end of file has occurred.")]
    UnexpectedEnd,
    /// The elements, innermost first, with a full stop if there are any.
    #[error("Unexpected end of file has occurred. The following elements are not closed: {0}")]
    UnclosedElements(String),
    #[error(
        "The '{start}' start tag on line {} position {} does not match the end tag of '{end}'.",
        start_position.line,
        start_position.column
    )]
    TagMismatch { start: String, start_position: Position, end: String },
    #[error("Name cannot begin with the '{}' character, hexadecimal value {}.", shown((*.0).into()), hexadecimal((*.0).into()))]
    BadNameStart(char),
    #[error(
        "The '{}' character, hexadecimal value {}, cannot be included in a name.",
        shown((*.0).into()),
        hexadecimal((*.0).into())
    )]
    BadNameCharacter(char),
    #[error("'{found}' is an unexpected token. The expected token is '{expected}'{}.", alternative(*or))]
    UnexpectedToken { found: String, expected: &'static str, or: Option<&'static str> },
    #[error("'{0}' is an unexpected token. Expecting white space.")]
    WhiteSpaceExpected(String),
    #[error("There is an unclosed literal string.")]
    UnclosedLiteral,
    #[error("'{0}', hexadecimal value {code}, is an invalid attribute character.", code = hexadecimal(u32::from(*.0)))]
    BadAttributeCharacter(char),
    #[error("'{0}' is a duplicate attribute name.")]
    DuplicateAttribute(String),
    #[error("'{0}' is an undeclared prefix.")]
    UndeclaredPrefix(String),
    #[error("Invalid namespace declaration.")]
    InvalidNamespaceDeclaration,
    #[error("Prefix \"xmlns\" is reserved for use by XML.")]
    ReservedPrefix,
    #[error(
        "Prefix \"xml\" is reserved for use by XML and can be mapped only to namespace name \"http://www.w3.org/XML/1998/namespace\"."
    )]
    ReservedXmlPrefix,
    #[error("Prefix '{0}' cannot be mapped to namespace name reserved for \"xml\" or \"xmlns\".")]
    ReservedNamespace(String),
    #[error("'{0}' is an invalid xml:space value.")]
    InvalidSpace(String),
    #[error("Reference to undeclared entity '{0}'.")]
    UndeclaredEntity(String),
    #[error("An error occurred while parsing EntityName.")]
    InvalidEntityName,
    #[error("Invalid syntax for a decimal numeric entity reference.")]
    InvalidDecimalReference,
    #[error("Invalid syntax for a hexadecimal numeric entity reference.")]
    InvalidHexadecimalReference,
    /// A number over what an `int` can hold.
    #[error("Invalid value of a character entity reference.")]
    ReferenceOverflow,
    #[error("'{}', hexadecimal value {}, is an invalid character.", shown(*.0), hexadecimal(*.0))]
    InvalidCharacter(u32),
    #[error("']]>' is not allowed in character data.")]
    CDataEndInText,
    #[error("An XML comment cannot contain '--', and '-' cannot be the last character.")]
    InvalidComment,
    #[error("'{0}' is an invalid name for processing instructions.")]
    InvalidInstructionName(String),
    #[error(
        "Unexpected node type. ReadElementString method can only be called on elements with simple or empty content."
    )]
    NotSimpleContent,
    #[error("Invalid character in the given encoding.")]
    InvalidEncoding,
    #[error("There is no Unicode byte order mark. Cannot switch to Unicode.")]
    NoByteOrderMark,
    #[error("System does not support '{0}' encoding.")]
    UnknownEncoding(String),
}

/// .NET adds the position to every message but that of a DTD and of a missing root.
fn place(syntax: &Syntax, position: Position) -> String {
    match syntax {
        Syntax::DtdProhibited | Syntax::RootMissing | Syntax::NoByteOrderMark => String::new(),
        _ => format!(" Line {}, position {}.", position.line, position.column),
    }
}

/// What .NET's own exception was, where one lies behind the defect.
fn cause(syntax: &Syntax) -> String {
    match syntax {
        Syntax::UnknownEncoding(name) => format!(
            " ---> '{name}' is not a supported encoding name. For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method.\r\nParameter name: name"
        ),
        Syntax::ReferenceOverflow => " ---> Arithmetic operation resulted in an overflow.".into(),
        _ => String::new(),
    }
}

fn alternative(or: Option<&str>) -> String {
    or.map(|token| format!(" or '{token}'")).unwrap_or_default()
}

fn hexadecimal(code: u32) -> String {
    format!("0x{code:02X}")
}

/// .NET shows a NUL as a full stop.
fn shown(code: u32) -> char {
    char::from_u32(code).filter(|character| *character != '\0').unwrap_or('.')
}
