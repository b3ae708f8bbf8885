"""The workbook: formulas that LibreOffice recalculates to our figures, edits that come back, locks, no injection."""

from __future__ import annotations

import functools
import io
import os
import re
import shutil
import subprocess
import tomllib
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from constabulary.core.errors import BadInput
from constabulary.finance.plan import calculate, plan_in
from constabulary.finance.scenario import calculate_scenario, read_scenario
from constabulary.finance.workbook.cells import Sheet, address
from constabulary.render.workbook import workbook
from constabulary.services.finance.resources import force_for
from constabulary.services.finance.workbook import plan_workbook, read_back

WESTMARCH = str(Path(__file__).parents[1] / "forces" / "westmarch")
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>"""


def edited(path: Path, changes: dict[str, Callable[[bytes], bytes]]) -> Path:
    """Change parts of a workbook, as somebody's spreadsheet would."""
    target = path.with_name("edited.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, lambda data: data)(old.read(name)))
    return target


def with_number(place: str, number: str) -> Callable[[bytes], bytes]:
    """Put a number into a cell."""

    def change(data: bytes) -> bytes:
        cell = re.compile(rf'(<c r="{place}"[^>/]*?)(?: t="[a-z]+")?(?:/>|>.*?</c>)'.encode())
        assert cell.search(data), place
        return cell.sub(rb"\1><v>" + number.encode() + b"</v></c>", data, count=1)

    return change


def part_of(path: Path, sheet: str) -> str:
    """Return the member that holds a sheet."""
    with zipfile.ZipFile(path) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
    return f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"


@functools.cache
def bytes_of(force: str) -> bytes:
    """Return a force's workbook, made once."""
    return plan_workbook(None, force)


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Path]:
    """Write a force's workbook."""

    def write(force: str) -> Path:
        path = tmp_path / "plan.xlsx"
        path.write_bytes(bytes_of(force))
        return path

    return write


@pytest.fixture
def recalculated(tmp_path: Path) -> Callable[[Path], Path]:
    """Open a workbook in LibreOffice, recalculate every formula and save it again."""
    program = shutil.which("soffice")
    if program is None:
        reason = "LibreOffice is not installed (apt-get install libreoffice-calc-nogui)."
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    profile = tmp_path / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")

    def open_and_save(path: Path) -> Path:
        out = tmp_path / "saved"
        subprocess.run(
            [program, "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx",
             "--outdir", str(out), str(path)],
            check=True, capture_output=True, timeout=600,
        )  # fmt: skip
        return out / path.name

    return open_and_save


def forgotten(data: bytes) -> bytes:
    """Return a sheet whose formulas no longer know what they came to."""
    return re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1<v>0</v>", data)


@pytest.mark.parametrize("force", ["cambridgeshire", WESTMARCH])
def test_libreoffice_recalculates_every_formula_to_our_figure(force, made, recalculated):
    path = made(force)
    with zipfile.ZipFile(path) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        n_formulas = sum(book.read(name).count(b"<f>") for name in sheets)
    stale = edited(path, dict.fromkeys(sheets, forgotten))
    assert n_formulas > 200
    assert read_back(None, force, stale).edited.refused, (
        "the figures were not forgotten, so nothing is proved"
    )
    found = read_back(None, force, recalculated(stale))
    assert (found.edited.drivers, found.edited.lines, found.edited.refused) == ({}, {}, ())
    assert found.is_same_plan


def test_a_driver_and_a_figure_changed_in_libreoffice_come_back_as_a_scenario_with_its_gap(
    made, recalculated, tmp_path
):
    path = made("cambridgeshire")
    plan = plan_in(force_for(None, "cambridgeshire"))
    found = calculate(plan)
    # Officer pay of 2015/16 stands in the first rows of the drivers; the precept is set on the sheet of set figures.
    drivers, set_figures = part_of(path, "Drivers"), part_of(path, "Set figures")
    row = 5 + [line.id for line in found.lines].index("precept")
    place = address(row - 1, 5 + found.years.index("2016/17"))
    changed = edited(path, {drivers: with_number("E6", "0.025"), set_figures: with_number(place, "51000000")})
    report = read_back(None, "cambridgeshire", recalculated(changed))
    assert report.edited.drivers == {"officer_pay": {"2015/16": Decimal("0.025")}}
    assert report.edited.lines == {"precept": {"2016/17": Decimal(51_000_000)}}
    assert report.edited.refused == ()
    scenario = read_scenario(tomllib.loads(report.toml), "edited.toml")
    assert calculate_scenario(plan, scenario).gap_gbp == report.gap_gbp
    assert report.gap_gbp[-1] != report.plan_gap_gbp[-1]


