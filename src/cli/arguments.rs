//! What the parser of the command line says, without the secrets that it would repeat.

use std::ffi::OsString;

use clap::Error;
use clap::error::{ContextKind, ContextValue};

/// Flags whose value is a secret, or may have one in it.
const SECRET: [&str; 4] = ["--admin-token", "--ledger", "--token", "--from-template"];

/// The error, or another one in its place if it would show what stands behind the flag of a secret, such as a part behind a blank.
pub fn without_secrets(error: Error, arguments: impl Iterator<Item = OsString>) -> Error {
    const QUOTING: [ContextKind; 3] =
        [ContextKind::InvalidArg, ContextKind::InvalidSubcommand, ContextKind::InvalidValue];
    let quoted = QUOTING.into_iter().filter_map(|kind| match error.get(kind)? {
        ContextValue::String(quoted) => Some(quoted.as_str()),
        _ => None,
    });
    let quoted: Vec<&str> = quoted.filter(|quoted| !quoted.is_empty()).collect();
    let mut flag = None;
    let mut is_first = false;
    for word in arguments.map(|word| word.to_string_lossy().into_owned()) {
        let (name, value) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
        // Right behind the flag stands its value, whatever that looks like.
        if let (Some(flag), true) = (flag, is_first || !word.starts_with("--"))
            && quoted.iter().any(|quoted| word.starts_with(quoted))
        {
            let told = format!(
                "what stands behind {flag} is not one value: put quotes around it if it has blanks, or an = in front of it if it \
                 begins with -\n\nFor more information, try '--help'.\n"
            );
            return Error::raw(error.kind(), told);
        }
        if word.starts_with("--") && !is_first {
            flag = SECRET.iter().find(|secret| **secret == name);
            is_first = flag.is_some() && value.is_none();
        } else {
            is_first = false;
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::CommandLine;

    fn told(arguments: &[&str]) -> String {
        let words = [&["sync-asmx"], arguments].concat();
        let error = CommandLine::try_parse_from(&words).expect_err("a wrong command line");
        without_secrets(error, words.iter().map(OsString::from)).to_string()
    }

    #[test]
    fn a_secret_is_never_repeated() {
        for arguments in [
            &["--admin-token", "hush"][..],
            &["--admin-token", "hush hush hush"],
            &["--admin-token", "hush-hush\n"],
            &["--admin-token", "short", "hush"],
            &["--admin-token=long-enough", "hush"],
            &["--admin-token", "long-enough", "more", "hush"],
            &["--admin-token", "--hush-hush-hush"],
            &["--admin-token", "-hush-hush-hush"],
            &["--admin-token", "long-enough", "hush", "--listen", "127.0.0.1:0"],
            &["--admin-tokn=hush-hush"],
            &["health", "--admin-token", "long enough", "hush"],
            &["health", "--admin-token", "hush"],
            &["serve", "--admin-token", "hush"],
            &["token", "create", "--token", "long", "hush"],
            &["--ledger", "hush"],
            &["--ledger", "mysql://ada:hush@db/ledger"],
            &["--ledger", "Postgres://ada:hush@db/ledger"],
            &["--ledger", "postgres:/ada:hush@db/ledger"],
            &["--ledger", "postgres://ada:hush@db/ledger?sslmode=always"],
            &["--ledger", "postgres://ada:hush@db/ledger?hush"],
            &["--ledger", "postgres://ada:hush@db:port/ledger"],
            &["--ledger", "postgres://ada:hu/hush@db/ledger"],
            &["--ledger", "postgres://ada:hush/ledger"],
            &["--ledger", "postgres://ada:%hush@db/ledger"],
            &["--ledger", "postgres://ada:a", "hush@db/ledger"],
            &["--ledger", "sqlite:postgres://ada:hush@db/ledger"],
            &["--ledger", ""],
            &["seed", "-", "--ledger", "mysql://ada:hush@db/ledger"],
            &["export", "--ledger", "mysql://ada:hush@db/ledger"],
            &["backup", "copy.db", "--ledger", "mysql://ada:hush@db/ledger"],
            &["health", "--server", "http://ada:hush@127.0.0.1:8080"],
            &["health", "--server", "127.0.0.1/hush"],
            // A secret given to the flag of a file.
            &["--admin-token-file", "hush-hush-hush"],
            &["--ledger-file", "postgres://ada:hush@db/ledger"],
        ] {
            let told = told(arguments);
            assert!(!told.contains("hush") && told.contains("--"), "{arguments:?}: {told}");
        }
    }

    #[test]
    fn what_is_no_secret_is_repeated() {
        for (arguments, word) in [
            (&["sevre", "now"][..], "sevre"),
            (&["--admin-token", "long-enough", "--lisen", "x"], "--lisen"),
            (&["--listen", "127.0.0.1:0", "sevre"], "sevre"),
            (&["--listen", "nowhere"], "nowhere"),
        ] {
            assert!(told(arguments).contains(word), "{arguments:?}: {}", told(arguments));
        }
    }

    #[test]
    fn a_setting_comes_from_one_place() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let path = file.path().to_str().expect("a path");
        for (commands, flag, value) in [
            (&[][..], "--admin-token", "hush-hush"),
            (&["health"], "--admin-token", "hush-hush"),
            (&[], "--ledger", "sqlite:hush.db"),
            (&["export"], "--ledger", "sqlite:hush.db"),
            (&["backup", "copy.db"], "--ledger", "sqlite:hush.db"),
        ] {
            let text = if flag == "--ledger" { "memory:" } else { "hush-hush" };
            std::fs::write(file.path(), text).expect("a file");
            let told = told(&[commands, &[flag, value, &format!("{flag}-file"), path]].concat());
            assert!(told.contains(&format!("'{flag} <")) && told.contains(&format!("'{flag}-file <")), "{told}");
            assert!(!told.contains("hush"), "{told}");
        }
    }
}
