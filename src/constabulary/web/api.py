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
from constabulary.web.api_schema import Schemas, is_described

V = TypeVar("V", bound=Callable[..., Any])

TAGS = {"force": "data", "imports": "data", "runs": "data", "workforce": "response"}
"""The room of addresses that do not begin with its name."""
REFUSALS = {
    "400": "What was asked cannot be answered as it stands; each problem says what was expected.",
    "403": "The person asking has not the permission it needs.",
    "404": "There is nothing of that name, or nothing to answer from.",
    "500": "The site has a fault, or its force folder breaks a rule.",
    "503": "The workspace is being changed; ask again.",
    "507": "The disc is full; nothing was changed.",
}
"""What each HTTP status of a refusal means; all carry the same JSON."""

# The description is a page of ours (pages/api.py): ninja's own would load scripts from another site.
_api = NinjaAPI(
    title="constabulary",
    version=__version__,
    description="The figures of the pages as JSON. Read-only; every result carries its schema version.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
_answers: dict[str, Any] = {}
"""The type of each route's answer, by its path."""
_permissions: dict[str, Permission] = {}
"""What the person asking needs, by the route's path."""


def route(path: str, *, name: str, title: str, permission: Permission) -> Callable[[V], V]:
    """Declare a function as a GET route of the API.

    Its parameters (after the request) and its docstring are the route's description, and the type it returns that of
    its answer: a TypedDict, beside what makes the answer. Answers are not checked against it as they are given; the
    tests do that. What else an address asks is refused: a word misspelt would otherwise be answered as if it had not
    been said.

    Parameters
    ----------
    path
        Its address after `/api/`, in ninja's notation: `force/{table}`.
    name
        Its name: `reverse("api:NAME")`, and its operationId.
    title
        What it answers, in a few words.
    permission
        What the person asking needs.

    Raises
    ------
    TypeError
        If no permission is declared, the name or path is taken, or the function does not say what it answers.
    """

    def declare(view: V) -> V:
        # Read here, where the names in the view's annotations are known.
        signature = inspect.signature(view, eval_str=True)
        if not is_described(signature.return_annotation):
            raise TypeError(
                f"The route {path} must say what it answers: its function returns a TypedDict, not "
                f"{signature.return_annotation!r}."
            )
        page.declare(
            page.Page(
                f"api/{path}",
                f"api:{name}",
                title,
                permission,
                None,
                None,
                ("GET", "HEAD"),
                is_api=True,
                view=view,
            )
        )
        _answers[f"/api/{path}"] = signature.return_annotation
        _permissions[f"/api/{path}"] = permission

        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **captured: Any) -> Any:
            words = _words(path)
            refuse_unknown(request, [*words])
            _refuse_repeated(request, [word for word, schema in words.items() if schema["type"] != "array"])
            return view(request, *args, **captured)

        answered.__signature__ = signature  # type: ignore[attr-defined]
        room = path.partition("/")[0]
        tags = [TAGS.get(room, room)]
        _api.get(f"/{path}", url_name=name, operation_id=name, summary=title, tags=tags)(answered)
        return view

    return declare


def _words(path: str) -> dict[str, Any]:
    """Return what the address of a route may ask: the schema of each word."""
    taken = _asked(len(_answers))["paths"][f"/api/{path}"]["get"]["parameters"]
    return {one["name"]: one["schema"] for one in taken if one["in"] == "query"}


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


def _refuse_repeated(request: HttpRequest, words: Sequence[str]) -> None:
    """Refuse an address that says one of these words twice: all but the last would be passed over."""
    problems = [
        Problem("repeated_parameter", "stands more than once.", column=word, remedy="Say it once.")
        for word in words
        if len(request.GET.getlist(word)) > 1
    ]
    if problems:
        raise BadInput(problems)


def url_patterns() -> list[URLPattern]:
    """Return the URL patterns of the declared routes, and nothing that ninja adds of its own."""
    patterns, _, _ = _api.urls
    return [one for one in patterns if isinstance(one, URLPattern) and one.name != "api-root"]


def description() -> dict[str, Any]:
    """Return the OpenAPI description of the declared routes: what each asks, answers and refuses."""
    return _described(len(_answers))


@lru_cache(maxsize=1)
def _asked(n_routes: int) -> dict[str, Any]:
    """Return what each route asks, as OpenAPI; the number of routes makes it be worked out anew for a new one."""
    asked = dict(_api.get_openapi_schema(path_prefix="/api/"))
    for path, methods in asked["paths"].items():
        told = methods["get"]
        told["parameters"] = [_parameter(one) for one in told["parameters"]]
        told["x-permission"] = _permissions[path].value
    return asked


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a parameter with what it means beside its name; an address never says null."""
    schema = dict(told["schema"])
    for one in schema.pop("anyOf", ()):
        schema |= {} if one == {"type": "null"} else one
    about = schema.pop("description", "")
    if "items" in schema:  # of a word that may be repeated each is told
        schema["items"] = dict(schema["items"])
        about = schema["items"].pop("description", "")
    schema.pop("title", None)
    # The examples of a schema are a list; ninja writes them beside it too, where OpenAPI has them by name.
    beside = {name: one for name, one in told.items() if name != "examples"}
    return {**beside, "description": about, "schema": schema}


@lru_cache(maxsize=1)
def _described(n_routes: int) -> dict[str, Any]:
    asked, schemas = _asked(n_routes), Schemas()
    refusal = {"application/json": {"schema": schemas.of(errors.Refusal)}}
    refusals = {status: {"$ref": f"#/components/responses/{status}"} for status in REFUSALS}
    paths = {}
    for path, methods in asked["paths"].items():
        answer = {"application/json": {"schema": schemas.of(_answers[path])}}
        given = {"200": {"description": methods["get"]["summary"], "content": answer}}
        paths[path] = {"get": {**methods["get"], "responses": given | refusals}}
    components = {
        "schemas": dict(sorted(schemas.named.items())),
        "responses": {status: {"description": text, "content": refusal} for status, text in REFUSALS.items()},
    }
    return {**asked, "paths": paths, "components": components}


@_api.exception_handler(ValidationError)
def _misread(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _told(
        request,
        BadInput(
            [
                Problem(
                    "missing_parameter" if one["type"] == "missing" else "wrong_parameter",
                    "is missing" if one["type"] == "missing" else "cannot be read",
                    column=[word for word in one["loc"] if isinstance(word, str)][-1],
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
