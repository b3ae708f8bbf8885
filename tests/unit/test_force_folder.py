"""What a force folder refuses, and that it says so in the right place, all at once."""

import csv
import shutil
from dataclasses import replace as change
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from constabulary.core.errors import BadForceFolder
from constabulary.core.force import list_shipped, load_force, shipped_force
from constabulary.core.force.manual import manual

ROOT = Path(__file__).parents[2]
WESTMARCH = ROOT / "tests" / "forces" / "westmarch"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(WESTMARCH, tmp_path / "force"))


def replace(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(file: str, start: str) -> int:
    lines = (WESTMARCH / file).read_text(encoding="utf-8").split("\n")
    return next(number for number, line in enumerate(lines, start=1) if line.startswith(start))


def problems_of(folder: Path):
    with pytest.raises(BadForceFolder) as caught:
        load_force(folder)
    return caught.value.problems


VOLUMES = "volumes/yearbook_2022.csv"
INCIDENTS = "incidents,,,,2022-01-01,2022-12-31,36500,count,total,"
ARRESTS = "arrests,,,,2022-01-01,2022-12-31,2190,count,total,"
CRISIS = "incidents,qualifier,crisis,,2022-01-01,2022-12-31,0.07,share,share,,7%"

# file, what is typed there, what a person makes of it, the start of the line, rule, column
DAMAGE = {
    "an unknown key": (
        "force.toml", 'time_zone = "Europe/Dublin"', 'time_zone = "Europe/Dublin"\ncolour = "blue"',
        'district_label', "unknown_key", "colour"
    ),
    "an unknown key of an entry": (
        "force.toml", "is_emergency = true", "is_emergancy = true", "is_emergency", "unknown_key",
        "is_emergancy"
    ),
    "an unknown key of a source": (
        "sources.toml", 'published = "2023-02"', 'published = "2023-02"\nisbn = "1"', 'note = "Made',
        "unknown_key", "isbn"
    ),
    "a missing key": (
        "force.toml", 'name = "Westmarch Police"\n', "", None, "missing_value", "name"
    ),
    "a time zone that is none": (
        "force.toml", "Europe/Dublin", "Europe/Westmarch", "time_zone", "unknown_value", "time_zone"
    ),
    "a flag in quotes": (
        "force.toml", "is_crime = true", 'is_crime = "true"', "is_crime", "not_a_flag", "is_crime"
    ),
    "a name that is no text": (
        "force.toml", 'name = "Critical"', "name = 5", 'name = "Critical"', "not_text", "name"
    ),
    "a date of a source that is none": (
        "sources.toml", '"2023-02"', '"spring 2023"', "[yearbook]", "bad_date", "published"
    ),
    "an unknown column": (
        VOLUMES, "measure,breakdown", "measures,breakdown", "measure,", "unknown_column", "measures"
    ),
    "a missing column": (
        VOLUMES, "measure,breakdown", "measures,breakdown", "measure,", "missing_column", "measure"
    ),
    "a printed figure without a document": (
        VOLUMES, ARRESTS + ',"2,190",yearbook', ARRESTS + ',"2,190",', ARRESTS, "missing_source",
        "source_id"
    ),
    "a document that is not listed": (
        VOLUMES, ARRESTS + ',"2,190",yearbook', ARRESTS + ',"2,190",yearbok', ARRESTS, "dangling_reference",
        "source_id"
    ),
    "an assumption without a reason": (
        "targets.csv", "assumed,Invented for the tests.", "assumed,", "attend_urgent", "missing_source",
        "note"
    ),
    "a unit that is none": (
        VOLUMES, INCIDENTS, INCIDENTS.replace("count", "thousands"), INCIDENTS, "wrong_unit", "unit"
    ),
    "a unit that does not go with the basis": (
        VOLUMES, INCIDENTS, INCIDENTS.replace("count", "share"), INCIDENTS, "wrong_unit", "unit"
    ),
    "a share typed as a percentage": (
        VOLUMES, CRISIS, CRISIS.replace("0.07", "7"), CRISIS, "not_a_share", "value"
    ),
    "a number with a per cent sign": (
        VOLUMES, CRISIS, CRISIS.replace("0.07", "7%"), CRISIS, "not_a_number", "value"
    ),
    "a day that is not in the calendar": (
        VOLUMES, ARRESTS, ARRESTS.replace("12-31", "02-30"), ARRESTS, "bad_date", "period_end_on"
    ),
    "a period that ends before it begins": (
        VOLUMES, ARRESTS, ARRESTS.replace("2022-12", "2021-12"), ARRESTS, "bad_period", "period_end_on"
    ),
    "half a person counted": (
        VOLUMES, ARRESTS, ARRESTS.replace("2190", "2190.5"), ARRESTS, "not_a_whole_number", "value"
    ),
    "a figure that is not as printed": (
        VOLUMES, ARRESTS, ARRESTS.replace("2190", "2910"), ARRESTS, "not_as_printed", "value"
    ),
    "a negative count without a note": (
        VOLUMES, ARRESTS + ',"2,190"', ARRESTS.replace("2190", "-2") + ",-2", ARRESTS, "negative", "value"
    ),
    "a measure that is not declared": (
        VOLUMES, ARRESTS, ARRESTS.replace("arrests", "arests"), ARRESTS, "dangling_reference", "measure"
    ),
    "a part that is not in force.toml": (
        VOLUMES, CRISIS, CRISIS.replace("crisis", "crises"), CRISIS, "dangling_reference", "part"
    ),
    "a breakdown without a part": (
        VOLUMES, CRISIS, CRISIS.replace("crisis", ""), CRISIS, "half_a_breakdown", "part"
    ),
    "a district that is not listed": (
        VOLUMES, "crimes,,,W99900002", "crimes,,,W99900009", "crimes,,,W99900002", "dangling_reference",
        "area_id"
    ),
    "a row too long": (
        "measures.csv", "arrests,Arrests,Arrests made", "arrests,Arrests,Arrests made, in all", "arrests",
        "too_many_cells", None
    ),
    "a repeated district": (
        "geography/districts.csv", "W99900003", "W99900002", "W99900003", "repeated_id", "district_id"
    ),
    "a role that is not listed": (
        "establishment.csv", "W99900001,warden", "W99900001,guardian", "W99900001,warden",
        "dangling_reference", "role"
    ),
    "negative posts": (
        "establishment.csv", "warden,41,", "warden,-41,", "W99900001,warden", "negative", "posts_fte"
    ),
    "a unit of nobody": (
        "resource_layers.csv", "river_divers,union,River Guard divers,river_guard",
        "river_divers,union,River Guard divers,sea_guard", "river_divers", "dangling_reference", "part_of"
    ),
    "a size without its unit": (
        "resource_layers.csv", "18,strength", "18,", "night_watch", "wrong_unit", "size_unit"
    ),
    "a target for nobody": (
        "targets.csv", "answer_112,112,", "answer_112,,", "answer_112", "half_a_target", "channel"
    ),
    "a target share above one": (
        "targets.csv", "10,0.95", "10,95", "answer_112", "not_a_share", "share"
    ),
    "a crime type that is not published": (
        "harm_weights.csv", "\nBurglary,200", "\nBurglry,200", "Burglary", "unknown_value", "crime_type"
    ),
    "an id with a space": (
        "measures.csv", "\ncrimes,Offences", "\ncrimes recorded,Offences", "crimes", "bad_id", "measure"
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGE)
def test_each_kind_of_damage_is_told_with_its_file_line_and_column(folder, kind):
    file, old, new, start, rule, column = DAMAGE[kind]
    line = line_of(file, start) if start else 1
    replace(folder, file, old, new)
    told = [(p.rule, p.file, p.row, p.column) for p in problems_of(folder)]
    assert (rule, file, line, column) in told


def test_all_problems_of_all_files_are_told_at_once(folder):
    different = [
        "an unknown key", "a date of a source that is none", "a row too long", "negative posts",
                 "a target for nobody", "a size without its unit", "a figure that is not as printed"]  # fmt: skip
    for kind in different:
        replace(folder, *DAMAGE[kind][:3])
    assert {(p.file, p.rule) for p in problems_of(folder)} == {
        (DAMAGE[k][0], DAMAGE[k][4]) for k in different
    }


def test_all_that_is_wrong_in_one_row_is_told_at_once_and_nothing_else(folder):
    replace(folder, "establishment.csv", "W99900001,warden,41,2022-12-31,yearbook,Page 9,printed",
            "W99900001,wardn,forty,2022-12-31,yearbok,,printed")  # fmt: skip
    replace(
        folder, VOLUMES, "112,,2022-01-01,2022-12-31,21900,count", "112,,2022-12-31,2022-01-01,2190,litres"
    )
    replace(folder, "force.toml", "Europe/Dublin", "Europe/Westmarch")
    replace(folder, "force.toml", "is_crime = true", 'is_crime = "true"')
    replace(folder, "finance/budget_profiles.csv", ",2,0.5,", ",2,0.6,")
    assert {(p.file, p.rule, p.column) for p in problems_of(folder)} == {
        ("establishment.csv", "dangling_reference", "role"),
        ("establishment.csv", "not_a_number", "posts_fte"),
        ("establishment.csv", "dangling_reference", "source_id"),
        ("establishment.csv", "missing_source", "where"),
        (VOLUMES, "bad_period", "period_end_on"),
        (VOLUMES, "wrong_unit", "unit"),
        (VOLUMES, "not_as_printed", "value"),
        ("force.toml", "unknown_value", "time_zone"),
        ("force.toml", "not_a_flag", "is_crime"),
        ("finance/budget_profiles.csv", "not_whole", "month_share"),
    }


def test_one_mistake_is_told_once_and_not_again_by_all_that_refer_to_it(folder):
    replace(folder, "geography/districts.csv", "118400", "many")
    (problem,) = problems_of(folder)
    assert (problem.rule, problem.file, problem.row) == ("not_a_number", "geography/districts.csv", 3)


def test_the_same_mistake_in_many_rows_is_told_once_and_counted(folder):
    path = folder / VOLUMES
    path.write_text(path.read_text().replace(",yearbook,", ",yearbok,"))
    (problem,) = problems_of(folder)
    assert (problem.row, problem.count, problem.remedy) == (2, 23, 'Did you mean "yearbook"?')


def test_a_broken_toml_file_is_one_problem_at_its_line(folder):
    replace(folder, "force.toml", 'id = "westmarch"', 'id = "westmarch')
    (problem,) = problems_of(folder)
    assert (problem.rule, problem.file, problem.row) == (
        "not_toml",
        "force.toml",
        line_of("force.toml", "id ="),
    )


def test_a_heading_given_twice_is_told(folder):
    replace(folder, "force.toml", "[grades.urgent]", "[grades.critical]")
    assert [(p.rule, p.file, p.row) for p in problems_of(folder)] == [
        ("not_toml", "force.toml", line_of("force.toml", "[grades.urgent]"))
    ]


@pytest.mark.parametrize("file", ["measures.csv", "sources.toml", "establishment.csv"])
def test_a_file_that_is_missing_is_one_problem(folder, file):
    (folder / file).unlink()
    assert [(p.rule, p.file) for p in problems_of(folder)] == [("missing_file", file)]


def test_a_file_that_does_not_belong_is_named_with_what_it_may_have_been_meant_for(folder):
    (folder / "targets.csv").rename(folder / "target.csv")
    (problem,) = problems_of(folder)
    assert (problem.rule, problem.file, problem.expected) == (
        "unknown_file",
        "target.csv",
        "perhaps targets.csv.",
    )


def test_a_copy_of_a_table_put_into_a_subfolder_is_not_passed_over_in_silence(folder):
    (folder / "old").mkdir()
    shutil.copy(folder / "targets.csv", folder / "old" / "targets.csv")
    assert [(p.rule, p.file) for p in problems_of(folder)] == [("unknown_file", "old/targets.csv")]


def test_a_folder_without_a_force_file_is_refused(tmp_path):
    assert [p.rule for p in problems_of(tmp_path)] == ["no_force_file"]


def test_a_quote_never_closed_is_told(folder):
    replace(folder, "measures.csv", "arrests,Arrests", 'arrests,"Arrests')
    assert ("not_csv", "measures.csv") in [(p.rule, p.file) for p in problems_of(folder)]


def test_outlines_are_checked_for_their_districts_repeats_and_attribution(folder):
    file = "geography/lsoa_2011.geojson"
    replace(folder, file, '"district_id":"W99900001"', '"district_id":"W99900007"')
    replace(folder, file, '"lsoa11_code":"W99000003"', '"lsoa11_code":"W99000002"')
    assert sorted(p.rule for p in problems_of(folder)) == ["dangling_reference", "repeated_id", "repeated_id"]
    replace(folder, file, '"attribution"', '"thanks"')
    assert [p.rule for p in problems_of(folder)] == ["not_geojson"]


def as_excel_saves_it(text: str) -> bytes:
    text = text.replace("2022-01-01", "01/01/2022").replace("2022-12-31", "31/12/2022")
    return ("\ufeff" + text.replace("\n", "\r\n") + ",,,,\r\n\r\n").encode("utf-8")


def test_a_table_saved_from_excel_reads_the_same(folder):
    plain = load_force(folder)
    for path in folder.rglob("*.csv"):
        path.write_bytes(as_excel_saves_it(path.read_text(encoding="utf-8")))
    assert load_force(folder).volumes == plain.volumes
    assert load_force(folder).establishment == plain.establishment


def test_a_table_saved_as_cp1252_keeps_its_letters(folder):
    replace(folder, "measures.csv", "Arrests made", "Arrests made – “café”")
    path = folder / "measures.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    assert load_force(folder).measures[-1].definition == "Arrests made – “café”"


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), (";", "utf-8-sig")])
def test_a_table_parted_by_semicolons_or_tabs_reads_the_same(folder, delimiter, encoding):
    plain = load_force(folder)
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
    assert load_force(folder).volumes == plain.volumes
    assert load_force(folder).establishment == plain.establishment


