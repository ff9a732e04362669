"""Bugs in the signed checkpoints: a journal that is right accuses itself, or one that is wrong takes cash."""

from __future__ import annotations

from tests.mutants.bug import Bug

_WITNESS = "terminal/service/witness.py"

BUGS = (
    Bug(
        "own-checkpoint-is-a-rollback",
        "A checkpoint of the newest record counts as one of a record that was lost: cash is closed for nothing.",
        _WITNESS,
        "        if position.sequence > newest:",
        "        if position.sequence >= newest - 40:",
    ),
    Bug(
        "answer-lost-closes-cash",
        "A host that counter-signed and whose answer was lost counts as one that contradicts: cash is closed.",
        _WITNESS,
        "            self._base = seen\n            signed = self._signed()\n",
        "            self._close(FaultCode.JOURNAL_FORKED, str(seen.sequence), answer.seen)\n            return\n"
        "            signed = self._signed()\n",
    ),
    Bug(
        "forgets-what-was-witnessed",
        "After a restart the terminal does not go on from what the host holds, and never agrees with it again.",
        _WITNESS,
        "            forgotten = self._base.sequence if seen.sequence < self._base.sequence else 0\n"
        "            self._base = seen\n",
        "            forgotten = self._base.sequence if seen.sequence < self._base.sequence else 0\n",
    ),
)
