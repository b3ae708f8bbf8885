"""Officers by district and shift: formulas and simulation propose, simulation judges and says how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any, cast

from constabulary.core.answers import written
from constabulary.core.errors import BadInput, Problem, out_of_range
from constabulary.core.progress import Progress, silent
from constabulary.core.provenance import Stamp
from constabulary.registers.access import Permission
from constabulary.response.allocation import Guide, give_out, guide_of
from constabulary.response.allocation_search import improved
from constabulary.response.draws import Floats
from constabulary.response.rota.shifts import DAYS, clock
from constabulary.response.setup import Setup
from constabulary.services.response.setup import Ready, make_ready, scenario_of
from constabulary.services.response.simulation import PROPOSAL_SCHEMA, kept_or, scenario_path
from constabulary.services.staffing.allocation_judging import (
    AllocationQuestion,
    Judged,
    beside_hypercube,
    changes,
    cheapest,
    frontier,
    judge,
)
from constabulary.services.staffing.answers import (
    AllocationAnswer,
    AllocationTable,
    DistrictChange,
    FrontierPoint,
    GradeChange,
    OptionTried,
    SecondOpinion,
)
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.runs import runnable
from constabulary.store.workspace import Workspace

KIND = "allocation"
GOALS = ("best", "equal", "targets")
STEPS = 7
LEAST_URGENT = 10
"""Fewest incidents of the most urgent grade to expect in a run; with hardly any, chance alone would choose."""


def allocate(
    workspace: Workspace,
    question: AllocationQuestion,
    scenario: Path | None = None,
    *,
    progress: Progress = silent,
) -> AllocationAnswer:
    """Return officers by district and shift, how sure it is that they are the best tried, and the frontier.

    Parameters
    ----------
    workspace
        Whose force folder.
    question
        What is asked.
    scenario
        A scenario file to begin from; None: the force folder as it stands.
    progress
        Told how far it is; may stop it.

    Raises
    ------
    BadInput
        Where the question cannot be answered, with what is wrong.
    """
    _check(question)
    ready = make_ready(workspace, scenario_of(workspace, scenario), question.weeks)
    stamp = Stamp(
        ready.inputs, {"kind": KIND, "scenario": ready.scenario.name, **vars(question)}, seed=question.seed
    )
    begins_from = None if scenario is None else scenario.name
    return kept_or(
        workspace,
        stamp,
        PROPOSAL_SCHEMA,
        lambda: _allocation(workspace, question, ready, begins_from, stamp, progress),
    )


def _allocation(
    workspace: Workspace,
    question: AllocationQuestion,
    ready: Ready,
    begins_from: str | None,
    stamp: Stamp,
    progress: Progress,
) -> AllocationAnswer:
    setup = replace(ready.setup, contact=None)
    progress(0, STEPS, "Working out by formulas what one more officer brings")
    guide = guide_of(setup, question.seed)
    _see_urgent(setup, guide, question)
    posts = sum(post.posts_fte for post in ready.posts if post.duty == "response")
    hours_a_post = guide.now_h / posts
    budget_h = guide.now_h + question.posts_added * hours_a_post
    if budget_h <= 0:
        raise BadInput(Problem("out_of_range", "No officers would be left.", column="posts_added"))
    found = _found(setup, guide, question, budget_h, progress)
    progress(4, STEPS, "Drawing the frontier of cost against response")
    points = frontier(setup, guide, question, budget_h, found.officers)
    progress(5, STEPS, "Simulating now and the proposal side by side")
    by_district, by_grade = changes(setup, guide, question, found.officers)
    progress(6, STEPS, "Asking the hypercube model for a second opinion")
    names = {district.id: district.name for district in force_of(workspace).districts}
    post_gbp = float(ready.setup.values["officer_cost_gbp"])
    proposed = guide.hours(found.officers) / hours_a_post
    progress(STEPS, STEPS, "Done")
    return {
        "schema": PROPOSAL_SCHEMA,
        "kind": KIND,
        "force": force_of(workspace).name,
        "begins_from": begins_from,
        "simulated": True,
        "synthetic": ready.is_synthetic,
        "goal": question.goal,
        "asked": written(question),
        "grade": setup.grade_ids[0],
        "chosen": found.name,
        "confidence": question.confidence,
        "is_confident": found.is_confident,
        "difference": question.difference,
        "options": cast("list[OptionTried]", list(found.options)),
        **_allocation_json(guide, found.officers, hours_a_post, names),
        "changes_by_district": cast(
            "list[DistrictChange]", [{**one, "name": names[one["district"]]} for one in by_district]
        ),
        "changes_by_grade": cast("list[GradeChange]", by_grade),
        "posts_now": posts,
        "posts_proposed": proposed,
        "cost_gbp_a_year": _gbp((proposed - posts) * post_gbp),
        "frontier": cast(
            "list[FrontierPoint]",
            [
                {
                    "posts": hours_h / hours_a_post,
                    "cost_gbp_a_year": _gbp((hours_h / hours_a_post - posts) * post_gbp),
                    **point,
                }
                for hours_h, point in points
            ],
        ),
        "hypercube": cast(
            "list[SecondOpinion]", beside_hypercube(setup, guide, found.officers, names, question)
        ),
        "from": setup.clock.first_on.isoformat(),
        "weeks": question.weeks,
        "travel": setup.travel_how,
        "warnings": list(ready.warnings),
        "stamp": stamp.as_json(),
    }


@runnable("response.allocate", Permission.RUN_WORK)
def allocate_run(
    workspace: Workspace,
    *,
    goal: str,
    posts_added: float,
    target_share: float,
    confidence: float = 0.95,
    replications: int = 30,
    weeks: int = 8,
    scenario: str = "",
    by: str,
    progress: Progress,
) -> Mapping[str, Any]:
    """Give officers to districts and shifts as long work; the result is kept by its stamp.

    It begins from a scenario of the force folder (a file name), or from the folder as it stands (empty).
    """
    asked = AllocationQuestion(
        goal, posts_added, target_share, confidence, replications=replications, weeks=weeks
    )
    found = allocate(workspace, asked, scenario_path(workspace, scenario), progress=progress)
    return {"kind": KIND, "stamp": found["stamp"]["id"], "name": found["chosen"]}


def _see_urgent(setup: Setup, guide: Guide, question: AllocationQuestion) -> None:
    """See that a run has incidents enough of the most urgent grade to judge by."""
    urgent_a_run = float(guide.incidents.sum()) * question.weeks
    if urgent_a_run < LEAST_URGENT:
        raise BadInput(
            Problem(
                "nothing_urgent",
                f"{urgent_a_run:.2g} incidents of the most urgent grade ({setup.grade_ids[0]}) are expected in a "
                f"run of {question.weeks} weeks: too few to judge by.",
                column="weeks",
                expected=f"{LEAST_URGENT} incidents or more",
                remedy="Ask for more weeks, or see the share of the grade (grade_share) and the incidents expected.",
            )
        )


def _found(
    setup: Setup, guide: Guide, question: AllocationQuestion, budget_h: float, progress: Progress
) -> Judged:
    """Propose, and let the simulation choose."""
    goal = "best" if question.goal == "best" else "equal"
    scaled = guide.now * budget_h / guide.now_h
    best, equal = (_of_hours(guide, give_out(guide, one, budget_h), budget_h) for one in ("best", "equal"))
    progress(1, STEPS, "Moving officers to where simulation says that they bring more")
    # Luck of its own: an allocation found by some luck must not be judged by the same.
    begin = (scaled + (best if goal == "best" else equal)) / 2.0
    better = improved(setup, guide, begin, goal, question.seed + 1, min(6, question.replications))
    if question.goal == "targets":
        progress(2, STEPS, "Looking for the fewest hours with which every district meets the target")
        return cheapest(setup, guide, question, better)
    options = [
        ("as now" if question.posts_added == 0 else "as now, in proportion", scaled),
        ("formulas: most in time", best),
        ("formulas: worst district first", equal),
        ("between now and most in time", (scaled + best) / 2.0),
        ("between now and worst first", (scaled + equal) / 2.0),
        ("found by simulation", better),
    ]
    progress(2, STEPS, f"Simulating {len(options)} options with the same luck")
    return judge(setup, guide, question, options)


def _of_hours(guide: Guide, officers: Floats, budget_h: float) -> Floats:
    """Return officers with just so many hours: given out one by one, a part of one is left over."""
    return officers * (budget_h / guide.hours(officers))


def _allocation_json(
    guide: Guide, officers: Floats, hours_a_post: float, names: Mapping[str, str]
) -> AllocationTable:
    def posts(row: Floats) -> float:
        return guide.hours(row[None, :]) / hours_a_post

    return {
        "shifts": [
            {
                "starts_at": clock(kind.start_min),
                "length_min": kind.length_min,
                "days": " ".join(DAYS[day] for day in kind.weekdays),
            }
            for kind in guide.kinds
        ],
        "allocation": [
            {
                "district": district,
                "name": names[district],
                "now": guide.now[row].tolist(),
                "proposed": officers[row].tolist(),
                "posts_now": posts(guide.now[row]),
                "posts_proposed": posts(officers[row]),
                "posts_by_shift": [
                    float(n * kind.hours / hours_a_post)
                    for n, kind in zip(officers[row], guide.kinds, strict=True)
                ],
                "guide_share_now": guide.district_share(row, guide.now[row]),
                "guide_share": guide.district_share(row, officers[row]),
            }
            for row, district in enumerate(guide.district_ids)
        ],
    }


def _gbp(pounds: float) -> float:
    """Return pounds to the penny, nought without a sign."""
    return round(pounds, 2) + 0.0


def _check(question: AllocationQuestion) -> None:
    checks = (
        ("posts_added", question.posts_added, isfinite(question.posts_added), "a number"),
        ("seed", question.seed, question.seed >= 0, "0 or more"),
        ("target_share", question.target_share, 0.0 < question.target_share < 1.0, "above 0 and below 1"),
        ("confidence", question.confidence, 0.5 <= question.confidence < 1.0, "0.5 or more and below 1"),
        ("difference", question.difference, 0.0 < question.difference < 1.0, "above 0 and below 1"),
        ("replications", question.replications, 4 <= question.replications <= 1000, "4 to 1,000"),
        ("weeks", question.weeks, 2 <= question.weeks <= 520, "2 to 520"),
    )
    problems = [
        out_of_range(name, value, expected) for name, value, is_fine, expected in checks if not is_fine
    ]
    if question.goal not in GOALS:
        problems.append(
            Problem(
                "unknown_goal",
                f'"{question.goal}" is no goal.',
                column="goal",
                expected=", ".join(GOALS),
            )
        )
    if problems:
        raise BadInput(problems)
