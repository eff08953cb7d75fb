//! When a call began: a program that is replaced or removed later is no longer the call's.

use std::time::Instant;

use super::{Directory, Ledger, LedgerError, ProgramId};

/// The beginning of a call. A program gets a new number whenever it is replaced (reset, put, import), and no number is given
/// twice: so the number of the call's program tells whether it was replaced since, on whichever node.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    pub at: Instant,
    /// The newest program that there was.
    newest: ProgramId,
    /// The program that the call is about, once it is known.
    pub program: Option<ProgramId>,
}

impl Begun {
    /// A call begins now, while this is the directory.
    pub fn now(directory: &Directory) -> Self {
        Self { at: Instant::now(), newest: directory.newest(), program: None }
    }

    /// Whether the call may go on, with the program that was `found` for it just now in this directory. Gives the program that it
    /// is about, if that is one of this directory.
    ///
    /// # Errors
    /// [`LedgerError::Replaced`] if the program was replaced or removed since the call began, or was made only then; and if the
    /// ledger can't tell.
    pub async fn check(
        &self,
        ledger: &dyn Ledger,
        directory: &Directory,
        found: Option<ProgramId>,
    ) -> Result<Option<ProgramId>, LedgerError> {
        let is_old = |program: ProgramId| program <= self.newest && directory.has(program);
        if [self.program, found].into_iter().flatten().all(is_old) {
            return Ok(self.program);
        }
        // Or the node hadn't heard yet of what was replaced before the call began.
        match ledger.has_replaced_since(self.at).await? {
            true => Err(LedgerError::Replaced),
            false => Ok(self.program.filter(|program| directory.has(*program))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ledger::seed::ProgramSeed;
    use crate::ledger::{Change, LedgerUrl, open};

    async fn put(ledger: &dyn Ledger, name: &str) -> ProgramId {
        let state = serde_json::from_value(json!({"name": name})).expect("a program");
        let seed = ProgramSeed::check(state).expect("a seed");
        ledger.change(ledger.directory().version(), Change::PutProgram(seed)).await.expect("a ledger");
        ledger.directory().program(name).expect("the program").id
    }

    #[tokio::test]
    async fn a_call_goes_on_with_the_program_that_it_began_with_and_no_other() {
        let ledger = open(&LedgerUrl::Memory).expect("a ledger");
        let [demo, other] = [put(&*ledger, "demo").await, put(&*ledger, "other").await];
        let unknown = Begun::now(&ledger.directory());
        let known = Begun { program: Some(demo), ..unknown };
        for found in [None, Some(demo), Some(other)] {
            assert_eq!(known.check(&*ledger, &ledger.directory(), found).await, Ok(Some(demo)));
            assert_eq!(unknown.check(&*ledger, &ledger.directory(), found).await, Ok(None));
        }
        let again = put(&*ledger, "demo").await;
        for found in [None, Some(again), Some(other)] {
            assert_eq!(known.check(&*ledger, &ledger.directory(), found).await, Err(LedgerError::Replaced));
        }
        assert_eq!(unknown.check(&*ledger, &ledger.directory(), Some(again)).await, Err(LedgerError::Replaced));
        assert_eq!(unknown.check(&*ledger, &ledger.directory(), Some(other)).await, Ok(None));
    }
}
