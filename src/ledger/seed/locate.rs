//! Finds the line of a place in JSON text.
//!
//! The values of a seed no longer know where they came from, so a place is found by reading the text once more, down to
//! it, and stopping there.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The line, counted from 1, of the value at `path` (`programs[0].name`), or of the nearest one around it that is there.
pub fn line_of(json: &str, mut path: &str) -> usize {
    let json = json.strip_prefix('\u{FEFF}').unwrap_or(json);
    loop {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        if let Err(found) = (Down { path }).deserialize(&mut deserializer) {
            return found.line().max(1);
        }
        path = path.rfind(['.', '[']).and_then(|end| path.get(..end)).unwrap_or_default();
    }
}

/// Goes down `path` and fails there, because an error is what knows its line.
struct Down<'p> {
    path: &'p str,
}

const FOUND: &str = "here";

impl<'de> DeserializeSeed<'de> for Down<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_empty() {
            return Err(D::Error::custom(FOUND));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Down<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list or an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let path = self.path.strip_prefix('.').unwrap_or(self.path);
        while let Some(key) = map.next_key::<String>()? {
            match path.strip_prefix(&*key) {
                Some(rest) if rest.is_empty() || rest.starts_with(['.', '[']) => {
                    map.next_value_seed(Down { path: rest })?;
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let index = self.path.strip_prefix('[').and_then(|path| path.split_once(']'));
        let Some((index, path)) = index else { return Ok(()) };
        for _ in 0..index.parse().unwrap_or(0) {
            list.next_element::<IgnoredAny>()?;
        }
        list.next_element_seed(Down { path }).map(drop)
    }
}
