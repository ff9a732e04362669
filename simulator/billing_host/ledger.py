"""What the host does with money and readings, and when it refuses.

Refusals are kept under their key like everything else: the same question always gets the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.billing_host import operations
from simulator.billing_host.account_numbers import is_right
from simulator.billing_host.behaviours import Behaviours, Kind
from simulator.billing_host.operations import Answer, Conflict, Order
from simulator.billing_host.records import AccountRecord
from simulator.billing_host.store import Store

MIN_KOPECKS = 1_00
MAX_KOPECKS = 100_000_00
"""A larger payment is refused."""

REASONS = {
    "wrong-number": "Неверный номер лицевого счёта",
    "not-found": "Лицевой счёт не найден",
    "closed": "Лицевой счёт закрыт",
    "blocked": "Приём платежей по счёту приостановлен",
    "ambiguous": "По этому адресу несколько лицевых счетов",
    "sum-too-small": "Сумма слишком мала",
    "sum-too-large": "Сумма слишком велика",
    "unknown-meter": "У счёта нет такого прибора учёта или тарифной зоны",
    "reading-out-of-range": "Показание не помещается на табло прибора",
    "key-conflict": "Под этим ключом принято другое",
    "behind": "Заверена более поздняя отметка журнала",
    "forked": "Заверена другая отметка с тем же номером записи",
    "not-continued": "Отметка продолжает не ту, что заверена последней",
    "unknown-key": "Терминал известен с другим ключом",
    "wrong-signature": "Подпись отметки неверна",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str

    @property
    def reason(self) -> str:
        return REASONS.get(self.code, "Отказано поставщиком")

    def body(self) -> dict[str, str]:
        return {"code": self.code, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Reading:
    meter: str
    zone: str
    kwh: int


class Ledger:
    """Every public method is one transaction, on disk before it returns."""

    def __init__(self, store: Store, behaviours: Behaviours) -> None:
        self._store = store
        self._behaviours = behaviours

    def find(self, number: str) -> AccountRecord | Refusal:
        refusal = self._refusal_of_account(number)
        account = self._store.account(number)
        if refusal is not None or account is None:
            return refusal or Refusal("not-found")
        return account

    def find_at(self, address_key: str) -> AccountRecord | Refusal:
        numbers = self._store.numbers_at(address_key)
        if len(numbers) > 1:
            return Refusal("ambiguous")
        return self.find(numbers[0]) if numbers else Refusal("not-found")

    def check(self, account: str, kopecks: int) -> Refusal | None:
        """Whether a payment would be taken. No side effect."""
        if self._behaviours.has(Kind.REFUSING):
            return Refusal(self._behaviours.argument(Kind.REFUSING))
        refusal = self._refusal_of_account(account)
        if refusal is None and kopecks < MIN_KOPECKS:
            return Refusal("sum-too-small")
        if refusal is None and kopecks > MAX_KOPECKS:
            return Refusal("sum-too-large")
        return refusal

    def pay(self, orders: Sequence[Order]) -> list[Answer | Conflict]:
        """Payments in one go; each for itself."""
        with self._store.transaction():
            return [self._pay(order) for order in orders]

    def take_readings(self, order: Order, readings: Sequence[Reading]) -> Answer | Conflict:
        with self._store.transaction():
            known = operations.held(self._store, order.key, order.digest)
            if known is not None:
                return known
            refusal = self._refusal_of_readings(order.account, readings)
            if refusal is not None:
                return self._keep(order, _refused(refusal))
            for reading in readings:
                self._store.connection.execute(
                    "UPDATE register SET last_kwh = ?, last_on = ? WHERE account = ? AND serial = ? AND zone = ?",
                    (reading.kwh, order.day, order.account, reading.meter, reading.zone))
            return self._keep(order, {"state": "accepted", "operation": operations.next_number(self._store)})

    def status(self, terminal: str, key: str) -> Answer:
        return operations.held_under(self._store, terminal, key) or {"state": "not-known"}

    def close_day(self, terminal: str, theirs: Mapping[str, object]) -> dict[str, object]:
        with self._store.transaction():
            return operations.close_day(self._store, terminal, theirs)

    def _pay(self, order: Order) -> Answer | Conflict:
        known = operations.held(self._store, order.key, order.digest)
        if known is not None:
            return known
        refusal = self.check(order.account, order.kopecks)
        if refusal is not None:
            return self._keep(order, _refused(refusal))
        number = operations.next_number(self._store)
        if self._behaviours.happens(Kind.LOSE_PAYMENTS):
            return {"state": "accepted", "operation": number, "balance_kopecks": self._due(order) - order.kopecks}
        self._credit(order)
        return self._keep(order, {
            "state": "accepted", "operation": number, "balance_kopecks": self._due(order)})

    def _keep(self, order: Order, answer: Answer) -> Answer:
        operations.keep(self._store, order, answer, forget_key=self._behaviours.has(Kind.FORGET_KEY))
        return answer

    def _credit(self, order: Order) -> None:
        """Pay the debts in the order of the bill; the rest goes ahead for the first service."""
        run = self._store.connection.execute
        dues = run(
            "SELECT place, due_kopecks FROM charge WHERE account = ? ORDER BY place", (order.account,)).fetchall()
        parts = {}
        left = order.kopecks
        for place, due in dues:
            parts[place] = min(max(due, 0), left)
            left -= parts[place]
        parts[dues[0][0]] += left
        for place, part in parts.items():
            if part:
                run("UPDATE charge SET due_kopecks = due_kopecks - ? WHERE account = ? AND place = ?",
                    (part, order.account, place))
        run("UPDATE account SET last_kopecks = ?, last_on = ? WHERE number = ?",
            (order.kopecks, order.day, order.account))

    def _due(self, order: Order) -> int:
        row = self._store.connection.execute(
            "SELECT sum(due_kopecks) FROM charge WHERE account = ?", (order.account,)).fetchone()
        return int(row[0])

    def _refusal_of_account(self, number: str) -> Refusal | None:
        if not is_right(number):
            return Refusal("wrong-number")
        match self._store.state_of(number):
            case None:
                return Refusal("not-found")
            case "open":
                return None
            case state:
                return Refusal(state)

    def _refusal_of_readings(self, number: str, readings: Sequence[Reading]) -> Refusal | None:
        if self._behaviours.has(Kind.REFUSING):
            return Refusal(self._behaviours.argument(Kind.REFUSING))
        account = self.find(number)
        if isinstance(account, Refusal):
            return account
        for reading in readings:
            digits = next((
                meter.digits for meter in account.meters if meter.serial == reading.meter
                and any(register.zone == reading.zone for register in meter.registers)), None)
            if digits is None:
                return Refusal("unknown-meter")
            if reading.kwh >= 10**digits:
                return Refusal("reading-out-of-range")
        return None


def _refused(refusal: Refusal) -> Answer:
    return {"state": "refused", "refusal": refusal.body()}
