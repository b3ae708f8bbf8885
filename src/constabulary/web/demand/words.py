"""The words of the demand pages: months and days as people write them, and which records a figure counts."""

from __future__ import annotations

import re
from calendar import month_name
from datetime import date

from constabulary.services.demand import About, Figure
from constabulary.web import numbers

TABLES: dict[str, tuple[str, ...]] = {
    "typical_day": ("calls", "incidents", "crimes"),
    "categories": ("incidents",),
    "qualifiers": ("incidents",),
    "channels_by_month": ("calls",),
    "hours_incidents": ("incidents",),
    "hours_calls": ("calls",),
    "season": ("incidents",),
    "season_calls": ("calls",),
    "season_crimes": ("crimes",),
    "areas_incidents": ("incidents",),
    "areas_crimes": ("crimes",),
    "crime_types": ("crimes",),
    "crimes_by_month": ("crimes",),
    "latest_outcomes": ("crimes",),
    "outcomes_by_month": ("outcomes",),
    "harm": ("crimes",),
}
"""The tables of records that each figure counts."""

NOUNS = {"calls": "contacts", "incidents": "incidents", "crimes": "crimes", "outcomes": "outcomes"}
"""What the records of a table are called."""

_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_MONTH = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])\b(?!-)")


def month(text: str) -> str:
    """Return a month (YYYY-MM) as "March 2024"."""
    return f"{month_name[int(text[5:])]} {text[:4]}"


def readable(text: str) -> str:
    """Return a sentence with its days and months as people write them, and a true minus sign.

    Parameters
    ----------
    text
        A sentence of a service, with days as 2024-03-31 and months as 2024-03.
    """
    said = _DAY.sub(lambda found: numbers.day(date.fromisoformat(found[0])), text)
    said = _MONTH.sub(lambda found: month(found[0]), said)
    return re.sub(r"(?<![\w-])-(?=\d)", "\N{MINUS SIGN}", said)


def period(about: About) -> str:
    """Return in words what a figure was counted over: period, days covered, kind of records."""
    if about.from_on is None or about.to_on is None or not about.n_days:
        return ""
    first, last = (date.fromisoformat(text) for text in (about.from_on, about.to_on))
    days = numbers.several(about.n_days, "day")
    covered = (
        ""
        if about.n_days == (last - first).days + 1
        else f", of which {days} {'is' if about.n_days == 1 else 'are'} covered"
    )
    return f"{numbers.day(first)} to {numbers.day(last)}{covered}; {about.records} records"


def answer(figure: Figure) -> str:
    """Return the answer of a figure as a page says it."""
    return readable(figure.told)


def is_synthetic(figure: Figure) -> bool:
    """Return whether a figure shows made-up records."""
    return figure.about.is_synthetic and figure.about.n_days > 0


def synthetic_nouns(figures: list[Figure]) -> list[str]:
    """Return what is made up in several figures: "contacts", "incidents"."""
    found: dict[str, None] = {}
    for figure in figures:
        if figure.about.name == "typical_day":
            made_up = [row.measure for row in figure.rows if row.records == "synthetic"]
            found |= {noun: None for noun in NOUNS.values() if any(one.startswith(noun) for one in made_up)}
        elif is_synthetic(figure):
            table = next(iter(TABLES.get(figure.about.name, ())), figure.about.name.rpartition("_")[2])
            found[NOUNS[table]] = None
    return list(found)


def listed(words: list[str]) -> str:
    """Return several words as a list in a sentence: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
