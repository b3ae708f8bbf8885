"""The register of long work: functions that a worker may be asked for by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constabulary.core.errors import NothingThere, Problem
from constabulary.core.progress import Progress
from constabulary.registers.access import Permission

Function = Callable[[Path, Mapping[str, Any], str, Progress], Mapping[str, Any]]
"""Takes the workspace folder, the arguments, by whom and progress; returns what JSON can hold."""


@dataclass(frozen=True)
class Work:
    """One kind of long work.

    Parameters
    ----------
    name
        Its name in commands and in the register of runs.
    permission
        What a person needs to start or stop it.
    function
        What does it. It may be killed at any moment and is then called again with the same arguments.
    """

    name: str
    permission: Permission
    function: Function


_work: dict[str, Work] = {}


def register(work: Work) -> None:
    """Add a kind of work.

    Raises
    ------
    TypeError
        If its name is taken by another function.
    """
    if work.name in _work:
        raise TypeError(f"There is work of the name {work.name!r} already.")
    _work[work.name] = work


def named(name: str) -> Work:
    """Return the work of a name.

    Raises
    ------
    NothingThere
        If there is none.
    """
    if name not in _work:
        raise NothingThere(
            Problem("no_such_work", f'there is no work "{name}"', expected=", ".join(sorted(_work)) or "none")
        )
    return _work[name]
