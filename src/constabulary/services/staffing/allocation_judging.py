"""Judges officers by district and shift: which option is best, what a target costs at least, the frontier of cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from constabulary.response.allocation import Guide, give_out, with_officers
from constabulary.response.allocation_search import Fared, fared
from constabulary.response.draws import Floats
from constabulary.response.experiment import estimate, experiment
from constabulary.response.figures import ALL, Key
from constabulary.response.second_opinion import second_opinion
from constabulary.response.selection import select_best
from constabulary.response.setup import Setup

FRONTIER = (0.85, 0.925, 1.0, 1.075, 1.15)
"""Budgets the frontier is drawn at, against the officer-hours asked for."""
FRONTIER_REPLICATIONS = 6
WIDEST, NARROWEST = 4.0, 0.25
"""Most and fewest officer-hours that are tried to meet a target, against those proposed for as many as there are."""
BRACKET, HALVINGS = 1.2, 4
"""How fast hours are raised or lowered until a target is met or missed, and how often the gap is then halved."""


@dataclass(frozen=True)
class AllocationQuestion:
    """What is asked of the officers there are, or of as few as will do.

    Parameters
    ----------
    goal
        `best`: most incidents in time at a given cost; `equal`: the worst district as good as can be at it;
        `targets`: every district in time often enough, at least cost.
    posts_added
        Posts beyond those there are (full-time equivalents), for `best` and `equal`.
    target_share
        Share of each district's most urgent incidents to reach in time, for `targets`.
    confidence
        How sure the choice is to be.
    difference
        The smallest difference in share worth minding.
    replications
        Replications of each option at most.
    weeks
        Weeks of each replication.
    seed
        The same seed gives the same answer.
    """

    goal: str = "best"
    posts_added: float = 0.0
    target_share: float = 0.9
    confidence: float = 0.95
    difference: float = 0.01
    replications: int = 30
    weeks: int = 8
    seed: int = 1


@dataclass(frozen=True)
class Judged:
    """The option chosen.

    Parameters
    ----------
    name, officers
        The option, and its officers by district and shift, shape (districts, kinds).
    is_confident
        Whether it is as sure as was asked for.
    options
        How each option fared, as plain JSON values.
    """

    name: str
    officers: Floats
    is_confident: bool
    options: tuple[dict[str, Any], ...]


def judge(
    setup: Setup, guide: Guide, question: AllocationQuestion, options: Sequence[tuple[str, Floats]]
) -> Judged:
    """Simulate options in the same luck and choose the best, with the confidence asked for where it can be had.

    Parameters
    ----------
    setup, guide
        The structure and its guide.
    question
        What is asked.
    options
        Name and officers by district and shift of each.
    """
    runs: list[list[Fared]] = [[] for _ in options]

    def sample(wanted: Sequence[int], first: int, n: int) -> Floats:
        made = fared(setup, guide, [options[one][1] for one in wanted], n, question.seed, first)
        for column, one in enumerate(wanted):
            some = slice(column, column + 1)
            runs[one].append(
                Fared(
                    made.overall[:, some], made.worst[:, some], made.districts[:, some], made.grades[:, some]
                )
            )
        # In a run without an urgent incident nothing was late, whoever was on duty.
        return np.nan_to_num(made.aim(question.goal), nan=1.0)

    found = select_best(
        sample,
        len(options),
        question.difference,
        question.confidence,
        n_most=question.replications,
        n_first=min(10, question.replications),
    )
    told = tuple(
        {
            "name": name,
            "posts_share": guide.hours(officers) / guide.now_h,
            "within_share": float(np.nanmean(np.concatenate([run.overall for run in runs[one]]))),
            "worst_share": float(np.nanmean(np.concatenate([run.worst for run in runs[one]]))),
            "other_grades": _other_grades(setup, np.concatenate([run.grades for run in runs[one]])[:, 0]),
            "n": int(found.n_replications[one]),
            "still_in": one in found.still_in,
            "verdict": "chosen"
            if one == found.best
            else "may be better"
            if one in found.still_in
            else f"less than {_points(question.difference)} better, if at all",
        }
        for one, (name, officers) in enumerate(options)
    )
    name, officers = options[found.best]
    return Judged(name, officers, found.is_confident, told)


def _points(share: float) -> str:
    points = round(100.0 * share, 6)
    return f"{points:g} point{'' if points == 1.0 else 's'}"


def _other_grades(setup: Setup, shares: Floats) -> dict[str, float]:
    """Return the mean share in time by grade of those beside the most urgent that have a target."""
    return {
        grade: float(np.nanmean(column))
        for grade, column in zip(setup.grade_ids[1:], shares.T, strict=True)
        if not np.isnan(column).all()
    }


def cheapest(setup: Setup, guide: Guide, question: AllocationQuestion, officers: Floats) -> Judged:
    """Return the fewest hours, given out in proportion, with which every district surely meets the target.

    Hours are raised or lowered until the target is met by one and missed by another number of them; then the gap is
    halved. Every district is held to the target at once, each to its part of the error allowed. A run without an urgent
    incident in a district tells nothing of it; a district with fewer than two that do is left aside.

    Parameters
    ----------
    setup, guide
        The structure and its guide.
    question
        What is asked.
    officers
        Officers by district and shift that are given out in proportion, shape (districts, kinds).
    """
    quantile = 1.0 - (1.0 - question.confidence) / len(guide.district_ids)
    tried: dict[float, dict[str, Any]] = {}

    def low(part: float) -> float:
        made = fared(setup, guide, [officers * part], question.replications, question.seed)
        shares = made.districts[:, 0, :]
        least = min((_surely(column, quantile) for column in shares.T if _n_known(column) > 1), default=0.0)
        share = guide.hours(officers * part) / guide.now_h
        tried[part] = {
            "name": f"{share:.1%} of the hours there are".replace("%", " %"),
            "posts_share": share,
            "within_share": float(np.nanmean(made.overall)),
            "worst_share": min(float(np.nanmean(column)) for column in shares.T if _n_known(column)),
            "other_grades": _other_grades(setup, made.grades[:, 0]),
            "surely_at_least": least,
            "n": len(shares),
            "still_in": least >= question.target_share,
            "verdict": "surely enough" if least >= question.target_share else "not surely enough",
        }
        return least

    missed, met, part = 0.0, 0.0, 1.0
    while NARROWEST <= part <= WIDEST and not (missed and met):
        if low(part) >= question.target_share:
            met, part = part, part / BRACKET
        else:
            missed, part = part, part * BRACKET
    for _ in range(HALVINGS if missed and met else 0):
        middle = (missed + met) / 2.0
        if low(middle) >= question.target_share:
            met = middle
        else:
            missed = middle
    chosen = met or max(tried, key=lambda one: tried[one]["surely_at_least"])
    told = tuple(tried[one] for one in sorted(tried))
    return Judged(tried[chosen]["name"], officers * chosen, bool(met), told)


def _n_known(values: Floats) -> int:
    return int(np.count_nonzero(~np.isnan(values)))


def _surely(values: Floats, quantile: float) -> float:
    """Return what the mean of some values, those that are not a number left out, surely is at least."""
    n = _n_known(values)
    return float(np.nanmean(values) - stdtrit(n - 1, quantile) * np.nanstd(values, ddof=1) / np.sqrt(n))


def changes(
    setup: Setup, guide: Guide, question: AllocationQuestion, officers: Floats
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what a proposal changes in time shares, by district and by grade: now, then, and the change.

    Both are simulated side by side in luck that neither was chosen by, or what was lucky would be taken for good.

    Parameters
    ----------
    setup, guide
        The structure and its guide.
    question
        What is asked.
    officers
        Officers proposed by district and shift, shape (districts, kinds).
    """
    made = fared(setup, guide, [guide.now, officers], question.replications, question.seed + 3)
    districts = [
        {"district": name, **_change(made.districts[:, :, row])}
        for row, name in enumerate(guide.district_ids)
    ]
    grades = [made.overall, *np.moveaxis(made.grades, 2, 0)]
    return districts, [
        {"grade": name, **_change(shares)}
        for name, shares in zip(setup.grade_ids, grades, strict=True)
        if not np.isnan(shares).all()
    ]


