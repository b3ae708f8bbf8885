"""Visible time: units out of station and not at a job, by area; and what the rest of their time went on."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

MEANINGS = ("free", "to_job", "at_job", "station", "other")
UNKNOWN = "unknown"
VISIBLE = ("free", "to_job", UNKNOWN)
"""What a unit does in visible time: out of station and not at a job."""


def by_meaning(hours: pl.DataFrame, meanings: Mapping[str, str]) -> pl.DataFrame:
    """Return hours with what each unit was doing: `MEANINGS`, or unknown.

    A unit within reach of a station is in it, whatever its status says, unless it is at a job there.

    Parameters
    ----------
    hours
        Columns of `cover.hours.hours_of`.
    meanings
        Meaning of each status.
    """
    told = (
        pl.col("status")
        .cast(pl.String)
        .replace_strict(dict(meanings), default=UNKNOWN, return_dtype=pl.String)
        .fill_null(UNKNOWN)
    )
    is_in = pl.col("is_in_station").fill_null(value=False) & (told != "at_job")
    return hours.with_columns(meaning=pl.when(is_in).then(pl.lit("station")).otherwise(told))


def visible(
    hours: pl.DataFrame, meanings: Mapping[str, str], keys: tuple[str, ...] = ("area_id",)
) -> pl.DataFrame:
    """Return visible time and all time, with what it went on.

    Visible is time out of station and not at a job: `VISIBLE`.

    Parameters
    ----------
    hours, meanings
        As for `by_meaning`.
    keys
        What to part by.

    Returns
    -------
    polars.DataFrame
        The keys, units (different ones with visible time), visible_hours and visible_officer_hours, all_hours,
        all_officer_hours, and unit-hours by meaning (free_hours, to_job_hours ...).
    """
    told = by_meaning(hours, meanings)
    is_visible = pl.col("meaning").is_in(VISIBLE)
    return (
        told.group_by(keys, maintain_order=True)
        .agg(
            units=pl.col("unit_id").filter(is_visible).n_unique(),
            visible_hours=pl.col("seconds").filter(is_visible).sum() / 3600,
            visible_officer_hours=pl.col("officer_seconds").filter(is_visible).sum() / 3600,
            all_hours=pl.col("seconds").sum() / 3600,
            all_officer_hours=pl.col("officer_seconds").sum() / 3600,
            **{
                f"{one}_hours": pl.col("seconds").filter(pl.col("meaning") == one).sum() / 3600
                for one in (*MEANINGS, UNKNOWN)
            },
        )
        .sort(keys)
    )
