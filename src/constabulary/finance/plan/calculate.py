"""Calculates a plan: exactly, in pounds and pence with its working, or fast, for many draws of its drivers at once.

Every line is rounded to the penny each year (band D and the precept by law, the others so that a plan can be followed
with a pocket calculator), halves away from zero, and the next year starts from the rounded figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.finance.plan.arithmetic import EXACT, FAST, Arithmetic
from constabulary.finance.plan.calculated import CalculatedLine, CalculatedPlan
from constabulary.finance.plan.drivers import Moves, Shifts, moves
from constabulary.finance.plan.explain import Told, explain
from constabulary.finance.plan.graph import Line, Plan, ordered
from constabulary.finance.plan.kind import Cell, Number

Fixed = Mapping[str, Mapping[str, Number]]
"""Values that take the place of what the rules give, by line and year."""


def calculate(
    plan: Plan, *, fixed: Fixed | None = None, shifts: Shifts | None = None, is_explained: bool = True
) -> CalculatedPlan:
    """Return the plan worked out, exact to the penny.

    Parameters
    ----------
    plan
        The plan; see `plan_in`.
    fixed
        Values set for some lines and years, in place of what their rules give.
    shifts
        What is added to the value of some drivers in some years.
    is_explained
        Keep the working of every figure.

    Raises
    ------
    BadInput
        If `fixed` or `shifts` name no line, driver or forecast year of the plan.

    Examples
    --------
    >>> from constabulary.core.force import load_force, shipped_force
    >>> from constabulary.finance.plan import calculate, plan_in
    >>> found = calculate(plan_in(load_force(shipped_force("cambridgeshire"))))
    >>> str(found.band_d_gbp[found.year("2014/15")])
    '181.49'
    """
    _check(plan, fixed or {}, shifts or {})
    run = _Run(plan, EXACT, fixed or {}, shifts or {})
    values = run.values(line.id for line in plan.lines)
    told: Told = {}
    return CalculatedPlan(
        plan,
        plan.years,
        plan.n_typed,
        tuple(
            CalculatedLine(
                line.id,
                line.ref,
                line.section,
                line.title,
                line.kind,
                line.rules.sign,
                line.rules.unit,
                not line.rules.is_moved,
                tuple(values[line.id]),
                tuple(line.printed.get(year) for year in plan.years) if line.printed else None,
                line.print_step,
                line.rules.said,
                line.rules.cites,
                explain(plan, line, values, run.moves, run.fixed, told) if is_explained else (),
            )
            for line in plan.lines
        ),
    )


def draw(plan: Plan, shifts: Shifts, keep: Iterable[str]) -> dict[str, NDArray[np.float64]]:
    """Return values of some lines for many draws at once, as floats.

    Parameters
    ----------
    plan
        The plan.
    shifts
        What is added to the value of drivers, by driver and year: arrays of shape (n_draws,).
    keep
        The lines wanted.

    Returns
    -------
    dict
        By line, an array of shape (n_years, n_draws); one column where no shift touches it. It is what `calculate`
        gives for the same shifts, to the penny.
    """
    found = _Run(plan, FAST, {}, shifts).values(keep)
    return {
        name: np.stack(np.broadcast_arrays(*[np.atleast_1d(np.asarray(one, dtype=float)) for one in values]))
        for name, values in found.items()
    }


class _Run:
    """One calculation in one arithmetic."""

    def __init__(self, plan: Plan, arithmetic: Arithmetic, fixed: Fixed, shifts: Shifts) -> None:
        self.plan, self.arithmetic = plan, arithmetic
        self.fixed = {line.id: {**line.fixed, **fixed.get(line.id, {})} for line in plan.lines}
        years = plan.years[plan.n_typed - 1 :]
        used = {name for line in plan.lines for name in line.drivers}
        self.moves: dict[str, Moves] = {
            name: moves(
                driver,
                years,
                shifts.get(name, {}),
                arithmetic.number,
                lambda value: arithmetic.rounded(value, 2),
            )
            for name, driver in plan.drivers.items()
            if name in used
        }

    def values(self, keep: Iterable[str]) -> dict[str, list[Number]]:
        """Return the values of the lines wanted, year by year."""
        wanted = set(keep)
        lines = ordered(self.plan)
        kept: dict[str, list[Number]] = {line.id: [] for line in self.plan.lines if line.id in wanted}
        before: dict[str, Number] = {}
        for at, year in enumerate(self.plan.years):
            now: dict[str, Number] = {}
            for line in lines:
                now[line.id] = self._value(line, at, year, now, before)
            for name, values in kept.items():
                values.append(now[name])
            before = now
        return kept

    def _value(
        self, line: Line, at: int, year: str, now: Mapping[str, Number], before: Mapping[str, Number]
    ) -> Number:
        number, kind = self.arithmetic.number, line.rules
        if year in self.fixed[line.id]:
            return number(self.fixed[line.id][year])
        is_typed = at < self.plan.n_typed
        if is_typed and (kind.is_moved or (kind.is_typed_at_start and year in line.typed)):
            return number(line.typed.get(year, Decimal(0)))
        zero = number(Decimal(0))
        opening, factor, added = zero, 1, zero
        if kind.is_moved:
            opening = before[line.id]
            for name in line.drivers:
                one, k = self.moves[name], at - self.plan.n_typed + 1
                if one.factors:
                    factor = factor * one.factors[k]
                else:
                    added = added + one.changes[k]
                    if one.ends:
                        opening = opening - one.ends[k]
        parts = [sign * now[part] for sign, part in line.parts]
        parts_before = [sign * before[part] for sign, part in line.parts] if before else parts
        return kind.rule(
            Cell(
                opening,
                factor,
                added,
                parts,
                parts_before,
                lambda value: self.arithmetic.rounded(value, kind.places),
            )
        )


def _check(plan: Plan, fixed: Fixed, shifts: Shifts) -> None:
    problems = []
    forecast: Sequence[str] = plan.years[plan.n_typed :]
    for what, named, known in (
        ("line", fixed, {line.id for line in plan.lines}),
        ("driver", shifts, set(plan.drivers)),
    ):
        for name, by_year in named.items():
            if name not in known:
                problems.append(
                    Problem("plan", f'the plan has no {what} "{name}".', expected=", ".join(sorted(known)))
                )
            problems += [
                Problem("plan", f'"{year}" is no forecast year.', value=year, expected=", ".join(forecast))
                for year in by_year
                if year not in forecast
            ]
    if problems:
        raise BadInput(problems)
