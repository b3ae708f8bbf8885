"""`constabulary response locate`: what scripts may rely on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
RunJson = Callable[..., dict[str, Any]]

TABLE = "place_id,demand,north,mid,south\na,5,1,6,12\nb,3,7,2,7\nc,4,12,6,1\n"
ROWS = "place_id,site_id,minutes,demand\n" + "".join(
    f"{place},{site},{minutes},{demand}\n"
    for place, demand, times in (("a", 5, (1, 6, 12)), ("b", 3, (7, 2, 7)), ("c", 4, (12, 6, 1)))
    for site, minutes in zip(("north", "mid", "south"), times, strict=True)
)


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str, name: str = "minutes.csv") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("text", [TABLE, ROWS])
def test_two_sites_of_three_by_hand(text: str, file: Callable[[str], Path], run_json: RunJson) -> None:
    answer = run_json("response", "locate", "pmedian", file(text), "--sites", 2, "--closing")
    assert answer["sites"] == ["north", "south"]
    assert answer["objective"] == answer["bound"] == 5 * 1 + 3 * 7 + 4 * 1
    assert answer["proven"] is True
    assert [one["objective"] for one in answer["alternatives"]] == [
        5 * 1 + 3 * 2 + 4 * 6,
        5 * 6 + 3 * 2 + 4 * 1,
    ]
    without_north = 5 * 12 + 3 * 7 + 4 * 1
    assert answer["closing"][0] == {
        "site": "north",
        "objective": without_north,
        "change": without_north - answer["objective"],
    }
    assert answer["stamp"]["id"]


def test_the_other_models_by_hand(file: Callable[[str], Path], run_json: RunJson) -> None:
    path = file(TABLE)
    centre = run_json("response", "locate", "pcentre", path, "--sites", 1)
    assert (centre["sites"], centre["objective"]) == (["mid"], 6)
    covered = run_json("response", "locate", "mclp", path, "--sites", 1, "--standard-min", 6)
    assert (covered["sites"], covered["objective"], covered["covered_share"]) == (["mid"], 12, 1)
    expected = run_json(
        *("response", "locate", "mexclp", path, "--units", 2, "--standard-min", 6, "--busy-share", 0.5),
        *("--fixed", "north"),
    )
    assert expected["units"] == {"north": 1, "mid": 1}
    assert expected["objective"] == pytest.approx(5 * 0.75 + 3 * 0.5 + 4 * 0.5)


def test_a_capacity_keeps_demand_away(file: Callable[[str], Path], run_json: RunJson) -> None:
    answer = run_json(
        *("response", "locate", "pmedian", file(TABLE), "--sites", 2, "--capacity", "north=4"),
        *("--fixed", "north", "--fixed", "south"),
    )
    # north serves 4 of a's 5; the fifth goes 12 minutes to south; b is 7 from both.
    assert answer["objective"] == pytest.approx(4 * 1 + 1 * 12 + 3 * 7 + 4 * 1)


def test_an_or_library_file_says_itself_how_many_and_its_nodes_are_numbers(
    file: Callable[..., Path], run_json: RunJson
) -> None:
    # A path of four nodes; the first edge stands twice and the last counts.
    path = file("4 4 1\n1 2 9\n2 3 1\n3 4 5\n1 2 2\n", "line.txt")
    answer = run_json("response", "locate", "pmedian", path)
    assert (answer["sites"], answer["objective"], answer["proven"]) == ([2], 2 + 0 + 1 + 6, True)


@pytest.mark.parametrize(
    ("text", "asked", "told"),
    [
        ("", ["--sites", "1"], "columns none"),
        ("place_id,site_id,minutes\na,x,-1\na,x,2\n", ["--sites", "1"], "stand together before"),
        ("place_id,site_id,minutes,demand\na,x,1,2\na,y,1,3\n", ["--sites", "1"], "as before"),
        ("place_id,north\na,soon\n", ["--sites", "1"], "north"),
        ("place_id,north\na,1,2\n", ["--sites", "1"], "row 2"),
        (TABLE, [], "n_sites"),
        (TABLE, ["--sites", "4"], "4 sites cannot be open. Expected a whole number from 1 to 3"),
        (TABLE, ["--sites", "1", "--fixed", "north", "--fixed", "mid"], "2 (sites fixed) to 3"),
        (TABLE, ["--sites", "1", "--limit-s", "nan"], "limit_s"),
        (TABLE, ["--sites", "1", "--limit-s", "0"], "limit_s"),
        ("place_id,site_id,minutes\na,,1\n,x,2\n", ["--sites", "1"], "row 2, site_id: is empty"),
        ("place_id,site_id,minutes\na,,1\n,x,2\n", ["--sites", "1"], "row 3, place_id: is empty"),
        ("place_id,north,\n,1,2\n", ["--sites", "1"], "heading of a column: is empty"),
        ("place_id,north\n,1\n", ["--sites", "1"], "row 2, place_id: is empty"),
        ("place_id,demand,north\na,0,1\n", ["--sites", "1"], "no place has demand"),
        ("place_id,north,mid\na,1,2\nb,,\nc,,\n", ["--sites", "2"], "no site reaches b, c"),
        ("place_id,north,mid\na,1,\nb,,2\n", ["--sites", "1"], "1 site cannot serve every place"),
        (TABLE, ["--sites", "1", "--fixed", "west"], "west"),
        ("3 1 1\n1 2\n", [], "three for each of 1 edges"),
        ("3 1 1\n1 4 2\n", [], "nodes from 1 to 3"),
    ],
)
def test_what_cannot_be_used_is_told(
    text: str, asked: list[str], told: str, file: Callable[[str], Path], run: Run
) -> None:
    result = run("response", "locate", "pmedian", file(text), *asked)
    assert result.exit_code == 3, result.stderr
    assert told in result.stderr


def test_a_standard_is_asked_for_where_it_is_needed(file: Callable[[str], Path], run: Run) -> None:
    result = run("response", "locate", "mexclp", file(TABLE), "--units", 1)
    assert result.exit_code == 3
    assert "standard_min" in result.stderr and "busy_share" in result.stderr


def test_the_answer_in_words(file: Callable[[str], Path], run: Run) -> None:
    said = run("response", "locate", "pmedian", file(TABLE), "--sites", 2, "--closing").stdout
    assert "demand times minutes: 30 (proven best)" in said
    assert "2. 35: north, mid" in said
    unit = run(
        *("response", "locate", "mexclp", file(TABLE), "--units", 2, "--standard-min", 6, "--busy-share", 0.5)
    ).stdout
    assert "mid" in unit and "%" in unit


@pytest.mark.parametrize("model", ["pmedian", "pcentre"])
def test_pairs_left_out_cannot_be_travelled(
    model: str, file: Callable[[str], Path], run_json: RunJson
) -> None:
    # North reaches a alone, south c alone and b from both far and near sites: only two of them together serve all.
    rows = "place_id,site_id,minutes\na,north,1\nb,mid,2\nb,south,7\nc,south,1\n"
    answer = run_json("response", "locate", model, file(rows), "--sites", 2)
    assert answer["sites"] == ["north", "south"] and answer["alternatives"] == []
    assert answer["objective"] == (9 if model == "pmedian" else 7)


def test_an_answer_cut_short_before_anything_is_known_says_so(
    file: Callable[[str], Path], run_json: RunJson, run: Run
) -> None:
    asked = ("response", "locate", "pmedian", file(TABLE), "--sites", 2, "--limit-s", 1e-9)
    answer = run_json(*asked)
    assert answer["bound"] is None and answer["proven"] is False
    assert "how far it is from the best is not known" in run(*asked).stdout
