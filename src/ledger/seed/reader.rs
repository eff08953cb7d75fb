//! Reads a seed chunk by chunk, because all of it may not fit into memory.
//!
//! A program's members go out as they come, once everything that they depend on came before them: name, settings, tokens, lists
//! of items. That is how a ledger is exported. In a file where one of those is missing or comes later, the members are kept
//! until the program ends, because only then is it known what they are to be checked against.

mod fields;
mod program;

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_path_to_error::Track;
use thiserror::Error;

use self::program::Program;
use super::check::Programs as Checks;
use super::{SeedError, SeedFault, locate};
use crate::domain::text::without_value;
use crate::ledger::SeedChunk;

/// Why a seed wasn't read to its end.
#[derive(Debug, Error)]
pub enum ReadError {
    #[error(transparent)]
    Refused(#[from] SeedError),
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// Nobody takes the chunks any more, and who did so knows why.
    #[error("what was read isn't wanted any more")]
    Unwanted,
}

/// Reads and checks a seed, and hands out its chunks for as long as `take` says that they are wanted. Whether a member or a number
/// is there twice isn't checked: that takes memory for all of them, and the ledger knows.
///
/// # Errors
/// [`ReadError`] for the first thing that is wrong. Its line is where the member or the field ends that is wrong. By then, chunks
/// may have gone out; what they lack is [`SeedChunk::End`].
pub fn read_chunks(from: impl Read, mut take: impl FnMut(SeedChunk) -> bool) -> Result<(), ReadError> {
    read(from, Checks::default(), None, &mut take)
}

/// The same for text that is at hand, which shows the line where what is wrong begins. Members and numbers that are there twice
/// are found.
///
/// # Errors
/// As [`read_chunks`].
pub fn read_text(json: &str, take: &mut dyn FnMut(SeedChunk) -> bool) -> Result<(), ReadError> {
    read(json.as_bytes(), Checks::with_members(), Some(json), take)
}

fn read(
    mut from: impl Read,
    checks: Checks,
    text: Option<&str>,
    take: &mut dyn FnMut(SeedChunk) -> bool,
) -> Result<(), ReadError> {
    let start = behind_byte_order_mark(&mut from)?;
    let lines = Lines { from: BufReader::with_capacity(64 << 10, start.chain(from)), line: Rc::new(Cell::new(1)) };
    let mut reading = Reading { line: lines.line.clone(), take, checks, stopped: None };
    let mut json = serde_json::Deserializer::from_reader(lines);
    let mut track = Track::new();
    let read = Whole(&mut reading).deserialize(serde_path_to_error::Deserializer::new(&mut json, &mut track));
    if let Err(error) = read {
        return Err(reading.why(error, &track.path().to_string(), text));
    }
    json.end().map_err(|error| reading.why(error, "behind the end", text))?;
    if (reading.take)(SeedChunk::End) { Ok(()) } else { Err(ReadError::Unwanted) }
}

/// Passes over a byte order mark; gives the bytes that were read in search of it.
fn behind_byte_order_mark(from: &mut impl Read) -> io::Result<io::Cursor<Vec<u8>>> {
    const MARK: &[u8] = "\u{FEFF}".as_bytes();
    let mut start = Vec::new();
    from.by_ref().take(MARK.len() as u64).read_to_end(&mut start)?;
    if start == MARK {
        start.clear();
    }
    Ok(io::Cursor::new(start))
}

/// What is known so far.
struct Reading<'t> {
    /// The line that is being read.
    line: Rc<Cell<usize>>,
    take: &'t mut dyn FnMut(SeedChunk) -> bool,
    checks: Checks,
    /// Why reading stops, if it isn't for what JSON or its form say.
    stopped: Option<Stopped>,
}

enum Stopped {
    /// Something is wrong with what was read last, at the line told.
    At(usize, SeedFault),
    Unwanted,
}

impl Reading<'_> {
    /// Hands out a chunk.
    fn send<E: Error>(&mut self, chunk: SeedChunk) -> Result<(), E> {
        if (self.take)(chunk) {
            return Ok(());
        }
        self.stopped = Some(Stopped::Unwanted);
        Err(E::custom("it isn't wanted any more"))
    }

    /// Stops if something is wrong with what was read, up to this line.
    fn pass<T, E: Error>(&mut self, line: usize, checked: Result<T, SeedFault>) -> Result<T, E> {
        checked.map_err(|fault| {
            let error = E::custom(&fault.reason);
            self.stopped = Some(Stopped::At(line, fault));
            error
        })
    }

    /// Why reading stopped, at `path` or below it.
    fn why(&mut self, error: serde_json::Error, path: &str, text: Option<&str>) -> ReadError {
        match self.stopped.take() {
            Some(Stopped::Unwanted) => ReadError::Unwanted,
            Some(Stopped::At(line, fault)) => {
                let SeedFault { path, reason } = fault.within(path);
                let line = text.map_or(line, |text| locate::line_of(text, &path));
                ReadError::Refused(SeedError { line, path, reason })
            }
            None if error.is_io() => ReadError::Unreadable(error.into()),
            None => {
                // Its message without " at line 1 column 2": the line is told in front.
                let (line, message) = (error.line(), error.to_string());
                let reason = message.rsplit_once(" at line ").map_or(&*message, |(reason, _)| reason);
                ReadError::Refused(SeedError { line, path: path.to_owned(), reason: without_value(reason).into() })
            }
        }
    }
}

/// Counts lines as bytes are taken. The parser does that, too, but by the time it tells, it has looked ahead.
struct Lines<R> {
    from: BufReader<R>,
    line: Rc<Cell<usize>>,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        // One byte at a time: the parser asks for no more, and none may be counted before it is read.
        let count = self.from.read(bytes.get_mut(..1).unwrap_or_default())?;
        if count == 1 && bytes.first() == Some(&b'\n') {
            self.line.set(self.line.get() + 1);
        }
        Ok(count)
    }
}

/// All of a seed: what [`State`](super::State) is at once.
struct Whole<'r, 't>(&'r mut Reading<'t>);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Programs,
}

impl<'de> DeserializeSeed<'de> for Whole<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a seed")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some(Field::Programs) = map.next_key()? else { return Err(A::Error::missing_field("programs")) };
        map.next_value_seed(Programs(self.0))?;
        match map.next_key()? {
            Some(Field::Programs) => Err(A::Error::duplicate_field("programs")),
            None => Ok(()),
        }
    }
}

/// Its programs, one after the other.
struct Programs<'r, 't>(&'r mut Reading<'t>);

impl<'de> DeserializeSeed<'de> for Programs<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Programs<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of programs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Program(self.0))?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests;
