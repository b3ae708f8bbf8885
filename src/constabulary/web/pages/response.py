"""Response: what simulation says of the force, the way to run one, and the results kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from constabulary.registers.access import Permission
from constabulary.services import runs
from constabulary.services.force import force_of
from constabulary.services.response_simulation import kept_results, scenario_names
from constabulary.services.workforce import on_duty
from constabulary.services.workspaces import Workspace
from constabulary.web import form, numbers
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.response.figures import amount, find, with_interval
from constabulary.web.table import Cell, Column, Figure, Table

THOROUGH = {
    "quick": ("Quick: 4 runs of 8 weeks, seconds", 4, 8),
    "usual": ("Usual: 20 runs of 26 weeks, a minute or less", 20, 26),
    "full": ("Thorough: 50 runs of a year, minutes", 50, 52),
}
COMPARE = "compare"
MOST_LISTED = 20


@dataclass(frozen=True)
class Response(Context):
    """What the front page of response shows.

    Parameters
    ----------
    figures
        The latest simulation at a glance, or who is on duty where there is none.
    basis
        What those figures are of.
    form
        The form that asks for a run, with what is wrong with it.
    results
        Results kept; none before the first.
    further
        Questions and where they are answered.
    is_worker_missing
        True where no worker lives that would do a run.
    """

    figures: tuple[Figure, ...]
    basis: str
    form: form.Form
    results: Table | None
    further: tuple[tuple[str, str], ...]
    is_worker_missing: bool


class RunForm(form.Form):
    """What to simulate, and how thoroughly."""

    what = form.Select("What to simulate", required="Choose what to simulate")
    thorough = form.Radios(
        "How thoroughly",
        tuple((key, words) for key, (words, _, _) in THOROUGH.items()),
        required="Choose how thoroughly",
        initial="quick",
    )


@page(
    "response/",
    name="response",
    title="Response",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    methods=("GET", "HEAD", "POST"),
)
def response(request: Request) -> Response | HttpResponse:
    """Show the latest simulation, and ask for a run where the form was sent (starting one has its own permission)."""
    if request.method != "POST":
        return _shown(request.workspace, _form(request.workspace))
    sent = _form(request.workspace, request.POST)
    if not sent.is_valid():
        return _shown(request.workspace, sent)
    what = sent.cleaned_data["what"]
    _, replications, weeks = THOROUGH[sent.cleaned_data["thorough"]]
    if what == COMPARE:
        scenarios = [name for name, _ in scenario_names(request.workspace)]
        asked: dict[str, Any] = {"scenarios": scenarios, "replications": replications, "weeks": weeks}
        run = runs.start(request.workspace, "response.appraise", asked, request.person)
    else:
        asked = {"scenario": what.removeprefix("as_it_stands"), "replications": replications, "weeks": weeks}
        run = runs.start(request.workspace, "response.simulate", asked, request.person)
    return HttpResponseRedirect(reverse("run", args=[run.run_id]))


def _form(workspace: Workspace, sent: Any = None) -> RunForm:
    made = RunForm(sent)
    scenarios = scenario_names(workspace)
    compare = ((COMPARE, f"All {len(scenarios)} scenarios beside each other"),) if len(scenarios) > 1 else ()
    made.fields["what"].choices = (
        *compare,
        ("as_it_stands", "The force folder as it stands"),
        *((name, scenario.name) for name, scenario in scenarios),
    )
    return made


def _shown(workspace: Workspace, made: RunForm) -> Response:
    kept = kept_results(workspace, "simulation", "appraisal", most=MOST_LISTED)
    simulations = [one for one in kept if one["kind"] == "simulation"]
    appraisals = [one for one in kept if one["kind"] == "appraisal"]
    grades = {grade.id: grade.name for grade in force_of(workspace).grades if grade.is_attended}
    answer, figures, basis = _at_a_glance(workspace, simulations, appraisals, grades)
    return Response(
        answer,
        figures=figures,
        basis=basis,
        form=made,
        results=_results(simulations, appraisals),
        further=(
            ("Who is on duty, hour by hour?", reverse("response_workforce")),
            ("Where should units wait?", reverse("response_sites")),
            ("Which rota covers the need?", reverse("response_rota")),
            ("How many officers in which district?", reverse("response_officers")),
            ("How many agents does a queue of callers need?", reverse("response_staffing")),
            ("What does a simulated day look like on the map?", reverse("response_day")),
        ),
        is_worker_missing=not runs.has_worker(workspace),
    )


def _at_a_glance(
    workspace: Workspace,
    simulations: list[dict[str, Any]],
    appraisals: list[dict[str, Any]],
    grades: Mapping[str, str],
) -> tuple[str, tuple[Figure, ...], str]:
    if appraisals:
        first = appraisals[0]
        base = first["options"][0]
        return first["summary"][0], _figures(base["figures"], grades), _basis(first, base["name"])
    if simulations:
        first = simulations[0]
        rows, urgent = first["figures"], next(iter(grades))
        share = amount(find(rows, "within_target_share", urgent)["mean"], "share")
        name, grade = first["scenario"]["name"], grades[urgent].lower()
        answer = f"{name}: the model reaches {share} of {grade} incidents in time."
        return answer, _figures(rows, grades), _basis(first, first["scenario"]["name"])
    held = [post for post in on_duty(workspace)["posts"] if post["duty"] == "response"]
    units, officers = (sum(post[key] for post in held) for key in ("mean_units", "mean_deployable"))
    posts = sum(post["posts_fte"] for post in held)
    answer = (
        f"{numbers.number(officers, 0)} officers are on duty to respond at a usual moment, "
        f"in {numbers.number(units, 0)} units. No simulation has been run yet."
    )
    figures = (
        Figure("Posts that respond", numbers.number(posts, 0)),
        Figure("Officers on duty", numbers.number(officers, 1)),
        Figure("Units on duty", numbers.number(units, 1)),
    )
    return answer, figures, "Means over the hours of a week, from establishment, shifts and absence."


def _figures(rows: list[dict[str, Any]], grades: Mapping[str, str]) -> tuple[Figure, ...]:
    urgent, name = next(iter(grades.items()))
    return (
        Figure(f"{name} reached in time", with_interval(find(rows, "within_target_share", urgent))),
        Figure(
            "In the worst-served district", with_interval(find(rows, "worst_within_target_share", urgent))
        ),
        Figure(f"Half of {name.lower()} reached within", with_interval(find(rows, "median_s", urgent))),
        Figure("Uncommitted time of units", with_interval(find(rows, "uncommitted_share"))),
        Figure(
            "Free for visible patrol",
            with_interval(find(rows, "visible_officer_h")),
            "officer-hours a week",
        ),
        Figure("Duties that end late", with_interval(find(rows, "late_share"))),
    )


def _basis(result: Mapping[str, Any], name: str) -> str:
    runs_made = numbers.several(result["replications"], "simulated run")
    return (
        f"{name}: {runs_made} of {numbers.several(result['weeks'], 'week')}, stamp {result['stamp']['id']}."
    )


def _results(simulations: list[dict[str, Any]], appraisals: list[dict[str, Any]]) -> Table | None:
    listed = [
        (
            Cell(
                " against ".join(
                    (", ".join(o["name"] for o in one["options"][1:]), one["options"][0]["name"])
                ),
                reverse("response_appraisal", args=[one["stamp"]["id"]]),
            ),
            "Appraisal",
            one,
        )
        for one in appraisals
    ] + [
        (
            Cell(one["scenario"]["name"], reverse("response_result", args=[one["stamp"]["id"]])),
            "Simulation",
            one,
        )
        for one in simulations
    ]
    if not listed:
        return None
    return Table(
        "Results kept",
        (
            Column("Result", is_long=True),
            Column("Kind"),
            Column("Runs", is_number=True),
            Column("Weeks", is_number=True),
            Column("Stamp"),
        ),
        [
            (
                cell,
                kind,
                numbers.number(one["replications"]),
                numbers.number(one["weeks"]),
                one["stamp"]["id"],
            )
            for cell, kind, one in listed
        ],
    )
