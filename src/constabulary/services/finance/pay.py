"""Answers what posts cost: pay groups of a force folder, or posts of one's own on a national scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from constabulary.core.amounts import money
from constabulary.core.answers import StampedAnswer, Written, words_of
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.finance_pay import (
    MovesRow,
    OnCostRow,
    PayAwardRow,
    PayGroupRow,
    PayPointRow,
    StrengthRow,
)
from constabulary.core.provenance import Stamp
from constabulary.finance.establishment_cost import GroupYear, project
from constabulary.finance.pay_scale import PayScale, scales_of
from constabulary.finance.periods import following, is_period, start_of, year_of
from constabulary.parameters import load_parameters
from constabulary.services.finance.resources import force_for, plain, source_of, stamp_of
from constabulary.services.workspace.workspaces import Workspace

__all__ = ["EstablishmentReport", "establishment_cost", "pay_scales", "posts_cost"]

NATIONAL = "constable"
"""The scale that comes with the package."""


@dataclass(frozen=True)
class EstablishmentReport:
    """What people cost by pay group and year.

    Parameters
    ----------
    force, name
        The force's id and name.
    years
        The years, first first.
    groups
        Each pay group's years.
    assumed
        What it rests on that no document prints, a sentence each.
    stamp
        What it was made from.
    """

    force: str
    name: str
    years: tuple[str, ...]
    groups: tuple[GroupYear, ...]
    assumed: tuple[str, ...]
    stamp: Stamp

    def total_gbp(self, period: str) -> Decimal:
        """Return what all groups cost in a year (pounds)."""
        return sum((one.cost_gbp for one in self.groups if one.period == period), Decimal(0))

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        first = self.years[0]
        people = sum((one.mean_strength_fte for one in self.groups if one.period == first), Decimal(0))
        vacant = sum((one.mean_vacancies_fte for one in self.groups if one.period == first), Decimal(0))
        return (
            f"In {first} {people:,.1f} full-time equivalents in post cost {money(self.total_gbp(first), 0)} "
            f"with on-costs; {vacant:,.1f} posts stand empty on average."
        )

    def as_json(self) -> EstablishmentAnswer:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "force": self.force,
            "answer": self.sentence(),
            "years": list(self.years),
            "total_gbp": [plain(self.total_gbp(year), "_gbp") for year in self.years],
            "groups": plain(self.groups),
            "assumed": list(self.assumed),
            "stamp": self.stamp.as_json(),
        }


@words_of(EstablishmentReport)
class EstablishmentAnswer(StampedAnswer):
    """What people cost by pay group and year.

    Parameters
    ----------
    total_gbp
        What all groups cost in each year.
    """

    force: str
    answer: str
    years: list[str]
    total_gbp: list[float]
    groups: list[Written[GroupYear]]
    assumed: list[str]


def establishment_cost(
    workspace: Workspace | None, force: str | None = None, n_years: int = 1
) -> EstablishmentReport:
    """Return what a force's pay groups cost, from the year after the day they are told for.

    Parameters
    ----------
    workspace, force
        See `constabulary.services.finance.resources.force_for`.
    n_years
        How many years.

    Raises
    ------
    BadForceFolder
        If the folder breaks a rule of its own.
    BadInput
        If a scale or point is not known, or people leave who are not there.
    NothingThere
        If the folder has no pay groups.
    """
    folder = force_for(workspace, force)
    groups = folder.rows(PayGroupRow)
    if not groups:
        raise NothingThere(
            Problem(
                "no_pay_groups",
                f"the force folder of {folder.name} has no pay groups.",
                "finance/pay_groups.csv",
                remedy="Type it and finance/pay_strength.csv (docs/how-to/cost-the-establishment.md), "
                "or ask for posts of your own with --posts.",
            )
        )
    scales, on_costs = pay_scales(folder), _on_costs(folder)
    found: list[GroupYear] = []
    for group in groups:
        strengths = [row for row in folder.rows(StrengthRow) if row.group_id == group.group_id]
        moves = [row for row in folder.rows(MovesRow) if row.group_id == group.group_id]
        first = _year_after(group, moves)
        years = tuple(following(first, no) for no in range(n_years))
        found += project(group, strengths, moves, on_costs, _scale(scales, group), years)
    assumed = _assumed(folder, groups, on_costs)
    years = tuple(dict.fromkeys(one.period for one in found))
    return EstablishmentReport(
        folder.id, folder.name, years, tuple(found), assumed, stamp_of(folder, n_years=n_years)
    )


def posts_cost(
    workspace: Workspace | None,
    force: str | None,
    n_posts: Decimal,
    period: str,
    *,
    scale: str = NATIONAL,
    point: int | None = None,
    n_years: int = 1,
) -> EstablishmentReport:
    """Return what posts of one's own cost from the first day of a year, everybody new at one pay point.

    Parameters
    ----------
    workspace, force
        Whose own scales and on-costs hold; see `constabulary.services.finance.resources.force_for`.
    n_posts
        How many (full-time equivalents).
    period
        The first year, "2019/20".
    scale, point
        The pay scale and the point they begin at; its lowest when left out.
    n_years
        How many years.

    Raises
    ------
    BadInput
        If the year is none, there is no post, or the scale, the point or the day is not told.
    """
    if not is_period(period):
        raise BadInput(Problem("not_a_year", f'"{period}" is not a year.', value=period, expected="2019/20"))
    if not n_posts.is_finite() or n_posts <= 0:
        raise BadInput(
            Problem("not_above_zero", f"posts is {n_posts}.", column="posts", expected="more than 0")
        )
    folder = force_for(workspace, force)
    scales = pay_scales(folder)
    typed: dict[str, Any] = {"file": "", "line": 0, "status": "assumed", "note": "Given with the question"}
    day = start_of(period) - timedelta(days=1)
    group = PayGroupRow(
        **typed, group_id="posts", name="Posts", scale_id=scale, posts_fte=n_posts, as_at_on=day
    )
    found = _scale(scales, group)
    start = found.lowest if point is None else point
    strength = StrengthRow(**typed, group_id="posts", point=start, strength_fte=n_posts)
    years = tuple(following(period, no) for no in range(n_years))
    on_costs = _on_costs(folder)
    groups = project(group, [strength], [], on_costs, found, years, is_new=True)
    stamp = stamp_of(folder, posts=float(n_posts), year=period, scale=scale, point=start, n_years=n_years)
    return EstablishmentReport(
        folder.id, folder.name, years, groups, _assumed(folder, [group], on_costs), stamp
    )


def pay_scales(force: Force) -> dict[str, PayScale]:
    """Return the pay scales: the national one of the package, and the force's own in front of it."""
    known = load_parameters("police_pay")
    printed: list[tuple[str, int, date, Decimal, str]] = []
    awards: list[tuple[str, date, Decimal, Decimal, str]] = []
    step = Decimal(str(known["point_step_gbp"].value))
    own = {row.scale_id for row in force.rows(PayPointRow)}
    for name, one in known.items():
        if one.from_on is None or NATIONAL in own:
            continue
        if name.startswith(f"{NATIONAL}_"):
            printed += [
                (NATIONAL, no, one.from_on, Decimal(str(pay)), one.source or one.why)
                for no, pay in enumerate(one.value)
            ]
        elif name.startswith("award_"):
            awards.append((NATIONAL, one.from_on, Decimal(str(one.value)), step, one.source or one.why))
    printed += [
        (row.scale_id, row.point, row.from_on, row.pay_gbp, source_of(force, row))
        for row in force.rows(PayPointRow)
    ]
    awards += [
        (row.scale_id, row.from_on, row.award_rate, row.step_gbp, source_of(force, row))
        for row in force.rows(PayAwardRow)
    ]
    return scales_of(printed, awards)


