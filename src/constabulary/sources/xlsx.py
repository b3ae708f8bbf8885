"""A sheet of an Excel workbook read in parts, every cell as text, each row with its number and its line as CSV."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

import fastexcel
import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.sources.csv_parts import Part, named_once
from constabulary.sources.files import FREE_BYTES, MOST_EXPANSION, SourceFile, Watched

PART_ROWS = 100_000
"""Rows of a part; a sheet has 1,048,576 at most, so the whole of one is bounded too."""
ENDINGS = (".xlsx", ".xlsm")
MOST_CELLS = 64_000_000
"""Cells from A1 to the last row and column in use; the reader makes room for the empty ones too, without asking."""
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,10})["']""")
_LONGEST_REFERENCE = 32
_FORMULA_ALONE = re.compile(
    rb"""<c\s+r="([A-Z]{1,3}[0-9]{1,7})"(?![^>]*\bt=)[^>]*>\s*<f(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v>\s*</v>|<v\s*/>)?\s*</c>"""
)
"""A cell of numbers with a formula and no value; a formula that gave an empty text says that it is a text."""
_LONGEST_FORMULA = 16 * 1024


class SheetPart(Part):
    """A stretch of rows of a sheet; a row's line is its cells as CSV."""

    def lines(self, rows: Sequence[int]) -> list[str]:
        """Return rows as CSV."""
        return [_as_csv(self.text.row(row)) for row in rows]


class Sheet:
    """One sheet, read once.

    Dates and times come as text: ``2024-10-27 01:30:05``, a time of day alone as ``13:05:06``, a date alone as
    ``2024-10-27 00:00:00``.

    Parameters
    ----------
    file
        The workbook.
    name
        The sheet; of no account where there is only one.
    """

    def __init__(self, file: SourceFile, name: str | None) -> None:
        self.file = file
        self._name = name

    @property
    def cells(self) -> pl.DataFrame:
        """Every cell as text, the first row of the sheet first.

        Raises
        ------
        BadInput
            If the file is no workbook, has no such sheet, unpacks without end, or has formulas without their values.
        """
        return self._read[0]

    @property
    def is_hidden(self) -> bool:
        """Whether people who open the workbook do not see the sheet; raises as `cells`."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[pl.DataFrame, bool]:
        with _readable(self.file):
            workbook = fastexcel.read_excel(_whole(self.file))
            name = _chosen(workbook.sheet_names, self._name, self.file.name)
            sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            cells = sheet.to_polars()
        cells = cells.with_columns(pl.all().str.replace(r"^1899-12-3[01] ", ""))
        return cells, sheet.visible != "visible"

    def header(self, header_row: int) -> list[str]:
        """Return the column names in a row, counted from 1.

        Raises
        ------
        BadInput
            If the row is empty.
        """
        row = self.cells.row(header_row - 1) if self.cells.height >= header_row else ()
        if not any(row):
            raise BadInput(
                Problem(
                    "no_header",
                    "the row holds no column names.",
                    file=self.file.name,
                    row=header_row,
                    remedy="Say where they stand: header_row under [file] of the mapping.",
                )
            )
        return named_once(row)

    def parts(self, header_row: int) -> Iterator[Part]:
        """Yield the rows below the header in parts, empty rows left out."""
        names = self.header(header_row)
        rows = self.cells.rename(dict(zip(self.cells.columns, names, strict=True)))
        for first in range(header_row, rows.height, PART_ROWS):
            some = rows.slice(first, PART_ROWS)
            numbers = pl.int_range(first + 1, first + 1 + some.height, eager=True)
            is_filled = some.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
            some, numbers = some.filter(is_filled), numbers.filter(is_filled)
            if some.is_empty():
                continue
            misshapen = pl.repeat(value=False, n=some.height, eager=True)
            yield SheetPart(some, numbers, misshapen, body=b"", first_line=first + 1)


def is_workbook(file: SourceFile) -> bool:
    """Whether a file is an Excel workbook by its name."""
    return file.published_name.lower().endswith(ENDINGS)


def sheet_names(file: SourceFile) -> list[str]:
    """Return the names of a workbook's sheets, in their order.

    Raises
    ------
    BadInput
        If the file is no workbook.
    """
    with _readable(file):
        return fastexcel.read_excel(_whole(file)).sheet_names


@contextmanager
def _readable(file: SourceFile) -> Iterator[None]:
    try:
        yield
    except fastexcel.FastExcelError as error:
        raise BadInput(
            Problem(
                "not_xlsx",
                f"the workbook cannot be read ({str(error).splitlines()[0]}).",
                file=file.name,
                expected="an Excel workbook (.xlsx)",
                remedy="Save it again from Excel, or export it as CSV.",
            )
        ) from error


def _chosen(names: Sequence[str], name: str | None, file: str) -> str:
    if name in names:
        return str(name)
    if len(names) == 1:
        return names[0]
    raise BadInput(
        Problem(
            "which_sheet",
            f'there is no sheet "{name}".' if name else f"the workbook has {len(names)} sheets.",
            file=file,
            expected=f"one of {', '.join(names)}",
            remedy=f'Name it under [file] of the mapping: sheet = "{names[0]}".',
        )
    )


def _whole(file: SourceFile) -> bytes:
    """Return a workbook's bytes, having unpacked it once to see that it is not large past all reason."""
    with file.open() as stream:
        watched = Watched(stream, file)
        raw = b"".join(iter(lambda: watched.read(1024 * 1024), b""))
    n_bytes = 0
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.namelist():
                extent: _Extent | None = None
                formulas = _Formulas()
                with archive.open(member) as stream:
                    while data := stream.read(1024 * 1024):
                        n_bytes += len(data)
                        if extent is None and b"worksheet" in data:  # in whatever folder they are kept
                            extent = _Extent()
                        if extent is not None:
                            extent.see(data, file.name)
                            formulas.see(data, file.name)
                        if n_bytes > FREE_BYTES and n_bytes > MOST_EXPANSION * len(raw):
                            raise BadInput(
                                Problem(
                                    "unpacks_without_end",
                                    f"the workbook unpacks to more than {MOST_EXPANSION} times its size",
                                    file=file.name,
                                    expected="records, which pack about ten to one",
                                    remedy="It may be a trap; it was not read further.",
                                )
                            )
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise BadInput(
            Problem(
                "damaged_archive",
                f"the workbook is cut short or damaged ({error})",
                file=file.name,
                expected="a whole Excel workbook (.xlsx)",
                remedy="Fetch it again, or save it again from Excel; nothing of it was kept.",
            )
        ) from error
    return raw


