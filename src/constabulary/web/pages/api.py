"""The description of the API: what it answers and where, for people and as OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import JsonResponse

from constabulary.registers.access import Permission
from constabulary.web import api, numbers
from constabulary.web.page import Context, Request, page, pages
from constabulary.web.table import Cell, Column, Table


@dataclass(frozen=True)
class Routes(Context):
    """What the page of the API shows.

    Parameters
    ----------
    routes
        Every route: address, what it answers, what it takes, the permission it needs.
    """

    routes: Table


@page("api/", name="api", title="API", permission=Permission.SEE_PUBLIC)
def routes(request: Request) -> Routes:
    """List the routes of the API."""
    described = api.description()["paths"]
    declared = [one for one in pages() if one.is_api]
    takes = {one.path: described[f"/{one.path}"]["get"]["parameters"] for one in declared}
    return Routes(
        answer=(
            f"The figures of the pages can be had as JSON at "
            f"{numbers.several(len(declared), 'address', 'addresses')}."
        ),
        routes=Table(
            "Addresses",
            (
                Column("Address"),
                Column("What it answers"),
                Column("What it takes"),
                Column("For those who may"),
            ),
            [
                (
                    # An address that wants something first would only be refused.
                    f"/{one.path}"
                    if any(taken["required"] for taken in takes[one.path])
                    else Cell(f"/{one.path}", f"/{one.path}"),
                    one.title,
                    ", ".join(sorted(taken["name"] for taken in takes[one.path])) or "nothing",
                    one.permission.value,
                )
                for one in sorted(declared, key=lambda one: one.path)
            ],
            is_caption_hidden=True,
        ),
    )


@page("api/openapi.json", name="openapi", title="OpenAPI description", permission=Permission.SEE_PUBLIC)
def openapi(request: Request) -> JsonResponse:
    """Hand out the description as OpenAPI."""
    return JsonResponse(api.description())
