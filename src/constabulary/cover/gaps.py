"""Stretches of time in which no unit was in an area, one by one and by hour of the week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl

from constabulary.cover._kernel import time as kernel
from constabulary.cover.clock import Clock
from constabulary.cover.fixes import US, Int


def stretches(
    visits: pl.DataFrame, area_ids: Sequence[str], from_at: datetime, to_at: datetime, least_hours: float
) -> pl.DataFrame:
    """Return every stretch without presence of at least so many hours.

    Parameters
    ----------
    visits
        Columns area_id, arrived_at and left_at, of any number of units.
    area_ids
        The areas asked about, those never visited included.
    from_at, to_at
        The time asked about (UTC).
    least_hours
        Shorter stretches are left out [h].

    Returns
    -------
    polars.DataFrame
        area_id, begins_at, ends_at (UTC) and hours, by area and time.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = [datetime(2024, 1, 1, hour, tzinfo=UTC) for hour in range(0, 24, 4)]
    >>> visits = pl.DataFrame({"area_id": ["a", "a"], "arrived_at": [at[1], at[1]], "left_at": [at[3], at[2]]})
    >>> stretches(visits, ["a"], at[0], at[5], 5)["hours"].to_list()
    [8.0]
    """
    low, high = pl.lit(from_at), pl.lit(to_at)
    within = (
        visits.lazy()
        .select(pl.col("area_id").cast(pl.String), "arrived_at", "left_at")
        .filter(pl.col("area_id").is_in(list(area_ids)), pl.col("left_at") > low, pl.col("arrived_at") < high)
        .with_columns(
            pl.max_horizontal("arrived_at", low).alias("arrived_at"),
            pl.min_horizontal("left_at", high).alias("left_at"),
        )
    )
    # One more visit of no length at either end, so that what lies before the first and after the last is found too.
    ends = pl.concat(
        [
            pl.LazyFrame({"area_id": list(area_ids)}).with_columns(
                arrived_at=pl.lit(at).cast(pl.Datetime("us", "UTC")),
                left_at=pl.lit(at).cast(pl.Datetime("us", "UTC")),
            )
            for at in (from_at, to_at)
        ]
    )
    return (
        pl.concat(
            [within.cast({"area_id": pl.String}), ends.cast({"area_id": pl.String})], how="vertical_relaxed"
        )
        .sort("area_id", "arrived_at", "left_at")
        .with_columns(begins_at=pl.col("left_at").cum_max().shift(1).over("area_id"))
        .filter(pl.col("arrived_at") > pl.col("begins_at"))
        .select(
            "area_id",
            "begins_at",
            ends_at="arrived_at",
            hours=(pl.col("arrived_at") - pl.col("begins_at")).dt.total_microseconds() / 3.6e9,
        )
        .filter(pl.col("hours") >= least_hours)
        .collect()
    )


def by_hour(found: pl.DataFrame, from_at: datetime, to_at: datetime, time_zone: str) -> pl.DataFrame:
    """Return how many areas stood without presence in each hour of the week.

    Parameters
    ----------
    found
        As `stretches` returns them.
    from_at, to_at
        The time asked about (UTC).
    time_zone
        Of the force.

    Returns
    -------
    polars.DataFrame
        local_hour_of_week and n_areas: those without presence, the mean over every such hour of the time asked about.
        Hours of the week that do not come in it are left out.
    """
    span = np.array([_us(from_at)]), np.array([_us(to_at)])
    clock = Clock.between(int(span[0][0]), int(span[1][0]), time_zone)
    gap = tuple(
        found[name].cast(pl.Datetime("us", "UTC")).to_physical().to_numpy().astype(np.int64)
        for name in ("begins_at", "ends_at")
    )

    def sums(begin: Int, end: Int) -> Int:
        _, bound, length = kernel.split_at(begin, end, clock.bounds)
        return np.bincount(clock.hours[bound], weights=length, minlength=168)

    there, without = sums(*span), sums(*gap)
    hours = np.flatnonzero(there > 0)
    return pl.DataFrame({"local_hour_of_week": hours, "n_areas": without[hours] / there[hours]})


def _us(at: datetime) -> int:
    """Return an instant as microseconds since 1970, UTC."""
    return round(at.timestamp()) * US
