"""What else must agree with the records: ledger, paper, page, closed days, the law's limit, the second journal.

Like the books it is kept from the records alone; the devices and the glass are looked at where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from contracts.faults import ActiveFault, FaultCode
from contracts.identifiers import PaymentNumber, TerminalId
from contracts.money import Money
from contracts.pages import Page, PageKind
from simulator.fiscal_register.tape import QrCode
from terminal.journal.mirror_shelf import MirrorDamaged, Shelf
from terminal.payments import facts as f
from terminal.payments.facts import Fact
from terminal.payments.postings import LedgerAccount
from terminal.ports.append_files import AppendFolder
from terminal.ports.records import RecordView
from tests.simulation.books import KOPECKS, Books
from tests.simulation.clients import ACCOUNTS

if TYPE_CHECKING:
    from simulator.fiscal_register.tape import Strip

_ACCUSATIONS = frozenset(
    {
        FaultCode.JOURNAL_CHAIN_BROKEN, FaultCode.JOURNAL_IDENTITY_BROKEN, FaultCode.JOURNAL_ROLLED_BACK,
        FaultCode.JOURNAL_FORKED, FaultCode.JOURNAL_KEY_FOREIGN, FaultCode.WITNESS_UNRELIABLE,
    }
)


class Evidence:
    """`enter` takes the same records as the books, after them, and tells what does not agree."""

    def __init__(self, tape: Callable[[], list[Strip]]) -> None:
        self._tape = tape
        self._limits: dict[PaymentNumber, int] = {}
        self._days: dict[PaymentNumber, str] = {}
        """On which day a payment was funded."""
        self._at = self._before_at = ""
        """Of the last two records. A credit at the same moment as the record before is of a note that the acceptor took
        without an order, or that was missed: it is in, whatever is allowed."""
        self.acceptor_is_sound = False
        """Nothing ever happens to the acceptor and its line: then every note has an owner."""

    def anew(self) -> Evidence:
        """Nothing entered yet."""
        fresh = Evidence(self._tape)
        fresh.acceptor_is_sound = self.acceptor_is_sound
        return fresh

    def enter(self, record: RecordView, fact: Fact, books: Books) -> Iterator[str]:
        """The next record."""
        self._before_at, self._at = self._at, record.at
        if any(account in record.body for account in ACCOUNTS):
            yield f"record {record.sequence} ({record.kind}) names a whole account"
        match fact:
            case f.PaymentCreated(payment=payment, limit=limit):
                self._limits[payment] = limit.kopecks
            case f.NoteStacked(payment=payment):
                is_unasked = record.at == self._before_at
                if books.payments[payment].credit > self._limits[payment] and not is_unasked:
                    yield f"payment {payment}: {books.payments[payment].credit} kopecks are in, more than allowed"
            case f.PaymentFunded(payment=payment, at=at):
                self._days[payment] = at[: len("2026-01-31")]
            case f.ReceiptPrinted(payment=payment, printed=True):
                yield from self._printed(payment, books)
            case f.DayClosed():
                yield from self._closed(fact, books)
            case f.NoteDisputed() | f.NoteUnassigned() if self.acceptor_is_sound:
                yield f"{fact.kind}: a note without an owner at an acceptor to which nothing has happened"
            case f.CheckpointContradicted():
                yield f"the journal is accused of being another one: {fact.code}, {fact.detail}"
            case _:
                pass

    def _printed(self, payment: PaymentNumber, books: Books) -> Iterator[str]:
        """Both a receipt and a copy of one end with the code of the document."""
        document = books.payments[payment].document
        mark = f"&i={document}&fp="
        if not any(isinstance(each, QrCode) and mark in each.text for each in reversed(self._tape())):
            yield f"payment {payment}: document {document} counts as printed, but no paper has come out"

    def _closed(self, fact: f.DayClosed, books: Books) -> Iterator[str]:
        paid = [(each, books.payments[each]) for each, day in self._days.items() if day == fact.day]
        unsent = [number for number, each in paid if each.accepted is None and each.refused is None]
        if unsent:
            yield f"day {fact.day} is closed with payments {unsent} unsent"
        sums = [each.accepted for _, each in paid if each.accepted is not None]
        if (fact.count, fact.sum.kopecks) != (len(sums), sum(sums)):
            yield f"day {fact.day} is closed with {fact.count} payments of {fact.sum}, {len(sums)} were accepted"


def ledger_of(books: Books) -> dict[LedgerAccount, int]:
    """What must stand on the accounts, by the books, in kopecks."""
    cash = sum(value * count * KOPECKS for value, count in books.booked.items())
    entries = books.payments.values()
    disputed = sum(sum(each.disputed.values()) for each in entries)
    answered = [each for each in entries if each.accepted is not None or each.refused is not None]
    return {
        LedgerAccount.CASSETTE: cash,
        LedgerAccount.SUSPENSE_CASH: disputed,
        LedgerAccount.SUSPENSE_CUSTOMER: disputed,
        LedgerAccount.CUSTOMER: sum(each.credit for each in entries if each.funded is None),
        LedgerAccount.PROVIDER_PENDING: sum(each.funded or 0 for each in entries if each not in answered),
        LedgerAccount.PROVIDER_POSTED: sum(each.accepted or 0 for each in answered),
        LedgerAccount.REFUND_DUE: sum(each.refused or 0 for each in answered),
        LedgerAccount.UNASSIGNED: cash - sum(each.credit for each in entries),
    }


def wrong_accounts(balances: Mapping[LedgerAccount, Money], books: Books) -> Iterator[str]:
    """Where the product's ledger does not say what the books say."""
    for account, kopecks in ledger_of(books).items():
        if balances[account].kopecks != kopecks:
            yield f"identity 3: account {account} stands at {balances[account].kopecks}, {kopecks} by the records"


