//! The path of a request as Http.sys hands it on, and what ASP.NET refuses of it before anything else.
//!
//! Only for deciding whether a request is the service's, and for the service's own paths: all others are matched as they were
//! sent. `docs/fidelity.md` says how certain each rule is.

use std::borrow::Cow;

use super::url_decode::url_decode;
use crate::steps;

/// Where the service lives. The path is matched without regard to case, as IIS does.
pub const PATH: &str = "/Services/Sync.asmx";

/// The longest path, path info included, in UTF-16 units of the decoded path: ASP.NET's `maxUrlLength`.
const MAX_LENGTH: usize = 260;

/// The path of a request to the service.
#[derive(Debug, PartialEq, Eq)]
pub struct ServicePath<'r> {
    path: Cow<'r, str>,
    pub place: Place,
}

/// What a path of the service asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The service itself.
    Service,
    /// Something below it: ASP.NET's path info.
    Below,
    /// Nothing, because ASP.NET refuses the path: it is too long, or has a character that no path may have.
    Refused,
}

impl<'r> ServicePath<'r> {
    /// The path as it stands in the request, if it is the service's or one below it. What goes on with a character that no
    /// path may have is the service's too: the original refuses it before it looks what is there.
    pub fn parse(raw: &'r str) -> Option<Self> {
        let path = normalise(steps::over(raw));
        let (start, rest) = path.split_at_checked(PATH.len())?;
        let is_at = rest.chars().next().is_none_or(|next| next == '/' || is_invalid(next));
        if !start.eq_ignore_ascii_case(PATH) || !is_at {
            return None;
        }
        let place = if rest.is_empty() {
            Place::Service
        } else if rest.contains(is_invalid) || path.encode_utf16().nth(MAX_LENGTH).is_some() {
            Place::Refused
        } else {
            Place::Below
        };
        Some(Self { path, place })
    }

    /// The path without escapes and dot segments, in the case that the caller typed.
    pub fn as_str(&self) -> &str {
        &self.path
    }
}

/// ASP.NET's `requestPathInvalidCharacters`, and those that Http.sys refuses (`AllowRestrictedChars`), for which it has a page
/// of its own that isn't imitated. A `%` is left of a double encoding, or of an escape that is none.
fn is_invalid(character: char) -> bool {
    matches!(character, '<' | '>' | '*' | '%' | '&' | ':' | '?') || character.is_control()
}

/// Decodes the path once, takes `\` for `/`, and removes dot segments; none leads above the root.
fn normalise(raw: &str) -> Cow<'_, str> {
    // Unlike in a query, `+` is itself here.
    let decoded = match raw.contains('%') {
        true => Cow::Owned(url_decode(&raw.replace('+', "%2B")).into_owned()),
        false => Cow::Borrowed(raw),
    };
    match decoded.contains('\\') || decoded.contains("/.") {
        true => Cow::Owned(remove_dot_segments(&decoded.replace('\\', "/"))),
        false => decoded,
    }
}

