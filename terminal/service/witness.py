"""Has the journal witnessed: signs checkpoints of it, has the billing host counter-sign them, and compares.

A chain cannot show that records were cut off its end, nor that it lives on in two places; the host, which has seen
later or other records, can. What it says counts only as far as it is proved: the checkpoint that it holds against us
must bear our own signature. Then cash is closed, durably, until the host goes on counter-signing this journal, which
after such a finding only a person at the host can bring about. Nothing is repaired here by a guess. Silence closes
nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from contracts.checkpoint import (
    NOWHERE,
    Checkpoint,
    Countersignature,
    Position,
    SignedCheckpoint,
    key_id,
    signed_from_text,
)
from contracts.faults import FaultCode
from contracts.identifiers import TerminalId
from terminal.payments.facts import CheckpointContradicted, CheckpointWitnessed, ReceiptRegistered
from terminal.ports.processing import Contradicted, NotOffered, Processing, Refused, TransferError, Witnessed
from terminal.ports.records import Journal
from terminal.ports.signer import Signer
from terminal.service.health import Health
from terminal.service.payment_book import PaymentBook

log = logging.getLogger(__name__)

FIRST_S = 1.0
"""The devices are asked before the host."""
EVERY_S = 300.0
"""How often a journal that has grown is witnessed, payments or not."""
RETRY_S = 60.0
"""Pause after silence, and while cash is closed: the person who opens it acts at the host."""
NOT_OFFERED_S = 24 * 3600.0
QUIET_LOOK_S = 1.0
"""How soon is looked again while a client's money is under way."""
FIRST_WORD_S = 5.0
"""The first payment of a process waits this long for the host's word on the journal."""
UNKNOWN_KEY = "unknown-key"
"""Refusal of a host that knows the terminal with another key."""
_CLOSING = (FaultCode.JOURNAL_ROLLED_BACK, FaultCode.JOURNAL_FORKED, FaultCode.JOURNAL_KEY_FOREIGN)


