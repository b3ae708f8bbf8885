"""An analyst can ask the rows of one import alone: the first edition beside the later one, a withdrawn one too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import Result

from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake
from constabulary.store.records import Coverage, ImportRecord

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
ASKED = "SELECT last_outcome, count(*) AS n FROM crimes GROUP BY ALL ORDER BY ALL"


def edition(folder: Path, *outcomes: str) -> Path:
    folder.mkdir()
    path = folder / "2024-10-cambridgeshire-street.csv"
    rows = [
        f"{no:064x},2024-10,Cambridgeshire Constabulary,Cambridgeshire Constabulary,,,No Location,,,Burglary,{outcome},"
        for no, outcome in enumerate(outcomes)
    ]
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return path


@pytest.fixture
def asked(
    workspace: Workspace, tmp_path: Path, run: Callable[..., Result], run_json: Callable[..., dict[str, Any]]
) -> Callable[..., dict[str, int]]:
    run_json(
        "import",
        "police-uk",
        edition(tmp_path / "first", "Under investigation", "Under investigation"),
        workspace=workspace,
    )
    run_json(
        "import",
        "police-uk",
        edition(tmp_path / "later", "Under investigation", "Local resolution"),
        workspace=workspace,
    )
    return lambda *more: {
        row["last_outcome"]: row["n"] for row in run_json("query", ASKED, *more, workspace=workspace)["rows"]
    }


def test_without_an_import_the_later_edition_answers(asked: Callable[..., dict[str, int]]) -> None:
    assert asked() == {"Local resolution": 1, "Under investigation": 1}


def test_a_superseded_edition_still_answers_for_itself(asked: Callable[..., dict[str, int]]) -> None:
    assert asked("--import", "000001") == {"Under investigation": 2}
    assert asked("--import", "000002") == {"Local resolution": 1, "Under investigation": 1}


def test_a_withdrawn_import_can_still_be_looked_at(
    asked: Callable[..., dict[str, int]], workspace: Workspace, run: Callable[..., Result]
) -> None:
    assert run("import", "withdraw", "000002", "--reason", "wrong file", workspace=workspace).exit_code == 0
    assert asked() == {"Under investigation": 2}
    assert asked("--import", "000002") == {"Local resolution": 1, "Under investigation": 1}


def test_an_import_that_is_not_there_is_told(workspace: Workspace, run: Callable[..., Result]) -> None:
    result = run("query", ASKED, "--import", "000009", workspace=workspace)
    assert result.exit_code == 9
    assert "000009" in result.stderr


def test_a_query_over_synthetic_records_says_so_unless_it_asks_for_it_itself(
    workspace: Workspace, run: Callable[..., Result], run_json: Callable[..., dict[str, Any]]
) -> None:
    made_up = Coverage("calls", "cambridgeshire", date(2024, 10, 1), date(2024, 10, 31), 0)
    record = ImportRecord(
        "000001", "synthetic", datetime.now(UTC), "a test", is_synthetic=True, coverage=(made_up,)
    )
    Lake(workspace.lake_path).announce([record], [])
    count = "SELECT count(*) AS n FROM {}"
    told = run("query", count.format("calls"), workspace=workspace)
    assert told.stdout == "n\n0\n"
    assert told.stderr == "Note: synthetic records are among calls; is_synthetic tells them apart.\n"
    assert run_json("query", count.format("calls"), workspace=workspace)["synthetic"] == ["calls"]
    assert run("query", count.format("crimes"), workspace=workspace).stderr == ""
    assert run("query", count.format("calls WHERE is_synthetic"), workspace=workspace).stderr == ""


def test_a_file_of_synthetic_records_carries_the_mark_whatever_was_asked(
    workspace: Workspace, tmp_path: Path, run: Callable[..., Result]
) -> None:
    made_up = Coverage("calls", "cambridgeshire", date(2024, 10, 1), date(2024, 10, 31), 0)
    at = datetime.now(UTC)
    Lake(workspace.lake_path).announce(
        [
            ImportRecord("000001", "synthetic", at, "a test", is_synthetic=True, coverage=(made_up,)),
            ImportRecord("000002", "calls", at, "a test", coverage=(made_up,)),
        ],
        [],
    )

    def written(name: str, query: str, *how: str) -> pl.DataFrame:
        out = tmp_path / name
        answer = run("query", query, "--out", out, *how, workspace=workspace)
        assert answer.exit_code == 0, answer.stderr
        return pl.read_csv(out) if name.endswith(".csv") else pl.read_parquet(out)

    count = "SELECT count(*) AS n FROM {}"
    for name in ("a.csv", "a.parquet"):
        assert written(name, count.format("calls")).to_dicts() == [{"n": 0, "is_synthetic": True}]
    assert written("b.csv", "SELECT * FROM calls ORDER BY 1;").columns.count("is_synthetic") == 1
    assert written("c.csv", count.format("crimes")).columns == ["n"]
    assert written("d.csv", count.format("calls WHERE NOT is_synthetic")).columns == ["n"]
    assert written("e.csv", count.format("calls"), "--import", "000001").columns == ["n", "is_synthetic"]
    assert written("f.csv", count.format("calls"), "--import", "000002").columns == ["n"]


def test_an_instant_without_end_has_no_offset(
    workspace: Workspace, tmp_path: Path, run: Callable[..., Result]
) -> None:
    out = tmp_path / "instants.csv"
    ask = (
        "SELECT 'infinity'::TIMESTAMPTZ AS never, '-infinity'::TIMESTAMPTZ AS ever, NULL::TIMESTAMPTZ AS none"
    )
    assert run("query", ask, "--out", out, workspace=workspace).exit_code == 0
    assert out.read_text(encoding="utf-8") == "never,ever,none\ninfinity,-infinity,\n"


def test_instants_in_csv_say_their_offset_on_standard_output_and_in_files_alike(
    workspace: Workspace, tmp_path: Path, run: Callable[..., Result]
) -> None:
    out = tmp_path / "instants.csv"
    ask = "SELECT TIMESTAMPTZ '2024-10-27 01:30:00+00' AS on_time, TIMESTAMPTZ '2024-07-01 12:00:00.25+01' AS late"
    shown = run("query", ask, workspace=workspace).stdout.splitlines()
    assert run("query", ask, "--out", out, workspace=workspace).exit_code == 0
    for header, row in (shown, out.read_text(encoding="utf-8").splitlines()):
        assert header == "on_time,late"
        on_time, late = map(datetime.fromisoformat, row.split(","))
        assert on_time == datetime(2024, 10, 27, 1, 30, tzinfo=UTC)
        assert late == datetime(2024, 7, 1, 11, 0, 0, 250_000, tzinfo=UTC)
        assert row.startswith("2024-10-27T01:30:00+00:00,")


@pytest.mark.parametrize("asked", ["TIMESTAMPTZ 'infinity'", "TIMESTAMP '-infinity'", "DATE '20000-01-01'"])
@pytest.mark.parametrize("how", [(), ("--json",)])
def test_instants_of_no_year_that_can_be_shown_are_told_in_plain_words(
    workspace: Workspace, run: Callable[..., Result], asked: str, how: tuple[str, ...]
) -> None:
    answer = run("query", f"SELECT {asked} AS closed", *how, workspace=workspace)
    assert answer.exit_code == 3
    assert '"closed" holds an instant' in answer.stderr
    assert "years from 1 to 9999" in answer.stderr


def test_infinite_instants_lengths_of_time_and_no_numbers_can_be_taken_away(
    workspace: Workspace, tmp_path: Path, run: Callable[..., Result], run_json: Callable[..., dict[str, Any]]
) -> None:
    ends = "SELECT TIMESTAMPTZ '9999-12-31 23:59:59+00' AS a, TIMESTAMPTZ 'infinity' AS b"
    assert run("query", ends, "--out", tmp_path / "ends.csv", workspace=workspace).exit_code == 0
    assert (tmp_path / "ends.csv").read_text() == "a,b\n9999-12-31T23:59:59+00:00,infinity\n"
    length = (
        "SELECT TIMESTAMPTZ '2024-03-02 12:00+00' - TIMESTAMPTZ '2024-02-28 10:30+00' AS length, 1/0 AS rate"
    )
    assert run("query", length, workspace=workspace).stdout == "length,rate\nP3DT1H30M,inf\n"
    assert run_json("query", length, workspace=workspace)["rows"] == [{"length": "P3DT1H30M", "rate": None}]


def test_a_column_named_as_a_word_of_sql_is_asked_for_as_the_error_says(
    workspace: Workspace, run: Callable[..., Result]
) -> None:
    refused = run("query", "SELECT at FROM pings", workspace=workspace)
    assert refused.exit_code == 3
    remedy = refused.stderr.strip().removesuffix(".").rpartition(": ")[2]
    assert run("query", remedy, workspace=workspace).stdout == "at\n"
