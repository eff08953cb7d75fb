-- What a program was put as, in parts, so that nobody needs memory for a whole large program to write it. Part 0 is the program
-- (JSON; see ProgramState), the others are members (JSON; a list of MemberState), by member id. A row of an older version is a
-- part 0 that has its members in it.
CREATE TABLE origin_in_parts (
    program_id INTEGER NOT NULL REFERENCES program DEFERRABLE INITIALLY DEFERRED, -- a reset moves it to the new program
    part       INTEGER NOT NULL,
    content    TEXT NOT NULL,
    PRIMARY KEY (program_id, part)
) STRICT;
INSERT INTO origin_in_parts SELECT program_id, 0, state FROM program_origin;
DROP TABLE program_origin;
ALTER TABLE origin_in_parts RENAME TO program_origin;
