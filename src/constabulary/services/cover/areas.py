"""The areas that time is asked by: a level of the force, a file of outlines, or cells of H3."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.cover import HOT_SPOT_OUTLINES, HotSpot
from constabulary.cover.fixes import Area, Real
from constabulary.cover.presence import Cutting
from constabulary.numeric.grid import AreaIndex
from constabulary.services.cover.cells import Cells
from constabulary.services.workspace.geography import outlines
from constabulary.sources.files import SourceFile, sha256_of
from constabulary.store.workspace import Workspace
from constabulary.tables.drawn import places_of
from constabulary.tables.faces import Faces, faces_of
from constabulary.tables.geojson import read_geojson
from constabulary.tables.outlines import Outlines, dissolve, rings_of

LEVELS = ("force", "area", "district", "neighbourhood", "lsoa")


class Areas(Protocol):
    """Areas with numbers, from 0."""

    @property
    def ids(self) -> list[str]:
        """Their ids, in order of their numbers."""

    @property
    def names(self) -> list[str]:
        """Their names."""

    @property
    def index(self) -> AreaIndex | Cutting:
        """What lines cross: outlines made ready, or cells, which are numbered as they are met and cut lines."""

    @property
    def members(self) -> tuple[tuple[int, ...], ...] | None:
        """The areas that each number of `locate` stands for, where areas overlap; None where each is its own."""

    @property
    def sha256(self) -> str | None:
        """Hash of the outlines; None where there are none."""

    @property
    def attribution(self) -> str:
        """What must be said where they are shown."""

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What was repaired in their outlines, or looks odd."""

    def locate(self, x: Real, y: Real) -> Area:
        """Return the number of each point's (degrees) area, or of what `members` tells, -1 outside, shape (n,)."""


@dataclass(frozen=True)
class Outlined:
    """Areas with outlines."""

    outlines: Outlines
    index: AreaIndex
    sha256: str
    members: tuple[tuple[int, ...], ...] | None = None

    @property
    def ids(self) -> list[str]:
        """Their ids."""
        return list(self.outlines.area_ids)

    @property
    def names(self) -> list[str]:
        """Their names."""
        return list(self.outlines.names)

    @property
    def attribution(self) -> str:
        """What must be said where they are shown."""
        return self.outlines.attribution

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What was repaired in their outlines, or looks odd."""
        return self.outlines.notices

    def locate(self, x: Real, y: Real) -> Area:
        """Return the number of the area of each point."""
        return self.index.locate(x, y)


def areas_by(workspace: Workspace, force: Force, by: str) -> Areas:
    """Return the areas of a level, a GeoJSON file or H3 resolution.

    Parameters
    ----------
    workspace, force
        Whose levels.
    by
        One of `LEVELS`, hot_spots, the path of a GeoJSON file, or h3: and a resolution from 0 to 15.

    Raises
    ------
    BadInput
        If it is none of these, or the file breaks a rule.
    NothingThere
        If there are no outlines of the level, or the h3 package is not installed.
    """
    if by == "hot_spots":
        spots = _hot_spots(force)
        found = faces_of(spots.geometries)
        return _outlined(spots, faces=found if found.has_overlaps else None)
    if by in LEVELS:
        return _outlined(_of_force(workspace, force) if by == "force" else outlines(workspace, by))
    if by.startswith("h3:"):
        return _cells(by)
    path = Path(by)
    if path.is_file():
        return _outlined(read_geojson(path), sha256_of(SourceFile(path)))
    raise BadInput(
        Problem(
            "no_such_level",
            f'"{by}" is no level and no file.',
            value=by,
            column="--by",
            expected=f"{', '.join(LEVELS)}, hot_spots, the path of a GeoJSON file, or h3:N",
        )
    )


def _hot_spots(force: Force) -> Outlines:
    """Return the hot spots of the force folder."""
    spots = places_of(
        force.folder,
        HOT_SPOT_OUTLINES,
        [
            (one.hot_spot_id, one.name, float(one.longitude), float(one.latitude), float(one.radius_m))
            for one in force.rows(HotSpot)
        ],
    )
    if spots is None:
        raise NothingThere(
            Problem(
                "no_hot_spots",
                "the force folder names no hot spots.",
                file="cover/hot_spots.csv",
                remedy="Add some: docs/reference/force-folder.md says how.",
            )
        )
    return spots


def _of_force(workspace: Workspace, force: Force) -> Outlines:
    """Return the whole force as one area, made of the smallest areas there are outlines of."""
    for level in ("lsoa", "district", "area"):
        try:
            parts = outlines(workspace, level)
        except NothingThere:
            continue
        return dissolve(parts, dict.fromkeys(parts.area_ids, force.id), {force.id: force.name})
    return outlines(workspace, "lsoa")


def _outlined(every: Outlines, sha256: str | None = None, faces: Faces | None = None) -> Outlined:
    if sha256 is None:
        digest = hashlib.sha256(repr((every.area_ids, every.names)).encode())
        for shape in every.geometries:
            digest.update(shape.wkb)
        sha256 = digest.hexdigest()
    if faces is None:
        return Outlined(every, AreaIndex.build(*rings_of(every)), sha256)
    names = tuple(str(number) for number in range(len(faces.shapes)))
    index = AreaIndex.build(*rings_of(Outlines(names, names, faces.shapes)))
    return Outlined(every, index, sha256, faces.members)


def _cells(by: str) -> Cells:
    text = by.removeprefix("h3:")
    if not (text.isdigit() and int(text) <= 15):
        raise BadInput(
            Problem(
                "no_such_resolution", f'"{text}" is no resolution of H3.', value=by, expected="h3:0 to h3:15"
            )
        )
    try:
        h3 = import_module("h3.api.basic_int")
    except ImportError as error:
        raise NothingThere(
            Problem(
                "h3_not_installed",
                "the package h3 is not installed.",
                remedy="Install it: pip install constabulary[h3].",
            )
        ) from error
    return Cells(h3, int(text))
