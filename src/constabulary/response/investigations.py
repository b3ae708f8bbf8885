"""What crimes make of work for investigators: those of a run taken through their stages by two teams.

The teams are of volume and of complex crime. A half-year of crimes before the run fills the desks first, as an
investigation outlasts most runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from constabulary.response.arrivals import Arrivals
from constabulary.response.clock import HOUR_S, Clock
from constabulary.response.draws import Floats, Integers, Luck
from constabulary.response.figures import Key, Outcomes
from constabulary.response.investigation import Crimes, Teams, investigate

TEAMS = ("volume", "complex")
USES = (
    *("complex_share", "specialist_share", "investigation_hours_a_day", "investigation_work_h"),
    *("investigation_work_spread", "investigation_delay_days", "solved_share"),
)
"""The assumptions that crimes are investigated with."""
HISTORY_DAYS = 182
WORKING_SHARE = 5.0 / 7.0
FULL_SHARE = 0.99


@dataclass(frozen=True)
class InvestigationSetup:
    """Who investigates.

    Parameters
    ----------
    is_crime
        Which categories are crimes, by number.
    n_investigators
        Investigators in post who are not away, both teams.
    crimes_a_day
        Crimes expected in a day, for the half-year before the run.
    """

    is_crime: tuple[bool, ...]
    n_investigators: float
    crimes_a_day: float


def investigation_outcomes(
    setup: InvestigationSetup,
    came: Arrivals,
    values: Mapping[str, Any],
    clock: Clock,
    warm_up_s: float,
    luck: Luck,
) -> Outcomes:
    """Return the load of investigators and how long investigations take.

    Parameters
    ----------
    setup
        Who investigates.
    came
        The incidents of the replication; those of a category of crime are investigated.
    values
        Assumptions by name.
    clock, warm_up_s
        The run, and how much of its start does not count (s).
    luck
        The replication's random numbers.
    """
    is_crime = np.array(setup.is_crime)[came.category]
    in_run = np.floor(came.incidents.received_s[is_crime] / (24 * HOUR_S)).astype(np.int64)
    before = _before(setup, luck)
    on_day = np.concatenate([before, np.sort(np.clip(in_run, 0, clock.n_days - 1)) + HISTORY_DAYS])
    n, n_days = len(on_day), HISTORY_DAYS + clock.n_days
    team = (luck.uniform("crime team", n) < float(values["complex_share"])).astype(np.int64)
    crimes = _crimes(on_day, team, values, luck)
    share = float(values["specialist_share"])
    officers = setup.n_investigators * WORKING_SHARE * np.array([1.0 - share, share])
    found = investigate(
        crimes,
        Teams.of(np.repeat(officers[:, None], n_days, axis=1), float(values["investigation_hours_a_day"])),
    )
    first = HISTORY_DAYS + int(warm_up_s // (24 * HOUR_S))
    closed = (found.closed_on >= first) & (found.closed_on < n_days)
    used_h, there_h = found.used_h[:, first:].sum(axis=1), found.available_h[:, first:].sum(axis=1)
    busy = np.where(there_h > 0.0, used_h / np.maximum(there_h, 1e-9), 1.0)
    still_open = found.n_open[:, first:].mean(axis=1)
    figures: dict[Key, float] = {}
    for number, name in ((None, "all"), *enumerate(TEAMS)):
        rows = closed if number is None else closed & (team == number)
        lengths = found.length_days[rows]
        part = slice(None) if number is None else slice(number, number + 1)
        figures |= {
            Key("crimes_open", name): float(still_open[part].sum()),
            Key("investigation_median_days", name): float(np.median(lengths)) if len(lengths) else np.nan,
            Key("investigation_mean_days", name): float(lengths.mean()) if len(lengths) else np.nan,
            Key("investigator_load", name): _each(still_open[part], officers[part] / WORKING_SHARE),
            Key("investigator_busy_share", name): _each(used_h[part], there_h[part]),
        }
    # More work came, the half-year before the run counted in, than there were hours for: the backlog only grows.
    asked_h = np.bincount(team, np.where(crimes.team >= 0, crimes.work_h, 0.0).sum(axis=1), len(TEAMS))
    unstable = {
        name: f"Investigators of {name} crime are busy all the time and their open crimes grow."
        for number, name in enumerate(TEAMS)
        if busy[number] > FULL_SHARE and asked_h[number] > found.available_h[number].sum()
    }
    return Outcomes(figures, {}, unstable)


def _each(parts: Floats, wholes: Floats) -> float:
    """Return the sum of parts over that of wholes; not a number where these are none."""
    return float(parts.sum() / wholes.sum()) if wholes.sum() > 0.0 else np.nan


def _before(setup: InvestigationSetup, luck: Luck) -> Integers:
    """Return the days of crimes before the run, at random about their mean."""
    n_enough = int(setup.crimes_a_day * HISTORY_DAYS * 1.2 + 100)
    reached = np.cumsum(luck.exponential("crime before", n_enough)) / max(setup.crimes_a_day, 1e-9)
    return np.floor(reached[reached < HISTORY_DAYS]).astype(np.int64)


def _crimes(on_day: Integers, team: Integers, values: Mapping[str, Any], luck: Luck) -> Crimes:
    n = len(on_day)
    work = np.array([values["investigation_work_h"][name] for name in TEAMS], dtype=np.float64)[team]
    delay = np.array([values["investigation_delay_days"][name] for name in TEAMS], dtype=np.float64)[team]
    solved = np.array([values["solved_share"][name] for name in TEAMS])[team]
    has_file = luck.uniform("crime solved", n) < solved
    stages = np.repeat(team[:, None], 3, axis=1)
    stages[~has_file, 2] = -1
    spread = float(values["investigation_work_spread"])
    return Crimes.of(
        on_day=on_day,
        team=stages,
        work_h=work * np.exp(spread * luck.normal("crime work", n, 3)),
        delay_days=np.floor(delay * luck.exponential("crime delay", n, 3)).astype(np.int64),
        priority=1 - team,
    )
