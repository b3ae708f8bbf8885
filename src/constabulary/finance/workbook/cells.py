"""What a workbook is made of: sheets of cells that hold a text, a number, a day or a formula, some open to change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

STYLES = ("title", "note", "heading", "text", "gbp", "homes", "share", "rate", "number", "date")
"""How a cell looks: `gbp` to the penny, `share` as a percentage, `rate` with four decimals of it, `number` as it is."""


@dataclass(frozen=True)
class Cell:
    """One cell.

    Parameters
    ----------
    value
        What it holds; for a formula, what the formula comes to.
    style
        One of `STYLES`.
    formula
        The formula without its equals sign; None for a plain value.
    is_input
        Somebody may change it.
    note
        What stands beside it when one points at it.
    """

    value: str | Decimal | date | None
    style: str = "text"
    formula: str | None = None
    is_input: bool = False
    note: str = ""


@dataclass
class Sheet:
    """One sheet.

    Parameters
    ----------
    name
        Its name.
    widths
        The width of each column (characters).
    frozen
        How many rows and columns stay in sight.
    cells
        Its cells by row and column, both from 0.
    """

    name: str
    widths: tuple[int, ...]
    frozen: tuple[int, int]
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)

    def put(
        self,
        row: int,
        column: int,
        value: str | Decimal | date | None,
        style: str = "text",
        *,
        formula: str | None = None,
        is_input: bool = False,
        note: str = "",
    ) -> str:
        """Put a cell there and return its address in formulas of other sheets."""
        self.cells[(row, column)] = Cell(value, style, formula, is_input, note)
        return self.at(row, column)

    def at(self, row: int, column: int) -> str:
        """Return a cell's address in formulas of any sheet."""
        return f"'{self.name}'!{address(row, column)}"

    def value(self, row: int, column: int) -> Decimal:
        """Return the number a cell comes to."""
        found = self.cells[(row, column)].value
        return found if isinstance(found, Decimal) else Decimal(0)


def address(row: int, column: int) -> str:
    """Return the address of a cell: row and column from 0.

    Examples
    --------
    >>> address(4, 27)
    'AB5'
    """
    letters, left = "", column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
