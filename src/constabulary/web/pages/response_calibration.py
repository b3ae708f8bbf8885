"""Does the model match the records? Calibration to every other week, judged by the weeks in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from constabulary.core.amounts import low
from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.services.response.calibration import SCHEMA
from constabulary.services.response.simulation import kept_results, scenario_names
from constabulary.services.response.values import known_parameters
from constabulary.services.workspace import runs
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import form, numbers, pictures
from constabulary.web.addresses import address
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.pages.response_result import facts_of, names_of, result_of
from constabulary.web.response.pictures import hours_picture, spread_picture
from constabulary.web.response.tables import Result, valued
from constabulary.web.staffing.asking import start
from constabulary.web.table import Cell, Chart, Column, SummaryRow, Table

WEEKS = {"8": "8 weeks: seconds", "26": "26 weeks: a minute or less", "52": "A year: some minutes"}
HOURLY = {
    "units_at_work": ("Units on their way or at scenes, by hour of the day", "Units"),
    "incidents_waiting": ("Incidents waiting for a unit, by hour of the day", "Incidents"),
}
AREA = "area"
"""The part of an address that asks for charts of one district or policing area."""


@dataclass(frozen=True)
class Calibration(Context):
    """What the page of calibration shows.

    Parameters
    ----------
    is_synthetic
        True where made-up records were used.
    warnings
        What a reader must know.
    links
        All figures as JSON.
    areas
        The choice of a district or policing area for the charts of response times; None before any calibration.
    charts
        Response times by grade, then work and queue by hour of the day: records beside the model.
    times
        Response times by grade, district and policing area.
    fits
        What was set by the records.
    toml
        The values as a section of a scenario file.
    facts
        How it was made.
    form
        The form that asks for a calibration, with what is wrong with it.
    is_worker_missing
        True where no worker lives that would do a run.
    """

    is_synthetic: bool
    warnings: tuple[str, ...]
    links: tuple[Cell, ...]
    areas: form.Form | None
    charts: tuple[Chart, ...]
    times: Table | None
    fits: Table | None
    toml: str
    facts: tuple[SummaryRow, ...]
    form: form.Form
    is_worker_missing: bool


class AreaForm(form.Form):
    """Which district or policing area the charts of response times are of."""

    area = form.Select("Response times in")


class CalibrateForm(form.Form):
    """What to calibrate, and by how many weeks of records."""

    scenario = form.Select("Begin with")
    weeks = form.Radios(
        "Weeks of records", tuple(WEEKS.items()), required="Choose how many weeks", initial="8"
    )


@page(
    "response/calibration/",
    name="response_model",
    title="Does the model match the records?",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response",
    methods=("GET", "HEAD", "POST"),
)
def latest(request: Request) -> Calibration | HttpResponse:
    """Show the latest calibration, and ask for one where the form was sent (starting one has its own permission)."""
    sent = _form(request.workspace, request.POST if request.method == "POST" else None)
    if request.method == "POST" and sent.is_valid():
        asked = {"scenario": sent.cleaned_data["scenario"], "weeks": int(sent.cleaned_data["weeks"])}
        return start(request, "response.calibrate", asked)
    kept = (one for one in kept_results(request.workspace, "calibration") if one["schema"] == SCHEMA)
    return _shown(request, next(kept, None), sent)


@page(
    "response/calibration/<slug:stamp>/",
    name="response_calibration",
    title="Does the model match the records?",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response_model",
)
def calibration(request: Request, stamp: str) -> Calibration:
    """Show one calibration."""
    return _shown(request, _kept(request, stamp), _form(request.workspace))


@page(
    "response/calibration/<slug:stamp>/<slug:figure>.svg",
    name="response_calibration_chart",
    title="Chart of records beside the model",
    permission=Permission.SEE_RECORDS,
)
def chart(request: Request, stamp: str, figure: str) -> HttpResponse:
    """Draw response times of a grade (and place, `area` in the address), or a figure by hour of the day."""
    found = _kept(request, stamp)
    grades, _ = names_of(request.workspace)
    drawn = _drawn(found, figure, request.GET.get(AREA, ""), grades)
    if drawn is None:
        raise NothingThere(Problem("no_chart", f'there is no chart of "{figure}" with this stamp'))
    return pictures.draw(request, drawn, f"{stamp} {request.GET.get(AREA, '')}")


def _form(workspace: Workspace, sent: Any = None) -> CalibrateForm:
    made = CalibrateForm(sent)
    made.fields["scenario"].choices = (
        ("", "The force folder as it stands"),
        *((name, scenario.name) for name, scenario in scenario_names(workspace)),
    )
    return made


def _kept(request: Request, stamp: str) -> Result:
    found = result_of(request.workspace, stamp, "calibration")
    if found["schema"] != SCHEMA:
        raise NothingThere(
            Problem("old_result", "this calibration was kept by an earlier edition", remedy="Run it again.")
        )
    return found


def _shown(request: Request, found: Result | None, sent: CalibrateForm) -> Calibration:
    is_worker_missing = not runs.has_worker(request.workspace)
    if found is None:
        answer = "The model has not been held to records yet."
        return Calibration(answer, False, (), (), None, (), None, None, "", (), sent, is_worker_missing)
    grades, _ = names_of(request.workspace)
    stamp = found["stamp"]["id"]
    asked = AreaForm(request.GET if AREA in request.GET else None)
    asked.fields[AREA].choices = (("", force_of(request.workspace).name), *_places(found).items())
    area = asked.cleaned_data[AREA] if asked.is_bound and asked.is_valid() else ""
    more = {AREA: area} if area else {}
    chart_of = partial(address, "response_calibration_chart", stamp)
    charts = [
        pictures.chart(drawn, partial(chart_of, figure, **(more if figure in grades else {})))
        for figure in (*grades, *HOURLY)
        if (drawn := _drawn(found, figure, area, grades)) is not None
    ]
    return Calibration(
        _answer(found, grades),
        is_synthetic=found["synthetic"],
        warnings=tuple(found["warnings"]),
        links=(Cell("All figures as JSON", reverse("api:response_result", args=[stamp])),),
        areas=asked,
        charts=tuple(charts),
        times=_times(request, found, grades),
        fits=_fits(found),
        toml=found["toml"],
        facts=facts_of(dict(found), grades),
        form=sent,
        is_worker_missing=is_worker_missing,
    )


def _drawn(found: Result, figure: str, area: str, grades: dict[str, str]) -> pictures.Picture | None:
    if figure in HOURLY:
        rows = [row for row in found["validation"] if row["figure"] == figure]
        return hours_picture(rows, *HOURLY[figure]) if rows else None
    row = _times_of(found["validation"], figure, area or None)
    place = _places(found).get(area, "whole force")
    return spread_picture(row["spread"], place, grades.get(figure, figure)) if row else None


def _places(found: Result) -> dict[str, str]:
    """Return the districts and policing areas that response times are told of, by id."""
    return {row["area_id"]: row["area"] for row in found["validation"] if row["area_id"]}


def _times_of(rows: Sequence[Result], grade: str, area: str | None) -> Result | None:
    return next(
        (
            row
            for row in rows
            if (row["figure"], row["grade"], row["area_id"]) == ("response_s", grade, area) and row["spread"]
        ),
        None,
    )


def _answer(found: Result, grades: dict[str, str]) -> str:
    """Return how long half of each grade wait in the model and in the records, the most urgent first."""
    told = {grade: _times_of(found["validation"], grade, None) for grade in grades}
    judged = f"{numbers.several(found['n_judged'], 'incident')} that were not used to fit it"
    said = [
        f"{low(grades[grade])} within {duration(row['simulated'])} (records {duration(row['observed'])})"
        for grade, row in told.items()
        if row is not None
    ]
    if not said:
        return f"Too few incidents of any grade were left among the {judged} to judge the model by."
    listed = ", ".join(said[:-1]) + " and " + said[-1] if len(said) > 1 else said[0]
    return f"Held to {judged}, the model reaches half of incidents, {listed}."


def duration(seconds: float) -> str:
    """Return a time in minutes, from two hours on in hours."""
    return f"{seconds / 3600:.1f} h" if seconds >= 7200 else f"{seconds / 60:.1f} min"


def _times(request: Request, found: Result, grades: dict[str, str]) -> Table:
    force = force_of(request.workspace)
    levels = {"all": "Force", "district": force.district_label, "area": force.area_label}
    rows = [row for row in found["validation"] if row["figure"] == "response_s"]
    return Table(
        "Time from being received to the first unit at the scene",
        (
            Column("Grade"),
            Column("Level"),
            Column("Place"),
            Column("Half within, records", "minutes", is_number=True),
            Column("Half within, model", "minutes", is_number=True),
            Column("Nine in ten, records", "minutes", is_number=True),
            Column("Nine in ten, model", "minutes", is_number=True),
            Column("Apart", is_number=True),
            Column("Incidents", "records", is_number=True),
        ),
        [
            (
                grades.get(row["grade"], row["grade"]),
                levels[row["by"]].capitalize(),
                row["area"] or "All",
                *(
                    numbers.number(row[name] / 60, 1)
                    for name in ("observed", "simulated", "observed_p90", "simulated_p90")
                ),
                numbers.number(row["distance"], 2),
                numbers.number(row["n_observed"]),
            )
            for row in rows
        ],
        note="Apart: the largest distance between the two distributions (Kolmogorov and Smirnov). 0 is the same, 1 has "
        "nothing in common; below 0.1 the model may stand in for the records.",
    )


def _fits(found: Result) -> Table:
    parameters = known_parameters()

    def told(value: Any, unit: str) -> str:
        return numbers.MISSING if value is None else valued(value, unit)

    def measured(value: Any, unit: str) -> str:
        if isinstance(value, list):
            return ", ".join(measured(one, unit) for one in value)
        return told(value if value is None else round(value, 2), unit)

    def row(fit: Result) -> tuple[Cell | str, ...]:
        parameter = parameters[fit["name"]]
        figure, mark, _ = fit["figure"].partition(" (s)")
        unit = "seconds" if mark or parameter.unit == "seconds" else ""
        return (
            Cell(parameter.title, mark=fit["name"]),
            told(fit["before"], parameter.unit),
            told(fit["after"], parameter.unit),
            figure,
            measured(fit["observed"], unit),
            measured(fit["simulated"], unit),
            numbers.number(fit["n"]),
        )

    return Table(
        "What was set by the records",
        (
            Column("Assumption", "and its name in a scenario", is_long=True),
            Column("Before"),
            Column("After"),
            Column("Set by", is_long=True),
            Column("In the records"),
            Column("In the model"),
            Column("Records used", is_number=True),
        ),
        [row(fit) for fit in found["fits"]],
        note="One after the other; lists are by grade, the most urgent first. Paste the values below into the scenario "
        "that they are for.",
    )
