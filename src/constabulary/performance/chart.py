"""Draws up one XmR chart: limits, signals and icons of a series, with steps, a fixed baseline and guard rails."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from constabulary.core.amounts import several
from constabulary.core.errors import BadInput, Problem
from constabulary.performance.false_alarms import FalseAlarms, false_alarms
from constabulary.performance.guard import KINDS, refusal_of, warnings_about, zero_variance
from constabulary.performance.rules import DEFAULT_RULES, RULE_SETS, RuleSet, rule_set
from constabulary.performance.series import Series, make_series
from constabulary.performance.spc import (
    ASSURANCES,
    DIRECTIONS,
    SIGNALS,
    VARIATIONS,
    Floats,
    Limits,
    Signs,
    assurance_of,
    limits_of,
    signals_of,
    variation_of,
)
from constabulary.performance.steps import StepSuggestion, suggest_steps


@dataclass(frozen=True)
class Point:
    """One point of a chart.

    Parameters
    ----------
    period, value
        As given [value: unit of the measure].
    signal
        outside_limits, trend, two_of_three or shift: the first that applies; None where none does.
    side
        high (or rising) or low (or falling), where there is a signal.
    direction
        good or bad, where there is a signal and a direction of improvement.
    """

    period: str
    value: float
    signal: str | None = None
    side: str | None = None
    direction: str | None = None


@dataclass(frozen=True)
class ScreenedRange:
    """A moving range left out of the limits as an outlier.

    Parameters
    ----------
    previous, period
        The two neighbours it lies between.
    moving_range
        Their difference [unit of the measure].
    """

    previous: str
    period: str
    moving_range: float


@dataclass(frozen=True)
class Segment:
    """A stretch between step changes with limits of its own.

    Parameters
    ----------
    begin, end
        Its first and last period.
    n_points, n_limit_points
        Its points, and how many of them its limits rest on.
    mean, lower, upper
        Centre line and process limits [unit of the measure].
    moving_range_mean
        Mean moving range after screening [unit of the measure].
    is_trial
        Whether the limits rest on too few points to be relied on.
    """

    begin: str
    end: str
    n_points: int
    n_limit_points: int
    mean: float
    lower: float
    upper: float
    moving_range_mean: float
    is_trial: bool


@dataclass(frozen=True)
class XmrChart:
    """What an XmR chart finds; `segments` is empty where it was refused.

    Parameters
    ----------
    rules
        Name of the rule set.
    direction
        Which way improvement lies: increase, decrease or neutral.
    target
        The target [unit of the measure], if there is one.
    points
        Every point with its signal.
    segments
        The stretches between step changes; the last one's limits decide on the icons.
    screened
        Moving ranges left out of the limits.
    variation
        One of `VARIATIONS`: what the last point says; None where the chart was refused.
    assurance
        One of `ASSURANCES`: pass, hit_or_miss or fail; None without a target or a direction. A refused chart of one
        unchanging value still has it: that value meets the target or does not.
    refused
        Why there are no limits; None where there are.
    warnings
        What a reader must know.
    suggestions
        Possible step changes since the last confirmed one, for a person to confirm.
    alarms
        What chance alone does to a chart of this length; None with steps or a baseline, or for lengths not simulated.
    """

    rules: str
    direction: str
    target: float | None
    points: tuple[Point, ...]
    segments: tuple[Segment, ...] = ()
    screened: tuple[ScreenedRange, ...] = ()
    variation: str | None = None
    assurance: str | None = None
    refused: Problem | None = None
    warnings: tuple[Problem, ...] = ()
    suggestions: tuple[StepSuggestion, ...] = ()
    alarms: FalseAlarms | None = None

    @property
    def latest(self) -> Segment | None:
        """The last segment, whose limits hold now; None where the chart was refused."""
        return self.segments[-1] if self.segments else None


def xmr(
    values: Sequence[float],
    periods: Sequence[str] | None = None,
    *,
    target: float | None = None,
    direction: str = "neutral",
    rules: str = DEFAULT_RULES,
    kind: str | None = None,
    baseline_to: str | None = None,
    steps: Sequence[str] = (),
) -> XmrChart:
    """Draw up an XmR chart from values.

    Parameters
    ----------
    values
        Values in the order of time [any unit], NaN where a period has none.
    periods
        Their periods, such as 2024-03; without them, 1, 2, 3 ...
    target, direction, rules, kind, baseline_to, steps
        As in `xmr_of`.

    Raises
    ------
    BadInput
        As `xmr_of` and `make_series`.

    Examples
    --------
    >>> chart = xmr([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1])
    >>> round(chart.latest.upper, 2), chart.points[4].signal, chart.variation
    (4.6, 'outside_limits', 'common_cause')
    """
    series = make_series(values, periods)
    return xmr_of(
        series,
        target=target,
        direction=direction,
        rules=rules,
        kind=kind,
        baseline_to=baseline_to,
        steps=steps,
    )


def xmr_of(
    series: Series,
    *,
    target: float | None = None,
    direction: str = "neutral",
    rules: str = DEFAULT_RULES,
    kind: str | None = None,
    baseline_to: str | None = None,
    steps: Sequence[str] = (),
) -> XmrChart:
    """Draw up an XmR chart of a series.

    Parameters
    ----------
    series
        The series.
    target
        What should be reached [unit of the series].
    direction
        Which way improvement lies: increase, decrease or neutral.
    rules
        Name of the rule set.
    kind
        What a value covers, single or rolling_12; where nobody says, the periods' names and the values decide.
    baseline_to
        Last period that the limits of its segment rest on; later points are held against them.
    steps
        First periods after confirmed step changes: new limits begin there. Runs and trends end there.

    Raises
    ------
    BadInput
        If an option is not what it may be, or names a period that is not there; all at once.
    """
    chosen, parts, fixed = _settled(series, target, direction, rules, kind, baseline_to, steps)
    bare = XmrChart(rules, direction, target, tuple(map(Point, series.labels, series.values)))
    refusal = refusal_of(series, kind, parts, chosen.trial_below)
    if refusal:
        return _refused(bare, refusal)
    values, good = np.array(series.values), np.array([DIRECTIONS[direction]], np.int8)
    stretches = [_stretch(series, values, part, fixed, chosen, good) for part in parts]
    flat = next((one for one in stretches if one.limits.moving_range_mean[0] == 0), None)
    if flat:
        return _refused(bare, zero_variance(series, flat.part, bool(flat.screened)))
    last = stretches[-1]
    goal = np.array([math.nan if target is None else target])
    return XmrChart(
        rules,
        direction,
        target,
        tuple(point for one in stretches for point in one.points),
        tuple(one.segment for one in stretches),
        tuple(screened for one in stretches for screened in one.screened),
        VARIATIONS[variation_of(last.way[:, -1], good)[0]],
        ASSURANCES[assurance_of(goal, last.limits, good)[0]],
        None,
        (*_about_limits(last.segment, chosen, target, direction), *warnings_about(series, kind, parts)),
        suggest_steps(series.labels, values, last.part, last.segment.moving_range_mean, chosen.run_length),
        false_alarms(rules, len(values)) if len(parts) == 1 and fixed is None else None,
    )


@dataclass(frozen=True)
class _Stretch:
    """Everything found on one stretch between step changes."""

    part: slice
    limits: Limits
    way: Signs
    points: list[Point]
    segment: Segment
    screened: list[ScreenedRange]


def _stretch(
    series: Series, values: Floats, part: slice, fixed: int | None, rules: RuleSet, good: Signs
) -> _Stretch:
    stop = fixed if fixed is not None and part.start < fixed <= part.stop else part.stop
    limits = limits_of(values[None, part.start : stop], rules)
    signal, way = signals_of(values[None, part], limits, rules, good)
    points = [
        Point(
            label,
            value,
            SIGNALS[code],
            None if not code else "high" if high > 0 else "low",
            None if not code or not good[0] else "good" if high == good[0] else "bad",
        )
        for label, value, code, high in zip(
            series.labels[part], series.values[part], signal[0].tolist(), way[0].tolist(), strict=True
        )
    ]
    n_limit_points = stop - part.start
    segment = Segment(
        points[0].period,
        points[-1].period,
        len(points),
        n_limit_points,
        float(limits.mean[0]),
        float(limits.lower[0]),
        float(limits.upper[0]),
        float(limits.moving_range_mean[0]),
        n_limit_points < rules.trial_below,
    )
    screened = [
        ScreenedRange(points[no].period, points[no + 1].period, abs(points[no + 1].value - points[no].value))
        for no in np.flatnonzero(limits.is_screened[0]).tolist()
    ]
    return _Stretch(part, limits, way, points, segment, screened)


def _settled(
    series: Series,
    target: float | None,
    direction: str,
    rules: str,
    kind: str | None,
    baseline_to: str | None,
    steps: Sequence[str],
) -> tuple[RuleSet, list[slice], int | None]:
    """Check the options together; return the rule set, the stretches between steps and where a baseline stops."""
    problems: list[Problem] = []
    places: list[int] = []
    fixed: int | None = None
    chosen = RULE_SETS[DEFAULT_RULES]
    try:
        chosen = rule_set(rules)
    except BadInput as error:
        problems += error.problems
    for name, found, allowed in (("direction", direction, (*DIRECTIONS,)), ("kind", kind, (None, *KINDS))):
        if found not in allowed:
            expected = " or ".join(str(one) for one in allowed if one)
            problems.append(Problem("unknown_choice", f'"{found}" is none.', column=name, expected=expected))
    if target is not None and not math.isfinite(target):
        problems.append(
            Problem("not_a_number", f"{target} is no target.", column="target", expected="a number")
        )
    for step in steps:
        try:
            places.append(series.place(step, "step"))
        except BadInput as error:
            problems += error.problems
    if 0 in places:
        message = f'"{series.labels[0]}" is the first period; there is nothing before it to step from.'
        problems.append(Problem("step_at_start", message, column="step", expected="a later period"))
    edges = [0, *sorted({*places} - {0}), len(series.values)]
    parts = [slice(begin, end) for begin, end in itertools.pairwise(edges)]
    if baseline_to is not None:
        try:
            fixed = series.place(baseline_to, "baseline_to") + 1
        except BadInput as error:
            problems += error.problems
        else:
            n_points = fixed - max(part.start for part in parts if part.start < fixed)
            if n_points < chosen.baseline_at_least:
                message = f"the baseline has {several(n_points, 'point')}."
                expected = f"{chosen.baseline_at_least} or more"
                problems.append(Problem("short_baseline", message, column="baseline_to", expected=expected))
    if problems:
        raise BadInput(problems)
    return chosen, parts, fixed


def _refused(bare: XmrChart, why: Problem) -> XmrChart:
    values = {point.value for point in bare.points}
    assurance = None
    if len(values) == 1 and bare.target is not None and bare.direction != "neutral":
        ahead = DIRECTIONS[bare.direction] * (values.pop() - bare.target)
        assurance = "pass" if ahead >= 0 else "fail"
    return replace(bare, refused=why, assurance=assurance)


def _about_limits(
    segment: Segment, rules: RuleSet, target: float | None, direction: str
) -> Iterator[Problem]:
    if segment.is_trial:
        rest_on = several(segment.n_limit_points, "point")
        message = f"the limits rest on {rest_on}: trial limits, which later points will move."
        yield Problem("trial_limits", message, expected=f"{rules.trial_below} or more")
    if target is not None and direction == "neutral":
        message = (
            "there is a target but no direction of improvement, so whether it will be met cannot be said."
        )
        yield Problem("target_without_direction", message, remedy="Say increase or decrease.")
