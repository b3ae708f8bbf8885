"""Cover as JSON: the same as the command line gives with `--json`."""

from __future__ import annotations

from datetime import date
from typing import Any

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.services.cover import presence
from constabulary.services.cover_figures import measure
from constabulary.services.cover_kept import kept
from constabulary.services.cover_measures import LEVELS
from constabulary.services.cover_public import published_cover
from constabulary.web import api
from constabulary.web.page import Request
from constabulary.web.pages.cover_public import NOTHING


@api.route(
    "cover/presence",
    name="cover_presence",
    title="The time units spent in each area",
    permission=Permission.SEE_RECORDS,
)
def presence_json(
    request: Request,
    by: str = "district",
    first: date | None = None,
    last: date | None = None,
    credit: str = "earlier",
    parts: str = "",
) -> dict[str, Any]:
    """Answer with the time units spent in each area.

    by is a level of the force, hot_spots or h3:N; first and last are local days; credit is earlier, line or pings;
    parts are any of hour, role, status, station and moving, with commas between.
    """
    if by not in (*LEVELS, "hot_spots") and not by.startswith("h3:"):
        expected = f"{', '.join(LEVELS)}, hot_spots or h3:N"
        raise BadInput(Problem("no_such_level", f'"{by}" is no level.', column="by", expected=expected))
    asked = tuple(part.strip() for part in parts.split(",") if part.strip())
    if not by.startswith("h3:") and (first, last, credit, asked) == (None, None, "earlier", ()):
        # Kept with its visits, which are not asked for here.
        return {
            name: value for name, value in kept(request.workspace, by).about.items() if name != "digest"
        } | {"visits": None}
    found = presence(request.workspace, by, from_on=first, to_on=last, credit=credit, parts=asked)
    return found.as_json()


@api.route(
    "cover/trial",
    name="cover_trial",
    title="What a shift did before and after a change",
    permission=Permission.SEE_RECORDS,
)
def trial_json(
    request: Request, before: str = "", after: str = "", team: str | None = None
) -> dict[str, Any]:
    """Answer with the measures of the 2014 trial; before and after are two days each, 2018-03-01..2018-03-14."""
    periods = {name: _period(name, text) for name, text in (("before", before), ("after", after)) if text}
    return measure(request.workspace, "trial", team=team, **periods).as_json()


@api.route(
    "cover/public",
    name="cover_public",
    title="The public edition of cover",
    permission=Permission.SEE_PUBLIC,
)
def public_json(request: Request, by: str = "district") -> dict[str, Any]:
    """Answer with all and visible hours of every month published, as `cover presence --public --json` prints them."""
    found = published_cover(request.workspace, by)
    if found is None:
        raise NothingThere(NOTHING)
    return found.as_json()


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
    """Answer with visibility, reach, gaps, gaps_by_hour, gaps_listed, establishment, dosage or planned."""
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


def _period(name: str, text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        expected = "two days, such as 2018-03-01..2018-03-14"
        problem = Problem("no_period", f'"{text}" is no period.', column=name, expected=expected)
        raise BadInput(problem) from None
