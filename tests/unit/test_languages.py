"""The catalogues of messages: whole, current, and with the right forms."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from contracts.faults import CATALOGUE
from terminal.content.catalogues import MessageId, update
from terminal.content.catalogues import messages as extracted
from terminal.content.languages import DOMAIN, LOCALE_FOLDER, load_languages
from terminal.visit.language import LANGUAGE_NAMES

ROOT = LOCALE_FOLDER.parents[2]
RUSSIAN = LOCALE_FOLDER / "ru" / "LC_MESSAGES" / f"{DOMAIN}.po"
BLANK = re.compile(r"\{[^}]*\}")
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture(scope="module")
def russian() -> Catalog:
    with RUSSIAN.open("rb") as source:
        return read_po(source, locale="ru")


@pytest.fixture(scope="module")
def messages() -> set[MessageId]:
    """Everything that the program may say."""
    return extracted(ROOT, LOCALE_FOLDER / "extraction.cfg")


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def said_by(catalogue: Catalog) -> list[tuple[object, object]]:
    return sorted(((message.id, message.string) for message in catalogue if message.id), key=repr)


def test_every_message_has_a_russian_text_and_none_is_spare(russian: Catalog, messages: set[object]) -> None:
    translated = {message.id for message in russian if message.id and all(forms(message))}
    assert translated == messages
    assert len(messages) > 100


def test_every_word_for_clients_about_a_fault_is_translated(russian: Catalog) -> None:
    texts = {fault.client_text for fault in CATALOGUE.values() if fault.client_text}
    assert texts
    assert all(russian.get(text) is not None for text in texts)


def test_russian_texts_are_russian_and_have_the_same_places(russian: Catalog) -> None:
    for message in (each for each in russian if each.id):
        source = message.id if isinstance(message.id, str) else message.id[1]
        for text in forms(message):
            assert sorted(BLANK.findall(text)) == sorted(BLANK.findall(source)), text
            bare = BLANK.sub("", text)
            assert not LATIN_WORD.search(bare), text
            assert CYRILLIC.search(bare) or not LATIN_WORD.search(BLANK.sub("", source)), text


def test_nothing_is_marked_as_doubtful(russian: Catalog) -> None:
    assert [each.id for each in russian if each.fuzzy and each.id] == []
    assert not russian.obsolete


def test_the_compiled_catalogue_is_current(russian: Catalog) -> None:
    fresh = BytesIO()
    write_mo(fresh, russian)
    fresh.seek(0)
    with RUSSIAN.with_suffix(".mo").open("rb") as compiled:
        assert said_by(read_mo(compiled)) == said_by(read_mo(fresh))


def test_updating_what_is_up_to_date_changes_not_a_byte(tmp_path: Path, messages: set[MessageId]) -> None:
    path = tmp_path / RUSSIAN.name
    for each in (RUSSIAN, RUSSIAN.with_suffix(".mo")):
        (tmp_path / each.name).write_bytes(each.read_bytes())
    assert update(path, messages) == []
    assert path.read_text(encoding="utf-8") == RUSSIAN.read_text(encoding="utf-8"), "run: make messages"
    assert path.with_suffix(".mo").read_bytes() == RUSSIAN.with_suffix(".mo").read_bytes(), "run: make messages"


def test_an_update_adds_what_is_said_drops_what_is_not_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "terminal.po"
    head = RUSSIAN.read_text(encoding="utf-8").partition("\n\n")[0]
    path.write_text(f'{head}\n\n# why\nmsgid "Back"\nmsgstr "Назад"\n\nmsgid "Spare"\nmsgstr "Лишнее"\n')
    assert update(path, {"Back", "Next", ("{n} day", "{n} days")}) == [("{n} day", "{n} days"), "Next"]
    text = path.read_text(encoding="utf-8")
    assert text.startswith(head)
    assert '# why\nmsgid "Back"\nmsgstr "Назад"\n' in text
    assert 'msgid "Next"\nmsgstr ""\n' in text
    assert text.count("msgstr[") == 3
    assert "Spare" not in text
    first = path.with_suffix(".mo").read_bytes()
    update(path, {"Back", "Next", ("{n} day", "{n} days")})
    assert (path.read_text(encoding="utf-8"), path.with_suffix(".mo").read_bytes()) == (text, first)


@pytest.mark.parametrize(("count", "said"), [
    (1, "остался 1 день"), (2, "осталось 2 дня"), (5, "осталось 5 дней"), (11, "осталось 11 дней"),
    (21, "остался 21 день"), (22, "осталось 22 дня"),
])
def test_russian_has_three_forms(count: int, said: str) -> None:
    text = load_languages()["ru"].plural(
        "Readings are taken until {day}: {count} day left, counting today.",
        "Readings are taken until {day}: {count} days left, counting today.", count, day="25.11.2026")
    assert said in text


def test_english_speaks_by_its_identifiers() -> None:
    english = load_languages()["en"]
    assert english.text("Pay {amount}", amount="5 ₽") == "Pay 5 ₽"
    one, many = "{count} digit at the top of your bill", "{count} digits at the top of your bill"
    assert english.plural(one, many, 1) == "1 digit at the top of your bill"
    assert english.plural(one, many, 10) == "10 digits at the top of your bill"


def test_a_text_from_outside_may_hold_braces() -> None:
    assert load_languages()["ru"].text("{not a place}") == "{not a place}"


def test_an_empty_text_stays_empty() -> None:
    assert load_languages()["ru"].text("") == ""


def test_every_language_that_has_a_name_can_be_loaded() -> None:
    assert set(load_languages()) == set(LANGUAGE_NAMES)


def test_a_missing_catalogue_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_languages(tmp_path)
