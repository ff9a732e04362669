"""Where inputs lie: the corpus and the regressions in the repository, and what a run leaves in build/fuzz."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
REGRESSIONS = HERE / "regressions"
BUILD = HERE.parents[1] / "build" / "fuzz"
MAX_CORPUS_BYTES = 1_000_000
"""All targets together."""


def corpus(name: str) -> Path:
    """Inputs that together reach everything reached so far, named by their SHA-256."""
    return CORPUS / name


def regressions(name: str) -> Path:
    """Inputs that once broke something, named for what it was."""
    return REGRESSIONS / name


def inputs(folder: Path) -> dict[str, bytes]:
    """All inputs of a folder by name; none when there is no folder."""
    if not folder.is_dir():
        return {}
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
