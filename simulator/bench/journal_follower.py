"""Follows the service's journal record by record, and keeps the last ones for the page."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from simulator.bench.conservation import NotesInJournal

KEPT_RECORDS = 1000
RECORDS_IN_ANSWER = 50
MAX_ANSWERS_A_TURN = 40

Ask = Callable[[str, Mapping[str, str]], Awaitable[Mapping[str, Any]]]
"""Question and arguments to the body of the service's answer; raises `OSError` or `ValueError`."""


class JournalFollower:
    """Call `catch_up` now and then; `records_after` and `notes` show what has been read so far."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._kept: deque[dict[str, Any]] = deque(maxlen=KEPT_RECORDS)
        self.last = 0
        self.notes = NotesInJournal()
        self.caught_up = False

    async def catch_up(self) -> None:
        """Read what is new, a bounded piece of it in one turn. Raises `OSError` or `ValueError`."""
        for _ in range(MAX_ANSWERS_A_TURN):
            answer = await self._ask("journal", {"after": str(self.last), "limit": str(RECORDS_IN_ANSWER)})
            records = answer["records"] if isinstance(answer.get("records"), list) else []
            for record in records:
                self._take(record)
            if not records:
                self.caught_up = True
                return
        self.caught_up = False

    def _take(self, record: Mapping[str, Any]) -> None:
        try:
            number = int(record["seq"])
            kind = str(record["kind"])
            body = record["body"]
            body = json.loads(body) if isinstance(body, str) else body
            payment = str(record.get("payment") or body.get("payment") or "")
            if number > self.last:
                self.notes.fold(kind, payment, body)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ValueError(f"a record does not fit: {error}") from error
        if number > self.last:
            self.last = number
            self._kept.append({"seq": number, "at": str(record.get("at", "")), "kind": kind,
                               "payment": payment, "body": body})

    def records_after(self, number: int, limit: int) -> list[dict[str, Any]]:
        """The oldest `limit` of the kept records that came after that one."""
        newer = [record for record in self._kept if record["seq"] > number]
        return newer[:limit]
