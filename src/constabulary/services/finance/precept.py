"""Answers the precept of a year from a force folder's tables, with figures of one's own in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from constabulary.core.amounts import money
from constabulary.core.answers import StampedAnswer, with_fields_of
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.finance_precept import BandDRow, RequirementItem, TaxBaseRow
from constabulary.core.provenance import Stamp
from constabulary.finance.periods import following, is_period
from constabulary.finance.plan import CalculatedPlan
from constabulary.finance.resolution import Limit, Resolution, resolve
from constabulary.parameters import load_parameters
from constabulary.services.finance.planned import plan_if_any, planned_by_year
from constabulary.services.finance.resources import force_for, plain, stamp_of
from constabulary.services.workspace.workspaces import Workspace

__all__ = ["Given", "PreceptReport", "limits", "precept", "precept_periods"]


@dataclass(frozen=True)
class Given:
    """Figures of one's own that stand in for the force folder's; None or empty leaves those.

    Parameters
    ----------
    band_d_gbp, last_band_d_gbp
        Band D of the year and of the year before (pounds).
    requirement_gbp
        The council tax requirement (pounds); band D follows from it.
    bases, collection_fund_gbp
        Base (band D homes that pay in full) and share of the collection fund's surplus (pounds) by billing authority.
    limit_gbp, limit_share
        What the principles allow: pounds, or a share of the year before (0 to 1).
    """

    band_d_gbp: Decimal | None = None
    last_band_d_gbp: Decimal | None = None
    requirement_gbp: Decimal | None = None
    bases: Mapping[str, Decimal] | None = None
    collection_fund_gbp: Mapping[str, Decimal] | None = None
    limit_gbp: Decimal | None = None
    limit_share: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what was given, for the stamp."""
        return {key: plain(value) for key, value in self.__dict__.items() if value}


@dataclass(frozen=True)
class PreceptReport:
    """The precept of a year and how it came about.

    Parameters
    ----------
    force, name
        The force's id and name.
    result
        The resolution.
    stamp
        What it was made from.
    """

    force: str
    name: str
    result: Resolution
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        found = self.result
        text = f"Band D for {found.period} is {money(found.band_d_gbp)}"
        if found.referendum is not None:
            rise = found.referendum.increase_gbp
            week = next(band for band in found.bands if band.band == "D").increase_week_gbp or Decimal(0)
            more = "more" if rise >= 0 else "less"
            text += f", {money(abs(rise))} {more} a year ({_weekly(abs(week))} a week)"
        if found.precept_gbp is not None:
            text += f"; the precept comes to {money(found.precept_gbp, 0)}"
        return text + "."

    def as_json(self) -> PreceptAnswer:
        """Return the report as commands and the API answer it."""
        found = plain(self.result)
        return {
            "schema": 1,
            "force": self.force,
            "answer": self.sentence(),
            **found,
            "stamp": self.stamp.as_json(),
        }


@with_fields_of(Resolution)
class PreceptAnswer(StampedAnswer):
    """The precept of a year and how it came about."""

    force: str
    answer: str


def precept(
    workspace: Workspace | None,
    force: str | None = None,
    period: str | None = None,
    given: Given | None = None,
) -> PreceptReport:
    """Return the precept of a year.

    Parameters
    ----------
    workspace, force
        See `constabulary.services.finance.resources.force_for`.
    period
        The year, "2013/14"; the latest that the folder has a band D or a tax base for, when left out.
    given
        Figures in place of the folder's.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    BadInput
        If the year is none, an amount given is below 0, there is nothing to work band D out from, or the folder's
        plan breaks a rule.
    NothingThere
        If no year is named and the folder has none.
    """
    given = given or Given()
    _check(given)
    folder = force_for(workspace, force)
    period = period or _latest(folder)
    if not is_period(period):
        raise BadInput(Problem("not_a_year", f'"{period}" is not a year.', value=period, expected="2013/14."))
    planned = plan_if_any(folder)
    band_ds = planned_by_year(planned, "band_d") | {
        row.period: row.band_d_gbp for row in folder.rows(BandDRow)
    }
    decided = given.band_d_gbp
    if decided is None and given.requirement_gbp is None:
        decided = band_ds.get(period)
    result = resolve(
        period,
        load_parameters("council_tax")["band_ratios"].value,
        bases=_bases(folder, period, given, planned),
        items=_items(folder, period, given),
        band_d_gbp=decided,
        last_band_d_gbp=given.last_band_d_gbp or band_ds.get(following(period, -1)),
        limit=_limit(period, given),
    )
    return PreceptReport(folder.id, folder.name, result, stamp_of(folder, period=period, **given.as_json()))


