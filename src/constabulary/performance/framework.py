"""The plan as a tree at one version: what hangs on what, how far it is, and what a variation changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from constabulary.core.errors import NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.model import Typed
from constabulary.core.force.rooms.performance import Plan, PlanItem, PlanProgress, PlanVersion

_EVIDENCE = {one.name for one in fields(Typed)} | {"item_id", "version_id", "change"}
COMPARED = tuple(one.name for one in fields(PlanItem) if one.name not in _EVIDENCE)
"""What of an item a variation may change."""


@dataclass(frozen=True)
class Node:
    """One item with what hangs on it.

    Parameters
    ----------
    item
        The item as the version has it.
    reports
        What was reported on it, the earliest first.
    children
        What hangs on it, in the order typed.
    """

    item: PlanItem
    reports: tuple[PlanProgress, ...]
    children: tuple[Node, ...]

    @property
    def progress(self) -> str | None:
        """How far it is, by the latest report; None where nothing was reported."""
        return self.reports[-1].progress if self.reports else None

    def walk(self) -> Iterator[Node]:
        """Give the node and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Change:
    """One thing a version changed.

    Parameters
    ----------
    item_id, kind, name
        The item, as it is now, or as it was where it was taken out.
    what
        added, withdrawn or changed.
    changed
        Of a changed item: what of it, with the value before and after, as texts.
    """

    item_id: str
    kind: str
    name: str
    what: str
    changed: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Tree:
    """A plan at one version.

    Parameters
    ----------
    plan
        The plan.
    version
        The version shown.
    versions
        All its versions, the earliest first.
    roots
        What hangs on the plan itself.
    """

    plan: Plan
    version: PlanVersion
    versions: tuple[PlanVersion, ...]
    roots: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """Give every item of the plan."""
        for root in self.roots:
            yield from root.walk()


def plans_of(force: Force) -> tuple[Plan, ...]:
    """Return the plans of a force, the latest first."""
    return tuple(sorted(force.rows(Plan), key=lambda plan: plan.from_on, reverse=True))


def tree_of(force: Force, plan_id: str | None = None, version_id: str | None = None) -> Tree:
    """Return a plan as a tree.

    Parameters
    ----------
    force
        The force folder.
    plan_id
        Which plan; the latest when None.
    version_id
        Which version of it; the latest when None.

    Raises
    ------
    NothingThere
        If there is no such plan or version.
    """
    plans = {plan.plan_id: plan for plan in plans_of(force)}
    plan = plans.get(plan_id or next(iter(plans), ""))
    if plan is None:
        expected = ", ".join(plans) or "a plan in performance/plans.csv of the force folder"
        message = f'there is no plan "{plan_id}".' if plan_id else "the force folder holds no plan."
        raise NothingThere(Problem("no_such_plan", message, value=plan_id, expected=expected))
    versions = versions_of(force, plan)
    version = next((one for one in versions if version_id in (None, one.version_id)), None)
    if version_id is None and versions:
        version = versions[-1]
    if version is None:
        raise NothingThere(
            Problem(
                "no_such_version",
                f'the plan "{plan.plan_id}" has no version "{version_id}".',
                value=version_id,
                expected=", ".join(one.version_id for one in versions) or "one in performance/versions.csv",
            )
        )
    items = items_at(force, plan, version)
    reports: dict[str, list[PlanProgress]] = {}
    for report in sorted(force.rows(PlanProgress), key=lambda one: one.as_at_on):
        reports.setdefault(report.item_id, []).append(report)
    return Tree(plan, version, versions, _children(None, items, reports))


def versions_of(force: Force, plan: Plan) -> tuple[PlanVersion, ...]:
    """Return the versions of a plan, the earliest first."""
    return tuple(
        sorted(
            (one for one in force.rows(PlanVersion) if one.plan_id == plan.plan_id),
            key=lambda one: one.from_on,
        )
    )


def items_at(force: Force, plan: Plan, version: PlanVersion) -> dict[str, PlanItem]:
    """Return the items of a plan as they stand in a version, by item, in the order typed.

    What hangs on an item that was taken out is gone with it.
    """
    since = {one.version_id: one.from_on for one in versions_of(force, plan)}
    found: dict[str, PlanItem] = {}
    for item in force.rows(PlanItem):
        on = since.get(item.version_id)
        if on is not None and on <= version.from_on:
            known = found.get(item.item_id)
            if known is None or since[known.version_id] <= on:
                found[item.item_id] = item
    standing = {name: item for name, item in found.items() if not item.is_withdrawn}
    return {name: item for name, item in standing.items() if _is_rooted(item, standing)}


def changes_between(force: Force, plan: Plan, before: PlanVersion, after: PlanVersion) -> tuple[Change, ...]:
    """Return what changed from one version of a plan to another, in the order of the later one.

    Parameters
    ----------
    force
        The force folder.
    plan
        The plan.
    before, after
        The two versions.
    """
    was, now = items_at(force, plan, before), items_at(force, plan, after)
    found = []
    for name, item in now.items():
        if name not in was:
            found.append(Change(name, item.kind, item.name, "added"))
        elif changed := _differences(was[name], item):
            found.append(Change(name, item.kind, item.name, "changed", changed))
    found += [
        Change(name, item.kind, item.name, "withdrawn") for name, item in was.items() if name not in now
    ]
    return tuple(found)


def _differences(before: PlanItem, after: PlanItem) -> tuple[tuple[str, str, str], ...]:
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in COMPARED)
    return tuple((name, _text(was), _text(now)) for name, was, now in pairs if was != now)


def _text(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _is_rooted(item: PlanItem, items: Mapping[str, PlanItem]) -> bool:
    seen = {item.item_id}
    while item.parent_id is not None:
        if item.parent_id not in items or item.parent_id in seen:
            return False
        seen.add(item.parent_id)
        item = items[item.parent_id]
    return True


def _children(
    parent: str | None, items: Mapping[str, PlanItem], reports: Mapping[str, Sequence[PlanProgress]]
) -> tuple[Node, ...]:
    return tuple(
        Node(item, tuple(reports.get(name, ())), _children(name, items, reports))
        for name, item in items.items()
        if item.parent_id == parent
    )
