"""Makes up positions of units on duty: shifts of jobs, patrols and returns to station, seen every few minutes.

Shifts follow establishment; everything else is assumed (parameters of the group "synthetic_positions"). Jobs are not
those of the made-up incidents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.cover import HOT_SPOT_OUTLINES, HotSpot
from constabulary.core.force.rooms.response import Station
from constabulary.parameters import Parameter
from constabulary.synthetic.duty import Roster, rosters
from constabulary.synthetic.places import Places, points_in, read_places
from constabulary.tables.circles import METRES_A_DEGREE
from constabulary.tables.drawn import places_of
from constabulary.tables.pings import PINGS
from constabulary.tables.shifts import SHIFTS

Real = NDArray[np.float64]
Whole = NDArray[np.int64]

KINDS = ("job", "patrol", "hot_spot", "station")
STATUS = ("patrol", "to_scene", "at_scene", "in_station")
AROUND_M = np.array([8.0, 500.0, 60.0, 15.0])
"""How far a unit goes about the place of each kind of activity [m]."""
ROUND_S = 1500.0
BRIEFING_S = 1500.0
MOST_JOURNEY = 0.7
"""A journey takes at most this share of its activity."""


@dataclass(frozen=True)
class Positions:
    """Made-up positions and shifts: the supplied columns of the two contracts, in order of time; and officer-hours."""

    pings: pl.DataFrame
    shifts: pl.DataFrame
    officer_hours: float


@dataclass(frozen=True)
class _Duty:
    """Stretches of duty, one a row: shape (n,) each; unit, role and team are texts by roster."""

    unit: list[str]
    role: list[str]
    team: list[str]
    district_no: Whole
    is_response: NDArray[np.bool_]
    crew_size: Whole
    start_s: Whole
    length_s: Whole


def make_positions(
    force: Force, first_on: date, n_days: int, seed: int, given: Mapping[str, Parameter]
) -> Positions:
    """Make up the positions of some days.

    Parameters
    ----------
    force
        Whose establishment, shifts, outlines, stations and hot spots count.
    first_on, n_days
        First local day, and how many days.
    seed
        The same seed, force folder and parameters give the same positions.
    given
        The assumed values, as `load_parameters("synthetic_positions")` returns them.

    Raises
    ------
    BadInput
        If the force folder has no outlines or no establishment.

    Examples
    --------
    >>> from constabulary.core.force import load_force, shipped_force
    >>> from constabulary.parameters import load_parameters
    >>> force = load_force(shipped_force("cambridgeshire"))
    >>> made = make_positions(force, date(2018, 3, 1), 1, 1, load_parameters("synthetic_positions"))
    >>> set(made.shifts["unit_id"]) <= set(made.pings["unit_id"])
    True
    """
    places = read_places(force)
    every = rosters(force, given)
    if places is None or not every:
        raise BadInput(
            Problem(
                "nothing_to_make_up",
                "positions cannot be made up: the force folder has no "
                + ("outlines." if places is None else "establishment of units that patrol."),
                expected="geography/lsoa_2011.geojson and establishment.csv",
                remedy="Add them to the force folder.",
            )
        )
    rng = np.random.default_rng([seed, first_on.toordinal()])
    duty = _on_duty(rng, force, every, first_on, n_days)
    kind, x, y, begin = _activities(rng, force, places, duty, given)
    bounds = [_local_s(first_on + timedelta(days=day), 0, force.time_zone) for day in (0, n_days)]
    fixes = _fixes(rng, duty, kind, x, y, begin, given)
    within = (fixes[1] >= bounds[0]) & (fixes[1] < bounds[1])
    begins = duty.start_s >= bounds[0]
    return Positions(
        _pings(duty, *fixes).filter(pl.Series(within)),
        _shifts(duty, begins),
        float((duty.crew_size * duty.length_s)[begins].sum()) / 3600,
    )


def _on_duty(
    rng: np.random.Generator, force: Force, every: tuple[Roster, ...], first_on: date, n_days: int
) -> _Duty:
    rows: list[tuple[str, str, str, int, bool, int, int, int]] = []
    for number, roster in enumerate(every):
        letter = roster.duty[0].upper()
        # Those who came on duty the day before are out in the first hours.
        for day_no in range(-1, n_days):
            on = first_on + timedelta(days=day_no)
            if on.weekday() not in roster.weekdays:
                continue
            people = int(roster.people + rng.random())
            n_pairs = round(people * roster.double_crewed_share / 2)
            start_s = _local_s(on, roster.start_min, force.time_zone)
            crews = [2] * n_pairs + [1] * (people - 2 * n_pairs)
            rows += [
                (
                    f"{letter}{roster.district_no + 1}-{number:02}{place:02}",
                    roster.duty,
                    f"{force.districts[roster.district_no].name} {roster.shift}",
                    roster.district_no,
                    roster.duty == "response",
                    crew,
                    start_s,
                    roster.length_min * 60,
                )
                for place, crew in enumerate(crews, start=1)
            ]
    if not rows:
        raise BadInput(
            Problem(
                "nobody_on_duty",
                "positions cannot be made up: establishment and shifts put nobody on duty on these days.",
                file="establishment.csv",
                remedy="Choose more days, or look at the shares of duties and shifts.",
            )
        )
    unit, role, team, district, is_response, crew, start, length = zip(*rows, strict=True)
    return _Duty(
        list(unit),
        list(role),
        list(team),
        np.array(district, np.int64),
        np.array(is_response, np.bool_),
        np.array(crew, np.int64),
        np.array(start, np.int64),
        np.array(length, np.int64),
    )


def _local_s(on: date, minutes: int, time_zone: str) -> int:
    """Return the instant of a local clock time [seconds since 1970, UTC]."""
    clock = pl.Series([on]).cast(pl.Datetime("us")) + timedelta(minutes=minutes)
    return int(
        clock.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
        .fill_null((clock + timedelta(hours=1)).dt.replace_time_zone(time_zone, ambiguous="earliest")[0])
        .dt.epoch("s")[0]
    )


def _activities(
    rng: np.random.Generator, force: Force, places: Places, duty: _Duty, given: Mapping[str, Parameter]
) -> tuple[Whole, Real, Real, Real]:
    """Return kind, place and begin (seconds from the start of duty) of what each unit does, shape (duties, most)."""
    n = len(duty.unit)
    mean_s = float(given["activity_s"].value)
    most = 2 + int(3 * (duty.length_s.max(initial=0) + BRIEFING_S) / mean_s)
    lasts = rng.gamma(4, mean_s / 4, (n, most))
    lasts[:, 0] = BRIEFING_S
    weights = given["activity_weight"].value
    kind = np.empty((n, most), np.int64)
    for name, is_so in (("response", duty.is_response), ("neighbourhood", ~duty.is_response)):
        weight = np.array([weights[name][one] for one in KINDS])
        kind[is_so] = rng.choice(len(KINDS), (int(is_so.sum()), most), p=weight / weight.sum())
    kind[:, 0] = KINDS.index("station")
    lasts[kind == KINDS.index("hot_spot")] *= given["hot_spot_s"].value / mean_s
    begin = np.cumsum(lasts, axis=1) - lasts
    x, y = np.empty((n, most)), np.empty((n, most))
    stations = [(float(one.longitude), float(one.latitude)) for one in force.rows(Station)]
    named = (("station", stations), ("hot_spot", _hot_spots(force)))
    for district in np.unique(duty.district_no):
        own = np.flatnonzero(places.district_no == district)
        rows = np.flatnonzero(duty.district_no == district)
        area = own[rng.integers(0, len(own), (len(rows), most))]
        located = points_in(rng, places, area.ravel())
        x[rows] = located.longitude.reshape(area.shape)
        y[rows] = located.latitude.reshape(area.shape)
        outline = shapely.union_all(places.geometries[own])
        for name, points in named:
            there = np.array([at for at in points if shapely.contains_xy(outline, *at)]).reshape(-1, 2)
            if name == "station" and not len(there):
                there = shapely.get_coordinates(outline.representative_point())
            is_so = kind[rows] == KINDS.index(name)
            if not len(there):
                continue
            # A unit works from one station, and goes to any of the hot spots.
            home = rng.integers(0, len(there), (len(rows), 1 if name == "station" else most))
            home = np.broadcast_to(home, is_so.shape)
            x[rows] = np.where(is_so, there[home, 0], x[rows])
            y[rows] = np.where(is_so, there[home, 1], y[rows])
    return kind, x, y, begin


def _hot_spots(force: Force) -> list[tuple[float, float]]:
    """Return where units go at each hot spot of the table and each that is drawn: its middle, or a point within it."""
    circles = [
        (one.hot_spot_id, one.name, float(one.longitude), float(one.latitude), float(one.radius_m))
        for one in force.rows(HotSpot)
    ]
    spots = places_of(force.folder, HOT_SPOT_OUTLINES, circles)
    shapes = spots.geometries if spots else ()
    middles = [one.centroid if one.contains(one.centroid) else one.representative_point() for one in shapes]
    return [(middle.x, middle.y) for middle in middles]


def _fixes(
    rng: np.random.Generator,
    duty: _Duty,
    kind: Whole,
    x: Real,
    y: Real,
    begin: Real,
    given: Mapping[str, Parameter],
) -> tuple[Whole, Whole, Real, Real, Whole, Real]:
    """Return row of duty, instant [s], longitude, latitude, status and speed [km/h] of each fix, in order of time."""
    value = {name: one.value for name, one in given.items()}
    n_each = np.maximum(duty.length_s // int(value["interval_s"]), 1)
    row = np.repeat(np.arange(len(duty.unit)), n_each)
    place = np.arange(row.size) - np.repeat(np.cumsum(n_each) - n_each, n_each)
    since = place * value["interval_s"] + rng.uniform(0, value["interval_spread_s"], row.size)
    keep = _heard(rng, row, value)
    row, since = row[keep], since[keep]
    most = kind.shape[1]
    long_s = begin.max(initial=0) + since.max(initial=0) + 1
    starts = (begin + long_s * np.arange(len(begin))[:, None]).ravel()
    at = np.searchsorted(starts, since + long_s * row, side="right") - 1
    no = at - row * most
    before = np.where(no > 0, at - 1, at)
    x, y, kind, begin = x.ravel(), y.ravel(), kind.ravel(), begin.ravel()
    squeeze = np.cos(np.radians(y[at]))
    far_m = np.hypot((x[at] - x[before]) * squeeze, y[at] - y[before]) * METRES_A_DEGREE
    lasts = np.append(begin[1:], 0)[at] - begin[at]
    lasts = np.where(lasts > 0, lasts, value["activity_s"])
    journey_s = np.minimum(far_m / (value["speed_kmh"] / 3.6), MOST_JOURNEY * lasts)
    done = since - begin[at]
    is_going = done < journey_s
    part = np.where(is_going, done / np.maximum(journey_s, 1), 1.0)
    turn = 2 * np.pi * (done / ROUND_S + at % 97 / 97)
    reach = np.where(is_going, 0.0, AROUND_M[kind[at]] / METRES_A_DEGREE)
    noise = value["noise_m"] / METRES_A_DEGREE
    longitude = x[before] + (x[at] - x[before]) * part
    longitude += (reach * np.cos(turn) + rng.normal(0, noise, row.size)) / squeeze
    latitude = y[before] + (y[at] - y[before]) * part + reach * np.sin(turn) + rng.normal(0, noise, row.size)
    is_stray = rng.random(row.size) < value["stray_share"]
    latitude = latitude + np.where(is_stray, rng.choice([-0.4, 0.4], row.size), 0.0)
    is_job, is_station = kind[at] == KINDS.index("job"), kind[at] == KINDS.index("station")
    status = np.where(is_job, np.where(is_going, 1, 2), np.where(is_station & ~is_going, 3, 0))
    gone_kmh = np.where(journey_s > 0, far_m / np.maximum(journey_s, 1) * 3.6, 0)
    about_kmh = 2 * np.pi * AROUND_M[kind[at]] / ROUND_S * 3.6
    speed = np.round(np.where(is_going, gone_kmh, np.where(is_job | is_station, 0, about_kmh)), 1)
    instant = duty.start_s[row] + since.astype(np.int64)
    twice = np.flatnonzero(rng.random(row.size) < value["duplicate_share"])
    order = np.concatenate([np.arange(row.size), twice])
    order = order[np.argsort(instant[order], kind="stable")]
    return row[order], instant[order], longitude[order], latitude[order], status[order], speed[order]


def _heard(rng: np.random.Generator, row: Whole, value: Mapping[str, float]) -> NDArray[np.bool_]:
    """Tell which fixes come through: after some, a unit falls silent for a while."""
    begins = np.flatnonzero(rng.random(row.size) < value["silent_share"])
    n_lost = (rng.exponential(value["silent_s"], begins.size) / value["interval_s"]).astype(np.int64) + 1
    last_of = np.flatnonzero(np.diff(row, append=-1) != 0)
    ends = np.minimum(begins + n_lost, last_of[np.searchsorted(last_of, begins)])
    change = np.zeros(row.size + 1, np.int64)
    np.add.at(change, begins + 1, 1)
    np.add.at(change, ends + 1, -1)
    is_heard: NDArray[np.bool_] = np.cumsum(change)[:-1] == 0
    return is_heard


def _pings(
    duty: _Duty, row: Whole, instant: Whole, longitude: Real, latitude: Real, status: Whole, speed: Real
) -> pl.DataFrame:
    def named(texts: list[str]) -> pl.Series:
        return pl.Series(texts, dtype=pl.Categorical()).gather(pl.Series(row))

    frame = pl.DataFrame(
        {
            "unit_id": named(duty.unit),
            "at": _instants(instant),
            "longitude": np.round(longitude, 6),
            "latitude": np.round(latitude, 6),
            "status": pl.Series(STATUS, dtype=pl.Categorical()).gather(pl.Series(status)),
            "role": named(duty.role),
            "crew_size": duty.crew_size[row],
            "speed_kmh": speed,
        }
    )
    return frame.select(pl.col(column.name).cast(column.dtype) for column in PINGS.supplied)


def _shifts(duty: _Duty, is_in: NDArray[np.bool_]) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "unit_id": duty.unit,
            "role": duty.role,
            "team": duty.team,
            "starts_at": _instants(duty.start_s),
            "ends_at": _instants(duty.start_s + duty.length_s),
        }
    )
    frame = frame.filter(pl.Series(is_in)).sort("starts_at", "unit_id")
    return frame.select(pl.col(column.name).cast(column.dtype) for column in SHIFTS.supplied)


def _instants(seconds: Whole) -> pl.Series:
    return pl.Series(seconds * 1_000_000).cast(pl.Datetime("us", "UTC"))
