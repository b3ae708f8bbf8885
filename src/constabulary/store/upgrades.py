"""Steps that bring a workspace of an earlier release up to date, one for each format there has been.

A release that changes the layout raises `constabulary.store.workspace.FORMAT` by one and registers here the function
that turns the format before into it. Format 1 is the first, so there is none yet.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from constabulary.core.errors import Problem, WorkspaceMissing
from constabulary.store import workspace as layout
from constabulary.store.whole import write_whole

Step = Callable[[Path], None]
"""Takes the workspace folder; may be killed at any moment and called again, and must then end the same."""

STEPS: dict[int, Step] = {}
"""By the format that the step starts from."""


def upgrade(path: Path) -> Iterator[int]:
    """Bring a workspace up to date, step by step; the caller holds it for writing.

    Parameters
    ----------
    path
        The workspace folder.

    Yields
    ------
    int
        The format reached, after each step. What is done stays done if the next step is interrupted.

    Raises
    ------
    WorkspaceMissing
        If the folder is no workspace, or of a format that no step starts from.
    """
    marker = path / "workspace.json"
    while (version := format_of(path)) < layout.FORMAT:
        if version not in STEPS:
            raise WorkspaceMissing(
                Problem(
                    "no_upgrade",
                    f"there is no upgrade from format {version}",
                    file=str(path),
                    remedy="Upgrade with an earlier release first.",
                )
            )
        STEPS[version](path)
        content = json.loads(marker.read_text(encoding="utf-8")) | {"format": version + 1}
        write_whole(marker, json.dumps(content) + "\n")
        yield version + 1


def format_of(path: Path) -> int:
    """Return the format of a workspace of any release, this or an earlier one.

    Raises
    ------
    WorkspaceMissing
        If the folder is no workspace, or was made by a later release.
    """
    layout.Workspace.open(path, is_any_format=True)
    return int(json.loads((path / "workspace.json").read_text(encoding="utf-8"))["format"])
