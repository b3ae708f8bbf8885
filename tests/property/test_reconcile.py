"""A made-up table with one fault in it: the fault is found and laid on the right cell, whichever it is."""

from __future__ import annotations

import random
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from constabulary.core.force.model import FinanceRule
from constabulary.finance import Cell, Key, Printed, reconcile, suggest

PERIODS = ("2020/21", "2021/22", "2022/23", "2023/24")
TOTAL = "all years"


def rule(**keys) -> FinanceRule:
    return FinanceRule(file="test", row=1, **keys)


@st.composite
def tables(
    draw: st.DrawFn, *, is_chance: bool = False
) -> tuple[dict[tuple[str, str], int], list[FinanceRule], list[str]]:
    """Draw groups of lines with subtotals, a grand total by two paths, and a column that totals the years.

    With `is_chance` the figures come from a seed: a search for awkward ones would find tables in which several
    structures are true at once, such as one whose figures are all alike.
    """
    chance = random.Random(draw(st.integers(0, 2**32)))
    n_groups = draw(st.integers(2, 3))
    groups = {
        f"total_{g}": [f"line_{g}_{n}" for n in range(draw(st.integers(2, 4)))] for g in range(n_groups)
    }
    values: dict[tuple[str, str], int] = {}
    order: list[str] = []
    for subtotal, lines in groups.items():
        for line in lines:
            order.append(line)
            for period in PERIODS:
                values[line, period] = (
                    chance.randint(100, 99_999) if is_chance else draw(st.integers(100, 99_999))
                )
        order.append(subtotal)
        for period in PERIODS:
            values[subtotal, period] = sum(values[line, period] for line in lines)
    order.append("gross_total")
    for period in PERIODS:
        values["gross_total", period] = sum(values[subtotal, period] for subtotal in groups)
    for line in order:
        values[line, TOTAL] = sum(values[line, period] for period in PERIODS)
    rules = [rule(line=subtotal, sum=tuple(lines)) for subtotal, lines in groups.items()]
    rules.append(rule(line="gross_total", sum=tuple(groups)))
    rules.append(rule(line="gross_total", sum=tuple(line for lines in groups.values() for line in lines)))
    rules.append(rule(column=TOTAL, sum=PERIODS))
    return values, rules, order


def printed(values: dict[tuple[str, str], int], order: list[str]) -> Printed:
    return Printed(
        Cell(
            Key("t", line, period, "gbp"),
            line,
            str(values[line, period]),
            Decimal(values[line, period]),
            Decimal(1),
        )
        for line in order
        for period in (*PERIODS, TOTAL)
    )


@settings(max_examples=60, deadline=None)
@given(tables())
def test_a_table_that_adds_up_has_no_differences(drawn):
    values, rules, order = drawn
    result = reconcile(printed(values, order), rules, {"D": 9})
    assert {check.kind for check in result.checks} == {"exact"}
    n_subtotals = sum(line.startswith("total_") for line in order)
    assert len(result.checks) == (n_subtotals + 2) * (len(PERIODS) + 1) + len(order)


@settings(max_examples=120, deadline=None)
@given(tables(), st.data())
def test_a_planted_fault_is_found_and_the_right_cell_blamed(drawn, data):
    values, rules, order = drawn
    line = data.draw(st.sampled_from(order))
    period = data.draw(st.sampled_from((*PERIODS, TOTAL)))
    error = data.draw(st.integers(100, 9_999)) * data.draw(st.sampled_from((1, -1)))
    wrong = {**values, (line, period): values[line, period] + error}
    result = reconcile(printed(wrong, order), rules, {"D": 9})
    failing = [check for check in result.checks if check.kind != "exact"]
    assert failing
    assert {check.kind for check in failing} == {"exceeds_rounding"}
    assert {check.at_fault for check in failing} == {(Key("t", line, period, "gbp"),)}
    for check in failing:
        assert abs(check.difference) == abs(error)
        assert check.difference == check.printed - check.calculated
    assert all(check.printed == wrong[check.key.line, check.key.period] for check in result.checks)


@settings(max_examples=60, deadline=None)
@given(tables(is_chance=True))
def test_the_structure_a_table_suggests_is_the_one_it_was_made_by(drawn):
    values, rules, order = drawn
    found = suggest(printed(values, order), "t").rules
    made = {(one.line, one.column, one.sum) for one in rules}
    assert made <= {(one.line, one.column, one.sum) for one in found}


@settings(max_examples=60, deadline=None)
@given(tables(is_chance=True), st.data())
def test_a_fault_in_one_column_does_not_hide_the_structure(drawn, data):
    values, _, order = drawn
    line = data.draw(st.sampled_from([one for one in order if one.startswith("total_")]))
    wrong = {**values, (line, PERIODS[1]): values[line, PERIODS[1]] + 5_000}
    cells = printed(wrong, order)
    result = reconcile(cells, suggest(cells, "t").rules, {"D": 9})
    blamed = {key for check in result.checks for key in check.at_fault}
    assert blamed == {Key("t", line, PERIODS[1], "gbp")}
