"""Long work: asked for, done by a worker, stopped, and taken up again when a worker dies; on both databases."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest

from constabulary import registers
from constabulary.core.errors import BadInput, ConstabularyError, NothingThere, NotPermitted, WorkspaceBusy
from constabulary.core.progress import Progress
from constabulary.registers import settings as registers_settings
from constabulary.registers import work as register_of_work
from constabulary.registers.access import Permission, Person
from constabulary.services.records.imports import list_imports
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace

HERE = Person("the analyst", is_at_this_computer=True)
ELSEWHERE = Person("a stranger", is_at_this_computer=False)


def forget(name: str) -> None:
    register_of_work.forget(name)
    runs._signatures.pop(name, None)
    runs._stamps.pop(name, None)


@pytest.fixture
def declared() -> Iterator[Any]:
    """Return `runnable` under which what a test declares is forgotten afterwards."""
    names = []

    def declare(name: str, *args: Any, **kwargs: Any) -> Any:
        names.append(name)
        return runs.runnable(name, *args, **kwargs)

    yield declare
    for name in names:
        forget(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a database cluster of our own on loopback and return its address up to the database's name."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or not shutil.which("runuser"):
        message = "PostgreSQL is not installed (Debian package postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    programs = found[-1].parent
    # Not under pytest's own folder: the server's user may not enter that.
    folder = Path(tempfile.mkdtemp(prefix="constabulary-postgresql-"))
    as_user: list[str] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # The server refuses to run as root.
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    data = folder / "data"
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run(
        [*as_user, programs / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-N", "-E", "UTF8"], **quiet
    )
    control = [*as_user, programs / "pg_ctl", "-D", data, "-w", "-t", "600"]
    with socket.socket() as held:
        # Nobody else is given a port that is bound; the server may have it too, since neither minds and one listens.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories= -c fsync=off"
        subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], **quiet)
    try:
        yield f"postgresql://tests@127.0.0.1:{port}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def on_both(
    request: pytest.FixtureRequest, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    """Return an empty workspace, its registers on SQLite, then on PostgreSQL."""
    if request.param == "sqlite":
        yield workspace
        return
    import psycopg

    address = request.getfixturevalue("postgresql")
    name = f"registers_{secrets.token_hex(4)}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    monkeypatch.setenv("DATABASE_URL", f"{address}/{name}")
    _turn_to(workspace.path)
    yield workspace
    monkeypatch.delenv("DATABASE_URL")
    _turn_to(workspace.path)


def _turn_to(path: Path) -> None:
    """Let this process change its kind of database, which a process of the package never does."""
    from django.conf import settings
    from django.db import connections

    if not settings.configured:
        return
    connections["default"].close()
    connections.settings["default"].clear()
    connections.settings["default"].update(
        connections.configure_settings({"default": registers_settings.database(path)})["default"]
    )
    del connections["default"]


def test_a_run_waits_until_a_worker_does_it_and_its_result_is_kept(on_both: Workspace, declared: Any) -> None:
    @declared("add")
    def add(workspace: Workspace, *, numbers: list[int], by: str, progress: Progress) -> dict[str, Any]:
        progress(1, 2, "Adding")
        return {"sum": sum(numbers), "by": by, "folder": str(workspace.path)}

    asked = runs.start(on_both, "add", {"numbers": [1, 2, 3]}, HERE)
    assert (asked.state, asked.progress_share) == ("waiting", 0)

    runs.work(on_both, once=True)

    run = runs.get_run(on_both, asked.run_id)
    assert run.state == "done"
    assert run.result == {"sum": 6, "by": "the analyst", "folder": str(on_both.path)}
    assert run.progress_share == 1
    assert run.created_at <= run.started_at <= run.finished_at


def test_every_step_of_a_person_and_of_a_run_leaves_an_audit_row_that_names_no_value(
    on_both: Workspace, declared: Any
) -> None:
    @declared("quiet")
    def quiet(workspace: Workspace, *, word: str, by: str, progress: Progress) -> dict[str, Any]:
        return {}

    first = runs.start(on_both, "quiet", {"word": "Xanthippe"}, HERE)
    runs.work(on_both, once=True)
    second = runs.start(on_both, "quiet", {"word": "Xanthippe"}, HERE)
    runs.stop(on_both, second.run_id, HERE)

    from constabulary.registers import queries

    trail = [(entry.by, entry.action, entry.about) for entry in reversed(queries.audited_lately(0, 10))]
    assert trail == [
        ("the analyst", "start run", f"run {first.run_id} quiet"),
        ("worker", "run done", f"run {first.run_id} quiet"),
        ("the analyst", "start run", f"run {second.run_id} quiet"),
        ("the analyst", "stop run", f"run {second.run_id} quiet"),
    ]


def test_the_database_refuses_to_change_or_remove_an_audit_row(on_both: Workspace, declared: Any) -> None:
    @declared("nothing")
    def nothing(workspace: Workspace, *, by: str, progress: Progress) -> dict[str, Any]:
        return {}

    runs.start(on_both, "nothing", {}, HERE)
    from django.db import DatabaseError

    from constabulary.registers.models import AuditRow

    with pytest.raises(DatabaseError, match="append-only"):
        AuditRow.objects.update(by="someone else")
    with pytest.raises(DatabaseError, match="append-only"):
        AuditRow.objects.all().delete()
    assert AuditRow.objects.get().by == "the analyst"


def test_a_person_without_the_permission_starts_and_stops_nothing_and_leaves_no_trace(
    on_both: Workspace, declared: Any
) -> None:
    @declared("guarded", Permission.IMPORT_RECORDS)
    def guarded(workspace: Workspace, *, by: str, progress: Progress) -> dict[str, Any]:
        return {}

    with pytest.raises(NotPermitted, match="import records"):
        runs.start(on_both, "guarded", {}, ELSEWHERE)
    assert runs.list_runs(on_both) == ()
    run = runs.start(on_both, "guarded", {}, HERE)
    with pytest.raises(NotPermitted):
        runs.stop(on_both, run.run_id, ELSEWHERE)
    assert runs.get_run(on_both, run.run_id).state == "waiting"


def test_a_waiting_run_is_stopped_at_once_and_never_done(on_both: Workspace, declared: Any) -> None:
    done = []

    @declared("note")
    def note(workspace: Workspace, *, by: str, progress: Progress) -> dict[str, Any]:
        done.append(by)
        return {}

    run = runs.start(on_both, "note", {}, HERE)
    assert runs.stop(on_both, run.run_id, HERE).state == "stopped"
    runs.work(on_both, once=True)
    assert done == []
    with pytest.raises(NothingThere, match="stopped already"):
        runs.stop(on_both, run.run_id, HERE)


def test_a_running_run_stops_at_its_next_step(
    on_both: Workspace, declared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("constabulary.registers.tasks.TELL_EVERY_S", 0)

    @declared("long")
    def long(workspace: Workspace, *, by: str, progress: Progress) -> dict[str, Any]:
        progress(0, 1, "Beginning")
        [one] = [run for run in runs.list_runs(workspace) if run.state == "running"]
        runs.stop(workspace, one.run_id, HERE)
        progress(1, 2, "Going on")
        raise AssertionError("it was not stopped")

    run = runs.start(on_both, "long", {}, HERE)
    runs.work(on_both, once=True)
    found = runs.get_run(on_both, run.run_id)
    assert (found.state, found.error) == ("stopped", "")


def test_a_failure_of_ours_is_told_in_words_and_a_fault_without_the_values_it_met(
    on_both: Workspace, declared: Any, caplog: pytest.LogCaptureFixture
) -> None:
    @declared("wrong")
    def wrong(workspace: Workspace, *, is_ours: bool, by: str, progress: Progress) -> dict[str, Any]:
        if is_ours:
            raise BadInput("The file is empty.")
        raise ValueError("Xanthippe Miller, 12 Mill Lane")

    ours = runs.start(on_both, "wrong", {"is_ours": True}, HERE)
    fault = runs.start(on_both, "wrong", {"is_ours": False}, HERE)
    runs.work(on_both, once=True)
    assert runs.get_run(on_both, ours.run_id).error == "The file is empty."
    found = runs.get_run(on_both, fault.run_id)
    assert found.state == "failed"
    assert "ValueError" in found.error
    assert "Xanthippe" not in found.error
    assert "ValueError" in caplog.text
    assert "Xanthippe" not in caplog.text


def test_work_is_asked_for_by_a_known_name_with_the_arguments_it_takes(workspace: Workspace) -> None:
    with pytest.raises(NothingThere, match="no work"):
        runs.start(workspace, "make-coffee", {}, HERE)
    with pytest.raises(BadInput, match="import-police-uk cannot be asked for like this"):
        runs.start(workspace, "import-police-uk", {"path": "x"}, HERE)


def test_the_same_question_about_the_same_state_gets_the_stored_result(
    workspace: Workspace, declared: Any
) -> None:
    state = ["monday"]

    @declared("count", stamp=lambda workspace, arguments: state[0])
    def count(workspace: Workspace, *, of: str, by: str, progress: Progress) -> dict[str, Any]:
        return {"count": len(of)}

    first = runs.start(workspace, "count", {"of": "calls"}, HERE)
    runs.work(workspace, once=True)
    assert runs.start(workspace, "count", {"of": "calls"}, HERE).result == {"count": 5}
    assert runs.start(workspace, "count", {"of": "crimes"}, HERE).run_id != first.run_id
    state[0] = "tuesday"
    assert runs.start(workspace, "count", {"of": "calls"}, HERE).run_id != first.run_id


def test_a_run_that_meets_another_writer_waits_for_it(workspace: Workspace, declared: Any) -> None:
    n_tries = []

    @declared("write")
    def write(workspace: Workspace, *, by: str, progress: Progress) -> dict[str, Any]:
        n_tries.append(1)
        if len(n_tries) < 3:
            raise WorkspaceBusy("Somebody is writing.")
        return {}

    run = runs.start(workspace, "write", {}, HERE)
    for state in ("waiting", "waiting", "done"):
        runs.work(workspace, once=True)
        assert runs.get_run(workspace, run.run_id).state == state


def test_a_worker_told_to_leave_puts_its_run_back_for_the_next_one(
    workspace: Workspace, declared: Any
) -> None:
    leaving = threading.Event()
    tries = []

    @declared("steps")
    def steps(workspace: Workspace, *, by: str, progress: Progress) -> dict[str, Any]:
        tries.append(1)
        if len(tries) == 1:
            leaving.set()
        progress(1, 2, "Stepping")
        return {"tries": len(tries)}

    run = runs.start(workspace, "steps", {}, HERE)
    runs.work(workspace, leaving=leaving)
    assert runs.get_run(workspace, run.run_id).state == "waiting"
    runs.work(workspace, once=True)
    assert runs.get_run(workspace, run.run_id).result == {"tries": 2}


KILLED = """
import os, signal, sys
from pathlib import Path
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import open_workspace

