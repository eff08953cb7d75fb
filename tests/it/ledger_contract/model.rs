//! Any row of saves, compared with a model of the rules.

use std::collections::HashMap;

use sync_asmx::domain::E164;
use sync_asmx::ledger::{ItemId, SavePhone, Written};

use Written::{Done, HeldByAnotherMember, NoSuchMember};

use super::{ADA, ALAN, BLUE, GRACE, NOBODY, Phones, RED, each_ledger};
use crate::seeded_random::SeededRandom;

/// What a ledger should answer, in memory and slowly.
#[derive(Default)]
struct Model {
    numbers: HashMap<(i32, ItemId), E164>,
}

impl Model {
    fn save(&mut self, save: &SavePhone) -> Written {
        let member = save.member.0;
        if member == NOBODY {
            return NoSuchMember;
        }
        let is_held = self.numbers.iter().any(|((other, _), number)| *other != member && *number == save.number);
        if is_held && !save.may_be_shared {
            return HeldByAnotherMember;
        }
        self.numbers.insert((member, save.phone_number_type), save.number);
        Done
    }
}

#[tokio::test]
async fn any_row_of_saves_is_answered_as_the_rules_say() {
    let mut random = SeededRandom::new();
    for store in &each_ledger() {
        let phones = Phones::new(store).await;
        let mut model = Model::default();
        for step in 0..2000 {
            let member = [ADA, ALAN, GRACE, NOBODY][random.index(4)];
            let phone_number_type = [phones.home, phones.work][random.index(2)];
            let number = [RED, BLUE, "+15195550103"][random.index(3)];
            let save = SavePhone {
                may_be_shared: random.index(2) == 0,
                is_valid: random.index(2) == 0,
                mobile_carrier: [None, Some(phones.bell)][random.index(2)],
                ..phones.number(member, phone_number_type, number)
            };
            let told = format!("{}, step {step}: {save:?}", store.name);
            let expected = model.save(&save);
            assert_eq!(store.ledger.save_phone(save).await, Ok(expected), "{told}");
        }
    }
}
