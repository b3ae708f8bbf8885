"""Validation: the model beside records it was not fitted to, by grade, district, area and hour of the day.

References
----------
A. M. Law, Simulation Modeling and Analysis (2015), chapter 5: calibration and validation are done on different data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from constabulary.response.clock import HOUR_S, Clock
from constabulary.response.draws import Floats, Integers
from constabulary.response.observed import WEEK_S, Observed

LEAST_ROWS = 50
SPREAD = tuple(round(0.05 * number, 2) for number in range(1, 20))
"""Shares of incidents, the fastest first, at which two distributions are laid beside each other."""


@dataclass(frozen=True)
class Comparison:
    """The model beside records it was not fitted to, for one grade and place, or one hour.

    Parameters
    ----------
    figure
        response_s, units_at_work or incidents_waiting.
    grade
        By number (-1: all).
    by, part
        What the part is one of (all, a level of places such as district, or hour), and which by number (-1: all).
    n_observed, n_simulated
        Incidents behind each.
    observed, simulated
        The figure, or its median.
    observed_p90, simulated_p90
        Its 90th percentile; not a number for means.
    distance
        Largest distance between the two distributions (Kolmogorov and Smirnov), 0 to 1; not a number for means.
    observed_spread, simulated_spread
        Values at the shares of `SPREAD`; none for means.
    """

    figure: str
    grade: int
    by: str
    part: int
    n_observed: int
    n_simulated: int
    observed: float
    simulated: float
    observed_p90: float = float("nan")
    simulated_p90: float = float("nan")
    distance: float = float("nan")
    observed_spread: tuple[float, ...] = ()
    simulated_spread: tuple[float, ...] = ()


def validate(
    records: Observed, model: Observed, n_grades: int, levels: Mapping[str, Integers], clock: Clock
) -> list[Comparison]:
    """Return the model beside records: response times by grade and place, work and queue by hour of the day.

    Parameters
    ----------
    records, model
        Both in the form of records.
    n_grades
        How many there are.
    levels
        Levels of places (district, area): to which place of the level each district belongs, shape (districts,).
    clock
        The run.
    """
    places = [("all", -1, np.ones(0, np.bool_))]
    places += [
        (by, part, place_of_district == part)
        for by, place_of_district in levels.items()
        for part in range(int(place_of_district.max(initial=-1)) + 1)
    ]
    found = []
    for grade in range(n_grades):
        for by, part, is_in in places:
            one, other = (
                side.response_s[(side.grade == grade) & (is_in[side.district] if part >= 0 else True)]
                for side in (records, model)
            )
            if len(one) >= LEAST_ROWS and len(other) >= LEAST_ROWS:
                found.append(_times(grade, by, part, one, other))
    for figure, ends in (("units_at_work", _work), ("incidents_waiting", _waits)):
        one, other = (_by_hour(*ends(side), side, clock) for side in (records, model))
        n = (len(records.grade), len(model.grade))
        found += [
            Comparison(figure, -1, "hour", hour, *n, float(one[hour]), float(other[hour]))
            for hour in range(24)
        ]
    return found


def _times(grade: int, by: str, part: int, one: Floats, other: Floats) -> Comparison:
    return Comparison(
        "response_s",
        grade,
        by,
        part,
        len(one),
        len(other),
        float(np.median(one)),
        float(np.median(other)),
        float(np.quantile(one, 0.9)),
        float(np.quantile(other, 0.9)),
        distance(one, other),
        tuple(np.quantile(one, SPREAD).tolist()),
        tuple(np.quantile(other, SPREAD).tolist()),
    )


def distance(one: Floats, other: Floats) -> float:
    """Return the largest distance between two distributions of values (Kolmogorov and Smirnov).

    Examples
    --------
    >>> distance(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    1.0
    """
    marks = np.concatenate([one, other])
    left = np.searchsorted(np.sort(one), marks, side="right") / len(one)
    right = np.searchsorted(np.sort(other), marks, side="right") / len(other)
    return float(np.abs(left - right).max())


def _work(side: Observed) -> tuple[Floats, Floats, Floats]:
    """Return when units begin and end their work, and how many."""
    start = side.received_s + side.waited_s
    return (
        start,
        start + side.travel_s + np.nan_to_num(side.scene_s),
        np.maximum(np.nan_to_num(side.n_units), 1.0),
    )


def _waits(side: Observed) -> tuple[Floats, Floats, Floats]:
    return side.received_s, side.received_s + side.waited_s, np.ones(len(side.grade))


def _by_hour(start: Floats, end: Floats, weight: Floats, side: Observed, clock: Clock) -> Floats:
    """Return how many are going on at full hours of the day, on average over the weeks that have records."""
    weeks = np.unique(side.received_s // WEEK_S)
    marks = np.arange(len(clock.hour_of_week), dtype=np.float64) * HOUR_S
    marks = marks[np.isin(marks // WEEK_S, weeks)]
    total = np.zeros(24)
    count = np.bincount(clock.hour_of_week_at(marks) % 24, minlength=24)
    going = np.subtract(_weight_up_to(start, weight, marks), _weight_up_to(end, weight, marks))
    np.add.at(total, clock.hour_of_week_at(marks) % 24, going)
    return total / np.maximum(count, 1)


def _weight_up_to(at: Floats, weight: Floats, marks: Floats) -> Floats:
    order = np.argsort(at)
    added = np.concatenate([[0.0], np.cumsum(weight[order])])
    return np.asarray(added[np.searchsorted(at[order], marks, side="right")])
