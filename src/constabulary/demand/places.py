"""Counts and rates by area at every level, with what has no place stated and small numbers marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl

from constabulary.core.answers import with_fields_of, words_of
from constabulary.core.force import Force
from constabulary.demand.compare import Count, CountAnswer, count_of, sums, totals
from constabulary.demand.span import Span

SMALL_COUNT = 20
"""Rates resting on fewer records are marked: chance alone moves such a count by a fifth or more (1/sqrt(20) = 22%). The
Office for National Statistics marks rates from fewer than 20 deaths as of low reliability (User guide to mortality
statistics, section on rates)."""
SMALL_POPULATION = 1000
"""Rates per 1,000 of fewer residents than that are marked: one record more changes them by more than one."""
NO_OUTLINE = "no outline"
NO_OUTLINE_2021 = "2021 code, no outline"
REMAINDERS = {
    "no_location": "No location recorded",
    "outside_force": "Located outside the force's districts",
    "no_area": "In a district of no policing area",
    "no_neighbourhood": "In a district, neighbourhood not known",
    "no_lsoa": "In a district, LSOA not known",
}


@dataclass(frozen=True)
class Place:
    """One area, or a remainder that has no place.

    Parameters
    ----------
    level
        force, area, district, neighbourhood, lsoa, or remainder.
    id, name, parent_id
        The area, and the one it lies in, one level up.
    count
        Its records, beside last year's.
    population
        Residents; None where the force folder does not say.
    rate_per_1000
        Records in the period per 1,000 residents.
    rate_per_1000_a_year
        The same, as if the covered days were a year of 365 days.
    is_small
        Too few records or residents to compare rates (`SMALL_COUNT`, `SMALL_POPULATION`).
    note
        Why there is no rate, or what is odd.
    """

    level: str
    id: str
    name: str
    parent_id: str | None
    count: Count
    population: int | None = None
    rate_per_1000: float | None = None
    rate_per_1000_a_year: float | None = None
    is_small: bool = False
    note: str | None = None

    def as_json(self) -> PlaceAnswer:
        """Return the area with the figures of its count."""
        values = {key: value for key, value in self.__dict__.items() if key != "count"}
        written = {
            **{key: values.pop(key) for key in ("level", "id", "name", "parent_id")},
            **self.count.as_json(),
            **values,
        }
        return cast("PlaceAnswer", written)


@words_of(Count, CountAnswer)
@with_fields_of(Place, but=("count",))
class PlaceAnswer(CountAnswer):
    """One area, or a remainder that has no place."""


def by_area(frame: pl.DataFrame, span: Span, force: Force, areas: pl.DataFrame) -> tuple[Place, ...]:
    """Return every area of the force with its count and rate, and the remainders.

    At each level the areas and the remainders that apply to it add up to the force.

    Parameters
    ----------
    frame
        Columns `month`, `district`, `neighbourhood`, `lsoa_code` and `n`.
    span
        The period.
    force
        Its districts and policing areas.
    areas
        Every area that has an outline: columns `level`, `area_id`, `name`, `vintage` and `population`.
    """
    area_of = {district.id: district.area_id for district in force.districts}
    latest = frame.filter(pl.col("district").is_not_null()).sort("month")
    placed = sums(frame, span, ["district", "neighbourhood", "lsoa_code"]).with_columns(
        area=pl.col("district").replace_strict(area_of, default=None, return_dtype=pl.String)
    )
    every = sum(district.population for district in force.districts)
    rows = [_rated(Place("force", force.id, force.name, None, _whole(placed, span)), span, every)]
    found = totals(placed, span, ["area"])
    for area in force.areas:
        members = [district.population for district in force.districts if district.id in area.district_ids]
        place = Place("area", area.id, area.name, force.id, found.get((area.id,)) or _none(span))
        rows.append(_rated(place, span, sum(members)))
    found = totals(placed, span, ["district"])
    for district in force.districts:
        count = found.get((district.id,)) or _none(span)
        place = Place("district", district.id, district.name, district.area_id or force.id, count)
        rows.append(_rated(place, span, district.population))
    inside = placed.filter(pl.col("district").is_not_null())
    return (*rows, *_small_areas(inside, span, areas, latest), *_remainders(placed, span))


def within(rows: Sequence[Place], area_id: str) -> tuple[Place, ...]:
    """Keep to one area and what lies in it; the force's row stays as the count of that area, without a rate.

    Parameters
    ----------
    rows
        Areas, each after the one it lies in, the force first.
    area_id
        The area.
    """
    inside = {area_id}
    for row in rows:
        if row.parent_id in inside:
            inside.add(row.id)
    whole, *others = rows
    if whole.id == area_id:
        return tuple(rows)
    note = "counts the chosen area alone, so it has no rate"
    partial = Place(whole.level, whole.id, whole.name, whole.parent_id, whole.count, note=note)
    return (partial, *(row for row in others if row.id in inside or row.level == "remainder"))


def _small_areas(inside: pl.DataFrame, span: Span, areas: pl.DataFrame, latest: pl.DataFrame) -> list[Place]:
    """Return neighbourhoods and LSOAs: those with an outline, records or not, and codes that have none."""
    known = {
        level: {row["area_id"]: row for row in areas.filter(pl.col("level") == level).iter_rows(named=True)}
        for level in ("neighbourhood", "lsoa")
    }
    rows = []
    for level, column, parent in (
        ("neighbourhood", "neighbourhood", "district"),
        ("lsoa", "lsoa_code", "neighbourhood"),
    ):
        found = {key[0]: count for key, count in totals(inside, span, [column]).items() if key[0] is not None}
        parents = dict(latest.unique(column, keep="last").select(column, parent).iter_rows())
        for area_id in sorted({*known[level], *found}):
            row = known[level].get(area_id)
            note = _note(level, areas) if row is None else None
            place = Place(
                level,
                area_id,
                row["name"] if row else area_id,
                parents.get(area_id) or (row["parent_id"] if row else None),
                found.get(area_id) or _none(span),
                note=note,
            )
            rows.append(_rated(place, span, row["population"] if row else None))
    return rows


def _note(level: str, areas: pl.DataFrame) -> str:
    vintages = set(areas.filter(pl.col("level") == level)["vintage"].drop_nulls())
    return NO_OUTLINE_2021 if level == "lsoa" and vintages == {2011} else NO_OUTLINE


def _remainders(placed: pl.DataFrame, span: Span) -> tuple[Place, ...]:
    is_in = pl.col("district").is_not_null()
    which = {
        "no_location": ~is_in & pl.col("lsoa_code").is_null(),
        "outside_force": ~is_in & pl.col("lsoa_code").is_not_null(),
        "no_area": is_in & pl.col("area").is_null(),
        "no_neighbourhood": is_in & pl.col("neighbourhood").is_null(),
        "no_lsoa": is_in & pl.col("lsoa_code").is_null(),
    }
    rows = [
        Place("remainder", id, REMAINDERS[id], None, _whole(placed.filter(rows), span))
        for id, rows in which.items()
    ]
    return tuple(row for row in rows if row.id in ("no_location", "outside_force") or row.count.count)


def _rated(place: Place, span: Span, population: int | None) -> Place:
    count = place.count.count
    values = dict(place.__dict__)
    if not population:
        values["note"] = f"{place.note}; no rate" if place.note else "no rate: its residents are not known"
        return Place(**values)
    rate = 1000 * count / population
    values |= {
        "population": population,
        "rate_per_1000": rate if span.n_days else None,
        "rate_per_1000_a_year": rate * 365 / span.n_days if span.n_days else None,
        "is_small": count < SMALL_COUNT or population < SMALL_POPULATION,
    }
    return Place(**values)


def _whole(summed: pl.DataFrame, span: Span) -> Count:
    return totals(summed, span, []).get(()) or _none(span)


def _none(span: Span) -> Count:
    return count_of(0, 0, 0, span)
