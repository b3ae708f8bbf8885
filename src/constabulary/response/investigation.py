"""Investigation simulated: crimes through the stages of each, team by team, day by day, with the backlog as a stock.

The rules: a crime waits for the team of its first stage. A team takes up what waits, the most urgent first and then the
one that has waited longest, while it holds fewer crimes than its caseload allows. Each day it spends its hours on the
crimes it holds in the same order, on each no more than one person can. When a stage's work is done its delay begins
(forensics, a decision, a witness), for which the team goes on holding the crime; then the next stage follows, at
another team from the day after. After its last stage the crime is closed; one without a stage is closed at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from constabulary.core.errors import BadInput
from constabulary.response._kernel import investigation as kernel
from constabulary.response.rows import (
    Floats,
    Integers,
    Rows,
    fixed,
    not_ascending,
    not_between,
    not_numbers,
    problem,
    uneven,
    unless,
)

MOST_PRIORITIES = 10
MOST_HELD = 2**31


@dataclass(frozen=True)
class Crimes(Rows):
    """Crimes in the order in which they are recorded, shape (crimes,); stages as further columns, (crimes, stages).

    Parameters
    ----------
    on_day
        Day of the run on which it is recorded, ascending.
    team
        The team of each stage; -1: there are no more.
    work_h
        Officer-hours of work in each stage (h).
    delay_days
        Whole days that pass after the work of each stage before the next can begin.
    priority
        0 the most urgent.
    """

    defaults: ClassVar[Mapping[str, Any]] = {"priority": 0}

    on_day: Integers
    team: Integers
    work_h: Floats
    delay_days: Integers
    priority: Integers


@dataclass(frozen=True)
class Teams:
    """Who investigates.

    Parameters
    ----------
    n_officers
        Investigators at work by team and day, shape (teams, days).
    hours_a_day
        Hours each of them has for investigation in a day (h).
    caseload
        Most crimes that one of them holds at a time, by team; infinite: no limit.
    """

    n_officers: Floats
    hours_a_day: float
    caseload: Floats

    @classmethod
    def of(cls, n_officers: ArrayLike, hours_a_day: float = 8.0, caseload: ArrayLike = np.inf) -> Teams:
        """Return teams from anything like arrays; one team may be given as a single row."""
        officers = np.atleast_2d(np.asarray(n_officers, np.float64))
        limit = np.broadcast_to(np.asarray(caseload, np.float64), officers.shape[:1])
        return cls(officers, float(hours_a_day), np.array(limit))


@dataclass(frozen=True)
class InvestigationResult:
    """What became of crimes and teams.

    Parameters
    ----------
    taken_up_on, closed_on
        Day on which each crime was taken up by its first team and closed; -1: not within the run.
    length_days
        Days from being recorded to being closed; not a number where it is open at the end.
    backlog
        Crimes that wait to be taken up at the end of each day, by team: the stock; shape (teams, days).
    held
        Crimes that the team holds at the end of each day.
    used_h, available_h
        Officer-hours worked, and those there were, by team and day (h).
    """

    taken_up_on: Integers
    closed_on: Integers
    length_days: Floats
    backlog: Integers
    held: Integers
    used_h: Floats
    available_h: Floats

    @property
    def n_open(self) -> Integers:
        """Crimes open at the end of each day, waiting or held, by team."""
        return np.asarray(self.backlog + self.held)


def investigate(crimes: Crimes, teams: Teams) -> InvestigationResult:
    """Return what becomes of crimes in the days for which there are teams.

    Parameters
    ----------
    crimes, teams
        What there is. Crimes of the day 0 may be the backlog with which the run begins.

    Raises
    ------
    BadInput
        With everything that is wrong with the input.

    Examples
    --------
    >>> crimes = Crimes.of(on_day=[0, 0], team=[[0], [0]], work_h=[[6.0], [6.0]], delay_days=[[0], [2]])
    >>> investigate(crimes, Teams.of(np.ones((1, 5)))).length_days.tolist()
    [0.0, 3.0]
    """
    _check(crimes, teams)
    n, shape = len(crimes), teams.n_officers.shape
    n_priorities = int(crimes.priority.max(initial=0)) + 1
    hours = teams.n_officers * teams.hours_a_day
    # Nobody at work takes nothing up, whatever the caseload.
    held = np.zeros(shape)
    np.multiply(teams.n_officers, teams.caseload[:, None], out=held, where=teams.n_officers > 0.0)
    most_held = np.minimum(np.floor(held), MOST_HELD)
    office = kernel.Office(
        on_day=fixed(crimes.on_day, np.int64),
        priority=fixed(crimes.priority, np.int64),
        work_h=fixed(crimes.work_h, np.float64),
        delay_days=fixed(crimes.delay_days, np.int64),
        team=fixed(crimes.team, np.int64),
        hours=fixed(hours, np.float64),
        most_held=fixed(most_held, np.int64),
        most_h_a_day=teams.hours_a_day,
        stage=np.zeros(n, np.int64),
        left_h=np.zeros(n),
        back_on=np.zeros(n, np.int64),
        behind=np.full(n, -1, np.int64),
        waiting=np.full((shape[0], n_priorities, 2), -1, np.int64),
        held=np.full((shape[0], n_priorities, 2), -1, np.int64),
        moved=np.full(2, -1, np.int64),
        n_waiting=np.zeros(shape[0], np.int64),
        n_held=np.zeros(shape[0], np.int64),
        taken_up_on=np.full(n, -1, np.int64),
        closed_on=np.full(n, -1, np.int64),
        used_h=np.zeros(shape),
        stock=np.zeros(shape, np.int64),
        load=np.zeros(shape, np.int64),
    )
    kernel.simulate(office)
    length = np.where(office.closed_on >= 0, office.closed_on - crimes.on_day, np.nan)
    return InvestigationResult(
        office.taken_up_on, office.closed_on, length, office.stock, office.load, office.used_h, hours
    )


def _check(crimes: Crimes, teams: Teams) -> None:
    problems = uneven(crimes)
    if problems:
        raise BadInput(problems)
    n_teams = teams.n_officers.shape[0]
    shapes = {getattr(crimes, name).shape for name in ("team", "work_h", "delay_days")}
    problems = [
        *not_ascending("Crimes.on_day", crimes.on_day),
        *unless(crimes.on_day >= 0, "Crimes.on_day", crimes.on_day, "0 or more"),
        *not_between("Crimes.team", crimes.team, -1, n_teams - 1),
        *not_numbers(crimes, ("work_h", "delay_days")),
        *not_between("Crimes.priority", crimes.priority, 0, MOST_PRIORITIES - 1),
    ]
    if len(shapes) > 1 or crimes.team.ndim != 2 or not crimes.team.shape[1]:
        found = " and ".join(sorted(map(str, shapes)))
        problems.append(
            problem("wrong_shape", "Crimes.team", found, "(crimes, stages) in team, work_h and delay_days")
        )
    for name, values in (("n_officers", teams.n_officers), ("hours_a_day", np.array([teams.hours_a_day]))):
        fine = (values >= 0.0) & (values < np.inf)
        problems += unless(fine, f"Teams.{name}", values, "a number, 0 or more")
    problems += unless(teams.caseload >= 0.0, "Teams.caseload", teams.caseload, "0 or more, or infinite")
    if problems:
        raise BadInput(problems)
