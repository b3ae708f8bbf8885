"""Asks a plan backwards: the band D that closes the gap, the officers a rise buys and when, the savings reserves need.

References
----------
Local Government Finance Act 1992: s.42B (band D), s.52ZB and s.52ZC (referendum limit). Local Government Act 2003:
s.25 (adequacy of reserves), s.26 (minimum reserves).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from constabulary.core.amounts import money
from constabulary.core.errors import BadInput, Problem
from constabulary.finance.periods import share_left, start_of
from constabulary.finance.plan import Plan, calculate
from constabulary.finance.plan.arithmetic import EXACT
from constabulary.finance.plan.drivers import moves

PENNY = Decimal("0.01")


@dataclass(frozen=True)
class BandDSolved:
    """The band D that closes a year's gap.

    Parameters
    ----------
    year
        The year.
    planned_gbp, needed_gbp
        Band D as planned, and the least, to the penny, with which the gap is closed.
    rise_gbp
        The needed band D less the band D planned for the year before.
    gap_gbp, gap_after_gbp
        The gap as planned, and with the band D needed (pounds).
    """

    year: str
    planned_gbp: Decimal
    needed_gbp: Decimal
    rise_gbp: Decimal
    gap_gbp: Decimal
    gap_after_gbp: Decimal


def solve_band_d(plan: Plan, years: Sequence[str] = ()) -> tuple[BandDSolved, ...]:
    """Return the least band D of each year that leaves no gap in it, all other years as planned.

    Parameters
    ----------
    plan
        The plan; it needs a band D, a tax base and a precept line.
    years
        The years asked for; all forecast years when empty.

    Raises
    ------
    BadInput
        If the plan lacks one of these lines, or a year is no forecast year.
    """
    band_d, base = plan.needs_role("band_d"), plan.needs_role("tax_base")
    plan.needs_role("precept")
    planned = calculate(plan, is_explained=False)
    found: list[BandDSolved] = []
    for year in years or plan.years[plan.n_typed :]:
        at = planned.year(year)
        gap, dwellings = planned.gap_gbp[at], planned.line(base.id).values[at]
        if not dwellings:
            raise BadInput(
                Problem("no_tax_base", f"the tax base of {year} is nothing.", expected="a number above 0")
            )
        now = planned.line(band_d.id).values
        if _gap_with(plan, band_d.id, year, now[at] + 1) <= gap:
            raise BadInput(
                Problem(
                    "band_d_moves_nothing",
                    f"a pound more on band D leaves the gap of {year} as it is.",
                    expected="a precept that follows from band D and is among what finances the plan",
                )
            )
        needed = (now[at] - gap / dwellings).quantize(PENNY, ROUND_CEILING)
        after = _gap_with(plan, band_d.id, year, needed)
        # The precept is rounded to the penny, so the last penny of band D may be one too few or one too many.
        while after < 0:
            needed += PENNY
            after = _gap_with(plan, band_d.id, year, needed)
        while (less := _gap_with(plan, band_d.id, year, needed - PENNY)) >= 0:
            needed, after = needed - PENNY, less
        found.append(BandDSolved(year, now[at], needed, needed - now[at - 1], gap, after))
    return tuple(found)


def gap_at_band_d(plan: Plan, year: str, band_d_gbp: Decimal) -> Decimal:
    """Return the gap of a year (pounds) with another band D in that year."""
    return _gap_with(plan, plan.needs_role("band_d").id, year, band_d_gbp)


def _gap_with(plan: Plan, band_d: str, year: str, value: Decimal) -> Decimal:
    found = calculate(plan, fixed={band_d: {year: value}}, is_explained=False)
    return found.gap_gbp[found.year(year)]


@dataclass(frozen=True)
class Intake:
    """Officers who join on a day: `n` of them, `n_so_far` with those before; `ready_on` they work alone."""

    joins_on: date
    n: int
    n_so_far: int
    ready_on: date


@dataclass(frozen=True)
class OfficersYear:
    """What a rise brings and its officers cost in a year (pounds); `n_mean` are officers in post on average."""

    year: str
    precept_gbp: Decimal
    officer_cost_gbp: Decimal
    cost_gbp: Decimal
    left_gbp: Decimal
    n_mean: Decimal


@dataclass(frozen=True)
class OfficersSolved:
    """The officers that a rise of band D buys for good, and when they are there.

    Parameters
    ----------
    n_officers
        As many as the rise pays for in every full year of the plan.
    rise_gbp, from_year
        The rise of band D (pounds), and its first year.
    years, intakes
        By year, and by intake.
    """

    n_officers: int
    rise_gbp: Decimal
    from_year: str
    years: tuple[OfficersYear, ...]
    intakes: tuple[Intake, ...]


@dataclass(frozen=True)
class Recruiting:
    """How officers are taken on.

    Parameters
    ----------
    officer_cost_gbp
        A constable's full-year cost in the first year of the rise, on-costs counted in (pounds).
    intake
        Most that join at once.
    months_between
        Months from one intake to the next.
    first_on
        The first intake; None for the first day of the year.
    training_weeks
        Weeks until a recruit works alone.
    pay_driver
        The driver of the plan that moves the cost; None leaves it as it is.
    """

    officer_cost_gbp: Decimal
    intake: int
    months_between: int
    training_weeks: int
    first_on: date | None = None
    pay_driver: str | None = None


def solve_officers(plan: Plan, rise_gbp: Decimal, year: str, recruiting: Recruiting) -> OfficersSolved:
    """Return the officers that a rise of band D pays for, and when they join and work alone.

    They are as many as the yield of the rise pays for in full in every year from its second on (in its first where
    the plan has no second): the rise lasts, and so do they.

    Parameters
    ----------
    plan
        The plan; it needs a tax base line.
    rise_gbp
        The rise of band D (pounds) beyond the plan's.
    year
        Its first year, a forecast year of the plan.
    recruiting
        How officers are taken on.

    Raises
    ------
    BadInput
        If there is no tax base, the year is none of the plan, the rise, the cost or an intake is not above 0, or there
        are more officers than could ever join.
    """
    _above_zero(rise=rise_gbp, officer_cost=recruiting.officer_cost_gbp, intake=recruiting.intake)
    _above_zero(months_between=recruiting.months_between)
    base = plan.needs_role("tax_base")
    found = calculate(plan, is_explained=False)
    first = found.year(year)
    years = plan.years[first:]
    costs = _costs(plan, years, recruiting)
    yields = [
        (found.line(base.id).values[first + k] * rise_gbp).quantize(PENNY, ROUND_HALF_UP)
        for k in range(len(years))
    ]
    whole = list(zip(yields, costs, strict=True))[1 if len(years) > 1 else 0 :]
    n = min(int((got / cost).to_integral_value(ROUND_FLOOR)) for got, cost in whole)
    intakes = _intakes(n, recruiting, recruiting.first_on or start_of(year))
    by_year = []
    for name, got, cost in zip(years, yields, costs, strict=True):
        mean = sum((one.n * share_left(name, one.joins_on) for one in intakes), Decimal(0))
        spent = (mean * cost).quantize(PENNY, ROUND_HALF_UP)
        by_year.append(OfficersYear(name, got, cost, spent, got - spent, mean.quantize(PENNY, ROUND_HALF_UP)))
    return OfficersSolved(n, rise_gbp, year, tuple(by_year), intakes)


def _costs(plan: Plan, years: Sequence[str], recruiting: Recruiting) -> list[Decimal]:
    """Return what an officer costs in each year, moved by the pay driver from the first on."""
    costs = [recruiting.officer_cost_gbp]
    driver = plan.drivers.get(recruiting.pay_driver or "")
    if recruiting.pay_driver is not None and (driver is None or not driver.is_rate):
        rates = [name for name, one in plan.drivers.items() if one.is_rate]
        raise BadInput(
            Problem(
                "no_such_driver",
                f'"{recruiting.pay_driver}" is no rate of the plan.',
                expected=", ".join(rates),
            )
        )
    factors = (
        moves(driver, years, {}, EXACT.number, lambda value: EXACT.rounded(value, 2)).factors
        if driver
        else (Decimal(1),) * len(years)
    )
    for factor in factors[1:]:
        costs.append((costs[-1] * factor).quantize(PENNY, ROUND_HALF_UP))
    return costs


def _intakes(n: int, recruiting: Recruiting, first_on: date) -> tuple[Intake, ...]:
    found: list[Intake] = []
    n_years = (n // recruiting.intake * recruiting.months_between) // 12 + recruiting.training_weeks // 52 + 2
    if first_on.year + n_years > date.max.year:
        raise BadInput(
            Problem(
                "too_many_officers",
                f"{n:,} officers would join for thousands of years.",
                remedy="Ask for a smaller rise or larger intakes.",
            )
        )
    on, so_far = first_on, 0
    while so_far < n:
        joining = min(recruiting.intake, n - so_far)
        so_far += joining
        found.append(Intake(on, joining, so_far, on + timedelta(weeks=recruiting.training_weeks)))
        months = on.month - 1 + recruiting.months_between
        on = date(on.year + months // 12, months % 12 + 1, min(on.day, 28))
    return tuple(found)


@dataclass(frozen=True)
class SavingsYear:
    """A year of the savings that keep the reserve above its floor (pounds).

    `saved_gbp` is the yearly saving that must be in place, `new_gbp` what is new in the year; `reserve_gbp` the
    general reserve at its end, `reserve_share` of the requirement that is left.
    """

    year: str
    gap_gbp: Decimal
    saved_gbp: Decimal
    new_gbp: Decimal
    gap_after_gbp: Decimal
    reserve_without_gbp: Decimal
    reserve_gbp: Decimal
    floor_gbp: Decimal
    reserve_share: Decimal


def solve_savings(plan: Plan, reserve_gbp: Decimal, floor_share: Decimal) -> tuple[SavingsYear, ...]:
    """Return the least yearly savings with which the general reserve, which meets the gap, never falls below a floor.

    Each year's gap is drawn from the general reserve, what is to spare is put in, and a saving once made lasts.

    Parameters
    ----------
    plan
        The plan.
    reserve_gbp
        The general reserve at the end of the base year (pounds).
    floor_share
        The floor as a share (0 to 1) of each year's net budget requirement after savings.

    Raises
    ------
    BadInput
        If the share is not between 0 and 1, or the savings would leave nothing of a year's requirement.
    """
    if not 0 <= floor_share < 1:
        raise BadInput(Problem("not_a_share", f"{floor_share} is no share.", expected="0 to 1: 5% is 0.05"))
    found = calculate(plan, is_explained=False)
    reserve, without, saved, years = reserve_gbp, reserve_gbp, Decimal(0), []
    for at in range(plan.n_typed, len(plan.years)):
        gap, need = found.gap_gbp[at], found.net_budget_requirement_gbp[at]
        least = ((floor_share * need - reserve - gap) / (1 + floor_share)).quantize(PENNY, ROUND_CEILING)
        new = max(Decimal(0), least - saved)
        saved += new
        reserve += gap + saved
        without += gap
        floor = (floor_share * (need - saved)).quantize(PENNY, ROUND_CEILING)
        if reserve < floor:
            # The floor is rounded up to the penny, and the saving with it.
            saved, new, reserve = saved + PENNY, new + PENNY, reserve + PENNY
        if need <= saved:
            told = f"the net budget requirement of {plan.years[at]} comes to nothing after savings of {money(saved)}."
            raise BadInput(Problem("no_requirement", told, expected="more than is saved"))
        share = (reserve / (need - saved)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
        years.append(
            SavingsYear(plan.years[at], gap, saved, new, gap + saved, without, reserve, floor, share)
        )
    return tuple(years)


def first_pay_driver(plan: Plan) -> str | None:
    """Return the pay award that moves the largest pay line of the plan; None without one."""
    lines = [
        (line.typed.get(plan.base, Decimal(0)), name)
        for line in plan.lines
        if line.kind == "pay"
        for name in line.drivers
        if plan.drivers[name].type == "pay_award"
    ]
    return max(lines)[1] if lines else None


def _above_zero(**given: Decimal | int) -> None:
    problems = [
        Problem(
            "not_above_zero", f"{name.replace('_', ' ')} is {value}.", column=name, expected="more than 0"
        )
        for name, value in given.items()
        if value <= 0
    ]
    if problems:
        raise BadInput(problems)
