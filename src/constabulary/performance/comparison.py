"""One force among its peers: rates, averages weighted by what they rest on, and how sure a rank is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.performance.shares import DEFAULT_LEVEL, Interval, wilson

N_DRAWS = 10_000
"""Draws behind the interval of a rank."""


@dataclass(frozen=True)
class Counted:
    """What one force counted: `count` things out of, or for, `base` people or cases."""

    force: str
    count: float
    base: float


@dataclass(frozen=True)
class Compared:
    """One force in the comparison.

    Parameters
    ----------
    force, count, base
        As given.
    value
        Count for each `per` of the base; a share (0 to 1) where the count is part of the base.
    interval
        Where the force's long-run value lies, chance aside.
    rank
        1 is the best where a direction is known, else the highest; equal values share the better rank.
    rank_interval
        Ranks that chance allows.
    in_group
        Whether it belongs to the group asked for.
    """

    force: str
    count: float
    base: float
    value: float
    interval: Interval
    rank: int
    rank_interval: tuple[int, int]
    in_group: bool


@dataclass(frozen=True)
class Average:
    """A weighted average: all counts over all bases, so a large force weighs more; `n_forces` are in it."""

    value: float
    n_forces: int


@dataclass(frozen=True)
class Comparison:
    """A comparison of forces.

    Parameters
    ----------
    forces
        Each force, in order of rank.
    kind, per, direction, level
        As asked for.
    all_forces
        The weighted average of all.
    group
        That of the group asked for; None without one.
    """

    forces: tuple[Compared, ...]
    kind: str
    per: float
    direction: str
    level: float
    all_forces: Average
    group: Average | None

    def of(self, force: str) -> Compared:
        """Return one force.

        Raises
        ------
        BadInput
            If it is not among the forces compared.
        """
        for one in self.forces:
            if one.force == force:
                return one
        names = ", ".join(sorted(one.force for one in self.forces))
        raise BadInput(
            Problem("unknown_force", f'"{force}" is not among the forces compared.', expected=names)
        )

    def without(self, force: str, *, in_group: bool = False) -> Average:
        """Return the weighted average of the others, or of the others of the group."""
        return _average(
            [one for one in self.forces if one.force != force and (one.in_group or not in_group)],
            self.per,
        )


def compare(
    counted: Sequence[Counted],
    *,
    kind: str = "rate",
    per: float = 1000.0,
    direction: str = "neutral",
    group: Sequence[str] = (),
    level: float = DEFAULT_LEVEL,
    seed: int = 1,
) -> Comparison:
    """Compare forces with each other.

    Parameters
    ----------
    counted
        Counts and bases, one for each force.
    kind
        "rate": the count is of events and may pass the base (Poisson); "share": it is part of the base (binomial).
    per
        Base the rate is told for, such as 1,000 residents; a share is always told of 1.
    direction
        increase, decrease or neutral: which way improvement lies. Rank 1 is the best, or the highest where neutral.
    group
        Forces of the group to be averaged too, such as the most similar group; they must be among those counted.
    level
        Confidence level of all intervals.
    seed
        Of the draws behind the ranks.

    Raises
    ------
    BadInput
        If a count, a base or a name cannot be; all problems at once.

    Notes
    -----
    Intervals of rates: Garwood's exact limits; of shares: Wilson. Ranks: each force's long-run value is drawn from
    what its count allows (Jeffreys' prior), the forces ranked in each draw, and the middle of the ranks taken
    (H. Goldstein and D. J. Spiegelhalter, "League tables and their limitations", Journal of the Royal Statistical
    Society A 159 (1996)).
    """
    _check(counted, kind, group)
    per = 1.0 if kind == "share" else per
    counts = np.array([one.count for one in counted])
    bases = np.array([one.base for one in counted])
    sign = 1.0 if direction == "decrease" else -1.0
    ranks = 1 + (sign * (counts / bases)[:, None] > sign * (counts / bases)[None, :]).sum(axis=1)
    low, high = _rank_interval(counts, bases, kind, sign, level, seed)
    members = frozenset(group)
    forces = [
        Compared(
            one.force,
            one.count,
            one.base,
            one.count / one.base * per,
            _interval(one, kind, per, level),
            int(ranks[no]),
            (int(low[no]), int(high[no])),
            one.force in members,
        )
        for no, one in enumerate(counted)
    ]
    forces.sort(key=lambda one: (one.rank, one.force))
    return Comparison(
        tuple(forces),
        kind,
        per,
        direction,
        level,
        _average(forces, per),
        _average([one for one in forces if one.in_group], per) if members else None,
    )


def poisson_interval(count: float, level: float = DEFAULT_LEVEL) -> Interval:
    """Return the exact interval of the count expected in the long run, from the count found.

    Notes
    -----
    F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936), 437-442.

    Examples
    --------
    >>> round(poisson_interval(0).upper, 3)
    3.689
    """
    # As slow to load as all the rest of a command, and few ask for an interval of a count.
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    lower = float(gammaincinv(count, tail)) if count else 0.0
    return Interval(lower, float(gammaincinv(count + 1, 1 - tail)), level)


def _interval(one: Counted, kind: str, per: float, level: float) -> Interval:
    if kind == "share":
        return wilson(one.count / one.base, one.base, level)
    found = poisson_interval(one.count, level)
    return Interval(found.lower / one.base * per, found.upper / one.base * per, level)


def _rank_interval(
    counts: np.ndarray, bases: np.ndarray, kind: str, sign: float, level: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    shape = (N_DRAWS, counts.size)
    if kind == "share":
        drawn = rng.beta(counts + 0.5, bases - counts + 0.5, shape)
    else:
        drawn = rng.gamma(counts + 0.5, 1.0 / bases, shape)
    ranks = 1 + np.argsort(np.argsort(sign * drawn, axis=1), axis=1)
    tail = (1 - level) / 2
    return (
        np.quantile(ranks, tail, axis=0, method="lower"),
        np.quantile(ranks, 1 - tail, axis=0, method="higher"),
    )


def _average(forces: Sequence[Compared], per: float) -> Average:
    return Average(sum(one.count for one in forces) / sum(one.base for one in forces) * per, len(forces))


def _check(counted: Sequence[Counted], kind: str, group: Sequence[str]) -> None:
    problems: list[Problem] = []
    names = [one.force for one in counted]
    expected = "a base above 0 and a count of 0 or more" + (
        ", no more than the base" if kind == "share" else ""
    )
    problems += [
        Problem(
            "impossible_count",
            f"{one.force}: a count of {one.count:g} on a base of {one.base:g} cannot be.",
            expected=expected,
        )
        for one in counted
        if not (one.base > 0 and one.count >= 0 and (kind == "rate" or one.count <= one.base))
    ]
    problems += [
        Problem("repeated_force", f"{name} stands {names.count(name)} times.", remedy="Keep one row a force.")
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    problems += [
        Problem("unknown_force", f'"{name}" of the group is not among the forces counted.', value=name)
        for name in group
        if name not in names
    ]
    if len(counted) < 2:
        problems.append(
            Problem("too_few", "there are no two forces to compare.", expected="two rows or more")
        )
    if problems:
        raise BadInput(problems)
