"""Residents of LSOAs, where a force folder has them, give rates below the district; a chosen area stands alone."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import WESTMARCH

from constabulary.core.errors import BadForceFolder
from constabulary.core.force import load_force
from constabulary.services.workspace.geography import area_table
from constabulary.services.workspace.workspaces import new_workspace

HEADER = ["lsoa_code", "residents", "residents_on", "source_id", "where", "status", "note"]


def folder_with(tmp_path: Path, residents: dict[str, object]) -> Path:
    folder = tmp_path / "force"
    shutil.copytree(WESTMARCH, folder)
    with (folder / "geography" / "residents.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(
            [code, n, "2021-03-21", "", "", "assumed", "made up"] for code, n in residents.items()
        )
    return folder


def lsoas() -> dict[str, str]:
    """Return name by code, read by json alone."""
    found = {}
    for path in (WESTMARCH / "geography").glob("*.geojson"):
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            texts = [str(value) for value in feature["properties"].values()]
            name = next(text for text in texts if " 00" in text)
            found[next(text for text in texts if text != name and text[0] in "WE")] = name
    return found


def test_the_residents_of_a_neighbourhood_are_those_of_its_lsoas(tmp_path: Path) -> None:
    names = lsoas()
    residents: dict[str, object] = {code: 1000 + no for no, code in enumerate(names)}
    workspace = new_workspace(tmp_path / "workspace", str(folder_with(tmp_path, residents)))
    table = area_table(workspace)
    told = {(row["level"], row["area_id"]): row["population"] for row in table.iter_rows(named=True)}
    assert {code: told["lsoa", code] for code in names} == residents
    wanted: dict[str, int] = {}
    for code, name in names.items():
        wanted[name.rstrip("ABCDEFGHIJ")] = wanted.get(name.rstrip("ABCDEFGHIJ"), 0) + int(
            str(residents[code])
        )
    assert {stem: told["neighbourhood", stem] for stem in wanted} == wanted


def test_a_neighbourhood_with_an_lsoa_of_unknown_residents_has_none(tmp_path: Path) -> None:
    names = lsoas()
    left_out = next(iter(names))
    residents: dict[str, object] = {code: 1000 for code in names if code != left_out}
    workspace = new_workspace(tmp_path / "workspace", str(folder_with(tmp_path, residents)))
    told = {row["area_id"]: row["population"] for row in area_table(workspace).iter_rows(named=True)}
    assert told[left_out] is None
    assert told[names[left_out].rstrip("ABCDEFGHIJ")] is None


def test_a_wrong_number_of_residents_is_told_with_its_line(tmp_path: Path) -> None:
    first, second, *_ = lsoas()
    with pytest.raises(BadForceFolder) as caught:
        load_force(folder_with(tmp_path, {first: "many", second: 12}))
    assert [(problem.file, problem.row, problem.column) for problem in caught.value.problems] == [
        ("geography/residents.csv", 2, "residents")
    ]


@pytest.fixture
def answer(tmp_path: Path, run_json: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    residents: dict[str, object] = dict.fromkeys(lsoas(), 2000)
    workspace = new_workspace(tmp_path / "workspace", str(folder_with(tmp_path, residents)))
    run_json("synthesise", "--seed", "1", workspace=workspace)
    return lambda *arguments: run_json(
        "demand", "areas", "--of", "incidents", *arguments, workspace=workspace
    )


def test_an_lsoa_has_a_rate_of_its_own_residents(answer: Callable[..., dict[str, Any]]) -> None:
    rows = [row for row in answer()["rows"] if row["level"] == "lsoa"]
    assert rows
    for row in rows:
        assert row["rate_per_1000"] == pytest.approx(row["count"] / 2)


def test_a_chosen_district_shows_itself_and_what_lies_in_it_and_the_force_has_no_rate(
    answer: Callable[..., dict[str, Any]],
) -> None:
    every = answer()["rows"]
    district = next(row for row in every if row["level"] == "district")
    chosen = answer("--area", f"district:{district['id']}")["rows"]
    assert {row["id"] for row in chosen if row["level"] == "district"} == {district["id"]}
    force = next(row for row in chosen if row["level"] == "force")
    assert (force["count"], force["rate_per_1000"]) == (district["count"], None)
    inside = {row["id"] for row in chosen if row["level"] == "lsoa"}
    names = lsoas()
    assert inside == {code for code, name in names.items() if name.startswith(f"{district['name']} 0")}
    assert all(row in every for row in chosen if row["level"] == "lsoa")
