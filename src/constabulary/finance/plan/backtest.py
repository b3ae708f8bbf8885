"""Holds an old plan against what happened, its last rates carried on where the years go beyond it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from constabulary.core.force.rooms.finance import PlanOutturn
from constabulary.finance.periods import following, start_of, year_of
from constabulary.finance.plan.calculate import calculate
from constabulary.finance.plan.graph import Dated, Driver, Plan

SHARE = Decimal("0.000001")


@dataclass(frozen=True)
class BackTested:
    """A figure of an old plan beside what it came to.

    Parameters
    ----------
    line_id, title, unit, year
        The line and the year.
    forecast, happened
        What the plan said and what it came to, in the unit of the line.
    error, error_share
        Forecast less happened, and as a share of what happened.
    unchanged_error_share
        The same for a plan that leaves the base year's figure as it is: what the plan had to beat.
    is_carried_on
        The year is beyond the plan: its last year's rates are carried on.
    comparable, status, source
        How far the two are the same thing; what the outturn rests on.
    """

    line_id: str
    title: str
    unit: str
    year: str
    forecast: Decimal
    happened: Decimal
    error: Decimal
    error_share: Decimal
    unchanged_error_share: Decimal
    is_carried_on: bool
    comparable: str
    status: str
    source: str


def back_test(plan: Plan, outturns: Sequence[PlanOutturn], sources: Sequence[str]) -> tuple[BackTested, ...]:
    """Return the figures of an old plan beside what they came to, in the order of the outturns.

    Parameters
    ----------
    plan
        The plan.
    outturns
        What lines came to; years before the forecast are left out.
    sources
        What each outturn rests on, for people.
    """
    last = max([plan.years[-1], *(row.period for row in outturns)], key=start_of)
    found = calculate(carried_on(plan, last), is_explained=False)
    base = plan.n_typed - 1
    tested = []
    for row, source in zip(outturns, sources, strict=True):
        line = found.line(row.line_id)
        at = found.year(row.period) if start_of(row.period) > start_of(plan.base) else None
        if at is None:
            continue
        tested.append(
            BackTested(
                line.id,
                line.title,
                line.unit,
                row.period,
                line.values[at],
                row.value,
                line.values[at] - row.value,
                _share(line.values[at] - row.value, row.value),
                _share(line.values[base] - row.value, row.value),
                row.period not in plan.years,
                row.comparable,
                row.status,
                source,
            )
        )
    return tuple(tested)


def carried_on(plan: Plan, last: str) -> Plan:
    """Return the plan with years up to `last`, in which each rate of its last year happens again on the same day.

    Amounts are not carried on: a step or a saving happens once.

    Parameters
    ----------
    plan
        The plan.
    last
        The last year wanted; the plan comes back as it is where it has it.
    """
    years = list(plan.years)
    while start_of(years[-1]) < start_of(last):
        years.append(following(years[-1]))
    n = len(years) - len(plan.years)
    drivers = [_carried_on(plan, driver, n) for driver in plan.drivers.values() if driver.is_rate and n]
    return replace(plan.with_drivers(drivers), years=tuple(years))


def _carried_on(plan: Plan, driver: Driver, n: int) -> Driver:
    again = [row for row in driver.dated if year_of(row.from_on, plan.base) == plan.years[-1]]
    more = [
        Dated(
            row.from_on.replace(year=row.from_on.year + k, day=min(row.from_on.day, 28)),
            row.value,
            f"{row.title}, carried on",
            "assumed",
            row.source,
            "The last rate of the plan, carried on.",
        )
        for k in range(1, n + 1)
        for row in again
    ]
    return replace(driver, dated=(*driver.dated, *more))


def _share(error: Decimal, happened: Decimal) -> Decimal:
    return (error / abs(happened)).quantize(SHARE, ROUND_HALF_UP) if happened else Decimal(0)
