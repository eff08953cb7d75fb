//! SaveAccountCustomFields: saves values of custom fields.

use std::collections::BTreeMap;

use super::caller::{check_call, member_of};
use super::parts::{Changing, change_parts};
use super::{Attempt, Platform};
use crate::contract::{Output, Pair, PairsField, Request, SAVE_ACCOUNT_CUSTOM_FIELDS};
use crate::domain::ReturnCode;
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
    let mut code = ReturnCode::Ok;
    for pair in call.pairs(PAIRS) {
        match pair.as_ref().and_then(|pair| change(&program.items, pair)) {
            Some(change) => drop(changes.insert(change.place().1.to_owned(), change)),
            None => code = ReturnCode::InvalidPairsSkipped, // 803
        }
    }
    let changes = changes.into_values().collect();
    let changing = Changing { program, member: member_of(call), changes, held: ReturnCode::UndefinedError };
    Ok(change_parts(platform, changing).await?.map(|()| (code, Output::default())))
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
