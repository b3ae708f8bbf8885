"""Reads the rows of a small CSV text by the names in its first line, each row with its line for messages."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from constabulary.core.errors import BadInput, Problem

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_LARGEST = 1e100


@dataclass(frozen=True)
class Row:
    """A row: its line in the file (1 is the first), and its cells by column."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def get(self, column: str) -> str:
        """Return a cell, empty where the file has no such column."""
        return self.cells.get(column, "")

    def number(self, column: str, file: str, problems: list[Problem]) -> float | None:
        """Return a cell as a number, or add to `problems` why it is none and return None."""
        value = parse_number(self.cells[column])
        if value is None:
            problems.append(
                Problem(
                    "not_a_number",
                    f'"{self.cells[column]}" is not a number.',
                    file,
                    self.line,
                    column,
                    self.cells[column],
                    "a number such as 1234.5",
                    "Mend the row.",
                )
            )
        return value


def parse_number(text: str) -> float | None:
    """Return a number written with or without commas between thousands; None where it is none."""
    try:
        value = float(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
    except ValueError:
        return None
    return None if "_" in text or math.isnan(value) or abs(value) > _LARGEST else value


def read_rows(text: str, file: str, *, needed: Sequence[str]) -> tuple[list[str], list[Row]]:
    """Return the columns of a text with commas or tabs, in small letters, and its rows; empty rows are passed over.

    Parameters
    ----------
    text
        The file's text.
    file
        Its name, for messages.
    needed
        Columns that must be there, once each.

    Raises
    ------
    BadInput
        If it is no CSV, or a needed column is not there once.
    """
    # Cells copied from a spreadsheet come with tabs between them.
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BadInput(
            Problem("not_csv", f"is no CSV file ({error}).", file=file, row=reader.line_num)
        ) from None
    header = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    absent = [name for name in needed if header.count(name) != 1]
    if absent:
        raise BadInput(
            Problem(
                "no_column",
                f"there is not one column called {' and one called '.join(absent)}; "
                f"the first line has {', '.join(header) or 'nothing'}.",
                file=file,
                row=1,
                expected=f"a first line such as {','.join(needed)}",
                remedy="Name the columns in the first line.",
            )
        )
    places = list(enumerate(header))
    return header, [
        Row(line, {name: row[place].strip() if place < len(row) else "" for place, name in reversed(places)})
        for line, row in rows[1:]
    ]
