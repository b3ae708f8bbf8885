"""Sheets of cells and live formulas as an Excel workbook; texts stay texts, and what is no input is locked."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

import xlsxwriter

INPUT = "#fff7bf"
_MONEY = "#,##0.00;[Red]-#,##0.00"
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"font_color": "#484949"},
    "heading": {"bold": True, "bottom": 1},
    "text": {},
    "gbp": {"num_format": _MONEY},
    "homes": {"num_format": "#,##0.00"},
    "share": {"num_format": "0.00%"},
    "rate": {"num_format": "0.0000%"},
    "number": {"num_format": "0.00########"},
    "date": {"num_format": "yyyy-mm-dd"},
}
# The creation time is the one thing that would differ between two writings of the same workbook.
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 (a workbook knows no time zone)


class CellLike(Protocol):
    """One cell: see `constabulary.finance.workbook.Cell`."""

    @property
    def value(self) -> str | Decimal | date | None:
        """What it holds, or what its formula comes to."""

    @property
    def style(self) -> str:
        """How it looks: a key of the formats."""

    @property
    def formula(self) -> str | None:
        """The formula without its equals sign."""

    @property
    def is_input(self) -> bool:
        """Somebody may change it."""

    @property
    def note(self) -> str:
        """What stands beside it when one points at it."""


class SheetLike(Protocol):
    """One sheet: see `constabulary.finance.workbook.Sheet`."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def widths(self) -> tuple[int, ...]:
        """The width of each column (characters)."""

    @property
    def frozen(self) -> tuple[int, int]:
        """How many rows and columns stay in sight."""

    @property
    def cells(self) -> Mapping[tuple[int, int], CellLike]:
        """Its cells by row and column, both from 0."""


def workbook(sheets: Iterable[SheetLike], title: str) -> bytes:
    """Return sheets as the bytes of an Excel workbook, the same for the same sheets.

    Parameters
    ----------
    sheets
        The sheets in their order. A formula is kept with what it comes to, so that a viewer that does not calculate
        shows it too; a text is written as a text whatever it begins with.
    title
        The workbook's title.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": title, "created": _EPOCH})
        book.set_calc_mode("auto")
        formats = {
            (style, is_input): book.add_format(
                {**look, **({"bg_color": INPUT, "locked": False} if is_input else {"locked": True})}
            )
            for style, look in _FORMATS.items()
            for is_input in (False, True)
        }
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, formats)
    return out.getvalue()


def _write(target: Any, sheet: SheetLike, formats: Mapping[tuple[str, bool], Any]) -> None:
    for column, width in enumerate(sheet.widths):
        target.set_column(column, column, width)
    if any(sheet.frozen):
        target.freeze_panes(*sheet.frozen)
    # No password: the lock is against slips, and what was changed is checked when the workbook comes back.
    target.protect("", {"format_columns": True, "autofilter": True, "sort": False})
    for (row, column), cell in sorted(sheet.cells.items()):
        look = formats[(cell.style, cell.is_input)]
        if cell.formula is not None:
            result = float(cell.value) if isinstance(cell.value, Decimal) else cell.value
            target.write_formula(row, column, f"={cell.formula}", look, result)
        elif cell.value is None:
            target.write_blank(row, column, None, look)
        elif isinstance(cell.value, Decimal):
            target.write_number(row, column, float(cell.value), look)
        elif isinstance(cell.value, date):
            target.write_datetime(row, column, cell.value, look)
        else:
            target.write_string(row, column, cell.value, look)
        if cell.note:
            target.write_comment(row, column, cell.note)
