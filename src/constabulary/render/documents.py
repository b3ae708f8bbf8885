"""Papers: headings, paragraphs, tables and pictures as a PDF or a spreadsheet, the same bytes for the same paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import polars as pl
import xlsxwriter
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_INK, _PALE = (11, 12, 12), (243, 242, 241)
_PLAIN = {"–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."}
PICTURE_ROOM_MM = 80
"""A heading with a picture below it begins a new page where less room is left."""
_SHEET_NAME = 31
"""Most characters of a sheet's name."""


@dataclass(frozen=True)
class PaperTable:
    """A table of a paper.

    Parameters
    ----------
    title
        Its caption, and the name of its sheet.
    header
        Its columns.
    rows
        Its cells as text, one row after another.
    is_number
        Which columns are set to the right.
    frame
        The same unrounded, for the spreadsheet.
    note
        What stands below it.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    is_number: Sequence[bool]
    frame: pl.DataFrame = field(repr=False)
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A section of a paper: heading, paragraphs, tables, and a picture (PNG, so wide) with what one sees in it."""

    heading: str
    paragraphs: Sequence[str] = ()
    tables: Sequence[PaperTable] = ()
    picture: bytes | None = field(default=None, repr=False)
    alt: str = ""
    picture_mm: float = 120.0


@dataclass(frozen=True)
class Paper:
    """A paper: title, what stands below it, the answer, its sections, and what stands at its end."""

    title: str
    subtitle: str
    answer: str
    sections: Sequence[Section]
    foot: str = ""


class _Pages(FPDF):
    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("helvetica", size=8)
        self.cell(0, 5, _latin(f"{self.foot}   Page {self.page_no()}"), align="R")


def pdf(paper: Paper) -> bytes:
    """Return a paper as PDF, A4 upright."""
    pages = _Pages(format="A4")
    pages.foot = paper.title
    pages.set_creation_date(_EPOCH)
    pages.set_title(_latin(paper.title))
    pages.set_lang("en-GB")
    pages.set_auto_page_break(auto=True, margin=18)
    pages.set_margins(18, 18)
    pages.set_text_color(*_INK)
    pages.add_page()
    _write(pages, paper.title, 20, "B", 9)
    _write(pages, paper.subtitle, 10, "", 5)
    pages.ln(3)
    _write(pages, paper.answer, 13, "", 6.5)
    for section in paper.sections:
        pages.ln(4)
        if section.picture is not None and pages.will_page_break(PICTURE_ROOM_MM):
            pages.add_page()
        pages.start_section(_latin(section.heading))
        _write(pages, section.heading, 14, "B", 8)
        for text in section.paragraphs:
            _write(pages, text, 10, "", 5)
            pages.ln(1)
        if section.picture is not None:
            pages.image(io.BytesIO(section.picture), w=section.picture_mm, alt_text=_latin(section.alt))
        for table in section.tables:
            _table(pages, table, is_titled=table.title != section.heading)
    if paper.foot:
        pages.ln(6)
        _write(pages, paper.foot, 8, "", 4)
    return bytes(pages.output())


def workbook(paper: Paper) -> bytes:
    """Return the tables of a paper as an Excel workbook, each on a sheet, after one with its words."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": _EPOCH.replace(tzinfo=None), "title": paper.title})
        sheet = book.add_worksheet("Paper")
        sheet.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
        bold = book.add_format({"bold": True})
        sheet.write_string(0, 0, paper.title, bold)
        lines: list[tuple[str, Any]] = [(paper.subtitle, None), (paper.answer, None)]
        for section in paper.sections:
            lines += [("", None), (section.heading, bold), *((text, None) for text in section.paragraphs)]
        lines += [("", None), (paper.foot, None)]
        for row, (text, style) in enumerate(lines, start=1):
            sheet.write_string(row, 0, text, style)
        for table in (one for section in paper.sections for one in section.tables):
            table.frame.write_excel(
                book, worksheet=_sheet_name(book, table.title), autofit=True, table_style=None
            )
    return out.getvalue()


FORMS = {"pdf": pdf, "xlsx": workbook}
"""What makes each kind of file of a paper."""


def _write(pages: FPDF, text: str, size: int, style: str, height: float) -> None:
    pages.set_font("helvetica", style=style, size=size)
    pages.multi_cell(0, height, _latin(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _table(pages: FPDF, table: PaperTable, *, is_titled: bool) -> None:
    pages.ln(2)
    if is_titled:
        _write(pages, table.title, 10, "B", 6)
    pages.set_font("helvetica", size=9)
    widths = tuple(
        _width(head, [row[number] for row in table.rows]) for number, head in enumerate(table.header)
    )
    aligned = tuple("RIGHT" if is_number else "LEFT" for is_number in table.is_number)
    with pages.table(
        col_widths=widths,
        text_align=aligned,
        line_height=4.6,
        borders_layout="HORIZONTAL_LINES",
        headings_style=FontFace(emphasis="BOLD", fill_color=_PALE),
    ) as drawn:
        for cells in (table.header, *table.rows):
            row = drawn.row()
            for cell in cells:
                row.cell(_latin(cell))
    if table.note:
        _write(pages, table.note, 8, "", 4)


def _width(head: str, cells: Sequence[str]) -> float:
    """Return the weight of a column: room for its longest word, and for its cells while that starves no other."""
    word = max((len(word) for text in (head, *cells) for word in text.split()), default=1)
    return max(1.6 * min(word, 14) + 2, min(max(map(len, cells), default=1), 40))


def _latin(text: str) -> str:
    """Return a text in the letters of the fonts that every PDF reader has."""
    for mark, plain in _PLAIN.items():
        text = text.replace(mark, plain)
    return text.encode("latin-1", "replace").decode("latin-1")


def _sheet_name(book: Any, title: str) -> str:
    plain = "".join(mark for mark in title if mark not in "[]:*?/\\")[: _SHEET_NAME - 3]
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    return plain if plain.lower() not in taken else f"{plain} {len(taken)}"
