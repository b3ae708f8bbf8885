"""What is typed in a force folder, read and not yet checked across files."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Values = dict[str, Any]
"""One row or entry: value by column or key, with its file and line."""


@dataclass
class Contents:
    """The values of a folder as read: force.toml keys, lists, sources and tables, each with file and line.

    `files` are the paths of its files within the folder. `ids` holds every id that was typed, of refused rows too; a
    list or table that could not be read has none, so that one mistake is not told again by everything that refers to
    it. `refused` holds what could be read of the rows that are left out of `lists`, `sources` and `tables`, by the same
    names, so that all their mistakes are told.
    """

    files: list[Path] = field(default_factory=list)
    keys: Values = field(default_factory=dict)
    lists: dict[str, list[Values]] = field(default_factory=dict)
    sources: list[Values] = field(default_factory=list)
    tables: dict[str, list[Values]] = field(default_factory=dict)
    finance_rules: list[Values] = field(default_factory=list)
    refused: dict[str, list[Values]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, list[str]] = field(default_factory=dict)
    time_zone_line: int = 1
