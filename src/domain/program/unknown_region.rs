//! The setting `unknown_region`.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{Object, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::InvalidValueCode;

/// What becomes of a country that isn't in the table, or of a region that isn't in the table of its country.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "expected \"keep\", 1 (Undefined Error) or 5 (Invalid Parameter(s))")]
pub enum UnknownRegion {
    /// The text is saved as it is, with an empty abbreviation.
    #[default]
    Keep,
    /// The address is refused.
    #[serde(untagged)]
    Refuse(InvalidValueCode),
}

impl ToSchema for UnknownRegion {}

// The derived one knows no variant that is untagged by itself.
impl PartialSchema for UnknownRegion {
    fn schema() -> RefOr<Schema> {
        let values = [json!("keep"), json!(1), json!(5)];
        Object::builder().schema_type(SchemaType::AnyValue).enum_values(Some(values)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_region_is_kept_or_a_code() {
        for (json, setting) in [
            (json!("keep"), UnknownRegion::Keep),
            (json!(1), UnknownRegion::Refuse(InvalidValueCode::UndefinedError)),
            (json!(5), UnknownRegion::Refuse(InvalidValueCode::InvalidParameters)),
        ] {
            assert_eq!(serde_json::from_value::<UnknownRegion>(json.clone()).expect("setting"), setting);
            assert_eq!(serde_json::to_value(setting).expect("JSON"), json);
        }
        for json in [json!("refuse"), json!(2), json!("1"), json!(null), json!({"keep": 1})] {
            let error = serde_json::from_value::<UnknownRegion>(json.clone()).expect_err("no setting");
            assert!(error.to_string().contains("expected \"keep\", 1"), "{json}: {error}");
        }
        let schema = serde_json::to_value(UnknownRegion::schema()).expect("JSON");
        assert_eq!(schema, json!({"enum": ["keep", 1, 5]}));
    }
}
