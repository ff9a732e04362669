"""The composition root: with `early_start`, which it goes on from, the only module that names concrete adapters."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta
from pathlib import Path
from random import SystemRandom

from contracts.identifiers import TerminalId
from contracts.pages import Page
from fiscal.register_port import FiscalRegister
from terminal.config import TerminalConfig
from terminal.configuration.money_sections import HostProtocol, RegisterProtocol
from terminal.content.languages import load_languages
from terminal.devices.shtrih.link import LowLevel
from terminal.devices.shtrih.register import ShtrihRegister
from terminal.devices.shtrih.session import Model
from terminal.devices.transport import open_line
from terminal.early_start import CannotStart, Early
from terminal.environment import halt, watchdog_faults
from terminal.journal.checkpoint_signer import file_signer
from terminal.journal.opening import OpenedJournal
from terminal.journal.vault import EPOCHS, RING_NAME, FileVault
from terminal.ports.clock import Clock
from terminal.ports.processing import Processing
from terminal.ports.signer import Signer, SigningKeyBroken
from terminal.ports.vault import Vault, VaultBroken
from terminal.service.erasure import ErasureTerms
from terminal.service.housekeeping import HousekeepingTerms
from terminal.service.outbox_worker import TransferTerms
from terminal.service.receipt_builder import ReceiptTerms
from terminal.service.retry import BackOff
from terminal.service.same_day import DayTerms
from terminal.service.surroundings import VisitTerms
from terminal.service.terminal_service import TerminalService, Terms, World
from terminal.service.visit_runner import Present
from terminal.transfer.late_http import LateTransport
from terminal.transfer.osmp_client import OsmpProcessing
from terminal.transfer.osmp_profile import OsmpProfile
from terminal.transfer.processing_client import JsonProcessing
from terminal.visit.context import Patience, Surroundings
from terminal.visit.presentation import present as present_page
from terminal.visit.state import Visit

VERSION = "0.1.0"
MEGABYTE = 1_000_000


def build_service(config: TerminalConfig, early: Early) -> TerminalService:
    """The service with every adapter that the configuration names. Raises `CannotStart` for an unusable secret."""
    clock, terminal, opened = early.clock, early.terminal, early.opened
    state = config.terminal.state_directory
    world = World(
        clock=clock,
        journal=opened.journal,
        outbox=opened.outbox,
        vault=open_vault(state / "vault.key", opened),
        acceptor=early.acceptor,
        register=_register(config, clock),
        processing=_processing(config, clock, terminal),
        signer=_signer(state / "checkpoint.key"),
        random=SystemRandom(),
        digest=lambda data: hashlib.sha256(data).hexdigest(),
        halt=halt,
        watchdog=lambda: watchdog_faults(state),
    )
    return TerminalService(world, _terms(config, terminal), _presenter())


def open_vault(root: Path, opened: OpenedJournal) -> Vault:
    """Fresh keys may be made only while nothing open or unsent needs the old ones. Raises `CannotStart`."""
    ring = root.with_name(RING_NAME)
    needed = opened.journal.open_payments() or opened.outbox.totals().count
    sealed_in_epochs = opened.journal.data_keys_before(EPOCHS.stop, 1)
    for each in (root, ring):
        if needed and not each.exists() and (each is root or sealed_in_epochs):
            raise CannotStart(f"нет файла ключей {each}, а без него не закончить начатые платежи: верните файл")
    try:
        return FileVault(root)
    except VaultBroken as error:
        raise CannotStart(f"ключи персональных данных непригодны: {error}") from error


def _signer(key: Path) -> Signer:
    try:
        return file_signer(key)
    except SigningKeyBroken as error:
        raise CannotStart(f"ключ подписи журнала непригоден: {error}") from error


def _register(config: TerminalConfig, clock: Clock) -> FiscalRegister:
    match config.fiscal_register.protocol:
        case RegisterProtocol.SHTRIH:
            line = open_line(config.fiscal_register.address)
            model = Model(width=config.fiscal_register.line_characters)
            low_level = LowLevel(config.fiscal_register.low_level.value)
            return ShtrihRegister(line, clock, password=_password(config), model=model, low_level=low_level)


def _password(config: TerminalConfig) -> int:
    if config.fiscal_register.password is not None:
        return config.fiscal_register.password
    file = config.fiscal_register.password_file
    try:
        return int(Path(file or "").read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise CannotStart(f"пароль регистратора не читается из {file}: {error}") from error


def _processing(config: TerminalConfig, clock: Clock, terminal: TerminalId) -> Processing:
    section = config.processing
    http = LateTransport(section.url, section.ca_file, section.credentials_file)
    match section.protocol:
        case HostProtocol.NATIVE:
            return JsonProcessing(http, clock, terminal)
        case HostProtocol.OSMP:
            profile = OsmpProfile(config.terminal.id, config.terminal.company_name)
            return OsmpProcessing(http, clock, terminal, profile)


def _presenter() -> Present:
    languages = load_languages()

    def present(visit: Visit, surroundings: Surroundings, number: int) -> Page:
        return present_page(visit, surroundings, languages[visit.language], number)

    return present


def _terms(config: TerminalConfig, terminal: TerminalId) -> Terms:
    identity, fiscal, transfer = config.terminal, config.fiscal_register, config.transfer
    return Terms(
        terminal=terminal,
        version=VERSION,
        socket=config.service_socket,
        note_values=config.bill_acceptor.values,
        max_notes=config.payments.max_notes,
        receipt=ReceiptTerms(
            fiscal.tax_system, fiscal.vat_rate, fiscal.payment_method, fiscal.subject, fiscal.item_name,
            fiscal.agent.as_agent() if fiscal.agent else None, fiscal.line_characters, identity.company_phone,
        ),
        transfer=TransferTerms(terminal, BackOff(float(transfer.retry_first_s), float(transfer.retry_max_s))),
        day=DayTerms(
            transfer.cut_off, timedelta(minutes=transfer.warn_before_cut_off_minutes),
            timedelta(minutes=transfer.max_age_minutes), transfer.max_count, transfer.max_sum,
        ),
        visit=_visit_terms(config, terminal),
        housekeeping=HousekeepingTerms(os.getpid(), config.disk.min_free_mb * MEGABYTE),
        transfer_patience_s=float(config.processing.transfer_now_timeout_s),
        witness_key=config.processing.witness_key or "",
        erasure=ErasureTerms(timedelta(hours=config.personal_data.dispute_window_hours)),
    )


def _visit_terms(config: TerminalConfig, terminal: TerminalId) -> VisitTerms:
    identity, times = config.terminal, config.visit
    patience = Patience(
        times.menu_idle_s, times.menu_warning_s, times.entry_idle_s, times.entry_warning_s, times.result_idle_s,
        times.result_warning_s, times.money_idle_s, times.money_warning_s, times.done_idle_s,
    )
    return VisitTerms(
        terminal, identity.company_name, identity.company_phone, identity.site_address, identity.languages, patience,
        config.payments.min_sum, config.payments.max_sum, round(config.metering.plausibility_factor),
    )
