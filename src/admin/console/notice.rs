//! What a page says of what was just done. The address has only a key, so no link can put words into the console's mouth.

const NOTICES: [(&str, &str); 28] = [
    ("reset", "Everything is the seed again; journal, faults and messages are empty, and the clock runs."),
    ("clock-held", "The clock is held."),
    ("clock-advanced", "The clock has been advanced."),
    ("clock-runs", "The clock runs with the machine’s."),
    ("member-added", "The member has been added."),
    ("member-saved", "The member has been saved."),
    ("member-deleted", "The member and its numbers have been deleted."),
    ("journal-cleared", "The journal is empty."),
    ("sent-again", "The message has been sent again; this is the new entry."),
    ("sent-again-unseen", "The message has been sent again. Its entry is among the newest."),
    ("not-sent", "The message can't be sent again: the journal doesn't have all of it."),
    ("fault-added", "The rule is in force."),
    ("fault-removed", "The rule has been removed."),
    ("faults-removed", "All rules have been removed."),
    ("messages-cleared", "The messages have been forgotten."),
    ("token-made", "The token is there; the next call may use it."),
    ("token-suspended", "The token is suspended: calls with it answer 102."),
    ("token-resumed", "The token may be used again."),
    ("token-deleted", "The token has been deleted."),
    ("account-changed", "The account has been changed; the next call meets it as it is now."),
    ("key-changed", "The access key has been changed; the next call meets it as it is now."),
    ("proof-forgotten", "The proof has been forgotten; its code counts no more."),
    ("settings-saved", "The settings are in force."),
    ("item-saved", "The list has been changed."),
    ("program-made", "The program has been made."),
    ("program-reset", "The program is what it was put as; its journal entries and rules are gone."),
    ("program-deleted", "The program has been deleted."),
    ("gone", "It was gone already; nothing changed."),
];

/// The words of a key.
pub fn text(key: &str) -> Option<&'static str> {
    NOTICES.iter().find(|(known, _)| *known == key).map(|(_, text)| *text)
}
