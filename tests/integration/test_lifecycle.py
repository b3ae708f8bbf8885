"""Looking after a workspace: two processes, doctor, example, upgrade, compaction."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from filelock import FileLock

from constabulary.core.errors import WorkspaceMissing
from constabulary.core.progress import Progress
from constabulary.services.records.holdings import holdings
from constabulary.services.records.imports import import_police_uk, list_imports
from constabulary.services.upkeep import example, lifecycle
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace, open_workspace
from constabulary.store import upgrades
from constabulary.store import workspace as layout
from constabulary.store.lake import Lake
from constabulary.store.records import ImportRecord

HERE = runs.at_this_computer("the keeper")
FORCE = "Cambridgeshire Constabulary"
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def street(folder: Path, month: str, n_rows: int, n_refused: int = 0) -> Path:
    file = folder / f"{month}-cambridgeshire-street.csv"
    where = f"{FORCE},{FORCE},0.12,52.2,On or near Mill Road,E01017994,Cambridge 007A,Burglary,,"
    good = [f"{int(month.replace('-', '')):032x}{no:032x},{month},{where}" for no in range(n_rows)]
    bad = [f",{month[:4]}-13,{where}"] * n_refused
    file.write_text("\n".join([HEADER, *good, *bad]) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def filled(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Return a workspace with three imports of one file each."""
    for month in ("2024-01", "2024-02", "2024-03"):
        import_police_uk(workspace, [street(tmp_path, month, 50, n_refused=2)], by="a test")
    return workspace


def rows(workspace: Workspace) -> pl.DataFrame:
    files = Lake(workspace.lake_path).files("crimes")
    frames = [
        pl.read_parquet(file, glob=False, hive_partitioning=True).with_columns(
            pl.col(pl.Categorical).cast(pl.String)
        )
        for file in files.whole
    ]
    return pl.concat(frames, how="diagonal_relaxed").sort("import_id", "source_row")


def command(workspace: Workspace, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "constabulary", "--workspace", str(workspace.path), *map(str, arguments)]


def test_a_second_writer_is_told_to_wait_and_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    file = street(tmp_path, "2024-01", 10)
    with workspace.writing():
        second = subprocess.run(
            command(workspace, "import", "police-uk", file), capture_output=True, text=True
        )
    assert second.returncode == 6
    assert "another process is writing" in second.stderr
    assert "try again" in second.stderr
    assert list_imports(workspace) == ()