@pytest.mark.parametrize(
    ("first", "delimiter"), [("sep=;", ";"), ('"SEP=|"', "|"), ("sep=,", ","), ("sep=\t", "\t")]
)
def test_a_first_line_that_says_what_parts_the_columns_is_followed_and_counted(folder, first, delimiter):
    plain = load_force(folder)
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            file.write(f"{first}\r\n")
            csv.writer(file, delimiter=delimiter).writerows(rows)
    moved = load_force(folder).volumes
    assert [one.line - 1 for one in moved] == [one.line for one in plain.volumes]
    assert tuple(change(one, line=one.line - 1) for one in moved) == plain.volumes
    replace(folder, "measures.csv", "definition", "meaning")
    assert {(p.rule, p.row) for p in problems_of(folder)} == {("unknown_column", 2), ("missing_column", 2)}


def test_a_comma_within_quotes_does_not_part_a_header_of_semicolons(folder):
    path = folder / "measures.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([[*rows[0], "ours, for now"], *rows[1:]])
    path.write_text(path.read_text(encoding="utf-8").replace("ours, for now", '"ours, for now"', 1))
    assert [(p.rule, p.column) for p in problems_of(folder)] == [("unknown_column", "ours, for now")]


def test_an_id_left_blank_is_not_offered_as_one_that_exists(folder):
    path = folder / "response" / "stations.csv"
    header, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
    at = header.index("station_id")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *([*row[:at], "", *row[at + 1 :]] for row in rows)])
    told = [(p.rule, p.column, p.expected) for p in problems_of(folder) if p.file == "cover/stations.csv"]
    assert told == [("dangling_reference", "station_id", None)]


