"""Bringing in boundaries of one's own, kept with an import record, and handing on the files that count."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constabulary.core.errors import BadInput, Problem
from constabulary.sources.files import SourceFile, sha256_of
from constabulary.store.lake import Lake
from constabulary.store.records import FileRecord, ImportRecord, Notice
from constabulary.store.whole import write_whole
from constabulary.store.workspace import Workspace

if TYPE_CHECKING:
    from constabulary.tables.outlines import Outlines

KIND = "boundaries"
LEVELS = ("lsoa", "neighbourhood", "district", "area")
"""The levels an outline may be of, smallest first."""


@dataclass(frozen=True)
class BoundaryFile:
    """An imported file of outlines that counts.

    Parameters
    ----------
    import_id
        The import that brought it.
    level, vintage
        Of which areas, and (LSOAs) of which census.
    path
        The GeoJSON file in the workspace.
    id_key, name_key, attribution
        As `constabulary.tables.geojson.read_geojson` takes them.
    sha256
        Hash of its contents (hexadecimal).
    """

    import_id: str
    level: str
    vintage: int | None
    path: Path
    id_key: str | None
    name_key: str | None
    attribution: str | None
    sha256: str

    @property
    def is_whole(self) -> bool:
        """Whether the file is there as it was imported."""
        try:
            return sha256_of(SourceFile(self.path)) == self.sha256
        except BadInput:
            return False

    def read(self) -> Outlines:
        """Return the outlines in it."""
        return _read(self.path, self.id_key, self.name_key, self.attribution)


@dataclass(frozen=True)
class BoundaryReport:
    """What came of an import of boundaries.

    Parameters
    ----------
    import_id
        The import made, or the one that brought the same file before.
    is_new
        False where the same file counts already.
    n_areas
        How many outlines it holds.
    attribution
        What every map made from it must say; empty if the file says nothing.
    notices
        What was repaired or looks odd.
    """

    import_id: str
    is_new: bool
    n_areas: int
    attribution: str
    notices: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report as `constabulary import boundaries --json` prints it."""
        return {
            "schema": 1,
            "import": self.import_id,
            "new": self.is_new,
            "areas": self.n_areas,
            "attribution": self.attribution,
            "notices": [str(notice) for notice in self.notices],
        }


def import_boundaries(
    workspace: Workspace,
    path: Path,
    *,
    by: str,
    level: str = "lsoa",
    vintage: int | None = None,
    id_key: str | None = None,
    name_key: str | None = None,
    attribution: str | None = None,
    name: str | None = None,
) -> BoundaryReport:
    """Bring in outlines from a GeoJSON file; maps and point-to-area use them from now on.

    Withdrawing the import (`services.records.imports.withdraw_import`) brings back what was used before.

    Parameters
    ----------
    workspace
        Where to.
    path
        The GeoJSON file, plain or gzipped, in longitude and latitude.
    by
        Who does it.
    level
        lsoa, neighbourhood, district or area.
    vintage
        Census of the LSOAs, 2011 or 2021; told from their codes' property name where not given.
    id_key, name_key, attribution
        As `constabulary.tables.geojson.read_geojson` takes them.
    name
        What people call the file where that is another name than its path, as for an upload.

    Raises
    ------
    BadInput
        If it is no such file; nothing is changed.
    WorkspaceBusy
        If another process is importing.
    """
    if level not in LEVELS:
        raise BadInput(Problem("no_such_level", f'there is no level "{level}".', expected=", ".join(LEVELS)))
    name = SourceFile(path, shown_as=name).name
    # Unpacked once before it is read: a trap is found without room being made for it.
    sha256 = sha256_of(SourceFile(path, shown_as=name))
    outlines = _read(path, id_key, name_key, attribution)
    vintage = vintage or _told_vintage(path) if level == "lsoa" else None
    if level == "lsoa" and vintage is None:
        raise BadInput(
            Problem(
                "which_vintage",
                "the file does not tell which census its areas are of.",
                file=name,
                expected="2011 or 2021",
                remedy="Say it: --vintage 2021.",
            )
        )
    lake = Lake(workspace.lake_path)
    with workspace.writing():
        lake.sweep()
        for known in boundary_files(workspace):
            if (known.sha256, known.level, known.vintage, known.id_key, known.name_key) == (
                sha256,
                level,
                vintage,
                id_key,
                name_key,
            ):
                return BoundaryReport(
                    known.import_id, False, len(outlines), outlines.attribution, outlines.notices
                )
        settings = {
            "level": level,
            "vintage": vintage,
            "id_key": id_key,
            "name_key": name_key,
            "attribution": attribution,
        }
        record = ImportRecord(
            import_id=lake.next_import_id(),
            kind=KIND,
            at=datetime.now(UTC),
            by=by,
            files=(FileRecord(name, sha256, len(outlines), len(outlines), 0, 0),),
            notices=tuple(Notice(one.rule, one.count, False, name) for one in outlines.notices),
            mapping=json.dumps(settings),
        )
        write_whole(_path(workspace, record.import_id, settings), path.read_bytes())
        lake.announce([record], [])
    return BoundaryReport(record.import_id, True, len(outlines), outlines.attribution, outlines.notices)


def boundary_files(workspace: Workspace) -> list[BoundaryFile]:
    """Return the imported files that count, the latest of each level and vintage, in import order."""
    latest: dict[tuple[str, int | None], BoundaryFile] = {}
    for record in Lake(workspace.lake_path).imports():
        if record.kind == KIND and record.is_live:
            settings = json.loads(record.mapping or "{}")
            file = BoundaryFile(
                record.import_id,
                path=_path(workspace, record.import_id, settings),
                sha256=record.files[0].sha256,
                **settings,
            )
            latest[file.level, file.vintage] = file
    return sorted(latest.values(), key=lambda file: file.import_id)


def _read(path: Path, id_key: str | None, name_key: str | None, attribution: str | None) -> Outlines:
    # Here, because most commands ask which boundaries there are and draw none.
    from constabulary.tables.geojson import read_geojson

    return read_geojson(path, id_key=id_key, name_key=name_key, attribution=attribution)


def _path(workspace: Workspace, import_id: str, settings: Mapping[str, object]) -> Path:
    name = f"{settings['level']}-{settings['vintage']}" if settings["vintage"] else str(settings["level"])
    return workspace.path / "boundaries" / f"{import_id}-{name}.geojson"


def _told_vintage(path: Path) -> int | None:
    """Tell the census from the names of the properties (LSOA11CD, LSOA21CD), None where they do not say."""
    with SourceFile(path).open() as stream:
        head = stream.read(64 * 1024).lower()
    told = [year for mark, year in ((b"lsoa11", 2011), (b"lsoa21", 2021)) if mark in head]
    return told[0] if len(told) == 1 else None
