"""Investigation by cases worked by hand, by laws of stocks and flows, and uncompiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.response._kernel import investigation as kernel
from constabulary.response.investigation import Crimes, InvestigationResult, Teams, investigate


def run(on_day: Any, work_h: Any, n: Any, days: int = 20, **more: Any) -> InvestigationResult:
    """Crimes of one stage but where more is given, and one team of n."""
    work = np.asarray(work_h, float)
    work = np.broadcast_to(
        work[:, None] if work.ndim == 1 else work, (len(on_day), work.shape[-1] if work.ndim > 1 else 1)
    )
    teams = {name: more.pop(name) for name in ("caseload", "hours_a_day") if name in more}
    stages: dict[str, Any] = {
        "team": np.zeros(work.shape, int),
        "delay_days": np.zeros(work.shape, int),
        **more,
    }
    officers = np.broadcast_to(np.atleast_2d(np.asarray(n, float).T).T, (np.size(n), days))
    return investigate(Crimes.of(on_day=on_day, work_h=work, **stages), Teams.of(officers, **teams))


def test_work_is_done_in_turn_with_the_hours_there_are() -> None:
    result = run([0, 0, 1], [12.0, 6.0, 4.0], 1)
    # Days of 8 h: 8 | 4 + 4 | 2 + 4.
    assert result.closed_on.tolist() == [1, 2, 2]
    assert result.length_days.tolist() == [1.0, 2.0, 1.0]
    assert result.used_h[0, :4].tolist() == [8.0, 8.0, 6.0, 0.0]
    assert result.held[0, :4].tolist() == [2, 2, 0, 0]


def test_nobody_works_more_than_a_day_s_hours_on_one_crime_in_a_day() -> None:
    assert run([0], [20.0], 5).closed_on.tolist() == [2]


def test_the_most_urgent_come_first() -> None:
    result = run([0, 0], [8.0, 8.0], 1, priority=[1, 0])
    assert result.closed_on.tolist() == [1, 0]


def test_a_delay_passes_before_the_next_stage_and_another_team_begins_the_day_after() -> None:
    result = run(
        [0],
        [[4.0, 2.0, 4.0]],
        [1, 1],
        team=[[0, 0, 1]],
        delay_days=[[3, 0, 1]],
    )
    # Day 0: 4 h, then three days; day 3: 2 h; day 4: the other team, 4 h, then one day.
    assert result.used_h[:, :6].tolist() == [[4.0, 0.0, 0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 4.0, 0.0]]
    assert result.closed_on.tolist() == [5]
    assert result.held[:, :6].tolist() == [[1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0]]


def test_beyond_the_caseload_crimes_wait_as_a_backlog() -> None:
    result = run([0, 0, 0], [2.0, 2.0, 2.0], 1, delay_days=[[5], [5], [5]], caseload=2.0)
    assert result.taken_up_on.tolist() == [0, 0, 6]
    assert result.backlog[0, :7].tolist() == [1, 1, 1, 1, 1, 1, 0]
    assert result.closed_on.tolist() == [5, 5, 11]
    assert run([0, 0, 0], [2.0] * 3, 1, delay_days=[[5]] * 3).closed_on.tolist() == [5, 5, 5]


def test_a_crime_without_a_stage_is_closed_at_once() -> None:
    result = run([3], [5.0], 1, team=[[-1]])
    assert (result.closed_on.tolist(), result.used_h.sum()) == ([3], 0.0)


def test_a_team_that_is_away_takes_nothing_up() -> None:
    n = np.ones((1, 6))
    n[0, :2] = 0.0
    crimes = Crimes.of(on_day=[0], team=[[0]], work_h=[[4.0]], delay_days=[[0]])
    result = investigate(crimes, Teams.of(n))
    assert (result.taken_up_on.tolist(), result.backlog[0, :3].tolist()) == ([2], [1, 1, 0])


def many(seed: int, n: int = 3000, days: int = 400) -> Crimes:
    rng = np.random.default_rng(seed)
    team = rng.integers(0, 3, (n, 3))
    team[rng.uniform(size=n) < 0.4, 1:] = -1
    return Crimes.of(
        on_day=np.sort(rng.integers(0, days, n)),
        team=team,
        work_h=rng.exponential(5.0, (n, 3)),
        delay_days=rng.poisson(4.0, (n, 3)),
        priority=rng.integers(0, 3, n),
    )


def test_the_stock_is_what_came_in_less_what_was_closed_and_hours_are_those_of_the_work() -> None:
    crimes = many(1)
    result = investigate(crimes, Teams.of(np.full((3, 600), 6.0), caseload=8.0))
    days = np.arange(600)
    came = (crimes.on_day[:, None] <= days).sum(axis=0)
    closed = ((result.closed_on[:, None] <= days) & (result.closed_on[:, None] >= 0)).sum(axis=0)
    moving = came - closed - result.n_open.sum(axis=0)  # between two teams overnight
    assert moving.min() >= 0 and moving[-1] == 0
    assert (result.closed_on >= 0).all()
    work = np.where(crimes.team >= 0, crimes.work_h, 0.0)
    assert result.used_h.sum() == pytest.approx(work.sum())
    assert (result.used_h <= result.available_h + 1e-9).all()
    # Little: the mean number open is the rate at which they come times how long they stay.
    assert (came - closed).sum() == result.length_days.sum()


def test_with_more_work_than_hours_the_backlog_grows_by_the_difference() -> None:
    n_days, a_day = 200, 5
    result = run(
        np.repeat(np.arange(n_days), a_day), np.full(n_days * a_day, 8.0), 4, days=n_days, caseload=1.0
    )
    assert result.backlog[0].tolist() == [day + 1 for day in range(n_days)]


def test_compiled_and_as_plain_python_investigations_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    crimes, teams = many(2, 600, 100), Teams.of(np.full((3, 200), 6.0), caseload=8.0)
    compiled = investigate(crimes, teams)
    for name, value in vars(kernel).items():
        if hasattr(value, "py_func"):
            monkeypatch.setattr(kernel, name, value.py_func)
    for name, values in vars(investigate(crimes, teams)).items():
        np.testing.assert_array_equal(values, getattr(compiled, name), name)


def test_what_cannot_be_investigated_is_refused_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        run([1, 0], [-1.0, 1.0], 1, team=[[4], [0]], priority=99, caseload=-1.0)
    assert {problem.column for problem in refused.value.problems} == {
        "Crimes.on_day",
        "Crimes.team",
        "Crimes.work_h",
        "Crimes.priority",
        "Teams.caseload",
    }
