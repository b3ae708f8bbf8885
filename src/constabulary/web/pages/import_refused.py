"""The rows an import refused: as they stood, with every reason, and as a file to mend."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from constabulary.registers.access import Permission
from constabulary.services.records import imports as service
from constabulary.services.records.import_json import notices_of
from constabulary.services.workspace import audit
from constabulary.web import import_tables, numbers
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Column, Leaf, Table, leaf_of
from constabulary.web.wording import own_name, words

ROWS_A_PAGE = 50


@dataclass(frozen=True)
class Refused(Context):
    """What the page of an import's refused rows shows.

    Parameters
    ----------
    title
        Which import.
    import_id
        Its name in the lake.
    kind
        What kind of file its rows came from.
    rows
        The rows as they stood in their files, with every reason.
    leaf
        Which part of them is shown.
    tables
        The tables the rows were meant for, each a file to take away.
    """

    title: str
    import_id: str
    kind: str
    rows: Table
    leaf: Leaf
    tables: tuple[str, ...]


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
        answer=f"{numbers.several(rows.height, 'row')} broke a rule; each is kept as it stood, with the reasons."
        if rows.height
        else "No row of this import broke a rule: there is nothing to mend.",
        title=f"Refused rows of import {import_id}",
        import_id=import_id,
        kind=record.kind,
        rows=Table(
            "Refused rows",
            (
                Column("File"),
                Column("Row", is_number=True),
                Column("What is wrong", is_long=True),
                Column("The row as it stood", is_long=True),
            ),
            [
                (
                    _file_name(record, row["file_no"]),
                    numbers.number(row["source_row"]),
                    " ".join(_reason(reason, record.mapping_name) for reason in json.loads(row["reasons"])),
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
    about = f"import {import_id} {table}"
    audit.note(request.workspace, request.person, Permission.EXPORT_RECORDS, "export refused rows", about)
    name = f"refused-{import_id}-{table}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


def _reason(reason: dict[str, Any], mapping_name: str | None) -> str:
    [notice] = notices_of([{**reason, "count": 1, "refused": True, "example": reason, "values": []}])
    return import_tables.wrong(
        notice, words(reason["column"]) if reason.get("column") else None, mapping_name
    )


def _file_name(record: Any, file_no: int) -> str:
    return own_name(record.files[file_no].name) if file_no < len(record.files) else str(file_no)
