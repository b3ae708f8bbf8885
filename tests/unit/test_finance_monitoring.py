"""Budget monitoring: hand-worked months, ledgers of several shapes, laws every year keeps, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from constabulary.core.errors import BadInput, NothingThere
from constabulary.core.force.rooms.finance_monitoring import VirementRow
from constabulary.finance.actuals import amount_of, read_actuals
from constabulary.finance.monitoring import Budgeted, calendar_months, monitor, profiled
from constabulary.services.finance.monitoring import monitoring

WESTMARCH = str(Path(__file__).parents[1] / "forces" / "westmarch")
MONTHS = calendar_months("2019/20")


def budgets(**amounts: int) -> list[Budgeted]:
    return [Budgeted(name, name.title(), Decimal(amount)) for name, amount in amounts.items()]


def virement(amount: int, giver: str = "a", taker: str = "b", on: date = date(2019, 6, 1)) -> VirementRow:
    return VirementRow(
        file="virements.csv", line=2, status="assumed", note="made up", virement_id="v", moved_on=on,
        from_line_id=giver, to_line_id=taker, amount_gbp=Decimal(amount), reason="r", approved_by="treasurer",
    )  # fmt: skip


def test_a_quarter_of_an_even_budget_is_due_after_three_months_and_both_forecasts_follow():
    spent = {("a", month): Decimal(150) for month in MONTHS[:3]}
    on_profile = monitor("2019/20", budgets(a=1200), spent, profiles={}).lines[0]
    assert (on_profile.budget_to_date_gbp, on_profile.actual_to_date_gbp) == (300, 450)
    assert (on_profile.variance_to_date_gbp, on_profile.outturn_gbp, on_profile.variance_gbp) == (
        150,
        1350,
        150,
    )
    at_rate = monitor("2019/20", budgets(a=1200), spent, profiles={}, method="run_rate").lines[0]
    assert (at_rate.outturn_gbp, at_rate.other_outturn_gbp) == (1800, 1350)  # 450 x 1,200 / 300
    assert at_rate.variance_share == Decimal("0.5")
    assert at_rate.is_notable


def test_a_line_is_held_against_its_own_profile():
    profile = {"a": {1: Decimal("0.75"), 12: Decimal("0.25")}}
    found = monitor("2019/20", budgets(a=1000), {("a", MONTHS[0]): Decimal(750)}, profiles=profile).lines[0]
    assert found.variance_to_date_gbp == 0
    assert [one.budget_gbp for one in found.months] == [750, *[0] * 10, 250]
    assert [one.actual_gbp for one in found.months] == [750, *[None] * 11]


def test_a_virement_moves_budget_and_leaves_the_whole_as_it_was():
    found = monitor("2019/20", budgets(a=1000, b=500), {}, profiles={}, virements=[virement(200)])
    assert [one.revised_gbp for one in found.lines] == [800, 700]
    assert (found.total.budget_gbp, found.total.virements_gbp, found.total.revised_gbp) == (1500, 0, 1500)
    last_year = virement(200, on=date(2019, 3, 31))
    assert monitor("2019/20", budgets(a=1000, b=500), {}, profiles={}, virements=[last_year]).virements == ()
    with pytest.raises(BadInput, match=r"virements.csv, row 2.*no line of the budget"):
        monitor("2019/20", budgets(a=1000), {}, profiles={}, virements=[virement(1)])
    with pytest.raises(BadInput, match="takes more from a than it has"):
        monitor("2019/20", budgets(a=1000, b=0), {}, profiles={}, virements=[virement(1001)])


def test_spending_on_no_line_and_lines_of_which_nothing_is_told_are_said():
    spent = {("x", MONTHS[0]): Decimal(7), ("a", MONTHS[0]): Decimal(100)}
    found = monitor("2019/20", budgets(a=1200, b=12), spent, profiles={})
    assert found.total.actual_to_date_gbp == 100
    assert any("£7.00 was spent on x" in one for one in found.findings)
    assert any("Nothing is told of 1 of 2 lines (B)" in one for one in found.findings)


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=5),
    st.lists(st.integers(0, 100), min_size=12, max_size=12).filter(any),
    st.lists(st.integers(-(10**6), 10**6), min_size=0, max_size=12),
    st.sampled_from(["profile", "run_rate"]),
)
def test_months_add_up_to_the_year_and_lines_to_the_whole(pence, weights, spent, method):
    lines = [Budgeted(str(no), str(no), Decimal(amount) / 100) for no, amount in enumerate(pence)]
    whole = sum(weights)
    shares = {no + 1: Decimal(weight) / whole for no, weight in enumerate(weights)}
    actuals = {("0", month): Decimal(amount) / 100 for month, amount in zip(MONTHS, spent, strict=False)}
    found = monitor("2019/20", lines, actuals, profiles={"0": shares}, method=method)
    for one in (*found.lines, found.total):
        assert sum(month.budget_gbp for month in one.months) == one.revised_gbp
        assert one.outturn_gbp - one.revised_gbp == one.variance_gbp
    assert sum(one.outturn_gbp for one in found.lines) == found.total.outturn_gbp
    if len(spent) == 12 and method == "profile":
        assert found.lines[0].outturn_gbp == sum(actuals.values())


def test_a_profile_to_the_penny_gives_its_last_month_what_rounding_leaves():
    assert profiled(Decimal("100.00"), None) == [Decimal("8.33")] * 11 + [Decimal("8.37")]
    assert profiled(Decimal("0.01"), {3: Decimal(1)})[2] == Decimal("0.01")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("£1,234.50", "1234.50"),
        ("(12)", "-12"),
        ("12-", "-12"),
        ("-3", "-3"),
        ("=1+1", None),
        ("", None),
        ("nan", None),
        ("1e99999999", None),
    ],
)
def test_amounts_are_read_as_ledgers_write_them_and_never_as_formulas(text, amount):
    assert amount_of(text) == (None if amount is None else Decimal(amount))


def test_long_and_wide_ledgers_say_the_same():
    lines = {"pay": "Officer pay", "cars": "Cars"}
    long = read_actuals(
        [
            ["Line", "Month", "Amount"],
            ["Officer pay", "30/04/2019", "10"],
            ["pay", "Apr-19", "5"],
            ["cars", "2019-05", "(2)"],
        ],
        lines,
    )
    wide = read_actuals([["line_id", "Apr 2019", "2019-05"], ["pay", "15", ""], ["CARS", "", "-2"]], lines)
    assert long.amounts_gbp == wide.amounts_gbp == {("pay", "2019-04"): 15, ("cars", "2019-05"): -2}
    bad = read_actuals(
        [["line_id", "month", "amount"], ["pay", "soon", "1"], ["pay", "2019-04", "lots"]], lines
    )
    assert [(one.row, one.reason) for one in bad.refused] == [
        (2, "this is no month, such as 2019-04"),
        (3, "this is no amount"),
    ]
    assert "heading is not understood" in read_actuals([["a", "b"], ["1", "2"]], lines).refused[0].reason


def test_the_invented_force_is_monitored_by_hand_worked_figures():
    found = {one.line_id: one for one in monitoring(None, WESTMARCH).result.lines}
    # Half of 131,000 + 4,000 falls into February; 70,000 was spent.
    assert found["horses"].budget_to_date_gbp == 67_500
    assert found["horses"].variance_gbp == 2_500
    assert found["lamps"].revised_gbp == 76_000
    assert found["stray_fees"].budget_gbp == -9_000


def test_the_command_reads_csv_excel_and_pasted_rows_alike(run, run_json, tmp_path, bare_force):
    rows = [["line_id", "2023-01", "2023-02"], ["wardens", "40000", "41000"], ["horses", "x", "1"]]
    (tmp_path / "ledger.csv").write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    with xlsxwriter.Workbook(tmp_path / "ledger.xlsx") as book:
        sheet = book.add_worksheet("Ledger")
        for no, row in enumerate(rows):
            sheet.write_row(no, 0, row)
    answers = [
        run_json("finance", "monitor", tmp_path / name, "--force", WESTMARCH)
        for name in ("ledger.csv", "ledger.xlsx")
    ]
    for answer in answers:
        assert answer["period"] == "2023"
        assert answer["total"]["actual_to_date_gbp"] == 81_001
        assert [one["value"] for one in answer["refused"]] == ["x"]
    assert run("finance", "monitor", "--force", WESTMARCH).exit_code == 0
    assert run("finance", "monitor", "--force", bare_force).exit_code == 9
    with pytest.raises(NothingThere, match=r"finance/actuals\.csv"):
        monitoring(None, "cambridgeshire")
    with pytest.raises(NothingThere, match="no budget for 2050"):
        monitoring(None, WESTMARCH, text="line_id\t2050-01\nwardens\t1\n")
