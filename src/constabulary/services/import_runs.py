"""Imports as long work: the files of an upload, or of a folder on this computer, read by a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from constabulary.core.progress import Progress
from constabulary.registers.access import Permission
from constabulary.services.imports import import_police_uk
from constabulary.services.runs import runnable
from constabulary.store.workspace import Workspace


@runnable("import-police-uk", Permission.IMPORT_RECORDS)
def police_uk(
    workspace: Workspace, *, paths: Sequence[str], edition_on: str | None = None, by: str, progress: Progress
) -> dict[str, Any]:
    """Import files of data.police.uk.

    Parameters
    ----------
    workspace
        Where to.
    paths
        Files or folders; relative ones, such as uploads, are within the workspace.
    edition_on
        The day they were published (YYYY-MM-DD), if known.
    by, progress
        Who does it; told the bytes done.
    """
    report = import_police_uk(
        workspace,
        [workspace.path / path for path in paths],
        by=by,
        edition_on=date.fromisoformat(edition_on) if edition_on else None,
        progress=progress,
    )
    return report.as_json()
