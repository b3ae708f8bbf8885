"""What a plan is sensitive to: the ready reckoner (a pound on band D, 1% of pay), and how far each driver swings it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.finance import PlanSpread
from constabulary.finance.periods import year_of
from constabulary.finance.plan import Driver, Plan, calculate

PENNY = Decimal("0.01")
RULES = (
    (
        "pay_1_percent",
        "1% of pay, overtime and pensions, a full year",
        ("pay", "overtime", "pension"),
        Decimal("0.01"),
    ),
    (
        "prices_1_percent",
        "1% of prices: running costs and contracts",
        ("running_cost", "contract"),
        Decimal("0.01"),
    ),
    ("grant_1_percent", "1% of grants received", ("grant_received",), Decimal("0.01")),
    ("income_1_percent", "1% of income", ("income",), Decimal("0.01")),
    ("tax_base_1_percent", "1% of the council tax base", ("tax_base",), Decimal("0.01")),
    ("band_d_1_percent", "1% on band D", ("band_d",), Decimal("0.01")),
)
"""Rules of thumb by share: id, title, the kinds of line that are 1% more, the share."""


@dataclass(frozen=True)
class Reckoned:
    """What one rule of thumb does to the gap of each forecast year by itself (pounds); above zero betters it."""

    id: str
    title: str
    effect_gbp: tuple[Decimal, ...]


@dataclass(frozen=True)
class Spread:
    """How far a driver may turn out from its value.

    Parameters
    ----------
    driver_id
        The driver.
    distribution
        normal (low and high one standard deviation away), triangular or uniform.
    low, high
        Shifts of its value: shares for a rate, units of the line for an amount.
    drawn
        "each_year" (every year by itself) or "once" (one shift for all years).
    basis
        What says so: the force folder, or a parameter of the package.
    """

    driver_id: str
    distribution: str
    low: Decimal
    high: Decimal
    drawn: str
    basis: str


@dataclass(frozen=True)
class Swing:
    """What a driver at its low and at its high in all years makes of a year's gap (pounds), the gap as planned beside.

    `swing_gbp` is the distance between the two.
    """

    spread: Spread
    title: str
    low_gap_gbp: Decimal
    high_gap_gbp: Decimal
    swing_gbp: Decimal


def reckon(plan: Plan) -> tuple[Reckoned, ...]:
    """Return the ready reckoner of a plan: what a pound on band D and 1% of this and that do to each year's gap.

    Parameters
    ----------
    plan
        The plan; rules about lines that it does not have are left out.
    """
    found = calculate(plan, is_explained=False)
    forecast = plan.years[plan.n_typed :]
    values = {line.id: dict(zip(found.years, line.values, strict=True)) for line in found.lines}

    def effect(fixed: Mapping[str, Mapping[str, Decimal]]) -> tuple[Decimal, ...]:
        moved = calculate(plan, fixed=fixed, is_explained=False).gap_gbp
        return tuple(b - a for a, b in zip(found.gap_gbp, moved, strict=True))[plan.n_typed :]

    reckoned = []
    band_d = plan.of_role("band_d")
    if band_d is not None:
        fixed = {band_d.id: {year: values[band_d.id][year] + 1 for year in forecast}}
        reckoned.append(Reckoned("band_d_1_pound", "A pound on band D", effect(fixed)))
    for name, title, of_kinds, share in RULES:
        lines = [line.id for line in plan.lines if line.kind in of_kinds]
        if lines:
            fixed = {
                line: {
                    year: (values[line][year] * (1 + share)).quantize(PENNY, ROUND_HALF_UP)
                    for year in forecast
                }
                for line in lines
            }
            reckoned.append(Reckoned(name, title, effect(fixed)))
    at_risk = [_failed(one) for one in map(plan.drivers.__getitem__, _used(plan)) if _failed(one) != one]
    if at_risk:
        moved = calculate(plan.with_drivers(at_risk), is_explained=False).gap_gbp
        by_year = tuple(b - a for a, b in zip(found.gap_gbp, moved, strict=True))[plan.n_typed :]
        reckoned.append(Reckoned("savings_fail", "Savings at risk, or not found yet, fail", by_year))
    awards = [name for name in _used(plan) if plan.drivers[name].type == "pay_award"]
    if awards and forecast:
        shifts = {name: {forecast[0]: Decimal("0.01")} for name in awards}
        moved = calculate(plan, shifts=shifts, is_explained=False).gap_gbp
        by_year = tuple(b - a for a, b in zip(found.gap_gbp, moved, strict=True))[plan.n_typed :]
        title = f"Pay awards of {forecast[0]} one percentage point higher"
        reckoned.append(Reckoned("pay_award_1_point", title, by_year))
    return tuple(reckoned)


def spreads(plan: Plan, typed: Sequence[PlanSpread], usual: Mapping[str, Decimal]) -> tuple[Spread, ...]:
    """Return how far each driver of a plan may turn out, by id of the driver.

    Parameters
    ----------
    plan
        The plan.
    typed
        Rows of the force folder, which come first.
    usual
        One standard deviation by type of driver, for drivers without a row: a share for a rate; for an amount, a
        share of each of its values. Types that are not named do not spread, nor does what moves band D alone: that
        is decided, not met with.

    Raises
    ------
    BadInput
        If a row names a driver that moves no line.
    """
    rows = {row.driver_id: row for row in typed}
    used = _used(plan)
    met_with = {name for line in plan.lines if line.rules.role != "band_d" for name in line.drivers}
    unknown = [name for name in rows if name not in used]
    if unknown:
        raise BadInput(
            Problem(
                "no_such_driver", f'"{unknown[0]}" moves no line of the plan.', "finance/plan/spreads.csv"
            )
        )
    found = []
    for name in used:
        driver = plan.drivers[name]
        if name in rows:
            row = rows[name]
            found.append(
                Spread(
                    name,
                    row.distribution,
                    row.low,
                    row.high,
                    row.drawn,
                    f"{row.status}: {row.note or row.where}",
                )
            )
        elif driver.type in usual and name in met_with:
            away = usual[driver.type] if driver.is_rate else usual[driver.type] * _size(driver)
            if away:
                drawn = "each_year" if driver.is_rate else "once"
                found.append(
                    Spread(name, "normal", -away, away, drawn, f"the package's spread of {driver.type}")
                )
    return tuple(found)


def tornado(plan: Plan, found: Sequence[Spread], year: str) -> tuple[Swing, ...]:
    """Return what each driver at its low and its high makes of a year's gap, the widest swing first.

    Parameters
    ----------
    plan
        The plan.
    found
        How far each driver may turn out.
    year
        The year whose gap is asked for.
    """
    at = plan.years.index(year) if year in plan.years else calculate(plan, is_explained=False).year(year)
    forecast = plan.years[plan.n_typed :]
    swings = []
    for spread in found:
        low, high = (
            calculate(
                plan, shifts={spread.driver_id: _in_all(plan, spread, shift, forecast)}, is_explained=False
            )
            for shift in (spread.low, spread.high)
        )
        swing = abs(high.gap_gbp[at] - low.gap_gbp[at])
        title = plan.drivers[spread.driver_id].title
        swings.append(Swing(spread, title, low.gap_gbp[at], high.gap_gbp[at], swing))
    return tuple(sorted(swings, key=lambda one: (-one.swing_gbp, one.spread.driver_id)))


def shifted_years(plan: Plan, driver_id: str, forecast: Sequence[str]) -> tuple[str, ...]:
    """Return the forecast years in which a shift of a driver counts.

    A rate is uncertain in every forecast year; an amount in the years for which it has a value.
    """
    driver = plan.drivers[driver_id]
    if driver.is_rate:
        return tuple(forecast)
    dated = {year_of(row.from_on, plan.base) for row in driver.dated}
    return tuple(year for year in forecast if year in dated)


def _in_all(plan: Plan, spread: Spread, shift: Decimal, forecast: Sequence[str]) -> dict[str, Decimal]:
    return dict.fromkeys(shifted_years(plan, spread.driver_id, forecast), shift)


def _failed(driver: Driver) -> Driver:
    """Return a driver with its savings that are at risk or not found withdrawn."""
    rows = tuple(
        replace(row, delivery="withdrawn") if row.delivery in {"at_risk", "not_found"} else row
        for row in driver.dated
    )
    return replace(driver, dated=rows)


def _used(plan: Plan) -> tuple[str, ...]:
    return tuple(sorted({name for line in plan.lines for name in line.drivers}))


def _size(driver: Driver) -> Decimal:
    """Return the largest of a driver's values, regardless of sign."""
    return max((abs(row.value) for row in driver.dated), default=Decimal(0))
