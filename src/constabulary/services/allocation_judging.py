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
from constabulary.response.hypercube_approximation import approximate_hypercube
from constabulary.response.hypercube_model import HypercubeModel, by_nearness
from constabulary.response.need import work_of
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
        return made.aim(question.goal)

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
        }
        for one, (name, officers) in enumerate(options)
    )
    name, officers = options[found.best]
    return Judged(name, officers, found.is_confident, told)


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
    halved. Every district is held to the target at once, each to its part of the error allowed.

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
        spread = shares.std(axis=0, ddof=1) / np.sqrt(len(shares))
        least = float((shares.mean(axis=0) - stdtrit(len(shares) - 1, quantile) * spread).min())
        share = guide.hours(officers * part) / guide.now_h
        tried[part] = {
            "name": f"{share:.1%} of the hours there are".replace("%", " %"),
            "posts_share": share,
            "within_share": float(np.nanmean(made.overall)),
            "worst_share": float(shares.mean(axis=0).min()),
            "other_grades": _other_grades(setup, made.grades[:, 0]),
            "surely_at_least": least,
            "n": len(shares),
            "still_in": least >= question.target_share,
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


def second_opinion(
    setup: Setup, guide: Guide, officers: Floats, names: Mapping[str, str], question: AllocationQuestion
) -> list[dict[str, Any]]:
    """Return how busy units of each district are by the hypercube model and by simulation; nothing if overloaded.

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
    works = work_of(setup, question.seed)
    mean_units = (officers @ guide.units_each).mean(axis=1)
    n_units = np.maximum(1, np.round(mean_units)).astype(np.int64)
    district = np.repeat(np.arange(len(n_units)), n_units)
    base = np.concatenate(
        [
            [atoms[unit % len(atoms)] for unit in range(n)]
            for atoms, n in zip(setup.bases.atoms, n_units, strict=True)
        ]
    ).astype(np.int64)
    minutes = np.asarray(setup.ground.minutes, dtype=np.float64).mean(axis=0)
    rates = np.zeros(len(setup.places))
    for work in works:
        rates[work.atoms] = work.weights * work.incidents_per_h.sum(axis=1).mean() * work.units_each
    bound_s = float(np.mean([work.bound_s for work in works])) + 60.0 * float(
        (rates / rates.sum()) @ np.sort(minutes[:, np.unique(base)], axis=1)[:, 0]
    )
    model = HypercubeModel(rates, 3600.0 / bound_s, by_nearness(minutes[:, base].T), "infinite")
    if not model.is_stable:
        return []
    busy = approximate_hypercube(model).utilisation
    simulated = experiment(
        [with_officers(setup, guide, officers)],
        min(FRONTIER_REPLICATIONS, question.replications),
        question.seed,
    ).results[0]
    told = []
    for row, name in enumerate(guide.district_ids):
        free = simulated.figures.get(Key("uncommitted_share", ALL, "district", name))
        told.append(
            {
                "district": name,
                "name": names[name],
                "units": float(mean_units[row]),
                "hypercube_busy_share": float(busy[district == row].mean()),
                "simulated_busy_share": None if free is None or free.mean is None else 1.0 - free.mean,
            }
        )
    return told
