"""Capital: programme, financing, capital financing requirement, provision and interest, what revenue pays, indicators.

The requirement is what has been spent on assets and not yet paid for: spending less other financing adds to it, the
minimum revenue provision takes from it. Interest is on the debt at the year's beginning.

References
----------
Local Government Act 2003 s.1 and s.3 (borrowing and the duty to set a limit), s.21(1A) (guidance on minimum revenue
provision, 5th edition of April 2024: a share of the requirement, or over the life of the asset from the year after
it is in use). CIPFA Prudential Code: the indicators. The words of the code are not used here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from constabulary.core.amounts import money
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.finance_capital import (
    CapitalFinancingRow,
    CapitalPositionRow,
    CapitalSchemeRow,
    CapitalYearRow,
)
from constabulary.finance.periods import start_of

PENNY = Decimal("0.01")
NOUGHT = Decimal(0)
YEARS_AHEAD = 2
"""How many later years' rises of the requirement debt may run ahead of."""


@dataclass(frozen=True)
class Indicator:
    """One prudential indicator of a year: its value in pounds or as a share, what it is held against, how it stands.

    `is_kept` is None where there is nothing to hold it against.
    """

    indicator_id: str
    title: str
    value: Decimal
    unit: str
    limit: Decimal | None
    is_kept: bool | None


@dataclass(frozen=True)
class CapitalYear:
    """The capital account of one year (all money in pounds).

    Parameters
    ----------
    period
        The year.
    schemes
        The programme's rows of the year.
    spend_gbp, financing_gbp, unfinanced_gbp
        Spending; what pays for it by source; what is left to borrowing.
    requirement_opening_gbp, provision_gbp, requirement_closing_gbp
        Capital financing requirement at the beginning, minimum revenue provision, requirement at the end.
    debt_opening_gbp, borrowed_gbp, repaid_gbp, debt_closing_gbp
        Gross debt.
    interest_gbp
        Interest on the debt at the beginning.
    revenue_gbp
        What revenue pays: provision, interest and revenue contributions to capital.
    indicators
        The prudential indicators.
    working
        How provision and interest were come by, a sentence each.
    """

    period: str
    schemes: tuple[CapitalSchemeRow, ...]
    spend_gbp: Decimal
    financing_gbp: Mapping[str, Decimal]
    unfinanced_gbp: Decimal
    requirement_opening_gbp: Decimal
    provision_gbp: Decimal
    requirement_closing_gbp: Decimal
    debt_opening_gbp: Decimal
    borrowed_gbp: Decimal
    repaid_gbp: Decimal
    debt_closing_gbp: Decimal
    interest_gbp: Decimal
    revenue_gbp: Decimal
    indicators: tuple[Indicator, ...]
    working: tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """What is left to provide for of one year's unfinanced scheme: the yearly amount until nothing is left."""

    yearly_gbp: Decimal
    left_gbp: Decimal


def plan_capital(
    position: CapitalPositionRow,
    schemes: Sequence[CapitalSchemeRow],
    financing: Sequence[CapitalFinancingRow],
    years: Sequence[CapitalYearRow],
    periods: Sequence[str],
    revenue_stream_gbp: Mapping[str, Decimal] | None = None,
) -> tuple[CapitalYear, ...]:
    """Return the capital account year by year.

    Parameters
    ----------
    position
        Where it begins.
    schemes, financing
        The programme, and what pays for it other than borrowing.
    years
        Borrowing, repayment and limits; a year without a row borrows what is unfinanced and pays back the provision.
    periods
        Years, one after the other, the first beginning on the morrow of the position's day.
    revenue_stream_gbp
        Income from grant and council tax by year (pounds), where `years` tells none.

    Raises
    ------
    BadInput
        If the years begin elsewhere, a year is financed beyond its spending, more debt is paid back than there is, or
        a scheme lacks the life of its asset where the provision goes by it.
    """
    if periods and start_of(periods[0]) != position.as_at_on + timedelta(days=1):
        raise BadInput(
            Problem(
                "years_apart",
                f"the capital position is of {position.as_at_on}; {periods[0]} does not begin the day after.",
                position.file,
                position.line,
                "as_at_on",
                remedy="Begin with the year that does.",
            )
        )
    requirement, debt = position.financing_requirement_gbp, position.debt_gbp
    parts = [_Part(_penny(requirement * position.provision_share), requirement)]
    found: list[CapitalYear] = []
    for period in periods:
        told = next((row for row in years if row.period == period), None)
        one = _year(position, period, schemes, financing, told, requirement, debt, parts)
        requirement, debt = one.requirement_closing_gbp, one.debt_closing_gbp
        found.append(one)
    streams = {
        **(revenue_stream_gbp or {}),
        **{row.period: row.net_revenue_stream_gbp for row in years if row.net_revenue_stream_gbp},
    }
    return tuple(
        replace(one, indicators=_indicators(found, no, years, streams.get(one.period)))
        for no, one in enumerate(found)
    )


