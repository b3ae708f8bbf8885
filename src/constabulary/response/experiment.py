"""Replications of one or more structures with the same luck, until the figures are as sure as wanted.

Replications run through joblib: on threads here, on whatever the caller has set by `joblib.parallel_config` elsewhere.

References
----------
A. M. Law, Simulation Modeling and Analysis (2015), 9.4 and 10.2: confidence intervals of replications, to a wanted
half-width, and of paired differences under common random numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from scipy.special import stdtrit

from constabulary.core.progress import Progress, silent
from constabulary.response import investigations
from constabulary.response.arrivals import USES, Arrivals
from constabulary.response.contact_simulation import Contacts
from constabulary.response.contacts import (
    ANSWER_USES,
    after_answer,
    answer,
    contact_outcomes,
    contacts_of,
)
from constabulary.response.draws import Floats, Integers, Luck
from constabulary.response.figures import ALL, TIMED, Key, Outcomes
from constabulary.response.investigations import InvestigationSetup, investigation_outcomes
from constabulary.response.model import Duties
from constabulary.response.outcomes import outcomes_of
from constabulary.response.setup import Setup, arrivals_of, run, units_of

LEVEL = 0.95
FIRST = 4
"""Replications before it is asked whether there are enough."""


@dataclass(frozen=True)
class Estimate:
    """The mean of a figure over replications.

    Parameters
    ----------
    mean
        None where no replication gave the figure.
    half_width
        Half the width of the interval that holds the true mean at the experiment's level; None with fewer than two.
    n
        Replications that gave it.
    """

    mean: float | None
    half_width: float | None
    n: int

    @property
    def is_clear(self) -> bool:
        """Whether the interval lies wholly on one side of nought."""
        return self.mean is not None and self.half_width is not None and abs(self.mean) > self.half_width


@dataclass(frozen=True)
class Results:
    """What the replications of one structure give.

    Parameters
    ----------
    name
        The structure's.
    figures
        Estimates by key.
    hours
        Mean and half-width by hour of the week, shape (168,) each, not a number where there is none.
    unstable
        Why a grade or queue is not kept up with, where that was so in half of the replications or more.
    runs
        The figures of each replication.
    """

    name: str
    figures: Mapping[Key, Estimate]
    hours: Mapping[Key, tuple[Floats, Floats]]
    unstable: Mapping[str, str]
    runs: tuple[Outcomes, ...]

    def reason(self, key: Key) -> str:
        """Return why a figure says nothing, as its queue grows without end; empty where it says something.

        Parameters
        ----------
        key
            The figure; one of all says nothing where one of its parts does not.
        """
        if key.figure not in TIMED:
            return ""
        if key.of != ALL:
            return self.unstable.get(key.of, "")
        parts = (why for of, why in self.unstable.items() if Key(key.figure, of) in self.figures)
        return next(parts, "")


@dataclass(frozen=True)
class Experiment:
    """Structures beside each other.

    Parameters
    ----------
    results
        Of each structure, in order.
    n_replications, seed, level
        How it was made; intervals hold the true mean this often.
    """

    results: tuple[Results, ...]
    n_replications: int
    seed: int
    level: float = LEVEL

    def differences(self, number: int, base: int = 0) -> dict[Key, Estimate]:
        """Return how a structure's figures differ from another's, replication by replication.

        Parameters
        ----------
        number, base
            The structure, and the one it is held against.
        """
        ours, theirs = self.results[number].runs, self.results[base].runs
        shared = [key for key in theirs[0].figures if key in ours[0].figures]
        return {
            key: estimate(
                [a.figures[key] - b.figures[key] for a, b in zip(ours, theirs, strict=True)], self.level
            )
            for key in shared
        }


def estimate(values: Sequence[float], level: float = LEVEL) -> Estimate:
    """Return mean and half-width of some values, those that are not a number left out.

    Examples
    --------
    >>> estimate([1.0, 2.0, 3.0]).mean, round(estimate([1.0, 2.0, 3.0]).half_width, 3)
    (2.0, 2.484)
    """
    known = np.array(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    n = len(known)
    if n == 0:
        return Estimate(None, None, 0)
    if n == 1:
        return Estimate(float(known[0]), None, 1)
    spread = float(stdtrit(n - 1, 0.5 + level / 2.0) * known.std(ddof=1) / np.sqrt(n))
    return Estimate(float(known.mean()), spread, n)


def experiment(
    setups: Sequence[Setup],
    n_replications: int,
    seed: int,
    *,
    wanted: Mapping[Key, float] | None = None,
    n_jobs: int = -1,
    first: int = 0,
    progress: Progress = silent,
) -> Experiment:
    """Run replications of structures, each replication with the same luck for all of them.

    Parameters
    ----------
    setups
        The structures.
    n_replications
        How many; the most where half-widths are wanted.
    seed
        The same seed gives the same figures, whatever runs them.
    wanted
        Half-widths to reach in every structure: replications stop once all are met.
    n_jobs
        Replications at once; -1 is one a core.
    first
        Number of the first replication: further ones go on from those that were run before.
    progress
        Told how far it is; may stop it.
    """
    shared = _shared(setups)
    runs: list[tuple[Outcomes, ...]] = []
    with Parallel(n_jobs=n_jobs, prefer="threads") as parallel:
        # Two each, so that none idles for long while another ends; progress is told and stopping heard in between.
        batch = 2 * max(parallel.n_jobs, 1)
        while len(runs) < n_replications:
            done = len(runs)
            progress(done, n_replications, f"Replication {done + 1} of {n_replications}")
            numbers = range(done, min(done + batch, n_replications))
            runs += parallel(delayed(replicate)(setups, shared, seed, first + one) for one in numbers)
            # However many were run at once, as many count as when they are looked at one by one.
            enough = range(max(done + 1, FIRST), len(runs) + 1) if wanted else ()
            met = next((n for n in enough if _is_met(runs[:n], wanted or {})), None)
            if met is not None:
                runs = runs[:met]
                break
    progress(n_replications, n_replications, "Adding up")
    results = tuple(
        _results(setup.name, [each[number] for each in runs]) for number, setup in enumerate(setups)
    )
    return Experiment(results, len(runs), seed)


def replicate(
    setups: Sequence[Setup], shared: Sequence[int], seed: int, replication: int
) -> tuple[Outcomes, ...]:
    """Return the figures of every structure in one replication.

    Parameters
    ----------
    setups
        The structures.
    shared
        For each, the first structure that meets the same incidents.
    seed, replication
        Which luck.
    """
    luck = Luck(seed, replication)
    came: dict[int, Arrivals] = {}
    contacts: dict[int, Contacts] = {}
    met: dict[int, tuple[Arrivals, Outcomes]] = {}
    crimes: dict[tuple[int, InvestigationSetup, str], Outcomes] = {}
    units: dict[int, tuple[Duties, Integers]] = {}
    found = []
    # What structures have in common is drawn and simulated once.
    for number, (setup, first) in enumerate(zip(setups, shared, strict=True)):
        before = [one for one in range(number + 1) if shared[one] == first]
        if first not in came:
            came[first] = arrivals_of(setups[first], luck)
        arrivals, parts = came[first], []
        if setup.contact is not None:
            called = next(one for one in before if _is_called_alike(setups[one], setup))
            alike = next(one for one in before if _is_answered_alike(setups[one], setup))
            if called not in contacts:
                contacts[called] = contacts_of(setup.contact, setup.values, setup.clock, luck)
            if alike not in met:
                answers = answer(setup.contact, setup.values, setup.clock, luck, contacts[called])
                met[alike] = (
                    after_answer(arrivals, setup.contact, answers, setup.values, luck),
                    contact_outcomes(setup.contact, answers, setup.clock, setup.warm_up_s),
                )
            arrivals = met[alike][0]
            parts.append(met[alike][1])
        assumed = repr([setup.values[name] for name in investigations.USES])
        team = (first, setup.investigation, assumed)
        if team not in crimes:
            crimes[team] = investigation_outcomes(
                setup.investigation, came[first], setup.values, setup.clock, setup.warm_up_s, luck
            )
        parts.append(crimes[team])
        crewed = next(one for one in range(number + 1) if _is_crewed_alike(setups[one], setup))
        if crewed not in units:
            units[crewed] = units_of(setup, luck)
        done = run(setup, luck, arrivals, units[crewed])
        found.append(_joined(outcomes_of(setup, done), *parts))
    return tuple(found)


def _is_called_alike(one: Setup, other: Setup) -> bool:
    if one.contact is None or other.contact is None:
        return False
    return (
        one.contact.factor == other.contact.factor
        and one.contact.channel_ids == other.contact.channel_ids
        and np.array_equal(one.contact.rate_per_h, other.contact.rate_per_h)
        and all(one.values[name] == other.values[name] for name in ANSWER_USES)
    )


def _is_answered_alike(one: Setup, other: Setup) -> bool:
    if one.contact is None or other.contact is None or not _is_called_alike(one, other):
        return False
    ours, theirs = one.contact.agents, other.contact.agents
    return np.array_equal(ours.n, theirs.n) and np.array_equal(ours.serves, theirs.serves)


def _is_crewed_alike(one: Setup, other: Setup) -> bool:
    return (
        one.lines == other.lines
        and one.clock == other.clock
        and one.bases.atoms == other.bases.atoms
        and np.array_equal(one.bases.patrol_weight, other.bases.patrol_weight)
        and all(one.values[name] == other.values[name] for name in ("meal_s", "meal_window"))
    )


def _joined(one: Outcomes, *others: Outcomes) -> Outcomes:
    figures, hours, unstable = dict(one.figures), dict(one.hours), dict(one.unstable)
    for other in others:
        figures.update(other.figures)
        hours.update(other.hours)
        unstable.update(other.unstable)
    return Outcomes(figures, hours, unstable)


def _shared(setups: Sequence[Setup]) -> list[int]:
    """Return, for each structure, the first whose incidents are drawn just alike."""
    return [
        next(first for first in range(number + 1) if _is_alike(setups[first], setups[number]))
        for number in range(len(setups))
    ]


def _is_alike(one: Setup, other: Setup) -> bool:
    return (
        one.clock == other.clock
        and one.recorded is other.recorded
        and one.demand.factor == other.demand.factor
        and np.array_equal(one.demand.rate_per_h, other.demand.rate_per_h)
        and np.array_equal(one.demand.place_weight, other.demand.place_weight)
        and np.array_equal(one.demand.grade_share, other.demand.grade_share)
        and np.array_equal(one.demand.category_weight, other.demand.category_weight)
        and all(one.values[name] == other.values[name] for name in USES)
    )


def _is_met(runs: Sequence[tuple[Outcomes, ...]], wanted: Mapping[Key, float]) -> bool:
    for number in range(len(runs[0])):
        for key, most in wanted.items():
            found = estimate([each[number].figures.get(key, np.nan) for each in runs])
            if found.half_width is None or found.half_width > most:
                return False
    return True


def _results(name: str, runs: Sequence[Outcomes]) -> Results:
    unstable: dict[str, str] = {}
    for one in dict.fromkeys(key for each in runs for key in each.unstable):
        told = [each.unstable[one] for each in runs if one in each.unstable]
        if 2 * len(told) >= len(runs):
            unstable[one] = told[-1]
    return Results(
        name,
        {key: estimate([each.figures[key] for each in runs]) for key in runs[0].figures},
        {key: _by_hour([each.hours[key] for each in runs]) for key in runs[0].hours},
        unstable,
        tuple(runs),
    )


def _by_hour(rows: Sequence[Floats]) -> tuple[Floats, Floats]:
    table = np.array(rows)
    n = (~np.isnan(table)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, np.nansum(table, axis=0) / n, np.nan)
        variance = np.nansum((table - mean) ** 2, axis=0) / (n - 1)
        half = stdtrit(np.maximum(n - 1, 1), 0.5 + LEVEL / 2.0) * np.sqrt(variance / n)
    return mean, np.where(n > 1, half, np.nan)
