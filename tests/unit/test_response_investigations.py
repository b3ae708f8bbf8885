"""Investigators' load, held to a count by hand and to Little's law."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from constabulary.parameters import load_parameters
from constabulary.response.arrivals import Demand, draw, expected
from constabulary.response.clock import Clock
from constabulary.response.draws import Luck
from constabulary.response.figures import Key
from constabulary.response.investigations import InvestigationSetup, investigation_outcomes

EVERY = {**load_parameters("synthetic"), **load_parameters("response")}
CLOCK = Clock(date(2017, 4, 3), 182, "Europe/London")
SHORT = Clock(date(2017, 4, 3), 7, "Europe/London")


def figures(
    n_investigators: float, replication: int = 0, clock: Clock = CLOCK, **other: Any
) -> tuple[dict[Key, float], dict[str, str]]:
    values = {name: one.value for name, one in EVERY.items()} | other
    rate = expected(clock, 20_000.0, np.ones(168), np.ones(12))
    demand = Demand(rate, np.ones(2), np.array([0.5]), np.array([1.0, 1.0]))
    luck = Luck(1, replication)
    setup = InvestigationSetup((True, False), n_investigators, 20_000 / 365 / 2)
    found = investigation_outcomes(setup, draw(demand, values, clock, luck), values, clock, 0.0, luck)
    return dict(found.figures), dict(found.unstable)


def test_open_crimes_are_those_a_day_times_their_length() -> None:
    short = {"volume": [5, 5, 5], "complex": [5, 5, 5]}
    found, unstable = figures(200.0, investigation_delay_days=short)
    assert not unstable
    # Little: crimes a day times the mean days, with delays short enough for the run to reach its steady state.
    a_day = 20_000 / 365 / 2
    assert found[Key("crimes_open", "all")] == pytest.approx(
        a_day * found[Key("investigation_mean_days", "all")], rel=0.05
    )


def test_busy_time_is_the_work_over_the_hours_there_are() -> None:
    found, _ = figures(200.0)
    a_day = 20_000 / 365 / 2
    mean = np.exp(0.7**2 / 2)
    volume = 0.8 * (1 + 1.5 + 0.1 * 8) * mean
    complex_ = 0.2 * (3 + 7 + 0.2 * 20) * mean
    hours = 200.0 * 5 / 7 * 6
    assert found[Key("investigator_busy_share", "all")] == pytest.approx(
        a_day * (volume + complex_) / hours, rel=0.08
    )


def test_without_hours_no_share_is_busy_and_without_investigators_none_has_a_load() -> None:
    idle, _ = figures(200.0, clock=SHORT, investigation_hours_a_day=0.0)
    nobody, _ = figures(0.0, clock=SHORT)
    # A team of nobody beside one that is there has no load of its own.
    no_specialists, _ = figures(200.0, clock=SHORT, specialist_share=0.0)
    for team in ("all", "volume", "complex"):
        assert np.isnan(idle[Key("investigator_busy_share", team)])
        assert idle[Key("investigator_load", team)] > 0.0
        assert np.isnan(nobody[Key("investigator_busy_share", team)])
        assert np.isnan(nobody[Key("investigator_load", team)])
    assert np.isnan(no_specialists[Key("investigator_load", "complex")])
    assert no_specialists[Key("investigator_load", "volume")] > 0.0


def test_fewer_investigators_take_longer_and_too_few_never_finish() -> None:
    many, few, too_few = figures(200.0), figures(55.0), figures(15.0)
    key = Key("investigation_mean_days", "all")
    assert many[0][key] <= few[0][key]
    assert many[1] == {}
    assert set(too_few[1]) == {"volume", "complex"}
    assert "grow" in too_few[1]["volume"]


def test_a_short_run_tells_too_that_investigators_cannot_keep_up() -> None:
    # Work by hand for each of 20,000 / 365 / 2 crimes a day, against the hours of a share of 0.3 specialists.
    weeks = Clock(date(2017, 4, 3), 21, "Europe/London")
    a_day, mean = 20_000 / 365 / 2, np.exp(0.7**2 / 2)
    hours = {"volume": 0.7 * 5 / 7 * 6, "complex": 0.3 * 5 / 7 * 6}
    work = {"volume": 0.8 * (1 + 1.5 + 0.1 * 8) * mean, "complex": 0.2 * (3 + 7 + 0.2 * 20) * mean}
    assumed = {"specialist_share": 0.3, "complex_share": 0.2}
    needed = {team: a_day * work[team] / hours[team] for team in work}
    least, most = min(needed, key=needed.__getitem__), max(needed, key=needed.__getitem__)
    between = (needed[least] + needed[most]) / 2.0
    assert set(figures(0.8 * needed[least], clock=weeks, **assumed)[1]) == {"volume", "complex"}
    assert set(figures(between, clock=weeks, **assumed)[1]) == {most}
    assert figures(1.3 * needed[most], clock=weeks, **assumed)[1] == {}
    assert set(figures(200.0, clock=weeks, investigation_hours_a_day=0.0)[1]) == {"volume", "complex"}
