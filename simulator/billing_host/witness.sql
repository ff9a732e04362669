-- The last checkpoint counter-signed for each terminal. `public_key` is that of its first one.
CREATE TABLE IF NOT EXISTS witnessed (
    terminal TEXT PRIMARY KEY, public_key TEXT NOT NULL, sequence INTEGER NOT NULL, head TEXT NOT NULL,
    signed TEXT NOT NULL, count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The host's own secret, made from its seed when the store is first used.
CREATE TABLE IF NOT EXISTS witness_secret (id INTEGER PRIMARY KEY CHECK (id = 1), secret BLOB NOT NULL) STRICT;
