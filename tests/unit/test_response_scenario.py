"""Scenario files: what they mean, and that everything wrong with one is told at once."""

from __future__ import annotations

import csv
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from constabulary.core.errors import BadForceFolder, BadInput
from constabulary.core.force import Force, load_force, shipped_force
from constabulary.response.scenario import Scenario, as_it_stands
from constabulary.response.scenario_file import read_scenario
from constabulary.response.scenario_text import scenario_text
from constabulary.services.finance.solve import officers
from constabulary.services.response.setup import make_ready, scenario_of, scenarios_of
from constabulary.services.response.values import known_parameters, rests_on, values_of
from constabulary.services.workspace.force import force_of
from constabulary.services.workspace.workspaces import new_workspace

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"


@pytest.fixture(scope="module")
def force() -> Force:
    return load_force(WESTMARCH)


def read(tmp_path: Path, text: str, force: Force) -> Scenario:
    path = tmp_path / "tried.toml"
    path.write_text(text, encoding="utf-8")
    return read_scenario(path, force, known_parameters())


def test_a_scenario_says_what_is_tried(tmp_path: Path, force: Force) -> None:
    tried = read(
        tmp_path,
        """
schema = 1
name = "Tried"
[structure]
closed_stations = ["saltreach_quay"]
[structure.areas]
hills = ["W99900001", "W99900003"]
coast = ["W99900002"]
[[posts]]
role = "warden"
duty = "response"
posts_fte = -2.5
[rules]
meals = false
[values]
circuity = 1.1
border_s = [0, 60]
handling_mean_s = {emergency_call = 1, other_call = 2, not_a_call = 3}
[demand]
factor = 1.05
[run]
weeks = 3
""",
        force,
    )
    assert tried.areas == {"hills": ("W99900001", "W99900003"), "coast": ("W99900002",)}
    assert tried.posts[0].posts_fte == -2.5
    assert tried.rules == {"meals": False}
    assert (tried.factor, tried.weeks) == (1.05, 3)
    values = values_of(force, tried)
    assert values["circuity"] == 1.1
    assert values["border_s"] == [0, 60]


def test_everything_wrong_with_a_scenario_is_told_at_once(tmp_path: Path, force: Force) -> None:
    with pytest.raises(BadInput) as error:
        read(
            tmp_path,
            """
schema = 2
nme = "x"
[structure]
areas = "areas"
closed_stations = ["nowhere"]
[contact]
pools = "three"
[[posts]]
role = "captain"
duty = "response"
posts_fte = 1
[[assumptions]]
text = "x"
status = "guessed"
[rules]
meals = 1
flying = true
[values]
circuity = "long"
nothing = 1
travel_noise = -1
urban_speed_kmh = [30]
[shift_patterns]
response = "never"
[demand]
factor = 0
[run]
weeks = 1
warm_up_days = 9
[travel]
road_nodes = "n.csv"
""",
            force,
        )
    told = {(problem.rule, problem.column) for problem in error.value.problems}
    assert told >= {
        ("unknown_value", "schema"),
        ("unknown_key", "nme"),
        ("missing_value", "name"),
        ("no_areas", "structure.areas"),
        ("unknown_id", "structure"),
        ("unknown_value", "pools"),
        ("unknown_id", "posts"),
        ("unknown_value", "status"),
        ("not_a_flag", "rules.meals"),
        ("unknown_key", "rules.flying"),
        ("wrong_shape", "values.circuity"),
        ("unknown_value", "values.nothing"),
        ("out_of_range", "values.travel_noise"),
        ("wrong_shape", "values.urban_speed_kmh"),
        ("unknown_id", "shift_patterns"),
        ("out_of_range", "demand.factor"),
        ("out_of_range", "run"),
        ("half_a_network", "travel"),
    }
    assert all(problem.file == "tried.toml" for problem in error.value.problems)


@pytest.mark.parametrize(
    ("areas", "rule"),
    [
        ('hills = ["W99900001", "W99900003"]', "not_in_one_area"),
        ('all = ["W99900001", "W99900002", "W99900003", "W99900001"]', "not_in_one_area"),
        ('all = ["W99900001", "W99900002", "W99900003", "X"]', "unknown_district"),
    ],
)
def test_every_district_is_in_just_one_area(tmp_path: Path, force: Force, areas: str, rule: str) -> None:
    with pytest.raises(BadInput) as error:
        read(tmp_path, f'schema = 1\nname = "x"\n[structure.areas]\n{areas}\n', force)
    assert rule in {problem.rule for problem in error.value.problems}


def test_a_file_that_is_no_toml_says_where(tmp_path: Path, force: Force) -> None:
    with pytest.raises(BadInput) as error:
        read(tmp_path, "schema = 1\nname = \n", force)
    assert error.value.problems[0].row == 2


def test_the_force_folder_stands_before_the_package_and_the_scenario_before_both(force: Force) -> None:
    package = known_parameters()
    values = values_of(force)
    assert values["circuity"] == 1.25
    assert values["border_s"] == [600.0, *package["border_s"].value[1:]]
    assert values["handling_mean_s"]["emergency_call"] == 300.0
    assert values_of(force, Scenario("x", values={"circuity": 2.0}))["circuity"] == 2.0
    assert package["circuity"].value != 1.25  # the package's own is untouched


