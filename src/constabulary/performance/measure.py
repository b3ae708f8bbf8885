"""What a measure is: its definition, what is counted out of what, and how it goes in one force.

A measure is declared once, in one file of `measures/`; services count it, and pages, commands and papers show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from constabulary.core.force import Force
from constabulary.tables.aggregate import Aggregate, Condition

UNITS = {
    "count": "number",
    "share": "share, 0 to 1",
    "hours": "hours",
    "days": "days",
    "rate_per_1000": "per 1,000 residents",
    "gbp": "pounds",
    "fte": "full-time equivalent",
    "rank": "place, 1 first",
    "score": "points",
    "change": "change on the year before, as a share",
    "square_miles": "square miles",
}
"""Units a measure may have, in words."""
DIRECTIONS = ("increase", "decrease", "neutral")
"""Which way improvement may lie."""


@dataclass(frozen=True)
class Terms:
    """How a measure goes in one force.

    Parameters
    ----------
    counted
        Conditions on what is counted, further to those of the declaration.
    out_of
        Conditions on what it is counted out of.
    published
        Name of the series of typed-in figures that print the same quantity; empty for that of the declaration.
    target
        What the force's own standard wants [unit of the measure]; None where it names none.
    basis
        What these terms say, in words: "within 10 seconds".
    """

    counted: tuple[Condition, ...] = ()
    out_of: tuple[Condition, ...] = ()
    published: str = ""
    target: float | None = None
    basis: str = ""


def same_everywhere(force: Force) -> Terms:
    """Return terms that do not depend on the force."""
    return Terms()


@dataclass(frozen=True)
class Measure:
    """One measure.

    Parameters
    ----------
    name
        Its name in addresses, commands and plans.
    title
        Its name for people.
    definition
        What it says, in a sentence or two, with the counting basis.
    unit
        One of `UNITS`.
    direction
        Which way improvement lies, one of `DIRECTIONS`.
    source
        Where its figures come from, in words.
    lag_days
        Days from a period's end until its figure can be had.
    period
        What one figure covers: month, quarter, year or financial_year.
    numerator
        What is counted, by month; None where no records hold it and figures are typed in or imported.
    denominator
        What it is counted out of, by month; None for a plain count.
    added_up
        What services add up for it that no count of rows gives: visible_officer_hours; empty for none.
    published
        Name of the series of typed-in figures that print the same quantity (see `series_name`); empty for none.
    terms
        How it goes in a force; it returns None where the force folder lacks what the measure needs.
    """

    name: str
    title: str
    definition: str
    unit: str
    direction: str
    source: str
    lag_days: int
    period: str = "month"
    numerator: Aggregate | None = None
    denominator: Aggregate | None = None
    added_up: str = ""
    published: str = ""
    terms: Callable[[Force], Terms | None] = same_everywhere

    def series_in(self, force: Force) -> str:
        """Return the name of the typed-in series that prints the same quantity in a force; empty for none."""
        terms = self.terms(force)
        return (terms.published if terms else "") or self.published


def series_name(
    measure: str, breakdown: str | None = None, part: str | None = None, area_id: str | None = None
) -> str:
    """Return the name of a series of typed-in or imported figures.

    Parameters
    ----------
    measure, breakdown, part
        As in volumes.
    area_id
        District or area; None for the whole force.

    Examples
    --------
    >>> series_name("contacts", "channel", "999"), series_name("crimes", area_id="E07000008")
    ('contacts.channel.999', 'crimes@E07000008')
    """
    name = ".".join(part for part in (measure, breakdown, part) if part)
    return f"{name}@{area_id}" if area_id else name
