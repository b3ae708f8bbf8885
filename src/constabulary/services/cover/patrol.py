"""Measures of patrol: dosage at hot spots, planned against delivered, and what a change did to duty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from constabulary.core.amounts import duration, several
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.cover import PlannedPatrol
from constabulary.core.progress import Progress, silent
from constabulary.cover.dosage import BAND_MIN, delivered, joined
from constabulary.cover.dosage import dosage as dosage_of
from constabulary.cover.trial import by_shift, compared
from constabulary.parameters.load import load_parameters
from constabulary.services.cover.duty import duty_of, miles_by_unit
from constabulary.services.cover.kept import Kept, kept
from constabulary.services.cover.measure import Measured, days_of, instants, meanings_of, measured, untold
from constabulary.store.workspace import Workspace

LENGTHS = (
    ("n_below", f"Under {BAND_MIN[0]:g} minutes"),
    ("n_in_band", f"{BAND_MIN[0]:g} to {BAND_MIN[1]:g} minutes"),
    ("n_above", f"Over {BAND_MIN[1]:g} minutes"),
)
"""Columns that count visits by their length beside the band, and their words."""
TRIAL_NAMES = {
    "incidents_attended": "Incidents attended a shift",
    "patrol_start_min": "Patrol begins after the start of the shift (minutes)",
    "patrol_hours": "Hours on patrol a shift",
    "lost_hours": "Hours lost to station and travel a shift",
    "station_hours": "Hours in a station a shift",
    "travel_hours": "Hours on the way to incidents a shift",
    "job_hours": "Hours at incidents a shift",
    "mileage_miles": "Miles a shift, straight from fix to fix",
}


def dosage(workspace: Workspace, *, from_on: date | None = None, to_on: date | None = None) -> Measured:
    """Return visits and minutes at each hot spot, with the band of 10 to 15 minutes.

    Parameters
    ----------
    workspace
        Whose positions.
    from_on, to_on
        First and last local day; all there are when None.

    Raises
    ------
    NothingThere
        If the force folder names no hot spots, or there are no positions.
    """
    held = kept(workspace, "hot_spots")
    days = days_of(held, from_on, to_on)
    visits, join_s = _visits(held, days)
    names = held.names
    rows = (
        dosage_of(visits, list(names), (days[1] - days[0]).days + 1, held.force.time_zone)
        .with_columns(name=pl.col("area_id").replace_strict(names))
        .sort("minutes", "area_id", descending=[True, False])
    )
    n_visits = int(rows["n_visits"].sum())
    in_band = int(rows["n_in_band"].sum())
    answer = (
        f"{several(n_visits, 'visit')} to {several(rows.height, 'hot spot')}, {in_band / n_visits:.0%} of them of "
        f"{BAND_MIN[0]:g} to {BAND_MIN[1]:g} minutes"
        if n_visits
        else f"No visits to {several(rows.height, 'hot spot')}"
    )
    if n_visits:
        answer += f"; most time at {rows['name'][0]}, {rows['minutes_a_day'][0]:,.0f} minutes a day"
    return measured(
        held,
        "dosage",
        "Dosage at hot spots",
        f"Visits of units to named places, out of station; time away of up to {duration(join_s)} does not end one.",
        answer + ".",
        rows.select("area_id", "name", pl.exclude("area_id", "name")),
        days,
        {"n_visits": n_visits, "n_in_band": in_band, "minutes": float(rows["minutes"].sum())},
        _sparse(held),
        {"join_s": join_s},
    )


def planned(workspace: Workspace, *, from_on: date | None = None, to_on: date | None = None) -> Measured:
    """Return planned visits to hot spots against those delivered.

    Parameters
    ----------
    workspace, from_on, to_on
        As for `dosage`.

    Raises
    ------
    NothingThere
        If the force folder plans no patrol on these days, or there are no positions.
    """
    held = kept(workspace, "hot_spots")
    days = days_of(held, from_on, to_on)
    windows = _windows(held.force, days)
    if windows.is_empty():
        raise NothingThere(
            Problem(
                "nothing_planned",
                f"no patrol is planned from {days[0]} to {days[1]}.",
                file="cover/planned_patrol.csv",
                remedy="Add plans to the force folder.",
            )
        )
    visits, join_s = _visits(held, days)
    least_min = float(load_parameters("cover")["least_visit_s"].value) / 60
    found = delivered(visits, windows, least_min)
    names = held.names
    rows = (
        found.group_by("plan_id", "area_id", maintain_order=True)
        .agg(
            n_days=pl.len(),
            days_met=pl.col("is_met").sum(),
            planned_visits=pl.col("n_planned").sum(),
            delivered_visits=pl.col("n_visits").sum(),
            planned_minutes=(pl.col("n_planned") * pl.col("planned_min")).sum(),
            delivered_minutes=pl.col("minutes").sum(),
        )
        .with_columns(
            name=pl.col("area_id").replace_strict(names),
            met_share=pl.col("days_met") / pl.col("n_days"),
        )
        .select("plan_id", "area_id", "name", pl.exclude("plan_id", "area_id", "name"))
        .sort("met_share", "plan_id")
    )
    n_days, n_met = int(rows["n_days"].sum()), int(rows["days_met"].sum())
    n_planned = int(rows["planned_visits"].sum())
    answer = (
        f"Planned patrol was delivered on {n_met:,} of {several(n_days, 'planned day')} ({n_met / n_days:.0%}): "
        f"{several(int(rows['delivered_visits'].sum()), 'visit')} where {n_planned:,} "
        f"{'was' if n_planned == 1 else 'were'} planned"
    )
    return measured(
        held,
        "planned",
        "Planned and delivered patrol",
        f"A plan is met on a day when as many visits of {least_min:g} minutes or more, and as many minutes, fall "
        "within its hours as it asks for.",
        answer + ".",
        rows,
        days,
        {"n_days": n_days, "days_met": n_met},
        _sparse(held),
        {"join_s": join_s, "least_min": least_min},
    )


def trial(
    workspace: Workspace,
    before: tuple[date, date],
    after: tuple[date, date],
    *,
    teams: Sequence[str] = (),
    units: Sequence[str] = (),
    progress: Progress = silent,
) -> Measured:
    """Return the measures of the 2014 trial of mobile working before and after a change.

    Parameters
    ----------
    workspace
        Whose positions.
    before, after
        First and last local day of each period.
    teams, units
        Only shifts of these, where given.
    progress
        Told the fixes done.

    Raises
    ------
    BadInput
        If the periods overlap, or have no shifts.
    """
    if not (before[0] <= before[1] < after[0] <= after[1]):
        raise BadInput(
            Problem(
                "periods_overlap",
                f"{before[0]} to {before[1]} does not lie before {after[0]} to {after[1]}.",
                expected="two periods, the earlier one first",
            )
        )
    held = kept(workspace, "force")
    only = {"team": teams, "unit_id": units}
    earlier, are_told_before = _shifts_in(workspace, held, before, only, progress)
    later, are_told_after = _shifts_in(workspace, held, after, only, progress)
    n_before, n_after = earlier.height, later.height
    rows = compared(earlier, later).with_columns(name=pl.col("measure").replace_strict(TRIAL_NAMES))
    patrol, lost = (
        rows.row(by_predicate=pl.col("measure") == name, named=True)
        for name in ("patrol_hours", "lost_hours")
    )
    answer = (
        f"A shift lost {lost['before']:.1f} hours to station and travel before and {lost['after']:.1f} after; "
        f"it had {patrol['before']:.1f} hours of patrol before and {patrol['after']:.1f} after "
        f"({n_before:,} and {n_after:,} shifts)"
    )
    warnings = untold(held)
    if not (are_told_before and are_told_after):
        warnings.append("No shifts are held: a duty is taken to end where a unit is silent for four hours.")
    return measured(
        held,
        "trial",
        "Before and after",
        f"Means a shift, {before[0]} to {before[1]} against {after[0]} to {after[1]}. An incident attended is a "
        "stretch at a job; patrol is free time out of station. A change whose likely range holds nought may be chance.",
        answer + ".",
        rows.select("measure", "name", pl.exclude("measure", "name")),
        (before[0], after[1]),
        {"n_before": n_before, "n_after": n_after},
        warnings,
        {
            "before": [str(day) for day in before],
            "after": [str(day) for day in after],
            "teams": list(teams),
            "units": list(units),
        },
    )


def _shifts_in(
    workspace: Workspace,
    held: Kept,
    period: tuple[date, date],
    only: Mapping[str, Sequence[str]],
    progress: Progress,
) -> tuple[pl.DataFrame, bool]:
    """Return what was done in each shift of a period and whether shifts are held; `only` has those wanted by column."""
    days = days_of(held, *period)
    duty, are_told = duty_of(workspace, held.visits, held.is_synthetic, days, held.force.time_zone)
    for column, wanted in only.items():
        if wanted:
            duty = duty.filter(pl.col(column).is_in(list(wanted)))
    if duty.is_empty():
        raise BadInput(
            Problem(
                "no_shifts",
                f"there are no shifts of these units from {days[0]} to {days[1]}.",
                expected="units and teams that were on duty",
            )
        )
    ways = miles_by_unit(workspace, held.force.time_zone, days, progress)
    return _with_miles(by_shift(held.visits, duty, meanings_of(held.force)), duty, ways), are_told


def _with_miles(shifts: pl.DataFrame, duty: pl.DataFrame, ways: pl.DataFrame) -> pl.DataFrame:
    """Add the miles gone between the start and end of each shift."""
    gone = (
        ways.sort("at")
        .join_asof(
            duty.select("unit_id", "starts_at", "ends_at", "local_on").sort("starts_at"),
            left_on="at",
            right_on="starts_at",
            by="unit_id",
            check_sortedness=False,
        )
        .filter(pl.col("at") < pl.col("ends_at"))
        .group_by("unit_id", "local_on", maintain_order=True)
        .agg(mileage_miles=pl.col("miles").sum())
    )
    return shifts.join(gone, on=["unit_id", "local_on"], how="left").with_columns(
        pl.col("mileage_miles").fill_null(0)
    )


def _visits(held: Kept, days: tuple[date, date]) -> tuple[pl.DataFrame, float]:
    """Return the visits to hot spots that began on some days, and how long away does not end one [s]."""
    median = held.about["median_interval_s"] or 0
    join_s = float(load_parameters("cover")["visit_join_fixes"].value) * median
    begin, end = instants(days, held.force.time_zone)
    # A unit in a station that stands within a hot spot is not on patrol there.
    visits = joined(held.visits.filter(~pl.col("is_in_station").fill_null(value=False)), join_s)
    return visits.filter(pl.col("arrived_at") >= begin, pl.col("arrived_at") < end), join_s


def _windows(force: Force, days: tuple[date, date]) -> pl.DataFrame:
    zone = ZoneInfo(force.time_zone)
    rows = []
    for plan in force.rows(PlannedPatrol):
        day = max(plan.from_on, days[0])
        while day <= min(plan.to_on or days[1], days[1]):
            if day.weekday() in plan.weekdays:
                midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (a clock time, made local below)
                begin, end = (
                    (midnight + timedelta(minutes=minutes)).replace(tzinfo=zone).astimezone(UTC)
                    for minutes in plan.minutes
                )
                rows.append((plan.plan_id, plan.hot_spot_id, day, begin, end, plan.n_visits, plan.visit_min))
            day += timedelta(days=1)
    schema: dict[str, Any] = {
        "plan_id": pl.String,
        "area_id": pl.String,
        "local_on": pl.Date,
        "begins_at": pl.Datetime("us", "UTC"),
        "ends_at": pl.Datetime("us", "UTC"),
        "n_planned": pl.Int64,
        "planned_min": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _sparse(held: Kept) -> list[str]:
    median = held.about["median_interval_s"]
    if median is None or median <= 60:
        return []
    return [
        f"Half of all fixes are {duration(median)} apart or more, so visits are counted too few and lengths are known "
        f"to about {median / 60:.0f} minutes."
    ]
