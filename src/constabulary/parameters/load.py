"""Reads the parameter files: one value a file, with its unit, its standing and why it is what it is.

Keys that are not known are errors, so that a misspelt one can never leave a value silently unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from constabulary.core.errors import BadInput, Problem

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # a PyYAML that was built without its C library reads the same, ten times slower
    from yaml import SafeLoader  # type: ignore[assignment]

STATUSES = ("enacted", "announced", "forecast", "assumed")
UNITS: Mapping[str, tuple[float, float]] = {
    "share": (0, 1),
    "seconds": (0, 1e8),
    "hours": (0, 1e5),
    "days": (0, 1e5),
    "metres": (0, 1e8),
    "kilometres": (0, 1e5),
    "square_kilometres": (0, 1e9),
    "kilometres_an_hour": (0, 1e5),
    "weight": (0, 1e12),
    "gbp": (0, 1e12),
    "ratio": (0, 1e6),
    "count": (0, 1e9),
    "yearly_rate": (-1, 1e3),
    "coefficient_of_variation": (0, 100),
    "log_standard_deviation": (0, 20),
}
"""The units a value may have, each with the lowest and highest number that makes sense."""
NEEDED = ("title", "unit", "status", "why", "value")
ALLOWED = (*NEEDED, "source", "from_on", "between")


@dataclass(frozen=True)
class Parameter:
    """One value with where it comes from.

    Parameters
    ----------
    name
        Its file's name without the ending.
    title
        What it is, in one line.
    unit
        One of `UNITS`.
    status
        enacted, announced, forecast or assumed.
    why
        Why it is what it is.
    value
        A number, or lists and mappings of numbers.
    source, from_on
        The document that states it and the first day it holds; only an assumed value may be without.
    between
        The lowest and highest number that can be used, where its unit allows more.
    """

    name: str
    title: str
    unit: str
    status: str
    why: str
    value: Any
    source: str | None = None
    from_on: date | None = None
    between: Sequence[float] | None = None

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and highest number that can be used."""
        return _bounds(self.unit, self.between)


def load_parameters(group: str) -> dict[str, Parameter]:
    """Return the parameters of a group that come with the package, by name.

    Parameters
    ----------
    group
        A folder of ``parameters/values``, such as "synthetic".

    Raises
    ------
    BadInput
        If a file breaks a rule; all problems at once.

    Examples
    --------
    >>> from constabulary.parameters import load_parameters
    >>> load_parameters("synthetic")["growth_rate"].status
    'assumed'
    """
    return read_parameters(Path(str(files("constabulary.parameters"))) / "values" / group)


def read_parameters(folder: Path) -> dict[str, Parameter]:
    """Return the parameters in the files of a folder, by name; see `load_parameters`."""
    problems: list[Problem] = []
    parameters = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), Loader=SafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            problems.append(_problem(path, "not_yaml", f"cannot be read ({str(error).splitlines()[0]})"))
            continue
        found = list(_faults(path, content))
        problems += found
        if not found:
            parameters[path.stem] = Parameter(name=path.stem, **content)
    if problems:
        raise BadInput(problems)
    if not parameters:
        raise BadInput(_problem(folder, "no_parameters", "there is no parameter file in this folder"))
    return parameters


def _faults(path: Path, content: Any) -> Iterator[Problem]:
    if not isinstance(content, dict):
        yield _problem(path, "not_a_parameter", "is not a list of keys", expected=", ".join(NEEDED))
        return
    for key in content:
        if key not in ALLOWED:
            allowed = ", ".join(ALLOWED)
            yield _problem(path, "unknown_key", f'"{key}" is not a key of a parameter', str(key), allowed)
    for key in NEEDED:
        if content.get(key) in (None, ""):
            yield _problem(path, "missing_key", "there is no value", key, "a value")
    yield from _evidence_faults(path, content)
    unit = content.get("unit")
    between = content.get("between")
    if unit not in (None, *UNITS):
        yield _problem(path, "unknown_unit", f'"{unit}" is no unit', "unit", ", ".join(UNITS))
    elif unit is not None and not _is_within(between, unit):
        expected = "two numbers, the lower first, that its unit allows"
        yield _problem(path, "bad_bounds", f"{between!r} are no bounds", "between", expected)
    elif unit is not None and content.get("value") is not None:
        yield from _value_faults(path, unit, _bounds(unit, between), content["value"])


def _evidence_faults(path: Path, content: dict[str, Any]) -> Iterator[Problem]:
    if content.get("status") not in (None, *STATUSES):
        expected = " or ".join(STATUSES)
        yield _problem(path, "unknown_status", f'"{content["status"]}" is no status', "status", expected)
    elif content.get("status") != "assumed":
        for key in ("source", "from_on"):
            if content.get(key) is None:
                yield _problem(path, "missing_key", "only an assumed value may be without", key, "a value")
    if content.get("from_on") is not None and not isinstance(content["from_on"], date):
        yield _problem(path, "not_a_date", "is not a date", "from_on", "a date such as 2024-04-01")


def _bounds(unit: str, between: Sequence[float] | None) -> tuple[float, float]:
    lowest, highest = UNITS[unit] if between is None else between
    return lowest, highest


def _is_within(between: Any, unit: str) -> bool:
    """Return whether bounds, if there are any, are two numbers that a unit allows, the lower first."""
    if between is None:
        return True
    is_pair = (
        isinstance(between, list) and len(between) == 2 and all(type(one) in (int, float) for one in between)
    )
    return bool(is_pair and UNITS[unit][0] <= between[0] < between[1] <= UNITS[unit][1])


def _value_faults(path: Path, unit: str, bounds: tuple[float, float], value: Any) -> Iterator[Problem]:
    lowest, highest = bounds
    expected = f"a number from {lowest:g} to {highest:,.15g}"
    for place, leaf in _leaves("value", value):
        is_number = isinstance(leaf, (int, float)) and not isinstance(leaf, bool)
        if not (is_number and lowest <= leaf <= highest):
            yield _problem(path, "out_of_range", f"{leaf!r} is not one for {unit}", place, expected)


def _leaves(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(f"{place}.{key}", part)
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            yield from _leaves(f"{place}[{number}]", part)
    else:
        yield place, value


def _problem(
    path: Path, rule: str, message: str, column: str | None = None, expected: str | None = None
) -> Problem:
    return Problem(rule, message, file=path.name, column=column, expected=expected, remedy="Mend the file.")
