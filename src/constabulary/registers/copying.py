"""Copies the registers' database while others use it, and tells how it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from constabulary.core.errors import ConstabularyError, Problem
from constabulary.registers import settings


class RegistersDamaged(ConstabularyError):
    """The registers' database is damaged."""

    exit_status = 10


def are_in_workspace(workspace: Path) -> bool:
    """Tell whether the registers are the workspace's own file, and not in a PostgreSQL database."""
    return Path(str(settings.database(workspace)["NAME"])) == workspace / "registers.sqlite3"


def copy(workspace: Path, to: Path) -> bool:
    """Copy the registers' file as it stands between two changes.

    Parameters
    ----------
    workspace
        The workspace folder.
    to
        The file to make.

    Returns
    -------
    bool
        False where there is no such file (yet), or the registers are in PostgreSQL.

    Raises
    ------
    RegistersDamaged
        If the copy is not sound.
    """
    source = workspace / "registers.sqlite3"
    if not are_in_workspace(workspace) or not source.exists():
        return False
    try:
        with closing(sqlite3.connect(source, timeout=20)) as here, closing(sqlite3.connect(to)) as there:
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")
            found = there.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise RegistersDamaged(
            Problem(
                "registers_damaged",
                "the registers are damaged",
                file=str(source),
                remedy="Restore an earlier backup: constabulary restore.",
            )
        )
    return True