def precept_periods(workspace: Workspace) -> tuple[str, ...]:
    """Return the years that a workspace's force folder has a band D, tax bases or a plan for, the first first.

    Raises
    ------
    BadInput
        If the folder's plan breaks a rule.
    """
    folder = force_for(workspace)
    return tuple(sorted({*_periods(folder), *planned_by_year(plan_if_any(folder), "band_d")}))


def limits() -> dict[str, Limit]:
    """Return the referendum limits that come with the package, by year."""
    found = {}
    for name, one in load_parameters("council_tax").items():
        if name.startswith("referendum_limit_"):
            period = name.removeprefix("referendum_limit_").replace("_", "/")
            found[period] = Limit(
                period, Decimal(str(one.value)), one.unit, one.status, one.source or one.why
            )
    return found


def _periods(force: Force) -> tuple[str, ...]:
    told = {row.period for row in force.rows(BandDRow)} | {row.period for row in force.rows(TaxBaseRow)}
    return tuple(sorted(told))


def _latest(force: Force) -> str:
    found = _periods(force)
    if not found:
        raise NothingThere(
            Problem(
                "no_precept",
                f"the force folder of {force.name} tells no band D and no tax base.",
                "finance/band_d.csv",
                remedy="Type finance/band_d.csv and finance/tax_bases.csv (docs/how-to/set-the-precept.md), "
                "or name the year and give --band-d or --requirement with --base.",
            )
        )
    return found[-1]


def _limit(period: str, given: Given) -> Limit | None:
    if given.limit_gbp is not None:
        return Limit(period, given.limit_gbp, "gbp", "assumed", "given with the question")
    if given.limit_share is not None:
        return Limit(period, given.limit_share, "share", "assumed", "given with the question")
    return limits().get(period)


def _items(force: Force, period: str, given: Given) -> tuple[RequirementItem, ...]:
    if given.requirement_gbp is None:
        return tuple(row for row in force.rows(RequirementItem) if row.period == period)
    return (
        RequirementItem(
            file="", line=0, status="assumed", note="Given with the question", period=period,
            item_id="requirement", name="Council tax requirement", side="expenditure", amount_gbp=given.requirement_gbp,
        ),
    )  # fmt: skip


def _check(given: Given) -> None:
    """Refuse amounts below 0: no band D, requirement, base or limit is."""
    amounts = {
        "band_d": given.band_d_gbp,
        "last_band_d": given.last_band_d_gbp,
        "requirement": given.requirement_gbp,
        "limit": given.limit_gbp,
        "limit_share": given.limit_share,
        **(given.bases or {}),
    }
    below = [
        Problem("below_zero", f"is {amount}.", column=name, expected="0 or more")
        for name, amount in amounts.items()
        if amount is not None and amount < 0
    ]
    if below:
        raise BadInput(below)


def _bases(force: Force, period: str, given: Given, plan: CalculatedPlan | None) -> tuple[TaxBaseRow, ...]:
    rows = tuple(row for row in force.rows(TaxBaseRow) if row.period == period)
    planned = planned_by_year(plan, "tax_base").get(period)
    if not rows and planned is not None:
        rows = (
            TaxBaseRow(
                file="", line=0, status="assumed", note="The plan's, for all together", period=period,
                authority_id="all", name="All billing authorities together", base=planned, dwellings=None,
                support_dwellings=None, collection_share=None, collection_fund_gbp=None,
            ),
        )  # fmt: skip
    funds = given.collection_fund_gbp or {}
    if given.bases:
        rows = tuple(
            TaxBaseRow(
                file="", line=0, status="printed", where="Given with the question", period=period,
                authority_id=name, name=name, base=base, dwellings=None, support_dwellings=None,
                collection_share=None, collection_fund_gbp=None,
            )
            for name, base in given.bases.items()
        )  # fmt: skip
    elif given.requirement_gbp is not None:
        # A requirement as given holds the collection fund already.
        rows = tuple(replace(row, collection_fund_gbp=None) for row in rows)
    known = {row.authority_id for row in rows}
    unknown = [name for name in funds if name not in known]
    if unknown:
        raise BadInput(
            Problem(
                "no_such_authority",
                f'"{unknown[0]}" has no tax base for {period}.',
                expected=f"{', '.join(sorted(known)) or 'a base for it'}.",
                remedy="Give its base too.",
            )
        )
    return tuple(
        replace(row, collection_fund_gbp=funds[row.authority_id]) if row.authority_id in funds else row
        for row in rows
    )


def _weekly(amount_gbp: Decimal) -> str:
    return f"{amount_gbp * 100:.0f}p" if amount_gbp < 1 else money(amount_gbp)
