"""Files that people, other programs or a failing disk may have written: settings, look, memory, records."""

from __future__ import annotations

import json
import math
import tempfile
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

from contracts.checkpoint import MAX_TEXT, Checkpoint, Position, SignedCheckpoint, signed_from_text
from contracts.identifiers import AccountNumber, IdempotencyKey, TerminalId
from terminal import config
from terminal.configuration.addresses import DeviceUrl
from terminal.configuration.problems import describe
from terminal.devices.line_address import parse_address
from terminal.payments import codec
from terminal.ports.processing import RegisterReading
from terminal.screens import theme
from terminal.service import client_data, readings_row
from terminal.service.client_data import ClientData, ReadingLine, ServiceLine
from terminal.transfer.credentials import CredentialsUnusable, authorization
from tests.fuzz.byte_choices import ByteChoices
from tests.fuzz.json_edits import EDITS, document
from tests.fuzz.target import Target
from watchdog import ledger, memory
from watchdog import settings as watchdog_settings
from watchdog.instant import Instant

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = (ROOT / "terminal.example.toml").read_bytes()
_NOW = Instant(datetime(2026, 11, 21, tzinfo=UTC), 1000.0, "boot")


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="fuzz-")


def _folder() -> Path:
    """Of this process, gone with it."""
    return Path(_kept().name)


