"""The terminal's credentials with a host: a JSON file that nobody else may read.

`{"token": "…"}` (RFC 6750) or `{"user": "…", "password": "…"}` (RFC 7617). The file is read for every request, so that
changed credentials count at once.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

MAX_BYTES = 4096
_TOKEN = r"[A-Za-z0-9\-._~+/]+=*"
_USER = r"[^\x00-\x1f:\x7f\ud800-\udfff]+"
_PASSWORD = r"[^\x00-\x1f\x7f\ud800-\udfff]+"
"""No control characters, and no halves of surrogate pairs: these have no bytes."""


class CredentialsUnusable(Exception):
    """There are none, or others may read them. The text never holds a secret."""


def authorization(file: Path) -> str:
    """The value of the `Authorization` header. Raises `CredentialsUnusable`."""
    try:
        if file.stat().st_mode & 0o077:
            raise CredentialsUnusable(f"{file}: others may read it, mode must be 0600")
        with file.open("rb") as opened:
            secrets = json.loads(opened.read(MAX_BYTES).decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CredentialsUnusable(f"{file}: {type(error).__name__}") from error
    match secrets:
        case {"token": str(token)} if re.fullmatch(_TOKEN, token):
            return f"Bearer {token}"
        case {"user": str(user), "password": str(password)} if _usable(user, password):
            return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        case _:
            raise CredentialsUnusable(f"{file}: neither a token nor a user and a password")


def _usable(user: str, password: str) -> bool:
    return re.fullmatch(_USER, user) is not None and re.fullmatch(_PASSWORD, password) is not None
