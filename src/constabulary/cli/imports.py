"""Commands that import records, list and withdraw imports, and hand out refused rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from constabulary.cli.options import DAY, Group, answer, as_json, bar, in_workspace, note, person, table
from constabulary.core.amounts import several
from constabulary.services.records import import_json, imports
from constabulary.services.records.imports import ImportReport
from constabulary.services.records.notices import told
from constabulary.services.workspace import boundaries as boundaries_service
from constabulary.services.workspace.workspaces import Workspace

edition = click.option(
    "--edition",
    type=DAY,
    metavar="DATE",
    help="Day the files were published; a later edition of a month replaces an earlier one.",
)
dry_run = click.option(
    "--dry-run", "is_trial", is_flag=True, help="Tell what would come of it and keep nothing."
)
paths = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.group("import", cls=Group)
def import_group() -> None:
    """Bring records in; see what was imported; take an import back."""


@import_group.command("police-uk")
@paths
@edition
@dry_run
@as_json
@in_workspace
def police_uk(
    workspace: Workspace, paths: tuple[Path, ...], edition: datetime | None, is_trial: bool, is_json: bool
) -> None:
    """Import street crime, outcomes and stop and search from data.police.uk.

    PATHS are files, folders or zip archives, plain or gzipped, of any force and any number of months.

    Example: constabulary import police-uk downloads/2024-10 downloads/2024-11
    """
    with bar() as progress:
        report = imports.import_police_uk(
            workspace,
            paths,
            by=person(),
            edition_on=edition.date() if edition else None,
            is_trial=is_trial,
            progress=progress,
        )
    _print_report(report, is_json)


def _own_records(kind: str, example: str) -> click.Command:
    @import_group.command(
        kind,
        help=f"""Import the force's own {kind} from CSV or Excel.

    PATHS are files, folders or zip archives. A mapping file says which of their columns is which of ours; --suggest
    proposes one from a file. Mended rows need none.

    Example: {example}
    """,
    )
    @paths
    @click.option(
        "--mapping", type=click.Path(path_type=Path), metavar="FILE", help="The mapping file (TOML)."
    )
    @click.option("--suggest", is_flag=True, help="Propose a mapping for PATHS and import nothing.")
    @dry_run
    @edition
    @as_json
    @in_workspace
    def command(
        workspace: Workspace,
        paths: tuple[Path, ...],
        mapping: Path | None,
        suggest: bool,
        is_trial: bool,
        edition: datetime | None,
        is_json: bool,
    ) -> None:
        if suggest:
            from constabulary.services.records.own_records import suggest_mapping

            proposed = suggest_mapping(workspace, kind, paths[0])
            if is_json:
                answer(import_json.proposal(kind, proposed))
            else:
                click.echo(proposed.text, nl=False)
            for doubt in proposed.doubts:
                click.echo(f"Check first: {doubt}", err=True)
            return
        bring_in(workspace, kind, paths, mapping, edition, is_trial=is_trial, is_json=is_json)

    return command


calls = _own_records("calls", "constabulary import calls telephony.csv --mapping telephony.toml")
incidents = _own_records("incidents", "constabulary import incidents --suggest export.xlsx > incidents.toml")
observations = _own_records("observations", "constabulary import observations custody_visits.csv")
pings = _own_records("pings", "constabulary import pings fleet.parquet --mapping fleet.toml")
shifts = _own_records("shifts", "constabulary import shifts duty.csv --mapping duty.toml")


@import_group.command("boundaries")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--level",
    default="lsoa",
    show_default=True,
    type=click.Choice(boundaries_service.LEVELS),
    help="Of which areas.",
)
@click.option(
    "--vintage", type=int, help="Census of the LSOAs, 2011 or 2021; told from the file where it can be."
)
@click.option("--id", "id_key", metavar="KEY", help="Property that holds an area's code.")
@click.option("--name", "name_key", metavar="KEY", help="Property that holds its name.")
@click.option("--attribution", help="What every map must say; the file's own if left out.")
@as_json
@in_workspace
def boundaries(
    workspace: Workspace,
    file: Path,
    level: str,
    vintage: int | None,
    id_key: str | None,
    name_key: str | None,
    attribution: str | None,
    is_json: bool,
) -> None:
    """Use the outlines in a GeoJSON FILE for maps and for finding the area of a point.

    Records imported before keep the areas they were given. Withdraw the import to go back to what was used before.

    Example: constabulary import boundaries lsoa_2021.geojson --vintage 2021
    """
    report = boundaries_service.import_boundaries(
        workspace,
        file,
        by=person(),
        level=level,
        vintage=vintage,
        id_key=id_key,
        name_key=name_key,
        attribution=attribution,
    )
    if is_json:
        answer(report.as_json())
        return
    done = "Imported as" if report.is_new else "The file is there already, as"
    click.echo(
        f"{done} {report.import_id}: {report.n_areas:,} outlines. {report.attribution or 'No attribution.'}"
    )
    for notice in report.notices:
        click.echo(f"Note: {notice}", err=True)


@import_group.command("list")
@as_json
@in_workspace
def list_imports(workspace: Workspace, is_json: bool) -> None:
    """List every import, withdrawn ones too.

    Example: constabulary import list
    """
    records = imports.list_imports(workspace)
    if is_json:
        answer(import_json.listing(records))
        return
    table(
        ["import", "kind", "at (UTC)", "files", "accepted", "refused", "state", "first file"],
        [
            [
                record.import_id,
                record.kind,
                f"{record.at:%Y-%m-%d %H:%M}",
                len(record.files),
                sum(file.n_accepted for file in record.files),
                record.n_refused,
                record.state,
                record.files[0].name if record.files else None,
            ]
            for record in records
        ],
    )


@import_group.command("show")
@click.argument("import_id")
@as_json
@in_workspace
def show(workspace: Workspace, import_id: str, is_json: bool) -> None:
    """Show one import: its files, what was noticed, and why it was withdrawn if it was.

    Example: constabulary import show 000003
    """
    record = imports.show_import(workspace, import_id)
    if is_json:
        answer(import_json.detail(record))
        return
    click.echo(
        f"Import {record.import_id}: {record.kind}, {record.at:%Y-%m-%d %H:%M} UTC, by {record.by}. {record.state}."
    )
    if record.edition_of:
        click.echo(f"It mends import {record.edition_of}.")
    if record.withdrawal:
        click.echo(f"Withdrawn by {record.withdrawal.by}: {record.withdrawal.reason}")
    _print_files(import_json.files(record.files))
    _print_notices(record.notices, record.mapping_name)


@import_group.command("withdraw")
@click.argument("import_id")
@click.option("--reason", required=True, help="Why; kept with the import.")
@as_json
@in_workspace
def withdraw(workspace: Workspace, import_id: str, reason: str, is_json: bool) -> None:
    """Take a wrong import back. Its record stays; what it replaced counts again.

    Example: constabulary import withdraw 000003 --reason "wrong month"
    """
    record = imports.withdraw_import(workspace, import_id, by=person(), reason=reason)
    note(workspace, "IMPORT_RECORDS", "withdraw import", f"import {import_id}")
    mending = imports.mended_by(workspace, import_id)
    if is_json:
        answer({"schema": 1, "import": record.import_id, "state": record.state, "mended_by": list(mending)})
        return
    click.echo(f"Import {record.import_id} is withdrawn.")
    if mending:
        click.echo(f"Rows of it that were mended still count: import {', '.join(mending)}.", err=True)


@click.group("refused", cls=Group)
def refused_group() -> None:
    """Look at refused rows, and hand them out to be mended."""


@refused_group.command("show")
@click.argument("import_id")
@as_json
@in_workspace
def show_refused(workspace: Workspace, import_id: str, is_json: bool) -> None:
    """Show the refused rows of an import as they stood, with every reason.

    Example: constabulary refused show 000003
    """
    found = import_json.refused(
        imports.show_import(workspace, import_id), imports.refused_rows(workspace, import_id)
    )
    if is_json:
        answer(found)
        return
    for row in found["rows"]:
        reasons = "; ".join(f"{reason['column'] or 'row'} {reason['rule']}" for reason in row["reasons"])
        click.echo(f"{row['file']}, row {row['row']:,}: {reasons}: {row['line']}")


@refused_group.command("export")
@click.argument("import_id")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--table", help="Only rows meant for this table.")
@as_json
@in_workspace
def export(workspace: Workspace, import_id: str, file: Path, table: str | None, is_json: bool) -> None:
    """Write the refused rows of an import to FILE as CSV, with the reasons; mend them and import FILE again.

    Example: constabulary refused export 000003 mend.csv
    """
    text = imports.export_refused(workspace, import_id, table)
    note(workspace, "EXPORT_RECORDS", "export refused rows", f"import {import_id}")
    file.write_text(text, encoding="utf-8", newline="")
    if is_json:
        answer({"schema": 1, "import": import_id, "file": str(file), "table": table})
        return
    click.echo(
        f"Wrote {file}. Mend the rows, leave the last three columns in, and import it again.", err=True
    )


def bring_in(
    workspace: Workspace,
    kind: str,
    paths: tuple[Path, ...],
    mapping: Path | None,
    edition: datetime | None,
    *,
    is_trial: bool,
    is_json: bool,
) -> None:
    """Import the force's own records of a kind, and print what was done with every row."""
    # Here, because data.police.uk's files and lists of imports want no mapping, workbook or measure.
    from constabulary.services.records.own_records import import_own_records

    with bar() as progress:
        report = import_own_records(
            workspace,
            kind,
            paths,
            by=person(),
            mapping=mapping,
            edition_on=edition.date() if edition else None,
            is_trial=is_trial,
            progress=progress,
        )
    _print_report(report, is_json)


def _print_report(report: ImportReport, is_json: bool) -> None:
    """Print what an import did with every row."""
    result = report.as_json()
    if is_json:
        answer(result)
        return
    _print_files(result["files"])
    click.echo(
        f"{several(result['rows_read'], 'row')} read: {result['accepted']:,} accepted, {result['refused']:,} refused, "
        f"{several(result['duplicates'], 'duplicate')}. {several(result['superseded'], 'row')} of earlier editions "
        "replaced."
    )
    _print_notices(report.notices, report.mapping_name)
    if report.is_trial:
        click.echo("Nothing was kept: this was a dry run.")
    elif result["refused"]:
        click.echo(f"To mend the refused rows: constabulary refused export {result['imports'][0]} mend.csv")


def _print_files(files: Iterable[Mapping[str, Any]]) -> None:
    table(
        ["file", "read", "accepted", "refused", "duplicates"],
        [
            [file["file"], file["rows_read"], file["accepted"], file["refused"], file["duplicates"]]
            for file in files
        ],
    )


def _print_notices(notices: Iterable[Any], mapping_name: str | None) -> None:
    for notice in notices:
        click.echo(f"{'Refused' if notice.is_refusal else 'Note'}: {told(notice, mapping_name)}")
