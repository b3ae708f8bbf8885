"""Files for performance: the plan as a tree with its versions and progress, and inspection grades with their scales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force.declared import EVIDENCE, ID, Column, Table
from constabulary.core.force.model import Typed
from constabulary.core.force.typed import Contents

KINDS = {
    "objective": "what the plan is for; a theme, or a field of one",
    "outcome": "what should be different",
    "action": "what will be done",
    "measure": "a measure of success",
    "pledge": "a promise of the one who issues the plan",
}
"""What an item of a plan may be."""
PARENTS = {
    "objective": (None, "objective"),
    "outcome": ("objective",),
    "action": ("objective", "outcome"),
    "measure": ("objective", "outcome", "action"),
    "pledge": (None, "objective"),
}
"""What an item of each kind may hang on; None is the plan itself."""
STATUSES = {
    "not_started": "nothing was begun",
    "under_way": "being done",
    "at_risk": "being done, and behind or in doubt",
    "done": "finished",
    "stopped": "given up",
}
"""How far an item may be."""
DIRECTIONS = {
    "increase": "more is better",
    "decrease": "less is better",
    "neutral": "neither is better",
}


@dataclass(frozen=True, kw_only=True)
class Plan(Typed):
    """A plan, and the first and last day it is for."""

    plan_id: str
    name: str
    from_on: date
    to_on: date


@dataclass(frozen=True, kw_only=True)
class PlanVersion(Typed):
    """A version of a plan: as issued, or varied; `from_on` is the day from which it holds."""

    version_id: str
    plan_id: str
    name: str
    from_on: date


@dataclass(frozen=True, kw_only=True)
class PlanItem(Typed):
    """One item of a plan as a version has it; it stands until a later version has a row of the same item.

    Parameters
    ----------
    item_id
        The item, the same in every version.
    version_id
        The version that brings it in, changes it or takes it out.
    parent_id
        The item it hangs on; None for the plan itself.
    kind
        One of `KINDS`.
    name
        What it says.
    owner
        Who answers for it: a role, never a person.
    due_on
        The day by which it should be done.
    change
        "withdrawn" where the version takes it out, otherwise None.
    measure
        Of a measure of success: the measure, by its name; None where nothing measures it yet.
    direction
        Of a measure of success: one of `DIRECTIONS`.
    baseline_end_on
        Last day of the period whose published figure is the baseline; the figure stands in volumes.
    target
        What should be reached [unit of the measure].
    target_on
        The day by which.
    """

    item_id: str
    version_id: str
    parent_id: str | None
    kind: str
    name: str
    owner: str | None
    due_on: date | None
    change: str | None
    measure: str | None
    direction: str | None
    baseline_end_on: date | None
    target: Decimal | None
    target_on: date | None

    @property
    def is_withdrawn(self) -> bool:
        """Whether the version takes it out."""
        return self.change == "withdrawn"


@dataclass(frozen=True, kw_only=True)
class PlanProgress(Typed):
    """What was reported on an item on a day; `progress` is one of `STATUSES`."""

    item_id: str
    as_at_on: date
    progress: str
    summary: str


@dataclass(frozen=True, kw_only=True)
class ScaleGrade(Typed):
    """One grade of a scale; `place` 1 is the best. Grades of two scales are not compared."""

    scale_id: str
    grade: str
    name: str
    place: int
    from_on: date
    to_on: date | None


@dataclass(frozen=True, kw_only=True)
class InspectionGrade(Typed):
    """The grade an inspection gave to a question, on the scale that held on the day it was published."""

    framework: str
    question: str
    name: str
    published_on: date
    scale_id: str
    grade: str


def _said(meanings: dict[str, str]) -> str:
    return "; ".join(f"{name}: {about}" for name, about in meanings.items())


TABLES = (
    Table(
        "plans",
        "performance/plans.csv",
        "Plans that the force is held to.",
        (
            Column("plan_id", ID, "id"),
            Column("name", "Name shown to people."),
            Column("from_on", "First day it is for.", "date"),
            Column("to_on", "Last day it is for.", "date"),
            *EVIDENCE,
        ),
        ("plan_id",),
        required=False,
        record=Plan,
    ),
    Table(
        "plan_versions",
        "performance/versions.csv",
        "Versions of plans: as issued, and each variation.",
        (
            Column("version_id", ID, "id"),
            Column("plan_id", "The plan.", "id", True, (), ("plans",)),
            Column("name", "Name shown to people."),
            Column("from_on", "The day from which it holds.", "date"),
            *EVIDENCE,
        ),
        ("version_id",),
        required=False,
        record=PlanVersion,
    ),
    Table(
        "plan_items",
        "performance/plan/*.csv",
        "What plans hold, one item a row: objectives or themes, outcomes, actions, measures of success, pledges. An "
        "item stands until a later version has a row of the same item.",
        (
            Column("item_id", ID, "id"),
            Column(
                "version_id",
                "The version that brings it in, changes it or takes it out.",
                "id",
                True,
                (),
                ("plan_versions",),
            ),
            Column(
                "parent_id",
                "The item it hangs on; empty for the plan itself.",
                "id",
                False,
                (),
                ("plan_items",),
            ),
            Column("kind", _said(KINDS), "text", True, tuple(KINDS)),
            Column("name", "What it says, in plain words."),
            Column("owner", "Who answers for it: a role, never a person.", required=False),
            Column("due_on", "The day by which it should be done.", "date", False),
            Column("change", "withdrawn where the version takes it out.", "text", False, ("withdrawn",)),
            Column(
                "measure",
                "Of a measure: the measure by its name; `constabulary performance summary` lists them. Empty where "
                "nothing measures it yet.",
                required=False,
            ),
            Column("direction", f"Of a measure: {_said(DIRECTIONS)}", "text", False, tuple(DIRECTIONS)),
            Column(
                "baseline_end_on",
                "Of a measure: last day of the period whose figure in volumes is the baseline.",
                "date",
                False,
            ),
            Column(
                "target", "Of a measure: what should be reached, in the measure's unit.", "decimal", False
            ),
            Column("target_on", "The day by which.", "date", False),
            *EVIDENCE,
        ),
        ("item_id", "version_id"),
        required=False,
        record=PlanItem,
    ),
    Table(
        "plan_progress",
        "performance/progress/*.csv",
        "What was reported on items of plans, one report a row.",
        (
            Column("item_id", "The item.", "id", True, (), ("plan_items",)),
            Column("as_at_on", "The day it is true of.", "date"),
            Column("progress", _said(STATUSES), "text", True, tuple(STATUSES)),
            Column("summary", "What was done or found, in plain words."),
            *EVIDENCE,
        ),
        ("item_id", "as_at_on"),
        required=False,
        record=PlanProgress,
    ),
    Table(
        "grade_scales",
        "performance/grade_scales.csv",
        "The grades inspections give, and between which days each scale held.",
        (
            Column("scale_id", ID, "id"),
            Column("grade", ID, "id"),
            Column("name", "Name shown to people."),
            Column("place", "1 is the best.", "whole"),
            Column("from_on", "First day the scale held.", "date"),
            Column("to_on", "Last day; empty where it still holds.", "date", False),
            *EVIDENCE,
        ),
        ("scale_id", "grade"),
        required=False,
        record=ScaleGrade,
    ),
    Table(
        "inspection_grades",
        "performance/inspection_grades.csv",
        "Grades that inspections gave the force.",
        (
            Column("framework", "The inspection programme, such as PEEL."),
            Column("question", ID, "id"),
            Column("name", "What was inspected, for people."),
            Column("published_on", "Day the report was published.", "date"),
            Column("scale_id", "The scale.", "id", True, (), ("grade_scales",)),
            Column("grade", "The grade on it.", "id"),
            *EVIDENCE,
        ),
        ("framework", "question", "published_on"),
        required=False,
        record=InspectionGrade,
    ),
)


def check(contents: Contents) -> list[Problem]:
    """Return what is wrong across rows of plans, their versions and items, and of inspection grades."""
    return [*_plans(contents), *_items(contents), *_grades(contents)]


def _plans(contents: Contents) -> Iterator[Problem]:
    for row in contents.tables["plans"]:
        if row["to_on"] < row["from_on"]:
            yield _problem(row, "to_on", "days_reversed", "is before the first day.", "a later day")
    seen: set[tuple[str, date]] = set()
    for row in contents.tables["plan_versions"]:
        key = (row["plan_id"], row["from_on"])
        if key in seen:
            message = "is the day of another version of the same plan, so which is later cannot be told."
            yield _problem(row, "from_on", "same_day", message, "a day of its own")
        seen.add(key)


def _items(contents: Contents) -> Iterator[Problem]:
    versions = {row["version_id"]: row for row in contents.tables["plan_versions"]}
    rows = contents.tables["plan_items"]
    plan_of: dict[str, str] = {}
    kind_of = {row["item_id"]: row["kind"] for row in rows}
    for row in rows:
        plan_of.setdefault(row["item_id"], versions[row["version_id"]]["plan_id"])
    first: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: _since(row, versions)):
        first.setdefault(row["item_id"], row)
    for row in rows:
        parent = row["parent_id"]
        if versions[row["version_id"]]["plan_id"] != plan_of[row["item_id"]]:
            message = "belongs to another plan than the item's first row."
            yield _problem(row, "version_id", "another_plan", message, "a version of the same plan")
        if kind_of[row["item_id"]] != row["kind"]:
            yield _problem(
                row, "kind", "another_kind", "is another kind than in another version.", "one kind"
            )
        if parent is not None and plan_of[parent] != plan_of[row["item_id"]]:
            yield _problem(row, "parent_id", "another_plan", "stands in another plan.", "an item of the same")
        elif (kind_of[parent] if parent else None) not in PARENTS[row["kind"]]:
            expected = " or ".join(kind or "nothing" for kind in PARENTS[row["kind"]])
            message = f"is no place for {row['kind']} items."
            yield _problem(row, "parent_id", "wrong_parent", message, f"{expected} above it")
        yield from _measured(row)
        if row["change"] and row is first[row["item_id"]]:
            yield _problem(row, "change", "never_there", "stands on the item's first row.", "a later version")


def _since(row: dict[str, Any], versions: dict[str, dict[str, Any]]) -> date:
    since: date = versions[row["version_id"]]["from_on"]
    return since


def _measured(row: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the columns that only measures of success have."""
    if row["kind"] != "measure":
        for name in ("measure", "direction", "baseline_end_on", "target", "target_on"):
            if row[name] is not None:
                message = f"is given for an item that is {row['kind']}."
                yield _problem(row, name, "no_measure", message, "nothing, or kind measure")
        return
    if row["direction"] is None:
        yield _problem(row, "direction", "missing_value", "says not what is better.", ", ".join(DIRECTIONS))
    if row["measure"] is None and row["baseline_end_on"] is not None:
        message = "is the day of a figure, and no measure says of what."
        yield _problem(row, "baseline_end_on", "no_measure", message, "a measure beside it")
    if row["target"] is None and row["target_on"] is not None:
        yield _problem(row, "target_on", "no_target", "is the day of no target.", "a target beside it")


def _grades(contents: Contents) -> Iterator[Problem]:
    scales = {(row["scale_id"], row["grade"]): row for row in contents.tables["grade_scales"]}
    for row in contents.tables["inspection_grades"]:
        scale = scales.get((row["scale_id"], row["grade"]))
        if scale is None:
            known = ", ".join(grade for scale_id, grade in scales if scale_id == row["scale_id"])
            yield _problem(row, "grade", "not_on_scale", "is no grade of the scale.", known)
        elif not scale["from_on"] <= row["published_on"] <= (scale["to_on"] or date.max):
            held = f"{scale['from_on']} to {scale['to_on'] or 'now'}"
            message = "lies outside the days the scale held, and grades of two scales are not compared."
            yield _problem(row, "published_on", "another_scale", message, held)


def _problem(row: dict[str, Any], column: str, rule: str, message: str, expected: str) -> Problem:
    said = f'"{"" if row[column] is None else row[column]}" {message}'
    return Problem(rule, said, row["file"], row["line"], column, str(row[column]), expected)
