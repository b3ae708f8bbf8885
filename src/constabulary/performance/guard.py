"""When an XmR chart must not be drawn, and what a reader must be told where it may.

A refusal is a finding about the series, not an error: the chart says why it has no limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import Problem
from constabulary.performance.periods import SEASONS
from constabulary.performance.seasonality import SUSPECTED_BELOW, season_test
from constabulary.performance.series import Series

KINDS = ("single", "rolling_12")
"""What a value may cover: its own period alone, or the twelve months up to it."""
REFUSALS = (None, "too_few_points", "zero_variance", "rolling_12")
"""Why a chart may have no limits."""
POINTS_AT_LEAST = 5
"""Fewer points give no limits at all: Wheeler (Understanding Variation, p. 60) finds five or six the fewest of use."""
_MONTH_NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True)
class Likeness:
    """How much a series behaves like sums over twelve months.

    A sum over twelve months loses one month and gains one at each step. So neighbours are alike, the steps do not take
    turns in going up and down as they do in single months, and each step undoes the step of a year before.

    Parameters
    ----------
    is_smooth
        The values' correlation with the one before is above 0.5, and that of the steps is above -0.25.
    is_rolling
        It is smooth, and the steps' correlation with the step of twelve points before is below -0.2; needs 24 points.
    """

    is_smooth: bool
    is_rolling: bool


def likeness_of(values: NDArray[np.float64]) -> Likeness:
    """Return how much a series behaves like sums over twelve months.

    Parameters
    ----------
    values
        Values [any unit], shape (n_points,).
    """
    steps = np.diff(values)
    is_smooth = _correlation(values, 1) > 0.5 and _correlation(steps, 1) > -0.25
    return Likeness(is_smooth, is_smooth and len(values) >= 24 and _correlation(steps, 12) < -0.2)


def refusal_of(
    series: Series, kind: str | None, segments: Sequence[slice], trial_below: int
) -> Problem | None:
    """Return why a series must not be drawn as an XmR chart, as far as can be told without its limits.

    Parameters
    ----------
    series
        The series.
    kind
        One of `KINDS` as stated by a person; None where nobody said, so that the periods' names and the values decide.
    segments
        The stretches between step changes.
    trial_below
        How many points limits need to be relied on.
    """
    fewest = min(segments, key=lambda part: part.stop - part.start)
    n_fewest = fewest.stop - fewest.start
    if n_fewest < POINTS_AT_LEAST:
        since = f" from {series.labels[fewest.start]}" if len(segments) > 1 else ""
        message = f"there {'is 1 point' if n_fewest == 1 else f'are {n_fewest} points'}{since}."
        expected = f"{POINTS_AT_LEAST} at least, and {trial_below} for limits to be relied on"
        return Problem("too_few_points", message, expected=expected)
    if kind == "rolling_12" or (kind is None and series.is_rolling):
        return Problem(
            "rolling_12",
            "each value covers twelve months, so neighbours share eleven and the chart would be full of signals "
            "that mean nothing.",
            remedy="Draw the rolling figures as a line, and the chart from the single months.",
        )
    if kind is None and series.unit in ("month", "label") and likeness_of(np.array(series.values)).is_rolling:
        return Problem(
            "rolling_12",
            "the values behave like rolling twelve-month figures: each step undoes the one of a year before.",
            remedy='Draw the chart from the single months; if these are single months, say so with kind "single".',
        )
    return None


def zero_variance(series: Series, part: slice, is_screened: bool) -> Problem:
    """Return the refusal of a series that does not vary.

    Parameters
    ----------
    series
        The series.
    part
        The stretch whose mean moving range is zero.
    is_screened
        Whether moving ranges were left out.
    """
    if not is_screened:
        what = f"the value is {series.values[part.start]:g} at every point its limits rest on"
    else:
        what = "almost every value is the same, and the few changes are left out as outliers"
    return Problem("zero_variance", f"{what}: there is no variation to draw limits from.")


def warnings_about(series: Series, kind: str | None, segments: Sequence[slice]) -> Iterator[Problem]:
    """Tell what a reader of the chart must know about the series.

    Parameters
    ----------
    series, kind, segments
        As in `refusal_of`.
    """
    if series.missing:
        n_more = len(series.missing) - 6
        few = ", ".join(series.missing[:6]) + (f" and {n_more:,} more" if n_more > 0 else "")
        yield Problem(
            "missing_periods",
            f"there is no value for {few}; the values on either side are taken as neighbours.",
            remedy="Find the missing values, or read runs and trends across the gap with care.",
        )
    values = np.array(series.values)
    n_seasons = SEASONS.get(series.unit, 0)
    is_seasonal = False
    if n_seasons:
        segment = np.repeat(range(len(segments)), [part.stop - part.start for part in segments])
        test = season_test(
            values, [number % n_seasons for number in series.numbers], segment.tolist(), n_seasons
        )
        is_seasonal = test is not None and test.p_share < SUSPECTED_BELOW
        if test is not None and is_seasonal:
            names = _MONTH_NAMES if n_seasons == 12 else ["Q1", "Q2", "Q3", "Q4"]
            yield Problem(
                "seasonality_suspected",
                f"the {series.unit}s of the year differ more than chance explains (F = {test.f_ratio:.1f} on "
                f"{test.n_season_df} and {test.n_rest_df} degrees of freedom, p = {test.p_share:.2g}; highest "
                f"{names[test.highest]}, lowest {names[test.lowest]}), so limits mislead and signals may be seasons.",
                remedy=f"Compare with the same {series.unit} of the year before.",
            )
    if kind is None and len(values) >= 13 and not is_seasonal and likeness_of(values).is_smooth:
        yield Problem(
            "values_move_together",
            "each value is much like the one before, as in rolling or cumulative figures, so limits are too narrow.",
            remedy="Check what a value covers, and how often it is really measured anew.",
        )


def _correlation(values: NDArray[np.float64], lag: int) -> float:
    centred = values - values.mean()
    earlier, later = centred[:-lag], centred[lag:]
    size = float(np.sqrt((earlier @ earlier) * (later @ later)))
    return float(earlier @ later) / size if size > 0 else 0.0
