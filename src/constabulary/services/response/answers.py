"""What programs are answered about simulated response: one structure, options beside each other, what posts buy."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from constabulary.core.answers import StampedAnswer, Written, words_of
from constabulary.response.calibration import Fit
from constabulary.response.scenario import Posts
from constabulary.response.validation import Comparison
from constabulary.services.response.values import Rest

_From = TypedDict("_From", {"from": str})
_FromClock = TypedDict("_FromClock", {"from": Annotated[str, "What the time is counted from."]})


class TargetAnswer(_FromClock):
    """A target of response.

    Parameters
    ----------
    setting
        urban or rural; null for both.
    seconds
        Within how many seconds.
    """

    grade: str | None
    setting: str | None
    seconds: int


class Head(_From):
    """What every result of simulation begins with.

    Parameters
    ----------
    synthetic
        Whether it rests on made-up records.
    weeks
        Weeks of each run.
    travel
        How journeys are timed.
    targets
        What response is held to.
    """

    force: str
    simulated: bool
    synthetic: bool
    replications: int
    level: float
    seed: int
    weeks: int
    travel: str
    targets: list[TargetAnswer]
    warnings: list[str]


class ScenarioAnswer(TypedDict):
    """A structure that was tried.

    Parameters
    ----------
    areas
        Districts of each policing area, by its id.
    pools
        How call takers are pooled.
    demand
        Where incidents come from: expected or records.
    demand_factor, incidents_a_year
        What incidents are multiplied by, and how many a year that makes.
    posts_added
        Posts that it adds.
    cost_gbp_a_year, cost_gbp_once
        What it costs more a year, and once.
    """

    name: str
    about: str
    areas: dict[str, list[str]]
    pools: str
    demand: str
    demand_factor: float
    incidents_a_year: float
    posts_added: list[Written[Posts]]
    cost_gbp_a_year: float
    cost_gbp_once: float


class WhichFigure(TypedDict):
    """Which figure it is.

    Parameters
    ----------
    figure, of, by, part
        Which figure, of which grade, channel or team (all), by what it is parted and which part.
    """

    figure: str
    of: str
    by: str
    part: str
    unit: str


@words_of(WhichFigure)
class FigureAnswer(WhichFigure):
    """One figure with its interval."""

    mean: float | None
    half_width: float | None
    n: int
    reason: NotRequired[str]


@words_of(WhichFigure)
class HourAnswer(WhichFigure):
    """A figure in each of the 168 hours of the week, from Monday 00:00."""

    mean: list[float | None]
    half_width: list[float | None]


class ResultsAnswer(TypedDict):
    """What simulation of a structure found.

    Parameters
    ----------
    figures
        Every figure.
    by_hour_of_week
        Figures by hour of the week.
    unstable
        Why a grade, channel or team is not kept up with, by its id.
    """

    figures: list[FigureAnswer]
    by_hour_of_week: list[HourAnswer]
    unstable: dict[str, str]


@words_of(Head, ResultsAnswer)
class SimulationAnswer(StampedAnswer, Head, ResultsAnswer):
    """One structure simulated.

    Parameters
    ----------
    kind
        Always simulation.
    scenario
        What was simulated.
    rests_on
        Everything it rests on.
    """

    kind: str
    scenario: ScenarioAnswer
    rests_on: list[Written[Rest]]


@words_of(WhichFigure)
class DifferenceAnswer(FigureAnswer):
    """One figure of an option less that of the base.

    Parameters
    ----------
    option
        Name of the option.
    verdict
        better, worse, same, "not clear", or neither for a figure that is no better high than low.
    """

    option: str
    verdict: str


class EquityAnswer(TypedDict):
    """Where the most urgent grade is least often in time; null where that is not known.

    Parameters
    ----------
    worst_area, worst_area_id
        Name and id of that place.
    worst_share
        Share in time there.
    gap
        How far it is below the best-served place.
    change, change_half_width, verdict
        What the option changes there.
    served_worse
        Names of districts that the option serves worse.
    """

    grade: str
    worst_area: str | None
    worst_area_id: NotRequired[str]
    worst_share: float | None
    half_width: NotRequired[float | None]
    gap: float | None
    change: NotRequired[float | None]
    change_half_width: NotRequired[float | None]
    verdict: NotRequired[str | None]
    served_worse: NotRequired[list[str]]
    reason: NotRequired[str]


@words_of(ScenarioAnswer, ResultsAnswer)
class OptionAnswer(ScenarioAnswer, ResultsAnswer):
    """One option of an appraisal.

    Parameters
    ----------
    cost_gbp, cost_gbp_once_more
        What it costs a year, and once, more than the base.
    in_words
        What it changes, a sentence each.
    equity, equity_by_area
        The worst-served district, and policing area.
    rests_on
        What the scenario itself states.
    """

    cost_gbp: float
    cost_gbp_once_more: float
    in_words: list[str]
    equity: EquityAnswer
    equity_by_area: EquityAnswer
    rests_on: list[Written[Rest]]


@words_of(Head)
class AppraisalAnswer(StampedAnswer, Head):
    """Options beside each other, simulated with the same luck.

    Parameters
    ----------
    kind
        Always appraisal.
    base
        Name of the option that the others are held against.
    summary
        What it comes to, a sentence each.
    options
        Each option, the base first.
    differences
        Figures of the options against the base.
    rests_on
        Everything it rests on.
    """

    kind: str
    base: str
    summary: list[str]
    options: list[OptionAnswer]
    differences: list[DifferenceAnswer]
    rests_on: list[Written[Rest]]


class SpreadAnswer(TypedDict):
    """A time that a share of incidents is within.

    Parameters
    ----------
    observed_s, simulated_s
        The time in the records and in the model.
    """

    share: float
    observed_s: float | None
    simulated_s: float | None


@words_of(Comparison)
class ComparisonAnswer(TypedDict):
    """A figure of the model beside the records that were not used to set it.

    Parameters
    ----------
    figure
        Which figure.
    grade
        Id of the grade; null for all.
    by
        What it is parted by: all, hour, district or area.
    area_id, area
        Id and name of the place; null where it is of none.
    hour
        Hour of the day; null where it is of none.
    n_observed, n_simulated
        How many of each.
    observed, simulated, observed_p90, simulated_p90
        The figure and its 90th percentile, in records and model.
    distance
        How far the distributions lie apart (Kolmogorov and Smirnov), 0 to 1.
    spread
        The same at further shares.
    """

    figure: str
    grade: str | None
    by: str
    area_id: str | None
    area: str | None
    hour: int | None
    n_observed: int
    n_simulated: int
    observed: float | None
    simulated: float | None
    observed_p90: float | None
    simulated_p90: float | None
    distance: float | None
    spread: list[SpreadAnswer]


class CalibrationAnswer(StampedAnswer, _From):
    """Assumptions set by the workspace's own incidents, judged by the weeks not used.

    Parameters
    ----------
    kind
        Always calibration.
    scenario
        Name of the scenario it began with.
    travel
        How journeys are timed.
    areas
        Policing areas it is judged by, where they are not the districts.
    n_fitted, n_judged
        Incidents it was set by, and judged by.
    fits
        Each assumption that was set.
    values, toml
        The values found by name, and as the section of a scenario file.
    validation
        The model beside the records that were left out.
    """

    kind: str
    force: str
    simulated: bool
    synthetic: bool
    scenario: str
    replications: int
    seed: int
    weeks: int
    travel: str
    areas: list[str]
    n_fitted: int
    n_judged: int
    fits: list[Written[Fit]]
    values: dict[str, Any]
    toml: str
    validation: list[ComparisonAnswer]
    warnings: list[str]
