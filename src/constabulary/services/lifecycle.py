"""Keeping a workspace in shape: bringing it up to date after a new release, joining the lake's small files."""

from __future__ import annotations

from pathlib import Path

from constabulary import registers
from constabulary.registers.access import Permission, Person
from constabulary.store import upgrades
from constabulary.store.lake import Lake
from constabulary.store.workspace import Workspace

READERS_NEED_H = 1
"""How long files that were replaced are left for readers that have begun (hours)."""


def upgrade_workspace(path: Path) -> tuple[int, tuple[int, ...]]:
    """Bring a workspace of an earlier release up to date.

    Parameters
    ----------
    path
        The workspace folder.

    Returns
    -------
    tuple
        The format it had, and the formats it went through; none where it was up to date.

    Raises
    ------
    WorkspaceMissing
        If the folder is no workspace, or was made by a later release.
    WorkspaceBusy
        If another process is writing to it.
    """
    before = upgrades.format_of(path)
    with Workspace.open(path, is_any_format=True).writing():
        reached = tuple(upgrades.upgrade(path))
    registers.open(path)
    return before, reached


def compact(workspace: Workspace, by: Person, keep_h: int = READERS_NEED_H) -> dict[str, int]:
    """Join the small files of the lake, and remove those that were replaced long enough ago.

    Parameters
    ----------
    workspace
        Which.
    by
        Who does it.
    keep_h
        How long replaced files are left for readers that have begun (hours).

    Returns
    -------
    dict
        Files removed, by table.

    Raises
    ------
    WorkspaceBusy
        If another process is writing.
    """
    registers.open(workspace.path)
    from constabulary.registers import actions

    with workspace.writing():
        actions.note(by, Permission.IMPORT_RECORDS, "compact", "lake")
        return Lake(workspace.lake_path).compact(keep_h)