/// RFC 3986, section 5.2.4, in one pass.
fn remove_dot_segments(path: &str) -> String {
    let mut kept = Vec::new();
    let mut segments = steps::parts(path.split('/')).peekable();
    while let Some(segment) = segments.next() {
        let is_dot = match segment {
            "." => true,
            ".." => {
                // What stands before the first slash is the root.
                kept.truncate(kept.len().saturating_sub(1).max(1));
                true
            }
            _ => false,
        };
        if !is_dot {
            kept.push(segment);
        } else if segments.peek().is_none() {
            kept.push("");
        }
    }
    kept.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::hostile::assert_linear;

    #[test]
    fn a_path_is_the_services_after_decoding_and_without_dot_segments() {
        let service = Some(Place::Service);
        for (raw, place, path) in [
            ("/Services/Sync.asmx", service, "/Services/Sync.asmx"),
            ("/services/SYNC.asmx", service, "/services/SYNC.asmx"),
            ("/Services/Sync%2Easmx", service, "/Services/Sync.asmx"),
            ("/Services/Sync%u002Easmx", service, "/Services/Sync.asmx"),
            ("/Services%2FSync.asmx", service, "/Services/Sync.asmx"),
            ("\\Services\\Sync.asmx", service, "/Services/Sync.asmx"),
            ("/Services%5cSync.asmx", service, "/Services/Sync.asmx"),
            ("/./Services/Sync.asmx", service, "/Services/Sync.asmx"),
            ("/Services/./Sync.asmx", service, "/Services/Sync.asmx"),
            ("/Services/../Services/Sync.asmx", service, "/Services/Sync.asmx"),
            ("/Services/%2e%2E/Services/Sync.asmx", service, "/Services/Sync.asmx"),
            ("/x\\..\\Services/Sync.asmx", service, "/Services/Sync.asmx"),
            ("/Services/Sync.asmx/x/..%2f../Sync.asmx", service, "/Services/Sync.asmx"),
            ("/../../Services/Sync.asmx", service, "/Services/Sync.asmx"),
            ("/x/../../Services/Sync.asmx", service, "/Services/Sync.asmx"),
            ("/Services/Sync.asmx/", Some(Place::Below), "/Services/Sync.asmx/"),
            ("/Services/Sync.asmx\\x", Some(Place::Below), "/Services/Sync.asmx/x"),
            ("/Services/Sync.asmx/.", Some(Place::Below), "/Services/Sync.asmx/"),
            ("/Services/Sync.asmx/x/..", Some(Place::Below), "/Services/Sync.asmx/"),
            ("/Services/Sync.asmx/...", Some(Place::Below), "/Services/Sync.asmx/..."),
            ("/Services/Sync.asmx/a+b%2Bc", Some(Place::Below), "/Services/Sync.asmx/a+b+c"),
        ] {
            let parsed = ServicePath::parse(raw);
            assert_eq!((parsed.as_ref().map(|path| path.place), normalise(raw).as_ref()), (place, path), "{raw}");
        }
    }

    #[test]
    fn what_only_looks_like_the_services_path_is_not() {
        for raw in [
            "/",
            "*",
            "",
            "/Services",
            "/Services/",
            "/Services/Sync.asmx/..",
            "/Services/Sync.asmx/../",
            "/Services/Sync.asmx.",
            "/Services/Sync.asmx%20",
            "/Services/Sync.asmxx",
            "/Services//Sync.asmx",
            "/Services/.../Sync.asmx",
            "Services/Sync.asmx",
            "/Services%252FSync.asmx",
            // An overlong form of `/` is none.
            "/Services%C0%AFSync.asmx",
            "/Services/Sync.asm%C5%BF",
            "/Services/Sync.asmx/../../_emulator/health",
        ] {
            assert_eq!(ServicePath::parse(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_path_with_a_character_that_no_path_may_have_is_refused() {
        for tail in [
            "/<", "/%3Cx", "/%3E", "/*", "/%2A", "/%25", "/&", "/%26", "/:", "/%3a", "/%3F", "%3Fwsdl", "::$DATA",
            "&op=x", "/%255C", "/%", "/%4", "/%zz", "/%00", "%00", "/%1F", "/%7f", "/%C2%85", "/%u003C",
        ] {
            let raw = format!("/Services/Sync.asmx{tail}");
            assert_eq!(ServicePath::parse(&raw).map(|path| path.place), Some(Place::Refused), "{raw}");
        }
        for tail in ["/\"", "/%22", "/%23", "/;", "/%7C", "/%7B%7D", "/!$'()+,-=@^_~", "/%20", "/%C3%A9", "/%ff%fe"] {
            let raw = format!("/Services/Sync.asmx{tail}");
            assert_eq!(ServicePath::parse(&raw).map(|path| path.place), Some(Place::Below), "{raw}");
        }
    }

    #[test]
    fn a_path_has_up_to_260_utf_16_units_once_it_is_decoded() {
        let rest = MAX_LENGTH - "/Services/Sync.asmx/".len();
        for (before, piece, units) in [
            ("", "x", 1),
            ("", "%78", 1),
            ("", "%u0078", 1),
            ("", "%C3%A9", 1),
            ("", "%F0%9F%98%80", 2),
            ("", "x/", 2),
            ("x/../", "x", 1),
        ] {
            let fitting = rest / units;
            for (count, place) in [(fitting, Place::Below), (fitting + 1, Place::Refused)] {
                let raw = format!("/Services/Sync.asmx/{before}{}", piece.repeat(count));
                assert_eq!(ServicePath::parse(&raw).map(|path| path.place), Some(place), "{count} times {piece}");
            }
        }
    }

    #[test]
    fn work_on_hostile_paths_is_linear() {
        assert_linear(&[
            ("a path", &|text| drop(ServicePath::parse(text))),
            ("what is below the service", &|text| drop(ServicePath::parse(&format!("{PATH}/{text}")))),
        ]);
    }
}
