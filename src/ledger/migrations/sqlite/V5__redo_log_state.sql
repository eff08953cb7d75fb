-- Whether the redo log may hold writes that this file lacks: 'open' while a process writes, or after it was killed; 'closed' after
-- a clean stop, when everything is here. An open ledger isn't started without its log.
ALTER TABLE ledger ADD COLUMN log_state TEXT NOT NULL DEFAULT 'closed' CHECK (log_state IN ('open', 'closed'));

-- Counts how often a process made certain what is on disk: at each start, and after each failure. So that commit always has something to
-- write; SQLite writes nothing where the bytes stay what they are.
ALTER TABLE ledger ADD COLUMN recoveries INTEGER NOT NULL DEFAULT 0;
