"""Proposals as scenarios: a rota, officers by district and shift, or sites, ready for the simulation that judges them.

A scenario is self-contained: shifts, shares, bases and call takers stand in it, so that nothing of the force folder
changes when a proposal is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from constabulary.core.amounts import several
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.response import ControlRoomRow, ShiftRow
from constabulary.response.rota.shifts import DAYS, Shift, clock, cover_of
from constabulary.response.scenario import (
    Assumption,
    NewStation,
    Posts,
    Scenario,
    ShiftShare,
    StationUnits,
)
from constabulary.response.scenario_text import scenario_text
from constabulary.services.response.setup import scenario_of, workforce_of
from constabulary.services.response.simulation import kept_results, scenario_path
from constabulary.services.response.values import values_of
from constabulary.services.staffing.rota import cycle_of
from constabulary.services.staffing.rota_files import read_rota
from constabulary.services.staffing.rota_need import CALL_TAKERS, OFFICERS
from constabulary.services.staffing.scenario_files import keep_scenario
from constabulary.services.workspace.files import read_text
from constabulary.services.workspace.force import force_of
from constabulary.store.workspace import Workspace
from constabulary.workforce.establishment import Post

GOALS = {"best": "most in time", "equal": "worst district first", "targets": "targets at least cost"}
RESPONSE = "response"


def proposed(workspace: Workspace, result: Mapping[str, Any], base: Path | None = None) -> Scenario:
    """Return a proposal as a scenario.

    Parameters
    ----------
    workspace
        Whose force folder the scenario is for.
    result
        What was proposed, as the services of rotas, officers and sites give it.
    base
        The scenario file that the proposal began from; None: that of the force folder which the result names, or the
        folder as it stands.

    Raises
    ------
    BadInput
        If the proposal changes nothing, or cannot be said in a scenario.
    """
    if base is None:
        base = scenario_path(workspace, result.get("begins_from") or "")
    start = replace(scenario_of(workspace, base), sha256="")
    make = {"rota": _rota, "allocation": _officers, "sites": _sites}[result["kind"]]
    made = make(workspace, result, start)
    said = Assumption(f"As proposal {result['stamp']['id']} has it.", "assumed")
    return replace(made, assumptions=(*start.assumptions, said))


def proposal_text(workspace: Workspace, result: Mapping[str, Any], base: Path | None = None) -> str:
    """Return a proposal as the text of a scenario file; parameters as for `proposed`."""
    comment = "Proposed by constabulary; change it by hand as you like."
    return scenario_text(proposed(workspace, result, base), comment)


def keep_proposal(workspace: Workspace, result: Mapping[str, Any], base: Path | None = None) -> str:
    """Keep a proposal as a scenario of the force folder and return its file name; parameters as for `proposed`."""
    name = {"rota": "rota", "allocation": "officers", "sites": "sites"}[result["kind"]]
    text = proposal_text(workspace, result, base)
    return keep_scenario(workspace, f"{name} {result['stamp']['id'][:8]}", text)


def keep_pattern(workspace: Workspace, path: Path, who: str = OFFICERS) -> str:
    """Keep a rota from anywhere as a scenario in which those there are work it; return its file name.

    Parameters
    ----------
    workspace
        Whose force folder.
    path
        A pattern of weeks, a roster of dates or a calendar, as `services.staffing.rota_files.read_rota` describes it.
    who
        "officers" or "call-takers".

    Raises
    ------
    BadInput
        Where the file cannot be used, or call takers work it and the force folder has none.
    """
    content = read_text(path)
    force = force_of(workspace)
    read = read_rota(content, path.name, force.time_zone)
    kinds = tuple(dict.fromkeys(duty.shift for duty in read.duties))
    shares = np.zeros((7, len(kinds)))
    for duty in read.duties:
        shares[duty.day % 7, kinds.index(duty.shift)] += 1.0
    shares /= len({duty.who for duty in read.duties}) * read.n_days / 7
    mark = hashlib.sha256(content.encode()).hexdigest()[:8]
    start, pattern = scenario_of(workspace, None), f"file_{mark}"
    posts, shifts = workforce_of(force, start, values_of(force, start))
    own = [post for post in posts if post.duty == RESPONSE]
    made = replace(
        start,
        name=f"Rota of {path.name} ({mark})",
        about="Those there are work the rota of a file.",
        shifts=_shift_rows(kinds, shares, pattern, _crewed(own, shifts)),
        assumptions=(Assumption(f"Shifts as {path.name} has them.", "assumed"),),
    )
    if who == OFFICERS:
        made = replace(made, shift_patterns={RESPONSE: pattern})
    else:
        room = force.rows(ControlRoomRow)
        made = replace(
            made, agents="rostered", control_room=tuple(replace(one, pattern_id=pattern) for one in room)
        )
        if not room:
            raise BadInput(
                Problem(
                    "no_call_takers",
                    "it is not known how many call takers there are.",
                    file="response/control_room.csv",
                    expected="a row for each pool, or one for all",
                )
            )
    return keep_scenario(workspace, f"rota {mark}", scenario_text(made, "From a rota that was brought in."))


def judged(workspace: Workspace, result: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the latest simulation of a proposal that was kept; None where there is none.

    Parameters
    ----------
    workspace
        Whose kept results.
    result
        What was proposed.
    """
    mark = f"({result['stamp']['id'][:8]})"
    found = kept_results(workspace, "simulation", most=100)
    return next((one for one in found if one["scenario"]["name"].endswith(mark)), None)


