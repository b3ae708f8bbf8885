"""`constabulary synthesise`: made-up records in the lake, always called so, never twice and never over real ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from click.testing import Result

from constabulary.core.errors import BadInput, Stopped, WorkspaceBusy
from constabulary.services.records import imports
from constabulary.services.records.synthesise import synthesise
from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake
from constabulary.store.records import Coverage, ImportRecord
from constabulary.tables.calls import CALLS
from constabulary.tables.check import check
from constabulary.tables.contract import Contract
from constabulary.tables.incidents import INCIDENTS

Run = Callable[..., Result]
RunJson = Callable[..., dict[str, Any]]


def showing(workspace: Workspace, table: str) -> pl.DataFrame:
    """Return the rows of files of which every row counts."""
    files = Lake(workspace.lake_path).files(table)
    return pl.concat([pl.read_parquet(file, hive_partitioning=False) for file in files.whole])


def test_the_latest_published_year_is_made_by_default(
    invented_workspace: Workspace, run_json: RunJson
) -> None:
    answer = run_json("synthesise", workspace=invented_workspace)
    assert answer["synthetic"] is True
    assert (answer["from_on"], answer["to_on"]) == ("2022-01-01", "2022-12-31")
    assert (answer["calls"], answer["incidents"]) == (98_550, 36_500)
    (total,) = [
        line for line in answer["calibration"] if line["measure"] == "incidents" and line["part"] is None
    ]
    assert (total["target"], total["achieved"], total["kind"]) == (36_500, 36_500, "exact")
    assert showing(invented_workspace, "calls").height == 98_550


@pytest.mark.parametrize("contract", [CALLS, INCIDENTS], ids=lambda contract: contract.name)
def test_what_the_lake_holds_keeps_the_contract_and_knows_its_place_and_hour(
    invented_workspace: Workspace, contract: Contract
) -> None:
    synthesise(invented_workspace)
    rows = showing(invented_workspace, contract.name)
    assert rows.columns == contract.schema.names()
    assert not check(rows, rows.select(pl.all().cast(pl.String)), contract)
    local = rows["received_at"].dt.convert_time_zone("Europe/Dublin")
    assert (local.dt.date() == rows["local_on"]).all()
    assert (
        (local.dt.weekday() - 1).cast(pl.Int64) * 24 + local.dt.hour() == rows["local_hour_of_week"]
    ).all()
    assert set(rows["force"].cast(pl.String)) == {"westmarch"}
    if contract is INCIDENTS:
        assert set(rows["district"].cast(pl.String)) == {"W99900001", "W99900002", "W99900003"}
        assert rows["neighbourhood"].null_count() == 0


def test_the_import_is_called_synthetic_and_keeps_what_the_records_were_held_to(
    invented_workspace: Workspace,
) -> None:
    report = synthesise(invented_workspace, seed=5, by="an analyst")
    record = imports.show_import(invented_workspace, report.import_id)
    assert (record.kind, record.is_synthetic, record.by) == ("synthetic", True, "an analyst")
    assert [file.n_accepted for file in record.files] == [98_550, 36_500]
    account = json.loads(record.mapping or "")["synthetic"]
    assert account["seed"] == 5
    assert account["calibration"] == [line.as_json() for line in report.calibration]


def test_the_same_records_made_again_add_nothing(invented_workspace: Workspace) -> None:
    first = synthesise(invented_workspace)
    again = synthesise(invented_workspace)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.import_id == first.import_id
    assert len(imports.list_imports(invented_workspace)) == 1


def test_another_seed_replaces_the_records_and_the_first_can_come_back(
    invented_workspace: Workspace,
) -> None:
    synthesise(invented_workspace)
    second = synthesise(invented_workspace, seed=2)
    assert second.n_superseded == 98_550 + 36_500
    files = Lake(invented_workspace.lake_path).files("calls")
    assert len(files.whole) == 1
    assert f"import_id={second.import_id}" in files.whole[0]
    third = synthesise(invented_workspace)
    assert (third.is_new, third.n_superseded) == (True, 98_550 + 36_500)
    assert showing(invented_workspace, "calls").height == 98_550


def test_withdrawn_records_are_made_again(invented_workspace: Workspace) -> None:
    first = synthesise(invented_workspace)
    imports.withdraw_import(invented_workspace, first.import_id, by="an analyst", reason="a trial")
    assert synthesise(invented_workspace).is_new


def test_synthetic_records_never_hide_real_ones(invented_workspace: Workspace) -> None:
    lake = Lake(invented_workspace.lake_path)
    day = date(2022, 6, 1)
    coverage = (Coverage("calls", "westmarch", day, day, 3),)
    real = ImportRecord("000001", "calls", datetime(2026, 1, 1, tzinfo=UTC), "an analyst", coverage=coverage)
    lake.announce([real], [])
    with pytest.raises(BadInput, match=r"2022-06-01.*would hide"):
        synthesise(invented_workspace)
    assert synthesise(invented_workspace, first_on=date(2023, 1, 1)).is_new


def test_a_year_may_be_financial_calendar_or_start_on_any_day(
    invented_workspace: Workspace, run_json: RunJson
) -> None:
    financial = run_json("synthesise", "--year", "2023/24", workspace=invented_workspace)
    assert (financial["from_on"], financial["to_on"]) == ("2023-04-01", "2024-03-31")
    own = run_json("synthesise", "--from", "2025-07-15", "--years", 2, workspace=invented_workspace)
    assert (own["from_on"], own["to_on"], own["incidents"]) == ("2025-07-15", "2027-07-14", 73_000)
    assert any("those of another year" in notice for notice in own["notices"])


def test_the_report_labels_assumptions_in_words(invented_workspace: Workspace, run: Run) -> None:
    result = run("synthesise", workspace=invented_workspace)
    assert result.exit_code == 0
    assert "Synthetic records of 2022-01-01 to 2022-12-31" in result.stdout
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["contacts", "112", "2022-01-01", "2022-12-31", "21,900", "21,900", "exact"] in lines
    assert ["hour_of_week", "2022-01-01", "2022-12-31", "assumed"] in lines
    assert "nothing was added" in run("synthesise", workspace=invented_workspace).stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--year", "2017/19"], 3),
        (["--year", "2022", "--from", "2022-01-01"], 2),
        (["--years", "0"], 2),
        (["--growth", "-2"], 3),
    ],
)
def test_a_period_that_makes_no_sense_is_refused(
    invented_workspace: Workspace, run: Run, arguments: list[str], status: int
) -> None:
    assert run("synthesise", *arguments, workspace=invented_workspace).exit_code == status
    assert imports.list_imports(invented_workspace) == ()


def test_work_that_is_stopped_or_finds_another_writer_leaves_nothing(invented_workspace: Workspace) -> None:
    def stop(done: float, total: float, doing: str) -> None:
        if doing == "Keeping":
            raise Stopped("stopped")

    with pytest.raises(Stopped):
        synthesise(invented_workspace, progress=stop)
    with invented_workspace.writing(), pytest.raises(WorkspaceBusy):
        synthesise(invented_workspace)
    assert imports.list_imports(invented_workspace) == ()
    assert list(invented_workspace.lake_path.glob("*/import_id=*")) == []


def test_progress_runs_from_nought_to_the_whole(invented_workspace: Workspace) -> None:
    told: list[float] = []
    synthesise(invented_workspace, n_years=2, progress=lambda done, total, doing: told.append(done / total))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    assert len(told) >= 4


def test_a_year_of_cambridgeshire_is_kept(workspace: Workspace) -> None:
    report = synthesise(workspace)
    assert (report.n_calls, report.n_incidents) == (126_649 + 322_408 + 12_961 + 2_992, 171_534)
    assert showing(workspace, "incidents").height == 171_534
