//! SaveAccountCustomFields: saves values of custom fields.

use std::collections::BTreeMap;

use super::caller::{check_call, member_of, quoted};
use super::parts::{Changing, change_parts};
use super::{Answered, Attempt, Platform};
use crate::contract::{Output, Pair, PairsField, Request, SAVE_ACCOUNT_CUSTOM_FIELDS};
use crate::domain::{Reason, ReturnCode};
use crate::ledger::{Begun, ItemKind, Items, Part, PartChange, PartKind};

const PAIRS: PairsField = SAVE_ACCOUNT_CUSTOM_FIELDS.request.pairs("CustomFieldPairs");

/// Saves what is valid, all at once, and skips the rest (documented). A blank value clears its field; of two for the same field the last
/// valid one stays (our choice).
///
/// # Errors
/// Refused with 1, 2, 100–105 or 311, or a failure of the ledger. Then nothing has changed. With 803, something was skipped.
pub async fn save_account_custom_fields(platform: &Platform, begun: &Begun, call: &Request<'_>) -> Attempt {
    let directory = platform.ledger.directory();
    let program = check_call(platform, &directory, begun, call).await?; // 100–105, 2
    let mut changes = BTreeMap::new();
    let mut skipped = Vec::new();
    for pair in call.pairs(PAIRS) {
        match pair.as_ref().and_then(|pair| change(&program.items, pair)) {
            Some(change) => drop(changes.insert(change.place().1.to_owned(), change)),
            None => skipped.push(pair),
        }
    }
    let changes = changes.into_values().collect();
    let changing = Changing { program, member: member_of(call), changes, held: None };
    let done = change_parts(platform, changing).await?;
    Ok(done.map(|()| match skipped.is_empty() {
        true => (ReturnCode::Ok, Output::default()).into(),
        false => {
            let (code, why) = (ReturnCode::InvalidPairsSkipped, Some(why_skipped(&program.items, &skipped))); // 803
            Answered { code, output: Output::default(), why }
        }
    }))
}

/// Which pairs were skipped, and what they would have had to be.
fn why_skipped(items: &Items, skipped: &[&Option<Pair<'_>>]) -> Reason {
    const SHOWN: usize = 5;
    let one = |pair: &&Option<Pair<'_>>| {
        let reference = pair.as_ref().and_then(|pair| pair.reference.as_deref()).unwrap_or_default();
        match items.find_item(ItemKind::CustomField, reference) {
            Some(field) => format!("{} doesn't take this value", field.external_reference),
            None => format!("there is no field {}", quoted(reference)),
        }
    };
    let causes = skipped.iter().take(SHOWN).map(one).collect::<Vec<_>>().join(", ");
    let known = Reason::list(items.list(ItemKind::CustomField).map(|field| field.external_reference.as_str()));
    Reason::of(format_args!("{} skipped: {causes}; the fields are {known}", skipped.len()))
}

/// What a pair changes; `None` if it is invalid.
fn change(items: &Items, pair: &Pair<'_>) -> Option<PartChange> {
    let field = items.find_item(ItemKind::CustomField, pair.reference.as_deref()?)?;
    let (slot, value) = (field.external_reference.clone(), pair.value.as_deref().unwrap_or_default());
    if value.trim().is_empty() {
        return Some(PartChange::Remove { kind: PartKind::CustomField, slot });
    }
    let value = field.r#type?.parse(value, &field.options)?;
    Some(PartChange::put(Part::custom_field(&slot, &value)))
}
