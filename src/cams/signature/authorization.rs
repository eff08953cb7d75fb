//! The header of version 3 that says who signed, and how.

use crate::steps;

/// The header `Authorization`: `ALGORITHM Credential=…,SignedHeaders=…,Signature=…`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Authorization<'r> {
    pub algorithm: &'r str,
    pub credential: Option<&'r str>,
    pub signed_headers: Option<&'r str>,
    pub signature: Option<&'r str>,
}

impl<'r> Authorization<'r> {
    /// `None` if it has another form.
    pub fn parse(text: &'r str) -> Option<Self> {
        let (algorithm, fields) = text.trim().split_once(' ')?;
        let mut read = Self { algorithm, ..Self::default() };
        for field in steps::parts(fields.split(',')) {
            let (name, value) = field.trim().split_once('=')?;
            let place = match name {
                "Credential" => &mut read.credential,
                "SignedHeaders" => &mut read.signed_headers,
                "Signature" => &mut read.signature,
                _ => return None,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        Some(read)
    }
}
