"""Reads any table a person brings into cells: headings, units, brackets, two numbers in a cell, spreadsheet dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.figures import PrintedNumber, numbers_in
from constabulary.finance.printed import Cell, Key, Printed, slug

Grid = Sequence[Sequence[str]]
MONEY = {"pounds": Decimal(1), "thousands": Decimal(1_000), "millions": Decimal(1_000_000)}

_ONE = r"[-+−–]?\s*£?\s*[-−]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?:%|per cent|k|m|million|p)?\s*[*†]?"
_FIGURES = re.compile(rf"(?:\(?{_ONE}\)?[\s;]*)+", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_HEADING = re.compile(r"£\s*['’]?000s?", re.IGNORECASE)
_BLANK = {"", "-", "–", "—", "n/a", "na", "nil", ".."}
_TINY = Decimal("0.000001")


@dataclass(frozen=True)
class Note:
    """Something a reader of the table should know: where, and what was made of it."""

    line: str
    period: str
    rule: str
    message: str


@dataclass(frozen=True)
class Reading:
    """A table as read: its cells, and what was met on the way."""

    printed: Printed
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _Column:
    number: int
    name: str
    unit: str | None
    factor: Decimal


def read_table(grid: Grid, name: str, money: str | None = None) -> Reading:
    """Return the figures of a table of text cells.

    Parameters
    ----------
    grid
        Rows of cells as text; titles and several heading rows may stand above the figures. The first column names
        the lines; a column headed "Ref" or "No" gives them their ids.
    name
        What to call the table.
    money
        "pounds", "thousands" or "millions": the figures are money printed so. Without it, headings such as £'000
        decide, and figures without one are plain numbers.

    Raises
    ------
    BadInput
        If there is no figure in it.
    """
    rows = [[_clean(cell) for cell in row] for row in grid]
    width = max((len(row) for row in rows), default=0)
    rows = [row + [""] * (width - len(row)) for row in rows]
    first = next((no for no, row in enumerate(rows) if _is_body(row)), None)
    if first is None:
        raise BadInput(
            Problem(
                "no_figures",
                "there is no row of figures in the table.",
                name,
                expected="a first column with the lines' names and columns of figures beside it",
            )
        )
    columns, ref = _columns(rows, first, money)
    cells: list[Cell] = []
    notes: list[Note] = []
    taken: dict[str, int] = {}
    for number, row in enumerate(rows[first:], start=first + 1):
        filled = [
            (column, row[column.number]) for column in columns if row[column.number].lower() not in _BLANK
        ]
        label = row[0] or (row[ref] if ref is not None else "") or f"row {number}"
        if not filled:
            continue
        line = _line_id(row[ref] if ref is not None else "", label, taken)
        for column, text in filled:
            cell = _cell(
                Key(name, line, column.name, ""), label, text, column, f"{name}, row {number}", notes
            )
            if cell is not None:
                cells.append(cell)
    return Reading(Printed(cells), tuple(notes))


def _clean(cell: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^<>]*>", "", cell or "")).strip()


def _is_body(row: Sequence[str]) -> bool:
    figures = [cell for cell in row[1:] if _FIGURES.fullmatch(cell) and not _HEADING.fullmatch(cell)]
    return bool(row) and bool(figures) and not all(_YEAR.fullmatch(cell) for cell in figures)


def _columns(rows: list[list[str]], first: int, money: str | None) -> tuple[list[_Column], int | None]:
    headings = [row for row in rows[:first] if sum(bool(cell) for cell in row) > 1]
    titles = " ".join(cell for row in rows[:first] if row not in headings for cell in row)
    names = _names(headings, len(rows[0]))
    ref = next(
        (no for no, text in enumerate(names) if no and re.fullmatch(r"(ref|no|line)\.?", text.lower())), None
    )
    body = rows[first:]
    found: list[_Column] = []
    for no in range(1, len(names)):
        filled = [row[no] for row in body if row[no].lower() not in _BLANK]
        if no == ref or not any(_FIGURES.fullmatch(cell) for cell in filled):
            continue
        unit, given = (
            _unit(names[no]) or _unit(titles) or _unit(" ".join(row[0] for row in headings)) or (None, 1)
        )
        times = Decimal(given)
        if money is not None and unit in (None, "gbp"):
            unit, times = "gbp", MONEY[money]
        text = names[no] or f"column {no + 1}"
        while any(column.name == text for column in found):
            text += " again"
        found.append(_Column(no, text, unit, times))
    return found, ref


def _names(headings: list[list[str]], width: int) -> list[str]:
    """Join the heading rows; a heading that spans columns is carried to the right in all but the last row."""
    filled = []
    for number, row in enumerate(headings):
        carried, before = [], ""
        for no, cell in enumerate(row):
            before = cell or ("" if number == len(headings) - 1 or no == 0 else before)
            carried.append(before)
        filled.append(carried)
    return [" ".join(dict.fromkeys(row[no] for row in filled if row[no])) for no in range(width)]


def _unit(heading: str) -> tuple[str, int] | None:
    text = heading.lower().replace("’", "'")
    if "%" in text or "per cent" in text:
        return "share", 1
    if re.search(r"£\s*'?000|£k\b|\(000s?\)", text):
        return "gbp", 1_000
    if re.search(r"£\s*(m\b|million)", text):
        return "gbp", 1_000_000
    if "£" in text:
        return "gbp", 1
    return ("fte", 1) if re.search(r"\bftes?\b", text) else None


def _line_id(ref: str, label: str, taken: dict[str, int]) -> str:
    name = ref or slug(label) or "line"
    taken[name] = taken.get(name, 0) + 1
    return name if taken[name] == 1 else f"{name}_{taken[name]}"


def _cell(key: Key, label: str, text: str, column: _Column, source: str, notes: list[Note]) -> Cell | None:
    def note(rule: str, message: str) -> None:
        notes.append(Note(label, key.period, rule, message))

    serial = re.fullmatch(r"(\d\d)/(\d\d)/1900|1900-(\d\d)-(\d\d)(?: 00:00:00)?", text)
    if serial:
        day = int(serial[1] or serial[4]) + (31 if int(serial[2] or serial[3]) == 2 else 0)
        note(
            "spreadsheet_date",
            f'"{text}" is the number {day} that a spreadsheet turned into a date; it is not read.',
        )
        return None
    if not _FIGURES.fullmatch(text):
        note("not_a_figure", f'"{text}" is not read as a figure.')
        return None
    if re.fullmatch(r"[2-5]\d{4}(?:\.0+)?", text) and re.search(
        r"\bdate\b|\bwhen\b", column.name, re.IGNORECASE
    ):
        note("spreadsheet_date", f'"{text}" is a date as spreadsheets count days; it is not read.')
        return None
    numbers = numbers_in(text)
    if len(numbers) > 1:
        number, told = _of_several(text, numbers)
        note("several_numbers", told)
    else:
        number = numbers[0]
    unit = column.unit or "number"
    if "%" in text or "per cent" in text:
        unit = "share"
    elif "£" in text or (unit == "number" and number.has_unit):
        unit = "gbp"
    factor = Decimal(1) if number.has_unit else column.factor
    if unit == "share" and not number.has_unit and column.unit == "share":
        factor = Decimal("0.01")
    step = max(number.step, _TINY) * factor
    value = number.value * factor
    if number.step < _TINY:
        value = value.quantize(step)
    return Cell(key._replace(unit=unit), label, text, value, step, source)


def _of_several(text: str, numbers: tuple[PrintedNumber, ...]) -> tuple[PrintedNumber, str]:
    first = numbers[0]
    if "(" in text and not text.startswith("("):
        return (
            first,
            f'"{text}" holds {len(numbers)} numbers in one cell: the first is taken, what is in brackets is not.',
        )
    total = sum((one.value for one in numbers), Decimal(0))
    joined = PrintedNumber(total, min(one.step for one in numbers), any(one.has_unit for one in numbers))
    return joined, f'"{text}" holds {len(numbers)} numbers in one cell: they are added up to {total:,f}.'
