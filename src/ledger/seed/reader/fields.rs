//! The fields of a program, as they come.

use std::cell::Cell;
use std::rc::Rc;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess};

use super::Reading;
use crate::ledger::seed::SeedFault;

/// What every seed has in front of its members; lists of items that came with later versions may be missing.
const FIRST: [&str; 5] = ["name", "settings", "security_tokens", "phone_number_types", "mobile_carriers"];
/// What may come behind members that went out: they don't depend on it.
const LATE: [&str; 3] = ["cams_accounts", "pims_accounts", "verifications"];

/// Fields that end before the members, once everything that every seed has in front of them has come; and then those behind them.
pub struct Fields<A> {
    pub map: A,
    line: Rc<Cell<usize>>,
    /// The names of those that were read, and the lines where they end.
    pub ended: Vec<(String, usize)>,
    /// Whether the members are not among them, and their value came next when they ended.
    pub members_go_out: bool,
}

impl<A> Fields<A> {
    pub fn new(map: A, line: Rc<Cell<usize>>) -> Self {
        Self { map, line, ended: Vec::new(), members_go_out: false }
    }

    /// Stops if something is wrong with one of the fields.
    pub fn pass<T, E: Error>(&self, reading: &mut Reading<'_>, checked: Result<T, SeedFault>) -> Result<T, E> {
        let path = checked.as_ref().err().map_or("", |fault| &fault.path);
        let line =
            self.ended.iter().find(|(name, _)| path.starts_with(name)).map_or(self.line.get(), |(_, line)| *line);
        reading.pass(line, checked)
    }

    fn has(&self, name: &str) -> bool {
        self.ended.iter().any(|(ended, _)| ended == name)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let Some((name, key)) = self.map.next_key_seed(Named(seed))? else { return Ok(None) };
        if self.has(&name) {
            return Err(A::Error::custom(format!("duplicate field `{name}`")));
        }
        if self.members_go_out && !LATE.contains(&&*name) {
            return Err(A::Error::custom(format!("`{name}` may not come behind `members`")));
        }
        let is_at_members = name == "members" && FIRST.iter().all(|name| self.has(name));
        self.members_go_out |= is_at_members;
        self.ended.push((name, self.line.get()));
        Ok((!is_at_members).then_some(key))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let value = self.map.next_value_seed(seed)?;
        if let Some((_, line)) = self.ended.last_mut() {
            *line = self.line.get();
        }
        Ok(value)
    }
}

/// A key, and its text.
struct Named<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Named<S> {
    type Value = (String, S::Value);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let name = String::deserialize(deserializer)?;
        let key = self.0.deserialize(StrDeserializer::<D::Error>::new(&name))?;
        Ok((name, key))
    }
}
