"""The lake: one Delta table a contract, plain Parquet underneath, and a table of imports that decides what is there.

An import writes its parts as Parquet files, commits them to each table, and announces itself in `imports` last, in one
commit. Readers follow `imports` alone, so an import is there whole or not at all, whenever the process dies.
"""

from __future__ import annotations

import errno
import json
import re
import shutil
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import polars as pl
from deltalake import CommitProperties, DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from constabulary.core.errors import (
    DiscFull,
    NothingThere,
    NotPermitted,
    Problem,
    WorkspaceBusy,
    WorkspaceMissing,
    is_disc_full,
)
from constabulary.store import records
from constabulary.store.records import Coverage, ImportRecord, Withdrawal

IMPORTS = "imports"
PARTITION = "import_id"
ROW_GROUP = 131_072
"""Rows that are read together or not at all where a few days of many are asked for."""
PLAIN = frozenset({"crimes", "outcomes"})
"""Tables written as they are: two thirds of their bytes are random keys, which lz4 leaves as long as they were. Nor are
their least and greatest values noted: a part holds a month or few, which its column of months tells as fast."""
REFUSED = pl.Schema(
    {
        "table": pl.String(),
        "file_no": pl.Int64(),
        "source_row": pl.Int64(),
        "line": pl.String(),
        "reasons": pl.String(),
    }
)
"""The table of refused rows: `line` as it stood in the file, `reasons` a JSON list of rule, column, value, expected."""
BY_THE_HANDFUL = frozenset({"refused"})
"""Tables of which a part of a file gives few rows: they wait for others, as a file costs more than they do."""
ROWS_A_FILE = 16_384
"""So many of them wait no longer."""


@dataclass(frozen=True)
class Files:
    """The Parquet files of one table that count, and the rows in them that do not.

    Parameters
    ----------
    whole
        Files of which every row counts.
    partly
        Files with superseded rows.
    superseded
        For each import with superseded rows, the stretches replaced by a later edition.
    """

    whole: tuple[str, ...]
    partly: tuple[str, ...]
    superseded: Mapping[str, tuple[Coverage, ...]]


