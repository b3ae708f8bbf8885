"""The read-only JSON API: a route is declared beside the page with the same figures, with its permission."""

from __future__ import annotations

from collections.abc import Callable
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

    Its parameters (after the request) and the first line of its docstring are the route's description.

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
        _api.get(f"/{path}", url_name=name, operation_id=name, summary=title)(view)
        return view

    return declare


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
                    expected=None if one["type"] == "missing" else str(one["msg"]),
                    remedy="The routes and what each takes: /api/",
                )
                for one in error.errors
            ]
        ),
    )


@_api.exception_handler(ConstabularyError)
def _told(request: HttpRequest, error: ConstabularyError) -> HttpResponse:
    return _api.create_response(request, errors.as_json(error), status=errors.status_of(error))
