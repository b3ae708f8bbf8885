"""The p-centre problem: sites that keep the longest journey to any place with demand as short as can be.

For any number of minutes, HiGHS tells how few sites reach every place within them; the least minutes for which the
sites asked for are enough is found by halving the list of all travel times.

References
----------
E. Minieka, The m-center problem, SIAM Review 12 (1970).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput
from constabulary.response.milp import Programme
from constabulary.response.siting.pmedian import add_capacities
from constabulary.response.siting.problem import (
    Clock,
    Sites,
    Siting,
    SitingAnswer,
    check_number_of_sites,
    forever,
    unserved,
)

Floats = NDArray[np.float64]


def pcentre(problem: Siting, n_sites: int, n_alternatives: int = 0, left_s: Clock = forever) -> SitingAnswer:
    """Return the sites with the shortest longest journey (min).

    Parameters
    ----------
    problem
        Places, sites and minutes. Without capacities it does not matter how much demand a place brings, only whether
        it brings any; with them every place within reach of several sites may be shared between them.
    n_sites
        Sites to open, the fixed ones among them.
    n_alternatives
        How many other sets to name, by their longest journey.
    left_s
        Time left to work (s), asked now and then; once it is over the best found so far is returned, unproven.

    Raises
    ------
    BadInput
        Where so many sites cannot be open, or cannot serve all demand.
    """
    check_number_of_sites(problem, n_sites)
    minutes = problem.minutes[problem.weights > 0.0]
    steps = np.unique(minutes[np.isfinite(minutes)])
    low, high = int(np.searchsorted(steps, minutes.min(axis=1).max())), len(steps)
    best: tuple[int, ...] | None = None
    is_proven = True
    if problem.capacities is None:
        best = _spread(minutes, n_sites, problem.fixed)
        high = int(np.searchsorted(steps, _longest(minutes, best)))
        best = best if high < len(steps) else None
    while low < high:
        middle = (low + high) // 2
        sites, is_certain = _within(problem, n_sites, steps[middle], [], left_s())
        if sites is not None:
            best, high = sites, middle
            if problem.capacities is None:
                high = int(np.searchsorted(steps, _longest(minutes, sites)))
        elif is_certain:
            low = middle + 1
        else:
            is_proven = False
            break
    if best is None:
        raise BadInput(unserved(n_sites, is_proven))
    others: list[Sites] = []
    level = high
    while len(others) < n_alternatives and level < len(steps):
        tried = [best, *(other.sites for other in others)]
        sites, is_certain = _within(problem, n_sites, steps[level], tried, left_s())
        if sites is None:
            is_proven = is_proven and is_certain
            if not is_certain:
                break
            level += 1
            continue
        reached = _longest(minutes, sites) if problem.capacities is None else float(steps[level])
        others.append(_sites(reached, sites))
    return SitingAnswer(_sites(float(steps[high]), best), float(steps[low]), is_proven, tuple(others))


def _within(
    problem: Siting, n_sites: int, most_min: float, without: list[tuple[int, ...]], limit_s: float
) -> tuple[tuple[int, ...] | None, bool]:
    """Return sites that reach every place within so many minutes, none of the sets named, or whether there are none."""
    if limit_s <= 0.0:
        return None, False
    has_demand = problem.weights > 0.0
    minutes = problem.minutes[has_demand]
    programme = Programme()
    lower = np.zeros(problem.n_sites)
    lower[list(problem.fixed)] = 1.0
    is_open = programme.columns(np.ones(problem.n_sites), lower, 1.0, True)
    place, site = np.nonzero(minutes <= most_min)
    programme.rows(place, is_open[site], 1.0, 1.0, np.inf, len(minutes))
    if problem.capacities is not None:
        share = programme.columns(np.zeros(len(place)), 0.0, 1.0)
        programme.rows(place, share, 1.0, 1.0, 1.0, len(minutes))
        add_capacities(programme, problem, is_open, np.flatnonzero(has_demand)[place], site, share)
    if without:
        programme.row(is_open, 1.0, n_sites, n_sites)
        for sites in without:
            programme.row(is_open[list(sites)], 1.0, -np.inf, len(sites) - 1)
    found = programme.solve(limit_s, stop_at=float(n_sites))
    if not found.is_found or found.objective > n_sites + 0.5:
        return None, found.is_proven or found.bound > n_sites + 1e-6
    sites = tuple(int(one) for one in np.flatnonzero(found.values[is_open] > 0.5))
    return _fill(problem, sites, n_sites), True


def _fill(problem: Siting, sites: tuple[int, ...], n_sites: int) -> tuple[int, ...]:
    """Add sites up to the number asked for, each the one that saves most minutes of demand."""
    chosen = list(sites)
    costs = problem.costs
    while len(chosen) < n_sites:
        totals = np.minimum(costs, costs[:, chosen].min(axis=1)[:, None]).sum(axis=0)
        totals[chosen] = np.inf
        chosen.append(int(np.argmin(totals)))
    return tuple(sorted(chosen))


def _spread(minutes: Floats, n_sites: int, fixed: tuple[int, ...]) -> tuple[int, ...]:
    """Return a set to begin with: each further site the one nearest the place that is worst served (Gonzalez)."""
    chosen = list(fixed) or [int(np.argmin(minutes.max(axis=0)))]
    while len(chosen) < n_sites:
        worst = int(np.argmax(minutes[:, chosen].min(axis=1)))
        order = np.argsort(minutes[worst], kind="stable")
        chosen.append(int(next(site for site in order if site not in chosen)))
    return tuple(sorted(chosen))


def _longest(minutes: Floats, sites: tuple[int, ...]) -> float:
    return float(minutes[:, list(sites)].min(axis=1).max())


def _sites(value: float, sites: tuple[int, ...]) -> Sites:
    return Sites(tuple((site, 1) for site in sites), value)
