"""Bugs on the way to the supplier: outbox worker, client of the contract, closing of the day."""

from __future__ import annotations

from tests.mutants.bug import Bug, Edit

_WORKER = "terminal/service/outbox_worker.py"
_SUBMISSIONS = "terminal/service/submissions.py"
_ANSWERS = "terminal/transfer/contract_answers.py"
_CLIENT = "terminal/transfer/processing_client.py"
_DAY = "terminal/service/same_day.py"

BUGS = (
    Bug(
        "silence-means-accepted",
        "A host that did not answer is taken to have accepted: the supplier never gets the money.",
        _CLIENT,
        "        result = await self._call(\n            contract_requests.submit_payment(payment),"
        " self._deadlines.submit_s,\n"
        "            lambda response: contract_answers.read_payment(response, payment))\n"
        "        return _settled(result, payment.key)",
        "        try:\n"
        "            result = await self._call(\n"
        "                contract_requests.submit_payment(payment), self._deadlines.submit_s,\n"
        "                lambda response: contract_answers.read_payment(response, payment))\n"
        "        except TransferUnknown:\n"
        '            return Accepted(OperationNumber("0"))\n'
        "        return _settled(result, payment.key)",
        (
            Edit(
                _CLIENT,
                "from contracts.identifiers import AccountNumber, IdempotencyKey, TerminalId",
                "from contracts.identifiers import AccountNumber, IdempotencyKey, OperationNumber, TerminalId",
            ),
        ),
    ),
    Bug(
        "silence-means-refused",
        "A host that did not answer is taken to have refused: the client gets back what the supplier has been paid.",
        _CLIENT,
        "        result = await self._call(\n            contract_requests.submit_payment(payment),"
        " self._deadlines.submit_s,\n"
        "            lambda response: contract_answers.read_payment(response, payment))\n"
        "        return _settled(result, payment.key)",
        "        try:\n"
        "            result = await self._call(\n"
        "                contract_requests.submit_payment(payment), self._deadlines.submit_s,\n"
        "                lambda response: contract_answers.read_payment(response, payment))\n"
        "        except TransferUnknown:\n"
        '            return Refused("silent", "no answer")\n'
        "        return _settled(result, payment.key)",
    ),
    Bug(
        "fresh-key-for-every-attempt",
        "Every attempt goes out under a key of its own: a reply that was lost makes the host take the payment twice.",
        _SUBMISSIONS,
        "        return PaymentSubmission(payment.key, payment.number,",
        "        self.attempts = getattr(self, \"attempts\", 0) + 1\n"
        "        return PaymentSubmission(\n"
        '            IdempotencyKey(f"{payment.key}-{self.attempts}"), payment.number,',
        (
            Edit(
                _SUBMISSIONS,
                "from contracts.identifiers import TerminalId",
                "from contracts.identifiers import IdempotencyKey, TerminalId",
            ),
            Edit(
                _WORKER,
                "            answer = answers[row.key]\n",
                "            answer = next(each for key, each in answers.items() if key.startswith(row.key))\n",
            ),
        ),
    ),
    Bug(
        "reply-to-another-request",
        "The late reply to another payment is taken for the answer to this one.",
        _ANSWERS,
        '    asked = {"key": payment.key, "account": payment.account, "kopecks": payment.amount.kopecks}\n',
        "    asked: dict[str, object] = {}\n",
    ),
    Bug(
        "batch-reply-by-place",
        "The results of a batch are taken in their order without looking whose they are: a late"
        " reply to another batch"
        " fits.",
        _ANSWERS,
        '    result.same("key", payment.key)\n    result.same("kopecks", payment.amount.kopecks)\n',
        "",
        (
            Edit(
                _ANSWERS,
                '    if len(results) != len(payments):\n        raise WrongAnswer("results: not one'
                ' for each payment")\n',
                "",
            ),
            Edit(_ANSWERS, "zip(results, payments, strict=True)", "zip(results, payments)"),
        ),
    ),
    Bug(
        "any-answer-is-a-yes",
        "Whatever comes back with status 200 is a yes: the login page of the mobile operator accepts payments.",
        _CLIENT,
        "            raise TransferUnknown(f\"wrong answer: {error}\") from error",
        "            if response.status == 200 and request.path == \"/payments\":\n"
        "                return Accepted(OperationNumber(\"0\"))  # type: ignore[return-value]\n"
        "            raise TransferUnknown(f\"wrong answer: {error}\") from error",
        (
            Edit(
                _CLIENT,
                "from contracts.identifiers import AccountNumber, IdempotencyKey, TerminalId",
                "from contracts.identifiers import AccountNumber, IdempotencyKey, OperationNumber, TerminalId",
            ),
        ),
    ),
    Bug(
        "sent-with-the-due-amount",
        "What is sent is the sum that was owed instead of the one that was paid.",
        _SUBMISSIONS,
        "self._terminal, account, payment.inserted, paid_at",
        "self._terminal, account, payment.due, paid_at",
    ),
    Bug(
        "sent-with-the-time-of-sending",
        "The body changes with every attempt, so that the host takes it for another payment under a used key.",
        _SUBMISSIONS,
        "        paid_at = datetime.fromisoformat(payment.funded_at)\n",
        "        paid_at = datetime.fromisoformat(self._book.stamp())\n",
    ),
    Bug(
        "delivered-before-the-answer",
        "The row leaves the outbox when it is sent: a payment whose answer was lost is never asked about again.",
        _WORKER,
        "                answer = await self._processing.submit_payment(submission)\n",
        "                self._book.append(Step((), settles=((row.key, OutboxState.PARKED),)))\n"
        "                answer = await self._processing.submit_payment(submission)\n",
    ),
    Bug(
        "unsent-after-the-cut-off-waits",
        "What could not be sent before the cut-off is left for the next morning, every time.",
        _WORKER,
        "            self._outbox.postpone(row.key, until)\n",
        "            if now >= cut_off:\n                until = now + timedelta(hours=9)\n"
        "                self._longest_s = 32_400.0\n"
        "            self._outbox.postpone(row.key, until)\n",
    ),
    Bug(
        "lost-answer-waits-a-day",
        "A payment whose answer was lost is asked about again a day later, after the day of payment is over.",
        _WORKER,
        "        self._postpone(rows, error.retry_after_s if isinstance(error, TransferUnknown) else None)\n",
        "        self._postpone(rows, 86_400.0 if isinstance(error, TransferUnknown) else None)\n",
    ),
    Bug(
        "day-closed-with-unsent",
        "The day is closed with payments in the outbox: both sides agree on a day that is not complete.",
        _DAY,
        "        return any(True for _ in self._outbox.unsettled_of_day(day))\n",
        "        return False\n",
    ),
)
