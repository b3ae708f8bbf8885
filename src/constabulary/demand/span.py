"""The stretch of time a figure is about: what was asked for, and which days of it the records cover."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Span:
    """Some months, and the days the records of one table cover.

    A day is covered when an import that counts is an edition of it, with or without a record on it; a day that is not
    covered is missing, never zero.

    Parameters
    ----------
    from_on, to_on
        First and last day asked for.
    covered
        Every day the records cover, outside the stretch too.
    time_zone
        Whose clock makes the days and their hours.
    """

    from_on: date
    to_on: date
    covered: frozenset[date]
    time_zone: str

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The covered days of the stretch, in order."""
        return tuple(sorted(day for day in self.covered if self.from_on <= day <= self.to_on))

    @property
    def n_days(self) -> int:
        """How many days of the stretch are covered."""
        return len(self.days)

    @cached_property
    def n_hours(self) -> float:
        """How many hours the covered days have; 23 and 25 on the days the clocks change."""
        return sum(hours_of_day(day, self.time_zone) for day in self.days)

    @cached_property
    def months(self) -> tuple[date, ...]:
        """Every month of the stretch, as its first day."""
        months, month = [], self.from_on.replace(day=1)
        while month <= self.to_on:
            months.append(month)
            month = next_month(month)
        return tuple(months)

    @cached_property
    def missing_months(self) -> tuple[date, ...]:
        """Months of the stretch of which no day is covered."""
        return tuple(month for month in self.months if not self.n_days_of(month))

    @cached_property
    def partial_months(self) -> tuple[date, ...]:
        """Months of the stretch of which some days are covered, not all."""
        return tuple(month for month in self.months if self.n_days_of(month) and not self.is_whole(month))

    @cached_property
    def compared_months(self) -> tuple[date, ...]:
        """Months of the stretch covered whole, as is the same month a year before."""
        return tuple(
            month for month in self.months if self.is_whole(month) and self.is_whole(year_before(month))
        )

    def is_whole(self, month: date) -> bool:
        """Tell whether every day of a month is covered."""
        return month in self._whole

    def n_days_of(self, month: date) -> int:
        """Return how many days of a month of the stretch are covered."""
        return self._n_covered.get(month, 0)

    @cached_property
    def _whole(self) -> frozenset[date]:
        return frozenset(
            month for month, n in self._n_covered.items() if n == monthrange(month.year, month.month)[1]
        )

    @cached_property
    def _n_covered(self) -> dict[date, int]:
        counts: dict[date, int] = {}
        for day in self.covered:
            month = day.replace(day=1)
            counts[month] = counts.get(month, 0) + 1
        return counts

    @property
    def stretches(self) -> tuple[tuple[date, date], ...]:
        """What has to be read: the same stretch a year before, and the stretch itself last."""
        return ((year_before(self.from_on), year_before(self.to_on)), (self.from_on, self.to_on))


@lru_cache(maxsize=128)
def choose_span(
    covered: frozenset[date], time_zone: str, from_month: date | None = None, to_month: date | None = None
) -> Span | None:
    """Return the stretch to show: the months asked for, or else the twelve that end with the last covered month.

    Parameters
    ----------
    covered
        Days the records cover.
    time_zone
        Whose clock makes the days.
    from_month, to_month
        First days of the first and last month asked for.

    Returns
    -------
    Span or None
        None where nothing is covered.
    """
    if not covered:
        return None
    last = to_month or max(covered).replace(day=1)
    first = from_month or months_before(last, 11)
    last = max(last, first)
    return Span(first, next_month(last) - DAY, frozenset(covered), time_zone)


def n_hours_of_week(days: Iterable[date], time_zone: str) -> list[int]:
    """Count how often each local hour of the week occurs in some days.

    The hour skipped when the clocks go forward does not occur that day; the hour repeated when they go back occurs
    twice.

    Parameters
    ----------
    days
        Local dates.
    time_zone
        Whose clock.

    Returns
    -------
    list of int
        Shape (168,); the first is Monday 00:00.
    """
    zone = ZoneInfo(time_zone)
    plain = [0] * 7
    odd = []
    for day in days:
        if hours_of_day(day, time_zone) == 24:
            plain[day.weekday()] += 1
        else:
            odd.append(day)
    counts = [n for n in plain for _ in range(24)]
    for day in odd:
        first = 24 * day.weekday()
        instant = _midnight(day, zone)
        while instant.astimezone(zone).date() == day:
            counts[first + instant.astimezone(zone).hour] += 1
            instant += HOUR
    return counts


@lru_cache(maxsize=100_000)
def hours_of_day(day: date, time_zone: str) -> float:
    """Return how long a local day is (hours): 24, or 23 or 25 when the clocks change."""
    zone = ZoneInfo(time_zone)
    return (_midnight(day + DAY, zone) - _midnight(day, zone)) / HOUR


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return (month.replace(day=28) + 4 * DAY).replace(day=1)


def months_before(month: date, n_months: int) -> date:
    """Return the first day of the month some months before."""
    number = month.year * 12 + month.month - 1 - n_months
    return date(number // 12, number % 12 + 1, 1)


def year_before(day: date) -> date:
    """Return the same day a year before; the last of February for a leap day, and for the last day of a February."""
    if (day.month, day.day) in ((2, 28), (2, 29)) and (day + DAY).month == 3:
        return date(day.year - 1, 3, 1) - DAY
    return day.replace(year=day.year - 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