def test_a_workbook_called_csv_is_one_problem(folder):
    (folder / "measures.csv").write_bytes(b"PK\x03\x04\x14\0\6\0\x08\0,\n\0")
    assert [(p.rule, p.file, p.remedy) for p in problems_of(folder)] == [
        ("not_text", "measures.csv", 'In the spreadsheet, save the sheet as "CSV UTF-8 (comma delimited)".')
    ]


@pytest.mark.parametrize("typed", ["1e99999999", "1" + "0" * 15, "9" * 5000])
def test_a_number_of_more_digits_than_anything_has_is_refused_at_once(folder, typed):
    replace(folder, "geography/districts.csv", "W99900001,Highmoor,", f"W99900001,Highmoor,{typed}")
    assert [(p.rule, p.column) for p in problems_of(folder)] == [("not_a_number", "population")]


@pytest.mark.parametrize("file", ["force.toml", "sources.toml"])
def test_an_empty_toml_lacks_all_it_should_hold(folder, file):
    (folder / file).write_text("", encoding="utf-8")
    found = problems_of(folder)
    lacking = (
        {"id", "name", "police_uk_names", "time_zone", "grades", "ranks"} if file == "force.toml" else set()
    )
    assert lacking <= {p.column for p in found if p.file == file}
    assert "source_id" in {p.column for p in found} or lacking


