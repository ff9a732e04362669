"""Bugs in the pure core: decisions, the fold of facts, the boot table, the postings."""

from __future__ import annotations

from tests.mutants.bug import Bug, Edit

_DECIDE = "terminal/payments/decide.py"
_PAYMENT = "terminal/payments/payment.py"
_POSTINGS = "terminal/payments/postings.py"
_RECOVERY = "terminal/payments/recovery.py"
_VOID_GUARD = Edit(
    _PAYMENT,
    "_require(not payment.inserted and payment.pending is None and not payment.funded, payment, fact)",
    "_require(not payment.funded, payment, fact)",
)
_FUND_GUARD = Edit(
    _PAYMENT,
    "_require(payment.state is PaymentState.TENDERING and payment.pending is None, payment, fact)",
    "_require(payment.state is PaymentState.TENDERING, payment, fact)",
)
_DESK_GUARD = Edit(
    "terminal/service/cash_desk.py",
    "not (tender.closing and tender.closed) or payment.pending is not None:",
    "not (tender.closing and tender.closed):",
)

ABOUT_NOTES = (
    Bug(
        "no-intent-before-stack",
        "The note is ordered in without a record: after a cut nobody knows whose it is.",
        _DECIDE,
        "    return Decision((intent,), (StackNote(),))",
        "    return Decision(() if intent.note > 0 else (intent,), (StackNote(),))",
    ),
    Bug(
        "credit-in-escrow",
        "The client is credited while the note can still come back: take it back and be credited all the same.",
        _DECIDE,
        "    return Decision((intent,), (StackNote(),))",
        "    return Decision((intent, NoteStacked(payment.number, payment.notes + 1, value)), (StackNote(),))",
    ),
    Bug(
        "limit-ignored",
        "More is taken in cash than the law allows for one payment.",
        _DECIDE,
        "    if payment.inserted + value > payment.limit:",
        "    if value > payment.limit:",
        (
            Edit(
                "terminal/service/cash_desk.py",
                "        room = payment.limit - payment.inserted if payment.notes < self._max_notes else ZERO",
                "        room = payment.limit if payment.notes < self._max_notes else ZERO",
            ),
        ),
    ),
    Bug(
        "escrow-while-a-note-is-pending",
        "A second note is ordered in before anybody knows what became of the first.",
        _DECIDE,
        "    if payment.state is not PaymentState.TENDERING or payment.pending is not None:\n"
        "        return Decision(effects=(ReturnNote(too_large=False),))",
        "    if payment.state is not PaymentState.TENDERING:\n"
        "        return Decision(effects=(ReturnNote(too_large=False),))",
    ),
    Bug(
        "lost-means-returned",
        "A note of which nobody knows where it is counts as returned: it lies in the cassette and the client has"
        " nothing.",
        _DECIDE,
        "    return Decision((lost,), (_disputed_incident(lost, why),))",
        "    return Decision((NoteReturned(payment.number, lost.note, lost.value),), (_disputed_incident(lost, why),))",
    ),
    Bug(
        "lost-means-stacked",
        "A note of which nobody knows where it is counts as taken: the owner pays for a note that went back.",
        _DECIDE,
        "    return Decision((lost,), (_disputed_incident(lost, why),))",
        "    return Decision((NoteStacked(payment.number, lost.note, lost.value),), (_disputed_incident(lost, why),))",
    ),
    Bug(
        "lost-means-nothing",
        "A note of which nobody knows where it is leaves no trace but a fault: its payment can never end.",
        _DECIDE,
        "    return Decision((lost,), (_disputed_incident(lost, why),))",
        "    return Decision((), (_disputed_incident(lost, why),))",
    ),
    Bug(
        "tender-ends-with-a-note-pending",
        "A payment is funded while a note is on its way: what comes after is paid for nothing.",
        _DECIDE,
        "    if payment.pending is not None or payment.state not in (PaymentState.CREATED, PaymentState.TENDERING):",
        "    if payment.state not in (PaymentState.CREATED, PaymentState.TENDERING):",
        (_FUND_GUARD, _VOID_GUARD, _DESK_GUARD),
    ),
    Bug(
        "disputed-note-stays-disputed",
        "A disputed note that turns up is credited, and its dispute stays: the client may ask for it again.",
        _DECIDE,
        """\
        if payment.state is PaymentState.TENDERING:
            return Decision((settled, NoteStacked(payment.number, found.note, value)))""",
        """\
        if payment.state is PaymentState.TENDERING:
            return Decision((NoteStacked(payment.number, found.note, value),))""",
    ),
    Bug(
        "disputed-note-settled-for-nobody",
        "A disputed note that turns up is struck off, and nobody is credited.",
        _DECIDE,
        """\
        if payment.state is PaymentState.TENDERING:
            return Decision((settled, NoteStacked(payment.number, found.note, value)))""",
        """\
        if payment.state is PaymentState.TENDERING:
            return Decision((settled,))""",
        (
            Edit(
                "terminal/journal/step_writer.py",
                '        raise Contradiction(f"a disputed note is found and credited to nobody: {found.waiting[0]}")',
                "        pass",
            ),
        ),
    ),
    Bug(
        "disputed-note-goes-to-nobody",
        "A disputed note that turns up while its client is still paying becomes a note without a payment.",
        _DECIDE,
        """\
        if payment.state is PaymentState.TENDERING:
            return Decision((settled, NoteStacked(payment.number, found.note, value)))
        why""",
        "        why",
    ),
    Bug(
        "dispute-settled-without-cash",
        "A disputed note turns up after its payment's end and is settled, but not booked into the cassette.",
        _DECIDE,
        "        return Decision((settled, NoteUnassigned(value, found.case, why)), _unassigned(value))",
        "        return Decision((settled,), _unassigned(value)) if why else NOTHING",
        (
            Edit(
                "terminal/journal/step_writer.py",
                '        raise Contradiction(f"a disputed note is found and credited to nobody: {found.waiting[0]}")',
                "        pass",
            ),
        ),
    ),
)
ABOUT_PAYMENTS = (
    Bug(
        "transfer-of-the-due-amount",
        "The supplier's yes is booked over what was owed instead of what was paid.",
        _DECIDE,
        "TransferAccepted(payment.number, operation, payment.inserted, at)",
        "TransferAccepted(payment.number, operation, payment.due, at)",
    ),
    Bug(
        "done-without-the-host",
        "A payment counts as done once its receipt is out: after a restart nobody sends it any more.",
        _PAYMENT,
        "        return self.receipt.finished and (self.operation is not None or self.refused is not None)",
        "        return self.receipt.finished",
        (
            Edit(
                "terminal/journal/placement.py",
                "            return fact.kind, ANSWERED",
                "            return fact.kind, REGISTERED",
            ),
        ),
    ),
    Bug(
        "done-without-the-receipt",
        "A payment counts as done once the supplier has it: after a restart nobody forms its receipt any more.",
        _PAYMENT,
        "        return self.receipt.finished and (self.operation is not None or self.refused is not None)",
        "        return self.operation is not None or self.refused is not None",
    ),
    Bug(
        "returned-note-is-credited",
        "The fold adds a note that went back: the page and the transfer are over more than the cassette holds.",
        _PAYMENT,
        "        case NoteReturned():\n            return replace(payment, pending=None)",
        "        case NoteReturned(value=value):\n"
        "            return replace(payment, pending=None, inserted=payment.inserted + value)",
    ),
    Bug(
        "second-receipt-after-the-first",
        "A receipt that is registered and not yet printed is asked for once more: two documents for one payment.",
        "terminal/service/receipt_desk.py",
        "            if payment.receipt.registered is not None:\n"
        "                return await self._finish_printing(payment)\n"
        "            if payment.receipt.requested is not None:\n",
        "            if payment.receipt.requested is not None and payment.receipt.registered is None:\n",
        (
            Edit(_DECIDE, "            if track.requested is not None or track.attempts", "         "
            "   if track.attempts"),
            Edit(
                _PAYMENT,
                "            _require(payment.funded and track.requested is None and"
                " track.registered is None, payment, fact)",
                "            _require(payment.funded, payment, fact)",
            ),
        ),
    ),
    Bug(
        "boot-voids-a-payment-with-money",
        "A payment found at the start is void although notes are in: the client has paid for nothing.",
        _RECOVERY,
        "    if payment.inserted:\n        return Recovery(effects=(ResumeTender(),))\n",
        "",
        (_VOID_GUARD,),
    ),
    Bug(
        "boot-voids-a-payment-with-a-note-on-its-way",
        "A payment found at the start is void although its first note may be in: the note becomes nobody's.",
        _RECOVERY,
        "    if payment.pending is not None:\n        return Recovery(effects=(AwaitNote(), ResumeTender()))\n",
        "",
        (_VOID_GUARD,),
    ),
    Bug(
        "boot-does-not-void",
        "A payment without money found at the start is never ended: it stays open for ever.",
        _RECOVERY,
        '    return Recovery((PaymentVoided(payment.number, "interrupted before any money"),))',
        "    return Recovery((PaymentVoided(payment.number, \"\"),)) if payment.checked else Recovery()",
    ),
    Bug(
        "refused-money-is-the-suppliers",
        "What the supplier has refused is posted as paid to them: nobody owes it to the client any more.",
        _POSTINGS,
        "    TransferRefused: Move(LedgerAccount.PROVIDER_PENDING, LedgerAccount.REFUND_DUE, _TOTAL),",
        "    TransferRefused: Move(LedgerAccount.PROVIDER_PENDING, LedgerAccount.PROVIDER_POSTED, _TOTAL),",
    ),
    Bug(
        "settled-dispute-stays-in-suspense",
        "A dispute that is settled is posted to suspense a second time instead of leaving it.",
        _POSTINGS,
        "    NoteDisputeSettled: Move(LedgerAccount.SUSPENSE_CUSTOMER, LedgerAccount.SUSPENSE_CASH, _VALUE),",
        "    NoteDisputeSettled: Move(LedgerAccount.SUSPENSE_CASH, LedgerAccount.SUSPENSE_CUSTOMER, _VALUE),",
    ),
    Bug(
        "disputed-note-posted-as-cash",
        "A disputed note is posted as if it lay in the cassette.",
        _POSTINGS,
        "    NoteDisputed: Move(LedgerAccount.SUSPENSE_CASH, LedgerAccount.SUSPENSE_CUSTOMER, _VALUE),",
        "    NoteDisputed: Move(LedgerAccount.CASSETTE, LedgerAccount.SUSPENSE_CUSTOMER, _VALUE),",
    ),
    Bug(
        "nobodys-note-posted-to-clients",
        "A note of nobody's is posted as credit of a client whom nobody knows.",
        _POSTINGS,
        "    NoteUnassigned: Move(LedgerAccount.CASSETTE, LedgerAccount.UNASSIGNED, _VALUE),",
        "    NoteUnassigned: Move(LedgerAccount.CASSETTE, LedgerAccount.CUSTOMER, _VALUE),",
    ),
)
