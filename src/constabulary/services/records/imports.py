"""Importing records, listing what was imported, taking an import back, handing out refused rows to be mended."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.progress import Progress, silent
from constabulary.services.records import import_json
from constabulary.services.records.deriving import Deriving
from constabulary.services.records.ingest import Reader, ingest
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.geography import places
from constabulary.sources import police_uk
from constabulary.sources.files import find
from constabulary.sources.mended import MENDED, disarmed
from constabulary.store.lake import Lake
from constabulary.store.records import FileRecord, ImportRecord, Notice, Withdrawal
from constabulary.store.workspace import Workspace


@dataclass(frozen=True)
class ImportReport:
    """What an import did with every row it read.

    Parameters
    ----------
    import_ids
        The imports made; empty where every file was there already.
    files
        Each file with rows read = accepted + refused + duplicates.
    n_superseded
        Rows of earlier editions that these replace.
    notices
        What was noticed, refusals first.
    is_trial
        Whether nothing was kept: the numbers say what would come of it.
    mapping_name
        Name of the mapping file that the rows were read by; None where there was none.
    """

    import_ids: tuple[str, ...]
    files: tuple[FileRecord, ...]
    n_superseded: int
    notices: tuple[Notice, ...]
    is_trial: bool = False
    mapping_name: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the report as `constabulary import ... --json` prints it."""
        return {
            "schema": 1,
            "dry_run": self.is_trial,
            "mapping": self.mapping_name,
            "imports": list(self.import_ids),
            "files": import_json.files(self.files),
            **import_json.totals(self.files),
            "superseded": self.n_superseded,
            "problems": import_json.problems(self.notices, self.mapping_name),
        }

    @classmethod
    def of_json(cls, content: Mapping[str, Any]) -> ImportReport:
        """Return the report that `as_json` gave, as a run keeps it."""
        return cls(
            tuple(content["imports"]),
            import_json.files_of(content["files"]),
            content["superseded"],
            import_json.notices_of(content["problems"]),
            content["dry_run"],
            content.get("mapping"),
        )


