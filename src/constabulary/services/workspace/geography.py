"""The areas of a workspace: outlines of every level, the list of areas, and which area a map point lies in."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from constabulary.core.errors import NothingThere, Problem
from constabulary.core.force import Force
from constabulary.services.workspace.boundaries import BoundaryFile, boundary_files
from constabulary.services.workspace.force import force_of
from constabulary.store.whole import write_whole
from constabulary.store.workspace import Workspace
from constabulary.tables.places import district_of, neighbourhood_of

# What reads and joins outlines is imported where that is done: most commands want no outline, and it loads long.
if TYPE_CHECKING:
    from constabulary.services.workspace.placing import Places
    from constabulary.tables.outlines import Outlines

SHIPPED_VINTAGE = 2011
AREA_TABLE = pl.Schema(
    {
        "level": pl.String(),
        "area_id": pl.String(),
        "name": pl.String(),
        "parent_id": pl.String(),
        "vintage": pl.Int64(),
        "population": pl.Int64(),
    }
)
CACHE_DECIMALS = 7


def outlines(workspace: Workspace, level: str = "lsoa", vintage: int | None = None) -> Outlines:
    """Return the outlines of a level.

    Imported outlines count before those of the force folder; neighbourhoods, districts and areas without outlines of
    their own are made of the LSOAs.

    Parameters
    ----------
    workspace
        The workspace.
    level
        lsoa, neighbourhood, district or area.
    vintage
        Census of the LSOAs; None is the latest there is.

    Returns
    -------
    Outlines
        With the attribution that every map and export made from them must show. LSOAs outside the force's districts
        are left out.

    Raises
    ------
    NothingThere
        If there are none.
    """
    force = force_of(workspace)
    files = tuple(boundary_files(workspace))
    own = [file for file in files if file.level == level and vintage in (None, file.vintage)]
    if level != "lsoa" and own:
        return _kept_to_force(_read(own[-1]), level, force)
    lsoas = _lsoas(force, files)
    vintage = vintage or max(lsoas, default=None)
    if vintage not in lsoas:
        raise NothingThere(
            Problem(
                "no_outlines",
                f"there are no outlines of level {level}" + (f" of {vintage}" if vintage else ""),
                remedy="Import some: constabulary import boundaries FILE.",
            )
        )
    return lsoas[vintage] if level == "lsoa" else _dissolved(workspace, lsoas[vintage], level, force)


def vintages(workspace: Workspace) -> tuple[int, ...]:
    """Return the censuses of which there are LSOA outlines, earliest first."""
    return tuple(sorted(_lsoa_names(force_of(workspace), tuple(boundary_files(workspace)))))


def area_table(workspace: Workspace) -> pl.DataFrame:
    """Return every area there is, the force itself first.

    Returns
    -------
    polars.DataFrame
        Columns level (force, area, district, neighbourhood, lsoa), area_id, name, parent_id, vintage (LSOAs only) and
        population (residents; empty where the force folder gives none). Ids are those in the records' columns.
    """
    force = force_of(workspace)
    people = {district.id: district.population for district in force.districts}
    rows: list[tuple[str, str, str, str | None, int | None, int | None]] = [
        ("force", force.id, force.name, None, None, sum(people.values()))
    ]
    rows += [
        ("area", area.id, area.name, force.id, None, sum(people[each] for each in area.district_ids))
        for area in force.areas
    ]
    rows += [
        ("district", each.id, each.name, each.area_id or force.id, None, each.population)
        for each in force.districts
    ]
    files = tuple(boundary_files(workspace))
    ids = {district.name: district.id for district in force.districts}
    lsoas = [
        (vintage, area_id, name, neighbourhood_of(name), ids.get(district_of(name, ids) or "", force.id))
        for vintage, each in sorted(_lsoa_names(force, files).items())
        for area_id, name in each.items()
    ]
    residents = {one.lsoa_code: one.residents for one in force.residents}
    own = next((file for file in reversed(files) if file.level == "neighbourhood"), None)
    if own is not None:
        beats = _read(own)
        rows += [
            ("neighbourhood", area_id, name, None, None, None)
            for area_id, name in zip(beats.area_ids, beats.names, strict=True)
        ]
        rows += [
            ("lsoa", area_id, name, district, vintage, residents.get(area_id))
            for vintage, area_id, name, _, district in lsoas
        ]
    else:
        stems = {stem: district for _, _, _, stem, district in lsoas if stem}
        rows += [
            ("neighbourhood", stem, stem, district, None, _added(stem, lsoas, residents))
            for stem, district in sorted(stems.items())
        ]
        rows += [
            ("lsoa", area_id, name, stem or district, vintage, residents.get(area_id))
            for vintage, area_id, name, stem, district in lsoas
        ]
    return pl.DataFrame(rows, schema=AREA_TABLE, orient="row")


def _added(
    stem: str, lsoas: list[tuple[int, str, str, str | None, str]], residents: dict[str, int]
) -> int | None:
    """Return the residents of a neighbourhood: those of its LSOAs of the latest census for which all are known."""
    for vintage in sorted({each[0] for each in lsoas}, reverse=True):
        members = [area_id for of, area_id, _, group, _ in lsoas if (of, group) == (vintage, stem)]
        if members and all(area_id in residents for area_id in members):
            return sum(residents[area_id] for area_id in members)
    return None


def places(workspace: Workspace) -> Places:
    """Return what tells the area of a map point and the name of an area code; outlines are read when first asked."""
    from constabulary.services.workspace.placing import Locator, Places

    force = force_of(workspace)
    files = tuple(boundary_files(workspace))
    own = {file.level: file for file in files}
    has_lsoas = force.lsoa_path is not None or bool(_lsoa_files(files))

    def latest() -> Outlines:
        lsoas = _lsoas(force, files)
        return lsoas[max(lsoas)]

    def names() -> dict[str, str]:
        every = sorted(_lsoa_names(force, files).items())
        return {area_id: name for _, each in every for area_id, name in each.items()}

    def districts() -> Outlines:
        return _kept_to_force(_read(own["district"]), "district", force)

    return Places(
        lsoas=Locator(latest) if has_lsoas else None,
        read_names=names,
        districts=Locator(districts) if "district" in own else None,
        neighbourhoods=Locator(lambda: _read(own["neighbourhood"])) if "neighbourhood" in own else None,
    )


def _lsoa_files(files: tuple[BoundaryFile, ...]) -> dict[int, BoundaryFile]:
    """Return the files of LSOAs by vintage, the last of each."""
    return {file.vintage: file for file in files if file.level == "lsoa" and file.vintage is not None}


def _lsoas(force: Force, files: tuple[BoundaryFile, ...]) -> dict[int, Outlines]:
    """Return the LSOA outlines by vintage, the force's districts only."""
    found = {}
    if force.lsoa_path is not None:
        found[SHIPPED_VINTAGE] = _shipped(force.lsoa_path, force.files_sha256)
    found |= {vintage: _read(file) for vintage, file in _lsoa_files(files).items()}
    return {vintage: _kept_to_force(each, "lsoa", force) for vintage, each in found.items()}