@runs.runnable("deadly")
def deadly(workspace, *, by, progress):
    progress(1, 3, "Dying")
    os.kill(os.getpid(), signal.SIGKILL)

workspace = open_workspace(Path(sys.argv[1]))
if sys.argv[2:]:
    runs.start(workspace, "deadly", {}, runs.at_this_computer("a test"))
runs.work(workspace, once=True)
"""


def _die(workspace: Workspace, *more: str) -> None:
    died = subprocess.run([sys.executable, "-c", KILLED, str(workspace.path), *more], timeout=600)
    assert died.returncode == -signal.SIGKILL


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_run_whose_worker_was_killed_is_done_by_the_next_one(on_both: Workspace, declared: Any) -> None:
    _die(on_both, "start")

    @declared("deadly")
    def no_longer(workspace: Workspace, *, by: str, progress: Progress) -> dict[str, Any]:
        return {"lives": True}

    assert runs.get_run(on_both, 1).state == "running"
    runs.work(on_both, once=True)
    assert runs.get_run(on_both, 1).result == {"lives": True}


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_run_that_kills_every_worker_is_given_up_after_three(workspace: Workspace) -> None:
    _die(workspace, "start")
    _die(workspace)
    _die(workspace)
    runs.work(workspace, once=True)
    found = runs.get_run(workspace, 1)
    assert (found.state, found.error) == ("failed", "The worker died 3 times while doing this.")


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


def test_every_kind_of_long_work_has_a_title_that_people_read() -> None:
    runs._collect()
    shipped = {name for name in runs._signatures if "." in name or name.startswith("import-")}
    assert shipped == set(runs.TITLES)


def test_the_commands_list_show_and_stop_runs(workspace: Workspace, run: Any, run_json: Any) -> None:
    asked = runs.start(workspace, "import-police-uk", {"paths": ["absent"]}, HERE)
    assert "Import of files of data.police.uk  waiting" in run("runs", "list", workspace=workspace).output
    [listed] = run_json("runs", "list", workspace=workspace)["runs"]
    assert (listed["run"], listed["state"], listed["progress_share"]) == (asked.run_id, "waiting", 0)
    assert (listed["work"], listed["title"]) == ("import-police-uk", "Import of files of data.police.uk")
    assert run("worker", "--once", workspace=workspace).exit_code == 0
    shown = run_json("runs", "show", asked.run_id, workspace=workspace)
    assert shown["state"] == "failed"
    assert "absent" in shown["error"]
    assert run("runs", "stop", asked.run_id, workspace=workspace).exit_code == 9
    assert run("runs", "show", 99, workspace=workspace).exit_code == 9
    again = runs.start(workspace, "import-police-uk", {"paths": ["absent"]}, HERE)
    assert "is stopped" in run("runs", "stop", again.run_id, workspace=workspace).output


def test_every_field_of_the_registers_is_classed_for_privacy(workspace: Workspace) -> None:
    registers.open(workspace.path)
    from django.apps import apps

    from constabulary.registers.models import PRIVACY

    fields = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("registers").get_models()
        for field in model._meta.get_fields()
    }
    assert fields == set(PRIVACY)


def test_the_migrations_match_the_models(workspace: Workspace) -> None:
    registers.open(workspace.path)
    from django.core.management import call_command

    call_command("makemigrations", "registers", "--check", "--dry-run", verbosity=0)


def test_a_damaged_register_is_an_error_of_ours(workspace: Workspace) -> None:
    (workspace.path / "registers.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ConstabularyError, match="registers cannot be opened"):
        runs.list_runs(workspace)


@pytest.mark.parametrize("name", ["☃" * 250 + ".csv", "aux.csv", "a:b?.csv", "..", "x\x00y.csv"])
def test_an_upload_is_kept_under_a_name_that_every_system_can_hold(workspace: Workspace, name: str) -> None:
    [kept] = runs.save_uploads(workspace, [(name, io.BytesIO(b"a row"))])
    path = workspace.path / kept
    assert path.read_bytes() == b"a row"
    assert path.parent.parent.parent == workspace.path / "uploads"
    assert not PureWindowsPath(path.name).is_reserved() and ":" not in path.name
