"""What programs are answered about plans: the tree and its changes, what it lacks, inspection grades."""

from __future__ import annotations

from typing import TypedDict

from constabulary.core.answers import Answer, Days, StampedAnswer, Written, words_of
from constabulary.performance.framework import Change
from constabulary.performance.orphans import Orphan, Orphans, TwoValues
from constabulary.services.performance.answers import ObservationAnswer

__all__ = ["GradeAnswer", "GradesAnswer", "ItemAnswer", "Lacks", "OrphansAnswer", "PlanAnswer"]


class PlanName(TypedDict):
    """A plan."""

    id: str
    name: str


VersionAnswer = TypedDict("VersionAnswer", {"id": str, "name": str, "from": str})


class ProgressAnswer(TypedDict):
    """What was reported of an item.

    Parameters
    ----------
    as_at_on
        The day it was so.
    progress
        How it stands.
    summary
        What was said; null where nothing was.
    """

    as_at_on: str
    progress: str
    summary: str | None


class ItemAnswer(TypedDict):
    """One item of a plan, with those below it.

    Parameters
    ----------
    kind
        objective, outcome, action, measure or pledge.
    owner
        Who answers for it; null where nobody is named.
    due_on, target_on
        The day it is due, and the day its target is for; null where none is named.
    measure
        Name of its measure or series; null without one.
    direction
        Which way is better; null where it does not say.
    baseline
        The published figure it starts from; null without one.
    target
        What is to be reached, in the unit of its measure; null without one.
    progress, reports
        How it stands by the latest report, and every report.
    source
        Id of the document.
    children
        The items below it.
    """

    id: str
    kind: str
    name: str
    owner: str | None
    due_on: str | None
    measure: str | None
    direction: str | None
    baseline: ObservationAnswer | None
    target: float | None
    target_on: str | None
    progress: str | None
    reports: list[ProgressAnswer]
    source: str | None
    where: str | None
    note: str | None
    children: list[ItemAnswer]


class PlanAnswer(StampedAnswer, Days):
    """A plan as a tree, at one version.

    Parameters
    ----------
    plan
        The plan.
    version, versions
        Id of the version, and every version.
    counts
        How many items of each kind there are.
    items
        The items at the top, each with those below it.
    changed_since
        The version before it; null for the first.
    changes
        What the version changed against the one before it.
    """

    answer: str
    plan: PlanName
    version: str
    versions: list[VersionAnswer]
    counts: dict[str, int]
    items: list[ItemAnswer]
    changed_since: str | None
    changes: list[Written[Change]]


class MeasuresOfEnd(TypedDict):
    """Measures whose baselines end on one day.

    Parameters
    ----------
    period_end_on
        The day; null where none is named.
    measures
        Their names.
    """

    period_end_on: str | None
    measures: list[str]


class MixedDatesAnswer(TypedDict):
    """A plan whose baselines are of different dates.

    Parameters
    ----------
    plan_id
        The plan.
    by_end
        Its measures by the day their baseline ends.
    """

    plan_id: str
    by_end: list[MeasuresOfEnd]


@words_of(TwoValues)
class TwoValuesAnswer(TypedDict):
    """A quantity that is published with two values."""

    series: str
    why: str
    one: ObservationAnswer
    other: ObservationAnswer


@words_of(Orphans)
class Lacks(TypedDict):
    """What items of plans lack."""

    objectives_without_measure: list[Written[Orphan]]
    outcomes_without_measure: list[Written[Orphan]]
    measures_unmeasured: list[Written[Orphan]]
    measures_without_baseline: list[Written[Orphan]]
    baselines_not_found: list[Written[Orphan]]
    actions_without_outcome: list[Written[Orphan]]


@words_of(Orphans)
class OrphansAnswer(StampedAnswer, Lacks):
    """What plans and published figures lack or contradict.

    Parameters
    ----------
    n_found
        How many findings there are.
    """

    answer: str
    n_found: int
    baselines_of_mixed_dates: list[MixedDatesAnswer]
    two_values: list[TwoValuesAnswer]


class GradeAnswer(TypedDict):
    """One inspection grade beside the one before it.

    Parameters
    ----------
    framework, question, name
        The inspection, and what was asked.
    published_on
        The day it was published.
    scale, scale_from, scale_to
        The scale, and the days it was in use; null where it still is.
    grade, grade_name
        Id and name of the grade.
    place, n_grades
        Its place on the scale, 1 the best, of so many.
    before
        The grade of the same question before it; null without one.
    change
        better, worse, same, or not_comparable where the scale changed; null without one before.
    source
        Id of the document.
    """

    framework: str
    question: str
    name: str
    published_on: str
    scale: str
    scale_from: str
    scale_to: str | None
    grade: str
    grade_name: str
    place: int
    n_grades: int
    before: str | None
    change: str | None
    source: str | None


class GradesAnswer(Answer):
    """Inspection grades, the latest first.

    Parameters
    ----------
    grades
        Each grade.
    """

    grades: list[GradeAnswer]
