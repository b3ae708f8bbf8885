"""A force folder typed from scratch, with the least that is asked for, is simulated and appraised."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from constabulary.services.upkeep import example
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace, new_workspace, open_workspace

Run = Callable[..., Result]
RunJson = Callable[..., dict[str, Any]]
QUICK = ("--replications", 2, "--weeks", 2)
WORDS = {
    "grades": {"now": "Now", "later": "Later"},
    "ranks": {"officer": "Officer"},
    "roles": {"officer": "Officer"},
    "channels": {"phone": "Phone"},
    "incident_categories": {"any": "Any"},
    "qualifiers": {"hurt": "Hurt"},
    "layers": {"own": "Own"},
}
FORCE = 'schema = 1\nid = "bareshire"\nname = "Bareshire Police"\npolice_uk_names = ["Bareshire"]\n'
TABLES = {
    "sources.toml": '[note]\ntitle = "A note"\npublisher = "The force"\npublished = "2024-01"\n',
    "geography/districts.csv": (
        "district_id,name,population,population_on,source_id,where,status,note\n"
        "D1,Northam,60000,2021-03-21,note,Page 1,printed,\n"
        "D2,Southam,40000,2021-03-21,note,Page 1,printed,\n"
    ),
    "establishment.csv": (
        "area_id,role,posts_fte,as_at_on,source_id,where,status,note\n"
        "D1,officer,120,2023-12-31,note,Page 2,printed,\n"
        "D2,officer,80,2023-12-31,note,Page 2,printed,\n"
    ),
    "measures.csv": "measure,name,definition\nincidents,Incidents,Incidents recorded\n",
    "volumes/note.csv": (
        "measure,breakdown,part,area_id,period_start_on,period_end_on,value,unit,basis,bound,printed,source_id,where,"
        'status,note\nincidents,,,,2023-01-01,2023-12-31,30000,count,total,,"30,000",note,Page 3,printed,\n'
    ),
}
SCENARIOS = {
    "one.toml": 'schema = 1\nname = "Apart"\n[structure]\nareas = "districts"\n',
    "two.toml": (
        'schema = 1\nname = "Together and ten more"\n[structure]\nareas = "one"\n'
        '[[posts]]\nrole = "officer"\nduty = "response"\nposts_fte = 10\n'
    ),
}


@pytest.fixture
def scratch(tmp_path: Path) -> Workspace:
    """Return a workspace of a force that holds nothing but what every folder must."""
    folder = tmp_path / "bareshire"
    text = FORCE + 'time_zone = "Europe/London"\ndistrict_label = "District"\narea_label = "Area"\n'
    for kind, words in WORDS.items():
        for key, name in words.items():
            more = "is_crime = true\n" if kind == "incident_categories" else ""
            text += f'\n[{kind}.{key}]\nname = "{name}"\n{more}status = "assumed"\nnote = "Invented"\n'
    for name, content in ({"force.toml": text} | TABLES).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return new_workspace(tmp_path / "workspace", str(folder))


def test_it_is_simulated_and_says_what_it_stands_on(run_json: RunJson, scratch: Workspace) -> None:
    answer = run_json("response", "simulate", *QUICK, workspace=scratch)
    assert answer["scenario"]["incidents_a_year"] == 30_000
    assert "no outlines" in " ".join(answer["warnings"])
    found = {(one["figure"], one["of"], one["by"]): one for one in answer["figures"]}
    assert found["median_s", "now", "all"]["mean"] > 0
    # No target is typed, so none can be kept; that is told and is no fault.
    assert found["within_target_share", "now", "all"]["mean"] is None
    assert found["within_target_share", "now", "all"]["reason"]


def test_options_are_appraised_and_the_paper_written(
    run: Run, run_json: RunJson, scratch: Workspace, tmp_path: Path
) -> None:
    paths = []
    for name, content in SCENARIOS.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(content, encoding="utf-8")
    answer = run_json("response", "appraise", *paths, *QUICK, workspace=scratch)
    words = answer["options"][1]["in_words"]
    assert words[0] == "In time: cannot be told, for there is no target or units do not keep up."
    assert words[-1].startswith("Cost: £")
    for form, head in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        paper = tmp_path / f"options.{form}"
        told = run("response", "appraise", *paths, *QUICK, "--paper", paper, workspace=scratch)
        assert told.exit_code == 0, told.output
        assert "Together and ten more" in told.stdout
        assert paper.read_bytes().startswith(head)
    refused = run("response", "appraise", *paths, "--paper", tmp_path / "options.doc", workspace=scratch)
    assert refused.exit_code == 2
    assert "ends in .pdf or .xlsx" in refused.stderr


def test_what_a_sum_buys_is_told_or_why_it_is_not(run: Run, run_json: RunJson, scratch: Workspace) -> None:
    asked = ("workforce", "effect", "--posts", 0, "--posts", 20, *QUICK)
    found = run_json(*asked, "--gbp", 500_000, workspace=scratch)
    low, high = found["rows"]
    share = 500_000 / high["cost_gbp"]
    assert found["bought"]["posts_added_fte"] == pytest.approx(20 * share)
    between = low["uncommitted_h"] + share * (high["uncommitted_h"] - low["uncommitted_h"])
    assert found["bought"]["uncommitted_h"] == pytest.approx(between)
    # Without a target nobody can be in time.
    assert found["bought"]["within_target_share"] is None
    told = run(*asked, "--gbp", 500_000, workspace=scratch)
    assert "£500,000 a year: +" in told.stdout
    assert "points in time" not in told.stdout
    beyond = run(*asked, "--gbp", 10**9, workspace=scratch)
    assert beyond.exit_code == 3
    assert "beyond what was simulated" in beyond.stderr


def test_without_scenarios_or_records_it_is_said_what_to_do(run: Run, scratch: Workspace) -> None:
    none = run("response", "appraise", workspace=scratch)
    assert none.exit_code == 3
    assert "response/scenarios" in none.stderr
    calibrated = run("response", "calibrate", *QUICK[2:], workspace=scratch)
    assert calibrated.exit_code == 3
    assert "Import some" in calibrated.stderr


def test_the_example_asks_once_for_the_structures_of_its_folder_to_be_appraised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its records, which take longer, are left out.
    monkeypatch.setattr(example, "_build_in", lambda path, progress: new_workspace(path, "cambridgeshire"))
    assert example.build(tmp_path / "example")
    assert not example.build(tmp_path / "example")
    built = open_workspace(tmp_path / "example")
    asked = {run.name: run.arguments for run in runs.list_runs(built)}
    expected = {"response.appraise", "workforce.effect", "response.calibrate", *example.PROPOSALS}
    assert asked.keys() == expected
    assert len(runs.list_runs(built)) == len(expected)
    scenarios = asked["response.appraise"]["scenarios"]
    assert scenarios == sorted(path.name for path in (built.force_path / "response" / "scenarios").iterdir())
    assert scenarios[0] == "1_six_districts.toml"
