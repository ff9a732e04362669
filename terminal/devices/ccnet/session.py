"""One open line to a validator: look at it with POLL, confirm what it said, act upon it.

Nothing is sent that could change its state before its first word has been observed. What must outlive the line is
in `Memory`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from enum import Enum, auto

from terminal.devices.ccnet.conversation import Conversation, Outcome
from terminal.devices.ccnet.enabling import Enabling, enable_data, ruble_notes
from terminal.devices.ccnet.health import Health
from terminal.devices.ccnet.note_cycle import NoteCycle, Place
from terminal.devices.ccnet.resets import INITIALISE_LIMIT_S, Resets
from terminal.devices.ccnet.statuses import (
    CASSETTE_IN_PLACE,
    CLOSES_IN,
    FORGETS_ENABLING,
    IDENTIFIES,
    IN_ESCROW,
    POWER_UPS,
    found_of,
    meaning_of,
)
from terminal.devices.ccnet.wire import BillTable, Command, Identification, Status, digest
from terminal.ports.bill_acceptor import (
    AcceptanceClosed,
    AcceptanceOpened,
    CassetteInserted,
    CassetteRemoved,
    Identified,
    Observation,
    Situation,
)
from terminal.ports.clock import Clock
from terminal.ports.device import Identity

log = logging.getLogger(__name__)

POLL_ENABLED_S = 0.2
POLL_DISABLED_S = 0.4
POLL_SOON_S = 0.1
"""Shortest interval between polls that the manual allows."""
IDENTIFY_EVERY_S = 1.0
NO_ANSWER = "нет ответа на опрос"


class Order(Enum):
    """What the consumer wants with the note in escrow."""

    STACK = auto()
    RETURN = auto()
    HOLD = auto()


@dataclass(slots=True)
class Memory:
    """What is known of the validator across lines and restarts, and what is wanted of it."""

    cycle: NoteCycle
    health: Health = field(default_factory=Health)
    resets: Resets = field(default_factory=Resets)
    enabling: Enabling = field(default_factory=Enabling)
    order: Order | None = None
    cassette_is_out: bool = False
    polls: int = 0


class Session:
    """The conversation while the line is open. Every coroutine may raise `LineLost`."""

    def __init__(self, talk: Conversation, clock: Clock, memory: Memory) -> None:
        self._talk = talk
        self._clock = clock
        self._memory = memory
        self._status: Status | None = None
        self._is_looking = True
        self._looking_since = clock.monotonic()
        self._looked_at = clock.monotonic()
        self._is_identified = False
        self._identify_at = float("-inf")
        self._is_unconfirmed = False
        self._is_urgent = False
        memory.resets.opened(clock.monotonic())
        memory.enabling.table_forgotten()

    @property
    def pause_s(self) -> float:
        """How long to wait before the next look."""
        if self._is_urgent:
            return POLL_SOON_S
        is_busy = self._memory.enabling.is_open or self._memory.cycle.place is not Place.NOWHERE
        return POLL_ENABLED_S if is_busy else POLL_DISABLED_S

    async def look(self) -> list[Observation]:
        """Poll once. What it brings is to be handled to the end before `confirm`."""
        reply = await self._talk.ask(Command.POLL)
        now = self._looked_at = self._clock.monotonic()
        self._is_urgent = reply.outcome is Outcome.GARBLED
        self._memory.health.damages(self._talk.damages)
        if reply.outcome is not Outcome.ANSWERED:
            return self._unanswered(now)
        self._memory.polls += 1
        meaning = meaning_of(reply.data)
        if meaning.status is Status.BUSY:
            self._memory.resets.busy(now)
            self._is_unconfirmed = True
            return []
        self._memory.resets.answered(meaning.status, now)
        self._memory.health.answered(meaning)
        found = self._understand(meaning.status, meaning.parameter, now)
        self._status = meaning.status
        self._is_unconfirmed = True
        if meaning.status not in (Status.STACKED, Status.RETURNED):
            await self.confirm()
        elif self._memory.cycle.waits_for_table:
            found += await self._identify_before_confirming(now)
        self._memory.health.happened(found)
        return found + self._memory.health.changes()

    async def confirm(self) -> None:
        """Confirm the last answer to the validator, once."""
        if self._is_unconfirmed:
            self._is_unconfirmed = False
            await self._talk.confirm()

    async def act(self) -> list[Observation]:
        """Do what the last answer and the orders call for."""
        now = self._clock.monotonic()
        found: list[Observation] = []
        if self._is_looking:
            if self._status is None and self._memory.resets.is_due_in_silence(now):
                await self._reset(now, "silence")
            return found
        if not self._is_identified and self._status in IDENTIFIES:
            found += await self._identify(now)
        if self._memory.resets.is_due(self._looked_at):
            if self._memory.resets.is_stuck(self._looked_at) and self._status is not None:
                self._memory.health.stuck(self._status.phrase)
            await self._reset(now, "recovery")
        elif self._status in IN_ESCROW:
            found += await self._carry_out_order(now)
        elif self._status in (Status.IDLING, Status.DISABLED) or self._is_closing():
            found += await self._enable(now)
        return found + self._memory.health.changes()

    def _unanswered(self, now: float) -> list[Observation]:
        if not self._memory.resets.is_offline(now):
            return []
        if not self._is_looking:
            self._is_looking, self._looking_since = True, now
        self._forget_device()
        self._memory.health.silent(NO_ANSWER)
        return self._memory.health.changes()

    def _understand(self, status: Status | None, parameter: int, now: float) -> list[Observation]:
        found: list[Observation] = []
        is_first = self._is_looking
        has_restarted = status in POWER_UPS and status is not self._status
        if is_first and status in (Status.INITIALISE, None) and now - self._looking_since < INITIALISE_LIMIT_S:
            return found  # the status after it tells whether a note was on its way
        if is_first or has_restarted:
            self._is_looking = False
            found.append(Situation(found_of(status)))
        if has_restarted:
            self._forget_device()
        if status in FORGETS_ENABLING:
            self._memory.enabling.forgotten()
        if status is Status.DISABLED:
            self._memory.enabling.seen_disabled()
        if status is not None:
            found += self._memory.cycle.see(status, parameter, now, first=is_first)
        if status not in IN_ESCROW:
            self._memory.order = None
        return found + self._cassette(status)

    def _cassette(self, status: Status | None) -> list[Observation]:
        if status is Status.CASSETTE_OUT and not self._memory.cassette_is_out:
            self._memory.cassette_is_out = True
            return [CassetteRemoved()]
        if status in CASSETTE_IN_PLACE and self._memory.cassette_is_out:
            self._memory.cassette_is_out = False
            return [CassetteInserted()]
        return []

    def _forget_device(self) -> None:
        self._status = None
        self._is_identified = False
        self._memory.enabling.table_forgotten()

    async def _reset(self, now: float, why: str) -> None:
        log.warning("acceptor_reset why=%s status=%s", why, self._status.name if self._status else "none")
        self._memory.resets.done(now)
        self._memory.enabling.forgotten()
        await self._talk.ask(Command.RESET)
        self._is_urgent = True

    async def _identify_before_confirming(self, now: float) -> list[Observation]:
        """A stacked note waits for its value. The bill table is told while disabled only, and an event that is not
        confirmed comes again; if the validator refuses all the same, the note is valued when the table is read."""
        await self._talk.ask(Command.ENABLE_BILL_TYPES, enable_data(frozenset()))
        self._memory.enabling.forgotten()
        return await self._identify(now)

    async def _identify(self, now: float) -> list[Observation]:
        """Read who it is and its bill table; tried again later when it cannot answer now."""
        if now - self._identify_at < IDENTIFY_EVERY_S:
            return []
        self._identify_at = now
        who = await self._talk.ask(Command.IDENTIFICATION)
        table = await self._talk.ask(Command.GET_BILL_TABLE)
        masks = await self._talk.ask(Command.GET_STATUS)
        if who.outcome is not Outcome.ANSWERED or table.outcome is not Outcome.ANSWERED:
            return []
        self._is_identified = True
        identification = Identification.decode(who.data)
        notes = ruble_notes(BillTable.decode(table.data))
        identity = Identity(identification.part, identification.serial)
        log.info("acceptor_identified model=%s serial=%s masks=%s", identity.model, identity.serial, masks.data.hex())
        self._memory.health.identity = identity
        self._memory.health.has_no_rubles = not notes
        self._memory.enabling.table_read(notes)
        return [Identified(identity, notes, digest(table.data)), *self._memory.cycle.table_read(notes)]

    async def _carry_out_order(self, now: float) -> list[Observation]:
        cycle, order = self._memory.cycle, self._memory.order
        if cycle.must_repeat_stack:
            return await self._stack(now)
        if cycle.place is not Place.ESCROW:
            return []
        if cycle.note is None:  # nobody could decide about a note without a value
            order = Order.RETURN
        match order:
            case Order.STACK:
                return await self._stack(now)
            case Order.RETURN:
                await self._repeatable(Command.RETURN)
            case Order.HOLD:
                if await self._repeatable(Command.HOLD):
                    self._memory.resets.held(now)
            case None:
                pass
        return []

    async def _stack(self, now: float) -> list[Observation]:
        """Order to stack, once. After anything but a plain answer the next poll tells what has become of it."""
        self._memory.order = None
        self._memory.cycle.stack_ordered(now)
        reply = await self._talk.ask(Command.STACK)
        self._is_urgent = True
        return self._memory.cycle.stack_refused() if reply.outcome is Outcome.REFUSED else []

    async def _repeatable(self, command: Command) -> bool:
        """An order that does no harm twice stays until the validator has answered it. True when it was taken."""
        reply = await self._talk.ask(command)
        self._is_urgent = True
        if reply.outcome in (Outcome.ANSWERED, Outcome.REFUSED):
            self._memory.order = None
        return reply.outcome is Outcome.ANSWERED

    async def _enable(self, now: float) -> list[Observation]:
        enabling = self._memory.enabling
        is_idle = self._status is Status.IDLING
        types = enabling.due(follows=is_idle is bool(enabling.wanted), now=now)
        found: list[Observation] = []
        if types is not None:
            reply = await self._talk.ask(Command.ENABLE_BILL_TYPES, enable_data(types))
            self._is_urgent = True
            opened = enabling.told(types, now, is_confirmed=reply.outcome is Outcome.ANSWERED)
            found += [AcceptanceOpened(opened)] if opened else []
        if self._is_closing() and enabling.is_closed:
            enabling.is_closing = False
            found.append(AcceptanceClosed())
        return found

    def _is_closing(self) -> bool:
        """Whether closing is wanted, and the validator is in a state that can confirm it."""
        return self._memory.enabling.is_closing and self._status in CLOSES_IN
