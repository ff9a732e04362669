"""Modules loaded when the loop already runs: the one exception to imports at the top of a file.

Loading takes the service longer than everything else that it does at its start. What the first word to the acceptor
does not need is loaded beside the loop, so that the line is served meanwhile: the composition root
(`terminal.commands.service`), and the HTTP library (`terminal.transfer.late_http`).
"""

from __future__ import annotations

import asyncio
import importlib
from types import ModuleType


async def load(name: str) -> ModuleType:
    """Import a module in a thread. Raises whatever importing it raises."""
    return await asyncio.to_thread(importlib.import_module, name)
