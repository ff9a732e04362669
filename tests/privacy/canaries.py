"""What must not be found anywhere after a client has gone, in every form in which memory and files could hold it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from simulator.billing_host.demo_accounts import ALWAYS_READ

ACCOUNT = ALWAYS_READ
METER = "55501177"
READINGS = ("21517", "09341")
"""What the client types for the two registers."""
PEOPLE = ("Белова", "Павловна", "Ломоносова", "Архангельск")
_SPACES = (" ", "\u00a0")


def grouped(account: str) -> Iterator[str]:
    """The account as a display or a receipt divides it, by any space."""
    for size in (2, 4):
        cuts = [*range(0, len(account), size), len(account)]
        groups = [account[first:last] for first, last in pairwise(cuts)]
        yield from (space.join(groups) for space in _SPACES)


def spelled(*words: str) -> dict[str, bytes]:
    """Each word in the encodings that strings, messages and frames have."""
    found: dict[str, bytes] = {}
    for word in words:
        for encoding in ("utf-8", "cp1251", "cp866", "utf-16-le", "utf-32-le"):
            try:
                found[f"{word!r} in {encoding}"] = word.encode(encoding)
            except UnicodeEncodeError:
                continue
        escaped = word.encode("unicode_escape")
        found[f"{word!r} escaped"] = escaped
        found[f"{word!r} as hexadecimal"] = word.encode("utf-8").hex().encode()
        found[f"{word!r} as hexadecimal bytes"] = word.encode("cp1251", "replace").hex(" ").encode()
    return found


def of_the_client() -> dict[str, bytes]:
    """The whole account number, the client's name and address; not the meter, which many pages name."""
    return spelled(ACCOUNT, *grouped(ACCOUNT), *PEOPLE)


def found_in_files(directory: Path, canaries: dict[str, bytes]) -> list[str]:
    """Which canary lies in which file, however deep."""
    found = []
    for path in sorted(each for each in directory.rglob("*") if each.is_file()):
        content = path.read_bytes()
        found += [f"{path.relative_to(directory)}: {name}" for name, form in canaries.items() if form in content]
    return found


def found_in_text(text: str, canaries: dict[str, bytes]) -> list[str]:
    """Which canary is in a text."""
    content = text.encode()
    return [name for name, form in canaries.items() if form in content]
