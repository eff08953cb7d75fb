-- The `Code` of an answer of CAMS, to find calls by.
ALTER TABLE journal ADD COLUMN code text;