@pytest.mark.parametrize("text", ["x = " + "[" * 5000 + "]" * 5000, "schema = " + "9" * 5000])
def test_toml_that_its_reader_gives_up_on_is_told_as_such(folder, text):
    (folder / "force.toml").write_text(text, encoding="utf-8")
    assert "not_toml" in {p.rule for p in problems_of(folder) if p.file == "force.toml"}


def test_line_numbers_hold_where_a_cell_runs_over_several_lines(folder):
    replace(
        folder,
        "measures.csv",
        "Contacts from the public by channel",
        '"Contacts from the\npublic,\nby channel"',
    )
    replace(folder, "measures.csv", "\narrests,Arrests,", "\narrests,,")
    assert [(p.rule, p.row, p.column) for p in problems_of(folder)] == [("missing_value", 8, "name")]


def test_a_negative_count_with_a_note_is_kept(folder):
    replace(folder, VOLUMES, ARRESTS + ',"2,190",yearbook,Page 4,printed,',
            ARRESTS.replace("2190", "-2") + ",-2,yearbook,Page 4,printed,Printed so")  # fmt: skip
    assert load_force(folder).volume("arrests").value == -2


def test_parts_that_do_not_make_the_whole_are_a_warning_and_stay_as_printed(folder):
    replace(
        folder,
        VOLUMES,
        "incidents,category,roads,,2022-01-01,2022-12-31,0.2",
        "incidents,category,roads,,2022-01-01,2022-12-31,0.45",
    )
    force = load_force(folder)
    (warning,) = force.warnings
    assert "make 1.25, not 1" in warning.message
    assert force.volume("incidents", "roads", basis="share").value == Decimal("0.45")


