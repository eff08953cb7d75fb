-- By what members are found who are looked for by name; see NameKeys. Whoever takes this step fills them in for the members there are.
ALTER TABLE member ADD COLUMN first_name_first text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN last_name_first text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX member_first_name ON member (program_id, first_name_first, member_id);
CREATE INDEX member_last_name ON member (program_id, last_name_first, member_id);
