"""The visit table of a level, worked out once and kept: what every question about cover is asked of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.cover.hours import hours_of
from constabulary.parameters.load import load_parameters
from constabulary.services.cover.presence import Presence, presence
from constabulary.services.workspace.boundaries import boundary_files
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.lens import view_of
from constabulary.store.whole import write_whole
from constabulary.store.workspace import Workspace
from constabulary.tables.pings import PINGS
from constabulary.tables.shifts import SHIFTS

FORMAT = "2"
"""Changes with the shape of what is kept."""
_LATEST: dict[tuple[str, str], Kept] = {}
_MOST_HELD = 6


@dataclass(frozen=True)
class Kept:
    """The time of units in the areas of one level.

    Parameters
    ----------
    level
        force, area, district, neighbourhood, lsoa or hot_spots.
    about
        The result as `constabulary cover presence --json` prints it.
    visits
        Stays of units, columns of `constabulary.tables.visits.VISITS`.
    force
        The force folder.
    """

    level: str
    about: Mapping[str, Any]
    visits: pl.DataFrame = field(repr=False)
    force: Force = field(repr=False)

    @cached_property
    def hours(self) -> pl.DataFrame:
        """The same by local day and hour, see `cover.hours.hours_of`."""
        return hours_of(self.visits, self.force.time_zone)

    @property
    def names(self) -> dict[str, str]:
        """Name of each area by its id, those without any time included."""
        return {row["area_id"]: row["name"] for row in self.about["areas"]}

    @property
    def span(self) -> tuple[date, date]:
        """First and last local day of which there are positions."""
        return date.fromisoformat(self.about["from"]), date.fromisoformat(self.about["to"])

    @property
    def is_synthetic(self) -> bool:
        """Whether the positions are made up."""
        return bool(self.about["synthetic"])

    def between(self, from_on: date | None, to_on: date | None) -> pl.DataFrame:
        """Return the hours of some local days, both ends included; all where None."""
        first, last = self.span
        return self.hours.filter(pl.col("local_on").is_between(from_on or first, to_on or last))


def kept(workspace: Workspace, level: str, progress: Progress = silent) -> Kept:
    """Return the visit table of a level, worked out if it is not there or something it rests on has changed.

    Parameters
    ----------
    workspace
        Whose positions.
    level
        force, area, district, neighbourhood, lsoa or hot_spots.
    progress
        Told the fixes done.

    Raises
    ------
    NothingThere
        If there are no positions, or no outlines of the level.
    """
    force = force_of(workspace)
    digest = _digest(workspace, force, level)
    folder = workspace.results_path / "cover"
    key = str(folder.resolve()), level
    held = _LATEST.get(key)
    if held is not None and held.about["digest"] == digest:
        return held
    name = f"{level}-{digest[:32]}"
    table, told = folder / f"{name}.parquet", folder / f"{name}.json"
    if not (table.is_file() and told.is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        made = presence(workspace, level, visits=table, progress=progress)
        _tell(told, made, digest)
        _forget(folder, level, name)
    found = Kept(level, json.loads(told.read_text(encoding="utf-8")), pl.read_parquet(table), force)
    if len(_LATEST) >= _MOST_HELD:
        _LATEST.pop(next(iter(_LATEST)))
    _LATEST[key] = found
    return found


def _digest(workspace: Workspace, force: Force, level: str) -> str:
    """Return a hash of everything that the visits of a level follow from."""
    digest = hashlib.sha256(f"{FORMAT} {level} {force.files_sha256}".encode())
    for record in view_of(workspace).live:
        if any(part.table in (PINGS.name, SHIFTS.name) for part in record.coverage):
            hashes = [file.sha256 for file in record.files]
            digest.update(repr((record.import_id, record.is_synthetic, hashes)).encode())
    for file in boundary_files(workspace):
        digest.update(repr((file.level, file.vintage, file.sha256)).encode())
    values = {name: one.value for name, one in load_parameters("cover").items()}
    digest.update(json.dumps(values, sort_keys=True).encode())
    return digest.hexdigest()


def _tell(path: Any, made: Presence, digest: str) -> None:
    write_whole(path, json.dumps(made.as_json() | {"digest": digest}))


def _forget(folder: Any, level: str, name: str) -> None:
    """Remove what was kept of a level before; another process may still be reading it."""
    for path in folder.glob(f"{level}-*"):
        if not path.name.startswith(name):
            with suppress(OSError):
                path.unlink()
