//! Settings whose value nobody else may see: what is wrong with one is told without repeating it, and it may stand in a file, as
//! systemd's `LoadCredential=` and Docker's secrets have it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};

/// The longest file that is read, in bytes.
const MAX_FILE: u64 = 64 << 10;

/// Parses a value, and refuses it without showing it. The parser of clap would quote it.
#[derive(Clone)]
pub struct Hidden<T>(pub fn(&str) -> Result<T, String>);

/// Parses what stands in a file, one line end behind it left out.
#[derive(Clone)]
pub struct InFile<T>(pub fn(&str) -> Result<T, String>);

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Hidden<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let text = value.to_str().ok_or_else(|| "expected UTF-8".to_owned());
        text.and_then(self.0).map_err(|reason| refused(command, argument, &reason))
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for InFile<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, path: &OsStr) -> Result<T, Error> {
        read(Path::new(path)).and_then(|text| (self.0)(&text)).map_err(|reason| refused(command, argument, &reason))
    }
}

/// Names the setting, and the path of a file neither: it may be the secret itself, given to the wrong flag.
fn refused(command: &Command, argument: Option<&Arg>, reason: &str) -> Error {
    let flag = argument.and_then(Arg::get_long).unwrap_or_default();
    let twin = argument.and_then(Arg::get_env).map(|name| format!(" (or {})", name.display())).unwrap_or_default();
    let told = format!("--{flag}{twin}: {reason}\n\nFor more information, try '--help'.\n");
    Error::raw(ErrorKind::ValueValidation, told).with_cmd(command)
}

fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes));
    file.map_err(|error| format!("the file can't be read: {error}"))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(format!("the file is longer than {MAX_FILE} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|_| "the file isn't UTF-8")?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    match line.is_empty() {
        true => Err("the file is empty".to_owned()),
        false => Ok(line.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_without_the_line_end_behind_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        for (bytes, expected) in [
            (&b"hush-hush"[..], Ok("hush-hush")),
            (b"hush-hush\n", Ok("hush-hush")),
            (b"hush-hush\r\n", Ok("hush-hush")),
            (b"\xef\xbb\xbfhush-hush", Ok("hush-hush")),
            // Only one: what else is there belongs to it, and is refused where it can't be part of it.
            (b"hush-hush\n\n", Ok("hush-hush\n")),
            (b"", Err("the file is empty")),
            (b"\n", Err("the file is empty")),
            (b"hush\xff", Err("the file isn't UTF-8")),
        ] {
            std::fs::write(&path, bytes).expect("a file");
            assert_eq!(read(&path), expected.map(str::to_owned).map_err(str::to_owned), "{bytes:?}");
        }
        std::fs::write(&path, vec![b'x'; 65537]).expect("a file");
        assert_eq!(read(&path), Err("the file is longer than 65536 bytes".to_owned()));
        assert!(read(folder.path()).is_err_and(|reason| reason.starts_with("the file can't be read: ")));
    }
}
