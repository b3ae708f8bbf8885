"""Duty of units: the shifts that were imported, or else stretches of positions without a long silence between them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from constabulary.core.progress import Progress, silent
from constabulary.cover.clean import CleaningRules, clean
from constabulary.cover.fixes import US, Track
from constabulary.parameters.load import load_parameters
from constabulary.services.cover.pings import Names, fixes_of, positions
from constabulary.store.lake import Lake
from constabulary.store.workspace import Workspace
from constabulary.tables.circles import METRES_A_DEGREE
from constabulary.tables.shifts import SHIFTS
from constabulary.tables.times import local_on

OFF_DUTY = timedelta(hours=4)
"""A silence this long ends a duty where no shifts are held."""
METRES_A_MILE = 1609.344


def duty_of(
    workspace: Workspace, visits: pl.DataFrame, is_synthetic: bool, days: tuple[date, date], time_zone: str
) -> tuple[pl.DataFrame, bool]:
    """Return the duties that began on some days, and whether they are shifts that were imported.

    Parameters
    ----------
    workspace
        Whose.
    visits
        Stays of units, for want of shifts.
    is_synthetic
        Whether made-up shifts are asked for.
    days
        First and last local day.
    time_zone
        Of the force.

    Returns
    -------
    tuple
        unit_id, team, starts_at, ends_at (UTC), local_on, by unit and start; and whether from shifts.
    """
    held = shifts_held(workspace, is_synthetic, days)
    if held is not None and held.height:
        return held.sort("unit_id", "starts_at"), True
    silence = pl.col("arrived_at") - pl.col("left_at").shift(1).over("unit_id")
    found = (
        visits.select(pl.col("unit_id").cast(pl.String), "arrived_at", "left_at")
        .sort("unit_id", "arrived_at")
        .with_columns(number=(silence.is_null() | (silence >= OFF_DUTY)).cum_sum())
        .group_by("number")
        .agg(
            pl.col("unit_id").first(),
            starts_at=pl.col("arrived_at").min(),
            ends_at=pl.col("left_at").max(),
        )
        .with_columns(team=pl.lit(None, pl.String))
    )
    found = found.with_columns(local_on=local_on(found["starts_at"], time_zone))
    within = found.filter(pl.col("local_on").is_between(*days))
    return within.select("unit_id", "team", "starts_at", "ends_at", "local_on").sort(
        "unit_id", "starts_at"
    ), False


def shifts_held(workspace: Workspace, is_synthetic: bool, days: tuple[date, date]) -> pl.DataFrame | None:
    """Return the imported shifts that began on some days; None where no import holds any shifts.

    Parameters
    ----------
    workspace, is_synthetic, days
        As for `duty_of`.

    Returns
    -------
    polars.DataFrame
        unit_id, team, starts_at, ends_at (UTC), local_on.
    """
    lake = Lake(workspace.lake_path)
    superseded = lake.files(SHIFTS.name).superseded
    frames = []
    for record in lake.imports():
        replaced = [part.from_on for part in superseded.get(record.import_id, ())]
        has_any = any(part.table == SHIFTS.name for part in record.coverage)
        if not (record.is_live and has_any and record.is_synthetic == is_synthetic):
            continue
        rows = pl.scan_parquet(
            lake.files_of(SHIFTS.name, [record.import_id]), glob=False, hive_partitioning=False
        )
        frames.append(
            rows.filter(pl.col("local_on").is_between(*days), ~pl.col("local_on").is_in(replaced))
            .select(
                pl.col("unit_id", "team").cast(pl.String),
                pl.col("starts_at", "ends_at").cast(pl.Datetime("us", "UTC")),
                "local_on",
            )
            .collect()
        )
    return pl.concat(frames) if frames else None


def teams_of(workspace: Workspace) -> tuple[str, ...]:
    """Return the teams that imported shifts name, by name; of made-up shifts only without real ones."""
    for is_synthetic in (False, True):
        held = shifts_held(workspace, is_synthetic, (date.min, date.max))
        if held is not None and held.height:
            return tuple(sorted(held["team"].drop_nulls().unique().to_list()))
    return ()


def miles_by_unit(
    workspace: Workspace, time_zone: str, days: tuple[date, date], progress: Progress = silent
) -> pl.DataFrame:
    """Return the way of each unit from fix to fix, at the time of each.

    Parameters
    ----------
    workspace, time_zone, days
        As for `duty_of`.
    progress
        Told the fixes done.

    Returns
    -------
    polars.DataFrame
        unit_id, at (UTC) and miles to the unit's next fix, where that is no further than the cap on known time.
        Straight lines, so less than the way by road.
    """
    values = load_parameters("cover")
    rules, cap_us = CleaningRules.of(values), int(float(values["cap_s"].value) * US)
    held = positions(workspace, time_zone, *days)
    names = Names()
    found = []
    n_done = 0
    last: Track | None = None
    for rows in held.windows():
        n_done += rows.height
        progress(n_done, held.n_rows, "Measuring ways")
        track = clean(fixes_of(rows, names), rules).track
        # A way goes on where the next days begin.
        track = last.joined(track) if last else track
        last = track.take(np.diff(track.unit, append=-1) != 0)
        length = np.diff(track.t, append=0)
        known = (
            (np.diff(track.unit, append=-1) == 0) & (length <= cap_us) & ~np.append(track.is_break[1:], True)
        )
        north = np.diff(track.y, append=0.0)[known]
        east = (np.diff(track.x, append=0.0) * np.cos(np.radians(track.y)))[known]
        found.append(
            pl.DataFrame(
                {
                    "unit_id": pl.Series(names.units.names, dtype=pl.String).gather(
                        pl.Series(track.unit[known])
                    ),
                    "at": pl.Series(track.t[known]).cast(pl.Datetime("us", "UTC")),
                    "miles": np.hypot(north, east) * METRES_A_DEGREE / METRES_A_MILE,
                }
            )
        )
    return pl.concat(found)
