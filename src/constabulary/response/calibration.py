"""Calibration to records, one assumption at a time, and validation on the days that were not used for it.

References
----------
A. M. Law, Simulation Modeling and Analysis (2015), chapter 5: calibration and validation are done on different data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from constabulary.response.clock import HOUR_S, Clock
from constabulary.response.draws import Floats, Integers
from constabulary.response.result import Happened
from constabulary.response.rows import Truths
from constabulary.response.setup import Replication, Setup

LEAST_ROWS = 50
MOST_STEPS = 12
CLOSE_SHARE = 0.01
SPREAD = tuple(round(0.05 * number, 2) for number in range(1, 20))
"""Shares of incidents, the fastest first, at which two distributions are laid beside each other."""
DAY_S = 24 * HOUR_S


@dataclass(frozen=True)
class Observed:
    """Attended incidents as they were recorded, shape (incidents,); times not a number where they are not known.

    Parameters
    ----------
    received_s
        When each came in, from the start of the run (s).
    grade, district
        By number.
    waited_s
        From being received to the first unit being sent (s).
    travel_s
        From being sent to arriving (s).
    scene_s
        Mean time of a unit at the scene (s).
    n_units
        Units sent.
    """

    received_s: Floats
    grade: Integers
    district: Integers
    waited_s: Floats
    travel_s: Floats
    scene_s: Floats
    n_units: Floats

    def rows(self, keep: Truths) -> Observed:
        """Return some of them."""
        return Observed(**{name: getattr(self, name)[keep] for name in self.__dataclass_fields__})

    @property
    def response_s(self) -> Floats:
        """Time from being received to the first unit arriving (s)."""
        return self.waited_s + self.travel_s


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
        The figure it was set by, in the records and in the model with the value.
    figure
        What that figure is.
    n
        Records behind it.
    """

    name: str
    before: Any
    after: Any
    observed: float
    simulated: float
    figure: str
    n: int


@dataclass(frozen=True)
class Comparison:
    """The model beside records it was not fitted to, for one grade and district, hour or queue.

    Parameters
    ----------
    figure
        response_s, share on the way and at scenes by hour, or incidents waiting.
    grade, part
        Grade by number (-1: all), and the district or hour of the day by number (-1: all).
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


def observed_of(
    frame: pl.DataFrame, district_of: Mapping[str, int], grade_ids: list[str], clock: Clock
) -> Observed:
    """Return the attended incidents of a lake.

    Parameters
    ----------
    frame
        Columns of the contract of incidents: instants, grade, place, units and time at the scene.
    district_of
        District by LSOA code.
    grade_ids
        Attended grades, most urgent first.
    clock
        The run; incidents outside it are left out.
    """
    grades = {one: number for number, one in enumerate(grade_ids)}

    def between(later: str, earlier: str) -> pl.Expr:
        return (pl.col(later) - pl.col(earlier)).dt.total_milliseconds() / 1000.0

    units = pl.col("n_units").cast(pl.Float64)
    rows = (
        frame.select(
            received_s=pl.col("received_at").dt.epoch("us") / 1e6 - clock.zero_s,
            grade=pl.col("grade").cast(pl.String).replace_strict(grades, default=None, return_dtype=pl.Int64),
            district=pl.col("lsoa_code")
            .cast(pl.String)
            .replace_strict(dict(district_of), default=None, return_dtype=pl.Int64),
            waited_s=between("dispatched_at", "received_at"),
            travel_s=between("arrived_at", "dispatched_at"),
            scene_s=pl.col("on_scene_s") / units.replace(0.0, None),
            n_units=units,
        )
        .filter(
            pl.col("grade").is_not_null(),
            pl.col("district").is_not_null(),
            pl.col("travel_s").is_not_null(),
            pl.col("received_s").is_between(0.0, clock.end_s, closed="left"),
        )
        .sort("received_s", maintain_order=True)
    )
    return Observed(
        **{
            name: rows[name].cast(rows[name].dtype).fill_null(np.nan).to_numpy()
            if rows[name].dtype.is_float()
            else rows[name].to_numpy()
            for name in rows.columns
        }
    )


def halves(observed: Observed) -> tuple[Observed, Observed]:
    """Return the records of every other week: one part to fit to, one to judge by, alike in season and weekday."""
    is_first = (observed.received_s // (7 * DAY_S)).astype(np.int64) % 2 == 0
    return observed.rows(is_first), observed.rows(~is_first)


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


def simulated_of(setup: Setup, run: Replication) -> Observed:
    """Return what the model did in the form of records: attended incidents, appointments left out."""
    incidents, found = run.arrivals.incidents, run.result.incidents
    rows = ~np.isnan(found.arrived_s) & ~found.has(Happened.APPOINTMENT) & (incidents.at_s >= setup.warm_up_s)
    received = np.where(np.isnan(incidents.received_s), incidents.at_s, incidents.received_s)
    return Observed(
        received[rows],
        incidents.grade[rows],
        setup.places.district[incidents.atom[rows]],
        (found.assigned_s - received)[rows],
        (found.arrived_s - found.assigned_s)[rows],
        incidents.scene_s[rows],
        found.n_sent[rows].astype(np.float64),
    )


def validate(
    records: Observed, model: Observed, n_grades: int, n_districts: int, clock: Clock
) -> list[Comparison]:
    """Return the model beside records: response times by grade and district, work and queue by hour of the day.

    Parameters
    ----------
    records, model
        Both in the form of records.
    n_grades, n_districts
        How many there are.
    clock
        The run.
    """
    found = []
    for grade in range(n_grades):
        for part in (-1, *range(n_districts)):
            one, other = (
                side.response_s[(side.grade == grade) & ((side.district == part) | (part < 0))]
                for side in (records, model)
            )
            if len(one) >= LEAST_ROWS and len(other) >= LEAST_ROWS:
                found.append(
                    Comparison(
                        "response_s",
                        grade,
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
                )
    for figure, ends in (("units_at_work", _work), ("incidents_waiting", _waits)):
        one, other = (_by_hour(*ends(side), side, clock) for side in (records, model))
        found += [
            Comparison(
                figure, -1, hour, len(records.grade), len(model.grade), float(one[hour]), float(other[hour])
            )
            for hour in range(24)
        ]
    return found


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
    weeks = np.unique(side.received_s // (7 * DAY_S))
    marks = np.arange(len(clock.hour_of_week), dtype=np.float64) * HOUR_S
    marks = marks[np.isin(marks // (7 * DAY_S), weeks)]
    total = np.zeros(24)
    count = np.bincount(clock.hour_of_week_at(marks) % 24, minlength=24)
    going = np.subtract(_weight_up_to(start, weight, marks), _weight_up_to(end, weight, marks))
    np.add.at(total, clock.hour_of_week_at(marks) % 24, going)
    return total / np.maximum(count, 1)


def _weight_up_to(at: Floats, weight: Floats, marks: Floats) -> Floats:
    order = np.argsort(at)
    added = np.concatenate([[0.0], np.cumsum(weight[order])])
    return np.asarray(added[np.searchsorted(at[order], marks, side="right")])
