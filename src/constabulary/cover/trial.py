"""What a change did to duty: incidents attended, start of patrol, hours of patrol, and mileage, a shift at a time.

The measures are those of the trial of mobile working reported in November 2014: incidents attended, when patrol began,
hours on patrol, vehicle mileage; and time lost to station and travel.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from constabulary.cover.visibility import by_meaning

MEASURES = (
    "incidents_attended",
    "patrol_start_min",
    "patrol_hours",
    "lost_hours",
    "station_hours",
    "travel_hours",
    "job_hours",
    "mileage_miles",
)
LIKELY = 1.96
"""Standard errors either side of a change within which it lies nineteen times in twenty."""


def by_shift(visits: pl.DataFrame, shifts: pl.DataFrame, meanings: Mapping[str, str]) -> pl.DataFrame:
    """Return the measures of each shift.

    Parameters
    ----------
    visits
        Stays of units, columns of `constabulary.tables.visits.VISITS`, in one area that holds all.
    shifts
        unit_id, team, starts_at, ends_at (UTC), local_on.
    meanings
        Meaning of each status.

    Returns
    -------
    polars.DataFrame
        unit_id, team, local_on, observed_hours and `MEASURES` but mileage. Incidents attended are stretches at a job;
        patrol is free time out of station; lost is time in a station and on the way to a job; patrol_start_min is empty
        where there was none. Shifts without any known time are left out.
    """
    stays = by_meaning(visits, meanings).select(
        pl.col("unit_id").cast(pl.String), "arrived_at", "left_at", "meaning"
    )
    duty = shifts.select(
        pl.col("unit_id").cast(pl.String), pl.col("team").cast(pl.String), "starts_at", "ends_at", "local_on"
    ).with_row_index("shift")
    begin, end = pl.max_horizontal("arrived_at", "starts_at"), pl.min_horizontal("left_at", "ends_at")
    within = (
        duty.join(stays, on="unit_id")
        .filter(pl.col("arrived_at") < pl.col("ends_at"), pl.col("left_at") > pl.col("starts_at"))
        .with_columns(hours=(end - begin).dt.total_microseconds() / 3.6e9)
        .sort("shift", "arrived_at")
        .with_columns(before=pl.col("meaning").shift(1).over("shift"))
    )

    def hours_of(meaning: str) -> pl.Expr:
        return pl.col("hours").filter(pl.col("meaning") == meaning).sum()

    is_job, is_patrol = pl.col("meaning") == "at_job", pl.col("meaning") == "free"
    start = (pl.max_horizontal("arrived_at", "starts_at") - pl.col("starts_at")).dt.total_microseconds() / 6e7
    return (
        within.group_by("shift", maintain_order=True)
        .agg(
            pl.col("unit_id", "team", "local_on").first(),
            observed_hours=pl.col("hours").sum(),
            incidents_attended=(is_job & (pl.col("before").fill_null("") != "at_job")).sum(),
            patrol_start_min=start.filter(is_patrol).min(),
            patrol_hours=hours_of("free"),
            lost_hours=hours_of("station") + hours_of("to_job"),
            station_hours=hours_of("station"),
            travel_hours=hours_of("to_job"),
            job_hours=hours_of("at_job"),
        )
        .sort("local_on", "unit_id", "shift")
        .drop("shift")
    )


def compared(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return the mean of each measure a shift before and after, and the change.

    Parameters
    ----------
    before, after
        Shifts with the columns of `by_shift`, and mileage_miles.

    Returns
    -------
    polars.DataFrame
        measure, before, after, change, change_share (of before), standard_error (of the change, shifts taken as
        independent of each other), change_least and change_most (between which it lies nineteen times in twenty).
    """
    rows = []
    for name in MEASURES:
        # By numpy, whose sums do not depend on how a table is cut up in memory.
        both = [frame[name].drop_nulls().cast(pl.Float64).to_numpy() for frame in (before, after)]
        was, became = (float(column.mean()) if column.size else None for column in both)
        change = None if was is None or became is None else became - was
        errors = [float(column.var(ddof=1)) / column.size for column in both if column.size > 1]
        error = sum(errors) ** 0.5 if len(errors) == 2 else None
        reach = None if error is None else LIKELY * error
        rows.append(
            {
                "measure": name,
                "before": was,
                "after": became,
                "change": change,
                "change_share": change / was if change is not None and was else None,
                "standard_error": error,
                "change_least": None if change is None or reach is None else change - reach,
                "change_most": None if change is None or reach is None else change + reach,
            }
        )
    return pl.DataFrame(rows, schema={"measure": pl.String} | dict.fromkeys(list(rows[0])[1:], pl.Float64))
