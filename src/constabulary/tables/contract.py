"""What a table is: its columns, the rules a row must keep, its key and the period it belongs to.

A contract is declared once, in one file a table. Imports check against it, the lake stores by it, the manual prints it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl


class Privacy(StrEnum):
    """Who may see a column's values."""

    OPEN = "open"
    """Fit for publication as it is."""
    INTERNAL = "internal"
    """For the force and its governing body; published only in aggregate."""
    PERSONAL = "personal"
    """About a person; never leaves by the public door."""


class Kind(StrEnum):
    """The type of a column, in the words of the manual."""

    TEXT = "text"
    CODE = "code"
    """A text with few distinct values, stored as a dictionary."""
    NUMBER = "number"
    WHOLE = "whole number"
    DATE = "date"
    MONTH = "month"
    """A calendar month, stored as its first day."""
    INSTANT = "instant"
    """A moment in UTC."""
    TRUTH = "true or false"


POLARS_TYPE: Mapping[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.CODE: pl.Categorical(),
    Kind.NUMBER: pl.Float64(),
    Kind.WHOLE: pl.Int64(),
    Kind.DATE: pl.Date(),
    Kind.MONTH: pl.Date(),
    Kind.INSTANT: pl.Datetime("us", "UTC"),
    Kind.TRUTH: pl.Boolean(),
}


@dataclass(frozen=True)
class Column:
    """One column of a contract.

    Parameters
    ----------
    name
        The name, with its unit as a suffix where it has one.
    kind
        The type.
    description
        One sentence for the manual.
    required
        Whether a row without it is refused.
    allowed
        The only values allowed (codes), or None.
    lowest, highest
        The range allowed (numbers), in the column's unit, both ends included.
    earliest
        The first day allowed (instants), YYYY-MM-DD.
    pattern
        A regular expression the whole text must match.
    example
        What a right value looks like, for error messages.
    is_list
        Whether a value may be several of the values allowed, parted by semicolons.
    derived
        Whether the import works it out rather than reads it.
    privacy
        Who may see the values.
    known_faults
        What is known to be wrong with such data in the field.
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    allowed: tuple[str, ...] | None = None
    lowest: float | None = None
    highest: float | None = None
    earliest: str | None = None
    pattern: str | None = None
    example: str | None = None
    is_list: bool = False
    derived: bool = False
    privacy: Privacy = Privacy.OPEN
    known_faults: str | None = None

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type the column is held in."""
        return POLARS_TYPE[self.kind]

    @property
    def expected(self) -> str:
        """What a right value looks like, in words."""
        if self.allowed is not None:
            listed = sorted(self.allowed)
            return f"{', '.join(listed[:-1])} or {listed[-1]}" if len(listed) > 1 else listed[0]
        text = {
            Kind.MONTH: "a month written YYYY-MM",
            Kind.DATE: "a date written YYYY-MM-DD",
            Kind.INSTANT: "a date and time with its offset, such as 2024-10-01T01:00:00+00:00",
            Kind.TRUTH: "True or False",
            Kind.NUMBER: "a number",
            Kind.WHOLE: "a whole number",
        }.get(self.kind, "a text")
        if self.earliest is not None:
            text += f", not before {self.earliest}"
        if self.lowest is not None or self.highest is not None:
            text += f" from {self.lowest:g} to {self.highest:g}"
        return f"{text}, such as {self.example}" if self.example else text


@dataclass(frozen=True)
class Order:
    """A rule that one instant may not come before another.

    Parameters
    ----------
    earlier, later
        Names of the two columns; the rule holds where either is empty.
    """

    earlier: str
    later: str

    @property
    def name(self) -> str:
        """The rule's stable name."""
        return f"{self.later}_before_{self.earlier}"


@dataclass(frozen=True)
class Contract:
    """One table of the lake.

    Parameters
    ----------
    name
        The table's name, a plural noun.
    description
        One sentence for the manual.
    columns
        The columns, in the order they are stored.
    period
        The date column that says which period a row belongs to; a later edition of it replaces an earlier one.
    scope
        The code column that says whose record it is (a force); editions of one scope never replace another's.
    key
        The supplier's key: rows of one edition with the same non-empty key are one record. None where there is none.
    orders
        Rules between instants.
    is_feed
        Whether it is a feed of very many rows: stored in order of its period, so that a few days can be read alone,
        and an import is an edition of the periods it holds rows of and no others.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    period: str
    scope: str
    key: str | None = None
    orders: tuple[Order, ...] = field(default=())
    is_feed: bool = False

    def column(self, name: str) -> Column:
        """Return the column of that name.

        Raises
        ------
        KeyError
            If the contract has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def schema(self) -> pl.Schema:
        """The Polars schema of an accepted frame."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def supplied(self) -> Sequence[Column]:
        """The columns an import reads, in order; the others it works out."""
        return tuple(column for column in self.columns if not column.derived)


TRACE = (
    Column(
        "file_no",
        Kind.WHOLE,
        "Which file of its import the row came from, from 0.",
        required=True,
        derived=True,
    ),
    Column(
        "source_row",
        Kind.WHOLE,
        "The row's line in that file; the header is line 1.",
        required=True,
        derived=True,
    ),
)
"""The two columns that lead from every stored row back to the line it came from."""
