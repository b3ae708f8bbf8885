"""Long work: what waits, runs and is done; each run's report, and the way to stop it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from constabulary.core.errors import NothingThere
from constabulary.registers.access import Permission
from constabulary.registers.records import RunRecord
from constabulary.services.records.import_runs import KINDS
from constabulary.services.records.imports import ImportReport
from constabulary.services.workspace import runs as service
from constabulary.web import api, import_tables, numbers
from constabulary.web.api_words import Word
from constabulary.web.form import ErrorLink
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Column, SummaryRow, Table
from constabulary.web.wording import words

RESULT_PAGES = {
    "simulation": "response_result",
    "appraisal": "response_appraisal",
    "calibration": "response_calibration",
    "effect": "response_effect",
}
"""The page that shows what a run kept under a stamp, by its kind."""
PROPOSAL_PAGES = {"rota": "response_rota", "sites": "response_sites", "allocation": "response_officers"}
"""The page of each kind of proposal, which shows the one that `stamp` in its address names."""
STATE_COLOUR = {"waiting": "grey", "running": "blue", "done": "green", "failed": "red", "stopped": "yellow"}


@dataclass(frozen=True)
class Runs(Context):
    """What the list of runs shows.

    Parameters
    ----------
    runs
        The latest runs, the latest first; none before the first.
    is_worker_missing
        True where runs wait and no worker lives that would do them.
    """

    runs: Table | None
    is_worker_missing: bool


@dataclass(frozen=True)
class OneRun(Context):
    """What the page of one run shows.

    Parameters
    ----------
    title
        Which run.
    run_id
        Its number.
    state, colour
        Waiting, running, done, failed or stopped, and the colour that goes with it.
    is_finished
        False where it waits or runs.
    is_stop_wanted
        True where a person has asked it to stop.
    percent
        How much of it is done, from 0 to 100.
    is_worker_missing
        True where it waits and no worker lives that would do it.
    errors
        What made it fail.
    facts
        What it does, for whom, since when; what came of work that is no import of records.
    again
        Where a file that failed is sent again, once it is mended.
    made
        Address and name of the imports it made.
    refused
        Address of each import's refused rows, and how many they are.
    files, notices
        What became of the rows, and what was noticed; none for other work and before it is done.
    """

    title: str
    run_id: int
    state: str
    colour: str
    is_finished: bool
    is_stop_wanted: bool
    percent: int
    is_worker_missing: bool
    errors: tuple[ErrorLink, ...]
    facts: tuple[SummaryRow, ...]
    again: str
    made: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]
    files: Table | None
    notices: Table | None


@page(
    "data/runs/", name="runs", title="Runs", permission=Permission.SEE_RECORDS, nav=Room.DATA, parent="about"
)
def runs(request: Request) -> Runs:
    """List runs, the latest first."""
    found = service.list_runs(request.workspace)
    n_waiting, n_running = (sum(run.state == state for run in found) for state in ("waiting", "running"))
    return Runs(
        f"{numbers.several(n_running, 'run is', 'runs are')} in work, {numbers.number(n_waiting)} waiting."
        if found
        else "No long work was asked for yet.",
        runs=_list(found) if found else None,
        is_worker_missing=bool(n_waiting) and not service.has_worker(request.workspace),
    )


@page(
    "data/runs/<int:run_id>/",
    name="run",
    title="Run",
    permission=Permission.SEE_ROWS,
    nav=Room.DATA,
    parent="runs",
)
def run(request: Request, run_id: int) -> OneRun:
    """Show how far a run is and what came of it."""
    one = service.get_run(request.workspace, run_id)
    report = ImportReport.of_json(one.result) if one.result and "rows_read" in one.result else None
    is_worker_missing = one.state == "waiting" and not service.has_worker(request.workspace)
    return OneRun(
        _answer(one, report, is_worker_missing),
        title=f"Run {run_id}: {service.title_of(one)}",
        run_id=run_id,
        state=one.state,
        colour=STATE_COLOUR[one.state],
        is_finished=one.is_finished,
        is_stop_wanted=one.is_stop_wanted,
        percent=int(100 * one.progress_share),
        is_worker_missing=is_worker_missing,
        errors=tuple(ErrorLink(line) for line in one.error.splitlines()),
        facts=_facts(one, report),
        again=_again(one),
        made=_made(one.result or {}),
        refused=_refused(report) if report else (),
        files=import_tables.files_table(report.files) if report else None,
        notices=import_tables.notices_table(report.notices, report.mapping_name)
        if report and report.notices
        else None,
    )


@page(
    "data/runs/<int:run_id>/stop/",
    name="run_stop",
    title="Stop a run",
    permission=Permission.RUN_WORK,
    methods=("POST",),
)
def stop(request: Request, run_id: int) -> HttpResponse:
    """Stop a run, and show it."""
    # Where it was finished before the button was pressed, or there is none, its page says so.
    with suppress(NothingThere):
        service.stop(request.workspace, run_id, request.person)
    return HttpResponseRedirect(reverse("run", args=[run_id]))


@api.route("runs", name="runs", title="Long work, the latest first", permission=Permission.SEE_RECORDS)
def runs_json(request: Request) -> service.RunsAnswer:
    """List runs as `constabulary runs list --json` does."""
    return {"schema": 1, "runs": [service.as_json(one) for one in service.list_runs(request.workspace)]}


@api.route("runs/{run_id}", name="run", title="One run with its result", permission=Permission.SEE_ROWS)
def run_json(
    request: Request,
    run_id: Annotated[int, Word("Number of the run, as the list has it.", least=1, most=2**63 - 1)],
) -> service.RunAnswer:
    """Show one run as `constabulary runs show --json` does."""
    return service.whole_json(service.get_run(request.workspace, run_id))


def _list(found: Iterable[RunRecord]) -> Table:
    return Table(
        "The latest runs",
        (
            Column("Run"),
            Column("Work", is_long=True),
            Column("State"),
            Column("Done", is_number=True),
            Column("Asked for"),
            Column("By"),
            Column("Files", is_long=True),
        ),
        [
            (
                Cell(f"Run {one.run_id}", reverse("run", args=[one.run_id])),
                service.title_of(one),
                one.state,
                numbers.percent(one.progress_share, 0),
                numbers.instant(one.created_at),
                one.by,
                ", ".join(_files(one)) or numbers.MISSING,
            )
            for one in found
        ],
        is_caption_hidden=True,
    )


def _answer(one: RunRecord, report: ImportReport | None, is_worker_missing: bool) -> str:
    if report:
        sentence = import_tables.sentence(report.files, report.n_superseded)
        return f"Only checked, nothing kept: {sentence}" if report.is_trial else sentence
    if one.result and "areas" in one.result:
        outlines = numbers.several(one.result["areas"], "outline")
        return f"{outlines} {'imported' if one.result['new'] else 'were there already'}."
    return {
        "waiting": one.doing
        or ("It waits, and no worker is running." if is_worker_missing else "It waits for the worker."),
        "running": one.doing or "It is being done.",
        "done": "It is done.",
        "failed": "It failed, and nothing was changed.",
        "stopped": "It was stopped, and nothing was changed.",
    }[one.state]


def _facts(one: RunRecord, report: ImportReport | None) -> tuple[SummaryRow, ...]:
    facts = [SummaryRow("Asked for", f"{numbers.instant(one.created_at)}, by {one.by}")]
    if one.finished_at:
        facts.append(SummaryRow("Finished", numbers.instant(one.finished_at)))
    files = _files(one)
    if files and not report:
        facts.append(SummaryRow("Files", ", ".join(files)))
    kept = one.result or {}
    if kept.get("kind") in RESULT_PAGES | PROPOSAL_PAGES:
        proposal = PROPOSAL_PAGES.get(kept["kind"])
        address = (
            f"{reverse(proposal)}?stamp={kept['stamp']}"
            if proposal
            else reverse(RESULT_PAGES[kept["kind"]], args=[kept["stamp"]])
        )
        facts.append(SummaryRow("Result", str(kept["name"]), address))
    elif one.result and not report:
        facts += [
            SummaryRow(words(name).capitalize(), _text(value))
            for name, value in one.result.items()
            if name not in {"schema", "import", "new", "areas"} and value not in (None, "", [])
        ]
    return tuple(facts)


def _files(one: RunRecord) -> list[str]:
    return [service.name_of(path) for path in one.arguments.get("paths", [])]


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else numbers.text(value)


def _made(result: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    names = result.get("imports", [result["import"]] if "import" in result else [])
    return tuple((reverse("import", args=[name]), name) for name in names)


def _again(one: RunRecord) -> str:
    kind = one.arguments.get("kind") or next((kind for kind, name in KINDS.items() if name == one.name), "")
    return f"{reverse('import_new')}?kind={kind}" if kind else ""


def _refused(report: ImportReport) -> tuple[tuple[str, str], ...]:
    if not sum(file.n_refused for file in report.files):
        return ()
    return tuple((reverse("import_refused", args=[name]), name) for name in report.import_ids)
