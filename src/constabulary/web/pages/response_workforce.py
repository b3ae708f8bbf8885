"""Who is on duty: posts, strength, absence and units by district, and by hour of the week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpResponse

from constabulary.registers.access import Permission
from constabulary.services.response.workforce import on_duty
from constabulary.services.response.workforce_answers import OnDutyAnswer
from constabulary.services.workspace.force import force_of
from constabulary.web import api, numbers, pictures
from constabulary.web.addresses import address
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.response.pictures import week_of
from constabulary.web.table import Chart, Column, Table

HOURS = 168
TITLE = "Units that respond, by hour of the week"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Workforce(Context):
    """What the page of who is on duty shows.

    Parameters
    ----------
    posts
        From posts to units, by district, role and duty.
    chart
        Units that respond by hour of the week.
    """

    posts: Table
    chart: Chart


@page(
    "response/workforce/",
    name="response_workforce",
    title="Who is on duty",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.RESPONSE,
    parent="response",
)
def workforce(request: Request) -> Workforce:
    """Show who is on duty."""
    found = on_duty(request.workspace)
    roles = {role.id: role.name for role in force_of(request.workspace).roles}
    responding = [post for post in found["posts"] if post["duty"] == "response"]
    posts, units = (sum(post[key] for post in responding) for key in ("posts_fte", "mean_units"))
    week = _units(found)
    return Workforce(
        f"{numbers.number(posts, 0)} posts that respond put {numbers.number(units, 0)} units on duty on average, "
        f"from {numbers.number(min(week), 0)} to {numbers.number(max(week), 0)} by hour of the week.",
        posts=Table(
            "From posts to units",
            (
                Column("Place"),
                Column("Role"),
                Column("Duty"),
                Column("Posts", "full-time equivalent", is_number=True),
                Column("Filled", is_number=True),
                Column("Away", is_number=True),
                Column("On duty", "mean", is_number=True),
                Column("Units", "mean", is_number=True),
            ),
            [
                (
                    post["area"],
                    roles[post["role"]],
                    post["duty"].capitalize(),
                    numbers.number(post["posts_fte"], 1),
                    numbers.number(post["strength_fte"], 1),
                    numbers.percent(post["away_share"], 0),
                    numbers.number(post["mean_deployable"], 1),
                    numbers.number(post["mean_units"], 1),
                )
                for post in found["posts"]
            ],
            note="Away: the share of rostered time for leave, sickness, training and the like.",
        ),
        chart=pictures.chart(
            week_of([*week], "units", TITLE),
            partial(address, "response_workforce_chart"),
            Table(
                TITLE,
                (Column("Hour"), *(Column(day, is_number=True) for day in DAYS)),
                [
                    (f"{hour:02}:00", *(numbers.number(week[24 * day + hour], 1) for day in range(7)))
                    for hour in range(24)
                ],
                is_caption_hidden=True,
            ),
        ),
    )


@page(
    "response/workforce.svg",
    name="response_workforce_chart",
    title="Chart of units on duty",
    permission=Permission.SEE_FORCE_FOLDER,
)
def chart(request: Request) -> HttpResponse:
    """Draw units by hour of the week."""
    found = on_duty(request.workspace)
    return pictures.draw(request, week_of([*_units(found)], "units", TITLE), found["stamp"]["id"])


@api.route(
    "workforce/deployable",
    name="workforce_deployable",
    title="Who is on duty",
    permission=Permission.SEE_FORCE_FOLDER,
)
def workforce_json(request: Request) -> OnDutyAnswer:
    """Give who is on duty as `constabulary workforce deployable --json` does."""
    return on_duty(request.workspace)


def _units(found: Mapping[str, Any]) -> list[float]:
    rows = [row["units"] for row in found["hours"] if row["duty"] == "response"]
    return [sum(row[hour] for row in rows) for hour in range(HOURS)]
