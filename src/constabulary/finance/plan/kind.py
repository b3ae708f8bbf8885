"""A kind of budget line: what it needs, the rule by which a year follows from the last, the sign it is printed with.

Each module of `constabulary.finance.plan.kinds` declares one as `KIND`; being there is all it takes to be known.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

Number = Any
"""`Decimal` in the exact calculation, a float or an array of draws in the fast one."""


@dataclass(frozen=True)
class Cell:
    """What a rule is given for one line and one year.

    Parameters
    ----------
    opening
        The line's value in the year before, less what was added in that year alone.
    factor
        All rates of the year multiplied: mean level of the year over mean level of the year before.
    added
        What the amounts of the year add to it.
    parts, parts_before
        The values of the lines it is made of, this year and the year before, negative where taken away.
    rounded
        Rounds to the places of the line, halves away from zero.
    """

    opening: Number
    factor: Number
    added: Number
    parts: Sequence[Number]
    parts_before: Sequence[Number]
    rounded: Callable[[Number], Number]


@dataclass(frozen=True)
class Kind:
    """A kind of budget line.

    Parameters
    ----------
    title, about
        Its name and what belongs in it.
    rule
        Gives the value of a year from a `Cell`.
    said
        The rule in words.
    sign
        1 where it is printed above zero, -1 below, 0 where it may be either.
    takes
        Types of driver that may move it; empty for a line that is made of others.
    n_parts
        How many lines it is made of: 0 for a line that drivers move, None for any number from one.
    role
        What the plan knows it as, where there is only one of it: requirement, financing, gap, band_d, precept,
        tax_base, reserves.
    unit, places
        gbp, dwellings or change; decimal places it is rounded to.
    is_typed_at_start
        A line made of others takes the figure typed for the base year and before, where there is one.
    cites
        The Act and section, or the guidance, that it follows.
    """

    title: str
    about: str
    rule: Callable[[Cell], Number]
    said: str
    sign: int = 1
    takes: tuple[str, ...] = ()
    n_parts: int | None = 0
    role: str | None = None
    unit: str = "gbp"
    places: int = 2
    is_typed_at_start: bool = False
    cites: str = ""

    @property
    def is_moved(self) -> bool:
        """Whether drivers move it, rather than other lines make it."""
        return self.n_parts == 0


def moved(cell: Cell) -> Number:
    """Return last year's value times the year's rates, plus the year's amounts."""
    return cell.rounded(cell.opening * cell.factor) + cell.added


def total(cell: Cell) -> Number:
    """Return the sum of the parts."""
    return sum(cell.parts[1:], cell.parts[0])


def product(cell: Cell) -> Number:
    """Return the two parts multiplied."""
    return cell.rounded(cell.parts[0] * cell.parts[1])


def change(cell: Cell) -> Number:
    """Return by how much the parts differ from the year before."""
    return total(cell) - sum(cell.parts_before[1:], cell.parts_before[0])


def growth(cell: Cell) -> Number:
    """Return by what share the one part differs from the year before; 0 where there was nothing to grow from."""
    now, before = cell.parts[0], cell.parts_before[0]
    if isinstance(before, np.ndarray):
        ratio = np.divide(
            now, before, out=np.ones(np.broadcast_shapes(np.shape(now), before.shape)), where=before != 0
        )
        return cell.rounded(ratio - 1)
    return cell.rounded(now / before - 1) if before else before * 0


MOVED = "Last year's value times the year's rates, plus the year's amounts."
AMOUNTS = ("growth", "saving", "step", "one_off", "not_published")


@cache
def kinds() -> Mapping[str, Kind]:
    """Return every kind of budget line by its id, the name of its module, in alphabetical order."""
    package = importlib.import_module("constabulary.finance.plan.kinds")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return {name: importlib.import_module(f"{package.__name__}.{name}").KIND for name in names}