def _named(result: Mapping[str, Any], name: str, about: str) -> dict[str, Any]:
    return {"name": f"{name} ({result['stamp']['id'][:8]})", "about": about}


def _rota(workspace: Workspace, result: Mapping[str, Any], start: Scenario) -> Scenario:
    cycle = cycle_of(result)
    shares = cycle.on_duty / cycle.n_teams
    pattern = f"rota_{result['stamp']['id'][:8]}"
    if result["asked"]["for"] == CALL_TAKERS:
        return replace(
            start,
            **_named(
                result,
                f"Call takers in {several(cycle.n_teams, 'team')}",
                f"{cycle.n_people} call takers on the proposed team cycle answer every channel.",
            ),
            shifts=(*start.shifts, *_shift_rows(cycle.shifts, shares, pattern, ())),
            pools="one",
            agents="rostered",
            control_room=(
                ControlRoomRow(
                    file="",
                    line=1,
                    status="assumed",
                    pool=None,
                    pattern_id=pattern,
                    people_fte=Decimal(cycle.n_people),
                    away_share=Decimal(str(result["asked"]["away_share"])),
                ),
            ),
        )
    force = force_of(workspace)
    posts, shifts = workforce_of(force, start, values_of(force, start))
    own = [post for post in posts if post.duty == RESPONSE]
    area = result.get("area")
    factors = _people_factors(force, own, result["need_h_by_area"], cycle.n_people)
    patterns: dict[str, Any] = dict(start.shift_patterns)
    if area:
        patterns[area] = {**start.patterns_by_place.get(area, {}), RESPONSE: pattern}
    else:
        patterns = {
            key: one if isinstance(one, str) else {duty: own for duty, own in one.items() if duty != RESPONSE}
            for key, one in patterns.items()
        } | {RESPONSE: pattern}
    return replace(
        start,
        **_named(
            result,
            f"Rota of {several(cycle.n_teams, 'team')}",
            f"{cycle.n_people} officers on the proposed team cycle, given to areas by their need.",
        ),
        shifts=(*start.shifts, *_shift_rows(cycle.shifts, shares, pattern, _crewed(own, shifts))),
        shift_patterns=patterns,
        posts=(*start.posts, *_changes(own, factors)),
    )


