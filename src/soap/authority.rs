//! Scheme, host and port of an address, as `System.Uri` writes them (.NET).

use std::net::Ipv6Addr;

use crate::steps;

/// The scheme, in lower case, if it is one by which the service is reached.
pub fn parse_scheme(text: &str) -> Option<&'static str> {
    ["http", "https"].into_iter().find(|scheme| scheme.eq_ignore_ascii_case(text))
}

/// Host and port as they stand in an address of that scheme: the host in lower case, an IPv6 address in its shortest form, and
/// no port if it is the scheme's own. `None` if the text isn't a host, with a port if need be.
pub fn normalise_authority(text: &str, scheme: &str) -> Option<String> {
    let host_end =
        if text.starts_with('[') { steps::find(text, "]")? + 1 } else { steps::find(text, ":").unwrap_or(text.len()) };
    let (host, port) = text.split_at(host_end);
    let host = match host.strip_prefix('[') {
        Some(address) => format!("[{}]", address.strip_suffix(']')?.parse::<Ipv6Addr>().ok()?),
        None => name(host)?,
    };
    let own_port = if scheme == "https" { 443 } else { 80 };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => own_port,
        Some("") => own_port,
        // `parse` would take a sign as well.
        Some(digits) if steps::each(digits.bytes()).all(|byte| byte.is_ascii_digit()) => digits.parse::<u16>().ok()?,
        _ => return None,
    };
    Some(if port == own_port { host } else { format!("{host}:{port}") })
}

fn name(host: &str) -> Option<String> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || ".-_".contains(character);
    (!host.is_empty() && steps::each(host.chars()).all(is_part)).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::hostile::assert_linear;

    #[test]
    fn an_authority_has_a_host_in_lower_case_and_no_default_port() {
        for (text, http, https) in [
            ("Sync.Example", Some("sync.example"), Some("sync.example")),
            ("sync.example:80", Some("sync.example"), Some("sync.example:80")),
            ("sync.example:443", Some("sync.example:443"), Some("sync.example")),
            ("sync.example:0080", Some("sync.example"), Some("sync.example:80")),
            ("sync.example:", Some("sync.example"), Some("sync.example")),
            ("LOCALHOST:8080", Some("localhost:8080"), Some("localhost:8080")),
            ("xn--bcher-KVA.example.", Some("xn--bcher-kva.example."), Some("xn--bcher-kva.example.")),
            ("192.0.2.1:80", Some("192.0.2.1"), Some("192.0.2.1:80")),
            ("[::1]", Some("[::1]"), Some("[::1]")),
            ("[2001:DB8:0:0::1]:443", Some("[2001:db8::1]:443"), Some("[2001:db8::1]")),
            ("", None, None),
            (":80", None, None),
            ("a:b", None, None),
            ("a:+80", None, None),
            ("a:65536", None, None),
            ("a:80:80", None, None),
            ("user@a", None, None),
            ("a b", None, None),
            ("a/b", None, None),
            ("b\u{FC}cher.example", None, None),
            ("\"><b>", None, None),
            ("::1", None, None),
            ("[::1", None, None),
            ("[::1]x", None, None),
            ("[a]", None, None),
        ] {
            let read = |scheme| normalise_authority(text, scheme);
            assert_eq!((read("http").as_deref(), read("https").as_deref()), (http, https), "{text:?}");
        }
    }

    #[test]
    fn a_scheme_is_read_without_regard_to_case() {
        for (text, scheme) in [("http", Some("http")), ("HTTPS", Some("https")), ("Http", Some("http")), ("ws", None)] {
            assert_eq!(parse_scheme(text), scheme);
        }
    }

    #[test]
    fn work_on_hostile_authorities_is_linear() {
        let read = |text: &str| drop((parse_scheme(text), normalise_authority(text, "http")));
        assert_linear(&[
            ("an authority", &read),
            ("an address", &|text| read(&format!("[{text}]:80"))),
            ("a port", &|text| read(&format!("a:{text}"))),
        ]);
    }
}
