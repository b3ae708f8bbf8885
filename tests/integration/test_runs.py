"""Long work: asked for, done by a worker, stopped, and taken up again when a worker dies; on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

from constabulary import registers
from constabulary.core.errors import BadInput, ConstabularyError, NothingThere, NotPermitted, WorkspaceBusy
from constabulary.core.progress import Progress
from constabulary.registers.access import Permission, Person
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace

HERE = Person("the analyst", is_at_this_computer=True)
ELSEWHERE = Person("a stranger", is_at_this_computer=False)


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


def test_registers_of_an_earlier_edition_keep_their_runs(on_both: Workspace, declared: Any) -> None:
    registers.open(on_both.path)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", "registers", "0003", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registers_run (name, arguments, stamp, state, by, created_at, n_attempts, worker,"
            " is_stop_wanted, progress_done, progress_total, doing, error)"
            " VALUES ('add', '{}', '', 'done', 'the analyst', '2024-01-31 12:00:00+00:00', 1, '', false, 1, 1, '', '')"
        )
    call_command("migrate", verbosity=0)
    [kept] = runs.list_runs(on_both)
    assert (kept.name, kept.state, kept.by) == ("add", "done", "the analyst")


def test_a_damaged_register_is_an_error_of_ours(workspace: Workspace) -> None:
    (workspace.path / "registers.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(ConstabularyError, match="registers cannot be opened"):
        runs.list_runs(workspace)
