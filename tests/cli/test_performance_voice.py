"""Surveys, priorities and comparisons from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

COMPARED = """force,count,base
Westmarch Watch,120,1000
Eastmarch Watch,300,2000
Northmarch Watch,80,1000
Far,10,1000
"""


def test_a_survey_file_answers_with_its_interval_and_whether_the_change_is_real(
    run_json: Any, run: Any, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("period,n_satisfied,n_answered\n2023,700,1000\n2024,760,1000\n", encoding="utf-8")
    two.write_text("period,n_satisfied,n_answered\n2023,70,100\n2024,76,100\n", encoding="utf-8")
    large, small = run_json("performance", "survey", one), run_json("performance", "survey", two)
    assert large["cells"][1]["share"] == small["cells"][1]["share"] == 0.76
    assert (large["cells"][1]["change"]["is_real"], small["cells"][1]["change"]["is_real"]) == (True, False)
    assert "a real change" in large["sentence"]
    assert "no more than chance" in small["sentence"]
    assert large["stamp"]["id"] != small["stamp"]["id"]
    told = run("performance", "survey", one)
    assert told.exit_code == 0
    assert "76.0%" in told.output


def test_the_public_view_hides_few_people(run_json: Any, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(
        "period,group,n_satisfied,n_answered\n2024,A,5,9\n2024,B,20,40\n2024,C,30,60\n", encoding="utf-8"
    )
    open_view = run_json("performance", "survey", path)
    public = run_json("performance", "survey", path, "--public")
    strict = run_json("performance", "survey", path, "--public", "--minimum", 60)
    hidden = [{c["group"]: c["hidden"] for c in answer["cells"]} for answer in (open_view, public, strict)]
    assert hidden[0] == {"": None, "A": None, "B": None, "C": None}
    assert hidden[1] == {"": None, "A": "few_people", "B": "gives_another_away", "C": None}
    assert hidden[2] == {"": None, "A": "few_people", "B": "few_people", "C": "gives_another_away"}


def test_the_surveys_of_the_force_folder_are_told(
    run_json: Any, workspace: Any, invented_workspace: Any
) -> None:
    shipped = run_json("performance", "surveys", workspace=workspace)["surveys"]
    invented = run_json("performance", "surveys", workspace=invented_workspace)["surveys"]
    # 68.6% and 71.4% of about 3,600 people each: by hand the difference has a standard error of 1.08 points.
    change = shipped[0]["cells"][1]["change"]
    assert change["value"] == pytest.approx(0.028)
    assert change["interval"]["lower"] == pytest.approx(0.028 - 1.96 * 0.0108, abs=2e-4)
    assert change["is_real"]
    assert not invented[0]["cells"][1]["change"]["is_real"]
    # 78% of 3,268: by hand the standard error is 0.725 points.
    asked = next(one for one in shipped if one["name"] == "council_tax_2018_19")["cells"][0]
    assert asked["interval"]["upper"] - asked["interval"]["lower"] == pytest.approx(
        2 * 1.96 * 0.00725, abs=2e-4
    )
    assert len(shipped) == 3
    assert len(invented) == 1


def test_priorities_are_listed_latest_first_and_by_state(
    run_json: Any, run: Any, workspace: Any, invented_workspace: Any
) -> None:
    rows = run_json("performance", "priorities", workspace=invented_workspace)["priorities"]
    assert [row["priority_id"] for row in rows] == ["p2", "p3", "p1"]
    met = run_json("performance", "priorities", "--state", "met", workspace=invented_workspace)["priorities"]
    assert [(row["priority_id"], row["closed_on"]) for row in met] == [("p1", "2022-09-13")]
    assert run_json("performance", "priorities", workspace=workspace)["priorities"] == []
    assert "no such priorities" in run("performance", "priorities", workspace=workspace).output


def test_a_force_is_compared_with_all_and_with_its_group_of_the_day(
    run_json: Any, run: Any, invented_workspace: Any, tmp_path: Path
) -> None:
    path = tmp_path / "crimes.csv"
    path.write_text(COMPARED, encoding="utf-8")
    asked = ("performance", "compare", path, "--force", "Westmarch Watch")
    alone = run_json(*asked, workspace=invented_workspace)
    assert alone["group_average"] is None
    assert alone["average"]["value"] == pytest.approx(510 / 5000 * 1000)
    assert alone["average_of_others"]["value"] == pytest.approx(390 / 4000 * 1000)
    now = run_json(*asked, "--group", "river_forces", workspace=invented_workspace)
    then = run_json(*asked, "--group", "river_forces", "--on", "2018-01-01", workspace=invented_workspace)
    assert now["group_average"]["value"] == pytest.approx(200 / 2000 * 1000)
    assert then["group_average"]["value"] == pytest.approx(420 / 3000 * 1000)
    best = run_json(*asked, "--direction", "decrease", workspace=invented_workspace)
    assert (alone["force"]["rank"], best["force"]["rank"]) == (2, 3)
    assert "rank 2 of 4" in run(*asked, workspace=invented_workspace).output
    missing = run(*asked, "--group", "sea_forces", workspace=invented_workspace)
    assert missing.exit_code == 9
    assert "river_forces" in missing.output
