"""The folder that holds one force's work: its force folder, its lake, its results and its registers."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from constabulary.core.errors import BadInput, NotPermitted, Problem, WorkspaceBusy, WorkspaceMissing

UNFIT = re.compile(r"[\[\]^|\\\x00-\x1f]|%[0-9A-Fa-f]{2}")
"""Marks in the name of a folder under which no lake can be kept."""
FORMAT = 1
"""Version of the workspace's layout; a later release upgrades an earlier one."""


@dataclass(frozen=True)
class Workspace:
    """One workspace on disc.

    Parameters
    ----------
    path
        The folder.
    """

    path: Path

    @classmethod
    def open(cls, path: Path, *, is_any_format: bool = False) -> Workspace:
        """Open a workspace that exists; `is_any_format` lets one pass that has yet to be upgraded.

        Raises
        ------
        WorkspaceMissing
            If the folder is no workspace, or was made by a later release.
        BadInput
            If its name is unfit.
        """
        _see_name(path)
        marker = path / "workspace.json"
        try:
            version = json.loads(marker.read_text(encoding="utf-8"))["format"]
        except FileNotFoundError:
            raise WorkspaceMissing(
                Problem(
                    "no_workspace",
                    "there is no workspace here",
                    file=str(path),
                    expected="a folder made by `constabulary new`",
                    remedy="Make one: constabulary new DIR --force cambridgeshire, or name another with --workspace.",
                )
            ) from None
        except (json.JSONDecodeError, KeyError, TypeError):
            raise WorkspaceMissing(
                Problem(
                    "damaged_workspace",
                    "the file cannot be read",
                    file=str(marker),
                    expected='{"format": 1}',
                    remedy="Restore the workspace from a backup: constabulary restore.",
                )
            ) from None
        if version > FORMAT:
            raise WorkspaceMissing(
                Problem(
                    "later_workspace",
                    f"the workspace has format {version}, made by a later release",
                    file=str(path),
                    expected=f"format {FORMAT} or lower",
                    remedy="Install the later release.",
                )
            )
        if version < FORMAT and not is_any_format:
            raise WorkspaceMissing(
                Problem(
                    "earlier_workspace",
                    f"the workspace has format {version}, made by an earlier release",
                    file=str(path),
                    expected=f"format {FORMAT}",
                    remedy="Make a backup and run constabulary upgrade.",
                )
            )
        return cls(path)

    @classmethod
    def create(cls, path: Path, force_folder: Path) -> Workspace:
        """Make a new workspace around a copy of a force folder.

        The marker file is written last, so a workspace is there whole or not at all.

        Raises
        ------
        BadInput
            If the folder exists and is not empty, or its name is unfit.
        """
        see_free(path)
        was_there = path.exists()
        path.mkdir(parents=True, exist_ok=True)
        try:
            _copy_force(force_folder, path / "force")
            (path / "lake").mkdir()
            (path / "results").mkdir()
            (path / "workspace.json").write_text(json.dumps({"format": FORMAT}) + "\n", encoding="utf-8")
        except BaseException:
            # Half a workspace would be in the way of the next attempt.
            shutil.rmtree(path, ignore_errors=True)
            if was_there:
                path.mkdir(exist_ok=True)
            raise
        return cls(path)

    @property
    def force_path(self) -> Path:
        """The force folder."""
        return self.path / "force"

    @property
    def lake_path(self) -> Path:
        """The folder of the lake's tables."""
        return self.path / "lake"

    @property
    def results_path(self) -> Path:
        """The folder of kept results, by stamp."""
        return self.path / "results"

    @contextmanager
    def writing(self, wait_s: float = 0) -> Iterator[None]:
        """Hold the workspace for writing to the lake.

        Parameters
        ----------
        wait_s
            How long to wait for another writer to finish (seconds).

        Raises
        ------
        WorkspaceBusy
            If another process holds it.
        """
        from filelock import FileLock, Timeout  # loads longer than a command that only reads should wait

        lock = FileLock(self.path / "lake.lock")
        try:
            lock.acquire(timeout=wait_s)
        except PermissionError:
            raise NotPermitted(
                Problem(
                    "workspace_not_writable",
                    "the workspace may not be written to",
                    file=str(self.path),
                    expected="a folder you may write to",
                    remedy="Ask its owner, or name another with --workspace.",
                )
            ) from None
        except Timeout:
            raise WorkspaceBusy(
                Problem(
                    "workspace_busy",
                    "another process is writing to this workspace",
                    file=str(self.path),
                    expected="one writer at a time",
                    remedy="Wait until it has finished and try again.",
                )
            ) from None
        try:
            yield
        finally:
            lock.release()


def see_free(path: Path) -> None:
    """See that a path can become a workspace.

    Parameters
    ----------
    path
        The folder to be made.

    Raises
    ------
    BadInput
        If it is there and not empty, or no lake can be kept under its name.
    """
    _see_name(path)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        held = "a" if (path / "workspace.json").exists() else "no"
        raise BadInput(
            Problem(
                "folder_not_empty",
                f"the folder is not empty and holds {held} workspace",
                file=str(path),
                expected="a new or empty folder",
                remedy="Choose another name.",
            )
        )


def _see_name(path: Path) -> None:
    """See that the lake can be kept under a path; Delta Lake addresses its files by URL and some marks break that."""
    found = next((mark[0] for part in path.resolve().parts[1:] if (mark := UNFIT.search(part))), None)
    if found is not None:
        raise BadInput(
            Problem(
                "unfit_folder_name",
                f'the name of the folder, or of one it lies in, holds "{found}"',
                file=str(path),
                expected="a path without [ ] ^ | \\ and without % before two digits",
                remedy="Rename the folder or choose another.",
            )
        )


def _copy_force(folder: Path, to: Path) -> None:
    """Copy the files of a force folder, scripts left out."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix != ".py" and "__pycache__" not in file.parts:
            place = to / file.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
