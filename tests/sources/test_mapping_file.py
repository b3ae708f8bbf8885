"""The mapping file is read strictly: every mistake at once, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from constabulary.core.errors import BadInput
from constabulary.core.force import load_force
from constabulary.sources.calls_csv import CALLS_CSV
from constabulary.sources.incidents_csv import INCIDENTS_CSV
from constabulary.sources.mapping import Mapping
from constabulary.sources.mapping_file import missing_columns, read_mapping

FORCE = load_force(Path(__file__).parents[1] / "forces" / "westmarch")
WRONG = """table = "calls"
force = "elsewhere"
time_zone = "Europe/Atlantis"
colour = "blue"
[file]
delimiter = "and"
header_row = 0
[columns]
incident_id = "id"
recieved_at = "at"
received_at = { from = "at", format = "%d/%m/%Y" }
arrived_at = { from = "secs", seconds_after = "grade" }
category = { from = "cat", unit = "min" }
grade = { from = "g", split = "," }
easting_m = "E"
[constants]
channel = "999"
grade = "urgent"
[values.category]
"PSW*" = "public_safety"
X = 3
[flags]
drunk = "Alc"
"""


def read(path: Path, text: str, source: object = INCIDENTS_CSV) -> Mapping:
    path.write_text(text, encoding="utf-8")
    return read_mapping(path, source.of_force(FORCE), FORCE.id, FORCE.time_zone)  # type: ignore[attr-defined]


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as raised:
        read(tmp_path / "m.toml", WRONG)
    told = {(problem.row, problem.rule) for problem in raised.value.problems}
    assert told == {
        (1, "wrong_table"),
        (2, "wrong_force"),
        (3, "no_such_time_zone"),
        (4, "unknown_key"),
        (6, "bad_delimiter"),
        (7, "bad_header_row"),
        (10, "unknown_key"),
        (11, "bad_format"),
        (12, "bad_seconds_after"),
        (13, "bad_unit"),
        (14, "bad_split"),
        (15, "half_a_place"),
        (17, "not_in_list"),
        (18, "given_twice"),
        (20, "not_in_list"),
        (21, "wrong_type"),
        (23, "unknown_key"),
    }
    assert 'Did you mean "received_at"?' in str(raised.value)
    assert "m.toml, row 20, values.category.PSW*" in str(raised.value)


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"m\.toml, row 2"):
        read(tmp_path / "m.toml", 'table = "calls"\ncolumns = \n')


def test_columns_that_are_missing_or_not_mapped_are_told_at_once(tmp_path: Path) -> None:
    mapping = read(tmp_path / "m.toml", 'table = "calls"\n[columns]\ncall_id = "Call Ref"\n', CALLS_CSV)
    told = [
        (one.rule, one.row, one.column)
        for one in missing_columns(mapping, CALLS_CSV.contract, ["Call_Ref", "At"], "x.csv")
    ]
    assert told == [
        ("no_such_column", 3, "columns.call_id"),
        ("column_not_mapped", 2, "channel"),
        ("column_not_mapped", 2, "received_at"),
    ]


def test_the_first_pattern_that_fits_a_code_counts(tmp_path: Path) -> None:
    mapping = read(
        tmp_path / "m.toml",
        'table = "incidents"\nempty = ["-"]\n[columns]\ncategory = "c"\n'
        '[values.category]\n"PSW1" = "roads"\n"psw*" = "welfare"\n"ZZ" = ""\n"*" = "offence"\n',
    )
    codes = ["PSW1", "psw2", " PSW3 ", "ZZ", "-", "other"]
    assert [mapping.meaning("category", code) for code in codes] == [
        "roads",
        "welfare",
        "welfare",
        None,
        None,
        "offence",
    ]


@pytest.mark.parametrize("form", ["%d/%m/%Y %H:%M:%S", "%Y%m%d %H%M", "%d-%b-%y %I:%M %p", "excel"])
def test_formats_that_read_a_date_and_time_are_taken(tmp_path: Path, form: str) -> None:
    mapping = read(
        tmp_path / "m.toml",
        f'table = "incidents"\n[columns]\nclosed_at = {{ from = "c", format = "{form}" }}\n',
    )
    assert mapping.columns["closed_at"].formats == (form,)


@pytest.mark.parametrize("form", ["%H:%M", "%d/%m/%Y", "dd/mm/yyyy hh:mm", "%Q"])
def test_formats_that_do_not_are_refused(tmp_path: Path, form: str) -> None:
    with pytest.raises(BadInput, match="does not read a date and time"):
        read(
            tmp_path / "m.toml",
            f'table = "incidents"\n[columns]\nclosed_at = {{ from = "c", format = "{form}" }}\n',
        )
