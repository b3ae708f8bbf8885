"""The imports: what was read, and what became of every row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from django.urls import reverse

from constabulary.registers.access import Permission
from constabulary.services.records import import_json
from constabulary.services.records import imports as service
from constabulary.services.records.import_answers import ImportAnswer, ImportsAnswer, RefusedAnswer
from constabulary.web import api, import_tables, numbers
from constabulary.web.api_words import Word
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Column, SummaryRow, Table
from constabulary.web.wording import own_name

ImportId = Annotated[str, Word("Number of the import, as the list has it.", such_as="000001")]
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
            f"{numbers.several(len(live), 'import')} in use: {numbers.several(n_accepted, 'row')} accepted, "
            f"{numbers.number(n_refused)} refused and kept with the reason."
            if made
            else "Nothing has been imported yet."
        ),
        imports=_list(reversed(made)) if made else None,
        said=_said(request),
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
    return OneImport(
        answer=import_tables.sentence(one.files),
        title=f"Import {import_id}",
        import_id=import_id,
        state=one.state,
        colour=STATE_COLOUR[one.state],
        is_synthetic=one.is_synthetic,
        facts=_facts(one),
        files=import_tables.files_table(one.files),
        notices=import_tables.notices_table(one.notices, one.mapping_name) if one.notices else None,
        n_refused=one.n_refused,
        is_live=one.is_live,
    )


@api.route(
    "imports",
    name="imports",
    title="Every import and what became of its rows",
    permission=Permission.SEE_RECORDS,
)
def imports_json(request: Request) -> ImportsAnswer:
    """List every import as `constabulary import list --json` does."""
    return import_json.listing(service.list_imports(request.workspace))


@api.route(
    "imports/{import_id}",
    name="import",
    title="One import, its files and what was noticed",
    permission=Permission.SEE_ROWS,
)
def import_json_of(request: Request, import_id: ImportId) -> ImportAnswer:
    """Show one import as `constabulary import show --json` does."""
    return import_json.detail(service.show_import(request.workspace, import_id))


@api.route(
    "imports/{import_id}/refused",
    name="import_refused",
    title="The refused rows of an import, with every reason",
    permission=Permission.SEE_ROWS,
)
def refused_json(request: Request, import_id: ImportId) -> RefusedAnswer:
    """Show refused rows as `constabulary refused show --json` does."""
    record = service.show_import(request.workspace, import_id)
    return import_json.refused(record, service.refused_rows(request.workspace, import_id))


def _said(request: Request) -> str:
    return "The import was withdrawn." if "withdrawn" in request.GET else ""


def _list(made: Iterable[Any]) -> Table:
    return Table(
        "Imports, the latest first",
        (
            Column("Import"),
            Column("When"),
            Column("What"),
            Column("Files", is_long=True),
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
                f"{one.kind} (synthetic)" if one.is_synthetic and one.kind != "synthetic" else one.kind,
                _named(one.files),
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


def _named(files: Any) -> str:
    names = [own_name(file.name) for file in files[:2]]
    if len(files) > 2:
        names.append(f"and {numbers.number(len(files) - 2)} more")
    return "; ".join(names) or numbers.MISSING
