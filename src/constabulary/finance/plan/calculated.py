"""A calculated plan: every line with its values, what is printed, and the steps that lead from one year to the next."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from constabulary.core.answers import words_of
from constabulary.core.errors import BadInput, Problem
from constabulary.finance.plan.graph import Plan

CLASSES = {
    "printed": "rests on a printed figure",
    "inferred": "moved by drivers worked back from printed figures",
    "assumed": "typed or moved by what no document prints",
    "unexplained": "moved by steps whose cause is not published",
    "rounding": "what the rounding of the print leaves",
}
"""What a pound of the plan rests on."""


@dataclass(frozen=True)
class Step:
    """One step of a working.

    Parameters
    ----------
    title
        What happens.
    kind
        opening, rate, amount, part, product, typed or set.
    change
        What it adds, in the unit of the line; the steps of a working add up to its value.
    by
        The driver or the line that does it; empty where neither does.
    basis
        One of `CLASSES`; empty for a part, which has a working of its own.
    source, note
        Document and place; what a reader should know.
    """

    title: str
    kind: str
    change: Decimal
    by: str = ""
    basis: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Working:
    """How the value of one line in one year comes about: the steps add up to it, to the penny."""

    year: str
    value: Decimal
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class CalculatedLine:
    """One line of a calculated plan.

    Parameters
    ----------
    id, ref, section, title, kind
        As in the plan.
    sign
        1 where it is printed above zero, -1 below, 0 where it may be either.
    unit
        gbp, dwellings or change (a share).
    is_made
        It is made of other lines rather than moved by drivers.
    values
        One for each year; money in pounds, exact to the penny.
    printed
        What the document prints, with None where it prints nothing; None as a whole where no year is printed.
    print_step
        One of the last printed digit.
    rule, cites
        The rule in words, and the Act or guidance.
    working
        One for each year; empty where it was not asked for.
    """

    id: str
    ref: str
    section: str
    title: str
    kind: str
    sign: int
    unit: str
    is_made: bool
    values: tuple[Decimal, ...]
    printed: tuple[Decimal | None, ...] | None
    print_step: Decimal
    rule: str
    cites: str
    working: tuple[Working, ...] = ()

    def as_json(self) -> LineAnswer:
        """Return the line as commands and the API answer it; money is pounds with two decimals."""
        return {
            "id": self.id,
            "ref": self.ref or None,
            "section": self.section or None,
            "title": self.title,
            "kind": self.kind,
            "sign": self.sign,
            "unit": self.unit,
            "is_made": self.is_made,
            "values": [as_number(value) for value in self.values],
            "printed": None if self.printed is None else [as_number(value) for value in self.printed],
            "rule": self.rule,
            "cites": self.cites or None,
            "working": [
                {
                    "year": one.year,
                    "value": as_number(one.value),
                    "steps": [
                        {
                            "title": step.title,
                            "kind": step.kind,
                            "change": as_number(step.change),
                            "by": step.by or None,
                            "basis": step.basis or None,
                            "source": step.source or None,
                            "note": step.note or None,
                        }
                        for step in one.steps
                    ],
                }
                for one in self.working
            ],
        }


@words_of(Step)
class StepAnswer(TypedDict):
    """One step of a working; the steps add up to the value of the line."""

    title: str
    kind: str
    change: float | None
    by: str | None
    basis: str | None
    source: str | None
    note: str | None


class WorkingAnswer(TypedDict):
    """How the value of a line in one year comes about.

    Parameters
    ----------
    value
        The line's value in its unit.
    steps
        What leads to it from the year before.
    """

    year: str
    value: float | None
    steps: list[StepAnswer]


@words_of(CalculatedLine)
class LineAnswer(TypedDict):
    """One line of a calculated plan; money is pounds with two decimals."""

    id: str
    ref: str | None
    section: str | None
    title: str
    kind: str
    sign: int
    unit: str
    is_made: bool
    values: list[float | None]
    printed: list[float | None] | None
    rule: str
    cites: str | None
    working: list[WorkingAnswer]


@dataclass(frozen=True)
class CalculatedPlan:
    """A plan with every line worked out; see `constabulary.finance.plan.calculate`.

    Parameters
    ----------
    plan
        What it was calculated from.
    years
        All years: the typed ones (`n_typed`), then the forecast.
    lines
        In the order of the plan.
    """

    plan: Plan
    years: tuple[str, ...]
    n_typed: int
    lines: tuple[CalculatedLine, ...]

    def line(self, line_id: str) -> CalculatedLine:
        """Return the line of that id; `BadInput` if there is none."""
        self.plan.line(line_id)
        return next(line for line in self.lines if line.id == line_id)

    def of_role(self, role: str) -> CalculatedLine | None:
        """Return the line of a role (requirement, financing, gap, band_d, precept, tax_base, reserves), or None."""
        found = self.plan.of_role(role)
        return None if found is None else self.line(found.id)

    def values(self, role: str) -> tuple[Decimal, ...]:
        """Return the values of the line of a role; `BadInput` without one."""
        return self.line(self.plan.needs_role(role).id).values

    @property
    def net_budget_requirement_gbp(self) -> tuple[Decimal, ...]:
        """The net budget requirement of each year (pounds)."""
        return self.values("requirement")

    @property
    def gap_gbp(self) -> tuple[Decimal, ...]:
        """Financing less requirement of each year (pounds), cumulative; below zero is a gap."""
        return self.values("gap")

    @property
    def band_d_gbp(self) -> tuple[Decimal, ...] | None:
        """Band D of each year (pounds); None where the plan has none."""
        line = self.of_role("band_d")
        return None if line is None else line.values

    def year(self, year: str) -> int:
        """Return the place of a year.

        Raises
        ------
        BadInput
            If it is no year of the plan.
        """
        if year not in self.years:
            raise BadInput(
                Problem(
                    "no_such_year",
                    f'"{year}" is no year of the plan.',
                    expected=", ".join(self.years),
                    value=year,
                )
            )
        return self.years.index(year)


def as_number(value: Decimal | None) -> float | None:
    """Return an exact figure as JSON holds it; nothing is never told as minus nothing."""
    return None if value is None else float(value + 0)
