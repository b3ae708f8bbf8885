"""What a person narrows the demand picture to; one set of words for addresses, the command line and Python."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from urllib.parse import parse_qsl, urlencode

from constabulary.core.crime_types import CRIME_TYPES
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.tables.aggregate import Condition, Rule

LEVELS = ("force", "area", "district", "neighbourhood", "lsoa")
"""Levels of geography, largest first; `area` is a policing area of several districts."""
RECORDS = ("real", "synthetic")


@dataclass(frozen=True)
class Filters:
    """What the picture is narrowed to; None leaves it open.

    Parameters
    ----------
    from_month, to_month
        First and last month, both counted in, as their first days.
    area
        A part of the force, as level and id: ``district:E07000010``, ``lsoa:E01017979``; levels are those of `LEVELS`.
    category
        An incident category of the force.
    crime_type
        A crime type of data.police.uk.
    channel
        A channel of the force.
    qualifier
        A qualifier of the force.
    records
        ``real`` or ``synthetic``; left open, real records where there are any.

    Examples
    --------
    >>> Filters.parse({"from": "2024-03", "area": "district:E07000010"}).query
    'from=2024-03&area=district%3AE07000010'
    """

    from_month: date | None = None
    to_month: date | None = None
    area: str | None = None
    category: str | None = None
    crime_type: str | None = None
    channel: str | None = None
    qualifier: str | None = None
    records: str | None = None

    @classmethod
    def parse(cls, words: Mapping[str, str] | str) -> Filters:
        """Read filters from an address' query text or from words and values.

        Words other than those of the filters are left alone; an empty value is no filter.

        Raises
        ------
        BadInput
            With every value that cannot be.
        """
        given = dict(parse_qsl(words)) if isinstance(words, str) else dict(words)
        problems: list[Problem] = []
        values: dict[str, date | str | None] = {}
        for field in fields(cls):
            word = WORDS[field.name]
            text = (given.get(word) or "").strip()
            if text:
                values[field.name] = _month(word, text, problems) if field.name.endswith("month") else text
        filters = cls(**values)  # type: ignore[arg-type]
        if filters.area and (
            filters.level not in LEVELS or (filters.level != "force" and not filters.area_id)
        ):
            problems.append(
                _problem(
                    "area",
                    filters.area,
                    f"a level and an id such as district:E07000010; levels: {', '.join(LEVELS)}",
                )
            )
        if filters.records and filters.records not in RECORDS:
            problems.append(_problem("records", filters.records, "real or synthetic"))
        if filters.from_month and filters.to_month and filters.from_month > filters.to_month:
            problems.append(_problem("to", f"{filters.to_month:%Y-%m}", "a month not before the first"))
        if problems:
            raise BadInput(problems)
        return filters

    @property
    def words(self) -> dict[str, str]:
        """The filters that are set, in words of addresses and options, in fixed order."""
        values = ((WORDS[field.name], getattr(self, field.name)) for field in fields(self))
        return {
            word: f"{value:%Y-%m}" if isinstance(value, date) else value
            for word, value in values
            if value is not None
        }

    @property
    def query(self) -> str:
        """The filters as query text of an address."""
        return urlencode(self.words)

    @property
    def level(self) -> str:
        """Level of the area chosen; ``force`` where none is."""
        return self.area.partition(":")[0] if self.area else "force"

    @property
    def area_id(self) -> str | None:
        """Id of the area chosen, None for the whole force."""
        return (self.area.partition(":")[2] or None) if self.area and self.level != "force" else None

    def check(self, force: Force, has_area: Callable[[str, str], bool]) -> None:
        """Hold the values to the lists of a force.

        Parameters
        ----------
        force
            The force.
        has_area
            Tells whether there is a neighbourhood or LSOA, given the level and an id: a force folder lists none.

        Raises
        ------
        BadInput
            With every value the force does not know.
        """
        known: dict[str, Iterable[str]] = {
            "category": (entry.id for entry in force.incident_categories),
            "channel": (entry.id for entry in force.channels),
            "qualifier": (entry.id for entry in force.qualifiers),
            "crime_type": CRIME_TYPES,
        }
        if self.level in ("area", "district"):
            places = force.areas if self.level == "area" else force.districts
            known["area"] = (f"{self.level}:{place.id}" for place in places)
        if self.level == "force":
            known["area"] = ("force", f"force:{force.id}")
        problems = []
        if self.level in ("neighbourhood", "lsoa") and not has_area(self.level, self.area_id or ""):
            problems.append(
                _problem("area", self.area or "", f"a {self.level} with an outline or a record here")
            )
        for word, allowed in known.items():
            value, listed = self.words.get(word), list(allowed)
            if value is not None and value not in listed:
                problems.append(_problem(word, value, f"one of {', '.join(listed)}"))
        if problems:
            raise BadInput(problems)

    def conditions(self, table: str, force: Force) -> tuple[Condition, ...]:
        """Return the conditions on rows of a table, the period and the kind of records left out.

        Filters that a table cannot be held to are left out; `not_applied` names them.
        """
        held = []
        for word, column in COLUMNS[table].items():
            value = self.words.get(word)
            if value is None or (word == "area" and self.area_id is None):
                continue  # the whole force is no condition
            if word == "area":
                held.append(_place(self.level, self.area_id or "", force))
            else:
                held.append(Condition(column, Rule.FLAG if word == "qualifier" else Rule.IN, (value,)))
        return tuple(held)

    def applied(self, table: str | None) -> frozenset[str]:
        """Return the words of the filters that narrow a table; without one, of all that narrow anything."""
        columns = _NARROWING if table is None else COLUMNS[table]
        return frozenset(
            word for word in self.words if word in columns and not (word == "area" and not self.area_id)
        )

    def not_applied(self, table: str) -> tuple[str, ...]:
        """Return the words of the filters that are set but that a table has no column for."""
        return tuple(word for word in _NARROWING if word in self.applied(None) - self.applied(table))


WORDS = {"from_month": "from", "to_month": "to"} | {
    name: name for name in ("area", "category", "crime_type", "channel", "qualifier", "records")
}
"""The word of each filter in addresses and, with two hyphens, on the command line."""

_NARROWING = ("area", "category", "crime_type", "channel", "qualifier")
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "calls": {"channel": "channel"},
    "incidents": {
        "area": "district",
        "category": "category",
        "channel": "channel",
        "qualifier": "qualifiers",
    },
    "crimes": {"area": "district", "crime_type": "crime_type"},
    "outcomes": {"area": "district"},
    "stops": {"area": "district"},
}
"""The column each filter holds a table to."""


def _place(level: str, area_id: str, force: Force) -> Condition:
    if level == "area":
        members = next((area.district_ids for area in force.areas if area.id == area_id), ())
        return Condition("district", Rule.IN, members)
    return Condition({"lsoa": "lsoa_code"}.get(level, level), Rule.IN, (area_id,))


def _month(word: str, text: str, problems: list[Problem]) -> date | None:
    # The years that records may be of; calendars end a little beyond the first and last that Python knows.
    if not re.fullmatch(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", text):
        problems.append(_problem(word, text, "a month such as 2024-03, from 1900-01 to 2099-12"))
        return None
    return date(int(text[:4]), int(text[5:]), 1)


def _problem(word: str, value: str, expected: str) -> Problem:
    return Problem(
        "bad_filter", f'"{value}" cannot be used here.', column=word, value=value, expected=expected
    )
