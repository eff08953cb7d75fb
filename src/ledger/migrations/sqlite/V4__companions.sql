-- What the companion APIs keep: who calls them, and proofs that numbers belong to somebody.

ALTER TABLE program ADD COLUMN companions TEXT NOT NULL DEFAULT '{}'; -- JSON; see Companions

-- By what callers say who they are. No two of one kind have the same name, over all programs.
CREATE TABLE companion_caller (
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    program_id INTEGER NOT NULL REFERENCES program,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX companion_caller_program ON companion_caller (program_id);

CREATE TABLE verification (
    program_id   INTEGER NOT NULL REFERENCES program,
    purpose      TEXT NOT NULL,
    number       INTEGER NOT NULL, -- the digits of E.164
    account      TEXT NOT NULL, -- a space of CAMS, or a login of PIMS
    verification TEXT NOT NULL, -- JSON; see Verification
    revision     INTEGER NOT NULL, -- another one after each change
    PRIMARY KEY (program_id, purpose, number, account)
) STRICT, WITHOUT ROWID;
