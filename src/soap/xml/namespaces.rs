//! Which namespace a prefix stands for.

use std::borrow::Cow;
use std::collections::HashMap;

/// The namespace of namespace declarations.
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// From this many declarations on, prefixes are looked up in a table, so that a document of a million declarations costs
/// no more for each name than a short one.
const MANY: usize = 16;

/// A declaration in force, by its place.
pub type Binding = usize;

#[derive(Debug)]
struct Declaration<'a> {
    prefix: &'a str,
    uri: Cow<'a, str>,
    /// The declaration of the same prefix that this one hides; known once there are many.
    hidden: Option<Binding>,
}

/// All declarations in force, innermost last.
#[derive(Debug)]
pub struct Namespaces<'a> {
    declarations: Vec<Declaration<'a>>,
    innermost: HashMap<&'a str, Binding>,
    /// How many were in force before the current start tag.
    before_tag: usize,
}

impl<'a> Namespaces<'a> {
    pub fn new() -> Self {
        Self { declarations: Vec::with_capacity(8), innermost: HashMap::new(), before_tag: 0 }
    }

    /// Notes where the declarations of a start tag begin, and gives that place for [`forget_back_to`](Self::forget_back_to).
    pub fn begin_tag(&mut self) -> usize {
        self.before_tag = self.declarations.len();
        self.before_tag
    }

    pub fn declare(&mut self, prefix: &'a str, uri: Cow<'a, str>) {
        let place = self.declarations.len();
        if place == MANY {
            self.index_all();
        }
        let hidden = if place >= MANY { self.innermost.insert(prefix, place) } else { None };
        self.declarations.push(Declaration { prefix, uri, hidden });
    }

    /// Fills the table when the declarations have become many.
    fn index_all(&mut self) {
        for (place, declaration) in self.declarations.iter_mut().enumerate() {
            declaration.hidden = self.innermost.insert(declaration.prefix, place);
        }
    }

    pub fn forget_back_to(&mut self, length: usize) {
        while self.declarations.len() > length {
            let Some(declaration) = self.declarations.pop() else { return };
            if self.innermost.is_empty() {
                continue;
            }
            match declaration.hidden {
                Some(place) => self.innermost.insert(declaration.prefix, place),
                None => self.innermost.remove(declaration.prefix),
            };
            if self.declarations.len() == MANY {
                self.innermost.clear();
            }
        }
    }

    /// Forgets what the current start tag declared.
    pub fn end_empty_element(&mut self) {
        self.forget_back_to(self.before_tag);
    }

    /// The declaration that a prefix refers to.
    pub fn find(&self, prefix: &str) -> Option<Binding> {
        if self.innermost.is_empty() {
            self.declarations.iter().rposition(|declaration| declaration.prefix == prefix)
        } else {
            self.innermost.get(prefix).copied()
        }
    }

    /// The namespace of a declaration; empty for none.
    pub fn uri(&self, binding: Option<Binding>) -> &str {
        binding.map_or("", |place| &self.declarations[place].uri)
    }

    /// The namespace that a prefix stands for; `None` for a prefix that nobody declared.
    pub fn uri_of_prefix(&self, prefix: &str) -> Option<&str> {
        match (self.find(prefix), prefix) {
            (Some(place), _) => Some(&self.declarations[place].uri),
            (None, "") => Some(""),
            (None, "xml") => Some(XML),
            (None, "xmlns") => Some(XMLNS),
            (None, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_declarations_are_found_hidden_and_forgotten_alike() {
        let prefixes: Vec<String> = (0..100).map(|number| format!("p{}", number % 40)).collect();
        let mut namespaces = Namespaces::new();
        let mut plain: Vec<(&str, String)> = Vec::new();
        for (number, prefix) in prefixes.iter().enumerate() {
            namespaces.declare(prefix, Cow::Owned(format!("u{number}")));
            plain.push((prefix, format!("u{number}")));
        }
        while !plain.is_empty() {
            for prefix in &prefixes {
                let expected = plain.iter().rfind(|(known, _)| known == prefix).map(|(_, uri)| uri.as_str());
                assert_eq!(namespaces.uri_of_prefix(prefix), expected, "{prefix} of {}", plain.len());
            }
            plain.pop();
            namespaces.forget_back_to(plain.len());
        }
    }
}
