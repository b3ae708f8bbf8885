"""Simulate patrols of known truth and print how far each rule of credit is off at each interval between fixes.

    python docs/explanation/crediting_rules.py

prints the table in time-in-each-area.md. Officers walk or drive about a street grid, second by second, and call at hot
spots for 5 to 20 minutes. What is known each second is thinned to a fix every so often, with the noise of a receiver.
"""

from __future__ import annotations

import sys

import numpy as np

from constabulary.cover.clock import Clock
from constabulary.cover.fixes import US, Track
from constabulary.cover.presence import Rule, Setting, summarise
from constabulary.numeric.grid import AreaIndex

SEED = 20160412
N_UNITS, SHIFT_S, N_SPOTS, SPACING_M, NOISE_M = 40, 8 * 3600, 72, 100, 5
SIDE_M = {"foot": 4_000, "vehicle": 12_000}
SPEED_MS = {"foot": 1.3, "vehicle": 9.0}
INTERVALS_S = (10, 30, 60, 300, 600)
CORNERS = 48


def truth(rng: np.random.Generator, spots: np.ndarray, mode: str) -> np.ndarray:
    """Where each unit is each second [m], shape (units, seconds, 2)."""
    where = np.empty((N_UNITS, SHIFT_S, 2))
    for unit in range(N_UNITS):
        at = rng.integers(0, SIDE_M[mode] // SPACING_M, 2) * float(SPACING_M)
        second = 0
        while second < SHIFT_S:
            # Three calls in four are at a hot spot, for 5 to 20 minutes; the others are passing errands.
            goal = spots[rng.integers(N_SPOTS)] if rng.random() < 0.75 else rng.uniform(0, SIDE_M[mode], 2)
            goal = np.round(goal / SPACING_M) * SPACING_M
            corner = np.array([goal[0], at[1]]) if rng.random() < 0.5 else np.array([at[0], goal[1]])
            for end in (corner, goal):
                n = int(np.abs(end - at).sum() / SPEED_MS[mode])
                path = at + (end - at) * np.linspace(0, 1, n + 1)[1:, None] if n else np.empty((0, 2))
                path = path[: SHIFT_S - second]
                where[unit, second : second + len(path)] = path
                second += len(path)
                at = end
            stay = min(int(rng.uniform(300, 1200)), SHIFT_S - second)
            steps = (
                np.cumsum(rng.normal(0, 0.3, (stay, 2)), axis=0) if mode == "foot" else np.zeros((stay, 2))
            )
            where[unit, second : second + stay] = at + np.clip(steps, -40, 40)
            second += stay
    return where


def circles(spots: np.ndarray, radius_m: float) -> AreaIndex:
    """Return the hot spots, as circles of so many metres about their middles."""
    angle = np.linspace(0, 2 * np.pi, CORNERS + 1)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * radius_m
    ring[-1] = ring[0]
    rings = np.concatenate([spot + ring for spot in spots])
    return AreaIndex.build(rings, np.arange(N_SPOTS + 1) * (CORNERS + 1), np.arange(N_SPOTS))


def seconds(where: np.ndarray, every_s: int, index: AreaIndex, credit: str, noise: np.ndarray) -> np.ndarray:
    """Seconds in each hot spot by a rule [s], from a fix every so many seconds, shape (spots,)."""
    seen = (where + noise)[:, ::every_s]
    n_units, n = seen.shape[:2]
    x, y = (np.ascontiguousarray(seen[:, :, axis].ravel()) for axis in (0, 1))
    track = Track(
        np.repeat(np.arange(n_units), n),
        np.tile(np.arange(n) * every_s * US, n_units),
        x,
        y,
        np.zeros(x.size, np.int64),
        index.locate(x, y).astype(np.int64),
        np.zeros(x.size, np.bool_),
    )
    # Lines as long as the interval, to show what they would do; the program cuts them at 30 s.
    rule = Rule(credit, cap_s=86_400, line_s=86_400, ping_s=60)
    setting = Setting(rule, (0, 2**62), (), lambda low, high: Clock.between(low, high, "UTC"), index)
    found = np.zeros(N_SPOTS)
    for area, length in summarise(track, setting).summary.cells.select("area", "length_us").iter_rows():
        if area >= 0:
            found[area] = length / US
    return found


def main() -> None:
    """Print the table."""
    rows = []
    for mode in ("foot", "vehicle"):
        rng = np.random.default_rng([SEED, len(mode)])
        spots = np.empty((0, 2))
        while len(spots) < N_SPOTS:
            # Apart by more than the largest two radii, so that no second is in two of them.
            one = rng.uniform(300, SIDE_M[mode] - 300, 2)
            if len(spots) == 0 or np.hypot(*(spots - one).T).min() > 310:
                spots = np.vstack([spots, one])
        where = truth(rng, spots, mode)
        noise = rng.normal(0, NOISE_M, where.shape)
        for radius_m in (150, 75):
            index = circles(spots, radius_m)
            known = seconds(where, 1, index, "earlier", np.zeros_like(where))
            for every_s in INTERVALS_S:
                cells = []
                for credit in ("earlier", "line", "pings"):
                    found = seconds(where, every_s, index, credit, noise)
                    apart = np.abs(found - known)[known > 0] / known[known > 0]
                    bias = f"{found.sum() / known.sum() - 1:+.1%}"
                    cells.append(f"{bias} / {np.median(apart):.1%}" if credit != "pings" else bias)
                rows.append(f"| {mode}, {radius_m} m | {every_s} s | " + " | ".join(cells) + " |")
    header = "| patrol, radius | a fix every | earlier: bias / median error | line | pings (a minute each) |"
    sys.stdout.write("\n".join([header, "|---|---|---|---|---|", *rows]) + "\n")


if __name__ == "__main__":
    main()
