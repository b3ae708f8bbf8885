"""Imports as long work: the files of an upload, or of a folder on this computer, read by a worker.

`check` looks at uploaded files before a run is asked for, so that what is wrong with them is told at once; `KINDS`
names the run of each kind of file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from constabulary.core.errors import BadInput
from constabulary.core.progress import Progress
from constabulary.registers.access import Permission
from constabulary.services.records.imports import import_police_uk
from constabulary.services.records.own_records import (
    ENDINGS,
    import_own_records,
    recognise_own_records,
    suggest_mapping,
)
from constabulary.services.records.own_records import KINDS as OWN_RECORDS
from constabulary.services.workspace.boundaries import KIND as BOUNDARIES
from constabulary.services.workspace.boundaries import import_boundaries
from constabulary.services.workspace.runs import name_of, runnable
from constabulary.sources import police_uk as police_uk_files
from constabulary.sources.files import find
from constabulary.sources.layout import read_layout
from constabulary.store.lake import Lake
from constabulary.store.workspace import Workspace

POLICE_UK = "police-uk"
KINDS: Mapping[str, str] = {
    POLICE_UK: "import-police-uk",
    **dict.fromkeys(OWN_RECORDS, "import-own-records"),
    BOUNDARIES: "import-boundaries",
}
"""The run that imports each kind of file."""


@runnable(KINDS[POLICE_UK], Permission.IMPORT_RECORDS)
def police_uk(
    workspace: Workspace,
    *,
    paths: Sequence[str],
    edition_on: str | None = None,
    is_trial: bool = False,
    by: str,
    progress: Progress,
) -> dict[str, Any]:
    """Import files of data.police.uk.

    Parameters
    ----------
    workspace, is_trial, by, progress
        As in `constabulary.services.records.imports.import_police_uk`.
    paths
        Files or folders; relative ones, such as uploads, are within the workspace.
    edition_on
        The day they were published (YYYY-MM-DD), if known.
    """
    report = import_police_uk(
        workspace,
        _files(workspace, paths),
        by=by,
        edition_on=_day(edition_on),
        names=[name_of(path) for path in paths],
        is_trial=is_trial,
        progress=progress,
    )
    return report.as_json()


@runnable("import-own-records", Permission.IMPORT_RECORDS)
def own_records(
    workspace: Workspace,
    *,
    kind: str,
    paths: Sequence[str],
    mapping: str | None = None,
    edition_on: str | None = None,
    is_trial: bool = False,
    by: str,
    progress: Progress,
) -> dict[str, Any]:
    """Import a force's own records.

    Parameters
    ----------
    workspace, paths, edition_on, is_trial, by, progress
        As in `police_uk`.
    kind
        One of `constabulary.services.records.own_records.KINDS`, such as incidents.
    mapping
        The mapping file, relative as the others are.
    """
    report = import_own_records(
        workspace,
        kind,
        _files(workspace, paths),
        by=by,
        mapping=workspace.path / mapping if mapping else None,
        edition_on=_day(edition_on),
        names=[name_of(path) for path in paths],
        is_trial=is_trial,
        progress=progress,
    )
    return report.as_json()


@runnable(KINDS[BOUNDARIES], Permission.IMPORT_RECORDS)
def boundaries(
    workspace: Workspace,
    *,
    paths: Sequence[str],
    level: str = "lsoa",
    vintage: int | None = None,
    id_key: str | None = None,
    name_key: str | None = None,
    attribution: str | None = None,
    by: str,
    progress: Progress,
) -> dict[str, Any]:
    """Import outlines of areas.

    Parameters
    ----------
    workspace, by, progress
        As in `police_uk`.
    paths
        One GeoJSON file.
    level, vintage, id_key, name_key, attribution
        As `constabulary.services.workspace.boundaries.import_boundaries` takes them.
    """
    progress(0, 1, f"Reading {name_of(paths[0])}")
    return import_boundaries(
        workspace,
        workspace.path / paths[0],
        by=by,
        level=level,
        vintage=vintage,
        id_key=id_key,
        name_key=name_key,
        attribution=attribution,
        name=name_of(paths[0]),
    ).as_json()


def kind_of(workspace: Workspace, kind: str, paths: Sequence[str]) -> str:
    """Return the kind that files are: that of the import whose refused rows they mend, else the kind given.

    Raises
    ------
    NothingThere
        If they are mended rows of an import that is not here.
    """
    if kind == BOUNDARIES:
        return kind
    try:
        file = find(_files(workspace, paths[:1]), ENDINGS, [name_of(path) for path in paths[:1]])[0]
        mends = read_layout(file).mends
    except BadInput:
        # Whoever reads it as its kind says what is wrong with it.
        return kind
    mended = Lake(workspace.lake_path).import_record(mends).kind if mends else kind
    return mended if mended in KINDS else kind


def check(workspace: Workspace, kind: str, paths: Sequence[str], mapping: str | None = None) -> None:
    """See that files are what they are said to be, by their headers; rows are looked at by the run.

    Parameters
    ----------
    workspace, paths, mapping
        As in `own_records`.
    kind
        One of `KINDS`.

    Raises
    ------
    BadInput
        If they are not; all problems at once.
    """
    names = [name_of(path) for path in paths]
    if kind == POLICE_UK:
        police_uk_files.recognise(find(_files(workspace, paths), [".csv"], names))
    elif kind in OWN_RECORDS:
        recognise_own_records(
            workspace,
            kind,
            _files(workspace, paths),
            mapping=workspace.path / mapping if mapping else None,
            names=names,
        )


def suggest(workspace: Workspace, kind: str, paths: Sequence[str]) -> str:
    """Propose a mapping for the first of the files; see `constabulary.services.records.own_records.suggest_mapping`."""
    return suggest_mapping(workspace, kind, workspace.path / paths[0], name_of(paths[0])).text


def _files(workspace: Workspace, paths: Sequence[str]) -> list[Path]:
    return [workspace.path / path for path in paths]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
