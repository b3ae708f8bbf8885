"""Budget monitoring: actual spending by month against a profiled budget, with virements, outturn and variance.

Income is below zero, so a variance above zero is always the worse: more spent or less received than budgeted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from constabulary.core.amounts import money
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.finance_monitoring import VirementRow
from constabulary.finance.periods import MONTHS, start_of

PENNY = Decimal("0.01")
NOUGHT = Decimal(0)
METHODS = {
    "profile": "what was spent so far, and the rest of the year as budgeted",
    "run_rate": "what was spent so far over the share of the budget that should have been, for the whole year",
}
"""How the outturn is forecast."""


@dataclass(frozen=True)
class Budgeted:
    """A line's budget for the year (pounds) and what it rests on."""

    line_id: str
    name: str
    amount_gbp: Decimal
    source: str = ""


@dataclass(frozen=True)
class MonthMonitored:
    """A month of a line: its budget by the profile, and what was spent; None for months not yet reported (pounds)."""

    calendar_month: str
    budget_gbp: Decimal
    actual_gbp: Decimal | None


@dataclass(frozen=True)
class LineMonitored:
    """A line over the year (money in pounds).

    Parameters
    ----------
    line_id, name
        The line.
    budget_gbp, virements_gbp, revised_gbp
        Budget as set, what virements moved, and both.
    budget_to_date_gbp, actual_to_date_gbp, variance_to_date_gbp
        By the profile, as spent, and spent less profile, over the months reported.
    outturn_gbp, variance_gbp, variance_share
        Forecast for the year, less the revised budget, and as a share of it; None where there is no budget.
    other_outturn_gbp
        The forecast by the other method.
    is_notable
        The variance is at least the notable share of the budget.
    months
        Each month.
    """

    line_id: str
    name: str
    budget_gbp: Decimal
    virements_gbp: Decimal
    revised_gbp: Decimal
    budget_to_date_gbp: Decimal
    actual_to_date_gbp: Decimal
    variance_to_date_gbp: Decimal
    outturn_gbp: Decimal
    variance_gbp: Decimal
    variance_share: Decimal | None
    other_outturn_gbp: Decimal
    is_notable: bool
    months: tuple[MonthMonitored, ...]


@dataclass(frozen=True)
class Monitored:
    """A year's budget monitored.

    Parameters
    ----------
    period
        The year.
    n_months
        How many of its months are reported.
    method
        How the outturn is forecast; see `METHODS`.
    lines
        The lines, in the order of the budget.
    total
        All of them together.
    virements
        The virements of the year.
    findings
        What a reader should know, a sentence each.
    """

    period: str
    n_months: int
    method: str
    lines: tuple[LineMonitored, ...]
    total: LineMonitored
    virements: tuple[VirementRow, ...]
    findings: tuple[str, ...]


def calendar_months(period: str) -> tuple[str, ...]:
    """Return the twelve calendar months of a year.

    Examples
    --------
    >>> calendar_months("2019/20")[0], calendar_months("2019/20")[-1]
    ('2019-04', '2020-03')
    """
    first = start_of(period)
    places = (first.month - 1 + no for no in range(MONTHS))
    return tuple(f"{first.year + place // MONTHS}-{place % MONTHS + 1:02d}" for place in places)


def monitor(
    period: str,
    budgets: Sequence[Budgeted],
    actuals_gbp: Mapping[tuple[str, str], Decimal],
    *,
    profiles: Mapping[str, Mapping[int, Decimal]],
    virements: Sequence[VirementRow] = (),
    n_months: int | None = None,
    method: str = "profile",
    notable_share: Decimal = Decimal("0.02"),
) -> Monitored:
    """Return a year's budget against what was spent.

    Parameters
    ----------
    period
        The year.
    budgets
        The lines and their budgets.
    actuals_gbp
        What was spent by line and calendar month (pounds).
    profiles
        Share of the budget by month (1 is the year's first) for lines that do not spend evenly.
    virements
        Moves of budget between lines; those dated within the year count.
    n_months
        How many months are reported; up to the last with anything spent when left out.
    method
        "profile" or "run_rate".
    notable_share
        A variance of this share of the budget or more is notable [0 to 1].

    Raises
    ------
    BadInput
        If the method is unknown, a virement names no line of the budget or takes more than the line has.
    """
    if method not in METHODS:
        raise BadInput(
            Problem("no_such_method", f'"{method}" is no way to forecast.', expected=f"{', '.join(METHODS)}.")
        )
    months = calendar_months(period)
    of_year = {key: amount for key, amount in actuals_gbp.items() if key[1] in months}
    reported = (
        n_months
        if n_months is not None
        else max((months.index(month) + 1 for _, month in of_year), default=0)
    )
    moved, counted = _moved(period, budgets, virements)
    lines = tuple(
        _line(
            one,
            moved[one.line_id],
            of_year,
            profiles.get(one.line_id),
            months,
            reported,
            method,
            notable_share,
        )
        for one in budgets
    )
    known = {one.line_id for one in budgets}
    unknown = {line: NOUGHT for line, _ in of_year if line not in known}
    for (line, _), amount in of_year.items():
        if line in unknown:
            unknown[line] += amount
    findings = [
        f"{money(amount)} was spent on {line}, which is no line of the budget: it is in no figure here."
        for line, amount in sorted(unknown.items())
    ]
    told = {line for line, _ in of_year}
    silent = [one.name for one in lines if one.line_id not in told]
    if silent and reported:
        findings.append(
            f"Nothing is told of {len(silent)} of {len(lines)} lines ({', '.join(silent[:5])}"
            f"{' and others' if len(silent) > 5 else ''}): they count as nothing spent."
        )
    findings += [
        f"{one.name} is forecast to end {'over' if one.variance_gbp > 0 else 'under'} its budget by "
        f"{money(abs(one.variance_gbp), 0)} ({abs(one.variance_share or NOUGHT):.1%})."
        for one in sorted(lines, key=lambda line: -abs(line.variance_gbp))
        if one.is_notable
    ]
    total = _total(lines, months, reported, notable_share)
    return Monitored(period, reported, method, lines, total, counted, tuple(findings))


