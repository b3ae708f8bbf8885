"""An import as JSON: the same words from the command line, the API and the runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from constabulary.services.records.import_answers import (
    FileAnswer,
    ImportAnswer,
    ImportLine,
    ImportsAnswer,
    NoticeAnswer,
    RefusedAnswer,
    RowCounts,
)
from constabulary.services.records.notices import told
from constabulary.store.records import FileRecord, ImportRecord, Notice

if TYPE_CHECKING:
    from constabulary.sources.suggest import Proposal


def files(records: Iterable[FileRecord]) -> list[FileAnswer]:
    """Return what became of the rows of each file."""
    return [
        {
            "file": file.name,
            "sha256": file.sha256,
            "rows_read": file.n_read,
            "accepted": file.n_accepted,
            "refused": file.n_refused,
            "duplicates": file.n_duplicates,
        }
        for file in records
    ]


def totals(records: Sequence[FileRecord]) -> RowCounts:
    """Return what became of the rows of all files together."""
    return {
        "rows_read": sum(file.n_read for file in records),
        "accepted": sum(file.n_accepted for file in records),
        "refused": sum(file.n_refused for file in records),
        "duplicates": sum(file.n_duplicates for file in records),
    }


def problems(notices: Iterable[Notice], mapping_name: str | None) -> list[NoticeAnswer]:
    """Return what was noticed, each told in full, of rows read by the mapping file of that name."""
    return [
        {
            "rule": notice.rule,
            "column": notice.column,
            "count": notice.count,
            "refused": notice.is_refusal,
            "expected": notice.expected,
            "example": {"file": notice.file, "row": notice.row, "value": notice.value},
            "values": [{"value": value, "count": count} for value, count in notice.values],
            "message": str(told(notice, mapping_name)),
        }
        for notice in notices
    ]


def proposal(kind: str, proposed: Proposal) -> dict[str, Any]:
    """Return a proposed mapping for the records of a kind, and the doubts that no import would notice."""
    return {
        "schema": 1,
        "table": kind,
        "mapping": proposed.text,
        "doubts": [
            {
                "rule": doubt.rule,
                "column": doubt.column,
                "from": list(doubt.names),
                "format": doubt.form,
                **doubt.counts,
                "message": str(doubt),
            }
            for doubt in proposed.doubts
        ],
    }


def files_of(content: Iterable[Mapping[str, Any]]) -> tuple[FileRecord, ...]:
    """Return the files that `files` gave, without their headers."""
    return tuple(
        FileRecord(
            one["file"], one["sha256"], one["rows_read"], one["accepted"], one["refused"], one["duplicates"]
        )
        for one in content
    )


def notices_of(content: Iterable[Mapping[str, Any]]) -> tuple[Notice, ...]:
    """Return the notices that `problems` gave."""
    return tuple(
        Notice(
            one["rule"],
            one["count"],
            one["refused"],
            one["example"].get("file"),
            one["example"].get("row"),
            one["column"],
            one["example"]["value"],
            one["expected"],
            tuple((value["value"], value["count"]) for value in one["values"]),
        )
        for one in content
    )


def summary(record: ImportRecord) -> ImportLine:
    """Return an import as a line of a list."""
    return {
        "import": record.import_id,
        "kind": record.kind,
        "at": record.at.isoformat(),
        "by": record.by,
        "edition": record.edition_on.isoformat() if record.edition_on else None,
        "mends": record.edition_of,
        "synthetic": record.is_synthetic,
        "state": record.state.replace(" ", "_"),
        "files": len(record.files),
        "file_names": [file.name for file in record.files],
        **totals(record.files),
        "superseded": record.n_superseded,
    }


def detail(record: ImportRecord) -> ImportAnswer:
    """Return an import with its files, what was noticed, and why it was withdrawn if it was."""
    withdrawal = record.withdrawal
    written = {
        "schema": 1,
        **summary(record),
        "files": files(record.files),
        "problems": problems(record.notices, record.mapping_name),
        "withdrawn": withdrawal
        and {"at": withdrawal.at.isoformat(), "by": withdrawal.by, "reason": withdrawal.reason},
    }
    return cast(ImportAnswer, written)


def listing(records: Iterable[ImportRecord]) -> ImportsAnswer:
    """Return the list of imports, in import order."""
    return {"schema": 1, "imports": [summary(record) for record in records]}


def refused(record: ImportRecord, rows: pl.DataFrame) -> RefusedAnswer:
    """Return refused rows (`constabulary.services.records.imports.refused_rows`) as they stood, with every reason."""
    return {
        "schema": 1,
        "import": record.import_id,
        "rows": [
            {
                "table": row["table"],
                "file": record.files[row["file_no"]].name if row["file_no"] < len(record.files) else None,
                "row": row["source_row"],
                "line": row["line"],
                "reasons": json.loads(row["reasons"]),
            }
            for row in rows.iter_rows(named=True)
        ],
    }
