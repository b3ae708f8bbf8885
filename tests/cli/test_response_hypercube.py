"""`constabulary response hypercube`: what scripts may rely on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
RunJson = Callable[..., dict[str, Any]]

MODEL: dict[str, Any] = {
    "atoms": [{"rate": 0.5}, {"rate": 0.25}, {"rate": 0.35}, {"rate": 0.4}],
    "service_rate": 1,
    "preferences": [[0, 1, 2], [0, 2, 1], [1, 0, 2], [2, 0, 1]],
    "line": "infinite",
}


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(**changes: Any) -> Path:
        path = tmp_path / "model.json"
        path.write_text(json.dumps({**MODEL, **changes}), encoding="utf-8")
        return path

    return write


def test_the_three_server_city_is_answered_by_the_contract(
    file: Callable[..., Path], run_json: RunJson
) -> None:
    answer = run_json("response", "hypercube", file())
    assert answer["utilisation"] == pytest.approx(
        [0.5574, 0.4734, 0.4693], abs=5e-5
    )  # Larson and Odoni, 5.4.3
    assert answer["wait_probability"] == pytest.approx(0.23684, abs=5e-6)
    assert sum(map(sum, answer["dispatch_share"])) == pytest.approx(1.0)
    assert [len(answer["dispatch_share"]), len(answer["dispatch_share"][0])] == [3, 4]
    assert sum(answer["states"]) == pytest.approx(1.0)
    assert sum(answer["states"][1::2]) == pytest.approx(answer["utilisation"][0])  # unit 0 is the lowest bit
    assert answer["states"][7] == pytest.approx(answer["wait_probability"])
    assert answer["approximate"]["utilisation"] == pytest.approx([0.5627, 0.4716, 0.4657], abs=1.5e-4)
    assert "loss_probability" not in answer


def test_without_a_line_calls_are_lost(file: Callable[..., Path], run_json: RunJson) -> None:
    answer = run_json("response", "hypercube", file(line="zero"))
    assert answer["loss_probability"] == pytest.approx((1.5**3 / 6) / (1 + 1.5 + 1.5**2 / 2 + 1.5**3 / 6))
    assert "wait_probability" not in answer


def test_more_than_eighteen_units_are_answered_by_the_approximation_alone(
    file: Callable[..., Path], run_json: RunJson
) -> None:
    answer = run_json("response", "hypercube", file(atoms=[{"rate": 5.0}], preferences=[list(range(19))]))
    assert [answer[name] for name in ("utilisation", "dispatch_share", "states")] == [None, None, None]
    assert "18" in answer["reason"]["exact"]
    assert len(answer["approximate"]["utilisation"]) == 19
    assert 0.0 < answer["wait_probability"] < 1e-4


def test_units_that_cannot_keep_up_are_null_with_the_reason(
    file: Callable[..., Path], run_json: RunJson
) -> None:
    answer = run_json("response", "hypercube", file(service_rate=0.5))
    names = ("utilisation", "wait_probability", "dispatch_share", "states", "approximate")
    assert [answer[name] for name in names] == [None] * 5
    assert "without end" in answer["reason"]["exact"]


def test_the_answer_in_words_is_a_table(file: Callable[..., Path], run: Run) -> None:
    result = run("response", "hypercube", file())
    assert "55.74 %" in result.stdout
    assert "23.68 % of calls find every unit busy and wait." in result.stdout
    assert "without end" in run("response", "hypercube", file(service_rate=0.5)).stdout
    large = run(
        "response", "hypercube", file(atoms=[{"rate": 5.0}], preferences=[list(range(19))], line="zero")
    )
    assert "at most 18" in large.stdout


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "row 1"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"line": "zero", "line": "zero"}', "more than once"),
        (b"[" * 100_000, "nested too deep"),
        (b"9" * 5000, "too many digits"),
        (b"[]", "an object"),
        (
            b'{"atoms": [{"rate": NaN}], "service_rate": 1, "preferences": [[0]], "line": "zero"}',
            "atoms[0].rate",
        ),
    ],
)
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, run: Run, content: bytes, told: str) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    result = run("response", "hypercube", path)
    assert result.exit_code == 3
    assert "model.json" in result.stderr and told in result.stderr


@pytest.mark.parametrize("rate", [1e300, 1e-300, -1.0, float("nan"), 10**400, True, False])
def test_absurd_rates_are_refused_with_what_was_expected(
    file: Callable[..., Path], run: Run, rate: float
) -> None:
    for changes in ({"service_rate": rate}, {"atoms": [{"rate": rate}, *MODEL["atoms"][1:]]}):
        result = run("response", "hypercube", file(**changes), "--json")
        assert result.exit_code == 3
        assert "0.000000001 to 1,000,000,000" in result.stderr


def test_loads_at_the_ends_of_the_range_give_numbers_or_null(file: Callable[..., Path], run: Run) -> None:
    for service_rate in (1e-9, 1e9):
        for line in ("infinite", "zero"):
            result = run("response", "hypercube", file(service_rate=service_rate, line=line), "--json")
            assert result.exit_code == 0
            json.loads(result.stdout, parse_constant=pytest.fail)
