"""Printed against calculated: the faults of the documents, worked out by hand, and each class on a table of its own."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from constabulary.core.amounts import money
from constabulary.core.errors import BadInput
from constabulary.core.force import load_force, shipped_force
from constabulary.core.force.model import FinanceRule
from constabulary.finance import (
    CLASSES,
    Cell,
    Key,
    Printed,
    printed_in,
    read_table,
    reconcile,
    suggest,
    words,
)
from constabulary.finance.words import amount, slip
from constabulary.services.finance.printed import reconcile_force

RATIOS = {"A": 6, "D": 9}


def rule(**keys) -> FinanceRule:
    return FinanceRule(file="test", row=1, **keys)


def table(text: str, *rules: FinanceRule, unit: str | None = None):
    printed = read_table([line.split("|") for line in text.strip().split("\n")], "t", unit).printed
    return reconcile(printed, rules, RATIOS)


@pytest.fixture(scope="module")
def shipped():
    return reconcile_force(force="cambridgeshire").result


def one(result, table, line, period, rule, kind):
    (found,) = [
        c
        for c in result.checks
        if (c.key.table, c.key.line, c.key.period, c.rule, c.kind) == (table, line, period, rule, kind)
    ]
    return found


# 43,286: 433 + 21,348 + 761 + 36 + 117 + 4,019 + 2,280 + 13,609 + 683, printed 42,286. 84,593: 46,671 + 1,880 + 12,051
# + 17,675 + 203 + 6,113, printed 85,593. -3,549: -5,086 + 1,537, printed -3,538.
BY_HAND = [
    ("17", "2012/13", "sum_of_parts", 42_286, 43_286, "17"),
    ("7", "2015/16", "sum_of_parts", 85_593, 84_593, "7"),
    ("53", "2015/16", "change", -3_538, -3_549, "53"),
]


@pytest.mark.parametrize(("line", "period", "path", "printed", "calculated", "fault"), BY_HAND)
def test_a_misprint_of_the_2013_forecast_is_found_and_laid_on_the_right_cell(
    shipped, line, period, path, printed, calculated, fault
):
    check = one(shipped, "mtfp_2013_14", line, period, path, "exceeds_rounding")
    assert (check.printed, check.calculated) == (printed * 1000, calculated * 1000)
    assert check.difference == (printed - calculated) * 1000
    assert check.at_fault == (Key("mtfp_2013_14", fault, period, "gbp"),)


@pytest.mark.parametrize(("period", "fault"), [("2012/13", "17"), ("2015/16", "7")])
def test_gross_expenditure_is_cleared_because_it_agrees_with_its_detail(shipped, period, fault):
    check = one(shipped, "mtfp_2013_14", "38", period, "sum_of_parts", "exceeds_rounding")
    assert check.at_fault == (Key("mtfp_2013_14", fault, period, "gbp"),)
    assert one(shipped, "mtfp_2013_14", "38", period, "sum_of_parts", "exact").printed == check.printed


def test_every_rounding_difference_of_the_2013_forecast_is_one_thousand(shipped):
    found = [c for c in shipped.checks if c.table == "mtfp_2013_14" and c.kind == "rounding"]
    assert {abs(check.difference) for check in found} == {1000}
    assert {(c.key.line, c.key.period) for c in found} == {
        ("45", "2016/17"), ("51", "2012/13"), ("51", "2013/14"), ("51", "2015/16"), ("52", "2015/16"), ("53", "2016/17")
    }  # fmt: skip


def test_ten_officers_are_in_the_total_and_in_no_line(shipped):
    check = one(
        shipped, "police_officers_2013_14", "total", "2013/14 estimate", "sum_of_parts", "exceeds_rounding"
    )
    assert (check.calculated, check.difference) == (Decimal("1339.2"), Decimal("10.0"))
    assert check.at_fault == ()
    assert "(1,349)" in check.explanation and "is not printed" in check.explanation


def test_the_community_safety_fund_counts_its_first_row_twice_when_every_row_is_added(shipped):
    check = one(shipped, "community_safety_fund_2013_14", "total", "2013/14", "every_row", "double_count")
    assert (check.printed, check.calculated, check.difference) == (928_000, 1_183_000, -255_000)
    one(shipped, "community_safety_fund_2013_14", "total", "2013/14", "sum_of_parts", "exact")


def test_a_heading_in_thousands_over_millions_is_told_as_a_matter_of_the_unit(shipped):
    check = one(shipped, "funding_2017_18", "total", "2017/18", "same_figure", "contradicts_another_source")
    assert (check.printed, check.calculated) == (132_400, 132_400_000)
    assert "exactly 1,000 times too small" in check.explanation


@pytest.mark.parametrize(
    ("table", "line", "kind"),
    [
        ("finance_text_2013_14", "increase_per_week", "exceeds_rounding"),
        ("finance_text_2017_18", "cost_per_person_per_day", "exceeds_rounding"),
        ("finance_text_2017_18", "residents", "contradicts_another_source"),
        ("reserves_text_2019_20", "general_reserve_share", "contradicts_another_source"),
        ("finance_text_2017_18", "grants", "missing"),
        ("capital_programme_2019_20", "", "missing"),
        ("police_officers_2013_14", "police_support", "implausible"),
    ],
)
def test_the_other_known_faults_are_classed(shipped, table, line, kind):
    assert kind in {c.kind for c in shipped.checks if (c.key.table, c.key.line) == (table, line)}


@pytest.mark.parametrize(
    ("table", "line"),
    [
        ("victim_services_2017_18", "total"),
        ("victim_services_2017_18", "sexual_violence_gross"),
        ("precept_2019_20", "increase"),
        ("precept_2019_20", "allowed_increase"),
        ("finance_text_2013_14", "increase_share"),
        ("finance_text_2013_14", "further_savings"),
        ("workforce_2019_20", "total_officers"),
        ("workforce_text_2019_20", "local_increase"),
        ("reserves_2017_18", "total"),
    ],
)
def test_what_adds_up_in_the_documents_is_exact(shipped, table, line):
    found = {c.kind for c in shipped.checks if (c.key.table, c.key.line) == (table, line)}
    assert found == {"exact"}


def test_printed_values_are_never_changed_and_each_explanation_names_its_line(shipped):
    force = load_force(shipped_force("cambridgeshire"))
    values = printed_in(force).values()
    for check in shipped.checks:
        assert check.kind in CLASSES
        assert check.label in check.explanation
        if check.printed is not None:
            assert check.printed == values[check.key]
            assert check.source


def test_the_tolerance_is_half_a_unit_for_each_part_and_half_for_the_total():
    parts = "\n".join(f"p{n}|10" for n in range(3))
    for total, kind in (("30", "exact"), ("32", "rounding"), ("33", "exceeds_rounding")):
        result = table(f"x|£'000\n{parts}\ntotal|{total}", rule(line="total", sum=("p0..p2",)))
        assert [c.kind for c in result.checks] == [kind]


def test_growth_share_and_rates_are_exact_where_they_round_to_what_is_printed():
    text = (
        "x|2020|2021|% of total\na|£100|£104|52.0%\nb|£100|£96|48.0%\ntotal|£200|£200|100.0%\ngrowth|  |4.0%|"
    )
    result = table(
        text,
        rule(line="growth", growth_of="a"),
        rule(column="% of total", share_of="total", part="2021"),
    )
    assert {c.kind for c in result.checks} == {"exact"}
    assert len(result.checks) == 3


def test_a_day_has_a_365th_of_the_year_and_a_week_a_52nd():
    text = "x|2020\nyear|£36,500\npeople|10\nday|£10.00\nweek|£70.19"
    result = table(
        text,
        rule(line="day", product=("year",), over=("people",), per="day"),
        rule(line="week", product=("year",), over=("people",), per="week"),
    )
    assert [(c.kind, c.calculated) for c in result.checks] == [("exact", 10), ("exact", Decimal("70.19"))]


def test_gross_less_income_is_a_sum_with_a_sign():
    result = table("x|£\ngross|100\nincome|30\nnet|70", rule(line="net", sum=("gross", "-income")))
    assert [c.kind for c in result.checks] == ["exact"]


def test_a_blank_that_can_be_calculated_is_missing():
    result = table("x|2020|2021\na|£1|£2\nb|£3|£4\ntotal||£6", rule(line="total", sum=("a", "b")))
    assert [(c.kind, c.printed, c.calculated) for c in result.checks] == [
        ("exact", 6, 6),
        ("missing", None, 4),
    ]


def test_the_bands_of_a_users_table_follow_the_statutory_ratios():
    text = "x|2013/14\nBand A|£118.62\nBand D|£177.93"
    result = table(text, rule(bands_of="Band D"))
    assert [(c.key.line, c.kind) for c in result.checks] == [("band_a", "exact")]


def test_a_rule_for_a_line_that_is_not_there_is_told():
    with pytest.raises(BadInput, match='no line "c"'):
        table("x|£\na|1\nb|2", rule(line="a", sum=("b", "c")))


def test_a_lone_failing_sum_lays_the_fault_on_nobody():
    result = table("x|£\na|1000\nb|2000\ntotal|3500", rule(line="total", sum=("a", "b")))
    assert result.checks[0].at_fault == ()
    assert "Nothing else that is printed settles" in result.checks[0].explanation


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("85593", "84593", "One digit differs."),
        ("653", "563", "Two digits have changed places."),
        ("-12", "12", "The sign is the other way round."),
        ("132400", "132400000", "exactly 1,000 times too small"),
        ("123", "456", ""),
    ],
)
def test_a_slip_is_named(wrong, right, told):
    found = slip(Decimal(wrong), Decimal(right), Decimal(1))
    assert told in found and bool(told) == bool(found)


def test_order_of_rules_and_lines_does_not_change_what_is_found():
    text = ["a|400", "b|100", "s|600", "c|50", "t|550"]
    rules = [
        rule(line="s", sum=("a", "b")),
        rule(line="t", sum=("s", "c")),
        rule(line="t", sum=("a", "b", "c")),
    ]
    straight = table("\n".join(["x|£", *text]), *rules)
    turned = table("\n".join(["x|£", *reversed(text)]), *reversed(rules))
    assert {(c.key, c.rule, c.kind, c.at_fault, c.difference) for c in straight.checks} == {
        (c.key, c.rule, c.kind, c.at_fault, c.difference) for c in turned.checks
    }
    assert {c.at_fault[0].line for c in straight.checks if c.at_fault} == {"s"}


def test_a_cell_keeps_its_place_in_the_printed_order():
    keys = [Key("t", line, "p", "gbp") for line in ("b", "a")]
    printed = Printed(Cell(key, key.line, "1", Decimal(1), Decimal(1)) for key in keys)
    assert printed.lines("t") == ["b", "a"]
    assert suggest(printed, "t").rules == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("-928000", "−£928,000"), ("-0.5", "−£0.50"), ("-0.0625", "−£0.0625"), ("0", "£0"), ("1234.5", "£1,234.50"),
    ],
)  # fmt: skip
def test_negative_money_has_its_minus_before_the_pound(value: str, said: str):
    assert amount(Decimal(value), "gbp") == said


def test_what_rounds_to_nothing_has_no_sign():
    assert money(Decimal("-0.004")) == "£0.00"


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [(Decimal("2.5"), 0, "£3"), (Decimal("-2.5"), 0, "−£3"), (0.125, 2, "£0.13"), (1250, 2, "£1,250.00")],
)
def test_half_a_unit_of_money_rounds_away_from_nothing(value: Decimal | float, places: int, said: str):
    assert money(value, places) == said


def test_no_sentence_writes_an_amount_another_way():
    package = Path(words.__file__).parents[1]
    rooms = [
        package / "finance",
        *package.glob("services/finance/printed*.py"),
        *package.glob("cli/finance*.py"),
    ]
    files = [file for room in rooms for file in ([room] if room.is_file() else room.rglob("*.py"))]
    assert len(files) > 40
    found = [
        f"{file.name}: {line}"
        for file in files
        for line in file.read_text("utf-8").splitlines()
        if "£{" in line
    ]
    assert [line for line in found if not line.startswith("words.py")] == []
