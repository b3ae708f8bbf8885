"""Writes numbers, days and instants as pages show them: no page makes text of a figure by itself."""

from __future__ import annotations

import re
from calendar import month_name
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import singledispatch
from zoneinfo import ZoneInfo

from constabulary.core import amounts
from constabulary.core.amounts import duration, several

__all__ = [
    "LOCAL",
    "MISSING",
    "day",
    "difference",
    "duration",
    "instant",
    "money",
    "month",
    "number",
    "percent",
    "places_of",
    "readable",
    "several",
    "text",
]

LOCAL = ZoneInfo("Europe/London")
"""The time that pages tell."""

MISSING = "–"
"""What stands where there is no figure."""

_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_MONTH = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])\b(?!-)")
_HYPHEN = re.compile(r"(?<![\w-])-(?=£?\d)")


def number(value: float | Decimal | None, places: int = 0) -> str:
    """Return a number with thousands set apart and a true minus sign.

    Parameters
    ----------
    value
        The number.
    places
        How many decimal places are shown.
    """
    if value is None:
        return MISSING
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,}"
    return f"\N{MINUS SIGN}{text}" if rounded < 0 else text


def difference(value: float | Decimal | None, places: int = 0) -> str:
    """Return a difference, always with its sign.

    Parameters
    ----------
    value, places
        See `number`.
    """
    text = number(value, places)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.,") else text


def percent(share: float | Decimal | None, places: int = 1) -> str:
    """Return a share (0 to 1) as a percentage.

    Parameters
    ----------
    share
        The share.
    places
        How many decimal places are shown.
    """
    return (
        MISSING
        if share is None
        else f"{number((share if isinstance(share, Decimal) else Decimal(repr(share))) * 100, places)}%"
    )


def money(pounds: float | Decimal | None, places: int = 0) -> str:
    """Return an amount in pounds.

    Parameters
    ----------
    pounds
        The amount.
    places
        0 for whole pounds, 2 with pence.
    """
    return MISSING if pounds is None else amounts.money(pounds, places)


def day(on: date | None) -> str:
    """Return a day as "31 March 2026"."""
    return MISSING if on is None else f"{on.day} {on:%B %Y}"


def month(text: str) -> str:
    """Return a month (YYYY-MM) as "March 2024"; any other text as it is."""
    return f"{month_name[int(text[5:])]} {text[:4]}" if _MONTH.fullmatch(text) else text


def readable(text: str) -> str:
    """Return a sentence with its days and months as people write them, and a true minus sign.

    Parameters
    ----------
    text
        A sentence of a service, with days as 2024-03-31 and months as 2024-03.
    """
    said = _DAY.sub(_named_day, text)
    said = _MONTH.sub(lambda found: month(found[0]), said)
    return _HYPHEN.sub("\N{MINUS SIGN}", said)


def _named_day(found: re.Match[str]) -> str:
    """Return a day by the name of its month; what looks like one and is none, such as 2023-02-30, as it is."""
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def instant(at: datetime | None) -> str:
    """Return an instant in local time as "31 March 2026, 14:05"."""
    if at is None:
        return MISSING
    local = at.astimezone(LOCAL)
    return f"{day(local.date())}, {local:%H:%M}"


def places_of(value: Decimal) -> int:
    """Return how many decimal places a number has, closing noughts left out."""
    return max(0, -int(value.normalize().as_tuple().exponent))


@singledispatch
def text(value: object) -> str:
    """Return any value as a page shows it: a number, day, truth, several texts, or nothing as a dash.

    Parameters
    ----------
    value
        What is to be shown.
    """
    return MISSING if value is None else str(value)


@text.register
def _(value: bool) -> str:
    return "yes" if value else "no"


@text.register
def _(value: int) -> str:
    return number(value)


@text.register
def _(value: Decimal) -> str:
    return number(value, places_of(value))


@text.register
def _(value: date) -> str:
    return day(value)


@text.register
def _(value: datetime) -> str:
    return instant(value)


@text.register(tuple)
def _(value: tuple[object, ...]) -> str:
    return ", ".join(text(one) for one in value)
