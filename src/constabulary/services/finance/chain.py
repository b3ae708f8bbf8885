"""One chain of figures: what a rise of band D buys, from pounds to officers, units, minutes and hours, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypedDict, cast

from constabulary.core.amounts import money, several
from constabulary.core.answers import StampedAnswer, Written, words_of
from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.provenance import Stamp, code_version
from constabulary.finance.solve import OfficersSolved, OfficersYear
from constabulary.services.finance import solve as finance_solve
from constabulary.services.finance.resources import force_for, plain, stamp_of
from constabulary.services.response.simulation import kept_results
from constabulary.services.response.workforce import EFFECT_SCHEMA
from constabulary.store.workspace import Workspace

__all__ = [
    "FIGURES",
    "RISES_GBP",
    "WANTED",
    "Chain",
    "Change",
    "Cost",
    "Link",
    "improvement",
    "in_words",
    "what_rises_buy",
]

SCHEMA = 1
RISES_GBP = (Decimal(1), Decimal(5), Decimal(12))
FIGURES = ("on_duty_units", "median_s", "p90_s", "within_target_share", "uncommitted_h", "visible_officer_h")
WANTED: Mapping[str, float] = {"median_s": -60.0, "within_target_share": 0.01, "visible_officer_h": 100.0}
"""Improvements that are priced where none are asked for: a minute sooner, a point more in time, 100 hours of patrol."""


@dataclass(frozen=True)
class Change:
    """How a figure of response changes.

    Parameters
    ----------
    now
        The figure with the posts there are; None where units do not keep up or no target is typed.
    change, half_width
        How much more or less it is, and half the interval of that.
    """

    now: float | None
    change: float | None
    half_width: float | None


@dataclass(frozen=True)
class Link:
    """One rise of band D, or the gap of a year, followed to the street.

    Parameters
    ----------
    name
        What it is.
    rise_gbp
        The rise of band D beyond the plan's (pounds a year).
    year
        Of the years that have all of it, the one in which it pays for fewest officers; the gap's own.
    tax_base
        Band D homes of that year; a pound on band D brings as many pounds.
    raised_gbp, officer_cost_gbp
        What the rise brings in that year, or the gap, and what an officer costs in it (pounds).
    n_officers
        Officers paid for; below 0: given up.
    response
        How each of `FIGURES` changes; empty where `reason` says why.
    referendum
        How the rise stands against the limit; empty where none is known.
    working
        How each figure was come by.
    reason
        Why response is not told; empty where it is.
    """

    name: str
    rise_gbp: Decimal
    year: str
    tax_base: Decimal
    raised_gbp: Decimal
    officer_cost_gbp: Decimal
    n_officers: float
    response: Mapping[str, Change]
    referendum: str
    working: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True)
class Cost:
    """What an improvement costs, read backwards.

    Parameters
    ----------
    figure, wanted
        Which of `FIGURES`, and how it is to change.
    posts_fte, cost_gbp, rise_gbp
        Posts, pounds a year and pounds on band D it takes; None where `reason` says why.
    reason
        Why it cannot be told; empty where it can.
    """

    figure: str
    wanted: float
    posts_fte: float | None
    cost_gbp: Decimal | None
    rise_gbp: Decimal | None
    reason: str = ""


@dataclass(frozen=True)
class Chain:
    """What rises of band D buy, and what improvements cost.

    Parameters
    ----------
    force
        The force's name.
    grade
        Id of the most urgent grade, which times and shares are of.
    links, costs
        Forwards and backwards.
    assumptions
        What it rests on, a sentence each.
    warnings
        What a reader must know.
    effect
        Stamp, runs and weeks of the simulated table that is read.
    stamp
        What it was made from.
    """

    force: str
    grade: str
    links: tuple[Link, ...]
    costs: tuple[Cost, ...]
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]
    effect: Mapping[str, Any]
    stamp: Stamp

    def as_json(self) -> ChainAnswer:
        """Return it as the command and the API give it."""
        return {
            "schema": SCHEMA,
            "force": self.force,
            "grade": self.grade,
            "links": plain(self.links),
            "costs": plain(self.costs),
            "assumptions": list(self.assumptions),
            "warnings": list(self.warnings),
            "effect": cast(EffectRead, dict(self.effect)),
            "stamp": self.stamp.as_json(),
        }


class EffectRead(TypedDict):
    """The simulated table that is read.

    Parameters
    ----------
    stamp
        Its stamp's id.
    scenario
        The scenario it is of.
    """

    stamp: str
    scenario: str
    replications: int
    weeks: int


@words_of(Chain)
class ChainAnswer(StampedAnswer):
    """What rises of band D buy on the street, and what improvements cost."""

    force: str
    grade: str
    links: list[Written[Link]]
    costs: list[Written[Cost]]
    assumptions: list[str]
    warnings: list[str]
    effect: EffectRead


def what_rises_buy(
    workspace: Workspace,
    rises_gbp: Sequence[Decimal] = RISES_GBP,
    year: str | None = None,
    wanted: Mapping[str, float] | None = None,
) -> Chain:
    """Return what rises of band D buy on the street, what the year's gap is worth, and what improvements cost.

    The plan tells what a rise brings and how many officers that pays for in every full year; the latest simulated table
    of what posts buy tells what so many posts change, read between its rows.

    Parameters
    ----------
    workspace
        Whose force folder and kept results.
    rises_gbp
        Pounds on band D beyond the plan's, each above 0.
    year
        The first year of the rise; the first forecast year when left out.
    wanted
        Improvements to be priced, by figure; `WANTED` when left out.

    Raises
    ------
    NothingThere
        If what posts buy has not been simulated.
    BadInput
        If a rise is not above 0, an improvement is of no figure, or the plan has no tax base.
    """
    effect = _effect(workspace)
    force = force_for(workspace)
    asked = WANTED if wanted is None else wanted
    unknown = [name for name in asked if name not in FIGURES]
    if unknown:
        raise BadInput(Problem("no_figure", f'"{unknown[0]}" is not priced.', expected=", ".join(FIGURES)))
    solved = [finance_solve.officers(rise, workspace, year=year) for rise in (*rises_gbp, Decimal(1))]
    links = [_link(one, effect) for one in solved[:-1]]
    # A pound on band D brings as many pounds as there are band D homes.
    base = _whole_year(solved[-1].result)
    links += _gap(workspace, solved[-1].result.years[0], effect)
    warnings = list(effect["warnings"])
    if effect["stamp"]["inputs"].get("force folder") != force.files_sha256:
        warnings.append(
            "What posts buy was simulated with an earlier state of the force folder: run it again on the page Response."
        )
    made_by = effect["stamp"].get("code", "an unknown version")
    if made_by != code_version():
        warnings.append(
            f"What posts buy was simulated by other code ({made_by}) than is installed ({code_version()}), which may "
            "come to other figures: run it again on the page Response."
        )
    return Chain(
        force.name,
        effect["rows"][0]["grade"],
        tuple(links),
        tuple(
            _cost(name, change, effect, base.precept_gbp, base.officer_cost_gbp)
            for name, change in asked.items()
        ),
        _assumptions(effect, solved[-1].recruiting.officer_cost_gbp, base.year),
        tuple(warnings),
        {
            "stamp": effect["stamp"]["id"],
            "scenario": effect["scenario"],
            "replications": effect["replications"],
            "weeks": effect["weeks"],
        },
        stamp_of(force, effect=effect["stamp"]["id"], rises_gbp=[float(one) for one in rises_gbp], year=year),
    )


def in_words(cost: Cost) -> str:
    """Return what an improvement costs, in a sentence."""
    what = improvement(cost)
    if cost.rise_gbp is None:
        return f"{what}: {cost.reason}"
    pounds = "" if cost.cost_gbp is None else money(cost.cost_gbp, 0)
    return f"{what}: {money(cost.rise_gbp)} on band D ({cost.posts_fte:,.1f} posts, {pounds} a year)."


def improvement(cost: Cost) -> str:
    """Return what is priced, in words."""
    return {
        "median_s": f"Half of emergencies {_lasting(cost.wanted)}",
        "p90_s": f"Nine in ten emergencies {_lasting(cost.wanted)}",
        "within_target_share": f"Emergencies reached in time, percentage points more: {100 * cost.wanted:g}",
        "on_duty_units": f"Units on duty, more: {cost.wanted:g}",
        "uncommitted_h": f"Uncommitted unit-hours a week, more: {cost.wanted:g}",
        "visible_officer_h": f"Officer-hours a week for visible patrol, more: {cost.wanted:g}",
    }[cost.figure]


def _lasting(seconds: float) -> str:
    return f"reached {abs(seconds):g} seconds {'sooner' if seconds < 0 else 'later'}"


def _effect(workspace: Workspace) -> dict[str, Any]:
    for found in kept_results(workspace, "effect"):
        has_none = any(row["posts_added_fte"] == 0 for row in found["rows"])
        if found["schema"] == EFFECT_SCHEMA and has_none:
            return found
    raise NothingThere(
        Problem(
            "no_effect",
            "it was not simulated yet what posts buy.",
            remedy="Run it on the page Response, or: constabulary workforce effect --posts -50 --posts 0 --posts 50 "
            "--posts 100.",
        )
    )


def _whole_year(found: OfficersSolved) -> OfficersYear:
    """Return the year that says how many officers a rise pays for: of those with all of it, the one with fewest."""
    return min(found.years[1:] or found.years, key=lambda one: one.precept_gbp / one.officer_cost_gbp)


def _link(solved: finance_solve.SolvedOfficers, effect: Mapping[str, Any]) -> Link:
    found = solved.result
    one = _whole_year(found)
    homes = one.precept_gbp / found.rise_gbp
    response, reason = _response(found.n_officers, effect)
    ready = max((each.ready_on for each in found.intakes), default=None)
    return Link(
        f"{money(found.rise_gbp)} on band D",
        found.rise_gbp,
        one.year,
        homes.quantize(Decimal("0.1")),
        one.precept_gbp,
        one.officer_cost_gbp,
        found.n_officers,
        response,
        "" if solved.check is None else solved.check.sentence(),
        (
            f"{money(found.rise_gbp)} x {homes:,.0f} band D homes of {one.year} = {money(one.precept_gbp, 0)} a year.",
            f"{money(one.precept_gbp, 0)} / {money(one.officer_cost_gbp, 0)} an officer = "
            f"{one.precept_gbp / one.officer_cost_gbp:,.2f}: {found.n_officers:,} are paid for in every full year, and "
            "this is the one that pays for fewest.",
            *([f"The last of them works alone from {ready:%d %B %Y}."] if ready else []),
            *([] if reason else _read(found.n_officers, effect)),
        ),
        reason,
    )


def _gap(workspace: Workspace, first: OfficersYear, effect: Mapping[str, Any]) -> list[Link]:
    """Return what the gap of a year is worth in officers, were it closed by having fewer; nothing without a gap."""
    report = finance_solve.band_d(workspace, years=(first.year,))
    one = report.years[0]
    if one.gap_gbp >= 0:
        return []
    cost = first.officer_cost_gbp
    n = float(one.gap_gbp / cost)
    response, reason = _response(n, effect)
    rise = one.needed_gbp - one.planned_gbp
    return [
        Link(
            f"The gap of {one.year}, closed by fewer officers",
            rise,
            one.year,
            first.precept_gbp,
            -one.gap_gbp,
            cost,
            n,
            response,
            report.checks[0].sentence(),
            (
                f"The gap of {one.year} is {money(-one.gap_gbp, 0)}; {money(rise)} more on band D closes it.",
                f"{money(-one.gap_gbp, 0)} / {money(cost, 0)} an officer = {-n:,.1f} officers fewer in its place.",
                *([] if reason else _read(n, effect)),
            ),
            reason,
        )
    ]


def _response(posts: float, effect: Mapping[str, Any]) -> tuple[dict[str, Change], str]:
    """Return how figures change with posts, read between the rows of the table, or why they are not told."""
    rows = effect["rows"]
    few, many = rows[0]["posts_added_fte"], rows[-1]["posts_added_fte"]
    if not few <= posts <= many:
        return (
            {},
            f"The simulated table goes from {_posts(rows[0])} to {_posts(rows[-1])} posts: have it simulated for more.",
        )
    none = next(row for row in rows if row["posts_added_fte"] == 0)
    low, high = _between(rows, posts)
    if low["median_s"] is None or high["median_s"] is None or none["median_s"] is None:
        return {}, "Units do not keep up with the most urgent incidents there."
    width = high["posts_added_fte"] - low["posts_added_fte"]
    part = (posts - low["posts_added_fte"]) / width if width else 0.0
    return {
        name: Change(
            none[name],
            *(_mixed(low, high, f"{name}_{what}", part) for what in ("change", "change_half_width")),
        )
        for name in FIGURES
    }, ""


def _between(rows: Sequence[Mapping[str, Any]], posts: float) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the rows on either side of a number of posts."""
    for low, high in pairwise(rows):
        if low["posts_added_fte"] <= posts <= high["posts_added_fte"]:
            return low, high
    return rows[0], rows[0]