def _shift_rows(
    shifts: Sequence[Shift], shares: np.ndarray, pattern: str, crewed: Sequence[tuple[Shift, float]]
) -> tuple[ShiftRow, ...]:
    """Return shifts as rows of a pattern, given the share of people who start each on each day, shape (7, shifts)."""
    return tuple(
        ShiftRow(
            file="",
            line=1,
            status="assumed",
            pattern_id=pattern,
            shift_id=f"{one}_{number}",
            name=shift.name,
            days=" ".join(DAYS[day] for day in range(7) if shares[day, one] == share),
            starts_at=clock(shift.start_min),
            length_min=shift.length_min,
            on_duty_share=Decimal(f"{share:.9g}"),
            double_crewed_share=Decimal(f"{_paired_share(shift, crewed):.3g}"),
        )
        for one, shift in enumerate(shifts)
        for number, share in enumerate(sorted(set(shares[:, one]) - {0.0}), start=1)
    )


def _crewed(posts: Sequence[Post], shifts: Sequence[Any]) -> list[tuple[Shift, float]]:
    """Return the shifts that posts work now, with the share of officers in pairs on each."""
    worked = {post.pattern_id for post in posts}
    return [
        (Shift(one.start_min, one.length_min), one.double_crewed_share)
        for one in shifts
        if one.pattern_id in worked
    ]


def _paired_share(shift: Shift, crewed: Sequence[tuple[Shift, float]]) -> float:
    """Return the share of officers in pairs as it is now at the hours of a shift; none where it is not known."""
    here = cover_of(shift, 0, 48, 30)
    weights = [float(here @ cover_of(other, 0, 48, 30)) for other, _ in crewed]
    return float(np.average([share for _, share in crewed], weights=weights)) if sum(weights) else 0.0


def _people_factors(
    force: Force, posts: Sequence[Post], need_h: Mapping[str, float], n_people: int
) -> dict[str | None, float]:
    """Return by what the posts of each place are multiplied so that people filled are given out as areas need them."""
    inside = {area.id: area.district_ids for area in force.areas}
    total = sum(need_h.values())
    found: dict[str | None, float] = {}
    if not need_h:
        there = sum(post.strength_fte for post in posts)
        return {post.area_id: n_people / there for post in posts}
    for area, hours in need_h.items():
        places = {area, *inside.get(area, ())}
        there = sum(post.strength_fte for post in posts if post.area_id in places)
        found |= {place: n_people * hours / total / there for place in places if there}
    # Posts of the whole force are spread by residents, whatever areas need.
    whole = sum(post.strength_fte for post in posts if post.area_id is None)
    if whole:
        found[None] = n_people / whole
    return found


def _changes(posts: Sequence[Post], factors: Mapping[str | None, float]) -> tuple[Posts, ...]:
    """Return posts more or fewer, so that those of each place are multiplied."""
    return tuple(
        Posts(post.role, post.duty, post.area_id, round(post.posts_fte * (factors[post.area_id] - 1.0), 4))
        for post in posts
        if post.area_id in factors and abs(factors[post.area_id] - 1.0) > 1e-9
    )


