"""The key of checkpoints: Ed25519 as the standard has it, kept in a file that nobody else reads."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from terminal.journal.checkpoint_signer import Ed25519Signer, file_signer
from terminal.ports.signer import SigningKeyBroken

SECRET = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
PUBLIC = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
SIGNATURE = (
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)
"""RFC 8032, 7.1, test 3: the message is the bytes af 82."""


def test_signatures_are_those_of_the_standard() -> None:
    signer = Ed25519Signer(SECRET)
    assert signer.public_key.hex() == PUBLIC
    assert signer.sign(b"\xaf\x82").hex() == SIGNATURE
    assert signer.verifies(bytes.fromhex(PUBLIC), b"\xaf\x82", bytes.fromhex(SIGNATURE))


def test_what_does_not_verify_is_said_and_never_raised() -> None:
    signer, public, signature = Ed25519Signer(SECRET), bytes.fromhex(PUBLIC), bytes.fromhex(SIGNATURE)
    assert not signer.verifies(public, b"\xaf\x83", signature)
    assert not signer.verifies(public, b"\xaf\x82", signature[:-1])
    assert not signer.verifies(public, b"\xaf\x82", bytes(64))
    assert not signer.verifies(public[:-1], b"\xaf\x82", signature)
    assert not signer.verifies(bytes(32), b"\xaf\x82", signature)
    assert not signer.verifies(b"\xff" * 32, b"\xaf\x82", signature)
    assert not signer.verifies(Ed25519Signer(bytes(32)).public_key, b"\xaf\x82", signature)


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.key"
    made = file_signer(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert file_signer(path).public_key == made.public_key
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    (tmp_path / "other").mkdir()
    assert file_signer(tmp_path / "other" / "checkpoint.key").public_key != made.public_key


def test_half_a_key_left_by_a_power_cut_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.key"
    (tmp_path / "checkpoint.key.fresh").write_text("00ff")
    made = file_signer(path)
    assert file_signer(path).public_key == made.public_key


@pytest.mark.parametrize(
    "text", ["", "00", "0" * 63, "0" * 65, "0" * 66, "g" * 64, "ж" * 32, "0" * 64 + "\n\n", "0" * 99999])
def test_a_damaged_key_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "checkpoint.key"
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SigningKeyBroken, match="damaged"):
        file_signer(path)
    assert path.read_text(encoding="utf-8") == text


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.key"
    file_signer(path)
    path.chmod(0o640)
    with pytest.raises(SigningKeyBroken, match="0600"):
        file_signer(path)
