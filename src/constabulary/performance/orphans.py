"""What a plan lacks: objectives nobody measures, measures without a baseline, actions that serve no outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from constabulary.core.force.rooms.performance import PlanItem
from constabulary.performance.framework import Node, Tree
from constabulary.performance.observed import Observation, agree, overlap_share, two_values

LEAST_OVERLAP_SHARE = 0.5
"""Two periods that share at least this much of the shorter one are about the same time."""


@dataclass(frozen=True)
class Orphan:
    """An item of a plan that lacks something.

    Parameters
    ----------
    plan_id, item_id, kind, name
        The item.
    above
        The names of what it hangs on, the objective first.
    why
        What is missing, in a sentence.
    """

    plan_id: str
    item_id: str
    kind: str
    name: str
    above: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Baseline:
    """A measure of success with its baseline.

    Parameters
    ----------
    plan_id, item_id, name, measure
        The item and its measure.
    figure
        The published figure that the baseline is.
    """

    plan_id: str
    item_id: str
    name: str
    measure: str
    figure: Observation


@dataclass(frozen=True)
class MixedDates:
    """Baselines of one plan whose periods end on different days.

    Parameters
    ----------
    plan_id
        The plan.
    by_end
        The last day (ISO) of the periods, and the names of the measures, the commonest first.
    """

    plan_id: str
    by_end: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class TwoValues:
    """Two figures of one quantity that do not agree.

    Parameters
    ----------
    series
        The quantity.
    one, other
        The figures.
    why
        same_period, or overlapping_baseline where a plan's baseline is printed differently in its own document.
    """

    series: str
    one: Observation
    other: Observation
    why: str


@dataclass(frozen=True)
class Orphans:
    """Everything that plans and published figures lack or contradict; each field is one list of the report.

    Parameters
    ----------
    objectives_without_measure, outcomes_without_measure
        Objectives, and outcomes, below which no measure of success hangs; an outcome is also measured by one that
        hangs on an objective above it.
    measures_unmeasured
        Measures of success that no measure of ours is named for.
    measures_without_baseline
        Measures of success without a baseline.
    baselines_not_found
        Measures of success whose baseline is no published figure.
    actions_without_outcome
        Actions that hang on no outcome, where no objective above them says one.
    baselines_of_mixed_dates
        Plans whose baselines do not end on one day.
    two_values
        Quantities with two values.
    """

    objectives_without_measure: tuple[Orphan, ...]
    outcomes_without_measure: tuple[Orphan, ...]
    measures_unmeasured: tuple[Orphan, ...]
    measures_without_baseline: tuple[Orphan, ...]
    baselines_not_found: tuple[Orphan, ...]
    actions_without_outcome: tuple[Orphan, ...]
    baselines_of_mixed_dates: tuple[MixedDates, ...]
    two_values: tuple[TwoValues, ...]

    @property
    def n_found(self) -> int:
        """How many findings there are."""
        return sum(len(part) for part in vars(self).values())


LACKS = (
    "objectives_without_measure",
    "outcomes_without_measure",
    "measures_unmeasured",
    "measures_without_baseline",
    "baselines_not_found",
    "actions_without_outcome",
)
"""The lists of `Orphans` that hold items of plans."""
FigureOf = Callable[[str, PlanItem], Observation | None]
"""Finds the published figure that is an item's baseline, from the measure's name and the item."""


def orphans_of(
    trees: Sequence[Tree],
    known: Callable[[str], bool],
    baseline_of: FigureOf,
    observations: Sequence[Observation],
) -> Orphans:
    """Find what plans lack.

    Parameters
    ----------
    trees
        The plans.
    known
        Tells whether there is a measure of a name.
    baseline_of
        Finds an item's baseline.
    observations
        Published figures, in the order typed.
    """
    found: dict[str, list[Orphan]] = {name: [] for name in LACKS}
    baselines: list[Baseline] = []
    for tree in trees:
        for root in tree.roots:
            _look(tree.plan.plan_id, root, (), frozenset(), found)
        for node in tree.walk():
            item = node.item
            if item.kind != "measure":
                continue
            orphan = _orphan(tree.plan.plan_id, node, _above(tree, node))
            if item.measure is None or not known(item.measure):
                said = f'no measure is called "{item.measure}"' if item.measure else "nothing measures it"
                found["measures_unmeasured"].append(orphan(f"{said}."))
            if item.baseline_end_on is None:
                found["measures_without_baseline"].append(orphan("no baseline is given."))
            elif item.measure is not None:
                figure = baseline_of(item.measure, item)
                if figure is None:
                    why = f"no published figure of {item.measure} ends on {item.baseline_end_on}."
                    found["baselines_not_found"].append(orphan(why))
                else:
                    baselines.append(
                        Baseline(tree.plan.plan_id, item.item_id, item.name, item.measure, figure)
                    )
    lists = {name: tuple(held) for name, held in found.items()}
    return Orphans(
        **lists,
        baselines_of_mixed_dates=_mixed(baselines),
        two_values=(*_same_period(observations), *_beside_baselines(baselines, observations)),
    )


def _look(
    plan_id: str,
    node: Node,
    above: tuple[str, ...],
    beside: frozenset[str],
    found: Mapping[str, list[Orphan]],
) -> None:
    """Note what a node and those below it lack; `beside` are the kinds of items that the objectives above hold."""
    kind = node.item.kind
    orphan = _orphan(plan_id, node, above)
    if kind == "objective" and not _has_below(node, "measure"):
        found["objectives_without_measure"].append(orphan("no measure of success hangs below it."))
    if kind == "outcome" and not _has_below(node, "measure") and "measure" not in beside:
        found["outcomes_without_measure"].append(
            orphan("no measure of success hangs below it or on the objective it serves.")
        )
    if kind == "action" and "outcome" not in beside:
        found["actions_without_outcome"].append(orphan("it hangs on an objective that says no outcome."))
    if kind == "objective":
        beside = beside | {child.item.kind for child in node.children}
    elif kind == "outcome":
        beside = beside | {"outcome"}
    for child in node.children:
        _look(plan_id, child, (*above, node.item.name), beside, found)


def _has_below(node: Node, kind: str) -> bool:
    return any(one.item.kind == kind for one in node.walk())


def _orphan(plan_id: str, node: Node, above: tuple[str, ...]) -> Callable[[str], Orphan]:
    item = node.item
    return lambda why: Orphan(plan_id, item.item_id, item.kind, item.name, above, why)


def _above(tree: Tree, node: Node) -> tuple[str, ...]:
    by_id = {one.item.item_id: one.item for one in tree.walk()}
    names: list[str] = []
    parent = node.item.parent_id
    while parent is not None:
        names.insert(0, by_id[parent].name)
        parent = by_id[parent].parent_id
    return tuple(names)


def _mixed(baselines: Sequence[Baseline]) -> tuple[MixedDates, ...]:
    ends: dict[str, dict[str, list[str]]] = {}
    for one in baselines:
        ends.setdefault(one.plan_id, {}).setdefault(one.figure.end_on.isoformat(), []).append(one.name)
    return tuple(
        MixedDates(
            plan_id,
            tuple(
                (end, tuple(names)) for end, names in sorted(by_end.items(), key=lambda kv: (-len(kv[1]), kv))
            ),
        )
        for plan_id, by_end in ends.items()
        if len(by_end) > 1
    )


def _same_period(observations: Sequence[Observation]) -> list[TwoValues]:
    return [TwoValues(one.series, one, other, "same_period") for one, other in two_values(observations)]


def _beside_baselines(baselines: Sequence[Baseline], observations: Sequence[Observation]) -> list[TwoValues]:
    """Find figures that the document of a baseline prints differently for much the same time."""
    return [
        TwoValues(figure.series, figure, other, "overlapping_baseline")
        for figure in (baseline.figure for baseline in baselines)
        for other in observations
        if (other.series, other.unit, other.basis, other.origin)
        == (figure.series, figure.unit, figure.basis, figure.origin)
        and (other.start_on, other.end_on) != (figure.start_on, figure.end_on)
        and overlap_share(figure, other) >= LEAST_OVERLAP_SHARE
        and not agree(figure, other)
    ]
