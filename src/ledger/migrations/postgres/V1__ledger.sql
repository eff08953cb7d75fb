-- Everything belongs to a program, so every table but the few small ones is keyed by it first, and shards by it.
-- There are no foreign keys: whoever changes a program holds its row of program_epoch, so nothing can come between.

-- One row, held by whoever changes the directory: programs, tokens, item types.
CREATE TABLE ledger (
    only_row        boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version         bigint NOT NULL, -- of the directory
    last_program_id bigint NOT NULL -- no number is given twice
);
INSERT INTO ledger (version, last_program_id) VALUES (1, 0);

CREATE TABLE program (
    program_id                bigint PRIMARY KEY,
    name                      text NOT NULL UNIQUE,
    settings                  text NOT NULL, -- JSON; see ProgramSettings
    version                   bigint NOT NULL, -- that of the ledger when the program was last changed
    last_phone_number_type_id integer NOT NULL DEFAULT 0,
    last_mobile_carrier_id    integer NOT NULL DEFAULT 0
);

-- Every save names the epoch that it was prepared for and shares this row's lock; whoever changes anything of the program but
-- by a plain save makes a new epoch first. So no save runs on what is no longer so, however long it was on its way.
CREATE TABLE program_epoch (
    program_id bigint PRIMARY KEY,
    epoch      bigint NOT NULL
);

-- What a program was put as, for its reset: part 0 without its members, the others lists of members. A program that came with
-- the seed of the start has none.
CREATE TABLE program_origin (
    program_id bigint NOT NULL,
    part       integer NOT NULL,
    state      text NOT NULL, -- JSON
    PRIMARY KEY (program_id, part)
);

-- A token decides the program of a call, so it is unique over all of them.
CREATE TABLE security_token (
    token      text PRIMARY KEY,
    program_id bigint NOT NULL,
    methods    text NOT NULL, -- JSON array of names and patterns
    suspended  boolean NOT NULL,
    template   boolean NOT NULL,
    expires_at bigint -- milliseconds since 1970
);
CREATE INDEX security_token_program ON security_token (program_id);

CREATE TABLE phone_number_type (
    program_id           bigint NOT NULL,
    phone_number_type_id integer NOT NULL,
    external_reference   text NOT NULL,
    name                 text NOT NULL,
    PRIMARY KEY (program_id, phone_number_type_id),
    UNIQUE (program_id, external_reference)
);

CREATE TABLE mobile_carrier (
    program_id         bigint NOT NULL,
    mobile_carrier_id  integer NOT NULL,
    external_reference text NOT NULL,
    name               text NOT NULL,
    PRIMARY KEY (program_id, mobile_carrier_id),
    UNIQUE (program_id, external_reference)
);

CREATE TABLE member (
    program_id bigint NOT NULL,
    member_id  integer NOT NULL,
    first_name text NOT NULL,
    last_name  text NOT NULL,
    PRIMARY KEY (program_id, member_id)
);

-- One row a member and type.
CREATE TABLE phone (
    program_id           bigint NOT NULL,
    member_id            integer NOT NULL,
    phone_number_type_id integer NOT NULL,
    mobile_carrier_id    integer,
    number               bigint NOT NULL, -- the digits of E.164
    -- 0 in the one row that owns the number. A row that shares it (another type of the same member, or any row while the
    -- program allows duplicates) has a value of its own, so that the unique index lets it pass.
    shared_as            bigint NOT NULL,
    -- Set in the owner's row once anybody shares the number: when the owner leaves it, another row must become its owner.
    has_sharers          boolean NOT NULL,
    is_valid             boolean NOT NULL,
    extension            text,
    PRIMARY KEY (program_id, member_id, phone_number_type_id)
);
-- Settles who holds a number.
CREATE UNIQUE INDEX phone_number ON phone (program_id, number, shared_as);

-- One row: what every node has at hand beside the directory.
CREATE TABLE board (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL, -- of the clock and of the rules below
    clock    text -- JSON; NULL for a clock that nobody has set
);
INSERT INTO board (version) VALUES (1);

-- Rules that break calls on purpose.
CREATE TABLE fault_rule (
    rule_id bigint PRIMARY KEY,
    program text, -- its name, if the rule names one
    times   integer NOT NULL,
    used    integer NOT NULL,
    rule    text NOT NULL -- JSON
);

-- The newest calls of all nodes.
CREATE TABLE journal (
    entry_id    bigint PRIMARY KEY,
    noted_at    bigint NOT NULL, -- milliseconds since 1970, by the clock of the node
    program     text,
    operation   text,
    member_id   integer,
    return_code integer,
    entry       text NOT NULL -- JSON
);

-- Text messages that would have been sent.
CREATE TABLE message (
    message_id bigint PRIMARY KEY,
    recipient  text NOT NULL, -- the digits of E.164
    message    text NOT NULL -- JSON
);

-- The last number of each list. Whoever adds to a list holds its row, so a number that is seen is never followed by a smaller one.
CREATE TABLE last_number (
    list    text PRIMARY KEY,
    number  bigint NOT NULL,
    dropped bigint NOT NULL DEFAULT 0 -- how many of the list had to go
);
INSERT INTO last_number (list, number) VALUES ('fault_rule', 0), ('journal', 0), ('message', 0);
