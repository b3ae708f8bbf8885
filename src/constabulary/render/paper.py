"""What a paper holds: headings, paragraphs, tables and pictures, whatever file is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""When every paper says it was made, so that the same paper is the same bytes."""


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
