"""The hypercube model of a structure: how busy its units are and how far they go, as a second opinion on simulation.

As many units as are on duty on average through the week stand at one place each, of those that units of their district
patrol, or at their base where free units wait there. They are sent by the journeys and the head start of an area's own
units that simulation knows. Shifts, meals, preemption and busy evenings the model does not know.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from constabulary.response.allocation import Guide
from constabulary.response.draws import Floats, Integers
from constabulary.response.hypercube import MOST_UNITS, Hypercube, solve_hypercube
from constabulary.response.hypercube_approximation import ApproximateHypercube, approximate_hypercube
from constabulary.response.hypercube_model import HypercubeModel, by_nearness
from constabulary.response.need import work_of
from constabulary.response.setup import Setup

_ROUNDS = 3
_LAST_RESORT_S = 1e9


@dataclass(frozen=True)
class SecondOpinion:
    """What the hypercube model says of each district, every figure of shape (districts,).

    Parameters
    ----------
    n_units
        Units on duty, on average through the week.
    busy_share
        Share of their time for which the district's units are busy.
    travel_min
        Mean journey of a unit to the district's incidents (min); not a number without any.
    cross_border_share
        Share of dispatches to them that send a unit of another area; not a number without any.
    is_exact
        Whether the model was solved exactly; otherwise by Larson's approximation.
    """

    n_units: Floats
    busy_share: Floats
    travel_min: Floats
    cross_border_share: Floats
    is_exact: bool


def second_opinion(setup: Setup, guide: Guide, officers: Floats, seed: int) -> SecondOpinion | None:
    """Return what the hypercube model says; None where units cannot keep up on average, or loads do not settle.

    A unit is bound by an incident for its journey too, which the model tells: it is solved again with journeys as it
    told them.

    Parameters
    ----------
    setup, guide
        The structure and its guide.
    officers
        Officers by district and shift, shape (districts, kinds).
    seed
        Of what is drawn: mean times at the scene, and where units stand.
    """
    works = work_of(setup, seed)
    mean_units = (officers @ guide.units_each).mean(axis=1)
    district, stood = _stood(setup, mean_units, np.random.default_rng(seed))
    n_places, n_grades = len(setup.places), len(setup.grade_ids)
    rates = np.zeros((n_grades, n_places))
    for work in works:
        rates[:, work.atoms] = np.outer(work.incidents_per_h.mean(axis=0), work.weights) * work.units_each
    total = rates.sum(axis=1)
    scene_s = float(np.mean([work.bound_s for work in works]))
    minutes = np.asarray(setup.ground.minutes, dtype=np.float64).mean(axis=0)
    # An atom of the model is a place with a grade: how soon, and from whose units, depends on both.
    factor = np.asarray(setup.grades.travel_factor, dtype=np.float64)
    to_place = minutes[:, stood].T
    journeys = np.concatenate([to_place * one for one in factor], axis=1)
    is_other = (
        setup.area_of_district[district][:, None] != setup.area_of_district[setup.places.district][None, :]
    )
    border_s = np.minimum(setup.grades.border_s if setup.rules.cross_border else np.inf, _LAST_RESORT_S)
    border_s = np.broadcast_to(border_s, (n_grades,))
    start_min = np.concatenate([is_other * one / 60.0 for one in border_s], axis=1)
    between = minutes * float(factor @ total) / float(total.sum())
    model = HypercubeModel(rates.ravel(), 1.0, by_nearness(journeys + start_min), "infinite")
    travel_min = float(model.rates @ journeys.min(axis=0)) / float(model.rates.sum())
    for _ in range(_ROUNDS):
        model = replace(model, service_rate=3600.0 / (scene_s + 60.0 * travel_min))
        solved = _solved(model)
        if solved is None:
            return None
        answer = solved
        travelled = _minutes_of_dispatches(model, answer, journeys, between)
        travel_min = float(travelled.sum())
    of_place = setup.places.district[np.arange(n_places * n_grades) % n_places]
    inside = of_place[None, :] == np.arange(len(mean_units))[:, None]
    others = np.where(np.tile(is_other, n_grades), answer.dispatch_share, 0.0).sum(axis=0)
    share = inside @ answer.dispatch_share.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return SecondOpinion(
            mean_units,
            np.array([answer.utilisation[district == one].mean() for one in range(len(mean_units))]),
            inside @ travelled / share,
            inside @ others / share,
            isinstance(answer, Hypercube),
        )


def _stood(setup: Setup, mean_units: Floats, rng: np.random.Generator) -> tuple[Integers, Integers]:
    """Return the district and the atom of each unit, one unit at least in each district."""
    n_units = np.maximum(1, np.round(mean_units)).astype(np.int64)
    stood = []
    for district, n in enumerate(n_units):
        if setup.rules.patrolling:
            inside = np.flatnonzero(setup.places.district == district)
            weight = setup.bases.patrol_weight[inside] + 1e-12
            stood.append(rng.choice(inside, n, p=weight / weight.sum()))
        else:
            stood.append(np.resize(setup.bases.atoms[district], n))
    return np.repeat(np.arange(len(n_units)), n_units), np.concatenate(stood).astype(np.int64)


def _solved(model: HypercubeModel) -> Hypercube | ApproximateHypercube | None:
    if not model.is_stable:
        return None
    return solve_hypercube(model) if model.n_units <= MOST_UNITS else approximate_hypercube(model)


def _minutes_of_dispatches(
    model: HypercubeModel, answer: Hypercube | ApproximateHypercube, journeys: Floats, between: Floats
) -> Floats:
    """Return minutes of dispatches to each atom, per dispatch anywhere: those at once, and those after a wait."""
    at_once = (answer.direct_share * journeys).sum(axis=0)
    waited = answer.dispatch_share.sum(axis=0) - answer.direct_share.sum(axis=0)
    n_places = len(between)
    where = model.rates.reshape(-1, n_places).sum(axis=0) / model.rates.sum()
    return np.asarray(at_once + waited * np.tile(between @ where, model.rates.size // n_places))
