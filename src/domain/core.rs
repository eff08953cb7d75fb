//! Who a member is: names, birth date, gender.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is known of a member's gender (documented: blank, male or female).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    Male,
    Female,
}

impl Gender {
    /// As it is answered (documented).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }

    /// Reads what callers say: `m`, `Male`, `f` or `Female` (documented), in any case (inferred: imports write M and F).
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "m" | "male" => Some(Self::Male),
            "f" | "female" => Some(Self::Female),
            _ => None,
        }
    }
}

/// SQL Server's first day (our choice).
const FIRST_DAY: Date = jiff::civil::date(1753, 1, 1);

/// Reads a date in US order (documented), `12-31-1999` or `12/31/1999`: month and day of one or two digits, the year of four (our
/// choice). A real day from 1753 on.
pub fn parse_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let separator = if text.contains('/') { '/' } else { '-' };
    let is_number =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<_> = text.splitn(4, separator).collect();
    let [month, day, year] = parts[..] else { return None };
    if !is_number(month, 2) || !is_number(day, 2) || !is_number(year, 4) || year.len() < 4 {
        return None;
    }
    let format = if separator == '/' { "%m/%d/%Y" } else { "%m-%d-%Y" };
    Date::strptime(format, text).ok().filter(|date| *date >= FIRST_DAY)
}

/// Reads a birth date: one that isn't in the future.
pub fn parse_birthdate(text: &str, today: Date) -> Option<Date> {
    parse_date(text).filter(|date| *date <= today)
}

/// `10-Dec-1815` (documented: `DD-MMM-YYYY`; inferred: English months).
pub fn format_date(date: Date) -> String {
    date.strftime("%d-%b-%Y").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_date_is_read_in_us_order_and_written_with_the_name_of_its_month() {
        for (text, read) in [
            ("12-10-1815", Some(date(1815, 12, 10))),
            (" 1/2/2001\t", Some(date(2001, 1, 2))),
            ("02-29-2000", Some(date(2000, 2, 29))),
            ("01-01-1753", Some(date(1753, 1, 1))),
            ("12-31-1752", None),
            ("02-29-1900", None),
            ("02-30-2001", None),
            ("13-01-2000", None),
            ("00-01-2000", None),
            ("1815-12-10", None),
            ("12-10-15", None),
            ("12-10-01815", None),
            ("012-10-1815", None),
            ("12-10/1815", None),
            ("12/10-1815", None),
            ("12-10-1815 10:00", None),
            ("12- 10-1815", None),
            ("+2-10-1815", None),
            ("١٢-١٠-١٨١٥", None),
            ("12-10-1815-1", None),
            (".", None),
            ("", None),
        ] {
            assert_eq!(parse_date(text), read, "{text:?}");
        }
        assert_eq!(format_date(date(1815, 12, 10)), "10-Dec-1815");
        assert_eq!(format_date(date(2001, 1, 2)), "02-Jan-2001");
        let today = date(2026, 1, 1);
        assert_eq!(parse_birthdate("1-1-2026", today), Some(today));
        assert_eq!(parse_birthdate("1-2-2026", today), None);
    }

    #[test]
    fn a_gender_is_read_in_any_case() {
        for text in ["m", "M", " Male ", "MALE"] {
            assert_eq!(Gender::parse(text), Some(Gender::Male), "{text:?}");
        }
        assert_eq!(Gender::parse("F"), Some(Gender::Female));
        assert_eq!(Gender::parse("female").map(Gender::as_str), Some("female"));
        for text in ["", "x", "mal", "m f"] {
            assert_eq!(Gender::parse(text), None, "{text:?}");
        }
    }
}
