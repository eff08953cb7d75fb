//! The query of a page's address, as `HttpRequest.QueryString` has it (ASP.NET).

use std::borrow::Cow;

use super::url_decode::url_decode;
use crate::steps;

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

    /// ASP.NET's request validation: whether a value that the service reads looks like markup, so that the request is refused.
    /// Values of other names are not looked at (mode 4.5).
    pub fn is_dangerous(self) -> bool {
        self.parts().any(|(name, value)| is_read(name) && looks_like_markup(&value))
    }

    fn joined(self, is_wanted: impl Fn(Option<&str>) -> bool) -> Option<String> {
        let values: Vec<_> = self.parts().filter(|(name, _)| is_wanted(*name)).map(|(_, value)| value).collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    fn parts(self) -> impl Iterator<Item = (Option<&'q str>, Cow<'q, str>)> {
        let parts = steps::parts(self.0.split('&')).filter(move |_| !self.0.is_empty());
        parts.map(|part| match part.split_once('=') {
            Some((name, value)) => (Some(name), url_decode(value)),
            None => (None, url_decode(part)),
        })
    }
}

/// Whether the service reads the values of that name, or those that have none.
fn is_read(name: Option<&str>) -> bool {
    let Some(name) = name.map(url_decode) else { return true };
    ["op", "wsdl", "schema"].iter().any(|read| read.eq_ignore_ascii_case(&name))
}

/// `CrossSiteScriptingValidation.IsDangerousString`: `<` in front of a letter, `!`, `/` or `?`, and `&#`.
fn looks_like_markup(value: &str) -> bool {
    let is_markup = |pair: &[u8]| match pair {
        [b'<', next] => next.is_ascii_alphabetic() || b"!/?".contains(next),
        pair => pair == b"&#",
    };
    steps::each(value.as_bytes().windows(2)).any(is_markup)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::hostile::assert_linear;

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

    #[test]
    fn a_value_that_is_read_and_looks_like_markup_is_dangerous() {
        for query in [
            "op=%3Cb",
            "op=%3cB",
            "op=%u003Cb",
            "op=x%3C!",
            "op=%3C/",
            "op=%3C?",
            "OP=%3Cb",
            "o%70=%3Cb",
            "op=1&op=%3Cb",
            "x=1&op=a%26%23",
            "wsdl=%3Cb",
            "schema=%3Cb",
            "%3Cb",
            "wsdl&%3Cb",
            "wsdl&op=%3Cb",
            "op==%3Cb",
            "%26%2365%3B",
        ] {
            assert!(Query(query).is_dangerous(), "{query}");
        }
        for query in [
            "",
            "op=b%3C",
            "op=%3C",
            "op=%3C%201",
            "op=%3C1",
            "op=%3C%3C",
            "op=%3C%C3%A9",
            "op=%26",
            "op=%26amp;",
            "op=%26+%23",
            "op=%253Cb",
            "op=%3C&op=b",
            "x=%3Cb",
            "disco=%3Cb",
            "ops=%3Cb",
            "%3Cb=1",
            "=%3Cb",
            "op%5B%5D=%3Cb",
            "op+=%3Cb",
        ] {
            assert!(!Query(query).is_dangerous(), "{query}");
        }
    }

    #[test]
    fn work_on_hostile_queries_is_linear() {
        let read = |query: &str| drop((Query(query).named("op"), Query(query).nameless(), Query(query).is_dangerous()));
        assert_linear(&[("a query", &read), ("a value", &|text| read(&format!("op={text}")))]);
    }
}
