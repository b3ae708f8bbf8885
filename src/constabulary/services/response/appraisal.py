"""Appraisal of options: the same luck for all, differences with intervals, cost, the worst-served district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from constabulary.core.answers import written
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.core.provenance import Stamp
from constabulary.registers.access import Permission
from constabulary.response.appraisal import Difference, Option, appraise
from constabulary.response.experiment import Experiment, experiment
from constabulary.response.figures import UNITS, Key
from constabulary.response.plain_words import Names, districts_worse, in_words, summary, worst_served
from constabulary.response.setup import Setup
from constabulary.services.response.answers import AppraisalAnswer, DifferenceAnswer, EquityAnswer
from constabulary.services.response.setup import Ready, make_ready, scenario_of, scenarios_of
from constabulary.services.response.simulation import (
    SCHEMA,
    SEED,
    check_numbers,
    head,
    kept_or,
    results_json,
    scenario_json,
    scenario_path,
    stamp_of,
)
from constabulary.services.response.values import rests_on
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.runs import runnable
from constabulary.store.workspace import Workspace

REPLICATIONS = 20
NONE_IN_TIME = "No share in time is known."


def appraise_options(
    workspace: Workspace,
    scenarios: Sequence[Path | None] = (),
    replications: int = REPLICATIONS,
    seed: int = SEED,
    *,
    weeks: int | None = None,
    progress: Progress = silent,
) -> AppraisalAnswer:
    """Simulate options beside each other and return their differences, as plain JSON values.

    Parameters
    ----------
    workspace
        Whose force folder and records.
    scenarios
        Scenario files (None: the folder as it stands), the first is what the others are held against; none: those of
        the force folder.
    replications, seed, weeks
        As for `response_simulation.simulate`.
    progress
        Told how far it is; may stop it.

    Raises
    ------
    BadInput
        If there are fewer than two options or two of one name, or with everything wrong with them.
    """
    check_numbers(replications, seed, weeks)
    force = force_of(workspace)
    paths = tuple(scenarios) or scenarios_of(force)
    tried = [scenario_of(workspace, path) for path in paths]
    names = [one.name for one in tried]
    if len(tried) < 2 or len(set(names)) < len(names):
        raise BadInput(
            Problem(
                "too_few_options" if len(tried) < 2 else "same_name",
                f"options given: {', '.join(names) or 'none'}.",
                expected="two scenario files or more, each with a name of its own",
                remedy="Put them into response/scenarios of the force folder, or name them.",
            )
        )
    ready = [make_ready(workspace, one, weeks) for one in tried]
    stamp = stamp_of("appraisal", ready, replications, seed)

    def work_out() -> AppraisalAnswer:
        made = experiment([one.setup for one in ready], replications, seed, progress=progress)
        return _appraisal(workspace, ready, made, stamp)

    return kept_or(workspace, stamp, SCHEMA, work_out)


def _appraisal(
    workspace: Workspace, ready: Sequence[Ready], made: Experiment, stamp: Stamp
) -> AppraisalAnswer:
    force = force_of(workspace)
    options = appraise(made, [one.cost_gbp for one in ready], [one.scenario.once_gbp for one in ready])
    known = [
        {key: one for key, one in results.figures.items() if not results.reason(key)}
        for results in made.results
    ]
    named = names_of(force, ready[0])
    by_area = [replace(named, areas=areas_of(force, one.setup)) for one in ready]
    return {
        "schema": SCHEMA,
        "kind": "appraisal",
        **head(workspace, ready, made),
        "base": options[0].name,
        "summary": summary(options, named),
        "options": [
            {
                **scenario_json(one),
                "cost_gbp": option.cost_gbp,
                "cost_gbp_once_more": option.once_gbp,
                "in_words": in_words(option, areas, figures) if option.differences else [],
                "equity": _equity(named, option, figures),
                "equity_by_area": _equity_by_area(areas, option, figures),
                **results_json(results),
                "rests_on": [
                    written(each) for each in rests_on(force, one.scenario) if each.where == "scenario"
                ],
            }
            for one, option, areas, figures, results in zip(
                ready, options, by_area, known, made.results, strict=True
            )
        ],
        "differences": [difference_json(option, one) for option in options[1:] for one in option.differences],
        "rests_on": [written(one) for one in rests_on(force)],
        "stamp": stamp.as_json(),
    }


@runnable("response.appraise", Permission.RUN_WORK)
def appraise_run(
    workspace: Workspace,
    *,
    scenarios: list[str],
    replications: int,
    weeks: int,
    by: str,
    progress: Progress,
) -> Mapping[str, Any]:
    """Appraise scenarios of the force folder (file names; empty: as it stands) as long work, kept by its stamp."""
    paths = [scenario_path(workspace, name) for name in scenarios]
    found = appraise_options(workspace, paths, replications, weeks=weeks, progress=progress)
    return {"kind": "appraisal", "stamp": found["stamp"]["id"], "name": found["base"]}


def names_of(force: Force, ready: Ready) -> Names:
    """Return what grades and districts are called."""
    grades = {grade.id: grade.name for grade in force.grades}
    return Names(
        {one: grades[one] for one in ready.setup.grade_ids},
        {district.id: district.name for district in force.districts},
        force.district_label.lower(),
        tuple(channel.id for channel in force.channels if channel.is_emergency),
        area_label=force.area_label.lower(),
    )


def areas_of(force: Force, setup: Setup) -> dict[str, str]:
    """Return the name of each policing area of a structure; none where it is one, or each district is its own."""
    if not 1 < len(setup.area_ids) < len(setup.places.district_ids):
        return {}
    known = {area.id: area.name for area in force.areas}
    return {area: known.get(area, area) for area in setup.area_ids}


def difference_json(option: Option, one: Difference) -> DifferenceAnswer:
    """Return one figure of an option against the base; null and why where a queue of either grows without end."""
    row: DifferenceAnswer = {
        "option": option.name,
        "figure": one.key.figure,
        "of": one.key.of,
        "by": one.key.by,
        "part": one.key.part,
        "unit": UNITS[one.key.figure],
        "mean": one.difference.mean,
        "half_width": one.difference.half_width,
        "n": one.difference.n,
        "verdict": one.verdict,
    }
    return {**row, "reason": one.reason} if one.reason else row


def _equity(named: Names, option: Option, figures: Mapping[Key, Any]) -> EquityAnswer:
    """Return the district in which the most urgent grade is least often in time, and what the option changes there."""
    worst = worst_served(figures, named, "district", named.districts)
    if worst is None:
        return _no_worst(named, option.unstable.get(named.urgent, NONE_IN_TIME))
    place, share, gap = worst
    change = option.find(Key("within_target_share", named.urgent, "district", place))
    return {
        "grade": named.urgent,
        "worst_area": named.districts[place],
        "worst_area_id": place,
        "worst_share": share.mean,
        "half_width": share.half_width,
        "gap": gap,
        "change": change.difference.mean if change else None,
        "change_half_width": change.difference.half_width if change else None,
        "verdict": change.verdict if change else None,
        "served_worse": districts_worse(option, named),
    }


def _no_worst(named: Names, reason: str) -> EquityAnswer:
    return {"grade": named.urgent, "worst_area": None, "worst_share": None, "gap": None, "reason": reason}


def _equity_by_area(named: Names, option: Option, figures: Mapping[Key, Any]) -> EquityAnswer:
    """Return the policing area of the option's own structure in which the most urgent grade is least often in time."""
    if not named.areas:
        return _no_worst(named, "The structure has one policing area, or each district is one.")
    worst = worst_served(figures, named, "area", named.areas)
    if worst is None:
        return _no_worst(named, option.unstable.get(named.urgent, NONE_IN_TIME))
    place, share, gap = worst
    return {
        "grade": named.urgent,
        "worst_area": named.areas[place],
        "worst_area_id": place,
        "worst_share": share.mean,
        "half_width": share.half_width,
        "gap": gap,
    }
