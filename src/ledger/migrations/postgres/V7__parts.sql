-- What a member has beside its phone numbers: one row a kind and slot.
CREATE TABLE part (
    program_id  bigint NOT NULL,
    member_id   integer NOT NULL,
    kind        text COLLATE "C" NOT NULL,
    slot        text COLLATE "C" NOT NULL, -- which one of its kind
    item        text COLLATE "C" NOT NULL, -- the external reference of the item that it refers to
    value       text NOT NULL, -- JSON, as a seed has it
    unique_key  text COLLATE "C", -- that of which two members may not have the same; NULL where nobody competes
    -- As in the table phone: 0 in the row that owns the key, a value of its own in a row that shares it.
    shared_as   bigint NOT NULL,
    has_sharers boolean NOT NULL,
    position    bigint NOT NULL, -- in the order in which the member got those of the kind
    PRIMARY KEY (program_id, member_id, kind, slot)
);

-- Settles who holds a key. Rows without one are all different.
CREATE UNIQUE INDEX part_key ON part (program_id, kind, unique_key, shared_as);
