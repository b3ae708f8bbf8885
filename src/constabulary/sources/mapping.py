"""The mapping file: how a supplier's columns, clock times and codes become one of our tables."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from typing import Any

EXCEL = "excel"
"""The format of instants kept as Excel's day numbers."""
EPOCHS = {"epoch": 1_000_000, "epoch_ms": 1000}
"""The formats of instants kept as seconds or milliseconds since 1970 began (UTC), and the microseconds in each."""
GRID = ("easting_m", "northing_m")
"""Columns a mapping may fill instead of longitude and latitude: British National Grid (EPSG:27700) metres."""
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
"""The units a duration may be given in, and the seconds in each."""


@dataclass(frozen=True)
class From:
    """Where one of our columns comes from.

    Parameters
    ----------
    names
        The supplier's columns; texts are joined with a space between, numbers added up.
    formats
        How its clock times are written: strptime notation, "excel", "epoch" or "epoch_ms"; ISO is always understood.
    seconds_after
        The instant of ours that these seconds count from; None for a column that is no such duration.
    unit
        Unit of a duration: s, min or h.
    split
        What parts several codes in one value; None for one code.
    empty
        Further spellings of "nothing" in these columns.
    """

    names: tuple[str, ...]
    formats: tuple[str, ...] = ()
    seconds_after: str | None = None
    unit: str = "s"
    split: str | None = None
    empty: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """A checked mapping file.

    Parameters
    ----------
    name
        Its file name, for messages.
    columns
        Where each of our columns comes from.
    constants
        Values that hold for every row, by our column.
    values
        By our column, the supplier's codes (with ``*`` and ``?``) and what they mean to us; the first that fits counts.
    flags
        By qualifier, the column of the supplier that says whether it applies.
    time_zone
        Where the clock stood.
    empty
        Spellings of "nothing" in any column.
    delimiter, header_row, sheet
        How to read the file; None is worked out.
    content
        The mapping file as it was read, to be kept with the import.
    lines
        The line of each key, for messages.
    """

    name: str
    columns: Table[str, From]
    time_zone: str
    constants: Table[str, str] = field(default_factory=dict)
    values: Table[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    flags: Table[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    delimiter: str | None = None
    header_row: int | None = None
    sheet: str | None = None
    content: Table[str, Any] = field(default_factory=dict)
    lines: Table[tuple[str, ...], int] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The supplier's columns that are read, and the place in the mapping that names each first."""
        named: dict[str, tuple[str, ...]] = {}
        for column, source in self.columns.items():
            for name in source.names:
                named.setdefault(name, ("columns", column))
        for qualifier, name in self.flags.items():
            named.setdefault(name, ("flags", qualifier))
        return named

    def meaning(self, column: str, code: str) -> str | None:
        """Return what a supplier's code means to us: itself where the mapping does not say, None for nothing.

        Examples
        --------
        >>> mapping = Mapping("m.toml", {}, "UTC", values={"category": (("PSW*", "public_safety"),)})
        >>> mapping.meaning("category", "psw4"), mapping.meaning("category", "X")
        ('public_safety', 'X')
        """
        text = code.strip()
        source = self.columns.get(column)
        if text.casefold() in {
            spelling.casefold() for spelling in (*self.empty, *(source.empty if source else ()), "")
        }:
            return None
        for pattern, meaning in self.values.get(column, ()):
            if fnmatch.fnmatchcase(text.casefold(), pattern.strip().casefold().replace("[", "[[]")):
                return meaning or None
        return text


def as_toml(text: str) -> str:
    """Return a text as a mapping file has it, between quotation marks.

    Examples
    --------
    >>> as_toml("Log")
    '"Log"'
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
