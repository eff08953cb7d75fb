//! Writes a seed.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::save_phone::save_phone;
use crate::ledger::seed::{ProgramSeed, Seed};
use crate::ledger::{ItemId, PhoneSaved, ProgramId, SavePhone};

/// Adds the programs of a checked seed, in one transaction.
pub fn apply(connection: &Connection, seed: &Seed) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    for program in &seed.programs {
        add_program(&transaction, program)?;
    }
    transaction.commit()
}

fn add_program(connection: &Connection, program: &ProgramSeed) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO program (name, settings) VALUES (?1, ?2)",
        params![program.name, json(&program.settings)?],
    )?;
    let id = ProgramId(connection.last_insert_rowid());
    let mut insert = connection.prepare("INSERT INTO security_token VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for token in &program.security_tokens {
        insert.execute(params![
            id.0,
            token.token.expose(),
            json(&token.methods)?,
            token.suspended,
            token.template,
            token.expires_at.map(Timestamp::as_millisecond),
        ])?;
    }
    let mut insert = connection.prepare("INSERT INTO phone_number_type VALUES (?1, ?2, ?3, ?4)")?;
    for (number, item) in (1u16..).zip(&program.phone_number_types) {
        insert.execute(params![id.0, number, item.external_reference, item.name])?;
    }
    let mut insert = connection.prepare("INSERT INTO mobile_carrier VALUES (?1, ?2, ?3, ?4)")?;
    for (number, item) in (1u16..).zip(&program.mobile_carriers) {
        insert.execute(params![id.0, number, item.external_reference, item.name])?;
    }
    add_members(connection, id, program)
}

fn add_members(connection: &Connection, id: ProgramId, program: &ProgramSeed) -> rusqlite::Result<()> {
    let mut insert = connection.prepare("INSERT INTO member VALUES (?1, ?2, ?3, ?4)")?;
    for member in &program.members {
        insert.execute(params![id.0, member.member_id.0, member.first_name, member.last_name])?;
        for phone in &member.phones {
            let save = SavePhone {
                program: id,
                member: member.member_id,
                phone_number_type: ItemId(phone.phone_number_type),
                number: phone.number,
                extension: phone.extension.clone(),
                mobile_carrier: phone.mobile_carrier.map(ItemId),
                is_valid: phone.is_valid,
                may_be_shared: !program.settings.duplicate_phone_check.0,
            };
            if save_phone(connection, &save)? != PhoneSaved::Saved {
                return Err(rusqlite::Error::ToSqlConversionFailure("a seeded number was refused".into()));
            }
        }
    }
    Ok(())
}

fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}
