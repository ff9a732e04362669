-- A step that moves money writes two pages instead of four: its record, which carries the ledger's balances after it,
-- and its payment, which holds the slots that are taken.
--
-- `cassette` … `unassigned`: what stands on the normal side of each ledger account after the record, in kopecks. No
-- account may stand on the wrong side, and what is held is always what is owed.
CREATE TABLE record_anew (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    payment INTEGER,
    slot TEXT,
    after TEXT,
    body TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    cassette INTEGER NOT NULL CHECK (cassette >= 0),
    suspense_cash INTEGER NOT NULL CHECK (suspense_cash >= 0),
    customer INTEGER NOT NULL CHECK (customer >= 0),
    provider_pending INTEGER NOT NULL CHECK (provider_pending >= 0),
    provider_posted INTEGER NOT NULL CHECK (provider_posted >= 0),
    refund_due INTEGER NOT NULL CHECK (refund_due >= 0),
    suspense_customer INTEGER NOT NULL CHECK (suspense_customer >= 0),
    unassigned INTEGER NOT NULL CHECK (unassigned >= 0),
    CHECK ((payment IS NULL) = (slot IS NULL)),
    CHECK (payment IS NULL OR kind = 'S00' OR after IS NOT NULL),
    CHECK (slot NOT GLOB '*[,:]*'),
    CHECK (cassette + suspense_cash = customer + provider_pending + provider_posted + refund_due + suspense_customer
        + unassigned)
) STRICT;

WITH moved AS (
    SELECT *, CASE kind
        WHEN 'C20' THEN body ->> '$.value' WHEN 'C40' THEN body ->> '$.value' WHEN 'C45' THEN body ->> '$.value'
        WHEN 'C50' THEN body ->> '$.value' WHEN 'S20' THEN body ->> '$.total' WHEN 'S30' THEN body ->> '$.total'
        WHEN 'S31' THEN body ->> '$.total' ELSE 0 END AS kopecks
    FROM record
), turnover AS (
    SELECT *,
        sum(iif(kind = 'C20', kopecks, 0)) OVER so_far AS stacked,
        sum(iif(kind = 'C40', kopecks, iif(kind = 'C45', -kopecks, 0))) OVER so_far AS disputed,
        sum(iif(kind = 'C50', kopecks, 0)) OVER so_far AS without_payment,
        sum(iif(kind = 'S20', kopecks, 0)) OVER so_far AS funded,
        sum(iif(kind = 'S30', kopecks, 0)) OVER so_far AS accepted,
        sum(iif(kind = 'S31', kopecks, 0)) OVER so_far AS refused
    FROM moved WINDOW so_far AS (ORDER BY seq ROWS UNBOUNDED PRECEDING)
)
INSERT INTO record_anew
    SELECT seq, at, kind, payment, slot, after, body, hash, stacked + without_payment, disputed, stacked - funded,
        funded - accepted - refused, accepted, refused, disputed, without_payment
    FROM turnover;

-- `taken` names the slots of a payment with their records, ",S00:12,S10:13,C10.1:14,": the way to its records, and
-- what the triggers go by.
ALTER TABLE payment ADD COLUMN taken TEXT NOT NULL DEFAULT ',';

UPDATE payment SET taken = coalesce(
    (SELECT ',' || group_concat(slot || ':' || seq, ',' ORDER BY seq) || ',' FROM record WHERE payment = number), ',');

DROP TABLE record;
ALTER TABLE record_anew RENAME TO record;
CREATE INDEX record_of_no_payment ON record (kind, seq) WHERE payment IS NULL;
DROP TABLE balance;

-- Whatever a program believes: a slot is taken once, by a record of a payment that exists, and after the one that must
-- come before; and neither a record nor a taken slot ever changes or goes.
CREATE TRIGGER record_takes_slot AFTER INSERT ON record WHEN NEW.payment IS NOT NULL
BEGIN
    UPDATE payment SET taken = taken || NEW.slot || ':' || NEW.seq || ','
        WHERE number = NEW.payment AND instr(taken, ',' || NEW.slot || ':') = 0
        AND (NEW.after IS NULL OR instr(taken, ',' || NEW.after || ':') > 0);
    SELECT RAISE(ABORT, 'the slot is taken already, or the one before it is not') WHERE changes() = 0;
END;

CREATE TRIGGER record_stays BEFORE UPDATE ON record
BEGIN
    SELECT RAISE(ABORT, 'a record never changes');
END;

CREATE TRIGGER record_is_kept BEFORE DELETE ON record
BEGIN
    SELECT RAISE(ABORT, 'a record is never deleted');
END;

CREATE TRIGGER slots_stay_taken BEFORE UPDATE OF taken ON payment
    WHEN substr(NEW.taken, 1, length(OLD.taken)) <> OLD.taken
BEGIN
    SELECT RAISE(ABORT, 'a slot once taken stays taken');
END;

CREATE TRIGGER payment_is_kept BEFORE DELETE ON payment
BEGIN
    SELECT RAISE(ABORT, 'a payment is never deleted');
END;
