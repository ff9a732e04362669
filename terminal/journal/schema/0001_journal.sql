-- The journal's first schema. Rows of `record` are never changed or deleted; every other table is a running view of
-- them that keeps reading and starting independent of the journal's length, and whose constraints make a wrong step
-- impossible to commit. Sums are kopecks.
--
-- A step costs one disk page for each tree it touches, so that what changes together lies together: the order that
-- carries a payment to the supplier is part of the payment's row. Checks compare by `=` with OR: an IN of three values
-- builds a table in memory each time.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `slot` names what can happen once to a payment ("C20.3": its third note came to lie in the cassette) and `after`
-- the slot that must have been taken before ("C10.3": that note was ordered in). One unique index serves both rules
-- and the reading of a payment's records.
CREATE TABLE record (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    payment INTEGER,
    slot TEXT,
    after TEXT,
    body TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    CHECK ((payment IS NULL) = (slot IS NULL)),
    CHECK (payment IS NULL OR kind = 'S00' OR after IS NOT NULL),
    UNIQUE (payment, slot),
    FOREIGN KEY (payment, after) REFERENCES record (payment, slot)
) STRICT;

CREATE INDEX record_of_no_payment ON record (kind, seq) WHERE payment IS NULL;

-- Turnover by ledger account. No account may stand on the wrong side.
CREATE TABLE balance (
    account TEXT PRIMARY KEY,
    side TEXT NOT NULL CHECK (side IN ('debit', 'credit')),
    debit INTEGER NOT NULL DEFAULT 0 CHECK (debit >= 0),
    credit INTEGER NOT NULL DEFAULT 0 CHECK (credit >= 0),
    CHECK (CASE side WHEN 'debit' THEN debit >= credit ELSE credit >= debit END)
) STRICT, WITHOUT ROWID;

INSERT INTO balance (account, side) VALUES
    ('cassette', 'debit'),
    ('suspense-cash', 'debit'),
    ('customer', 'credit'),
    ('provider-pending', 'credit'),
    ('provider-posted', 'credit'),
    ('refund-due', 'credit'),
    ('suspense-customer', 'credit'),
    ('unassigned', 'credit');

-- Notes by value: `stacked` since the journal began, `count` since the cassette was last taken out.
CREATE TABLE cassette (
    value INTEGER PRIMARY KEY CHECK (value > 0),
    stacked INTEGER NOT NULL CHECK (stacked >= 0),
    count INTEGER NOT NULL CHECK (count >= 0 AND count <= stacked)
) STRICT;

-- `credit` is what the client has put in and not yet paid with; `disputed` counts notes whose place is unknown.
-- From `sequence` (the record that funded it) on: the payment's place in the outbox, which it has from the moment it
-- is funded and never loses. A payment that is still due is never closed.
CREATE TABLE payment (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    key TEXT NOT NULL UNIQUE,
    open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
    tendering INTEGER NOT NULL DEFAULT 0 CHECK (tendering IN (0, 1)),
    disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed >= 0),
    credit INTEGER NOT NULL DEFAULT 0 CHECK (credit >= 0),
    funded INTEGER CHECK (funded > 0),
    day TEXT,
    accepted INTEGER CHECK (accepted = funded),
    refused INTEGER CHECK (refused = funded),
    sequence INTEGER REFERENCES record (seq),
    state TEXT CHECK (state = 'due' OR state = 'delivered' OR state = 'parked'),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at TEXT,
    next_at TEXT,
    body BLOB,
    CHECK ((funded IS NULL) = (day IS NULL)),
    CHECK ((funded IS NULL) = (sequence IS NULL)),
    CHECK ((funded IS NULL) = (state IS NULL)),
    CHECK ((funded IS NULL) = (created_at IS NULL)),
    CHECK ((funded IS NULL) = (next_at IS NULL)),
    CHECK ((funded IS NULL) = (body IS NULL)),
    CHECK (funded IS NULL OR (tendering = 0 AND credit = 0)),
    CHECK (accepted IS NULL OR refused IS NULL),
    CHECK (accepted IS NULL OR funded IS NOT NULL),
    CHECK (refused IS NULL OR funded IS NOT NULL),
    CHECK (open = 1 OR (tendering = 0 AND credit = 0 AND state IS NOT 'due'))
) STRICT;

CREATE INDEX payment_open ON payment (number) WHERE open = 1 OR disputed > 0;
CREATE INDEX payment_parked ON payment (number) WHERE state = 'parked';
CREATE INDEX payment_of_day ON payment (day, number) WHERE accepted IS NOT NULL;

CREATE TABLE fiscal_document (
    storage TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    payment INTEGER NOT NULL UNIQUE REFERENCES payment (number),
    total INTEGER NOT NULL CHECK (total > 0),
    PRIMARY KEY (storage, number)
) STRICT, WITHOUT ROWID;

-- Notes without a payment; `owner` is the payment that should have been credited, NULL when there was none.
CREATE TABLE unassigned_note (
    seq INTEGER PRIMARY KEY REFERENCES record (seq),
    owner INTEGER REFERENCES payment (number)
) STRICT;

CREATE INDEX unassigned_note_owned ON unassigned_note (seq) WHERE owner IS NOT NULL;

-- Meter readings that must leave the terminal; `sequence` is the record beside which the row was made.
CREATE TABLE readings (
    sequence INTEGER PRIMARY KEY REFERENCES record (seq),
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'due' CHECK (state = 'due' OR state = 'delivered' OR state = 'parked'),
    attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at TEXT NOT NULL,
    next_at TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE INDEX readings_unsent ON readings (sequence) WHERE state <> 'delivered';

-- The outbox: everything that must leave the terminal or has left it.
CREATE VIEW outbox AS
    SELECT sequence, key, 'payment' AS kind, body, created_at, funded AS amount, attempts, next_at, state
    FROM payment WHERE state IS NOT NULL
    UNION ALL
    SELECT sequence, key, 'readings', body, created_at, 0, attempts, next_at, state FROM readings;

-- What of it has not been delivered, found without a look at what has. A payment that is due is open.
CREATE VIEW outbox_unsent AS
    SELECT sequence, key, 'payment' AS kind, body, created_at, funded AS amount, attempts, next_at, state
    FROM payment WHERE open = 1 AND state = 'due'
    UNION ALL
    SELECT sequence, key, 'payment', body, created_at, funded, attempts, next_at, state
    FROM payment WHERE state = 'parked'
    UNION ALL
    SELECT sequence, key, 'readings', body, created_at, 0, attempts, next_at, state
    FROM readings WHERE state <> 'delivered';

-- Encrypted personal data, erased on its own terms: records hold only its digest.
CREATE TABLE sealed (
    digest TEXT PRIMARY KEY,
    ciphertext BLOB NOT NULL
) STRICT;
