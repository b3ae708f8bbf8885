"""Officers given out by formulas and moved by what simulation says, held to trying every way and to worked cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from constabulary.response import allocation_search
from constabulary.response.allocation import Guide, Kind, give_out
from constabulary.response.allocation_search import Fared, improved
from constabulary.services.staffing import allocation_judging
from constabulary.services.staffing.allocation_judging import AllocationQuestion, cheapest, judge

DAY = Kind(tuple(range(7)), 7 * 60, 720)
NIGHT = Kind(tuple(range(7)), 19 * 60, 720)
SETUP: Any = SimpleNamespace(grade_ids=("immediate",))
IS_DAY = (np.arange(336) % 48 >= 14) & (np.arange(336) % 48 < 38)


def guide(weights: Sequence[float], halves: Sequence[float], now: Any = None) -> Guide:
    """Return a guide in which each unit of a district leaves a part of the incidents missed so far still missed."""
    units = np.arange(40.0)
    return Guide(
        tuple("abc"[: len(weights)]),
        (DAY, NIGHT),
        np.full((len(weights), 2), 4.0) if now is None else np.array(now),
        np.array([np.full(336, weight) for weight in weights]),
        tuple((1.0 - half**units)[None, :].repeat(12, axis=0) for half in halves),
        np.zeros((len(weights), 336), dtype=np.int64),
        np.stack([IS_DAY, ~IS_DAY]).astype(float),
    )


def every_way(n: int, parts: int) -> list[tuple[int, ...]]:
    """Return every way to give n to some parts, one at least to each."""
    if parts == 1:
        return [(n,)]
    return [(first, *rest) for first in range(1, n - parts + 2) for rest in every_way(n - first, parts - 1)]


@pytest.mark.parametrize("goal", ["best", "equal"])
@pytest.mark.parametrize("halves", [(0.5, 0.7), (0.6, 0.9), (0.3, 0.8)])
def test_officers_given_out_one_by_one_are_the_best_of_every_way(
    goal: str, halves: tuple[float, float]
) -> None:
    made = guide((3.0, 1.0), halves)
    n = 12
    found = give_out(made, goal, n * DAY.hours)
    worth: Callable[[Any], float] = (
        made.overall if goal == "best" else lambda one: float(made.shares(one).min())
    )
    ways = [np.array(way, dtype=float).reshape(2, 2) for way in every_way(n, 4)]
    assert found.sum() == n
    best = max(map(worth, ways))
    if goal == "best":
        assert worth(found) == pytest.approx(best)
    else:
        # One at a time to the worst-served: at most one officer of a district away from the best of every way.
        assert worth(found) >= max(worth(one) for one in ways if one.sum() == n) - (1 - max(halves)) * 0.5
        assert worth(found) >= worth(give_out(made, "best", n * DAY.hours)) - 1e-9


def test_nobody_is_put_on_a_shift_that_their_district_does_not_work() -> None:
    made = guide((1.0, 1.0), (0.5, 0.5), now=[[4.0, 4.0], [4.0, 0.0]])
    found = give_out(made, "best", 20 * DAY.hours)
    assert found[1, 1] == 0.0 and found.sum() == 20


def known(share: Callable[[Any], Any]) -> Callable[..., Fared]:
    """Return a simulation of allocations whose shares by district are known, with luck that all of them have alike."""

    def simulated(_: Any, guide: Guide, officers: Sequence[Any], n: int, seed: int, first: int = 0) -> Fared:
        luck = np.random.default_rng([seed, first]).normal(0.0, 0.002, (n, 1, 1))
        districts = np.array([share(one) for one in officers])[None, :, :] + luck
        weight = guide.incidents.sum(axis=1) / guide.incidents.sum()
        return Fared(districts @ weight, districts.min(axis=2), districts, np.zeros((n, len(officers), 0)))

    return simulated


@pytest.mark.parametrize("goal", ["best", "equal"])
def test_officers_move_to_where_an_hour_brings_most_and_no_hour_is_lost(
    goal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = guide((1.0, 1.0, 1.0), (0.5, 0.5, 0.5), now=np.full((3, 2), 6.0))
    # The first district is near its best already, the last is far from it; and nights bring half of what days do.
    hard = np.array([3.0, 6.0, 12.0])
    monkeypatch.setattr(
        allocation_search, "fared", known(lambda one: 1.0 - np.exp(-(one @ [1.0, 0.5]) / hard))
    )
    found = improved(None, made, made.now, goal, seed=1)  # type: ignore[arg-type]
    assert made.hours(found) == pytest.approx(made.hours(made.now))
    assert found[2].sum() > made.now[2].sum() > found[0].sum()
    assert found[:, 0].sum() > found[:, 1].sum()
    shares = 1.0 - np.exp(-(found @ [1.0, 0.5]) / hard)
    before = 1.0 - np.exp(-(made.now @ [1.0, 0.5]) / hard)
    assert (shares.mean() > before.mean()) if goal == "best" else (shares.min() > before.min())


def test_where_nothing_helps_nobody_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    made = guide((1.0, 1.0), (0.5, 0.5))
    monkeypatch.setattr(allocation_search, "fared", known(lambda one: np.array([0.5, 0.5])))
    assert improved(None, made, made.now, "best", seed=1) == pytest.approx(made.now)  # type: ignore[arg-type]


@pytest.mark.parametrize("target", [0.5, 0.8, 0.95])
def test_the_fewest_hours_for_a_target_are_found_to_a_few_per_cent(
    target: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = guide((1.0, 2.0), (0.5, 0.5))
    scale = np.array([6.0, 5.0])
    monkeypatch.setattr(
        allocation_judging, "fared", known(lambda one: 1.0 - np.exp(-one.sum(axis=1) / scale))
    )
    question = replace(AllocationQuestion(), goal="targets", target_share=target)
    found = cheapest(SETUP, made, question, made.now)
    # The harder district has 8 officers now: 1 - exp(-8 part / 6) = target.
    exact = -np.log(1.0 - target) * 6.0 / 8.0
    part = made.hours(found.officers) / made.now_h
    assert found.is_confident and exact <= part <= exact * 1.03
    chosen = next(one for one in found.options if one["name"] == found.name)
    assert chosen["surely_at_least"] >= target
    assert all(
        one["surely_at_least"] < target for one in found.options if one["posts_share"] < chosen["posts_share"]
    )


def with_quiet_runs(simulated: Callable[..., Fared], district: int, quiet: slice) -> Callable[..., Fared]:
    """Return the simulation with runs in which a district has no urgent incident."""

    def quieter(*asked: Any) -> Fared:
        made = simulated(*asked)
        districts = made.districts.copy()
        districts[quiet, :, district] = np.nan
        return replace(made, districts=districts)

    return quieter


@pytest.mark.parametrize("quiet", [slice(0, 20), slice(0, 29), slice(None)])
def test_runs_without_an_urgent_incident_in_a_district_tell_nothing_of_it(
    quiet: slice, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = guide((1.0, 2.0), (0.5, 0.5))
    simulated = known(lambda one: 1.0 - np.exp(-one.sum(axis=1) / [6.0, 2.0]))
    question = replace(AllocationQuestion(), goal="targets", target_share=0.8)
    monkeypatch.setattr(allocation_judging, "fared", simulated)
    whole = cheapest(SETUP, made, question, made.now)
    # The easier district: known from fewer runs, or from too few to say anything, it changes nothing.
    monkeypatch.setattr(allocation_judging, "fared", with_quiet_runs(simulated, 1, quiet))
    found = cheapest(SETUP, made, question, made.now)
    assert found.is_confident and made.hours(found.officers) == pytest.approx(made.hours(whole.officers))
    assert all(np.isfinite(one["surely_at_least"]) for one in found.options)


def test_a_run_with_nothing_urgent_at_all_does_not_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    made = guide((1.0, 1.0), (0.5, 0.5))
    plain = known(lambda one: 1.0 - np.exp(-one.sum(axis=1) / 6.0))

    def quieter(*asked: Any) -> Fared:
        found = plain(*asked)
        found.overall[0] = found.worst[0] = np.nan
        return found

    monkeypatch.setattr(allocation_judging, "fared", quieter)
    options = [("as now", made.now), ("twice as many", 2.0 * made.now)]
    found = judge(SETUP, made, replace(AllocationQuestion(), goal="best"), options)
    assert found.name == "twice as many" and found.is_confident
    assert [one["verdict"] for one in found.options] == ["less than 1 point better, if at all", "chosen"]


def test_a_target_out_of_reach_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    made = guide((1.0, 1.0), (0.5, 0.5))
    monkeypatch.setattr(allocation_judging, "fared", known(lambda one: np.array([0.4, 0.6])))
    question = replace(AllocationQuestion(), goal="targets", target_share=0.9)
    found = cheapest(SETUP, made, question, made.now)
    assert not found.is_confident and not any(one["still_in"] for one in found.options)
