"""Reads a scenario's TOML file, strictly: everything that is wrong with it is told at once."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.force.cells import read_cells
from constabulary.core.force.declared import STATUSES, Column
from constabulary.core.force.files import Toml, read_toml
from constabulary.core.force.rooms.response import DUTIES, Station
from constabulary.parameters.load import Parameter
from constabulary.response import scenario_staffing
from constabulary.response.bounds import NO_WEIGHT, WEIGHTS
from constabulary.response.scenario import (
    AGENTS,
    DEMANDS,
    POOLS,
    RULES,
    STRUCTURES,
    Assumption,
    Posts,
    Scenario,
)

MOST_WEEKS = 520

TOP = (
    Column("schema", "The version of this format: 1.", "whole", True, ("1",)),
    Column("name", "Name shown to people."),
    Column("about", "What is tried, in a sentence.", required=False),
)
STRUCTURE = (
    Column("areas", "Who shares units.", "text", False, STRUCTURES),
    Column("closed_stations", "Stations that are closed, by their ids.", "texts", False),
)
POSTS = (
    Column("role", "The role, as in force.toml.", "id"),
    Column("duty", "What they do.", "text", True, DUTIES),
    Column("area_id", "District or area; left out: spread as the posts there are.", "id", False),
    Column("posts_fte", "Posts more or, below 0, fewer.", "decimal"),
)
CONTACT = (
    Column("pools", "Who answers.", "text", False, POOLS),
    Column("agents", "How many agents are there.", "text", False, AGENTS),
)
DEMAND = (
    Column("factor", "What incidents and contacts are multiplied by.", "decimal", False),
    Column("of", "Where incidents come from.", "text", False, DEMANDS),
)
TRAVEL = (
    Column("matrix", "CSV of minutes between places, beside this file.", required=False),
    Column("road_nodes", "CSV of the nodes of a road network, beside this file.", required=False),
    Column("road_edges", "CSV of its edges.", required=False),
)
RUN = (
    Column("weeks", "Weeks simulated, from the first day of the year of demand.", "whole", False),
    Column("warm_up_days", "Days at the start that do not count.", "whole", False),
)
COST = (
    Column("yearly_gbp", "Cost a year beside that of posts (pounds); below 0: a saving.", "decimal", False),
    Column("once_gbp", "Cost once (pounds).", "decimal", False),
)
ASSUMPTION = (
    Column("text", "What is assumed or known, in a sentence."),
    Column("source_id", "The document that says it, as in sources.toml.", "id", False),
    Column("where", "Where in it.", required=False),
    Column("status", "printed, inferred or assumed.", "text", True, tuple(STATUSES)),
)
SECTIONS: Mapping[str, tuple[Column, ...]] = {
    "structure": STRUCTURE,
    "contact": CONTACT,
    "demand": DEMAND,
    "travel": TRAVEL,
    "run": RUN,
    "cost": COST,
}
LISTS: Mapping[str, tuple[Column, ...]] = {
    "posts": POSTS,
    "assumptions": ASSUMPTION,
    **scenario_staffing.LISTS,
}
FREE = ("shift_patterns", "rules", "values")


def read_scenario(path: Path, force: Force, parameters: Mapping[str, Parameter]) -> Scenario:
    """Return the scenario in a file.

    Parameters
    ----------
    path
        The file.
    force
        The force it is for: districts, roles, stations and shift patterns must be its own.
    parameters
        Assumptions that it may set, by name.

    Raises
    ------
    BadInput
        With everything that is wrong with it.
    """
    if not path.is_file():
        raise BadInput(
            Problem("no_file", "there is no such file.", str(path), remedy="Check its name and place.")
        )
    problems: list[Problem] = []
    toml = read_toml(path, path.name, problems)
    if problems:
        raise BadInput(problems)
    known = [*(column.name for column in TOP), *SECTIONS, *LISTS, *FREE]
    problems += _unknown(toml, (), toml.content, known)
    given, own_areas = _given(toml, force, problems)
    posts = tuple(
        Posts(**row | {"posts_fte": float(row["posts_fte"])}) for row in _rows(toml, "posts", problems)
    )
    assumptions = tuple(Assumption(**row) for row in _rows(toml, "assumptions", problems))
    staffing = {name: tuple(_rows(toml, name, problems)) for name in scenario_staffing.LISTS}
    patterns = {
        key: {duty: str(one) for duty, one in value.items()} if isinstance(value, dict) else str(value)
        for key, value in _table(toml, "shift_patterns", problems).items()
    }
    rules = _table(toml, "rules", problems)
    values = _table(toml, "values", problems)
    problems += _rules_problems(toml, rules)
    problems += [
        each for name, value in values.items() for each in _value_problems(toml, name, value, parameters)
    ]
    scenario = Scenario(
        name=given.get("name") or path.stem,
        about=given.get("about") or "",
        areas=own_areas or given.get("structure.areas") or "districts",
        closed_stations=given.get("structure.closed_stations") or (),
        posts=posts,
        shift_patterns=patterns,
        **scenario_staffing.staffing_of(staffing, toml.file),
        pools=given.get("contact.pools") or "one",
        agents=given.get("contact.agents") or "targets",
        factor=float(_or(given.get("demand.factor"), 1.0)),
        demand=given.get("demand.of") or "published",
        matrix=_beside(path, given.get("travel.matrix")),
        roads=_roads(path, given),
        rules=rules,
        values=values,
        weeks=_or(given.get("run.weeks"), 52),
        warm_up_days=_or(given.get("run.warm_up_days"), 7),
        yearly_gbp=float(_or(given.get("cost.yearly_gbp"), 0.0)),
        once_gbp=float(_or(given.get("cost.once_gbp"), 0.0)),
        assumptions=assumptions,
        sha256=hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest(),
    )
    problems += _against_force(toml, scenario, force)
    problems += [
        replace(one, file=toml.file, row=toml.line(section), column=f"{section}.{one.column}")
        for section, one in scenario_staffing.problems_of(scenario, staffing, force, toml.file)
    ]
    if problems:
        raise BadInput(problems)
    return scenario


def _given(
    toml: Toml, force: Force, problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, tuple[str, ...]] | None]:
    """Return the cells of the file, those of sections by "section.key", and the areas that it draws itself."""
    given = _cells(toml, (), TOP, {k: v for k, v in toml.content.items() if not _is_section(k)}, problems)
    own_areas: dict[str, tuple[str, ...]] | None = None
    for name, columns in SECTIONS.items():
        cells = _table(toml, name, problems)
        if name == "structure" and isinstance(cells.get("areas"), dict):
            own_areas = _own_areas(toml, cells["areas"], force, problems)
            cells = {key: value for key, value in cells.items() if key != "areas"}
        problems += _unknown(toml, (name,), cells, [column.name for column in columns])
        given |= {
            f"{name}.{key}": value for key, value in _cells(toml, (name,), columns, cells, problems).items()
        }
    return given, own_areas


def _is_section(key: str) -> bool:
    return key in SECTIONS or key in LISTS or key in FREE


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _beside(path: Path, name: str | None) -> Path | None:
    return None if name is None else path.parent / name


def _roads(path: Path, given: Mapping[str, Any]) -> tuple[Path, Path] | None:
    nodes, edges = (
        _beside(path, given.get("travel.road_nodes")),
        _beside(path, given.get("travel.road_edges")),
    )
    return (nodes, edges) if nodes and edges else None


def _table(toml: Toml, name: str, problems: list[Problem]) -> dict[str, Any]:
    found = toml.content.get(name, {})
    if isinstance(found, dict):
        return found
    problems.append(_problem(toml, (name,), "not_a_section", f"{name} stands alone.", f"a heading [{name}]"))
    return {}


def _rows(toml: Toml, name: str, problems: list[Problem]) -> Iterator[dict[str, Any]]:
    found = toml.content.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        problems.append(
            _problem(toml, (name,), "not_a_list", f"{name} is not a list.", f"a heading [[{name}]] for each")
        )
        return
    for cells in found:
        problems += _unknown(toml, (name,), cells, [column.name for column in LISTS[name]])
        before = len(problems)
        row = _cells(toml, (name,), LISTS[name], cells, problems)
        if len(problems) == before:
            yield row


def _cells(
    toml: Toml,
    path: tuple[str, ...],
    columns: tuple[Column, ...],
    cells: Mapping[str, Any],
    problems: list[Problem],
) -> dict[str, Any]:
    return (
        read_cells(columns, cells, toml.file, lambda key: toml.line(*path, key) or toml.line(*path), problems)
        or {}
    )


def _unknown(toml: Toml, path: tuple[str, ...], cells: Mapping[str, Any], known: list[str]) -> list[Problem]:
    return [
        _problem(toml, (*path, key), "unknown_key", f'"{key}" is not a key here.', ", ".join(known))
        for key in cells
        if key not in known
    ]


def _own_areas(
    toml: Toml, typed: Mapping[str, Any], force: Force, problems: list[Problem]
) -> dict[str, tuple[str, ...]]:
    """Return the areas a scenario draws up itself: every district of the force in just one."""
    found = {name: tuple(map(str, ids)) if isinstance(ids, list) else () for name, ids in typed.items()}
    placed = [district for ids in found.values() for district in ids]
    wanted = [district.id for district in force.districts]
    where = ("structure", "areas")
    problems += [
        _problem(toml, where, "unknown_district", f'"{district}" is no district.', ", ".join(wanted))
        for district in dict.fromkeys(placed)
        if district not in wanted
    ]
    problems += [
        _problem(toml, where, "not_in_one_area", f"{district} is in {n} areas.", "just one")
        for district in wanted
        if (n := placed.count(district)) != 1
    ]
    return found


def _rules_problems(toml: Toml, rules: Mapping[str, Any]) -> Iterator[Problem]:
    yield from _unknown(toml, ("rules",), rules, list(RULES))
    for name, value in rules.items():
        if name in RULES and not isinstance(value, bool):
            yield _problem(toml, ("rules", name), "not_a_flag", f"{value!r} is neither.", "true or false")


def _value_problems(
    toml: Toml, name: str, value: Any, parameters: Mapping[str, Parameter]
) -> Iterator[Problem]:
    if name not in parameters:
        yield _problem(
            toml,
            ("values", name),
            "unknown_value",
            f'"{name}" is no assumption.',
            "a name that `constabulary response assumptions` lists",
        )
        return
    parameter = parameters[name]
    fault = shape_fault(parameter.value, value)
    if fault:
        yield _problem(toml, ("values", name), "wrong_shape", "cannot be used.", fault)
        return
    least, most = parameter.bounds
    if any(not least <= leaf <= most for leaf in _leaves(value)):
        expected = f"{least:g} to {most:,.15g}"
        yield _problem(toml, ("values", name), "out_of_range", f"{value} cannot be used.", expected)
    for kind, weights in value.items() if name in WEIGHTS else ():
        # What comes in is shared out by them before a run is looked at as a whole.
        if not any(_leaves(weights)):
            yield _problem(toml, ("values", name, kind), "cannot_be", NO_WEIGHT, "one or more above 0")


def shape_fault(default: Any, value: Any) -> str:
    """Return what was expected where a value has not the shape of the one it stands for; empty where it has."""
    if isinstance(default, dict):
        if isinstance(value, dict) and set(value) == set(default):
            return next(filter(None, (shape_fault(default[key], value[key]) for key in default)), "")
        return "a value for each of " + ", ".join(default)
    if isinstance(default, list):
        # Values by grade may be fewer or more than the package's; those by hour, day or month may not.
        is_exact = isinstance(default[0], list) or len(default) in (7, 12, 24)
        if isinstance(value, list) and value and (len(value) == len(default) or not is_exact):
            return next(filter(None, (shape_fault(default[0], one) for one in value)), "")
        return f"a list of {len(default)}" if is_exact else "a list of numbers, most urgent grade first"
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)
    return "" if is_number else "a number"


def _leaves(value: Any) -> Iterator[float]:
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _leaves(part)
    else:
        yield float(value)


def _against_force(toml: Toml, scenario: Scenario, force: Force) -> Iterator[Problem]:
    if scenario.areas == "areas" and not force.areas:
        yield _problem(
            toml,
            ("structure", "areas"),
            "no_areas",
            "the force folder has no policing areas.",
            "districts, one, or [structure.areas] with districts by area",
        )
    yield from _unknown_ids(toml, scenario, force)
    if scenario.factor <= 0:
        yield _problem(
            toml, ("demand", "factor"), "out_of_range", f"{scenario.factor:g}.", "a number above 0"
        )
    if not 1 <= scenario.weeks <= MOST_WEEKS or scenario.warm_up_days >= 7 * scenario.weeks:
        yield _problem(
            toml,
            ("run",),
            "out_of_range",
            "the run has no day left to count.",
            f"1 to {MOST_WEEKS} weeks, fewer days of warm-up",
        )
    if scenario.matrix and scenario.roads:
        yield _problem(toml, ("travel",), "two_ways", "both a matrix and roads are given.", "one of them")
    given = toml.content.get("travel", {})
    if isinstance(given, dict) and ("road_nodes" in given) != ("road_edges" in given):
        yield _problem(toml, ("travel",), "half_a_network", "one file of two.", "road_nodes and road_edges")


def _unknown_ids(toml: Toml, scenario: Scenario, force: Force) -> Iterator[Problem]:
    """Tell what a scenario names that the force has not."""
    places = [one.id for one in force.districts] + [one.id for one in force.areas]
    by_place = scenario.patterns_by_place
    checks = (
        ("posts", [post.role for post in scenario.posts], [role.id for role in force.roles], "a role"),
        ("posts", [post.area_id for post in scenario.posts if post.area_id], places, "a district or area"),
        (
            "structure",
            list(scenario.closed_stations),
            [station.station_id for station in force.rows(Station)],
            "a station",
        ),
        (
            "shift_patterns",
            [one for patterns in by_place.values() for one in patterns.values()],
            list(scenario_staffing.patterns_of(scenario, force)),
            "a shift pattern",
        ),
        (
            "shift_patterns",
            [one for patterns in by_place.values() for one in patterns],
            list(DUTIES),
            "a duty",
        ),
        ("shift_patterns", [one for one in by_place if one], places, "a district or area"),
        (
            "assumptions",
            [one.source_id for one in scenario.assumptions if one.source_id],
            [source.id for source in force.sources],
            "a document of sources.toml",
        ),
    )
    for section, used, known, what in checks:
        for one in used:
            if one not in known:
                yield _problem(
                    toml,
                    (section,),
                    "unknown_id",
                    f'"{one}" is not {what} of this force.',
                    ", ".join(known) or "none",
                )


def _problem(toml: Toml, path: tuple[str, ...], rule: str, message: str, expected: str) -> Problem:
    line = next((found for n in range(len(path), 0, -1) if (found := toml.line(*path[:n]))), 1)
    return Problem(rule, message, toml.file, line, ".".join(path), None, expected)
