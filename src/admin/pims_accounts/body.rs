//! Accounts of PIMS as they are sent.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::admin::companions::check_own_name;
use crate::admin::json::Field;
use crate::admin::problem::Problem;
use crate::domain::companions::{mobile, yes};
use crate::domain::phone_number::Region;
use crate::domain::pims::{Blocked, PimsAccount};
use crate::domain::{MemberId, Secret};

/// An account to be put: the seed's format, but the login may be missing.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPimsAccount {
    /// The one in the path, if it is there.
    #[serde(default)]
    login: Option<String>,
    /// Without one, any password does.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1)]
    password: Option<Secret>,
    #[schema(value_type = i32)]
    member_id: MemberId,
    /// External reference of the type of the trusted phone number; `MOBILE` unless told.
    #[serde(default = "mobile")]
    phone_number_type: String,
    /// The region whose national numbers it uses, ISO 3166-1; default: that of the brand.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$")]
    region: Option<Region>,
    #[serde(default)]
    device_enrolled: bool,
    #[serde(default)]
    blocked: Blocked,
    /// Whether the component StrongAuthentication is there; true unless told.
    #[serde(default = "yes")]
    strong_authentication: bool,
    /// Values of `X-Pims-Instance` that are logged in to this account without a login.
    #[serde(default)]
    instances: Vec<String>,
}

impl NewPimsAccount {
    /// The account with this login.
    ///
    /// # Errors
    /// 422 if it says another login.
    pub fn named(self, login: String) -> Result<PimsAccount, Problem> {
        check_own_name("login", self.login.as_deref(), &login)?;
        let Self { password, member_id, phone_number_type, region, .. } = self;
        let Self { device_enrolled, blocked, strong_authentication, instances, .. } = self;
        Ok(PimsAccount {
            login,
            password,
            member_id,
            phone_number_type,
            region,
            device_enrolled,
            blocked,
            strong_authentication,
            instances,
        })
    }
}

/// What is to change of an account. `null` goes back to the default, if there is one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PimsAccountPatch {
    /// `null` takes any password.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1)]
    password: Field<Secret>,
    #[serde(default)]
    #[schema(value_type = Option<i32>)]
    member_id: Option<MemberId>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone_number_type: Field<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$")]
    region: Field<Region>,
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    device_enrolled: Field<bool>,
    #[serde(default)]
    #[schema(value_type = Option<Blocked>)]
    blocked: Field<Blocked>,
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    strong_authentication: Field<bool>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    instances: Field<Vec<String>>,
}

impl PimsAccountPatch {
    /// The account as it is then.
    pub fn apply(&self, account: PimsAccount) -> PimsAccount {
        PimsAccount {
            login: account.login,
            password: self.password.apply(account.password),
            member_id: self.member_id.unwrap_or(account.member_id),
            phone_number_type: self.phone_number_type.apply_or(account.phone_number_type, mobile),
            region: self.region.apply(account.region),
            device_enrolled: self.device_enrolled.apply_or(account.device_enrolled, bool::default),
            blocked: self.blocked.apply_or(account.blocked, Blocked::default),
            strong_authentication: self.strong_authentication.apply_or(account.strong_authentication, yes),
            instances: self.instances.apply_or(account.instances, Vec::new),
        }
    }
}
