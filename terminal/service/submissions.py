"""What the host is sent for a row of the outbox: the same words every time, opened from what lies sealed."""

from __future__ import annotations

from datetime import datetime

from contracts.identifiers import TerminalId
from terminal.payments.payment import Payment
from terminal.ports.processing import PaymentSubmission, ReadingsSubmission
from terminal.ports.records import OutboxRow
from terminal.ports.vault import SealedField, Vault
from terminal.service.payment_book import PaymentBook
from terminal.service.readings_row import decode_readings


class Submissions:
    """Every method raises `VaultBroken`, `KeyError` or `ValueError` when the sealed data cannot be read."""

    def __init__(self, book: PaymentBook, vault: Vault, terminal: TerminalId) -> None:
        self._book = book
        self._vault = vault
        self._terminal = terminal

    def of_row(self, row: OutboxRow) -> PaymentSubmission:
        """Of a row that stands for a payment."""
        payment = self._book.of_key(row.key)
        if payment is None:
            raise KeyError(f"no open payment has the key {row.key}")
        return self.of_payment(payment)

    def of_payment(self, payment: Payment) -> PaymentSubmission:
        """Of a funded payment."""
        account = self._book.account_of(payment)
        paid_at = datetime.fromisoformat(payment.funded_at)
        return PaymentSubmission(payment.key, payment.number, self._terminal, account, payment.inserted, paid_at)

    def of_readings(self, row: OutboxRow) -> ReadingsSubmission:
        """Of a row that stands for readings."""
        plaintext = self._vault.open(row.sealed_body, self._book.data_key(row.key), SealedField.READINGS)
        return decode_readings(plaintext, row.key, self._terminal)
