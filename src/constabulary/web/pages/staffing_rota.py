"""Rota: officers or call takers needed by half-hour, the team cycle proposed, and the pattern worked now beside it."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.http import HttpResponse

from constabulary.core.force import Force
from constabulary.registers.access import Permission
from constabulary.render import lines
from constabulary.services.staffing.rota import KIND, rota_files
from constabulary.services.staffing.rota_answers import RotaAnswer
from constabulary.services.staffing.rota_need import CALL_TAKERS, OFFICERS
from constabulary.services.workspace.force import force_of
from constabulary.web import api, files, form, numbers, pictures
from constabulary.web.addresses import address
from constabulary.web.page import Request, Room, page
from constabulary.web.pages.response_staffing import Number
from constabulary.web.staffing.asking import (
    Proposal,
    needed,
    opening,
    several_columns,
    week_table,
)
from constabulary.web.table import Column, Figure, Table
from constabulary.web.wording import words

PEOPLE = {OFFICERS: "Response officers", CALL_TAKERS: "Call takers"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


SHORT = (
    " So few fall short of what is wanted; a rota mostly has more on duty. Keep it as a scenario to see what they "
    "achieve, or ask for a higher share."
)
"""Said where the need itself, simulated, does not achieve what is wanted."""


class RotaForm(form.Form):
    """Which rota."""

    who = form.Select("People", tuple(PEOPLE.items()), required="Choose whose rota it is", initial=OFFICERS)
    area = form.Select("For", hint="Call takers answer for all of the force.")
    target_share = Number(
        "Incidents to reach, or contacts to answer, in time, per cent",
        1,
        99,
        required="Enter the per cent to reach or answer in time",
        initial=90,
    )
    n_teams = Number(
        "Teams, and weeks of the cycle",
        2,
        12,
        is_whole=True,
        hint="Empty: whichever of 5, 6, 8, 10 and 12 takes fewest people.",
    )
    n_people = Number("People there are", 1, 10_000, is_whole=True, hint="Empty: as few as cover the need.")
    lengths_h = form.Checkboxes(
        "Lengths of shift, hours",
        tuple((str(hours), str(hours)) for hours in (8, 9, 10, 12)),
        required="Choose one length of shift or more",
        initial=["8", "9", "10"],
    )


@page(
    "response/rota/",
    name="response_rota",
    title="Rota",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response",
    methods=("GET", "HEAD", "POST"),
)
def rota(request: Request) -> Proposal | HttpResponse:
    """Show the latest proposal, start another, or keep one as a scenario (each has its own permission)."""
    force = force_of(request.workspace)
    opened = opening(
        request, "response_rota", KIND, lambda posted: _form(force, posted), "response.rota", _answers
    )
    if isinstance(opened, HttpResponse):
        return opened
    found = opened.found
    if found is None:
        return Proposal("No rota has been proposed yet. The run below takes about a minute.", opened)
    proposed = found["rota"]
    called = {one.id: one.name for one in force.areas} | {one.id: one.name for one in force.districts}
    is_responding = found["asked"]["for"] == OFFICERS
    where = called.get(found["area"], "all of the force")
    answer = (
        f"{numbers.several(proposed['people'], 'officer' if is_responding else 'call taker')} in "
        f"{numbers.several(proposed['teams'], 'team')} cover what "
        f"{'responding in' if is_responding else 'answering contacts of'} {where} needs"
        f"{'' if proposed['short_h'] == 0 else ' but ' + numbers.number(proposed['short_h'], 0) + ' hours a week'}, "
        f"at {proposed['week_h']:.1f} hours a week each."
    )
    tables = (_checks(found), _cycle(found), _compared(found), _tried(found), _fair(found))
    return Proposal(
        answer,
        opened,
        _figures(found),
        "The need is worked out from targets and workload by formulas; simulation judges it. A cycle is proven for its "
        "kinds of shift, which are chosen beforehand.",
        pictures.chart(
            _picture(found),
            partial(address, "response_rota_chart", stamp=found["stamp"]["id"]),
            week_table("People by hour", _lines(found)),
        ),
        tuple(one for one in tables if one is not None),
        found["stamp"]["id"],
        ("roster.csv", "rota.ics", "rota.xlsx", "rota.pdf", "pattern.csv", "need.csv"),
    )


def _form(force: Force, posted: Any) -> form.Form:
    asked = RotaForm(posted)
    asked.fields["area"].choices = (
        ("", "All of the force"),
        *([(one.id, one.name) for one in force.areas] or [(one.id, one.name) for one in force.districts]),
    )
    asked.fields["area"].required = False
    return asked


def _answers(given: dict[str, Any]) -> dict[str, Any]:
    return given | {
        "target_share": given["target_share"] / 100.0,
        "lengths_h": [float(hours) for hours in given["lengths_h"]],
    }


@page(
    "response/rota/chart.svg",
    name="response_rota_chart",
    title="Chart of people needed and there",
    permission=Permission.SEE_RECORDS,
)
def rota_chart(request: Request) -> HttpResponse:
    """Draw people needed and there by half-hour."""
    found = needed(request, KIND)
    return pictures.draw(request, _picture(found), found["stamp"]["id"])


@page(
    "response/rota/<slug:stamp>/<str:name>",
    name="response_rota_file",
    title="Rota as a file",
    permission=Permission.EXPORT_RECORDS,
)
def rota_file(request: Request, stamp: str, name: str) -> HttpResponse:
    """Give the rota as a file, thirteen weeks from the next Monday."""
    found = needed(request, KIND, stamp)
    force = force_of(request.workspace)
    made = rota_files(found, datetime.now(ZoneInfo(force.time_zone)).date(), 13, force.time_zone)
    files.known("file", name, made)
    stem, _, kind = name.rpartition(".")
    return files.attached(made[name], stem, kind)


@api.route(
    "response/rota", name="response_rota", title="Rota proposed last", permission=Permission.SEE_RECORDS
)
def rota_json(request: Request) -> RotaAnswer:
    """Give the rota proposed last."""
    return cast(RotaAnswer, needed(request, KIND))


def _figures(found: dict[str, Any]) -> tuple[Figure, ...]:
    proposed, present = found["rota"], found["present"]
    shown = [
        Figure(
            "People",
            numbers.number(proposed["people"]),
            f"in teams of {proposed['team_size']}",
            basis=_proven(proposed),
        ),
        Figure("Hours needed", numbers.number(found["need_h"], 0), "a week"),
        Figure("Hours paid", numbers.number(proposed["paid_h"], 0), "a week"),
        Figure(
            "Cheapest cover of single shifts",
            numbers.number(found["ideal"]["paid_h"], 0),
            "hours a week",
            basis=_proven(found["ideal"]),
        ),
    ]
    if present and present["people_to_cover"]:
        shown.append(
            Figure(
                "On the present pattern",
                numbers.number(present["people_to_cover"]),
                "people would cover it",
            )
        )
    return tuple(shown)


def _proven(of: dict[str, Any]) -> str:
    return "proven" if of["proven"] else "not proven: there may be better"


def _lines(found: dict[str, Any]) -> dict[str, list[float]]:
    shown = {"needed": found["need"], "there, as proposed": found["rota"]["cover"]}
    if found["present"]:
        shown["there, as many on the present pattern"] = found["present"]["cover_with_as_many"]
    return shown


def _picture(found: dict[str, Any]) -> pictures.Picture:
    return pictures.Picture(
        "People needed and there, by half-hour",
        "Lines of people needed and there through the week, which rise in the day and fall at night.",
        lambda width_px: lines.week_lines(
            _lines(found),
            value_title="People",
            width_px=width_px,
            title="People needed and there, by half-hour",
        ),
    )


def _checks(found: dict[str, Any]) -> Table | None:
    if not found["checks"]:
        return None
    falls_short = any(
        one["achieved_share"] is not None
        and one["achieved_share"] + (one["half_width"] or 0.0) < one["wanted_share"]
        for one in found["checks"]
    )
    return Table(
        "The need simulated: share in time, achieved against wanted",
        several_columns("Of", ["Wanted", "By formula", "Achieved in simulation", "Within plus or minus"]),
        [
            (
                one["of"],
                *(numbers.percent(one[f"{name}_share"]) for name in ("wanted", "expected", "achieved")),
                numbers.percent(one["half_width"]),
            )
            for one in found["checks"]
        ],
        note="With just the need on duty, meals left out; the formula looks at a mean week."
        + (SHORT if falls_short else ""),
    )


def _cycle(found: dict[str, Any]) -> Table:
    names = [one["name"] for one in found["rota"]["shifts"]]
    return Table(
        "The cycle: each team begins a week after the one before it",
        (Column("Week"), *(Column(day) for day in DAYS)),
        [
            (str(week), *("off" if one is None else names[one] for one in days))
            for week, days in enumerate(found["rota"]["weeks"], start=1)
        ],
        note="Held by a separate checker to every rule: " + _rules(found) + "."
        if not found["rota"]["breaches"]
        else "; ".join(one["message"] for one in found["rota"]["breaches"]),
    )


def _rules(found: dict[str, Any]) -> str:
    rules = found["asked"]["rules"]
    return (
        f"{rules['rest_h']:g} hours between shifts, at most {numbers.several(rules['most_days'], 'day')} and "
        f"{numbers.several(rules['most_nights'], 'night')} in a row, "
        f"{numbers.several(rules['free_after_nights'], 'day')} free after nights, at least "
        f"{numbers.several(rules['weekends_off'], 'weekend')} off in the cycle, at most {rules['week_h']:g} hours a "
        "week on average"
    )


def _fair(found: dict[str, Any]) -> Table:
    return Table(
        "What each team works in a whole cycle",
        several_columns("Team", ["Hours a week", "Shifts", "Nights", "Weekends off"]),
        [
            (
                one["who"].capitalize(),
                f"{one['week_h']:.1f}",
                str(one["shifts"]),
                str(one["nights"]),
                str(one["weekends_off"]),
            )
            for one in found["rota"]["fair"]
        ],
    )


def _compared(found: dict[str, Any]) -> Table | None:
    """Return the proposal beside the pattern worked now, with as many people and with those there are."""
    present, proposed = found["present"], found["rota"]
    if not present:
        return None
    rows = [
        ("Proposed", proposed["people"], proposed["week_h"], proposed, "", found["judged"]),
        ("Now, with as many", proposed["people"], present["week_h"], present, "_with_as_many", None),
        ("Now", present["people_now"], present["week_h"], present, "_now", present["judged"]),
    ]
    is_judged = found["judged"] is not None
    return Table(
        f"Beside the pattern worked now, {words(present['pattern_id'])}",
        several_columns(
            "Pattern",
            [
                "People",
                "Hours a week each",
                "Short",
                "Beyond the need",
                *["Answered in time, simulated"] * is_judged,
            ],
        ),
        [
            (
                name,
                numbers.number(people, 0),
                f"{week_h:.1f}",
                numbers.number(of[f"short_h{which}"], 0),
                numbers.number(of[f"surplus_h{which}"], 0),
                *([numbers.percent(judged and judged["achieved_share"])] if is_judged else []),
            )
            for name, people, week_h, of, which, judged in rows
        ],
        note="Short and beyond: hours a week.",
    )


def _tried(found: dict[str, Any]) -> Table | None:
    """Return the numbers of teams tried; none where just one was asked for."""
    if len(found["tried"]) < 2:
        return None
    return Table(
        "Numbers of teams tried",
        (*several_columns("Teams", ["People", "Hours a week each", "Short"]), Column("How sure")),
        [
            (
                str(one["teams"]),
                numbers.number(one["people"]),
                f"{one['week_h']:.1f}",
                numbers.number(one["short_h"], 0),
                _proven(one),
            )
            for one in found["tried"]
        ],
        note="More teams follow the need more closely; fewer are easier to run.",
    )
