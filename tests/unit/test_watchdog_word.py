"""The watchdog's word reaches the status of the terminal while a watchdog stands behind it, and only then."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from contracts.faults import ActiveFault, FaultCode
from contracts.supervision import FILE, FRESH_S, MAX_BYTES, Supervision, decode
from simulator.bench.configuration import set_keys
from terminal.commands import status
from terminal.environment import BOOT_ID, watchdog_faults
from watchdog.lock import runtime_folder

SPENT = ActiveFault(FaultCode.RESTART_BUDGET_SPENT, "service")
BOOT = BOOT_ID.read_text(encoding="ascii").strip()


def say(state: Path, data: bytes) -> None:
    (state / FILE).parent.mkdir(parents=True, exist_ok=True)
    (state / FILE).write_bytes(data)


def test_a_fresh_word_is_believed(tmp_path: Path) -> None:
    say(tmp_path, Supervision(BOOT, time.monotonic(), (SPENT,)).encode())
    assert watchdog_faults(tmp_path) == (SPENT,)


def test_a_word_is_believed_from_the_moment_at_which_it_is_said() -> None:
    said_s = 12.345678
    assert decode(Supervision(BOOT, said_s).encode()).is_fresh(BOOT, said_s)


@pytest.mark.parametrize("data", [
    Supervision(BOOT, time.monotonic() - FRESH_S - 1.0, (SPENT,)).encode(),
    Supervision(BOOT, time.monotonic() + 1000.0, (SPENT,)).encode(),
    Supervision("another boot", time.monotonic(), (SPENT,)).encode(),
    b"", b"{", b"[]", b'{"boot": "x", "monotonic_s": 1, "faults": [{"code": "XX99", "detail": ""}]}',
    b"[" * 20_000, b" " * (MAX_BYTES + 1), b"\xff",
])
def test_a_word_without_a_watchdog_behind_it_is_not(tmp_path: Path, data: bytes) -> None:
    say(tmp_path, data)
    assert watchdog_faults(tmp_path) == ()


def test_no_word_is_no_fault(tmp_path: Path) -> None:
    assert watchdog_faults(tmp_path) == ()


def test_what_is_written_is_read() -> None:
    word = Supervision("boot", 12.5, (SPENT, ActiveFault(FaultCode.KIOSK_FROZEN, "kiosk")))
    assert decode(word.encode()) == word


def test_the_status_command_shows_it_when_there_is_no_service(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = (Path(__file__).parents[2] / "terminal.example.toml").read_text(encoding="utf-8")
    config = tmp_path / "terminal.toml"
    config.write_text(set_keys(example, {"terminal.state_directory": str(tmp_path)}), encoding="utf-8")
    say(tmp_path, Supervision(BOOT, time.monotonic(), (SPENT,)).encode())
    assert status.main(["--config", str(config)]) == status.EXIT_FAILED
    assert "WD05" in capsys.readouterr().out
    assert status.main(["--config", str(config), "--json"]) == status.EXIT_FAILED
    shown = json.loads(capsys.readouterr().out)["watchdog"]
    assert [(each["code"], each["detail"], each["severity"]) for each in shown] == [("WD05", "service", "critical")]


def test_a_watchdog_that_cannot_write_its_folder_takes_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    good = tmp_path / "state" / "watchdog"
    assert runtime_folder(good) == good
    (tmp_path / "file").touch()
    other = runtime_folder(tmp_path / "file" / "watchdog")
    assert other.parent == tmp_path
    assert other.stat().st_mode & 0o777 == 0o700
    assert runtime_folder(tmp_path / "file" / "watchdog") == other, "the second watchdog meets the first one's lock"
    other.chmod(0o755)
    with pytest.raises(PermissionError, match="somebody else"):
        runtime_folder(tmp_path / "file" / "watchdog")
