-- The place of a proof among those of its account: an account has a bounded number of them, and the index gives each to one proof.
ALTER TABLE verification ADD COLUMN slot integer;
UPDATE verification SET slot = numbered.slot
FROM (SELECT program_id, purpose, number, account,
             row_number() OVER (PARTITION BY program_id, account ORDER BY kept_until) AS slot
      FROM verification) AS numbered
WHERE verification.program_id = numbered.program_id AND verification.purpose = numbered.purpose
    AND verification.number = numbered.number AND verification.account = numbered.account;
ALTER TABLE verification ALTER COLUMN slot SET NOT NULL;
CREATE UNIQUE INDEX verification_slot ON verification (program_id, account, slot);
DROP INDEX verification_account;
