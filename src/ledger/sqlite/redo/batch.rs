//! One row of the redo log: the commands of one batch, with a checksum.
//!
//! The format is numbered. Variants of [`Write`] are only ever added behind the others, and their fields never change: then a
//! batch of an older version reads as it was written. Anything else needs another [`FORMAT`].

use crate::ledger::Write;

/// The number of the format that is written and read.
pub const FORMAT: i64 = 1;

/// Commands that were made durable together. Each is an entry of the log; entries are numbered without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The number of the first command.
    pub first: i64,
    pub commands: Vec<Write>,
}

/// A batch as a row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub first: i64,
    pub count: i64,
    pub format: i64,
    pub checksum: u32,
    pub commands: Vec<u8>,
}

/// Why a row is no batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowError {
    /// A newer version wrote it.
    UnknownFormat(i64),
    Damaged,
}

impl Row {
    /// Writes commands, of which at least one is expected, as the row of the ledger with this id.
    ///
    /// # Errors
    /// If a command can't be serialised, which no command of ours causes.
    pub fn write<'c>(
        ledger_id: &str,
        first: i64,
        commands: impl Iterator<Item = &'c Write>,
    ) -> Result<Self, postcard::Error> {
        let mut row = Self { first, count: 0, format: FORMAT, checksum: 0, commands: Vec::new() };
        for command in commands {
            row.commands = postcard::to_extend(command, row.commands)?;
            row.count += 1;
        }
        row.checksum = row.expected_checksum(ledger_id);
        Ok(row)
    }

    /// Reads the commands back.
    ///
    /// # Errors
    /// [`RowError`]: nothing of a row is used unless all of it is right.
    pub fn read(&self, ledger_id: &str) -> Result<Batch, RowError> {
        if self.checksum != self.expected_checksum(ledger_id) {
            return Err(RowError::Damaged);
        }
        if self.format != FORMAT {
            return Err(RowError::UnknownFormat(self.format));
        }
        let (mut commands, mut rest) = (Vec::new(), &*self.commands);
        while !rest.is_empty() {
            let (command, behind) = postcard::take_from_bytes(rest).map_err(|_| RowError::Damaged)?;
            commands.push(command);
            rest = behind;
        }
        if i64::try_from(commands.len()) != Ok(self.count) || self.count == 0 {
            return Err(RowError::Damaged);
        }
        Ok(Batch { first: self.first, commands })
    }

    /// CRC-32 over the ledger's id and everything else in the row.
    fn expected_checksum(&self, ledger_id: &str) -> u32 {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(ledger_id.as_bytes());
        for number in [self.first, self.count, self.format] {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(&self.commands);
        hasher.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{E164, MemberId, Purpose, VerificationKey};
    use crate::ledger::{
        ChangeParts, ItemId, Part, PartChange, PartKind, ProgramId, ReplaceVerification, Revision, SavePhone,
    };

    fn save(member: i32) -> Write {
        Write::SavePhone(SavePhone {
            program: ProgramId(1),
            member: MemberId(member),
            phone_number_type: ItemId(2),
            number: E164::new(15_195_550_123).expect("a number"),
            extension: Some("12".into()),
            mobile_carrier: Some(ItemId(3)),
            is_valid: true,
            may_be_shared: false,
            version: 0,
        })
    }

    #[test]
    fn a_row_gives_back_the_commands_it_was_written_from() {
        let commands = [save(1), save(2), save(-3)];
        let row = Row::write("ledger", 7, commands.iter()).expect("a row");
        assert_eq!((row.first, row.count, row.format), (7, 3, 1));
        assert_eq!(row.read("ledger"), Ok(Batch { first: 7, commands: commands.to_vec() }));
    }

    #[test]
    fn the_format_stays_what_it_is() {
        let row = Row::write("ledger", 1, [save(5)].iter()).expect("a row");
        // Variant 0; program, member (zigzag), type; number (varint); extension; carrier; two flags.
        let bytes = [0, 2, 10, 2, 0xab, 0xe3, 0xe6, 0xcd, 0x38, 1, 2, b'1', b'2', 1, 3, 1, 0];
        assert_eq!(row.commands, bytes, "a ledger of an older version couldn't be read any more");
    }

    #[test]
    fn the_format_of_a_proof_stays_what_it_is() {
        let key = VerificationKey {
            purpose: Purpose::PimsPin,
            account: "a".into(),
            number: E164::new(15_195_550_123).expect("a number"),
        };
        let (from, next) = (Some(Revision(-1)), Revision(1));
        let change =
            ReplaceVerification { program: ProgramId(1), key, from, to: Some("{}".into()), next, kept_until: 5 };
        let row = Row::write("ledger", 1, [Write::ReplaceVerification(change)].iter()).expect("a row");
        // Variant 1; program; purpose, account, number; revision before; JSON; revision behind; kept until.
        let bytes = [1, 2, 3, 1, b'a', 0xab, 0xe3, 0xe6, 0xcd, 0x38, 1, 1, 1, 2, b'{', b'}', 2, 10];
        assert_eq!(row.commands, bytes, "a ledger of an older version couldn't be read any more");
    }

    #[test]
    fn the_format_of_changed_parts_stays_what_it_is() {
        let slot = || "W".to_owned();
        let part =
            Part { kind: PartKind::Email, slot: slot(), item: slot(), value: "{}".into(), key: Some("a".into()) };
        let changes = vec![
            PartChange::Put { part, may_be_shared: true },
            PartChange::Remove { kind: PartKind::Email, slot: "P".into() },
        ];
        let change = ChangeParts { program: ProgramId(1), member: MemberId(5), changes, version: 0 };
        let row = Row::write("ledger", 1, [Write::ChangeParts(change.clone())].iter()).expect("a row");
        // Variant 2; program, member; two changes: variant 0, kind, slot, item, JSON, key, flag; variant 1, kind, slot.
        let put = [0, 0, 1, b'W', 1, b'W', 2, b'{', b'}', 1, 1, b'a', 1];
        let bytes = [[2, 2, 10, 2].as_slice(), &put, &[1, 0, 1, b'P']].concat();
        assert_eq!(row.commands, bytes, "a ledger of an older version couldn't be read any more");
        assert_eq!(row.read("ledger").map(|batch| batch.commands), Ok(vec![Write::ChangeParts(change)]));
    }

    #[test]
    fn whatever_is_changed_in_a_row_is_noticed() {
        let row = Row::write("ledger", 7, [save(1), save(2)].iter()).expect("a row");
        assert_eq!(row.read("another"), Err(RowError::Damaged));
        for changed in [
            Row { first: 8, ..row.clone() },
            Row { count: 3, ..row.clone() },
            Row { format: 2, ..row.clone() },
            Row { checksum: row.checksum ^ 1, ..row.clone() },
            Row { commands: row.commands[1..].to_vec(), ..row.clone() },
        ] {
            assert_eq!(changed.read("ledger"), Err(RowError::Damaged), "{changed:?}");
        }
        for (position, bit) in (0..row.commands.len()).flat_map(|position| (0..8).map(move |bit| (position, bit))) {
            let mut commands = row.commands.clone();
            commands[position] ^= 1 << bit;
            assert_eq!(Row { commands, ..row.clone() }.read("ledger"), Err(RowError::Damaged));
        }
    }

    #[test]
    fn a_newer_format_is_told_from_damage() {
        let mut row = Row::write("ledger", 7, [save(1)].iter()).expect("a row");
        row.format = 9;
        row.checksum = row.expected_checksum("ledger");
        assert_eq!(row.read("ledger"), Err(RowError::UnknownFormat(9)));
    }
}
