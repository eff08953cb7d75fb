//! `Content-Type` as ASP.NET takes it apart: at every semicolon, quoted or not.

use super::version::Version;

/// The `Content-Type` of a request. A missing header is the empty one.
#[derive(Clone, Copy, Debug)]
pub struct MediaType<'a>(pub &'a str);

impl<'a> MediaType<'a> {
    /// Whether the media type is the one of `version`: compared without case, but not trimmed (ASP.NET).
    pub fn is_of(self, version: Version) -> bool {
        self.base().eq_ignore_ascii_case(version.media_type())
    }

    /// Whether an envelope of any version may come under this media type.
    pub fn is_soap(self) -> bool {
        Version::ALL.into_iter().any(|version| self.is_of(version))
    }

    /// Whether the type is `application/…`, whose texts tell their encoding themselves (RFC 3023, as ASP.NET has it).
    pub fn is_application(self) -> bool {
        self.base().split('/').next().is_some_and(|start| start.eq_ignore_ascii_case("application"))
    }

    /// The `charset`, if there is one.
    pub fn charset(self) -> Option<&'a str> {
        self.parameter("charset")
    }

    /// The `action` of SOAP 1.2, if there is one.
    pub fn action(self) -> Option<&'a str> {
        self.parameter("action")
    }

    fn base(self) -> &'a str {
        self.0.split(';').next().unwrap_or_default()
    }

    fn parameter(self, name: &str) -> Option<&'a str> {
        self.0.split(';').skip(1).map(str::trim_start).find_map(|declaration| {
            let (start, rest) = declaration.split_at_checked(name.len())?;
            let (_, value) = rest.split_once('=').filter(|_| start.eq_ignore_ascii_case(name))?;
            Some(value.trim_matches([' ', '\t', '\'', '"']))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_not_trimmed_and_parameters_are() {
        for (header, is_soap, charset, action) in [
            ("text/xml; charset=utf-8", true, Some("utf-8"), None),
            ("TEXT/XML;CHARSET=\"UTF-8\"", true, Some("UTF-8"), None),
            ("text/xml ; charset=utf-8", false, Some("utf-8"), None),
            ("application/soap+xml; action=urn:a; charset=utf-16", true, Some("utf-16"), Some("urn:a")),
            ("application/soap+xml; action = ' urn:a\"", true, None, Some("urn:a")),
            ("application/soap+xml; action=\"\"", true, None, Some("")),
            ("text/xml; charset; charsets=utf-8", true, Some("utf-8"), None),
            ("application/json", false, None, None),
            ("", false, None, None),
        ] {
            let media = MediaType(header);
            assert_eq!((media.is_soap(), media.charset(), media.action()), (is_soap, charset, action), "{header}");
        }
    }
}
