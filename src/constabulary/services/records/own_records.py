"""Importing a force's own calls and incidents through a mapping file, and proposing one."""

from __future__ import annotations

import json
from collections.abc import Mapping as Table
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.force.files import Toml
from constabulary.core.progress import Progress, silent
from constabulary.services.records.imports import ImportReport, import_files
from constabulary.services.workspace.workspaces import open_force
from constabulary.sources.calls_csv import CALLS_CSV
from constabulary.sources.files import SourceFile, find
from constabulary.sources.incidents_csv import INCIDENTS_CSV
from constabulary.sources.layout import Layout, read_layout
from constabulary.sources.mapped_file import MappedFile
from constabulary.sources.mapping import Mapping
from constabulary.sources.mapping_file import mapping_of, read_mapping
from constabulary.sources.observations_csv import OBSERVATIONS_CSV
from constabulary.sources.own_records import OwnRecords
from constabulary.sources.pings_csv import PINGS_CSV
from constabulary.sources.shifts_csv import SHIFTS_CSV
from constabulary.sources.suggest import Proposal, suggested
from constabulary.store.lake import Lake
from constabulary.store.workspace import Workspace

KINDS: Table[str, OwnRecords] = {
    source.kind: source for source in (CALLS_CSV, INCIDENTS_CSV, PINGS_CSV, SHIFTS_CSV, OBSERVATIONS_CSV)
}
"""The tables a force's own records feed, by the name of the import."""
MADE_UP = "is_synthetic"
"""The column by which our exports of records tell made-up ones."""
TRUE = ("true", "1", "yes", "t", "y")
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet")


def import_own_records(
    workspace: Workspace,
    kind: str,
    paths: Sequence[Path],
    *,
    by: str,
    mapping: Path | None = None,
    edition_on: date | None = None,
    names: Sequence[str | None] | None = None,
    is_trial: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import a force's own records: calls, incidents, positions and what else `KINDS` names.

    Parameters
    ----------
    workspace, by, names, is_trial, progress
        As in `constabulary.services.records.imports.import_police_uk`.
    kind
        One of `KINDS`, such as incidents.
    paths
        CSV files or Excel workbooks, folders or zip archives of them.
    mapping
        The mapping file (TOML). Not needed where the columns are called as ours are, nor for mended rows, which are
        read as the rows they mend were.
    edition_on
        The day the records were taken out; a later edition of a day replaces an earlier one. Without it, the import
        order says which is later.

    Raises
    ------
    BadInput
        If the mapping breaks a rule, or a file is missing, damaged, lacks a column or holds rows marked synthetic;
        nothing is then imported.
    WorkspaceBusy
        If another process is importing.
    """
    readers = recognise_own_records(workspace, kind, paths, mapping=mapping, names=names)
    return import_files(
        workspace,
        kind,
        readers,
        by=by,
        edition_on=edition_on,
        mapping=json.dumps(readers[0].mapping.content) if readers else None,
        mapping_name=mapping.name if mapping else None,
        is_trial=is_trial,
        progress=progress,
    )


def recognise_own_records(
    workspace: Workspace,
    kind: str,
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    names: Sequence[str | None] | None = None,
) -> list[MappedFile]:
    """Return the files made ready to be read, with nothing wrong in the mapping and the headers.

    Parameters
    ----------
    workspace, kind, paths, mapping, names
        As in `import_own_records`.

    Raises
    ------
    BadInput
        If the mapping breaks a rule, or a file is missing, damaged, lacks a column or holds rows marked synthetic.
    """
    source = KINDS[kind]
    force = open_force(workspace)
    contract = source.of_force(force)
    typed = read_mapping(mapping, contract, force.id, force.time_zone) if mapping else None
    readers = []
    problems: list[Problem] = []
    for file in find(paths, ENDINGS, names):
        try:
            layout = _layout(file, typed)
            if made_up := _made_up(file, layout):
                problems.append(made_up)
                continue
            used = typed or _known_mapping(workspace, source, force, file, layout)
            reader = MappedFile(file, contract, used, layout)
            problems += reader.problems()
            readers.append(reader)
        except BadInput as error:
            problems += error.problems
    contents = {json.dumps(reader.mapping.content) for reader in readers}
    if len(contents) > 1:
        problems.append(
            Problem(
                "several_mappings",
                "the files were read by different mappings",
                remedy="Import them one by one.",
            )
        )
    if problems:
        raise BadInput(problems)
    return readers


def suggest_mapping(workspace: Workspace, kind: str, path: Path, name: str | None = None) -> Proposal:
    """Propose a mapping for a file from its header and its values.

    Parameters
    ----------
    workspace
        Whose lists the codes are matched with.
    kind
        calls or incidents.
    path
        A CSV file or Excel workbook.
    name
        What people call it where that is another name than its path.

    Returns
    -------
    Proposal
        A mapping file (TOML) with comments on what is uncertain and what was not matched, and the doubts that no
        import would notice.

    Raises
    ------
    BadInput
        If the file is missing, damaged or has no rows.
    """
    force = open_force(workspace)
    source = KINDS[kind]
    return suggested(
        find([path], ENDINGS, [name])[0], source, source.of_force(force), force.id, force.time_zone
    )


def _layout(file: SourceFile, mapping: Mapping | None) -> Layout:
    if mapping is None:
        return read_layout(file)
    return read_layout(file, mapping.delimiter, mapping.header_row, mapping.sheet)


def _made_up(file: SourceFile, layout: Layout) -> Problem | None:
    """Return what is wrong where rows say that they are made up: imported, they would pass for real ones."""
    named = next((name for name in layout.header if name.strip().casefold() == MADE_UP), None)
    if named is None:
        return None
    rows = (
        int(line)
        for part in layout.parts(())
        for line in part.line_no.filter(
            part.text[named].cast(pl.String).str.strip_chars().str.to_lowercase().is_in(TRUE)
        )
    )
    first = next(rows, None)
    if first is None:
        return None
    return Problem(
        "made_up_rows",
        "the file holds synthetic records, which would pass for real ones",
        file=file.name,
        row=first,
        column=named,
        value="true",
        expected="real records",
        remedy="Leave these rows out; synthetic records are made anew by: constabulary synthesise.",
    )


def _known_mapping(
    workspace: Workspace, source: OwnRecords, force: Force, file: SourceFile, layout: Layout
) -> Mapping:
    """Return the mapping of the import whose rows are mended, or one for columns that are called as ours are."""
    contract = source.of_force(force)
    if layout.mends is not None:
        record = Lake(workspace.lake_path).import_record(layout.mends)
        content = json.loads(record.mapping or "{}")
        return mapping_of(
            Toml(f"mapping of import {layout.mends}", content, {}), contract, force.id, force.time_zone
        )
    ours = [column.name for column in contract.supplied if column.name in layout.header]
    if any(column.required and column.name not in ours for column in contract.supplied):
        raise BadInput(
            Problem(
                "no_mapping",
                "the columns are not called as ours are, so a mapping file must say which is which.",
                file=file.name,
                row=1,
                value=",".join(layout.header)[:120],
                expected=", ".join(column.name for column in contract.supplied if column.required),
                remedy=f"Begin with: constabulary import {source.kind} --suggest {file.name} > mapping.toml",
            )
        )
    content = {"table": contract.name, "columns": {name: name for name in ours}}
    return mapping_of(Toml("our own column names", content, {}), contract, force.id, force.time_zone)
