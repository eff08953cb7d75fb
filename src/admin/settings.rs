//! The settings of a program.

use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ControlPlane;
use super::change::find_program;
use super::json::{Field, Json};
use super::problem::Problem;
use crate::domain::ProgramSettings;
use crate::domain::phone_number::{Format, Region};
use crate::domain::program::{
    CamsSettings, CodeSettings, DuplicatePhoneCheck, MissingElements, PhoneCheck, PhoneMode, PimsSettings,
    UnparsablePhone,
};
use crate::ledger::Change;
use crate::ledger::seed::check_settings;

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
    #[serde(default)]
    #[schema(value_type = Option<CodeSettings>)]
    verification_codes: Field<CodeSettings>,
    #[serde(default)]
    #[schema(value_type = Option<CamsSettings>)]
    cams: Field<CamsSettings>,
    #[serde(default)]
    #[schema(value_type = Option<PimsSettings>)]
    pims: Field<PimsSettings>,
}

impl SettingsPatch {
    fn apply(&self, settings: &ProgramSettings) -> ProgramSettings {
        fn value<T: Copy + Default>(patch: Field<T>, old: T) -> T {
            patch.apply(Some(old)).unwrap_or_default()
        }
        ProgramSettings {
            phone_mode: value(self.phone_mode, settings.phone_mode),
            default_region: self.default_region.apply(settings.default_region),
            duplicate_phone_check: value(self.duplicate_phone_check, settings.duplicate_phone_check),
            saved_phone_format: self.saved_phone_format.apply(settings.saved_phone_format),
            phone_check: value(self.phone_check, settings.phone_check),
            unparsable_phone: value(self.unparsable_phone, settings.unparsable_phone),
            missing_elements: value(self.missing_elements, settings.missing_elements),
            verification_codes: value(self.verification_codes, settings.verification_codes),
            cams: value(self.cams, settings.cams),
            pims: value(self.pims, settings.pims),
        }
    }
}

/// The settings of a program
#[utoipa::path(get, path = "/_emulator/programs/{program}/settings", tag = "settings", params(("program" = String, Path)),
    responses((status = 200, description = "The settings", body = ProgramSettings)))]
pub async fn get_settings(plane: Data<ControlPlane>, path: Path<String>) -> Result<HttpResponse, Problem> {
    let directory = plane.platform.ledger.directory();
    Ok(HttpResponse::Ok().json(&find_program(&directory, &path)?.settings))
}

/// Change settings
///
/// Those that aren't there stay; `null` goes back to the default (RFC 7396). What is stored stays as it is.
#[utoipa::path(patch, path = "/_emulator/programs/{program}/settings", tag = "settings",
    params(("program" = String, Path)), request_body = SettingsPatch,
    responses((status = 200, description = "All settings, changed", body = ProgramSettings)))]
pub async fn change_settings(
    plane: Data<ControlPlane>,
    path: Path<String>,
    Json(change): Json<SettingsPatch>,
) -> Result<HttpResponse, Problem> {
    plane
        .change(async |directory| {
            let program = find_program(directory, &path)?;
            let settings = change.apply(&program.settings);
            check_settings(&settings)?;
            Ok(Change::PutSettings(program.id, settings))
        })
        .await?;
    get_settings(plane, path).await
}
