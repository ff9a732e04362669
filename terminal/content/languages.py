"""Loads the languages of the terminal once, at start.

English is the language of the message identifiers and needs no catalogue. Every other language is a gettext
catalogue beside this module, `locale/<code>/LC_MESSAGES/terminal.mo`.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from terminal.visit.language import LANGUAGE_NAMES, Language

LOCALE_FOLDER = Path(__file__).with_name("locale")
DOMAIN = "terminal"
SOURCE_LANGUAGE = "en"


def load_languages(folder: Path = LOCALE_FOLDER) -> dict[str, Language]:
    """Every language of the terminal by its code, the first language of a visit first.

    Raises `FileNotFoundError` when a catalogue is missing: a terminal without words must not start.
    """
    return {code: Language(code, _translations(code, folder)) for code in LANGUAGE_NAMES}


def _translations(code: str, folder: Path) -> gettext.NullTranslations:
    if code == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    with (folder / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as catalogue:
        return gettext.GNUTranslations(catalogue)
