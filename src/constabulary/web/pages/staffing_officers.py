"""Officers by district and shift: the proposal that simulation chose, and the frontier of cost against response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import HttpResponse
from django.urls import reverse

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.render import charts, lines
from constabulary.services.allocation import KIND
from constabulary.services.force import force_of
from constabulary.services.response_simulation import scenario_names
from constabulary.web import api, form, numbers
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.pages.response_staffing import Number
from constabulary.web.pictures import NARROW_PX, WIDE_PX
from constabulary.web.staffing.asking import Opening, latest, opening, several_columns
from constabulary.web.table import Chart, Column, Figure, Table

GOALS = {
    "best": "Most incidents in time with the officers there are",
    "equal": "The worst district as good as can be with them",
    "targets": "Every district in time often enough, with as few as will do",
}
HEIGHT_PX, NARROW_HEIGHT_PX = 388, 425


@dataclass(frozen=True)
class OfficersPage(Context):
    """What the page of officers by district shows.

    Parameters
    ----------
    opened
        The proposal, the question, and what simulation says of it.
    figures
        The proposal at a glance.
    basis
        What it rests on and how sure it is.
    allocation, options, second
        Officers by district and shift, the options simulated, and the hypercube model beside simulation.
    chart
        The frontier of posts against response.
    keep
        Stamp of a proposal that can be kept as a scenario; empty without one.
    """

    opened: Opening
    figures: tuple[Figure, ...]
    basis: str
    allocation: Table | None
    options: Table | None
    second: Table | None
    chart: Chart | None
    keep: str


class OfficersForm(form.Form):
    """Which officers."""

    scenario = form.Select("Begin from")
    goal = form.Radios("What is best", tuple(GOALS.items()), initial="best")
    posts_added = Number("Posts more than there are", -1000, 1000, required="Say how many, or 0", initial=0)
    target_share = Number(
        "Most urgent incidents to reach in time, per cent", 1, 99, required="Say how many", initial=80
    )


@page(
    "response/officers/",
    name="response_officers",
    title="Officers by district",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response",
    methods=("GET", "HEAD", "POST"),
)
def officers(request: Request) -> OfficersPage | HttpResponse:
    """Show the latest proposal, start another, or keep one as a scenario (each has its own permission)."""
    opened = opening(request, KIND, lambda posted: _form(request, posted), "response.allocate", _answers)
    if isinstance(opened, HttpResponse):
        return opened
    found = opened.found
    if found is None:
        return OfficersPage(
            "No officers have been given out yet. The run below takes about a minute.",
            opened,
            (),
            "",
            None,
            None,
            None,
            None,
            "",
        )
    chosen = next(one for one in found["options"] if one["name"] == found["chosen"])
    answer = (
        f"{numbers.number(found['posts_proposed'], 0)} posts given out by district and shift reach "
        f"{numbers.percent(chosen['within_share'])} of the most urgent incidents in time, "
        f"{numbers.percent(chosen['worst_share'])} in the worst-served district."
    )
    return OfficersPage(
        answer,
        opened,
        _figures(found, chosen),
        _basis(found),
        _allocation(found),
        _options(found, {one.id: one.name for one in force_of(request.workspace).grades}),
        _second(found),
        _chart(found),
        found["stamp"]["id"],
    )


def _form(request: Request, posted: Any) -> form.Form:
    asked = OfficersForm(posted)
    asked.fields["scenario"].choices = (
        ("", "the force folder as it stands"),
        *((name, one.name) for name, one in scenario_names(request.workspace)),
    )
    asked.fields["scenario"].required = False
    return asked


def _answers(given: dict[str, Any]) -> dict[str, Any]:
    return given | {
        "target_share": given["target_share"] / 100.0,
        "posts_added": float(given["posts_added"]),
    }


@page(
    "response/officers/frontier.svg",
    name="response_officers_chart",
    title="Frontier of posts against response",
    permission=Permission.SEE_RECORDS,
)
def frontier_chart(request: Request) -> HttpResponse:
    """Draw the frontier."""
    found = _needed(request)
    width_px = NARROW_PX if request.GET.get("width") == "narrow" else WIDE_PX
    frame = pl.DataFrame(
        [
            {"posts": one["posts"], "share": one[share], "half": one[half], "line": name}
            for name, share, half in (
                ("all districts", "within_share", "half_width"),
                ("worst-served district", "worst_share", "worst_half_width"),
            )
            for one in found["frontier"]
        ]
    )
    spec = lines.frontier(
        frame,
        x="posts",
        x_title="Posts that respond (full-time equivalents)",
        value="share",
        half_width="half",
        line="line",
        value_title="In time",
        width_px=width_px,
        title="Most urgent incidents in time, by posts",
        subtitle="Simulated. Upright lines: intervals that hold the model's true figure 19 times in 20",
    )
    return HttpResponse(charts.svg(spec).encode(), content_type="image/svg+xml")


@api.route(
    "response/officers",
    name="response_officers",
    title="Officers by district proposed last",
    permission=Permission.SEE_RECORDS,
)
def officers_json(request: Request) -> dict[str, Any]:
    """Give the officers by district and shift proposed last."""
    return _needed(request)


def _needed(request: Request) -> dict[str, Any]:
    found = latest(request, KIND)
    if found is None:
        raise NothingThere(Problem("no_result", "no officers have been given out", remedy="Ask for it."))
    return found


def _figures(found: dict[str, Any], chosen: dict[str, Any]) -> tuple[Figure, ...]:
    return (
        Figure("In time", numbers.percent(chosen["within_share"]), basis="most urgent grade"),
        Figure("In the worst-served district", numbers.percent(chosen["worst_share"])),
        Figure("Posts now", numbers.number(found["posts_now"], 0)),
        Figure("Posts proposed", numbers.number(found["posts_proposed"], 0)),
        Figure("Cost against now", numbers.money(found["cost_gbp_a_year"]), "a year"),
    )


def _basis(found: dict[str, Any]) -> str:
    sure = (
        f"with {numbers.percent(found['confidence'], 0)} confidence the best of those tried, or within "
        f"{numbers.number(100 * found['difference'], 1)} points of it"
        if found["goal"] != "targets"
        else f"with {numbers.percent(found['confidence'], 0)} confidence in time often enough in every district"
    )
    if not found["is_confident"]:
        sure = "not surely the best of those tried: more replications would tell"
    return f"{GOALS[found['goal']]}. Chosen: {found['chosen']}; {sure}. Simulated, not observed."


def _allocation(found: dict[str, Any]) -> Table:
    times = [f"{one['starts_at']}, {one['length_min'] / 60:g} h" for one in found["shifts"]]
    return Table(
        "Officers rostered by district and shift, now and proposed",
        several_columns("District", [*times, "Posts now", "Posts proposed"]),
        [
            (
                row["name"],
                *(f"{now:.1f} to {then:.1f}" for now, then in zip(row["now"], row["proposed"], strict=True)),
                numbers.number(row["posts_now"], 1),
                numbers.number(row["posts_proposed"], 1),
            )
            for row in found["allocation"]
        ],
    )


def _options(found: dict[str, Any], grades: dict[str, str]) -> Table:
    others = list(found["options"][0]["other_grades"])
    return Table(
        "Options simulated with the same luck",
        (
            Column("Option"),
            Column("In time", is_number=True),
            Column("Worst-served district", is_number=True),
            *(Column(f"{grades.get(grade, grade)} in time", is_number=True) for grade in others),
            Column("Replications", is_number=True),
            Column("Verdict"),
        ),
        [
            (
                one["name"],
                numbers.percent(one["within_share"]),
                numbers.percent(one["worst_share"]),
                *(numbers.percent(one["other_grades"][grade]) for grade in others),
                numbers.number(one["n"]),
                "chosen"
                if one["name"] == found["chosen"]
                else "not shown to be worse"
                if one["still_in"]
                else "clearly worse"
                if found["goal"] != "targets"
                else "not surely enough",
            )
            for one in found["options"]
        ],
        note="Chosen by the most urgent grade alone; what the others gain or lose stands beside it.",
    )


def _second(found: dict[str, Any]) -> Table | None:
    if not found.get("hypercube"):
        return None
    return Table(
        "Units busy: the hypercube model beside simulation",
        several_columns("District", ["Units on duty, mean", "Busy, hypercube", "Busy, simulation"]),
        [
            (
                one["name"],
                numbers.number(one["units"], 1),
                numbers.percent(one["hypercube_busy_share"]),
                numbers.percent(one["simulated_busy_share"]),
            )
            for one in found["hypercube"]
        ],
        note="The hypercube takes every unit free to go anywhere, nearest first, at the week's mean load; simulation "
        "has shifts, meals, custody, borders and busy evenings. Far apart, they ask for a closer look.",
    )


def _chart(found: dict[str, Any]) -> Chart:
    src = f"{reverse('response_officers_chart')}?stamp={found['stamp']['id']}"
    return Chart(
        "Most urgent incidents in time, by posts",
        src,
        "Two lines that rise with posts: the share in time over all districts, and in the worst-served one.",
        Table(
            "The frontier",
            several_columns(
                "Posts", ["Cost a year against now", "In time", "Plus or minus", "Worst-served district"]
            ),
            [
                (
                    numbers.number(one["posts"], 0),
                    numbers.money(one["cost_gbp_a_year"]),
                    numbers.percent(one["within_share"]),
                    numbers.percent(one["half_width"]),
                    numbers.percent(one["worst_share"]),
                )
                for one in found["frontier"]
            ],
            is_caption_hidden=True,
        ),
        width_px=WIDE_PX,
        height_px=HEIGHT_PX,
        narrow_src=f"{src}&width=narrow",
        narrow_width_px=NARROW_PX,
        narrow_height_px=NARROW_HEIGHT_PX,
        is_titled=True,
    )
