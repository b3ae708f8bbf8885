"""The files of a force folder that one room of the house needs: each module here declares those of its room.

A module declares `TABLES`, each with the record of its rows (see `Force.rows`); where it has them, `FILES`, the
patterns of other files that its room reads itself, `QUESTIONS`, those of them that ask something of the facts, and
`check`, which tells what is wrong across rows once every cell of the tables it asks for could be read.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force.declared import Table
from constabulary.core.force.typed import Contents

ROOMS: tuple[ModuleType, ...] = tuple(
    importlib.import_module(f"{__name__}.{module.name}")
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
)
"""The modules of this package, by name."""

TABLES: tuple[Table, ...] = tuple(table for room in ROOMS for table in room.TABLES)
"""The tables of all rooms."""

FILES: tuple[str, ...] = tuple(pattern for room in ROOMS for pattern in getattr(room, "FILES", ()))
"""Patterns of the files that a room reads itself, such as `cover/stations.geojson`."""

QUESTIONS: tuple[str, ...] = tuple(pattern for room in ROOMS for pattern in getattr(room, "QUESTIONS", ()))
"""Patterns of files among them that ask, such as `response/scenarios/*.toml`: no answer but theirs rests on them."""


def check(contents: Contents, bad: Collection[str]) -> list[Problem]:
    """Return what is wrong across the rows of the rooms' tables.

    A room's check ends where it asks for one of the bad tables, which have problems of their own: what would be said
    of the rows that are left might only repeat them.
    """
    sound = replace(contents, tables=_Sound(contents.tables, bad))
    found: list[Problem] = []
    for room in ROOMS:
        if hasattr(room, "check"):
            try:
                found += room.check(sound)
            except _UnsoundTableError:
                continue
    return found


class _UnsoundTableError(Exception):
    pass


class _Sound(dict[str, list[dict[str, Any]]]):
    """Tables by name; asking for one of the bad ones ends the check that asks."""

    def __init__(self, tables: Mapping[str, list[dict[str, Any]]], bad: Collection[str]) -> None:
        super().__init__(tables)
        self._bad = bad

    def __getitem__(self, name: str) -> list[dict[str, Any]]:
        if name in self._bad:
            raise _UnsoundTableError(name)
        return super().__getitem__(name)
