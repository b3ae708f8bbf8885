"""The years of a plan: financial years (2013/14, from 1 April) and calendar years (2013, from 1 January)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal
from functools import lru_cache

from constabulary.core.errors import BadInput, Problem
from constabulary.core.years import first_day

MONTHS = 12


def is_period(text: str) -> bool:
    """Return whether a text names a year: 2013/14 or 2013."""
    return first_day(text) is not None


def start_of(period: str) -> date:
    """Return the first day of a year.

    Parameters
    ----------
    period
        2013/14 (a financial year, from 1 April) or 2013 (a calendar year).

    Raises
    ------
    BadInput
        If it is neither.

    Examples
    --------
    >>> start_of("2013/14")
    datetime.date(2013, 4, 1)
    """
    found = first_day(period)
    if found is None:
        raise BadInput(
            Problem("not_a_year", f'"{period}" is not a year.', expected="2013/14 or 2013", value=period)
        )
    return found


@lru_cache(maxsize=1024)
def following(period: str, n: int = 1) -> str:
    """Return the year `n` years after another.

    Examples
    --------
    >>> following("2098/99", 2)
    '2100/01'
    """
    first = start_of(period).year + n
    return f"{first}/{(first + 1) % 100:02d}" if "/" in period else str(first)


def years_between(first: str, last: str) -> tuple[str, ...]:
    """Return every year from the first to the last.

    Raises
    ------
    BadInput
        If the last is before the first, more than 100 years later, or of another sort.
    """
    n = start_of(last).year - start_of(first).year
    if ("/" in first) != ("/" in last) or not 0 <= n <= 100:
        raise BadInput(
            Problem(
                "years_reversed",
                f'"{last}" does not follow "{first}".',
                expected="a later year of the same sort",
            )
        )
    return tuple(following(first, k) for k in range(n + 1))


@lru_cache(maxsize=4096)
def year_of(on: date, like: str) -> str:
    """Return the year that a day falls in, named as `like` is."""
    if "/" not in like:
        return str(on.year)
    return following("2000/01", on.year - 2000 - (on.month < 4))


@lru_cache(maxsize=4096)
def share_left(period: str, on: date) -> Decimal:
    """Return the share of a year that is left from a day on: 7/12 of 2013/14 from 1 September 2013.

    Whole months count as a twelfth each, whatever their days; a day within a month counts by the days of that month.
    It is 1 before the year and 0 after it.
    """
    start = start_of(period)
    gone = MONTHS * (on.year - start.year) + on.month - start.month
    if gone < 0:
        return Decimal(1)
    if gone >= MONTHS:
        return Decimal(0)
    days = monthrange(on.year, on.month)[1]
    return (Decimal(MONTHS - gone) - Decimal(on.day - 1) / days) / MONTHS
