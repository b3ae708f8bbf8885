"""The tables of cover: which columns of each measure a page shows, with their words and units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from constabulary.services.cover.measure import Measured
from constabulary.services.cover.measures import hour_words
from constabulary.web import numbers
from constabulary.web.table import Cell, Column, Table
from constabulary.web.wording import words

Write = Callable[[Any], str]
MOST_ROWS = 500


def whole(value: Any) -> str:
    """Return a number without decimals."""
    return numbers.number(value)


def tenth(value: Any) -> str:
    """Return a number with one decimal."""
    return numbers.number(value, 1)


def share(value: Any) -> str:
    """Return a share as a percentage."""
    return numbers.percent(value, 0)


def hundredth(value: Any) -> str:
    """Return a number with two decimals."""
    return numbers.number(value, 2)


def change(value: Any) -> str:
    """Return a difference with its sign and two decimals."""
    return numbers.difference(value, 2)


def share_change(value: Any) -> str:
    """Return a difference as a percentage with its sign."""
    text = numbers.percent(value, 0)
    return f"+{text}" if value > 0 and text.strip("0%") else text


def clock(value: datetime) -> str:
    """Return a local day and clock time."""
    return f"{value:%a} {value.day} {value:%b %H:%M}"


COLUMNS: Mapping[str, tuple[tuple[str, str, str, Write], ...]] = {
    "visibility": (
        ("name", "Area", "", str),
        ("per_1000", "Visible", "officer-hours per 1,000 residents", tenth),
        ("visible_officer_hours", "Visible", "officer-hours", whole),
        ("all_officer_hours", "All time", "officer-hours", whole),
        ("visible_share", "Visible", "share of unit time", share),
        ("units", "Units seen", "", whole),
    ),
    "reach": (
        ("local_hour_of_week", "Hour of the week", "", hour_words),
        ("residents_share", "Residents reached", "", share),
        ("demand_share", "Incidents reached", "", share),
    ),
    "gaps": (
        ("name", "Area", "", str),
        ("gap_hours", "Without a unit", "hours", whole),
        ("n_gaps", "Gaps", "", whole),
        ("longest_hours", "Longest", "hours", tenth),
        ("n_incidents", "Incidents", "", whole),
        ("n_incidents_in_gaps", "In gaps", "incidents", whole),
    ),
    "gaps_by_hour": (
        ("local_hour_of_week", "Hour of the week", "", hour_words),
        ("n_areas", "Without a unit", "areas, mean", tenth),
        ("n_incidents_in_gaps", "Incidents there", "", whole),
    ),
    "gaps_listed": (
        ("name", "Area", "", str),
        ("begins_at", "From", "", clock),
        ("ends_at", "To", "", clock),
        ("hours", "Length", "hours", tenth),
        ("n_incidents", "Incidents meanwhile", "", whole),
    ),
    "dosage": (
        ("name", "Hot spot", "", str),
        ("minutes_a_day", "Time", "minutes a day", tenth),
        ("n_visits", "Visits", "", whole),
        ("n_below", "Under 10 min", "visits", whole),
        ("n_in_band", "10 to 15 min", "visits", whole),
        ("n_above", "Over 15 min", "visits", whole),
        ("median_hours_between", "Between visits", "median hours", tenth),
    ),
    "planned": (
        ("name", "Hot spot", "", str),
        ("plan_id", "Plan", "", words),
        ("days_met", "Days met", "", whole),
        ("n_days", "Days planned", "", whole),
        ("delivered_visits", "Visits delivered", "", whole),
        ("planned_visits", "Visits planned", "", whole),
        ("delivered_minutes", "Minutes delivered", "", whole),
        ("planned_minutes", "Minutes planned", "", whole),
    ),
    "establishment": (
        ("name", "District", "", str),
        ("posts", "Posts", "full-time equivalent", tenth),
        ("posts_share", "Posts", "share", share),
        ("all_officer_hours", "Time there", "officer-hours", whole),
        ("presence_share", "Time there", "share", share),
        ("mean_officers_present", "Officers there at a time", "mean", tenth),
    ),
    "trial": (
        ("name", "Measure", "", str),
        ("before", "Before", "", hundredth),
        ("after", "After", "", hundredth),
        ("change", "Change", "", change),
        ("change_share", "Change", "share of before", share_change),
        ("change_least", "Likely change", "from", change),
        ("change_most", "Likely change", "to", change),
    ),
}
"""Column of a measure, its title, its unit, and how it is written."""
PLACED = ("name", "plan_id", "local_hour_of_week", "begins_at", "ends_at")
BY_HOUR = ("reach", "gaps_by_hour")
"""Measures of 168 rows, which a picture shows better."""


def posts_of(found: Measured) -> Table:
    """Return the posts of each district by role, from the measure "establishment": the table of November 2014."""
    roles = {f"{role}_posts": name for role, name in found.totals["roles"].items()} | {"posts": "All"}
    rows = found.rows.select("name", *roles)
    whole = rows.select(pl.lit("All districts").alias("name"), pl.col(list(roles)).sum())
    return Table(
        "Full-time equivalent posts by district",
        [Column("District"), *(Column(name, "", True) for name in roles.values())],
        [
            [Cell(row[0]), *(Cell(tenth(value)) for value in row[1:])]
            for row in pl.concat([rows, whole]).iter_rows()
        ],
    )


def table_of(found: Measured, caption: str = "") -> Table:
    """Return the table of a measure: its first rows where there are very many, areas with a gap alone of gaps."""
    columns = COLUMNS[found.name]
    some = found.rows.filter(pl.col("n_gaps") > 0) if found.name == "gaps" else found.rows
    rows = some.head(MOST_ROWS)
    return Table(
        caption or found.title,
        [Column(title, unit, field not in PLACED) for field, title, unit, _ in columns],
        [
            [Cell(_written(row[field], write)) for field, _, _, write in columns]
            for row in rows.iter_rows(named=True)
        ],
        _left(found.rows.height - some.height, some.height - rows.height),
    )


def _left(n_without: int, n_more: int) -> str:
    """Return what a table leaves out, in words."""
    said = [f"{numbers.several(n_without, 'area')} had no such gap."] if n_without else []
    said += [f"{numbers.several(n_more, 'more row')} below."] if n_more else []
    return " ".join([*said, "All are in the files."]) if said else ""


def _written(value: Any, write: Write) -> str:
    return numbers.MISSING if value is None else write(value)
