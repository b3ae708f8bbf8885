"""Makes structures ready to be simulated: a workspace's force folder, places, workforce and demand, and a scenario."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.response import ControlRoomRow, ShiftRow
from constabulary.parameters import load_parameters
from constabulary.response.arrivals import Recorded, recorded_of
from constabulary.response.clock import Clock
from constabulary.response.contacts import contact_setup
from constabulary.response.control_room import agents_on_duty
from constabulary.response.places import Places, places_of
from constabulary.response.rosters import RosterLine
from constabulary.response.rota.shifts import OnShift
from constabulary.response.scenario import Scenario, ShiftShare, as_it_stands
from constabulary.response.scenario_file import read_scenario
from constabulary.response.setup import Setup, setup_of
from constabulary.response.travel import Travel, by_matrix, by_middles, by_roads
from constabulary.services.response.values import known_parameters, values_of
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.geography import outlines
from constabulary.services.workspace.lens import view_of
from constabulary.sources.road_network import read_roads
from constabulary.sources.travel_times import read_travel_times
from constabulary.store.workspace import Workspace
from constabulary.synthetic.calendar import Year
from constabulary.synthetic.figures import COUNTS, COUNTS_AND_SHARES, find_figure
from constabulary.workforce.establishment import AddedPosts, Post, Shift, posts_of, shifts_of

SCENARIOS = "response/scenarios"
FIRST_ON = date(2024, 4, 1)
"""First day of a run of a force that publishes no figure of a year."""


@dataclass(frozen=True)
class Ready:
    """A structure ready to be simulated, and what a reader must know of it.

    Parameters
    ----------
    scenario, setup
        What is tried, and what it is simulated with.
    posts
        Its workforce.
    cost_gbp
        What its added posts and other costs come to in a year (pounds), against the force folder.
    n_a_year
        Incidents in 365 days before the scenario's factor.
    is_synthetic
        Whether made-up records are replayed.
    inputs
        SHA-256 of each input by its name.
    warnings
        What a reader must know.
    """

    scenario: Scenario
    setup: Setup
    posts: tuple[Post, ...]
    cost_gbp: float
    n_a_year: float
    is_synthetic: bool
    inputs: Mapping[str, str]
    warnings: tuple[str, ...]


def scenarios_of(force: Force) -> tuple[Path, ...]:
    """Return the scenario files of a force folder, by name."""
    return tuple(sorted((force.folder / SCENARIOS).glob("*.toml")))


def scenario_of(workspace: Workspace, path: Path | None) -> Scenario:
    """Return the scenario in a file, or the force folder as it stands without one.

    Raises
    ------
    BadInput
        With everything that is wrong with the file.
    """
    force = force_of(workspace)
    return as_it_stands(force) if path is None else read_scenario(path, force, known_parameters())


def make_ready(workspace: Workspace, scenario: Scenario, weeks: int | None = None) -> Ready:
    """Return what a scenario is simulated with.

    Parameters
    ----------
    workspace
        Whose force folder and records.
    scenario
        What is tried.
    weeks
        Weeks to simulate instead of the scenario's.

    Raises
    ------
    BadInput
        If something in the folder or the scenario does not allow it.
    BadForceFolder
        If the folder breaks a rule.
    """
    force = force_of(workspace)
    if weeks is not None:
        scenario = replace(scenario, weeks=weeks, warm_up_days=min(scenario.warm_up_days, (7 * weeks) // 4))
    values = values_of(force, scenario)
    warnings: list[str] = []
    year, n_a_year = _demand(force, values, warnings)
    clock = Clock(year.first_on, 7 * scenario.weeks, force.time_zone)
    places, travel = journeys_of(workspace, scenario, values)
    posts, shifts = workforce_of(force, scenario, values)
    recorded, is_synthetic = (
        _records(workspace, force, places, clock) if scenario.demand == "records" else (None, False)
    )
    weights = _category_weight(force, year, values)
    setup = setup_of(
        force,
        scenario,
        values,
        clock,
        places,
        travel,
        roster_of(force, posts, shifts, places, scenario.shift_shares),
        n_a_year,
        weights,
        _investigators(force, posts, values, n_a_year, weights),
        recorded,
        contact_setup(
            force,
            _contacts(force, year),
            clock,
            values,
            scenario.pools,
            scenario.factor,
            _call_takers(force, scenario),
        ),
    )
    responders = {post.role for post in posts if post.duty == "response"}
    warnings += [
        f"Added posts of the role {role} are costed as officers': if they cost less, say so in [cost] yearly_gbp."
        for role in sorted({one.role for one in scenario.posts} - responders)
    ]
    cost = (
        sum(one.posts_fte for one in scenario.posts) * float(values["officer_cost_gbp"]) + scenario.yearly_gbp
    )
    inputs = _inputs(force, scenario) | (view_of(workspace).inputs if recorded is not None else {})
    return Ready(scenario, setup, posts, cost, n_a_year, is_synthetic, inputs, (*places.warnings, *warnings))


def _inputs(force: Force, scenario: Scenario) -> dict[str, str]:
    """Return the digest of every file that a scenario of a force rests on, by what it is."""
    inputs = {"force folder": force.files_sha256}
    if scenario.sha256:
        inputs[f"scenario {scenario.name}"] = scenario.sha256
    for path in (scenario.matrix, *(scenario.roads or ())):
        if path is not None:
            inputs[f"travel {path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()
    return inputs


def journeys_of(workspace: Workspace, scenario: Scenario, values: Mapping[str, Any]) -> tuple[Places, Travel]:
    """Return the places of a force and the journeys between them: the scenario's matrix or roads, else by middles.

    Parameters
    ----------
    workspace
        Whose outlines.
    scenario
        What is tried.
    values
        Its assumptions by name, see `services.response.values.values_of`.

    Raises
    ------
    BadInput
        If the scenario's matrix or roads break a rule.
    """
    try:
        shapes = outlines(workspace, "lsoa")
    except NothingThere:
        shapes = None
    force = force_of(workspace)
    places = places_of(force, shapes, float(values["urban_lsoa_km2"]), float(values["district_km2"]))
    middles = by_middles(places, values)
    if scenario.matrix is not None:
        return places, by_matrix(places, read_travel_times(scenario.matrix), scenario.matrix.name)
    if scenario.roads is not None:
        roads = read_roads(*scenario.roads, values)
        return places, by_roads(places, roads, middles, values, scenario.roads[1].name)
    return places, middles


def roster_of(
    force: Force,
    posts: Sequence[Post],
    shifts: Sequence[Shift],
    places: Places,
    shares: Sequence[ShiftShare] = (),
) -> tuple[RosterLine, ...]:
    """Return who responds in each district on each shift; posts of an area or the force are spread by residents.

    Parameters
    ----------
    force
        Whose districts and areas.
    posts, shifts
        Its workforce.
    places
        Where incidents come from: a district without a place has no units.
    shares
        Shares of districts' people on shifts in place of their patterns' own.
    """
    own = {(one.district_id, one.pattern_id, one.shift_id): one.on_duty_share for one in shares}
    people = {district.id: float(district.population) for district in force.districts}
    inside = {area.id: area.district_ids for area in force.areas}
    lines = []
    for post in posts:
        if post.duty != "response" or post.posts_fte <= 0.0:
            continue
        named = (post.area_id,) if post.area_id else tuple(people)
        districts = [one for one in inside.get(post.area_id or "", named) if one in places.district_ids]
        residents = sum(people[one] for one in districts) or 1.0
        lines += [
            RosterLine(
                f"{district} {post.role} {post.pattern_id} {shift.shift_id}",
                places.district_ids.index(district),
                shift.weekdays,
                shift.start_min,
                shift.length_min,
                post.strength_fte
                * people[district]
                / residents
                * own.get((district, shift.pattern_id, shift.shift_id), shift.on_duty_share),
                shift.double_crewed_share,
                post.away_share,
            )
            for district in districts
            for shift in shifts
            if shift.pattern_id == post.pattern_id
        ]
    return tuple(lines)


def workforce_of(
    force: Force, scenario: Scenario, values: Mapping[str, Any]
) -> tuple[tuple[Post, ...], tuple[Shift, ...]]:
    """Return posts and shifts under a scenario."""
    added = [AddedPosts(one.role, one.duty, one.area_id, one.posts_fte) for one in scenario.posts]
    posts = posts_of(force, values, added, scenario.patterns_by_place)
    return posts, shifts_of(force, float(values["double_crewed_share"]), scenario.shifts)


def _demand(force: Force, values: Mapping[str, Any], warnings: list[str]) -> tuple[Year, float]:
    """Return the year that demand is published for, and incidents in 365 days of it."""
    yearly = [
        volume
        for volume in force.find_volumes("incidents")
        if volume.unit == "count"
        and volume.part is None
        and volume.basis in COUNTS
        and Year.starting(volume.period_start_on).is_of(volume)
    ]
    year = Year.starting(yearly[-1].period_start_on if yearly else FIRST_ON)
    figure = find_figure(force, year, "incidents")
    if figure is not None:
        return year, figure.value * 365.0 / year.n_days
    people = sum(district.population for district in force.districts)
    rate = float(values["incidents_per_resident"])
    warnings.append(
        f"The force folder publishes no year's incidents: {rate:g} for each resident is taken, "
        f"{people * rate:,.0f} in all."
    )
    return year, people * rate


def _investigators(
    force: Force, posts: tuple[Post, ...], values: Mapping[str, Any], n_a_year: float, weights: list[float]
) -> float:
    """Return investigators who are not away: posts with that duty, else by the crimes of a year."""
    held = [post for post in posts if post.duty == "investigation"]
    if held:
        return sum(post.strength_fte * (1.0 - post.away_share) for post in held)
    share = sum(
        weight for weight, one in zip(weights, force.incident_categories, strict=False) if one.is_crime
    ) / (sum(weights) or 1.0)
    n = float(values["investigators_per_1000_crimes"]) * n_a_year * share / 1000.0
    away = sum(values["away_share"].values())
    return float(n * (1.0 - values["vacancy_share"]) * (1.0 - away))


def _contacts(force: Force, year: Year) -> dict[str, float]:
    """Return contacts in 365 days by channel, of those that a figure of a year is published for."""
    found = {
        channel.id: find_figure(force, year, "contacts", "channel", channel.id) for channel in force.channels
    }
    return {one: figure.value * 365.0 / year.n_days for one, figure in found.items() if figure is not None}


def _call_takers(force: Force, scenario: Scenario) -> dict[str, Any] | None:
    """Return who is rostered to answer, by pool; None where agents are as many as targets take.

    Raises
    ------
    BadInput
        If nobody is said to answer.
    """
    if scenario.agents == "targets":
        return None
    room = scenario.control_room or force.rows(ControlRoomRow)
    if not room:
        raise BadInput(
            Problem(
                "no_call_takers",
                "agents are to be those rostered and nobody is.",
                column="contact.agents",
                expected="rows of response/control_room.csv or [[control_room]]",
            )
        )
    return agents_on_duty(room, (*force.rows(ShiftRow), *scenario.shifts), on_shift())


def on_shift() -> OnShift:
    """Return the briefing and breaks of a shift that rotas and control rooms are taken to have."""
    known = load_parameters("rota")
    return OnShift(float(known["briefing_s"].value) / 60.0, float(known["break_share"].value))


def _category_weight(force: Force, year: Year, values: Mapping[str, Any]) -> list[float]:
    """Return the share of each category: published, and the rest by the assumed weights."""
    whole = find_figure(force, year, "incidents")
    shares: dict[str, float] = {}
    for category in force.incident_categories:
        figure = find_figure(force, year, "incidents", "category", category.id, bases=COUNTS_AND_SHARES)
        if figure is not None and figure.volume.basis == "share":
            shares[category.id] = figure.value
        elif figure is not None and whole is not None and whole.value:
            shares[category.id] = figure.value / whole.value
    assumed = values["category_weight"]
    weights = {
        one.id: float(assumed.get(one.id, assumed["any_other"]))
        for one in force.incident_categories
        if one.id not in shares
    }
    left = max(1.0 - sum(shares.values()), 0.0)
    total = sum(weights.values()) or 1.0
    shares |= {one: left * weight / total for one, weight in weights.items()}
    found = [shares[category.id] for category in force.incident_categories]
    return found if sum(found) > 0 else [1.0] * max(len(found), 1)


def _records(workspace: Workspace, force: Force, places: Places, clock: Clock) -> tuple[Recorded, bool]:
    """Return the workspace's incidents to replay, real ones before made-up."""
    view = view_of(workspace)
    synthetic = {record.import_id for record in view.live if record.is_synthetic}
    frame = view.lens.sql(
        "SELECT received_at, grade, category, lsoa_code, n_units, on_scene_s, import_id FROM incidents"
    )
    is_made_up = frame["import_id"].cast(str).is_in(sorted(synthetic))
    is_synthetic = bool(is_made_up.all()) if frame.height else False
    frame = frame.filter(is_made_up if is_synthetic else ~is_made_up)
    grades = [grade.id for grade in force.grades if grade.is_attended]
    categories = [category.id for category in force.incident_categories]
    recorded = recorded_of(frame, places, grades, categories, clock)
    if not len(recorded.received_s):
        raise BadInput(
            Problem(
                "no_records",
                f"there are no incidents with a place from {clock.first_on} on to replay",
                expected="incidents in the workspace, or demand.of = published",
                remedy="Import some, or make some up: constabulary synthesise.",
            )
        )
    return recorded, is_synthetic
