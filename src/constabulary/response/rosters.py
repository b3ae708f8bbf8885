"""Units on duty, drawn from a roster: who turns up, alone or in pairs, from which base, patrolling where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from constabulary.core.force.rooms.response import Station
from constabulary.response.clock import Clock
from constabulary.response.draws import Floats, Integers, Luck, pick
from constabulary.response.model import Duties
from constabulary.response.places import Places

PATROL_PLACES = 8


@dataclass(frozen=True)
class RosterLine:
    """Officers of one district on one shift.

    Parameters
    ----------
    key
        What tells it from every other line; its luck goes with it.
    district
        Place of the district among those of `Places`.
    weekdays, start_min, length_min
        Days the shift starts on (Monday 0), minutes from local midnight, and how long it lasts (min).
    officers
        Officers rostered on each such day, on average.
    double_crewed_share
        Share of them who go out in pairs.
    away_share
        Share of them who are away all the same.
    """

    key: str
    district: int
    weekdays: tuple[int, ...]
    start_min: int
    length_min: int
    officers: float
    double_crewed_share: float
    away_share: float


@dataclass(frozen=True)
class Bases:
    """Where units of each district start from.

    Parameters
    ----------
    atoms
        Atoms of the bases of each district, one or more.
    patrol_weight
        How often a free unit is sent to patrol each atom, against the others, shape (atoms,).
    """

    atoms: tuple[tuple[int, ...], ...]
    patrol_weight: Floats


def bases_of(
    places: Places, stations: Sequence[Station], place_weight: Floats, closed: Sequence[str] = ()
) -> Bases:
    """Return the bases of each district.

    A district without an open station has its units at the open station nearest to the middle of its incidents, or at
    that middle where the force has no stations at all.

    Parameters
    ----------
    places
        The atoms.
    stations
        The force's stations.
    place_weight
        Weight of each atom's incidents, shape (atoms,).
    closed
        Ids of stations that are closed.
    """
    opened = [station for station in stations if station.station_id not in closed]
    at = {one.station_id: places.nearest(float(one.longitude), float(one.latitude)) for one in opened}
    found = []
    for number, district in enumerate(places.district_ids):
        own = [at[one.station_id] for one in opened if one.district_id == district]
        if not own:
            inside = np.flatnonzero(places.district == number)
            weight = place_weight[inside] + 1e-12
            middle = (
                float(np.average(places.longitude[inside], weights=weight)),
                float(np.average(places.latitude[inside], weights=weight)),
            )
            own = [_nearest(places, sorted(set(at.values())), middle) if at else places.nearest(*middle)]
        found.append(tuple(own))
    return Bases(tuple(found), place_weight)


def _nearest(places: Places, atoms: Sequence[int], middle: tuple[float, float]) -> int:
    east = (places.longitude[list(atoms)] - middle[0]) * np.cos(np.radians(middle[1]))
    return atoms[int(np.argmin(east**2 + (places.latitude[list(atoms)] - middle[1]) ** 2))]


def draw_duties(
    lines: Sequence[RosterLine],
    places: Places,
    bases: Bases,
    area_of_district: Integers,
    clock: Clock,
    values: Mapping[str, Any],
    luck: Luck,
) -> tuple[Duties, Integers]:
    """Return the units of one replication and the district each belongs to.

    Those of the day before the run are there too, as a night shift is on when it starts. Fractions of an officer are
    there on that share of days.

    Parameters
    ----------
    lines
        The roster.
    places, bases
        Where units may be.
    area_of_district
        Area that the units of each district belong to, shape (districts,).
    clock
        The run.
    values
        `meal_s`, `meal_window`.
    luck
        The replication's random numbers.
    """
    drawn = [_line(line, places, bases, clock, luck) for line in lines]
    # Few enough officers leave some runs without any.
    parts = [part for part in drawn if len(part["start_s"])] or drawn[:1]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.argsort(columns["start_s"], kind="stable")
    columns = {name: column.take(order, 0) for name, column in columns.items()}
    length_s = columns["end_s"] - columns["start_s"]
    due, until = values["meal_window"]
    # Meals are spread over most of the window, or a whole shift would sit down at once.
    at = due + 0.8 * (until - due) * columns.pop("meal")
    district = columns.pop("district")
    return Duties.of(
        **columns,
        area=area_of_district[district],
        meal_at_s=columns["start_s"] + at * length_s,
        meal_s=float(values["meal_s"]),
        meal_until_s=columns["start_s"] + float(until) * length_s,
    ), district


def _line(line: RosterLine, places: Places, bases: Bases, clock: Clock, luck: Luck) -> dict[str, Any]:
    days = clock.days(line.weekdays)
    start_s = np.maximum(clock.at_s(days, line.start_min), 0.0)
    end_s = clock.at_s(days, line.start_min + line.length_min)
    # Over before the run, or wholly within the hour that the clocks skip.
    is_there = end_s > start_s
    days, start_s, end_s = days[is_there], start_s[is_there], end_s[is_there]
    officers = np.floor(line.officers + luck.uniform(f"{line.key} officers", len(days))).astype(np.int64)
    wanted = officers * line.double_crewed_share / 2.0
    pairs = np.floor(wanted + luck.uniform(f"{line.key} pairs", len(days))).astype(np.int64)
    pairs = np.minimum(pairs, officers // 2)
    units = officers - pairs
    most = int(units.max(initial=0))
    # A unit's number is the first axis: its luck stays when there are more units or fewer.
    there = np.flatnonzero(np.arange(most)[:, None] < units[None, :])
    unit, day = np.divmod(there, len(days))
    away = luck.uniform(f"{line.key} away", most * len(days)).take(there)
    inside = np.flatnonzero(places.district == line.district)
    where = luck.uniform(f"{line.key} patrol", most * len(days), PATROL_PLACES).take(there, 0)
    patrol = inside[pick(where, bases.patrol_weight[inside] + 1e-12)]
    at = np.array(bases.atoms[line.district], dtype=np.int64)
    return {
        "start_s": start_s[day],
        "end_s": end_s[day],
        "base_atom": at[(unit + day) % len(at)],
        "patrol_atoms": patrol,
        "crew": np.where(unit < pairs[day], 2, 1),
        "is_abstracted": away < line.away_share,
        "meal": luck.uniform(f"{line.key} meal", most * len(days)).take(there),
        "district": np.full(len(unit), line.district, dtype=np.int64),
    }