def test_the_hash_follows_the_facts_and_not_the_line_ends_scenarios_scripts_or_hidden_files(folder):
    before = load_force(folder).files_sha256
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "~$targets.csv").write_bytes(b"x")
    path = folder / "targets.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (folder / "response" / "scenarios" / "one_more.toml").write_text('name = "One more"', encoding="utf-8")
    assert load_force(folder).files_sha256 == before
    replace(folder, "targets.csv", "0.95", "0.96")
    assert load_force(folder).files_sha256 != before


def test_the_invented_force_reads_with_its_own_lists():
    force = load_force(WESTMARCH)
    assert [grade.id for grade in force.grades] == ["critical", "urgent", "standard", "planned", "advice"]
    assert [grade.is_attended for grade in force.grades] == [True, True, True, True, False]
    assert [c.id for c in force.channels if c.is_emergency] == ["112"]
    assert [c.id for c in force.incident_categories if c.is_crime] == ["offence"]
    assert [r.name for r in force.ranks] == ["Warden", "Senior Warden", "Captain", "Marshal"]
    assert force.areas == () and {d.area_id for d in force.districts} == {None}
    assert force.volume("contacts", "112").value == 21900
    assert force.volume("contacts", "112", basis="mean_per_month").value == 1825
    assert force.volume("crimes", area_id="W99900002").value == 8030
    assert force.volume("crimes", "unheard_of") is None
    assert force.volume("incidents").n_days == 365
    assert force.targets[0].share == Decimal("0.95")
    assert force.source("yearbook").publisher.startswith("Westmarch")
    title = force.source("yearbook").title
    assert force.cited("yearbook", "Page 4") == f"{title}, Page 4"
    assert (force.cited("yearbook", None), force.cited(None, "Page 4")) == (title, "Page 4")
    assert force.cited(None, None) == ""
    assert force.warnings == ()


def test_a_figure_two_documents_print_is_not_chosen_between(folder):
    text = (folder / VOLUMES).read_text()
    (folder / "volumes" / "second.csv").write_text(
        text.replace("yearbook", "headcount").replace("36500", "36600").replace("36,500", "36,600")
    )
    force = load_force(folder)
    with pytest.raises(LookupError, match=r"second.csv line \d+"):
        force.volume("incidents")
    assert force.volume("arrests").value == 2190, "printed twice alike"
    assert len(force.find_volumes("incidents", basis="total")) == 2
    assert force.find_volumes("incidents", basis="total")[0].period_start_on == date(2022, 1, 1)


def test_a_shipped_force_that_is_not_there_is_named_beside_those_that_are():
    assert list_shipped() == ("cambridgeshire",)
    with pytest.raises(BadForceFolder, match="cambridgeshire"):
        shipped_force("westmarch")


def test_the_reference_page_is_what_the_schema_says():
    assert (ROOT / "docs" / "reference" / "force-folder.md").read_text(encoding="utf-8") == manual()
