"""What the filters of the demand picture can be set to in a workspace, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constabulary.core.crime_types import CRIME_TYPES
from constabulary.core.provenance import Stamp
from constabulary.demand.filters import Filters
from constabulary.services.workspace.lens import view_of
from constabulary.store.workspace import Workspace

TABLES = ("calls", "incidents", "crimes", "outcomes")


@dataclass(frozen=True)
class Choices:
    """What the filters can be set to.

    Parameters
    ----------
    months
        Months (YYYY-MM) that records of any of the tables cover, latest first.
    held
        The kinds of records held of each table: some of ``real`` and ``synthetic``.
    lists
        By the word of the filter (area, category, crime_type, channel, qualifier): values and their words.
    """

    months: tuple[str, ...]
    held: Mapping[str, tuple[str, ...]]
    lists: Mapping[str, tuple[tuple[str, str], ...]]

    def words_of(self, filters: Filters, word: str) -> str:
        """Return the value of a filter in words; the value itself where it is not listed, empty where not set."""
        value = filters.words.get(word, "")
        return dict(self.lists.get(word, ())).get(value, value)


def choices(workspace: Workspace, tables: Sequence[str] = TABLES, filters: Filters | None = None) -> Choices:
    """Return what the filters can be set to.

    Parameters
    ----------
    workspace
        Whose records and force folder.
    tables
        The tables whose months are offered.
    filters
        As they are set: an area chosen below the districts is named among the areas.
    """
    view = view_of(workspace)
    force = view.force
    held = {
        table: tuple(kind for kind in ("real", "synthetic") if view.covered(table, kind == "synthetic"))
        for table in TABLES
    }
    months = {
        f"{day:%Y-%m}"
        for table in tables
        for is_synthetic in (False, True)
        for day in view.covered(table, is_synthetic)
    }
    areas = [(f"area:{area.id}", area.name) for area in force.areas]
    areas += [(f"district:{district.id}", district.name) for district in force.districts]
    if filters is not None and filters.area_id and filters.level in ("neighbourhood", "lsoa"):
        named = dict(view.areas.select("area_id", "name").iter_rows())
        areas.append((filters.area or "", named.get(filters.area_id, filters.area_id)))
    return Choices(
        tuple(sorted(months, reverse=True)),
        held,
        {
            "area": tuple(areas),
            "category": tuple((one.id, one.name) for one in force.incident_categories),
            "crime_type": tuple((name, name) for name in CRIME_TYPES),
            "channel": tuple((one.id, one.name) for one in force.channels),
            "qualifier": tuple((one.id, one.name) for one in force.qualifiers),
        },
    )


def filters_of(workspace: Workspace, words: Mapping[str, str]) -> Filters:
    """Read filters from words and values, held to the lists of the force.

    Raises
    ------
    BadInput
        With every value that cannot be.
    """
    filters = Filters.parse(words)
    view = view_of(workspace)
    filters.check(view.force, view.has_area)
    return filters


def fingerprint(workspace: Workspace, *asked: str) -> str:
    """Return a short text that changes whenever records, force folder or program do, or something else is asked."""
    return Stamp(view_of(workspace).inputs, {"asked": list(asked)}).id