def _moved(
    period: str, budgets: Sequence[Budgeted], virements: Sequence[VirementRow]
) -> tuple[dict[str, Decimal], tuple[VirementRow, ...]]:
    moved = {one.line_id: NOUGHT for one in budgets}
    held = {one.line_id: abs(one.amount_gbp) for one in budgets}
    first = start_of(period)
    end = date(first.year + 1, first.month, 1)
    counted = tuple(row for row in virements if first <= row.moved_on < end)
    problems = []
    for row in counted:
        for column, line in (("from_line_id", row.from_line_id), ("to_line_id", row.to_line_id)):
            if line not in moved:
                problems.append(
                    Problem(
                        "no_such_line", f'"{line}" is no line of the budget of {period}.', row.file, row.line, column,
                        line, remedy="Mend the virement.",
                    )
                )  # fmt: skip
        if not problems:
            moved[row.from_line_id] -= row.amount_gbp
            moved[row.to_line_id] += row.amount_gbp
            if held[row.from_line_id] + moved[row.from_line_id] < 0:
                problems.append(
                    Problem(
                        "overdrawn_line", f"the virement takes more from {row.from_line_id} than it has.", row.file,
                        row.line, "amount_gbp", str(row.amount_gbp), remedy="Mend the virement.",
                    )
                )  # fmt: skip
    if problems:
        raise BadInput(problems)
    return moved, counted


def _line(
    one: Budgeted,
    moved: Decimal,
    actuals: Mapping[tuple[str, str], Decimal],
    profile: Mapping[int, Decimal] | None,
    months: Sequence[str],
    reported: int,
    method: str,
    notable_share: Decimal,
) -> LineMonitored:
    revised = one.amount_gbp + moved
    budgeted = profiled(revised, profile)
    spent = [actuals.get((one.line_id, month), NOUGHT) for month in months[:reported]]
    to_date, planned = sum(spent, NOUGHT), sum(budgeted[:reported], NOUGHT)
    forecasts = {
        "profile": to_date + revised - planned,
        # Where nothing was to be spent so far, the rate tells nothing.
        "run_rate": _penny(to_date * revised / planned) if planned else to_date + revised - planned,
    }
    outturn = forecasts.pop(method)
    variance = outturn - revised
    share = variance / abs(revised) if revised else None
    return LineMonitored(
        line_id=one.line_id,
        name=one.name,
        budget_gbp=one.amount_gbp,
        virements_gbp=moved,
        revised_gbp=revised,
        budget_to_date_gbp=planned,
        actual_to_date_gbp=to_date,
        variance_to_date_gbp=to_date - planned,
        outturn_gbp=outturn,
        variance_gbp=variance,
        variance_share=share,
        other_outturn_gbp=forecasts.popitem()[1],
        is_notable=variance != 0 and (share is None or abs(share) >= notable_share),
        months=tuple(
            MonthMonitored(month, budgeted[no], spent[no] if no < reported else None)
            for no, month in enumerate(months)
        ),
    )


def profiled(amount_gbp: Decimal, profile: Mapping[int, Decimal] | None) -> list[Decimal]:
    """Return a yearly amount by month (pounds), to the penny, the last month taking what rounding leaves.

    Parameters
    ----------
    amount_gbp
        The year's amount (pounds).
    profile
        Share of it by month, 1 the year's first; None spreads it evenly.
    """
    shares = [profile.get(no + 1, NOUGHT) if profile else Decimal(1) / MONTHS for no in range(MONTHS)]
    found = [_penny(amount_gbp * share) for share in shares]
    last = max(no for no, share in enumerate(shares) if share) if any(shares) else MONTHS - 1
    found[last] += amount_gbp - sum(found, NOUGHT)
    return found


def _total(
    lines: Sequence[LineMonitored], months: Sequence[str], reported: int, notable_share: Decimal
) -> LineMonitored:
    def added(name: str) -> Decimal:
        return sum((getattr(one, name) for one in lines), NOUGHT)

    revised, variance = added("revised_gbp"), added("variance_gbp")
    share = variance / abs(revised) if revised else None
    by_month = tuple(
        MonthMonitored(
            month,
            sum((one.months[no].budget_gbp for one in lines), NOUGHT),
            sum((one.months[no].actual_gbp or NOUGHT for one in lines), NOUGHT) if no < reported else None,
        )
        for no, month in enumerate(months)
    )
    return LineMonitored(
        "total", "All lines", added("budget_gbp"), added("virements_gbp"), revised, added("budget_to_date_gbp"),
        added("actual_to_date_gbp"), added("variance_to_date_gbp"), added("outturn_gbp"), variance, share,
        added("other_outturn_gbp"), share is not None and abs(share) >= notable_share, by_month,
    )  # fmt: skip


def _penny(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, ROUND_HALF_UP)
