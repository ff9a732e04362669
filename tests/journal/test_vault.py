"""The vault opens what it sealed, in its place, with its key, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.journal.vault import FileVault
from terminal.ports.vault import VaultBroken

TEXT = "Иванов Иван Иванович, ул. Мира, 1".encode()


def test_what_is_sealed_opens_in_its_place_after_a_restart(tmp_path: Path) -> None:
    sealed = FileVault(tmp_path / "key").seal(TEXT, "T-0001-p000000001")
    assert TEXT[:12] not in sealed
    assert FileVault(tmp_path / "key").open(sealed, "T-0001-p000000001") == TEXT
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_the_same_text_is_never_sealed_to_the_same_bytes(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "key")
    assert len({vault.seal(TEXT, "a") for _ in range(50)}) == 50


def test_the_key_file_is_its_owners_only(tmp_path: Path) -> None:
    FileVault(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(VaultBroken, match="owner only"):
        FileVault(tmp_path / "key")


def test_another_place_does_not_open(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "key")
    with pytest.raises(VaultBroken, match="altered or belongs elsewhere"):
        vault.open(vault.seal(TEXT, "T-0001-p000000001"), "T-0001-p000000002")


def test_another_key_does_not_open(tmp_path: Path) -> None:
    sealed = FileVault(tmp_path / "key").seal(TEXT, "a")
    with pytest.raises(VaultBroken):
        FileVault(tmp_path / "other").open(sealed, "a")


def test_every_bit_counts(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "key")
    sealed = vault.seal(b"x", "a")
    for index in range(len(sealed) * 8):
        altered = bytearray(sealed)
        altered[index // 8] ^= 1 << index % 8
        with pytest.raises(VaultBroken):
            vault.open(bytes(altered), "a")


def test_a_second_key_seals_and_the_first_still_opens(tmp_path: Path) -> None:
    key = tmp_path / "key"
    old = FileVault(key).seal(TEXT, "a")
    key.write_text(key.read_text() + "2 " + "ab" * 32 + "\n")
    vault = FileVault(key)
    fresh = vault.seal(TEXT, "a")
    assert (old[1], fresh[1]) == (1, 2)
    assert vault.open(old, "a") == vault.open(fresh, "a") == TEXT


DAMAGED = ["", "1\n", "1 zz\n", f"0 {'ab' * 32}\n", f"256 {'ab' * 32}\n", f"1 {'ab' * 16}\n", "ж\n"]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_key_file_is_said_so_and_left_alone(tmp_path: Path, text: str) -> None:
    key = tmp_path / "key"
    key.write_text(text, encoding="utf-8")
    key.chmod(0o600)
    with pytest.raises(VaultBroken):
        FileVault(key)
    assert key.read_text(encoding="utf-8") == text


def test_a_key_file_half_written_before_a_cut_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "key.fresh").write_text("1 ab")
    sealed = FileVault(tmp_path / "key").seal(TEXT, "a")
    assert FileVault(tmp_path / "key").open(sealed, "a") == TEXT


@given(st.binary(max_size=120))
def test_any_bytes_are_broken_never_a_crash(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    vault = FileVault(tmp_path_factory.getbasetemp() / "key-of-noise")
    with pytest.raises(VaultBroken):
        vault.open(data, "a")
