//! The binary on a terminal, which `script` of util-linux provides.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::command;

/// The binary with arguments, as a shell has them, on a terminal of its own.
pub fn terminal(folder: &Path, arguments: &str) -> Command {
    // The same environment as without a terminal.
    let plain = command(folder, &[]);
    let mut script = Command::new("script");
    let program = plain.get_program().to_string_lossy();
    script.args(["--quiet", "--return", "--command", &format!("{program} {arguments}"), "/dev/null"]);
    for (name, _) in plain.get_envs() {
        script.env_remove(name);
    }
    script.current_dir(folder);
    script
}

/// Types on the terminal, and gives all that it shows, with the status of the command.
pub fn on_terminal(mut script: Command, typed: &str) -> (String, Option<i32>) {
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("script");
    // The pipe is held open: its end would be typed, too.
    let mut keyboard = child.stdin.take().expect("piped");
    keyboard.write_all(typed.as_bytes()).expect("a terminal");
    let output = child.wait_with_output().expect("its end");
    drop(keyboard);
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}
