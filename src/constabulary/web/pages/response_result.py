"""One simulation that was kept: its figures, who is served worst, what it rests on, as a page, JSON or chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypedDict, cast

from django.http import HttpResponse

from constabulary.core.answers import Answer
from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.services.response.answers import AppraisalAnswer, CalibrationAnswer, SimulationAnswer
from constabulary.services.response.day_answers import DayAnswer
from constabulary.services.response.simulation import kept_result, kept_results
from constabulary.services.response.values import rests_on
from constabulary.services.response.workforce_answers import EffectAnswer
from constabulary.services.staffing.answers import AllocationAnswer, SitesAnswer
from constabulary.services.staffing.rota_answers import RotaAnswer
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import api, files, numbers, pictures
from constabulary.web.addresses import address
from constabulary.web.api_words import Word
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.response import tables
from constabulary.web.response.figures import in_short
from constabulary.web.response.paper import targets
from constabulary.web.response.pictures import HOURLY, OPTIONS, options_picture, week_picture
from constabulary.web.table import Chart, SummaryRow, Table

KINDS = ("appraisal", "simulation", "calibration", "effect")
"""Results that the API lists."""


@dataclass(frozen=True)
class Simulation(Context):
    """What the page of one simulation shows.

    Parameters
    ----------
    title
        The scenario's name.
    about
        What was tried.
    unstable
        What is not kept up with, in sentences.
    warnings
        What a reader must know.
    grades, settings, areas, districts, whole, contact, investigation
        Its figures; no areas where they tell no more than districts, no contact where none is published.
    charts
        In time, waiting and uncommitted by hour of the week.
    facts
        How it was made.
    rests
        What it rests on.
    stamp_id
        Its stamp.
    is_synthetic
        True where made-up records were replayed.
    """

    title: str
    about: str
    unstable: tuple[str, ...]
    warnings: tuple[str, ...]
    grades: Table
    settings: Table
    areas: Table | None
    districts: Table
    whole: Table
    contact: Table | None
    investigation: Table
    charts: tuple[Chart, ...]
    facts: tuple[SummaryRow, ...]
    rests: Table
    stamp_id: str
    is_synthetic: bool


@dataclass(frozen=True)
class Assumptions(Context):
    """What the page of assumptions shows.

    Parameters
    ----------
    rests
        Every assumption and fact that simulation rests on.
    """

    rests: Table


def result_of(workspace: Workspace, stamp: str, kind: str) -> dict[str, Any]:
    """Return a kept result of a kind.

    Raises
    ------
    NothingThere
        If there is none.
    """
    found = kept_result(workspace, stamp)
    if found is None or found["kind"] != kind:
        raise NothingThere(
            Problem("no_result", f'there is no {kind} with the stamp "{stamp}"', remedy="Run one.")
        )
    return found


def names_of(workspace: Workspace) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of attended grades, most urgent first, and of districts."""
    force = force_of(workspace)
    return (
        {grade.id: grade.name for grade in force.grades if grade.is_attended},
        {district.id: district.name for district in force.districts},
    )


@page(
    "response/simulation/<slug:stamp>/",
    name="response_result",
    title="Simulation",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response",
)
def result(request: Request, stamp: str) -> Simulation:
    """Show one simulation."""
    found = result_of(request.workspace, stamp, "simulation")
    grades, districts = names_of(request.workspace)
    rows = found["figures"]
    drawn = {figure: week_picture(found, figure, grades) for figure in HOURLY}
    return Simulation(
        in_short(found, grades),
        title=found["scenario"]["name"],
        about=found["scenario"]["about"],
        unstable=tuple(found["unstable"].values()),
        warnings=tuple(found["warnings"]),
        grades=tables.by_grade(rows, grades),
        settings=tables.by_setting(rows, grades),
        areas=tables.by_area(rows, grades, found["scenario"]["areas"]),
        districts=tables.by_district(rows, grades, districts),
        whole=tables.whole(rows),
        contact=tables.contact(
            rows, {channel.id: channel.name for channel in force_of(request.workspace).channels}
        ),
        investigation=tables.investigation(rows),
        charts=tuple(
            pictures.chart(picture, partial(address, "response_chart", stamp, figure))
            for figure, picture in drawn.items()
            if picture is not None
        ),
        facts=facts_of(found, grades),
        rests=tables.rests(found["rests_on"]),
        stamp_id=stamp,
        is_synthetic=found["synthetic"],
    )


