"""A supervised process as the operating system sees it: made, signalled, and known for certain to be gone.

Each process leads a group of its own, so that what it has started ends with it, and the kernel kills it when the
watchdog dies (prctl(2), PR_SET_PDEATHSIG): a restarted watchdog never meets a service of the one before.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class Child:
    """One living instance. Made and used on the thread of the running loop; `gone` is called once, on that loop."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], gone: Callable[[int], None]) -> None:
        """Raises `OSError` when the process cannot be made."""
        parent = os.getpid()

        def die_with_parent() -> None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        self._gone = gone
        self._process = subprocess.Popen(
            list(command), env=dict(environment), stdin=subprocess.DEVNULL, start_new_session=True,
            # The watchdog has one thread, which is what makes code between fork and exec safe.
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )
        self.pid = self._process.pid
        self._ended = os.pidfd_open(self.pid)
        asyncio.get_running_loop().add_reader(self._ended, self._reap)

    def send(self, number: signal.Signals) -> None:
        """Signal the process itself, or its whole group when it is to be killed."""
        if self._process.returncode is not None:
            return
        if number is signal.SIGKILL:
            self._kill_group()
        else:
            signal.pidfd_send_signal(self._ended, number)

    def _reap(self) -> None:
        self._kill_group()  # before the process is reaped: until then nobody else can have its number
        code = self._process.wait()
        asyncio.get_running_loop().remove_reader(self._ended)
        os.close(self._ended)
        self._gone(code)

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
