"""Everything one structure is simulated with, worked out once from a force folder, its assumptions and a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.force.rooms.response import Station
from constabulary.response.arrivals import Arrivals, Demand, Recorded, draw, expected, replay
from constabulary.response.bounds import desk_problems, run_problems, value_problems
from constabulary.response.clock import Clock
from constabulary.response.contacts import ContactSetup
from constabulary.response.dispatch import simulate_dispatch
from constabulary.response.draws import Floats, Integers, Luck, by_grade
from constabulary.response.investigations import InvestigationSetup
from constabulary.response.model import CLOCKS, Duties, Grades, Ground, Rules
from constabulary.response.places import Places
from constabulary.response.result import DispatchResult
from constabulary.response.rosters import Bases, RosterLine, bases_of, draw_duties
from constabulary.response.scenario import Scenario
from constabulary.response.stations import stations_of, turns_of
from constabulary.response.travel import Travel

CLOCK_OF = {"offered": "received", "created": "recorded"}


@dataclass(frozen=True)
class Setup:
    """One structure, ready to be run.

    Parameters
    ----------
    name
        The scenario's.
    values
        Assumptions by name.
    clock, warm_up_s
        The run, and how much of its start does not count (s).
    places
        The atoms.
    demand, recorded
        What is expected to come in, or what came in; just one is used.
    lines, bases, area_of_district
        The roster, where units start from and the area that each district's units belong to, shape (districts,).
    grades, ground, rules
        As the dispatch engine takes them.
    grade_ids, area_ids
        Attended grades and areas by number.
    travel_how
        How travel times were worked out.
    contact
        How contacts are answered; None where none are published.
    investigation
        Who investigates.
    """

    name: str
    values: Mapping[str, Any]
    clock: Clock
    warm_up_s: float
    places: Places
    demand: Demand
    recorded: Recorded | None
    lines: tuple[RosterLine, ...]
    bases: Bases
    area_of_district: Integers
    grades: Grades
    ground: Ground
    rules: Rules
    grade_ids: tuple[str, ...]
    area_ids: tuple[str, ...]
    travel_how: str
    contact: ContactSetup | None
    investigation: InvestigationSetup


@dataclass(frozen=True)
class Replication:
    """One run of a structure.

    Parameters
    ----------
    came, arrivals
        All that came in, and what of it somebody was to be sent to: rows of the result are those of `arrivals`.
    duties, district_of_duty
        Who was on duty, and of which district, shape (duties,).
    result
        What became of it.
    """

    came: Arrivals
    arrivals: Arrivals
    duties: Duties
    district_of_duty: Integers
    result: DispatchResult


def setup_of(
    force: Force,
    scenario: Scenario,
    values: Mapping[str, Any],
    clock: Clock,
    places: Places,
    travel: Travel,
    lines: Sequence[RosterLine],
    n_a_year: float,
    category_weight: Sequence[float],
    n_investigators: float,
    recorded: Recorded | None = None,
    contact: ContactSetup | None = None,
) -> Setup:
    """Return what a structure is simulated with.

    Parameters
    ----------
    force
        Whose grades, targets, stations and areas count.
    scenario
        What is tried.
    values
        Assumptions by name, the scenario's own among them.
    clock, places, travel, lines
        The run, the atoms, the times between them and the roster.
    n_a_year
        Incidents a year (365 days).
    category_weight
        How often each category of the force, against the others.
    n_investigators
        Investigators in post who are not away.
    recorded
        Incidents to replay; none: drawn.
    contact
        How contacts are answered, where it is known.

    Raises
    ------
    BadInput
        If nobody is sent to any grade, nobody is on duty, or there is more than can be simulated.
    """
    attended = [grade for grade in force.grades if grade.is_attended]
    problems = []
    if not attended:
        problems.append(Problem("no_grade", "nobody is sent to any grade of this force", file="force.toml"))
    problems += [
        *run_problems(clock, n_a_year * scenario.factor, lines, contact),
        *value_problems(values, max(len(attended), 1)),
        *desk_problems(force.rows(Station)),
    ]
    if problems:
        raise BadInput(problems)
    area_ids, area_of_district = _areas(force, scenario, places)
    place_weight = _place_weight(force, places)
    grades = _grades(force, values, [grade.id for grade in attended])
    demand = Demand(
        expected(
            clock,
            n_a_year,
            np.ravel(values["hour_of_week"]["incident"]).astype(np.float64),
            np.array(values["month_weight"]["incident"], dtype=np.float64),
        ),
        place_weight,
        _grade_share(values, len(attended), has_unattended=len(attended) < len(force.grades)),
        np.array(category_weight, dtype=np.float64),
        scenario.factor,
    )
    stations = stations_of(force, scenario, places)
    rules = Rules(
        **scenario.rules,
        turnout_s=float(values["turnout_s"]),
        patrol_s=float(values["patrol_s"]),
    )
    suite_atoms, suite_desks = _custody(stations, places, place_weight, values)
    ground = Ground.of(
        travel.minutes,
        area_of_district[places.district],
        n_grades=len(attended),
        band_of_hour=travel.band_of_hour[clock.hour_of_week % 24],
        reserve=_reserve(values, lines, area_of_district, len(attended), len(area_ids)),
        suite_atoms=suite_atoms,
        suite_desks=suite_desks,
        is_rural=places.is_rural,
    )
    return Setup(
        name=scenario.name,
        values=values,
        clock=clock,
        warm_up_s=float(clock.at_s(np.array([scenario.warm_up_days]), 0)[0]),
        places=places,
        demand=demand,
        recorded=recorded,
        lines=tuple(lines),
        bases=bases_of(
            places, turns_of(stations, scenario.station_units), place_weight, scenario.closed_stations
        ),
        area_of_district=area_of_district,
        grades=grades,
        ground=ground,
        rules=rules,
        grade_ids=tuple(grade.id for grade in attended),
        area_ids=area_ids,
        travel_how=travel.how,
        contact=contact,
        investigation=_investigation(force, category_weight, n_investigators, n_a_year * scenario.factor),
    )


def arrivals_of(setup: Setup, luck: Luck) -> Arrivals:
    """Return the incidents of one replication: drawn, or replayed."""
    if setup.recorded is None:
        return draw(setup.demand, setup.values, setup.clock, luck)
    return replay(setup.recorded, len(setup.grade_ids), setup.values, setup.clock, luck)


def units_of(setup: Setup, luck: Luck) -> tuple[Duties, Integers]:
    """Return the units of one replication and the district of each."""
    return draw_duties(
        setup.lines, setup.places, setup.bases, setup.area_of_district, setup.clock, setup.values, luck
    )


def run(
    setup: Setup,
    luck: Luck,
    arrivals: Arrivals | None = None,
    units: tuple[Duties, Integers] | None = None,
    *,
    with_journeys: bool = False,
) -> Replication:
    """Simulate one replication of a structure.

    Parameters
    ----------
    setup
        The structure.
    luck
        The replication's random numbers.
    arrivals
        Its incidents, where they were drawn already for another structure with the same demand.
    units
        Its units and their districts, where they were drawn already for another with the same roster and bases.
    with_journeys
        Whether every journey is told too.
    """
    came = arrivals_of(setup, luck) if arrivals is None else arrivals
    drawn, district = units_of(setup, luck) if units is None else units
    duties = replace(drawn, area=setup.area_of_district[district])
    sought = came.attended if setup.rules.resolving else came
    result = simulate_dispatch(
        sought.incidents, duties, setup.grades, setup.ground, setup.rules, with_journeys=with_journeys
    )
    return Replication(came, sought, duties, district, result)


def _areas(force: Force, scenario: Scenario, places: Places) -> tuple[tuple[str, ...], Integers]:
    """Return the areas, and the area of each district of the places."""
    if scenario.areas == "one":
        area_of = dict.fromkeys(places.district_ids, force.id)
    elif scenario.areas == "areas":
        area_of = {district: area.id for area in force.areas for district in area.district_ids}
    elif isinstance(scenario.areas, str):
        area_of = {district: district for district in places.district_ids}
    else:
        area_of = {district: name for name, districts in scenario.areas.items() for district in districts}
    # A district in none of the force's areas stays its own.
    named = [area_of.get(district, district) for district in places.district_ids]
    ids = tuple(dict.fromkeys(named))
    return ids, np.array([ids.index(one) for one in named], dtype=np.int64)


def _investigation(
    force: Force, category_weight: Sequence[float], n_investigators: float, n_a_year: float
) -> InvestigationSetup:
    """Return what investigation is simulated with: of a year's incidents, those of categories that are crimes."""
    is_crime = tuple(category.is_crime for category in force.incident_categories)
    crime_share = sum(weight for weight, crime in zip(category_weight, is_crime, strict=False) if crime)
    crime_share /= sum(category_weight) or 1.0
    return InvestigationSetup(is_crime or (False,), n_investigators, n_a_year / 365.0 * crime_share)


