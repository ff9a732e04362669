"""The terminal's credentials with a host: one line in a file that nobody else may read.

`bearer TOKEN` (RFC 6750) or `basic USER:PASSWORD` (RFC 7617). The file is read for every request, so that changed
credentials count at once.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

MAX_BYTES = 4096
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


class CredentialsUnusable(Exception):
    """There are none, or others may read them. The text never holds a secret."""


def authorization(file: Path) -> str:
    """The value of the `Authorization` header. Raises `CredentialsUnusable`."""
    try:
        if file.stat().st_mode & 0o077:
            raise CredentialsUnusable(f"{file}: others may read it, mode must be 0600")
        with file.open("rb") as opened:
            line = opened.read(MAX_BYTES).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialsUnusable(f"{file}: {type(error).__name__}") from error
    scheme, _, secret = line.partition(" ")
    secret = secret.strip()
    if scheme == "bearer" and _TOKEN.fullmatch(secret):
        return f"Bearer {secret}"
    if scheme == "basic" and re.fullmatch(r"[^\x00-\x1f:\x7f]+:[^\x00-\x1f\x7f]+", secret):
        return "Basic " + base64.b64encode(secret.encode("utf-8")).decode("ascii")
    raise CredentialsUnusable(f"{file}: neither `bearer TOKEN` nor `basic USER:PASSWORD`")
