"""Calibration to records: assumptions of a simulation, set one after the other by what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from constabulary.response.draws import Floats, by_grade
from constabulary.response.observed import Observed

LEAST_ROWS = 50
MOST_STEPS = 12
MOST_ROUNDS = 6
CLOSE_SHARE = 0.01
Z_90 = 1.2816
"""The ninth tenth of the standard normal distribution."""


@dataclass(frozen=True)
class Fit:
    """One assumption set by records.

    Parameters
    ----------
    name
        The assumption.
    before, after
        Its value before and after; a number or a list by grade.
    observed, simulated
        The figure it was set by, in the records and in the model with the value; lists by grade for a list, None where
        records do not tell it.
    figure
        What that figure is.
    n
        Records behind it.
    """

    name: str
    before: Any
    after: Any
    observed: Any
    simulated: Any
    figure: str
    n: int


def moments(observed: Observed, values: Mapping[str, Any], n_grades: int) -> list[Fit]:
    """Return the assumptions that records tell by themselves: time at the scene, its spread, units beyond the first.

    Parameters
    ----------
    observed
        The records to fit to.
    values
        Assumptions as they stand.
    n_grades
        How many grades are attended.
    """
    fits = []
    scene = observed.scene_s[observed.scene_s > 0.0]
    if len(scene) >= LEAST_ROWS:
        median, spread = float(np.median(scene)), float(np.log(scene).std())
        fits.append(
            Fit(
                "scene_median_s",
                values["scene_median_s"],
                round(median),
                median,
                median,
                "median time at scene",
                len(scene),
            )
        )
        fits.append(
            Fit(
                "scene_spread",
                values["scene_spread"],
                round(spread, 3),
                spread,
                spread,
                "spread of log time",
                len(scene),
            )
        )
    extra = []
    for number in range(n_grades):
        units = observed.n_units[(observed.grade == number) & (observed.n_units > 0)]
        known = values["extra_units_mean"]
        extra.append(
            float(units.mean() - 1.0)
            if len(units) >= LEAST_ROWS
            else float(known[min(number, len(known) - 1)])
        )
    counted = observed.n_units[observed.n_units > 0]
    if len(counted) >= LEAST_ROWS:
        mean = float(counted.mean() - 1.0)
        fits.append(
            Fit(
                "extra_units_mean",
                values["extra_units_mean"],
                [round(one, 3) for one in extra],
                mean,
                mean,
                "units beyond the first",
                len(counted),
            )
        )
    return fits


def tune(
    figure_at: Callable[[float], float], observed: float, start: float, least: float, most: float
) -> tuple[float, float]:
    """Return the value of one assumption at which a figure of the model meets the records, and the figure there.

    The figure must rise with the assumption. Ranges are halved until they are within a hundredth; where the records lie
    outside what the range can give, its end is returned.

    Parameters
    ----------
    figure_at
        The model's figure at a value.
    observed
        The figure of the records.
    start, least, most
        Value to begin with, and its range.

    Examples
    --------
    >>> value, figure = tune(lambda x: x * x, 2.0, 1.0, 0.0, 4.0)
    >>> round(value, 1), round(figure, 1)
    (1.4, 2.0)
    """
    low, high, value = least, most, start
    figure = figure_at(value)
    for _ in range(MOST_STEPS):
        if abs(figure - observed) <= CLOSE_SHARE * abs(observed):
            break
        low, high = (value, high) if figure < observed else (low, value)
        value = (low + high) / 2.0
        figure = figure_at(value)
    return value, figure


def held(
    observed: Observed,
    simulated_at: Callable[[list[float], list[float]], Observed],
    values: Mapping[str, Any],
    n_grades: int,
) -> list[Fit]:
    """Return how long incidents of each grade are held, so that median and ninth tenth of the wait meet the records.

    The wait is from being received to the first unit being sent. What the model makes them wait by itself (answer,
    record, no unit free) is there already: the hold is what is missing, a lognormal time for each grade. Median and
    ninth tenth are moved by what they are off, until they are within a hundredth.

    Parameters
    ----------
    observed
        The records to fit to.
    simulated_at
        What the model does with medians (s) and spreads by grade.
    values
        Assumptions as they stand.
    n_grades
        How many grades are attended.
    """
    told = [int((observed.grade == number).sum()) >= LEAST_ROWS for number in range(n_grades)]
    wanted = _waits(observed, n_grades)
    before = [by_grade(values, name, n_grades) for name in ("held_median_s", "held_spread")]
    median, ninth = np.zeros(n_grades), np.zeros(n_grades)
    for turn in range(MOST_ROUNDS):
        spread = _spread(median, ninth)
        for number in range(n_grades):
            if not told[number]:
                median[number], spread[number] = before[0][number], before[1][number]
        found = _waits(simulated_at(median.tolist(), spread.tolist()), n_grades)
        off = np.where(np.array(told)[:, None], np.nan_to_num(wanted - found), 0.0)
        if turn == MOST_ROUNDS - 1 or (np.abs(off) <= CLOSE_SHARE * np.nan_to_num(wanted)).all():
            break
        median = np.maximum(median + off[:, 0], 0.0)
        ninth = np.maximum(ninth + off[:, 1], median)
    n = int(sum(((observed.grade == number) & told[number]).sum() for number in range(n_grades)))
    return [
        Fit(
            name,
            was.tolist(),
            [round(float(one), places) for one in now],
            [round(float(one)) for one in np.nan_to_num(wanted[:, column])],
            [round(float(one)) for one in np.nan_to_num(found[:, column])],
            f"{figure} of the wait until a unit is sent, by grade (s)",
            n,
        )
        for name, was, now, column, figure, places in (
            ("held_median_s", before[0], median, 0, "median", 0),
            ("held_spread", before[1], spread, 1, "ninth tenth", 2),
        )
    ]


def _spread(median: Floats, ninth: Floats) -> Floats:
    """Return the spread of lognormal times with a median and ninth tenth; 0 where there are none."""
    some = (median > 0.0) & (ninth > median)
    return np.where(some, np.log(np.where(some, ninth, 1.0) / np.where(some, median, 1.0)) / Z_90, 0.0)


def _waits(side: Observed, n_grades: int) -> Floats:
    """Return median and ninth tenth of the wait by grade (s), shape (grades, 2); not a number without incidents."""
    waits = [side.waited_s[(side.grade == number) & ~np.isnan(side.waited_s)] for number in range(n_grades)]
    return np.array([np.quantile(one, (0.5, 0.9)) if len(one) else (np.nan, np.nan) for one in waits])
