"""Bugs at the slot: the cash desk and the driver of the bill acceptor."""

from __future__ import annotations

from tests.mutants.bug import Bug, Edit

_DESK = "terminal/service/cash_desk.py"
_MEMORY = "terminal/service/credit_memory.py"
_CYCLE = "terminal/devices/ccnet/note_cycle.py"
_SESSION = "terminal/devices/ccnet/session.py"

BUGS = (
    Bug(
        "repeated-credit-counted-twice",
        "An acceptor that did not hear the acknowledgement reports the note again, and it is credited again.",
        _MEMORY,
        "        return not intent_open and not self._arrived and self._last == value",
        "        return False",
    ),
    Bug(
        "last-credit-forgotten-at-restart",
        "After a restart the last credit is not recalled: the event that the acceptor repeats is another note.",
        "terminal/service/terminal_service.py",
        "        self.cash.recall(self._world.journal.last_note())\n",
        "",
    ),
    Bug(
        "same-value-twice-is-a-repeat",
        "A second note of the same value counts as the first one told again: the client has lost it.",
        _MEMORY,
        "        return not intent_open and not self._arrived and self._last == value",
        "        return self._last == value",
    ),
    Bug(
        "note-of-nobody-only-logged",
        "A note that belongs to no payment leaves a line in the log and no record.",
        _DESK,
        '        self._book.record(NoteUnassigned(value, case, "no payment takes notes"))\n',
        '        log.warning("note_without_payment case=%s", case)\n',
        (Edit(_DESK, "from terminal.payments.facts import Fact, NoteUnassigned", "from"
        " terminal.payments.facts import Fact"),),
    ),
    Bug(
        "waiting-payment-not-asked",
        "A note that comes when its payment's tender is not at the slot is nobody's although a payment waits for it.",
        _DESK,
        "        return next(iter([*waiting, *disputing]), None)",
        "        return next(iter(disputing), None)",
    ),
    Bug(
        "disputing-payment-not-asked",
        "A disputed note that turns up later is nobody's, and its dispute stays open.",
        _DESK,
        "        return next(iter([*waiting, *disputing]), None)",
        "        return next(iter(waiting), None)",
    ),
    Bug(
        "note-without-tender-is-taken",
        "A note pushed in while nobody pays is swallowed instead of given back.",
        _DESK,
        """\
        if tender is None or payment is None or (tender.closing and payment.pending is None):
            self._acceptor.return_note()
            return""",
        """\
        if tender is None or payment is None or (tender.closing and payment.pending is None):
            self._acceptor.stack()
            return""",
    ),
    Bug(
        "silence-means-returned",
        "An acceptor that has been silent for long is taken to have given the note back.",
        _DESK,
        '            self.lost("the acceptor is silent")\n',
        "            self.returned(None)\n",
    ),
    Bug(
        "restart-means-returned",
        "An acceptor that was restarted with a note inside is taken to have given it back.",
        _DESK,
        '            self.lost(f"after the restart the acceptor has {found.value}")',
        "            self.returned(None)",
    ),
    Bug(
        "restart-means-stacked",
        "An acceptor that was restarted with a note inside is taken to have stacked it.",
        _DESK,
        '            self.lost(f"after the restart the acceptor has {found.value}")',
        "            self.stacked(payment.pending.value)",
    ),
    Bug(
        "silent-acceptor-waited-for-for-ever",
        "A note on its way when the acceptor fell silent is waited for without end: the payment never ends.",
        _DESK,
        "        self._tender = Tender(payment.number, CashStage.NOTE_MOVING)\n"
        "        if payment.pending is None:\n            self._open_for(payment)\n"
        "        else:\n            self._patience.start(NOTE_SETTLE_S)",
        "        self._tender = Tender(payment.number, CashStage.NOTE_MOVING)\n"
        "        if payment.pending is None:\n            self._open_for(payment)",
        (
            Edit(
                _DESK,
                "        if state is DeviceState.OFFLINE and payment.pending is not None and not"
                " self._patience.running:\n"
                "            self._patience.start(NOTE_SETTLE_S)\n",
                "",
            ),
        ),
    ),
    Bug(
        "leaving-client-leaves-the-tender-open",
        "A client who walks away leaves the slot open: the next person's notes pay the first one's bill.",
        "terminal/service/client_desk.py",
        "        self._card, self._known, self._given, self.number = None, None, (), None\n       "
        " self._cash.end()\n",
        "        self._card, self._known, self._given, self.number = None, None, (), None\n",
        (
            Edit(
                "terminal/visit/session_policy.py",
                "            return end_tender(visit, due, progress.inserted, AfterTender.EXIT)\n",
                "            return leave(surroundings)\n",
            ),
        ),
    ),
    Bug(
        "tender-not-resumed",
        "A payment with money found at the start is left alone: neither credited nor given back.",
        "terminal/service/terminal_service.py",
        "            self.cash.resume(tendering[-1])\n",
        "",
    ),
    Bug(
        "page-counts-the-note-in-escrow",
        "The page shows a note as inserted before any record does: after a cut the client has seen"
        " money that is gone.",
        _DESK,
        "        progress = CashProgress(payment.inserted, tender.stage,",
        "        held = payment.pending.value if payment.pending else ZERO\n"
        "        progress = CashProgress(payment.inserted + held, tender.stage,",
    ),
    Bug(
        "acknowledged-before-the-record",
        "The driver acknowledges a stacked note before it is recorded: after a cut the acceptor has"
        " nothing to repeat.",
        "terminal/devices/ccnet/acceptor.py",
        """\
                    for each in await session.look():
                        yield each
                    await session.confirm()
""",
        """\
                    seen = await session.look()
                    await session.confirm()
                    for each in seen:
                        yield each
""",
    ),
    Bug(
        "committed-note-returned",
        "The driver says that a note ordered in and never heard of went back.",
        _CYCLE,
        "            case Place.COMMITTED:\n                return [NoteLost(why)]",
        "            case Place.COMMITTED:\n                return [NoteReturned(note)] if why or place else []",
    ),
    Bug(
        "repeated-81-credited-twice",
        "The driver and the desk both take the acceptor's repetition of \"stacked\" for a second note.",
        _CYCLE,
        "        if self._credited == code:\n            return []\n",
        "",
        (Edit(_MEMORY, "        return not intent_open and not self._arrived and self._last =="
        " value", "        return False"),),
    ),
    Bug(
        "jam-forgets-the-note",
        "A note that was ordered in and jams is forgotten by the driver: the hand that clears the jam decides alone.",
        _CYCLE,
        "            case Status.JAMMED | Status.CASSETTE_JAMMED:\n"
        "                if first or self.place not in (Place.NOWHERE, Place.ARRIVING):\n"
        "                    self.place = Place.COMMITTED",
        "            case Status.JAMMED | Status.CASSETTE_JAMMED:\n                self._forget()",
    ),
    Bug(
        "power-up-in-stacker-means-returned",
        "A note that was ordered in counts as given back when the acceptor restarts with it in the stacker.",
        _CYCLE,
        "            case Status.RETURNING | Status.POWER_UP_BILL_IN_VALIDATOR:\n               "
        " self.place = Place.RETURNING",
        "            case Status.POWER_UP_BILL_IN_STACKER if self.place is Place.COMMITTED:\n"
        "                return self._returned(-1)\n"
        "            case Status.RETURNING | Status.POWER_UP_BILL_IN_VALIDATOR:\n"
        "                self.place = Place.RETURNING",
    ),
    Bug(
        "power-up-in-stacker-is-a-restart",
        "\"Power up with bill in stacker\" is treated as an ordinary start: the note in the stacker is dropped.",
        "terminal/devices/ccnet/statuses.py",
        "    Status.POWER_UP_BILL_IN_STACKER: Found.NOTE_IN_CASSETTE,\n",
        "    Status.POWER_UP_BILL_IN_STACKER: Found.NOTHING,\n",
        (
            Edit(
                _CYCLE,
                "            case Status.POWER_UP:\n                return self._settle(",
                "            case Status.POWER_UP | Status.POWER_UP_BILL_IN_STACKER:\n              "
                "  return self._settle(",
            ),
        ),
    ),
    Bug(
        "stack-sent-again-blindly",
        "An order to stack that went unanswered is sent again whatever the acceptor holds by then.",
        _CYCLE,
        "            and not self._stacking_seen\n            and now - self._stack_ordered_at <="
        " REPEAT_STACK_WITHIN_S\n",
        "            and now >= self._stack_ordered_at\n",
        (
            Edit(
                _CYCLE,
                "        is_same = code is None or self._code is None or code == self._code\n",
                "        is_same = self._stack_orders > 0 or code is None or self._code is None or"
                " code == self._code\n",
            ),
        ),
    ),
)
