"""What is shown when something cannot be: refused, not found, a fault, or an error with its remedy."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TypedDict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from constabulary.core.errors import (
    BadInput,
    ConstabularyError,
    DiscFull,
    NothingThere,
    NotPermitted,
    Problem,
    WorkspaceBusy,
    is_disc_full,
)
from constabulary.web.page import frame

_STATUS: tuple[tuple[type[ConstabularyError], int], ...] = (
    (BadInput, 400),
    (NotPermitted, 403),
    (NothingThere, 404),
    (WorkspaceBusy, 503),
    (DiscFull, 507),
)


def status_of(error: ConstabularyError) -> int:
    """Return the HTTP status that goes with an error of ours."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


class Refused(TypedDict):
    """One thing that is wrong.

    Parameters
    ----------
    rule
        Its stable name: what a program may ask for.
    message
        What is wrong, where, what was expected and what to do, for people.
    """

    rule: str
    message: str


class Refusal(TypedDict):
    """What the API says where it does not answer.

    Parameters
    ----------
    problems
        Everything that is wrong, at once.
    """

    problems: list[Refused]


def as_json(error: ConstabularyError) -> Refusal:
    """Return an error of ours as the API says it."""
    return {
        "problems": [{"rule": problem.rule, "message": str(asked(problem))} for problem in error.problems]
    }


def asked(problem: Problem) -> Problem:
    """Return a problem with the word of an address in place of the option of a command: from, not --from."""
    return replace(problem, column=problem.column and problem.column.removeprefix("--"))


def told(request: HttpRequest, error: ConstabularyError) -> HttpResponse:
    """Show an error of ours: what is wrong, where, what was expected, what to do."""
    status = status_of(error)
    title = "This is not here" if status == 404 else "There is a problem"
    context = {"title": title, "problems": [str(asked(problem)) for problem in error.problems]}
    shown: HttpResponse = render(request, "errors/told.html", context | frame(), status=status)
    return shown


def refused(request: HttpRequest, reason: str, *, as_json: bool = False) -> HttpResponse:
    """Say that a person may not see something, and why."""
    if as_json:
        return JsonResponse({"problems": [{"rule": "not_permitted", "message": reason}]}, status=403)
    return _show(request, "403", "You may not see this", 403, reason=reason)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request cannot be understood."""
    return _show(request, "400", "This request cannot be answered", 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a person may not see something."""
    return refused(request, "You do not have the permission it needs.")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form did not come from a page of this site."""
    return refused(
        request, "The form was not sent from a page of this site, or the page is out of date. Open it again."
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no page at this address, or no answer: the API says it as it says every refusal."""
    if request.path_info.startswith("/api/"):
        nothing = Problem(
            "no_such_address", "there is no such address", remedy="See /api/openapi.json for those there are."
        )
        return JsonResponse(as_json(NothingThere(nothing)), status=404)
    return _show(request, "404", "Page not found", 404)


def fault(request: HttpRequest) -> HttpResponse:
    """Say that the site has a fault, or that the disc is full, which is none of its."""
    error = sys.exc_info()[1]
    if error is not None and is_disc_full(error):
        full = Problem(
            "disc_full",
            "the disc is full; nothing was changed",
            remedy="Free some room and do the same again.",
        )
        return told(request, DiscFull(full))
    return _show(request, "500", "Sorry, there is a fault in this site", 500)


def _show(request: HttpRequest, name: str, title: str, status: int, **more: object) -> HttpResponse:
    context = {"title": title, **more} | frame()
    shown: HttpResponse = render(request, f"errors/{name}.html", context, status=status)
    return shown
