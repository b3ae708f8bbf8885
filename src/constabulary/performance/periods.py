"""Reads the names people give to periods: months, quarters, years, financial years, weeks, days and rolling years.

A period becomes a unit and a number that grows by one from each period to the next, so that gaps, repeats and wrong
order can be seen. Names that are none of these stay what they are: labels, in the order they stand.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SEASONS = {"month": 12, "quarter": 4}
"""How many periods of a unit make a year, where seasons can be told apart."""
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_NAME = r"(?P<name>" + "|".join(f"{name[:3]}|{name}" for name in _MONTHS) + r"|sept)"
_FINANCIAL_YEAR = re.compile(r"(?P<year>\d{4})[-/](?P<end>\d{2}|\d{4})")
_SHAPES = (
    ("month", re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})")),
    ("month", re.compile(r"(?P<month>\d{1,2})/(?P<year>\d{4})")),
    ("month", re.compile(_MONTH_NAME + r"[ -](?P<year>\d{4}|\d{2})", re.IGNORECASE)),
    ("quarter", re.compile(r"(?P<year>\d{4})[ -]?Q(?P<quarter>[1-4])", re.IGNORECASE)),
    ("quarter", re.compile(r"Q(?P<quarter>[1-4])[ -](?P<year>\d{4})", re.IGNORECASE)),
    ("financial_year", _FINANCIAL_YEAR),
    ("year", re.compile(r"(?P<year>\d{4})")),
    ("week", re.compile(r"(?P<year>\d{4})-?W(?P<week>\d{2})", re.IGNORECASE)),
    ("day", re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ]00:00(?::00)?)?")),
    ("day", re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})")),
)
_YEAR_TO = re.compile(
    r"(?:(?:rolling )?(?:12|twelve) months|year|rolling year) (?:to|ending|ended)(?: in)? (?P<end>.+)", re.I
)
_SPAN = re.compile(r"(?P<begin>.+?) ?(?: to |\u2013|\u2014| - )(?P<end>.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Period:
    """A period as written and where it lies.

    Parameters
    ----------
    label
        As written.
    unit
        month, quarter, year, financial_year, week, day or label.
    number
        Grows by one from each period of the unit to the next; 0 for labels.
    is_rolling
        Whether the name says that the period covers twelve months.
    """

    label: str
    unit: str
    number: int = 0
    is_rolling: bool = False


def parse_period(text: str) -> Period:
    """Return the period that a name stands for; a name that is not understood is a label.

    Parameters
    ----------
    text
        Such as 2024-03, Mar 2024, 2024-Q1, 2023/24, 2024, 2024-W05, 2024-03-31, 31/03/2024 or "12 months to Mar 2024".

    Examples
    --------
    >>> parse_period("Mar 2024").number - parse_period("2023-12").number
    3
    """
    label = text.strip()
    year_to = _YEAR_TO.fullmatch(label)
    if year_to and (end := parse_period(year_to["end"])).unit in ("month", "day"):
        return Period(label, end.unit, end.number, is_rolling=True)
    span = _SPAN.fullmatch(label)
    if span:
        begin, end = parse_period(span["begin"]), parse_period(span["end"])
        if begin.unit == end.unit == "month" and end.number - begin.number == 11:
            return Period(label, "month", end.number, is_rolling=True)
    for unit, shape in _SHAPES:
        found = shape.fullmatch(label)
        number = _number(unit, found.groupdict()) if found else None
        if number is not None:
            return Period(label, unit, number)
    return Period(label, "label")


def parse_periods(texts: Sequence[str]) -> list[Period]:
    """Return the periods that names of one series stand for.

    A name such as 2010/11 is a financial year among financial years, and a month elsewhere.

    Parameters
    ----------
    texts
        As for `parse_period`, in the order of time.

    Examples
    --------
    >>> [period.unit for period in parse_periods(["2010/11", "2011/12", "2012/13"])]
    ['financial_year', 'financial_year', 'financial_year']
    >>> [period.unit for period in parse_periods(["2010/11", "2010/12", "2011/01"])]
    ['month', 'month', 'month']
    """
    periods = [parse_period(text) for text in texts]
    years = [_as_financial_year(period) for period in periods]
    known = [year for year in years if year is not None]
    if len(known) < len(periods):
        return periods
    # November 2010, December 2011, January 2013: no series of months, and one of financial years.
    steps = {later.number - earlier.number for earlier, later in itertools.pairwise(periods)}
    is_years = any(period.unit == "financial_year" for period in periods) or steps == {13}
    return known if is_years else periods


def _as_financial_year(period: Period) -> Period | None:
    found = _FINANCIAL_YEAR.fullmatch(period.label)
    number = _number("financial_year", found.groupdict()) if found and not period.is_rolling else None
    return None if number is None else Period(period.label, "financial_year", number)


def label_of(unit: str, number: int) -> str:
    """Return how a period is written by this package.

    Parameters
    ----------
    unit, number
        As in `Period`; not a label.
    """
    if unit == "month":
        return f"{number // 12:04d}-{number % 12 + 1:02d}"
    if unit == "quarter":
        return f"{number // 4:04d}-Q{number % 4 + 1}"
    if unit == "financial_year":
        return f"{number:04d}/{(number + 1) % 100:02d}"
    if unit == "week":
        year, week, _ = date.fromordinal(number * 7 + 1).isocalendar()
        return f"{year:04d}-W{week:02d}"
    return date.fromordinal(number).isoformat() if unit == "day" else f"{number:04d}"


def months_of_days(numbers: list[int]) -> list[int] | None:
    """Return the months that dates stand for, if each is the first or each the last day of its month.

    Parameters
    ----------
    numbers
        Numbers of periods whose unit is day.
    """
    days = [date.fromordinal(number) for number in numbers]
    if all(day.day == 1 for day in days) or all((day + timedelta(days=1)).day == 1 for day in days):
        return [day.year * 12 + day.month - 1 for day in days]
    return None


def _number(unit: str, parts: dict[str, str]) -> int | None:  # noqa: PLR0911
    year = int(parts["year"])
    if unit == "month":
        name = (parts.get("name") or "").lower()[:3]
        month = (
            next(no for no, full in enumerate(_MONTHS, 1) if full.startswith(name))
            if name
            else int(parts["month"])
        )
        full_year = year + 2000 if len(parts["year"]) == 2 else year
        return full_year * 12 + month - 1 if 1 <= month <= 12 else None
    if unit == "quarter":
        return year * 4 + int(parts["quarter"]) - 1
    if unit == "financial_year":
        return year if int(parts["end"]) % 100 == (year + 1) % 100 else None
    try:
        if unit == "week":
            return (date.fromisocalendar(year, int(parts["week"]), 1).toordinal() - 1) // 7
        if unit == "day":
            return date(year, int(parts["month"]), int(parts["day"])).toordinal()
    except ValueError:
        return None
    return year
