//! Where a password comes from that the connection URI doesn't have.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The password file, as libpq finds it: the URI's, that of `PGPASSFILE`, or `~/.pgpass`.
pub struct PasswordFile(String);

/// Which session a password is for.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    pub host: &'a str,
    pub port: u16,
    pub database: &'a str,
    pub user: &'a str,
}

/// `PGPASSWORD`.
pub fn from_environment() -> Option<String> {
    env::var("PGPASSWORD").ok().filter(|password| !password.is_empty())
}

impl PasswordFile {
    /// One that isn't there has no passwords; one that others may read isn't used, as libpq does.
    pub fn open(named: Option<&Path>) -> Self {
        let path = named
            .map(Path::to_owned)
            .or_else(|| env::var_os("PGPASSFILE").map(PathBuf::from))
            .or_else(|| env::home_dir().map(|home| home.join(".pgpass")));
        let Some(path) = path.filter(|path| path.is_file()) else { return Self(String::new()) };
        if others_may_read(&path) {
            tracing::warn!(file = %path.display(), "password file isn't used: others may read it; chmod 600 mends that");
            return Self(String::new());
        }
        match fs::read_to_string(&path) {
            Ok(text) => Self(text),
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "password file can't be read");
                Self(String::new())
            }
        }
    }

    /// The password of the first line that fits: `HOST:PORT:DATABASE:USER:PASSWORD`, `*` for anything.
    pub fn find(&self, session: Session<'_>) -> Option<String> {
        let port = session.port.to_string();
        let asked = [session.host, &port, session.database, session.user];
        self.0.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
            let mut fields = fields(line).into_iter();
            let fits = asked.iter().all(|asked| {
                fields.next().is_some_and(|(field, is_literal)| field == *asked || field == "*" && !is_literal)
            });
            fits.then(|| fields.next()).flatten().map(|(password, _)| password).filter(|password| !password.is_empty())
        })
    }
}

/// The fields of a line, and of each whether a backslash was in it. A backslash makes a `:` or `\` part of the field.
fn fields(line: &str) -> Vec<(String, bool)> {
    let mut fields = vec![(String::new(), false)];
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        let literal = if character == '\\' { rest.next() } else { None };
        match (fields.last_mut(), character, literal) {
            (_, ':', _) => fields.push((String::new(), false)),
            (Some(field), _, Some(literal)) => {
                field.0.push(literal);
                field.1 = true;
            }
            (Some(field), character, None) => field.0.push(character),
            (None, ..) => {}
        }
    }
    fields
}

#[cfg(unix)]
fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_has_the_password() {
        let session = Session { host: "db", port: 5432, database: "ledger", user: "ada" };
        let rows = [
            ("db:5432:ledger:ada:hush", Some("hush")),
            ("*:*:*:*:hush", Some("hush")),
            ("# *:*:*:*:no\nother:*:*:*:no\n*:*:*:ada:hush\n*:*:*:*:late", Some("hush")),
            (r"*:*:*:*:a\:b\\c", Some(r"a:b\c")),
            (r"\*:*:*:*:no", None),
            ("db:5433:*:*:no", None),
            ("db:5432:ledger:ada:", None),
            ("db:5432:ledger:ada", None),
            ("", None),
        ];
        for (text, password) in rows {
            assert_eq!(PasswordFile(text.into()).find(session).as_deref(), password, "{text}");
        }
    }
}
