//! Phone numbers as [unique values](super::exclusive).

use tokio_postgres::Row;

use super::exclusive::{Parameters, Statements, UniqueRow};
use crate::domain::{E164, MemberId};
use crate::ledger::{ProgramId, SavePhone};

/// A number as rows have it.
pub fn digits(number: E164) -> i64 {
    number.digits().cast_signed()
}

impl UniqueRow for SavePhone {
    const SQL: Statements = Statements {
        find: "
            SELECT shared_as, has_sharers, number FROM phone
            WHERE program_id = $1 AND member_id = $2 AND phone_number_type_id = $3",
        put: "
            INSERT INTO phone (program_id, member_id, phone_number_type_id, number, shared_as, has_sharers,
                               mobile_carrier_id, is_valid, extension)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (program_id, member_id, phone_number_type_id) DO UPDATE SET
                number = excluded.number, shared_as = excluded.shared_as, has_sharers = excluded.has_sharers,
                mobile_carrier_id = excluded.mobile_carrier_id, is_valid = excluded.is_valid,
                extension = excluded.extension",
        note_sharer: "
            UPDATE phone SET has_sharers = true WHERE program_id = $1 AND number = $2 AND shared_as = 0 RETURNING 1",
        find_holder: "
            SELECT member_id FROM phone WHERE program_id = $1 AND number = $2 AND member_id <> $3
            ORDER BY shared_as LIMIT 1",
        hand_over: "
            UPDATE phone SET shared_as = 0, has_sharers = true
            WHERE program_id = $1 AND number = $2 AND shared_as = (
                SELECT min(shared_as) FROM phone WHERE program_id = $1 AND number = $2)",
        next_mark: "SELECT max(shared_as) + 1 FROM phone WHERE program_id = $1 AND number = $2",
    };
    type Key = i64;

    fn program(&self) -> ProgramId {
        self.program
    }

    fn member(&self) -> MemberId {
        self.member
    }

    fn key(&self) -> i64 {
        digits(self.number)
    }

    fn may_be_shared(&self) -> bool {
        self.may_be_shared
    }

    fn slot(&self) -> Parameters<'_> {
        vec![Box::new(self.member.0), Box::new(i32::from(self.phone_number_type.0))]
    }

    fn details(&self) -> Parameters<'_> {
        let carrier = self.mobile_carrier.map(|carrier| i32::from(carrier.0));
        vec![Box::new(carrier), Box::new(self.is_valid), Box::new(&self.extension)]
    }

    fn key_parameters(key: &i64) -> Parameters<'_> {
        vec![Box::new(*key)]
    }

    fn read_key(row: &Row, first: usize) -> i64 {
        row.get(first)
    }
}
