"""Draws a plan many times from stated distributions of its drivers: the fan of the gap, and what matters most in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.finance.plan import Plan, draw
from constabulary.finance.sensitivity import Spread, shifted_years

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_DRAWS = 1_000_000
Array = NDArray[np.float64]


@dataclass(frozen=True)
class FanYear:
    """The spread of a year's gap (pounds).

    `gap_gbp` holds the quantiles in the order of `QUANTILES`; `gap_share` is the share of draws with a gap, 0 to 1.
    """

    year: str
    gap_gbp: tuple[float, ...]
    mean_gbp: float
    gap_share: float


@dataclass(frozen=True)
class Influence:
    """How much of the last year's spread goes with a driver: its squared rank correlation, as a share of the sum."""

    driver_id: str
    title: str
    share: float


@dataclass(frozen=True)
class Fan:
    """Many draws of a plan.

    Parameters
    ----------
    years
        The spread of each forecast year's gap.
    influences
        What matters most in the last year, most first.
    spreads
        The distributions drawn from.
    n_draws, seed
        How many draws, and the seed that gives them again.
    """

    years: tuple[FanYear, ...]
    influences: tuple[Influence, ...]
    spreads: tuple[Spread, ...]
    n_draws: int
    seed: int


def fan(plan: Plan, spreads: Sequence[Spread], *, n_draws: int = 10_000, seed: int = 1) -> Fan:
    """Return the fan of a plan's gap.

    Parameters
    ----------
    plan
        The plan.
    spreads
        How far each driver may turn out; drivers draw from streams of their own, so that their order does not matter.
    n_draws
        How many draws.
    seed
        The same seed gives the same fan.

    Raises
    ------
    BadInput
        If there are no spreads, or `n_draws` is not between 1 and a million.
    """
    if not spreads or not 1 <= n_draws <= MOST_DRAWS:
        raise BadInput(
            Problem(
                "nothing_to_draw",
                f"{len(spreads)} drivers spread and {n_draws:,} draws are asked for.",
                expected=f"at least one driver that spreads, and 1 to {MOST_DRAWS:,} draws",
                remedy="Say in finance/plan/spreads.csv how far drivers may turn out.",
            )
        )
    shifts = draw_shifts(plan, spreads, n_draws, seed)
    gap_id = plan.needs_role("gap").id
    gaps = np.broadcast_to(draw(plan, shifts, [gap_id])[gap_id], (len(plan.years), n_draws))
    years = [
        FanYear(
            year,
            tuple(round(float(one), 2) for one in np.quantile(row, QUANTILES)),
            round(float(row.mean()), 2),
            float((row < 0).mean()),
        )
        for year, row in list(zip(plan.years, gaps, strict=True))[plan.n_typed :]
    ]
    return Fan(tuple(years), _influences(plan, spreads, shifts, gaps[-1]), tuple(spreads), n_draws, seed)


def draw_shifts(
    plan: Plan, spreads: Sequence[Spread], n_draws: int, seed: int
) -> dict[str, Mapping[str, Array]]:
    """Return the shifts drawn, by driver and year, each of shape (n_draws,)."""
    forecast = plan.years[plan.n_typed :]
    shifts: dict[str, Mapping[str, Array]] = {}
    for spread in spreads:
        # The stream goes by the driver's name: a driver more or less leaves the draws of the others as they are.
        stream = np.random.default_rng([seed, crc32(spread.driver_id.encode())])
        years = shifted_years(plan, spread.driver_id, forecast)
        if spread.drawn == "once":
            shifts[spread.driver_id] = dict.fromkeys(years, _drawn(spread, stream, n_draws))
        else:
            shifts[spread.driver_id] = {year: _drawn(spread, stream, n_draws) for year in years}
    return shifts


def _drawn(spread: Spread, stream: np.random.Generator, n: int) -> Array:
    low, high = float(spread.low), float(spread.high)
    if spread.distribution == "normal":
        return stream.normal((low + high) / 2, (high - low) / 2, n)
    if low == high:
        return np.full(n, low)
    if spread.distribution == "triangular":
        return stream.triangular(low, min(max(0.0, low), high), high, n)
    return stream.uniform(low, high, n)


def _influences(
    plan: Plan, spreads: Sequence[Spread], shifts: Mapping[str, Mapping[str, Array]], gap: Array
) -> tuple[Influence, ...]:
    of_gap = _ranks(gap)
    squared = {
        spread.driver_id: _correlation(
            _ranks(np.sum(list(shifts[spread.driver_id].values()), axis=0)), of_gap
        )
        ** 2
        for spread in spreads
        if shifts[spread.driver_id]
    }
    total = sum(squared.values()) or 1.0
    found = [
        Influence(name, plan.drivers[name].title, round(one / total, 6)) for name, one in squared.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.share, one.driver_id)))


def _ranks(values: Array) -> Array:
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values), dtype=float)
    return ranks


def _correlation(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else 0.0
