//! A call as a command line, for a shell and for curl.

use crate::calls::{Entry, MASK};

/// Headers that curl makes by itself, or that are of the connection.
const OWN: [&str; 8] =
    ["host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect", "user-agent", "accept"];

/// The command that makes the call again. What the journal hides is `$TOKEN`, which the shell puts in.
pub fn curl(entry: &Entry, scheme: &str) -> String {
    let host = entry.headers.iter().find(|header| header.name == "host").map_or("127.0.0.1:8080", |host| &host.value);
    let target = entry.query.iter().fold(entry.path.clone(), |path, query| path + "?" + query);
    let mut command = format!("curl -sS {}", quote(&format!("{scheme}://{host}{target}")));
    if entry.method != "POST" {
        command = command + " -X " + &quote(&entry.method);
    }
    for header in entry.headers.iter().filter(|header| !OWN.contains(&header.name.as_str())) {
        command = command + " \\\n  -H " + &quote(&format!("{}: {}", header.name, header.value));
    }
    command + " \\\n  --data-binary " + &quote(&entry.request)
}

/// A text that the shell takes as it is, but for what is hidden.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''").replace(MASK, "'\"$TOKEN\"'"))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn a_shell_puts_in_nothing_but_the_token() {
        for (text, expected) in [
            ("a $HOME `b` \"c\"", "'a $HOME `b` \"c\"'"),
            ("it's", r"'it'\''s'"),
            ("<T>***</T>", r#"'<T>'"$TOKEN"'</T>'"#),
        ] {
            assert_eq!(quote(text), expected);
        }
    }
}
