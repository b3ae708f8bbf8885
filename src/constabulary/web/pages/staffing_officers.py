"""Officers by district and shift: the proposal that simulation chose, and the frontier of cost against response."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

import polars as pl
from django.http import HttpResponse

from constabulary.registers.access import Permission
from constabulary.render import lines
from constabulary.services.response.simulation import scenario_names
from constabulary.services.staffing.allocation import KIND
from constabulary.services.staffing.answers import AllocationAnswer
from constabulary.services.workspace.force import force_of
from constabulary.web import api, form, numbers, pictures
from constabulary.web.addresses import address
from constabulary.web.page import Request, Room, page
from constabulary.web.pages.response_staffing import Number
from constabulary.web.staffing.asking import Proposal, needed, opening, several_columns
from constabulary.web.table import Column, Figure, Table

GOALS = {
    "best": "Most incidents in time with the officers there are",
    "equal": "The worst district as good as can be with them",
    "targets": "Every district in time often enough, with as few as will do",
}


class OfficersForm(form.Form):
    """Which officers."""

    scenario = form.Select("Begin from")
    goal = form.Radios("What is best", tuple(GOALS.items()), initial="best")
    posts_added = Number(
        "Posts to add, or with a minus to take away",
        -1000,
        1000,
        required="Enter how many posts to add, or 0",
        initial=0,
    )
    target_share = Number(
        "Most urgent incidents to reach in time, per cent",
        1,
        99,
        required="Enter the per cent to reach in time",
        initial=80,
    )
    confidence = Number(
        "How sure the choice is to be, per cent",
        50,
        99,
        required="Enter how sure the choice is to be",
        initial=95,
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
def officers(request: Request) -> Proposal | HttpResponse:
    """Show the latest proposal, start another, or keep one as a scenario (each has its own permission)."""
    opened = opening(
        request,
        "response_officers",
        KIND,
        lambda posted: _form(request, posted),
        "response.allocate",
        _answers,
    )
    if isinstance(opened, HttpResponse):
        return opened
    found = opened.found
    if found is None:
        return Proposal("No officers have been given out yet. The run below takes about a minute.", opened)
    force = force_of(request.workspace)
    grades = {one.id: one.name for one in force.grades}
    tables = (_changes(found, grades), _allocation(found), _options(found, grades), _second(found))
    return Proposal(
        _answer(found),
        opened,
        _figures(found),
        _basis(found),
        pictures.chart(
            _picture(found),
            partial(address, "response_officers_chart", stamp=found["stamp"]["id"]),
            _frontier(found),
        ),
        tuple(one for one in tables if one is not None),
        found["stamp"]["id"],
    )


def _form(request: Request, posted: Any) -> form.Form:
    asked = OfficersForm(posted)
    asked.fields["scenario"].choices = (
        ("", "The force folder as it stands"),
        *((name, one.name) for name, one in scenario_names(request.workspace)),
    )
    asked.fields["scenario"].required = False
    return asked


def _answers(given: dict[str, Any]) -> dict[str, Any]:
    return given | {
        "target_share": given["target_share"] / 100.0,
        "confidence": given["confidence"] / 100.0,
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
    found = needed(request, KIND)
    return pictures.draw(request, _picture(found), found["stamp"]["id"])


@api.route(
    "response/officers",
    name="response_officers",
    title="Officers by district proposed last",
    permission=Permission.SEE_RECORDS,
)
def officers_json(request: Request) -> AllocationAnswer:
    """Give the officers by district and shift proposed last."""
    return cast(AllocationAnswer, needed(request, KIND))


def _answer(found: dict[str, Any]) -> str:
    urgent = found["changes_by_grade"][0]
    posts = numbers.number(found["posts_proposed"], 0)
    return (
        f"{posts} posts given out by district and shift reach {numbers.percent(urgent['within_share'])} of the most "
        f"urgent incidents in time, {_than_now(urgent)}; {numbers.percent(_worst(found))} in the worst-served district."
    )


def _than_now(one: dict[str, Any]) -> str:
    """Return a change against now in words: none where chance could have made it."""
    change, half = one["change"], one["change_half_width"]
    if half is None or abs(change) <= half:
        return f"surely neither more nor fewer than the {numbers.percent(one['within_share_now'])} now"
    return f"{'up' if change > 0 else 'down'} from {numbers.percent(one['within_share_now'])} now"


def _worst(found: dict[str, Any]) -> float | None:
    known = [one["within_share"] for one in found["changes_by_district"] if one["within_share"] is not None]
    return min(known, default=None)


def _figures(found: dict[str, Any]) -> tuple[Figure, ...]:
    urgent = found["changes_by_grade"][0]
    return (
        Figure("In time", numbers.percent(urgent["within_share"]), basis="most urgent grade"),
        Figure("In time now", numbers.percent(urgent["within_share_now"])),
        Figure("In the worst-served district", numbers.percent(_worst(found))),
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


def _changes(found: dict[str, Any], grades: dict[str, str]) -> Table:
    urgent = grades.get(found["grade"], found["grade"])

    def points(share: float | None, sign: str = "") -> str:
        told = numbers.difference if sign else numbers.number
        return told(None if share is None else 100.0 * share, 1)

    return Table(
        "In time now and as proposed",
        several_columns("Of", ["Now", "Proposed", "Change, points", "Plus or minus"]),
        [
            (
                name,
                numbers.percent(one["within_share_now"]),
                numbers.percent(one["within_share"]),
                points(one["change"], "+"),
                points(one["change_half_width"]),
            )
            for name, one in (
                *((grades.get(one["grade"], one["grade"]), one) for one in found["changes_by_grade"]),
                *((f"{urgent}, {one['name']}", one) for one in found["changes_by_district"]),
            )
        ],
        note="Simulated side by side with incidents that neither was chosen by. Plus or minus: holds the model's true "
        "change 19 times in 20.",
    )


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
            Column("Verdict", is_long=True),
        ),
        [
            (
                one["name"][:1].upper() + one["name"][1:],
                numbers.percent(one["within_share"]),
                numbers.percent(one["worst_share"]),
                *(numbers.percent(one["other_grades"][grade]) for grade in others),
                numbers.number(one["n"]),
                one["verdict"],
            )
            for one in found["options"]
        ],
        note="The most urgent grade alone decides. An option is left out once another is surely ahead of it, or "
        "behind by less than the difference worth minding.",
    )


def _second(found: dict[str, Any]) -> Table | None:
    if not found.get("hypercube"):
        return None
    told = "exact" if found["hypercube"][0]["exact"] else "approximate"

    def beside(one: dict[str, Any], what: str) -> str:
        pair = [one[f"{whose}_{what}"] for whose in ("hypercube", "simulated")]
        if what == "travel_min":
            return " / ".join(numbers.number(value, 1) for value in pair)
        return " / ".join(numbers.percent(value) for value in pair)

    return Table(
        f"The hypercube model ({told}) beside simulation",
        several_columns(
            "District",
            ["Units on duty, mean", "Units busy", "Journey, minutes", "First unit from another area"],
        ),
        [
            (
                one["name"],
                numbers.number(one["units"], 1),
                *(beside(one, what) for what in ("busy_share", "travel_min", "cross_border_share")),
            )
            for one in found["hypercube"]
        ],
        note="The hypercube's figure first. It takes the week's mean load and units that stand still; simulation has "
        "shifts, meals, incidents that overtake others and busy evenings. Far apart, they ask for a closer look.",
    )


def _picture(found: dict[str, Any]) -> pictures.Picture:
    frame = pl.DataFrame(
        [
            {"posts": one["posts"], "share": one[share], "half": one[half], "line": name}
            for share, half, name in (
                ("within_share", "half_width", "all districts"),
                ("worst_share", "worst_half_width", "worst-served district"),
            )
            for one in found["frontier"]
        ]
    )
    title = "Most urgent incidents in time, by posts"
    return pictures.Picture(
        title,
        "Two lines that rise with posts: the share in time over all districts, and in the worst-served one.",
        lambda width_px: lines.frontier(
            frame,
            x="posts",
            x_title="Posts that respond (full-time equivalents)",
            value="share",
            half_width="half",
            line="line",
            value_title="In time",
            width_px=width_px,
            title=title,
            subtitle="Simulated. Upright lines: intervals that hold the model's true figure 19 times in 20",
        ),
    )


def _frontier(found: dict[str, Any]) -> Table:
    return Table(
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
    )
