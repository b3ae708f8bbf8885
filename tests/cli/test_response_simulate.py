"""`constabulary response simulate | appraise | assumptions` and `workforce`: what scripts may rely on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from constabulary.parameters import load_parameters
from constabulary.response._kernel.records import COUNTERS
from constabulary.response.figures import ABOUT, UNITS
from constabulary.response.scenario import RULES
from constabulary.services.workspace.workspaces import Workspace, new_workspace

Run = Callable[..., Result]
RunJson = Callable[..., dict[str, Any]]
QUICK = ("--replications", 3, "--weeks", 2)
OUTCOMES = {
    "within_target_share",
    "median_s",
    "p90_s",
    "full_median_s",
    "queue_mean",
    "uncommitted_h",
    "uncommitted_share",
    "cross_border_share",
    "preempted_share",
    "travel_mean_s",
    "late_share",
    "custody_wait_median_s",
    "worst_within_target_share",
}


def figures(answer: dict[str, Any]) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    return {(one["figure"], one["of"], one["by"], one["part"]): one for one in answer["figures"]}


def test_simulate_answers_by_the_contract(run_json: RunJson, invented_workspace: Workspace) -> None:
    answer = run_json("response", "simulate", *QUICK, "--seed", 5, workspace=invented_workspace)
    found = figures(answer)
    assert {key[0] for key in found} >= OUTCOMES
    for one in answer["figures"]:
        assert one.keys() >= {"mean", "half_width", "n", "unit"}
        assert one["mean"] is not None or one["reason"]
        assert one["unit"] == UNITS[one["figure"]]
    share = found[("within_target_share", "critical", "all", "all")]
    assert 0.0 < share["mean"] <= 1.0
    assert share["half_width"] > 0.0
    assert answer["level"] == 0.95
    assert answer["replications"] == 3
    stamp = answer["stamp"]
    assert (stamp["seed"], len(stamp["inputs"]["force folder"])) == (5, 64)
    assert stamp["parameters"]["versions"].keys() == {"numpy", "scipy", "numba"}
    hours = {(one["figure"], one["of"]): one for one in answer["by_hour_of_week"] if one["by"] == "all"}
    assert len(hours[("median_s", "critical")]["mean"]) == 168
    assert {one["by"] for one in answer["figures"]} == {"all", "district", "setting", "area", "pool", "rule"}
    assert any(one["status"] == "assumed" for one in answer["rests_on"])
    assert answer["simulated"] is True


def test_the_same_question_gets_the_same_answer(run_json: RunJson, invented_workspace: Workspace) -> None:
    first = run_json("response", "simulate", *QUICK, workspace=invented_workspace)
    kept = run_json("response", "simulate", *QUICK, workspace=invented_workspace)
    shutil.rmtree(invented_workspace.path / "results" / "response")
    anew = run_json("response", "simulate", *QUICK, workspace=invented_workspace)
    assert first == kept == anew


def test_one_replication_gives_no_half_width_and_says_why(
    run_json: RunJson, invented_workspace: Workspace
) -> None:
    once = ("--replications", 1, "--weeks", 1)
    for one in run_json("response", "simulate", *once, workspace=invented_workspace)["figures"]:
        assert one["half_width"] is None
        assert one["reason"]


def test_a_half_width_that_is_not_reached_is_told(run_json: RunJson, invented_workspace: Workspace) -> None:
    wanted = (*QUICK, "--half-width", 0.00001)
    answer = run_json("response", "simulate", *wanted, workspace=invented_workspace)
    assert any("half-width of 1e-05 was not reached in 3 replications" in one for one in answer["warnings"])
    easy = run_json("response", "simulate", *QUICK, "--half-width", 0.9, workspace=invented_workspace)
    assert not any("half-width" in one for one in easy["warnings"])


@pytest.mark.parametrize(
    ("option", "value"),
    [("half-width", "-1"), ("half-width", "nan"), ("replications", "0"), ("seed", "-4"), ("weeks", "0")],
)
def test_numbers_that_cannot_be_used_are_refused_with_their_value(
    run: Run, invented_workspace: Workspace, option: str, value: str
) -> None:
    refused = run("response", "simulate", f"--{option}", value, workspace=invented_workspace)
    assert refused.exit_code == 3
    assert f"{option.replace('-', '_')}: {value} cannot be used. Expected" in refused.stderr


def test_units_that_cannot_keep_up_give_null_and_the_reason(
    run_json: RunJson, invented_workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "flood.toml"
    path.write_text('schema = 1\nname = "Flood"\n[demand]\nfactor = 6\n')
    answer = run_json("response", "simulate", "--scenario", path, *QUICK, workspace=invented_workspace)
    slow = figures(answer)[("median_s", "planned", "all", "all")]
    assert slow["mean"] is None
    assert "cannot keep up" in slow["reason"]
    assert "planned" in answer["unstable"]
    # Neither do investigators, who had half a year of it before the run: nothing is told of their backlog.
    backlog = figures(answer)[("crimes_open", "all", "all", "all")]
    assert backlog["mean"] is None
    assert "open crimes grow" in backlog["reason"]
    assert not [
        row for row in answer["by_hour_of_week"] if (row["figure"], row["of"]) == ("queue_mean", "all")
    ]


def test_each_rule_tells_how_often_it_was_used_and_none_is_once_it_is_switched_off(
    run_json: RunJson, invented_workspace: Workspace, tmp_path: Path
) -> None:
    # So busy that units are called away from meals, from their way and, which this force does not allow, from scenes.
    busy = "[demand]\nfactor = 3\n[values]\npreempts_on_scene = [1, 0]\n[rules]\n"
    uses = []
    for name, rules in (("on", ""), ("off", "".join(f"{one} = false\n" for one in RULES))):
        path = tmp_path / f"{name}.toml"
        path.write_text(f'schema = 1\nname = "{name}"\n{busy}{rules}')
        answer = run_json("response", "simulate", "--scenario", path, *QUICK, workspace=invented_workspace)
        found = figures(answer)
        uses.append({key[3]: one for key, one in found.items() if key[0] == "rule_uses"})
        assert uses[-1]["sent"]["unit"] == "count_per_week"
    held, without = uses
    assert held.keys() == without.keys() == set(COUNTERS)
    assert [name for name, one in held.items() if not one["mean"] > 0.0] == ["work_restarted"]
    # What no rule holds: being sent, waiting, finishing late, and work begun again where it is not resumed.
    always = {"sent", "waited", "late_finishes", "work_restarted"}
    assert {name for name, one in without.items() if one["mean"] > 0.0} <= always


def test_an_option_that_cannot_keep_up_has_no_differences_and_that_is_said_first_of_it(
    run_json: RunJson, invented_workspace: Workspace, tmp_path: Path
) -> None:
    paths = [tmp_path / "now.toml", tmp_path / "flood.toml"]
    paths[0].write_text('schema = 1\nname = "Now"\n')
    paths[1].write_text('schema = 1\nname = "Flood"\n[demand]\nfactor = 6\n[cost]\nonce_gbp = 2000000\n')
    answer = run_json("response", "appraise", *paths, *QUICK, workspace=invented_workspace)
    changes = figures({"figures": answer["differences"]})
    for key in (("median_s", "planned"), ("queue_mean", "all"), ("investigation_mean_days", "volume")):
        one = changes[(*key, "all", "all")]
        assert (one["mean"], one["half_width"], one["verdict"]) == (None, None, "not clear")
        assert "cannot keep up" in one["reason"] or "busy all the time" in one["reason"]
    known = changes[("median_s", "critical", "all", "all")]
    assert known["verdict"] == "worse"
    assert "reason" not in known
    assert "Under “Flood” units cannot keep up with" in " ".join(answer["summary"])
    flood = answer["options"][1]
    assert flood["cost_gbp_once_more"] == 2_000_000
    assert flood["in_words"][-1] == "Cost: £2.00 million once more."


def test_what_is_not_known_of_an_option_is_null_with_the_reason(
    run_json: RunJson, invented_workspace: Workspace, tmp_path: Path
) -> None:
    paths = [tmp_path / "now.toml", tmp_path / "swamped.toml"]
    paths[0].write_text('schema = 1\nname = "Now"\n')
    paths[1].write_text(
        'schema = 1\nname = "Swamped"\n[demand]\nfactor = 60\n[values]\ninvestigation_hours_a_day = 0\n'
        '[structure.areas]\nhills = ["W99900001", "W99900003"]\ncoast = ["W99900002"]\n'
    )
    answer = run_json(
        "response", "appraise", *paths, "--replications", 2, "--weeks", 1, workspace=invented_workspace
    )
    now, swamped = answer["options"]
    for equity in (swamped["equity"], swamped["equity_by_area"]):
        assert (equity["worst_area"], equity["worst_share"], equity["gap"]) == (None, None, None)
        assert "cannot keep up" in equity["reason"]
    assert now["equity"]["worst_area"]
    assert "reason" not in now["equity"]
    assert "each district is one" in now["equity_by_area"]["reason"]
    busy = figures(swamped)[("investigator_busy_share", "all", "all", "all")]
    assert (busy["mean"], busy["reason"]) == (None, "Investigators have no hours to work.")


def test_appraise_compares_with_the_first(run_json: RunJson, invented_workspace: Workspace) -> None:
    folder = invented_workspace.force_path / "response" / "scenarios"
    paths = sorted(folder.glob("*.toml"))
    answer = run_json("response", "appraise", *paths, *QUICK, workspace=invented_workspace)
    assert [option["name"] for option in answer["options"]] == ["Three shires", "One command"]
    assert answer["base"] == "Three shires"
    # An officer costs what the money side takes where the force folder says nothing.
    officer_gbp = load_parameters("finance")["officer_cost_gbp"].value
    assert answer["options"][1]["cost_gbp"] == pytest.approx(5 * officer_gbp + 1000)
    assert answer["options"][1]["areas"] == {"hills": ["W99900001", "W99900003"], "coast": ["W99900002"]}
    assert answer["options"][0]["equity"]["worst_area"] in {"Highmoor", "Saltreach", "Vale of Arrow"}
    one, other = (figures(option) for option in answer["options"])
    for row in answer["differences"]:
        key = (row["figure"], row["of"], row["by"], row["part"])
        if row["n"] == 3 and one[key]["n"] == 3 and one[key]["mean"] is not None:
            assert row["mean"] == pytest.approx(other[key]["mean"] - one[key]["mean"], abs=1e-9)
        assert row["verdict"] in {"better", "worse", "not clear", "same", "neither"}
    assert "One command" in " ".join(answer["summary"])
    without = run_json("response", "appraise", *QUICK, workspace=invented_workspace)
    assert without == answer  # the folder's own scenarios


def test_one_option_is_no_appraisal(run: Run, invented_workspace: Workspace) -> None:
    path = next((invented_workspace.force_path / "response" / "scenarios").glob("*.toml"))
    answer = run("response", "appraise", path, *QUICK, workspace=invented_workspace)
    assert answer.exit_code == 3
    assert "two scenario files" in answer.stderr


@pytest.mark.parametrize("options", [("--replications", 0), ("--weeks", 0), ("--seed", -1)])
def test_numbers_out_of_range_are_refused(
    run: Run, invented_workspace: Workspace, options: tuple[object, ...]
) -> None:
    answer = run("response", "simulate", *options, workspace=invented_workspace)
    assert answer.exit_code == 3
    assert str(options[0]).removeprefix("--") in answer.stderr


def test_a_folder_without_tables_of_response_and_without_outlines_is_simulated_and_says_so(
    run_json: RunJson, bare_force: str, tmp_path: Path
) -> None:
    folder = Path(bare_force)
    shutil.rmtree(folder / "response")
    (folder / "cover" / "stations.csv").unlink()  # outlines of stations that are typed in response
    (folder / "geography" / "lsoa_2011.geojson").unlink()
    for path in (folder / "volumes").glob("*.csv"):
        lines = path.read_text().splitlines()
        path.write_text(
            "\n".join([lines[0], *(line for line in lines[1:] if not line.startswith("incidents,"))])
        )
    workspace = new_workspace(tmp_path / "scratch", str(folder))
    answer = run_json("response", "simulate", *QUICK, workspace=workspace)
    assert figures(answer)[("within_target_share", "critical", "all", "all")]["mean"] is not None
    told = " ".join(answer["warnings"])
    assert "no outlines" in told
    assert "publishes no year's incidents" in told
    assert run_json("workforce", "deployable", workspace=workspace)["posts"]


def test_records_of_the_workspace_can_be_replayed(
    run_json: RunJson, run: Run, invented_workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "replay.toml"
    path.write_text('schema = 1\nname = "Replay"\n[demand]\nof = "records"\n')
    refused = run("response", "simulate", "--scenario", path, *QUICK, workspace=invented_workspace)
    assert refused.exit_code == 3
    assert "to replay" in refused.stderr
    assert run("synthesise", "--year", "2022", workspace=invented_workspace).exit_code == 0
    answer = run_json("response", "simulate", "--scenario", path, *QUICK, workspace=invented_workspace)
    assert answer["synthetic"] is True
    # Every run meets the same incidents, but for those that are called off.
    incidents = figures(answer)[("incidents", "all", "all", "all")]
    assert incidents["half_width"] < 0.05 * incidents["mean"]


def test_a_year_of_the_shipped_force_brings_its_published_incidents(
    run_json: RunJson, workspace: Workspace
) -> None:
    answer = run_json("response", "simulate", "--replications", 1, "--weeks", 4, workspace=workspace)
    assert answer["scenario"]["incidents_a_year"] == 171_534
    assert answer["scenario"]["areas"].keys() == {"north", "south"}
    assert answer["unstable"] == {}


def test_appointments_after_the_end_of_a_short_run_are_not_held_against_units(
    run_json: RunJson, workspace: Workspace
) -> None:
    answer = run_json("response", "simulate", "--replications", 2, "--weeks", 1, workspace=workspace)
    assert answer["unstable"] == {}
    assert figures(answer)[("median_s", "scheduled", "all", "all")]["mean"] > 0.0


def test_what_posts_buy_is_a_table_from_pounds_to_minutes(
    run_json: RunJson, invented_workspace: Workspace
) -> None:
    answer = run_json(
        "workforce", "effect", "--posts", 0, "--posts", 20, *QUICK, workspace=invented_workspace
    )
    before, after = answer["rows"]
    assert after["cost_gbp"] == 20 * answer["cost_gbp_a_post"]
    assert after["posts_fte"] == pytest.approx(before["posts_fte"] + 20)
    assert after["on_duty_units"] > before["on_duty_units"]
    assert after["uncommitted_h"] > before["uncommitted_h"]
    assert after["median_s"] < before["median_s"]


def test_other_posts_and_other_questions_are_never_answered_with_a_kept_result(
    run_json: RunJson, invented_workspace: Workspace
) -> None:
    one = run_json("workforce", "effect", "--posts", 0, "--posts", 5, *QUICK, workspace=invented_workspace)
    other = run_json("workforce", "effect", "--posts", 0, "--posts", 15, *QUICK, workspace=invented_workspace)
    assert [row["posts_added_fte"] for row in one["rows"]] == [0, 5]
    assert [row["posts_added_fte"] for row in other["rows"]] == [0, 15]
    alone = run_json("workforce", "effect", "--posts", 0, *QUICK, workspace=invented_workspace)
    simulated = run_json("response", "simulate", *QUICK, workspace=invented_workspace)
    assert (alone["kind"], simulated["kind"]) == ("effect", "simulation")


def test_every_figure_is_told_with_a_unit() -> None:
    assert ABOUT.keys() == UNITS.keys()


def test_assumptions_are_listed_with_their_standing(run: Run, invented_workspace: Workspace) -> None:
    answer = run("response", "assumptions", "--json", workspace=invented_workspace)
    found = {one["name"]: one for one in json.loads(answer.stdout)["rests_on"] if one["name"]}
    assert found["circuity"]["where"] == "force folder"
    assert found["turnout_s"]["status"] == "assumed"
