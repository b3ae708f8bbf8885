"""Covering demand within a standard time: by sites (MCLP), and by units that may be busy when they are called (MEXCLP).

MCLP: most demand with an open site within the standard. MEXCLP: each unit is busy a share q of its time, whatever the
others do, so that demand with k units within the standard is covered with probability 1 - q**k; several units may wait
at one site. At q = 0 it is MCLP; towards q = 1 every unit within reach counts alike.

References
----------
R. L. Church and C. ReVelle, The maximal covering location problem, Papers of the Regional Science Association 32
(1974). M. S. Daskin, A maximum expected covering location model: formulation, properties and heuristic solution,
Transportation Science 17 (1983).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem, out_of_range
from constabulary.response.milp import Programme, Solution
from constabulary.response.siting.pmedian import add_capacities
from constabulary.response.siting.problem import (
    Clock,
    Sites,
    Siting,
    SitingAnswer,
    check_number_of_sites,
    forever,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def mclp(
    problem: Siting,
    n_sites: int,
    standard_min: float,
    n_alternatives: int = 0,
    left_s: Clock = forever,
) -> SitingAnswer:
    """Return the sites with the most demand within the standard.

    Parameters
    ----------
    problem
        Places, sites and minutes. A site with a capacity covers no more demand than that.
    n_sites
        Sites to open, the fixed ones among them.
    standard_min
        The time within which a place is covered (min).
    n_alternatives
        How many next best sets to name.
    left_s
        Time left to work (s), asked now and then; once it is over the best found so far is returned, unproven.

    Raises
    ------
    BadInput
        Where so many sites cannot be open, or a value is out of its range.
    """
    check_number_of_sites(problem, n_sites)
    _check_standard(standard_min)
    programme = Programme(is_maximised=True)
    lower = np.zeros(problem.n_sites)
    lower[list(problem.fixed)] = 1.0
    is_open = programme.columns(np.zeros(problem.n_sites), lower, 1.0, True)
    programme.row(is_open, 1.0, n_sites, n_sites)
    if problem.capacities is None:
        within, weights = _alike(problem, standard_min)
        covered = programme.columns(weights, 0.0, 1.0)
        group, site = np.nonzero(within)
        programme.rows(
            np.concatenate([group, np.arange(len(weights))]),
            np.concatenate([is_open[site], covered]),
            np.repeat([1.0, -1.0], [len(group), len(weights)]),
            0.0,
            np.inf,
            len(weights),
        )
    else:
        place, site = np.nonzero(problem.minutes <= standard_min)
        share = programme.columns(problem.weights[place], 0.0, 1.0)
        programme.rows(place, share, 1.0, -np.inf, 1.0, problem.n_places)
        add_capacities(programme, problem, is_open, place, site, share)

    def forbid(values: Floats) -> None:
        sites = np.flatnonzero(values[is_open] > 0.5)
        programme.row(is_open[sites], 1.0, -np.inf, len(sites) - 1)

    return _ranked(programme, is_open, n_alternatives, left_s, forbid)


def mexclp(
    problem: Siting,
    n_units: int,
    standard_min: float,
    busy_share: float,
    n_alternatives: int = 0,
    left_s: Clock = forever,
) -> SitingAnswer:
    """Return where to place units so that the most demand is expected to find a free one within the standard.

    Parameters
    ----------
    problem
        Places, sites and minutes. A capacity is here the most units that a site has room for.
    n_units
        Units to place; each fixed site has at least one.
    standard_min
        The time within which a place is covered (min).
    busy_share
        Share of its time for which each unit is busy, 0 or more and below 1.
    n_alternatives
        How many next best placings to name.
    left_s
        Time left to work (s), asked now and then; once it is over the best found so far is returned, unproven.

    Raises
    ------
    BadInput
        Where so many units cannot be placed, or a value is out of its range.
    """
    _check_standard(standard_min)
    if not 0.0 <= busy_share < 1.0:
        raise BadInput(out_of_range("busy_share", busy_share, "a share from 0, below 1"))
    room = _room(problem, n_units)
    programme = Programme(is_maximised=True)
    lower = np.zeros(problem.n_sites)
    lower[list(problem.fixed)] = 1.0
    units = programme.columns(np.zeros(problem.n_sites), lower, room, True)
    programme.row(units, 1.0, n_units, n_units)
    within, weights = _alike(problem, standard_min)
    most = n_units if busy_share > 0.0 else 1
    # The k-th unit within reach adds (1 - q) q**(k - 1): less than the one before, so that they fill up in order.
    gain = weights[:, None] * (1.0 - busy_share) * busy_share ** np.arange(most)
    worth = gain.reshape(-1)
    kept = np.flatnonzero(worth > 1e-12 * max(float(weights.sum()), 1e-300))
    reached = programme.columns(worth[kept], 0.0, 1.0)
    group, site = np.nonzero(within)
    programme.rows(
        np.concatenate([group, kept // most]),
        np.concatenate([units[site], reached]),
        np.repeat([1.0, -1.0], [len(group), len(kept)]),
        0.0,
        np.inf,
        len(weights),
    )

    def forbid(values: Floats) -> None:
        # Another placing has fewer units at one at least of the sites that now have some.
        now = np.rint(values[units])
        used = np.flatnonzero(now > 0)
        fewer = programme.columns(np.zeros(len(used)), 0.0, 1.0, True)
        at = np.arange(len(used))
        programme.rows(
            np.concatenate([at, at]),
            np.concatenate([units[used], fewer]),
            np.concatenate([np.ones(len(used)), room[used] - now[used] + 1.0]),
            -np.inf,
            room[used],
            len(used),
        )
        programme.row(fewer, 1.0, 1.0, np.inf)

    return _ranked(programme, units, n_alternatives, left_s, forbid)


def expected_cover(problem: Siting, n_units: Integers, standard_min: float, busy_share: float) -> float:
    """Return the demand expected to find a free unit within the standard.

    Parameters
    ----------
    problem
        Places, sites and minutes.
    n_units
        Units at each site, shape (sites,).
    standard_min, busy_share
        As for `mexclp`; a share of 0 gives the demand with any unit within the standard.
    """
    reach = (problem.minutes <= standard_min) @ n_units
    return float(problem.weights @ np.where(reach > 0, 1.0 - busy_share**reach, 0.0))


def _alike(problem: Siting, standard_min: float) -> tuple[NDArray[np.bool_], Floats]:
    """Return places gathered where the same sites reach them within the standard, and the demand of each gathering."""
    within = problem.minutes <= standard_min
    bits = np.packbits(within, axis=1)
    _, first, group = np.unique(bits, axis=0, return_index=True, return_inverse=True)
    return within[first], np.bincount(group.reshape(-1), problem.weights, len(first)).astype(np.float64)


def _room(problem: Siting, n_units: int) -> Floats:
    room = np.full(problem.n_sites, float(n_units))
    if problem.capacities is not None:
        room = np.minimum(room, np.floor(problem.capacities))
    lowest = max(1, len(problem.fixed))
    if not lowest <= n_units <= room.sum():
        raise BadInput(
            Problem(
                "out_of_range",
                f"{n_units} units cannot be placed.",
                column="n_units",
                value=str(n_units),
                expected=f"a whole number from {lowest} (sites fixed) to {room.sum():g} (room at all sites)",
            )
        )
    return room


def _ranked(
    programme: Programme,
    units: Integers,
    n_alternatives: int,
    left_s: Clock,
    forbid: Callable[[Floats], None],
) -> SitingAnswer:
    """Solve, forbid the answer, and solve again, as often as alternatives are wanted."""
    found: list[Sites] = []
    first: Solution | None = None
    is_proven = True
    while len(found) <= n_alternatives and (left := left_s()) > 0.0:
        solution = programme.solve(left)
        first = first or solution
        is_proven = is_proven and solution.is_proven
        if not solution.is_found:
            break
        now = np.rint(solution.values[units]).astype(np.int64)
        found.append(
            Sites(tuple((int(one), int(now[one])) for one in np.flatnonzero(now)), solution.objective)
        )
        forbid(solution.values)
    if first is None or not found:
        raise BadInput(
            Problem(
                "nothing_found",
                "No placing was found in the time allowed.",
                remedy="Allow more time, or ask for fewer sites.",
            )
        )
    bound = first.objective if first.is_proven else first.bound
    return SitingAnswer(found[0], bound, is_proven, tuple(found[1:]))


def _check_standard(standard_min: float) -> None:
    if not 0.0 <= standard_min < np.inf:
        raise BadInput(out_of_range("standard_min", standard_min, "minutes, 0 or more"))
