//! Custom fields of members: their types, and the values that they take.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::core::parse_date;
use super::text::fits;

/// What a custom field holds (documented, W802; the names are our choice).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomFieldType {
    Checkbox,
    /// One of the options.
    Dropdown,
    /// 32 bits.
    Integer,
    /// With two decimals at least, four at most.
    Money,
    Text,
    List,
    Date,
    /// Some of the options.
    MultiCheckbox,
}

/// A text, or all parts of a list, in UTF-16 units (our choice).
const LONGEST: usize = 1000;
/// Digits of money in front of the point (our choice).
const MOST_DIGITS: usize = 15;

impl CustomFieldType {
    /// Whether it has options to choose from.
    pub fn has_options(self) -> bool {
        matches!(self, Self::Dropdown | Self::MultiCheckbox)
    }

    /// Reads what a caller says, trimmed and not blank, as the value that is kept; `None` for what the field doesn't take.
    pub fn parse(self, text: &str, options: &[String]) -> Option<Value> {
        let text = Some(text.trim()).filter(|text| !text.is_empty())?;
        match self {
            Self::Checkbox => match text.to_ascii_lowercase().as_str() {
                "1" | "y" | "yes" | "true" => Some(true.into()),
                "0" | "n" | "no" | "false" => Some(false.into()),
                _ => None,
            },
            Self::Dropdown => options.iter().any(|option| option == text).then(|| text.into()),
            Self::Integer => parse_integer(text).map(Value::from),
            Self::Money => parse_money(text).map(Value::from),
            Self::Text => fits(text, LONGEST).then(|| text.into()),
            Self::List => parse_list(text).map(|parts| json!(parts)),
            Self::Date => parse_date(text).map(|date| date.to_string().into()),
            Self::MultiCheckbox => {
                let chosen = parse_list(text)?;
                let is_known = |part: &&str| options.iter().any(|option| option == part);
                let in_order = || options.iter().filter(|option| chosen.contains(&option.as_str())).collect::<Vec<_>>();
                chosen.iter().all(is_known).then(|| json!(in_order()))
            }
        }
    }

    /// Whether this is a value as it is kept: what a caller could have said.
    pub fn accepts(self, value: &Value, options: &[String]) -> bool {
        let said = match (self, value) {
            (Self::Checkbox, Value::Bool(value)) => value.to_string(),
            (Self::Integer, Value::Number(number)) => number.to_string(),
            (Self::Dropdown | Self::Money | Self::Text, Value::String(text)) => text.clone(),
            (Self::Date, Value::String(text)) => match text.split('-').collect::<Vec<_>>()[..] {
                [year, month, day] => format!("{month}-{day}-{year}"),
                _ => return false,
            },
            (Self::List | Self::MultiCheckbox, Value::Array(parts)) => {
                let texts: Option<Vec<_>> = parts.iter().map(Value::as_str).collect();
                texts.unwrap_or_default().join(";")
            }
            _ => return false,
        };
        self.parse(&said, options).as_ref() == Some(value)
    }
}

fn parse_integer(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// With two decimals at least, and without zeros in front or needless ones behind: `0120.5` is `120.50`.
fn parse_money(text: &str) -> Option<String> {
    let (is_negative, amount) = match text.strip_prefix('-') {
        Some(amount) => (true, amount),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = amount.split_once('.').unwrap_or((amount, "00"));
    let are_digits =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole, MOST_DIGITS) || !are_digits(decimals, 4) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if is_negative { "-" } else { "" };
    Some(format!("{sign}{whole}.{decimals:0<2}"))
}

/// The parts between `;` (documented, W135), without empty ones; one at least.
fn parse_list(text: &str) -> Option<Vec<&str>> {
    let parts: Vec<_> = text.split(';').map(str::trim).filter(|part| !part.is_empty()).collect();
    let length: usize = parts.iter().map(|part| part.encode_utf16().count()).sum();
    (!parts.is_empty() && length <= LONGEST).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::CustomFieldType::*;
    use super::*;

    #[test]
    fn a_field_takes_what_its_type_takes() {
        let options = ["S", "M", "L", "XL"].map(str::to_owned);
        let long = "x".repeat(1001);
        for (field, text, kept) in [
            (Checkbox, "Y", Some(json!(true))),
            (Checkbox, " yes ", Some(json!(true))),
            (Checkbox, "0", Some(json!(false))),
            (Checkbox, "FALSE", Some(json!(false))),
            (Checkbox, "maybe", None),
            (Dropdown, " L ", Some(json!("L"))),
            (Dropdown, "l", None),
            (Dropdown, "XXL", None),
            (Integer, "-2147483648", Some(json!(-2_147_483_648))),
            (Integer, "+007", Some(json!(7))),
            (Integer, "2147483648", None),
            (Integer, "1.0", None),
            (Integer, "many", None),
            (Integer, "-", None),
            (Integer, "٣", None),
            (Money, "0120.5", Some(json!("120.50"))),
            (Money, "-1", Some(json!("-1.00"))),
            (Money, "+0.1234", Some(json!("0.1234"))),
            (Money, "123456789012345.1", Some(json!("123456789012345.10"))),
            (Money, "1234567890123456", None),
            (Money, "1.12345", None),
            (Money, "1.", None),
            (Money, ".5", None),
            (Money, "1,5", None),
            (Text, " a b ", Some(json!("a b"))),
            (Text, &long, None),
            (Text, &long[1..], Some(json!(&long[1..]))),
            (List, " a ;; b;", Some(json!(["a", "b"]))),
            (List, ";", None),
            (List, &long, None),
            (Date, "12-31-2999", Some(json!("2999-12-31"))),
            (Date, "2999-12-31", None),
            (MultiCheckbox, "L; S;L", Some(json!(["S", "L"]))),
            (MultiCheckbox, "L;XXL", None),
            (MultiCheckbox, ";", None),
        ] {
            assert_eq!(field.parse(text, &options), kept, "{field:?} {text:?}");
            if let Some(kept) = kept {
                assert!(field.accepts(&kept, &options), "{field:?} {kept}");
            }
        }
    }

    #[test]
    fn what_is_not_kept_so_is_no_value_of_a_seed() {
        let options = ["S", "L"].map(str::to_owned);
        for (field, value) in [
            (Checkbox, json!("Y")),
            (Dropdown, json!(" L ")),
            (Integer, json!("1")),
            (Integer, json!(1.5)),
            (Money, json!("1")),
            (Money, json!(1)),
            (Text, json!("")),
            (Text, json!(null)),
            (List, json!([])),
            (List, json!(["a;b"])),
            (List, json!("a")),
            (Date, json!("12-31-1999")),
            (MultiCheckbox, json!(["L", "S"])),
            (MultiCheckbox, json!([1])),
        ] {
            assert!(!field.accepts(&value, &options), "{field:?} {value}");
        }
    }
}
