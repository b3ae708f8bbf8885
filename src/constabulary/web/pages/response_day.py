"""A simulated day to be watched on the map, and the same by hour in a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpResponse
from django.urls import reverse

from constabulary.core.errors import NothingThere
from constabulary.registers.access import Permission
from constabulary.services.response.day import DAYS, FRIDAY, district_outlines, simulated_day
from constabulary.services.response.day_answers import DayAnswer
from constabulary.services.response.simulation import scenario_names
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import api, form, numbers
from constabulary.web.api_words import Word
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Column, Table


@dataclass(frozen=True)
class Day(Context):
    """What the page of a simulated day shows.

    Parameters
    ----------
    form
        Which scenario and day.
    src
        The address of the same day, kept (JSON).
    outlines
        The address of the districts' outlines (GeoJSON).
    table
        The day by hour.
    warnings
        What a reader must know.
    has_map
        False where there are no outlines to draw it on.
    """

    form: form.Form
    src: str
    outlines: str
    table: Table
    warnings: tuple[str, ...]
    has_map: bool


class DayForm(form.Form):
    """Which day of which scenario."""

    scenario = form.Select("Scenario")
    weekday = form.Select("Day", tuple((str(number), name) for number, name in enumerate(DAYS)))


@page(
    "response/day/",
    name="response_day",
    title="A simulated day",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response",
)
def day(request: Request) -> Day:
    """Show a simulated day."""
    sent, scenario, weekday = _asked(request)
    found = simulated_day(request.workspace, scenario, weekday)
    hours = found["hours"]
    fewest = min(hours, key=lambda hour: hour["uncommitted"])
    most = max(hours, key=lambda hour: hour["waiting"])
    answer = (
        f"On this simulated {found['weekday']} {numbers.several(sum(h['incidents'] for h in hours), 'incident')} "
        f"want a unit; fewest units are uncommitted at {fewest['hour']:02}:00 "
        f"({numbers.number(fewest['uncommitted'], 0)} of {numbers.number(fewest['units'], 0)}), "
        f"and at most {numbers.several(most['waiting'], 'incident waits', 'incidents wait')}."
    )
    return Day(
        answer,
        form=sent,
        src=reverse("api:response_result", args=[found["stamp"]["id"]]),
        outlines=reverse("response_outlines"),
        table=_table(found),
        warnings=tuple(found["warnings"]),
        has_map=_has_outlines(request.workspace),
    )


@page(
    "response/districts.geojson",
    name="response_outlines",
    title="Outlines of the districts",
    permission=Permission.SEE_RECORDS,
)
def outlines(request: Request) -> HttpResponse:
    """Hand out the outlines that a day is drawn on."""
    return HttpResponse(district_outlines(request.workspace), content_type="application/geo+json")


@api.route("response/day", name="response_day", title="A simulated day", permission=Permission.SEE_RECORDS)
def day_json(
    request: Request,
    scenario: Annotated[
        str, Word("File name of a scenario of the force folder; the folder as it stands when left out.")
    ]
    | None = None,
    weekday: Annotated[int, Word("Day of the week, from 0 for Monday.", least=0, most=6)] = FRIDAY,
) -> DayAnswer:
    """Give a simulated day: units, where they were sent, incidents, and what each hour brought."""
    return simulated_day(request.workspace, scenario or "", weekday)


def _asked(request: Request) -> tuple[DayForm, str, int]:
    names = scenario_names(request.workspace)
    usual = {"scenario": "", "weekday": str(FRIDAY)}
    asked: dict[str, Any] = {word: request.GET.get(word, value) for word, value in usual.items()}
    made = DayForm(asked)
    made.fields["scenario"].choices = (
        ("", "The force folder as it stands"),
        *((name, scenario.name) for name, scenario in names),
    )
    if not made.is_valid():
        return made, "", FRIDAY
    return made, made.cleaned_data["scenario"], int(made.cleaned_data["weekday"] or FRIDAY)


def _has_outlines(workspace: Workspace) -> bool:
    try:
        district_outlines(workspace)
    except NothingThere:
        return False
    return True


def _table(found: Mapping[str, Any]) -> Table:
    return Table(
        "The day by hour",
        (
            Column("Hour"),
            Column("Incidents", "recorded", is_number=True),
            Column("Waiting", "at its end", is_number=True),
            Column("Units on duty", "mean", is_number=True),
            Column("Uncommitted", "mean", is_number=True),
            Column("Reached in time", is_number=True),
        ),
        [
            (
                f"{hour['hour']:02}:00",
                numbers.number(hour["incidents"]),
                numbers.number(hour["waiting"]),
                numbers.number(hour["units"], 1),
                numbers.number(hour["uncommitted"], 1),
                numbers.percent(hour["within_target_share"], 0),
            )
            for hour in found["hours"]
        ],
        note=f"{found['scenario']}, one run with seed {found['stamp']['seed']}: a day as it might be, no forecast.",
    )
