"""`constabulary response allocate`: officers given out, judged and taken away as a scenario."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result

from constabulary.services.response.setup import make_ready, scenario_of
from constabulary.services.workspace.workspaces import Workspace

Run = Callable[..., Result]
RunJson = Callable[..., dict[str, Any]]
QUICK = ("--weeks", 2, "--replications", 4, "--difference", 0.2)


def test_officers_of_the_invented_force_are_given_out_within_their_hours(
    invented_workspace: Workspace, tmp_path: Path, run_json: RunJson
) -> None:
    out = tmp_path / "proposal.toml"
    answer = run_json(
        "response", "allocate", "--goal", "equal", *QUICK, "--out", out, workspace=invented_workspace
    )
    assert answer["posts_proposed"] <= answer["posts_now"] + 1e-9
    assert {row["district"] for row in answer["allocation"]} == {"W99900001", "W99900002", "W99900003"}
    hours = [len(one["days"].split()) * one["length_min"] / 60 for one in answer["shifts"]]
    now, proposed = (
        sum(n * h for row in answer["allocation"] for n, h in zip(row[which], hours, strict=True))
        for which in ("now", "proposed")
    )
    assert proposed <= now + 1e-9
    assert any(one["name"] == answer["chosen"] for one in answer["options"])
    posts = [one["posts"] for one in answer["frontier"]]
    assert posts == sorted(posts) and len(answer["frontier"]) == 5
    assert all(
        one["posts_share"] == pytest.approx(1.0) for one in answer["options"]
    )  # all of them of one cost
    assert [one["grade"] for one in answer["changes_by_grade"]] == ["critical", "urgent"]
    for one in (*answer["changes_by_grade"], *answer["changes_by_district"]):
        assert one["change"] == pytest.approx(one["within_share"] - one["within_share_now"])
    # Work has to be done by whichever model: busy units, added up, are near each other.
    units, *busy = np.array(
        [
            [one["units"], one["hypercube_busy_share"], one["simulated_busy_share"]]
            for one in answer["hypercube"]
        ]
    ).T
    assert answer["hypercube"][0]["exact"] and units.sum() < 18.5
    assert units @ busy[0] == pytest.approx(units @ busy[1], rel=0.25)
    assert all(0.0 <= one["hypercube_cross_border_share"] < 0.5 for one in answer["hypercube"])
    # Taken away as a scenario, it has the posts that were proposed.
    ready = make_ready(invented_workspace, scenario_of(invented_workspace, out), 2)
    for row in answer["allocation"]:
        there = sum(
            line.officers * len(line.weekdays) * line.length_min / 60
            for line in ready.setup.lines
            if ready.setup.places.district_ids[line.district] == row["district"]
        )
        wanted = sum(n * h for n, h in zip(row["proposed"], hours, strict=True))
        assert there == pytest.approx(wanted, rel=0.02)


def test_a_target_is_met_or_said_not_to_be(invented_workspace: Workspace, run_json: RunJson) -> None:
    answer = run_json(
        *("response", "allocate", "--goal", "targets", "--target-share", 0.5, *QUICK),
        workspace=invented_workspace,
    )
    met = [one for one in answer["options"] if one["surely_at_least"] >= 0.5]
    assert answer["is_confident"] is bool(met)
    if met:
        assert answer["chosen"] == met[0]["name"]  # the options stand in order of cost


@pytest.mark.parametrize(("factor", "told"), [(0.00002, "no incident"), (0.002, "0.34 incidents")])
@pytest.mark.parametrize("goal", ["best", "targets"])
def test_hardly_anything_urgent_to_judge_by_is_told(
    goal: str, factor: float, told: str, invented_workspace: Workspace, tmp_path: Path, run: Run
) -> None:
    quiet = tmp_path / "quiet.toml"
    quiet.write_text(f'schema = 1\nname = "Quiet"\n\n[demand]\nfactor = {factor}\n', encoding="utf-8")
    asked = ("response", "allocate", "--goal", goal, *QUICK, "--scenario", quiet)
    result = run(*asked, workspace=invented_workspace)
    assert result.exit_code == 3, result.stderr
    assert told in result.stderr and "more weeks" in result.stderr


def test_numbers_that_cannot_be_used_are_told(invented_workspace: Workspace, run: Run) -> None:
    result = run(
        *("response", "allocate", "--confidence", 2, "--weeks", 1, "--difference", 0),
        *("--posts-added", "nan", "--seed", -1),
        workspace=invented_workspace,
    )
    assert result.exit_code == 3
    for name in ("confidence", "weeks", "difference", "posts_added", "seed"):
        assert name in result.stderr
