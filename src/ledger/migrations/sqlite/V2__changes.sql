-- What a tester may change while calls are under way.

-- The largest numbers that were ever given. None is given twice, so what was derived from an older state can't reach
-- something new by mistake.
ALTER TABLE ledger ADD COLUMN last_program_id INTEGER NOT NULL DEFAULT 0;
UPDATE ledger SET last_program_id = (SELECT coalesce(max(program_id), 0) FROM program);

ALTER TABLE program ADD COLUMN last_phone_number_type_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE program ADD COLUMN last_mobile_carrier_id INTEGER NOT NULL DEFAULT 0;
UPDATE program SET
    last_phone_number_type_id = (
        SELECT coalesce(max(phone_number_type_id), 0) FROM phone_number_type AS item
        WHERE item.program_id = program.program_id),
    last_mobile_carrier_id = (
        SELECT coalesce(max(mobile_carrier_id), 0) FROM mobile_carrier AS item
        WHERE item.program_id = program.program_id);

-- What a program was put as, for its reset. A program that came with the seed of the start has no row.
CREATE TABLE program_origin (
    program_id INTEGER PRIMARY KEY REFERENCES program DEFERRABLE INITIALLY DEFERRED, -- a reset moves it to the new program
    state      TEXT NOT NULL -- JSON; see ProgramState
) STRICT;
