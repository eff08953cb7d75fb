-- What a member has beside its phone numbers: one row a kind and slot.
CREATE TABLE part (
    program_id  INTEGER NOT NULL,
    member_id   INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    slot        TEXT NOT NULL, -- which one of its kind
    item        TEXT NOT NULL, -- the external reference of the item that it refers to
    value       TEXT NOT NULL, -- JSON, as a seed has it
    unique_key  TEXT, -- that of which two members may not have the same; NULL where nobody competes
    -- As in the table phone: 0 in the row that owns the key, a value of its own in a row that shares it.
    shared_as   INTEGER NOT NULL,
    has_sharers INTEGER NOT NULL DEFAULT 0,
    position    INTEGER NOT NULL, -- in the order in which the member got those of the kind
    PRIMARY KEY (program_id, member_id, kind, slot)
) STRICT, WITHOUT ROWID;

-- Settles who holds a key.
CREATE UNIQUE INDEX part_key ON part (program_id, kind, unique_key, shared_as) WHERE unique_key IS NOT NULL;
