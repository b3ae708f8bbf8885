"""What programs are answered about simulated response: one structure, options beside each other, what posts buy."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from constabulary.core.answers import StampedAnswer, Written, with_other_fields, words_of
from constabulary.response.calibration import Fit
from constabulary.response.scenario import Posts
from constabulary.response.validation import Comparison
from constabulary.services.response.values import Rest

__all__ = [
    "AppraisalAnswer",
    "BoughtAnswer",
    "CalibrationAnswer",
    "ComparisonAnswer",
    "DayAnswer",
    "DifferenceAnswer",
    "EffectAnswer",
    "EffectAsked",
    "EffectRow",
    "EquityAnswer",
    "FigureAnswer",
    "Head",
    "HourAnswer",
    "HourOfDay",
    "HoursAnswer",
    "IncidentAnswer",
    "OnDutyAnswer",
    "OptionAnswer",
    "PostAnswer",
    "ResultsAnswer",
    "ScenarioAnswer",
    "SimulationAnswer",
    "SpreadAnswer",
    "TargetAnswer",
    "UnitAnswer",
]

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


class FigureAnswer(TypedDict):
    """One figure with its interval.

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
    mean: float | None
    half_width: float | None
    n: int
    reason: NotRequired[str]


@words_of(FigureAnswer)
class HourAnswer(TypedDict):
    """A figure in each of the 168 hours of the week, from Monday 00:00."""

    figure: str
    of: str
    by: str
    part: str
    unit: str
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


@words_of(FigureAnswer)
class DifferenceAnswer(TypedDict):
    """One figure of an option against the base.

    Parameters
    ----------
    option
        Name of the option.
    mean
        Option less base.
    verdict
        better, worse, same, "not clear", or neither for a figure that is no better high than low.
    """

    option: str
    figure: str
    of: str
    by: str
    part: str
    unit: str
    mean: float | None
    half_width: float | None
    n: int
    verdict: str
    reason: NotRequired[str]


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


@with_other_fields(float | None)
class EffectRow(TypedDict):
    """What a number of posts buys.

    Further fields are the figures of response, by name: the figure; with `_half_width` half its interval; with
    `_change` how it differs from that with no posts added; with `_change_half_width` half the interval of that.

    Parameters
    ----------
    posts_added_fte, cost_gbp
        Posts more or, below 0, fewer, and what they cost a year.
    posts_fte, strength_fte
        Posts that respond, and people in them.
    """

    posts_added_fte: float
    cost_gbp: float
    posts_fte: float
    strength_fte: float
    grade: str
    reason: NotRequired[str]


@words_of(Head)
class EffectAnswer(StampedAnswer, Head):
    """What posts buy: cost, officers, units on duty, minutes and uncommitted hours.

    Parameters
    ----------
    kind
        Always effect.
    scenario
        Name of the scenario that posts are added to.
    role
        Role of the posts.
    cost_gbp_a_post
        What a post costs a year.
    rows
        One a number of posts, the fewest first.
    """

    kind: str
    scenario: str
    role: str
    cost_gbp_a_post: float
    rows: list[EffectRow]


@with_other_fields(float | None)
class BoughtAnswer(TypedDict):
    """What a yearly amount buys, read between the rows; further fields are the figures of response, by name.

    Parameters
    ----------
    amount_gbp, posts_added_fte
        The amount, and the posts it pays for.
    change
        How each figure differs from that with no posts added.
    """

    amount_gbp: float
    posts_added_fte: float
    grade: str
    change: dict[str, float | None]


@words_of(Head, EffectAnswer)
class EffectAsked(EffectAnswer):
    """What posts buy, and what a sum does.

    Parameters
    ----------
    bought
        What the sum asked about buys; null where none is asked about.
    """

    bought: BoughtAnswer | None


class PostAnswer(TypedDict):
    """Posts of one role and duty in one place.

    Parameters
    ----------
    area_id, area
        Id and name of the place.
    role, duty, pattern
        Ids of what they are, what they do and the shifts they work.
    posts_fte, strength_fte
        Posts, and people in them.
    away_share
        Share of rostered time that people are away.
    mean_rostered, mean_deployable, mean_units
        People rostered and there, and units they make, on average over the week.
    """

    area_id: str | None
    area: str
    role: str
    duty: str
    pattern: str
    posts_fte: float
    strength_fte: float
    away_share: float
    mean_rostered: float
    mean_deployable: float
    mean_units: float


class HoursAnswer(TypedDict):
    """Who is on duty in each of the 168 hours of the week, from Monday 00:00.

    Parameters
    ----------
    area_id
        Id of the place.
    role, duty
        Ids of what they are and what they do.
    rostered, deployable, units
        People rostered and there, and units they make.
    """

    area_id: str | None
    role: str
    duty: str
    rostered: list[float]
    deployable: list[float]
    units: list[float]


class OnDutyAnswer(StampedAnswer):
    """Posts, strength and absence, and who is on duty in each hour of the week.

    Parameters
    ----------
    scenario
        Name of what was asked about.
    posts
        Posts by place, role and duty.
    hours
        The same by hour of the week.
    """

    scenario: str
    posts: list[PostAnswer]
    hours: list[HoursAnswer]


class IncidentAnswer(TypedDict):
    """An incident of a simulated day.

    Parameters
    ----------
    atom, grade
        Places in the lists of small areas and of grades.
    ready_s, arrived_s, over_s
        When a unit was sought, the first arrived and it was over, in seconds from midnight; null where never.
    """

    atom: int
    grade: int
    ready_s: int | None
    arrived_s: int | None
    over_s: int | None


class UnitAnswer(TypedDict):
    """A unit on duty on a simulated day.

    Parameters
    ----------
    from_s, to_s
        When it begins and ends, in seconds from midnight.
    crew
        Officers in it.
    patrol
        Small areas it patrols, as places in their list.
    sent
        Where it was sent: when, when it arrived, when it left (seconds), from which small area and to which.
    """

    from_s: int | None
    to_s: int | None
    crew: int
    patrol: list[int]
    sent: list[list[int | None]]


class HourOfDay(TypedDict):
    """What an hour of a simulated day brought.

    Parameters
    ----------
    incidents
        Incidents that came in.
    waiting
        Incidents that wait for a unit at its end.
    units, uncommitted
        Units on duty, and those of them not at a job, on average.
    within_target_share
        Share of its incidents reached in time; null where none has a target.
    """

    hour: int
    incidents: int
    waiting: int
    units: float
    uncommitted: float
    within_target_share: float | None


class DayAnswer(StampedAnswer):
    """One simulated day, to be watched; times are seconds from its midnight.

    Parameters
    ----------
    kind
        Always day.
    scenario
        Name of what was simulated.
    weekday
        Its name.
    length_s, patrol_s
        How long the day is, and how long a unit patrols one place.
    grades
        Names of the grades.
    atoms
        Longitude and latitude of each small area (degrees).
    units, incidents
        Units on duty, and incidents.
    hours
        What each hour brought.
    """

    kind: str
    simulated: bool
    scenario: str
    weekday: str
    length_s: float
    patrol_s: float
    grades: list[str]
    atoms: list[list[float]]
    units: list[UnitAnswer]
    incidents: list[IncidentAnswer]
    hours: list[HourOfDay]
    warnings: list[str]