def _lsoa_names(force: Force, files: tuple[BoundaryFile, ...]) -> dict[int, dict[str, str]]:
    """Return the names of the same LSOAs by code, by vintage; those of the force folder without their shapes."""
    found = {} if force.lsoa_path is None else {SHIPPED_VINTAGE: dict(force.lsoa_names)}
    for vintage, file in _lsoa_files(files).items():
        every = _read(file)
        found[vintage] = dict(zip(every.area_ids, every.names, strict=True))
    districts = [district.name for district in force.districts]
    return {
        # As `_kept_to_force` does.
        vintage: {one: name for one, name in each.items() if district_of(name, districts)} or each
        for vintage, each in found.items()
    }


@lru_cache(maxsize=16)
def _read(file: BoundaryFile) -> Outlines:
    return file.read()


@lru_cache(maxsize=4)
def _shipped(path: Path, files_sha256: str) -> Outlines:
    from constabulary.tables.geojson import read_geojson

    return read_geojson(path, id_key="lsoa11_code", name_key="lsoa11_name")


def _kept_to_force(every: Outlines, level: str, force: Force) -> Outlines:
    """Leave out what lies outside the force, as far as names and ids tell; all of it stays where they tell nothing."""
    names = [district.name for district in force.districts]
    known = {one.id for one in (force.districts if level == "district" else force.areas)}
    kept = [
        number
        for number, (area_id, name) in enumerate(zip(every.area_ids, every.names, strict=True))
        if (district_of(name, names) if level == "lsoa" else area_id in known)
    ]
    if level == "neighbourhood" or not kept or len(kept) == len(every):
        return every
    return replace(
        every,
        area_ids=tuple(every.area_ids[number] for number in kept),
        names=tuple(every.names[number] for number in kept),
        geometries=tuple(every.geometries[number] for number in kept),
    )


def _dissolved(workspace: Workspace, lsoas: Outlines, level: str, force: Force) -> Outlines:
    """Return larger areas made of LSOAs, kept under the workspace's results by the hash of what they are made of."""
    from constabulary.tables.geojson_text import to_geojson
    from constabulary.tables.outlines import dissolve

    districts = {district.name: district for district in force.districts}
    groups: dict[str, str] = {}
    for area_id, name in zip(lsoas.area_ids, lsoas.names, strict=True):
        district = districts.get(district_of(name, districts) or "")
        if level == "neighbourhood":
            group = neighbourhood_of(name)
        else:
            group = (district.id if level == "district" else district.area_id) if district else None
        if group:
            groups[area_id] = group
    if not groups:
        raise NothingThere(
            Problem(
                "no_outlines",
                f"the LSOA names do not tell their {level}, so its outlines cannot be made",
                remedy=f"Import them: constabulary import boundaries FILE --level {level}.",
            )
        )
    grouped = [number for number, area_id in enumerate(lsoas.area_ids) if area_id in groups]
    parts = replace(
        lsoas,
        area_ids=tuple(lsoas.area_ids[number] for number in grouped),
        names=tuple(lsoas.names[number] for number in grouped),
        geometries=tuple(lsoas.geometries[number] for number in grouped),
    )
    digest = hashlib.sha256(repr(sorted(groups.items())).encode())
    for shape in parts.geometries:
        digest.update(shape.wkb)
    digest.update(parts.attribution.encode())
    kept = workspace.results_path / "geography" / f"{level}-{digest.hexdigest()[:32]}.geojson"
    names = {each.id: each.name for each in force.districts} | {each.id: each.name for each in force.areas}
    if not kept.is_file():
        write_whole(kept, to_geojson(dissolve(parts, groups, names), decimals=CACHE_DECIMALS))
    return _kept(kept)


@lru_cache(maxsize=8)
def _kept(path: Path) -> Outlines:
    from constabulary.tables.geojson import read_geojson

    return read_geojson(path, id_key="area_id", name_key="name")
