"""The imports: what was read, what became of every row, and the door for new files."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from constabulary.core.errors import BadInput, WorkspaceBusy
from constabulary.registers.access import Permission
from constabulary.services import imports as service
from constabulary.web import api, form, numbers
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Column, Leaf, SummaryRow, Table, leaf_of

ROWS_A_PAGE = 50

STATE_COLOUR = {"accepted": "green", "accepted with refusals": "yellow", "withdrawn": "grey"}


@dataclass(frozen=True)
class Imports(Context):
    """What the list of imports shows.

    Parameters
    ----------
    imports
        Every import, the latest first; none before the first.
    said
        What a form that was just sent has done, if one was.
    """

    imports: Table | None
    said: str


@dataclass(frozen=True)
class Upload(Context):
    """What the page for new files shows.

    Parameters
    ----------
    form
        The form, with what is wrong with it.
    """

    form: form.Form


@dataclass(frozen=True)
class OneImport(Context):
    """What the page of one import shows.

    Parameters
    ----------
    title
        Which import.
    import_id
        Its name in the lake.
    state, colour
        Accepted, accepted with refusals or withdrawn, and the colour that goes with it.
    is_synthetic
        True where its records are made up.
    facts
        When, by whom, of which edition, withdrawn why.
    files
        Its files and what became of their rows.
    notices
        What was noticed, with an example; none where nothing was.
    n_refused
        How many rows were refused.
    is_live
        True where it can be withdrawn.
    """

    title: str
    import_id: str
    state: str
    colour: str
    is_synthetic: bool
    facts: tuple[SummaryRow, ...]
    files: Table
    notices: Table | None
    n_refused: int
    is_live: bool


@dataclass(frozen=True)
class Refused(Context):
    """What the page of an import's refused rows shows.

    Parameters
    ----------
    title
        Which import.
    import_id
        Its name in the lake.
    rows
        The rows as they stood in their files, with every reason.
    leaf
        Which part of them is shown.
    tables
        The tables the rows were meant for, each a file to take away.
    """

    title: str
    import_id: str
    rows: Table
    leaf: Leaf
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Withdraw(Context):
    """What the page for withdrawing an import shows.

    Parameters
    ----------
    title
        Which import.
    import_id
        Its name in the lake.
    form
        The form, with what is wrong with it.
    """

    title: str
    import_id: str
    form: form.Form


class UploadForm(form.Form):
    """Files of data.police.uk."""

    files = form.Files(
        "Files of data.police.uk",
        hint="Street crime, outcomes, or stop and search, as CSV, gzip or zip, as many as you like.",
        required="Select at least one file",
    )
    edition_on = form.Date(
        "When were they published?",
        hint="Leave it empty if the files imported last are the latest. For example, 31 3 2026.",
    )


class WithdrawForm(form.Form):
    """Why an import is withdrawn."""

    reason = form.Text(
        "Why is it wrong?", hint="The reason stays with the import.", required="Say why the import is wrong"
    )


@page(
    "data/imports/",
    name="imports",
    title="Imports",
    permission=Permission.SEE_RECORDS,
    nav=Room.DATA,
    parent="about",
)
def imports(request: Request) -> Imports:
    """List every import, the latest first."""
    made = service.list_imports(request.workspace)
    live = [one for one in made if one.is_live]
    n_refused = sum(one.n_refused for one in live)
    n_accepted = sum(file.n_accepted for one in live for file in one.files)
    return Imports(
        answer=(
            f"{numbers.several(len(live), 'import')} count: {numbers.several(n_accepted, 'row')} accepted, "
            f"{numbers.number(n_refused)} refused and kept with the reason."
            if made
            else "Nothing has been imported yet."
        ),
        imports=_list(reversed(made)) if made else None,
        said=_said(request),
    )


@page(
    "data/imports/new/",
    name="import_new",
    title="Import records",
    permission=Permission.IMPORT_RECORDS,
    nav=Room.DATA,
    parent="imports",
    methods=("GET", "HEAD", "POST"),
)
def import_new(request: Request) -> Upload | HttpResponse:
    """Take files in and import them."""
    sent = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if sent.is_bound and sent.is_valid():
        try:
            report = _import(request, sent.cleaned_data["files"], sent.cleaned_data["edition_on"])
        except (BadInput, WorkspaceBusy) as error:
            for problem in error.problems:
                # The file as it was called where it came from, without the folder it waited in.
                here = replace(problem, file=_own_name(problem.file)) if problem.file else problem
                sent.add_error("files", str(here))
        else:
            if len(report.import_ids) == 1:
                return HttpResponseRedirect(reverse("import", args=[report.import_ids[0]]))
            return HttpResponseRedirect(f"{reverse('imports')}?made={len(report.import_ids)}")
    return Upload(
        "Every row is checked; rows that break a rule are refused and kept with the reason.", form=sent
    )


@page(
    "data/imports/<slug:import_id>/",
    name="import",
    title="Import",
    permission=Permission.SEE_ROWS,
    nav=Room.DATA,
    parent="imports",
)
def import_(request: Request, import_id: str) -> OneImport:
    """Show what became of every row of an import."""
    one = service.show_import(request.workspace, import_id)
    n_read, n_accepted = sum(file.n_read for file in one.files), sum(file.n_accepted for file in one.files)
    n_duplicates = sum(file.n_duplicates for file in one.files)
    return OneImport(
        answer=(
            f"{numbers.several(n_read, 'row')} were read: {numbers.number(n_accepted)} accepted, "
            f"{numbers.number(one.n_refused)} refused, {numbers.number(n_duplicates)} already there."
        ),
        title=f"Import {import_id}",
        import_id=import_id,
        state=one.state,
        colour=STATE_COLOUR[one.state],
        is_synthetic=one.is_synthetic,
        facts=_facts(one),
        files=_files(one),
        notices=_notices(one) if one.notices else None,
        n_refused=one.n_refused,
        is_live=one.is_live,
    )


@page(
    "data/imports/<slug:import_id>/refused/",
    name="import_refused",
    title="Refused rows",
    permission=Permission.SEE_ROWS,
    nav=Room.DATA,
    parent="imports",
)
def refused(request: Request, import_id: str) -> Refused:
    """Show the refused rows of an import with every reason."""
    record = service.show_import(request.workspace, import_id)
    rows = service.refused_rows(request.workspace, import_id)
    leaf = leaf_of(request.GET, rows.height, ROWS_A_PAGE)
    shown = rows.slice(leaf.start, ROWS_A_PAGE)
    return Refused(
        answer=f"{numbers.several(rows.height, 'row')} broke a rule; each is kept as it stood, with the reasons.",
        title=f"Refused rows of import {import_id}",
        import_id=import_id,
        rows=Table(
            "Refused rows",
            (
                Column("File"),
                Column("Row", is_number=True),
                Column("What is wrong"),
                Column("The row as it stood"),
            ),
            [
                (
                    _file_name(record, row["file_no"]),
                    numbers.number(row["source_row"]),
                    "; ".join(_reason(reason) for reason in json.loads(row["reasons"])),
                    row["line"],
                )
                for row in shown.iter_rows(named=True)
            ],
            is_caption_hidden=True,
        ),
        leaf=leaf,
        tables=tuple(rows["table"].unique().sort()),
    )


@page(
    "data/imports/<slug:import_id>/refused-<slug:table>.csv",
    name="import_refused_csv",
    title="Refused rows as CSV",
    permission=Permission.EXPORT_RECORDS,
)
def refused_csv(request: Request, import_id: str, table: str) -> HttpResponse:
    """Hand out refused rows to be mended and imported again."""
    text = service.export_refused(request.workspace, import_id, table)
    name = f"refused-{import_id}-{table}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@page(
    "data/imports/<slug:import_id>/withdraw/",
    name="import_withdraw",
    title="Withdraw an import",
    permission=Permission.IMPORT_RECORDS,
    nav=Room.DATA,
    parent="imports",
    methods=("GET", "HEAD", "POST"),
)
def withdraw(request: Request, import_id: str) -> Withdraw | HttpResponse:
    """Take a wrong import back."""
    service.show_import(request.workspace, import_id)
    sent = WithdrawForm(request.POST) if request.method == "POST" else WithdrawForm()
    if sent.is_bound and sent.is_valid():
        service.withdraw_import(
            request.workspace, import_id, by=request.person.name, reason=sent.cleaned_data["reason"]
        )
        return HttpResponseRedirect(f"{reverse('imports')}?withdrawn={import_id}")
    return Withdraw(
        "Its rows stop counting, and rows that it replaced count again. Its record stays, with the reason.",
        title=f"Withdraw import {import_id}",
        import_id=import_id,
        form=sent,
    )


@api.route(
    "imports",
    name="imports",
    title="Every import and what became of its rows",
    permission=Permission.SEE_RECORDS,
)
def imports_json(request: Request) -> dict[str, Any]:
    """List every import in the order they were made."""
    return {
        "schema": 1,
        "imports": [
            {
                "import_id": one.import_id,
                "kind": one.kind,
                "at": one.at.isoformat(),
                "by": one.by,
                "edition_on": one.edition_on.isoformat() if one.edition_on else None,
                "state": one.state.replace(" ", "_"),
                "synthetic": one.is_synthetic,
                "rows_read": sum(file.n_read for file in one.files),
                "accepted": sum(file.n_accepted for file in one.files),
                "refused": one.n_refused,
                "duplicates": sum(file.n_duplicates for file in one.files),
                "superseded": one.n_superseded,
            }
            for one in service.list_imports(request.workspace)
        ],
    }


def _import(request: Request, files: Iterable[UploadedFile], edition_on: Any) -> service.ImportReport:
    with tempfile.TemporaryDirectory(prefix="constabulary-upload-") as folder:
        paths = []
        for number, file in enumerate(files):
            # A folder each: two folders of months may hold files of one name.
            path = Path(folder) / str(number) / PurePath(file.name or "file").name
            path.parent.mkdir()
            with path.open("wb") as opened:
                shutil.copyfileobj(file, opened)
            paths.append(path)
        return service.import_police_uk(
            request.workspace, paths, by=request.person.name, edition_on=edition_on
        )


def _said(request: Request) -> str:
    if request.GET.get("made", "").isdecimal():
        n_made = int(request.GET["made"][:6])
        return (
            f"{numbers.several(n_made, 'import')} were made."
            if n_made
            else "Nothing was added: every one of the files was imported before."
        )
    return "The import was withdrawn." if "withdrawn" in request.GET else ""


def _list(made: Iterable[Any]) -> Table:
    return Table(
        "Imports, the latest first",
        (
            Column("Import"),
            Column("When"),
            Column("What"),
            Column("State"),
            Column("Accepted", "rows", is_number=True),
            Column("Refused", "rows", is_number=True),
            Column("Already there", "rows", is_number=True),
            Column("Replaced", "earlier rows", is_number=True),
        ),
        [
            (
                Cell(one.import_id, reverse("import", args=[one.import_id])),
                numbers.instant(one.at),
                f"{one.kind}{' (synthetic)' if one.is_synthetic else ''}",
                one.state,
                numbers.number(sum(file.n_accepted for file in one.files)),
                Cell(
                    numbers.number(one.n_refused),
                    reverse("import_refused", args=[one.import_id]),
                    "refused rows",
                )
                if one.n_refused
                else "0",
                numbers.number(sum(file.n_duplicates for file in one.files)),
                numbers.number(one.n_superseded),
            )
            for one in made
        ],
    )


def _facts(one: Any) -> tuple[SummaryRow, ...]:
    facts = [
        SummaryRow("Made", f"{numbers.instant(one.at)}, by {one.by}"),
        SummaryRow("Kind", one.kind),
        SummaryRow(
            "Edition", f"published {numbers.day(one.edition_on)}" if one.edition_on else "by order of import"
        ),
        SummaryRow("Earlier rows replaced", numbers.number(one.n_superseded)),
    ]
    if one.edition_of:
        facts.append(SummaryRow("Mends", one.edition_of, reverse("import", args=[one.edition_of])))
    if one.withdrawal:
        text = f"{numbers.instant(one.withdrawal.at)}, by {one.withdrawal.by}: {one.withdrawal.reason}"
        facts.append(SummaryRow("Withdrawn", text))
    return tuple(facts)


def _files(one: Any) -> Table:
    counted = ("Read", "Accepted", "Refused", "Already there")
    return Table(
        "Files",
        (Column("File"), *(Column(title, "rows", is_number=True) for title in counted)),
        [
            (
                _own_name(file.name),
                *(
                    numbers.number(n)
                    for n in (file.n_read, file.n_accepted, file.n_refused, file.n_duplicates)
                ),
            )
            for file in one.files
        ],
    )


def _notices(one: Any) -> Table:
    return Table(
        "What was noticed",
        (
            Column("Rule"),
            Column("Rows", is_number=True),
            Column("What became of them"),
            Column("Expected"),
            Column("First met at"),
            Column("With the value"),
        ),
        [
            (
                f"{_words(notice.column)}: {_words(notice.rule)}" if notice.column else _words(notice.rule),
                numbers.number(notice.count),
                "refused" if notice.is_refusal else "kept",
                notice.expected or numbers.MISSING,
                ", ".join(
                    filter(
                        None,
                        (
                            _own_name(notice.file or ""),
                            f"row {numbers.number(notice.row)}" if notice.row else "",
                        ),
                    )
                ),
                notice.value if notice.value is not None else numbers.MISSING,
            )
            for notice in one.notices
        ],
    )


def _words(rule: str) -> str:
    return rule.replace("_", " ")


def _reason(reason: dict[str, Any]) -> str:
    place = f"{_words(reason['column'])}: " if reason.get("column") else ""
    expected = f", expected {reason['expected']}" if reason.get("expected") else ""
    value = f" “{reason['value']}”" if reason.get("value") else ""
    return f"{place}{_words(reason['rule'])}{value}{expected}"


def _file_name(record: Any, file_no: int) -> str:
    return _own_name(record.files[file_no].name) if file_no < len(record.files) else str(file_no)


def _own_name(name: str) -> str:
    """Return a file's own name, and its place in its archive, without the folders above."""
    path, mark, member = name.partition("!")
    return f"{PurePath(path).name}{mark}{member}"
