"""Bugs between a funded payment and its fiscal document: the receipt desk and the driver of the register."""

from __future__ import annotations

from tests.mutants.bug import Bug, Edit

_DESK = "terminal/service/receipt_desk.py"
_REGISTER = "terminal/devices/shtrih/register.py"
_READ_BACK = "terminal/devices/shtrih/read_back.py"
_PAPER = "terminal/devices/shtrih/printing.py"

BUGS = (
    Bug(
        "blind-receipt-after-silence",
        "A register that did not answer is taken not to have formed the receipt: it is formed a second time.",
        _DESK,
        "        except NotRegistered as error:\n            self._book.tell(current.number,"
        " ReceiptNotFormed(str(error)))",
        "        except (NotRegistered, OutcomeUnknown) as error:\n"
        "            self._book.tell(current.number, ReceiptNotFormed(str(error)))",
    ),
    Bug(
        "blind-receipt-after-restart",
        "A receipt asked for before a restart is taken not to exist: it is formed a second time.",
        _DESK,
        "        document = await self._register.find(receipt, StorageMark(asked.storage, asked.after), since)\n",
        "        document = None if since else await self._register.find(receipt,"
        " StorageMark(asked.storage, 0), since)\n",
    ),
    Bug(
        "silence-recorded-as-registered",
        "A register that did not answer is taken to have formed the receipt: the client's payment has no document.",
        _DESK,
        "        if document is None:\n            self._book.tell(payment.number,"
        " ReceiptNotFormed(\"read back: no such document\"))",
        "        if document is None:\n"
        "            document = FiscalDocument(\n"
        "                asked.storage, asked.after + 1, 0, since.replace(tzinfo=None),"
        " Operation.SALE, payment.inserted)\n"
        "            return await self._registered(payment.number, document)\n"
        "        if document is None:\n"
        "            self._book.tell(payment.number, ReceiptNotFormed(\"read back: no such document\"))",
    ),
    Bug(
        "receipt-without-intent",
        "The receipt is formed before the record that says so: after a cut it is formed once more.",
        _DESK,
        """\
        self._book.tell(current.number, ReceiptReady(mark, receipt.digest(), self._book.stamp()))
        try:
            document = await self._register.register(receipt, mark)
        except NotRegistered as error:
            self._book.tell(current.number, ReceiptNotFormed(str(error)))
            return False
""",
        """\
        try:
            document = await self._register.register(receipt, mark)
        except NotRegistered:
            return False
        self._book.tell(current.number, ReceiptReady(mark, receipt.digest(), self._book.stamp()))
""",
    ),
    Bug(
        "close-believed",
        "The register's yes to the closing of a receipt is believed without looking into the fiscal storage.",
        _REGISTER,
        "            return await self._confirmed(closed, receipt, after)",
        "            return FiscalDocument(\n"
        "                after.storage, closed.number, closed.sign, since.replace(tzinfo=None), receipt.operation,\n"
        "                receipt.total)",
    ),
    Bug(
        "close-silence-means-no",
        "The driver takes silence after the closing command for a no.",
        _REGISTER,
        "        except Unanswered as error:\n"
        "            raise OutcomeUnknown(ActiveFault(FaultCode.RECEIPT_UNKNOWN, str(error))) from error",
        "        except Unanswered as error:\n            raise NotRegistered(fault_of(error)) from error",
    ),
    Bug(
        "close-refusal-means-no",
        "The driver takes a refused closing command for a no without looking into the fiscal storage.",
        _REGISTER,
        "            return await self._settled(receipt, after, since, refused.fault)",
        "            raise NotRegistered(refused.fault) from refused",
    ),
    Bug(
        "bad-answer-means-no",
        "The driver takes an answer that makes no sense for a no.",
        _REGISTER,
        "        except answers.BadAnswer as error:\n            raise OutcomeUnknown(fault_of(error)) from error",
        "        except answers.BadAnswer as error:\n            raise NotRegistered(fault_of(error)) from error",
    ),
    Bug(
        "lost-line-means-no",
        "A line that breaks after the closing command was sent is taken for a request that never left.",
        "terminal/devices/shtrih/link.py",
        '            raise Unanswered(f"{command.name}: {error}") from error',
        '            raise NotTaken(f"{command.name}: {error}") from error',
        (
            Edit(
                _REGISTER,
                "            return await self._settled(receipt, after, since, fault_of(error))",
                "            raise NotRegistered(fault_of(error)) from error",
            ),
        ),
    ),
    Bug(
        "read-back-from-the-beginning",
        "The receipt is looked for among all documents: an older client's receipt over the same sum is taken for it.",
        _READ_BACK,
        "        searched = after.last_document\n",
        "        searched = 0\n",
        (
            Edit(
                _READ_BACK,
                "            if document.at < since - CLOCK_TOLERANCE or await"
                " self._other_account(document, receipt):",
                "            if await self._other_account(document, receipt):",
            ),
        ),
    ),
    Bug(
        "read-back-looks-once",
        "One look at a register that is still at work is enough to say that there is no document.",
        _READ_BACK,
        "            still = still + 1 if await self._at_rest(storage) else 0\n            if still == 2:",
        "            still = 1\n            if still:",
    ),
    Bug(
        "read-back-never-unknown",
        "A register whose state cannot be established is taken to have formed nothing.",
        _READ_BACK,
        "        except Trouble as error:\n            raise OutcomeUnknown(fault_of(error)) from error",
        "        except Trouble:\n            return None",
    ),
    Bug(
        "read-back-off-by-one",
        "The first document after the mark is not looked at: a receipt that exists is formed a second time.",
        _READ_BACK,
        "            if storage.last_document > searched:",
        "            if storage.last_document > searched + 1:",
    ),
    Bug(
        "receipt-over-the-due-amount",
        "The receipt is over what was owed instead of what was paid.",
        "terminal/service/receipt_builder.py",
        "    items = tuple(_items(payment.inserted, client, terms))\n",
        "    items = tuple(_items(payment.due, client, terms))\n",
        (Edit("terminal/service/receipt_builder.py", "        cash=payment.inserted,\n", "       "
        " cash=payment.due,\n"),),
    ),
    Bug(
        "paper-not-seen",
        "A receipt whose printing nobody saw counts as printed: the client leaves without any paper.",
        _DESK,
        "            if state is PrintState.FAILED:\n                await self._print_copy(payment)\n",
        "",
    ),
    Bug(
        "paper-out-counts-as-printed",
        "A receipt that waits for paper counts as printed.",
        _DESK,
        "            if state in (PrintState.PRINTED, PrintState.FAILED):",
        "            if state in (PrintState.PRINTED, PrintState.FAILED, PrintState.WAITING_FOR_PAPER):",
    ),
    Bug(
        "idle-printer-means-printed",
        "A printer that is idle after its restart is taken to have printed what it was printing before.",
        _PAPER,
        "        watched = self._seen is _Seen.STARTED and self._opened == self._session.link.opened\n",
        "        watched = True\n",
    ),
    Bug(
        "printed-when-formed",
        "The paper counts as out as soon as the document is formed.",
        _PAPER,
        '        """A document has just been formed and is being printed."""\n        self._watch()',
        '        """A document has just been formed and is being printed."""\n        self._seen = _Seen.OUT',
        (
            Edit(
                _PAPER,
                "            status = await self._session.settle_printer(self._look)\n",
                "            status = await self._session.short_status()\n",
            ),
        ),
    ),
    Bug(
        "copy-owed-to-nobody",
        "When the copy of a receipt cannot be printed it is not tried again.",
        _DESK,
        "            await self._register.print_slip(lines, document.qr_text())",
        "            try:\n"
        "                await self._register.print_slip(lines, document.qr_text())\n"
        "            except FiscalError as error:\n"
        '                log.warning("copy_not_printed why=%s", error)',
    ),
)
