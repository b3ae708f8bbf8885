"""The p-median problem: swaps that improve a set of open sites, and the Lagrangian bound that says how good it can be.

`by_site` are costs, float64[sites, demand]. `state`, int8[sites], is 0 free, 1 kept open, 2 kept closed.
"""

import numpy as np

from constabulary.numeric.compiled import compiled


@compiled
def swap(by_site, state, is_open, most_swaps):
    """Exchange an open for a closed site while that lowers the cost (Whitaker's fast interchange); return the cost.

    `by_site` is float64[sites, demand]; `is_open`, bool[sites], is changed in place. Each round takes the best pair.
    """
    n_sites, n_demand = by_site.shape
    first = np.zeros(n_demand, np.int64)
    nearest = np.empty(n_demand)
    second = np.empty(n_demand)
    loss = np.zeros(n_sites)
    now = _two_nearest(by_site, is_open, first, nearest, second)
    for _ in range(most_swaps):
        best = -1e-9 * (1.0 + abs(now))
        best_in = best_out = -1
        for j in range(n_sites):
            if is_open[j] or state[j] == 2:
                continue
            saved = 0.0
            loss[:] = 0.0
            for i in range(n_demand):
                cost = by_site[j, i]
                if cost < nearest[i]:
                    saved += nearest[i] - cost
                else:
                    loss[first[i]] += min(cost, second[i]) - nearest[i]
            for k in range(n_sites):
                if is_open[k] and state[k] == 0 and loss[k] - saved < best:
                    best = loss[k] - saved
                    best_in, best_out = j, k
        if best_in < 0:
            break
        is_open[best_in] = True
        is_open[best_out] = False
        now = _two_nearest(by_site, is_open, first, nearest, second)
    return now


@compiled
def _two_nearest(by_site, is_open, first, nearest, second):
    """Write the nearest open site of each demand row, its cost and the next nearest's; return the total cost."""
    n_sites, n_demand = by_site.shape
    nearest[:] = np.inf
    second[:] = np.inf
    for j in range(n_sites):
        if is_open[j]:
            for i in range(n_demand):
                cost = by_site[j, i]
                if cost < nearest[i]:
                    second[i] = nearest[i]
                    nearest[i] = cost
                    first[i] = j
                elif cost < second[i]:
                    second[i] = cost
    return nearest.sum()


@compiled
def greedy(by_site, state, n_open, is_open):
    """Open sites one by one, each the one that lowers the cost most; `is_open` is written."""
    n_sites, n_demand = by_site.shape
    nearest = np.full(n_demand, np.inf)
    n_now = 0
    for j in range(n_sites):
        is_open[j] = state[j] == 1
        if is_open[j]:
            n_now += 1
            for i in range(n_demand):
                nearest[i] = min(nearest[i], by_site[j, i])
    while n_now < n_open:
        best, best_site = np.inf, -1
        for j in range(n_sites):
            if is_open[j] or state[j] == 2:
                continue
            total = 0.0
            for i in range(n_demand):
                total += min(nearest[i], by_site[j, i])
            if total < best or best_site < 0:
                best, best_site = total, j
        is_open[best_site] = True
        n_now += 1
        for i in range(n_demand):
            nearest[i] = min(nearest[i], by_site[best_site, i])


@compiled
def lagrange(
    ranked, nearest, state, n_open, upper, wanted, step, patience, most_rounds, u, best_u, best_rho, mean_open
):
    """Raise the Lagrangian bound by a deflected subgradient; return the best bound and the rounds made.

    `ranked` are the costs of each demand row in rising order, `nearest` the sites they belong to. `u`, float64[demand],
    is the price at which each demand row would do without a site; it starts as given. `best_u` and `best_rho`
    (float64[sites], what opening each site is worth at those prices, not above 0) are written, and `mean_open`, a
    running mean of which sites the bound opens. Stops once the bound reaches `wanted`.
    """
    n_demand, n_sites = ranked.shape
    rho = np.empty(n_sites)
    direction = np.zeros(n_demand)
    is_open = np.zeros(n_sites, np.bool_)
    n_choose = n_open - (state == 1).sum()
    free_rho = np.empty((state == 0).sum())
    best = -np.inf
    since = 0
    for made in range(1, most_rounds + 1):
        bound = _values(ranked, nearest, u, rho)
        bound += _open_best(state, rho, n_choose, free_rho, is_open)
        since = 0 if made == 1 or bound > best + 1e-7 * abs(best) else since + 1
        if bound > best:
            best = bound
            best_u[:] = u
            best_rho[:] = rho
        if best >= wanted:
            return best, made
        if since >= patience:
            since = 0
            step *= 0.5
            u[:] = best_u
            direction[:] = 0.0
            if step < 1e-4:
                return best, made
        norm = _turn(ranked, nearest, u, is_open, direction)
        if norm == 0.0:
            return best, made
        u += step * (upper - bound) / norm * direction
        for j in range(n_sites):
            mean_open[j] += 0.05 * (is_open[j] - mean_open[j])
    return best, most_rounds


@compiled
def _values(ranked, nearest, u, rho):
    """Write what opening each site is worth at prices `u`, and return the sum of prices, none under the least cost."""
    n_demand, n_sites = ranked.shape
    rho[:] = 0.0
    total = 0.0
    for i in range(n_demand):
        u[i] = max(u[i], ranked[i, 0])
        total += u[i]
        for k in range(n_sites):
            if ranked[i, k] >= u[i]:
                break
            rho[nearest[i, k]] += ranked[i, k] - u[i]
    return total


@compiled
def _open_best(state, rho, n_choose, free_rho, is_open):
    """Open the sites kept open and the `n_choose` free ones worth most, the lower number first; return their worth."""
    worth = 0.0
    at = 0
    for j in range(state.size):
        is_open[j] = state[j] == 1
        if is_open[j]:
            worth += rho[j]
        elif state[j] == 0:
            free_rho[at] = rho[j]
            at += 1
    limit = np.partition(free_rho, n_choose - 1)[n_choose - 1]
    for j in range(state.size):
        if state[j] == 0 and rho[j] < limit:
            is_open[j] = True
            worth += rho[j]
            n_choose -= 1
    for j in range(state.size):
        if n_choose > 0 and state[j] == 0 and rho[j] == limit:
            is_open[j] = True
            worth += limit
            n_choose -= 1
    return worth


@compiled
def _turn(ranked, nearest, u, is_open, direction):
    """Turn the direction of search towards the slope of the bound; return the square of its length."""
    norm = 0.0
    for i in range(u.size):
        slope = 1.0
        for k in range(ranked.shape[1]):
            if ranked[i, k] >= u[i]:
                break
            if is_open[nearest[i, k]]:
                slope -= 1.0
        direction[i] = slope + 0.5 * direction[i]
        norm += direction[i] * direction[i]
    return norm
