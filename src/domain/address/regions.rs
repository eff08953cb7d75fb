//! The table of countries and their regions. It stays the text that it is. What is made of it on first use is where each country
//! begins, and on first use of a country, where each of its regions is.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use super::fold::fold;

/// Made by `scripts/make-regions`, which tells its form.
pub const TABLE: &str = include_str!("regions.tsv");

/// In the order of their codes.
pub static COUNTRIES: LazyLock<Vec<Country>> =
    LazyLock::new(|| TABLE.split("\n\n").skip(1).filter_map(Country::read).collect());

static BY_TEXT: LazyLock<ByText<&Country>> = LazyLock::new(|| {
    by_text(COUNTRIES.iter().map(|country| (country, [country.code, country.alpha_3], country.names)))
});

/// What is found by its folded codes, name and aliases. None of these texts means two things, so none has to be looked for first.
type ByText<T> = HashMap<Box<str>, T>;

/// A country of the table.
#[derive(Debug)]
pub struct Country {
    /// ISO 3166-1, two letters.
    pub code: &'static str,
    /// ISO 3166-1, three letters.
    pub alpha_3: &'static str,
    /// Its name and aliases, with tabs between.
    pub names: &'static str,
    /// A line for each of its regions.
    lines: &'static str,
    by_text: OnceLock<ByText<Region>>,
}

/// A region of a country.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    /// What follows the dash of its ISO 3166-2 code.
    pub code: &'static str,
    /// Its name and aliases, with tabs between.
    pub names: &'static str,
}

/// The country with this code of two or three letters, name or alias.
pub fn find_country(text: &str) -> Option<&'static Country> {
    BY_TEXT.get(&*fold(text)).copied()
}

impl Country {
    fn read(block: &'static str) -> Option<Self> {
        let (line, lines) = block.split_once('\n').unwrap_or((block, ""));
        let (code, line) = line.split_once('\t')?;
        let (alpha_3, names) = line.split_once('\t')?;
        Some(Self { code, alpha_3, names, lines, by_text: OnceLock::new() })
    }

    /// Its everyday name.
    pub fn name(&self) -> &'static str {
        first(self.names)
    }

    /// Whether the table knows any region of it.
    pub fn has_regions(&self) -> bool {
        !self.lines.is_empty()
    }

    /// The region with this code, code with country, name or alias.
    pub fn find_region(&self, text: &str) -> Option<Region> {
        let regions = || by_text(self.regions().map(|region| (region, [region.code], region.names)));
        let by_text = self.by_text.get_or_init(regions);
        let key = fold(text);
        let with_country = || {
            let code = key.strip_prefix(&*fold(self.code))?;
            by_text.get(code).filter(|region| region.code.eq_ignore_ascii_case(code))
        };
        by_text.get(&*key).or_else(with_country).copied()
    }

    /// All of its regions.
    pub fn regions(&self) -> impl Iterator<Item = Region> + use<> {
        let read = |line: &'static str| line.split_once('\t').map(|(code, names)| Region { code, names });
        self.lines.lines().filter_map(read)
    }
}

impl Region {
    /// Its everyday name.
    pub fn name(&self) -> &'static str {
        first(self.names)
    }
}

fn by_text<T: Copy, const CODES: usize>(
    rows: impl Iterator<Item = (T, [&'static str; CODES], &'static str)>,
) -> ByText<T> {
    let texts = rows.flat_map(|(row, codes, names)| {
        codes.into_iter().chain(names.split('\t')).map(move |text| (fold(text).into_boxed_str(), row))
    });
    let mut found: ByText<T> = texts.collect();
    found.shrink_to_fit();
    found
}

fn first(names: &'static str) -> &'static str {
    names.split_once('\t').map_or(names, |(first, _)| first)
}
