//! Which namespace a prefix stands for.

use std::borrow::Cow;
use std::collections::HashMap;

/// The namespace of namespace declarations.
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// The namespace of the prefix `xml`.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// From this many declarations on, prefixes are looked up in a table, so that a document of a million declarations costs
/// no more for each name than a short one.
const MANY: usize = 16;

/// A declaration in force, by its place. Small, as a document may have a million of them.
pub type Binding = u32;

/// A number that two namespaces share if they are equal: a name may be long, and stand in the way of many attributes.
pub type Identity = u32;

#[derive(Debug)]
struct Declaration<'a> {
    prefix: &'a str,
    uri: Cow<'a, str>,
    /// Known once it was asked for.
    identity: Option<Identity>,
    /// The declaration of the same prefix that this one hides; known once there is a table.
    hidden: Option<Binding>,
}

/// All declarations in force, innermost last.
#[derive(Debug)]
pub struct Namespaces<'a> {
    declarations: Vec<Declaration<'a>>,
    /// The table, from when there first were many to the end of the document.
    innermost: Option<HashMap<&'a str, Binding>>,
    identities: HashMap<Cow<'a, str>, Identity>,
    /// How many were in force before the current start tag.
    before_tag: Binding,
}

impl<'a> Namespaces<'a> {
    pub fn new() -> Self {
        let mut namespaces =
            Self { declarations: Vec::with_capacity(8), innermost: None, identities: HashMap::new(), before_tag: 0 };
        // Nobody has to declare these.
        namespaces.declare("xmlns", XMLNS.into());
        namespaces.declare("xml", XML.into());
        namespaces
    }

    /// Notes where the declarations of a start tag begin, and gives that place for [`forget_back_to`](Self::forget_back_to).
    pub fn begin_tag(&mut self) -> Binding {
        self.before_tag = number(self.declarations.len());
        self.before_tag
    }

    pub fn declare(&mut self, prefix: &'a str, uri: Cow<'a, str>) {
        let place = number(self.declarations.len());
        if self.declarations.len() == MANY && self.innermost.is_none() {
            self.index_all();
        }
        let hidden = self.innermost.as_mut().and_then(|innermost| innermost.insert(prefix, place));
        self.declarations.push(Declaration { prefix, uri, identity: None, hidden });
    }

    fn index_all(&mut self) {
        let mut innermost = HashMap::new();
        for (place, declaration) in (0..).zip(&mut self.declarations) {
            declaration.hidden = innermost.insert(declaration.prefix, place);
        }
        self.innermost = Some(innermost);
    }

    pub fn forget_back_to(&mut self, place: Binding) {
        while self.declarations.len() > place as usize {
            let Some(declaration) = self.declarations.pop() else { return };
            let Some(innermost) = &mut self.innermost else { continue };
            match declaration.hidden {
                Some(place) => innermost.insert(declaration.prefix, place),
                None => innermost.remove(declaration.prefix),
            };
        }
    }

    /// Forgets what the current start tag declared.
    pub fn end_empty_element(&mut self) {
        self.forget_back_to(self.before_tag);
    }

    /// The declaration that a prefix refers to.
    pub fn find(&self, prefix: &str) -> Option<Binding> {
        match &self.innermost {
            Some(innermost) => innermost.get(prefix).copied(),
            None => self.declarations.iter().rposition(|declaration| declaration.prefix == prefix).map(number),
        }
    }

    /// The namespace of a declaration; empty for none.
    pub fn uri(&self, binding: Option<Binding>) -> &str {
        binding.and_then(|place| self.declarations.get(place as usize)).map_or("", |declaration| &declaration.uri)
    }

    /// What tells the namespace of a prefix from all others of the document. However often it is asked for, the name of a
    /// namespace is looked at once for each declaration.
    pub fn identity(&mut self, prefix: &str) -> Identity {
        let Some(place) = self.find(prefix) else {
            return self.identify("".into());
        };
        let declaration = self.declaration(place);
        if let Some(identity) = declaration.identity {
            return identity;
        }
        let identity = self.identify(declaration.uri.clone());
        self.declarations[place as usize].identity = Some(identity);
        identity
    }

    fn identify(&mut self, uri: Cow<'a, str>) -> Identity {
        let next = number(self.identities.len());
        *self.identities.entry(uri).or_insert(next)
    }

    /// The namespace that a prefix stands for; `None` for a prefix that nobody declared.
    pub fn uri_of_prefix(&self, prefix: &str) -> Option<&str> {
        match (self.find(prefix), prefix) {
            (Some(place), _) => Some(&self.declaration(place).uri),
            (None, "") => Some(""),
            (None, _) => None,
        }
    }

    fn declaration(&self, place: Binding) -> &Declaration<'a> {
        &self.declarations[place as usize]
    }
}

/// A count, or a place in the text, as a number of half the size. More would need a document of 4 GiB, which nobody reads.
pub fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_namespaces_have_one_identity() {
        let mut namespaces = Namespaces::new();
        let built_in = namespaces.begin_tag();
        for (prefix, uri) in [("a", "urn:1"), ("b", "urn:1"), ("c", "urn:2")] {
            namespaces.declare(prefix, uri.into());
        }
        assert_eq!(namespaces.identity("a"), namespaces.identity("b"));
        assert_ne!(namespaces.identity("a"), namespaces.identity("c"));
        assert_ne!(namespaces.identity("a"), namespaces.identity("xml"));
        namespaces.forget_back_to(built_in);
        namespaces.declare("a", "urn:2".into());
        let (hidden, own) = (namespaces.identity("a"), namespaces.identity("xml"));
        namespaces.declare("b", XML.into());
        assert_eq!(namespaces.identity("b"), own);
        namespaces.declare("a", "urn:3".into());
        assert_ne!(namespaces.identity("a"), hidden);
    }

    #[test]
    fn few_and_many_declarations_are_found_hidden_and_forgotten_alike() {
        let prefixes: Vec<String> = (0..100).map(|number| format!("p{}", number % 40)).collect();
        let mut namespaces = Namespaces::new();
        let built_in = namespaces.begin_tag();
        let mut plain: Vec<(&str, String)> = Vec::new();
        for (place, prefix) in prefixes.iter().enumerate() {
            namespaces.declare(prefix, Cow::Owned(format!("u{place}")));
            plain.push((prefix, format!("u{place}")));
        }
        while !plain.is_empty() {
            for prefix in &prefixes {
                let expected = plain.iter().rfind(|(known, _)| known == prefix).map(|(_, uri)| uri.as_str());
                assert_eq!(namespaces.uri_of_prefix(prefix), expected, "{prefix} of {}", plain.len());
            }
            plain.pop();
            namespaces.forget_back_to(built_in + number(plain.len()));
        }
    }
}
