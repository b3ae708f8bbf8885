"""Dosage: visits to places and how long they lasted, with the band that patrol research asks for.

A band of 10 to 15 minutes follows Koper (1995): what a visit deters grows with its length up to about a quarter of an
hour, and not beyond. Stays of one unit that follow each other closely are one visit: receivers wander over a border.
"""

from __future__ import annotations

import polars as pl

BAND_MIN = (10.0, 15.0)


def joined(stays: pl.DataFrame, join_s: float) -> pl.DataFrame:
    """Return the visits that stays make up: those of one unit in one area no more than some seconds apart.

    Parameters
    ----------
    stays
        Columns of `constabulary.tables.visits.VISITS`, stays outside all areas included or not.
    join_s
        Longest time away that does not end a visit [s].

    Returns
    -------
    polars.DataFrame
        area_id, unit_id, arrived_at, left_at, minutes (in the area; time away is not counted), by area and arrival.
    """
    begins = (
        (pl.col("arrived_at") - pl.col("left_at").cum_max().shift(1)).dt.total_microseconds() > join_s * 1e6
    ).fill_null(value=True)
    return (
        stays.lazy()
        .filter(pl.col("area_id").is_not_null())
        .with_columns(pl.col("area_id", "unit_id").cast(pl.String))
        .sort("area_id", "unit_id", "arrived_at")
        .with_columns(number=begins.cum_sum().over("area_id", "unit_id"))
        .group_by("area_id", "unit_id", "number", maintain_order=True)
        .agg(
            pl.col("arrived_at").min(),
            pl.col("left_at").max(),
            minutes=pl.col("seconds").sum() / 60,
        )
        .drop("number")
        .sort("area_id", "arrived_at", "unit_id")
        .collect()
    )


def dosage(visits: pl.DataFrame, area_ids: list[str], n_days: int, time_zone: str) -> pl.DataFrame:
    """Return visits and minutes of each area.

    Parameters
    ----------
    visits
        As `joined` returns them.
    area_ids
        The areas asked about.
    n_days
        Days they were observed for.
    time_zone
        Whose local days `days_visited` counts.

    Returns
    -------
    polars.DataFrame
        area_id, n_visits, units, minutes, minutes_a_day, median_visit_min, n_below, n_in_band, n_above (visits by
        length beside `BAND_MIN`), in_band_share, days_visited, median_hours_between (from one visit's end to the next
        one's beginning, whoever makes it).
    """
    low, high = BAND_MIN
    between = (pl.col("arrived_at") - pl.col("left_at").cum_max().shift(1)).dt.total_microseconds() / 3.6e9
    counted = visits.group_by("area_id", maintain_order=True).agg(
        n_visits=pl.len(),
        units=pl.col("unit_id").n_unique(),
        minutes=pl.col("minutes").sum(),
        median_visit_min=pl.col("minutes").median(),
        n_below=(pl.col("minutes") < low).sum(),
        n_in_band=pl.col("minutes").is_between(low, high).sum(),
        n_above=(pl.col("minutes") > high).sum(),
        days_visited=pl.col("arrived_at").dt.convert_time_zone(time_zone).dt.date().n_unique(),
        median_hours_between=between.filter(between > 0).median(),
    )
    return (
        pl.DataFrame({"area_id": area_ids}, schema={"area_id": pl.String})
        .join(counted, on="area_id", how="left")
        .with_columns(
            pl.col(
                "n_visits", "units", "minutes", "n_below", "n_in_band", "n_above", "days_visited"
            ).fill_null(0)
        )
        .with_columns(
            minutes_a_day=pl.col("minutes") / n_days,
            in_band_share=pl.when(pl.col("n_visits") > 0).then(pl.col("n_in_band") / pl.col("n_visits")),
        )
    )


def delivered(visits: pl.DataFrame, windows: pl.DataFrame, least_min: float) -> pl.DataFrame:
    """Return what was delivered of planned visits.

    Parameters
    ----------
    visits
        As `joined` returns them.
    windows
        One row a plan and day: plan_id, area_id, local_on, begins_at, ends_at (UTC), n_planned, planned_min (each).
    least_min
        A visit counts when it spends this long within the window [min].

    Returns
    -------
    polars.DataFrame
        The windows with n_visits, minutes within the window, and is_met: as many visits as planned, and as many minutes
        as they were to take together.
    """
    begin, end = pl.max_horizontal("arrived_at", "begins_at"), pl.min_horizontal("left_at", "ends_at")
    met = (
        windows.join(visits, on="area_id")
        .filter(pl.col("arrived_at") < pl.col("ends_at"), pl.col("left_at") > pl.col("begins_at"))
        .with_columns(within_min=pl.min_horizontal((end - begin).dt.total_microseconds() / 6e7, "minutes"))
        .group_by("plan_id", "local_on", maintain_order=True)
        .agg(n_visits=(pl.col("within_min") >= least_min).sum(), minutes=pl.col("within_min").sum())
    )
    return (
        windows.join(met, on=["plan_id", "local_on"], how="left")
        .with_columns(pl.col("n_visits", "minutes").fill_null(0))
        .with_columns(
            is_met=(pl.col("n_visits") >= pl.col("n_planned"))
            & (pl.col("minutes") >= pl.col("n_planned") * pl.col("planned_min"))
        )
        .sort("plan_id", "local_on")
    )
