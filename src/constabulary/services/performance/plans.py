"""Answers for the plan: its tree with progress, what a variation changed, what it lacks, and inspection grades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from constabulary.core.amounts import several
from constabulary.core.answers import (
    written,
)
from constabulary.core.errors import NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.performance import (
    KINDS,
    STATUSES,
    InspectionGrade,
    PlanItem,
    PlanVersion,
    ScaleGrade,
)
from constabulary.core.provenance import Stamp
from constabulary.performance.framework import (
    Change,
    Node,
    Tree,
    changes_between,
    plans_of,
    tree_of,
)
from constabulary.performance.measures import MEASURES
from constabulary.performance.observed import CHARTED, Observation
from constabulary.performance.orphans import LACKS, Orphans, orphans_of
from constabulary.services.performance.measure_reports import observation_json, worded
from constabulary.services.performance.measures import known_measures, published
from constabulary.services.performance.plan_answers import (
    GradesAnswer,
    ItemAnswer,
    Lacks,
    OrphansAnswer,
    PlanAnswer,
)
from constabulary.services.workspace.lens import view_of
from constabulary.store.workspace import Workspace

__all__ = [
    "KINDS",
    "LACKS",
    "STATUSES",
    "Grade",
    "GradesAnswer",
    "Node",
    "OrphanReport",
    "OrphansAnswer",
    "PlanAnswer",
    "PlanReport",
    "grades",
    "grades_json",
    "orphans",
    "plan",
    "worded",
]
SCHEMA = 1
UNCOUNTED = ("change_on_year_before", "change_over_period", "highest_month", "lowest_month", "typical_day")
"""Bases whose figures are not of the period as a whole, so that two of them may differ rightly."""


@dataclass(frozen=True)
class PlanReport:
    """A plan at one version.

    Parameters
    ----------
    tree
        The plan, its version and items.
    changes
        What the version changed against the one before it; empty for the first.
    before
        The version before it, if there is one.
    plans
        Names of all plans, the latest first.
    baselines
        By item, the published figure that is its baseline.
    stamp
        What it rests on.
    """

    tree: Tree
    changes: tuple[Change, ...]
    before: PlanVersion | None
    plans: tuple[tuple[str, str], ...]
    baselines: dict[str, Observation]
    stamp: Stamp

    def counts(self) -> dict[str, int]:
        """Return how many items of each kind there are."""
        kinds = [node.item.kind for node in self.tree.walk()]
        return {kind: kinds.count(kind) for kind in KINDS}

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        counts = self.counts()
        reported = [node for node in self.tree.walk() if node.progress]
        said = (
            f"{self.tree.plan.name}, {self.tree.version.name}: {several(counts['objective'], 'objective')}"
            f"{' and fields' if counts['objective'] != 1 else ''}, {several(counts['outcome'], 'outcome')}, "
            f"{several(counts['action'], 'action')}, {several(counts['measure'], 'measure')} of success, "
            f"{several(counts['pledge'], 'pledge')}."
        )
        if reported:
            risky = sum(node.progress == "at_risk" for node in reported)
            are = "is" if risky == 1 else "are"
            said += f" Progress is reported on {len(reported)} of them; {risky} {are} at risk."
        return said

    def as_json(self) -> PlanAnswer:
        """Return the plan as `performance plan --json` and the API give it."""
        tree = self.tree
        return {
            "schema": SCHEMA,
            "answer": self.sentence(),
            "plan": {"id": tree.plan.plan_id, "name": tree.plan.name},
            "from": tree.plan.from_on.isoformat(),
            "to": tree.plan.to_on.isoformat(),
            "version": tree.version.version_id,
            "versions": [
                {"id": one.version_id, "name": one.name, "from": one.from_on.isoformat()}
                for one in tree.versions
            ],
            "counts": self.counts(),
            "items": [self._item(node) for node in tree.roots],
            "changed_since": self.before.version_id if self.before else None,
            "changes": [written(one) for one in self.changes],
            "stamp": self.stamp.as_json(),
        }

    def _item(self, node: Node) -> ItemAnswer:
        item, baseline = node.item, self.baselines.get(node.item.item_id)
        return {
            "id": item.item_id,
            "kind": item.kind,
            "name": item.name,
            "owner": item.owner,
            "due_on": item.due_on.isoformat() if item.due_on else None,
            "measure": item.measure,
            "direction": item.direction,
            "baseline": observation_json(baseline) if baseline else None,
            "target": float(item.target) if item.target is not None else None,
            "target_on": item.target_on.isoformat() if item.target_on else None,
            "progress": node.progress,
            "reports": [
                {"as_at_on": one.as_at_on.isoformat(), "progress": one.progress, "summary": one.summary}
                for one in node.reports
            ],
            "source": item.source_id,
            "where": item.where,
            "note": item.note,
            "children": [self._item(child) for child in node.children],
        }


@dataclass(frozen=True)
class OrphanReport:
    """What plans and published figures lack or contradict.

    Parameters
    ----------
    found
        Every finding.
    plans
        Ids and names of the plans that were looked at, the latest first.
    stamp
        What it rests on.
    """

    found: Orphans
    plans: tuple[tuple[str, str], ...]
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        if not self.plans:
            return "The force folder holds no plan, so nothing can be missing from it."
        found = self.found
        bare = len(found.objectives_without_measure)
        return (
            f"{several(bare, 'objective or field has', 'objectives or fields have')} no measure, "
            f"{several(len(found.measures_without_baseline), 'measure')} no baseline, "
            f"{several(len(found.actions_without_outcome), 'action')} no outcome; "
            f"{several(len(found.two_values), 'quantity has', 'quantities have')} two values."
        )

    def as_json(self) -> OrphansAnswer:
        """Return the findings as `performance orphans --json` and the API give them."""
        found = self.found
        lacks = {name: [written(one) for one in getattr(found, name)] for name in LACKS}
        return {
            "schema": SCHEMA,
            "answer": self.sentence(),
            "n_found": found.n_found,
            **cast(Lacks, lacks),
            "baselines_of_mixed_dates": [
                {
                    "plan_id": one.plan_id,
                    "by_end": [{"period_end_on": end, "measures": list(names)} for end, names in one.by_end],
                }
                for one in found.baselines_of_mixed_dates
            ],
            "two_values": [
                {
                    "series": one.series,
                    "why": one.why,
                    "one": observation_json(one.one),
                    "other": observation_json(one.other),
                }
                for one in found.two_values
            ],
            "stamp": self.stamp.as_json(),
        }


@dataclass(frozen=True)
class Grade:
    """One inspection grade beside the one before it.

    Parameters
    ----------
    given
        The grade.
    on_scale
        Its place on the scale.
    scale
        The grades of the scale, the best first.
    before
        The grade of the same question before it, if there is one.
    change
        better, worse, same, or not_comparable where the scale changed; None without one before.
    """

    given: InspectionGrade
    on_scale: ScaleGrade
    scale: tuple[ScaleGrade, ...]
    before: InspectionGrade | None
    change: str | None


def plan(workspace: Workspace, plan_id: str | None = None, version_id: str | None = None) -> PlanReport:
    """Return a plan as a tree, and what the version changed.

    Parameters
    ----------
    workspace
        Whose force folder.
    plan_id
        Which plan; the latest when None.
    version_id
        Which version of it; the latest when None.

    Raises
    ------
    NothingThere
        If there is no such plan or version.
    """
    view = view_of(workspace)
    force = view.force
    tree = tree_of(force, plan_id, version_id)
    earlier = [one for one in tree.versions if one.from_on < tree.version.from_on]
    before = earlier[-1] if earlier else None
    changes = changes_between(force, tree.plan, before, tree.version) if before else ()
    volumes = list(published(force))
    baselines = {}
    for node in tree.walk():
        figure = _baseline(force, volumes, node.item.measure, node.item)
        if figure is not None:
            baselines[node.item.item_id] = figure
    names = tuple((one.plan_id, one.name) for one in plans_of(force))
    stamp = Stamp(
        {"force folder": force.files_sha256},
        {"plan": tree.plan.plan_id, "version": tree.version.version_id},
    )
    return PlanReport(tree, changes, before, names, baselines, stamp)


def orphans(workspace: Workspace) -> OrphanReport:
    """Return what the plans of a force lack, and published figures that contradict each other."""
    view = view_of(workspace)
    force = view.force
    known = known_measures(view)
    names = {*known, *(one.measure.series_in(force) for one in known.values())}
    volumes = list(published(force))
    plans = plans_of(force)
    trees = [tree_of(force, one.plan_id) for one in plans]
    found = orphans_of(
        trees,
        names.__contains__,
        lambda measure, item: _baseline(force, volumes, measure, item),
        [one for one in volumes if one.basis not in UNCOUNTED],
    )
    names_of = tuple((one.plan_id, one.name) for one in plans)
    return OrphanReport(found, names_of, Stamp(view.inputs, {"report": "orphans"}))


def grades(workspace: Workspace) -> tuple[Grade, ...]:
    """Return the inspection grades of a force, the latest first, each beside the one before it.

    Raises
    ------
    NothingThere
        If the force folder holds none.
    """
    force = view_of(workspace).force
    given = sorted(force.rows(InspectionGrade), key=lambda one: one.published_on)
    if not given:
        raise NothingThere(
            Problem(
                "no_grades",
                "the force folder holds no inspection grades.",
                expected="rows in performance/inspection_grades.csv and performance/grade_scales.csv",
            )
        )
    by_name = {(one.scale_id, one.grade): one for one in force.rows(ScaleGrade)}
    found = []
    latest: dict[tuple[str, str], InspectionGrade] = {}
    for one in given:
        on_scale = by_name[one.scale_id, one.grade]
        scale = tuple(
            sorted(
                (other for other in by_name.values() if other.scale_id == one.scale_id),
                key=lambda other: other.place,
            )
        )
        before = latest.get((one.framework, one.question))
        found.append(Grade(one, on_scale, scale, before, _change(before, one, by_name)))
        latest[one.framework, one.question] = one
    return tuple(reversed(found))


def grades_json(found: tuple[Grade, ...]) -> GradesAnswer:
    """Return inspection grades as `performance grades --json` and the API give them."""
    return {
        "schema": SCHEMA,
        "grades": [
            {
                "framework": one.given.framework,
                "question": one.given.question,
                "name": one.given.name,
                "published_on": one.given.published_on.isoformat(),
                "scale": one.given.scale_id,
                "scale_from": one.on_scale.from_on.isoformat(),
                "scale_to": one.on_scale.to_on.isoformat() if one.on_scale.to_on else None,
                "grade": one.given.grade,
                "grade_name": one.on_scale.name,
                "place": one.on_scale.place,
                "n_grades": len(one.scale),
                "before": one.before.grade if one.before else None,
                "change": one.change,
                "source": one.given.source_id,
            }
            for one in found
        ],
    }


def _change(
    before: InspectionGrade | None, now: InspectionGrade, by_name: dict[tuple[str, str], ScaleGrade]
) -> str | None:
    if before is None:
        return None
    if before.scale_id != now.scale_id:
        return "not_comparable"
    was, is_now = (by_name[one.scale_id, one.grade].place for one in (before, now))
    return "same" if was == is_now else "better" if is_now < was else "worse"


def _baseline(
    force: Force, volumes: list[Observation], measure: str | None, item: PlanItem
) -> Observation | None:
    """Return the published figure that an item's baseline is: the document's own where it prints one."""
    if measure is None or item.baseline_end_on is None:
        return None
    declared = MEASURES.get(measure)
    series = {measure, declared.series_in(force) if declared else measure}
    fit = [
        one
        for one in volumes
        if one.series in series and one.end_on == item.baseline_end_on and one.basis in CHARTED
    ]
    own = [one for one in fit if one.origin == item.source_id]
    same_place = [one for one in own if one.where == item.where]
    return next(iter((*same_place, *own, *fit)), None)
