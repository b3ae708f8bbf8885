"""The words of the demand pages: what a figure was counted over, and which records it counts."""

from __future__ import annotations

from datetime import date

from constabulary.services.demand.picture import About, Figure
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
    return numbers.readable(figure.told)


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