def _place_weight(force: Force, places: Places) -> Floats:
    """Return how often each atom is the place: by the residents of its district, atoms of one alike.

    Where the residents of every atom are known they count instead.
    """
    residents = {row.lsoa_code: float(row.residents) for row in force.residents}
    if all(code in residents for code in places.codes):
        return np.array([residents[code] for code in places.codes])
    people = {district.id: float(district.population) for district in force.districts}
    n_atoms = np.bincount(places.district, minlength=len(places.district_ids))
    per_atom = np.array([people[one] for one in places.district_ids]) / n_atoms
    return per_atom[places.district]


def _custody(
    stations: Sequence[Station], places: Places, place_weight: Floats, values: Mapping[str, Any]
) -> tuple[list[int], list[int]]:
    """Return atoms and desks of the custody suites; where no station has one, an assumed one where most happens."""
    suites = [
        (places.nearest(float(one.longitude), float(one.latitude)), one.n_custody_desks)
        for one in stations
        if one.n_custody_desks
    ] or [(int(place_weight.argmax()), int(values["custody_desks"]))]
    return [atom for atom, _ in suites], [desks for _, desks in suites]


def _grade_share(values: Mapping[str, Any], n_attended: int, has_unattended: bool) -> Floats:
    """Return the share of each attended grade among all incidents, shape (attended grades,)."""
    weights = by_grade(values, "attended_grade_weight", n_attended)
    attended = 1.0 - float(values["unattended_share"]) if has_unattended else 1.0
    return attended * weights / float(weights.sum())


