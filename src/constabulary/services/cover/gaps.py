"""Time without presence against demand: by area, by hour of the week, and stretch by stretch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from constabulary.core.amounts import several
from constabulary.core.errors import BadInput, Problem
from constabulary.cover.gaps import by_hour, stretches
from constabulary.services.cover.kept import Kept, kept
from constabulary.services.cover.measure import Measured, days_of, instants, measured
from constabulary.services.cover.measures import areas_listed, hour_words, incidents, known_level
from constabulary.store.workspace import Workspace

NO_DEMAND = "No incidents are held of these days, so there is no demand to compare with."


@dataclass(frozen=True)
class _Found:
    """Stretches without presence: `rows` as `cover.gaps.stretches` has them, with n_incidents received meanwhile."""

    held: Kept
    days: tuple[date, date]
    begin: datetime
    end: datetime
    rows: pl.DataFrame
    demand: pl.DataFrame
    asked: dict[str, Any]

    def measured(self, name: str, title: str, answer: str, rows: pl.DataFrame, **totals: Any) -> Measured:
        return measured(
            self.held,
            name,
            title,
            f"Stretches of {self.asked['least_hours']:g} hours or more in which no unit was known to be in the area. "
            "Units whose position is unknown may have been there.",
            answer + ".",
            rows,
            self.days,
            totals,
            [] if self.demand.height else [NO_DEMAND],
            self.asked,
        )


def gaps(
    workspace: Workspace,
    level: str = "neighbourhood",
    *,
    least_hours: float = 8.0,
    from_on: date | None = None,
    to_on: date | None = None,
) -> Measured:
    """Return how long each area was without any unit, and the incidents received in it meanwhile.

    Parameters
    ----------
    workspace
        Whose positions.
    level
        force, area, district, neighbourhood or lsoa.
    least_hours
        Stretches shorter than this are no gaps [h].
    from_on, to_on
        First and last local day; all there are when None.

    Raises
    ------
    BadInput
        If the question cannot be put so.
    """
    found = _found(workspace, level, least_hours, from_on, to_on)
    all_hours = (found.end - found.begin).total_seconds() / 3600
    rows = (
        areas_listed(found.held)
        .join(
            found.rows.group_by("area_id", maintain_order=True).agg(
                n_gaps=pl.len(),
                gap_hours=pl.col("hours").sum(),
                longest_hours=pl.col("hours").max(),
                n_incidents_in_gaps=pl.col("n_incidents").sum(),
            ),
            on="area_id",
            how="left",
        )
        .join(found.demand.group_by("area_id").agg(n_incidents=pl.len()), on="area_id", how="left")
        .with_columns(pl.selectors.numeric().fill_null(0))
        .with_columns(
            gap_share=pl.col("gap_hours") / all_hours,
            incidents_in_gaps_share=pl.when(pl.col("n_incidents") > 0).then(
                pl.col("n_incidents_in_gaps") / pl.col("n_incidents")
            ),
        )
        .sort("gap_hours", "area_id", descending=[True, False])
    )
    n_areas = rows.filter(pl.col("n_gaps") > 0).height
    answer = (
        f"{n_areas:,} of {several(rows.height, 'area')} {'was' if n_areas == 1 else 'were'} without any unit for "
        f"{least_hours:g} hours or longer"
    )
    if n_areas:
        answer += f"; {rows['name'][0]} for {rows['gap_hours'][0]:,.0f} hours in all"
    n_in = int(rows["n_incidents_in_gaps"].sum())
    if found.demand.height:
        answer += f"; {n_in:,} of {several(found.demand.height, 'incident')} came in such hours"
    return found.measured(
        "gaps",
        "Hours without presence",
        answer,
        rows,
        areas_with_gaps=n_areas,
        n_incidents=found.demand.height,
        n_incidents_in_gaps=n_in,
    )


def gaps_by_hour(workspace: Workspace, level: str = "neighbourhood", **asked: Any) -> Measured:
    """Return how many areas were without any unit in each hour of the week, and the incidents received in them.

    Parameters
    ----------
    workspace, level, asked
        As for `gaps`.
    """
    found = _found(workspace, level, **asked)
    zone = found.held.force.time_zone
    at = pl.col("received_at").dt.convert_time_zone(zone)
    counted = (
        _meanwhile(found.rows, found.demand)
        .group_by(local_hour_of_week=(at.dt.weekday().cast(pl.Int64) - 1) * 24 + at.dt.hour())
        .agg(n_incidents_in_gaps=pl.len())
    )
    rows = (
        by_hour(found.rows, found.begin, found.end, zone)
        .join(counted, on="local_hour_of_week", how="left")
        .with_columns(pl.col("n_incidents_in_gaps").fill_null(0))
        .sort("local_hour_of_week")
    )
    most = rows.sort("n_areas", "local_hour_of_week", descending=[True, False]).row(0, named=True)
    n_areas = len(found.held.names)
    least = found.asked["least_hours"]
    answer = (
        f"At no hour of the week was any of {several(n_areas, 'area')} in a stretch of {least:g} hours without "
        "a unit"
    )
    if most["n_areas"] > 0:
        answer = (
            f"At the worst hour {most['n_areas']:.1f} of {several(n_areas, 'area')} were without any unit on average, "
            f"{hour_words(most['local_hour_of_week'])}"
        )
    return found.measured("gaps_by_hour", "Hours without presence by hour of the week", answer, rows)


def gaps_listed(workspace: Workspace, level: str = "neighbourhood", **asked: Any) -> Measured:
    """Return every stretch without any unit, the longest first, in local time.

    Parameters
    ----------
    workspace, level, asked
        As for `gaps`.
    """
    found = _found(workspace, level, **asked)
    zone = found.held.force.time_zone
    rows = (
        found.rows.with_columns(
            name=pl.col("area_id").replace_strict(found.held.names, return_dtype=pl.String)
        )
        .with_columns(pl.col("begins_at", "ends_at").dt.convert_time_zone(zone))
        .select("area_id", "name", "begins_at", "ends_at", "hours", "n_incidents")
        .sort("hours", "area_id", "begins_at", descending=[True, False, False])
    )
    counted = f"{'was' if rows.height == 1 else 'were'} {several(rows.height, 'stretch', 'stretches')}"
    answer = f"There {counted} of {found.asked['least_hours']:g} hours or longer without any unit"
    if rows.height:
        answer += f"; the longest in {rows['name'][0]}, {rows['hours'][0]:,.1f} hours"
    return found.measured("gaps_listed", "Stretches without presence", answer, rows)


def _found(
    workspace: Workspace,
    level: str,
    least_hours: float = 8.0,
    from_on: date | None = None,
    to_on: date | None = None,
) -> _Found:
    if not 0 < least_hours <= 24 * 366:
        expected = f"more than 0 and at most {24 * 366:,} hours, a year"
        raise BadInput(
            Problem("bad_hours", f"{least_hours:g} hours is no gap.", expected=expected, column="--hours")
        )
    held = kept(workspace, known_level(level))
    days = days_of(held, from_on, to_on)
    begin, end = instants(days, held.force.time_zone)
    found = stretches(held.visits, sorted(held.names), begin, end, least_hours)
    demand = incidents(workspace, level, days)
    counted = _meanwhile(found, demand).group_by("area_id", "begins_at").agg(n_incidents=pl.len())
    rows = found.join(counted, on=["area_id", "begins_at"], how="left").with_columns(
        pl.col("n_incidents").fill_null(0)
    )
    return _Found(held, days, begin, end, rows, demand, {"level": level, "least_hours": least_hours})


def _meanwhile(found: pl.DataFrame, demand: pl.DataFrame) -> pl.DataFrame:
    """Return the incidents received in an area while no unit was in it, with begins_at of the stretch."""
    return (
        demand.sort("received_at")
        .join_asof(
            found.sort("begins_at"), left_on="received_at", right_on="begins_at", by="area_id", strategy="backward",
            check_sortedness=False,
        )
        .filter(pl.col("received_at") < pl.col("ends_at"))
    )  # fmt: skip
