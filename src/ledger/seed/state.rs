//! A seed as it is written: the one JSON format of what a ledger holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::cams::CamsAccount;
use crate::domain::pims::PimsAccount;
use crate::domain::{Companions, MemberId, ProgramSettings, Purpose, SecurityToken, Verification, VerificationKey};
use crate::ledger::{ItemKind, ProgramDocument};

/// All programs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub programs: Vec<ProgramState>,
}

/// One loyalty program, to which everything belongs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgramState {
    #[schema(min_length = 1)]
    pub name: String,
    #[serde(default)]
    pub settings: ProgramSettings,
    #[serde(default)]
    pub security_tokens: Vec<TokenState>,
    #[serde(default)]
    pub phone_number_types: Vec<ItemState>,
    #[serde(default)]
    pub mobile_carriers: Vec<ItemState>,
    #[serde(default)]
    pub email_types: Vec<ItemState>,
    #[serde(default)]
    pub cams_accounts: Vec<CamsAccount>,
    #[serde(default)]
    pub pims_accounts: Vec<PimsAccount>,
    /// Proofs of ownership that are under way, or given.
    #[serde(default)]
    pub verifications: Vec<VerificationState>,
    #[serde(default)]
    pub members: Vec<MemberState>,
}

impl ProgramState {
    /// A program without its members.
    pub fn of(
        name: String,
        document: ProgramDocument,
        security_tokens: Vec<TokenState>,
        verifications: Vec<VerificationState>,
    ) -> Self {
        let Companions { cams_accounts, pims_accounts } = document.companions;
        let (settings, members) = (document.settings, Vec::new());
        let (phone_number_types, mobile_carriers, email_types) = (Vec::new(), Vec::new(), Vec::new());
        let mut state = Self {
            name,
            settings,
            security_tokens,
            phone_number_types,
            mobile_carriers,
            email_types,
            cams_accounts,
            pims_accounts,
            verifications,
            members,
        };
        for kind in ItemKind::ALL {
            *state.items_mut(kind) = document.items.list(kind).cloned().collect();
        }
        state
    }

    /// The items of a kind.
    pub(super) fn items(&self, kind: ItemKind) -> &[ItemState] {
        match kind {
            ItemKind::PhoneNumberType => &self.phone_number_types,
            ItemKind::MobileCarrier => &self.mobile_carriers,
            ItemKind::EmailType => &self.email_types,
        }
    }

    /// The same, to be changed.
    pub(super) fn items_mut(&mut self, kind: ItemKind) -> &mut Vec<ItemState> {
        match kind {
            ItemKind::PhoneNumberType => &mut self.phone_number_types,
            ItemKind::MobileCarrier => &mut self.mobile_carriers,
            ItemKind::EmailType => &mut self.email_types,
        }
    }
}

/// A security token. Without `methods` it permits nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenState {
    #[schema(value_type = String, min_length = 1)]
    pub token: SecurityToken,
    /// Names of operations; `*` stands for any characters.
    pub methods: Vec<String>,
    #[serde(default)]
    pub suspended: bool,
    /// Serves only to make temporary tokens of.
    #[serde(default)]
    pub template: bool,
    /// Set for temporary tokens: when they end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// An item of a list that members refer to: a type, a carrier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemState {
    #[schema(min_length = 1)]
    pub external_reference: String,
    pub name: String,
}

/// A member with all its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberState {
    #[schema(value_type = i32)]
    pub member_id: MemberId,
    #[serde(default)]
    pub first_name: String,
    #[serde(default)]
    pub last_name: String,
    #[serde(default)]
    pub phones: Vec<PhoneState>,
    #[serde(default)]
    pub emails: Vec<EmailState>,
}

/// An e-mail address of a member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailState {
    /// External reference of an e-mail type.
    pub r#type: String,
    /// Up to 319 bytes: 64 before the `@`, 254 behind it.
    pub address: String,
    #[serde(default = "yes")]
    pub is_valid: bool,
}

/// A number of a member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneState {
    /// External reference of a phone number type.
    pub r#type: String,
    /// `+15195550123`; with `;ext=5` behind it for an extension.
    pub number: String,
    /// External reference of a mobile carrier.
    #[serde(default)]
    pub carrier: Option<String>,
    #[serde(default = "yes")]
    pub is_valid: bool,
}

/// A proof that a number belongs to somebody, under way or given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationState {
    pub purpose: Purpose,
    /// A space of CAMS (`CustSpaceId`), or a login of PIMS.
    #[schema(min_length = 1)]
    pub account: String,
    /// `+15195550123`
    pub number: String,
    /// A started migration has neither code nor proof yet.
    #[serde(default)]
    pub verification: Verification,
}

impl From<&(VerificationKey, Verification)> for VerificationState {
    fn from((key, verification): &(VerificationKey, Verification)) -> Self {
        let VerificationKey { purpose, account, number } = key;
        let (account, number) = (account.clone(), number.to_string());
        Self { purpose: *purpose, account, number, verification: verification.clone() }
    }
}

fn yes() -> bool {
    true
}
