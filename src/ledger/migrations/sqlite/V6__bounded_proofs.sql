-- Until when a proof is kept at least, in milliseconds since 1970 by the clock of the machine; then it is looked at, and goes if
-- it is over.
ALTER TABLE verification ADD COLUMN kept_until INTEGER NOT NULL DEFAULT 0;
UPDATE verification SET kept_until = unixepoch() * 1000 + 86400000;
CREATE INDEX verification_kept_until ON verification (kept_until);
-- How many an account has.
CREATE INDEX verification_account ON verification (program_id, account);
