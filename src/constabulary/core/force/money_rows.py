"""What the rooms' checks of money tables share: years and months that are none, amounts below zero."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force.declared import Column
from constabulary.core.years import first_day

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def gbp(name: str, about: str, required: bool = True) -> Column:
    """Return a column of money, its unit named."""
    return Column(name, f"{about} (pounds).", "decimal", required)


def told(row: dict[str, Any], column: str, rule: str, message: str, expected: str | None = None) -> Problem:
    """Return a problem at a cell of a row as read."""
    value = row.get(column)
    text = None if value is None else str(value)
    return Problem(rule, message, row["file"], row["line"], column, text, expected, "Mend the row.")


def bad_periods(rows: Iterable[dict[str, Any]]) -> Iterator[Problem]:
    """Tell each `period` that is no year and each `calendar_month` or `month` that is no month."""
    for row in rows:
        year, month, no = row.get("period"), row.get("calendar_month"), row.get("month")
        if year is not None and first_day(year) is None:
            yield told(
                row,
                "period",
                "not_a_year",
                f'"{year}" is not a year.',
                "2013/14, or 2013 for a calendar year.",
            )
        if month is not None and not _MONTH.fullmatch(month):
            yield told(row, "calendar_month", "not_a_month", f'"{month}" is not a month.', "such as 2019-04.")
        if no is not None and not 1 <= no <= 12:
            yield told(
                row, "month", "not_a_month", f"{no} is not a month.", "1, the first of the year, to 12."
            )


def below_zero(rows: Iterable[dict[str, Any]], columns: Iterable[str]) -> Iterator[Problem]:
    """Tell each amount of these columns that is below zero."""
    for row in rows:
        for column in columns:
            if row[column] is not None and row[column] < 0:
                yield told(row, column, "negative", f"{row[column]} is below zero.", "0 or more.")
