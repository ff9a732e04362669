"""What the service does before it has loaded the rest of itself: take the journal, and ask the acceptor.

After a power cut a note may lie anywhere in the acceptor, and until the acceptor is asked nothing can be done about
it. Asking takes the configuration, the journal and one driver, which is half of what the service has to load; the
other half, from pages to receipts, is loaded while the acceptor answers (`terminal.late_loading`). The journal comes
first all the same: its lock keeps a second service off the line, and it knows the bill table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contracts.identifiers import TerminalId
from terminal.config import TerminalConfig
from terminal.configuration.money_sections import AcceptorProtocol
from terminal.devices.ccnet.acceptor import CcnetAcceptor
from terminal.devices.early_acceptor import EarlyAcceptor
from terminal.devices.transport import open_line
from terminal.environment import SystemClock
from terminal.journal.mirror_files import DiskFolder
from terminal.journal.opening import OpenedJournal, open_journal
from terminal.ports.bill_acceptor import BillAcceptor, Note
from terminal.ports.clock import Clock
from terminal.ports.device import BILL_ACCEPTOR
from terminal.ports.records import StoreRefused
from terminal.service.bill_table import notes_of

MEGABYTE = 1_000_000


class CannotStart(Exception):
    """Something that the configuration names cannot be used; the message says what and what to do."""


@dataclass(frozen=True, slots=True)
class Early:
    """What is there before everything else. The acceptor has been asked and its first word waits for a listener."""

    terminal: TerminalId
    clock: Clock
    opened: OpenedJournal
    acceptor: BillAcceptor


def start_early(config: TerminalConfig) -> Early:
    """Open the journal, taking its lock, and begin the conversation with the acceptor. Needs the running loop.

    Raises `StoreRefused` when the journal must not be used.
    """
    terminal = TerminalId(config.terminal.id)
    clock = SystemClock(config.terminal.time_zone)
    state = config.terminal.state_directory
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreRefused(f"папки состояния {state} нет, и создать её нельзя: {error.strerror}") from error
    mirror = DiskFolder(config.journal.mirror or state / "journal.mirror")
    ballast = config.disk.ballast_mb * MEGABYTE
    opened = open_journal(state / "journal.db", terminal, clock, ballast_bytes=ballast, mirror=mirror)
    acceptor = _acceptor(config, clock, notes_of(opened.journal.devices_seen(), BILL_ACCEPTOR))
    return Early(terminal, clock, opened, EarlyAcceptor(acceptor))


def _acceptor(config: TerminalConfig, clock: Clock, remembered: Iterable[Note]) -> BillAcceptor:
    match config.bill_acceptor.protocol:
        case AcceptorProtocol.CCNET:
            return CcnetAcceptor(open_line(config.bill_acceptor.address), clock, remembered=remembered)
