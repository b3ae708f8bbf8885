"""Reads figures out: the highest and the lowest of each part, set beside what was published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from constabulary.services.demand.figure import Figure


@dataclass(frozen=True)
class DayOfWeek:
    """One day of the week read out of its hours.

    Parameters
    ----------
    day
        Its name.
    busiest_hour, busiest_mean
        The hour (0 to 23, local time) with the highest mean, and that mean.
    quietest_hour, quietest_mean
        The same of the lowest.
    per_day
        The means of its hours together: records on such a day.
    """

    day: str
    busiest_hour: int
    busiest_mean: float
    quietest_hour: int
    quietest_mean: float
    per_day: float


@dataclass(frozen=True)
class Peak:
    """The highest or lowest month of a channel, counted and published.

    Parameters
    ----------
    id, name
        The channel.
    peak
        ``highest`` or ``lowest``.
    month, count
        As counted; None where no month stands out.
    published_month, published_count, source
        As printed, and where; None where nothing is.
    difference
        Counted less published.
    """

    id: str | None
    name: str
    peak: str
    month: str | None
    count: int | None
    published_month: str | None
    published_count: int | None
    source: str | None
    difference: int | None


def days_of_week(figure: Figure) -> tuple[DayOfWeek, ...]:
    """Return the busiest and the quietest hour of each day; days of which no hour is covered are left out."""
    by_day: dict[str, list[Any]] = {}
    for row in figure.rows:
        if row.mean is not None:
            by_day.setdefault(row.day, []).append(row)
    found = []
    for day, hours in by_day.items():
        high = max(hours, key=lambda row: row.mean)
        low = min(hours, key=lambda row: row.mean)
        total = sum(row.mean for row in hours)
        found.append(DayOfWeek(day, high.hour, high.mean, low.hour, low.mean, total))
    return tuple(found)


def channel_peaks(figure: Figure) -> tuple[Peak, ...]:
    """Return the highest and lowest month of each channel that has either, beside the published ones."""
    published = {(one["channel"], one["peak"]): one for one in figure.totals.get("published", ())}
    counted = {(row.id, row.peak): row for row in figure.rows if row.peak}
    found = []
    for key, name in dict.fromkeys((row.id, row.name) for row in figure.rows):
        for peak in ("highest", "lowest"):
            row, printed = counted.get((key, peak)), published.get((key, peak), {})
            if row is None and not printed:
                continue
            count, n = (row.count if row else None), printed.get("count")
            apart = None if count is None or n is None else count - n
            found.append(
                Peak(
                    key,
                    name,
                    peak,
                    row.month if row else None,
                    count,
                    printed.get("month"),
                    n,
                    printed.get("source"),
                    apart,
                )
            )
    return tuple(found)


def highest_and_lowest(rows: Sequence[Any], column: str) -> tuple[Any, Any] | None:
    """Return the rows with the highest and the lowest figure in a column; None where no row has one."""
    counted: Iterable[Any] = [row for row in rows if getattr(row, column) is not None]
    if not counted:
        return None
    return max(counted, key=lambda row: getattr(row, column)), min(
        counted, key=lambda row: getattr(row, column)
    )
