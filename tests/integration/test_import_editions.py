"""Files imported again, later and earlier editions, imports taken back, and compaction."""

from __future__ import annotations

import gzip
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.integration.importing import assert_every_row_accounted_for, police_header, rules, sql, take

from constabulary.services.records import imports
from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake

Contents = Callable[[Workspace], dict[str, tuple[int, str]]]


@pytest.mark.parametrize("how", ["same", "gz", "renamed", "zip", "plain beside gz"])
def test_importing_the_same_again_adds_nothing(
    workspace: Workspace, police: Any, tmp_path: Path, contents: Contents, how: str
) -> None:
    path = police.street(30)
    take(workspace, path)
    before, n_imports = contents(workspace), len(imports.list_imports(workspace))
    again = path
    if how in {"gz", "plain beside gz"}:
        again = tmp_path / f"{path.name}.gz"
        again.write_bytes(gzip.compress(path.read_bytes()))
    elif how == "renamed":
        again = shutil.copy(path, tmp_path / "quite another name.csv")
    elif how == "zip":
        again = tmp_path / "month.zip"
        with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, "2024-10/2024-10-cambridgeshire-street.csv")
    paths = [path, again] if how == "plain beside gz" else [again]
    report = take(workspace, *paths)
    assert contents(workspace) == before
    assert len(imports.list_imports(workspace)) == n_imports
    assert (report["accepted"], report["duplicates"]) == (0, 30 * len(paths))
    assert report["imports"] == []
    assert rules(report) == {("file_already_imported", None): len(paths)}
    assert_every_row_accounted_for(report)


def test_a_later_edition_replaces_an_earlier_one_which_can_still_be_seen_and_comes_back(
    workspace: Workspace, police: Any, contents: Contents
) -> None:
    first = take(workspace, police.street(30))
    before = contents(workspace)
    later = take(workspace, police.street(33, seed=9), police.street(12, "2024-11"))
    assert later["superseded"] == 30
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(33 + 12,)]
    kept = pl.concat(
        pl.read_parquet(file, hive_partitioning=False)
        for file in Lake(workspace.lake_path).files_of("crimes", first["imports"])
    )
    assert sorted(key for key in kept["crime_id"] if key) == sorted(
        row[0] for row in police.street_rows(30) if row[0]
    )
    imports.withdraw_import(workspace, later["imports"][0], by="tester", reason="too early")
    assert contents(workspace) == before


@pytest.mark.parametrize(("first", "second", "shown"), [
    ("2024-12-01", "2025-12-01", 2), ("2025-12-01", "2024-12-01", 1), (None, "2020-01-01", 2), (None, None, 2),
    ("2020-01-01", None, 2),
])  # fmt: skip
def test_the_date_of_an_edition_decides_which_is_later(
    workspace: Workspace, police: Any, run_json: Callable[..., Any], first: str, second: str, shown: int
) -> None:
    for seed, edition in ((1, first), (2, second)):
        path = police.street(10 * seed, seed=seed)
        told = run_json(
            "import", "police-uk", path, *(["--edition", edition] if edition else []), workspace=workspace
        )
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(10 * shown,)]
    assert told["superseded"] == (10 if shown == 2 else 0)
    assert (("hidden_by_later_edition", None) in rules(told)) == (shown == 1)


def test_an_edition_dated_today_is_later_than_what_was_imported_today_before_it(
    workspace: Workspace, police: Any
) -> None:
    take(workspace, police.street(10))
    today = imports.list_imports(workspace)[0].at.date()
    assert take(workspace, police.street(20, seed=2), edition_on=today)["superseded"] == 10
    assert take(workspace, police.street(25, seed=3))["superseded"] == 20
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(25,)]


@pytest.mark.parametrize("together", [False, True])
def test_two_imports_of_one_edition_date_are_one_edition_with_each_key_once(
    workspace: Workspace, police: Any, tmp_path: Path, run_json: Callable[..., Any], together: bool
) -> None:
    rows = [row for row in police.street_rows(40) if row[0]]
    header = police_header(police)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    name = "2024-10-cambridgeshire-street.csv"
    one = police.write(tmp_path / "one" / name, header, rows[:20])
    two = police.write(tmp_path / "two" / name, header, rows[10:])
    steps = [(one, two)] if together else [(one,), (two,)]
    reports = [
        run_json("import", "police-uk", *paths, "--edition", "2025-01-01", workspace=workspace)
        for paths in steps
    ]
    assert sum(report["duplicates"] for report in reports) == 10
    assert sum(report["superseded"] for report in reports) == 0
    assert sql(workspace, "SELECT count(*), count(DISTINCT crime_id) FROM crimes") == [(32, 32)]


def test_two_files_of_one_name_in_one_command_are_successive_editions(
    workspace: Workspace, police: Any, tmp_path: Path
) -> None:
    first = police.street(10)
    shutil.copytree(police.folder, tmp_path / "first")
    second = police.street(14, seed=5)
    report = take(workspace, tmp_path / "first", second)
    assert len(report["imports"]) == 2
    assert (report["accepted"], report["superseded"]) == (24, 10)
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(14,)]
    assert first == second


def test_an_earlier_file_known_already_does_not_make_the_later_one_a_duplicate(
    workspace: Workspace, police: Any, tmp_path: Path
) -> None:
    old = shutil.copy(police.street(20), tmp_path / "old.csv")
    take(workspace, old)
    rows = police.street_rows(20)
    for row in rows:
        row[10] = row[10] and "Court result unavailable"
    new = police.write(tmp_path / "new.csv", police_header(police), rows)
    report = take(workspace, old, new)
    assert [file["accepted"] for file in report["files"]] == [0, 20]
    assert report["superseded"] == 20


def test_an_import_can_be_withdrawn_once_with_a_reason(
    workspace: Workspace, police: Any, run: Callable[..., Any]
) -> None:
    first = take(workspace, police.street(10))["imports"][0]
    assert run("import", "withdraw", first, "--reason", " ", workspace=workspace).exit_code == 3
    assert run("import", "withdraw", "000009", "--reason", "x", workspace=workspace).exit_code == 9
    assert run("import", "withdraw", first, "--reason", "wrong", workspace=workspace).exit_code == 0
    assert run("import", "withdraw", first, "--reason", "wrong", workspace=workspace).exit_code == 9
    assert sql(workspace, "SELECT count(*) FROM crimes") == [(0,)]
    listed = json.loads(run("import", "list", "--json", workspace=workspace).stdout)["imports"]
    assert [(one["state"], one["accepted"]) for one in listed] == [("withdrawn", 10)]
    assert take(workspace, police.path("street", "2024-10"))["accepted"] == 10


def test_compaction_changes_no_row(workspace: Workspace, police: Any, contents: Contents) -> None:
    for month in ("2024-09", "2024-10", "2024-11"):
        take(workspace, police.street(15, month))
    take(workspace, police.street(16, "2024-10", seed=4))
    before = contents(workspace)
    records = imports.list_imports(workspace)
    Lake(workspace.lake_path).compact()
    assert contents(workspace) == before
    assert imports.list_imports(workspace) == records
    assert Counter(file["accepted"] for file in take(workspace, police.folder)["files"]) == Counter({0: 3})
