//! The query of a page's address, as `HttpRequest.QueryString` has it (ASP.NET).

use std::borrow::Cow;

use super::url_decode::url_decode;

/// Names and values. A part without `=` is a value without a name; all values of one name are joined with commas.
#[derive(Clone, Copy, Debug)]
pub struct Query<'q>(pub &'q str);

impl<'q> Query<'q> {
    /// The values of a name, which is compared without regard to case.
    pub fn named(self, name: &str) -> Option<String> {
        self.joined(|known| known.is_some_and(|known| url_decode(known).eq_ignore_ascii_case(name)))
    }

    /// The values without a name, such as the one of `?WSDL`.
    pub fn nameless(self) -> Option<String> {
        self.joined(|name| name.is_none())
    }

    fn joined(self, is_wanted: impl Fn(Option<&str>) -> bool) -> Option<String> {
        let values: Vec<_> = self.parts().filter(|(name, _)| is_wanted(*name)).map(|(_, value)| value).collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    fn parts(self) -> impl Iterator<Item = (Option<&'q str>, Cow<'q, str>)> {
        let parts = self.0.split('&').filter(move |_| !self.0.is_empty());
        parts.map(|part| match part.split_once('=') {
            Some((name, value)) => (Some(name), url_decode(value)),
            None => (None, url_decode(part)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name_or_by_having_none() {
        for (query, op, nameless) in [
            ("", None, None),
            ("op=a", Some("a"), None),
            ("OP=a&op=b", Some("a,b"), None),
            ("o%70=a%26+b", Some("a& b"), None),
            ("op=", Some(""), None),
            ("op", None, Some("op")),
            ("x=1&wsdl", None, Some("wsdl")),
            ("%57SDL", None, Some("WSDL")),
            ("wsdl&disco", None, Some("wsdl,disco")),
            ("wsdl&", None, Some("wsdl,")),
        ] {
            let query = Query(query);
            assert_eq!((query.named("op").as_deref(), query.nameless().as_deref()), (op, nameless), "{query:?}");
        }
    }
}
