"""Making a workspace for a force, and opening one."""

from __future__ import annotations

from pathlib import Path

from constabulary.core.errors import BadForceFolder, Problem
from constabulary.core.force import Force, list_shipped, load_force, shipped_force
from constabulary.store.workspace import Workspace

__all__ = ["Workspace", "check_force", "force_folder", "new_workspace", "open_force", "open_workspace"]


def new_workspace(path: Path, force: str) -> Workspace:
    """Make a workspace from a shipped force or a force folder of one's own.

    Parameters
    ----------
    path
        The folder to make.
    force
        Name of a shipped force, or path of a force folder.

    Raises
    ------
    BadForceFolder
        If there is no such force, or its folder breaks a rule.
    BadInput
        If the folder to make is there and not empty.
    """
    check_force(force)
    return Workspace.create(path, force_folder(force))


def open_workspace(path: Path) -> Workspace:
    """Open a workspace that exists; `WorkspaceMissing` if the folder is none."""
    return Workspace.open(path)


def check_force(name: str) -> Force:
    """Check a shipped force, or a force folder of one's own.

    Raises
    ------
    BadForceFolder
        With every problem there is.
    """
    folder, drawn = force_folder(name), []
    if any((folder / "cover").glob("*.geojson")):
        from constabulary.tables.drawn import wrongly_drawn  # shapes are slow to load, few draw any

        drawn = wrongly_drawn(folder)
    try:
        force = load_force(folder)
    except BadForceFolder as error:
        raise BadForceFolder([*error.problems, *drawn]) from None
    if drawn:
        raise BadForceFolder(drawn)
    return force


def force_folder(name: str) -> Path:
    """Return the folder of a shipped force by its name, or the folder at a path.

    Raises
    ------
    BadForceFolder
        If there is neither.
    """
    if name in list_shipped():
        return shipped_force(name)
    if Path(name).is_dir():
        return Path(name)
    raise BadForceFolder(
        Problem(
            "no_such_force",
            f'there is no force "{name}"',
            expected=f"{', '.join(list_shipped())}, or the path of a force folder",
            remedy="See docs/how-to/force-folder.md for making your own.",
        )
    )


def open_force(workspace: Workspace) -> Force:
    """Read and check the force folder of a workspace.

    Raises
    ------
    BadForceFolder
        If it breaks a rule.
    """
    return load_force(workspace.force_path)
