//! Security tokens of a server's program.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use ureq::http::Method;

use super::failure::Failure;
use super::output::{Output, text};
use super::printable::printable;
use super::remote::Remote;
use crate::percent::encode;

/// What to do with tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token
    ///
    /// Example: sync-asmx token create --method 'Fetch*' --method 'MemberIs*'
    /// Example: sync-asmx token create --from-template TEMPLATE-TOKEN --life-seconds 600
    #[command(verbatim_doc_comment)]
    Create(Create),
    /// List the tokens of a program
    ///
    /// Example: sync-asmx token list --program demo
    #[command(verbatim_doc_comment)]
    List(List),
    /// Suspend a token, or let it work again
    ///
    /// Example: sync-asmx token suspend TEST-TOKEN
    #[command(verbatim_doc_comment)]
    Suspend(Suspend),
    /// Delete a token
    ///
    /// Example: sync-asmx token delete TEST-TOKEN
    #[command(verbatim_doc_comment)]
    Delete(Delete),
}

/// Whose tokens.
#[derive(Debug, Args)]
struct Program {
    /// Program to which they belong
    #[arg(long, value_name = "NAME", default_value = "demo")]
    program: String,
    #[command(flatten)]
    remote: Remote,
}

impl Program {
    fn path(&self) -> String {
        format!("/_emulator/programs/{}/security-tokens", encode(&self.program))
    }

    fn path_of(&self, token: &str) -> String {
        format!("{}/{}", self.path(), encode(token))
    }
}

#[derive(Debug, Args)]
pub struct Create {
    /// Its text; without it, 64 random letters and digits
    #[arg(long, value_name = "TEXT")]
    token: Option<String>,
    /// Operation that it permits, with * for any characters; may be given more than once. All, unless told
    #[arg(long, value_name = "PATTERN", default_value = "*")]
    method: Vec<String>,
    /// Make a template, which serves only to make temporary tokens of
    #[arg(long, conflicts_with = "from_template")]
    template: bool,
    /// Make a temporary token of this template
    #[arg(long, value_name = "TOKEN", conflicts_with_all = ["token", "method"])]
    from_template: Option<String>,
    /// How long a temporary token lives; an hour at most
    #[arg(long, value_name = "SECONDS", requires = "from_template")]
    life_seconds: Option<u32>,
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
pub struct Suspend {
    token: String,
    /// Let it work again
    #[arg(long)]
    undo: bool,
    #[command(flatten)]
    program: Program,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, Args)]
pub struct Delete {
    token: String,
    #[command(flatten)]
    program: Program,
}

impl Token {
    pub fn run(self) -> Result<(), Failure> {
        match self {
            Self::Create(create) => create.run(),
            Self::List(List { program, output }) => {
                let tokens = program.remote.get(&program.path())?;
                output.tell(&tokens, |tokens| {
                    let tokens = tokens["security_tokens"].as_array().map(Vec::as_slice).unwrap_or_default();
                    tokens.iter().map(line).collect::<Vec<_>>().join("\n")
                })
            }
            Self::Suspend(Suspend { token, undo, program, output }) => {
                let change = json!({ "suspended": !undo });
                let token = program.remote.send(Method::PATCH, &program.path_of(&token), Some(&change))?;
                output.tell(&token, line)
            }
            Self::Delete(Delete { token, program }) => {
                program.remote.send(Method::DELETE, &program.path_of(&token), None).map(drop)
            }
        }
    }
}

impl Create {
    fn run(self) -> Result<(), Failure> {
        let mut wanted = match &self.from_template {
            Some(template) => json!({ "from_template": template }),
            None => json!({ "methods": self.method, "template": self.template }),
        };
        if let Some(token) = &self.token {
            wanted["token"] = json!(token);
        }
        if let Some(life) = self.life_seconds {
            wanted["life_seconds"] = json!(life);
        }
        let token = self.program.remote.send(Method::POST, &self.program.path(), Some(&wanted))?;
        self.output.tell(&token, |token| text(token, "token"))
    }
}

/// A token on one line.
fn line(token: &Value) -> String {
    let methods = token["methods"].as_array().map(Vec::as_slice).unwrap_or_default();
    let methods: Vec<_> = methods.iter().filter_map(Value::as_str).map(printable).collect();
    let mut line = format!("{}\t{}", text(token, "token"), methods.join(","));
    for state in ["suspended", "template"] {
        if token[state] == true {
            line = line + "\t" + state;
        }
    }
    match token["expires_at"].as_str() {
        Some(end) => line + "\texpires " + &printable(end),
        None => line,
    }
}
