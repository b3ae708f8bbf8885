"""What programs are answered about measures: the shape of a measure's line, its chart and what is said of it."""

from __future__ import annotations

from typing import TypedDict

from constabulary.core.answers import StampedAnswer, Written, with_fields_of, words_of
from constabulary.performance import FalseAlarms, ScreenedRange, StepSuggestion
from constabulary.performance.chart import Point, Segment
from constabulary.performance.observed import Observation

__all__ = ["MeasureAnswer", "MeasureLine", "ObservationAnswer", "PeriodRow", "RemarkAnswer", "SummaryAnswer"]


class RemarkAnswer(TypedDict):
    """What somebody said of a period of a measure.

    Parameters
    ----------
    measure, period
        What it is about.
    by, at
        Who said it, and when (UTC).
    value
        The figure it was written on; null for a step.
    """

    id: int
    measure: str
    period: str
    text: str
    by: str
    at: str
    value: float | None


@words_of(Observation)
class ObservationAnswer(TypedDict):
    """A published or typed-in figure.

    Parameters
    ----------
    period
        The period as people write it.
    period_start_on, period_end_on
        Its first and last day.
    """

    series: str
    period: str
    period_start_on: str
    period_end_on: str
    value: float
    unit: str
    basis: str
    bound: str | None
    origin: str
    where: str
    known: str
    note: str | None


class Latest(TypedDict):
    """The last period that has a figure.

    Parameters
    ----------
    period
        The period.
    """

    period: str
    value: float


class MeasureLine(TypedDict):
    """What one measure tells, in a line; limits and icons are null where there are too few figures for them.

    Parameters
    ----------
    unit
        The unit of its figures.
    records
        real or synthetic; null where none are counted.
    period_kind
        What a period is: month, year, rolling_12 ...
    n_points
        How many figures are charted.
    latest
        The last figure; null without one.
    lower, upper
        The limits that chance keeps figures within, of the latest stretch.
    target
        What should be reached, in the unit of the measure.
    variation, variation_words
        Whether something really changed, as an icon's name and in words.
    assurance, assurance_words
        Whether the target will be met as things are, as an icon's name and in words.
    refused, refused_because
        Why there are no limits, as a rule's name and in words; null where there are.
    commentary
        What people said of its exceptions, the oldest first.
    """

    name: str
    title: str
    unit: str
    direction: str
    records: str | None
    synthetic: bool
    period_kind: str
    n_points: int
    latest: Latest | None
    mean: float | None
    upper: float | None
    lower: float | None
    target: float | None
    variation: str | None
    variation_words: str | None
    assurance: str | None
    assurance_words: str | None
    refused: str | None
    refused_because: str | None
    commentary: list[RemarkAnswer]


@words_of(Point)
class PeriodRow(TypedDict):
    """One period of a measure, those without a figure too.

    Parameters
    ----------
    numerator, denominator
        What a share or rate is made of; null where it is not one.
    lower, upper
        The limits in force then.
    rolling_12, last_year
        The sum or mean of twelve months, and the figure a year before.
    """

    period: str
    value: float | None
    numerator: float | None
    denominator: float | None
    mean: float | None
    lower: float | None
    upper: float | None
    signal: str | None
    side: str | None
    direction: str | None
    rolling_12: float | None
    last_year: float | None


@with_fields_of(Segment, but=("is_trial",))
class SegmentAnswer(TypedDict):
    """A stretch with limits of its own.

    Parameters
    ----------
    trial
        Whether the limits are provisional: they rest on few figures.
    """

    trial: bool


@words_of(MeasureLine)
class MeasureAnswer(MeasureLine, StampedAnswer):
    """Everything one measure tells: its chart, the lines beside it, what was said of it.

    Parameters
    ----------
    definition, numerator, denominator
        What is measured, and the two parts of a share or rate.
    basis
        What the figures are of: a sum, a rolling year ...
    lag_days
        Days after which a period's figures are whole.
    rules
        Name of the rule set that finds signals.
    target_from
        The plan item or standard the target is from.
    moving_range_mean
        Mean difference between neighbouring figures, which the limits rest on.
    trial
        Whether the latest limits are provisional.
    screened
        Differences left out of it, being far beyond the others.
    points
        One a period, those without a figure too.
    segments
        Stretches with limits of their own.
    steps
        Confirmed step changes.
    step_suggestions
        Periods at which a step seems likely; nobody confirmed them.
    false_alarms
        How often such a chart signals by chance alone.
    observations, revised
        Published and typed-in figures, and those that a later one replaced.
    plan_items
        Items of plans that name the measure.
    queries
        The queries that counted its figures.
    signals
        What each signal means.
    """

    answer: str
    definition: str
    numerator: str | None
    denominator: str | None
    basis: str | None
    source: str | None
    lag_days: int | None
    rules: str | None
    target_from: str | None
    moving_range_mean: float | None
    trial: bool | None
    screened: list[Written[ScreenedRange]]
    points: list[PeriodRow]
    segments: list[SegmentAnswer]
    steps: list[RemarkAnswer]
    step_suggestions: list[Written[StepSuggestion]]
    false_alarms: Written[FalseAlarms] | None
    warnings: list[str]
    observations: list[ObservationAnswer]
    revised: list[ObservationAnswer]
    plan_items: list[str]
    queries: list[str]
    signals: dict[str, str]


class SummaryAnswer(StampedAnswer):
    """What every measure tells, exceptions first.

    Parameters
    ----------
    rules
        Name of the rule set that finds signals.
    n_measures, n_charted
        How many measures there are, and how many of them have limits.
    variations
        How many show each kind of variation.
    measures
        A line each: exceptions first, then other charts, then what has no limits.
    """

    synthetic: bool
    answer: str
    rules: str
    n_measures: int
    n_charted: int
    variations: dict[str, int]
    measures: list[MeasureLine]
