//! What every call asks for, held in memory: programs with settings, tokens and item types.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Instant;

use super::{Program, ProgramId};
use crate::domain::cams::{AccessKey, CamsAccount};
use crate::domain::pims::PimsAccount;
use crate::domain::{Permissions, Secret, SecurityToken};

/// All programs, and the tokens that lead to them.
#[derive(Debug, Default)]
pub struct Directory {
    version: u64,
    programs: Vec<Program>,
    tokens: HashMap<String, Known>,
    /// By access key id: places of the program, the account and the key.
    access_keys: HashMap<String, [usize; 3]>,
    /// By login: places of the program and the account.
    pims_logins: HashMap<String, [usize; 2]>,
    /// As above, by the instance that is logged in without a login.
    pims_instances: HashMap<String, [usize; 2]>,
    /// Credentials that this process knew before, the newest last.
    former: Vec<Former>,
    /// When the last one was removed of those that aren't in that list any more.
    forgotten_at: Option<Instant>,
}

/// A credential that was removed.
#[derive(Clone, Debug)]
struct Former {
    credential: Arc<str>,
    removed_at: Instant,
}

/// So many credentials are remembered after they were removed.
const MOST_FORMER: usize = 5000;

/// Who signs with an access key.
#[derive(Clone, Copy, Debug)]
pub struct CamsCaller<'d> {
    pub program: &'d Program,
    pub account: &'d CamsAccount,
    pub key: &'d AccessKey,
}

/// A token that the ledger knows.
#[derive(Debug)]
struct Known {
    program: usize,
    permissions: Permissions,
}

impl Directory {
    /// Grows with every change of what is in here; members aren't. It begins anew with the process.
    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn new(version: u64, programs: Vec<Program>, tokens: Vec<(ProgramId, SecurityToken, Permissions)>) -> Self {
        let place: HashMap<ProgramId, usize> =
            programs.iter().enumerate().map(|(place, program)| (program.id, place)).collect();
        let tokens = tokens
            .into_iter()
            .filter_map(|(program, token, permissions)| {
                let program = *place.get(&program)?;
                Some((token.expose().to_owned(), Known { program, permissions }))
            })
            .collect();
        let mut directory = Self { version, programs, tokens, ..Self::default() };
        directory.index_companions();
        directory
    }

    fn index_companions(&mut self) {
        for (place, program) in self.programs.iter().enumerate() {
            for (at, account) in program.companions.cams_accounts.iter().enumerate() {
                let keys = account.access_keys.iter().enumerate();
                self.access_keys.extend(keys.map(|(key, known)| (known.access_key_id.clone(), [place, at, key])));
            }
            for (at, account) in program.companions.pims_accounts.iter().enumerate() {
                self.pims_logins.insert(account.login.clone(), [place, at]);
                self.pims_instances.extend(account.instances.iter().map(|instance| (instance.clone(), [place, at])));
            }
        }
    }

    /// Lets programs that are as they were in `previous` have the version that they had: then calls that were derived from them go on.
    /// For a store that gives all programs the directory's version.
    #[must_use]
    pub fn with_versions_of(mut self, previous: &Self) -> Self {
        let mut changed = HashSet::new();
        for (one, other) in [(&self, previous), (previous, &self)] {
            for (token, known) in &one.tokens {
                let program = one.programs[known.program].id;
                let is_same = other.tokens.get(token).is_some_and(|same| {
                    other.programs[same.program].id == program && same.permissions == known.permissions
                });
                if !is_same {
                    changed.insert(program);
                }
            }
        }
        for program in &mut self.programs {
            if let Some(old) = previous.find(program.id)
                && program.is_like(old)
                && !changed.contains(&program.id)
            {
                program.version = old.version;
            }
        }
        self
    }

    /// The directory that replaces `previous`: it remembers the credentials that are gone, because calls that were made with them
    /// are still to be shown without them.
    #[must_use]
    pub fn following(self, previous: &Self) -> Self {
        let present: HashSet<&str> = self.present_credentials().collect();
        let removed_at = Instant::now();
        let gone: HashSet<&str> = previous.present_credentials().filter(|known| !present.contains(known)).collect();
        let is_still_gone =
            |former: &&Former| !present.contains(&*former.credential) && !gone.contains(&*former.credential);
        let mut former: Vec<_> = previous.former.iter().filter(is_still_gone).cloned().collect();
        former.extend(gone.iter().map(|credential| Former { credential: (*credential).into(), removed_at }));
        let too_many = former.len().saturating_sub(MOST_FORMER);
        let forgotten_at = former.drain(..too_many).next_back().map(|last| last.removed_at);
        Self { former, forgotten_at: forgotten_at.or(previous.forgotten_at), ..self }
    }

    /// What proves to Sync and to CAMS who calls: security tokens, keys and their tokens; those that were removed since the
    /// process began, too.
    pub fn credentials(&self) -> impl Iterator<Item = &str> {
        self.present_credentials().chain(self.former.iter().map(|former| &*former.credential))
    }

