"""Bugs in the second journal and in the keys of personal data, without which no open payment can be finished."""

from __future__ import annotations

from tests.mutants.bug import Bug, Edit

_MIRRORING = "terminal/journal/mirroring.py"
_FRAMES = "terminal/journal/step_frames.py"
_ERASURE = "terminal/service/erasure.py"

BUGS = (
    Bug(
        "mirror-ahead-ignored",
        "A step that only the second journal holds is not done: the two contradict each other from then on.",
        _MIRRORING,
        "        if mirror.newest.seq <= newest.seq:\n            return newest\n",
        "        if mirror.newest.seq >= 0:\n            return newest\n",
    ),
    Bug(
        "mirror-end-not-cut",
        "What a cut has torn at the end of the second journal stays there, and the next step is written behind it.",
        "terminal/journal/mirror.py",
        "        file.truncate(good)\n",
        "",
    ),
    Bug(
        "torn-frame-accepted",
        "A frame that a cut has torn passes for a whole one: its check sum is not compared.",
        "terminal/journal/frames.py",
        "    return content if crc32(content, crc32(after)) == checksum else None",
        "    return content if checksum is not None and crc32(content) is not None else None",
        (
            Edit(
                "terminal/journal/frames.py",
                " or after != data[offset : offset + _LENGTH.size]:",
                ":",
            ),
        ),
    ),
    Bug(
        "newest-step-not-mirrored",
        "The second journal goes without the newest of the steps that waited: it has a hole that no repair can fill.",
        _MIRRORING,
        "            for step, rows in waiting:\n",
        "            for step, rows in waiting[:-1] or waiting:\n",
    ),
    Bug(
        "mended-from-the-newest",
        "After the disk has failed, the second journal goes on from what it has written, not from what is durable.",
        _MIRRORING,
        "                mirror.begin_file(mirror.durable)\n",
        "                mirror.begin_file(mirror.newest)\n",
    ),
    Bug(
        "not-caught-up",
        "The second journal is not given what it lacks: it has a hole that no repair can fill.",
        _MIRRORING,
        "                mirror.write(step, rows)\n",
        "                mirror._newest = (rows[-1][0], rows[-1][-1])\n",
    ),
    Bug(
        "frame-without-outbox-row",
        "A step that is done from the second journal lacks its outbox row: a funded payment is never sent.",
        _FRAMES,
        "    for order in step.outbox:\n",
        "    for order in step.outbox[1:]:\n",
    ),
    Bug(
        "frame-without-ended-row",
        "A step that is done from the second journal leaves the outbox row open: the payment is sent again.",
        _FRAMES,
        "    for key, state in step.settles:\n",
        "    for key, state in step.settles[1:]:\n",
    ),
    Bug(
        "frame-without-data-key",
        "A payment that is begun from the second journal lacks the key of its data: no receipt, no transfer.",
        _FRAMES,
        "    for data_key in step.keys:\n",
        "    for data_key in step.keys[1:]:\n",
    ),
    Bug(
        "frame-without-sealed-data",
        "A payment that is begun from the second journal lacks its data: no receipt, no transfer.",
        _FRAMES,
        "    for sealed in step.sealed:\n",
        "    for sealed in step.sealed[1:]:\n",
    ),
    Bug(
        "rolled-forward-without-tables",
        "A step that is done from the second journal gets its records and no tables.",
        _MIRRORING,
        "            balances = self._database.commit(write_step, cursor, step, rows, balances)\n",
        """\
            create = "INSERT OR IGNORE INTO payment (number, key) SELECT ?, ? WHERE ? = 'S00'"
            balances = self._database.commit(
                lambda c=cursor, r=rows, b=balances: (
                    c.executemany(create, [(x[3], str(x[3]), x[2]) for x in r]),
                    c.executemany(f"INSERT INTO record VALUES ({', '.join('?' * 16)})", [x + b for x in r]),
                    b,
                )[-1]
            )
""",
    ),
    Bug(
        "epoch-destroyed-too-early",
        "The old keys are destroyed before those still needed are wrapped anew: open payments cannot be finished.",
        _ERASURE,
        "                return self._renew_some() or self._end_epoch()",
        "                return self._end_epoch() and self._renew_some()",
    ),
    Bug(
        "epoch-key-only-in-memory",
        "The key of the next epoch is used before it is written down: after a cut its payments cannot be finished.",
        "terminal/journal/vault.py",
        "        self._ring.write(wrapped)\n        self._wrapped, self._epochs[number] = wrapped, key\n",
        "        if number == 1:\n            self._ring.write(wrapped)\n"
        "        self._wrapped, self._epochs[number] = wrapped, key\n",
    ),
    Bug(
        "renewed-keys-not-written",
        "Keys are wrapped under the new epoch in memory only before the old one is destroyed.",
        _ERASURE,
        "        self._book.append(Step((fact,), keys=renewed))\n        return True",
        "        self._book.append(Step((fact,)))\n        return False",
    ),
    Bug(
        "data-erased-while-unsent",
        "A payment's data is erased as soon as it is old, sent or not: it can never be sent.",
        "terminal/journal/erasing.py",
        '    "SELECT 1 FROM payment WHERE key = ?1 AND (open = 1 OR disputed > 0 OR state <> \'delivered\')"',
        '    "SELECT 1 FROM payment WHERE key = ?1 AND disputed > 0"',
        (
            Edit(
                "terminal/journal/erasing.py",
                '    " WHERE payment.open = 0 AND payment.disputed = 0 AND (payment.state IS NULL OR'
                ' payment.state = \'delivered\'"\n'
                '    f" AND payment.day <= ?1 AND ({_ENDED_ON}) <= ?1 AND payment.day NOT IN ({_UNEQUAL_DAYS}))"',
                '    " WHERE payment.disputed = 0 AND length(?1) >= 0"',
            ),
        ),
    ),
    Bug(
        "account-in-the-record",
        "The client's whole account number stands in a record that is never erased.",
        "terminal/service/payment_book.py",
        "        fact = PaymentCreated(number, key, digest, client.account[-4:], due, limit, self.stamp())",
        "        fact = PaymentCreated(number, key, digest, client.account, due, limit, self.stamp())",
    ),
    Bug(
        "data-key-of-another-step",
        "The key of a payment's data is written with the next step: a cut between them and nobody can finish it.",
        "terminal/service/payment_book.py",
        "        self.append(Step((fact,), sealed=(Sealed(digest, ciphertext),), keys=(data_key,)))\n",
        "        self.append(Step((fact,), sealed=(Sealed(digest, ciphertext),)))\n"
        "        self.append(Step((), keys=(data_key,)))\n",
    ),
)
