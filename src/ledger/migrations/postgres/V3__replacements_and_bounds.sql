-- When programs were last made or removed, in microseconds since 1970 by the clock of the database: a node that hears of it later
-- knows by that which of its calls began before.
ALTER TABLE ledger ADD COLUMN replaced_at bigint NOT NULL DEFAULT 0;

-- Until when a proof is kept at least, in milliseconds since 1970 by the clock of the machine; then it is looked at, and goes if
-- it is over.
ALTER TABLE verification ADD COLUMN kept_until bigint NOT NULL DEFAULT 0;
UPDATE verification SET kept_until = (extract(epoch FROM clock_timestamp()) * 1000)::bigint + 86400000;
CREATE INDEX verification_kept_until ON verification (kept_until);
-- How many an account has.
CREATE INDEX verification_account ON verification (program_id, account);
