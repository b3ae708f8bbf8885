"""`constabulary performance xmr`: its answer, its refusals and its exit statuses."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

VALUES = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


def write(path: Path, values: list[float], encoding: str = "utf-8") -> Path:
    rows = [f"{2021 + no // 12}-{no % 12 + 1:02d},{value}" for no, value in enumerate(values)]
    path.write_text("\n".join(["period,value", *rows]) + "\n", encoding=encoding)
    return path


def test_the_answer_holds_what_the_contract_names(
    tmp_path: Path, run_json: Callable[..., dict[str, Any]]
) -> None:
    answer = run_json(
        "performance", "xmr", write(tmp_path / "a.csv", VALUES), "--direction", "increase", "--target", 5
    )
    assert answer["schema"] == 1
    assert answer["rules"] == "nhsrplotthedots-0.2.2"
    assert [round(answer[name], 2) for name in ("lower", "mean", "upper")] == [-0.72, 1.94, 4.60]
    assert [one["period"] for one in answer["screened"]] == ["2021-05", "2021-06"]
    assert answer["points"][4] == {
        "period": "2021-05",
        "value": 10.0,
        "signal": "outside_limits",
        "side": "high",
        "direction": "good",
    }
    assert answer["points"][0]["signal"] is None
    assert (answer["variation"], answer["assurance"], answer["refused"]) == ("common_cause", "fail", None)
    assert answer["trial"] is False


def test_another_rule_set_gives_other_limits(tmp_path: Path, run_json: Callable[..., dict[str, Any]]) -> None:
    answer = run_json(
        "performance", "xmr", write(tmp_path / "a.csv", VALUES), "--rules", "making-data-count-excel"
    )
    assert round(answer["upper"], 2) == 6.95
    assert answer["screened"] == []


def test_the_same_file_gives_the_same_answer_byte_for_byte(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    path = write(tmp_path / "a.csv", VALUES)
    assert (
        run("performance", "xmr", path, "--json").stdout == run("performance", "xmr", path, "--json").stdout
    )


@pytest.mark.parametrize(
    ("values", "options", "reason"),
    [
        (VALUES[:4], [], "too_few_points"),
        ([100.0] * 20, [], "zero_variance"),
        (VALUES, ["--kind", "rolling-12"], "rolling_12"),
        ([], [], "too_few_points"),
    ],
)
def test_a_refusal_is_an_answer_with_its_reason_and_no_limits(
    tmp_path: Path,
    run_json: Callable[..., dict[str, Any]],
    values: list[float],
    options: list[str],
    reason: str,
) -> None:
    answer = run_json("performance", "xmr", write(tmp_path / "a.csv", values), *options)
    assert answer["refused"] == reason
    assert answer["refused_because"]
    assert [answer[name] for name in ("mean", "upper", "lower", "variation", "assurance")] == [None] * 5
    assert len(answer["points"]) == len(values)


def test_rolling_figures_are_known_by_their_values_unless_a_person_says_otherwise(
    tmp_path: Path, run_json: Callable[..., dict[str, Any]]
) -> None:
    rng = random.Random(1)
    months = [rng.gauss(100, 10) for _ in range(59)]
    path = write(tmp_path / "a.csv", [sum(months[no : no + 12]) for no in range(48)])
    assert run_json("performance", "xmr", path)["refused"] == "rolling_12"
    assert run_json("performance", "xmr", path, "--kind", "single")["refused"] is None


def test_people_get_a_sentence_first(tmp_path: Path, run: Callable[..., Result]) -> None:
    result = run(
        "performance", "xmr", write(tmp_path / "a.csv", VALUES), "--target", 5, "--direction", "increase"
    )
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == (
        "Common cause: no significant change. 2022-06: 1; mean 1.944, limits -0.7156 to 4.604. "
        "Expected to miss the target (5)."
    )
    assert "By chance alone, 13% of charts this long show a signal somewhere" in result.stdout


def test_a_step_and_a_baseline_are_given_by_period(
    tmp_path: Path, run_json: Callable[..., dict[str, Any]]
) -> None:
    values = [90.0, 110.0] * 8 + [190.0, 210.0] * 4
    path = write(tmp_path / "a.csv", values)
    answer = run_json("performance", "xmr", path, "--step", "2022-05", "--baseline-to", "2022-01")
    assert [
        (one["begin"], one["mean"], one["n_limit_points"], one["trial"]) for one in answer["segments"]
    ] == [
        ("2021-01", pytest.approx(1290 / 13), 13, False),
        ("2022-05", 200.0, 8, True),
    ]
    assert (answer["mean"], answer["trial"]) == (200.0, True)


def test_bad_files_end_with_status_3_and_every_problem(tmp_path: Path, run: Callable[..., Result]) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("period,value\n2024-01,5\n2024-01,x\n2023-12,7\n", encoding="utf-8")
    result = run("performance", "xmr", path)
    assert result.exit_code == 3
    assert result.stderr.count("Error: bad.csv, row") == 3
    assert result.stdout == ""
    assert run("performance", "xmr", tmp_path / "none.csv").exit_code == 3
    assert run("performance", "xmr", tmp_path).exit_code == 3
    utf_16 = write(tmp_path / "utf16.csv", VALUES, encoding="utf-16")
    assert "CSV UTF-8" in run("performance", "xmr", utf_16).stderr
    assert run("performance", "xmr", write(tmp_path / "bom.csv", VALUES, encoding="utf-8-sig")).exit_code == 0


def test_wrong_use_ends_with_status_2_and_an_unknown_period_with_3(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    path = write(tmp_path / "a.csv", VALUES)
    assert run("performance", "xmr", path, "--rules", "nelson").exit_code == 2
    assert run("performance", "xmr", path, "--direction", "up").exit_code == 2
    result = run("performance", "xmr", path, "--step", "1999-01")
    assert result.exit_code == 3
    assert "Expected a period from 2021-01 to 2022-06." in result.stderr
