//! Postal addresses: how a caller's text becomes what is saved. The platform documents "formatted", "full name" and "abbreviation"
//! only; how that is done is our choice.

mod fold;
mod postal_code;
mod regions;
#[cfg(test)]
mod tests;

use thiserror::Error;

use super::program::UnknownRegion;
use super::text::fits;
use crate::steps;

/// An address in the form in which it is saved: white space as one blank, names of country and region in full.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub line_1: String,
    /// Empty if there is none, as line 3.
    pub line_2: String,
    pub line_3: String,
    pub city: String,
    /// The name in the table, or the caller's text if that isn't in it.
    pub region: String,
    /// What follows the dash of its ISO 3166-2 code, such as `ON`; empty if the region isn't in the table.
    pub region_abbreviation: String,
    pub postal_code: String,
    /// The name in the table, or the caller's text if that isn't in it.
    pub country: String,
    /// ISO 3166-1, two letters; empty if the country isn't in the table.
    pub country_abbreviation: String,
}

/// The everyday name of a country, by its ISO 3166-1 code of two letters.
pub fn country_name(code: &str) -> Option<&'static str> {
    regions::find_country(code).map(regions::Country::name)
}

/// An address as a caller wrote it.
#[derive(Clone, Copy, Default)]
pub struct AddressInput<'a> {
    pub line_1: &'a str,
    pub line_2: &'a str,
    pub line_3: &'a str,
    pub city: &'a str,
    /// By code (`ON`), code with country (`CA-ON`), or name.
    pub region: &'a str,
    pub postal_code: &'a str,
    /// By ISO 3166-1 code of two or three letters, or name.
    pub country: &'a str,
}

/// Why an address can't be saved. It says nothing of the text, which is personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    #[error("a line, the city, region or country is longer than 120 characters, or the postal code longer than 14")]
    TooLong,
    #[error("the country is unknown; give its ISO 3166-1 code such as \"CA\", or its English name")]
    UnknownCountry,
    #[error("the country has no such region; give its ISO 3166-2 code such as \"ON\", or its English name")]
    UnknownRegion,
}

impl Address {
    /// The longest line, city, region or country, in UTF-16 units (documented, `Member_Ranking_Extended_Sync.html`).
    pub const LONGEST: usize = 120;
    /// The longest postal code, in UTF-16 units (documented on the same page).
    pub const LONGEST_POSTAL_CODE: usize = 14;

    /// The form in which an address is saved. What was saved stays as it is if it is formatted again. Whether a text that is
    /// required is there is for the caller to check.
    ///
    /// # Errors
    /// If a text is too long in its saved form; else, unless unknown ones are kept, if the country isn't in the table, or has
    /// regions there, but not this one.
    pub fn format(input: AddressInput<'_>, unknown_region: UnknownRegion) -> Result<Self, AddressError> {
        let country = regions::find_country(input.country);
        let region = country.and_then(|country| country.find_region(input.region));
        let country_abbreviation = country.map_or("", |country| country.code);
        let name = |name: Option<&str>, text| name.map_or_else(|| one_blank(text), str::to_owned);
        let address = Self {
            line_1: one_blank(input.line_1),
            line_2: one_blank(input.line_2),
            line_3: one_blank(input.line_3),
            city: one_blank(input.city),
            region: name(region.map(|region| region.name()), input.region),
            region_abbreviation: region.map_or("", |region| region.code).to_owned(),
            postal_code: postal_code::format(input.postal_code, country_abbreviation),
            country: name(country.map(regions::Country::name), input.country),
            country_abbreviation: country_abbreviation.to_owned(),
        };
        if address.is_too_long() {
            return Err(AddressError::TooLong);
        }
        match country {
            _ if unknown_region == UnknownRegion::Keep => Ok(address),
            None => Err(AddressError::UnknownCountry),
            Some(country) if country.has_regions() && region.is_none() => Err(AddressError::UnknownRegion),
            Some(_) => Ok(address),
        }
    }

    fn is_too_long(&self) -> bool {
        [&self.line_1, &self.line_2, &self.line_3, &self.city, &self.region, &self.country]
            .into_iter()
            .any(|text| !fits(text, Self::LONGEST))
            || !fits(&self.postal_code, Self::LONGEST_POSTAL_CODE)
    }
}

/// The text without white space at its ends, and with one blank for each run of it.
fn one_blank(text: &str) -> String {
    let mut spaced = String::new();
    for word in steps::over(text).split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}
