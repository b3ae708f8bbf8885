"""The files of a force folder that one room of the house needs: each module here declares those of its room.

A module declares `TABLES`, each with the record of its rows (see `Force.rows`); where it has them, `FILES`, the
patterns of other files that its room reads itself, and `check`, which tells what is wrong across rows once every
cell could be read.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TYPE_CHECKING

from constabulary.core.errors import Problem
from constabulary.core.force.declared import Table

if TYPE_CHECKING:
    from constabulary.core.force.contents import Contents

ROOMS: tuple[ModuleType, ...] = tuple(
    importlib.import_module(f"{__name__}.{module.name}")
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
)
"""The modules of this package, by name."""

TABLES: tuple[Table, ...] = tuple(table for room in ROOMS for table in room.TABLES)
"""The tables of all rooms."""

FILES: tuple[str, ...] = tuple(pattern for room in ROOMS for pattern in getattr(room, "FILES", ()))
"""Patterns of the files that a room reads itself, such as `response/scenarios/*.toml`."""


def check(contents: Contents) -> list[Problem]:
    """Return what is wrong across the rows of the rooms' tables; every cell could be read."""
    return [problem for room in ROOMS if hasattr(room, "check") for problem in room.check(contents)]
