//! The settings as texts of a form. Each field is read as the JSON format reads it, so both mean the same.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::page::FieldError;
use crate::domain::ProgramSettings;

/// All settings that the form shows.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct SettingsForm {
    #[serde(default)]
    pub program: Option<String>,
    /// By the names of their fields. A box is there only if it is ticked.
    #[serde(flatten)]
    texts: BTreeMap<String, String>,
}

/// A field of the form.
struct Field {
    name: &'static str,
    /// The group of settings that it belongs to, if it does.
    group: Option<&'static str>,
    is_number: bool,
}

/// The boxes.
const CHECKS: [&str; 2] = ["duplicate_phone_check", "duplicate_email_check"];

const FIELDS: [Field; 17] = [
    choice("phone_mode"),
    choice("default_region"),
    choice("saved_phone_format"),
    choice("phone_check"),
    Field { name: "unparsable_phone", group: None, is_number: true },
    Field { name: "invalid_value", group: None, is_number: true },
    choice("unknown_region"),
    choice("missing_elements"),
    Field { name: "digits", group: Some("verification_codes"), is_number: true },
    Field { name: "life_seconds", group: Some("verification_codes"), is_number: true },
    Field { name: "tries", group: Some("verification_codes"), is_number: true },
    Field { name: "calls_per_second", group: Some("cams"), is_number: true },
    Field { name: "refusal_status", group: Some("cams"), is_number: true },
    Field { name: "request_time", group: Some("cams"), is_number: false },
    Field { name: "error_list", group: Some("pims"), is_number: false },
    Field { name: "labels", group: Some("pims"), is_number: false },
    Field { name: "sms_quota", group: Some("pims"), is_number: true },
];

const fn choice(name: &'static str) -> Field {
    Field { name, group: None, is_number: false }
}

impl SettingsForm {
    /// The settings as the form shows them.
    pub fn of(settings: &ProgramSettings) -> Self {
        let json = serde_json::to_value(settings).unwrap_or_default();
        let text = |field: &Field| {
            let text = match field.present(&json) {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            (field.name.to_owned(), text)
        };
        let ticked =
            CHECKS.iter().filter(|name| json[**name] == true).map(|name| ((*name).to_owned(), "on".to_owned()));
        Self { program: None, texts: FIELDS.iter().map(text).chain(ticked).collect() }
    }

    /// What a field says.
    pub fn text(&self, field: &str) -> &str {
        self.texts.get(field).map_or("", String::as_str)
    }

    /// Whether a box is ticked.
    pub fn is_ticked(&self, field: &str) -> bool {
        self.texts.contains_key(field)
    }

    /// The settings that the form asks for. A blank field is the default; one that isn't there stays as it is, and so does what
    /// the form doesn't show.
    ///
    /// # Errors
    /// [`FieldError`] names the field that is wrong.
    pub fn settings(&self, present: &ProgramSettings) -> Result<ProgramSettings, FieldError> {
        let mut json = serde_json::to_value(present).unwrap_or_default();
        for name in CHECKS {
            json[name] = self.is_ticked(name).into();
        }
        for field in &FIELDS {
            if let Some(text) = self.texts.get(field.name) {
                field.set(&mut json, field.read(text)?);
            }
        }
        let read: ProgramSettings =
            serde_json::from_value(json).map_err(|error| FieldError::new("phone_mode", error.to_string()))?;
        match read.contradiction() {
            Some((field, reason)) => Err(FieldError::new(field, reason)),
            None => Ok(read),
        }
    }
}

impl Field {
    fn present<'j>(&self, json: &'j Value) -> &'j Value {
        match self.group {
            Some(group) => &json[group][self.name],
            None => &json[self.name],
        }
    }

    fn set(&self, json: &mut Value, value: Option<Value>) {
        let group = match self.group {
            Some(group) => json[group].as_object_mut(),
            None => json.as_object_mut(),
        };
        let Some(group) = group else { return };
        match value {
            Some(value) => drop(group.insert(self.name.to_owned(), value)),
            None => drop(group.remove(self.name)),
        }
    }

    /// What the text says; none for nothing.
    fn read(&self, text: &str) -> Result<Option<Value>, FieldError> {
        let text = text.trim();
        let wrong = |reason: String| FieldError::new(self.name, reason);
        let value = match text {
            "" => return Ok(None),
            text if self.is_number => {
                Value::from(text.parse::<u64>().map_err(|_| wrong("Give a whole number.".into()))?)
            }
            text if self.name == "default_region" => text.to_ascii_uppercase().into(),
            // A word, or a return code.
            text if self.name == "unknown_region" => text.parse::<u64>().map_or_else(|_| text.into(), Value::from),
            text => text.into(),
        };
        let alone = Value::Object(Map::from_iter([(self.name.to_owned(), value.clone())]));
        let alone = self.group.map_or_else(|| alone.clone(), |group| json!({ group: alone }));
        let read: ProgramSettings = serde_json::from_value(alone).map_err(|error| wrong(error.to_string()))?;
        match read.contradiction().filter(|_| self.group.is_some()) {
            Some((_, reason)) => Err(wrong(reason.to_owned())),
            None => Ok(Some(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::program::{CamsRefusalStatus, CodeSettings, InvalidValueCode, PimsErrorList, UnknownRegion};

    fn form(fields: &[(&str, &str)]) -> SettingsForm {
        let texts = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        SettingsForm { texts, ..SettingsForm::of(&ProgramSettings::default()) }
    }

    #[test]
    fn a_form_that_is_sent_as_it_was_shown_changes_nothing() {
        let unknown_region = UnknownRegion::Refuse(InvalidValueCode::InvalidParameters);
        let mut settings = ProgramSettings { unknown_region, ..ProgramSettings::default() };
        settings.cams.refusal_status = CamsRefusalStatus::Ok;
        settings.pims.error_list = PimsErrorList::Sdk;
        settings.verification_codes = CodeSettings { digits: 4, life_seconds: 7, tries: 1 };
        assert_eq!(SettingsForm::of(&settings).settings(&ProgramSettings::default()), Ok(settings));
    }

    #[test]
    fn what_a_form_does_not_say_stays_and_what_is_blank_is_the_default() {
        let mut present = ProgramSettings::default();
        present.pims.sms_quota = 3;
        present.cams.calls_per_second = 1;
        let changed = form(&[("calls_per_second", " "), ("tries", "2")]).settings(&present).expect("settings");
        assert_eq!((changed.pims.sms_quota, changed.cams.calls_per_second), (3, 10));
        assert_eq!(changed.verification_codes, CodeSettings { tries: 2, ..CodeSettings::default() });
    }

    #[test]
    fn a_field_that_is_wrong_is_named() {
        for (name, text) in [
            ("digits", "9"),
            ("digits", "x"),
            ("life_seconds", "0"),
            ("tries", "4294967296"),
            ("refusal_status", "500"),
            ("request_time", "never"),
            ("sms_quota", "-1"),
            ("default_region", "ZZ"),
            ("unparsable_phone", "2"),
            ("unknown_region", "2"),
            ("unknown_region", "kept"),
        ] {
            let error = form(&[(name, text)]).settings(&ProgramSettings::default()).expect_err(name);
            assert_eq!(error.field, name, "{text}: {error:?}");
        }
    }
}