class _Extent:
    """How far a sheet reaches, told from the references of its cells as its XML goes by."""

    def __init__(self) -> None:
        self._n_rows = self._n_columns = 0
        self._letters: set[bytes] = set()
        self._rest = b""

    def see(self, data: bytes, file: str) -> None:
        """Note the cells in the next stretch of XML; `BadInput` where they lie too far apart to be read."""
        found = _CELL.findall(self._rest + data)
        self._rest = data[-_LONGEST_REFERENCE:]
        letters = {letters for letters, _ in found} - self._letters
        self._letters |= letters
        self._n_columns = max([self._n_columns, *map(_column_no, letters)])
        self._n_rows = max(self._n_rows, max((int(number) for _, number in found), default=0))
        if self._n_rows * self._n_columns > MOST_CELLS:
            raise BadInput(
                Problem(
                    "sheet_too_large",
                    f"a sheet reaches to row {self._n_rows:,} and column {self._n_columns:,}",
                    file=file,
                    expected=f"at most {MOST_CELLS:,} cells from the first to the last in use, empty ones counted",
                    remedy="Delete what stands far below or to the right of the records, or export them as CSV.",
                )
            )


class _Formulas:
    """Sees that every formula has the value it gave kept beside it, as the XML of a sheet goes by."""

    def __init__(self) -> None:
        self._rest = b""

    def see(self, data: bytes, file: str) -> None:
        """Look at the next stretch of XML; `BadInput` where a formula has no value: it would pass for an empty cell."""
        text = self._rest + data
        if b"<f" not in text:
            self._rest = data[-_LONGEST_REFERENCE:]
            return
        if found := _FORMULA_ALONE.search(text):
            raise BadInput(
                Problem(
                    "formulas_without_values",
                    "a formula has no value kept with it, as in workbooks that a program wrote and nobody opened",
                    file=file,
                    column=found[1].decode(),
                    expected="the value of every formula",
                    remedy="Open the workbook in Excel or LibreOffice, save it there, and import that.",
                )
            )
        # A formula may lie across two stretches.
        last = text.rfind(b"<c ")
        self._rest = text[max(last, len(text) - _LONGEST_FORMULA) :]


def _column_no(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _as_csv(cells: Sequence[str | None]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
