"""HTTP out of memory: answers that were written down beforehand, requests that can be looked at afterwards."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from terminal.ports.http import HttpRequest, HttpResponse

Script = HttpResponse | Exception | Callable[[HttpRequest], HttpResponse]


class ScriptedHttp:
    """Implements `terminal.ports.http.HttpTransport`. The last entry of the script is repeated."""

    def __init__(self, *script: Script) -> None:
        self._script = deque(script)
        self.requests: list[HttpRequest] = []

    async def exchange(self, request: HttpRequest, timeout_s: float) -> HttpResponse:
        assert timeout_s > 0
        self.requests.append(request)
        entry = self._script.popleft() if len(self._script) > 1 else self._script[0]
        if isinstance(entry, Exception):
            raise entry
        return entry if isinstance(entry, HttpResponse) else entry(request)
