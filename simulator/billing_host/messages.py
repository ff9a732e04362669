"""HTTP requests and replies as the host's services see them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

JSON = "application/json; charset=utf-8"
XML = "text/xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
MAX_PARAMETERS = 50


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    """Path and query as received."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def parameters(self) -> dict[str, str]:
        """The query. Raises `ValueError` for too many parameters."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS))


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Reply:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Reply(status, text.encode("utf-8", "replace"), JSON, headers or {})
