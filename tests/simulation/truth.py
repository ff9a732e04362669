"""The checkers: what the books say against what the devices, the host and the clients know, after every commit.

The books are kept here a second time, from the records alone and by other code than the product's, and compared with
the product's own identities, with the notes in the cassette, the documents in the fiscal storage and the payments at
the host. The numbers are those of the identities in `docs/reliability.md`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

import apsw

from contracts.identifiers import PaymentNumber
from contracts.pages import Page
from simulator.bill_acceptor.mechanism import Position
from terminal.devices.ccnet.wire import Status, encode_frame
from terminal.journal.opening import OpenedJournal
from terminal.journal.outbox import SqliteOutbox
from terminal.journal.payment_journal import SqliteJournal
from terminal.payments import facts as f
from terminal.payments.codec import from_body
from terminal.ports.records import BrokenIdentity, RecordView, StoreFailed
from tests.simulation.append_files import SimulatedFolder
from tests.simulation.books import Books
from tests.simulation.crash import Dead
from tests.simulation.evidence import Evidence, accusations, wrong_accounts, wrong_mirror, wrong_page
from tests.support.terminal_world import TERMINAL

if TYPE_CHECKING:
    from tests.simulation.world import World

IN_THE_STACKER = encode_frame(bytes((Status.POWER_UP_BILL_IN_STACKER,)))
"""The acceptor's answer after it had lost its power with a note behind the exit sensor."""
LONGEST_WAIT_S = 110.0
"""A note on its way at an acceptor that is out of reach is disputed sooner: twice the time that it is waited for, once
for the silence and once more when the client goes, and some seconds."""
VIOLATIONS_LIMIT = 20
"""A run that has gone wrong so often is told no further."""
RECORDS_AT_ONCE = 1_000_000
MIRROR = "second-journal"
GENESIS = sha256(b"\x01" + TERMINAL.encode()).digest()


