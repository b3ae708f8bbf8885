"""The plain things that pages are made of: tables, figures, charts, as frozen data that templates format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    title
        Its heading.
    unit
        The unit of its numbers, shown in the heading: "per 1,000 people".
    is_number
        True for a column of numbers, which are set to the right.
    is_long
        True for a column of sentences, which is kept wide enough to read.
    """

    title: str
    unit: str = ""
    is_number: bool = False
    is_long: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Parameters
    ----------
    text
        What it says, formatted (see `constabulary.web.numbers`).
    href
        Where it leads, if anywhere: the working, the source.
    more
        What the link says besides the text to those who hear the page: "the working of 999 calls".
    mark
        A few words below the text, so that the figures of a column stay one below the other: "highest".
    """

    text: str
    href: str = ""
    more: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Table:
    """A table as it is shown.

    Parameters
    ----------
    caption
        What it shows.
    columns
        Its columns; the first names the row.
    rows
        Its rows, a text or `Cell` for each column.
    note
        A sentence below it: the source, the basis.
    is_caption_hidden
        True when a heading above says the same already.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell | str]]
    note: str = ""
    is_caption_hidden: bool = False

    @property
    def body(self) -> list[list[tuple[Column, Cell]]]:
        """Each row's columns and cells, side by side."""
        return [
            [
                (column, cell if isinstance(cell, Cell) else Cell(cell))
                for column, cell in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]


@dataclass(frozen=True)
class Figure:
    """One figure with its name and its working.

    Parameters
    ----------
    label
        What it is.
    value
        The figure, formatted.
    unit
        Its unit.
    working
        Where its working is shown, if there is one.
    basis
        A few words on what it rests on: "published 2017/18", "calculated from 1,234 records".
    """

    label: str
    value: str
    unit: str = ""
    working: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart as a picture, with what it says in words and its figures in a table.

    Parameters
    ----------
    title
        What it shows; it must be the only one of the name on its page.
    src
        The address of the picture (SVG or PNG) on this site.
    alt
        What one sees in it, in a sentence.
    table
        The figures behind it, opened on demand; None where they stand beside it in sight.
    working
        Where its working is shown, if there is one.
    width_px, height_px
        The size of the picture (CSS pixels), so that the page does not jump when it arrives.
    narrow_src, narrow_width_px, narrow_height_px
        The same picture laid out for a telephone, if there is one.
    is_titled
        True where the title stands in the picture itself.
    """

    title: str
    src: str
    alt: str
    table: Table | None
    working: str = ""
    width_px: int = 960
    height_px: int = 400
    narrow_src: str = ""
    narrow_width_px: int = 300
    narrow_height_px: int = 300
    is_titled: bool = False


@dataclass(frozen=True)
class Way:
    """One step in the way between the pages of a room.

    Parameters
    ----------
    title, href
        Its word and its address.
    is_current
        True for the page shown.
    """

    title: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class SummaryRow:
    """One line of a list of facts.

    Parameters
    ----------
    key
        The name of the fact.
    value
        The fact.
    href
        Where the fact leads, if anywhere.
    """

    key: str
    value: str
    href: str = ""


@dataclass(frozen=True)
class Leaf:
    """Where one is in a long list shown in parts.

    Parameters
    ----------
    number
        The part shown; the first is 1.
    n_pages
        How many parts there are.
    start
        The place of the part's first row in the list; the list's first is 0.
    address
        The address of a part, with `{number}` where its number goes.
    """

    number: int
    n_pages: int
    start: int
    address: str

    @property
    def previous(self) -> str:
        """The address of the part before, or nothing."""
        return self.address.format(number=self.number - 1) if self.number > 1 else ""

    @property
    def next(self) -> str:
        """The address of the part after, or nothing."""
        return self.address.format(number=self.number + 1) if self.number < self.n_pages else ""

    @property
    def items(self) -> list[tuple[int, str]]:
        """Number and address of the parts to offer: first, last, those about the current one; 0 is a gap."""
        near = {1, self.n_pages, *range(self.number - 2, self.number + 3)}
        shown = sorted(number for number in near if 1 <= number <= self.n_pages)
        items: list[tuple[int, str]] = []
        for before, number in zip([0, *shown], shown, strict=False):
            if number - before > 1:
                items.append((0, ""))
            items.append((number, self.address.format(number=number)))
        return items


def leaf_of(query: QueryDict, n_rows: int, rows_a_page: int) -> Leaf:
    """Return which part of a long list an address asks for with `page`, its filters kept.

    Parameters
    ----------
    query
        The part of the address after the question mark.
    n_rows
        How long the list is.
    rows_a_page
        How many rows a part has.
    """
    n_pages = max(1, -(-n_rows // rows_a_page))
    asked = query.get("page", "1")
    number = min(max(int(asked), 1), n_pages) if asked.isdecimal() and len(asked) < 9 else 1
    others = query.copy()
    others.pop("page", None)
    return Leaf(
        number,
        n_pages,
        (number - 1) * rows_a_page,
        f"?{others.urlencode()}&page={{number}}".replace("?&", "?"),
    )
