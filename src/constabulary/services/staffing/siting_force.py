"""Sites for a force's own units: its demand by place, its journeys, and the stations it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.force.rooms.response import Station
from constabulary.core.progress import Progress, silent
from constabulary.registers.access import Permission
from constabulary.response.draws import Floats
from constabulary.response.setup import Setup
from constabulary.response.siting.problem import Siting
from constabulary.services.response.setup import make_ready, scenario_of
from constabulary.services.response.simulation import PROPOSAL_SCHEMA, keep
from constabulary.services.staffing.siting import Question, locate
from constabulary.services.staffing.siting_files import SitingFile
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.geography import outlines
from constabulary.services.workspace.runs import runnable
from constabulary.store.workspace import Workspace

KIND = "sites"
CANDIDATES = ("stations", "places", "more")
"""Sites to choose from: the stations there are; the middle of every place; or such middles beside all the stations."""
REACH_MIN = (5, 10, 15, 20)
"""Minutes at which the classes of the map part."""
HOURS: Mapping[str, tuple[int, ...]] = {
    "all": tuple(range(24)),
    "day": tuple(range(7, 19)),
    "evening": tuple(range(19, 23)),
    "night": (23, 0, 1, 2, 3, 4, 5, 6),
}
"""Parts of the day whose journeys and demand may be looked at alone."""


def sites_of_force(
    workspace: Workspace,
    question: Question,
    candidates: str = "stations",
    hours: str = "all",
    *,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Return the best of a force's stations, or of all its places, and how soon each place is reached from them.

    Parameters
    ----------
    workspace
        Whose force folder.
    question
        What is asked; sites are named by station, or by the code of a place.
    candidates
        One of `CANDIDATES`.
    hours
        One of `HOURS`.
    progress
        Told how far it is; may stop it.

    Raises
    ------
    BadInput
        With everything that is wrong with the question.
    """
    for column, value, known in (("candidates", candidates, CANDIDATES), ("hours", hours, tuple(HOURS))):
        if value not in known:
            raise BadInput(
                Problem(
                    f"bad_{column}", f'"{value}" cannot be used.', column=column, expected=", ".join(known)
                )
            )
    ready = make_ready(workspace, scenario_of(workspace, None), 1)
    setup = ready.setup
    stations = force_of(workspace).rows(Station)
    siting, names = _siting(setup, stations, candidates, hours)
    if candidates == "more":
        kept_open = tuple(one.station_id for one in stations)
        n_sites = None if question.n_sites is None else question.n_sites + len(kept_open)
        question = replace(question, n_sites=n_sites, fixed=(*question.fixed, *kept_open))
    present = tuple(dict.fromkeys(atom for district in setup.bases.atoms for atom in district))
    inputs = {**ready.inputs, f"{candidates} at {hours} hours": force_of(workspace).files_sha256}
    progress(0, 2, "Looking for the best sites")
    result = locate(SitingFile(siting), question, inputs)
    progress(1, 2, "Timing journeys to every place")
    number = {name: site for site, name in enumerate(siting.site_ids)}
    chosen = [number[name] for name in result["sites"]]
    minutes = _minutes(setup, hours)
    found = {
        **result,
        "schema": PROPOSAL_SCHEMA,
        "kind": KIND,
        "force": force_of(workspace).name,
        "candidates": candidates,
        "hours": hours,
        "travel": setup.travel_how,
        "names": {name: names[name] for one in (result, *result["alternatives"]) for name in one["sites"]},
        "district_of": _district_of(setup, stations, result["sites"]),
        "opened": [name for name in result["sites"] if name in setup.places.codes],
        "closed": [one.station_id for one in stations if one.station_id not in result["sites"]],
        "places": [
            {
                "code": code,
                "incidents_per_day": float(siting.weights[place]),
                "minutes": float(siting.minutes[place, chosen].min()),
                "minutes_now": float(minutes[place, list(present)].min()),
            }
            for place, code in enumerate(setup.places.codes)
        ],
        "warnings": list(ready.warnings),
    }
    keep(workspace, found)
    progress(2, 2, "Done")
    return found


@runnable("response.sites", Permission.RUN_WORK)
def sites_run(
    workspace: Workspace,
    *,
    model: str,
    n_sites: int,
    standard_min: float,
    busy_share: float,
    candidates: str,
    hours: str,
    by: str,
    progress: Progress,
) -> Mapping[str, Any]:
    """Look for the best sites as long work; the result is kept by its stamp."""
    question = Question(model, n_sites, standard_min, busy_share, is_closing=True, limit_s=60.0)
    found = sites_of_force(workspace, question, candidates, hours, progress=progress)
    return {"kind": KIND, "stamp": found["stamp"]["id"], "name": model}