def _year_after(group: PayGroupRow, moves: Sequence[MovesRow]) -> str:
    morrow = group.as_at_on + timedelta(days=1)
    like = moves[0].period if moves else ("2000" if morrow.month == 1 else "2000/01")
    return year_of(morrow, like)


def _scale(scales: dict[str, PayScale], group: PayGroupRow) -> PayScale:
    if group.scale_id not in scales:
        raise BadInput(
            Problem(
                "no_such_scale",
                f'there is no pay scale "{group.scale_id}".',
                group.file or None,
                group.line or None,
                "scale_id",
                group.scale_id,
                f"{', '.join(sorted(scales))}.",
                "Type its points in finance/pay_points.csv.",
            )
        )
    return scales[group.scale_id]


def _on_costs(force: Force) -> tuple[OnCostRow, ...]:
    """Return the on-costs of a force, or those that come with the package where it has none."""
    if force.rows(OnCostRow):
        return force.rows(OnCostRow)
    known = load_parameters("police_pay")
    rows = []
    for name, one in known.items():
        is_pension = name.startswith("employer_pension_")
        if not (is_pension or name == "national_insurance_share") or one.from_on is None:
            continue
        above = None if is_pension else Decimal(str(known["national_insurance_above_gbp"].value))
        rows.append(
            OnCostRow(
                file=f"parameters/values/police_pay/{name}.yaml",
                line=1,
                where=one.source,
                status="printed" if one.source else "assumed",
                note=one.why,
                on_cost_id="employer_pension" if is_pension else "national_insurance",
                group_id=None,
                name="Employer's pension contribution" if is_pension else "Employer's national insurance",
                from_on=one.from_on,
                rate_share=Decimal(str(one.value)),
                above_gbp=above,
            )
        )
    return tuple(rows)


def _assumed(force: Force, groups: Sequence[PayGroupRow], on_costs: Sequence[OnCostRow]) -> tuple[str, ...]:
    names = {group.group_id for group in groups}
    notes = {
        f"{kind}: {row.note}"
        for kind, rows in (
            ("People in post", [row for row in force.rows(StrengthRow) if row.group_id in names]),
            ("Joiners and leavers", [row for row in force.rows(MovesRow) if row.group_id in names]),
            ("On-costs", on_costs),
        )
        for row in rows
        if row.status != "printed"
    }
    return tuple(sorted(notes))
