-- The key of each person's data, wrapped under the key of an epoch that lies outside this file. Deleting a row makes
-- the data under it unreadable here; destroying the epoch's key does so in every copy of this file and its log.
--
-- `owner` is the idempotency key of a payment or of readings. Epoch 0 with nothing wrapped: data sealed before there
-- were such keys, which the terminal's root opens directly.
CREATE TABLE data_key (
    owner TEXT PRIMARY KEY,
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    wrapped BLOB NOT NULL CHECK (length(wrapped) = CASE epoch WHEN 0 THEN 0 ELSE 40 END)
) STRICT, WITHOUT ROWID;

INSERT INTO data_key (owner, epoch, wrapped)
    SELECT payment.key, 0, x'' FROM payment
    JOIN record ON record.payment = payment.number AND record.slot = 'S00'
    JOIN sealed ON sealed.digest = record.body ->> '$.sealed_account';

INSERT INTO data_key (owner, epoch, wrapped) SELECT key, 0, x'' FROM readings;