class Lake:
    """The tables of one workspace.

    Parameters
    ----------
    path
        The folder that holds one Delta table a sub-folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def imports(self) -> tuple[ImportRecord, ...]:
        """Return every import, withdrawn ones too, in import order."""
        table = self.table(IMPORTS)
        if table is None:
            return ()
        return records.from_frame(
            pl.read_parquet(paths, glob=False)
            if (paths := _paths(table.file_uris()))
            else records.to_frame(())
        )

    def import_record(self, import_id: str) -> ImportRecord:
        """Return one import.

        Raises
        ------
        NothingThere
            If there is none of that name.
        """
        for record in self.imports():
            if record.import_id == import_id:
                return record
        raise NothingThere(
            Problem(
                "no_such_import",
                f'there is no import "{import_id}"',
                expected="one that `constabulary import list` shows",
            )
        )

    @property
    def is_without_imports(self) -> bool:
        """Whether there are rows and no table of imports: it was removed, for no row is written before it stands."""
        return self.table(IMPORTS) is None and any(self.path.glob(f"*/{PARTITION}=*"))

    @property
    def version(self) -> int:
        """The number of the last change to what is there; -1 before the first import was begun."""
        table = self.table(IMPORTS)
        return -1 if table is None else table.version()

    def next_import_id(self, taken: Sequence[str] = ()) -> str:
        """Return the name for the next import: later than any there and any folder left by a dead one."""
        used = [int(name) for name in taken]
        used += [int(record.import_id) for record in self.imports()]
        used += [int(part.name.partition("=")[2]) for part in self.path.glob(f"*/{PARTITION}=*")]
        return f"{max(used, default=0) + 1:06d}"

    def writer(self, import_id: str) -> ImportWriter:
        """Return a writer that stages an import's rows; nothing shows until `announce`."""
        if self.table(IMPORTS) is None:
            # It stands before the first row, so that rows without it say that it was lost.
            with _disc_errors():
                DeltaTable.create(self.path / IMPORTS, schema=records.SCHEMA)
        return ImportWriter(self, import_id)

    def announce(self, new: Sequence[ImportRecord], writers: Sequence[ImportWriter]) -> None:
        """Commit staged rows to their tables, then announce the imports, all in one commit.

        Raises
        ------
        DiscFull
            If the disc is full; nothing shows then.
        """
        with _disc_errors():
            # All that may fill the disc before the first commit.
            for writer in writers:
                writer.finish()
            for writer in writers:
                writer.commit()
            self._tell(records.to_frame(new), len(self._events()))

    def withdraw(self, import_id: str, withdrawal: Withdrawal) -> None:
        """Take an import back: its rows no longer count, its record stays."""
        record = self.import_record(import_id)
        if record.withdrawal:
            raise NothingThere(Problem("already_withdrawn", f'import "{import_id}" is withdrawn already'))
        with _disc_errors():
            self._tell(records.withdrawal_frame(record, withdrawal), len(self._events()))

    def discard(self, writers: Sequence[ImportWriter]) -> None:
        """Remove what was staged, but for the imports that were announced before the interruption came."""
        announced = {record.import_id for record in self.imports()}
        for writer in writers:
            if writer.import_id not in announced:
                writer.discard()

    def sweep(self) -> int:
        """Remove what a killed import left behind; return the number of orphan imports removed.

        Raises
        ------
        WorkspaceMissing
            If there are rows and no table of imports, so that nobody can say which of them count.
        """
        if self.is_without_imports:
            raise WorkspaceMissing(imports_missing(self))
        known = {record.import_id for record in self.imports()}
        orphans: set[str] = set()
        for folder in self.path.glob("*/"):
            table = self.table(folder.name) if folder.name != IMPORTS else None
            # A commit may outlive its files, and files may lack their commit.
            committed = _files_by_import(table).keys() - known if table is not None else set()
            left = {part.name.partition("=")[2] for part in folder.glob(f"{PARTITION}=*")} - known
            if table is not None and committed:
                named = ", ".join(f"'{import_id}'" for import_id in sorted(committed))
                table.delete(f"{PARTITION} IN ({named})")
            for import_id in left:
                shutil.rmtree(folder / f"{PARTITION}={import_id}", ignore_errors=True)
            orphans |= committed | left
        return len(orphans)

    def files(self, table_name: str, imports: Sequence[ImportRecord] | None = None) -> Files:
        """Return the files of a table that count, given the imports (all of them when None)."""
        table = self.table(table_name)
        every = self.imports() if imports is None else imports
        live = [record for record in every if record.is_live]
        by_import = _files_by_import(table) if table is not None else {}
        rank = records.edition_order(every)
        superseded = {
            record.import_id: replaced
            for record in live
            if (replaced := _replaced(record, live, rank, table_name))
        }
        whole = [
            file
            for record in live
            if record.import_id not in superseded
            for file in by_import.get(record.import_id, ())
        ]
        partly = [
            file
            for record in live
            if record.import_id in superseded
            for file in by_import.get(record.import_id, ())
        ]
        return Files(tuple(whole), tuple(partly), superseded)

    def files_of(self, table_name: str, import_ids: Collection[str]) -> list[str]:
        """Return the files that some imports added to a table, superseded rows included."""
        table = self.table(table_name) if import_ids else None
        by_import = {} if table is None else _files_by_import(table)
        return [file for import_id in sorted(import_ids) for file in by_import.get(import_id, ())]

    def compact(self, keep_h: int = 0) -> dict[str, int]:
        """Join small files of every table and remove those no reader needs any more; return files removed by table.

        The caller holds the workspace for writing.
        """
        self.sweep()
        removed = {}
        for folder in sorted(self.path.glob("*/")):
            table = self.table(folder.name)
            if table is None:
                continue
            with _disc_errors():
                table.optimize.compact()
                gone = table.vacuum(keep_h, dry_run=False, enforce_retention_duration=False, full=True)
            removed[folder.name] = len(gone)
        if self.table(IMPORTS) is not None:
            # This changes files and not what is there; whoever keeps a list of files must look again all the same.
            write_deltalake(self.path / IMPORTS, records.to_frame(()), mode="append")
        return removed

    def table(self, name: str) -> DeltaTable | None:
        """Return a table as it stands, None where it was never made; raises `WorkspaceMissing` if it is damaged."""
        folder = self.path / name
        # A process killed while it made the table leaves a log without a commit: no table yet.
        has_commit = next((folder / "_delta_log").glob("*[0-9].json"), None) is not None
        try:
            return DeltaTable(folder) if has_commit else None
        except DeltaError as error:
            raise damaged(self, name) from error

    def _events(self) -> list[str]:
        table = self.table(IMPORTS)
        return [] if table is None else _paths(table.file_uris())

    def _tell(self, rows: pl.DataFrame, n_before: int) -> None:
        try:
            write_deltalake(self.path / IMPORTS, rows, mode="append")
        except Exception:
            # Housekeeping after the commit may fail; what counts is whether the commit is there.
            if len(self._events()) == n_before:
                raise


