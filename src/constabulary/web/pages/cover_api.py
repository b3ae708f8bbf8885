"""Cover as JSON: the same as the command line gives with `--json`."""

from __future__ import annotations

from datetime import date
from typing import Any

from constabulary.core.errors import BadInput, Problem
from constabulary.registers.access import Permission
from constabulary.services.cover import presence
from constabulary.services.cover_figures import measure
from constabulary.services.cover_measures import LEVELS
from constabulary.web import api
from constabulary.web.page import Request


@api.route(
    "cover/presence",
    name="cover_presence",
    title="The time units spent in each area",
    permission=Permission.SEE_RECORDS,
)
def presence_json(
    request: Request, by: str = "district", first: date | None = None, last: date | None = None
) -> dict[str, Any]:
    """Answer with the time units spent in each area; by is a level of the force, first and last are local days."""
    if by not in LEVELS:
        raise BadInput(
            Problem("no_such_level", f'"{by}" is no level.', column="by", expected=", ".join(LEVELS))
        )
    return presence(request.workspace, by, from_on=first, to_on=last).as_json()


@api.route(
    "cover/{name}",
    name="cover_measure",
    title="One measure of cover",
    permission=Permission.SEE_RECORDS,
)
def measure_json(
    request: Request,
    name: str,
    level: str | None = None,
    first: date | None = None,
    last: date | None = None,
    minutes: float | None = None,
    hours: float | None = None,
) -> dict[str, Any]:
    """Answer with visibility, reach, gaps, establishment, dosage or planned."""
    found = measure(
        request.workspace,
        name,
        level=level,
        from_on=first,
        to_on=last,
        minutes=minutes,
        least_hours=hours,
    )
    return found.as_json()