def test_readers_go_on_reading_while_another_process_imports(filled: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    for month in range(1, 13):
        street(folder, f"2023-{month:02d}", 5_000)
    seen = {holdings(filled).n_rows}
    writer = subprocess.Popen(command(filled, "import", "police-uk", folder), stdout=subprocess.DEVNULL)
    while writer.poll() is None:
        seen.add(holdings(filled).n_rows)
    seen.add(holdings(filled).n_rows)
    assert writer.returncode == 0
    assert seen == {150, 60_150}


def test_compaction_leaves_every_import_live_and_every_row_equal(filled: Workspace, tmp_path: Path) -> None:
    before, imports = rows(filled), list_imports(filled)
    lifecycle.compact(filled, HERE, keep_h=0)
    lifecycle.compact(filled, HERE, keep_h=0)
    assert list_imports(filled) == imports
    assert all(record.is_live for record in list_imports(filled))
    assert rows(filled).equals(before.select(rows(filled).columns))
    assert holdings(filled).n_rows == 150
    import_police_uk(filled, [street(tmp_path, "2024-04", 5)], by="a test")
    assert holdings(filled).n_rows == 155


def test_compaction_joins_the_small_files_of_an_import_and_readers_look_again(workspace: Workspace) -> None:
    lake = Lake(workspace.lake_path)
    writer = lake.writer("000001")
    for part in range(5):
        writer.write("crimes", pl.DataFrame({"crime_id": [f"{part}"], "month": [date(2024, 1, 1)]}))
    record = ImportRecord("000001", "police-uk", datetime(2024, 2, 1, tzinfo=UTC), "a test")
    lake.announce([record], [writer])
    version = lake.version
    assert len(lake.files_of("crimes", ["000001"])) == 5
    removed = lifecycle.compact(workspace, HERE, keep_h=0)
    assert len(lake.files_of("crimes", ["000001"])) == 1
    assert removed["crimes"] == 5
    assert lake.version > version
    assert sorted(pl.read_parquet(lake.files_of("crimes", ["000001"])[0])["crime_id"]) == list("01234")


def test_compaction_removes_what_a_killed_writer_left_but_nothing_of_the_force_folder_and_nothing_new(
    workspace: Workspace,
) -> None:
    import_police_uk(workspace, [street(workspace.path.parent, "2024-01", 5)], by="a test")
    old, new, own = (
        workspace.path / place
        for place in ("results/a.json.1234.partial", "results/b.json.5678.partial", "force/mine.partial")
    )
    for file in (old, new, own):
        file.write_text("half")
    two_hours_ago = time.time() - 7200
    for file in (old, own):
        os.utime(file, (two_hours_ago, two_hours_ago))
    assert lifecycle.compact(workspace, HERE)["begun"] == 1
    assert [file.exists() for file in (old, new, own)] == [False, True, True]


def test_compaction_goes_on_where_a_writer_puts_its_file_in_place_meanwhile(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_police_uk(workspace, [street(workspace.path.parent, "2024-01", 5)], by="a test")
    written, left = (workspace.results_path / f"{name}.json.1234.partial" for name in "ab")
    for file in (written, left):
        file.write_text("whole")
    place = workspace.results_path / "a.json"
    plain_stat = Path.stat

    def stat(path: Path, **options: bool) -> os.stat_result:
        if path == written and written in workspace.results_path.iterdir():
            written.replace(place)
        return plain_stat(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    assert lifecycle.compact(workspace, HERE, keep_h=0)["begun"] == 1
    assert place.read_text() == "whole" and left not in workspace.results_path.iterdir()


@pytest.fixture
def next_format(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Pretend that this release has format 3, with the two steps to it; return the formats they started from."""
    done: list[int] = []

    def step(version: int) -> upgrades.Step:
        def upgrade(path: Path) -> None:
            assert json.loads((path / "workspace.json").read_text())["format"] == version
            done.append(version)
            (path / f"made_by_step_{version}").touch()

        return upgrade

    monkeypatch.setattr(layout, "FORMAT", 3)
    monkeypatch.setattr(upgrades, "STEPS", {1: step(1), 2: step(2)})
    yield done


def test_an_earlier_workspace_is_refused_until_it_is_upgraded_step_by_step(
    workspace: Workspace, next_format: list[int], run: Any, run_json: Any
) -> None:
    with pytest.raises(WorkspaceMissing, match="constabulary upgrade"):
        open_workspace(workspace.path)
    assert run("doctor", workspace=workspace).exit_code == 1
    answer = run_json("upgrade", workspace=workspace)
    assert (answer["format_before"], answer["formats_reached"]) == (1, [2, 3])
    assert next_format == [1, 2]
    assert open_workspace(workspace.path)
    assert run_json("upgrade", workspace=workspace)["formats_reached"] == []


def test_an_upgrade_that_was_interrupted_goes_on_where_it_stopped(
    workspace: Workspace, next_format: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = dict(upgrades.STEPS)

    def fail(path: Path) -> None:
        raise OSError("the power went")

    monkeypatch.setitem(upgrades.STEPS, 2, fail)
    with pytest.raises(OSError, match="power"):
        lifecycle.upgrade_workspace(workspace.path)
    monkeypatch.setitem(upgrades.STEPS, 2, whole[2])
    assert lifecycle.upgrade_workspace(workspace.path) == (2, (3,))
    assert next_format == [1, 2]


def test_there_is_a_step_from_every_earlier_format() -> None:
    assert sorted(upgrades.STEPS) == list(range(1, layout.FORMAT))


def finding(findings: dict[str, Any], check: str, state: str) -> str:
    return " ".join(
        one["message"] for one in findings["findings"] if (one["check"], one["state"]) == (check, state)
    )


def doctor(run: Any, workspace: Workspace, status: int) -> dict[str, Any]:
    result = run("doctor", "--json", workspace=workspace)
    assert result.exit_code == status, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    assert answer["well"] is (status == 0)
    return answer


def test_the_doctor_finds_nothing_wrong_with_a_sound_workspace(filled: Workspace, run: Any) -> None:
    found = doctor(run, filled, 0)
    assert {one["state"] for one in found["findings"]} == {"ok"}
    assert "3 imports" in finding(found, "lake", "ok")


def test_the_doctor_finds_a_missing_file_a_cut_file_and_an_orphan(filled: Workspace, run: Any) -> None:
    first, second, _ = sorted(filled.lake_path.glob("crimes/import_id=*/*.parquet"))
    first.unlink()
    second.write_bytes(second.read_bytes()[:-20])
    (filled.lake_path / "crimes" / "import_id=000009").mkdir()
    found = doctor(run, filled, 1)
    assert "import_id=000001/part-00000.parquet: the file is missing" in finding(found, "lake", "fail")
    assert "import_id=000002/part-00000.parquet: the file cannot be read" in finding(found, "lake", "fail")
    assert "import 000009 was begun and never finished" in finding(found, "lake", "warn")


@pytest.mark.parametrize("part", ["file", "log", "pages", "footer"])
def test_a_damaged_lake_is_told_by_every_question_and_the_doctor(
    filled: Workspace, run: Any, tmp_path: Path, part: str
) -> None:
    if part == "log":
        for commit in filled.lake_path.glob("crimes/_delta_log/*.json"):
            commit.write_text("{nothing")
    else:
        file = min(filled.lake_path.glob("crimes/import_id=*/*.parquet"))
        whole = file.read_bytes()
        footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
        damaged = {
            "file": whole[:300],
            "pages": b"PAR1".ljust(footer, b"\xff") + whole[footer:],
            "footer": whole[:footer].ljust(len(whole) - 8, b"\xff") + whole[-8:],
        }
        file.write_bytes(damaged[part])
    everything = "SELECT * FROM crimes"
    for asked in (
        ("demand", "crimes"),
        ("query", everything),
        ("query", everything, "--out", tmp_path / "rows.csv"),
    ):
        result = run(*asked, workspace=filled)
        assert result.exit_code == 5, result.output
        assert "files of the table crimes are missing or damaged" in result.stderr
    assert "crimes" in finding(doctor(run, filled, 1), "lake", "fail")


def test_the_doctor_finds_rows_that_are_not_there(filled: Workspace, run: Any) -> None:
    first = min(filled.lake_path.glob("crimes/import_id=*/*.parquet"))
    pl.read_parquet(first, hive_partitioning=False).head(49).write_parquet(first)
    message = finding(doctor(run, filled, 1), "lake", "fail")
    assert "import 000001 has 49 accepted rows" in message
    assert "Expected 50" in message


def test_the_doctor_finds_a_broken_force_folder_registers_and_waiting_runs(
    filled: Workspace, run: Any
) -> None:
    runs.start(filled, "import-police-uk", {"paths": []}, HERE)
    assert "1 run waits" in finding(doctor(run, filled, 0), "registers", "warn")
    (filled.path / "workers").mkdir(exist_ok=True)
    with FileLock(filled.path / "workers" / "0123456789abcdef.lock"):
        found = doctor(run, filled, 0)["findings"]
    assert [one["state"] for one in found if one["check"] == "registers"] == ["ok"]
    (filled.force_path / "force.toml").write_text("surprise = 1\n")
    assert "force.toml" in finding(doctor(run, filled, 1), "force folder", "fail")


def test_the_doctor_of_no_workspace_says_so(tmp_path: Path, run: Any) -> None:
    result = run("--workspace", tmp_path / "absent", "doctor")
    assert result.exit_code == 1
    assert "there is no workspace here" in result.output


@pytest.fixture
def quick_synthesis(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Put a synthesis that makes one import of one file in the place of the real ones; return where it was called."""
    from constabulary.services.cover import kept as cover_kept
    from constabulary.services.records import synthesise, synthesise_positions

    called: list[Path] = []

    def quick(workspace: Workspace, *, seed: int, progress: Progress) -> None:
        called.append(workspace.path)
        progress(0, 1, "Making up")
        import_police_uk(workspace, [street(workspace.path.parent, "2024-01", seed)], by="a test")

    monkeypatch.setattr(synthesise, "synthesise", quick)
    monkeypatch.setattr(synthesise_positions, "synthesise_positions", lambda *_, **__: None)
    monkeypatch.setattr(cover_kept, "kept", lambda *_: None)
    return called


def test_the_example_is_built_once(
    tmp_path: Path, quick_synthesis: list[Path], run_json: Any, run: Any
) -> None:
    place = tmp_path / "example"
    place.mkdir()
    assert run_json("example", place)["built"] is True
    assert holdings(open_workspace(place)).n_rows == example.SEED
    assert run_json("example", place)["built"] is False
    assert "there already" in run("example", place).output
    assert len(quick_synthesis) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["example"]


def test_an_example_whose_build_was_killed_is_built_anew(tmp_path: Path, quick_synthesis: list[Path]) -> None:
    half = tmp_path / "example.building" / "workspace"
    (half / "lake" / "crimes" / "import_id=000001").mkdir(parents=True)
    (half / "workspace.json").write_text('{"format": 1}')
    assert example.build(tmp_path / "example")
    assert len(list_imports(open_workspace(tmp_path / "example"))) == 1
    assert not (tmp_path / "example.building").exists()


def test_an_example_is_not_built_over_something_else(tmp_path: Path, run: Any) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").touch()
    result = run("example", tmp_path / "letters")
    assert (result.exit_code, "holds no workspace" in result.output) == (3, True)


@pytest.mark.slow
def test_the_real_example_is_synthetic_and_sound(tmp_path: Path, run: Any) -> None:
    place = tmp_path / "example"
    assert example.build(place)
    shown = holdings(open_workspace(place))
    assert shown.n_synthetic == shown.n_rows
    assert shown.n_rows > 100_000
    found = doctor(run, open_workspace(place), 0)
    # One of calls and incidents, one of positions and shifts.
    assert "2 imports" in finding(found, "lake", "ok")
    assert {held.table for held in shown.holdings if held.n_rows} == {"calls", "incidents", "pings", "shifts"}
    shutil.rmtree(place)
