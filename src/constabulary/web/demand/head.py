"""What opens every demand page: the way between them, the filters, what is made up, what is missing, what to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constabulary.core.amounts import listed
from constabulary.services.demand.picture import Figure
from constabulary.web import numbers
from constabulary.web.demand import words
from constabulary.web.demand.asked import Asked
from constabulary.web.filters import FilterForm
from constabulary.web.table import Way

PAGES = (
    ("demand", "Picture"),
    ("demand_contacts", "Contacts"),
    ("demand_when", "When"),
    ("demand_where", "Where"),
    ("demand_crime", "Crime"),
)
"""The demand pages and their words in the way between them."""

_OWN_RECORDS = "constabulary import {0} FILE --mapping MAPPING"
_POLICE_UK = "constabulary import police-uk FOLDER"


@dataclass(frozen=True)
class Missing:
    """Records that a page needs and the workspace does not hold.

    Parameters
    ----------
    noun
        What they are.
    command
        The command that imports them.
    where
        Where they come from.
    is_own
        True for a force's own records, which are read through a mapping file.
    can_be_made_up
        True on the last of these: records can also be made up to try the pages.
    """

    noun: str
    command: str
    where: str
    is_own: bool
    can_be_made_up: bool = False


@dataclass(frozen=True)
class Head:
    """What opens a demand page.

    Parameters
    ----------
    ways
        The demand pages.
    filters
        The form.
    synthetic
        A sentence on what is made up; empty where nothing is.
    notes
        What a reader must know of the figures below, each sentence once.
    missing
        Records to import.
    """

    ways: tuple[Way, ...]
    filters: FilterForm
    synthetic: str
    notes: tuple[str, ...]
    missing: tuple[Missing, ...]


def head(asked: Asked, page: str, tables: Sequence[str], figures: Sequence[Figure]) -> Head:
    """Return what opens a demand page.

    Parameters
    ----------
    asked
        What the page was asked.
    page
        Its name.
    tables
        The tables of records it needs.
    figures
        The figures it shows.
    """
    made_up = words.synthetic_nouns(list(figures))
    notes = dict.fromkeys(numbers.readable(text) for figure in figures for text in figure.about.warnings)
    lacking = [table for table in tables if not asked.choices.held[table]]
    return Head(
        ways=tuple(Way(title, asked.address(name), name == page) for name, title in PAGES),
        filters=asked.form,
        synthetic=synthetic(made_up),
        notes=tuple(note for note in notes if not _is_said_elsewhere(note, lacking)),
        missing=_missing(lacking),
    )


def synthetic(nouns: list[str]) -> str:
    """Return the sentence on what is made up; empty where nothing is."""
    if not nouns:
        return ""
    said = listed(nouns)
    return (
        f"{said.capitalize()} on this page are synthetic: made up by a program to match published totals. "
        f"They describe no real event or person."
    )


def _is_said_elsewhere(note: str, lacking: Sequence[str]) -> bool:
    return note.startswith("These records are synthetic") or (
        note.startswith("Nothing is counted")
        and any(note.endswith(f"records of {one} are held.") for one in lacking)
    )


def _missing(tables: Sequence[str]) -> tuple[Missing, ...]:
    found = []
    own = [table for table in tables if table in ("calls", "incidents")]
    for table in own:
        where = "an export of the control room's system, CSV or Excel, read through a mapping file"
        found.append(Missing(words.NOUNS[table], _OWN_RECORDS.format(table), where, True, table == own[-1]))
    published = [words.NOUNS[table] for table in tables if table not in own]
    if published:
        where = "the files of your force from data.police.uk"
        found.append(Missing(" or ".join(published), _POLICE_UK, where, False))
    return tuple(found)
