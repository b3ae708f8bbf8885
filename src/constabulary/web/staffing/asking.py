"""Asks for a proposal as a run, keeps one as a scenario, and finds the proposal a page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from constabulary.core.errors import NotPermitted
from constabulary.registers.access import Permission, permitted
from constabulary.services import runs
from constabulary.services.response_simulation import kept_result, kept_results
from constabulary.services.workspaces import Workspace
from constabulary.web.page import Request
from constabulary.web.table import Column, Table

Result = Mapping[str, Any]
JUDGED = {"replications": 20, "weeks": 26}
"""How thoroughly a proposal kept is simulated at once."""
KEEP = "keep"
"""The field of a form that asks for a proposal to be kept as a scenario."""


def latest(request: Request, kind: str) -> dict[str, Any] | None:
    """Return the proposal that the address names by `stamp`, else the latest of its kind; None without any."""
    named = kept_result(request.workspace, request.GET.get("stamp", ""))
    if named is not None and named.get("kind") == kind:
        return named
    return next(iter(kept_results(request.workspace, kind)), None)


def start(request: Request, name: str, asked: Mapping[str, Any]) -> HttpResponse:
    """Start the run that makes a proposal and lead to it."""
    run = runs.start(request.workspace, name, asked, request.person)
    return HttpResponseRedirect(reverse("run", args=[run.run_id]))


def kept_as_scenario(
    request: Request, kind: str, keep: Callable[[Workspace, Result], str]
) -> HttpResponse | None:
    """Keep the proposal that a form names as a scenario, and simulate it; None where it is gone."""
    decision = permitted(request.person, Permission.RUN_WORK)
    if not decision.is_allowed:
        raise NotPermitted(decision.reason)
    found = kept_result(request.workspace, request.POST.get(KEEP, ""))
    if found is None or found.get("kind") != kind:
        return None
    name = keep(request.workspace, found)
    return start(request, "response.simulate", {"scenario": name, **JUDGED})


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