class Truth:
    """Everything that is not as it should be, in words, in `violations`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.violations: list[str] = []
        self.books = Books()
        self.evidence = Evidence(lambda: world.register.machine.printer.tape)
        self.acknowledged = 0
        """Number of the newest record that somebody was told of."""
        self.newest: tuple[str, ...] = ()
        """The kinds of the records of the newest step."""
        self._out_of_reach: tuple[int, float] | None = None
        """Life and time since which a note is waited for while the line to the acceptor is out."""
        self._acknowledged_link = GENESIS
        self._link = GENESIS
        self._journal: SqliteJournal
        self._outbox: SqliteOutbox

    def broken(self, text: str) -> None:
        if len(self.violations) < VIOLATIONS_LIMIT:
            at = self.world.loop.time()
            self.violations.append(f"{at:.3f} s, life {self.world.lives}: {text}")
            self.world.watch("violation", text.encode())

    def opened(self, opened: OpenedJournal) -> None:
        """A fresh process has read the disk: nothing acknowledged may be missing, and the books must follow."""
        self._journal = opened.journal
        self._outbox = opened.outbox
        head, link = opened.journal.head
        if head < self.acknowledged:
            self.broken(f"record {self.acknowledged} was acknowledged, the journal ends at {head}")
            return
        if head < self.books.sequence or (head == self.books.sequence and link != self._link):
            # A step that a dying process left without a sync was there at the last opening and is gone now, or was
            # followed by another: nobody was told of it.
            self._read_again()
        self._read(opened.broken)

    def _read_again(self) -> None:
        """Begin the books anew, up to what was acknowledged."""
        self.books, self.evidence = self.books.anew(), self.evidence.anew()
        self._link = GENESIS
        for record in self._journal.records_after(0, self.acknowledged):
            self._enter(record)
        if self._link != self._acknowledged_link:
            self.broken(f"record {self.acknowledged} is not the one that was acknowledged")

    def committed(self) -> tuple[str, ...]:
        """A step is durable and about to be acknowledged. Returns the kinds of its records."""
        kinds = self._read(self._journal.broken_identities())
        if f.NoteReturned.kind in kinds:
            self._look_for_the_returned()
        if f.NoteDisputed.kind in kinds and self.world.acceptor_cable.told == IN_THE_STACKER:
            self.broken("a note is disputed of which the acceptor has just said that it is in the stacker")
        self.acknowledged, self._acknowledged_link, self.newest = self.books.sequence, self._link, kinds
        return kinds

    def _read(self, found: Iterable[BrokenIdentity]) -> tuple[str, ...]:
        """Enter the records that are new, as they stand in the file; returns their kinds. `found` is what the product
        itself has found broken."""
        records = self._journal.records_after(self.books.sequence, RECORDS_AT_ONCE)
        for record in records:
            self._enter(record)
        number, link = self._journal.head
        if (number, link) != (self.books.sequence, self._link):
            self.broken(f"identity 9: the chain at record {number} is not that of its records")
        self._look(found)
        return tuple(record.kind for record in records)

    def fell(self, halted: str, crash: BaseException | None) -> None:
        """The process has ended itself: allowed only when the store did not confirm."""
        if crash is not None and not (self.world.store_was_disturbed and _only_store(crash)):
            self.broken(f"the service crashed: {crash!r}")
        elif crash is None and not self.world.store_was_disturbed:
            self.broken(f"the service halted on a sound disk: {halted}")

    def _enter(self, record: RecordView) -> None:
        self._link = _linked(self._link, record)
        fact = from_body(record.kind, record.body)
        for text in self.books.enter(fact, record.sequence):
            self.broken(text)
        for text in self.evidence.enter(record, fact, self.books):
            self.broken(text)

    def _look(self, found: Iterable[BrokenIdentity]) -> None:
        """The identities of the product, and the truth of the devices and the host, at this very instant."""
        for each in found:
            if not self._is_unreadable(each):
                self.broken(f"identity {each.number}: {each.text}")
        physical = self.world.notes_in_cassettes()
        for value, count in self.books.booked.items():
            if count > physical[value]:
                self.broken(f"identity 2: {count} notes of {value} booked, {physical[value]} in the cassettes")
        documents = self.world.receipts
        if len(documents) < len(self.books.documents):
            self.broken(f"identity 5: {len(self.books.documents)} F20, {len(documents)} receipts in the storage")
        for text in wrong_accounts(self._journal.balances(), self.books):
            self.broken(text)

    def _look_for_the_returned(self) -> None:
        """A note has just been recorded as given back: nothing may lie behind the exit sensor that no record knows."""
        if self.books.surplus_is_told:
            return
        places, inside = self.world.acceptor.places, self.world.notes_in_cassettes()
        if places.position is Position.PASSED:
            inside[places.note] += 1
        known = self.books.booked + self.books.disputed_notes() + self.books.pending_notes()
        for value, count in (inside - known - self.world.stacked_by_hand).items():
            self.broken(f"identity 2: a note is given back by the records while {count} of {value} are in and unknown")

    def ordered_in(self, rubles: int) -> None:
        """The acceptor obeys an order to stack: a record must have said so before."""
        if not self.books.pending_notes()[rubles]:
            self.broken(f"a note of {rubles} is ordered into the cassette, and no record says so")

    def look_at_the_time(self) -> None:
        """To be called now and then: nothing is waited for without end."""
        world, now = self.world, self.world.loop.time()
        if not self.books.pending_notes() or world.acceptor_cable.is_plugged or world.page is None:
            self._out_of_reach = None
        elif self._out_of_reach is None or self._out_of_reach[0] != world.lives:
            self._out_of_reach = world.lives, now
        elif now - self._out_of_reach[1] > LONGEST_WAIT_S:
            self._out_of_reach = world.lives, now
            self.broken(f"a note is waited for for more than {LONGEST_WAIT_S:.0f} s at an acceptor that is silent")

    def _is_unreadable(self, broken: BrokenIdentity) -> bool:
        """Whether it says no more than that the disk could not be read, which closes cash and loses nothing."""
        return self.world.store_was_disturbed and broken.text.startswith("IOError")

    def shows(self, page: Page) -> None:
        """A client looks at a page."""
        text = wrong_page(page, self.books)
        if text:
            self.broken(text)

    def settle(self) -> None:
        """After the calm: nothing open, nothing unexplained."""
        self._settle_cash()
        self._settle_receipts()
        self._settle_transfers()
        self._settle_chain()
        for each in self._journal._check.whole_pass():
            self.broken(f"identity {each.number}: {each.text}")
        unsent = self._outbox.totals()
        if unsent.count:
            self.broken(f"identity 6: {unsent.count} rows are unsent after the calm")
        for number in self.books.unfinished():
            self.broken(f"payment {number} is still open after the calm: {self.books.story(number)}")
        life = self.world.life
        if life is not None and life.service is not None:
            for text in accusations(life.service.health.faults, self.world.host_line.mixed_up):
                self.broken(text)

    def _settle_cash(self) -> None:
        physical, booked = self.world.notes_in_cassettes(), self.books.booked
        disputed = self.books.disputed_notes() + self.world.stacked_by_hand
        for value in physical | booked | disputed:
            most = physical[value] if self.books.surplus_is_told else booked[value] + disputed[value]
            if not booked[value] <= physical[value] <= most:
                self.broken(
                    f"identity 2: {physical[value]} notes of {value} lie in the cassettes, {booked[value]} are booked"
                    f" and {disputed[value]} disputed"
                )
        for case, text in self.books.badly_assigned:
            self.broken(f"identity 8: case {case}: {text}")

    def _settle_receipts(self) -> None:
        ours = sorted((document, total) for document, (_, total) in self.books.documents.items())
        theirs = sorted((each.number, each.total) for each in self.world.receipts)
        if ours != theirs:
            self.broken(f"identity 5: documents {ours} are recorded, the storage holds {theirs}")

    def _settle_transfers(self) -> None:
        rows = self.world.host.store.connection.execute(
            "SELECT key, kopecks, answer ->> 'operation' FROM operation WHERE kind = 'payment' AND accepted"
            " ORDER BY key"
        )
        theirs = {key: (kopecks, operation) for key, kopecks, operation in rows}
        ours = self.books.transferred()
        for key in sorted(ours.keys() | theirs.keys()):
            mine, held = ours.get(key), theirs.get(key)
            if mine != held:
                self.broken(f"identity 7: of {key} is recorded as accepted {mine}, the host holds {held}")

    def _settle_chain(self) -> None:
        """The whole file once more, from the first record."""
        link = GENESIS
        records = self._journal.records_after(0, RECORDS_AT_ONCE)
        for record in records:
            link = _linked(link, record)
        folder = SimulatedFolder(self.world.disk, MIRROR)
        for text in wrong_mirror(folder, TERMINAL, {each.sequence: each for each in records}):
            self.broken(text)
        if link != self._journal.head[1]:
            self.broken("identity 9: the chain over the whole file does not end where the journal says")
        files = [each for name, each in self.world.disk.files.items() if name.startswith(f"{MIRROR}/")]
        if len(files) > 1 + sum(each.out_of_order for each in files) and not self.world.store_was_disturbed:
            self.broken(f"a sound disk has damaged the second journal: {', '.join(folder.names())}")

    def open_payments(self) -> tuple[PaymentNumber, ...]:
        """Payments of which something is still to come, a dispute apart."""
        return self.books.unfinished()


def _only_store(error: BaseException) -> bool:
    """Whether a process ended by nothing but a store that failed it."""
    if isinstance(error, BaseExceptionGroup):
        return all(_only_store(each) for each in error.exceptions)
    return isinstance(error, StoreFailed | apsw.Error | Dead | asyncio.CancelledError)


def _linked(link: bytes, record: RecordView) -> bytes:
    """The chain one record further, as `docs/reliability.md` defines it."""
    text = f"{record.sequence}\n{record.at}\n{record.kind}\n{record.payment or 0}\n{record.body}"
    return sha256(b"\x00" + link + text.encode()).digest()
