"""The demand figures as JSON: the same as the command line gives with `--json`."""

from __future__ import annotations

from ninja import Field, Query, Schema

from constabulary.registers.access import Permission
from constabulary.services.demand.choices import filters_of
from constabulary.services.demand.figure import FigureAnswer
from constabulary.services.demand.picture import Filters, ProfileAnswer, profile
from constabulary.services.demand.working import WorkingAnswer, working
from constabulary.web import api
from constabulary.web.page import Request
from constabulary.web.pages.demand_files import figure_of


class FilterWords(Schema):
    """The filters of the demand picture, in the words of addresses and of the command line."""

    from_: str | None = Field(None, alias="from", description="First month, such as 2024-03.")
    to: str | None = Field(None, description="Last month, counted in.")
    area: str | None = Field(None, description="Level and id, such as district:E07000010.")
    category: str | None = Field(None, description="An incident category of the force.")
    crime_type: str | None = Field(None, description="A crime type of data.police.uk.")
    channel: str | None = Field(None, description="A channel of the force.")
    qualifier: str | None = Field(None, description="A qualifier of the force.")
    records: str | None = Field(None, description="real or synthetic; left out, real where there are any.")


@api.route(
    "demand/profile",
    name="demand_profile",
    title="Every figure of the demand picture",
    permission=Permission.SEE_RECORDS,
)
def profile_json(request: Request, words: Query[FilterWords]) -> ProfileAnswer:
    """Answer with every figure of the demand picture."""
    return profile(request.workspace, _filters(request, words)).as_json()


@api.route(
    "demand/{figure}",
    name="demand_figure",
    title="One figure of the demand picture",
    permission=Permission.SEE_RECORDS,
)
def figure_json(request: Request, figure: str, words: Query[FilterWords]) -> FigureAnswer:
    """Answer with one figure: its answer, rows, period, warnings and stamp."""
    return figure_of(request, figure, _filters(request, words)).as_json()


@api.route(
    "demand/{figure}/working",
    name="demand_working",
    title="How a figure of the demand picture came about",
    permission=Permission.SEE_ROWS,
)
def working_json(
    request: Request, figure: str, words: Query[FilterWords], table: str | None = None, page: int = 1
) -> WorkingAnswer:
    """Answer with the SQL, a page of the rows behind a figure, and the files they came from."""
    return working(request.workspace, figure, _filters(request, words), table=table, page=page).as_json()


def _filters(request: Request, words: FilterWords) -> Filters:
    given = words.model_dump(by_alias=True, exclude_none=True)
    return filters_of(request.workspace, given)
