"""What is known of each import: its files, what it covers, what was noticed, whether it was withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

import polars as pl

SCHEMA = pl.Schema(
    {
        "import_id": pl.String(),
        "event": pl.String(),
        "kind": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "by": pl.String(),
        "detail": pl.String(),
    }
)
"""Columns of the lake's `imports` table; `event` is imported or withdrawn, `detail` JSON."""


@dataclass(frozen=True)
class FileRecord:
    """One file of an import and what became of its rows: read = accepted + refused + duplicates."""

    name: str
    sha256: str
    n_read: int
    n_accepted: int
    n_refused: int
    n_duplicates: int
    header: tuple[str, ...] = ()
    delimiter: str = ","


@dataclass(frozen=True)
class Coverage:
    """The stretch of time in one table for which an import is an edition of one scope (a force)."""

    table: str
    scope: str
    from_on: date
    to_on: date
    n_rows: int


@dataclass(frozen=True)
class Notice:
    """Something noticed in an import, counted, with one example; `values` the commonest wrong codes, with counts."""

    rule: str
    count: int
    is_refusal: bool
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    expected: str | None = None
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Withdrawal:
    """That an import was taken back, when, by whom and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class ImportRecord:
    """One import.

    Parameters
    ----------
    import_id
        Its name in the lake, six digits in order of import.
    kind
        Which import made it, such as ``police-uk``.
    at, by
        When (UTC) and by whom.
    edition_on
        The date of the edition if one was given; without it, the import order decides.
    edition_of
        The import whose edition this one adds to (mended rows), or None.
    is_synthetic
        Whether its records are made up.
    files, coverage, notices
        See their classes.
    n_superseded
        Rows of earlier editions that it replaced when it was imported.
    mapping, mapping_name
        The mapping file used, as JSON text, and its name; None where there was none.
    withdrawal
        Set if it was withdrawn.
    """

    import_id: str
    kind: str
    at: datetime
    by: str
    edition_on: date | None = None
    edition_of: str | None = None
    is_synthetic: bool = False
    files: tuple[FileRecord, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    notices: tuple[Notice, ...] = ()
    n_superseded: int = 0
    mapping: str | None = None
    mapping_name: str | None = None
    withdrawal: Withdrawal | None = field(default=None, compare=False)

    @property
    def is_live(self) -> bool:
        """Whether its rows count."""
        return self.withdrawal is None

    @property
    def n_refused(self) -> int:
        """Rows refused in all its files."""
        return sum(file.n_refused for file in self.files)

    @property
    def state(self) -> str:
        """``accepted``, ``accepted with refusals`` or ``withdrawn``."""
        if self.withdrawal:
            return "withdrawn"
        return "accepted with refusals" if self.n_refused else "accepted"


def edition_order(records: Sequence[ImportRecord]) -> dict[str, tuple[date, str]]:
    """Return the rank of each import's edition, later editions higher; equal rank is one edition.

    An edition with a date ranks by it; one without is later than every edition of its kind that was there when it was
    imported. Imports of one edition date are one edition; one that mends another ranks with it.
    """
    by_id = {record.import_id: record for record in records}
    first_of: dict[date, str] = {}
    latest: dict[str, date] = {}
    after: dict[str, date] = {}
    for record in sorted(records, key=lambda each: each.import_id):
        newest = latest.get(record.kind, date.min)
        after[record.import_id] = newest
        if record.edition_on is not None and record.edition_of not in by_id:
            first_of.setdefault(record.edition_on, record.import_id)
            latest[record.kind] = max(newest, record.edition_on)

    def rank(record: ImportRecord) -> tuple[date, str]:
        if record.edition_of in by_id and record.edition_of != record.import_id:
            return rank(by_id[record.edition_of])
        if record.edition_on is not None:
            return (record.edition_on, first_of[record.edition_on])
        return (after[record.import_id], record.import_id)

    return {record.import_id: rank(record) for record in records}


def to_frame(records: Iterable[ImportRecord]) -> pl.DataFrame:
    """Return the rows of the `imports` table that announce these imports."""
    return pl.DataFrame([_row(record) for record in records], schema=SCHEMA, orient="row")


def withdrawal_frame(record: ImportRecord, withdrawal: Withdrawal) -> pl.DataFrame:
    """Return the row of the `imports` table that withdraws an import."""
    detail = json.dumps({"reason": withdrawal.reason})
    return pl.DataFrame(
        [(record.import_id, "withdrawn", record.kind, withdrawal.at, withdrawal.by, detail)],
        schema=SCHEMA,
        orient="row",
    )


def from_frame(frame: pl.DataFrame) -> tuple[ImportRecord, ...]:
    """Read the `imports` table back, in import order."""
    records: dict[str, ImportRecord] = {}
    # "imported" sorts before "withdrawn"; by time it might not, on a machine whose clock was set back.
    for row in frame.sort("import_id", "event").iter_rows(named=True):
        detail = json.loads(row["detail"])
        if row["event"] == "imported":
            records[row["import_id"]] = _record(row, detail)
        else:
            withdrawal = Withdrawal(row["at"], row["by"], detail["reason"])
            records[row["import_id"]] = replace(records[row["import_id"]], withdrawal=withdrawal)
    return tuple(records.values())


def _row(record: ImportRecord) -> tuple[Any, ...]:
    detail = {
        "edition_on": record.edition_on.isoformat() if record.edition_on else None,
        "edition_of": record.edition_of,
        "is_synthetic": record.is_synthetic,
        "files": [asdict(file) for file in record.files],
        "coverage": [
            part.__dict__ | {"from_on": part.from_on.isoformat(), "to_on": part.to_on.isoformat()}
            for part in record.coverage
        ],
        "notices": [asdict(notice) for notice in record.notices],
        "n_superseded": record.n_superseded,
        "mapping": record.mapping,
        "mapping_name": record.mapping_name,
    }
    return (record.import_id, "imported", record.kind, record.at, record.by, json.dumps(detail))


def _record(row: dict[str, Any], detail: dict[str, Any]) -> ImportRecord:
    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    return ImportRecord(
        import_id=row["import_id"],
        kind=row["kind"],
        at=row["at"],
        by=row["by"],
        edition_on=day(detail["edition_on"]),
        edition_of=detail["edition_of"],
        is_synthetic=detail["is_synthetic"],
        files=tuple(FileRecord(**file | {"header": tuple(file["header"])}) for file in detail["files"]),
        coverage=tuple(
            Coverage(**part | {"from_on": day(part["from_on"]), "to_on": day(part["to_on"])})
            for part in detail["coverage"]
        ),
        notices=tuple(
            Notice(**notice | {"values": tuple((value, count) for value, count in notice.get("values", ()))})
            for notice in detail["notices"]
        ),
        n_superseded=detail["n_superseded"],
        mapping=detail["mapping"],
        mapping_name=detail.get("mapping_name"),
    )
