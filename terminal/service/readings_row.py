"""The body of a readings row in the outbox, before it is sealed and after it is opened."""

from __future__ import annotations

import json
from datetime import datetime

from contracts.identifiers import AccountNumber, IdempotencyKey, TerminalId
from terminal.ports.processing import ReadingsSubmission, RegisterReading


def encode_readings(account: AccountNumber, taken_at: datetime, readings: tuple[RegisterReading, ...]) -> bytes:
    """The body of a readings row before it is sealed."""
    lines = [{"meter": each.meter, "zone": each.zone, "kwh": each.kwh} for each in readings]
    body = {"account": account, "taken_at": taken_at.isoformat(), "readings": lines}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def decode_readings(plaintext: bytes, key: IdempotencyKey, terminal: TerminalId) -> ReadingsSubmission:
    """Read back what `encode_readings` wrote. Raises `ValueError`."""
    try:
        body = json.loads(plaintext)
        lines = tuple(RegisterReading(str(r["meter"]), str(r["zone"]), int(r["kwh"])) for r in body["readings"])
        return ReadingsSubmission(
            key, terminal, AccountNumber(body["account"]), datetime.fromisoformat(body["taken_at"]), lines
        )
    except (KeyError, TypeError, OverflowError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(f"not a readings row: {error}") from error
