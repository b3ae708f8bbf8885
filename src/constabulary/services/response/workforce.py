"""Workforce: who is on duty by hour and place, and what money buys: officers, units, minutes and uncommitted hours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import polars as pl

from constabulary.core.amounts import money
from constabulary.core.errors import BadInput, Problem
from constabulary.core.progress import Progress, silent
from constabulary.core.provenance import Stamp
from constabulary.registers.access import Permission
from constabulary.response.experiment import Estimate, Experiment, Results, experiment
from constabulary.response.figures import Key
from constabulary.response.plain_words import Names, unsure
from constabulary.response.scenario import Posts, Scenario
from constabulary.services.response.setup import Ready, make_ready, scenario_of, workforce_of
from constabulary.services.response.simulation import (
    SEED,
    check_numbers,
    head,
    kept_or,
    stamp_of,
)
from constabulary.services.response.values import values_of
from constabulary.services.response.workforce_answers import (
    BoughtAnswer,
    EffectAnswer,
    EffectRow,
    OnDutyAnswer,
    PostAnswer,
)
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.runs import runnable
from constabulary.store.workspace import Workspace
from constabulary.workforce.deployable import HOURS, deployable
from constabulary.workforce.establishment import Post

SCHEMA = 1
EFFECT_SCHEMA = 2
"""Version of what `effect` keeps; the money side reads no other."""
STEPS = (-50.0, 0.0, 25.0, 50.0, 100.0)
REPLICATIONS = 8
BOUGHT = ("on_duty_units", "median_s", "p90_s", "within_target_share", "uncommitted_h", "visible_officer_h")
"""What posts buy: figures of `effect` that are read between its rows."""


def on_duty(workspace: Workspace, scenario: Path | None = None) -> OnDutyAnswer:
    """Return posts, strength and absence by place, role and duty, and who is on duty in each hour of the week.

    Parameters
    ----------
    workspace
        Whose force folder.
    scenario
        A scenario file; None: the folder as it stands.

    Raises
    ------
    BadInput
        If nobody has a duty, or with everything wrong with the scenario.
    """
    force = force_of(workspace)
    tried = scenario_of(workspace, scenario)
    posts, shifts = workforce_of(force, tried, values_of(force, tried))
    table = deployable(posts, shifts)
    inputs = {"force folder": force.files_sha256} | ({"scenario": tried.sha256} if tried.sha256 else {})
    names = {one.id: one.name for one in force.districts} | {one.id: one.name for one in force.areas}
    return {
        "schema": SCHEMA,
        "scenario": tried.name,
        "posts": [_post(post, names.get(post.area_id or "", force.name), table) for post in posts],
        "hours": [
            {
                "area_id": area,
                "role": role,
                "duty": duty,
                "rostered": rows["rostered"].to_list(),
                "deployable": rows["deployable"].to_list(),
                "units": rows["units"].to_list(),
            }
            for (area, role, duty), rows in table.group_by("area_id", "role", "duty", maintain_order=True)
        ],
        "stamp": Stamp(inputs, {"scenario": tried.name}).as_json(),
    }


def _post(post: Post, name: str, table: pl.DataFrame) -> PostAnswer:
    rows = table.filter(
        pl.col("area_id").eq_missing(post.area_id), pl.col("role") == post.role, pl.col("duty") == post.duty
    )
    return {
        "area_id": post.area_id,
        "area": name,
        "role": post.role,
        "duty": post.duty,
        "pattern": post.pattern_id,
        "posts_fte": post.posts_fte,
        "strength_fte": post.strength_fte,
        "away_share": post.away_share,
        "mean_rostered": float(rows["rostered"].sum()) / HOURS,
        "mean_deployable": float(rows["deployable"].sum()) / HOURS,
        "mean_units": float(rows["units"].sum()) / HOURS,
    }


def effect(
    workspace: Workspace,
    steps: Sequence[float] = STEPS,
    scenario: Path | None = None,
    replications: int = REPLICATIONS,
    seed: int = SEED,
    *,
    weeks: int | None = None,
    progress: Progress = silent,
) -> EffectAnswer:
    """Return what posts buy: cost, officers, units on duty, minutes and uncommitted hours, a row a number of posts.

    The money side reads it: pounds to posts by `cost_gbp`, posts to minutes and hours between its rows. How each row
    differs from the row of 0 posts is told with an interval of its own, for both have the same luck.

    Parameters
    ----------
    workspace
        Whose force folder.
    steps
        Posts that respond more or, below 0, fewer [fte].
    scenario
        A scenario file that they are added to; None: the folder as it stands.
    replications, seed, weeks
        As for `response_simulation.simulate`; all rows have the same luck.
    progress
        Told how far it is; may stop it.

    Raises
    ------
    BadInput
        If more posts are taken away than there are, or a number is out of range.
    """
    check_numbers(replications, seed, weeks)
    force = force_of(workspace)
    tried = scenario_of(workspace, scenario)
    posts, _ = workforce_of(force, tried, values_of(force, tried))
    role = next((post.role for post in posts if post.duty == "response"), None)
    if role is None or not steps:
        raise BadInput(
            Problem(
                "nobody_responds", "no posts have the duty response", expected="some, and a number of posts"
            )
        )
    in_order = sorted(set(steps))
    ready = [make_ready(workspace, _with(tried, role, step), weeks) for step in in_order]
    stamp = stamp_of("effect", ready, replications, seed)

    def work_out() -> EffectAnswer:
        made = experiment([one.setup for one in ready], replications, seed, progress=progress)
        return _effect(workspace, tried.name, role, in_order, ready, made, stamp)

    return kept_or(workspace, stamp, EFFECT_SCHEMA, work_out)


def _effect(
    workspace: Workspace,
    scenario: str,
    role: str,
    in_order: Sequence[float],
    ready: Sequence[Ready],
    made: Experiment,
    stamp: Stamp,
) -> EffectAnswer:
    urgent = ready[0].setup.grade_ids[0]
    cost = float(ready[0].setup.values["officer_cost_gbp"])
    none = in_order.index(0.0) if 0.0 in in_order else None
    rows = []
    for number, (step, one, results) in enumerate(zip(in_order, ready, made.results, strict=True)):
        changes = {} if none is None else made.differences(number, none)
        responding = [post for post in one.posts if post.duty == "response"]
        rows.append(
            {
                "posts_added_fte": step,
                "cost_gbp": step * cost,
                "posts_fte": sum(post.posts_fte for post in responding),
                "strength_fte": sum(post.strength_fte for post in responding),
                "grade": urgent,
                **_told(results, changes, urgent),
            }
        )
    halves = [row["within_target_share_change_half_width"] for row in rows]
    widest = max((half for half in halves if half is not None), default=None)
    grades = force_of(workspace).grades
    names = Names({grade.id: grade.name for grade in grades if grade.id == urgent}, {})
    return {
        "schema": EFFECT_SCHEMA,
        "kind": "effect",
        **head(workspace, ready, made, unsure(made.n_replications, widest, names)),
        "scenario": scenario,
        "role": role,
        "cost_gbp_a_post": cost,
        "rows": cast("list[EffectRow]", rows),
        "stamp": stamp.as_json(),
    }


def bought(result: Mapping[str, Any], amount_gbp: float) -> BoughtAnswer:
    """Return what a yearly amount buys, read between the rows of `effect`: posts, units, minutes and hours.

    Parameters
    ----------
    result
        What `effect` gave.
    amount_gbp
        Pounds a year more or, below 0, less.

    Raises
    ------
    BadInput
        If the amount is beyond the rows, or units do not keep up in one of them.
    """
    rows = [row for row in result["rows"] if row["median_s"] is not None]
    costs = [row["cost_gbp"] for row in rows]
    none = next((row for row in rows if row["posts_added_fte"] == 0), None)
    if none is None or not costs[0] <= amount_gbp <= costs[-1]:
        between = (
            f"{money(costs[0], 0)} to {money(costs[-1], 0)}" if none else "a table with a row of 0 posts"
        )
        asked = money(amount_gbp, 0) if math.isfinite(amount_gbp) else f"£{amount_gbp}"
        raise BadInput(
            Problem(
                "beyond_the_table",
                f"{asked} a year is beyond what was simulated",
                expected=between,
                remedy="Work the table out for more posts: constabulary workforce effect --posts 0 --posts N.",
            )
        )
    found: dict[str, float | None] = {}
    change: dict[str, float | None] = {}
    for name in BOUGHT:
        # A share within target is not known where no target is typed.
        is_known = all(row[name] is not None for row in rows)
        value = float(np.interp(amount_gbp, costs, [row[name] for row in rows])) if is_known else None
        found[name] = value
        change[name] = None if value is None else value - none[name]
    written = {
        "amount_gbp": amount_gbp,
        "posts_added_fte": amount_gbp / result["cost_gbp_a_post"],
        "grade": none["grade"],
        **found,
        "change": change,
    }
    return cast(BoughtAnswer, written)


@runnable("workforce.effect", Permission.RUN_WORK)
def effect_run(
    workspace: Workspace, *, steps: list[float], replications: int, weeks: int, by: str, progress: Progress
) -> dict[str, Any]:
    """Work out what posts buy as long work; the result is kept by its stamp."""
    found = effect(workspace, steps, replications=replications, weeks=weeks, progress=progress)
    return {"kind": "effect", "stamp": found["stamp"]["id"], "name": found["scenario"]}


def _told(results: Results, changes: Mapping[Key, Estimate], urgent: str) -> dict[str, Any]:
    """Return the figures of a number of posts with how they differ from none added; None where none settles."""
    asked = {
        "median_s": Key("median_s", urgent),
        "p90_s": Key("p90_s", urgent),
        "within_target_share": Key("within_target_share", urgent),
        "uncommitted_h": Key("uncommitted_h"),
        "visible_officer_h": Key("visible_officer_h"),
        "on_duty_units": Key("on_duty_units"),
    }
    is_known = urgent not in results.unstable
    told: dict[str, Any] = {}
    for name, key in asked.items():
        found = results.figures[key]
        change = changes.get(key) if is_known else None
        told[name] = found.mean if is_known else None
        told[f"{name}_half_width"] = found.half_width if is_known else None
        told[f"{name}_change"] = change.mean if change else None
        told[f"{name}_change_half_width"] = change.half_width if change else None
    return told if is_known else {**told, "reason": results.unstable[urgent]}


def _with(scenario: Scenario, role: str, step: float) -> Scenario:
    if step == 0.0:
        return scenario
    return replace(scenario, posts=(*scenario.posts, Posts(role, "response", None, step)))
