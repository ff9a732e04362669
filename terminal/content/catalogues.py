"""Brings a catalogue of texts for clients up to date with the program, and compiles it. For developers: needs Babel.

What is written depends on nothing but the texts: a catalogue that is up to date stays as it is to the byte.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

KEYWORDS = {"text": None, "plural": (1, 2), "msgid": None, "gettext": None}
"""Functions whose first argument is a message; of `plural` the first two are."""
FOLDERS = ("terminal/visit", "contracts")
WIDTH = 110
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Babel would write the time of compilation."""

MessageId = str | tuple[str, ...] | list[str]


def messages(root: Path, mapping: Path) -> set[MessageId]:
    """Everything that the program under `root` may say, as the extraction methods of the `mapping` file find it."""
    with mapping.open(encoding="utf-8") as file:
        methods, _ = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found: set[MessageId] = set()
    for folder in FOLDERS:
        inside = [(str(Path(pattern).relative_to(folder)), method) for pattern, method in methods
                  if pattern.startswith(folder)]
        for _, _, message, _, _ in extract_from_dir(root / folder, inside, {}, keywords=KEYWORDS):
            found.add(message)
    return found


def update(path: Path, said: set[MessageId]) -> list[MessageId]:
    """Rewrite the `.po` at `path` with exactly these messages, keeping its header and its translations, and the `.mo`
    beside it. Returns what has no translation yet."""
    text = path.read_text(encoding="utf-8")
    header, _, _ = text.partition("\n\n")
    known = read_po(BytesIO(text.encode()))
    fresh = Catalog(locale=known.locale)
    for each in said:
        before = known.get(each)
        fresh.add(each, before.string if before else "", user_comments=before.user_comments if before else ())
    body = BytesIO()
    write_po(body, fresh, width=WIDTH, omit_header=True, sort_output=True, no_location=True)
    path.write_text(f"{header}\n\n{body.getvalue().decode().strip()}\n", encoding="utf-8")
    compile_catalogue(path)
    return sorted((message.id for message in fresh if message.id and not _translated(message.string)), key=str)


def compile_catalogue(path: Path) -> None:
    """Write the `.mo` beside a `.po`."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    catalogue.creation_date = catalogue.revision_date = NEVER
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)


def _translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)
