//! Security tokens as they are made.

use jiff::{SignedDuration, Timestamp};
use rand::distr::{Alphanumeric, SampleString};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::domain::SecurityToken;
use crate::ledger::{Directory, Program, TokenState};

/// A token to be made. From a template, with a life of at most an hour; or by itself.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Made up if it isn't there.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1)]
    token: Option<SecurityToken>,
    /// Names of operations; `*` stands for any characters. All of them, if it isn't there.
    #[serde(default)]
    methods: Option<Vec<String>>,
    #[serde(default)]
    suspended: Option<bool>,
    #[serde(default)]
    template: Option<bool>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// A template token of the program, whose methods a temporary one gets. Other fields but `life_seconds` can't be there
    /// then.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    from_template: Option<SecurityToken>,
    /// How long a temporary token lives; an hour unless told.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3600)]
    life_seconds: Option<i64>,
}

/// The longest life of a temporary token, in seconds (documented: 60 minutes).
const LONGEST_LIFE: i64 = 3600;

/// The text of a token that the emulator makes: 64 random letters and digits.
pub fn made_up() -> SecurityToken {
    SecurityToken::new(random(64))
}

/// The text of a temporary token.
pub fn made_up_temporary() -> SecurityToken {
    SecurityToken::temporary(&random(SecurityToken::TEMPORARY_RANDOM))
}

fn random(length: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rng(), length)
}

impl NewToken {
    /// The text: given, or made up.
    pub fn text(&self) -> SecurityToken {
        match (&self.token, &self.from_template) {
            (Some(token), _) => token.clone(),
            (None, None) => made_up(),
            (None, Some(_)) => made_up_temporary(),
        }
    }

    /// What the token is to be.
    ///
    /// # Errors
    /// 422 names the field that is wrong.
    pub fn state(
        &self,
        text: &SecurityToken,
        directory: &Directory,
        program: &Program,
        now: Timestamp,
    ) -> Result<TokenState, Problem> {
        let Some(template) = &self.from_template else {
            if self.life_seconds.is_some() {
                return Err(Problem::wrong("life_seconds", "belongs to from_template; give expires_at"));
            }
            let token = TokenState {
                token: text.clone(),
                methods: self.methods.clone().unwrap_or_else(|| vec!["*".to_owned()]),
                suspended: self.suspended.unwrap_or_default(),
                template: self.template.unwrap_or_default(),
                expires_at: self.expires_at,
            };
            return Ok(token.check()?);
        };
        if let Some(field) = self.field_beside_template() {
            return Err(Problem::wrong(field, "can't be there beside from_template, which decides it"));
        }
        let life = self.life_seconds.unwrap_or(LONGEST_LIFE);
        if !(1..=LONGEST_LIFE).contains(&life) {
            return Err(Problem::wrong("life_seconds", format!("expected 1 to {LONGEST_LIFE}")));
        }
        let found = directory.find_token(template.expose()).filter(|(owner, _)| owner.id == program.id);
        let methods = match found {
            Some((_, permissions)) if permissions.template && !permissions.suspended => permissions.methods.clone(),
            Some((_, permissions)) if permissions.template => {
                return Err(Problem::wrong("from_template", "this template token is suspended"));
            }
            Some(_) => return Err(Problem::wrong("from_template", "this token is no template")),
            None => return Err(Problem::wrong("from_template", "the program has no such token")),
        };
        let expires_at = Some(now.checked_add(SignedDuration::from_secs(life)).unwrap_or(Timestamp::MAX));
        Ok(TokenState { token: text.clone(), methods, suspended: false, template: false, expires_at })
    }

    fn field_beside_template(&self) -> Option<&'static str> {
        let fields = [
            ("token", self.token.is_some()),
            ("methods", self.methods.is_some()),
            ("suspended", self.suspended.is_some()),
            ("template", self.template.is_some()),
            ("expires_at", self.expires_at.is_some()),
        ];
        fields.into_iter().find_map(|(name, is_there)| is_there.then_some(name))
    }
}
