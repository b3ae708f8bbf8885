"""What a reconciliation returns: one check for each figure and path, and their counts by class."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, TypedDict

from constabulary.core.answers import words_of
from constabulary.finance.classes import CLASSES
from constabulary.finance.printed import Key

PLACES = 8
"""Decimal places of figures in JSON that are not money."""


@dataclass(frozen=True)
class Check:
    """One printed figure held against one way of calculating it.

    Parameters
    ----------
    key
        Where the figure stands.
    label
        The line's name as printed.
    rule
        The path: sum_of_parts, change, growth, share, same_figure, table_present ...
    printed, printed_text
        The figure and the text it was read from; None and empty where nothing is printed.
    calculated
        What the path makes, rounded to the digits of the print; None where there is nothing to calculate.
    kind
        The class of the difference; see `CLASSES`.
    explanation
        The check in plain sentences.
    source
        Document and place.
    at_fault
        The figure that the other paths show to be wrong; empty where they do not settle it.
    """

    key: Key
    label: str
    rule: str
    printed: Decimal | None
    printed_text: str
    calculated: Decimal | None
    kind: str
    explanation: str
    source: str
    at_fault: tuple[Key, ...]

    @property
    def table(self) -> str:
        """The table's id."""
        return self.key.table

    @property
    def difference(self) -> Decimal | None:
        """Printed less calculated."""
        if self.printed is None or self.calculated is None:
            return None
        return self.printed - self.calculated

    def as_json(self) -> CheckAnswer:
        """Return the check as commands answer it; money is pounds with two decimals."""
        return {
            "table": self.key.table,
            "line": self.key.line,
            "label": self.label,
            "period": self.key.period,
            "unit": self.key.unit,
            "rule": self.rule,
            "printed": self._number(self.printed),
            "printed_text": self.printed_text,
            "calculated": self._number(self.calculated),
            "difference": self._number(self.difference),
            "class": self.kind,
            "explanation": self.explanation,
            "source": self.source,
            "at_fault": [
                {"table": key.table, "line": key.line, "period": key.period, "unit": key.unit}
                for key in self.at_fault
            ],
        }

    def _number(self, value: Decimal | None) -> float | None:
        return None if value is None else float(round(value, 2 if self.key.unit == "gbp" else PLACES))


class KeyAnswer(TypedDict):
    """Where a printed figure stands.

    Parameters
    ----------
    table, line, period
        The table's id, and the row and the column in it.
    unit
        gbp, or what else the figure counts.
    """

    table: str
    line: str
    period: str
    unit: str


_Class = TypedDict("_Class", {"class": Annotated[str, "The class of the difference."]})


@words_of(Check, KeyAnswer)
class CheckAnswer(_Class):
    """One printed figure held against one way of calculating it; money is pounds with two decimals.

    Parameters
    ----------
    difference
        Printed less calculated.
    """

    table: str
    line: str
    label: str
    period: str
    unit: str
    rule: str
    printed: float | None
    printed_text: str
    calculated: float | None
    difference: float | None
    explanation: str
    source: str
    at_fault: list[KeyAnswer]


@dataclass(frozen=True)
class Reconciliation:
    """All checks of some printed tables, in the order of the tables."""

    checks: tuple[Check, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many checks there are of each class."""
        return {kind: sum(check.kind == kind for check in self.checks) for kind in CLASSES}
