"""Listens to the bill acceptor.

Each observation is handled to the end, journal included, before the driver may confirm it to the device: whoever
iterates holds the acknowledgement back.
"""

from __future__ import annotations

import logging
from typing import assert_never

from contracts.faults import FaultCode
from terminal.payments.facts import CassetteMoved, DeviceSeen
from terminal.ports.bill_acceptor import (
    AcceptanceClosed,
    AcceptanceOpened,
    BillAcceptor,
    CassetteInserted,
    CassetteRemoved,
    Identified,
    NoteArriving,
    NoteInEscrow,
    NoteLost,
    NoteRejected,
    NoteReturned,
    NoteStacked,
    Observation,
    Reported,
    Situation,
    StackRefused,
)
from terminal.service.bill_table import detail_of
from terminal.service.cash_desk import CashDesk
from terminal.service.health import ACCEPTOR, Health
from terminal.service.payment_book import PaymentBook

log = logging.getLogger(__name__)

ROUBLES = ("RUS", "RUB")
"""How bill tables name the currency."""


class AcceptorListener:
    def __init__(self, acceptor: BillAcceptor, desk: CashDesk, book: PaymentBook, health: Health) -> None:
        self._acceptor = acceptor
        self._desk = desk
        self._book = book
        self._health = health

    async def run(self) -> None:
        """Listen for ever."""
        async for observation in self._acceptor.observations():
            self._observe(observation)

    def _observe(self, observation: Observation) -> None:
        desk = self._desk
        match observation:
            case NoteArriving():
                desk.arriving()
            case NoteInEscrow(note=note):
                desk.in_escrow(note.value)
            case NoteStacked(note=note):
                desk.stacked(note.value)
            case NoteReturned(note=note):
                desk.returned(note.value if note else None)
            case NoteLost(why=why):
                desk.lost(why)
            case AcceptanceOpened():
                desk.accepting()
            case AcceptanceClosed():
                desk.closed()
            case NoteRejected(reason=reason, raw=raw):
                log.info("note_rejected reason=%s raw=%02x", reason, raw)
                desk.rejected()
            case StackRefused():
                log.warning("stack_refused")
            case Situation() | Identified() | CassetteRemoved() | CassetteInserted() | Reported():
                self._observe_device(observation)
            case _:
                assert_never(observation)

    def _observe_device(
        self, observation: Situation | Identified | CassetteRemoved | CassetteInserted | Reported
    ) -> None:
        match observation:
            case Situation(found=found):
                self._desk.found(found)
            case Identified(identity=identity, notes=notes):
                self._desk.known = frozenset(note.value for note in notes if note.currency in ROUBLES)
                detail = detail_of(observation)
                self._health.device_seen(DeviceSeen(ACCEPTOR, identity.model, identity.serial, detail))
            case CassetteRemoved() | CassetteInserted():
                self._book.record(CassetteMoved(isinstance(observation, CassetteInserted), self._book.stamp()))
                # Notes of nobody went with the cassette; their records stay.
                self._health.clear(FaultCode.NOTE_UNASSIGNED)
                self._health.clear(FaultCode.NOTE_UNACCOUNTED)
            case Reported(report=report):
                self._health.report(report)
                self._desk.device_changed(report.state)
