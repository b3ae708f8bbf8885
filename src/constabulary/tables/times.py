"""Local time of an instant, worked out once: date, hour of the week, and whether the hour came twice."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def local_month(instant: pl.Series, time_zone: str) -> pl.Series:
    """Return the first day of the local calendar month of each instant, shape (rows,)."""
    return instant.dt.convert_time_zone(time_zone).dt.date().dt.month_start()


def local_on(instant: pl.Series, time_zone: str) -> pl.Series:
    """Return the local date of each instant, shape (rows,)."""
    return instant.dt.convert_time_zone(time_zone).dt.date()


def local_hour_of_week(instant: pl.Series, time_zone: str) -> pl.Series:
    """Return the local hour of the week of each instant, 0 for Monday 00:00 to 167 for Sunday 23:00, shape (rows,)."""
    local = instant.dt.convert_time_zone(time_zone)
    return ((local.dt.weekday().cast(pl.Int64) - 1) * 24 + local.dt.hour().cast(pl.Int64)).alias(
        "local_hour_of_week"
    )


def is_ambiguous_hour(instant: pl.Series, time_zone: str) -> pl.Series:
    """Tell of each instant whether its local clock reading came twice, in the hour the clocks went back."""
    local = instant.dt.convert_time_zone(time_zone)
    offset = (local.dt.base_utc_offset() + local.dt.dst_offset()).dt.total_seconds()
    is_twice = pl.repeat(value=False, n=instant.len(), eager=True)
    for other in (instant.dt.offset_by("1h"), instant.dt.offset_by("-1h")):
        moved = other.dt.convert_time_zone(time_zone)
        other_offset = (moved.dt.base_utc_offset() + moved.dt.dst_offset()).dt.total_seconds()
        is_twice |= (moved.dt.replace_time_zone(None) == local.dt.replace_time_zone(None)) & (
            offset != other_offset
        )
    return is_twice.alias("is_ambiguous_hour")


def read_clock(text: pl.Series, formats: Sequence[str]) -> pl.Series:
    """Read clock times written in one of some formats, tried in order; empty where none fits, shape (rows,)."""
    return pl.select(
        pl.coalesce([pl.lit(text).str.to_datetime(form, time_unit="us", strict=False) for form in formats])
    ).to_series()


def both_instants(clock: pl.Series, time_zone: str) -> tuple[pl.Series, pl.Series]:
    """Return the instants (UTC) at which a local clock first and last showed a time.

    They differ only in the hour that comes twice; both are empty where the clock never showed that time.
    """
    first = clock.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    second = clock.dt.replace_time_zone(time_zone, ambiguous="latest", non_existent="null")
    return first.dt.convert_time_zone("UTC"), second.dt.convert_time_zone("UTC")