@dataclass(frozen=True)
class ReachMap:
    """How soon each place is reached, for drawing.

    Parameters
    ----------
    shapes, names, values, class_of
        Of each place: its outline, name, minutes as text and class.
    legend
        Number and words of each class.
    marks
        Longitude, latitude (degrees) and name of each site chosen.
    attribution
        What every map of these outlines must say.
    """

    shapes: tuple[Any, ...]
    names: tuple[str, ...]
    values: tuple[str, ...]
    class_of: tuple[int, ...]
    legend: tuple[tuple[int, str], ...]
    marks: tuple[tuple[float, float, str], ...]
    attribution: str


def reach_map(workspace: Workspace, result: Mapping[str, Any]) -> ReachMap | None:
    """Return how soon each place is reached from the sites of a result; None where the force has no outlines.

    Parameters
    ----------
    workspace
        Whose outlines.
    result
        What `sites_of_force` gave.
    """
    try:
        shapes = outlines(workspace, "lsoa")
    except NothingThere:
        return None
    minutes = {place["code"]: place["minutes"] for place in result["places"]}
    kept = [one for one, code in enumerate(shapes.area_ids) if code in minutes]
    times = [minutes[shapes.area_ids[one]] for one in kept]
    class_of = tuple(int(np.searchsorted(REACH_MIN, time, side="left")) for time in times)
    edges = (0, *REACH_MIN)
    words = [f"{low} to {high} minutes" for low, high in pairwise(edges)] + [f"over {edges[-1]} minutes"]
    counts = np.bincount(class_of, minlength=len(words))
    at = {
        row.station_id: (float(row.longitude), float(row.latitude))
        for row in force_of(workspace).rows(Station)
    }
    for one in kept:
        middle = shapes.geometries[one].centroid
        at.setdefault(shapes.area_ids[one], (middle.x, middle.y))
    return ReachMap(
        tuple(shapes.geometries[one] for one in kept),
        tuple(shapes.names[one] for one in kept),
        tuple(f"{time:.1f} min" for time in times),
        class_of,
        tuple((one, f"{text} ({counts[one]} places)") for one, text in enumerate(words)),
        tuple((*at[name], result["names"][name]) for name in result["sites"] if name in at),
        shapes.attribution,
    )


def _district_of(setup: Setup, stations: tuple[Station, ...], sites: list[str]) -> dict[str, str]:
    """Return the district whose units start at each site."""
    places = setup.places
    of_place = {
        code: places.district_ids[int(places.district[atom])] for atom, code in enumerate(places.codes)
    }
    known = of_place | {one.station_id: one.district_id for one in stations}
    return {site: known[site] for site in sites}


def _siting(
    setup: Setup, stations: tuple[Station, ...], candidates: str, hours: str
) -> tuple[Siting, dict[str, str]]:
    """Return places with the incidents a day of those hours, sites, and what sites are called."""
    places = setup.places
    hour = setup.clock.hour_of_week % 24
    rate = setup.demand.rate_per_h * setup.demand.factor
    by_hour = np.bincount(hour, rate, 24) / np.maximum(np.bincount(hour, minlength=24), 1)
    a_day = float(by_hour[list(HOURS[hours])].sum()) * float(setup.demand.grade_share.sum())
    weights = a_day * setup.demand.place_weight / setup.demand.place_weight.sum()
    minutes = _minutes(setup, hours)
    named = dict(zip(places.codes, places.names, strict=True))
    if candidates == "places":
        return Siting(weights, minutes, tuple(places.codes), tuple(places.codes)), named
    if not stations:
        raise BadInput(
            Problem(
                "no_stations",
                "the force folder has no stations to choose among.",
                file="response/stations.csv",
                remedy="Type them in, or choose among all places.",
            )
        )
    atoms = [places.nearest(float(one.longitude), float(one.latitude)) for one in stations]
    names = {one.station_id: one.name for one in stations}
    if candidates == "more":
        # A station's own place is no further site: it stands there already.
        free = [atom for atom in range(len(places)) if atom not in atoms]
        names |= {places.codes[atom]: named[places.codes[atom]] for atom in free}
        atoms += free
    return Siting(weights, minutes[:, atoms], tuple(places.codes), tuple(names)), names


def _minutes(setup: Setup, hours: str) -> Floats:
    """Return the mean journey of those hours with the most urgent grade's speed, shape (to, from)."""
    first = int(np.flatnonzero(setup.clock.hour_of_week % 24 == 0)[0])
    bands = setup.ground.band_of_hour[[first + hour for hour in HOURS[hours]]]
    table = np.mean([setup.ground.minutes[band] for band in bands], axis=0)
    return np.asarray(table * float(setup.grades.travel_factor[0]), dtype=np.float64)
