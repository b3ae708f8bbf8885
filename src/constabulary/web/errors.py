"""What is shown when something cannot be: refused, not found, a fault, or an error with its remedy."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from constabulary.core.amounts import several
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


MOST_TOLD = 20
"""How many problems the API tells at once; what is wrong with a request is not said back at the request's length."""
END_LETTERS = 400
"""Characters of a message's beginning, and of its end, that are told."""


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
    """Return an error of ours as the API says it: the first problems, and how many more there are."""
    told: list[Refused] = [
        {"rule": problem.rule, "message": _shortened(str(asked(problem)))}
        for problem in error.problems[:MOST_TOLD]
    ]
    if n_left := len(error.problems) - len(told):
        more = f"{several(n_left, 'more problem')} of the same request. Mend these and ask again."
        told.append({"rule": "more_problems", "message": more})
    return {"problems": told}


def _shortened(text: str) -> str:
    """Return a message without its middle where a long value of the request stands in it."""
    if len(text) <= 2 * END_LETTERS:
        return text
    n_left = len(text) - 2 * END_LETTERS
    return f"{text[:END_LETTERS]} … ({n_left:,} characters left out) … {text[-END_LETTERS:]}"


def asked(problem: Problem) -> Problem:
    """Return a problem with the word of an address in place of the option of a command: from, not --from."""
    return replace(problem, column=problem.column and problem.column.removeprefix("--"))


def is_for_programs(request: HttpRequest) -> bool:
    """Tell whether a request is for the API, which answers programs; its page `/api/` is for people."""
    return request.path_info.startswith("/api/") and request.path_info != "/api/"


def told(request: HttpRequest, error: ConstabularyError) -> HttpResponse:
    """Show an error of ours: what is wrong, where, what was expected, what to do."""
    status = status_of(error)
    if is_for_programs(request):
        return JsonResponse(as_json(error), status=status)
    title = "This is not here" if status == 404 else "There is a problem"
    context = {"title": title, "problems": [str(asked(problem)) for problem in error.problems]}
    shown: HttpResponse = render(request, "errors/told.html", context | frame(), status=status)
    return shown


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """Say that a person may not see something, and why."""
    return _show(request, "403", "You may not see this", 403, Problem("not_permitted", reason), reason=reason)


def not_allowed(request: HttpRequest, methods: Sequence[str]) -> HttpResponse:
    """Say to a program that an address is not asked in this way."""
    problem = Problem(
        "wrong_method", f"{request.method} is no way to ask this.", expected=" or ".join(methods)
    )
    answer = JsonResponse(as_json(BadInput(problem)), status=405)
    answer["Allow"] = ", ".join(methods)
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request cannot be understood."""
    problem = Problem(
        "bad_request", "this request cannot be answered: it says too many words, or names another site"
    )
    return _show(request, "400", "This request cannot be answered", 400, problem)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a person may not see something."""
    return refused(request, "You do not have the permission it needs.")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form did not come from a page of this site."""
    return refused(
        request, "The form was not sent from a page of this site, or the page is out of date. Open it again."
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no page at this address, or no answer."""
    nothing = Problem(
        "no_such_address", "there is no such address", remedy="See /api/openapi.json for those there are."
    )
    return _show(request, "404", "Page not found", 404, nothing)


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
    problem = Problem(
        "fault", "there is a fault in this site", remedy="What happened stands in the log of the site."
    )
    return _show(request, "500", "Sorry, there is a fault in this site", 500, problem)


def _show(
    request: HttpRequest, name: str, title: str, status: int, problem: Problem, **more: object
) -> HttpResponse:
    """Show a page with what is wrong to people; say the problem to programs."""
    if is_for_programs(request):
        return JsonResponse(as_json(ConstabularyError(problem)), status=status)
    context = {"title": title, **more} | frame()
    shown: HttpResponse = render(request, f"errors/{name}.html", context, status=status)
    return shown
