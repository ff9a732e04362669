"""The vault opens what it sealed, in its place, with its keys, as long as their epoch lives, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.journal.vault import RING_NAME, FileVault
from terminal.ports.vault import DataKey, SealedField, VaultBroken

TEXT = "Иванов Иван Иванович, ул. Мира, 1".encode()
OWNER, OTHER = "T-0001-p000000001", "T-0001-p000000002"
CLIENT = SealedField.CLIENT
FIRST_FORM = (
    "0101000102030405060708090a0b9d39fdd7ee736e71de8a1d5c9af7cdd8389b67abe0cca38a2c9e6a18d49d17a4ef8ea4db"
    "0cd47e0e34da7cdcdc0eaf39de4f815e87e50de0fddfc6f63befc907225ecd12a8136f4934"
)
"""`TEXT` of `OWNER` as the first version of the vault sealed it under the root 5a…5a."""


def sealed_once(vault: FileVault) -> tuple[DataKey, bytes]:
    key = vault.data_key(OWNER)
    return key, vault.seal(TEXT, key, CLIENT)


def test_what_is_sealed_opens_in_its_place_after_a_restart(tmp_path: Path) -> None:
    key, sealed = sealed_once(FileVault(tmp_path / "key"))
    assert TEXT[:12] not in sealed
    assert FileVault(tmp_path / "key").open(sealed, key, CLIENT) == TEXT
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", RING_NAME]


def test_the_same_text_is_never_sealed_to_the_same_bytes(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "key")
    key = vault.data_key(OWNER)
    assert len({vault.seal(TEXT, key, CLIENT) for _ in range(50)}) == 50
    assert len({vault.data_key(OWNER).wrapped for _ in range(50)}) == 50


def test_given_the_same_randomness_everything_is_the_same(tmp_path: Path) -> None:
    def sealed_in(name: str) -> tuple[DataKey, bytes]:
        (tmp_path / name).mkdir()
        numbers = count()
        return sealed_once(FileVault(tmp_path / name / "key", lambda size: next(numbers).to_bytes(size, "big")))

    assert sealed_in("a") == sealed_in("b")


@pytest.mark.parametrize("name", ["key", RING_NAME])
def test_key_files_are_their_owners_only(tmp_path: Path, name: str) -> None:
    FileVault(tmp_path / "key")
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    (tmp_path / name).chmod(0o640)
    with pytest.raises(VaultBroken, match="owner only"):
        FileVault(tmp_path / "key")


def test_another_owner_field_or_key_does_not_open(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "key")
    key, sealed = sealed_once(vault)
    with pytest.raises(VaultBroken, match="altered or belongs elsewhere"):
        vault.open(sealed, replace(key, owner=OTHER), CLIENT)
    with pytest.raises(VaultBroken, match="altered or belongs elsewhere"):
        vault.open(sealed, key, SealedField.READINGS)
    with pytest.raises(VaultBroken, match="altered or belongs elsewhere"):
        vault.open(sealed, vault.data_key(OWNER), CLIENT)


def test_every_bit_of_data_and_key_counts(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "key")
    key = vault.data_key(OWNER)
    sealed = vault.seal(b"x", key, CLIENT)
    for index in range(len(sealed) * 8):
        with pytest.raises(VaultBroken):
            vault.open(flipped(sealed, index), key, CLIENT)
    for index in range(len(key.wrapped) * 8):
        with pytest.raises(VaultBroken):
            vault.open(sealed, replace(key, wrapped=flipped(key.wrapped, index)), CLIENT)


def flipped(data: bytes, bit: int) -> bytes:
    altered = bytearray(data)
    altered[bit // 8] ^= 1 << bit % 8
    return bytes(altered)


def test_an_epoch_that_is_over_takes_its_keys_with_it(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "key")
    key, sealed = sealed_once(vault)
    lost = vault.data_key(OTHER)
    assert vault.begin_epoch() == vault.epoch == 2
    assert FileVault(tmp_path / "key").open(sealed, key, CLIENT) == TEXT
    kept = vault.rewrapped(key)
    vault.destroy_before(2)
    for each in (vault, FileVault(tmp_path / "key")):
        assert each.open(sealed, kept, CLIENT) == TEXT
        for gone in (key, lost):
            with pytest.raises(VaultBroken, match="epoch 1 is destroyed"):
                each.rewrapped(gone)


def test_the_present_epoch_cannot_be_destroyed(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "key")
    with pytest.raises(ValueError, match="has not begun"):
        vault.destroy_before(2)
    assert vault.epoch == FileVault(tmp_path / "key").epoch == 1


def test_a_destroyed_epoch_is_overwritten_where_it_lay(tmp_path: Path) -> None:
    vault, ring = FileVault(tmp_path / "key"), tmp_path / RING_NAME
    old = ring.read_bytes()
    with ring.open("rb") as still_open:
        vault.begin_epoch()
        vault.destroy_before(2)
        assert still_open.read() == bytes(len(old))
    assert old.strip() not in ring.read_bytes()


def test_another_root_may_be_added_and_the_first_still_opens(tmp_path: Path) -> None:
    root = tmp_path / "key"
    key, sealed = sealed_once(FileVault(root))
    root.write_text(root.read_text() + "2 " + "ab" * 32 + "\n")
    vault = FileVault(root)
    vault.begin_epoch()
    assert [line.split()[1][:2] for line in (tmp_path / RING_NAME).read_text().splitlines()] == ["01", "02"]
    assert FileVault(root).open(sealed, key, CLIENT) == TEXT


def test_the_root_of_another_terminal_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    root, own = tmp_path / "key", tmp_path / "own"
    key, sealed = sealed_once(FileVault(root))
    root.rename(own)
    with pytest.raises(VaultBroken, match="is missing"):
        FileVault(root)
    (tmp_path / "elsewhere").mkdir()
    FileVault(tmp_path / "elsewhere" / "key")
    (tmp_path / "elsewhere" / "key").rename(root)
    with pytest.raises(VaultBroken, match="another terminal's"):
        FileVault(root)
    own.rename(root)
    assert FileVault(root).open(sealed, key, CLIENT) == TEXT


DAMAGED = ["", "1\n", "1 zz\n", f"0 {'ab' * 32}\n", f"256 {'ab' * 32}\n", f"1 {'ab' * 16}\n", "ж\n"]


@pytest.mark.parametrize("name", ["key", RING_NAME])
@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_key_file_is_said_so_and_left_alone(tmp_path: Path, text: str, name: str) -> None:
    FileVault(tmp_path / "key")
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(VaultBroken):
        FileVault(tmp_path / "key")
    assert (tmp_path / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["key", RING_NAME])
def test_a_key_file_half_written_before_a_cut_is_made_again(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.fresh").write_text("1 ab")
    key, sealed = sealed_once(FileVault(tmp_path / "key"))
    assert FileVault(tmp_path / "key").open(sealed, key, CLIENT) == TEXT


def test_data_sealed_before_owners_had_keys_still_opens(tmp_path: Path) -> None:
    root = tmp_path / "key"
    root.write_text(f"1 {'5a' * 32}\n")
    root.chmod(0o600)
    sealed = bytes.fromhex(FIRST_FORM)
    vault = FileVault(root)
    assert vault.open(sealed, DataKey(OWNER, 0, b""), CLIENT) == TEXT
    for owner, data in ((OTHER, sealed), (OWNER, flipped(sealed, 1)), (OWNER, flipped(sealed, 99)), (OWNER, b"")):
        with pytest.raises(VaultBroken):
            vault.open(data, DataKey(owner, 0, b""), CLIENT)


@given(st.binary(max_size=120))
def test_any_bytes_are_broken_never_a_crash(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    vault = FileVault(tmp_path_factory.getbasetemp() / "key-of-noise")
    for key in (vault.data_key(OWNER), DataKey(OWNER, 0, b""), DataKey(OWNER, 1, data), DataKey(OWNER, 9, data)):
        with pytest.raises(VaultBroken):
            vault.open(data, key, CLIENT)