def _file(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    path.chmod(0o600)
    return path


class _Digits(str):
    """A whole number as it is written, however long."""


def _toml(data: bytes) -> bytes:
    """The text that an input stands for: as it is, or edits on the example, written as TOML."""
    if data[:1] != bytes([EDITS]):
        return data
    body = json.loads(document(data, (_CONFIG,)), parse_int=_Digits)
    if not isinstance(body, dict):
        return b""
    plain = [f"{_value(name)} = {_value(value)}" for name, value in body.items() if not isinstance(value, dict)]
    for name, section in body.items():
        if isinstance(section, dict):
            plain += [f"[{_value(name)}]", *(f"{_value(key)} = {_value(value)}" for key, value in section.items())]
    return "\n".join(plain).encode("utf-8", "surrogatepass")


def _value(value: object) -> str:
    """A value as TOML writes it; null, which TOML does not have, as an empty table."""
    match value:
        case None:
            return "{}"
        case dict():
            return "{" + ", ".join(f"{_value(name)} = {_value(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case _Digits():
            return value
        case float():
            return repr(value)
        case _:
            return json.dumps(value, ensure_ascii=False)


def check_config(data: bytes) -> None:
    """The configuration: every file is either good for all that read it or told to be bad."""
    path = _file("terminal.toml", _toml(data))
    problems = config.check(path)
    for problem in problems:
        line = describe(problem)
        assert "\n" not in line or "\n" in problem.key, "a problem takes more than a line"
    try:
        read = config.load(path)
    except config.ConfigError:
        assert problems
        read = None
    assert (read is None) == bool(problems), "check and load disagree"
    try:
        watched = watchdog_settings.load(path)
    except watchdog_settings.SettingsError:
        assert problems, "the watchdog refuses what the terminal accepts"
        return
    if read is not None:
        limits = (watched.limits.freeze_after_s, watched.limits.restarts_per_hour)
        assert limits == (read.watchdog.freeze_after_s, read.watchdog.restarts_per_hour)


def check_address(data: bytes) -> None:
    """A device's address: what the configuration accepts the line can be opened by."""
    text = data.decode("utf-8", "replace")
    try:
        DeviceUrl().read(text, ROOT)
    except ValueError:
        is_allowed = False
    else:
        is_allowed = True
    try:
        parse_address(text)
    except ValueError:
        assert not is_allowed, "the configuration accepts an address that no line has"


def check_theme(data: bytes) -> None:
    """The corporate look."""
    themes = _folder() / "themes" / "fuzzed"
    themes.mkdir(parents=True, exist_ok=True)
    (themes / "theme.toml").write_bytes(data)
    with patch.object(theme, "CONTENT", _folder()):
        try:
            read = theme.load("fuzzed")
        except theme.ThemeError:
            return
    for colour in (read.colours.ink, read.colours.background, *(tone.ink for tone in read.tones.values())):
        assert len(colour) == 4
        assert all(0.0 <= part <= 1.0 for part in colour), "a colour out of its range"
    assert 1.0 <= theme.contrast(read.colours.ink, read.colours.background) <= 21.0


def check_watchdog_memory(data: bytes) -> None:
    """What the watchdog remembers; a damaged file is an empty memory."""
    read = memory.load(_file("memory.json", document(data, _MEMORIES)))
    if read is None:
        return
    for each in read.processes.values():
        assert all(age >= 0 for age in each.restart_ages_s)
    memory.save(_folder() / "again.json", read)
    assert memory.load(_folder() / "again.json") is not None, "what was read cannot be written and read again"


def check_ledger(data: bytes) -> None:
    """The ledger of outages: bad lines are counted, the others added up."""
    contents = ledger.read(_file("ledger.jsonl", document(data, _ENTRIES)))
    for each in contents.outages:
        assert math.isfinite(each.lasted(_NOW).seconds + each.noticed_after().seconds), "a length that is no number"


def check_record(data: bytes) -> None:
    """A record of the journal: its kind, and its body."""
    choices = ByteChoices(data)
    kind = choices.of(_KINDS)
    body = document(choices.rest(), _BODIES).decode("utf-8", "replace")
    try:
        fact = codec.from_body(kind, body)
    except ValueError:
        return
    assert fact.kind == kind


def check_sealed(data: bytes) -> None:
    """Personal data out of the vault."""
    plain = document(data, _SEALED)
    for read in (client_data.decode, _readings):
        try:
            read(plain)
        except ValueError:
            continue


def _readings(plain: bytes) -> object:
    return readings_row.decode_readings(plain, IdempotencyKey("k"), TerminalId("T"))


def check_checkpoint(data: bytes) -> None:
    """A signed checkpoint as it is kept and sent."""
    text = document(data, (SIGNED.fields(),)).decode("utf-8", "replace")
    try:
        signed = signed_from_text(text)
    except ValueError:
        return
    assert signed.checkpoint.message().isascii()
    assert signed.witness_message().startswith(b"payment-terminal witness")
    if len(signed.text()) <= MAX_TEXT:
        assert signed_from_text(signed.text()) == signed, "a checkpoint changes on its way through text"


def check_credentials(data: bytes) -> None:
    """The file with the terminal's credentials."""
    try:
        value = authorization(_file("credentials.json", document(data, _CREDENTIALS)))
    except CredentialsUnusable as error:
        told = str(error)
    else:
        told = ""
    assert "secret" not in told, "the secret is told"
    if told:
        return
    assert value.isascii(), "a header is ASCII"
    assert "\n" not in value, "the value would end the header"
    assert "\r" not in value, "the value would end the header"


SIGNED = SignedCheckpoint(
    Checkpoint(TerminalId("T-0001"), "0" * 16, 1, Position(7, "1" * 64), Position(3, "2" * 64), {"cash": 100}, 100,
               "2026-11-20T10:00:00.000+03:00", "9999078902001234", 431),
    "3" * 64, "4" * 128)
_KINDS = tuple(codec.BY_KIND)
_AT = {"wall": "2026-11-20T10:00:00.000+00:00", "monotonic_s": 5.0, "boot": "boot"}
_MEMORIES = (
    {"alive": _AT, "processes": {"service": {"failures": 2, "slow_starts": 1, "budget_spent": False,
                                             "restart_ages_s": [5.0, 7.0]}}},
)
_ENTRIES = (
    {"event": "began", "number": 1, "subject": "terminal", "cause": "stopped", "planned": False, "started": _AT,
     "detected": _AT, "faults": ["WD01"], "detail": ""},
    {"event": "ended", "number": 1, "ended": _AT, "faults": []},
)
_BODIES: tuple[dict[str, object], ...] = (
    {"account": "5001234567", "payment": 1, "number": 1, "amount": 100, "sum": 100, "value": 100, "code": 2,
     "key": "T-0001-p000000001", "kopecks": 5, "storage": "9999", "document": 7, "sign": 5, "at": "2026-11-20T10:00"},
    {},
)
_DATA = ClientData(
    AccountNumber("5001234567"), "Нева", "2026-11", (ServiceLine("Свет", 100),), (ReadingLine("0123", "T1", 5, 4),))
_SEALED = (
    json.loads(_DATA.encode()),
    json.loads(readings_row.encode_readings(
        AccountNumber("5001234567"), _NOW.wall, (RegisterReading("0123", "T1", 5),))),
)
_CREDENTIALS = ({"token": "secret"}, {"user": "u", "password": "secret"})
_THEME = (theme.CONTENT / "themes" / "default" / "theme.toml").read_bytes()
_CONFIG = tomllib.loads(EXAMPLE.decode())
_BEGINNING = b"\n".join(line for line in EXAMPLE.splitlines() if line.strip() and not line.startswith(b"#"))[:1200]
_KEYS = tuple(sorted({line.split(b" = ")[0].lstrip(b"# ") for line in EXAMPLE.splitlines() if b" = " in line}))
TARGETS = (
    Target("config", check_config, max_bytes=3000, seeds=(_BEGINNING, bytes([EDITS, 0]), bytes([EDITS, 0, 1, 0, 5])),
           words=(*_KEYS[:60], b"[terminal]", b"'''", b'"""', b"[[", b"1e999", b"nan", b"\\u0000", b"0x", b"= {",
                  b"[watchdog]")),
    Target("device-address", check_address, max_bytes=200,
           seeds=(b"serial:///dev/x?baud=9600&parity=N", b"pty:///p?baud=9600", b"tcp://host:5", b"tcp://[::1]:5"),
           words=(b"serial://", b"pty://", b"tcp://", b"?baud=", b"&parity=", b"9600", b"@", b"#", b"%00")),
    Target("theme", check_theme, max_bytes=3000, seeds=(_THEME,), words=(b"#ffffff", b"[colours]", b"= 5", b"[fonts]")),
    Target("watchdog-memory", check_watchdog_memory, max_bytes=1000,
           seeds=(json.dumps(_MEMORIES[0]).encode(), bytes([EDITS, 0])), words=(b"1e999", b"NaN")),
    Target("watchdog-ledger", check_ledger, max_bytes=1000, words=(b"1e999", b"NaN", b"\n"),
           seeds=(b"\n".join(json.dumps(each).encode() for each in _ENTRIES), bytes([EDITS, 0]), bytes([EDITS, 1]))),
    Target("journal-record", check_record, max_bytes=600, words=(b'"sum"', b"1e999"),
           seeds=tuple(bytes([kind, EDITS, 0]) for kind in range(len(_KINDS)))),
    Target("sealed-data", check_sealed, max_bytes=1000, seeds=(bytes([EDITS, 0]), bytes([EDITS, 1]))),
    Target("checkpoint", check_checkpoint, max_bytes=1500, words=(b'"start"', b'"balances"', b"1e999"),
           seeds=(SIGNED.text().encode(), bytes([EDITS, 0]))),
    Target("credentials", check_credentials, max_bytes=400, words=(b'"token"', b'"user"', b'"password"', b"\\ud800"),
           seeds=(b'{"token": "abc"}', bytes([EDITS, 0]), bytes([EDITS, 1]))),
)
