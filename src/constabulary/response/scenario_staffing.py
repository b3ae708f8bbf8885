"""The lists of a scenario that say who works when and where: shifts, shares on them, bases, call takers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force import Force
from constabulary.core.force.declared import EVIDENCE, Column
from constabulary.core.force.rooms.response import (
    TABLES,
    ControlRoomRow,
    ShiftRow,
    Station,
    control_room_problems,
    shift_problems,
)
from constabulary.response.scenario import NewStation, Scenario, ShiftShare, StationUnits


def _columns(table: str) -> tuple[Column, ...]:
    """Return the columns of a table of the force folder, those of its evidence left out."""
    evidence = {column.name for column in EVIDENCE}
    columns = next(one.columns for one in TABLES if one.name == table)
    return tuple(column for column in columns if column.name not in evidence)


LISTS: Mapping[str, tuple[Column, ...]] = {
    "shifts": _columns("shift_patterns"),
    "shift_shares": (
        Column("district_id", "The district.", "id"),
        Column("pattern_id", "The shift pattern its people work.", "id"),
        Column("shift_id", "The shift of it.", "id"),
        Column("on_duty_share", "Share of them rostered on it on each of its days.", "share"),
    ),
    "stations": (
        Column("station_id", "An id that no station of the force has.", "id"),
        Column("name", "Name shown to people."),
        Column(
            "lsoa_code", "The LSOA in whose middle it stands; or give longitude and latitude.", "id", False
        ),
        Column("longitude", "Degrees east (WGS 84).", "decimal", False),
        Column("latitude", "Degrees north (WGS 84).", "decimal", False),
        Column(
            "district_id",
            "The district whose units start there; left out: the one it stands in.",
            "id",
            False,
        ),
    ),
    "station_units": (
        Column("station_id", "A station of the force, or one that the scenario opens.", "id"),
        Column(
            "n_units",
            "How many of its district's units start there, against its other stations; not named: 1.",
            "whole",
        ),
    ),
    "control_room": _columns("control_room"),
}
"""Columns of each list."""

Rows = Mapping[str, Sequence[dict[str, Any]]]


def staffing_of(rows: Rows, file: str) -> dict[str, Any]:
    """Return the fields of a scenario that its lists say, each row of which could be read.

    Parameters
    ----------
    rows
        Rows by list.
    file
        Name of the scenario's file.
    """
    return {
        "shifts": tuple(ShiftRow(file=file, line=1, status="assumed", **row) for row in rows["shifts"]),
        "shift_shares": tuple(
            ShiftShare(**row | {"on_duty_share": float(row["on_duty_share"])}) for row in rows["shift_shares"]
        ),
        "stations": tuple(
            NewStation(
                **row
                | {
                    name: None if row[name] is None else float(row[name])
                    for name in ("longitude", "latitude")
                }
            )
            for row in rows["stations"]
        ),
        "station_units": tuple(StationUnits(**row) for row in rows["station_units"]),
        "control_room": tuple(
            ControlRoomRow(file=file, line=1, status="assumed", **row) for row in rows["control_room"]
        ),
    }


def patterns_of(scenario: Scenario, force: Force) -> tuple[str, ...]:
    """Return the shift patterns that may be worked: those of the force folder and the scenario's own."""
    return tuple(dict.fromkeys(row.pattern_id for row in (*force.rows(ShiftRow), *scenario.shifts)))


def problems_of(scenario: Scenario, rows: Rows, force: Force, file: str) -> Iterator[tuple[str, Problem]]:
    """Tell what is wrong with the lists, each problem with the list it is in.

    Parameters
    ----------
    scenario
        The scenario.
    rows
        Its rows by list.
    force
        The force it is for.
    file
        Name of the scenario's file.
    """
    placed = {name: [{"file": file, "line": None, **row} for row in told] for name, told in rows.items()}
    yield from (("shifts", one) for one in shift_problems(placed["shifts"]))
    yield from (("control_room", one) for one in control_room_problems(placed["control_room"]))
    known = [(row.pattern_id, row.shift_id) for row in (*force.rows(ShiftRow), *scenario.shifts)]
    for pair in sorted({pair for pair in known if known.count(pair) > 1}):
        yield "shifts", _twice("/".join(pair), "pattern_id and shift_id that are not there yet")
    for row in scenario.shift_shares:
        if (row.pattern_id, row.shift_id) not in known:
            yield (
                "shift_shares",
                _unknown(
                    "shift_id",
                    f"{row.pattern_id}/{row.shift_id}",
                    "a shift",
                    ["/".join(one) for one in known],
                ),
            )
        yield from _district("shift_shares", row.district_id, force)
    for one in scenario.control_room:
        if one.pattern_id not in patterns_of(scenario, force):
            known_patterns = list(patterns_of(scenario, force))
            yield "control_room", _unknown("pattern_id", one.pattern_id, "a shift pattern", known_patterns)
    yield from _station_problems(scenario, force)


def _station_problems(scenario: Scenario, force: Force) -> Iterator[tuple[str, Problem]]:
    ids = [one.station_id for one in force.rows(Station)] + [one.station_id for one in scenario.stations]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield "stations", _twice(name, "an id that no station has")
    named = [one.station_id for one in scenario.station_units]
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield "station_units", _twice(name, "each station once")
    for units in scenario.station_units:
        if units.station_id not in ids:
            yield "station_units", _unknown("station_id", units.station_id, "a station", ids)
        if units.n_units < 1:
            yield (
                "station_units",
                Problem(
                    "out_of_range",
                    f"{units.n_units} units at {units.station_id} cannot be used.",
                    column="n_units",
                    expected="1 or more; a station without units is one of closed_stations",
                ),
            )
    for base in scenario.stations:
        if base.district_id is not None:
            yield from _district("stations", base.district_id, force)
        by_point = base.longitude is not None and base.latitude is not None
        if by_point == (base.lsoa_code is not None) or (base.longitude is None) != (base.latitude is None):
            yield (
                "stations",
                Problem(
                    "no_place",
                    f"it is not clear where {base.station_id} stands.",
                    column="lsoa_code",
                    expected="either lsoa_code, or longitude and latitude",
                ),
            )


def _district(section: str, district: str, force: Force) -> Iterator[tuple[str, Problem]]:
    known = [one.id for one in force.districts]
    if district not in known:
        yield section, _unknown("district_id", district, "a district", known)


def _unknown(column: str, value: str, what: str, known: Sequence[str]) -> Problem:
    expected = ", ".join(known) or "none"
    return Problem(
        "unknown_id", f'"{value}" is not {what} of this force.', column=column, value=value, expected=expected
    )


def _twice(name: str, expected: str) -> Problem:
    return Problem("twice", f"{name} is there twice.", value=name, expected=expected)
