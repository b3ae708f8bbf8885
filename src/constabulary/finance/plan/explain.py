"""The working of a figure: the steps from last year's value to this year's, which add up to it to the penny."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from constabulary.finance.periods import year_of
from constabulary.finance.plan.calculated import Step, Working
from constabulary.finance.plan.drivers import Moves
from constabulary.finance.plan.graph import ROUNDING, Dated, Driver, Line, Plan, weakest
from constabulary.finance.plan.kind import change, product

PENNY = Decimal("0.01")
Told = dict[tuple[str, str], tuple[str, str, str, str]]
"""Title, basis, source and note by driver and year, found once for all the lines that a driver moves."""


def explain(
    plan: Plan,
    line: Line,
    values: Mapping[str, Sequence[Decimal]],
    made: Mapping[str, Moves],
    fixed: Mapping[str, Mapping[str, Any]],
    told: Told,
) -> tuple[Working, ...]:
    """Return the working of a line, year by year.

    Parameters
    ----------
    plan, line
        The plan and the line of it.
    values
        The values of all lines.
    made
        What each driver does; see `constabulary.finance.plan.drivers.moves`.
    fixed
        Values set in place of what the rules give.
    told
        What is already known of the drivers' steps; more is put in.
    """
    found = []
    for at, year in enumerate(plan.years):
        value = values[line.id][at]
        if year in fixed.get(line.id, ()):
            steps: list[Step] = [Step(f"Set for {year}", "set", value, basis="assumed")]
        elif at < plan.n_typed and (line.rules.is_moved or year in line.typed):
            steps = [Step(*_typed(line, year), value, basis=line.status, source=line.source, note=line.note)]
        elif line.rules.is_moved:
            steps = list(_moved(plan, line, values[line.id][at - 1], at, made, told))
        else:
            steps = list(_made(plan, line, values, at))
        found.append(Working(year, value, tuple(steps)))
    return tuple(found)


def _typed(line: Line, year: str) -> tuple[str, str]:
    if year in line.printed:
        return f"Printed for {year}", "typed"
    return f"Typed for {year}" if year in line.typed else f"Nothing printed for {year}", "typed"


def _moved(
    plan: Plan, line: Line, before: Decimal, at: int, made: Mapping[str, Moves], told: Told
) -> Iterator[Step]:
    year, k = plan.years[at], at - plan.n_typed + 1
    yield Step(f"Value of {plan.years[at - 1]}", "opening", before)
    drivers = [plan.drivers[name] for name in line.drivers]
    level = before
    for driver in drivers:
        ends = made[driver.id].ends
        if ends and ends[k]:
            level -= ends[k]
            yield _step(told, driver, plan.years[at - 1], plan.base, -ends[k], "amount", " (ended)")
    factor = Decimal(1)
    # Each rate is worth what the product so far is worth with it less without it, so that the rounded steps add up.
    for driver in drivers:
        if driver.is_rate:
            so_far = _penny(level * factor)
            factor *= made[driver.id].factors[k]
            if made[driver.id].factors[k] != 1:
                yield _step(told, driver, year, plan.base, _penny(level * factor) - so_far, "rate")
    for driver in drivers:
        if not driver.is_rate and made[driver.id].changes[k]:
            yield _step(told, driver, year, plan.base, made[driver.id].changes[k], "amount")


def _penny(value: Decimal) -> Decimal:
    return value.quantize(PENNY, ROUND_HALF_UP)


def _step(
    told: Told, driver: Driver, year: str, base: str, change: Decimal, kind: str, after: str = ""
) -> Step:
    found = told.get((driver.id, year))
    if found is None:
        found = told[driver.id, year] = _facts(driver, year, base)
    return Step(found[0] + after, kind, change, driver.id, *found[1:])


def _facts(driver: Driver, year: str, base: str) -> tuple[str, str, str, str]:
    """Return the title, basis, source and note of what a driver does in a year, which many lines share."""
    rows, after = _rows(driver, year, base), ""
    if not rows:
        # The rest of what took effect during the year before.
        earlier = [row for row in driver.dated if year_of(row.from_on, base) < year]
        rows, after = earlier[-1:], " (rest of a full year)"
    titles = list(dict.fromkeys(row.title for row in rows)) or [driver.id]
    return (
        "; ".join(titles) + after,
        basis_of(driver, rows),
        "; ".join(dict.fromkeys(row.source for row in rows if row.source)),
        "; ".join(dict.fromkeys(row.note for row in rows if row.note)),
    )


def _rows(driver: Driver, year: str, base: str) -> list[Dated]:
    return [row for row in driver.dated if year_of(row.from_on, base) == year]


def basis_of(driver: Driver, rows: Sequence[Dated]) -> str:
    """Return what a driver's step rests on: unexplained, rounding, or the weakest status of its rows."""
    if driver.type in {"not_published", ROUNDING}:
        return "unexplained" if driver.type == "not_published" else ROUNDING
    return weakest(row.status for row in rows)


def _made(plan: Plan, line: Line, values: Mapping[str, Sequence[Decimal]], at: int) -> Iterator[Step]:
    titles = {one.id: one.title for one in plan.lines}
    value = values[line.id][at]
    if line.rules.rule is product:
        (_, first), (_, second) = line.parts
        said = f"{titles[first]} {values[first][at]:,} times {titles[second].lower()} {values[second][at]:,}"
        yield Step(said, "product", value, first)
        return
    if line.rules.unit == "change":
        (_, part), now = line.parts[0], values[line.parts[0][1]]
        yield Step(
            f"{titles[part]}: {now[at]:,} over {now[max(at - 1, 0)]:,}, less 1", "product", value, part
        )
        return
    is_change = line.rules.rule is change
    for sign, part in line.parts:
        yield Step(titles[part], "part", sign * values[part][at], part)
        if is_change:
            before = values[part][at - 1] if at else values[part][at]
            yield Step(f"{titles[part]} in {plan.years[max(at - 1, 0)]}", "part", -sign * before, part)
