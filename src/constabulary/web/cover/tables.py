"""The tables of cover: which columns of each measure a page shows, with their words and units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from constabulary.services.cover_measure import Measured
from constabulary.services.cover_measures import hour_words
from constabulary.web import numbers
from constabulary.web.table import Cell, Column, Table

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
        ("plan_id", "Plan", "", str),
        ("name", "Hot spot", "", str),
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
}
"""Column of a measure, its title, its unit, and how it is written."""
PLACED = ("name", "plan_id", "local_hour_of_week")


def table_of(found: Measured, caption: str = "") -> Table:
    """Return the table of a measure, its first rows where there are very many."""
    columns = COLUMNS[found.name]
    rows = found.rows.head(MOST_ROWS)
    left = found.rows.height - rows.height
    return Table(
        caption or found.title,
        [Column(title, unit, field not in PLACED) for field, title, unit, _ in columns],
        [
            [Cell(_written(row[field], write)) for field, _, _, write in columns]
            for row in rows.iter_rows(named=True)
        ],
        f"{numbers.several(left, 'more row')} in the files." if left else "",
    )


def _written(value: Any, write: Write) -> str:
    return numbers.MISSING if value is None else write(value)
