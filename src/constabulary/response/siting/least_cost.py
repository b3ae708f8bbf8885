"""The p-median problem solved to proof: swaps for an answer, Lagrangian bounds for the proof, branching between them.

Each place is served by its cheapest open site; which sites, so many of them, make the total least? The price at which
a place would do without being served turns the problem into one that is solved by sorting (the Lagrangian of the
assignment); raising that bound shows most sites to be in no answer as good as the one known, or in all of them. What
is left is parted in two, a site open or closed, and bounded again, from the prices of the part it came from.

References
----------
M. L. Fisher, The Lagrangian relaxation method for solving integer programming problems, Management Science 27 (1981).
G. Cornuejols, M. L. Fisher and G. L. Nemhauser, Location of bank accounts to optimize float, Management Science 23
(1977). R. Whitaker, A fast algorithm for the greedy interchange for large-scale clustering and median location
problems, INFOR 21 (1983).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constabulary.response.siting._kernel import pmedian as kernel
from constabulary.response.siting.problem import Clock, forever

Floats = NDArray[np.float64]
FREE, OPEN, CLOSED = 0, 1, 2
N_STARTS = 4
ROOT_ROUNDS, NODE_ROUNDS = 2_000, 120


@dataclass(frozen=True)
class LeastCost:
    """The cheapest sets of sites found.

    Parameters
    ----------
    sets
        Cost and site numbers of each set, the cheapest first.
    bound
        No set costs less.
    is_proven
        Whether these are certainly the cheapest sets; False where the work was cut short.
    n_parts
        Parts that the problem was divided into.
    """

    sets: tuple[tuple[float, tuple[int, ...]], ...]
    bound: float
    is_proven: bool
    n_parts: int


def least_cost(
    costs: Floats,
    n_open: int,
    fixed: tuple[int, ...] = (),
    n_best: int = 1,
    left_s: Clock = forever,
) -> LeastCost:
    """Return the sets of `n_open` sites at which places are served most cheaply.

    Parameters
    ----------
    costs
        Cost of serving each place from each site, finite, shape (places, sites).
    n_open
        Sites to open.
    fixed
        Sites that are open in every set.
    n_best
        How many sets are wanted.
    left_s
        Time left to work (s), asked now and then; once it is over the best found so far is returned, unproven.

    Examples
    --------
    >>> found = least_cost(np.array([[0.0, 4.0, 9.0], [3.0, 0.0, 5.0], [9.0, 5.0, 0.0]]), 2)
    >>> found.sets[0], found.is_proven
    ((3.0, (0, 2)), True)
    """
    search = _Search(np.ascontiguousarray(costs, dtype=np.float64), n_open, n_best)
    state = np.zeros(costs.shape[1], dtype=np.int8)
    state[list(fixed)] = OPEN
    search.start(state)
    bound, is_proven, n_parts = _branch(search, state, left_s)
    sets = tuple(sorted((cost, sites) for sites, cost in search.known.items())[:n_best])
    return LeastCost(sets, min(bound, sets[0][0]) if sets else bound, is_proven, n_parts)


@dataclass
class _Search:
    costs: Floats
    n_open: int
    n_best: int
    known: dict[tuple[int, ...], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_site = np.ascontiguousarray(self.costs.T)
        is_whole = bool((self.costs == np.rint(self.costs)).all()) and self.costs.max(initial=0.0) < 2**52
        self.step = float(np.gcd.reduce(self.costs.astype(np.int64), axis=None)) if is_whole else 0.0

    @property
    def worst_kept(self) -> float:
        """The cost that a further set must be under to be of interest."""
        if len(self.known) < self.n_best:
            return np.inf
        return sorted(self.known.values())[self.n_best - 1]

    @property
    def enough(self) -> float:
        """A bound at which a part holds nothing of interest: costs in whole steps leave nothing between."""
        worst = self.worst_kept
        return worst - self.step * (1.0 - 1e-6) if self.step else worst - 1e-9 * abs(worst)

    def keep(self, is_open: NDArray[np.bool_]) -> float:
        sites = np.flatnonzero(is_open)
        cost = float(self.by_site[sites].min(axis=0).sum())
        if cost < self.worst_kept:
            self.known[tuple(int(site) for site in sites)] = cost
        return cost

    def improve(self, state: NDArray[np.int8], is_open: NDArray[np.bool_]) -> None:
        kernel.swap(self.by_site, state, is_open, 10_000)
        self.keep(is_open)

    def start(self, state: NDArray[np.int8]) -> None:
        """Find good sets: by greed, then from places taken at random, then the neighbours of the best."""
        rng = np.random.default_rng(1)  # only where to begin: the proof does not rest on it
        free = np.flatnonzero(state == FREE)
        n_free = self.n_open - int((state == OPEN).sum())
        for start in range(N_STARTS):
            is_open = state == OPEN
            if start == 0:
                kernel.greedy(self.by_site, state, self.n_open, is_open)
            else:
                is_open[rng.choice(free, n_free, replace=False)] = True
            self.improve(state, is_open)
        if self.n_best > 1 and self.known:
            best = min(self.known, key=lambda sites: self.known[sites])
            for sites in self._neighbours(best, state):
                is_open = np.zeros(state.size, dtype=np.bool_)
                is_open[list(sites)] = True
                self.keep(is_open)

    def _neighbours(self, best: tuple[int, ...], state: NDArray[np.int8]) -> list[tuple[int, ...]]:
        """Return the cheapest sets that differ from one by a swap."""
        costs = []
        for out in (site for site in best if state[site] == FREE):
            rest = [site for site in best if site != out]
            near = self.by_site[rest].min(axis=0) if rest else np.full(len(self.costs), np.inf)
            totals = np.minimum(self.by_site, near).sum(axis=1)
            totals[list(best)] = np.inf
            near_best = np.argsort(totals, kind="stable")[: self.n_best]
            costs += [
                (float(totals[site]), tuple(sorted([*rest, int(site)])))
                for site in near_best
                if np.isfinite(totals[site])
            ]
        return [sites for _, sites in sorted(costs)[: self.n_best]]


def _branch(search: _Search, state: NDArray[np.int8], left_s: Clock) -> tuple[float, bool, int]:
    """Bound, fix and divide until nothing is left that could be of interest; return bound, proof and parts."""
    order = np.argsort(search.costs, axis=1, kind="stable").astype(np.int32)
    ranked = np.take_along_axis(search.costs, order, axis=1)
    sites = np.arange(state.size)
    prices = ranked[:, :2].mean(axis=1)
    if search.known:
        best = min(search.known, key=lambda one: search.known[one])
        prices = np.sort(search.costs[:, list(best)], axis=1)[:, :2].mean(axis=1)
    parts = [(-np.inf, state, prices, np.zeros(state.size))]
    n_parts = 0
    while parts:
        bound, state, prices, mean_open = parts.pop()
        if bound > search.enough:
            continue
        if left_s() <= 0.0:
            return min([bound, *(part[0] for part in parts)]), False, n_parts
        n_parts += 1
        n_free = search.n_open - int((state == OPEN).sum())
        if not 0 < n_free < int((state == FREE).sum()):
            _finish(search, sites, state, n_free)
            continue
        rho, best_prices = np.zeros(state.size), prices.copy()
        upper = search.worst_kept
        if not np.isfinite(upper):
            upper = float(ranked[:, -1].sum())
        found, _ = kernel.lagrange(
            ranked,
            order,
            state,
            search.n_open,
            upper,
            search.enough,
            *((1.5, 30, ROOT_ROUNDS) if n_parts == 1 else (0.5, 10, NODE_ROUNDS)),
            prices.copy(),
            best_prices,
            rho,
            mean_open,
        )
        if found > search.enough:
            continue
        settled = _settled(state, found, rho, search.n_open, search.enough)
        if settled is None:
            continue
        state = settled
        _try_cheapest(search, sites, state, rho)
        if n_parts == 1:  # sites shown to be in no answer are left out of everything that follows
            left = np.flatnonzero(state != CLOSED)
            sites, state, rho, mean_open = left, state[left], rho[left], mean_open[left]
            order = np.argsort(search.costs[:, left], axis=1, kind="stable").astype(np.int32)
            ranked = np.take_along_axis(np.ascontiguousarray(search.costs[:, left]), order, axis=1)
        free = np.flatnonzero(state == FREE)
        if not len(free):
            _finish(search, sites, state, search.n_open - int((state == OPEN).sum()))
            continue
        chosen = free[np.argmin(np.abs(mean_open[free] - 0.5))]
        for value in (CLOSED, OPEN):
            part = state.copy()
            part[chosen] = value
            parts.append((max(bound, found), part, best_prices, mean_open.copy()))
    return search.worst_kept, True, n_parts


def _settled(
    state: NDArray[np.int8], bound: float, rho: Floats, n_open: int, enough: float
) -> NDArray[np.int8] | None:
    """Return the state with every free site settled whose other fate would raise the bound too far; or None."""
    state = state.copy()
    n_choose = n_open - int((state == OPEN).sum())
    free = np.flatnonzero(state == FREE)
    free = free[np.argsort(rho[free], kind="stable")]
    chosen, others = free[:n_choose], free[n_choose:]
    state[others[bound + rho[others] - rho[chosen[-1]] > enough]] = CLOSED
    state[chosen[bound - rho[chosen] + rho[others[0]] > enough]] = OPEN
    n_choose = n_open - int((state == OPEN).sum())
    return state if 0 <= n_choose <= int((state == FREE).sum()) else None


def _whole(search: _Search, sites: NDArray[np.int64], local: NDArray[np.bool_]) -> NDArray[np.bool_]:
    is_open = np.zeros(search.by_site.shape[0], dtype=np.bool_)
    is_open[sites[local]] = True
    return is_open


def _finish(search: _Search, sites: NDArray[np.int64], state: NDArray[np.int8], n_free: int) -> None:
    """Keep the one set that a part holds, where it holds one: all its free sites open, or none."""
    free = state == FREE
    if n_free in (0, int(free.sum())):
        search.keep(_whole(search, sites, (state == OPEN) | (free & (n_free > 0))))


def _try_cheapest(search: _Search, sites: NDArray[np.int64], state: NDArray[np.int8], rho: Floats) -> None:
    """Keep the set that the bound speaks for, bettered by swaps within the part where it is the best yet."""
    n_choose = search.n_open - int((state == OPEN).sum())
    free = np.flatnonzero(state == FREE)
    local = state == OPEN
    local[free[np.argsort(rho[free], kind="stable")[:n_choose]]] = True
    is_open = _whole(search, sites, local)
    best = min(search.known.values(), default=np.inf)
    if search.keep(is_open) < best:
        whole = np.full(search.by_site.shape[0], CLOSED, dtype=np.int8)
        whole[sites] = state
        search.improve(whole, is_open)
