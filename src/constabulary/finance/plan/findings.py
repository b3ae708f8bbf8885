"""What a reader should know of how a plan was typed: drivers that move nothing, rates that end early and the like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from constabulary.core.amounts import money
from constabulary.core.force.rooms.finance import ACCOUNT_DRIVERS
from constabulary.finance.periods import year_of
from constabulary.finance.plan.graph import ROUNDING, Driver, Line, Plan


def findings(plan: Plan) -> tuple[str, ...]:
    """Return sentences on what was typed and does nothing, or is missing without anybody saying so.

    Parameters
    ----------
    plan
        The plan.
    """
    forecast = plan.years[plan.n_typed :]
    moved = {
        name: [line.title for line in plan.lines if name in line.drivers]
        for name, driver in plan.drivers.items()
        if driver.type != ROUNDING and name not in ACCOUNT_DRIVERS
    }
    return tuple(sentence for name in moved for sentence in _about(plan, plan.drivers[name], moved, forecast))


def _about(
    plan: Plan, driver: Driver, moved: Mapping[str, list[str]], forecast: tuple[str, ...]
) -> Iterator[str]:
    if not moved[driver.id]:
        yield f'The driver "{driver.id}" moves no line.'
        return
    years = [year_of(row.from_on, plan.base) for row in driver.dated]
    outside = [
        row for row, year in zip(driver.dated, years, strict=True) if year not in (plan.base, *forecast)
    ]
    if outside:
        yield f'"{driver.id}" of {outside[0].from_on} takes effect outside the years of the plan and does nothing.'
    last = max((forecast.index(year) for year in years if year in forecast), default=-1)
    if driver.is_rate and years and last < len(forecast) - 1:
        still = [
            line.title
            for line in plan.lines
            if driver.id in line.drivers
            and not _is_moved_otherwise(plan, line, driver.id, forecast[last + 1])
        ]
        without = f"for {forecast[-1]}" if last == len(forecast) - 2 else f"from {forecast[last + 1]} on"
        if still:
            lines = f"{len(still)} lines" if len(still) > 1 else still[0]
            yield f'"{driver.id}" has no value {without}: no rate moves {lines}.'
    lost = sum((row.value for row in driver.dated if row.delivery == "not_found"), Decimal(0))
    if lost:
        yield f'"{driver.id}" counts on {money(lost)} a year of savings that are not found yet.'


def _is_moved_otherwise(plan: Plan, line: Line, but: str, year: str) -> bool:
    """Return whether a rate other than the one named has a value for a line in a year."""
    others = (plan.drivers[name] for name in line.drivers if name != but)
    return any(
        one.is_rate and any(year_of(row.from_on, plan.base) == year for row in one.dated) for one in others
    )