def test_cells_that_are_locked_or_hold_no_number_are_refused_by_name(made):
    path = made("cambridgeshire")
    changed = edited(
        path,
        {
            part_of(path, "Plan"): with_number("G5", "1"),
            part_of(path, "Reserves"): with_number("C6", "5"),
            part_of(path, "Drivers"): lambda data: re.sub(
                rb'<c r="E5"([^>]*)>.*?</c>', rb'<c r="E5"\1 t="inlineStr"><is><t>lots</t></is></c>', data
            ),
        },
    )
    refused = {one.place: one.reason for one in read_back(None, "cambridgeshire", changed).edited.refused}
    assert refused == {
        "Plan!G5": "the cell is locked",
        "Reserves!C6": "the cell is locked",
        "Drivers!E5": "it is no number",
    }


def test_a_figure_typed_over_a_formula_is_refused_and_changes_nothing(made):
    path = made("cambridgeshire")
    report = read_back(None, "cambridgeshire", edited(path, {part_of(path, "Plan"): with_number("H5", "1")}))
    [one] = report.edited.refused
    assert one.place == "Plan!H5"
    assert "Set figures" in one.reason
    assert report.gap_gbp == report.plan_gap_gbp


def test_a_locked_year_is_refused_where_a_later_one_is_taken(made, tmp_path):
    path = made("cambridgeshire")
    # Rows 5 and 6 of the drivers are officer pay of 2014/15 and of 2015/16.
    drivers = part_of(path, "Drivers")
    changed = edited(path, {drivers: lambda data: with_number("E6", "0.02")(with_number("E5", "0.02")(data))})
    report = read_back(None, "cambridgeshire", changed, locked_to="2014/15")
    assert report.edited.drivers == {"officer_pay": {"2015/16": Decimal("0.02")}}
    assert ("Drivers!E5", "the cell is locked") in {(one.place, one.reason) for one in report.edited.refused}
    with pytest.raises(BadInput, match="no year of the plan"):
        plan_workbook(None, "cambridgeshire", locked_to="2050/51")


def test_texts_that_look_like_formulas_stay_texts():
    sheet = Sheet("A", (10,), (0, 0))
    for row, text in enumerate(("=1+1", "+1", "-1", "@SUM(1)", "=HYPERLINK(1)")):
        sheet.put(row, 0, text)
    sheet.put(5, 0, Decimal(2), "number", formula="1+1")
    with zipfile.ZipFile(io.BytesIO(workbook([sheet], "t"))) as book:
        written = book.read("xl/worksheets/sheet1.xml").decode()
        assert written.count("<f>") == 1
        assert written.count('t="s"') == 5
        assert "<sheetProtection" in written


def test_the_same_plan_is_the_same_workbook_byte_for_byte():
    assert plan_workbook(None, WESTMARCH) == plan_workbook(None, WESTMARCH)


def test_another_workbook_is_refused_and_another_state_of_the_folder_told(made, tmp_path):
    other = tmp_path / "other.xlsx"
    sheet = Sheet("A", (10,), (0, 0))
    sheet.put(0, 0, "hello")
    other.write_bytes(workbook([sheet], "t"))
    with pytest.raises(BadInput, match="Read first"):
        read_back(None, WESTMARCH, other)
    folder = tmp_path / "moved"
    shutil.copytree(WESTMARCH, folder)
    (folder / "notes.md").write_text("Something changed.\n", encoding="utf-8")
    assert not read_back(None, str(folder), made(WESTMARCH)).is_same_plan


def test_both_commands_answer(run, run_json, tmp_path, bare_force):
    path, out = tmp_path / "plan.xlsx", tmp_path / "scenario.toml"
    written = run_json("finance", "xlsx", path, "--force", WESTMARCH)
    assert written["name"] == "plan.xlsx"
    changed = edited(path, {part_of(path, "Drivers"): with_number("E6", "0.5")})
    result = run("finance", "read-back", changed, "--out", out, "--force", WESTMARCH)
    assert result.exit_code == 0, result.output
    told = run_json("finance", "scenario", out, "--force", WESTMARCH)
    back = run_json("finance", "read-back", changed, "--force", WESTMARCH)
    assert back["gap_gbp"] != back["plan_gap_gbp"]
    assert back["gap_gbp"] == pytest.approx(told["scenarios"][0]["gap_gbp"])
    assert run("finance", "xlsx", tmp_path / "plan.csv", "--force", WESTMARCH).exit_code == 3
    assert run("finance", "xlsx", path, "--force", bare_force).exit_code == 3
