"""Places where units should wait: asks the location models and hands their answers on as plain JSON values."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.core.provenance import Stamp
from constabulary.response.siting import coverage, pcentre, pmedian
from constabulary.response.siting.problem import Clock, Sites, Siting, SitingAnswer
from constabulary.services.staffing.siting_files import SitingFile, read_siting
from constabulary.services.workspace.files import read_text

MODELS: Mapping[str, str] = {
    "pmedian": "demand times minutes",
    "pcentre": "longest journey (min)",
    "mclp": "demand covered",
    "mexclp": "demand expected to find a free unit",
}
"""The models, and what the objective of each is."""


@dataclass(frozen=True)
class Question:
    """What is asked of a location model.

    Parameters
    ----------
    model
        One of `MODELS`.
    n_sites
        Sites to open, or for mexclp units to place; None: as many as an OR-Library file says.
    standard_min
        The time within which a place is covered (min); for mclp and mexclp.
    busy_share
        Share of its time for which each unit is busy; for mexclp.
    fixed
        Names of sites that are open whatever the answer.
    capacities
        What sites can hold, by name: demand, or for mexclp units; others hold any.
    n_alternatives
        How many next best answers to name.
    is_closing
        Whether to tell what closing each site of the answer costs.
    limit_s
        The longest to work on each model (s). An answer that is not proven by then depends on the machine's speed.
    """

    model: str
    n_sites: int | None = None
    standard_min: float | None = None
    busy_share: float | None = None
    fixed: tuple[str, ...] = ()
    capacities: Mapping[str, float] | None = None
    n_alternatives: int = 3
    is_closing: bool = False
    limit_s: float = 300.0


def locate_file(path: Path, question: Question) -> dict[str, Any]:
    """Return the best sites for a file of places, sites and minutes, as plain JSON values.

    Parameters
    ----------
    path
        As `services.staffing.siting_files.read_siting` describes it.
    question
        What is asked.

    Raises
    ------
    BadInput
        With everything that is wrong with either.
    """
    content = read_text(path)
    given = read_siting(content, path.name)
    return locate(given, question, {path.name: hashlib.sha256(content.encode()).hexdigest()})


def locate(given: SitingFile, question: Question, inputs: Mapping[str, str]) -> dict[str, Any]:
    """Return the best sites for places and sites at hand, as plain JSON values.

    Parameters
    ----------
    given
        Places, sites and minutes.
    question
        What is asked.
    inputs
        Hash of each input by its name, for the stamp.

    Raises
    ------
    BadInput
        With everything that is wrong with the question.
    """
    problem = _decided(given.problem, question)
    n_sites = _number_of_sites(given, question)
    answer = solve(problem, question, n_sites)

    def name(site: int) -> str | int:
        return site + 1 if given.has_node_numbers else problem.site_ids[site]

    def told(sites: Sites) -> dict[str, Any]:
        found: dict[str, Any] = {"sites": [name(site) for site in sites.sites], "objective": sites.objective}
        if question.model == "mexclp":
            found["units"] = {str(name(site)): n_units for site, n_units in sites.n_units}
        return found

    total = float(problem.weights.sum())
    result = {
        "schema": 1,
        "model": question.model,
        "objective_is": MODELS[question.model],
        **told(answer.best),
        "bound": answer.bound if isfinite(answer.bound) else None,
        "proven": answer.is_proven,
        "alternatives": [told(sites) for sites in answer.alternatives],
        "demand": total,
        "covered_share": answer.best.objective / total
        if question.model in ("mclp", "mexclp") and total
        else None,
        "mean_min": answer.best.objective / total if question.model == "pmedian" and total else None,
    }
    if question.is_closing:
        result["closing"] = [
            {"site": name(site), **closed}
            for site, closed in zip(answer.best.sites, closing(problem, question, answer.best), strict=True)
        ]
    asked = {
        "model": question.model,
        "n_sites": n_sites,
        "standard_min": question.standard_min,
        "busy_share": question.busy_share,
        "fixed": list(question.fixed),
        "capacities": dict(question.capacities or {}),
        "n_alternatives": question.n_alternatives,
        "is_closing": question.is_closing,
    }
    return {**result, "asked": asked, "stamp": Stamp(inputs, asked).as_json()}


def solve(problem: Siting, question: Question, n_sites: int) -> SitingAnswer:
    """Return a model's own answer.

    Parameters
    ----------
    problem
        Places, sites and minutes.
    question
        What is asked; its sites and capacities by name are not looked at.
    n_sites
        Sites to open, or units to place.

    Raises
    ------
    BadInput
        Where the question leaves something out, or has no answer.
    """
    _check_needed(question)
    left_s = _clock(question.limit_s)
    n_more = question.n_alternatives
    if question.model == "pmedian":
        return pmedian.pmedian(problem, n_sites, n_more, left_s)
    if question.model == "pcentre":
        return pcentre.pcentre(problem, n_sites, n_more, left_s)
    standard_min = float(question.standard_min or 0.0)
    if question.model == "mclp":
        return coverage.mclp(problem, n_sites, standard_min, n_more, left_s)
    busy_share = float(question.busy_share or 0.0)
    return coverage.mexclp(problem, n_sites, standard_min, busy_share, n_more, left_s)


def closing(problem: Siting, question: Question, best: Sites) -> Sequence[dict[str, float | None]]:
    """Return what closing each site of an answer costs while the others stay, with their units.

    Parameters
    ----------
    problem, question
        As for `solve`.
    best
        The answer.

    Returns
    -------
    Sequence
        For each site the objective without it and the change; None where the rest cannot serve all demand.
    """
    costs = []
    units = dict(best.n_units)
    for site in best.sites:
        others = [one for one in best.sites if one != site]
        after: float | None = None
        if others:
            after = _worth(problem, question, {one: units[one] for one in others})
        elif question.model in ("mclp", "mexclp"):
            after = 0.0
        costs.append({"objective": after, "change": None if after is None else after - best.objective})
    return costs


def _worth(problem: Siting, question: Question, units: Mapping[int, int]) -> float | None:
    """Return what a given set of sites is worth: the model with no other site to choose from."""
    if question.model == "mexclp":
        placed = np.zeros(problem.n_sites, dtype=np.int64)
        placed[list(units)] = list(units.values())
        return coverage.expected_cover(
            problem, placed, float(question.standard_min or 0.0), float(question.busy_share or 0.0)
        )
    kept = list(units)
    left = Siting(
        problem.weights,
        problem.minutes[:, kept],
        problem.place_ids,
        tuple(problem.site_ids[site] for site in kept),
        tuple(range(len(kept))),
        None if problem.capacities is None else problem.capacities[kept],
    )
    try:
        return solve(left, replace(question, n_alternatives=0), len(kept)).best.objective
    except BadInput:
        return None


def _decided(problem: Siting, question: Question) -> Siting:
    """Return the problem with the sites that are fixed and what they can hold."""
    if question.model not in MODELS:
        raise BadInput(_bad("model", question.model, ", ".join(MODELS)))
    number = {name: site for site, name in enumerate(problem.site_ids)}
    capacities = question.capacities or {}
    problems = [
        _bad("fixed" if name in question.fixed else "capacities", name, "the name of a site")
        for name in (*question.fixed, *capacities)
        if name not in number
    ]
    problems += [
        _bad("capacities", f"{name}={room:g}", "0 or more")
        for name, room in capacities.items()
        if not room >= 0.0
    ]
    if not question.limit_s > 0.0:
        problems.append(_bad("limit_s", f"{question.limit_s:g}", "seconds, more than 0"))
    problems += _of_demand(problem, question.model)
    if problems:
        raise BadInput(problems)
    room = problem.capacities
    if capacities:
        room = np.full(problem.n_sites, np.inf) if room is None else room.copy()
        for name, most in capacities.items():
            room[number[name]] = most
    if room is not None:
        room = np.minimum(room, max(float(problem.weights.sum()), question.n_sites or 0.0))
    fixed = tuple(sorted({number[name] for name in question.fixed}))
    return replace(problem, fixed=fixed, capacities=room)


def _of_demand(problem: Siting, model: str) -> list[Problem]:
    """Return what is wrong with demand: there is none, or no site reaches it though the model is to serve all of it."""
    if not problem.weights.any():
        return [
            Problem(
                "no_demand", "no place has demand.", column="demand", expected="a number above 0 somewhere"
            )
        ]
    is_lost = (problem.weights > 0.0) & ~np.isfinite(problem.minutes).any(axis=1)
    if model not in ("pmedian", "pcentre") or not is_lost.any():
        return []
    lost = [problem.place_ids[place] for place in np.flatnonzero(is_lost)]
    named = ", ".join(lost[:5]) + (f" and {len(lost) - 5:,} more" if len(lost) > 5 else "")
    return [
        Problem(
            "out_of_reach",
            f"no site reaches {named}.",
            column="minutes",
            expected="minutes from one site at least to every place with demand",
            remedy="Add the minutes, or leave out the demand.",
        )
    ]


def _number_of_sites(given: SitingFile, question: Question) -> int:
    n_sites = given.n_sites if question.n_sites is None else question.n_sites
    if n_sites is None:
        raise BadInput(
            Problem(
                "missing_value",
                "The file does not say how many sites to open.",
                column="n_sites",
                expected="a number",
                remedy="Give the number of sites, or for mexclp of units.",
            )
        )
    return n_sites


def _check_needed(question: Question) -> None:
    needed = {"mclp": ("standard_min",), "mexclp": ("standard_min", "busy_share")}.get(question.model, ())
    missing = [name for name in needed if getattr(question, name) is None]
    if missing:
        raise BadInput([_bad(name, None, f"a value: {question.model} asks for one") for name in missing])


def _clock(limit_s: float) -> Clock:
    end = time.monotonic() + limit_s
    return lambda: end - time.monotonic()


def _bad(column: str, value: str | None, expected: str) -> Problem:
    message = "is missing." if value is None else f'"{value}" cannot be used.'
    return Problem(f"bad_{column}", message, column=column, value=value, expected=expected)
