"""The p-median problem: sites from which all demand is reached in the fewest minutes in all.

Without capacities by `least_cost`, which proves its answer; with them by HiGHS, a place's demand being shared between
sites where one alone would be too full.

References
----------
S. L. Hakimi, Optimum locations of switching centers and the absolute centers and medians of a graph, Operations
Research 12 (1964). C. S. ReVelle and R. W. Swain, Central facilities location, Geographical Analysis 2 (1970).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput
from constabulary.response.milp import Programme
from constabulary.response.siting.least_cost import least_cost
from constabulary.response.siting.problem import (
    Clock,
    Sites,
    Siting,
    SitingAnswer,
    check_number_of_sites,
    forever,
    unserved,
)


def pmedian(problem: Siting, n_sites: int, n_alternatives: int = 0, left_s: Clock = forever) -> SitingAnswer:
    """Return the sites with the least demand times minutes.

    Parameters
    ----------
    problem
        Places, sites and minutes.
    n_sites
        Sites to open, the fixed ones among them.
    n_alternatives
        How many next best sets to name.
    left_s
        Time left to work (s), asked now and then; once it is over the best found so far is returned, unproven.

    Raises
    ------
    BadInput
        Where so many sites cannot be open, or cannot serve all demand.

    Examples
    --------
    >>> line = np.array([[0.0, 4.0, 9.0], [4.0, 0.0, 5.0], [9.0, 5.0, 0.0]])
    >>> town = Siting(np.array([1.0, 1.0, 3.0]), line, ("a", "b", "c"), ("a", "b", "c"))
    >>> answer = pmedian(town, 1, n_alternatives=1)
    >>> answer.best.sites, answer.best.objective, answer.is_proven, answer.alternatives[0].sites
    ((2,), 14.0, True, (1,))
    """
    check_number_of_sites(problem, n_sites)
    if problem.capacities is not None:
        return _with_capacities(problem, n_sites, n_alternatives, left_s)
    costs = problem.costs
    is_reachable = np.isfinite(costs)
    # One place out of reach must weigh more than every journey that can be made.
    out_of_reach = 1.0 + 2.0 * float(np.where(is_reachable, costs, 0.0).max(axis=1).sum())
    found = least_cost(
        np.where(is_reachable, costs, out_of_reach), n_sites, problem.fixed, n_alternatives + 1, left_s
    )
    sets = [
        Sites(tuple((site, 1) for site in sites), cost) for cost, sites in found.sets if cost < out_of_reach
    ]
    if not sets:
        raise BadInput(unserved(n_sites, found.is_proven))
    return SitingAnswer(sets[0], found.bound, found.is_proven, tuple(sets[1:]))


def _with_capacities(problem: Siting, n_sites: int, n_alternatives: int, left_s: Clock) -> SitingAnswer:
    programme = Programme()
    lower = np.zeros(problem.n_sites)
    lower[list(problem.fixed)] = 1.0
    is_open = programme.columns(np.zeros(problem.n_sites), lower, 1.0, True)
    place, site = np.nonzero(np.isfinite(problem.costs))
    share = programme.columns(problem.costs[place, site], 0.0, 1.0)
    programme.row(is_open, 1.0, n_sites, n_sites)
    programme.rows(place, share, 1.0, 1.0, 1.0, problem.n_places)
    pair = np.arange(len(place))
    programme.rows(
        np.concatenate([pair, pair]),
        np.concatenate([share, is_open[site]]),
        np.repeat([1.0, -1.0], len(pair)),
        -np.inf,
        0.0,
        len(pair),
    )
    add_capacities(programme, problem, is_open, place, site, share)
    sets: list[Sites] = []
    bound, is_proven = np.inf, True
    while len(sets) <= n_alternatives and (left := left_s()) > 0.0:
        found = programme.solve(left)
        is_proven = is_proven and found.is_proven
        bound = min(bound, found.bound)
        if not found.is_found:
            break
        sites = np.flatnonzero(found.values[is_open] > 0.5)
        sets.append(Sites(tuple((int(one), 1) for one in sites), found.objective))
        programme.row(is_open[sites], 1.0, -np.inf, len(sites) - 1)
    if not sets:
        raise BadInput(unserved(n_sites, is_proven and left_s() > 0.0))
    return SitingAnswer(sets[0], bound, is_proven, tuple(sets[1:]))


def add_capacities(
    programme: Programme,
    problem: Siting,
    is_open: NDArray[np.int64],
    place: NDArray[np.int64],
    site: NDArray[np.int64],
    share: NDArray[np.int64],
) -> None:
    """Add the rows that let no site serve more demand than it can hold, and none that is closed.

    Parameters
    ----------
    programme
        The programme to add to.
    problem
        Places and sites, with capacities.
    is_open
        Columns that say whether each site is open.
    place, site, share
        For each pair of a place and a site in its reach, the column with the share that the site serves.
    """
    room = np.full(problem.n_sites, np.inf) if problem.capacities is None else problem.capacities
    programme.rows(
        np.concatenate([site, np.arange(problem.n_sites)]),
        np.concatenate([share, is_open]),
        np.concatenate([problem.weights[place], -room]),
        -np.inf,
        0.0,
        problem.n_sites,
    )
