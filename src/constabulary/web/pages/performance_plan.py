"""The plan as a tree with progress, what a version changed, what it lacks, and inspection grades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from django.urls import reverse

from constabulary.core.errors import NothingThere
from constabulary.registers.access import Permission
from constabulary.services.performance import plans as service
from constabulary.services.performance.measure_reports import origins_of
from constabulary.services.performance.plans import Node, PlanReport
from constabulary.web import api, numbers
from constabulary.web.api_words import Word
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.performance import shown
from constabulary.web.table import Cell, Column, Table, Way
from constabulary.web.wording import words

COLOURS = {"not_started": "grey", "under_way": "blue", "at_risk": "orange", "done": "green", "stopped": "red"}
CHANGES = {"better": "better", "worse": "worse", "same": "the same"}


@dataclass(frozen=True)
class Branch:
    """One item of a plan as the page shows it.

    Parameters
    ----------
    kind, name, item_id
        What it is and says.
    about
        Owner, date, baseline, target, as a line of facts.
    measure
        A way to the measure's page, of a measure of success that has one.
    progress, colour
        How far it is, by the latest report; empty without one.
    reports
        What was reported, each as a line.
    source
        The document and the place in it, with what a reader should know.
    children
        What hangs on it.
    """

    kind: str
    name: str
    item_id: str
    about: str
    measure: Cell | None
    progress: str
    colour: str
    reports: tuple[str, ...]
    source: str
    children: tuple[Branch, ...]


@dataclass(frozen=True)
class Plan(Context):
    """What the page of a plan shows.

    Parameters
    ----------
    title
        The plan.
    ways
        The pages of the room.
    branches
        What hangs on the plan itself.
    others
        Ways to the other plans.
    versions
        Ways to the versions of this plan; no address for the one shown.
    changes
        What the version changed; None for the first.
    """

    title: str
    ways: tuple[Way, ...]
    branches: tuple[Branch, ...]
    others: tuple[Cell, ...]
    versions: tuple[Cell, ...]
    changes: Table | None


@dataclass(frozen=True)
class Orphans(Context):
    """What the page about what plans lack shows.

    Parameters
    ----------
    ways
        The pages of the room.
    tables
        One for each kind of finding that there is.
    """

    ways: tuple[Way, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Grades(Context):
    """What the page of inspection grades shows.

    Parameters
    ----------
    ways
        The pages of the room.
    grades
        The grades; None where the force folder holds none.
    """

    ways: tuple[Way, ...]
    grades: Table | None


@page(
    "performance/plan/",
    name="performance_plan",
    title="The plan",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.PERFORMANCE,
    parent="performance",
)
def plan(request: Request) -> Plan:
    """Show a plan as a tree."""
    asked = request.GET.get("plan") or None
    try:
        made = service.plan(request.workspace, asked, request.GET.get("version") or None)
    except NothingThere as error:
        if asked:
            raise
        return Plan(str(error), "The plan", shown.ways("performance_plan"), (), (), (), None)
    tree, here = made.tree, reverse("performance_plan")
    return Plan(
        answer=made.sentence(),
        title=tree.plan.name,
        ways=shown.ways("performance_plan"),
        branches=tuple(_branch(node, made) for node in tree.roots),
        others=tuple(
            Cell(title, f"{here}?plan={name}") for name, title in made.plans if name != tree.plan.plan_id
        ),
        versions=tuple(
            Cell(
                f"{one.name}, from {numbers.day(one.from_on)}",
                ""
                if one.version_id == tree.version.version_id
                else f"{here}?plan={tree.plan.plan_id}&version={one.version_id}",
            )
            for one in tree.versions
        ),
        changes=_changes(made) if made.before else None,
    )


@page(
    "performance/orphans/",
    name="performance_orphans",
    title="What is missing",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.PERFORMANCE,
    parent="performance",
)
def orphans(request: Request) -> Orphans:
    """Show what plans lack, and published figures that contradict each other."""
    made = service.orphans(request.workspace)
    plans, origins = dict(made.plans), origins_of(request.workspace)
    tables = [_lacking(name, found, plans) for name in service.LACKS if (found := getattr(made.found, name))]
    if made.found.baselines_of_mixed_dates:
        tables.append(_mixed(made.found.baselines_of_mixed_dates, plans))
    if made.found.two_values:
        tables.append(_two_values(made.found.two_values, origins))
    return Orphans(made.sentence(), shown.ways("performance_orphans"), tuple(tables))


@page(
    "performance/grades/",
    name="performance_grades",
    title="Inspection grades",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.PERFORMANCE,
    parent="performance",
)
def grades(request: Request) -> Grades:
    """Show inspection grades with their scales."""
    ways = shown.ways("performance_grades")
    try:
        found = service.grades(request.workspace)
    except NothingThere as error:
        return Grades(str(error), ways, None)
    latest = found[0]
    answer = (
        f"The latest grade, of {numbers.day(latest.given.published_on)}, is {latest.on_scale.name.lower()} for "
        f"{latest.given.question.replace('_', ' ')}: {latest.on_scale.place} on a scale of {len(latest.scale)}."
    )
    return Grades(answer, ways, _grades(found))


@api.route(
    "performance/plan",
    name="performance_plan",
    title="A plan as a tree",
    permission=Permission.SEE_FORCE_FOLDER,
)
def plan_json(
    request: Request,
    plan: Annotated[str, Word("Id of the plan; the latest when left out.")] | None = None,
    version: Annotated[str, Word("Id of its version; the latest when left out.")] | None = None,
) -> service.PlanAnswer:
    """Give a plan as `constabulary performance plan --json` does."""
    return service.plan(request.workspace, plan, version).as_json()


@api.route(
    "performance/orphans",
    name="performance_orphans",
    title="What plans lack",
    permission=Permission.SEE_FORCE_FOLDER,
)
def orphans_json(request: Request) -> service.OrphansAnswer:
    """Give what plans lack as `constabulary performance orphans --json` does."""
    return service.orphans(request.workspace).as_json()


@api.route(
    "performance/grades",
    name="performance_grades",
    title="Inspection grades",
    permission=Permission.SEE_FORCE_FOLDER,
)
def grades_json(request: Request) -> service.GradesAnswer:
    """Give inspection grades as `constabulary performance grades --json` does."""
    return service.grades_json(service.grades(request.workspace))


def _branch(node: Node, made: PlanReport) -> Branch:
    item, baseline = node.item, made.baselines.get(node.item.item_id)
    facts = [item.owner or ""]
    if item.due_on:
        facts.append(f"by {numbers.day(item.due_on)}")
    if item.kind == "measure":
        facts.append(
            {"increase": "more is better", "decrease": "less is better"}.get(item.direction or "", "")
        )
        facts.append(
            f"baseline {service.worded(baseline.value, baseline.unit)}, {numbers.readable(baseline.label)}"
            if baseline
            else "no baseline"
        )
        if item.target is not None:
            facts.append(f"target {numbers.text(item.target)}")
        if item.target_on:
            facts.append(f"by {numbers.day(item.target_on)}")
    href = reverse("performance_measure", args=[item.measure]) if item.measure else ""
    return Branch(
        kind="measure of success" if item.kind == "measure" else item.kind,
        name=item.name,
        item_id=item.item_id,
        about=", ".join(filter(None, facts)),
        measure=Cell("See the measure", href, f"of: {item.name}") if href else None,
        progress=(node.progress or "").replace("_", " "),
        colour=COLOURS.get(node.progress or "", ""),
        reports=tuple(f"{numbers.day(one.as_at_on)}: {one.summary}." for one in node.reports),
        source=". ".join(filter(None, (item.where, item.note))),
        children=tuple(_branch(child, made) for child in node.children),
    )


def _changes(made: PlanReport) -> Table:
    said = {
        "added": "added",
        "withdrawn": "taken out",
        "changed": "changed",
    }
    rows = [
        (
            one.name,
            one.kind,
            said[one.what],
            "; ".join(
                f"{words(name)}: {_shown(name, was)} → {_shown(name, now)}" for name, was, now in one.changed
            ),
        )
        for one in made.changes
    ]
    before = made.before.name if made.before else ""
    return Table(
        f"Changed since “{before}”",
        (Column("Item", is_long=True), Column("Kind"), Column("What"), Column("From and to", is_long=True)),
        rows,
        note="" if rows else "Nothing changed.",
    )


def _shown(name: str, text: str) -> str:
    """Return what stands in a field of an item; only its days are written anew, not days that a text holds."""
    return (numbers.readable(text) if name.endswith("_on") else text) or "none"


def _lacking(name: str, found: Any, plans: Mapping[str, str]) -> Table:
    whys = {one.why for one in found}
    rows = [
        (one.name, " › ".join((plans[one.plan_id], *one.above)), *((one.why,) if len(whys) > 1 else ()))
        for one in found
    ]
    columns = [Column("Item", is_long=True), Column("Hangs on", is_long=True)]
    if len(whys) > 1:
        columns.append(Column("What is missing", is_long=True))
    return Table(
        name.replace("_", " ").capitalize(),
        tuple(columns),
        rows,
        note=whys.pop().capitalize() if len(whys) == 1 else "",
    )


def _mixed(found: Any, plans: Mapping[str, str]) -> Table:
    return Table(
        "Baselines of mixed dates",
        (
            Column("Plan", is_long=True),
            Column("Baseline’s period ends"),
            Column("Measures of success", is_long=True),
        ),
        [
            (plans[one.plan_id], numbers.readable(str(end)), "; ".join(names))
            for one in found
            for end, names in one.by_end
        ],
        note="Measures of one plan whose baselines end on different days cannot be added up or compared.",
    )


def _two_values(found: Any, origins: Mapping[str, str]) -> Table:
    def said(one: Any) -> str:
        origin = origins.get(one.origin, one.origin)
        return f"{service.worded(one.value, one.unit)}, {numbers.readable(one.label)} ({origin}, {one.where})"

    return Table(
        "The same quantity with two values",
        (
            Column("Quantity"),
            Column("One", is_long=True),
            Column("Other", is_long=True),
        ),
        [
            (
                Cell(words(one.series).capitalize(), reverse("performance_measure", args=[one.series])),
                said(one.one),
                said(one.other),
            )
            for one in found
        ],
        note="Figures of one period, or a plan’s baseline and what the same document prints for much the same time.",
    )


def _grades(found: tuple[service.Grade, ...]) -> Table:
    rows = []
    for one in found:
        held = f"{one.on_scale.from_on.year} to {one.on_scale.to_on.year if one.on_scale.to_on else 'now'}"
        before = one.before.grade.replace("_", " ") if one.before else ""
        against = (
            "not comparable: another scale"
            if one.change == "not_comparable"
            else f"{CHANGES[one.change]} ({before})"
            if one.change
            else numbers.MISSING
        )
        rows.append(
            (
                one.given.name,
                one.given.framework,
                numbers.day(one.given.published_on),
                one.on_scale.name,
                f"{one.on_scale.place} of {len(one.scale)}",
                held,
                against,
            )
        )
    return Table(
        "Inspection grades",
        (
            Column("What was inspected", is_long=True),
            Column("Inspection"),
            Column("Published"),
            Column("Grade"),
            Column("Place"),
            Column("Scale held"),
            Column("Against the one before"),
        ),
        rows,
        note="A place counts from the best grade of the scale that held on the day; grades of two scales are not "
        "compared.",
        is_caption_hidden=True,
    )
