"""Printed tables as cells: each figure under its table, line, period and unit, with the text it was read from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from constabulary.core.force.figures import reading
from constabulary.core.force.model import Force


class Key(NamedTuple):
    """Where a figure stands."""

    table: str
    line: str
    period: str
    unit: str


@dataclass(frozen=True)
class Cell:
    """One printed figure.

    Parameters
    ----------
    key
        Where it stands.
    label
        The line's name as printed, with its printed number where it has one.
    printed
        The cell as printed.
    value
        The figure in its unit (gbp, fte, count, share, change or number).
    step
        One of the last printed digit, in the same unit; 0 for a figure that is exact by law.
    source
        The document and the place in it, for people.
    note
        What a reader should know of it.
    """

    key: Key
    label: str
    printed: str
    value: Decimal
    step: Decimal
    source: str = ""
    note: str = ""


class Printed:
    """Printed tables: cells by key, with lines and periods in the order printed.

    Parameters
    ----------
    cells
        All figures, in the order printed; a later one of the same key takes the place of an earlier.
    """

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._cells = {cell.key: cell for cell in cells}
        lines: dict[str, dict[str, None]] = {}
        periods: dict[str, dict[str, None]] = {}
        units: dict[tuple[str, str], dict[str, None]] = {}
        for key in self._cells:
            lines.setdefault(key.table, {})[key.line] = None
            periods.setdefault(key.table, {})[key.period] = None
            units.setdefault((key.table, key.line), {})[key.unit] = None
        self._lines = {table: list(found) for table, found in lines.items()}
        self._periods = {table: list(found) for table, found in periods.items()}
        self._units = {place: list(found) for place, found in units.items()}
        self._named = {
            (cell.key.table, name): cell.key.line
            for cell in reversed(self._cells.values())
            for name in (slug(cell.label), cell.key.line)
        }
        self._labels = {(cell.key.table, cell.key.line): cell.label for cell in self._cells.values()}

    def __iter__(self) -> Iterator[Cell]:
        """Yield every cell, in the order printed."""
        return iter(self._cells.values())

    def __contains__(self, key: object) -> bool:
        """Whether a figure is printed there."""
        return key in self._cells

    def __getitem__(self, key: Key) -> Cell:
        """Return the cell at a key."""
        return self._cells[key]

    def lines(self, table: str) -> list[str]:
        """Return the lines of a table in the order printed."""
        return self._lines.get(table, [])

    def periods(self, table: str) -> list[str]:
        """Return the periods of a table in the order they are first met."""
        return self._periods.get(table, [])

    def units(self, table: str, line: str) -> list[str]:
        """Return the units a line is printed in."""
        return self._units.get((table, line), [])

    def find(self, table: str, name: str) -> str | None:
        """Return the line of that id, or of that name however it is spaced and capitalised; None without one."""
        return self._named.get((table, name)) or self._named.get((table, slug(name)))

    def label(self, table: str, line: str) -> str:
        """Return a line's name as printed."""
        return self._labels.get((table, line), line)

    def values(self) -> dict[Key, Decimal]:
        """Return the figures by key."""
        return {key: cell.value for key, cell in self._cells.items()}


def slug(text: str) -> str:
    """Return a name as an id: lower case, words joined by underscores."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def printed_in(force: Force) -> Printed:
    """Return the printed tables of a force folder.

    Parameters
    ----------
    force
        A checked force folder; see `constabulary.core.force.load_force`.
    """
    cells = []
    for cell in force.printed_cells:
        number = reading(cell.printed, cell.value, cell.unit)
        cells.append(
            Cell(
                Key(cell.table_id, cell.line_id, cell.period, cell.unit),
                f"{cell.label} ({cell.ref})" if cell.ref else cell.label,
                cell.printed,
                cell.value,
                number.step if number else Decimal(1),
                force.cited(cell.source_id, cell.where),
                cell.note or "",
            )
        )
    return Printed(cells)