def _change(shares: Floats) -> dict[str, Any]:
    """Tell shares in time now and as proposed, shape (replications, 2)."""
    changed = estimate(list(shares[:, 1] - shares[:, 0]))
    return {
        "within_share_now": estimate(list(shares[:, 0])).mean,
        "within_share": estimate(list(shares[:, 1])).mean,
        "change": changed.mean,
        "change_half_width": changed.half_width,
    }


def frontier(
    setup: Setup, guide: Guide, question: AllocationQuestion, budget_h: float, officers: Floats
) -> list[tuple[float, dict[str, Any]]]:
    """Return the best response found for some budgets about the one asked for, as officer-hours and how they fared.

    At each budget three ways to give hours out are simulated: as proposed, as now, and by formulas.

    Parameters
    ----------
    setup, guide
        The structure and its guide.
    question
        What is asked.
    budget_h
        Officer-hours a week there are.
    officers
        Officers proposed by district and shift, shape (districts, kinds).
    """
    goal = "best" if question.goal == "best" else "equal"
    budgets = [share * max(budget_h, guide.hours(officers)) for share in FRONTIER]
    ways = [
        [
            officers * hours / guide.hours(officers),
            guide.now * hours / guide.now_h,
            give_out(guide, goal, hours),
        ]
        for hours in budgets
    ]
    flat = [one for given in ways for one in given]
    made = fared(setup, guide, flat, min(FRONTIER_REPLICATIONS, question.replications), question.seed + 2)
    means = np.nanmean(made.aim(goal), axis=0).reshape(len(budgets), -1)
    points = []
    for number, row in enumerate(means):
        one = number * means.shape[1] + int(np.argmax(row))
        overall, worst = (estimate(list(shares[:, one])) for shares in (made.overall, made.worst))
        points.append(
            (
                guide.hours(flat[one]),
                {
                    "given": ("as proposed", "as now", "by formulas")[one - number * means.shape[1]],
                    "within_share": overall.mean,
                    "half_width": overall.half_width,
                    "worst_share": worst.mean,
                    "worst_half_width": worst.half_width,
                    "guide_share": guide.overall(flat[one]),
                },
            )
        )
    return points