def accusations(faults: Iterable[ActiveFault], host_mixed_up: bool) -> Iterator[str]:
    """What a terminal that has always had its own journal must not say of it. Of a host that has mixed up its answers
    it may think ill until it is asked again."""
    for fault in faults:
        if host_mixed_up and fault.code is FaultCode.WITNESS_UNRELIABLE:
            continue
        if fault.code in _ACCUSATIONS and not fault.detail.startswith("9: IOError"):
            yield f"after the calm the terminal says of its own journal: {fault.code} {fault.detail}"


def wrong_page(page: Page, books: Books) -> str:
    """What a client is shown as inserted that no record holds; empty when all is well."""
    if page.kind is not PageKind.INSERT_CASH or not books.payments:
        return ""
    shown = next((each.value for each in page.figures if each.name == "inserted"), "")
    rubles = int("".join(each for each in shown.partition(",")[0] if each.isdigit()) or 0)
    newest = books.payments[max(books.payments)]
    if rubles * KOPECKS > newest.credit:
        return f"{rubles} rubles are shown as inserted, {newest.credit} kopecks are recorded"
    return ""


def wrong_mirror(folder: AppendFolder, terminal: str, records: Mapping[int, RecordView]) -> Iterator[str]:
    """Where the second journal, read through, does not say what the first one says."""
    try:
        held = _held(Shelf(folder, TerminalId(terminal)), max(records, default=0))
    except MirrorDamaged as error:
        yield str(error)
        return
    missing = [seq for seq in range(min(held, default=1), max(held, default=0) + 1) if seq not in held]
    if missing:
        yield f"the second journal lacks records {missing[:5]} of {max(held)}"
    for seq, body in held.items():
        if seq not in records or records[seq].body != body:
            yield f"record {seq} is another one in the second journal"
            return


def _held(shelf: Shelf, newest: int) -> dict[int, str]:
    """Bodies by record; a later file supersedes what it holds itself, and what an earlier one says of the time after
    the newest record. Raises `MirrorDamaged`."""
    held: dict[int, str] = {}
    for number in shelf.numbers():
        head, bodies = shelf.head(number), dict[int, str]()
        for frame in reversed(list(shelf.steps_back(number))):
            bodies.update({seq: body for seq, _, _, _, body in frame.records})
        if head is not None:
            begin, end = head.after.seq, max(bodies, default=0)
            held = {seq: body for seq, body in held.items() if seq <= begin or end < seq <= newest}
        held.update(bodies)
    return held
