//! Loads programs, tokens and item types.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::from_json;
use super::states::read_items;
use crate::domain::{Permissions, SecurityToken};
use crate::ledger::{Directory, ItemId, ItemKind, Program, ProgramId};

/// Reads the whole directory, which is to have this version.
pub fn load(connection: &Connection, version: u64) -> rusqlite::Result<Directory> {
    let mut statement =
        connection.prepare("SELECT program_id, name, settings, companions FROM program ORDER BY program_id")?;
    let programs =
        statement.query_map([], |row| read_program(connection, row, version))?.collect::<Result<Vec<_>, _>>()?;
    let mut statement =
        connection.prepare("SELECT program_id, token, methods, suspended, template, expires_at FROM security_token")?;
    let tokens = statement.query_map([], read_token)?.collect::<Result<Vec<_>, _>>()?;
    Ok(Directory::new(version, programs, tokens))
}

fn read_program(connection: &Connection, row: &Row<'_>, version: u64) -> rusqlite::Result<Program> {
    let id = ProgramId(row.get(0)?);
    let mut item_names = HashMap::new();
    let mut items = |kind| -> rusqlite::Result<HashMap<String, ItemId>> {
        let items = read_items(connection, id, kind)?;
        item_names.extend(items.iter().map(|(item, state)| ((kind, ItemId(*item)), state.name.clone())));
        Ok(items.into_iter().map(|(item, state)| (state.external_reference, ItemId(item))).collect())
    };
    Ok(Program {
        id,
        version,
        name: row.get::<_, String>(1)?.into(),
        settings: from_json(row, 2)?,
        phone_number_types: items(ItemKind::PhoneNumberType)?,
        mobile_carriers: items(ItemKind::MobileCarrier)?,
        companions: from_json(row, 3)?,
        item_names,
    })
}

fn read_token(row: &Row<'_>) -> rusqlite::Result<(ProgramId, SecurityToken, Permissions)> {
    let expires_at: Option<i64> = row.get(5)?;
    let permissions = Permissions {
        methods: from_json(row, 2)?,
        suspended: row.get(3)?,
        template: row.get(4)?,
        expires_at: expires_at.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok()),
    };
    Ok((ProgramId(row.get(0)?), SecurityToken::new(row.get::<_, String>(1)?), permissions))
}