@page(
    "response/chart/<slug:stamp>/<slug:figure>.svg",
    name="response_chart",
    title="Chart of a simulated figure",
    permission=Permission.SEE_RECORDS,
)
def chart(request: Request, stamp: str, figure: str) -> HttpResponse:
    """Draw a figure by hour of the week, or of every option of an appraisal."""
    found = kept_result(request.workspace, stamp)
    grades, _ = names_of(request.workspace)
    is_appraisal = found is not None and found["kind"] == "appraisal"
    files.known("chart", figure, OPTIONS if is_appraisal else HOURLY)
    picture = None
    if found is not None:
        picture = (options_picture if is_appraisal else week_picture)(found, figure, grades)
    if picture is None:
        raise NothingThere(Problem("no_chart", f'there is no chart of "{figure}" with this stamp'))
    return pictures.draw(request, picture, stamp)


@page(
    "response/assumptions/",
    name="response_assumptions",
    title="What simulation rests on",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.RESPONSE,
    parent="response",
)
def assumptions(request: Request) -> Assumptions:
    """List every assumption and fact."""
    found = rests_on(force_of(request.workspace))
    n_assumed = sum(one.status == "assumed" for one in found)
    return Assumptions(
        f"{numbers.number(n_assumed)} of {numbers.several(len(found), 'value')} are assumed; "
        "a force replaces them in its folder, a scenario in its file.",
        rests=tables.rests([one.as_json() for one in found]),
    )


class KeptLine(TypedDict):
    """A kept result.

    Parameters
    ----------
    kind
        appraisal, simulation, calibration or effect.
    stamp
        Its stamp's id: what it is asked for by.
    """

    kind: str
    stamp: str
    replications: int


class KeptAnswers(Answer):
    """Kept results of simulation, the latest first.

    Parameters
    ----------
    results
        The results.
    """

    results: list[KeptLine]


KeptAnswer = (
    SimulationAnswer
    | AppraisalAnswer
    | CalibrationAnswer
    | EffectAnswer
    | DayAnswer
    | RotaAnswer
    | AllocationAnswer
    | SitesAnswer
)
"""What a stamp may stand for; `kind` says which."""


@api.route(
    "response/results", name="response_results", title="Kept simulations", permission=Permission.SEE_RECORDS
)
def results_json(request: Request) -> KeptAnswers:
    """List kept appraisals, simulations, calibrations and tables of what posts buy, the latest first."""
    return {
        "schema": 1,
        "results": [
            {"kind": one["kind"], "stamp": one["stamp"]["id"], "replications": one["replications"]}
            for one in kept_results(request.workspace, *KINDS, most=100)
        ],
    }


@api.route(
    "response/results/{stamp}",
    name="response_result",
    title="One kept simulation or appraisal",
    permission=Permission.SEE_RECORDS,
)
def result_json(
    request: Request, stamp: Annotated[str, Word("The stamp's id of the result.", such_as="0123456789abcdef")]
) -> KeptAnswer:
    """Give a kept result as `constabulary response simulate --json` or `appraise --json` gives it."""
    found = kept_result(request.workspace, stamp)
    if found is None:
        raise NothingThere(Problem("no_result", f'there is no result with the stamp "{stamp}"'))
    return cast(KeptAnswer, found)


def facts_of(found: Mapping[str, Any], grades: dict[str, str]) -> tuple[SummaryRow, ...]:
    """Return how a result was made."""
    return (
        SummaryRow(
            "Runs",
            f"{numbers.several(found['replications'], 'run')} of {numbers.several(found['weeks'], 'week')}",
        ),
        *(SummaryRow("In time", sentence) for sentence in targets(found, grades)),
        SummaryRow("Demand from", numbers.readable(found["from"])),
        SummaryRow("Travel", found["travel"]),
        SummaryRow("Seed", str(found["seed"])),
        SummaryRow("Stamp", found["stamp"]["id"]),
        SummaryRow("Version", found["stamp"]["code"]),
    )
