//! Refusals: code, HTTP status and words, as documented or as the live gateway says them.

mod documented;

use std::borrow::Cow;
use std::time::Duration;

use super::signature::Objection;
use crate::body::BodyError;
use crate::domain::Reason;
use crate::domain::verification::CodeRefusal;
use documented::{BUSINESS, document};

/// Why a call is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such action, or not by this HTTP method.
    ActionNotFound,
    /// A parameter that isn't there, or is empty.
    Missing(&'static str),
    /// A parameter that isn't of its form.
    Invalid(&'static str),
    UnknownAccessKey,
    InactiveAccessKey,
    TimeFormat,
    TimeExpired,
    IncompleteSignature,
    SignatureMethod,
    Mismatch {
        string_to_sign: String,
        /// There is one in version 3.
        canonical_request: Option<String>,
    },
    /// The security token isn't of the form of one.
    TokenMalformed,
    TokenExpired,
    /// The security token is another one than that of the key.
    TokenMismatch,
    NonceUsed,
    /// The key's policy doesn't have this action.
    Denied,
    Unsubscribed,
    Throttled(Throttling),
    /// The space or the number is somebody else's: whose.
    NotTheirs(Reason),
    /// The number isn't on its way to this space, or not as far as that: what is missing.
    NotMigrating(&'static str),
    /// `None`: none was sent.
    WrongCode(Option<CodeRefusal>),
    /// The space's member or type of number isn't there (our choice: only a stand-in can be set up like that).
    SpaceWithoutMember,
    /// The body can't be had.
    Body(BodyError),
    /// For which reason.
    Unavailable(&'static str),
    /// A rule of a tester says so.
    OnPurpose {
        code: String,
        /// The rule's own words, in place of those that the code has.
        message: Option<String>,
        throttling: Throttling,
    },
}

/// How often calls may be made, and when the next one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttling {
    pub limit: u32,
    pub left: Duration,
}

impl Refusal {
    pub fn code(&self) -> Cow<'_, str> {
        match self {
            Self::ActionNotFound => "InvalidAction.NotFound".into(),
            Self::Missing(parameter) => format!("Missing{parameter}").into(),
            Self::Invalid(parameter) => format!("Invalid{parameter}").into(),
            Self::UnknownAccessKey => "InvalidAccessKeyId.NotFound".into(),
            Self::InactiveAccessKey => "InvalidAccessKeyId.Inactive".into(),
            Self::TimeFormat => "InvalidTimeStamp.Format".into(),
            Self::TimeExpired => "InvalidTimeStamp.Expired".into(),
            Self::IncompleteSignature => "IncompleteSignature".into(),
            Self::SignatureMethod => "InvalidSignatureMethod".into(),
            Self::Mismatch { .. } => "SignatureDoesNotMatch".into(),
            Self::TokenMalformed => "InvalidSecurityToken.Malformed".into(),
            Self::TokenExpired => "InvalidSecurityToken.Expired".into(),
            Self::TokenMismatch => "InvalidSecurityToken.MismatchWithAccessKey".into(),
            Self::NonceUsed => "SignatureNonceUsed".into(),
            Self::Denied => "Ram.PermissionDeny".into(),
            Self::Unsubscribed => "Product.Unsubscript".into(),
            Self::Throttled(_) => "Throttling.User".into(),
            Self::NotTheirs(_) => "Unknown.ResourceOwnerId".into(),
            Self::NotMigrating(_) => "InvalidPhoneNumber".into(),
            Self::WrongCode(_) => "InvalidVerifyCode".into(),
            Self::SpaceWithoutMember => "InvalidCustSpaceId".into(),
            Self::Body(BodyError::TooLong) => "RequestTooLarge".into(),
            Self::Body(BodyError::TooSlow) => "RequestTimeout".into(),
            Self::Body(BodyError::Broken) => "IncompleteBody".into(),
            Self::Unavailable(_) | Self::Body(BodyError::NoMemory) => "ServiceUnavailable".into(),
            Self::OnPurpose { code, .. } => code.into(),
        }
    }

    pub fn status(&self) -> u16 {
        document(&self.code()).0
    }

    /// The words for the caller. What should have been signed comes behind a colon in version 1, where the old core of the SDKs
    /// looks for it, and in brackets in version 3.
    pub fn message(&self) -> String {
        match self {
            Self::Mismatch { string_to_sign, canonical_request: Some(canonical) } => format!(
                "Specified signature does not match our calculation. server StringToSign is [{string_to_sign}] \
                 server CanonicalRequest is [{canonical}]"
            ),
            Self::Mismatch { string_to_sign, canonical_request: None } => {
                document(&self.code()).1.into_owned() + string_to_sign
            }
            Self::OnPurpose { message: Some(message), .. } => message.clone(),
            _ => document(&self.code()).1.into_owned(),
        }
    }

    /// Which of its causes the code has, for the journal; `None` where code and words say all.
    pub fn why(&self) -> Option<Reason> {
        Some(match self {
            Self::ActionNotFound => "there are five actions, by GET or POST".into(),
            Self::Missing(parameter) => Reason::of(format_args!("{parameter} isn't there, or is empty")),
            Self::UnknownAccessKey => "no program has this access key".into(),
            Self::InactiveAccessKey => "the access key is switched off".into(),
            Self::TimeExpired => "the time of the request is more than 15 minutes from the service's".into(),
            Self::NonceUsed => "the nonce has come already with this access key".into(),
            Self::Denied => "the policy of the access key doesn't have this action".into(),
            Self::Unsubscribed => "the account has no subscription of the product".into(),
            Self::Throttled(Throttling { limit, .. }) => Reason::of(format_args!("more than {limit}")),
            Self::NotTheirs(whose) => whose.clone(),
            Self::NotMigrating(missing) => (*missing).into(),
            Self::WrongCode(None) => "no code was sent to this number for this space".into(),
            Self::WrongCode(Some(CodeRefusal::Wrong)) => "the code isn't the one that was sent".into(),
            Self::WrongCode(Some(CodeRefusal::Spent)) => {
                "the code's time is over, its tries are used up, or it has counted already".into()
            }
            Self::SpaceWithoutMember => "the space's member, or its type of number, isn't there".into(),
            Self::Unavailable(reason) => (*reason).into(),
            Self::Body(error) => Reason::of(format_args!("{error}")),
            _ => return None,
        })
    }

    /// Whether the operation refuses, not the gateway in front of it: what its own page lists, and what became of code and number.
    pub fn is_business(&self) -> bool {
        match self {
            Self::NotMigrating(_) | Self::WrongCode(_) | Self::SpaceWithoutMember => true,
            _ => BUSINESS.contains(&&*self.code()),
        }
    }

    /// Who was denied what, as a text: the SDKs' models type it so. Elsewhere it is an object with these members.
    pub fn access_denied_detail(&self, action: &str) -> Option<String> {
        const DENIALS: [&str; 3] = ["Ram.PermissionDeny", "Forbidden.RAM", "NoPermission"];
        DENIALS.contains(&&*self.code()).then(|| {
            format!(
                "AuthAction=cams:{action}, AuthPrincipalType=SubUser, NoPermissionType=ImplicitDeny, \
                 PolicyType=AccountLevelIdentityBasedPolicy"
            )
        })
    }

    /// What is told to callers who came too often.
    pub fn throttling(&self) -> Option<Throttling> {
        match self {
            Self::Throttled(throttling) => Some(*throttling),
            Self::OnPurpose { code, throttling, .. } if code.starts_with("Throttling") => Some(*throttling),
            _ => None,
        }
    }
}

impl From<Objection> for Refusal {
    fn from(objection: Objection) -> Self {
        match objection {
            Objection::Missing(parameter) => Self::Missing(parameter),
            Objection::Incomplete => Self::IncompleteSignature,
            Objection::Method => Self::SignatureMethod,
            Objection::Version => Self::Invalid("SignatureVersion"),
            Objection::Mismatch { string_to_sign, canonical_request } => {
                Self::Mismatch { string_to_sign, canonical_request }
            }
        }
    }
}

#[cfg(test)]
mod tests;
