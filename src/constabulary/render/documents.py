"""Makes files of papers, PDF and spreadsheet: the same bytes for the same paper."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from constabulary.render.paper import EPOCH, Paper

_SHEET_NAME = 31
"""Most characters of a sheet's name."""


def pdf(paper: Paper) -> bytes:
    """Return a paper as PDF, A4 upright."""
    # Loaded when a paper is asked for: no page, run or command else should wait for the fonts.
    from constabulary.render.paper_pdf import drawn

    return drawn(paper)


def workbook(paper: Paper) -> bytes:
    """Return the tables of a paper as an Excel workbook, each on a sheet, after one with its words."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": EPOCH.replace(tzinfo=None), "title": paper.title})
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


def _sheet_name(book: Any, title: str) -> str:
    plain = "".join(mark for mark in title if mark not in "[]:*?/\\")[: _SHEET_NAME - 3]
    taken = {sheet.get_name().lower() for sheet in book.worksheets()}
    return plain if plain.lower() not in taken else f"{plain} {len(taken)}"
