"""The read-only JSON API: a route is declared beside the page with the same figures, with its permission."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import ValidationError

from constabulary import __version__
from constabulary.core.errors import BadInput, ConstabularyError, Problem
from constabulary.registers.access import Permission
from constabulary.web import errors, page

V = TypeVar("V", bound=Callable[..., Any])

# The description is a page of ours (pages/api.py): ninja's own would load scripts from another site.
_api = NinjaAPI(
    title="constabulary",
    version=__version__,
    description="The figures of the pages as JSON. Read-only; every result carries its schema version.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)


def route(path: str, *, name: str, title: str, permission: Permission) -> Callable[[V], V]:
    """Declare a function as a GET route of the API.

    Its parameters (after the request) and its docstring are the route's description. What else an address asks is
    refused: a word misspelt would otherwise be answered as if it had not been said.

    Parameters
    ----------
    path
        Its address after `/api/`, in ninja's notation: `force/{table}`.
    name
        Its name: `reverse("api:NAME")`.
    title
        What it answers, in a few words.
    permission
        What the person asking needs.

    Raises
    ------
    TypeError
        If no permission is declared, or the name or path is taken.
    """

    def declare(view: V) -> V:
        page.declare(
            page.Page(
                f"api/{path}", f"api:{name}", title, permission, None, None, ("GET",), is_api=True, view=view
            )
        )

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **captured: Any) -> Any:
            refuse_unknown(request, _words(path))
            return view(request, *args, **captured)

        # Read here, where the names in the view's annotations are known.
        answered.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        _api.get(f"/{path}", url_name=name, operation_id=name, summary=title)(answered)
        return view

    return declare


@lru_cache(maxsize=256)
def _words(path: str) -> tuple[str, ...]:
    """Return what the address of a route may ask."""
    taken = description()["paths"][f"/api/{path}"]["get"]["parameters"]
    return tuple(one["name"] for one in taken if one["in"] == "query")


def refuse_unknown(request: HttpRequest, known: Sequence[str]) -> None:
    """Refuse an address that asks anything else.

    Parameters
    ----------
    request
        The request.
    known
        What its address may ask.

    Raises
    ------
    BadInput
        If it asks more.
    """
    expected = " or ".join(known) or "an address that asks nothing"
    problems = [
        Problem("unknown_parameter", "is not asked here.", column=word, expected=expected)
        for word in request.GET
        if word not in known
    ]
    if problems:
        raise BadInput(problems)


def url_patterns() -> list[URLPattern]:
    """Return the URL patterns of the declared routes, and nothing that ninja adds of its own."""
    patterns, _, _ = _api.urls
    return [one for one in patterns if isinstance(one, URLPattern) and one.name != "api-root"]


def description() -> dict[str, Any]:
    """Return the OpenAPI description of the declared routes."""
    return dict(_api.get_openapi_schema(path_prefix="/api/"))


@_api.exception_handler(ValidationError)
def _misread(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _told(
        request,
        BadInput(
            [
                Problem(
                    "missing_parameter" if one["type"] == "missing" else "wrong_parameter",
                    "is missing" if one["type"] == "missing" else "cannot be read",
                    column=str(one["loc"][-1]),
                    expected=None
                    if one["type"] == "missing"
                    else str(one["msg"]).removeprefix("Value error, "),
                    remedy="The routes and what each takes: /api/",
                )
                for one in error.errors
            ]
        ),
    )


@_api.exception_handler(ConstabularyError)
def _told(request: HttpRequest, error: ConstabularyError) -> HttpResponse:
    return _api.create_response(request, errors.as_json(error), status=errors.status_of(error))
