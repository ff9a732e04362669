"""The second journal: it serves to finish what is unfinished, and opens nothing that was erased."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from contracts.identifiers import PaymentNumber
from terminal.journal.database import log_path
from terminal.journal.mirror_files import DiskFolder
from terminal.journal.mirror_reading import read_mirror
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.journal.repair import repair
from terminal.journal.vault import FileVault
from terminal.payments.facts import DataErased, KeysRenewed, PaymentCreated, PaymentVoided
from terminal.ports.records import Sealed, Step
from terminal.ports.vault import DataKey, SealedField, VaultBroken
from tests.journal import steps
from tests.journal.steps import NOON, NOTE, SMALL_BALLAST_BYTES, TERMINAL, ScriptedClock

PLAINTEXT = b'{"account":"2900000023"}'
UNSENT, LEFT = 1, 2


def opened(directory: Path) -> OpenedJournal:
    place = DiskFolder(directory / "journal.mirror")
    return open_journal(
        directory / "journal.db", TERMINAL, ScriptedClock(), ballast_bytes=SMALL_BALLAST_BYTES, mirror=place
    )


def sealed_by(vault: FileVault, number: int) -> Step:
    """S00 as the service writes it."""
    owner = steps.key(number)
    key = vault.data_key(owner)
    ciphertext = vault.seal(PLAINTEXT, key, SealedField.CLIENT)
    digest = sha256(ciphertext).hexdigest()
    fact = PaymentCreated(PaymentNumber(number), owner, digest, "0023", NOTE, NOTE, NOON.isoformat())
    return Step((fact,), sealed=(Sealed(digest, ciphertext),), keys=(key,))


def lived_through(directory: Path) -> FileVault:
    """One payment is funded and not sent, one was given up; its data is erased and the epoch over."""
    vault, journal = FileVault(directory / "vault.key"), opened(directory)
    append = journal.journal.append
    append(sealed_by(vault, UNSENT))
    for step in (steps.checked(UNSENT), steps.asked(UNSENT), steps.stacked(UNSENT), steps.funded(UNSENT)):
        append(step)
    left = sealed_by(vault, LEFT)
    append(left)
    append(Step((PaymentVoided(PaymentNumber(LEFT), "the client left"),)))
    append(Step((DataErased(steps.key(LEFT), left.sealed[0].digest, vault.epoch, NOON.isoformat()),)))
    vault.begin_epoch()
    renewed = tuple(vault.rewrapped(each) for each in journal.journal.data_keys_before(vault.epoch, 100))
    append(Step((KeysRenewed(vault.epoch, len(renewed), NOON.isoformat()),), keys=renewed))
    journal.journal.rest()
    vault.destroy_before(vault.epoch)
    journal.journal.close()
    return vault


def opening(vault: FileVault, key: DataKey, ciphertext: bytes) -> bytes | None:
    try:
        return vault.open(ciphertext, key, SealedField.CLIENT)
    except VaultBroken:
        return None


def mirrored(directory: Path) -> Iterator[tuple[DataKey, bytes]]:
    """Every wrapped key in the second journal with every sealed datum in it."""
    lines = [
        line.split(" ")
        for frame in read_mirror(DiskFolder(directory / "journal.mirror")).frames.values()
        for line in frame.rest
    ]
    keys = [DataKey(line[1], int(line[2]), bytes.fromhex(line[3])) for line in lines if line[0] == "K"]
    data = [bytes.fromhex(line[2]) for line in lines if line[0] == "S"]
    assert len(keys) == 3
    assert len(data) == 2
    yield from ((key, ciphertext) for key in keys for ciphertext in data)


def test_the_second_journal_opens_only_what_is_needed(tmp_path: Path) -> None:
    vault = lived_through(tmp_path)
    found = [(key.owner, key.epoch) for key, data in mirrored(tmp_path) if opening(vault, key, data) is not None]
    assert found == [(steps.key(UNSENT), 2)]


def test_an_unsent_payment_can_be_finished_from_the_second_journal_alone(tmp_path: Path) -> None:
    vault = lived_through(tmp_path)
    (tmp_path / "journal.db").unlink()
    os.unlink(log_path(tmp_path / "journal.db"))
    repair(tmp_path / "journal.db", tmp_path / "journal.mirror")
    journal = opened(tmp_path).journal
    (facts,) = journal.open_payments().values()
    created = facts[0]
    assert isinstance(created, PaymentCreated)
    key, ciphertext = journal.data_key(steps.key(UNSENT)), journal.sealed(created.sealed_account)
    assert key is not None
    assert ciphertext is not None
    assert vault.open(ciphertext, key, SealedField.CLIENT) == PLAINTEXT
    assert journal.data_key(steps.key(LEFT)) is None
    journal.close()
