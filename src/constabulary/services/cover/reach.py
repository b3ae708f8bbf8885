"""Reach: residents and demand within some minutes of a free unit, by journeys as the response pages know them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.cover.reach import reached_share
from constabulary.cover.visibility import by_meaning
from constabulary.services.cover.kept import Kept, kept
from constabulary.services.cover.measure import Measured, days_of, instants, meanings_of, measured, untold
from constabulary.services.cover.measures import hour_words, incidents
from constabulary.services.response.setup import journeys_of, scenario_of
from constabulary.services.response.values import values_of
from constabulary.services.workspace.geography import area_table
from constabulary.store.workspace import Workspace

STEP = timedelta(minutes=15)
"""Reach is looked at so often."""


def reach(
    workspace: Workspace,
    *,
    minutes: float = 15.0,
    scenario: Path | None = None,
    from_on: date | None = None,
    to_on: date | None = None,
) -> Measured:
    """Return the share of residents and of demand within some minutes of a free unit, by hour of the week.

    Parameters
    ----------
    workspace
        Whose positions.
    minutes
        The journey that reaches [min].
    scenario
        A scenario of response whose roads or matrix of travel times count; middles of LSOAs where None.
    from_on, to_on
        First and last local day; all there are when None.

    Raises
    ------
    BadInput
        If the question cannot be put so, or the scenario breaks a rule.
    """
    if not 0 < minutes <= 240:
        expected = "more than 0 and at most 240"
        raise BadInput(
            Problem("bad_minutes", f"{minutes:g} minutes is no reach.", expected=expected, column="--minutes")
        )
    held = kept(workspace, "lsoa")
    days = days_of(held, from_on, to_on)
    tried = scenario_of(workspace, scenario)
    places, travel = journeys_of(workspace, tried, values_of(held.force, tried))
    begin, end = instants(days, held.force.time_zone)
    local = pl.datetime_range(begin, end, STEP, closed="left", eager=True).dt.convert_time_zone(
        held.force.time_zone
    )
    number = {area: place for place, area in enumerate(places.codes)}
    stays = _free_stays(held, number, begin, local.len())
    demand = incidents(workspace, "lsoa", days)
    people, has_lsoas = _weights(workspace, places.codes)
    free, first, last = (stays[name].to_numpy() for name in ("area", "first", "last"))
    band = travel.band_of_hour[local.dt.hour().to_numpy()]
    of_people, of_demand = (
        reached_share(free, first, last, band, travel.minutes, minutes, weight)
        for weight in (people, _by_place(demand, number))
    )
    rows = _by_hour(local, of_people, of_demand)
    if not demand.height:
        rows = rows.with_columns(demand_share=pl.lit(None, pl.Float64))
    mean = float(of_people.mean())
    low = rows.sort("residents_share", "local_hour_of_week").row(0, named=True)
    answer = (
        f"On average {mean:.0%} of residents were within {minutes:g} minutes of a free unit; fewest, "
        f"{low['residents_share']:.0%}, {hour_words(low['local_hour_of_week'])}"
    )
    warnings = untold(held)
    if not has_lsoas:
        warnings.append(
            "Residents of LSOAs are not known; those of each district are shared out evenly over its LSOAs."
        )
    return measured(
        held,
        "reach",
        "Reach",
        f"Share of residents, and of the period's incidents, within {minutes:g} minutes of a free unit, every quarter "
        f"of an hour. Journeys from one LSOA to another: {travel.how}.",
        answer + ".",
        rows,
        days,
        {"residents_share": mean, "demand_share": float(of_demand.mean()) if demand.height else None},
        warnings,
        {"minutes": minutes, "travel": travel.how, "scenario": tried.sha256},
    )


def _free_stays(held: Kept, number: dict[str, int], begin: datetime, n_instants: int) -> pl.DataFrame:
    """Return where units were free: the number of the area, and of the first instant there and the first away."""
    meanings = meanings_of(held.force)
    return (
        by_meaning(held.visits, meanings)
        .filter(pl.col("meaning") == ("free" if meanings else "unknown"), pl.col("area_id").is_not_null())
        .select(
            area=pl.col("area_id")
            .cast(pl.String)
            .replace_strict(number, default=None, return_dtype=pl.Int64),
            first=_instant("arrived_at", begin).clip(0, n_instants),
            last=_instant("left_at", begin).clip(0, n_instants),
        )
        .drop_nulls()
        .filter(pl.col("first") < pl.col("last"))
    )


def _by_place(demand: pl.DataFrame, number: dict[str, int]) -> NDArray[np.float64]:
    """Return how much was asked in each area, by its number."""
    asked = np.zeros(len(number))
    for area, n in demand.group_by("area_id").len().iter_rows():
        if area in number:
            asked[number[area]] = n
    return asked


def _by_hour(
    local: pl.Series, of_people: NDArray[np.float64], of_demand: NDArray[np.float64]
) -> pl.DataFrame:
    """Return the mean shares of each hour of the week."""
    return (
        pl.DataFrame(
            {
                "local_hour_of_week": (local.dt.weekday().cast(pl.Int64) - 1) * 24 + local.dt.hour(),
                "residents_share": of_people,
                "demand_share": of_demand,
            }
        )
        .group_by("local_hour_of_week", maintain_order=True)
        .agg(pl.col("residents_share", "demand_share").mean())
        .sort("local_hour_of_week")
    )


def _weights(workspace: Workspace, area_ids: tuple[str, ...]) -> tuple[NDArray[np.float64], bool]:
    """Return residents of LSOAs, and whether they are known; else those of districts shared out evenly."""
    rows = area_table(workspace)
    known = {
        row["area_id"]: row["population"]
        for row in rows.filter(pl.col("level") == "lsoa").iter_rows(named=True)
    }
    if all(known.get(area) is not None for area in area_ids):
        return np.array([float(known[area]) for area in area_ids]), True
    parent = {row["area_id"]: row["parent_id"] for row in rows.iter_rows(named=True)}
    people = {
        row["area_id"]: row["population"]
        for row in rows.filter(pl.col("level") == "district").iter_rows(named=True)
    }
    district = []
    for area in area_ids:
        here: str | None = area
        while here is not None and here not in people:
            here = parent.get(here)
        district.append(here)
    return np.array([people.get(one, 0) / district.count(one) if one else 0.0 for one in district]), False


def _instant(column: str, begin: datetime) -> pl.Expr:
    """Return the number of the first instant at or after a time."""
    since = (pl.col(column) - pl.lit(begin)).dt.total_microseconds()
    step = int(STEP.total_seconds() * 1e6)
    return -((-since) // step)
