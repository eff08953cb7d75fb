//! Finds the line of a place in JSON text.
//!
//! The values of a seed no longer know where they came from, so a place is found by reading the text once more, down to
//! it, and stopping there.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// One step down: into a field, or to an item of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Field(&'static str),
    Index(usize),
}

impl From<&'static str> for Step {
    fn from(field: &'static str) -> Self {
        Self::Field(field)
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// The path as people write it: `programs[0].name`.
pub fn display(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(field) if text.is_empty() => text.push_str(field),
            Step::Field(field) => text.extend([".", field]),
            Step::Index(index) => text.extend(["[", &index.to_string(), "]"]),
        }
    }
    text
}

/// The line, counted from 1, of the value at `path`, or of the nearest one around it that is there.
pub fn line_of(json: &str, path: &[Step]) -> usize {
    for length in (0..=path.len()).rev() {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        if let Err(found) = (Down { path: &path[..length] }).deserialize(&mut deserializer) {
            return found.line();
        }
    }
    1
}

/// Goes down `path` and fails there, because an error is what knows its line.
struct Down<'p> {
    path: &'p [Step],
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
        while let Some(key) = map.next_key::<String>()? {
            match self.path {
                [Step::Field(field), rest @ ..] if *field == key => map.next_value_seed(Down { path: rest })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let [Step::Index(wanted), rest @ ..] = self.path else { return Ok(()) };
        for _ in 0..*wanted {
            list.next_element::<IgnoredAny>()?;
        }
        list.next_element_seed(Down { path: rest }).map(drop)
    }
}
