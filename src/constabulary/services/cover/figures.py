"""The measures of cover by name: what pages, files and the API ask for in the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from constabulary.core.errors import NothingThere, Problem
from constabulary.services.cover import gaps as cover_gaps
from constabulary.services.cover import measures as cover_measures
from constabulary.services.cover import patrol as cover_patrol
from constabulary.services.cover import reach as cover_reach
from constabulary.services.cover.kept import kept
from constabulary.services.cover.measure import Measured
from constabulary.store.workspace import Workspace

Span = tuple[date, date]
DAYS = ("from_on", "to_on")
GAPS = (*DAYS, "level", "least_hours")


def before_and_after(
    workspace: Workspace, before: Span | None = None, after: Span | None = None, team: str | None = None
) -> Measured:
    """Return what a change did to duty, see `cover_patrol.trial`; between halves of what is held where not said.

    Parameters
    ----------
    workspace
        Whose positions.
    before, after
        First and last local day of each period.
    team
        Only shifts of this team.
    """
    first, second = halves(workspace)
    return cover_patrol.trial(workspace, before or first, after or second, teams=[team] if team else [])


def halves(workspace: Workspace) -> tuple[Span, Span]:
    """Return the first and the second half of the days of which there are positions."""
    first, last = kept(workspace, "district").span
    middle = first + (last - first) / 2
    return (first, middle), (min(middle + timedelta(days=1), last), last)


MEASURES: Mapping[str, tuple[Callable[..., Measured], tuple[str, ...]]] = {
    "visibility": (cover_measures.visibility, (*DAYS, "level")),
    "reach": (cover_reach.reach, (*DAYS, "minutes")),
    "gaps": (cover_gaps.gaps, GAPS),
    "gaps_by_hour": (cover_gaps.gaps_by_hour, GAPS),
    "gaps_listed": (cover_gaps.gaps_listed, GAPS),
    "establishment": (cover_measures.establishment, DAYS),
    "dosage": (cover_patrol.dosage, DAYS),
    "planned": (cover_patrol.planned, DAYS),
    "trial": (before_and_after, ("before", "after", "team")),
}
"""Each measure, and what it asks."""


def measure(workspace: Workspace, name: str, **asked: Any) -> Measured:
    """Return a measure by its name; what it does not ask is left aside.

    Parameters
    ----------
    workspace
        Whose positions.
    name
        One of `MEASURES`.
    asked
        from_on, to_on, level, minutes, least_hours; before, after and team of a trial.

    Raises
    ------
    NothingThere
        If there is no such measure, or nothing it could be made of.
    """
    if name not in MEASURES:
        raise NothingThere(
            Problem("no_such_measure", f'there is no measure "{name}".', expected=", ".join(MEASURES))
        )
    function, words = MEASURES[name]
    return function(
        workspace, **{word: value for word, value in asked.items() if word in words and value is not None}
    )
