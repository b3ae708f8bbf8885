"""What a calculated plan rests on: printed, inferred, assumed or unexplained; and how closely it returns the print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from constabulary.finance.plan.calculated import CLASSES, CalculatedLine, CalculatedPlan
from constabulary.finance.plan.graph import weakest
from constabulary.finance.plan.kind import change, growth, product

WEAKEST = ("unexplained", "assumed", "inferred")
"""What a figure counts as when several things moved it, the weakest first; a figure that nothing moved is as typed."""


@dataclass(frozen=True)
class Evidence:
    """What the forecast of a plan rests on, total lines left out so that no pound counts twice.

    Parameters
    ----------
    n_cells
        Figures by the weakest thing that moved them in their year, by class (see `CLASSES`); a figure that nothing
        moved rests on what it started from.
    pounds
        Pounds by class: what each figure starts from in the base year counts as its own evidence, what drivers have
        moved it by since as theirs, sizes added up regardless of sign.
    share
        The same as shares of all.
    n_drivers, n_unexplained_steps
        Drivers that move lines, and steps among them whose cause is not published.
    """

    n_cells: Mapping[str, int]
    pounds: Mapping[str, Decimal]
    share: Mapping[str, Decimal]
    n_drivers: int
    n_unexplained_steps: int


@dataclass(frozen=True)
class Departure:
    """A printed figure that the plan does not return to the digit; `is_rounding` where rounding can carry it."""

    line_id: str
    title: str
    year: str
    printed: Decimal
    calculated: Decimal
    is_rounding: bool


@dataclass(frozen=True)
class Reproduction:
    """How a plan returns the printed forecast.

    Parameters
    ----------
    n_cells, n_returned
        Forecast figures printed, and those returned to the rounding of the print.
    departures
        The others.
    """

    n_cells: int
    n_returned: int
    departures: tuple[Departure, ...]


def evidence(plan: CalculatedPlan) -> Evidence:
    """Return what the forecast of a plan rests on.

    Parameters
    ----------
    plan
        A calculated plan with its working.
    """
    cells = dict.fromkeys(CLASSES, 0)
    pounds = dict.fromkeys(CLASSES, Decimal(0))
    shares: dict[str, Sequence[Mapping[str, Decimal]]] = {
        line.id: _running(plan, line) for line in plan.lines if not line.is_made
    }
    for line in plan.lines:
        if line.is_made:
            if plan.plan.line(line.id).rules.rule is not product:
                continue
            shares[line.id] = _of_product(plan, line, shares)
        if line.unit != "gbp" or plan.plan.line(line.id).rules.role == "band_d":
            continue
        for at in range(plan.n_typed, len(plan.years)):
            found = shares[line.id][at]
            moved = [step.basis for step in line.working[at].steps if step.basis and step.change]
            start = line.working[plan.n_typed - 1].steps[0].basis or "assumed"
            by = [name for name, value in found.items() if value] if line.is_made else moved
            cells[next((name for name in WEAKEST if name in by), start)] += 1
            for name, value in found.items():
                pounds[name] += abs(value)
    total = sum(pounds.values()) or Decimal(1)
    used = {name for line in plan.plan.lines for name in line.drivers}
    drivers = [plan.plan.drivers[name] for name in sorted(used)]
    return Evidence(
        cells,
        pounds,
        {name: value / total for name, value in pounds.items()},
        sum(driver.type not in {"not_published", "rounding"} for driver in drivers),
        sum(len(driver.dated) for driver in drivers if driver.type == "not_published"),
    )


def _running(plan: CalculatedPlan, line: CalculatedLine) -> list[dict[str, Decimal]]:
    """Return by year what a moved line is made of, by class: it starts as typed and is carried forward."""
    found: list[dict[str, Decimal]] = []
    for at, working in enumerate(line.working):
        now = dict.fromkeys(CLASSES, Decimal(0)) if at < plan.n_typed else dict(found[-1])
        for step in working.steps:
            if step.kind == "set":
                now = dict.fromkeys(CLASSES, Decimal(0))
            if step.basis:
                now[step.basis] += step.change
        found.append(now)
    return found


def _of_product(
    plan: CalculatedPlan, line: CalculatedLine, shares: Mapping[str, Sequence[Mapping[str, Decimal]]]
) -> list[Mapping[str, Decimal]]:
    """Return what a product rests on: its base, moved by each class in the proportion its two parts are."""
    (_, first), (_, second) = plan.plan.line(line.id).parts
    base = plan.n_typed - 1
    start = line.working[base].steps[0].basis or weakest(
        plan.plan.line(part).status for part in (first, second)
    )
    a, b = plan.line(first).values, plan.line(second).values
    found: list[Mapping[str, Decimal]] = []
    for at, value in enumerate(line.values):
        now = dict.fromkeys(CLASSES, Decimal(0))
        if line.working[at].steps[0].kind == "set":
            found.append(now | {"assumed": value})
            continue
        # A part that is made of other lines has no drivers of its own: what moves it is left with the start.
        if at > base and first in shares and second in shares:
            for name in CLASSES:
                by_first = (shares[first][at][name] - shares[first][base][name]) * b[base]
                by_second = (shares[second][at][name] - shares[second][base][name]) * a[at]
                now[name] = by_first + by_second
        now[start] += value - sum(now.values(), Decimal(0))
        found.append(now)
    return found


def reproduction(plan: CalculatedPlan) -> Reproduction:
    """Return how a plan returns the printed forecast columns.

    Parameters
    ----------
    plan
        A calculated plan.
    """
    n_cells, departures = 0, []
    for line in plan.lines:
        for at in range(plan.n_typed, len(plan.years)):
            printed = line.printed[at] if line.printed else None
            if printed is None:
                continue
            n_cells += 1
            step = line.print_step
            left = abs(line.values[at] - printed)
            if left > step / 2:
                is_rounding = left <= _carried(plan, line, at)
                departures.append(
                    Departure(line.id, line.title, plan.years[at], printed, line.values[at], is_rounding)
                )
    return Reproduction(n_cells, n_cells - len(departures), tuple(departures))


def _carried(plan: CalculatedPlan, line: CalculatedLine, at: int) -> Decimal:
    """Return how far rounding carries a figure: half a digit, and for each part half a digit and its departure."""
    half = line.print_step / 2
    typed = plan.plan.line(line.id)
    places = (at, at - 1) if typed.rules.rule in {change, growth} else (at,)
    total = half
    for _, part in typed.parts:
        found = plan.line(part)
        for place in places:
            printed = found.printed[place] if found.printed else None
            total += half + (abs(found.values[place] - printed) if printed is not None else 0)
    return total
