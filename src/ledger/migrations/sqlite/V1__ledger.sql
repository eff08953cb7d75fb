-- Everything belongs to a program, so every table is keyed by it first.

-- One row: which ledger this is, and how much of its redo log has been merged.
CREATE TABLE ledger (
    id           TEXT NOT NULL,
    merged_entry INTEGER NOT NULL
) STRICT;
INSERT INTO ledger VALUES (lower(hex(randomblob(16))), 0);

CREATE TABLE program (
    program_id INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    settings   TEXT NOT NULL -- JSON; see ProgramSettings
) STRICT;

-- A token decides the program of a call, so it is unique over all of them.
CREATE TABLE security_token (
    program_id INTEGER NOT NULL REFERENCES program,
    token      TEXT NOT NULL UNIQUE,
    methods    TEXT NOT NULL, -- JSON array of names and patterns
    suspended  INTEGER NOT NULL,
    template   INTEGER NOT NULL,
    expires_at INTEGER, -- milliseconds since 1970
    PRIMARY KEY (program_id, token)
) STRICT, WITHOUT ROWID;

CREATE TABLE phone_number_type (
    program_id           INTEGER NOT NULL REFERENCES program,
    phone_number_type_id INTEGER NOT NULL,
    external_reference   TEXT NOT NULL,
    name                 TEXT NOT NULL,
    PRIMARY KEY (program_id, phone_number_type_id),
    UNIQUE (program_id, external_reference)
) STRICT, WITHOUT ROWID;

CREATE TABLE mobile_carrier (
    program_id         INTEGER NOT NULL REFERENCES program,
    mobile_carrier_id  INTEGER NOT NULL,
    external_reference TEXT NOT NULL,
    name               TEXT NOT NULL,
    PRIMARY KEY (program_id, mobile_carrier_id),
    UNIQUE (program_id, external_reference)
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    program_id INTEGER NOT NULL,
    member_id  INTEGER NOT NULL,
    first_name TEXT NOT NULL,
    last_name  TEXT NOT NULL,
    PRIMARY KEY (program_id, member_id)
) STRICT, WITHOUT ROWID;

-- One row a member and type. Written by every save, so it is lean and has no foreign keys: the transaction that writes a
-- row has read the member, and types and carriers come from the tables above.
CREATE TABLE phone (
    program_id           INTEGER NOT NULL,
    member_id            INTEGER NOT NULL,
    phone_number_type_id INTEGER NOT NULL,
    number               INTEGER NOT NULL, -- the digits of E.164
    -- 0 in the one row that owns the number. A row that shares it (another type of the same member, or any row while the
    -- program allows duplicates) has a value of its own, so that the unique index lets it pass.
    shared_as            INTEGER NOT NULL,
    -- 1 in the owner's row once anybody shares the number: when the owner leaves it, another row must become its owner.
    has_sharers          INTEGER NOT NULL DEFAULT 0,
    mobile_carrier_id    INTEGER,
    is_valid             INTEGER NOT NULL,
    extension            TEXT,
    PRIMARY KEY (program_id, member_id, phone_number_type_id)
) STRICT, WITHOUT ROWID;

-- Settles who holds a number.
CREATE UNIQUE INDEX phone_number ON phone (program_id, number, shared_as);
