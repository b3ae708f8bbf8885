"""Prints the page of the manual on the API from its description: addresses, what they ask, fields of the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from constabulary.web import api
from constabulary.web.api_schema import COMMON
from constabulary.web.api_words import YEARS

Schema = Mapping[str, Any]

INTRODUCTION = """# The API

Printed from the description that the site hands out at `/api/openapi.json`; [how to use it](../how-to/use-the-api.md)
shows examples. All addresses are read by GET and answer JSON. A word that an address does not list is refused, and so
is one that is empty, said twice or out of its bounds."""
ANSWERS = """## Answers

Answers have `schema`, the version of their shape, and those that were worked out `stamp`, a
[StampAnswer](#stampanswer) that says what they rest on; neither is listed again below."""
IN_EVERY = {name: COMMON[name] for name in ("schema", "stamp")}


def manual() -> str:
    """Return the page, as Markdown; the routes must be declared (`constabulary.web.urls`)."""
    described = api.description()
    schemas = described["components"]["schemas"]
    refusals = [f"| {status} | {text} |" for status, text in api.REFUSALS.items()]
    routes = sorted(
        (methods["get"]["tags"][0], path, methods["get"]) for path, methods in described["paths"].items()
    )
    parts = [
        INTRODUCTION,
        "## Refusals",
        "All carry a [Refusal](#refusal).",
        _table("status | means", refusals),
    ]
    for room, found in groupby(routes, key=lambda one: one[0]):
        parts += [f"## {room.capitalize()}", *(_route(path, told) for _, path, told in found)]
    return "\n\n".join([*parts, ANSWERS, *(_answer(name, schemas[name]) for name in sorted(schemas))]) + "\n"


def _table(head: str, rows: list[str]) -> str:
    return "\n".join([f"| {head} |", "|---" * (head.count("|") + 1) + "|", *rows])


def _route(path: str, told: Schema) -> str:
    answer = _type(told["responses"]["200"]["content"]["application/json"]["schema"])
    about = " ".join(told["description"].split())
    parts = [
        f"### `{path}`",
        f"{told['summary']}. {about} For those who may {told['x-permission']}. Gives {answer}.",
    ]
    rows = [f"| `{one['name']}` | {_asked(one)} | {one['description']} |" for one in told["parameters"]]
    return "\n\n".join([*parts, *([_table("asks | what may be said | what", rows)] if rows else [])])


def _answer(name: str, schema: Schema) -> str:
    """Return an object of the answers; fields side by side that are told in the same words share a row."""
    told = [
        (
            f"`{field}`" if field in schema["required"] else f"`{field}` (may be missing)",
            (_type(one) + _unit(one), one["description"].replace("|", r"\|")),
        )
        for field, one in schema["properties"].items()
        if IN_EVERY.get(field) != one["description"]
    ]
    rows = [
        f"| {', '.join(field for field, _ in fields)} | {kind} | {about} |"
        for (kind, about), fields in groupby(told, key=lambda one: one[1])
    ]
    if "additionalProperties" in schema:
        rows.append(f"| others, by name | {_type(schema['additionalProperties'])} | |")
    return "\n\n".join([f"### {name}", schema["description"], _table("field | type | what", rows)])


def _unit(schema: Schema) -> str:
    return f" ({schema['x-unit']})" if "x-unit" in schema else ""


def _asked(told: Schema) -> str:
    """Return what may stand for a word: its kind and bounds, and what holds where it is left out."""
    schema = told["schema"]
    if schema["type"] == "array":
        return f"{_bounded(schema['items'])}; may be repeated"
    if told["required"]:
        return f"{_bounded(schema)}; needed"
    return _bounded(schema) + (f"; `{schema['default']}` when left out" if "default" in schema else "")


def _bounded(schema: Schema) -> str:
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "minimum" in schema:
        noun = "whole number" if schema["type"] == "integer" else "number"
        least, most = (f"{Decimal(str(schema[bound])).normalize():,f}" for bound in ("minimum", "maximum"))
        return f"{noun}, {least} to {most}{_unit(schema)}"
    if schema.get("format") == "date":
        return f"day of {YEARS[0]} to {YEARS[1]} such as `2018-03-01`"
    such = f" such as `{schema['examples'][0]}`" if "examples" in schema else ""
    return f"text{such}" if "pattern" in schema else f"text{such}, at most {schema['maxLength']:,} characters"


def _type(schema: Schema) -> str:
    """Return what a value is, in words, with links to the objects that are told of elsewhere."""
    return " or ".join(_kinds(schema))


def _kinds(schema: Schema) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield f"[{name}](#{name.lower()})"
    elif "anyOf" in schema:
        for one in schema["anyOf"]:
            yield from _kinds(one)
    elif "enum" in schema:
        yield from (f"`{one}`" for one in schema["enum"])
    elif schema.get("type") == "array":
        inside = [schema["items"]] if "items" in schema else schema["prefixItems"]
        yield f"list of {', '.join(_type(one) for one in inside)}"
    elif schema.get("type") == "object":
        inside = schema.get("additionalProperties")
        yield "object" if inside is None else f"object of {_type(inside)} by name"
    else:
        kinds = schema.get("type", "any value")
        words = {"string": schema.get("format", "text"), "boolean": "truth"}
        yield from (words.get(one, one) for one in ([kinds] if isinstance(kinds, str) else kinds))
