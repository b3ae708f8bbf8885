"""Holds answers of the API to the schemas that its description gives them, by the keywords which those use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

KNOWN = {"$ref", "anyOf", "enum", "type", "format", "properties", "required", "items", "prefixItems"} | {
    *("additionalProperties", "minItems", "maxItems", "description", "x-unit")
}
"""The keywords understood here; any other would go unheld, and is a fault."""
TYPES: dict[str, Any] = {
    "null": type(None),
    "boolean": bool,
    "string": str,
    "array": list,
    "object": dict,
    "integer": int,
    "number": (int, float),
}
FORMATS = {"date": date.fromisoformat, "date-time": datetime.fromisoformat}


def hold(address: str, status: int, text: str) -> None:
    """Hold an answer of the API, or a refusal, to what the description of its route says; nothing where none is."""
    from constabulary.web import api

    described = api.description()
    if status != 500 and (route := route_of(described, address)) is not None:
        told = list(faults_of(json.loads(text), schema_of(described, route, status), described))
        assert not told, f"{address}: {told[:5]}"


def route_of(described: dict[str, Any], address: str) -> str | None:
    """Return the route of an address, the one with fewest captures, as the site finds it; None where there is none."""
    path = address.partition("?")[0]
    fit = [one for one in described["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)]
    return min(fit, key=lambda one: one.count("{"), default=None)


def schema_of(described: dict[str, Any], route: str, status: int = 200) -> dict[str, Any]:
    """Return the schema of what a route answers with a status."""
    answer = described["paths"][route]["get"]["responses"][str(status)]
    if "$ref" in answer:
        answer = described["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    found: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return found


def faults_of(value: Any, schema: dict[str, Any], described: dict[str, Any], at: str = "$") -> Iterator[str]:
    """Give where a value is not what a schema says; a field that an object's schema does not name is a fault too."""
    yield from (f"{at}: {word} is not understood" for word in schema.keys() - KNOWN)
    if "$ref" in schema:
        target: Any = described
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        yield from faults_of(value, target, described, at)
    if "anyOf" in schema:
        every = [list(faults_of(value, one, described, at)) for one in schema["anyOf"]]
        if all(every):
            yield from min(every, key=len)
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is_of(value, kind) for kind in kinds):
        yield f"{at}: {str(value)[:60]!r} is not {' or '.join(kinds)}"
    elif isinstance(value, dict):
        yield from _faults_of_object(value, schema, described, at)
    elif isinstance(value, list):
        first = schema.get("prefixItems", [])
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        for no, one in enumerate(value):
            yield from faults_of(
                one, first[no] if no < len(first) else schema.get("items", {}), described, f"{at}[{no}]"
            )
    elif isinstance(value, str) and "format" in schema:
        try:
            FORMATS[schema["format"]](value)
        except ValueError:
            yield f"{at}: {value!r} is not a {schema['format']}"


def _faults_of_object(
    value: dict[str, Any], schema: dict[str, Any], described: dict[str, Any], at: str
) -> Iterator[str]:
    fields, others = schema.get("properties", {}), schema.get("additionalProperties")
    yield from (f"{at}: lacks {name}" for name in schema.get("required", []) if name not in value)
    for name, one in value.items():
        if name in fields:
            yield from faults_of(one, fields[name], described, f"{at}.{name}")
        elif others is not None:
            yield from faults_of(one, others, described, f"{at}.{name}")
        elif fields:
            yield f"{at}: {name} is not described"


def _is_of(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, TYPES[kind])
