"""What no run can be simulated with: more than there is room to draw, nobody on duty, weights that choose nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from constabulary.core.amounts import several
from constabulary.core.errors import Problem
from constabulary.core.force.rooms.response import Station
from constabulary.response.checks import MOST_DESKS
from constabulary.response.clock import Clock
from constabulary.response.contacts import ContactSetup
from constabulary.response.draws import by_grade
from constabulary.response.rosters import RosterLine

MOST_A_RUN = 8_000_000
"""Incidents, contacts or officers' shifts of one run: a year of the largest force, and what a laptop can hold."""
WEIGHTS = ("hour_of_week", "month_weight")
"""Assumptions that hold weights for each kind of contact and for incidents."""
NO_WEIGHT = "every weight that counts is 0."
WINDOWS = ("meal_window", "appointment_after_h")


def run_problems(
    clock: Clock, n_a_year: float, lines: Sequence[RosterLine], contact: ContactSetup | None
) -> Iterator[Problem]:
    """Tell what of a run there is too much or nothing of.

    Parameters
    ----------
    clock
        The run.
    n_a_year
        Incidents in 365 days, all that a scenario multiplies them by included.
    lines
        The roster.
    contact
        How contacts are answered, where it is known.
    """
    shifts = sum(one.officers * len(one.weekdays) for one in lines) * clock.n_days / 7.0
    if not shifts > 0.0:
        yield Problem(
            "no_roster",
            "nobody is on duty to respond",
            expected="posts with the duty response that are filled",
        )
    contacts = 0.0 if contact is None else float(contact.rate_per_h.sum()) * contact.factor
    incidents = n_a_year / 365.0 * clock.n_days
    weeks = several(round(clock.n_days / 7), "week")
    for what, n in (("incidents", incidents), ("contacts", contacts), ("officers' shifts", shifts)):
        if n > MOST_A_RUN:
            yield Problem(
                "too_much",
                f"{n:,.0f} {what} in a run of {weeks} are more than can be simulated.",
                expected=f"{MOST_A_RUN:,} at most",
                remedy="Check the figures they come from, or simulate fewer weeks.",
            )


def desk_problems(stations: Sequence[Station]) -> Iterator[Problem]:
    """Tell where more detainees are booked in at once than can be simulated.

    Parameters
    ----------
    stations
        Those of the force folder.
    """
    for one in stations:
        if (one.n_custody_desks or 0) > MOST_DESKS:
            yield Problem(
                "out_of_range",
                f"{one.n_custody_desks} cannot be used.",
                one.file,
                one.line,
                "n_custody_desks",
                str(one.n_custody_desks),
                f"{MOST_DESKS:,} at most",
            )


def value_problems(values: Mapping[str, Any], n_grades: int) -> Iterator[Problem]:
    """Tell which assumptions cannot be together: weights that are all 0, windows that end before they begin.

    Parameters
    ----------
    values
        Assumptions by name.
    n_grades
        Attended grades.
    """
    weights = {
        ("attended_grade_weight", ""): by_grade(values, "attended_grade_weight", n_grades),
        ("contact_weight", ""): list(values["contact_weight"].values()),
        **{(name, kind): given for name in WEIGHTS for kind, given in values[name].items()},
    }
    for (name, kind), given in weights.items():
        if not np.sum(np.asarray(given, np.float64)) > 0.0:
            yield _problem(name, kind, NO_WEIGHT, "one or more above 0")
    for name in WINDOWS:
        begin, end = values[name]
        if begin > end:
            yield _problem(name, "", f"{begin:g} to {end:g} ends before it begins.", "the earlier first")
    away = sum(values["away_share"].values())
    if away >= 1.0:
        yield _problem("away_share", "", f"the shares make {away:g}, which leaves nobody.", "below 1 in all")


def _problem(name: str, kind: str, message: str, expected: str) -> Problem:
    return Problem(
        "cannot_be", message, column=".".join(filter(None, ("values", name, kind))), expected=expected
    )
