//! Core data, postal addresses, account ids, clubs and custom fields.

use serde_json::{Value, json};
use sync_asmx::domain::{CustomFieldType, MemberId};
use sync_asmx::ledger::seed::{AccountIdState, AddressState, CoreState};
use sync_asmx::ledger::{
    Change, ChangeParts, Changed, Edit, ItemKind, ItemState, Part, PartChange, PartKind, ProgramId, Seed, Write,
    Written,
};

use Written::{Done, HeldByAnotherMember, NoSuchMember};

use super::{ADA, ALAN, GRACE, NOBODY, Store, each_ledger, member_seed};

fn program() -> Value {
    let items = |references: &[&str]| -> Vec<Value> {
        references.iter().map(|reference| json!({"external_reference": reference, "name": ""})).collect()
    };
    json!({"programs": [{
        "name": "demo", "email_types": items(&["PRIMARY"]), "address_types": items(&["HOME", "WORK"]),
        "account_id_types": items(&["CARD", "MOBILE"]), "loyalty_clubs": items(&["GOLD", "NEWS"]),
        "custom_fields": [
            {"external_reference": "SIZE", "name": "", "type": "dropdown", "options": ["S", "M", "L"]},
            {"external_reference": "TOPICS", "name": "", "type": "multi_checkbox", "options": ["WINE", "CHEESE"]},
            {"external_reference": "CHILDREN", "name": "", "type": "integer"}],
        "members": [{"member_id": ADA}, {"member_id": ALAN}, {"member_id": GRACE}]}]})
}

/// The parts of a program that is made for the test.
struct Parts<'a>(&'a Store);

impl<'a> Parts<'a> {
    async fn new(store: &'a Store) -> Self {
        store.ledger.apply_seed(Seed::parse(&program().to_string()).expect("a seed")).await.expect(store.name);
        Self(store)
    }

    fn program(&self) -> ProgramId {
        self.0.ledger.directory().program("demo").expect("the program").id
    }

    async fn write(&self, member: i32, changes: &[PartChange], expected: Written) {
        let (program, version) = (self.program(), self.0.ledger.directory().programs()[0].version);
        let write = ChangeParts { program, member: MemberId(member), changes: changes.to_vec(), version };
        let told = format!("{}: {write:?}", self.0.name);
        assert_eq!(self.0.ledger.write(Write::ChangeParts(write)).await, Ok(expected), "{told}");
    }

    async fn put(&self, member: i32, part: &Part) {
        self.write(member, &[put(part)], Done).await;
    }

    async fn remove(&self, member: i32, part: &Part) {
        self.write(member, &[remove(part)], Done).await;
    }

    async fn expect(&self, member: i32, kind: PartKind, parts: &[&Part]) {
        let kinds: &'static [PartKind] = match kind {
            PartKind::Core => &[PartKind::Core],
            PartKind::Address => &[PartKind::Address],
            PartKind::AccountId => &[PartKind::AccountId],
            PartKind::LoyaltyClub => &[PartKind::LoyaltyClub],
            _ => &[PartKind::CustomField],
        };
        let found = self.0.ledger.find_parts(self.program(), MemberId(member), kinds).await.expect(self.0.name);
        let found = found.expect("a member").parts;
        assert_eq!(found.iter().collect::<Vec<_>>(), parts, "{}", self.0.name);
    }

    fn edit(&self, edit: Edit) -> Change {
        Change::EditProgram(self.program(), edit)
    }
}

fn put(part: &Part) -> PartChange {
    PartChange::Put { part: part.clone(), may_be_shared: part.kind != PartKind::AccountId }
}

fn remove(part: &Part) -> PartChange {
    PartChange::Remove { kind: part.kind, slot: part.slot.clone() }
}

fn core(first_name: &str) -> Part {
    Part::core(&CoreState { first_name: first_name.into(), last_name: "Lovelace".into(), ..CoreState::default() })
}

fn address(kind: &str, line_1: &str) -> Part {
    let state =
        json!({"type": kind, "line_1": line_1, "city": "c", "region": "r", "postal_code": "p", "country": "CA"});
    Part::address(&serde_json::from_value::<AddressState>(state).expect("an address"))
}

