"""Says what an answer of the API is made of, as OpenAPI writes it, from the types that the answer is made from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from inspect import cleandoc, getdoc
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from constabulary.core.answers import Written
from constabulary.core.force.model import Typed

Schema = dict[str, Any]

PLAIN: Mapping[Any, Schema] = {
    Any: {},
    object: {},
    NoneType: {"type": "null"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Decimal: {"type": "number"},
    str: {"type": "string"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    dict: {"type": "object"},
    Mapping: {"type": "object"},
}
"""How a value of each plain type is written."""
UNITS: Mapping[str, str] = {
    "gbp": "pounds",
    "s": "seconds",
    "min": "minutes",
    "h": "hours",
    "hours": "hours",
    "km": "kilometres",
    "m": "metres",
    "share": "share, 0 to 1",
    "fte": "full-time equivalents",
    "erlangs": "erlangs",
    "days": "days",
    "weeks": "weeks",
}
"""The unit that the end of a name tells."""
COMMON: Mapping[str, str] = {
    "about": "What it is for.",
    "answer": "The answer in one sentence, with the figure in it.",
    "area": "Name of the area.",
    "attribution": "What must be said where areas are shown.",
    "bound": "What the best could be at most.",
    "direction": "Which way is better: increase, decrease or neutral.",
    "force": "The force.",
    "from": "First day, counted in; null where nothing is held.",
    "grade": "Id of the grade of response.",
    "half_width": "Half the interval that holds the true value 19 times in 20; null where it cannot be told.",
    "hour": "Hour of the day, from 0.",
    "id": "Its id.",
    "kind": "Which kind it is.",
    "length_min": "How long it lasts.",
    "level": "Level of confidence of the intervals, 0 to 1.",
    "lower": "Lower end of the interval or limit.",
    "mean": "The mean; null where it is not known.",
    "n": "How many values it is the mean of.",
    "name": "Its name.",
    "note": "What a reader should know; null where there is nothing.",
    "people": "How many people.",
    "proven": "Whether it is proven that nothing better exists.",
    "question": "What was asked.",
    "reason": "Why it is not known.",
    "replications": "How many runs were simulated.",
    "rows": "The rows, the same names in each.",
    "schema": "Version of the shape of the answer.",
    "seed": "Seed of the random numbers.",
    "sentence": "The answer in one sentence, with the figure in it.",
    "simulated": "Whether the figures come from simulation rather than from records.",
    "source": "Document and place it is from; null where there is none.",
    "sources": "What each figure rests on, by its name.",
    "stamp": "What the answer rests on, so that it can be made again.",
    "starts_at": "Local time of day it begins.",
    "synthetic": "Whether made-up records are counted.",
    "text": "What it says.",
    "title": "What people call it.",
    "to": "Last day, counted in; null where nothing is held.",
    "totals": "Further figures by name.",
    "unit": "The unit.",
    "units": "Different units.",
    "upper": "Upper end of the interval or limit.",
    "value": "The figure; null where there is none.",
    "warnings": "What a reader must know, a sentence each.",
    "weeks": "How many weeks.",
    "where": "Place in the document; null where there is none.",
    "working": "How it came about.",
    "year": "The year, such as 2019/20.",
    "years": "The years, the first first.",
}
"""What names that stand in many answers mean wherever the answer itself does not say."""


class Schemas:
    """The schemas of answers, each type described once and referred to by its name.

    Parameters
    ----------
    place
        Where the schemas stand in the description: what a reference begins with.
    """

    def __init__(self, place: str = "#/components/schemas/") -> None:
        self.place = place
        self.named: dict[str, Schema] = {}
        self._names: dict[Any, str] = {}

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type.

        Parameters
        ----------
        kind
            A TypedDict, a frozen dataclass as it is written field by field, a plain type, or one made of these.

        Raises
        ------
        TypeError
            If nothing is known of how a value of the type is written.
        """
        if kind in PLAIN:
            return dict(PLAIN[kind])
        if isinstance(kind, type) and issubclass(kind, Enum):
            return {"enum": [one.value for one in kind]}
        if is_typeddict(kind) or is_dataclass(kind):
            return self._referred(kind)
        origin, parts = get_origin(kind), get_args(kind)
        if origin is Literal:
            return {"enum": list(parts)}
        return self._made_of(kind, origin, parts)

    def _made_of(self, kind: Any, origin: Any, parts: tuple[Any, ...]) -> Schema:
        """Return the schema of a type that is made of others."""
        if origin in (Annotated, NotRequired, Written):
            return self.of(parts[0])
        if origin in (Union, UnionType):
            return _either([self.of(part) for part in parts])
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(parts[1])}
        if origin is tuple and parts[-1] is not Ellipsis:
            n = len(parts)
            return {
                "type": "array",
                "prefixItems": [self.of(part) for part in parts],
                "minItems": n,
                "maxItems": n,
            }
        if isinstance(origin, type) and issubclass(origin, Sequence):
            return {"type": "array", "items": self.of(parts[0])}
        raise TypeError(f"It is not known how {kind!r} is written in an answer.")

    def _referred(self, kind: Any) -> Schema:
        if kind not in self._names:
            name = kind.__name__
            if name in self.named:
                name = f"{kind.__module__.split('.')[-2].title()}{name}"
            if name in self.named:
                raise TypeError(f"Two answers are called {name}: rename one.")
            self._names[kind] = name
            self.named[name] = {}
            self.named[name] |= self._object(kind)
        return {"$ref": f"{self.place}{self._names[kind]}"}

    def _object(self, kind: Any) -> Schema:
        summary = cleandoc(getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
        properties: dict[str, Schema] = {}
        required: list[str] = []
        for name, (hint, is_sure, text) in _fields(kind).items():
            properties[name] = self._field(name, hint, text, summary)
            if is_sure:
                required.append(name)
        found = {"type": "object", "description": summary, "properties": properties, "required": required}
        if (others := getattr(kind, "__other_fields__", None)) is not None:
            found["additionalProperties"] = self.of(others)
        return found

    def _field(self, name: str, hint: Any, text: str, summary: str) -> Schema:
        """Return the schema of a field; where nothing is said of it, the object's summary tells what it is."""
        found = self.of(hint) | {"description": text or COMMON.get(name, "") or summary}
        whole, _, part = name.removesuffix("_half_width").removesuffix("_change").partition("_a_")
        unit = UNITS.get(whole.rpartition("_")[2])
        if unit and "_per_" not in name and _is_number(found):
            found["x-unit"] = f"{unit} a {part.replace('_', ' ')}" if part else unit
        return found


def is_described(kind: Any) -> bool:
    """Tell whether a type says what an answer is made of: an object with named fields, or a choice of such."""
    if get_origin(kind) in (Union, UnionType):
        return all(is_described(part) for part in get_args(kind))
    return is_typeddict(kind)


def explained(kind: Any) -> dict[str, str]:
    """Return what the docstring of a class says of each of its fields."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        text = cleandoc(one.__doc__ or "")
        part = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]*\n-+$|\Z)", text, re.DOTALL | re.MULTILINE)
        for names, said in re.findall(r"^(\S.*)\n((?:(?: .*)?\n?)+)", part[1] if part else "", re.MULTILINE):
            about = re.sub(r"\bNone\b", "null", " ".join(said.replace("`", "").split()))
            found |= {name.strip(): about for name in names.split(",")}
    return found


def _fields(kind: Any) -> dict[str, tuple[Any, bool, str]]:
    """Return type of each field of an object, whether it is always there, and what is said of it."""
    hints = get_type_hints(kind, include_extras=True)
    said: dict[str, str] = {}
    for one in (*getattr(kind, "__words_of__", ()), kind):
        said |= explained(one)
    said |= {name: hint.__metadata__[0] for name, hint in hints.items() if get_origin(hint) is Annotated}
    if is_dataclass(kind):
        left_out = ("file", "line") if Typed in getattr(kind, "__mro__", ()) else ()
        return {
            one.name: (hints[one.name], True, said.get(one.name, ""))
            for one in fields(kind)
            if one.name not in left_out
        }
    found = {
        name: (
            hint,
            name not in kind.__optional_keys__ and get_origin(hint) is not NotRequired,
            said.get(name, ""),
        )
        for name, hint in hints.items()
    }
    results, but = getattr(kind, "__spreads__", ((), ()))
    spread = {name: field for one in results for name, field in _fields(one).items() if name not in but}
    return spread | found


def _either(choices: list[Schema]) -> Schema:
    """Return the schema of one of several; plain ones are told by their types alone."""
    if all(set(one) == {"type"} and isinstance(one["type"], str) for one in choices):
        return {"type": [one["type"] for one in choices]}
    if {} in choices:
        return {}
    return {"anyOf": choices}


def _is_number(schema: Schema) -> bool:
    """Tell whether a value is a number, or a list or an object of nothing but numbers."""
    inside = schema.get("items") or schema.get("additionalProperties") or schema
    types = inside.get("type", ())
    return bool({"number", "integer"} & {*([types] if isinstance(types, str) else types)})
