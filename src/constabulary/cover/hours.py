"""Time by local day and hour: visits cut at the hours of the clock and added up by unit, area and what the unit did."""

from __future__ import annotations

import numpy as np
import polars as pl

from constabulary.cover._kernel import time as kernel
from constabulary.cover.clock import Clock
from constabulary.cover.fixes import US
from constabulary.tables.times import local_on

KEYS = ("area_id", "unit_id", "role", "status", "is_in_station", "local_on", "local_hour_of_week")


def hours_of(visits: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    """Return the time of each unit in each area by local day and hour.

    Parameters
    ----------
    visits
        Columns of `constabulary.tables.visits.VISITS`.
    time_zone
        Of the force.

    Returns
    -------
    polars.DataFrame
        `KEYS`, seconds (unit-time) and officer_seconds (times crew size; a unit of unknown crew counts one officer).
        All time in the visits is in it.
    """
    begin, end = (
        visits[name].cast(pl.Datetime("us", "UTC")).to_physical().to_numpy().astype(np.int64)
        for name in ("arrived_at", "left_at")
    )
    clock = (
        Clock.between(int(begin.min()), int(end.max()), time_zone)
        if begin.size
        else Clock(np.zeros(1, np.int64), np.zeros(1, np.int64))
    )
    stretch, bound, length = kernel.split_at(begin, end, clock.bounds)
    day = local_on(pl.Series(clock.bounds).cast(pl.Datetime("us", "UTC")), time_zone)
    labels = ("area_id", "unit_id", "role", "status", "is_in_station", "crew_size")
    rows: pl.DataFrame = visits.select(labels)[stretch]
    return (
        rows.with_columns(
            local_on=day.gather(bound),
            local_hour_of_week=pl.Series(clock.hours[bound]).cast(pl.Int16),
            seconds=pl.Series(length) / US,
        )
        .with_columns(officer_seconds=pl.col("seconds") * pl.col("crew_size").fill_null(1))
        .group_by(KEYS, maintain_order=True)
        .agg(pl.col("seconds", "officer_seconds").sum())
        .sort("local_on", "local_hour_of_week", "area_id", "unit_id")
    )