def _year(
    position: CapitalPositionRow,
    period: str,
    schemes: Sequence[CapitalSchemeRow],
    financing: Sequence[CapitalFinancingRow],
    told: CapitalYearRow | None,
    requirement: Decimal,
    debt: Decimal,
    parts: list[_Part],
) -> CapitalYear:
    """Work out one year; `parts` take on what it leaves unfinanced."""
    of_year = tuple(row for row in schemes if row.period == period)
    paid = {row.source: row.amount_gbp for row in financing if row.period == period}
    spend = sum((row.spend_gbp for row in of_year), NOUGHT)
    unfinanced = spend - sum(paid.values(), NOUGHT)
    if unfinanced < 0:
        row = next(one for one in financing if one.period == period)
        raise BadInput(
            Problem(
                "over_financed",
                f"the financing of {period} is {money(-unfinanced)} more than its capital spending of {money(spend)}.",
                row.file,
                row.line,
                "amount_gbp",
                remedy="Mend the financing, or type what is spent in finance/capital_schemes.csv.",
            )
        )
    provision, how = _provision(position, requirement, parts)
    if position.provision == "asset_life" and unfinanced:
        parts += _lives(of_year, unfinanced, spend)
    borrowed = told.borrowed_gbp if told else unfinanced
    repaid = told.repaid_gbp if told else min(provision, debt + borrowed)
    if repaid > debt + borrowed:
        raise BadInput(
            Problem(
                "repaid_too_much",
                f"{money(repaid)} is paid back in {period}, and only {money(debt + borrowed)} is owed.",
                told.file if told else None,
                told.line if told else None,
                "repaid_gbp",
                remedy="Mend the row.",
            )
        )
    interest = _penny(debt * position.interest_rate)
    return CapitalYear(
        period=period,
        schemes=of_year,
        spend_gbp=spend,
        financing_gbp=paid,
        unfinanced_gbp=unfinanced,
        requirement_opening_gbp=requirement,
        provision_gbp=provision,
        requirement_closing_gbp=requirement + unfinanced - provision,
        debt_opening_gbp=debt,
        borrowed_gbp=borrowed,
        repaid_gbp=repaid,
        debt_closing_gbp=debt + borrowed - repaid,
        interest_gbp=interest,
        revenue_gbp=provision + interest + paid.get("revenue", NOUGHT),
        indicators=(),
        working=(
            how,
            f"Interest: {position.interest_rate:.2%} of the debt of {money(debt)} at the year's beginning.",
        ),
    )


def _provision(position: CapitalPositionRow, requirement: Decimal, parts: list[_Part]) -> tuple[Decimal, str]:
    """Return the year's minimum revenue provision and how it was come by; `parts` are run down by it."""
    if position.provision == "share":
        amount = _penny(max(requirement, NOUGHT) * position.provision_share)
        return amount, (
            f"Minimum revenue provision: {position.provision_share:.2%} of the requirement of {money(requirement)} "
            "at the year's beginning."
        )
    due = [min(part.yearly_gbp, part.left_gbp) for part in parts]
    parts[:] = [replace(part, left_gbp=part.left_gbp - paid) for part, paid in zip(parts, due, strict=True)]
    n_running = sum(amount > 0 for amount in due)
    return sum(due, NOUGHT), (
        f"Minimum revenue provision: equal instalments over the life of each asset, {n_running} of them running."
    )


def _lives(schemes: Sequence[CapitalSchemeRow], unfinanced: Decimal, spend: Decimal) -> list[_Part]:
    """Share what is unfinanced out over the schemes by their spending, each to be provided for from the next year."""
    parts = []
    left = unfinanced
    for no, row in enumerate(schemes, start=1):
        if not row.life_years:
            raise BadInput(
                Problem(
                    "no_life",
                    f"{row.name} is not financed in full and tells no life of the asset.",
                    row.file,
                    row.line,
                    "life_years",
                    expected="years from 1.",
                    remedy='Type it, or set provision to "share" in finance/capital_position.csv.',
                )
            )
        share = left if no == len(schemes) else _penny(unfinanced * row.spend_gbp / spend)
        left -= share
        # Rounded up, so that the last instalment falls within the life.
        parts.append(_Part((share / row.life_years).quantize(PENNY, "ROUND_CEILING"), share))
    return parts


def _indicators(
    found: Sequence[CapitalYear], no: int, years: Sequence[CapitalYearRow], stream: Decimal | None
) -> tuple[Indicator, ...]:
    one = found[no]
    told = next((row for row in years if row.period == one.period), None)
    rises = sum(
        (
            max(later.requirement_closing_gbp - later.requirement_opening_gbp, NOUGHT)
            for later in found[no : no + 1 + YEARS_AHEAD]
        ),
        NOUGHT,
    )
    ahead = one.requirement_opening_gbp + rises
    debt = one.debt_closing_gbp
    boundary = told.operational_boundary_gbp if told else None
    limit = told.authorised_limit_gbp if told else None
    found_ones = [
        Indicator("capital_expenditure", "Capital expenditure", one.spend_gbp, "gbp", None, None),
        Indicator(
            "financing_requirement", "Capital financing requirement at the end", one.requirement_closing_gbp,
            "gbp", None, None,
        ),
        Indicator("debt_and_requirement", "Gross debt, against the requirement", debt, "gbp", ahead, debt <= ahead),
        Indicator(
            "operational_boundary", "Gross debt, against the operational boundary", debt, "gbp", boundary,
            None if boundary is None else debt <= boundary,
        ),
        Indicator(
            "authorised_limit", "Gross debt, against the authorised limit", debt, "gbp", limit,
            None if limit is None else debt <= limit,
        ),
    ]  # fmt: skip
    if stream:
        share = (one.provision_gbp + one.interest_gbp) / stream
        found_ones.append(
            Indicator(
                "financing_share",
                "Financing costs as a share of net revenue stream",
                share,
                "share",
                None,
                None,
            )
        )
    return tuple(found_ones)


def _penny(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, ROUND_HALF_UP)
