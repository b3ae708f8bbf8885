"""The API gives what the command line gives, under the same filters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from constabulary.cli import main

COMMANDS = {
    "typical_day": ("typical-day",),
    "categories": ("categories",),
    "qualifiers": ("qualifiers",),
    "channels_by_month": ("channels",),
    "hours_incidents": ("hours", "--of", "incidents"),
    "hours_calls": ("hours", "--of", "calls"),
    "season": ("season", "--of", "incidents"),
    "season_calls": ("season", "--of", "calls"),
    "season_crimes": ("season", "--of", "crimes"),
    "areas_incidents": ("areas", "--of", "incidents"),
    "areas_crimes": ("areas", "--of", "crimes"),
    "crime_types": ("crimes", "--by", "type"),
    "crimes_by_month": ("crimes", "--by", "month"),
    "latest_outcomes": ("outcomes", "--by", "latest"),
    "outcomes_by_month": ("outcomes", "--by", "month"),
    "harm": ("harm",),
}
"""The command of each figure."""


def command(path: Path, *words: str) -> Any:
    ran = CliRunner().invoke(main, ["--workspace", str(path), "demand", *words, "--json"])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_every_figure_has_a_command() -> None:
    from constabulary.services.demand.picture import FIGURES

    assert set(COMMANDS) == set(FIGURES)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_figure_is_the_same_from_the_api_and_from_the_command_line(
    full_client: Any, full_path: Path, name: str
) -> None:
    plain = json.loads(full_client.get(f"/api/demand/{name}").text)
    assert plain == command(full_path, *COMMANDS[name])
    narrowed = json.loads(
        full_client.get(f"/api/demand/{name}?from=2022-02&to=2022-03&area=district:W99900002").text
    )
    words = ("--from", "2022-02", "--to", "2022-03", "--area", "district:W99900002")
    assert narrowed == command(full_path, *COMMANDS[name], *words)
    assert narrowed != plain


def test_the_profile_is_the_same_from_the_api_and_from_the_command_line(
    full_client: Any, full_path: Path
) -> None:
    answer = json.loads(full_client.get("/api/demand/profile").text)
    assert answer == command(full_path, "profile")
    assert len(answer["hour_of_week"]) == 168
    assert {"measure", "published", "calculated", "difference", "basis", "source"} <= set(
        answer["typical_day"][0]
    )


@pytest.mark.parametrize("name", ["harm", "categories"])
def test_the_working_is_the_same_from_the_api_and_from_the_command_line(
    full_client: Any, full_path: Path, name: str
) -> None:
    answer = json.loads(full_client.get(f"/api/demand/{name}/working?page=2").text)
    assert answer == command(full_path, "working", name, "--page", "2")
    assert answer["page"] == 2


@pytest.mark.parametrize("page", [10**6, 10**9])
def test_a_page_of_rows_beyond_the_last_is_empty(full_client: Any, page: int) -> None:
    answer = json.loads(full_client.get(f"/api/demand/crime_types/working?page={page}").text)
    assert answer["rows"] == [] and answer["n_rows"] > 0 and answer["page"] == page


def test_a_filter_that_cannot_be_is_refused_in_json(full_client: Any) -> None:
    answer = full_client.get("/api/demand/harm?from=2024-13")
    assert answer.status == 400
    assert json.loads(answer.text)["problems"][0]["rule"] == "bad_filter"
    assert full_client.get("/api/demand/nothing").status == 404


def test_the_description_lists_the_routes_with_their_filters(full_client: Any) -> None:
    paths = json.loads(full_client.get("/api/openapi.json").text)["paths"]
    for path in ("/api/demand/profile", "/api/demand/{figure}", "/api/demand/{figure}/working"):
        taken = {one["name"] for one in paths[path]["get"]["parameters"]}
        assert {"from", "to", "area", "category", "crime_type", "channel", "qualifier", "records"} <= taken
