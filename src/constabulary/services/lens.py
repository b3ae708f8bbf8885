"""Opens the lens over a workspace once for each state of its lake and force folder, and keeps it for the next question."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from constabulary.core.force import Force
from constabulary.demand.aggregate import Aggregate, Condition
from constabulary.services.force import force_of
from constabulary.store.aggregate import aggregate_sql
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.store.records import ImportRecord
from constabulary.store.workspace import Workspace
from constabulary.tables.catalogue import CONTRACTS

DAY = timedelta(days=1)


@dataclass(frozen=True)
class View:
    """A workspace's records and force folder as they stood at one moment.

    Parameters
    ----------
    lens
        SQL over the records.
    force
        The force folder.
    """

    lens: Lens
    force: Force

    @cached_property
    def live(self) -> tuple[ImportRecord, ...]:
        """The imports that count."""
        return tuple(record for record in self.lens.imports if record.is_live)

    @cached_property
    def outlines(self) -> Mapping[str, str]:
        """Name by code of the LSOAs that have an outline."""
        return _outlines(self.force.lsoa_path, self.force.files_sha256)

    def scopes(self, table: str) -> tuple[str, ...]:
        """Return the names under which a table's rows are this force's."""
        return (self.force.id,) if CONTRACTS[table].scope == "force" else self.force.police_uk_names

    def covered(self, table: str, is_synthetic: bool) -> frozenset[date]:
        """Return the days that imports of real or made-up records cover in a table."""
        return self._covered[table, is_synthetic] if (table, is_synthetic) in self._covered else frozenset()

    @cached_property
    def _covered(self) -> dict[tuple[str, bool], frozenset[date]]:
        days: dict[tuple[str, bool], set[date]] = {}
        for record in self.live:
            for part in record.coverage:
                if part.scope in self.scopes(part.table):
                    held = days.setdefault((part.table, record.is_synthetic), set())
                    held.update(part.from_on + DAY * no for no in range((part.to_on - part.from_on).days + 1))
        return {key: frozenset(held) for key, held in days.items()}

    def count(self, aggregate: Aggregate, conditions: Sequence[Condition]) -> pl.DataFrame:
        """Return a declared figure; the same question is answered once."""
        query = aggregate_sql(aggregate, conditions)
        if query not in self._answers:
            if len(self._answers) >= 200:
                self._answers.clear()
            self._answers[query] = self.lens.sql(query)
        return self._answers[query]

    @cached_property
    def _answers(self) -> dict[str, pl.DataFrame]:
        return {}

    @cached_property
    def inputs(self) -> dict[str, str]:
        """SHA-256 of the force folder and of the files of each import that counts, for stamps."""
        return {"force folder": self.force.files_sha256} | {
            f"import {record.import_id}": _joint([file.sha256 for file in record.files])
            for record in self.live
        }


def view_of(workspace: Workspace) -> View:
    """Return the records and force folder of a workspace as they stand now.

    Raises
    ------
    BadForceFolder
        If the force folder breaks a rule.
    """
    return _view(workspace.lake_path.resolve(), Lake(workspace.lake_path).version, force_of(workspace))


def open_lens(workspace: Workspace, writes_to: Path | None = None) -> Lens:
    """Open a lens of one's own, to be closed by the caller; `writes_to` names the one file it may write."""
    return _open(Lake(workspace.lake_path.resolve()), force_of(workspace), writes_to)


class _Kept:
    """The views kept, one a lake; an older state of the same lake makes room."""

    views: dict[Path, tuple[int, Force, View]] = {}


def _view(path: Path, version: int, force: Force) -> View:
    kept = _Kept.views.get(path)
    if kept is None or kept[0] != version or kept[1] is not force:
        kept = (version, force, View(_open(Lake(path), force, None), force))
        _Kept.views[path] = kept
    return kept[2]


def _open(lake: Lake, force: Force, writes_to: Path | None) -> Lens:
    files = [
        (record.import_id, no, file.name, file.sha256, record.kind, record.is_synthetic)
        for record in lake.imports()
        if record.is_live
        for no, file in enumerate(record.files)
    ]
    extra = {
        "import_files": pl.DataFrame(files, schema=FILES, orient="row"),
        "districts": pl.DataFrame(
            [(d.id, d.name, d.area_id, d.population) for d in force.districts], schema=DISTRICTS, orient="row"
        ),
    }
    return Lens(lake, tuple(CONTRACTS.values()), extra, writes_to)


FILES = {
    "import_id": pl.String, "file_no": pl.Int64, "file": pl.String, "sha256": pl.String, "kind": pl.String, "is_synthetic": pl.Boolean,
}  # fmt: skip
DISTRICTS = {"district": pl.String, "name": pl.String, "area": pl.String, "population": pl.Int64}


@lru_cache(maxsize=4)
def _outlines(path: Path | None, sha256: str) -> Mapping[str, str]:
    if path is None:
        return {}
    features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    return {
        feature["properties"]["lsoa11_code"]: feature["properties"]["lsoa11_name"] for feature in features
    }


def _joint(hashes: list[str]) -> str:
    import hashlib

    return hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()
