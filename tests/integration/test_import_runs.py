"""Imports done by a worker: every row once however the worker ends, and uploads kept until they are read."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pytest

from constabulary.registers.access import Person
from constabulary.services.records.imports import list_imports
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace

HERE = Person("the analyst", is_at_this_computer=True)

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def street_csv(month: str, n_rows: int) -> str:
    force = "Cambridgeshire Constabulary"
    rows = [
        f"{no:064x},{month},{force},{force},0.12,52.2,On or near Mill Road,E01017994,Cambridge 007A,Burglary,,"
        for no in range(n_rows)
    ]
    return "\n".join([HEADER, *rows]) + "\n"


KILLED_HALF_WAY = """
import os, signal, sys
from pathlib import Path
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import open_workspace
from constabulary.store.lake import ImportWriter

write = ImportWriter.write

def write_and_die(self, table, frame):
    write(self, table, frame)
    os.kill(os.getpid(), signal.SIGKILL)

ImportWriter.write = write_and_die
runs.work(open_workspace(Path(sys.argv[1])), once=True)
"""
"""Dies when the first rows are on the disc: a watcher from outside may look too late."""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.slow
def test_an_import_whose_worker_is_killed_half_way_ends_with_every_row_once(
    workspace: Workspace, tmp_path: Path
) -> None:
    for month in range(1, 13):
        folder = tmp_path / "files" / f"2024-{month:02d}"
        folder.mkdir(parents=True)
        (folder / f"2024-{month:02d}-cambridgeshire-street.csv").write_text(
            street_csv(f"2024-{month:02d}", 20_000)
        )
    run = runs.start(workspace, "import-police-uk", {"paths": [str(tmp_path / "files")]}, HERE)
    died = subprocess.run([sys.executable, "-c", KILLED_HALF_WAY, str(workspace.path)], timeout=600)
    assert died.returncode == -signal.SIGKILL
    assert list(workspace.lake_path.glob("*/import_id=*/*.parquet"))
    assert list_imports(workspace) == ()
    assert runs.get_run(workspace, run.run_id).state == "running"

    command = [sys.executable, "-m", "constabulary", "--workspace", str(workspace.path), "worker", "--once"]
    subprocess.run(command, check=True, timeout=600)

    found = runs.get_run(workspace, run.run_id)
    assert (found.state, found.result["accepted"], found.result["duplicates"]) == ("done", 240_000, 0)
    assert len(list_imports(workspace)) == 1


def test_uploaded_files_are_read_by_the_run_and_removed_when_it_is_finished(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "2024-01-cambridgeshire-street.csv"
    file.write_text(street_csv("2024-01", 10))
    with file.open("rb") as one:
        paths = runs.save_uploads(workspace, [(f"C:\\Users\\x\\..\\{file.name}", one)])
    assert paths[0].startswith("uploads/")
    assert paths[0].endswith(f"/0/{file.name}")
    run = runs.start(workspace, "import-police-uk", {"paths": paths}, HERE)
    runs.sweep_uploads(workspace)
    assert (workspace.path / paths[0]).exists()
    runs.work(workspace, once=True)
    assert runs.get_run(workspace, run.run_id).result["accepted"] == 10
    assert list((workspace.path / "uploads").iterdir()) == []


def test_uploaded_files_are_kept_for_a_run_that_waits_however_many_came_after_it(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "2024-01-cambridgeshire-street.csv"
    file.write_text(street_csv("2024-01", 10))
    with file.open("rb") as one:
        paths = runs.save_uploads(workspace, [(file.name, one)])
    runs.start(workspace, "import-police-uk", {"paths": paths}, HERE)
    runs.start(workspace, "import-police-uk", {"paths": ["absent"]}, HERE)
    monkeypatch.setattr(runs, "MOST_SWEPT", 1)
    monkeypatch.setattr(runs, "_ABANDONED_AFTER_S", -1.0)
    runs.sweep_uploads(workspace)
    assert (workspace.path / paths[0]).exists()


def test_uploads_that_another_worker_removes_at_the_same_moment_stop_no_worker(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.save_uploads(workspace, [("a.csv", io.BytesIO(b"a row"))])
    [upload] = (workspace.path / "uploads").iterdir()

    def removed_meanwhile() -> tuple[()]:
        shutil.rmtree(upload)
        return ()

    runs.list_runs(workspace)  # opens the registers
    monkeypatch.setattr("constabulary.registers.queries.unfinished_runs", removed_meanwhile)
    runs.sweep_uploads(workspace)
    assert not upload.exists()


@pytest.mark.parametrize("name", ["☃" * 250 + ".csv", "aux.csv", "a:b?.csv", "..", "x\x00y.csv"])
def test_an_upload_is_kept_under_a_name_that_every_system_can_hold(workspace: Workspace, name: str) -> None:
    [kept] = runs.save_uploads(workspace, [(name, io.BytesIO(b"a row"))])
    path = workspace.path / kept
    assert path.read_bytes() == b"a row"
    assert path.parent.parent.parent == workspace.path / "uploads"
    assert not PureWindowsPath(path.name).is_reserved() and ":" not in path.name
