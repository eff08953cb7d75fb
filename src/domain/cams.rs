//! Who calls Alibaba Cloud's CAMS, and what belongs to them. All of it is configuration, kept in the program.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::defaults::{mobile, yes};
use super::security_token::matches_pattern;
use super::{MemberId, Secret};

/// An Alibaba Cloud account with its keys and its spaces. Calls are counted per account and action (documented).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CamsAccount {
    /// Unique in its program.
    #[schema(min_length = 1)]
    pub account_id: String,
    /// Whether it has subscribed to the product; `Product.Unsubscript` otherwise (documented).
    #[serde(default = "yes")]
    pub subscribed: bool,
    #[serde(default)]
    pub access_keys: Vec<AccessKey>,
    #[serde(default)]
    pub spaces: Vec<CamsSpace>,
}

/// A key with which calls are signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// Unique over all programs: it decides the program of a call.
    #[schema(min_length = 1)]
    pub access_key_id: String,
    #[schema(value_type = String, min_length = 1)]
    pub access_key_secret: Secret,
    /// `InvalidAccessKeyId.Inactive` otherwise (documented).
    #[serde(default = "yes")]
    pub active: bool,
    /// RAM actions that it may call, such as `cams:ChatappMigrationVerified`; `*` stands for any characters.
    #[serde(default = "all")]
    pub actions: Vec<String>,
    /// Set for temporary credentials: the token that has to come with every call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub security_token: Option<Secret>,
    /// When the security token ends, by the emulator's clock: `InvalidSecurityToken.Expired` from then on. Only with a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

impl AccessKey {
    /// Whether its policy has the RAM action of an operation, `cams:` and its name.
    pub fn permits(&self, action: &str) -> bool {
        let action = format!("cams:{action}");
        self.actions.iter().any(|pattern| matches_pattern(pattern, &action))
    }
}

/// A space of an account (`CustSpaceId`), bound to a member: a number registered in it is saved on that member (our choice).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CamsSpace {
    /// Unique in its program.
    #[schema(min_length = 1)]
    pub cust_space_id: String,
    #[schema(value_type = i32)]
    pub member_id: MemberId,
    /// External reference of the type under which the number is saved.
    #[serde(default = "mobile")]
    pub phone_number_type: String,
}

fn all() -> Vec<String> {
    vec!["*".into()]
}
