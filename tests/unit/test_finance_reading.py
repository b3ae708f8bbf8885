"""A table somebody brings: headings, units, numbers in a cell, spreadsheet dates, and the structure it suggests."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from constabulary.core.errors import BadInput
from constabulary.core.force.structure import load_structure
from constabulary.finance import Key, read_table, reconcile, suggest

RATIOS = {"D": 9}


def grid(text: str) -> list[list[str]]:
    return [line.split("|") for line in text.strip("\n").split("\n")]


def values(text: str, **keys) -> dict[tuple[str, str, str], Decimal]:
    return {key[1:]: value for key, value in read_table(grid(text), "t", **keys).printed.values().items()}


def test_thousands_millions_shares_and_posts_are_read_from_the_headings():
    found = values("x|Budget £'000|£m|%|FTEs\na|1,234|1.2|39.0|12.5")
    assert found == {
        ("a", "Budget £'000", "gbp"): 1_234_000,
        ("a", "£m", "gbp"): 1_200_000,
        ("a", "%", "share"): Decimal("0.39"),
        ("a", "FTEs", "fte"): Decimal("12.5"),
    }


def test_two_rows_of_headings_are_joined_and_titles_above_them_give_the_unit():
    found = values("Spending in £'000|||\n||2020||2021|\n||plan|actual|plan|actual\npay||1|2|3|4")
    assert [period for _, period, _ in found] == ["2020 plan", "2020 actual", "2021 plan", "2021 actual"]
    assert list(found.values()) == [1000, 2000, 3000, 4000]


def test_a_table_without_units_is_plain_numbers_unless_it_is_said_to_be_money():
    assert list(values("x|2020\na|5")) == [("a", "2020", "number")]
    assert values("x|2020\na|5", money="thousands") == {("a", "2020", "gbp"): 5000}


def test_brackets_are_negative_and_dashes_are_blank():
    assert list(values("x|1st|2nd\na|(928)|-\nb|n/a|7").values()) == [-928, 7]


@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ("213,000 (378,000)", 213_000, "the first is taken"),
        ("12,500 1,961 334", 14_795, "added up to 14,795"),
    ],
)
def test_several_numbers_in_a_cell_are_told_and_what_was_made_of_them(cell, value, told):
    reading = read_table(grid(f"x|£\na|{cell}\nb|5"), "t")
    assert reading.printed[Key("t", "a", "£", "gbp")].value == value
    (note,) = reading.notes
    assert note.rule == "several_numbers" and told in note.message


def test_spreadsheet_dates_are_flagged_and_not_read_as_figures():
    text = "item|due date|cost\nroof|43546|10\ngate|05/01/1900|20\ndoor|1/4/2019|30"
    reading = read_table(grid(text), "t")
    told = {note.line: note.rule for note in reading.notes}
    assert told == {"roof": "spreadsheet_date", "gate": "spreadsheet_date", "door": "not_a_figure"}
    assert "is the number 5 " in next(note.message for note in reading.notes if note.line == "gate")
    assert {key.period for key in reading.printed.values()} == {"cost"}


def test_a_reference_column_gives_the_ids_and_lines_of_one_name_stay_apart():
    assert list(values("x|Ref.|£\npay|1|5\npay|2|6")) == [("1", "£", "gbp"), ("2", "£", "gbp")]
    assert [line for line, *_ in values("x|£\npay|5\npay|6")] == ["pay", "pay_2"]


def test_a_table_without_figures_is_refused():
    with pytest.raises(BadInput, match="no row of figures"):
        read_table(grid("a|b\nc|d"), "t")


PLAN = """x|2020|2021|2022
pay|100|110|120
fuel|20|21|22
Total running|120|131|142
roofs|5|6|7
gates|4|4|4
Total estate|9|10|11
GROSS|129|141|153
Income|-29|-31|-33
NET|100|110|120
growth||10.0%|9.1%"""


def test_sums_of_sums_differences_and_growth_are_suggested_and_hold(tmp_path):
    printed = read_table(grid(PLAN), "t").printed
    found = suggest(printed, "t")
    sums = [(rule.line, rule.sum) for rule in found.rules if rule.sum]
    assert sums == [
        ("total_running", ("pay", "fuel")),
        ("total_estate", ("roofs", "gates")),
        ("gross", ("total_running", "total_estate")),
        ("gross", ("pay", "fuel", "roofs", "gates")),
        ("net", ("gross", "income")),
        ("net", ("pay", "fuel", "roofs", "gates", "income")),
    ]
    assert [rule.growth_of for rule in found.rules if rule.growth_of] == ["net"]
    (tmp_path / "s.toml").write_text(found.as_toml(), encoding="utf-8")
    assert len(tomllib.loads(found.as_toml())["rule"]) == len(found.rules)
    result = reconcile(printed, load_structure(tmp_path / "s.toml"), RATIOS)
    assert {check.kind for check in result.checks} == {"exact"}
    assert len(result.checks) == 6 * 3 + 2


def test_a_subtotal_printed_above_its_parts_is_found_and_the_double_count_shown():
    text = "x|£k\npartners|60\nnorth|10\nsouth|20\neast|30\ndrugs|5\nyouth|7\nTotal|72"
    printed = read_table(grid(text), "t").printed
    result = reconcile(printed, suggest(printed, "t").rules, RATIOS)
    (twice,) = [check for check in result.checks if check.kind == "double_count"]
    assert (twice.key.line, twice.difference) == ("total", -60_000)
    assert {check.kind for check in result.checks} == {"exact", "double_count"}


def test_columns_that_are_sums_growth_and_shares_are_found():
    text = "x|£ north|£ south|£ both|growth %|share %\na|10|20|30|100.0|50.0\nb|5|10|15|100.0|25.0\n"
    text += "c|6|9|15|50.0|25.0\nTotal|21|39|60|85.7|100.0"
    printed = read_table(grid(text), "t").printed
    rules = {rule.column: rule for rule in suggest(printed, "t").rules if rule.column}
    assert rules["£ both"].sum == ("£ north", "£ south")
    assert rules["growth %"].growth_of == "£ north..£ south"
    assert (rules["share %"].share_of, rules["share %"].part) == ("total", "£ both")
    assert {c.kind for c in reconcile(printed, suggest(printed, "t").rules, RATIOS).checks} == {"exact"}


def test_a_total_that_holds_nowhere_is_still_taken_for_one_by_its_name():
    printed = read_table(grid("x|£\na|10\nb|20\nTotal|31"), "t").printed
    (check,) = reconcile(printed, suggest(printed, "t").rules, RATIOS).checks
    assert (check.kind, check.difference) == ("rounding", 1)


def test_a_lone_negative_among_counts_is_implausible():
    months = "|".join(f"m{n}" for n in range(5))
    printed = read_table(grid(f"x|{months}\nthefts|6|9|7|-2|19\ngap|-1|-2|3|4|5"), "t").printed
    found = reconcile(printed, (), RATIOS).checks
    assert [(check.kind, check.key.line, check.key.period) for check in found] == [
        ("implausible", "thefts", "m3")
    ]
