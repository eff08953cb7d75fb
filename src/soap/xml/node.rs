//! What a reader of XML stands on, and how it takes entities.

/// What the reader stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// Before the first node.
    Start,
    /// `<?xml …?>` at the very beginning.
    Declaration,
    /// A start tag, or an empty element's only tag.
    Element,
    /// An end tag.
    EndElement,
    /// Text with at least one character that is not white space.
    Text,
    /// Text of nothing but white space.
    Whitespace,
    /// `<![CDATA[…]]>`.
    CData,
    /// `&name;`, where nobody declared the name.
    EntityReference,
    /// `<!--…-->`.
    Comment,
    /// `<?…?>`.
    ProcessingInstruction,
    /// Behind the last node.
    End,
}

/// What .NET does about a reference to an entity that isn't one of XML's five. There being no DTD, nobody ever declared it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityHandling {
    /// It is a node like others, and in an attribute it stands for itself.
    Keep,
    /// It is an error, as it is while a DOM is built.
    Resolve,
}
