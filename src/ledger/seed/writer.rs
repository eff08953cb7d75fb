//! Writes what a ledger holds as a seed, chunk by chunk: a line for each member, token and item, so that a person finds them, and a
//! tool that compares lines, too.

use serde::Serialize;

use crate::ledger::{ItemKind, ProgramState, StateChunk};

/// Knows what was written so far, and so what has to stand between two chunks.
#[derive(Debug)]
pub struct StateWriter {
    /// Whether one program is written by itself, without the list around it.
    is_alone: bool,
    /// What the lines of a program begin with.
    margin: &'static str,
    /// Programs so far.
    programs: usize,
    /// Members so far of the last program.
    members: usize,
}

impl StateWriter {
    /// For everything: what [`State`](super::State) is.
    pub fn of_all() -> Self {
        Self { is_alone: false, margin: "    ", programs: 0, members: 0 }
    }

    /// For one program by itself.
    pub fn of_one_program() -> Self {
        Self { is_alone: true, margin: "", programs: 0, members: 0 }
    }

    /// Writes the next chunk.
    ///
    /// # Errors
    /// If something can't be said in JSON.
    pub fn write(&mut self, chunk: &StateChunk, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match chunk {
            StateChunk::Program(program) => self.begin(program, out),
            StateChunk::Members(members) => {
                for member in members {
                    self.item(self.members, member, out)?;
                    self.members += 1;
                }
                Ok(())
            }
        }
    }

    /// Writes what comes behind the last chunk.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        match self.programs {
            0 if self.is_alone => {}
            0 => out.extend(b"{\n  \"programs\": []\n}\n"),
            _ => {
                self.end_program(out);
                out.extend(if self.is_alone { &b"\n"[..] } else { b"\n  ]\n}\n" });
            }
        }
    }

    fn begin(&mut self, program: &ProgramState, out: &mut Vec<u8>) -> serde_json::Result<()> {
        match self.programs {
            0 if self.is_alone => {}
            0 => out.extend(b"{\n  \"programs\": [\n"),
            _ => {
                self.end_program(out);
                out.extend(b",\n");
            }
        }
        (self.programs, self.members) = (self.programs + 1, 0);
        self.line("{", out);
        self.field("name", &program.name, out)?;
        self.field("settings", &program.settings, out)?;
        self.list("security_tokens", &program.security_tokens, out)?;
        for kind in ItemKind::ALL {
            self.list(kind.words().list, program.items(kind), out)?;
        }
        self.list("cams_accounts", &program.cams_accounts, out)?;
        self.list("pims_accounts", &program.pims_accounts, out)?;
        self.list("verifications", &program.verifications, out)?;
        out.push(b'\n');
        self.line("  \"members\": [", out);
        Ok(())
    }

    fn end_program(&self, out: &mut Vec<u8>) {
        self.end_list(self.members, out);
        out.push(b'\n');
        self.line("}", out);
    }

    /// A line without its end.
    fn line(&self, text: &str, out: &mut Vec<u8>) {
        out.extend(self.margin.as_bytes());
        out.extend(text.as_bytes());
    }

    fn field(&self, name: &str, value: &impl Serialize, out: &mut Vec<u8>) -> serde_json::Result<()> {
        out.push(b'\n');
        self.line(&format!("  \"{name}\": "), out);
        serde_json::to_writer(&mut *out, value)?;
        out.push(b',');
        Ok(())
    }

    fn list(&self, name: &str, items: &[impl Serialize], out: &mut Vec<u8>) -> serde_json::Result<()> {
        out.push(b'\n');
        self.line(&format!("  \"{name}\": ["), out);
        for (index, item) in items.iter().enumerate() {
            self.item(index, item, out)?;
        }
        self.end_list(items.len(), out);
        out.push(b',');
        Ok(())
    }

    fn item(&self, index: usize, item: &impl Serialize, out: &mut Vec<u8>) -> serde_json::Result<()> {
        out.extend(if index == 0 { &b"\n"[..] } else { b",\n" });
        self.line("    ", out);
        serde_json::to_writer(out, item)
    }

    fn end_list(&self, length: usize, out: &mut Vec<u8>) {
        if length > 0 {
            out.push(b'\n');
            self.line("  ", out);
        }
        out.push(b']');
    }
}
