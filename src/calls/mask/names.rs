//! Names behind which a secret stands.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::layer::{Layer, is_space};
use crate::calls::Api;

/// How security tokens are called, in whatever case and with whatever around it.
static SECURITY_TOKEN: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    matcher(&["securitytoken", "security_token", "security-token", "security.token", "security token"])
});

/// What else gives access: fields of PIMS, and the signatures of CAMS.
static ALL: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let tokens = ["securitytoken", "security_token", "security-token", "security.token", "security token"];
    matcher(&[&tokens[..], &PIMS, &CAMS].concat())
});

const PIMS: [&str; 5] = ["clientsecret", "password", "pincode", "oldpin", "newpin"];
const CAMS: [&str; 1] = ["signature"];

fn matcher(names: &[&str]) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).build(names).ok()
}

/// A name as it stands in a text, with whatever belongs to it: `preqSecurityToken`.
#[derive(Clone, Debug)]
pub struct Name {
    pub range: Range<usize>,
    /// Whether it is called like a security token, rather than like another secret.
    pub is_token: bool,
}

/// The next name of a secret from here on. What comes before isn't looked at.
pub fn next(layer: &Layer, api: Api, from: usize) -> Option<Name> {
    let mut from = from;
    loop {
        let found = layer.find_any(from, ALL.as_ref()?)?;
        let start = layer.find_back(found.start, from, |byte| !is_in_name(byte) && byte != b':');
        let range = start..layer.find(found.end, |byte| !is_in_name(byte));
        from = range.end;
        if is_token(layer, range.clone()) {
            return Some(Name { range, is_token: true });
        }
        let others = match api {
            Api::Sync => &[][..],
            Api::Cams => &CAMS,
            Api::Pims => &PIMS,
        };
        if others.iter().any(|name| layer.is(range.clone(), name)) {
            return Some(Name { range, is_token: false });
        }
    }
}

/// Whether what stands here is called like a security token.
pub fn is_token(layer: &Layer, name: Range<usize>) -> bool {
    SECURITY_TOKEN.as_ref().is_some_and(|names| layer.has_any(name, names))
}

/// Whether a name goes on with this byte; a colon ends a prefix, and may end a name.
pub fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii()
}

/// Whether a value can't go on with this byte.
pub fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

/// The first byte from here on that isn't white space.
pub fn skip_space(layer: &Layer, from: usize) -> usize {
    layer.find(from, |byte| !is_space(byte))
}