fn id(kind: &str, id: &str) -> Part {
    let state =
        AccountIdState { r#type: kind.into(), id: id.into(), is_inactive: false, is_inactive_for_devices: false };
    Part::account_id(&state)
}

fn club(reference: &str) -> Part {
    Part::loyalty_club(reference)
}

fn field(reference: &str, value: &Value) -> Part {
    Part::custom_field(reference, value)
}

#[tokio::test]
async fn a_part_is_put_replaced_and_removed_and_no_other_is_touched() {
    // Of each kind one, what replaces it, and another one.
    let kinds = [
        (core("Ada"), core("Augusta"), None),
        (address("HOME", "1 \"Main\" St"), address("HOME", "2"), Some(address("WORK", "3"))),
        (id("CARD", "a'1"), id("MOBILE", "a'1"), Some(id("CARD", "A'1"))),
        (club("GOLD"), club("GOLD"), Some(club("NEWS"))),
        (field("SIZE", &json!("S")), field("SIZE", &json!("M")), Some(field("CHILDREN", &json!(-2)))),
    ];
    for store in &each_ledger() {
        let parts = Parts::new(store).await;
        for (first, second, other) in &kinds {
            let kind = first.kind;
            parts.expect(ADA, kind, &[]).await;
            parts.write(NOBODY, &[put(first)], NoSuchMember).await;
            parts.write(NOBODY, &[remove(first)], NoSuchMember).await;
            for _ in 0..2 {
                parts.put(ADA, first).await;
                parts.expect(ADA, kind, &[first]).await;
            }
            if let Some(other) = other {
                parts.put(ADA, other).await;
                parts.expect(ADA, kind, &[first, other]).await;
            }
            parts.put(ADA, second).await;
            let all: Vec<_> = [second].into_iter().chain(other).collect();
            parts.expect(ADA, kind, &all).await;
            // In the ledger's own words, too, and nobody else has anything.
            let member = store.ledger.find_member(parts.program(), MemberId(ADA)).await.expect(store.name);
            let text = serde_json::to_string(&member.expect("Ada")).expect("JSON");
            let shown = if kind == PartKind::Core { "Augusta" } else { &second.value };
            assert!(text.contains(shown), "{}: {shown} isn't in {text}", store.name);
            parts.expect(ALAN, kind, &[]).await;
            for _ in 0..2 {
                parts.remove(ADA, second).await;
                parts.expect(ADA, kind, &other.iter().collect::<Vec<_>>()).await;
            }
            if let Some(other) = other {
                parts.remove(ADA, other).await;
            }
        }
    }
}

#[tokio::test]
async fn an_id_is_one_members_and_keeps_its_place() {
    for store in &each_ledger() {
        let parts = Parts::new(store).await;
        let [first, second, third] = ["590001", "590002", "0590001"].map(|text| id("CARD", text));
        for part in [&first, &second, &third] {
            parts.put(ADA, part).await;
        }
        // Case and zeros count; type and flags change where the id stands.
        parts.put(ALAN, &id("CARD", "ab")).await;
        parts.put(GRACE, &id("CARD", "AB")).await;
        let changed = id("MOBILE", "590001");
        parts.put(ADA, &changed).await;
        parts.expect(ADA, PartKind::AccountId, &[&changed, &second, &third]).await;
        for part in [&first, &id("MOBILE", "590002")] {
            parts.write(ALAN, &[put(part)], HeldByAnotherMember).await;
            parts.write(ALAN, &[put(&club("GOLD")), put(part)], HeldByAnotherMember).await;
        }
        parts.expect(ALAN, PartKind::LoyaltyClub, &[]).await;
        // Who hasn't got it removes nothing.
        parts.remove(ALAN, &second).await;
        parts.write(ALAN, &[put(&second)], HeldByAnotherMember).await;
        parts.remove(ADA, &second).await;
        parts.put(ALAN, &second).await;
        // Added again, it comes behind the others; and it goes with its member.
        parts.remove(ALAN, &second).await;
        parts.put(ADA, &second).await;
        parts.expect(ADA, PartKind::AccountId, &[&changed, &third, &second]).await;
        store.change(Change::RemoveMember(parts.program(), MemberId(ADA)), Changed::Removed).await;
        parts.put(GRACE, &second).await;

        let state = json!({"member_id": ADA, "account_ids": [{"type": "CARD", "id": "590002"}]});
        let put_member = Change::PutMember(parts.program(), member_seed(store, "demo", state));
        let taken = Changed::PartTaken { kind: PartKind::AccountId, holder: MemberId(GRACE) };
        assert_eq!(
            taken.contradiction().expect("words"),
            "member 3 has an account id already that this member is to have"
        );
        store.refuse(put_member, taken).await;
    }
}

#[tokio::test]
async fn an_item_that_parts_refer_to_stays() {
    let uses = [
        (ItemKind::AddressType, "HOME", address("HOME", "1")),
        (ItemKind::AccountIdType, "CARD", id("CARD", "1")),
        (ItemKind::LoyaltyClub, "GOLD", club("GOLD")),
        (ItemKind::CustomField, "SIZE", field("SIZE", &json!("S"))),
    ];
    for store in &each_ledger() {
        let parts = Parts::new(store).await;
        for (kind, reference, part) in &uses {
            let remove_item = || parts.edit(Edit::RemoveItem(*kind, (*reference).into()));
            parts.put(ADA, part).await;
            store.refuse(remove_item(), Changed::ItemInUse { uses: 1 }).await;
            if *kind != ItemKind::AccountIdType {
                parts.put(ALAN, part).await;
                store.refuse(remove_item(), Changed::ItemInUse { uses: 2 }).await;
                parts.remove(ALAN, part).await;
            }
            parts.remove(ADA, part).await;
            store.change(remove_item(), Changed::Removed).await;
        }
    }
}

#[tokio::test]
async fn a_custom_field_stays_what_its_values_need() {
    let item = |reference: &str, r#type, options: &[&str]| {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        Edit::PutItem(
            ItemKind::CustomField,
            ItemState { external_reference: reference.into(), r#type: Some(r#type), options, ..ItemState::default() },
        )
    };
    for store in &each_ledger() {
        let parts = Parts::new(store).await;
        let in_use = |uses| Changed::ItemInUse { uses };
        parts.put(ADA, &field("SIZE", &json!("S"))).await;
        parts.put(ALAN, &field("SIZE", &json!("S"))).await;
        parts.put(GRACE, &field("SIZE", &json!("L"))).await;
        parts.put(ADA, &field("TOPICS", &json!(["WINE", "CHEESE"]))).await;
        parts.put(ADA, &field("CHILDREN", &json!(2))).await;
        let dropdown = CustomFieldType::Dropdown;
        store.refuse(parts.edit(item("SIZE", CustomFieldType::Integer, &[])), in_use(3)).await;
        store.refuse(parts.edit(item("SIZE", dropdown, &["M", "L"])), in_use(2)).await;
        store.refuse(parts.edit(item("TOPICS", CustomFieldType::MultiCheckbox, &["WINE"])), in_use(1)).await;
        store.refuse(parts.edit(item("CHILDREN", CustomFieldType::Checkbox, &[])), in_use(1)).await;
        // What no value needs may go, and more may come.
        store.change(parts.edit(item("SIZE", dropdown, &["XL", "L", "S"])), Changed::Replaced).await;
        parts.put(GRACE, &field("SIZE", &json!("XL"))).await;
        for member in [ADA, ALAN] {
            parts.remove(member, &field("SIZE", &json!("S"))).await;
        }
        store.change(parts.edit(item("SIZE", dropdown, &["XL"])), Changed::Replaced).await;
        parts.remove(GRACE, &field("SIZE", &json!("XL"))).await;
        store.change(parts.edit(item("SIZE", CustomFieldType::Text, &[])), Changed::Replaced).await;
    }
}

