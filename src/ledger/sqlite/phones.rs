//! Phone numbers as [unique values](super::unique).

use rusqlite::{Connection, Row, ToSql, params};

use super::unique::{Current, OWNER, Statements, UniqueRow, remove};
use crate::domain::{E164, MemberId};
use crate::ledger::{ProgramId, SavePhone};

const TYPES: &str = "SELECT phone_number_type_id FROM phone WHERE program_id = ?1 AND member_id = ?2";

/// Removes all numbers of a member, one by one: a number may go over from one of its types to another.
pub fn remove_phones(connection: &Connection, program: ProgramId, member: MemberId) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(TYPES)?;
    let types = statement.query_map(params![program.0, member.0], |row| row.get::<_, u16>(0))?;
    for phone_number_type in types.collect::<rusqlite::Result<Vec<_>>>()? {
        remove::<SavePhone>(connection, program, params![program.0, member.0, phone_number_type])?;
    }
    Ok(())
}

impl UniqueRow for SavePhone {
    const SQL: Statements = Statements {
        find: "
            SELECT phone.number, phone.shared_as, phone.has_sharers, phone.mobile_carrier_id, phone.is_valid, phone.extension
            FROM (SELECT 1) LEFT JOIN phone ON program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3
            WHERE phone.number IS NOT NULL OR EXISTS (SELECT 1 FROM member WHERE program_id = ?1 AND member_id = ?2)",
        insert: "
            INSERT INTO phone (program_id, member_id, phone_number_type_id, number, shared_as, mobile_carrier_id, is_valid, extension)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        update: "
            UPDATE phone SET number = ?4, shared_as = ?5, has_sharers = 0, mobile_carrier_id = ?6, is_valid = ?7, extension = ?8
            WHERE program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3",
        update_details: "
            UPDATE phone SET mobile_carrier_id = ?6, is_valid = ?7, extension = ?8
            WHERE program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3",
        remove: "
            DELETE FROM phone WHERE program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3
            RETURNING number, shared_as, has_sharers",
        note_sharer: "
            UPDATE phone SET has_sharers = 1 WHERE program_id = ?1 AND number = ?2 AND shared_as = 0",
        find_holder: "
            SELECT member_id FROM phone WHERE program_id = ?1 AND number = ?2 AND member_id <> ?3
            ORDER BY shared_as LIMIT 1",
        hand_over: "
            UPDATE phone SET shared_as = 0, has_sharers = 1 WHERE (program_id, member_id, phone_number_type_id) = (
                SELECT program_id, member_id, phone_number_type_id FROM phone
                WHERE program_id = ?1 AND number = ?2 ORDER BY shared_as LIMIT 1)",
    };
    type Key = E164;

    fn program(&self) -> ProgramId {
        self.program
    }

    fn member(&self) -> MemberId {
        self.member
    }

    fn key(&self) -> E164 {
        self.number
    }

    fn may_be_shared(&self) -> bool {
        self.may_be_shared
    }

    /// Member and type in one number, never 0 because types begin at 1.
    fn own_mark(&self, _connection: &Connection) -> rusqlite::Result<i64> {
        Ok(i64::from(self.member.0) * 65_536 + i64::from(self.phone_number_type.0))
    }

    fn with_slot<T>(&self, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
        run(params![self.program.0, self.member.0, self.phone_number_type.0])
    }

    fn with_row<T>(&self, shared_as: i64, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
        run(params![
            self.program.0,
            self.member.0,
            self.phone_number_type.0,
            self.number,
            shared_as,
            self.mobile_carrier.map(|carrier| carrier.0),
            self.is_valid,
            self.extension,
        ])
    }

    fn with_key<T>(program: ProgramId, key: &E164, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
        run(params![program.0, key])
    }

    fn with_key_and_member<T>(&self, run: impl FnOnce(&[&dyn ToSql]) -> T) -> T {
        run(params![self.program.0, self.number, self.member.0])
    }

    fn read(&self, row: &Row<'_>) -> rusqlite::Result<Option<Current<E164>>> {
        let Some(key) = row.get(0)? else { return Ok(None) };
        let has_same_details = row.get::<_, Option<u16>>(3)? == self.mobile_carrier.map(|carrier| carrier.0)
            && row.get::<_, bool>(4)? == self.is_valid
            && row.get_ref(5)?.as_str_or_null()? == self.extension.as_deref();
        let (is_owner, has_sharers) = (row.get::<_, i64>(1)? == OWNER, row.get(2)?);
        Ok(Some(Current { key, is_owner, has_sharers, has_same_details }))
    }

    fn read_key(row: &Row<'_>) -> rusqlite::Result<(E164, usize)> {
        Ok((row.get(0)?, 1))
    }
}
