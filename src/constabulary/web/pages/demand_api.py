"""The demand figures as JSON: the same as the command line gives with `--json`."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Query, Schema

from constabulary.registers.access import Permission
from constabulary.services.demand.choices import filters_of
from constabulary.services.demand.figure import FigureAnswer
from constabulary.services.demand.picture import Filters, ProfileAnswer, profile
from constabulary.services.demand.working import WorkingAnswer, working
from constabulary.web import api
from constabulary.web.api_words import Word
from constabulary.web.page import Request
from constabulary.web.pages.demand_files import figure_of

MONTH = r"\d{4}-\d{2}"
Figure = Annotated[str, Word("Name of the figure: typical_day, categories, harm ...")]


class FilterWords(Schema):
    """The filters of the demand picture, in the words of addresses and of the command line."""

    from_: Annotated[str, Word("First month.", pattern=MONTH, such_as="2024-03")] | None = Field(
        None, alias="from"
    )
    to: Annotated[str, Word("Last month, counted in.", pattern=MONTH, such_as="2024-03")] | None = None
    area: (
        Annotated[str, Word("Level and id of a part of the force.", such_as="district:E07000010")] | None
    ) = None
    category: Annotated[str, Word("An incident category of the force.")] | None = None
    crime_type: Annotated[str, Word("A crime type of data.police.uk.", such_as="Burglary")] | None = None
    channel: Annotated[str, Word("A channel of the force.")] | None = None
    qualifier: Annotated[str, Word("A qualifier of the force.")] | None = None
    records: (
        Annotated[
            str, Word("Which records; left out, real ones where there are any.", one_of=("real", "synthetic"))
        ]
        | None
    ) = None


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
def figure_json(request: Request, figure: Figure, words: Query[FilterWords]) -> FigureAnswer:
    """Answer with one figure: its answer, rows, period, warnings and stamp."""
    return figure_of(request, figure, _filters(request, words)).as_json()


@api.route(
    "demand/{figure}/working",
    name="demand_working",
    title="How a figure of the demand picture came about",
    permission=Permission.SEE_ROWS,
)
def working_json(
    request: Request,
    figure: Figure,
    words: Query[FilterWords],
    table: Annotated[
        str, Word("The table whose rows to show; the first that the figure counts when left out.")
    ]
    | None = None,
    page: Annotated[int, Word("Which page of the rows.", least=1, most=10**9)] = 1,
) -> WorkingAnswer:
    """Answer with the SQL, a page of the rows behind a figure, and the files they came from."""
    return working(request.workspace, figure, _filters(request, words), table=table, page=page).as_json()


def _filters(request: Request, words: FilterWords) -> Filters:
    given = words.model_dump(by_alias=True, exclude_none=True)
    return filters_of(request.workspace, given)