    fn present_credentials(&self) -> impl Iterator<Item = &str> {
        let accounts = self.programs.iter().flat_map(|program| &program.companions.cams_accounts);
        let keys = accounts.flat_map(|account| &account.access_keys);
        let secrets = keys.flat_map(|key| std::iter::once(&key.access_key_secret).chain(&key.security_token));
        self.tokens.keys().map(String::as_str).chain(secrets.map(Secret::expose))
    }

    /// Whether a credential that was known at this time may be missing among [`credentials`](Self::credentials): so many were
    /// removed since.
    pub fn has_forgotten_since(&self, time: Instant) -> bool {
        self.forgotten_at.is_some_and(|forgotten_at| forgotten_at >= time)
    }

    /// The passwords of PIMS's accounts.
    pub fn passwords(&self) -> impl Iterator<Item = &str> {
        let accounts = self.programs.iter().flat_map(|program| &program.companions.pims_accounts);
        accounts.filter_map(|account| account.password.as_ref()).map(Secret::expose)
    }

    /// Whose access key this is.
    pub fn find_access_key(&self, access_key_id: &str) -> Option<CamsCaller<'_>> {
        let [program, account, key] = *self.access_keys.get(access_key_id)?;
        let program = &self.programs[program];
        let account = &program.companions.cams_accounts[account];
        Some(CamsCaller { program, account, key: &account.access_keys[key] })
    }

    /// The account of PIMS with this login.
    pub fn find_pims_login(&self, login: &str) -> Option<(&Program, &PimsAccount)> {
        self.pims_logins.get(login).map(|place| self.pims_account(*place))
    }

    /// The account that an instance of PIMS is logged in to without a login.
    pub fn find_pims_instance(&self, instance: &str) -> Option<(&Program, &PimsAccount)> {
        self.pims_instances.get(instance).map(|place| self.pims_account(*place))
    }

    fn pims_account(&self, [program, account]: [usize; 2]) -> (&Program, &PimsAccount) {
        let program = &self.programs[program];
        (program, &program.companions.pims_accounts[account])
    }

    /// Whose token this is, and what it permits.
    pub fn find_token(&self, token: &str) -> Option<(&Program, &Permissions)> {
        let known = self.tokens.get(token)?;
        Some((&self.programs[known.program], &known.permissions))
    }

    /// The program of that name.
    pub fn program(&self, name: &str) -> Option<&Program> {
        self.programs.iter().find(|program| &*program.name == name)
    }

    /// Whether there is a program of that number.
    pub fn has(&self, program: ProgramId) -> bool {
        self.find(program).is_some()
    }

    /// The program of that number.
    pub fn find(&self, program: ProgramId) -> Option<&Program> {
        let place = self.programs.binary_search_by_key(&program, |known| known.id).ok()?;
        self.programs.get(place)
    }

    /// The number of the program that was made last; 0 if there is none.
    pub fn newest(&self) -> ProgramId {
        self.programs.last().map_or(ProgramId(0), |program| program.id)
    }

    /// All programs, in the order in which they were made.
    pub fn programs(&self) -> &[Program] {
        &self.programs
    }

    /// All tokens of a program, with what they permit.
    pub fn tokens_of(&self, program: &Program) -> impl Iterator<Item = (&str, &Permissions)> {
        let id = program.id;
        self.tokens
            .iter()
            .filter(move |(_, known)| self.programs[known.program].id == id)
            .map(|(token, known)| (token.as_str(), &known.permissions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ProgramDocument;

    fn with(tokens: &[String]) -> Directory {
        let program = Program::new(ProgramId(1), 1, "demo", ProgramDocument::default());
        let any = Permissions { methods: Vec::new(), suspended: false, template: false, expires_at: None };
        let tokens = tokens.iter().map(|token| (ProgramId(1), SecurityToken::new(token), any.clone())).collect();
        Directory::new(1, vec![program], tokens)
    }

    #[test]
    fn credentials_that_are_gone_are_remembered_once_and_not_without_bound() {
        let began = Instant::now();
        let names = |first, last| (first..last).map(|number: usize| format!("token {number}")).collect::<Vec<_>>();
        let sorted = |directory: &Directory| {
            let mut credentials: Vec<_> = directory.credentials().map(str::to_owned).collect();
            credentials.sort();
            credentials
        };
        let first = with(&names(1, 3));
        let gone = with(&[]).following(&first);
        let back = with(&names(2, 3)).following(&gone);
        let gone_again = with(&names(4, 5)).following(&back);
        assert_eq!(sorted(&gone), ["token 1", "token 2"]);
        assert_eq!(sorted(&back), ["token 1", "token 2"]);
        assert_eq!(sorted(&gone_again), ["token 1", "token 2", "token 4"]);
        assert!(!gone_again.has_forgotten_since(began));

        let many = with(&names(0, MOST_FORMER + 1)).following(&first);
        let forgetful = with(&[]).following(&many);
        assert_eq!(forgetful.credentials().count(), MOST_FORMER);
        assert!(forgetful.has_forgotten_since(began));
        let later = with(&[]).following(&forgetful);
        assert!(later.has_forgotten_since(began) && !later.has_forgotten_since(Instant::now()));
    }
}
