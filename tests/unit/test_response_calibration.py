"""Calibration finds what made the records, and validation measures what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from constabulary.response.calibration import Observed, distance, halves, tune, validate
from constabulary.response.clock import Clock
from constabulary.services.workspaces import Workspace

RunJson = Callable[..., dict[str, Any]]
Run = Callable[..., Result]
CLOCK = Clock(date(2017, 4, 3), 28, "Europe/London")


def observed(n: int, wait_s: float, travel_s: float, scene_s: float = 600.0) -> Observed:
    received = np.linspace(0.0, CLOCK.end_s - 1.0, n)
    nought = np.zeros(n, np.int64)
    return Observed(
        received, nought, nought, np.full(n, wait_s), np.full(n, travel_s), np.full(n, scene_s), np.ones(n)
    )


def test_every_other_week_is_kept_for_judging() -> None:
    first, second = halves(observed(2800, 10.0, 10.0))
    assert len(first.grade) == len(second.grade) == 1400
    assert set(first.received_s // (7 * 86_400)) == {0.0, 2.0}


def test_a_tuned_value_meets_the_records_or_stops_at_the_end_of_its_range() -> None:
    value, figure = tune(lambda x: 3.0 * x, 6.0, 1.0, 0.0, 4.0)
    assert value == pytest.approx(2.0, rel=0.01)
    assert figure == pytest.approx(6.0, rel=0.01)
    assert tune(lambda x: x, 100.0, 1.0, 0.0, 4.0)[0] == pytest.approx(4.0, abs=0.01)


def test_the_distance_is_kolmogorovs() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.random(400), rng.random(300) ** 2
    # Of uniform and squared uniform the distance is that of x and sqrt(x): a quarter, at x = 1/4.
    assert distance(one, other) == pytest.approx(0.25, abs=0.08)
    assert distance(one, one) == 0.0


def test_work_and_queue_by_hour_are_rates_times_times() -> None:
    records = observed(28 * 24 * 10, 360.0, 300.0, 1500.0)
    found = {(one.figure, one.part): one for one in validate(records, records, 1, 1, CLOCK)}
    # Ten an hour: each waits a tenth of an hour and holds a unit for half an hour.
    assert found[("incidents_waiting", 12)].observed == pytest.approx(1.0, abs=0.1)
    assert found[("units_at_work", 12)].observed == pytest.approx(5.0, abs=0.1)
    assert found[("response_s", -1)].observed == 660.0
    assert found[("response_s", -1)].distance == 0.0


def test_calibration_finds_what_made_up_records_were_made_with(
    run: Run, run_json: RunJson, invented_workspace: Workspace
) -> None:
    assert run("synthesise", "--year", "2022", workspace=invented_workspace).exit_code == 0
    answer = run_json("response", "calibrate", "--weeks", 8, workspace=invented_workspace)
    values = answer["values"]
    # The generator's parameters: median 2,400 s, spread 0.8, 0.9 and 0.4 units beyond the first; travel median 420 s.
    assert values["scene_median_s"] == pytest.approx(2400, rel=0.05)
    assert values["scene_spread"] == pytest.approx(0.8, rel=0.05)
    assert values["extra_units_mean"][:2] == pytest.approx([0.9, 0.4], abs=0.1)
    travel = answer["fits"][-1]
    assert travel["observed"] == pytest.approx(420, rel=0.06)
    assert travel["simulated"] == pytest.approx(travel["observed"], rel=0.03)
    assert answer["n_judged"] == pytest.approx(answer["n_fitted"], rel=0.1)
    assert answer["synthetic"] is True
    assert answer["toml"].startswith("[values]\nscene_median_s = ")
    kinds = {one["figure"] for one in answer["validation"]}
    assert kinds == {"response_s", "units_at_work", "incidents_waiting"}


def test_without_records_there_is_nothing_to_calibrate_to(run: Run, invented_workspace: Workspace) -> None:
    answer = run("response", "calibrate", workspace=invented_workspace)
    assert answer.exit_code == 3
    assert "no incidents" in answer.stderr
