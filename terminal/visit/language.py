"""The words of one language, as the presenters use them. Pure: the catalogue behind it is loaded elsewhere.

Message identifiers are the English texts themselves, with named places in braces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

LANGUAGE_NAMES = {"ru": "Русский", "en": "English"}
"""Each language in its own words, for the button that switches to it."""


class Translations(Protocol):
    """What `gettext` catalogues can do."""

    def gettext(self, message: str) -> str: ...

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    """`ru` or `en`."""
    translations: Translations

    def text(self, message: str, **values: object) -> str:
        """The message in this language, its places filled.

        Without values nothing is filled, so that texts from outside may hold braces. An empty one stays so.
        """
        if not message:
            return ""
        translated = self.translations.gettext(message)
        return translated.format(**values) if values else translated

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """The form that fits the number; `{count}` is filled with it."""
        return self.translations.ngettext(one, many, count).format(count=count, **values)


def msgid(message: str) -> str:
    """Mark a text for translation where it stands, to be translated where it is shown."""
    return message
