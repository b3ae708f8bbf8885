"""Keeping a workspace in shape: bringing it up to date after a new release, joining the lake's small files."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

from constabulary import registers
from constabulary.registers.access import Permission, Person
from constabulary.store import upgrades
from constabulary.store.lake import Lake
from constabulary.store.whole import PARTIAL
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
    """Join the small files of the lake; remove those that were replaced, or begun and left, long enough ago.

    Parameters
    ----------
    workspace
        Which.
    by
        Who does it.
    keep_h
        How long replaced files are left for readers that have begun, and begun ones for their writers (hours).

    Returns
    -------
    dict
        Files removed, by table; those that a killed writer left anywhere by the word ``begun``.

    Raises
    ------
    WorkspaceBusy
        If another process is writing.
    """
    registers.open(workspace.path)
    from constabulary.registers import actions

    with workspace.writing():
        actions.note(by, Permission.IMPORT_RECORDS, "compact", "lake")
        return Lake(workspace.lake_path).compact(keep_h) | {"begun": _sweep_begun(workspace, keep_h)}


def _sweep_begun(workspace: Workspace, keep_h: int) -> int:
    before = time.time() - keep_h * 3600
    n_removed = 0
    # Unlike `Path.rglob`, this passes over folders that vanish meanwhile.
    for folder, folders, names in os.walk(workspace.path):
        # The force folder is a person's, whatever its files are called.
        folders[:] = [name for name in folders if Path(folder, name) != workspace.force_path]
        for file in (Path(folder, name) for name in names if name.endswith(PARTIAL)):
            # One that was put in its place since, or that somebody holds open on Windows, is none that was left.
            with suppress(FileNotFoundError, PermissionError):
                if file.stat().st_mtime <= before:
                    file.unlink()
                    n_removed += 1
    return n_removed
