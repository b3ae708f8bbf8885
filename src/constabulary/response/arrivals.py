"""Incidents as they come in: drawn by hour, place, grade and category with busy and quiet days, or replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from constabulary.response.clock import HOUR_S, Clock
from constabulary.response.draws import Floats, Integers, Luck, by_grade, pick
from constabulary.response.model import Incidents
from constabulary.response.places import Places

USES = (
    *(
        "day_variation",
        "record_delay_s",
        "scene_median_s",
        "scene_spread",
        "support_scene_share",
        "write_up_s",
    ),
    *("travel_noise", "custody_median_s", "custody_spread", "regraded_share", "regraded_after_s"),
    *(
        "cancelled_share",
        "cancelled_after_s",
        "appointment_share",
        "appointment_after_h",
        "appointment_hours",
    ),
    *("arrest_share", "extra_units_mean", "held_median_s", "held_spread"),
)
"""The assumptions that incidents are drawn with: structures that agree in them meet the same incidents."""
MOST_EXTRA = 19
LONGEST_S = 24 * HOUR_S
LONGEST_HELD_S = 14 * 24 * HOUR_S


@dataclass(frozen=True)
class Demand:
    """What is expected to come in.

    Parameters
    ----------
    rate_per_h
        Incidents an hour in each hour of the run (1/h), shape (hours,).
    place_weight
        How often each atom is the place, against the others, shape (atoms,).
    grade_share
        Share of each grade that is attended, most urgent first, shape (grades,); what is left to 1 is resolved
        without sending anyone.
    category_weight
        How often each category, against the others, shape (categories,).
    factor
        What a scenario multiplies the rate by.
    """

    rate_per_h: Floats
    place_weight: Floats
    grade_share: Floats
    category_weight: Floats
    factor: float = 1.0


@dataclass(frozen=True)
class Recorded:
    """Incidents as they were recorded, in order, shape (incidents,).

    Parameters
    ----------
    received_s
        When each came in, from the start of the run (s).
    atom, grade, category
        Where, how urgent (the number of attended grades: nobody was sent) and what.
    n_units, scene_s
        Units sent and the time each spent at the scene (s); not a number where it is not known.
    """

    received_s: Floats
    atom: Integers
    grade: Integers
    category: Integers
    n_units: Floats
    scene_s: Floats


@dataclass(frozen=True)
class Arrivals:
    """The incidents of one replication.

    Parameters
    ----------
    incidents
        As the dispatch engine takes them.
    category
        Category of each, by its place in the force's list.
    """

    incidents: Incidents
    category: Integers

    @cached_property
    def attended(self) -> Arrivals:
        """Those that somebody is to be sent to; worked out once for all structures that meet them."""
        return self.rows(np.flatnonzero(~self.incidents.is_resolved))

    def rows(self, chosen: Integers) -> Arrivals:
        """Return some of them, by row, in that order."""
        return Arrivals(self.incidents.rows(chosen), self.category.take(chosen))


def expected(clock: Clock, n_a_year: float, hour_weight: Floats, month_weight: Floats) -> Floats:
    """Return incidents an hour in each hour of a run, shape (hours,), so that 365 days bring a total.

    Parameters
    ----------
    clock
        The run.
    n_a_year
        Incidents in 365 days.
    hour_weight
        Weight of each hour of the week, Monday 00:00 first, shape (168,).
    month_weight
        Weight of a day in each month, January first, shape (12,).
    """
    hours, months = hour_weight / hour_weight.mean(), month_weight / month_weight.mean()
    weight = hours[clock.hour_of_week] * months[clock.month - 1]
    if clock.n_days >= 365:
        weight = weight / weight.mean()
    return np.asarray(n_a_year / (365.0 * 24.0) * weight)


def draw(demand: Demand, values: Mapping[str, Any], clock: Clock, luck: Luck) -> Arrivals:
    """Draw the incidents of one replication.

    Days differ beyond chance (gamma); within an hour incidents come at random. More demand keeps every incident there
    was and adds others, less leaves some out: the rest have the same luck.

    Parameters
    ----------
    demand
        What is expected.
    values
        Assumptions by name.
    clock
        The run.
    luck
        The replication's random numbers.
    """
    busy = luck.gamma("busy day", float(values["day_variation"]), clock.n_days)[clock.day_no]
    rate = demand.rate_per_h * busy
    streams = [("", rate, min(demand.factor, 1.0))]
    if demand.factor > 1.0:
        streams.append(("further ", rate * (demand.factor - 1.0), 1.0))
    parts = [_stream(name, each, kept, demand, values, luck) for name, each, kept in streams]
    drawn = parts[0]
    if len(parts) > 1:
        # Luck goes with the incident, so it is drawn by stream and only then put in order.
        order = np.argsort(np.concatenate([part["received_s"] for part in parts]), kind="stable")
        drawn = {key: np.concatenate([part[key] for part in parts]).take(order) for key in drawn}
    return _arrivals(drawn, demand, values, clock)


def replay(
    recorded: Recorded, n_grades: int, values: Mapping[str, Any], clock: Clock, luck: Luck
) -> Arrivals:
    """Return recorded incidents as arrivals; what is not recorded (luck of the road, regrading, arrests) is drawn.

    Parameters
    ----------
    recorded
        The records.
    n_grades
        How many grades are attended.
    values, clock, luck
        As for `draw`.
    """
    n = len(recorded.received_s)
    columns = {"received_s": recorded.received_s, **_luck_of(n, "", values, luck)}
    columns |= {name: getattr(recorded, name) for name in ("atom", "grade", "category")}
    columns["known_scene_s"] = recorded.scene_s
    columns["known_extra"] = recorded.n_units - 1.0
    demand = Demand(np.empty(0), np.empty(0), np.ones(n_grades) / n_grades, np.empty(0))
    return _arrivals(columns, demand, values, clock)


def _stream(
    name: str, rate: Floats, kept: float, demand: Demand, values: Mapping[str, Any], luck: Luck
) -> dict[str, Any]:
    edges = np.concatenate([[0.0], np.cumsum(rate)])
    n_enough = int(edges[-1] + 8.0 * np.sqrt(edges[-1] + 1.0) + 16.0)
    reached = np.cumsum(luck.exponential(f"{name}arrival", n_enough))
    reached = reached[reached < edges[-1]]
    received_s = np.interp(reached, edges, np.arange(len(edges)) * HOUR_S)
    n = len(received_s)
    weights = np.append(demand.grade_share, max(1.0 - demand.grade_share.sum(), 0.0))
    columns = {
        "received_s": received_s,
        "atom": pick(luck.uniform(f"{name}place", n), demand.place_weight),
        "grade": pick(luck.uniform(f"{name}grade", n), weights),
        "category": pick(luck.uniform(f"{name}category", n), demand.category_weight),
        **_luck_of(n, name, values, luck),
    }
    if kept < 1.0:
        stays = luck.uniform(f"{name}kept", n) < kept
        columns = {key: column[stays] for key, column in columns.items()}
    return columns


def _luck_of(n: int, name: str, values: Mapping[str, Any], luck: Luck) -> dict[str, Any]:
    """Draw what befalls each incident, whatever becomes of it."""
    uniforms = ("extra", "regraded", "cancelled", "appointment", "appointment_at", "arrest")
    held = {"held": luck.normal(f"{name}held", n)} if any(values["held_median_s"]) else {}
    return {
        **held,
        "scene": luck.normal(f"{name}scene", n),
        "road": luck.normal(f"{name}road", n),
        "custody": luck.normal(f"{name}custody", n),
        "regraded_after": luck.exponential(f"{name}regraded after", n),
        "cancelled_after": luck.exponential(f"{name}cancelled after", n),
        **{key: luck.uniform(f"{name}{key}", n) for key in uniforms},
    }


def _arrivals(
    columns: Mapping[str, Any], demand: Demand, values: Mapping[str, Any], clock: Clock
) -> Arrivals:
    n_grades = len(demand.grade_share)
    is_resolved = columns["grade"] >= n_grades
    grade: Integers = np.minimum(columns["grade"], n_grades - 1).astype(np.int64)

    def of_grade(name: str) -> Floats:
        return by_grade(values, name, n_grades)[grade]

    recorded_s = columns["received_s"] + of_grade("record_delay_s")
    at_s = recorded_s
    if "held" in columns:
        held_s = of_grade("held_median_s") * np.exp(of_grade("held_spread") * columns["held"])
        at_s = recorded_s + np.minimum(held_s, LONGEST_HELD_S)
    scene_s = float(values["scene_median_s"]) * np.exp(float(values["scene_spread"]) * columns["scene"])
    scene_s = np.minimum(scene_s, LONGEST_S)
    if "known_scene_s" in columns:
        scene_s = np.where(np.isnan(columns["known_scene_s"]), scene_s, columns["known_scene_s"])
    extra = _extra(columns, values, grade, n_grades)
    noise = float(values["travel_noise"])
    custody_s = float(values["custody_median_s"]) * np.exp(
        float(values["custody_spread"]) * columns["custody"]
    )
    never = np.nan
    regraded = (columns["regraded"] < of_grade("regraded_share")) & (grade > 0)
    cancelled = columns["cancelled"] < of_grade("cancelled_share")
    by_appointment = (columns["appointment"] < of_grade("appointment_share")) & ~is_resolved
    found = {
        "at_s": at_s,
        "received_s": columns["received_s"],
        "recorded_s": recorded_s,
        "atom": columns["atom"],
        "grade": grade,
        "scene_s": scene_s,
        "support_scene_s": scene_s * float(values["support_scene_share"]),
        "write_up_s": np.full(len(grade), float(values["write_up_s"])),
        "n_officers": 1 + extra,
        "travel_factor": np.exp(noise * columns["road"] - noise**2 / 2.0),
        "regrade_at_s": np.where(
            regraded, at_s + float(values["regraded_after_s"]) * columns["regraded_after"], never
        ),
        "regrade_to": np.maximum(grade - 1, 0),
        "cancel_at_s": np.where(
            cancelled, at_s + of_grade("cancelled_after_s") * columns["cancelled_after"], never
        ),
        "appointment_s": np.where(
            by_appointment, _appointment(at_s, columns["appointment_at"], values, clock), never
        ),
        "is_resolved": is_resolved,
        "is_arrest": (columns["arrest"] < float(values["arrest_share"])) & ~is_resolved,
        "custody_s": custody_s,
    }
    order = np.argsort(at_s, kind="stable")
    return Arrivals(
        Incidents.of(**{key: column.take(order) for key, column in found.items()}),
        columns["category"].take(order),
    )


def _extra(columns: Mapping[str, Any], values: Mapping[str, Any], grade: Integers, n_grades: int) -> Integers:
    """Return officers wanted beyond the first: Poisson by grade."""
    extra = np.zeros(len(grade), np.int64)
    for number, mean in enumerate(by_grade(values, "extra_units_mean", n_grades)):
        steps = np.arange(1, MOST_EXTRA + 1)
        chances = np.exp(-mean) * np.cumprod(np.concatenate([[1.0], mean / steps]))
        rows = grade == number
        extra[rows] = np.searchsorted(np.cumsum(chances[:-1]), columns["extra"][rows], side="right")
    if "known_extra" in columns:
        known = np.clip(np.nan_to_num(columns["known_extra"], nan=-1.0), -1.0, MOST_EXTRA)
        extra = np.where(known >= 0.0, known.astype(np.int64), extra)
    return extra


def _appointment(at_s: Floats, uniform: Floats, values: Mapping[str, Any], clock: Clock) -> Floats:
    """Return instants between the earliest and latest allowed, moved into the hours of the day that are."""
    earliest, latest = (HOUR_S * float(hours) for hours in values["appointment_after_h"])
    opens, shuts = (float(hour) for hour in values["appointment_hours"])
    wanted_s = at_s + earliest + (latest - earliest) * uniform
    hour = clock.hour_of_week_at(wanted_s) % 24 + (wanted_s % HOUR_S) / HOUR_S
    # The share of the night that is left says where in the next day's hours it comes to lie.
    into_day = opens + (hour % 24.0) / 24.0 * (shuts - opens)
    later = np.where(hour >= shuts, 24.0, 0.0)
    is_out = (hour < opens) | (hour >= shuts)
    return np.where(is_out, wanted_s + HOUR_S * (into_day + later - hour), wanted_s)


def recorded_of(
    frame: pl.DataFrame, places: Places, grade_ids: list[str], category_ids: list[str], clock: Clock
) -> Recorded:
    """Return the incidents of a lake as records to replay; those of no known place are left out.

    Parameters
    ----------
    frame
        Columns of the contract of incidents: `received_at`, `grade`, `category`, `lsoa_code`, `n_units`, `on_scene_s`.
    places
        The atoms.
    grade_ids
        Ids of the attended grades, most urgent first; any other is resolved without sending anyone.
    category_ids
        Ids of the force's categories.
    clock
        The run; incidents outside it are left out.
    """
    atoms = {code: number for number, code in enumerate(places.codes)}
    grades = {one: number for number, one in enumerate(grade_ids)}
    categories = {one: number for number, one in enumerate(category_ids)}
    received = pl.col("received_at").dt.epoch("us") / 1e6 - clock.zero_s
    units = pl.col("n_units").cast(pl.Float64)
    rows = (
        frame.select(
            received_s=received,
            atom=pl.col("lsoa_code")
            .cast(pl.String)
            .replace_strict(atoms, default=None, return_dtype=pl.Int64),
            grade=pl.col("grade")
            .cast(pl.String)
            .replace_strict(grades, default=len(grade_ids), return_dtype=pl.Int64),
            category=pl.col("category")
            .cast(pl.String)
            .replace_strict(categories, default=0, return_dtype=pl.Int64),
            n_units=units,
            scene_s=pl.col("on_scene_s") / units.replace(0.0, None),
        )
        .filter(
            pl.col("atom").is_not_null(), pl.col("received_s").is_between(0.0, clock.end_s, closed="left")
        )
        .sort("received_s", maintain_order=True)
    )
    return Recorded(
        **{
            name: rows[name].fill_null(np.nan).to_numpy()
            if rows[name].dtype.is_float()
            else rows[name].to_numpy()
            for name in rows.columns
        }
    )
