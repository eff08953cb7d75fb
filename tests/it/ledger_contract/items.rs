//! Types, carriers, clubs and custom fields come and go.

use sync_asmx::domain::{CustomFieldType, MemberId};
use sync_asmx::ledger::{Change, Changed, Edit, ItemId, ItemKind, ItemState, ProgramId, SavePhone, Written};

use ItemKind::{MobileCarrier, PhoneNumberType};
use Written::Done;

use super::{ADA, ALAN, BLUE, Phones, RED, Store, each_ledger};

fn item(reference: &str, name: &str) -> ItemState {
    ItemState { external_reference: reference.into(), name: name.into(), ..ItemState::default() }
}

fn find(store: &Store, kind: ItemKind, reference: &str) -> Option<ItemId> {
    store.ledger.directory().programs()[0].items.find(kind, reference)
}

#[tokio::test]
async fn an_item_is_made_renamed_and_removed() {
    for store in &each_ledger() {
        let program = Phones::new(store).await.program;
        for kind in ItemKind::ALL {
            let item = |reference, name| ItemState {
                r#type: (kind == ItemKind::CustomField).then_some(CustomFieldType::Text),
                ..item(reference, name)
            };
            store.change(Change::EditProgram(program, Edit::PutItem(kind, item("FAX", "Fax"))), Changed::Made).await;
            let id = find(store, kind, "FAX").expect("the item");
            store
                .change(Change::EditProgram(program, Edit::PutItem(kind, item("FAX", "Telefax"))), Changed::Replaced)
                .await;
            assert_eq!(find(store, kind, "FAX"), Some(id), "{}", store.name);
            let state = serde_json::to_value(store.export().await.programs.remove(0)).expect("JSON");
            let last = state[kind.words().list].as_array().and_then(|items| items.last()).cloned();
            assert_eq!(last, serde_json::to_value(item("FAX", "Telefax")).ok(), "{}", store.name);

            store.change(Change::EditProgram(program, Edit::RemoveItem(kind, " FAX ".into())), Changed::Removed).await;
            assert_eq!(find(store, kind, "FAX"), None, "{}", store.name);
            store.refuse(Change::EditProgram(program, Edit::RemoveItem(kind, "FAX".into())), Changed::NotFound).await;
            store.refuse(Change::EditProgram(program, Edit::RemoveItem(kind, String::new())), Changed::NotFound).await;
            // Made again, it is another one.
            store.change(Change::EditProgram(program, Edit::PutItem(kind, item("FAX", "Fax"))), Changed::Made).await;
            assert!(find(store, kind, "FAX").is_some_and(|again| again.0 > id.0), "{}", store.name);
            store
                .refuse(
                    Change::EditProgram(ProgramId(i64::MAX), Edit::PutItem(kind, item("FAX", ""))),
                    Changed::NotFound,
                )
                .await;
        }
    }
}

#[tokio::test]
async fn an_item_that_numbers_have_stays() {
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        for (member, number) in [(ADA, RED), (ALAN, BLUE)] {
            let save = phones.number(member, phones.home, number);
            phones.save(SavePhone { mobile_carrier: Some(phones.bell), ..save }, Done).await;
        }
        let in_use = Changed::ItemInUse { uses: 2 };
        store
            .refuse(
                Change::EditProgram(phones.program, Edit::RemoveItem(PhoneNumberType, "HOME".into())),
                in_use.clone(),
            )
            .await;
        store.refuse(Change::EditProgram(phones.program, Edit::RemoveItem(MobileCarrier, "BELL".into())), in_use).await;
        store
            .change(
                Change::EditProgram(phones.program, Edit::RemoveItem(PhoneNumberType, "WORK".into())),
                Changed::Removed,
            )
            .await;
        for member in [ADA, ALAN] {
            store.change(Change::RemoveMember(phones.program, MemberId(member)), Changed::Removed).await;
        }
        store
            .change(
                Change::EditProgram(phones.program, Edit::RemoveItem(PhoneNumberType, "HOME".into())),
                Changed::Removed,
            )
            .await;
        store
            .change(
                Change::EditProgram(phones.program, Edit::RemoveItem(MobileCarrier, "BELL".into())),
                Changed::Removed,
            )
            .await;
    }
}

#[tokio::test]
async fn items_end_where_their_numbers_do() {
    let types: Vec<_> =
        (0..ItemId::LAST.0).map(|n| serde_json::json!({"external_reference": n.to_string(), "name": ""})).collect();
    let full = super::program_seed(serde_json::json!({"name": "full", "phone_number_types": types}));
    for store in &each_ledger() {
        store.change(Change::PutProgram(full.clone()), Changed::Made).await;
        let program = store.ledger.directory().programs()[0].id;
        let last = (u32::from(ItemId::LAST.0) - 1).to_string();
        assert_eq!(find(store, PhoneNumberType, &last), Some(ItemId::LAST), "{}", store.name);
        store
            .refuse(
                Change::EditProgram(program, Edit::PutItem(PhoneNumberType, item("MORE", ""))),
                Changed::TooManyItems,
            )
            .await;
        // Removing makes no room: the number may be on its way in a save.
        store.change(Change::EditProgram(program, Edit::RemoveItem(PhoneNumberType, last)), Changed::Removed).await;
        store
            .refuse(
                Change::EditProgram(program, Edit::PutItem(PhoneNumberType, item("MORE", ""))),
                Changed::TooManyItems,
            )
            .await;
        store.change(Change::EditProgram(program, Edit::PutItem(MobileCarrier, item("MORE", ""))), Changed::Made).await;
    }
}