def _grades(force: Force, values: Mapping[str, Any], grade_ids: Sequence[str]) -> Grades:
    n = len(grade_ids)
    urban, rural = np.full(n, np.nan), np.full(n, np.nan)
    clock = np.full(n, CLOCKS.index("recorded"))
    for number, grade in enumerate(grade_ids):
        for target in force.targets:
            if target.grade == grade and target.clock_stop == "arrived":
                clock[number] = CLOCKS.index(CLOCK_OF[target.clock_start])
                if target.setting in (None, "urban"):
                    urban[number] = target.seconds
                if target.setting in (None, "rural"):
                    rural[number] = target.seconds
    can_be_left = np.ones(n, np.bool_)
    can_be_left[0] = False
    return Grades.of(
        target_urban_s=urban,
        target_rural_s=rural,
        clock=clock,
        travel_factor=by_grade(values, "blue_light_factor", n),
        border_s=by_grade(values, "border_s", n),
        may_preempt=by_grade(values, "preempts_en_route", n) > 0.5,
        may_preempt_on_scene=by_grade(values, "preempts_on_scene", n) > 0.5,
        may_be_preempted=can_be_left,
        may_interrupt_meal=by_grade(values, "interrupts_meal", n) > 0.5,
        end_guard_s=by_grade(values, "end_guard_s", n),
    )


def mean_units(lines: Sequence[RosterLine], area_of_district: Integers, n_areas: int) -> Floats:
    """Return the mean units of each area that turn up, over all hours of the week, shape (areas,)."""
    units = np.zeros(n_areas)
    for line in lines:
        share = len(line.weekdays) * line.length_min / (7 * 24 * 60)
        alone = 1.0 - 0.5 * line.double_crewed_share
        units[area_of_district[line.district]] += line.officers * alone * (1.0 - line.away_share) * share
    return units


def _reserve(
    values: Mapping[str, Any],
    lines: Sequence[RosterLine],
    area_of_district: Integers,
    n_grades: int,
    n_areas: int,
) -> Integers:
    """Return the units of each area that each grade must leave free, shape (grades, areas)."""
    share = by_grade(values, "reserve_share", n_grades)
    units = mean_units(lines, area_of_district, n_areas)
    return np.floor(share[:, None] * units[None, :] + 0.5).astype(np.int64)
