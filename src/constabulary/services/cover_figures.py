"""The measures of cover by name: what pages, files and the API ask for in the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from constabulary.core.errors import NothingThere, Problem
from constabulary.services import cover_measures, cover_patrol
from constabulary.services.cover_measure import Measured
from constabulary.store.workspace import Workspace

MEASURES: Mapping[str, tuple[Callable[..., Measured], tuple[str, ...]]] = {
    "visibility": (cover_measures.visibility, ("level",)),
    "reach": (cover_measures.reach, ("minutes",)),
    "gaps": (cover_measures.gaps, ("level", "least_hours")),
    "establishment": (cover_measures.establishment, ()),
    "dosage": (cover_patrol.dosage, ()),
    "planned": (cover_patrol.planned, ()),
}
"""Each measure, and what it asks besides its days."""


def measure(workspace: Workspace, name: str, **asked: Any) -> Measured:
    """Return a measure by its name; what it does not ask is left aside.

    Parameters
    ----------
    workspace
        Whose positions.
    name
        One of `MEASURES`.
    asked
        from_on, to_on, level, minutes, least_hours.

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
    kept = {
        word: value
        for word, value in asked.items()
        if word in (*words, "from_on", "to_on") and value is not None
    }
    return function(workspace, **kept)
