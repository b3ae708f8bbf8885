"""The pages of runs, of the audit trail, and the API of imports and runs beside the command line."""

from __future__ import annotations

import html
import json
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from constabulary.cli.main import main
from constabulary.registers import worker
from constabulary.services.workspace import audit, runs
from constabulary.services.workspace.workspaces import Workspace

HERE = runs.at_this_computer("the analyst")
WORK = "import-police-uk"


def words(text: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


def of_command_line(workspace: Workspace, *command: str) -> Any:
    done = CliRunner().invoke(main, ["--workspace", str(workspace.path), *command, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("/api/imports", ("import", "list")),
        ("/api/imports/000001", ("import", "show", "000001")),
        ("/api/imports/000001/refused", ("refused", "show", "000001")),
        ("/api/runs", ("runs", "list")),
        ("/api/runs/1", ("runs", "show", "1")),
        ("/api/runs/2", ("runs", "show", "2")),
    ],
)
def test_the_api_says_the_same_as_the_command_line(
    client: Any, workspace: Workspace, address: str, command: tuple[str, ...]
) -> None:
    answer = client.get(address)
    assert answer.status == 200
    assert json.loads(answer.text) == of_command_line(workspace, *command)


@pytest.mark.parametrize(
    "address", ["/api/imports/999999", "/api/imports/999999/refused", "/api/runs/999", "/data/runs/999/"]
)
def test_an_import_or_a_run_that_is_not_there_is_answered_with_404(client: Any, address: str) -> None:
    assert client.get(address).status == 404


def test_the_list_of_runs_says_state_who_and_which_files(client: Any) -> None:
    said = words(client.get("/data/runs/").text)
    assert "0 runs are in work, 1 waiting." in said
    assert "No worker is running" in said
    for state in ("done 100%", "failed", "waiting"):
        assert f"Import of files of data.police.uk {state}" in said, state
    assert "the test 2024-02-westmarch-street.csv" in said


def test_a_run_that_failed_says_why_where_the_eye_falls_first(client: Any) -> None:
    shown = client.get("/data/runs/2/").text
    assert "<title>Error: Run 2" in shown
    assert "absent.csv: there is no such file or folder" in words(shown)
    assert "Stop the run" not in shown


def test_a_run_is_stopped_by_its_button_and_by_no_form_of_another_site(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    run = runs.start(changing_workspace, WORK, {"paths": ["absent.csv"]}, HERE)
    stop = f"/data/runs/{run.run_id}/stop/"
    here = f"/data/runs/{run.run_id}/"
    assert changing_client.get(stop).status == 405
    assert changing_client._ask("POST", stop, b"", {}).status == 403
    assert runs.get_run(changing_workspace, run.run_id).state == "waiting"
    assert changing_client.post(stop, form_at=here, REMOTE_ADDR="10.0.0.7").status == 403
    assert runs.get_run(changing_workspace, run.run_id).state == "waiting"

    answer = changing_client.post(stop, form_at=here)

    assert (answer.status, answer.headers["Location"]) == (302, here)
    said = words(changing_client.get(here).text)
    assert "It was stopped, and nothing was changed." in said
    assert "Stop the run" not in said
    assert runs.list_runs(changing_workspace)[0].state == "stopped"


def test_a_stop_that_comes_too_late_shows_the_run_as_it_is(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    run = runs.start(changing_workspace, WORK, {"paths": ["absent.csv"]}, HERE)
    here = f"/data/runs/{run.run_id}/"
    changing_client.get(here)
    token = changing_client.get(here).text.partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
    runs.work(changing_workspace, once=True)
    answer = changing_client._ask(
        "POST",
        f"{here}stop/",
        f"csrfmiddlewaretoken={token}".encode(),
        {"CONTENT_TYPE": "application/x-www-form-urlencoded"},
    )
    assert answer.headers["Location"] == here
    assert "failed" in words(changing_client.get(here).text)


def test_where_a_worker_lives_the_page_does_not_ask_for_one(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    leaving, looked = threading.Event(), threading.Event()

    def between() -> None:
        looked.set()

    thread = threading.Thread(
        target=lambda: worker.work(changing_workspace.path, leaving=leaving, between=between)
    )
    assert not runs.has_worker(changing_workspace)
    thread.start()
    try:
        assert looked.wait(120)
        assert runs.has_worker(changing_workspace)
    finally:
        leaving.set()
        thread.join()
    assert not runs.has_worker(changing_workspace)


def test_a_run_in_work_shows_how_far_it_is(changing_client: Any, changing_workspace: Workspace) -> None:
    from constabulary.registers.actions import working

    run = runs.start(changing_workspace, WORK, {"paths": ["absent.csv"]}, HERE)
    working.begin(run.run_id, "a worker")
    working.tell(run.run_id, 450, 1000, "Reading 2024-02-westmarch-street.csv")
    shown = changing_client.get(f"/data/runs/{run.run_id}/").text
    assert 'max="100" value="45"' in shown
    assert "Reading 2024-02-westmarch-street.csv" in words(shown)
    assert "Refresh" in shown
    runs.stop(changing_workspace, run.run_id, HERE)
    assert "It will stop at its next step." in changing_client.get(f"/data/runs/{run.run_id}/").text


def test_the_audit_trail_says_who_did_what_the_latest_first_a_part_at_a_time(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    assert "0 entries" in changing_client.get("/data/audit/").text
    for _ in range(30):
        run = runs.start(changing_workspace, WORK, {"paths": ["absent.csv"]}, HERE)
        runs.stop(changing_workspace, run.run_id, HERE)
    assert audit.n_entries(changing_workspace) == 60
    first = changing_client.get("/data/audit/").text
    assert "60 entries" in first
    assert "the analyst stop run run 30 import-police-uk" in words(first)
    assert first.count('<th scope="row"') == 50
    assert first.index("run 30 ") < first.index("run 29 ")
    second = changing_client.get("/data/audit/?page=2").text
    assert second.count('<th scope="row"') == 10
    assert "run 1 import-police-uk" in second


def test_a_withdrawal_is_in_the_audit_trail_however_it_was_made(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    changing_client.post("/data/imports/000001/withdraw/", {"reason": "wrong month"})
    assert "withdraw import import 000001" in words(changing_client.get("/data/audit/").text)


def test_records_that_leave_as_files_are_in_the_audit_trail_by_page_and_by_command(
    changing_client: Any, changing_workspace: Workspace, tmp_path: Path
) -> None:
    assert changing_client.get("/demand/rows/crime_types.csv").status == 200
    out = str(tmp_path / "rows.parquet")
    for command in (
        ["demand", "working", "crime_types", "--out", out],
        ["query", "SELECT * FROM crimes", "--out", out],
    ):
        assert (
            CliRunner().invoke(main, ["--workspace", str(changing_workspace.path), *command]).exit_code == 0
        )
    trail = [(entry.action, entry.about) for entry in audit.entries(changing_workspace)]
    assert trail == [
        ("export rows", "query"),
        ("export rows", "figure crime_types"),
        ("export rows", "figure crime_types"),
    ]
    assert "export rows query" in words(changing_client.get("/data/audit/").text)


def test_rows_are_written_whole_over_a_file_that_is_there_and_never_in_a_form_the_name_does_not_say(
    changing_workspace: Workspace, tmp_path: Path
) -> None:
    out = tmp_path / "rows.csv"
    out.write_text("what was there")
    told = of_command_line(changing_workspace, "query", "SELECT * FROM crimes", "--out", str(out))
    assert told == {"schema": 1, "file": str(out), "rows": 2}
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3
    refused = CliRunner().invoke(
        main,
        ["--workspace", str(changing_workspace.path), "query", "SELECT 1", "--out", str(tmp_path / "x.xlsx")],
    )
    assert refused.exit_code == 3
    assert (
        "x.xlsx: rows are not written in this form. Expected a name that ends in .csv or .parquet"
        in refused.stderr
    )
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["rows.csv"]


def test_figures_that_leave_as_files_hold_no_records_and_are_not_in_the_trail(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    assert changing_client.get("/demand/download/crime_types.csv").status == 200
    assert audit.n_entries(changing_workspace) == 0
