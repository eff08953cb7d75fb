-- What else entries are found by.
ALTER TABLE journal ADD COLUMN api text;
ALTER TABLE journal ADD COLUMN http_status integer;
ALTER TABLE journal ADD COLUMN fault text;
ALTER TABLE journal ADD COLUMN rule_id bigint;