def _officers(workspace: Workspace, result: Mapping[str, Any], start: Scenario) -> Scenario:
    force = force_of(workspace)
    posts, shifts = workforce_of(force, start, values_of(force, start))
    own = [post for post in posts if post.duty == RESPONSE]
    rows = {row["district"]: row for row in result["allocation"]}
    inside: dict[str | None, tuple[str, ...]] = {area.id: area.district_ids for area in force.areas}
    inside |= {district.id: (district.id,) for district in force.districts}
    factors: dict[str | None, float] = {}
    for post in own:
        covered = [rows[one] for one in inside.get(post.area_id, tuple(rows)) if one in rows]
        now = sum(row["posts_now"] for row in covered)
        if now:
            factors[post.area_id] = sum(row["posts_proposed"] for row in covered) / now
    kinds = [(one["starts_at"], one["length_min"], one["days"]) for one in result["shifts"]]
    before = {
        (one.district_id, one.pattern_id, one.shift_id): one.on_duty_share for one in start.shift_shares
    }
    shares = dict(before)
    for post in own:
        for district in inside.get(post.area_id, tuple(rows)):
            for shift in shifts:
                if shift.pattern_id != post.pattern_id or district not in rows:
                    continue
                days = " ".join(DAYS[day] for day in shift.weekdays)
                kind = kinds.index((clock(shift.start_min), shift.length_min, days))
                now, then = rows[district]["now"][kind], rows[district]["proposed"][kind]
                key = (district, shift.pattern_id, shift.shift_id)
                share = before.get(key, shift.on_duty_share)
                factor = factors.get(post.area_id, 1.0)
                if now and factor:
                    shares[key] = round(share * then / now / factor, 6)
    too_many = [key for key, share in shares.items() if share > 1.0]
    if too_many:
        raise BadInput(
            Problem(
                "more_than_all",
                f"more than all people of {too_many[0][0]} would be on at once: posts there are not by district.",
                file="establishment.csv",
                expected="posts typed by district",
            )
        )
    return replace(
        start,
        **_named(
            result,
            f"Officers by district and shift: {GOALS[result['goal']]}",
            "Posts by district, and the share of each district's people on each shift, as simulation chose them.",
        ),
        posts=(*start.posts, *_changes(own, factors)),
        shift_shares=tuple(ShiftShare(*key, share) for key, share in shares.items()),
    )


def _sites(workspace: Workspace, result: Mapping[str, Any], start: Scenario) -> Scenario:
    names = result["names"]
    bases = {code: f"base_{code.lower()}" for code in result["opened"]}
    opened = tuple(NewStation(base, names[code], lsoa_code=code) for code, base in bases.items())
    closed = tuple(dict.fromkeys((*start.closed_stations, *result["closed"])))
    units: Mapping[str, int] = result.get("units", {})
    if not opened and not units and closed == start.closed_stations:
        raise BadInput(
            Problem(
                "nothing_changed",
                "all the stations there are were chosen: as a scenario that changes nothing.",
                remedy="Ask for fewer stations, or for places beside them.",
            )
        )
    counted = [
        *[f"{len(opened)} opened"] * bool(opened),
        *[f"{len(result['closed'])} closed"] * bool(result["closed"]),
        *[f"{several(sum(units.values()), 'unit')} placed"] * bool(units),
    ]
    moved = " Posts are given to districts in proportion to their units." if units else ""
    made = replace(
        start,
        **_named(
            result,
            f"Stations: {' and '.join(counted)}",
            f"Where units start from as {result['model']} chose it for {result['hours']} hours.{moved}",
        ),
        stations=(*start.stations, *opened),
        closed_stations=closed,
    )
    if not units:
        return made
    force = force_of(workspace)
    posts, _ = workforce_of(force, start, values_of(force, start))
    own = [post for post in posts if post.duty == RESPONSE]
    by_district: dict[str, int] = {}
    for site, n_units in units.items():
        district = result["district_of"][site]
        by_district[district] = by_district.get(district, 0) + n_units
    return replace(
        made,
        station_units=tuple(StationUnits(bases.get(site, site), n) for site, n in units.items()),
        posts=(*start.posts, *_changes(own, _unit_factors(force, own, by_district))),
    )


def _unit_factors(force: Force, posts: Sequence[Post], units: Mapping[str, int]) -> dict[str | None, float]:
    """Return by what the posts of each place are multiplied so that its share of them is that of its units.

    As many posts stay as there are; those of the whole force are spread by residents, whatever units there are.
    """
    inside = {area.id: area.district_ids for area in force.areas}
    n_posts: dict[str, float] = {}
    for post in posts:
        if post.area_id is not None:
            n_posts[post.area_id] = n_posts.get(post.area_id, 0.0) + post.posts_fte
    placed = {
        place: sum(units.get(district, 0) for district in inside.get(place, (place,)))
        for place, there in n_posts.items()
        if there
    }
    total = sum(n_posts.values()) / (sum(placed.values()) or 1)
    return {
        place: total * n_units / n_posts[place] for place, n_units in placed.items() if any(placed.values())
    }
