"""`python -m tests.real.full_disk DIRECTORY`: payments until a disk of a few megabytes is full; run it by
`unshare --user --map-root-user --mount`, because it mounts that disk.

The commit that finds no room ends the process. The next one finishes what is open with the space of the ballast, on
the same full disk; then new payments are refused until there is room again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from terminal.ports.records import StoreRefused
from tests.real import composition
from tests.real.audit import audit, audit_at_rest
from tests.real.composition import Place
from tests.real.words import Belief, Lost
from tests.real.writer import settle, start_writer

DISK = "5m"
LARGER = "64m"
BALLAST_BYTES = 1_000_000
EXIT_HALTED = 70


def fill(directory: Path) -> str:
    """Raises `Lost`; says what was done."""
    composition.BALLAST_BYTES = BALLAST_BYTES
    disk = directory / "disk"
    disk.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk))
    place, belief = Place(disk, directory / "truth"), Belief()
    writer = start_writer(place)
    code = writer.end()
    if code != EXIT_HALTED:
        raise Lost(f"on a full disk the writer ended with {code}")
    belief.hear(writer.said)
    belief.hear(settle(place))
    try:
        audit(place, belief)
    except StoreRefused as refused:
        why = str(refused)
    else:
        raise Lost("the journal opens on a full disk with nothing open")
    _mount("-o", f"remount,size={LARGER}", str(disk))
    audit(place, belief)
    audit_at_rest(place)
    return f"full after {belief.acknowledged} steps, lost 0; then: {why}"


def _mount(*arguments: str) -> None:
    subprocess.run(("mount", *arguments), check=True)


def main() -> int:
    sys.stdout.write(fill(Path(sys.argv[1])) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
