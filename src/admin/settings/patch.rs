//! What is to change of settings (RFC 7396): what isn't there stays, and null goes back to the default. So it is with the settings
//! within a group, and with groups as wholes.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::admin::json::Field;
use crate::domain::ProgramSettings;
use crate::domain::phone_number::{Format, Region};
use crate::domain::program::{
    CamsRefusalStatus, CamsRequestTime, CamsSettings, CodeSettings, DuplicatePhoneCheck, MissingElements, PhoneCheck,
    PhoneMode, PimsErrorList, PimsLabels, PimsSettings, UnparsablePhone,
};

/// What is to change of the settings. `null` goes back to the default.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    #[serde(default)]
    #[schema(value_type = Option<PhoneMode>)]
    phone_mode: Field<PhoneMode>,
    /// ISO 3166-1, two letters.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$")]
    default_region: Field<Region>,
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    duplicate_phone_check: Field<DuplicatePhoneCheck>,
    #[serde(default)]
    #[schema(value_type = Option<Format>)]
    saved_phone_format: Field<Format>,
    #[serde(default)]
    #[schema(value_type = Option<PhoneCheck>)]
    phone_check: Field<PhoneCheck>,
    #[serde(default)]
    #[schema(value_type = Option<UnparsablePhone>)]
    unparsable_phone: Field<UnparsablePhone>,
    #[serde(default)]
    #[schema(value_type = Option<MissingElements>)]
    missing_elements: Field<MissingElements>,
    /// The codes that companions send to numbers. Codes that were sent keep to the settings, too.
    #[serde(default)]
    #[schema(value_type = Option<CodesPatch>)]
    verification_codes: Field<CodesPatch>,
    /// What is left open for CAMS.
    #[serde(default)]
    #[schema(value_type = Option<CamsPatch>)]
    cams: Field<CamsPatch>,
    /// What is left open for PIMS.
    #[serde(default)]
    #[schema(value_type = Option<PimsPatch>)]
    pims: Field<PimsPatch>,
}

/// What is to change of the codes that companions send.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodesPatch {
    #[serde(default)]
    #[schema(value_type = Option<u8>, minimum = 4, maximum = 8)]
    digits: Field<u8>,
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 4_294_967_295_i64)]
    life_seconds: Field<u32>,
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 4_294_967_295_i64)]
    tries: Field<u32>,
}

/// What is to change of CAMS.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CamsPatch {
    #[serde(default)]
    #[schema(value_type = Option<u32>, maximum = 4_294_967_295_i64)]
    calls_per_second: Field<u32>,
    #[serde(default)]
    #[schema(value_type = Option<CamsRefusalStatus>)]
    refusal_status: Field<CamsRefusalStatus>,
    #[serde(default)]
    #[schema(value_type = Option<CamsRequestTime>)]
    request_time: Field<CamsRequestTime>,
}

/// What is to change of PIMS.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PimsPatch {
    #[serde(default)]
    #[schema(value_type = Option<PimsErrorList>)]
    error_list: Field<PimsErrorList>,
    #[serde(default)]
    #[schema(value_type = Option<PimsLabels>)]
    labels: Field<PimsLabels>,
    #[serde(default)]
    #[schema(value_type = Option<u32>, maximum = 4_294_967_295_i64)]
    sms_quota: Field<u32>,
}

impl SettingsPatch {
    /// The settings as they are then.
    pub fn apply(&self, settings: &ProgramSettings) -> ProgramSettings {
        ProgramSettings {
            phone_mode: value(&self.phone_mode, settings.phone_mode),
            default_region: self.default_region.apply(settings.default_region),
            duplicate_phone_check: value(&self.duplicate_phone_check, settings.duplicate_phone_check),
            saved_phone_format: self.saved_phone_format.apply(settings.saved_phone_format),
            phone_check: value(&self.phone_check, settings.phone_check),
            unparsable_phone: value(&self.unparsable_phone, settings.unparsable_phone),
            missing_elements: value(&self.missing_elements, settings.missing_elements),
            verification_codes: group(&self.verification_codes, settings.verification_codes, CodesPatch::apply),
            cams: group(&self.cams, settings.cams, CamsPatch::apply),
            pims: group(&self.pims, settings.pims, PimsPatch::apply),
        }
    }
}

fn value<T: Clone + Default>(patch: &Field<T>, old: T) -> T {
    patch.apply_or(old, T::default)
}

fn group<P, T: Default>(patch: &Field<P>, old: T, apply: impl FnOnce(&P, T) -> T) -> T {
    match patch {
        Field::Absent => old,
        Field::Null => T::default(),
        Field::Value(patch) => apply(patch, old),
    }
}

impl CodesPatch {
    fn apply(&self, old: CodeSettings) -> CodeSettings {
        let default = CodeSettings::default();
        CodeSettings {
            digits: self.digits.apply_or(old.digits, || default.digits),
            life_seconds: self.life_seconds.apply_or(old.life_seconds, || default.life_seconds),
            tries: self.tries.apply_or(old.tries, || default.tries),
        }
    }
}

impl CamsPatch {
    fn apply(&self, old: CamsSettings) -> CamsSettings {
        let default = CamsSettings::default();
        CamsSettings {
            calls_per_second: self.calls_per_second.apply_or(old.calls_per_second, || default.calls_per_second),
            refusal_status: value(&self.refusal_status, old.refusal_status),
            request_time: value(&self.request_time, old.request_time),
        }
    }
}

impl PimsPatch {
    fn apply(&self, old: PimsSettings) -> PimsSettings {
        PimsSettings {
            error_list: value(&self.error_list, old.error_list),
            labels: value(&self.labels, old.labels),
            sms_quota: value(&self.sms_quota, old.sms_quota),
        }
    }
}