def import_police_uk(
    workspace: Workspace,
    paths: Sequence[Path],
    *,
    by: str,
    edition_on: date | None = None,
    names: Sequence[str | None] | None = None,
    is_trial: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import files of data.police.uk: street crime, outcomes, stop and search.

    Parameters
    ----------
    workspace
        Where to.
    paths
        Files, folders or zip archives, plain or gzipped.
    by
        Who does it.
    edition_on
        The day the files were published; without it the import order says which edition is later.
    names
        What people call each path where that is another name, as for uploads; None for the path itself.
    is_trial
        Whether to tell what would come of it, and keep nothing.
    progress
        Told the bytes done.

    Raises
    ------
    BadInput
        If a file is missing, damaged or no such file; nothing is then imported. Files of a folder or archive that
        have nothing to do with data.police.uk are left out, and the report says so.
    WorkspaceBusy
        If another process is importing.
    """
    readers, others = police_uk.recognise(find(paths, [".csv"], names))
    report = import_files(
        workspace,
        "police-uk",
        readers,
        by=by,
        edition_on=edition_on,
        is_trial=is_trial,
        progress=progress,
    )
    left_out = (
        Notice(
            "other_file",
            1,
            is_refusal=False,
            file=one.file,
            row=one.row,
            value=one.value,
            expected=one.expected,
        )
        for one in others
    )
    return replace(report, notices=(*report.notices, *left_out))


def import_files(
    workspace: Workspace,
    kind: str,
    readers: Sequence[Reader],
    *,
    by: str,
    edition_on: date | None = None,
    mapping: str | None = None,
    mapping_name: str | None = None,
    is_trial: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import files of a supplier that is known already.

    Parameters
    ----------
    workspace
        Where to.
    kind
        Which import it is, such as ``police-uk``.
    readers
        The files, each ready to be read to its table.
    by, edition_on, is_trial, progress
        As in `import_police_uk`.
    mapping, mapping_name
        The mapping file they are read by, as JSON, and its name.

    Raises
    ------
    BadInput
        If a file is damaged; nothing is then imported.
    WorkspaceBusy
        If another process is importing.
    """
    lake = Lake(workspace.lake_path)
    derive = Deriving(force_of(workspace), places(workspace))
    template = ImportRecord(
        import_id="",
        kind=kind,
        at=_now(),
        by=by,
        edition_on=edition_on,
        mapping=mapping,
        mapping_name=mapping_name,
    )
    with workspace.writing():
        done = ingest(lake, list(_batches(readers)), template, derive, progress, is_trial=is_trial)
    import_ids = () if is_trial else tuple(record.import_id for record in done.imports)
    return ImportReport(import_ids, done.files, done.n_superseded, done.notices, is_trial, mapping_name)


def list_imports(workspace: Workspace) -> tuple[ImportRecord, ...]:
    """Return every import, withdrawn ones too, in import order."""
    return Lake(workspace.lake_path).imports()


def show_import(workspace: Workspace, import_id: str) -> ImportRecord:
    """Return one import; `NothingThere` if there is none of that name."""
    return Lake(workspace.lake_path).import_record(import_id)


def withdraw_import(workspace: Workspace, import_id: str, *, by: str, reason: str) -> ImportRecord:
    """Take a wrong import back: its rows no longer count, what it superseded counts again, its record stays.

    Raises
    ------
    BadInput
        If no reason is given.
    NothingThere
        If there is no such import, or it is withdrawn already.
    """
    if not reason.strip():
        raise BadInput(
            Problem(
                "no_reason", "an import is withdrawn with a reason", remedy='Say why: --reason "wrong month".'
            )
        )
    lake = Lake(workspace.lake_path)
    with workspace.writing():
        lake.withdraw(import_id, Withdrawal(_now(), by, reason.strip()))
    return lake.import_record(import_id)


def mended_by(workspace: Workspace, import_id: str) -> tuple[str, ...]:
    """Return the imports of mended rows of an import that still count; they stay when it is withdrawn."""
    every = Lake(workspace.lake_path).imports()
    return tuple(one.import_id for one in every if one.is_live and one.edition_of == import_id)


def refused_rows(workspace: Workspace, import_id: str) -> pl.DataFrame:
    """Return the refused rows of an import.

    Returns
    -------
    polars.DataFrame
        Columns table, file_no, source_row, line (as it stood in the file) and reasons (JSON), in file order.
    """
    lake = Lake(workspace.lake_path)
    lake.import_record(import_id)
    files = lake.files_of("refused", [import_id])
    if not files:
        return pl.DataFrame(
            schema={
                "table": pl.String,
                "file_no": pl.Int64,
                "source_row": pl.Int64,
                "line": pl.String,
                "reasons": pl.String,
            }
        )
    frame = pl.concat(
        [pl.read_parquet(file, hive_partitioning=False) for file in files], how="vertical_relaxed"
    )
    return frame.with_columns(pl.col("table").cast(pl.String)).sort("file_no", "source_row")


def export_refused(workspace: Workspace, import_id: str, table: str | None = None) -> str:
    """Return the refused rows as CSV, to be mended and imported again.

    Three columns are added, `refused_by_import`, `refused_from_file` and `reasons`; leave them in, and the mended rows
    join the edition they were refused from. An apostrophe stands before a text that a spreadsheet would run as a
    formula; it is taken away again when the rows are imported.

    Parameters
    ----------
    workspace, import_id
        Which import.
    table
        Only the rows meant for this table; needed where rows of several tables were refused.

    Raises
    ------
    NothingThere
        If no row was refused.
    BadInput
        If rows of several tables were refused and none was named.
    """
    rows = refused_rows(workspace, import_id)
    if table is not None:
        rows = rows.filter(pl.col("table") == table)
    if rows.is_empty():
        raise NothingThere(
            Problem(
                "nothing_refused",
                f'import "{import_id}" has no refused rows' + (f" for {table}" if table else ""),
            )
        )
    tables = sorted(rows["table"].unique())
    if len(tables) > 1:
        raise BadInput(
            Problem(
                "several_tables",
                f"rows of several tables were refused: {', '.join(tables)}",
                remedy=f"Name one: --table {tables[0]}.",
            )
        )
    record = show_import(workspace, import_id)
    files = record.files
    columns = [name for name in files[rows["file_no"][0]].header if name not in MENDED]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*columns, *MENDED])
    for row in rows.iter_rows(named=True):
        file = files[row["file_no"]]
        values = _fields(row["line"], file.delimiter)
        fields = dict(zip(file.header, values, strict=False))
        reasons = [
            f"{reason['column'] or 'row'} {reason['rule']}: expected {reason['expected']}"
            for reason in json.loads(row["reasons"])
        ]
        if len(values) != len(file.header):
            reasons.append(f"the line was: {row['line']}")
        published = fields.get(MENDED[1]) or PurePosixPath(file.name.rpartition("!")[2]).name.removesuffix(
            ".gz"
        )
        writer.writerow(
            [*[disarmed(fields.get(name, "")) for name in columns], import_id, published, "; ".join(reasons)]
        )
    return out.getvalue()


def _fields(line: str, delimiter: str) -> list[str]:
    """Return the fields of a line, as far as one that is garbled can be told apart."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _batches(readers: Sequence[Reader]) -> list[list[Reader]]:
    """Part files into editions: a second one of a published name is a later one, mended rows join the one they mend."""
    batches: dict[tuple[str | None, int], list[Reader]] = {}
    n_before: Counter[tuple[str | None, str]] = Counter()
    for reader in readers:
        name = (reader.mends, reader.file.published_name)
        batches.setdefault((reader.mends, n_before[name]), []).append(reader)
        n_before[name] += 1
    return list(batches.values())


def _now() -> datetime:
    return datetime.now(UTC)
