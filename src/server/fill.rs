//! What a ledger holds when the server starts.

use super::StartError;
use crate::ledger::seed::{self, SeedSource};
use crate::ledger::{Change, Changed, Directory, ItemKind, Ledger, Seed};

/// Applies the seed if the ledger is empty. Several nodes may find it so at once, and only one of them fills it.
pub async fn fill(ledger: &dyn Ledger, seed: &SeedSource) -> Result<(), StartError> {
    loop {
        let directory = ledger.directory();
        if !directory.programs().is_empty() {
            tell_what_demo_lacks(&directory);
            return Ok(());
        }
        let change = Change::ReplaceAll { seed: seed.read()?, is_baseline: false };
        if ledger.change(directory.version(), change).await? != Changed::Outdated {
            return Ok(());
        }
    }
}

/// A ledger that an older version has filled lacks what the compiled-in seed has more by now, and the examples speak of.
fn tell_what_demo_lacks(directory: &Directory) {
    let Ok(seed) = Seed::parse(seed::DEFAULT) else { return };
    for wanted in seed.programs {
        let Some(program) = directory.program(&wanted.name) else { continue };
        let is_lacking = |kind: &ItemKind| {
            program.items.list(*kind).next().is_none() && wanted.document.items.list(*kind).next().is_some()
        };
        let lists: Vec<_> = ItemKind::ALL.into_iter().filter(is_lacking).map(|kind| kind.words().list).collect();
        if !lists.is_empty() {
            let lists = lists.join(", ");
            tracing::warn!(
                program = wanted.name,
                lists,
                "the program lacks lists of the compiled-in seed, which an older version didn't have; `sync-asmx seed` with it, or \
                 POST /_emulator/reset, brings them, and takes back all that was saved"
            );
        }
    }
}
