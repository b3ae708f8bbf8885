"""The lake's own bookkeeping: staged rows, orphans, names of imports."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from constabulary.core.errors import NothingThere, WorkspaceMissing
from constabulary.store.integrity import problems
from constabulary.store.lake import IMPORTS, REFUSED, ROWS_A_FILE, Lake, _paths
from constabulary.store.records import Coverage, ImportRecord, Withdrawal

ROWS = pl.DataFrame({"month": [date(2024, 10, 1)] * 3, "reported_by": ["Kent Police"] * 3})


def keep(lake: Lake, n_rows: int = 3, n_parts: int = 1) -> str:
    """Import rows of one force and month, and return the import's id."""
    import_id = lake.next_import_id()
    writer = lake.writer(import_id)
    for _ in range(n_parts):
        writer.write("crimes", ROWS.head(n_rows))
    covered = Coverage("crimes", "Kent Police", date(2024, 10, 1), date(2024, 10, 31), n_rows)
    record = ImportRecord(import_id, "test", datetime.now(UTC), "tester", coverage=(covered,))
    lake.announce([record], [writer])
    return import_id


def test_staged_rows_do_not_show_until_they_are_announced(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    keep(lake)
    writer = lake.writer("000002")
    writer.write("crimes", ROWS)
    writer.commit()
    assert [record.import_id for record in lake.imports()] == ["000001"]
    assert len(lake.files("crimes").whole) == 1
    assert lake.sweep() == 1
    assert lake.sweep() == 0
    assert lake.next_import_id() == "000002"


def test_an_orphan_whose_files_are_gone_is_swept_from_the_log(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    keep(lake)
    writer = lake.writer("000002")
    for _ in range(3):
        writer.write("crimes", ROWS)
    writer.commit()
    lake.discard([writer])
    assert lake.sweep() == 1
    assert keep(lake) == "000002"
    assert all(Path(file).exists() for file in lake.files_of("crimes", ["000001", "000002"]))


def test_rows_whose_table_of_imports_was_removed_are_never_swept(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    keep(lake), keep(lake, 2)
    files = lake.files_of("crimes", ["000001", "000002"])
    shutil.rmtree(tmp_path / IMPORTS)
    for work in (lake.sweep, lake.compact):
        with pytest.raises(WorkspaceMissing, match="the folder imports is missing"):
            work()
    assert [problem.rule for problem in problems(lake)] == ["imports_missing"]
    assert all(Path(file).exists() for file in files)


@pytest.mark.parametrize("is_committed", [False, True])
def test_a_first_import_of_several_editions_that_was_killed_is_swept(
    tmp_path: Path, is_committed: bool
) -> None:
    lake = Lake(tmp_path)
    for import_id in ("000001", "000002"):
        writer = lake.writer(import_id)
        writer.write("crimes", ROWS)
        if is_committed:
            writer.commit()
    assert lake.sweep() == 2
    assert keep(lake) == "000001"
    assert [record.import_id for record in lake.imports()] == ["000001"]


def test_discarding_leaves_what_is_announced(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    keep(lake)
    writer = lake.writer("000001")
    writer.write("crimes", ROWS)
    lake.discard([writer])
    assert len(lake.files_of("crimes", ["000001"])) == 1


@pytest.mark.parametrize(("n_parts", "n_files"), [(1, 1), (40, 1), (41, 2), (81, 3)])
def test_refused_rows_wait_for_others_until_a_file_is_worth_while_and_none_is_lost(
    tmp_path: Path, n_parts: int, n_files: int
) -> None:
    n_rows = ROWS_A_FILE // 40 + 1
    lake = Lake(tmp_path)
    writer = lake.writer("000001")
    for part in range(n_parts):
        of_part = {"file_no": part, "source_row": pl.int_range(n_rows, eager=True)}
        text = {"table": "crimes", "line": "a,b", "reasons": "[]"}
        writer.write("refused", pl.DataFrame(text | of_part).select(REFUSED.names()))
    lake.announce([ImportRecord("000001", "test", datetime.now(UTC), "tester")], [writer])
    files = lake.files_of("refused", ["000001"])
    kept = pl.concat([pl.read_parquet(file, hive_partitioning=False) for file in files])
    assert len(files) == n_files
    assert sorted(kept.select("file_no", "source_row").rows()) == [
        (part, row) for part in range(n_parts) for row in range(n_rows)
    ]


def test_a_later_import_hides_the_stretch_it_covers_and_its_withdrawal_shows_it_again(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    first, second = keep(lake), keep(lake, 2)
    files = lake.files("crimes")
    assert (len(files.whole), len(files.partly)) == (1, 1)
    assert [part.n_rows for part in files.superseded[first]] == [2]
    lake.withdraw(second, Withdrawal(datetime.now(UTC), "tester", "wrong"))
    assert (len(lake.files("crimes").whole), lake.files("crimes").superseded) == (1, {})
    with pytest.raises(NothingThere, match="withdrawn already"):
        lake.withdraw(second, Withdrawal(datetime.now(UTC), "tester", "wrong"))


def test_compaction_joins_the_parts_of_an_import_and_leaves_no_file_unowned(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    import_id = keep(lake, n_parts=5)
    lake.compact()
    files = lake.files_of("crimes", [import_id])
    assert len(files) == 1
    assert {str(path) for path in (tmp_path / "crimes").rglob("*.parquet")} == set(files)
    assert pl.read_parquet(files[0], hive_partitioning=False).height == 15


def test_an_empty_lake_has_no_imports(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "none")
    assert (lake.imports(), lake.version, lake.sweep(), lake.files_of("crimes", ["000001"])) == (
        (),
        -1,
        0,
        [],
    )
    with pytest.raises(NothingThere):
        lake.import_record("000001")


def test_addresses_of_files_become_paths_on_every_system() -> None:
    assert _paths(["/srv/a b/x%20y.parquet", "file:///srv/x.parquet", "file:///C:/my%20force/x.parquet"]) == [
        "/srv/a b/x y.parquet",
        "/srv/x.parquet",
        "C:/my force/x.parquet",
    ]
