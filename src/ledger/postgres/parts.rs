//! Parts of members. Those that have a key are [unique values](super::exclusive); for the others nobody competes.

use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Transaction};

use super::errors::PgError;
use super::exclusive::{Parameters, Statements, UniqueRow, hand_over_removed, is_member, save};
use super::names;
use super::node::Node;
use crate::domain::MemberId;
use crate::ledger::{ChangeParts, FoundParts, Part, PartChange, PartKind, ProgramId, Written};

const REMOVE: &str = "
    DELETE FROM part WHERE program_id = $1 AND member_id = $2 AND kind = $3 AND slot = $4
    RETURNING shared_as, has_sharers, kind, unique_key";

/// Changes parts of a member, all or none, in a transaction that has the program to itself.
///
/// # Errors
/// [`PgError`].
pub async fn change(transaction: &mut Transaction<'_>, write: &ChangeParts) -> Result<Written, PgError> {
    let savepoint = transaction.transaction().await?;
    let (program, member) = (write.program, write.member);
    if !is_member(&savepoint, program, member).await? {
        return Ok(Written::NoSuchMember);
    }
    for change in &write.changes {
        match change {
            PartChange::Put { part, may_be_shared } => {
                let row = PartRow { program, member, part, may_be_shared: *may_be_shared };
                match save(&savepoint, &row).await? {
                    Written::Done if part.kind == PartKind::Core => {
                        names::rename(&savepoint, program, member, part).await?;
                    }
                    Written::Done => {}
                    refused => {
                        savepoint.rollback().await?;
                        return Ok(refused);
                    }
                }
            }
            PartChange::Remove { kind, slot } => {
                let key = [&program.0 as &(dyn ToSql + Sync), &member.0, &kind.name(), slot];
                for row in savepoint.query(REMOVE, &key).await? {
                    hand_over_removed::<PartRow<'_>>(&savepoint, program, &row).await?;
                }
            }
        }
    }
    savepoint.commit().await?;
    Ok(Written::Done)
}

/// A member with its parts of these kinds; `None` if there is no such member.
///
/// # Errors
/// [`PgError`].
pub async fn find(
    node: &Node,
    program: ProgramId,
    member: MemberId,
    kinds: &[PartKind],
) -> Result<Option<FoundParts>, PgError> {
    let sql = "SELECT first_name, last_name, part.kind, slot, item, value, unique_key
               FROM member LEFT JOIN part ON part.program_id = $1 AND part.member_id = $2 AND part.kind = ANY($3)
               WHERE member.program_id = $1 AND member.member_id = $2 ORDER BY part.kind, position, slot";
    let client = node.client().await?;
    let statement = client.prepare_cached(sql).await?;
    let kinds: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
    let rows = client.query(&statement, &[&program.0, &member.0, &kinds]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let found = rows.iter().filter(|row| row.get::<_, Option<&str>>(2).is_some());
    let parts = found.map(|row| read(row, 2)).collect::<Result<_, _>>()?;
    Ok(Some(FoundParts { first_name: first.get(0), last_name: first.get(1), parts }))
}

/// A part in the columns from this one on.
///
/// # Errors
/// [`PgError::Refused`] if a newer version wrote it, or a hand.
pub fn read(row: &Row, first: usize) -> Result<Part, PgError> {
    let kind: &str = row.get(first);
    Ok(Part {
        kind: PartKind::named(kind).ok_or_else(|| PgError::Refused("a row of the table part has no kind".into()))?,
        slot: row.get(first + 1),
        item: row.get(first + 2),
        value: row.get(first + 3),
        key: row.get(first + 4),
    })
}

/// A part that is to be written.
pub struct PartRow<'a> {
    pub program: ProgramId,
    pub member: MemberId,
    pub part: &'a Part,
    pub may_be_shared: bool,
}

impl UniqueRow for PartRow<'_> {
    const SQL: Statements = Statements {
        find: "
            SELECT shared_as, has_sharers, kind, unique_key FROM part
            WHERE program_id = $1 AND member_id = $2 AND kind = $3 AND slot = $4",
        put: "
            INSERT INTO part (program_id, member_id, kind, slot, unique_key, shared_as, has_sharers, item, value, position)
            SELECT $1, $2, $3::text, $4::text, $6::text, $7::bigint, $8::boolean, $9::text, $10::text, coalesce(max(position), 0) + 1
            FROM part WHERE program_id = $1 AND member_id = $2 AND kind = $5
            ON CONFLICT (program_id, member_id, kind, slot) DO UPDATE SET
                unique_key = excluded.unique_key, shared_as = excluded.shared_as, has_sharers = excluded.has_sharers,
                item = excluded.item, value = excluded.value",
        note_sharer: "
            UPDATE part SET has_sharers = true WHERE program_id = $1 AND kind = $2 AND unique_key = $3 AND shared_as = 0
            RETURNING 1",
        find_holder: "
            SELECT member_id FROM part WHERE program_id = $1 AND kind = $2 AND unique_key = $3 AND member_id <> $4
            ORDER BY shared_as LIMIT 1",
        hand_over: "
            UPDATE part SET shared_as = 0, has_sharers = true
            WHERE program_id = $1 AND kind = $2 AND unique_key = $3 AND shared_as = (
                SELECT min(shared_as) FROM part WHERE program_id = $1 AND kind = $2 AND unique_key = $3)",
        next_mark: "SELECT max(shared_as) + 1 FROM part WHERE program_id = $1 AND kind = $2 AND unique_key = $3",
    };
    type Key = (String, Option<String>);

    fn program(&self) -> ProgramId {
        self.program
    }

    fn member(&self) -> MemberId {
        self.member
    }

    fn key(&self) -> Self::Key {
        (self.part.kind.name().to_owned(), self.part.key.clone())
    }

    fn may_be_shared(&self) -> bool {
        self.may_be_shared
    }

    fn slot(&self) -> Parameters<'_> {
        vec![Box::new(self.member.0), Box::new(self.part.kind.name()), Box::new(&self.part.slot)]
    }

    fn details(&self) -> Parameters<'_> {
        vec![Box::new(&self.part.item), Box::new(&self.part.value)]
    }

    fn key_parameters(key: &Self::Key) -> Parameters<'_> {
        vec![Box::new(&key.0), Box::new(&key.1)]
    }

    fn read_key(row: &Row, first: usize) -> Self::Key {
        (row.get(first), row.get(first + 1))
    }
}
