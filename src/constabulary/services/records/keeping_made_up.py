"""Keeping made-up records as an import that is called synthetic for ever; they never join or hide real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.services.records.deriving import Deriving
from constabulary.store.lake import Lake
from constabulary.store.records import Coverage, FileRecord, ImportRecord, edition_order
from constabulary.store.workspace import Workspace
from constabulary.tables.check import check
from constabulary.tables.contract import Contract

KIND = "synthetic"


def keep_made_up(
    workspace: Workspace,
    files: tuple[FileRecord, ...],
    coverage: tuple[Coverage, ...],
    frames: Mapping[str, pl.DataFrame],
    account: str,
    by: str,
) -> tuple[ImportRecord, bool, int]:
    """Keep made-up tables, unless the very same show already.

    Parameters
    ----------
    workspace
        Where to.
    files, coverage, frames
        Tables as if they were files, the days they cover, and their rows.
    account
        What they follow from, as JSON text.
    by
        Who does it.

    Returns
    -------
    tuple
        The import that holds them, whether it is new, and how many made-up rows it replaces.

    Raises
    ------
    BadInput
        If real records of the same days are held.
    WorkspaceBusy
        If another process is importing.
    """
    lake = Lake(workspace.lake_path)
    with workspace.writing():
        lake.sweep()
        live = [record for record in lake.imports() if record.is_live]
        _refuse_beside_real(live, coverage)
        showing = _showing(live, coverage)
        known = next((record for record in live if {record.import_id} == set(showing.values())), None)
        if known is not None and _hashes(known.files) == _hashes(files):
            return known, False, 0
        made = ImportRecord(
            import_id=lake.next_import_id(),
            kind=KIND,
            at=datetime.now(UTC),
            by=by,
            is_synthetic=True,
            files=files,
            coverage=coverage,
            n_superseded=_n_rows(live, showing),
            mapping=account,
        )
        _keep(lake, made, frames)
        return made, True, made.n_superseded


def derived(derive: Deriving, contract: Contract, frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """Hold made-up rows to the contract as any others, and add what an import works out."""
    if failures := check(frame, pl.DataFrame(), contract):
        raise BadInput(
            Problem(
                failure.rule,
                "a made-up row breaks the contract",
                file=f"synthetic {contract.name}",
                column=failure.column,
                expected=failure.expected,
                remedy="Check the assumed values in parameters/values/synthetic and synthetic_positions.",
                count=int(failure.is_broken.sum()),
            )
            for failure in failures
        )
    traced = frame.with_columns(
        pl.lit(number, dtype=pl.Int64).alias("file_no"),
        pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("source_row"),
    )
    return derive(traced, contract).select(contract.schema.names())


def file_of(contract: Contract, frame: pl.DataFrame, seed: int) -> FileRecord:
    """Return the record of a table as if it were a file, with the hash of its rows written as CSV."""
    sha256 = hashlib.sha256(frame.write_csv().encode()).hexdigest()
    name = f"synthetic {contract.name}, seed {seed}"
    return FileRecord(name, sha256, frame.height, frame.height, 0, 0, tuple(frame.columns))


def coverage_of(
    contract: Contract, force: Force, first_on: date, last_on: date, frame: pl.DataFrame
) -> Iterable[Coverage]:
    """Yield every day from the first to the last with its number of rows."""
    counts = dict(frame.group_by(contract.period).len().iter_rows())
    day = first_on
    while day <= last_on:
        yield Coverage(contract.name, force.id, day, day, counts.get(day, 0))
        day += timedelta(days=1)


Stretch = tuple[str, str, date]


def _stretches(coverage: Iterable[Coverage]) -> set[Stretch]:
    return {(part.table, part.scope, part.from_on) for part in coverage}


def _refuse_beside_real(live: Iterable[ImportRecord], coverage: Iterable[Coverage]) -> None:
    """Refuse made-up records of days of which real ones are held."""
    mine = _stretches(coverage)
    for record in live:
        shared = mine & _stretches(record.coverage)
        if shared and not record.is_synthetic:
            days = sorted(day for _, _, day in shared)
            raise BadInput(
                Problem(
                    "real_records_there",
                    f"import {record.import_id} holds real records of {len(set(days)):,} of these days, the "
                    f"first {days[0]}; synthetic ones would hide them",
                    expected="days without real records of the kind",
                    remedy="Choose another period with --year or --from, or another workspace.",
                )
            )


def _showing(live: Iterable[ImportRecord], coverage: Iterable[Coverage]) -> dict[Stretch, str]:
    """Return the import that shows for each day of a table; days that nothing covers are left out."""
    mine = _stretches(coverage)
    live = list(live)
    rank = edition_order(live)
    showing = {}
    for record in sorted(live, key=lambda each: rank[each.import_id]):
        showing.update(dict.fromkeys(mine & _stretches(record.coverage), record.import_id))
    return showing


def _n_rows(live: Iterable[ImportRecord], showing: Mapping[Stretch, str]) -> int:
    """Return how many rows show of the stretches that `showing` returned."""
    return sum(
        part.n_rows
        for record in live
        for part in record.coverage
        if showing.get((part.table, part.scope, part.from_on)) == record.import_id
    )


def _hashes(files: Iterable[FileRecord]) -> list[str]:
    """Return the hashes of files in their order."""
    return [file.sha256 for file in files]


def _keep(lake: Lake, record: ImportRecord, frames: Mapping[str, pl.DataFrame]) -> None:
    """Write tables to the lake as one import, all of them or none."""
    writer = lake.writer(record.import_id)
    try:
        for name, frame in frames.items():
            writer.write(name, frame)
        lake.announce([record], [writer])
    except BaseException:
        writer.discard()
        raise
