"""Response: what simulation says of the force, the way to run one, and the results kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from constabulary.core.amounts import low
from constabulary.registers.access import Permission
from constabulary.services.response.simulation import kept_results, scenario_names
from constabulary.services.response.workforce import on_duty
from constabulary.services.workspace import runs
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import form, numbers
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.response.figures import find, in_short, with_interval
from constabulary.web.staffing.asking import start
from constabulary.web.table import Cell, Column, Figure, Table

THOROUGH = {
    "quick": ("Quick: 4 runs of 8 weeks, seconds", 4, 8),
    "usual": ("Usual: 20 runs of 26 weeks, a minute or less", 20, 26),
    "full": ("Thorough: 50 runs of a year, minutes", 50, 52),
}
AS_IT_STANDS = "as_it_stands"
"""What the form calls the force folder without a scenario."""
MOST_LISTED = 20
PAGES = {
    "appraisal": ("response_appraisal", "Appraisal"),
    "simulation": ("response_result", "Simulation"),
    "calibration": ("response_calibration", "Calibration"),
    "effect": ("response_effect", "What posts buy"),
}
"""Page and name of each kind of result."""
RUNS = ("response.", "workforce.")
"""How the names of the runs of this room begin."""


@dataclass(frozen=True)
class Response(Context):
    """What the front page of response shows.

    Parameters
    ----------
    figures
        The latest simulation at a glance, or who is on duty where there is none.
    basis
        What those figures are of.
    under_way
        Simulations that wait or run, each with the address that shows its progress and can stop it.
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
    under_way: tuple[Cell, ...]
    form: form.Form
    results: Table | None
    further: tuple[tuple[str, str], ...]
    is_worker_missing: bool


class RunForm(form.Form):
    """What to simulate, and how thoroughly."""

    what = form.Checkboxes(
        "What to simulate",
        hint="One is simulated by itself; of several, the first is what the others are held against.",
        required="Choose what to simulate",
    )
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
    chosen = ["" if one == AS_IT_STANDS else one for one in sent.cleaned_data["what"]]
    _, replications, weeks = THOROUGH[sent.cleaned_data["thorough"]]
    asked: dict[str, Any] = {"replications": replications, "weeks": weeks}
    if len(chosen) > 1:
        return start(request, "response.appraise", {"scenarios": chosen, **asked})
    return start(request, "response.simulate", {"scenario": chosen[0], **asked})


def _form(workspace: Workspace, sent: Any = None) -> RunForm:
    scenarios = [(name, scenario.name) for name, scenario in scenario_names(workspace)]
    # Usually all that are shipped or kept are compared; the folder as it stands is one click more.
    made = RunForm(sent, initial={"what": [name for name, _ in scenarios] or [AS_IT_STANDS]})
    made.fields["what"].choices = (*scenarios, (AS_IT_STANDS, "The force folder as it stands"))
    return made


def _shown(workspace: Workspace, made: RunForm) -> Response:
    kept = kept_results(workspace, *PAGES, most=MOST_LISTED)
    simulations = [one for one in kept if one["kind"] == "simulation"]
    appraisals = [one for one in kept if one["kind"] == "appraisal"]
    grades = {grade.id: grade.name for grade in force_of(workspace).grades if grade.is_attended}
    answer, figures, basis = _at_a_glance(workspace, simulations, appraisals, grades)
    return Response(
        answer,
        figures=figures,
        basis=basis,
        under_way=tuple(
            Cell(
                f"{runs.title_of(run)}: {run.state}, {numbers.percent(run.progress_share, 0)} done",
                reverse("run", args=[run.run_id]),
            )
            for run in runs.list_runs(workspace)
            if run.name.startswith(RUNS) and not run.is_finished
        ),
        form=made,
        results=_results(kept),
        further=(
            ("What do more posts, or a sum of money, buy?", reverse("response_posts")),
            ("What does a simulated day look like on the map?", reverse("response_day")),
            ("Does the model match the records?", reverse("response_model")),
            ("What does simulation rest on?", reverse("response_assumptions")),
            ("Who is on duty, hour by hour?", reverse("response_workforce")),
            ("Where should units wait?", reverse("response_sites")),
            ("Which rota covers the need?", reverse("response_rota")),
            ("How many officers in which district?", reverse("response_officers")),
            ("How many agents does a queue of callers need?", reverse("response_staffing")),
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
        figures = _figures(base["figures"], grades, base["equity"]["worst_area"])
        return first["summary"][0], figures, _basis(first, base["name"])
    if simulations:
        first = simulations[0]
        name = first["scenario"]["name"]
        answer = f"{name}: {in_short(first, grades)[:1].lower()}{in_short(first, grades)[1:]}"
        return answer, _figures(first["figures"], grades, None), _basis(first, name)
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


def _figures(rows: list[dict[str, Any]], grades: Mapping[str, str], worst: str | None) -> tuple[Figure, ...]:
    urgent, name = next(iter(grades.items()))
    by_district = [
        row
        for row in rows
        if (row["figure"], row["of"], row["by"]) == ("within_target_share", urgent, "district")
        and row["mean"] is not None
    ]
    served = (
        (
            Figure(
                "In the worst-served district", with_interval(min(by_district, key=_mean)), basis=worst or ""
            ),
        )
        if by_district
        else ()
    )
    return (
        Figure(f"{name} reached in time", with_interval(find(rows, "within_target_share", urgent))),
        *served,
        Figure(f"Half of {low(name)} reached within", with_interval(find(rows, "median_s", urgent))),
        Figure("Uncommitted time of units", with_interval(find(rows, "uncommitted_share"))),
        Figure(
            "Free for visible patrol",
            with_interval(find(rows, "visible_officer_h")),
            "officer-hours a week",
        ),
        Figure("Duties that end late", with_interval(find(rows, "late_share"))),
    )


def _mean(row: Mapping[str, Any]) -> float:
    return float(row["mean"])


def _basis(result: Mapping[str, Any], name: str) -> str:
    runs_made = numbers.several(result["replications"], "simulated run")
    return (
        f"{name}: {runs_made} of {numbers.several(result['weeks'], 'week')}, stamp {result['stamp']['id']}."
    )


def _results(kept: list[dict[str, Any]]) -> Table | None:
    if not kept:
        return None
    rows = []
    for one in kept:
        page_name, kind = PAGES[one["kind"]]
        stamp = one["stamp"]["id"]
        rows.append(
            (
                Cell(_name(one), reverse(page_name, args=[stamp])),
                kind,
                numbers.number(one["replications"]),
                numbers.number(one["weeks"]),
                stamp,
            )
        )
    return Table(
        "Results kept",
        (
            Column("Result", is_long=True),
            Column("Kind"),
            Column("Runs", is_number=True),
            Column("Weeks", is_number=True),
            Column("Stamp"),
        ),
        rows,
    )


def _name(one: Mapping[str, Any]) -> str:
    if one["kind"] == "appraisal":
        others = "; ".join(option["name"] for option in one["options"][1:])
        return f"{one['base']} against: {others}"
    if one["kind"] == "effect":
        posts = ", ".join(numbers.difference(row["posts_added_fte"]) for row in one["rows"])
        return f"{one['scenario']}: {posts} posts"
    return str(one["scenario"]["name"] if one["kind"] == "simulation" else one["scenario"])
