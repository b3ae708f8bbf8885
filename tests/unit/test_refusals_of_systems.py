"""What Linux, macOS and Windows say when a disc is full or a file is held open becomes one error of ours each."""

from __future__ import annotations

import errno
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from constabulary.core.errors import (
    BadInput,
    ConstabularyError,
    DiscFull,
    NotPermitted,
    WorkspaceBusy,
    is_disc_full,
)
from constabulary.store.lake import Lake
from constabulary.store.records import ImportRecord


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError(
            "Generic LocalFileSystem error: Unable to copy data to file: No space left on device (os error 28)"
        ),
        OSError("Generic LocalFileSystem error: There is not enough space on the disk. (os error 112)"),
        sqlite3.OperationalError("database or disk is full"),
    ],
    ids=lambda error: str(error)[-30:],
)
def test_a_full_disc_is_known_on_every_system(error: Exception) -> None:
    assert is_disc_full(error)


@pytest.mark.parametrize(
    "error",
    [PermissionError(errno.EACCES, "Permission denied"), BadInput("row 28: os error 2"), ValueError("28")],
)
def test_what_says_no_such_thing_is_no_full_disc(error: Exception) -> None:
    assert not is_disc_full(error)


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        (
            "Generic LocalFileSystem error: Unable to delete file: The process cannot access the file because "
            "it is being used by another process. (os error 32)",
            WorkspaceBusy,
        ),
        ("Generic LocalFileSystem error: Access is denied. (os error 5)", NotPermitted),
        ("Generic LocalFileSystem error: Permission denied (os error 13)", NotPermitted),
        ("Generic LocalFileSystem error: There is not enough space on the disk. (os error 112)", DiscFull),
    ],
    ids=["open elsewhere", "denied on Windows", "denied on Linux", "full on Windows"],
)
def test_compaction_says_why_the_system_lets_no_file_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, becomes: type[ConstabularyError]
) -> None:
    lake = Lake(tmp_path)
    writer = lake.writer("000001")
    writer.write("crimes", pl.DataFrame({"month": ["2024-10"]}))
    lake.announce([ImportRecord("000001", "test", datetime.now(UTC), "tester")], [writer])

    def refuse(*given: object, **named: object) -> None:
        raise OSError(said)

    monkeypatch.setattr(DeltaTable, "vacuum", refuse)
    with pytest.raises(becomes):
        lake.compact()
    assert [record.import_id for record in lake.imports()] == ["000001"]
