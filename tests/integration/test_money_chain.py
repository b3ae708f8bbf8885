"""From a pound on band D to minutes and back, each link worked by hand from a table of what posts buy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from constabulary.core.errors import BadInput, NothingThere
from constabulary.core.provenance import code_version
from constabulary.services.finance import solve as finance_solve
from constabulary.services.finance.chain import FIGURES, what_rises_buy
from constabulary.services.response import workforce
from constabulary.services.response.simulation import keep
from constabulary.services.workspace.workspaces import Workspace, new_workspace

Run = Callable[..., Any]
NOW = {
    "on_duty_units": 50.0,
    "median_s": 600.0,
    "p90_s": 1200.0,
    "within_target_share": 0.8,
    "uncommitted_h": 4000.0,
    "visible_officer_h": 5000.0,
}
A_POST = {
    "on_duty_units": 0.12,
    "median_s": -2.0,
    "p90_s": -4.0,
    "within_target_share": 0.001,
    "uncommitted_h": 20.0,
    "visible_officer_h": 28.0,
}
"""What each post changes in the table, up to 50; from there to 100 half as much."""


def row(posts: float, half_width: float) -> dict[str, Any]:
    counted = min(posts, 50.0) + max(posts - 50.0, 0.0) / 2.0
    found: dict[str, Any] = {"posts_added_fte": posts, "grade": "immediate"}
    for name in FIGURES:
        found |= {name: NOW[name] + counted * A_POST[name], f"{name}_half_width": 1.0}
        found |= {f"{name}_change": counted * A_POST[name], f"{name}_change_half_width": half_width}
    return found


def effect(**other: Any) -> dict[str, Any]:
    return {
        "schema": 2, "kind": "effect", "scenario": "As it stands", "replications": 20, "weeks": 26, "warnings": [],
        "cost_gbp_a_post": 45_900.0, "stamp": {"id": "abc", "inputs": {}},
        "rows": [row(-50, 4.0), row(0, 0.0), row(50, 4.0), row(100, 6.0)], **other,
    }  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = new_workspace(tmp_path / "chain", "cambridgeshire")
    keep(made, effect())
    return made


def test_a_rise_is_followed_from_homes_to_pounds_officers_and_seconds(workspace: Workspace) -> None:
    five = what_rises_buy(workspace, [Decimal(5)]).links[0]
    # £5 on 267,429.30 band D homes; an officer at £50,000 and two pay awards (£51,572.16).
    assert five.year == "2016/17"
    assert float(five.raised_gbp) == pytest.approx(5 * 267_429.30)
    assert five.n_officers == 25 == int(five.raised_gbp / five.officer_cost_gbp)
    assert five.response["median_s"].now == 600.0
    assert five.response["median_s"].change == pytest.approx(-50.0)
    assert five.response["median_s"].half_width == pytest.approx(2.0)
    assert five.response["visible_officer_h"].change == pytest.approx(700.0)
    assert "25 are paid for" in five.working[1]
    assert "between the rows of 0 and +50 posts" in five.working[-1]


def test_beyond_a_bend_of_the_table_the_next_stretch_counts(workspace: Workspace) -> None:
    twelve = what_rises_buy(workspace, [Decimal(12)]).links[0]
    # 62 officers: 50 at 2 seconds each and 12 at one.
    assert twelve.n_officers == 62
    assert twelve.response["median_s"].change == pytest.approx(-112.0)


def test_the_gap_is_told_as_officers_fewer_and_as_band_d(workspace: Workspace) -> None:
    gap = what_rises_buy(workspace, [Decimal(1)]).links[-1]
    solved = finance_solve.band_d(workspace, years=("2014/15",)).years[0]
    assert gap.rise_gbp == solved.needed_gbp - solved.planned_gbp
    assert gap.n_officers == pytest.approx(float(solved.gap_gbp) / 50_000.0)
    assert gap.response["median_s"].change == pytest.approx(-2.0 * gap.n_officers)


def test_read_backwards_a_minute_costs_what_forwards_bought_it(workspace: Workspace) -> None:
    wanted = {"median_s": -60.0, "within_target_share": 0.06, "visible_officer_h": 1e9}
    minute, share, hours = what_rises_buy(workspace, [Decimal(1)], wanted=wanted).costs
    assert minute.posts_fte == pytest.approx(30.0)
    assert float(minute.cost_gbp or 0) == pytest.approx(30 * 51_572.16)
    assert float(minute.rise_gbp or 0) == pytest.approx(30 * 51_572.16 / 267_429.30, abs=0.01)
    assert share.posts_fte == pytest.approx(70.0)  # 50 posts bring 5 points, the sixth takes 20 more
    assert hours.rise_gbp is None
    assert "do not bring it" in hours.reason


def test_more_posts_than_were_simulated_give_a_reason_and_no_figure(workspace: Workspace) -> None:
    hundred = what_rises_buy(workspace, [Decimal(100)]).links[0]
    assert hundred.n_officers > 100
    assert hundred.response == {}
    assert "-50 to +100 posts" in hundred.reason
    keep(workspace, effect(rows=[row(0, 0.0), row(50, 4.0)]))
    assert "from 0 to +50 posts" in what_rises_buy(workspace, [Decimal(100)]).links[0].reason


def test_a_folder_changed_since_is_warned_of_and_an_old_table_is_not_read(workspace: Workspace) -> None:
    assert any("earlier state" in one for one in what_rises_buy(workspace).warnings)
    bare = new_workspace(workspace.path.parent / "bare", "cambridgeshire")
    keep(bare, effect(schema=1))
    with pytest.raises(NothingThere, match="workforce effect"):
        what_rises_buy(bare)
    with pytest.raises(BadInput, match="not priced"):
        what_rises_buy(workspace, wanted={"happiness": 1.0})


def test_a_table_that_other_code_simulated_is_warned_of(tmp_path: Path) -> None:
    made = new_workspace(tmp_path / "chain", "cambridgeshire")
    keep(made, effect(stamp={"id": "abc", "inputs": {}, "code": "0.0.9+0123456789ab"}))
    assert any("0.0.9+0123456789ab" in one for one in what_rises_buy(made).warnings)
    keep(made, effect(stamp={"id": "abc", "inputs": {}, "code": code_version()}))
    assert not any("other code" in one for one in what_rises_buy(made).warnings)


def test_the_command_answers_in_words_and_by_its_contract(
    workspace: Workspace, run: Run, run_json: Callable[..., dict[str, Any]]
) -> None:
    answer: Mapping[str, Any] = run_json(
        "finance", "buys", "--rise", 5, "--seconds-sooner", 60, workspace=workspace
    )
    assert answer["links"][0]["n_officers"] == 25
    assert answer["links"][0]["response"]["median_s"] == {"now": 600.0, "change": -50.0, "half_width": 2.0}
    assert [one["figure"] for one in answer["costs"]] == ["median_s"]
    said = run("finance", "buys", "--rise", "5", workspace=workspace)
    assert said.exit_code == 0
    assert "Half of emergencies reached 60 seconds sooner: £5.79 on band D (30.0 posts" in said.stdout
    assert "assumed" in said.stderr


def test_a_table_of_few_runs_is_warned_of(tmp_path: Path) -> None:
    made = new_workspace(tmp_path / "few", "cambridgeshire")
    workforce.effect(made, [0.0, 25.0], replications=2, weeks=1)
    assert any("only 2 runs" in one for one in what_rises_buy(made).warnings)


def test_a_half_pound_is_one_in_the_table_as_in_the_working(workspace: Workspace, run: Run) -> None:
    # 5 x 267,429.30 = 1,337,146.50.
    said = run("finance", "buys", "--rise", "5", workspace=workspace).stdout
    assert said.count("1,337,147") == 3