def test_everything_a_result_rests_on_has_a_standing_and_a_reason(force: Force) -> None:
    for one in rests_on(force, Scenario("x", values={"circuity": 2.0})):
        assert one.status
        assert one.source or one.why
    standing = {one.name: (one.where, one.status) for one in rests_on(force) if one.name}
    assert standing["circuity"] == ("force folder", "assumed")
    assert standing["handling_mean_s"] == ("force folder", "printed")
    assert standing["turnout_s"] == ("package", "assumed")


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("nothing,,1", "unknown_value"),
        ("circuity,north,1", "unknown_part"),
        ("border_s,9,1", "unknown_part"),
        ("travel_noise,,-1", "out_of_range"),
        ("patrol_s,,0.5", "out_of_range"),
        ("custody_desks,,0", "out_of_range"),
        ("sessions,not_a_call,0", "out_of_range"),
    ],
)
def test_a_value_of_the_folder_that_cannot_be_used_is_told(tmp_path: Path, row: str, rule: str) -> None:
    import shutil

    folder = tmp_path / "westmarch"
    shutil.copytree(WESTMARCH, folder)
    path = folder / "response" / "values.csv"
    path.write_text(f"name,part,value,source_id,where,status,note\n{row},,,assumed,x\n")
    with pytest.raises(BadForceFolder) as error:
        values_of(load_force(folder))
    assert [(one.rule, one.file, one.row) for one in error.value.problems] == [
        (rule, "response/values.csv", 2)
    ]


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        ("shift_patterns", "p,s,S,,25:00,480,0.2,0,,,assumed,x", "bad_clock_time"),
        ("shift_patterns", "p,s,S,monday,07:00,480,0.2,0,,,assumed,x", "bad_days"),
        ("shift_patterns", "p,s,S,,07:00,2000,0.2,0,,,assumed,x", "bad_shift_length"),
        ("shift_patterns", "p,s,S,,07:00,1200,0.9,0,,,assumed,x", "too_many_hours"),
        ("duties", ",warden,investigation,0.5,twelves,,,assumed,x", "more_than_all"),
        ("abstractions", "warden,court,0.95,,,assumed,x", "nobody_left"),
    ],
)
def test_rows_that_cannot_be_are_refused(tmp_path: Path, file: str, line: str, rule: str) -> None:
    import shutil

    folder = tmp_path / "westmarch"
    shutil.copytree(WESTMARCH, folder)
    path = folder / "response" / f"{file}.csv"
    path.write_text(path.read_text() + f"{line}\n")
    with pytest.raises(BadForceFolder) as error:
        load_force(folder)
    assert rule in {problem.rule for problem in error.value.problems}


def test_the_change_of_2017_18_is_told_by_its_scenarios() -> None:
    force = load_force(shipped_force("cambridgeshire"))
    tried = [
        read_scenario(path, force, known_parameters())
        for path in sorted((force.folder / "response" / "scenarios").glob("*.toml"))
    ]
    assert [one.areas for one in tried[:2]] == ["districts", "areas"]
    assert [one.pools for one in tried[:3]] == ["separate", "separate", "one"]
    assert sum(post.posts_fte for post in tried[3].posts) == 50.0
    assert all(one.assumptions for one in tried)
    assert as_it_stands(force).areas == "areas"


def test_the_fifty_officers_cost_what_the_board_printed_for_fifty_and_what_the_plan_takes(
    tmp_path: Path,
) -> None:
    workspace = new_workspace(tmp_path / "workspace", "cambridgeshire")
    fifty = next(path for path in scenarios_of(force_of(workspace)) if "fifty" in path.name)
    cost_gbp = make_ready(workspace, scenario_of(workspace, fifty), 2).cost_gbp
    printed = workspace.force_path / "finance" / "printed" / "pressures_2019_20.csv"
    with printed.open(encoding="utf-8") as opened:
        of_officers = next(row for row in csv.DictReader(opened) if row["line_id"] == "officers")
    assert cost_gbp == float(of_officers["value"]) == 2_500_000.0
    assert cost_gbp == 50 * officers(Decimal(1), workspace).recruiting.officer_cost_gbp


def test_an_officer_costs_in_the_plan_what_the_folder_says_unless_the_question_says_otherwise(
    tmp_path: Path,
) -> None:
    workspace = new_workspace(tmp_path / "workspace", "cambridgeshire")
    values = workspace.force_path / "response" / "values.csv"
    typed = values.read_text(encoding="utf-8")
    values.write_text(
        typed.replace("officer_cost_gbp,,50000,", "officer_cost_gbp,,61000.50,"), encoding="utf-8"
    )
    fifty = next(path for path in scenarios_of(force_of(workspace)) if "fifty" in path.name)
    own = officers(Decimal(1), workspace).recruiting.officer_cost_gbp
    assert own == Decimal("61000.50")
    assert make_ready(workspace, scenario_of(workspace, fifty), 2).cost_gbp == 50 * own
    asked = officers(Decimal(1), workspace, officer_cost_gbp=Decimal(70_000))
    assert asked.recruiting.officer_cost_gbp == 70_000


@pytest.mark.parametrize(
    "name", ['a "quoted" name', "back\\slash", "tab\tand\r\nlines", "Ynys Môn – naïve", "\x01"]
)
def test_any_name_is_written_so_that_toml_reads_it_back(name: str) -> None:
    assert tomllib.loads(scenario_text(Scenario(name)))["name"] == name
