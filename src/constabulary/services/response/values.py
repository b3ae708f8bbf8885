"""The assumptions a simulation rests on: the package's, the force's own in their place, and what a scenario sets."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from constabulary.core.errors import BadForceFolder, Problem
from constabulary.core.force import Force
from constabulary.core.force.model import Typed
from constabulary.core.force.rooms.response import (
    AwayRow,
    ControlRoomRow,
    DutyRow,
    ResponseValue,
    ShiftRow,
    Station,
)
from constabulary.parameters.load import Parameter, load_parameters
from constabulary.response.arrivals import USES
from constabulary.response.scenario import Scenario
from constabulary.services.response.facts import names_of, said

SHARED = (
    *(name for name in USES),
    *("hour_of_week", "month_weight", "attended_grade_weight", "unattended_share", "category_weight"),
    *("contact_weight", "handling_mean_s", "handling_spread", "patience_mean_s", "no_contact_share"),
    "talking_share",
)
"""Assumptions that simulation shares with the made-up records, so that the two agree."""


@dataclass(frozen=True)
class Rest:
    """One thing a result rests on.

    Parameters
    ----------
    name, title
        Its name, where it has one, and what it is.
    value, unit
        The value, where it is one.
    status
        enacted, announced, forecast, printed, inferred or assumed.
    where
        package, force folder or scenario.
    source, why
        The document and place in it, and why it is so.
    """

    name: str
    title: str
    value: Any
    unit: str
    status: str
    where: str
    source: str
    why: str

    def as_json(self) -> dict[str, Any]:
        """Return it as `--json` gives it."""
        return {key: getattr(self, key) for key in self.__dataclass_fields__}


@lru_cache(maxsize=1)
def known_parameters() -> Mapping[str, Parameter]:
    """Return every assumption that a force folder or scenario may set, by name."""
    shared = {name: one for name, one in load_parameters("synthetic").items() if name in SHARED}
    # What an officer costs is the money side's, so that the same officers cost the same there and here.
    cost = {"officer_cost_gbp": load_parameters("finance")["officer_cost_gbp"]}
    return {**shared, **load_parameters("response"), **cost}


def values_of(force: Force, scenario: Scenario | None = None) -> dict[str, Any]:
    """Return the assumptions by name: the scenario's, else the force's, else the package's.

    Parameters
    ----------
    force
        Whose.
    scenario
        What is tried, if anything.

    Raises
    ------
    BadForceFolder
        If the folder sets what is no assumption or out of its range.
    """
    known = known_parameters()
    values = {name: copy.deepcopy(one.value) for name, one in known.items()}
    problems: list[Problem] = []
    for row in force.rows(ResponseValue):
        problems += _set(values, known, row)
    if problems:
        raise BadForceFolder(problems)
    return values | dict(scenario.values if scenario else {})


def _set(values: dict[str, Any], known: Mapping[str, Parameter], row: ResponseValue) -> list[Problem]:
    def problem(rule: str, column: str, message: str, expected: str) -> list[Problem]:
        given = str(getattr(row, column) or "")
        return [Problem(rule, message, row.file, row.line, column, given, expected)]

    if row.name not in known:
        return problem(
            "unknown_value",
            "name",
            f'"{row.name}" is no assumption.',
            "a name that `constabulary response assumptions` lists",
        )
    least, most = known[row.name].bounds
    number = float(row.value)
    if not least <= number <= most:
        expected = f"{least:g} to {most:,.15g}"
        return problem("out_of_range", "value", f"{row.value} cannot be used.", expected)
    now = values[row.name]
    if isinstance(now, list) and row.part and row.part.isdigit() and int(row.part) < len(now):
        now[int(row.part)] = number
    elif isinstance(now, dict) and row.part in now and not isinstance(now[row.part], (list, dict)):
        now[row.part] = number
    elif not isinstance(now, (list, dict)) and row.part is None:
        values[row.name] = number
    else:
        parts = (
            [f"0 to {len(now) - 1}"]
            if isinstance(now, list)
            else list(now)
            if isinstance(now, dict)
            else ["nothing"]
        )
        return problem(
            "unknown_part", "part", f'"{row.part or ""}" is no part of {row.name}.', ", ".join(parts)
        )
    return []


def rests_on(force: Force, scenario: Scenario | None = None) -> tuple[Rest, ...]:
    """Return everything a simulation rests on, the scenario's own statements first.

    Parameters
    ----------
    force
        Whose.
    scenario
        What is tried, if anything.
    """
    own = {row.name: row for row in force.rows(ResponseValue)}
    found = [
        Rest("", one.text, None, "", one.status, "scenario", force.cited(one.source_id, one.where), "")
        for one in (scenario.assumptions if scenario else ())
    ]
    values = values_of(force, scenario)
    for name, parameter in known_parameters().items():
        if scenario and name in scenario.values:
            status, where, source, why = "assumed", "scenario", "", f"set by the scenario {scenario.name}"
        elif name in own:
            row = own[name]
            status, where, why = row.status, "force folder", row.note or ""
            source = force.cited(row.source_id, row.where)
        else:
            status, where, why = parameter.status, "package", parameter.why.strip()
            source = parameter.source or ""
        found.append(Rest(name, parameter.title, values[name], parameter.unit, status, where, source, why))
    names = names_of(force)
    tables: tuple[Iterable[Typed], ...] = (
        force.rows(Station),
        force.rows(ShiftRow),
        force.rows(DutyRow),
        force.rows(AwayRow),
        force.rows(ControlRoomRow) if scenario and scenario.agents == "rostered" else (),
        (target for target in force.targets if target.grade),
        force.establishment,
    )
    found += [
        Rest(
            "",
            said(typed, names),
            None,
            "",
            typed.status,
            "force folder",
            force.cited(typed.source_id, typed.where),
            typed.note or "",
        )
        for typed in chain.from_iterable(tables)
    ]
    return tuple(found)