/// What was written before there were such parts is a seed still, and a member of it has none of them.
#[tokio::test]
async fn an_export_of_an_older_version_is_applied() {
    let older = r#"{"programs":[{"name":"demo","settings":{"phone_mode":"international","duplicate_phone_check":true,
        "phone_check":"possible","unparsable_phone":1,"missing_elements":"lenient"},
        "security_tokens":[{"token":"TEST-TOKEN","methods":["*"],"suspended":false,"template":false,"expires_at":null}],
        "phone_number_types":[{"external_reference":"HOME","name":"Home"}],"mobile_carriers":[],
        "members":[{"member_id":1,"first_name":"Ada","last_name":"Lovelace",
            "phones":[{"type":"HOME","number":"+15195550199","carrier":null,"is_valid":true}]}]}]}"#;
    for store in &each_ledger() {
        store.ledger.apply_seed(Seed::parse(older).expect("a seed")).await.expect(store.name);
        let program = store.export().await.programs.remove(0);
        let member = serde_json::to_value(&program.members[0]).expect("JSON");
        let phones = json!([{"type": "HOME", "number": "+15195550199", "carrier": null, "is_valid": true}]);
        assert_eq!(member, json!({"member_id": 1, "first_name": "Ada", "last_name": "Lovelace", "phones": phones}));
        let found = store.ledger.find_parts(Parts(store).program(), MemberId(1), &PartKind::ALL).await;
        let found = found.expect(store.name).expect("Ada");
        assert_eq!((&*found.first_name, &*found.last_name, found.parts.len()), ("Ada", "Lovelace", 0));
        // It can have them from now on.
        Parts(store).put(1, &core("Augusta")).await;
    }
}
