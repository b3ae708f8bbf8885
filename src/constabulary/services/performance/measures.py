"""Knows the measures of a force: those declared, and the series of published, typed-in and imported figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from constabulary.core.errors import NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.model import PublishedVolume
from constabulary.core.force.rooms.performance import PlanItem
from constabulary.performance.framework import items_at, plans_of, versions_of
from constabulary.performance.measure import Measure, Terms, series_name
from constabulary.performance.measures import MEASURES
from constabulary.performance.observed import Observation
from constabulary.services.workspace.lens import View
from constabulary.store.lake import Lake
from constabulary.store.records import edition_order
from constabulary.store.workspace import Workspace


@dataclass(frozen=True)
class Known:
    """A measure as it stands in one force.

    Parameters
    ----------
    measure
        Its declaration; made up from the force folder for series that no file of ours declares.
    terms
        How it goes in the force; None where the force folder lacks what it needs.
    observations
        Typed-in, published and imported figures of the same quantity.
    items
        The measures of success of plans that name it, the latest plan first.
    """

    measure: Measure
    terms: Terms | None
    observations: tuple[Observation, ...]
    items: tuple[PlanItem, ...]

    @property
    def direction(self) -> str:
        """Which way improvement lies: as the latest plan says, or else as declared."""
        return next((item.direction for item in self.items if item.direction), self.measure.direction)


def known_measures(view: View) -> dict[str, Known]:
    """Return every measure of a force by its name: those declared, then the series nothing declares."""
    force = view.force
    observations: dict[str, list[Observation]] = {}
    for one in (*published(force), *imported(view.workspace, len(view.live))):
        observations.setdefault(one.series, []).append(one)
    items = _items(force)
    known: dict[str, Known] = {}
    claimed = set()
    for name, measure in MEASURES.items():
        series = measure.series_in(force)
        claimed.add(series or name)
        held = (*observations.get(series, ()), *(observations.get(name, ()) if name != series else ()))
        known[name] = Known(measure, measure.terms(force), held, _of(items, name, series))
        claimed.add(name)
    titles = _titles(force)
    for series, found in observations.items():
        if series not in claimed:
            known[series] = Known(_typed_in(series, titles), Terms(), tuple(found), _of(items, series))
    return known


def find_measure(view: View, name: str) -> Known:
    """Return one measure.

    Raises
    ------
    NothingThere
        If there is none of that name.
    """
    known = known_measures(view)
    by_series = {one.measure.series_in(view.force): one for one in known.values()}
    found = known.get(name) or by_series.get(name)
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=3)
        raise NothingThere(
            Problem(
                "no_such_measure",
                f'there is no measure "{name}".',
                value=name,
                expected=f"perhaps {' or '.join(near)}" if near else "one that `performance summary` lists",
            )
        )
    return found


def published(force: Force) -> Iterator[Observation]:
    """Give the published volumes of a force folder as observations, in the order typed."""
    known = {source.id: source.published for source in force.sources}
    for volume in force.volumes:
        yield Observation(
            series_name(volume.measure, volume.breakdown, volume.part, volume.area_id),
            volume.period_start_on,
            volume.period_end_on,
            float(volume.value),
            volume.unit,
            volume.basis,
            known.get(volume.source_id or "", ""),
            volume.source_id or volume.status,
            volume.where or "",
            volume.bound,
            volume.note,
            _places(volume),
        )


def imported(workspace: Workspace, n_imports: int) -> tuple[Observation, ...]:
    """Return every imported figure that is not withdrawn, those that a later edition replaced too."""
    lake = Lake(workspace.lake_path)
    return _imported(workspace.lake_path.resolve().as_posix(), lake.version, n_imports)


@lru_cache(maxsize=4)
def _imported(path: str, version: int, n_imports: int) -> tuple[Observation, ...]:
    from pathlib import Path

    lake = Lake(Path(path))
    every = lake.imports()
    ranks = edition_order(every)
    live = [record for record in every if record.is_live and record.kind == "observations"]
    found = []
    for record in live:
        on, first = ranks[record.import_id]
        for file in lake.files_of("observations", [record.import_id]):
            for row in pl.read_parquet(file, hive_partitioning=False).iter_rows(named=True):
                text = repr(row["value"])
                found.append(
                    Observation(
                        series_name(row["measure"], row["breakdown"], row["part"], row["area_id"]),
                        row["period_start_on"],
                        row["period_end_on"],
                        row["value"],
                        row["unit"],
                        row["basis"],
                        f"{on.isoformat()} {first} {record.import_id}",
                        f"import {record.import_id}",
                        f"row {row['source_row']}",
                        None,
                        row["note"],
                        len(text.partition(".")[2].rstrip("0")),
                    )
                )
    return tuple(found)


def _items(force: Force) -> dict[str, list[PlanItem]]:
    """Return the measures of success of all plans by the measure they name, those of the latest plan first."""
    named: dict[str, list[PlanItem]] = {}
    for plan in plans_of(force):
        for item in items_at(force, plan, versions_of(force, plan)[-1]).values():
            if item.measure:
                named.setdefault(item.measure, []).append(item)
    return named


def _of(items: Mapping[str, list[PlanItem]], *names: str) -> tuple[PlanItem, ...]:
    return tuple(item for name in dict.fromkeys(names) if name for item in items.get(name, ()))


def _typed_in(series: str, titles: Mapping[str, str]) -> Measure:
    bare, _, area_id = series.partition("@")
    measure, *split = bare.split(".")
    title = titles.get(measure, measure.replace("_", " ").capitalize())
    if split:
        part = ".".join(split[1:])
        title += f": {titles.get(f'{split[0]}.{part}', part.replace('_', ' '))}"
    if area_id:
        title += f", {titles.get(f'@{area_id}', area_id)}"
    definition = titles.get(f"{measure} definition", "")
    return Measure(series, title, definition, "", "neutral", "typed in or imported", 0, published=series)


def _titles(force: Force) -> dict[str, str]:
    titles = {one.id: one.name for one in force.measures}
    titles |= {f"{one.id} definition": one.definition for one in force.measures}
    lists = {
        "channel": force.channels,
        "category": force.incident_categories,
        "qualifier": force.qualifiers,
    }
    for breakdown, entries in lists.items():
        titles |= {f"{breakdown}.{one.id}": one.name for one in entries}
    titles |= {f"@{one.id}": one.name for one in force.districts}
    return titles | {f"@{one.id}": one.name for one in force.areas}


def _places(volume: PublishedVolume) -> int:
    return max(0, -int(volume.value.as_tuple().exponent))
