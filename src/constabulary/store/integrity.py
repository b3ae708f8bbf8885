"""Whether the lake is whole: every file of every import there and readable, with the rows its record tells of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from constabulary.core.errors import Problem
from constabulary.store.lake import IMPORTS, PARTITION, Lake, imports_missing

REFUSED_TABLE = "refused"


def problems(lake: Lake) -> Iterator[Problem]:
    """Find what is wrong with a lake by reading all of it.

    Parameters
    ----------
    lake
        The lake.

    Yields
    ------
    Problem
        Rule ``imports_missing``, ``file_missing``, ``file_unreadable`` or ``rows_differ``; or ``orphan``, which is
        harmless.
    """
    if lake.is_without_imports:
        yield imports_missing(lake)
        return
    imports = lake.imports()
    known = {record.import_id for record in imports}
    n_rows: Counter[tuple[str, bool]] = Counter()
    unsure: set[str] = set()
    orphans: set[str] = {part.name.partition("=")[2] for part in lake.path.glob(f"*/{PARTITION}=*")} - known
    for name in tables(lake):
        by_import = _files_by_import(lake, name)
        for import_id, files in by_import.items():
            if import_id not in known:
                orphans.add(import_id)
                continue
            for file in files:
                found = _n_rows(file)
                if isinstance(found, Problem):
                    unsure.add(import_id)
                    yield found
                else:
                    n_rows[import_id, name == REFUSED_TABLE] += found
    for record in imports:
        if record.import_id in unsure:
            continue
        for is_refused, expected in (
            # An import that covers no day, of boundaries, keeps no rows here.
            (False, sum(file.n_accepted for file in record.files) if record.coverage else 0),
            (True, record.n_refused),
        ):
            found_rows = n_rows[record.import_id, is_refused]
            if found_rows != expected:
                kind = "refused" if is_refused else "accepted"
                yield Problem(
                    "rows_differ",
                    f"import {record.import_id} has {found_rows:,} {kind} rows",
                    expected=f"{expected:,}, as its record says",
                    remedy="Restore the workspace from a backup, or withdraw the import and make it again.",
                )
    for import_id in sorted(orphans):
        yield Problem(
            "orphan",
            f"import {import_id} was begun and never finished",
            remedy="It does not count; the next import removes it.",
        )


def tables(lake: Lake) -> list[str]:
    """Return the names of the lake's tables, the table of imports aside."""
    return sorted(log.parent.name for log in lake.path.glob("*/_delta_log") if log.parent.name != IMPORTS)


def _files_by_import(lake: Lake, name: str) -> dict[str, list[Path]]:
    table, folder = lake.table(name), lake.path / name
    if table is None:
        return {}
    files: dict[str, list[Path]] = {}
    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    for path, import_id in actions.select("path", f"partition.{PARTITION}").iter_rows():
        files.setdefault(import_id, []).append(folder / path)
    return files


def _n_rows(file: Path) -> int | Problem:
    remedy = "Restore the workspace from a backup, or withdraw the import and make it again."
    place = "/".join(file.parts[-3:])
    if not file.exists():
        return Problem("file_missing", "the file is missing", file=place, remedy=remedy)
    try:
        return pl.read_parquet(file, glob=False, hive_partitioning=False).height
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        return Problem("file_unreadable", "the file cannot be read", file=place, remedy=remedy)
