"""Parameter files: strict keys, ranges and evidence; the generator's assumptions are all printed in the docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from constabulary.core.errors import BadInput
from constabulary.parameters import load_parameters, read_parameters
from constabulary.synthetic.assumed import SHAPES
from constabulary.synthetic.manual import manual

ROOT = Path(__file__).parents[2]
GOOD = "title: A share\nunit: share\nstatus: assumed\nwhy: It is.\nvalue: 0.5\n"


def test_a_parameter_is_read_with_its_standing(tmp_path: Path) -> None:
    (tmp_path / "a_share.yaml").write_text(GOOD)
    (found,) = read_parameters(tmp_path).values()
    assert (found.name, found.value, found.status, found.why) == ("a_share", 0.5, "assumed", "It is.")


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        (GOOD + "vlaue: 0.6\n", {"unknown_key"}),
        (GOOD.replace("why: It is.\n", ""), {"missing_key"}),
        (GOOD.replace("0.5", "1.5"), {"out_of_range"}),
        (GOOD.replace("0.5", "{a: [0.1, half], b: true}"), {"out_of_range"}),
        (GOOD.replace("unit: share", "unit: furlongs"), {"unknown_unit"}),
        (GOOD.replace("assumed", "guessed"), {"unknown_status"}),
        (GOOD.replace("assumed", "enacted"), {"missing_key"}),
        (GOOD + "from_on: soon\n", {"not_a_date"}),
        ("- 1\n", {"not_a_parameter"}),
        ("a: b: c\n", {"not_yaml"}),
        (GOOD.replace("0.5", ".nan"), {"out_of_range"}),
        (GOOD + "between: [0.6, 1]\n", {"out_of_range"}),
        (GOOD + "between: [0, 2]\n", {"bad_bounds"}),
        (GOOD + "between: [1, 0]\n", {"bad_bounds"}),
        (GOOD + "between: [true, 1]\n", {"bad_bounds"}),
        (GOOD + "between: 0\n", {"bad_bounds"}),
    ],
)
def test_a_faulty_parameter_file_is_refused(tmp_path: Path, content: str, rules: set[str]) -> None:
    (tmp_path / "wrong.yaml").write_text(content)
    with pytest.raises(BadInput) as caught:
        read_parameters(tmp_path)
    assert {problem.rule for problem in caught.value.problems} == rules
    assert all(problem.file == "wrong.yaml" for problem in caught.value.problems)


def test_the_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(GOOD.replace("0.5", "-1"))
    (tmp_path / "two.yaml").write_text("status: enacted\n")
    with pytest.raises(BadInput) as caught:
        read_parameters(tmp_path)
    assert {problem.file for problem in caught.value.problems} == {"one.yaml", "two.yaml"}
    assert len(caught.value.problems) == 1 + 4 + 2


def test_an_enacted_value_with_source_and_date_is_read(tmp_path: Path) -> None:
    text = GOOD.replace("assumed", "enacted") + "source: An Act\nfrom_on: 2024-04-01\n"
    (tmp_path / "law.yaml").write_text(text)
    assert read_parameters(tmp_path)["law"].from_on is not None


def test_every_parameter_of_the_generator_is_read_and_openly_assumed() -> None:
    found = load_parameters("synthetic")
    assert set(found) == set(SHAPES)
    assert all(each.status == "assumed" and each.why for each in found.values())


def test_the_page_on_synthetic_records_lists_every_assumption_as_it_stands() -> None:
    page = (ROOT / "docs" / "explanation" / "synthetic-records.md").read_text(encoding="utf-8")
    assert page == manual(), "print it again: python docs/build.py"
    for name in SHAPES:
        assert f"### `{name}`" in page
