"""Papers drawn as PDF, A4 upright; a section with a table too wide for that on pages of its own, lengthwise."""

from __future__ import annotations

import io

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from constabulary.render.paper import EPOCH, Paper, PaperTable

_INK, _PALE = (11, 12, 12), (243, 242, 241)
_PLAIN = {
    "–": "-",
    "—": "-",
    "−": "-",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    " ± ": "\u00a0±\u00a0",
}
PICTURE_ROOM_MM = 80
"""A heading with a picture below it begins a new page where less room is left."""
_PADDING_MM = 2.5
_LONGEST_WORD_MM, _LONGEST_CELL_MM = 30.0, 120.0
"""A column takes no more room than that for its longest word, nor for its longest cell where others want some too."""


class _Pages(FPDF):
    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("helvetica", size=8)
        self.cell(0, 5, _latin(f"{self.foot}   Page {self.page_no()}"), align="R")


def drawn(paper: Paper) -> bytes:
    """Return a paper as PDF, A4 upright, sections with wide tables lengthwise."""
    pages = _Pages(format="A4")
    pages.foot = paper.title
    pages.set_creation_date(EPOCH)
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
    is_lengthwise = False
    for section in paper.sections:
        pages.ln(4)
        needs_width = any(_is_wide(pages, table) for table in section.tables)
        if needs_width != is_lengthwise:
            is_lengthwise = needs_width
            pages.add_page("landscape" if is_lengthwise else "portrait")
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


def _write(pages: FPDF, text: str, size: int, style: str, height: float) -> None:
    pages.set_font("helvetica", style=style, size=size)
    pages.multi_cell(0, height, _latin(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _table(pages: FPDF, table: PaperTable, *, is_titled: bool) -> None:
    pages.ln(2)
    if is_titled:
        _write(pages, table.title, 10, "B", 6)
    widths = _widths(pages, table)
    pages.set_font("helvetica", size=9)
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


def _is_wide(pages: FPDF, table: PaperTable) -> bool:
    """Return whether an upright page has no room for the longest word of each column side by side."""
    upright_mm = pages.default_page_dimensions[0] / pages.k - pages.l_margin - pages.r_margin
    return sum(least for least, _ in _wanted(pages, table)) > upright_mm


def _widths(pages: FPDF, table: PaperTable) -> tuple[float, ...]:
    """Return the width of each column (mm): room for its longest word, and for its cells as far as room goes."""
    wanted = _wanted(pages, table)
    spare = pages.epw - sum(least for least, _ in wanted)
    more = sum(most - least for least, most in wanted)
    part = min(1.0, max(0.0, spare / more)) if more else 0.0
    return tuple(least + part * (most - least) for least, most in wanted)


def _wanted(pages: FPDF, table: PaperTable) -> list[tuple[float, float]]:
    """Return the least and the most room that each column has a use for (mm); headings may stand on several lines."""
    pages.set_font("helvetica", style="B", size=9)  # as headings are, and no narrower than other cells

    def room(texts: set[str], at_most: float) -> float:
        return min(max(map(pages.get_string_width, texts), default=0.0), at_most) + _PADDING_MM

    wanted = []
    for number, head in enumerate(table.header):
        cells = {_latin(row[number]) for row in table.rows}
        words = {word for text in (_latin(head), *cells) for word in text.split(" ")}
        least = room(words, _LONGEST_WORD_MM)
        wanted.append((least, max(least, room(cells, _LONGEST_CELL_MM))))
    return wanted


def _latin(text: str) -> str:
    """Return a text in the letters of the fonts that every PDF reader has."""
    for mark, plain in _PLAIN.items():
        text = text.replace(mark, plain)
    return text.encode("latin-1", "replace").decode("latin-1")
