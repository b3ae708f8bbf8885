"""Printed figures: what a cell prints, the shipped inventory, and what a force folder may not get wrong."""

from __future__ import annotations

import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from constabulary.core.errors import BadForceFolder
from constabulary.core.force import load_force, shipped_force
from constabulary.core.force.figures import numbers_in, reading
from constabulary.core.force.structure import parse_reference

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"


@pytest.mark.parametrize(
    ("text", "values", "steps"),
    [
        ("51,093", ["51093"], ["1"]),
        ("-1,417", ["-1417"], ["1"]),
        ("(928)", ["-928"], ["1"]),
        ("£28.5k", ["28500"], ["100"]),
        ("£131.579 million", ["131579000"], ["1000"]),
        ("39.0%", ["0.39"], ["0.001"]),
        ("1.96 per cent", ["0.0196"], ["0.0001"]),
        ("43p", ["0.43"], ["0.01"]),
        ("six pence", ["0.06"], ["0.01"]),
        ("24,391*", ["24391"], ["1"]),
        ("213,000 (378,000)", ["213000", "378000"], ["1", "1"]),
        ("12,500 1,961 334", ["12500", "1961", "334"], ["1", "1", "1"]),
        ("1 961", ["1961"], ["1"]),
        ("not applicable", [], []),
    ],
)
def test_a_printed_cell_gives_its_numbers_and_how_exact_they_are(text, values, steps):
    found = numbers_in(text)
    assert [one.value for one in found] == [Decimal(value) for value in values]
    assert [one.step for one in found] == [Decimal(step) for step in steps]


def test_thousands_of_the_heading_are_multiplied_out_only_where_the_cell_has_no_unit_of_its_own():
    assert reading("45,580", Decimal(45_580_000), "gbp").step == 1000
    assert reading("£45k", Decimal(45_000_000), "gbp") is None
    assert reading("45,580", Decimal(45_580_000), "fte") is None


def test_a_reference_names_table_line_period_and_unit():
    assert parse_reference("-plan:7@2012/13#gbp") == (-1, "plan", "7", "2012/13", "gbp")
    assert parse_reference("total") == (1, None, "total", None, None)


def test_the_shipped_tables_hold_what_the_inventory_says_and_every_figure_has_its_place():
    force = load_force(shipped_force("cambridgeshire"))
    cells = Counter(cell.table_id for cell in force.printed_cells)
    lines = {t: len({c.line_id for c in force.printed_cells if c.table_id == t}) for t in cells}
    assert {t.id: (t.n_lines, t.n_cells) for t in force.printed_tables} == {
        t.id: (lines.get(t.id, 0), cells[t.id]) for t in force.printed_tables
    }
    assert all(cell.printed and cell.source_id and cell.where for cell in force.printed_cells)


def test_the_inventory_has_the_rows_and_cells_counted_by_hand_in_the_documents():
    tables = {
        t.id: (t.n_lines, t.n_cells) for t in load_force(shipped_force("cambridgeshire")).printed_tables
    }
    # 54 numbered lines and one without a number; of 275 cells, five are empty in Roads, Dogs and Special Branch ...
    assert tables["mtfp_2013_14"][0] == 55
    empty = 3 + 1 + 1 + 1 + 2 + 2 + 2
    # ... (2012/13), grants, capital, safety grant (2012/13), growth and the two gap lines (2012/13 and 2013/14).
    assert tables["mtfp_2013_14"][1] == 55 * 5 - empty
    assert tables["police_officers_2013_14"] == (5, 30)
    assert tables["police_staff_2013_14"] == (3, 18)
    assert tables["community_safety_fund_2013_14"] == (17, 17)
    assert tables["funding_2017_18"] == (6, 12)
    assert tables["offender_grants_2019_20"] == (6, 6)
    assert tables["workforce_2019_20"] == (6, 12)
    assert tables["territorial_establishment_2014"] == (6, 18)


BOOK = "finance/printed/yearbook_2022.csv"
DAMAGE = {
    "a value that is not the printed one": (BOOK, ",653000,", ",563000,", "not_as_printed"),
    "a cell without a number": (BOOK, ",653,653000", ",some,653000", "not_a_number"),
    "a lost row": ("finance/tables.csv", "printed,7,14", "printed,7,15", "inventory_count"),
    "a figure without its source": (BOOK, "yearbook,Table levy", ",Table levy", "missing_source"),
    "a rule for no line": ("finance/structure.toml", '"lamps", "rents"]', '"lamp", "rents"]', "dangling_reference"),
    "a rule of two kinds": ("finance/structure.toml", "bands_of", 'same_as = "band_a"\nbands_of', "not_one_path"),
    "a misspelt key": ("finance/structure.toml", "bands_of", "bands", "unknown_key"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_table_is_refused_with_its_file_and_line(tmp_path, damage):
    file, old, new, rule = DAMAGE[damage]
    folder = shutil.copytree(WESTMARCH, tmp_path / "force")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadForceFolder) as caught:
        load_force(folder)
    told = [problem for problem in caught.value.problems if problem.rule == rule]
    assert told and told[0].file == file and told[0].row
