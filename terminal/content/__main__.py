"""`python -m terminal.content` brings the catalogues of texts for clients up to date; run it by `make messages`."""

from __future__ import annotations

from terminal.content.catalogues import messages, update
from terminal.content.languages import DOMAIN, LOCALE_FOLDER

if __name__ == "__main__":
    said = messages(LOCALE_FOLDER.parents[2], LOCALE_FOLDER / "extraction.cfg")
    for path in sorted(LOCALE_FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        for each in update(path, said):
            print(f"{path}: no translation: {each}")
