"""As much of OpenAPI 3.1 and JSON Schema as the project's own description uses. Anything else fails loudly."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from terminal.ports.http import HttpRequest, HttpResponse

OPENAPI = Path(__file__).parents[2] / "docs" / "protocols" / "openapi.yaml"
KNOWN_KEYWORDS = frozenset((
    "type", "const", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "required", "properties",
    "items", "minItems", "maxItems", "allOf", "anyOf", "description", "$ref",
))
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


class OpenApi:
    def __init__(self, text: str) -> None:
        self.root: dict[str, Any] = yaml.safe_load(text)

    def resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The node that a reference stands for."""
        while "$ref" in node:
            target: Any = self.root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def operation(self, method: str, path: str) -> Mapping[str, Any]:
        """The operation that a request addresses. Raises `AssertionError` when there is none."""
        for template, item in self.root["paths"].items():
            pattern = re.sub(r"\{[a-z]+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in item:
                operation: Mapping[str, Any] = item[method.lower()]
                return operation
        raise AssertionError(f"{method} {path} is not described")

    def request_faults(self, request: HttpRequest) -> list[str]:
        """What is wrong with a request; empty when nothing is."""
        operation = self.operation(request.method, request.path)
        faults = [
            f"header {parameter['name']}"
            for parameter in map(self.resolved, operation.get("parameters", ()))
            if parameter["in"] == "header"
            and list(self.faults(request.headers.get(parameter["name"]), parameter["schema"]))
        ]
        if "requestBody" not in operation:
            return faults + (["body"] if request.body else [])
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        return faults + list(self.faults(json.loads(request.body), schema))

    def response_faults(self, request: HttpRequest, response: HttpResponse) -> list[str]:
        """What is wrong with the answer to a request."""
        responses = self.operation(request.method, request.path)["responses"]
        described = self.resolved(responses.get(str(response.status), responses["default"]))
        schema = described["content"]["application/json"]["schema"]
        return list(self.faults(json.loads(response.body), schema))

    def faults(self, value: object, schema: Mapping[str, Any], at: str = "$") -> Iterator[str]:
        schema = self.resolved(schema)
        unknown = set(schema) - KNOWN_KEYWORDS
        assert not unknown, f"the checker does not know {unknown}"
        for part in schema.get("allOf", ()):
            yield from self.faults(value, part, at)
        if "anyOf" in schema and all(list(self.faults(value, part, at)) for part in schema["anyOf"]):
            yield f"{at}: none of the alternatives"
        kind = schema.get("type")
        if kind is not None and (not isinstance(value, _TYPES[kind]) or (kind == "integer" and value in (True, False)
                                                                         and isinstance(value, bool))):
            yield f"{at}: not {kind}"
            return
        if "const" in schema and value != schema["const"]:
            yield f"{at}: not {schema['const']!r}"
        if "enum" in schema and value not in schema["enum"]:
            yield f"{at}: not one of {schema['enum']}"
        yield from self._faults_inside(value, schema, at)

    def _faults_inside(self, value: object, schema: Mapping[str, Any], at: str) -> Iterator[str]:
        if isinstance(value, str):
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
                yield f"{at}: length {len(value)}"
            if "pattern" in schema and re.search(schema["pattern"], value) is None:
                yield f"{at}: not {schema['pattern']}"
        elif isinstance(value, int):
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                yield f"{at}: {value} out of range"
        elif isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                yield f"{at}: {len(value)} items"
            for place, item in enumerate(value):
                yield from self.faults(item, schema.get("items", {}), f"{at}[{place}]")
        elif isinstance(value, dict):
            yield from (f"{at}.{name}: missing" for name in schema.get("required", ()) if name not in value)
            for name, part in schema.get("properties", {}).items():
                if name in value:
                    yield from self.faults(value[name], part, f"{at}.{name}")


def load() -> OpenApi:
    return OpenApi(OPENAPI.read_text(encoding="utf-8"))