class Witness:
    """One journal, one key, one host. `trusted` is the host's public key in hexadecimal; when empty, the key of the
    first counter-signature in the journal is trusted."""

    def __init__(
        self, journal: Journal, book: PaymentBook, processing: Processing, signer: Signer, health: Health,
        terminal: TerminalId, trusted: str, quiet: Callable[[], bool], now_s: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._book = book
        self._processing = processing
        self._signer = signer
        self._health = health
        self._terminal = terminal
        self._trusted = trusted
        self._quiet = quiet
        self._now_s = now_s
        self._start = 0
        self._base = NOWHERE
        self._last: Checkpoint | None = None
        self._settled = 0
        """The newest record when the last counter-signature was written down."""
        self._closed: FaultCode | None = None
        self._offered: bool | None = None
        self._not_before_s = 0.0
        self._again_s = EVERY_S
        self._woken = asyncio.Event()
        self._first = asyncio.Event()

    def begin(self) -> None:
        """Recall what the journal says, right after the record with which this process begins."""
        self._start = self._journal.newest()
        witnessed = self._journal.latest(CheckpointWitnessed.kind)
        contradicted = self._journal.latest(CheckpointContradicted.kind)
        if isinstance(witnessed, CheckpointWitnessed):
            self._recall(witnessed)
        if isinstance(contradicted, CheckpointContradicted):
            agreed = self._last is not None and self._last.position.sequence > contradicted.newest
            if not agreed:
                self._closed = FaultCode(contradicted.code)
                self._health.raise_fault(self._closed, contradicted.detail)

    def payment_ended(self) -> None:
        """A payment has come to its end: have that witnessed soon."""
        self._woken.set()

    async def first_word(self) -> None:
        """Until the host has been asked once in this process, answer or silence, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_WORD_S):
                await self._first.wait()

    def report(self) -> dict[str, Any]:
        """For the status: whether the host offers it, and the newest checkpoint that it has counter-signed."""
        last = self._last
        return {
            "offered": self._offered,
            "sequence": last.position.sequence if last else 0,
            "at": last.at if last else None,
            "closed_by": self._closed,
        }

    async def run(self) -> None:
        """Have the journal witnessed for ever, out of the way of whoever pays."""
        await asyncio.sleep(FIRST_S)
        await self._exchange()
        self._first.set()
        while True:
            await self._pause()
            while not self._quiet():
                await asyncio.sleep(QUIET_LOOK_S)
            if self._due():
                await self._exchange()

    def _due(self) -> bool:
        return self._now_s() >= self._not_before_s and self._journal.newest() > self._settled

    async def _pause(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._again_s):
                await self._woken.wait()
        self._woken.clear()

    async def _exchange(self) -> None:
        """One checkpoint to the host, and once more if the host goes on from elsewhere in this very journal."""
        try:
            await self._ask()
        except NotOffered as error:
            log.info("checkpoints_not_offered why=%s", error.detail)
            self._offered = False
            self._not_before_s = self._now_s() + NOT_OFFERED_S
            self._again_s = EVERY_S
        except TransferError as error:
            log.info("checkpoint_unanswered why=%s", error.detail)
            self._again_s = RETRY_S
        else:
            self._offered = True
            self._again_s = EVERY_S if self._closed is None else RETRY_S

    async def _ask(self) -> None:
        """Raises `TransferError`."""
        signed = self._signed()
        answer = await self._processing.witness(signed)
        forgotten = 0
        if isinstance(answer, Contradicted):
            seen = self._compare(answer.seen)
            if seen is None:
                return
            forgotten = self._base.sequence if seen.sequence < self._base.sequence else 0
            self._base = seen
            signed = self._signed()
            answer = await self._processing.witness(signed)
        match answer:
            case Witnessed(by=by, first=first):
                expected = self._closed is not None
                self._witnessed(signed, by, self._base.sequence if first and not expected else forgotten)
            case Contradicted():
                self._doubt("the host does not go on from the checkpoint that it holds")
            case Refused(code=code) if code == UNKNOWN_KEY:
                detail = f"key {key_id(self._signer.public_key)}"
                self._close(FaultCode.JOURNAL_KEY_FOREIGN, detail, None)
            case Refused(code=code):
                self._doubt(f"refused: {code}")

    def _compare(self, seen: SignedCheckpoint) -> Position | None:
        """What the host holds against us: where it stands in this journal, or None, and then what that means has
        been told."""
        if not self._is_ours(seen):
            self._doubt("the host holds a checkpoint that is not ours")
            return None
        position, newest = seen.checkpoint.position, self._journal.newest()
        if position.sequence > newest:
            detail = f"record {newest}, witnessed {position.sequence} at {seen.checkpoint.at}"
            self._close(FaultCode.JOURNAL_ROLLED_BACK, detail, seen)
            return None
        if self._journal.position(position.sequence) != position:
            detail = f"record {position.sequence} was witnessed at {seen.checkpoint.at} as another one"
            self._close(FaultCode.JOURNAL_FORKED, detail, seen)
            return None
        return position

    def _witnessed(self, signed: SignedCheckpoint, by: Countersignature, forgotten: int) -> None:
        key, signature = bytes.fromhex(by.public_key), bytes.fromhex(by.signature)
        if self._trusted not in ("", by.public_key):
            self._doubt(f"counter-signed with the key {key_id(key)}")
            return
        if not self._signer.verifies(key, signed.witness_message(), signature):
            self._doubt("the counter-signature does not hold")
            return
        self._trusted = by.public_key
        self._last, self._base = signed.checkpoint, signed.checkpoint.position
        self._book.record(CheckpointWitnessed(signed.text(), by.public_key, by.signature))
        self._open()
        if forgotten:
            self._doubt(f"the host had forgotten the checkpoint of record {forgotten}")
        else:
            self._health.clear(FaultCode.WITNESS_UNRELIABLE)
        self._settled = self._journal.newest()

    def _recall(self, fact: CheckpointWitnessed) -> None:
        """Go on from the last counter-signature, which must still be true of this journal."""
        try:
            checkpoint = signed_from_text(fact.signed).checkpoint
        except ValueError as error:
            self._close(FaultCode.JOURNAL_FORKED, f"the last W10 cannot be read: {error}", None)
            return
        self._last, self._base = checkpoint, checkpoint.position
        self._trusted = self._trusted or fact.witness_key
        if self._journal.position(self._base.sequence) != self._base:
            detail = f"record {self._base.sequence} is not the one that was witnessed"
            self._close(FaultCode.JOURNAL_FORKED, detail, signed_from_text(fact.signed))

    def _signed(self) -> SignedCheckpoint:
        """The journal as it is now, going on from what the host is thought to hold."""
        journal = self._journal
        receipt = journal.latest(ReceiptRegistered.kind)
        registered = receipt if isinstance(receipt, ReceiptRegistered) else None
        position = journal.position(journal.newest())
        assert position is not None, "a process begins with a record"
        checkpoint = Checkpoint(
            terminal=self._terminal,
            key=key_id(self._signer.public_key),
            start=self._start,
            position=position,
            base=self._base,
            balances={account.value: balance.kopecks for account, balance in journal.balances().items()},
            cassette=sum(value.kopecks * count for value, count in journal.cassette().items()),
            at=self._book.stamp(),
            storage=registered.storage if registered else "",
            document=registered.document if registered else 0,
        )
        signature = self._signer.sign(checkpoint.message())
        return SignedCheckpoint(checkpoint, self._signer.public_key.hex(), signature.hex())

    def _is_ours(self, seen: SignedCheckpoint) -> bool:
        ours = self._signer.public_key
        return (
            seen.checkpoint.terminal == self._terminal and seen.public_key == ours.hex()
            and self._signer.verifies(ours, seen.checkpoint.message(), bytes.fromhex(seen.signature))
        )

    def _close(self, code: FaultCode, detail: str, seen: SignedCheckpoint | None) -> None:
        """Close cash. The record keeps it closed over restarts."""
        if self._closed is not code:
            log.critical("journal_contradicted code=%s detail=%s", code, detail)
            self._book.record(CheckpointContradicted(
                code, self._journal.newest(), seen.text() if seen else "", detail, self._book.stamp()))
        self._closed = code
        for each in _CLOSING:
            if each is code:
                self._health.raise_fault(code, detail)
            else:
                self._health.clear(each)

    def _open(self) -> None:
        """The host goes on from here: whoever had to decide has decided."""
        if self._closed is not None:
            log.warning("journal_agreed code=%s", self._closed)
        self._closed = None
        for each in _CLOSING:
            self._health.clear(each)

    def _doubt(self, detail: str) -> None:
        self._health.raise_fault(FaultCode.WITNESS_UNRELIABLE, detail)
