"""`constabulary response erlang` and `staff`: what scripts may rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from constabulary.cli import options
from constabulary.core.errors import ConstabularyError

Run = Callable[..., Result]
RunJson = Callable[..., dict[str, Any]]

ERLANG = ("response", "erlang", "--calls-per-h", 200, "--handling-s", 180)


def test_erlang_answers_by_the_contract(run_json: RunJson) -> None:
    answer = run_json(*ERLANG, "--agents", 14, "--patience-s", 120, "--within-s", 20)
    assert answer["erlang_b"].keys() == {"blocking"}
    assert answer["erlang_c"].keys() == {"wait_probability", "mean_wait_s", "within_share", "occupancy"}
    assert answer["erlang_a"].keys() >= {
        "abandoned_share",
        "wait_probability",
        "mean_wait_s",
        "within_share",
        "occupancy",
    }
    assert answer["erlang_c"]["wait_probability"] == pytest.approx(0.1741319336)
    assert answer["erlang_c"]["within_share"] == pytest.approx(0.8883500192)
    assert answer["reason"] == {}


def test_the_mean_wait_of_erlang_a_is_over_all_callers(run_json: RunJson) -> None:
    a = run_json(*ERLANG, "--agents", 9, "--patience-s", 120)["erlang_a"]
    assert a["mean_wait_s"] == pytest.approx(120 * a["abandoned_share"])
    assert a["mean_wait_answered_s"] < a["mean_wait_s"]


def test_a_queue_that_grows_without_end_is_null_with_the_reason(run_json: RunJson) -> None:
    answer = run_json(*ERLANG, "--agents", 10, "--patience-s", 120)
    assert answer["erlang_c"] is None
    assert "grow without end" in answer["reason"]["erlang_c"]
    assert answer["erlang_a"]["occupancy"] < 1.0


def test_erlang_a_without_patience_is_null_with_the_reason(run_json: RunJson) -> None:
    answer = run_json(*ERLANG, "--agents", 14)
    assert answer["erlang_a"] is None
    assert "patience" in answer["reason"]["erlang_a"].lower()


def test_no_agents_give_null_and_no_nan(run: Run) -> None:
    result = run(*ERLANG, "--agents", 0, "--patience-s", 120, "--json")
    assert result.exit_code == 0
    assert "NaN" not in result.stdout
    assert json.loads(result.stdout)["erlang_a"]["abandoned_share"] == 1.0


def test_the_answer_in_words_says_why_something_is_missing(run: Run) -> None:
    result = run(*ERLANG, "--agents", 9)
    assert result.exit_code == 0
    assert "grow without end" in result.stdout
    assert "blocking" in result.stdout


def test_values_out_of_range_are_all_told_with_the_status_of_bad_input(run: Run) -> None:
    result = run("response", "erlang", "--calls-per-h", "nan", "--handling-s", 0, "--agents", -1)
    assert result.exit_code == 3
    for name in ("calls_per_h", "handling_s", "n_agents"):
        assert name in result.stderr


CALLS = (
    "start,calls,handling_s\n2024-03-04T08:00,30,300\n2024-03-04T08:30,60,300\n2024-03-04T09:00,0,300\n"
    "2024-03-04T09:30,0,300\n"
)


def test_staff_counts_work_that_lasts_into_the_next_interval(tmp_path: Path, run_json: RunJson) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(CALLS, encoding="utf-8")
    answer = run_json("response", "staff", file, "--within-s", 30, "--target-share", 0.8)
    rows = answer["intervals"]
    assert [row["start"] for row in rows][:2] == ["2024-03-04T08:00", "2024-03-04T08:30"]
    assert [row["load_erlangs"] for row in rows] == pytest.approx([5.0, 10.0, 0.0, 0.0])
    assert rows[1]["lagged_load_erlangs"] < 10.0
    assert rows[2]["agents"] > 0
    assert all(row["within_share"] >= 0.8 for row in rows if row["agents"])
    assert answer["method"] == "erlang_c"


def test_staff_takes_impatient_callers(tmp_path: Path, run_json: RunJson, run: Run) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(CALLS, encoding="utf-8")
    assert run_json("response", "staff", file, "--patience-s", 120)["method"] == "erlang_a"
    assert "lagged load" in run("response", "staff", file).stdout


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("start,calls\n", "wrong"),
        ("start,calls,handling_s\n", "fewer than two"),
        (CALLS.replace("60,300", "many,-1"), "row 3"),
        (CALLS.replace("08:30", "08:45"), "does not follow"),
        (CALLS.replace("2024-03-04T08:30", "yesterday"), "yesterday"),
        (CALLS.replace("08:30", "08:30+00:00"), "zone"),
        (CALLS.replace("08:30", "07:30"), "does not follow"),
        (CALLS.replace("60,300", "60,300,5"), "more cells"),
    ],
)
def test_a_file_of_calls_that_is_wrong_is_refused(tmp_path: Path, run: Run, content: str, told: str) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(content, encoding="utf-8")
    result = run("response", "staff", file)
    assert result.exit_code == 3
    assert "calls.csv" in result.stderr
    assert told in result.stderr or told == "wrong"


def test_a_file_that_is_not_there_is_told(tmp_path: Path, run: Run) -> None:
    assert run("response", "staff", tmp_path / "none.csv").exit_code == 3


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--calls-per-h", value) for value in ("1e300", "inf", "-1")),
        *(("--handling-s", value) for value in ("1e300", "1e-300", "0", "nan")),
        *(("--agents", value) for value in ("-1", "1000001", "1" + 400 * "0")),
        *(("--within-s", value) for value in ("1e300", "nan")),
        *(("--patience-s", value) for value in ("1e-300", "0", "inf")),
    ],
)
def test_absurd_numbers_are_refused_by_name_with_what_was_expected(run: Run, option: str, value: str) -> None:
    result = run(*ERLANG, "--agents", 14, "--patience-s", 120, option, value, "--json")
    assert result.exit_code == 3
    assert option.removeprefix("--").replace("-", "_").removesuffix("_") in result.stderr
    assert "Expected a" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("calls", ["0", "1e-300", "0.001", "1e9"])
@pytest.mark.parametrize("handling_s", ["0.000001", "300", "1e9"])
@pytest.mark.parametrize("patience_s", ["0.000001", "1e9"])
def test_the_ends_of_every_range_give_shares_and_times_or_null(
    run: Run, calls: str, handling_s: str, patience_s: str
) -> None:
    for agents in (0, 1, 1_000_000):
        result = run(
            *("response", "erlang", "--calls-per-h", calls, "--handling-s", handling_s, "--agents", agents),
            *("--patience-s", patience_s, "--within-s", 0, "--json"),
        )
        answer = json.loads(result.stdout, parse_constant=pytest.fail)
        parts = [answer[name] or {} for name in ("erlang_b", "erlang_c", "erlang_a")]
        for name, value in [item for part in parts for item in part.items() if item[1] is not None]:
            assert value >= 0.0
            assert name.endswith("_s") or value <= 1.0
        if agents == 0:
            assert "no agents" in answer["reason"]["erlang_a"]


def test_a_file_of_absurd_calls_is_refused_by_its_row(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(CALLS.replace("60,300", "1e308,1e-300"), encoding="utf-8")
    result = run("response", "staff", file)
    assert result.exit_code == 3
    assert 'row 3, calls: "1e308" cannot be used.' in result.stderr
    assert 'row 3, handling_s: "1e-300" cannot be used.' in result.stderr


def test_an_answer_that_holds_no_number_is_a_fault_that_says_where(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ConstabularyError, match=r"erlang_c\.within\.1: .*fault of the program"):
        options.answer({"erlang_c": {"within": [0.5, float("nan")]}})
    assert capsys.readouterr().out == ""