class ImportWriter:
    """Stages the rows of one import as Parquet parts.

    Parameters
    ----------
    lake
        Where to.
    import_id
        The import.
    """

    def __init__(self, lake: Lake, import_id: str) -> None:
        self.lake = lake
        self.import_id = import_id
        self._parts: dict[str, list[AddAction | RemoveAction]] = {}
        self._schemas: dict[str, pl.Schema] = {}
        self._waiting: dict[str, list[pl.DataFrame]] = {}
        self._n_waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Write one part of a table, now or, where its rows come by the handful, with others.

        Raises
        ------
        DiscFull
            If it does not fit.
        """
        if frame.is_empty():
            return
        with self._lock:
            if table not in BY_THE_HANDFUL:
                self._write(table, frame)
                return
            self._waiting.setdefault(table, []).append(frame)
            self._n_waiting[table] += frame.height
            if self._n_waiting[table] >= ROWS_A_FILE:
                self._write_waiting(table)

    def finish(self) -> None:
        """Write the rows that wait still.

        Raises
        ------
        DiscFull
            If they do not fit.
        """
        with self._lock:
            for table in list(self._waiting):
                self._write_waiting(table)

    def _write_waiting(self, table: str) -> None:
        self._write(table, pl.concat(self._waiting.pop(table)))
        del self._n_waiting[table]

    def _write(self, table: str, frame: pl.DataFrame) -> None:
        parts = self._parts.setdefault(table, [])
        name = f"{PARTITION}={self.import_id}/part-{len(parts):05d}.parquet"
        path = self.lake.path / table / name
        with _disc_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_part(frame, path, is_plain=table in PLAIN)
            stat = path.stat()
        parts.append(
            AddAction(
                name,
                stat.st_size,
                {PARTITION: self.import_id},
                int(stat.st_mtime * 1000),
                True,
                json.dumps({"numRecords": frame.height}),
            )
        )
        self._schemas[table] = frame.schema

    def staged(self, table: str) -> list[str]:
        """Return the paths of the parts written to a table so far."""
        return [str(self.lake.path / table / part.path) for part in self._parts.get(table, ())]

    def commit(self) -> None:
        """Write what waits and add the parts to their tables, one commit a table; they still do not show."""
        self.finish()
        for name, parts in self._parts.items():
            folder = self.lake.path / name
            schema = pl.Schema({PARTITION: pl.String(), **self._schemas[name]})
            if self.lake.table(name) is None:
                plain = pl.Schema(
                    {key: pl.String() if kind == pl.Categorical else kind for key, kind in schema.items()}
                )
                DeltaTable.create(folder, schema=plain, partition_by=[PARTITION])
            table = DeltaTable(folder)
            table.create_write_transaction(
                parts,
                "append",
                table.schema(),
                [PARTITION],
                commit_properties=CommitProperties(custom_metadata={"import_id": self.import_id}),
            )

    def discard(self) -> None:
        """Remove the parts of an import that will not be announced."""
        for name in self._parts:
            shutil.rmtree(self.lake.path / name / f"{PARTITION}={self.import_id}", ignore_errors=True)


def write_part(frame: pl.DataFrame, path: Path, *, is_plain: bool = False) -> None:
    """Write rows as the parts of a table are written."""
    # For positions lz4 leaves a fifth more than zstd, read in little more than half the time.
    frame.write_parquet(
        path,
        compression="uncompressed" if is_plain else "lz4",
        statistics={"min": not is_plain, "max": not is_plain, "null_count": True},
        row_group_size=ROW_GROUP,
    )


def _replaced(
    record: ImportRecord, live: Sequence[ImportRecord], rank: Mapping[str, tuple[object, str]], table: str
) -> tuple[Coverage, ...]:
    """Return the stretches of an import that later editions replace; made-up records never replace real ones."""
    own = {(part.scope, part.from_on) for part in record.coverage if part.table == table}
    return tuple(
        part
        for other in live
        if other.is_synthetic == record.is_synthetic and rank[other.import_id] > rank[record.import_id]
        for part in other.coverage
        if part.table == table and (part.scope, part.from_on) in own
    )


def _files_by_import(table: DeltaTable) -> dict[str, list[str]]:
    files: dict[str, list[str]] = {}
    for path in _paths(table.file_uris()):
        import_id = next(
            part.partition("=")[2] for part in Path(path).parts if part.startswith(f"{PARTITION}=")
        )
        files.setdefault(import_id, []).append(path)
    return {import_id: sorted(paths) for import_id, paths in files.items()}


def _paths(uris: Sequence[str]) -> list[str]:
    # A drive letter of Windows stands behind a slash: file:///C:/force/lake.
    bare = [re.sub(r"^file://(?:/(?=[A-Za-z]:))?", "", uri) for uri in uris]
    return [unquote(path) for path in bare]


def damaged(lake: Lake, table: str) -> WorkspaceMissing:
    """Return the error that says that files of a table are missing or damaged."""
    return WorkspaceMissing(
        Problem(
            "lake_damaged",
            f"files of the table {table} are missing or damaged",
            file=str(lake.path),
            remedy="constabulary doctor names them; restore the workspace from a backup.",
        )
    )


def imports_missing(lake: Lake) -> Problem:
    """Return what is wrong with a lake that holds rows and no table of imports."""
    return Problem(
        "imports_missing",
        f"the folder {IMPORTS} is missing, which says what rows of the lake count; nothing was removed",
        file=str(lake.path),
        expected=f"{IMPORTS} beside the rows",
        remedy="Restore the workspace from a backup. Only if no import was ever finished here, remove the whole folder "
        "and import again.",
    )


@contextmanager
def _disc_errors() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if is_disc_full(error):
            raise DiscFull(
                Problem(
                    "disc_full",
                    "the disc is full; nothing was changed",
                    expected="room for the rows and a copy",
                    remedy="Free some room and run the same command again.",
                )
            ) from error
        if "being used by another process" in str(error):  # as Windows says of an open file
            raise WorkspaceBusy(
                Problem(
                    "file_in_use",
                    "another program reads a file of the lake, and this system lets none be removed meanwhile",
                    expected="files that nobody holds open",
                    remedy="End the other program (perhaps `constabulary serve`) and run the same command again.",
                )
            ) from error
        if (
            isinstance(error, PermissionError)
            or getattr(error, "errno", None) == errno.EROFS
            or any(mark in str(error) for mark in ("os error 13)", "Access is denied"))
        ):
            raise NotPermitted(
                Problem(
                    "workspace_not_writable",
                    "the workspace may not be written to; nothing was changed",
                    expected="a folder you may write to",
                    remedy="Ask its owner, or name another with --workspace.",
                )
            ) from error
        raise
