"""Officers by district and shift made better by simulation: what a tenth more of each brings tells where to move some.

The guide's formulas know no help across borders and no meals. So a few more officers are tried in each district and on
each shift, in the same luck; officers then move from where an hour of them brings least to where it brings most, as
long as the simulation says that it helps (finite differences with common random numbers).

References
----------
P. Glasserman and D. D. Yao, Some guidelines and guarantees for common random numbers, Management Science 38 (1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constabulary.response.allocation import Guide, with_officers
from constabulary.response.draws import Floats
from constabulary.response.experiment import experiment
from constabulary.response.figures import Key
from constabulary.response.setup import Setup

TRIED = 0.1
"""Part by which the officers of a district or shift are raised to see what it brings."""
STEPS = (0.3, 0.2, 0.1, 0.05)
"""The most by which a round moves the officers of a district or shift."""


@dataclass(frozen=True)
class Fared:
    """How allocations fared: shares of the most urgent incidents in time.

    Parameters
    ----------
    overall, worst
        Over all districts, and of the worst-served one, shape (replications, allocations).
    districts
        Of each district, shape (replications, allocations, districts).
    grades
        Of the other grades over all districts, shape (replications, allocations, grades - 1).
    """

    overall: Floats
    worst: Floats
    districts: Floats
    grades: Floats

    def aim(self, goal: str) -> Floats:
        """Return what a goal wants most of, shape (replications, allocations)."""
        return self.overall if goal == "best" else self.worst


def fared(setup: Setup, guide: Guide, officers: Sequence[Floats], n: int, seed: int, first: int = 0) -> Fared:
    """Simulate allocations in the same luck.

    Parameters
    ----------
    setup, guide
        The structure and its guide.
    officers
        Officers by district and shift of each allocation, shape (districts, kinds) each.
    n, first
        Replications, and the number of the first.
    seed
        Of their luck.
    """
    made = experiment([with_officers(setup, guide, one) for one in officers], n, seed, first=first)
    urgent = setup.grade_ids[0]
    keys = [
        Key("within_target_share", urgent),
        Key("worst_within_target_share", urgent),
        *(Key("within_target_share", urgent, "district", one) for one in guide.district_ids),
        *(Key("within_target_share", one) for one in setup.grade_ids[1:]),
    ]
    table = np.array(
        [[[run.figures.get(key, np.nan) for key in keys] for run in results.runs] for results in made.results]
    ).swapaxes(0, 1)
    after = 2 + len(guide.district_ids)
    return Fared(table[:, :, 0], table[:, :, 1], table[:, :, 2:after], table[:, :, after:])


def improved(
    setup: Setup,
    guide: Guide,
    officers: Floats,
    goal: str,
    seed: int,
    n: int = 6,
) -> Floats:
    """Return an allocation of the same hours that the simulation finds better, or the same where it finds none.

    Parameters
    ----------
    setup, guide
        The structure and its guide.
    officers
        Where to begin, shape (districts, kinds).
    goal
        "best" for most in time over all districts, otherwise in the worst-served one.
    seed
        Of the luck; not the one that the result is judged by, or what was lucky would be taken for good.
    n
        Replications of each allocation tried.
    """
    now = officers
    hours = np.array([kind.hours for kind in guide.kinds])
    for number, step in enumerate(STEPS):
        rows = [_raised(now, axis, one) for axis in (0, 1) for one in range(now.shape[axis])]
        tried = fared(setup, guide, [now, *rows], n, seed, n * number)
        means = np.nanmean(tried.aim(goal), axis=0)
        more_h = np.array([guide.hours(one) for one in rows]) - guide.hours(now)
        gains = (means[1:] - means[0]) / np.maximum(more_h, 1e-9)
        by_district, by_kind = gains[: len(now)], gains[len(now) :]
        moved = [
            _of_hours(
                now * np.outer(_factors(by_district, part), _factors(by_kind, part)), hours, guide.hours(now)
            )
            for part in (step, step / 2.0)
        ]
        found = np.nanmean(fared(setup, guide, moved, n, seed, n * number).aim(goal), axis=0)
        best = int(np.argmax(found))
        if found[best] > means[0]:
            now = moved[best]
    return now


def _raised(officers: Floats, axis: int, one: int) -> Floats:
    more = officers.copy()
    more[(one,) if axis == 0 else (slice(None), one)] *= 1.0 + TRIED
    return more


def _factors(gains: Floats, step: float) -> Floats:
    """Return what to multiply by: the most for what an hour brings most, below 1 for what it brings least."""
    apart = gains - gains.mean()
    most = np.abs(apart).max(initial=0.0)
    return np.asarray(1.0 + step * apart / most if most > 0.0 else np.ones(len(gains)))


def _of_hours(officers: Floats, hours: Floats, wanted_h: float) -> Floats:
    return np.asarray(officers * wanted_h / float((officers @ hours).sum()))