def beside_hypercube(
    setup: Setup, guide: Guide, officers: Floats, names: Mapping[str, str], question: AllocationQuestion
) -> list[dict[str, Any]]:
    """Return what the hypercube model says of each district beside what simulation says; nothing if overloaded.

    Parameters
    ----------
    setup, guide
        The structure and its guide.
    officers
        Officers by district and shift, shape (districts, kinds).
    names
        What districts are called.
    question
        What is asked.
    """
    said = second_opinion(setup, guide, officers, question.seed)
    if said is None:
        return []
    simulated = experiment(
        [with_officers(setup, guide, officers)],
        min(FRONTIER_REPLICATIONS, question.replications),
        question.seed,
    ).results[0]

    def figure(name: str, district: str) -> float | None:
        found = simulated.figures.get(Key(name, ALL, "district", district))
        return None if found is None else found.mean

    told = []
    for row, name in enumerate(guide.district_ids):
        free, travel_s = figure("uncommitted_share", name), figure("travel_mean_s", name)
        told.append(
            {
                "district": name,
                "name": names[name],
                "units": float(said.n_units[row]),
                "exact": said.is_exact,
                "hypercube_busy_share": float(said.busy_share[row]),
                "simulated_busy_share": None if free is None else 1.0 - free,
                "hypercube_travel_min": _known(said.travel_min[row]),
                "simulated_travel_min": None if travel_s is None else travel_s / 60.0,
                "hypercube_cross_border_share": _known(said.cross_border_share[row]),
                "simulated_cross_border_share": figure("cross_border_share", name),
            }
        )
    return told


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
