"""One HTTP exchange on behalf of a billing client: what failed becomes an error of the processing port.

Statuses that any server, proxy or portal on the way may give are settled here, so that a client reads only answers
which may be its host's own. Details of errors name statuses and sizes, never contents.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from terminal.ports.clock import Clock
from terminal.ports.http import MAX_RESPONSE_BYTES, HttpRequest, HttpResponse, HttpTransport, NoAnswer, NoConnection
from terminal.ports.processing import NotSent, TransferUnknown

MAX_RETRY_AFTER_S = 3600.0
"""A host that asks for a longer pause is asked again after this."""


async def ask(http: HttpTransport, clock: Clock, request: HttpRequest, timeout_s: float) -> HttpResponse:
    """An answer with status 200 or 4xx, within the size limit. Raises `NotSent` or `TransferUnknown`."""
    try:
        response = await http.exchange(request, timeout_s)
    except NoConnection as error:
        raise NotSent(f"no connection: {error}") from error
    except NoAnswer as error:
        raise TransferUnknown(f"no answer: {error}") from error
    if len(response.body) > MAX_RESPONSE_BYTES:
        raise TransferUnknown(f"answer longer than {MAX_RESPONSE_BYTES} bytes")
    if response.status == 429 or response.status >= 500:
        raise TransferUnknown(f"HTTP status {response.status}", retry_after_s(response, clock.now()))
    if response.status != 200 and not 400 <= response.status < 500:
        raise TransferUnknown(f"HTTP status {response.status}")
    return response


def retry_after_s(response: HttpResponse, now: datetime) -> float | None:
    """Seconds that `Retry-After` asks for, at most `MAX_RETRY_AFTER_S`; None when it is absent or makes no sense.

    RFC 9110, 10.2.3: a number of seconds or an HTTP date.
    """
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MAX_RETRY_AFTER_S)
    try:
        until = parsedate_to_datetime(text)
        pause_s = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, pause_s), MAX_RETRY_AFTER_S)
