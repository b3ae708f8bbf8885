"""Rotas: the need by half-hour, its cheapest cover, a team cycle people can work, and the present pattern beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

import numpy as np

from constabulary.core.answers import written
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.response import ControlRoomRow, ShiftRow
from constabulary.core.progress import Progress
from constabulary.core.provenance import Stamp
from constabulary.parameters import load_parameters
from constabulary.registers.access import Permission
from constabulary.render.documents import FORMS
from constabulary.response.control_room import PatternShift, pattern_cover
from constabulary.response.rota.cover import Cover, cover_need, few_shifts
from constabulary.response.rota.cycle import Cycle, find_cycle, smallest_cycle
from constabulary.response.rota.rules import Breach, Rules, check_rota
from constabulary.response.rota.shifts import DAYS, OnShift, Shift, candidates, clock
from constabulary.services.response.setup import on_shift, scenario_of, workforce_of
from constabulary.services.response.simulation import PROPOSAL_SCHEMA, keep
from constabulary.services.response.values import values_of
from constabulary.services.staffing.rota_answers import (
    IdealAnswer,
    PresentAnswer,
    RotaAnswer,
    RotaAsked,
    RotaCycle,
)
from constabulary.services.staffing.rota_check import SLOT_MIN, breach_json, worked
from constabulary.services.staffing.rota_files import (
    duties_of_members,
    write_calendar,
    write_need,
    write_pattern,
    write_roster,
)
from constabulary.services.staffing.rota_need import (
    CALL_TAKERS,
    OFFICERS,
    Needed,
    call_takers_of_force,
    need_of_force,
)
from constabulary.services.staffing.rota_paper import rota_paper
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.runs import runnable
from constabulary.store.workspace import Workspace

KIND = "rota"
TEAMS = (5, 6, 8, 10, 12)
"""Numbers of teams that are tried where none is asked for."""


def _rules() -> Rules:
    known = load_parameters("rota")
    return Rules(
        rest_h=float(known["rest_h"].value),
        most_days=int(known["most_days"].value),
        most_nights=int(known["most_nights"].value),
        free_after_nights=int(known["free_after_nights"].value),
        weekends_off=int(known["weekends_off"].value),
        week_h=float(known["week_h"].value),
    )


def _unsocial_rate() -> float:
    return float(load_parameters("rota")["unsocial_rate"].value)


@dataclass(frozen=True)
class RotaQuestion:
    """What a rota is asked to be.

    Parameters
    ----------
    lengths_h
        Lengths of shift allowed (h).
    every_min
        Minutes between the starts allowed.
    first_min, last_min
        Earliest and latest start (min from midnight).
    n_kinds
        Kinds of shift that a team cycle may be made of.
    n_teams
        Teams, and weeks of the cycle; None: whichever of `TEAMS` takes fewest people or leaves least uncovered.
    n_people
        People to roster, where that is decided; None: as few as cover the need.
    rules
        What the cycle keeps to.
    on_shift
        Briefing and breaks.
    unsocial_rate
        What an hour from 20:00 to 06:00 costs beyond an ordinary one, as a share of it.
    limit_s
        The longest to work on each step (s).
    """

    lengths_h: tuple[float, ...] = (8.0, 9.0, 10.0)
    every_min: int = 60
    first_min: int = 6 * 60
    last_min: int = 23 * 60
    n_kinds: int = 5
    n_teams: int | None = None
    n_people: int | None = None
    rules: Rules = field(default_factory=_rules)
    on_shift: OnShift = field(default_factory=on_shift)
    unsocial_rate: float = field(default_factory=_unsocial_rate)
    limit_s: float = 10.0


def propose(needed: Needed, question: RotaQuestion, workspace: Workspace | None = None) -> RotaAnswer:
    """Return a rota that covers a need, as plain JSON values.

    Parameters
    ----------
    needed
        The need, and what a simulation says of it.
    question
        What the rota is to be.
    workspace
        Whose present pattern to compare with, if any.

    Raises
    ------
    BadInput
        Where the need cannot be covered so.
    """
    need = needed.people
    shifts = candidates(
        [round(60.0 * hours) for hours in question.lengths_h],
        question.every_min,
        question.first_min,
        question.last_min,
    )
    ideal = cover_need(need, shifts, question.on_shift, question.unsocial_rate, question.limit_s)
    kinds = few_shifts(need, shifts, question.n_kinds, question.on_shift, question.unsocial_rate)
    cycles = _cycles(need, kinds, question)
    cycle = min(cycles, key=lambda one: (one.short_h, one.n_people, one.n_teams))
    breaches = check_rota(cycle.duties(), len(cycle.line), question.rules)
    present = None if workspace is None else _present(needed, workspace, cycle, question)
    asked: RotaAsked = {
        "for": needed.who,
        "area": needed.area,
        "away_share": needed.away_share,
        "need_sha256": hashlib.sha256(write_need(need).encode()).hexdigest(),
        "lengths_h": list(question.lengths_h),
        "every_min": question.every_min,
        "starts": [clock(question.first_min), clock(question.last_min)],
        "kinds": question.n_kinds,
        "teams": question.n_teams,
        "people": question.n_people,
        "rules": written(question.rules),
        "briefing_min": question.on_shift.briefing_min,
        "break_share": question.on_shift.break_share,
        "unsocial_rate": question.unsocial_rate,
    }
    return {
        "schema": PROPOSAL_SCHEMA,
        "kind": KIND,
        "area": needed.area,
        "slot_min": SLOT_MIN,
        "need": need.tolist(),
        "checks": [written(one) for one in needed.checks],
        "need_h": float(need.sum()) * SLOT_MIN / 60.0,
        "need_h_by_area": dict(needed.hours_by_area),
        "ideal": _ideal_json(ideal, need),
        "rota": _cycle_json(cycle, need, breaches),
        "tried": [
            {
                "teams": one.n_teams,
                "people": one.n_people,
                "week_h": one.week_h,
                "short_h": one.short_h,
                "proven": one.is_proven,
            }
            for one in cycles
        ],
        "judged": None if needed.judge is None else written(needed.judge(cycle.cover)),
        "present": present,
        "asked": asked,
        "stamp": Stamp(needed.inputs, asked).as_json(),
    }


@runnable("response.rota", Permission.RUN_WORK)
def rota_run(
    workspace: Workspace,
    *,
    area: str,
    n_teams: int | None,
    target_share: float,
    lengths_h: list[float],
    who: str = OFFICERS,
    n_people: int | None = None,
    by: str,
    progress: Progress,
) -> Mapping[str, Any]:
    """Propose a rota for an area (empty: all) as long work; the result is kept by its stamp.

    Call takers answer for all of the force: an area is not asked of them.
    """
    progress(0, 2, "Working out how many people each half-hour needs")
    if who == CALL_TAKERS:
        area = ""
        needed = call_takers_of_force(workspace, target_share)
    else:
        needed = need_of_force(workspace, area or None, target_share)
    progress(1, 2, "Looking for a cycle that covers it")
    found = propose(
        needed, RotaQuestion(lengths_h=tuple(lengths_h), n_teams=n_teams, n_people=n_people), workspace
    )
    keep(workspace, found)
    return {"kind": KIND, "stamp": found["stamp"]["id"], "name": area or "all areas"}


def rota_files(
    result: Mapping[str, Any],
    first_on: date,
    n_weeks: int,
    time_zone: str,
    members: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """Return a proposed rota as files to take away, by name: pattern, roster, calendar, need, and workbook of all.

    Parameters
    ----------
    result
        What `propose` gave.
    first_on
        The day the first week begins; the Monday on or after it.
    n_weeks
        Weeks to write out.
    time_zone
        Zone of the shifts' clock times.
    members
        The team of each member: roster and calendar are then of members; without them of teams.

    Raises
    ------
    BadInput
        If a member is of a team that is not there.
    """
    monday = first_on + timedelta(days=-first_on.weekday() % 7)
    cycle = cycle_of(result)
    teams = cycle.duties(n_weeks)
    duties = duties_of_members(teams, members, "members") if members else teams
    paper = rota_paper(result, cycle, teams, monday, n_weeks)
    texts = {
        "pattern.csv": write_pattern(cycle.line.tolist(), cycle.shifts),
        "roster.csv": write_roster(duties, monday, time_zone),
        "rota.ics": write_calendar(duties, monday, time_zone, result["stamp"]["id"]),
        "need.csv": write_need(np.array(result["need"])),
    }
    return {name: text.encode() for name, text in texts.items()} | {
        f"rota.{form}": make(paper) for form, make in FORMS.items()
    }


def cycle_of(result: Mapping[str, Any]) -> Cycle:
    """Return the team cycle of a result as `propose` gave it."""
    rota = result["rota"]
    shifts = tuple(Shift(one["start_min"], one["length_min"], one["name"]) for one in rota["shifts"])
    line = np.array([-1 if one is None else one for week in rota["weeks"] for one in week], dtype=np.int64)
    return Cycle(shifts, line, rota["team_size"], np.array(rota["cover"]), rota["short_h"], rota["proven"])


def _cycles(need: np.ndarray, kinds: tuple[Shift, ...], question: RotaQuestion) -> list[Cycle]:
    """Return a cycle for each number of teams that is tried.

    Raises
    ------
    BadInput
        If none of them will do.
    """
    found: list[Cycle] = []
    problems: list[Problem] = []
    for n_teams in (question.n_teams,) if question.n_teams else TEAMS:
        try:
            found.append(_cycle(need, kinds, question, n_teams))
        except BadInput as error:
            problems += error.problems
    if not found:
        raise BadInput(problems)
    return found


def _cycle(need: np.ndarray, kinds: tuple[Shift, ...], question: RotaQuestion, n_teams: int) -> Cycle:
    rest = (question.rules, question.on_shift, question.unsocial_rate, question.limit_s)
    if question.n_people is None:
        return smallest_cycle(need, kinds, n_teams, *rest)
    if question.n_people < n_teams:
        raise BadInput(
            Problem(
                "out_of_range",
                f"{question.n_people} people cannot make {n_teams} teams.",
                column="n_people",
                expected=f"{n_teams} or more",
            )
        )
    return find_cycle(need, kinds, n_teams, question.n_people // n_teams, *rest)


def _ideal_json(ideal: Cover, need: np.ndarray) -> IdealAnswer:
    """Return the cheapest cover there could be, were people free to come for any single shift."""
    return {
        "paid_h": ideal.paid_h,
        "cost_h": ideal.cost_h,
        "bound_h": ideal.bound_h,
        "proven": ideal.is_proven,
        "covered": bool((ideal.cover >= need - 1e-6).all()),
        "starts": [
            {
                "day": DAYS[day],
                "starts_at": clock(shift.start_min),
                "length_min": shift.length_min,
                "people": int(ideal.n_people[day, one]),
            }
            for day in range(7)
            for one, shift in enumerate(ideal.shifts)
            if ideal.n_people[day, one] > 0.5
        ],
    }


def _cycle_json(cycle: Cycle, need: np.ndarray, breaches: Sequence[Breach]) -> RotaCycle:
    teams = [f"team {team + 1}" for team in range(cycle.n_teams)]
    duties = cycle.duties()
    return {
        "teams": cycle.n_teams,
        "team_size": cycle.team_size,
        "people": cycle.n_people,
        "week_h": cycle.week_h,
        "paid_h": cycle.week_h * cycle.n_people,
        "short_h": cycle.short_h,
        "surplus_h": float(np.maximum(cycle.cover - need, 0.0).sum()) * SLOT_MIN / 60.0,
        "proven": cycle.is_proven,
        "shifts": [
            {
                "name": shift.name,
                "starts_at": clock(shift.start_min),
                "start_min": shift.start_min,
                "length_min": shift.length_min,
                "is_night": shift.is_night,
            }
            for shift in cycle.shifts
        ],
        "weeks": [
            [None if one < 0 else int(one) for one in cycle.line[7 * week : 7 * week + 7]]
            for week in range(cycle.n_teams)
        ],
        "on_duty": (cycle.on_duty * cycle.team_size).tolist(),
        "cover": cycle.cover.tolist(),
        "fair": [worked(team, [one for one in duties if one.who == team], cycle.n_teams) for team in teams],
        "breaches": [breach_json(one, None) for one in breaches],
    }


def _present(
    needed: Needed, workspace: Workspace, cycle: Cycle, question: RotaQuestion
) -> PresentAnswer | None:
    """Return how the pattern worked now would cover the need: with those there are, and with as many as proposed."""
    need = needed.people
    people, shifts = _people_now(needed, workspace)
    total = sum(people.values())
    if not total:
        return None
    covers = {one: pattern_cover(shifts, one, question.on_shift) for one in people}
    each = np.sum([people[one] / total * cover for one, (cover, _) in covers.items()], axis=0)
    uncovered = (each <= 0.0) & (need > 0.0)
    enough = None if uncovered.any() else int(np.ceil(float((need[need > 0] / each[need > 0]).max()) - 1e-9))
    found: dict[str, Any] = {
        "pattern_id": ", ".join(covers),
        "week_h": sum(people[one] / total * hours for one, (_, hours) in covers.items()),
        "people_to_cover": enough,
        "people_now": total,
        "judged": None if needed.judge is None else written(needed.judge(each * total)),
    }
    for name, cover in (("with_as_many", each * cycle.n_people), ("now", each * total)):
        found |= {
            f"short_h_{name}": float(np.maximum(need - cover, 0.0).sum()) * SLOT_MIN / 60.0,
            f"surplus_h_{name}": float(np.maximum(cover - need, 0.0).sum()) * SLOT_MIN / 60.0,
            f"cover_{name}": cover.tolist(),
        }
    return cast(PresentAnswer, found)


def _people_now(needed: Needed, workspace: Workspace) -> tuple[dict[str, float], Sequence[PatternShift]]:
    """Return the people in post by the shift pattern they work, and all shifts."""
    force = force_of(workspace)
    people: dict[str, float] = {}
    if needed.who == CALL_TAKERS:
        for row in force.rows(ControlRoomRow):
            people[row.pattern_id] = people.get(row.pattern_id, 0.0) + float(row.people_fte)
        return people, force.rows(ShiftRow)
    posts, shifts = workforce_of(force, scenario_of(workspace, None), values_of(force))
    inside = {area.id: area.district_ids for area in force.areas}.get(needed.area or "", (needed.area,))
    for post in posts:
        if post.duty == "response" and (needed.area is None or post.area_id in inside):
            people[post.pattern_id] = people.get(post.pattern_id, 0.0) + post.strength_fte
    return people, shifts
