"""Asks for a proposal as a run, keeps one as a scenario, and finds the proposal a page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from constabulary.core.errors import NothingThere, NotPermitted, Problem
from constabulary.registers.access import Permission, permitted
from constabulary.services.response.simulation import PROPOSAL_SCHEMA, kept_result, kept_results
from constabulary.services.staffing.proposals import judged, keep_proposal
from constabulary.services.staffing.rota_need import CALL_TAKERS
from constabulary.services.workspace import runs
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import form
from constabulary.web.page import Context, Request
from constabulary.web.response import tables
from constabulary.web.table import Chart, Column, Figure, Table

Result = Mapping[str, Any]
JUDGED = {"replications": 20, "weeks": 26}
"""How thoroughly a proposal kept is simulated at once."""
KEEP = "keep"
"""The field of a form that asks for a proposal to be kept as a scenario."""


@dataclass(frozen=True)
class Opening:
    """What a page of proposals begins with.

    Parameters
    ----------
    action
        Name of the page, which its forms are sent to.
    found
        The proposal to show; None where there is none yet.
    asked
        The question, with what is wrong with it.
    is_worker_missing
        True where no worker lives that would do a run.
    judged, judged_at
        What the simulation of the proposal as a scenario says, and the address of all of it; None and empty before.
    """

    action: str
    found: dict[str, Any] | None
    asked: form.Form
    is_worker_missing: bool
    judged: Table | None
    judged_at: str


@dataclass(frozen=True)
class Proposal(Context):
    """What a page of proposals shows; without a proposal just the answer and the question.

    Parameters
    ----------
    opened
        The proposal, the question, and what simulation says of it.
    figures
        The proposal at a glance.
    basis
        What it rests on and how sure it is.
    chart
        Its picture.
    tables
        All that there is to it.
    keep
        Stamp of a proposal that can be kept as a scenario; empty where none can.
    files
        Names of the files to take away.
    """

    opened: Opening
    figures: tuple[Figure, ...] = ()
    basis: str = ""
    chart: Chart | None = None
    tables: tuple[Table, ...] = ()
    keep: str = ""
    files: tuple[str, ...] = ()


def opening(
    request: Request,
    action: str,
    kind: str,
    asked_of: Callable[[Any], form.Form],
    run: str,
    answers: Callable[[dict[str, Any]], Mapping[str, Any]],
) -> Opening | HttpResponse:
    """Keep a proposal, start the run that makes one, or find the one to show (each has its own permission).

    Parameters
    ----------
    request
        What came.
    action
        Name of the page.
    kind
        Kind of proposal.
    asked_of
        Makes the form of the question from what was posted, or from None.
    run
        The run that answers it.
    answers
        Turns the form's values into those of the run.
    """
    if request.method == "POST" and KEEP in request.POST:
        led = _kept_as_scenario(request, kind)
        if led is not None:
            return led
    asked = asked_of(request.POST if request.method == "POST" and KEEP not in request.POST else None)
    if asked.is_bound and asked.is_valid():
        return start(request, run, answers(dict(asked.cleaned_data)))
    found = proposal(request, kind)
    simulated = None if found is None else judged(request.workspace, found)
    is_missing = not runs.has_worker(request.workspace)
    if simulated is None or found is None:
        return Opening(action, found, asked, is_missing, None, "")
    address = reverse("response_result", args=[simulated["stamp"]["id"]])
    return Opening(action, found, asked, is_missing, _judgement(request.workspace, found, simulated), address)


def proposal(request: Request, kind: str, stamp: str = "") -> dict[str, Any] | None:
    """Return the proposal of a stamp, given or in the address, else the latest of its kind; None without any.

    Raises
    ------
    NothingThere
        If no proposal of the kind is kept under the stamp.
    """
    stamp = stamp or request.GET.get("stamp", "")
    if not stamp:
        kept = kept_results(request.workspace, kind)
        return next((one for one in kept if one["schema"] == PROPOSAL_SCHEMA), None)
    named = kept_result(request.workspace, stamp)
    if named is None or named.get("kind") != kind or named["schema"] != PROPOSAL_SCHEMA:
        raise NothingThere(
            Problem(
                "no_such_proposal",
                f"no proposal of this kind is kept under the stamp {stamp}",
                remedy="Ask for one on its page.",
            )
        )
    return named


def needed(request: Request, kind: str, stamp: str = "") -> dict[str, Any]:
    """Return what `proposal` does.

    Raises
    ------
    NothingThere
        If nothing of the kind has been proposed.
    """
    found = proposal(request, kind, stamp)
    if found is None:
        raise NothingThere(
            Problem("no_result", "nothing has been proposed yet", remedy="Ask for a proposal on its page.")
        )
    return found


def start(request: Request, name: str, asked: Mapping[str, Any]) -> HttpResponse:
    """Start a run and lead to it."""
    run = runs.start(request.workspace, name, asked, request.person)
    return HttpResponseRedirect(reverse("run", args=[run.run_id]))


def _kept_as_scenario(request: Request, kind: str) -> HttpResponse | None:
    """Keep the proposal that a form names as a scenario, and simulate it; None where it is gone."""
    decision = permitted(request.person, Permission.RUN_WORK)
    if not decision.is_allowed:
        raise NotPermitted(decision.reason)
    found = kept_result(request.workspace, request.POST.get(KEEP, ""))
    if found is None or found.get("kind") != kind:
        return None
    name = keep_proposal(request.workspace, found)
    return start(request, "response.simulate", {"scenario": name, **JUDGED})


def _judgement(workspace: Workspace, found: Result, simulated: Result) -> Table:
    """Return what a simulation says of what the proposal is about: contacts answered, or incidents reached."""
    force = force_of(workspace)
    if found.get("asked", {}).get("for") == CALL_TAKERS:
        channels = {channel.id: channel.name for channel in force.channels}
        answered = tables.contact(simulated["figures"], channels)
        if answered is not None:
            return answered
    grades = {grade.id: grade.name for grade in force.grades if grade.is_attended}
    return tables.by_grade(simulated["figures"], grades)


def several_columns(first: str, titles: list[str]) -> tuple[Column, ...]:
    """Return a column of names and some of numbers."""
    return (Column(first), *(Column(title, is_number=True) for title in titles))


def week_table(caption: str, values: Mapping[str, list[float]]) -> Table:
    """Return figures by half-hour of the week, an hour a row: the greater of its two halves."""
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    named = " / ".join(values)
    return Table(
        f"{caption}: {named}",
        several_columns("Hour", list(days)),
        [
            (
                f"{hour:02}:00",
                *(
                    " / ".join(
                        f"{max(line[48 * day + 2 * hour : 48 * day + 2 * hour + 2]):.0f}"
                        for line in values.values()
                    )
                    for day in range(7)
                ),
            )
            for hour in range(24)
        ],
    )