def _mixed(low: Mapping[str, Any], high: Mapping[str, Any], name: str, part: float) -> float | None:
    """Return a value on the straight line between two rows; of half-widths it bounds that of the mix, however alike."""
    if low[name] is None or high[name] is None:
        return None
    return float((1.0 - part) * low[name] + part * high[name])


def _read(posts: float, effect: Mapping[str, Any]) -> list[str]:
    low, high = _between(effect["rows"], posts)
    return [
        f"{posts:+,.1f} posts that respond are read between the rows of {_posts(low)} and {_posts(high)} posts of the "
        f"simulated table {effect['stamp']['id']} "
        f"({several(effect['replications'], 'run')} of {several(effect['weeks'], 'week')})."
    ]


def _posts(row: Mapping[str, Any]) -> str:
    return f"{row['posts_added_fte']:+,.0f}" if row["posts_added_fte"] else "0"


def _cost(name: str, wanted: float, effect: Mapping[str, Any], homes: Decimal, cost: Decimal) -> Cost:
    """Return what a change of a figure costs: the fewest posts at which the line between the rows comes to it."""
    rows = [row for row in effect["rows"] if row["posts_added_fte"] >= 0]
    for low, high in pairwise(rows):
        start, end = low[f"{name}_change"], high[f"{name}_change"]
        if start is None or end is None:
            return Cost(name, wanted, None, None, None, "The figure is not known in every row.")
        if start != end and min(start, end) <= wanted <= max(start, end):
            part = (wanted - start) / (end - start)
            posts = low["posts_added_fte"] + part * (high["posts_added_fte"] - low["posts_added_fte"])
            pounds = (Decimal(str(posts)) * cost).quantize(Decimal("0.01"))
            return Cost(name, wanted, posts, pounds, (pounds / homes).quantize(Decimal("0.01")))
    most = _posts(rows[-1])
    return Cost(
        name, wanted, None, None, None, f"Up to {most} posts, as far as was simulated, do not bring it."
    )


def _assumptions(effect: Mapping[str, Any], given_gbp: Decimal, year: str) -> tuple[str, ...]:
    return (
        f"An officer costs {money(given_gbp, 0)} in the first year of a rise, on-costs counted in (the force folder's "
        f"figure, else assumed); pay awards of the plan move it, so that {year} has its own.",
        f"The table of what posts buy on the page Response prices a post at {money(effect['cost_gbp_a_post'], 0)}, "
        "what an officer costs there; here the plan's cost counts.",
        "The rise is beyond the plan's own band D, lasts, and buys nothing but officers (assumed).",
        "Every officer bought responds: none goes to neighbourhoods, investigation or leave of others (assumed).",
        "Of their posts as many are vacant, and of them as many away, as of all that respond "
        "(vacancy and absence of the force folder, else assumed).",
        f"What posts change is simulated on “{effect['scenario']}”, with every assumption that “constabulary response "
        "assumptions” lists.",
        "Changes between two rows are read off the straight line between them, and so are their intervals, which tell "
        "luck alone.",
    )
