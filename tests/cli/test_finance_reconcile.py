"""`constabulary finance reconcile`: its answer, tables brought as files or pasted, its refusals and exit statuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from constabulary.cli import main
from constabulary.services.workspace.workspaces import Workspace

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
CLASSES = {
    "exact",
    "rounding",
    "exceeds_rounding",
    "missing",
    "double_count",
    "implausible",
    "contradicts_another_source",
}
CONTRACT = {
    "table",
    "line",
    "period",
    "rule",
    "printed",
    "calculated",
    "difference",
    "class",
    "explanation",
    "source",
}
TABLE = "Line,2020 £'000,2021 £'000\nPay,100,110\nFuel,20,21\nTotal,120,141\n"


def test_the_shipped_tables_are_answered_in_the_words_of_the_contract(
    workspace: Workspace, run_json: Callable[..., dict[str, Any]]
) -> None:
    answer = run_json("finance", "reconcile", workspace=workspace)
    assert answer["schema"] == 1
    assert all(set(check) >= CONTRACT for check in answer["checks"])
    assert set(answer["counts"]) == CLASSES
    assert all(n > 0 for n in answer["counts"].values())
    assert sum(answer["counts"].values()) == len(answer["checks"])
    for check in answer["checks"]:
        if check["difference"] is not None:
            assert check["difference"] == pytest.approx(check["printed"] - check["calculated"], abs=1e-6)


def test_money_is_a_number_in_pounds_and_the_printed_text_stands_beside_it(
    workspace: Workspace, run_json: Callable[..., dict[str, Any]]
) -> None:
    checks = run_json("finance", "reconcile", workspace=workspace)["checks"]
    (check,) = [c for c in checks if c["line"] == "17" and c["class"] == "exceeds_rounding"]
    assert (check["printed"], check["printed_text"], check["difference"]) == (
        42_286_000.00,
        "42,286",
        -1_000_000.00,
    )
    assert check["at_fault"] == [{"table": "mtfp_2013_14", "line": "17", "period": "2012/13", "unit": "gbp"}]
    assert "ref. 17, column Budget 2012/13" in check["source"]


def test_without_a_workspace_the_shipped_tables_are_meant_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("finance", "reconcile")
    assert result.exit_code == 0
    assert "No workspace here" in result.stderr
    assert result.stdout.startswith("cambridgeshire: ")
    assert run("--workspace", tmp_path / "none", "finance", "reconcile").exit_code == 5


def test_an_invented_force_reconciles_by_its_own_structure(run_json: Callable[..., dict[str, Any]]) -> None:
    answer = run_json("finance", "reconcile", "--force", WESTMARCH)
    told = [c for c in answer["checks"] if c["class"] not in {"exact", "missing"}]
    assert {c["at_fault"][0]["line"] for c in told} == {"watch"}
    assert sum(c["rule"] == "band" for c in answer["checks"]) == 7
    assert answer["counts"]["missing"] == 1


def test_a_file_is_reconciled_by_the_structure_it_suggests(
    tmp_path: Path, run_json: Callable[..., dict[str, Any]]
) -> None:
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    answer = run_json("finance", "reconcile", tmp_path / "mine.csv")
    assert answer["structure"] == "suggested"
    assert answer["counts"]["exact"] == 1
    (check,) = [c for c in answer["checks"] if c["class"] == "exceeds_rounding"]
    assert (check["table"], check["line"], check["period"]) == ("mine.csv", "total", "2021 £'000")
    assert (check["printed"], check["calculated"], check["difference"]) == (141_000, 131_000, 10_000)


def test_a_suggestion_can_be_kept_changed_and_given_back(
    tmp_path: Path, run: Callable[..., Result], run_json: Callable[..., dict[str, Any]]
) -> None:
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    suggested = run("finance", "reconcile", tmp_path / "mine.csv", "--suggest").stdout
    (tmp_path / "s.toml").write_text(suggested, encoding="utf-8")
    answer = run_json("finance", "reconcile", tmp_path / "mine.csv", "--structure", tmp_path / "s.toml")
    assert answer["structure"] == "declared"
    assert answer["counts"]["exceeds_rounding"] == 1
    again = run_json("finance", "reconcile", tmp_path / "mine.csv", "--suggest")
    assert again["toml"] == suggested


def test_lines_may_be_named_in_a_structure_as_they_are_printed(
    tmp_path: Path, run_json: Callable[..., dict[str, Any]]
) -> None:
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "s.toml").write_text('[[rule]]\nline = "Total"\nsum = ["Pay", "Fuel"]\n', encoding="utf-8")
    answer = run_json("finance", "reconcile", tmp_path / "mine.csv", "--structure", tmp_path / "s.toml")
    assert len(answer["checks"]) == 2


@pytest.mark.parametrize("parted_by", ["\t", ";", ","])
def test_a_pasted_table_is_read_however_its_cells_are_parted(parted_by: str) -> None:
    result = CliRunner().invoke(
        main, ["finance", "reconcile", "-", "--json"], input=TABLE.replace(",", parted_by).encode()
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["counts"]["exceeds_rounding"] == 1


def test_a_workbook_gives_the_same_answer_as_the_csv_of_it(
    tmp_path: Path, run_json: Callable[..., dict[str, Any]]
) -> None:
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    with xlsxwriter.Workbook(tmp_path / "mine.xlsx") as book:
        sheet = book.add_worksheet("Budget")
        for no, line in enumerate(TABLE.splitlines()):
            sheet.write_row(no, 0, [int(cell) if cell.isdigit() else cell for cell in line.split(",")])
    ours, theirs = (
        [
            {k: v for k, v in check.items() if k not in {"table", "source", "at_fault"}}
            for check in answer["checks"]
        ]
        for answer in (
            run_json("finance", "reconcile", tmp_path / "mine.csv"),
            run_json("finance", "reconcile", tmp_path / "mine.xlsx"),
        )
    )
    assert ours and ours == theirs


def test_a_workbook_of_several_sheets_asks_which(tmp_path: Path, run: Callable[..., Result]) -> None:
    with xlsxwriter.Workbook(tmp_path / "mine.xlsx") as book:
        for name in ("Budget", "Notes"):
            book.add_worksheet(name).write_row(0, 0, ["Line", "2020"])
    result = run("finance", "reconcile", tmp_path / "mine.xlsx")
    assert result.exit_code == 3
    assert "one of Budget, Notes" in result.stderr and "--sheet" in result.stderr


def test_the_same_table_gives_the_same_bytes(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "mine.csv").write_text(TABLE, encoding="utf-8")
    first, second = (run("finance", "reconcile", tmp_path / "mine.csv", "--json").stdout for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("content", "structure", "told"),
    [
        ("a,b\nc,d\n", None, "no row of figures"),
        (TABLE, '[[rule]]\nline = "Totals"\nsum = ["Pay"]\n', 'no line "Totals"'),
        (TABLE, '[[rule]]\nline = "Total"\nadd = ["Pay"]\n', '"add" is not a key'),
        (TABLE, '[[rule]]\nsum = ["Pay"]\n', "for a line or for a column"),
        (TABLE, "[[rule]\n", "cannot be read as TOML"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(
    tmp_path: Path, run: Callable[..., Result], content: str, structure: str | None, told: str
) -> None:
    (tmp_path / "mine.csv").write_text(content, encoding="utf-8")
    extra = []
    if structure is not None:
        (tmp_path / "s.toml").write_text(structure, encoding="utf-8")
        extra = ["--structure", tmp_path / "s.toml"]
    result = run("finance", "reconcile", tmp_path / "mine.csv", *extra)
    assert result.exit_code == 3
    assert told in result.stderr


def test_a_file_that_is_not_there_and_options_without_a_file_are_told(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    assert run("finance", "reconcile", tmp_path / "none.csv").exit_code == 3
    assert run("finance", "reconcile", "--suggest").exit_code == 2
