"""Calibration finds what made the records, and validation measures what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from constabulary.response.calibration import held, tune
from constabulary.response.clock import Clock
from constabulary.response.observed import Observed, halves
from constabulary.response.validation import distance, validate
from constabulary.services.workspace.workspaces import Workspace

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
    found = {(one.figure, one.part): one for one in validate(records, records, 1, {}, CLOCK)}
    # Ten an hour: each waits a tenth of an hour and holds a unit for half an hour.
    assert found[("incidents_waiting", 12)].observed == pytest.approx(1.0, abs=0.1)
    assert found[("units_at_work", 12)].observed == pytest.approx(5.0, abs=0.1)
    assert found[("response_s", -1)].observed == 660.0
    assert found[("response_s", -1)].distance == 0.0


def test_response_is_compared_by_district_and_by_the_area_that_districts_make() -> None:
    records = observed(2800, 100.0, 200.0)
    three = records.rows(np.ones(2800, np.bool_))
    object.__setattr__(three, "district", np.arange(2800) % 3)
    waits = np.where(three.district == 2, 400.0, 100.0)
    object.__setattr__(three, "waited_s", waits)
    levels = {"district": np.arange(3), "area": np.array([0, 0, 1])}
    found = {(one.by, one.part): one for one in validate(three, three, 1, levels, CLOCK) if one.grade == 0}
    assert set(found) == {("all", -1), *(("district", n) for n in range(3)), ("area", 0), ("area", 1)}
    assert found["area", 0].observed == 300.0
    assert found["area", 1].observed == found["district", 2].observed == 600.0
    assert found["area", 0].n_observed == found["district", 0].n_observed + found["district", 1].n_observed


def test_a_hold_is_found_on_top_of_what_the_model_makes_wait_by_itself() -> None:
    rng = np.random.default_rng(1)
    luck = rng.standard_normal(20_000)
    queue_s = 60.0 + rng.exponential(120.0, 20_000)

    def waiting(median_s: float, spread: float) -> Observed:
        one = observed(20_000, 0.0, 300.0)
        object.__setattr__(one, "waited_s", queue_s + median_s * np.exp(spread * luck))
        return one

    fits = held(
        waiting(600.0, 0.8),
        lambda median_s, spread: waiting(median_s[0], spread[0]),
        {"held_median_s": [0.0], "held_spread": [0.5]},
        1,
    )
    assert [fit.name for fit in fits] == ["held_median_s", "held_spread"]
    assert fits[0].after == pytest.approx([600.0], rel=0.03)
    assert fits[1].after == pytest.approx([0.8], abs=0.03)
    assert fits[1].simulated == pytest.approx(fits[1].observed, rel=0.01)


def test_records_that_wait_less_than_the_model_are_not_held() -> None:
    fits = held(
        observed(200, 30.0, 300.0),
        lambda median_s, spread: observed(200, 90.0 + median_s[0], 300.0),
        {"held_median_s": [600.0], "held_spread": [0.5]},
        1,
    )
    assert fits[0].after == [0.0]
    assert (fits[0].observed, fits[0].simulated) == ([30], [90])


def test_calibration_finds_what_made_up_records_were_made_with(
    run: Run, run_json: RunJson, invented_workspace: Workspace
) -> None:
    assert run("synthesise", "--year", "2022", workspace=invented_workspace).exit_code == 0
    answer = run_json("response", "calibrate", "--weeks", 8, workspace=invented_workspace)
    values = answer["values"]
    # The generator's parameters: median 2,400 s, spread 0.8, 0.9 and 0.4 units beyond the first.
    assert values["scene_median_s"] == pytest.approx(2400, rel=0.05)
    assert values["scene_spread"] == pytest.approx(0.8, rel=0.05)
    assert values["extra_units_mean"][:2] == pytest.approx([0.9, 0.4], abs=0.1)
    fits = {fit["name"]: fit for fit in answer["fits"]}
    # Half of the waits until a unit is sent are up to 120 s, 900 s and four hours in the first three grades.
    assert fits["held_median_s"]["observed"][:3] == pytest.approx([120, 900, 14_400], rel=0.1)
    assert fits["held_median_s"]["simulated"] == pytest.approx(fits["held_median_s"]["observed"], rel=0.1)
    assert answer["n_judged"] == pytest.approx(answer["n_fitted"], rel=0.1)
    assert answer["synthetic"] is True
    assert answer["warnings"][0].startswith("The records are made up")
    assert answer["toml"].startswith("[values]\nscene_median_s = ")
    kinds = {one["figure"] for one in answer["validation"]}
    assert kinds == {"response_s", "units_at_work", "incidents_waiting"}
    # On the weeks not used, every grade with incidents enough to tell is near the records.
    whole = [one for one in answer["validation"] if one["by"] == "all" and one["n_observed"] >= 200]
    assert len(whole) == 3
    assert max(one["distance"] for one in whole) < 0.15


def test_without_records_there_is_nothing_to_calibrate_to(run: Run, invented_workspace: Workspace) -> None:
    answer = run("response", "calibrate", workspace=invented_workspace)
    assert answer.exit_code == 3
    assert "no incidents" in answer.stderr
