-- What the companion APIs keep: who calls them, and proofs that numbers belong to somebody.

ALTER TABLE program ADD COLUMN companions text NOT NULL DEFAULT '{}'; -- JSON; see Companions

-- By what callers say who they are. No two of one kind have the same name, over all programs.
CREATE TABLE companion_caller (
    kind       text NOT NULL,
    name       text NOT NULL,
    program_id bigint NOT NULL,
    PRIMARY KEY (kind, name)
);
CREATE INDEX companion_caller_program ON companion_caller (program_id);

CREATE TABLE verification (
    program_id   bigint NOT NULL,
    purpose      text NOT NULL,
    number       bigint NOT NULL, -- the digits of E.164
    account      text NOT NULL, -- a space of CAMS, or a login of PIMS
    verification text NOT NULL, -- JSON; see Verification
    revision     bigint NOT NULL, -- another one after each change
    PRIMARY KEY (program_id, purpose, number, account)
);

-- What callers have begun and not ended. Names, here and below, may be anything, so their SHA-256 is kept.
CREATE TABLE session (
    name    bytea PRIMARY KEY,
    session text NOT NULL, -- JSON
    set_by  bigint NOT NULL, -- which change, told apart by chance
    set_at  bigint NOT NULL -- milliseconds since 1970
);
CREATE INDEX session_set_at ON session (set_at);

-- Nonces of signed requests, which may come once.
CREATE TABLE nonce (
    nonce           bytea PRIMARY KEY,
    call            bigint NOT NULL, -- which call it came with, told apart by chance
    noted_at        bigint NOT NULL, -- milliseconds since 1970
    calls           integer NOT NULL, -- what the call was told; 0 if it wasn't counted
    window_began_at bigint NOT NULL
);
CREATE INDEX nonce_noted_at ON nonce (noted_at);

-- Calls in the present second of each caller and action; the second begins with the first call of it.
CREATE TABLE call_window (
    counter  bytea PRIMARY KEY,
    began_at bigint NOT NULL, -- milliseconds since 1970
    calls    integer NOT NULL
);
