"""Officers by district and shift: formulas propose, simulation in common luck judges, with stated confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import stdtrit

from constabulary.core.errors import BadInput, Problem
from constabulary.core.progress import Progress, silent
from constabulary.core.provenance import Stamp
from constabulary.registers.access import Permission
from constabulary.response.allocation import Guide, give_out, guide_of, neighbours, with_officers
from constabulary.response.draws import Floats
from constabulary.response.experiment import Estimate, Results, experiment
from constabulary.response.figures import ALL, Key
from constabulary.response.hypercube_approximation import approximate_hypercube
from constabulary.response.hypercube_model import HypercubeModel, by_nearness
from constabulary.response.need import work_of
from constabulary.response.rota.shifts import DAYS, clock
from constabulary.response.selection import select_best
from constabulary.response.setup import Setup
from constabulary.services.force import force_of
from constabulary.services.response_setup import Ready, make_ready, scenario_of
from constabulary.services.response_simulation import keep, kept_result
from constabulary.services.runs import runnable
from constabulary.store.workspace import Workspace

KIND = "allocation"
FRONTIER = (0.85, 0.925, 1.0, 1.075, 1.15)
"""Budgets the frontier is drawn at, against the officer-hours asked for."""
FRONTIER_REPLICATIONS = 6


@dataclass(frozen=True)
class AllocationQuestion:
    """What is asked of the officers there are, or of as few as will do.

    Parameters
    ----------
    goal
        `best`: most incidents in time at a given cost; `equal`: the worst district as good as can be at it;
        `targets`: every district in time often enough, at least cost.
    posts_added
        Posts beyond those there are (full-time equivalents), for `best` and `equal`.
    target_share
        Share of each district's most urgent incidents to reach in time, for `targets`.
    confidence
        How sure the choice is to be.
    difference
        The smallest difference in share worth minding.
    replications
        Replications of each option at most.
    weeks
        Weeks of each replication.
    seed
        The same seed gives the same answer.
    """

    goal: str = "best"
    posts_added: float = 0.0
    target_share: float = 0.9
    confidence: float = 0.95
    difference: float = 0.01
    replications: int = 30
    weeks: int = 8
    seed: int = 1


def allocate(
    workspace: Workspace,
    question: AllocationQuestion,
    scenario: Path | None = None,
    *,
    progress: Progress = silent,
) -> dict[str, Any]:
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
    kept = kept_result(workspace, stamp.id)
    if kept is not None:
        return kept
    setup = replace(ready.setup, contact=None)
    progress(0, 4, "Working out what one more officer brings")
    guide = guide_of(setup, question.seed)
    posts = sum(post.posts_fte for post in ready.posts if post.duty == "response")
    hours_a_post = guide.now_h / posts
    budget_h = guide.now_h + question.posts_added * hours_a_post
    if budget_h <= 0:
        raise BadInput(Problem("out_of_range", "No officers would be left.", column="posts_added"))
    options = _options(guide, question, budget_h)
    progress(1, 4, f"Simulating {len(options)} options with the same luck")
    chosen, judged = _judge(setup, guide, options, question)
    progress(2, 4, "Drawing the frontier of cost against response")
    frontier = _frontier(setup, guide, question, budget_h, hours_a_post, ready)
    name, officers = options[chosen]
    force = force_of(workspace)
    names = {district.id: district.name for district in force.districts}
    result = {
        "schema": 1,
        "kind": KIND,
        "force": force.name,
        "simulated": True,
        "synthetic": ready.is_synthetic,
        "goal": question.goal,
        "grade": setup.grade_ids[0],
        "chosen": name,
        "confidence": judged["confidence"],
        "is_confident": judged["is_confident"],
        "difference": question.difference,
        "options": judged["options"],
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
                "posts_now": _posts(guide, guide.now[row], hours_a_post),
                "posts_proposed": _posts(guide, officers[row], hours_a_post),
                "guide_share_now": guide.district_share(row, guide.now[row]),
                "guide_share": guide.district_share(row, officers[row]),
            }
            for row, district in enumerate(guide.district_ids)
        ],
        "posts_now": posts,
        "posts_proposed": guide.hours(officers) / hours_a_post,
        "cost_gbp_a_year": (guide.hours(officers) / hours_a_post - posts) * _post_gbp(ready),
        "frontier": frontier,
        "hypercube": _second_opinion(setup, guide, officers, names, question),
        "from": setup.clock.first_on.isoformat(),
        "weeks": question.weeks,
        "travel": setup.travel_how,
        "warnings": list(ready.warnings),
        "stamp": stamp.as_json(),
    }
    keep(workspace, result)
    progress(4, 4, "Done")
    return result


@runnable("response.allocate", Permission.RUN_WORK)
def allocate_run(
    workspace: Workspace, *, goal: str, posts_added: float, target_share: float, by: str, progress: Progress
) -> Mapping[str, Any]:
    """Give officers to districts and shifts as long work; the result is kept by its stamp."""
    asked = AllocationQuestion(goal=goal, posts_added=posts_added, target_share=target_share)
    found = allocate(workspace, asked, progress=progress)
    return {"kind": KIND, "stamp": found["stamp"]["id"], "name": found["chosen"]}


def scenario_toml(result: Mapping[str, Any], workspace: Workspace) -> str:
    """Return a proposal as a scenario: posts by district, on the pattern worked now.

    Parameters
    ----------
    result
        What `allocate` gave.
    workspace
        Whose force folder the scenario is for.
    """
    ready = make_ready(workspace, scenario_of(workspace, None), 1)
    areas = ready.scenario.areas
    role = next(post.role for post in ready.posts if post.duty == "response")
    goal = {"best": "most in time", "equal": "worst district first", "targets": "targets at least cost"}
    lines = [
        "# Proposed by `constabulary response allocate`; posts by district, each on the pattern worked now.",
        "schema = 1",
        f'name = "Officers by district: {goal[result["goal"]]} ({result["stamp"]["id"][:6]})"',
        'about = "Posts moved between districts as formulas and simulation propose. Shifts keep their shares."',
    ]
    if isinstance(areas, str):
        lines += ["", "[structure]", f'areas = "{areas}"']
    for row in result["allocation"]:
        change = round(row["posts_proposed"] - row["posts_now"], 1)
        if change:
            lines += [
                "",
                "[[posts]]",
                f'role = "{role}"',
                'duty = "response"',
                f'area_id = "{row["district"]}"',
                f"posts_fte = {change:g}",
            ]
    lines += [
        "",
        "[[assumptions]]",
        f'text = "Posts by district as proposal {result["stamp"]["id"]} has them."',
        'status = "assumed"',
    ]
    return "\n".join(lines) + "\n"


def _options(guide: Guide, question: AllocationQuestion, budget_h: float) -> list[tuple[str, Floats]]:
    if question.goal == "targets":
        # The guide knows no help across borders, so what it takes to be short may do: try from well below.
        most_h = 4.0 * max(guide.now_h, budget_h)
        found = []
        for aim in sorted(
            {min(0.97, question.target_share + step) for step in (-0.3, -0.2, -0.12, -0.06, 0.0, 0.05)}
        ):
            try:
                found.append((f"guide to {aim:.0%}", give_out(guide, "targets", most_h, max(aim, 0.05))))
            except BadInput:
                continue
        if not found:
            give_out(guide, "targets", most_h, question.target_share)
        return sorted(found, key=lambda one: guide.hours(one[1]))
    scaled = guide.now * budget_h / guide.now_h
    best, equal = (give_out(guide, goal, budget_h) for goal in ("best", "equal"))
    found = [
        ("as now" if question.posts_added == 0 else "as now, in proportion", scaled),
        ("guide: most in time", best),
        ("guide: worst district first", equal),
        ("between now and most in time", (scaled + best) / 2.0),
        ("between now and worst first", (scaled + equal) / 2.0),
    ]
    start = best if question.goal == "best" else equal
    found += [(f"near the guide, {n}", moved) for n, moved in enumerate(neighbours(guide, start), start=1)]
    return found


def _judge(
    setup: Setup, guide: Guide, options: Sequence[tuple[str, Floats]], question: AllocationQuestion
) -> tuple[int, dict[str, Any]]:
    """Simulate options and choose; return the number of the chosen one and how each fared."""
    setups = [with_officers(setup, guide, officers) for _, officers in options]
    urgent = setup.grade_ids[0]
    overall, worst = Key("within_target_share", urgent), Key("worst_within_target_share", urgent)
    aim = overall if question.goal == "best" else worst
    if question.goal == "targets":
        return _cheapest(setups, guide, options, question)
    values: dict[int, dict[Key, list[float]]] = {one: {overall: [], worst: []} for one in range(len(options))}

    def sample(wanted: Sequence[int], first: int, n: int) -> Floats:
        made = experiment([setups[one] for one in wanted], n, question.seed, first=first)
        for one, results in zip(wanted, made.results, strict=True):
            for key in (overall, worst):
                values[one][key] += [run.figures.get(key, np.nan) for run in results.runs]
        return np.array([values[one][aim][first : first + n] for one in wanted]).T

    found = select_best(
        sample,
        len(options),
        question.difference,
        question.confidence,
        n_most=question.replications,
        n_first=min(10, question.replications),
    )
    told = [
        {
            "name": name,
            "posts_share": guide.hours(officers) / guide.now_h,
            "within_share": float(np.mean(values[one][overall])),
            "worst_share": float(np.mean(values[one][worst])),
            "n": int(found.n_replications[one]),
            "still_in": one in found.still_in,
        }
        for one, (name, officers) in enumerate(options)
    ]
    return found.best, {
        "options": told,
        "confidence": question.confidence,
        "is_confident": found.is_confident,
    }


def _cheapest(
    setups: Sequence[Setup], guide: Guide, options: Sequence[tuple[str, Floats]], question: AllocationQuestion
) -> tuple[int, dict[str, Any]]:
    """Return the cheapest option with which every district surely meets the target, or the best if none does."""
    made = experiment(list(setups), question.replications, question.seed)
    urgent = setups[0].grade_ids[0]
    told = []
    lows = []
    # Every district at once: each is held to its part of the error allowed.
    quantile = 1.0 - (1.0 - question.confidence) / len(guide.district_ids)
    for (name, officers), results in zip(options, made.results, strict=True):
        shares = np.array(
            [
                [
                    run.figures.get(Key("within_target_share", urgent, "district", one), np.nan)
                    for run in results.runs
                ]
                for one in guide.district_ids
            ]
        )
        n = shares.shape[1]
        spread = shares.std(axis=1, ddof=1) / np.sqrt(n)
        low = float((shares.mean(axis=1) - stdtrit(n - 1, quantile) * spread).min())
        lows.append(low)
        told.append(
            {
                "name": name,
                "posts_share": guide.hours(officers) / guide.now_h,
                "within_share": _mean(results, Key("within_target_share", urgent)).mean,
                "worst_share": float(shares.mean(axis=1).min()),
                "surely_at_least": low,
                "n": n,
                "still_in": low >= question.target_share,
            }
        )
    meets = [one for one, low in enumerate(lows) if low >= question.target_share]
    chosen = meets[0] if meets else int(np.argmax(lows))
    return chosen, {"options": told, "confidence": question.confidence, "is_confident": bool(meets)}


def _frontier(
    setup: Setup,
    guide: Guide,
    question: AllocationQuestion,
    budget_h: float,
    hours_a_post: float,
    ready: Ready,
) -> list[dict[str, Any]]:
    goal = "best" if question.goal == "best" else "equal"
    given = [give_out(guide, goal, share * budget_h) for share in FRONTIER]
    made = experiment(
        [with_officers(setup, guide, officers) for officers in given],
        min(FRONTIER_REPLICATIONS, question.replications),
        question.seed,
    )
    urgent = setup.grade_ids[0]
    points = []
    for officers, results in zip(given, made.results, strict=True):
        overall = _mean(results, Key("within_target_share", urgent))
        worst = _mean(results, Key("worst_within_target_share", urgent))
        posts = guide.hours(officers) / hours_a_post
        points.append(
            {
                "posts": posts,
                "cost_gbp_a_year": (posts - guide.now_h / hours_a_post) * _post_gbp(ready),
                "within_share": overall.mean,
                "half_width": overall.half_width,
                "worst_share": worst.mean,
                "worst_half_width": worst.half_width,
                "guide_share": guide.overall(officers),
            }
        )
    return points


def _second_opinion(
    setup: Setup, guide: Guide, officers: Floats, names: Mapping[str, str], question: AllocationQuestion
) -> list[dict[str, Any]]:
    """Return how busy units of each district are by the hypercube model and by simulation; nothing if overloaded."""
    works = work_of(setup, question.seed)
    mean_units = (officers @ guide.units_each).mean(axis=1)
    n_units = np.maximum(1, np.round(mean_units)).astype(np.int64)
    district = np.repeat(np.arange(len(n_units)), n_units)
    base = np.concatenate(
        [
            [atoms[unit % len(atoms)] for unit in range(n)]
            for atoms, n in zip(setup.bases.atoms, n_units, strict=True)
        ]
    ).astype(np.int64)
    minutes = np.asarray(setup.ground.minutes, dtype=np.float64).mean(axis=0)
    rates = np.zeros(len(setup.places))
    for work in works:
        rates[work.atoms] = work.weights * work.incidents_per_h.sum(axis=1).mean() * work.units_each
    bound_s = float(np.mean([work.bound_s for work in works])) + 60.0 * float(
        (rates / rates.sum()) @ np.sort(minutes[:, np.unique(base)], axis=1)[:, 0]
    )
    model = HypercubeModel(rates, 3600.0 / bound_s, by_nearness(minutes[:, base].T), "infinite")
    if not model.is_stable:
        return []
    busy = approximate_hypercube(model).utilisation
    simulated = experiment(
        [with_officers(setup, guide, officers)],
        min(FRONTIER_REPLICATIONS, question.replications),
        question.seed,
    ).results[0]
    told = []
    for row, name in enumerate(guide.district_ids):
        free = _mean(simulated, Key("uncommitted_share", ALL, "district", name)).mean
        told.append(
            {
                "district": name,
                "name": names[name],
                "units": float(mean_units[row]),
                "hypercube_busy_share": float(busy[district == row].mean()),
                "simulated_busy_share": None if free is None else 1.0 - free,
            }
        )
    return told


def _mean(results: Results, key: Key) -> Estimate:
    return results.figures.get(key, Estimate(None, None, 0))


def _posts(guide: Guide, officers: Floats, hours_a_post: float) -> float:
    return guide.hours(officers[None, :]) / hours_a_post


def _post_gbp(ready: Ready) -> float:
    return float(ready.setup.values["officer_cost_gbp"])


def _check(question: AllocationQuestion) -> None:
    checks = (
        ("target_share", question.target_share, 0.0 < question.target_share < 1.0, "above 0 and below 1"),
        ("confidence", question.confidence, 0.5 <= question.confidence < 1.0, "0.5 or more and below 1"),
        ("difference", question.difference, 0.0 < question.difference < 1.0, "above 0 and below 1"),
        ("replications", question.replications, 4 <= question.replications <= 1000, "4 to 1,000"),
        ("weeks", question.weeks, 2 <= question.weeks <= 520, "2 to 520"),
    )
    problems = [
        Problem(
            "out_of_range", f"{value:g} cannot be used.", column=name, value=f"{value:g}", expected=expected
        )
        for name, value, is_fine, expected in checks
        if not is_fine
    ]
    if question.goal not in ("best", "equal", "targets"):
        problems.append(
            Problem(
                "unknown_goal",
                f'"{question.goal}" is no goal.',
                column="goal",
                expected="best, equal or targets",
            )
        )
    if problems:
        raise BadInput(problems)
