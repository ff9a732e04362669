CREATE TABLE account (
    number TEXT PRIMARY KEY, company TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, holder TEXT NOT NULL,
    locality TEXT NOT NULL, street TEXT NOT NULL, house TEXT NOT NULL, flat TEXT NOT NULL, address_key TEXT NOT NULL,
    last_kopecks INTEGER, last_on TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX account_by_address ON account (address_key);

CREATE TABLE charge (
    account TEXT NOT NULL, place INTEGER NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, due_kopecks INTEGER NOT NULL,
    PRIMARY KEY (account, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE meter (
    account TEXT NOT NULL, place INTEGER NOT NULL, serial TEXT NOT NULL, digits INTEGER NOT NULL, verified_until TEXT,
    remote INTEGER NOT NULL, replaced INTEGER NOT NULL,
    PRIMARY KEY (account, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE register (
    account TEXT NOT NULL, serial TEXT NOT NULL, zone TEXT NOT NULL, last_kwh INTEGER NOT NULL, last_on TEXT NOT NULL,
    usual_month_kwh INTEGER NOT NULL,
    PRIMARY KEY (account, serial, zone)
) STRICT, WITHOUT ROWID;

-- Everything that was asked to happen once. A key that was forgotten on request is NULL; the operation itself stays.
CREATE TABLE operation (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, told_key TEXT NOT NULL, kind TEXT NOT NULL,
    terminal TEXT NOT NULL, digest TEXT NOT NULL, account TEXT NOT NULL, accepted INTEGER NOT NULL,
    number INTEGER NOT NULL, kopecks INTEGER NOT NULL, day TEXT NOT NULL, at TEXT NOT NULL, answer TEXT NOT NULL
) STRICT;
CREATE INDEX operation_of_day ON operation (terminal, day, number) WHERE kind = 'payment' AND accepted = 1;

CREATE TABLE closed_day (
    terminal TEXT NOT NULL, day TEXT NOT NULL, equal INTEGER NOT NULL, ours TEXT NOT NULL, theirs TEXT NOT NULL,
    PRIMARY KEY (terminal, day)
) STRICT, WITHOUT ROWID;
