"""The memory of a storage in a file, so that it survives the emulator like a chip survives the mains."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from simulator.fiscal_register.storage import DocumentKind, FiscalStorage, StoredDocument


def load(path: Path) -> FiscalStorage | None:
    """The storage saved there, or None when there is no file. Raises `ValueError` for another file."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return from_body(json.loads(text))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is not the memory of a fiscal storage: {error!r}") from error


def save(storage: FiscalStorage, path: Path) -> None:
    """Replace the file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(to_body(storage), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def to_body(storage: FiscalStorage) -> dict[str, Any]:
    opened = storage.shift_opened_at
    return {
        "number": storage.number,
        "seed": storage.seed,
        "expires": storage.expires.isoformat(),
        "first_number": storage.first_number,
        "shift": storage.shift,
        "shift_opened_at": opened.isoformat() if opened else None,
        "receipts": storage.receipts,
        "sent": storage.sent,
        "unsent_age_s": storage.unsent_age.total_seconds(),
        "documents": [document_body(each) for each in storage.documents],
    }


def document_body(document: StoredDocument) -> dict[str, Any]:
    return {
        "kind": int(document.kind),
        "number": document.number,
        "sign": document.sign,
        "at": document.at.isoformat(),
        "shift": document.shift,
        "receipt": document.receipt,
        "operation": document.operation,
        "total": document.total,
        "records": document.records.hex(),
    }


def from_body(body: dict[str, Any]) -> FiscalStorage:
    opened = body["shift_opened_at"]
    return FiscalStorage(
        number=body["number"],
        seed=body["seed"],
        expires=date.fromisoformat(body["expires"]),
        documents=[_document(each) for each in body["documents"]],
        first_number=body["first_number"],
        shift=body["shift"],
        shift_opened_at=datetime.fromisoformat(opened) if opened else None,
        receipts=body["receipts"],
        sent=body["sent"],
        unsent_age=timedelta(seconds=body["unsent_age_s"]),
    )


def _document(body: dict[str, Any]) -> StoredDocument:
    return StoredDocument(
        kind=DocumentKind(body["kind"]),
        number=body["number"],
        sign=body["sign"],
        at=datetime.fromisoformat(body["at"]),
        shift=body["shift"],
        receipt=body["receipt"],
        operation=body["operation"],
        total=body["total"],
        records=bytes.fromhex(body["records"]),
    )
