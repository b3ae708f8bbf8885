"""Reserves and capital against printed figures, hand-worked accounts, and laws every account keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constabulary.core.errors import BadInput, NothingThere
from constabulary.core.force.rooms.finance_capital import (
    CapitalFinancingRow,
    CapitalPositionRow,
    CapitalSchemeRow,
    CapitalYearRow,
    ReserveMovementRow,
    ReserveRow,
)
from constabulary.finance.capital import plan_capital
from constabulary.finance.reserves import plan_reserves
from constabulary.finance.workbook.resource_sheets import FIRST_YEAR, capital_sheet
from constabulary.services.finance.capital import capital
from constabulary.services.finance.reserves import reserves

WESTMARCH = str(Path(__file__).parents[1] / "forces" / "westmarch")
AT = {"file": "money.csv", "line": 2, "status": "assumed", "note": "made up"}
YEARS = tuple(f"20{no}/{no + 1}" for no in range(19, 27))


def position(provision="share", share="0.04", requirement=1000, debt=1000, rate="0.05"):
    return CapitalPositionRow(
        **AT, as_at_on=date(2019, 3, 31), financing_requirement_gbp=Decimal(requirement), debt_gbp=Decimal(debt),
        provision=provision, provision_share=Decimal(share), interest_rate=Decimal(rate),
    )  # fmt: skip


def scheme(period, spend, life=None, scheme_id="a"):
    return CapitalSchemeRow(
        **AT, scheme_id=scheme_id, period=period, name=scheme_id, spend_gbp=Decimal(spend), life_years=life
    )


def paid(period, source, amount):
    return CapitalFinancingRow(**AT, period=period, source=source, amount_gbp=Decimal(amount))


def test_four_per_cent_of_the_requirement_returns_the_provision_and_interest_printed_in_2013():
    found = capital(None, "cambridgeshire").years
    thousands = [(round(one.provision_gbp, -3), round(one.interest_gbp, -3)) for one in found]
    printed = [(1038, 491), (1002, 473), (968, 454), (935, 435)]
    assert thousands == [(provision * 1000, interest * 1000) for provision, interest in printed]
    # Line 37 less the finance lease: 2,679 - 10, 2,685 - 10, 2,732 - 10 and 2,780 - 10 of the printed thousands.
    assert [
        abs(one.revenue_gbp - total * 1000) <= 500
        for one, total in zip(found, (2669, 2675, 2722, 2770), strict=True)
    ]


def test_provision_over_the_life_begins_the_year_after_and_ends_with_the_life():
    found = plan_capital(
        position("asset_life", "0.5"),
        [scheme("2019/20", 100, 3)],
        [paid("2019/20", "grant", 10)],
        [],
        YEARS[:6],
    )
    # 500 and 500 of the old 1,000; 30 a year of the new 90 from 2020/21 on.
    assert [one.provision_gbp for one in found] == [500, 530, 30, 30, 0, 0]
    assert [one.requirement_closing_gbp for one in found] == [590, 60, 30, 0, 0, 0]
    assert found[0].unfinanced_gbp == 90


def test_an_instalment_that_does_not_divide_evenly_leaves_nothing_behind():
    found = plan_capital(
        position("asset_life", "1", requirement=0, debt=0), [scheme("2019/20", 100, 3)], [], [], YEARS[:5]
    )
    assert [one.provision_gbp for one in found] == [
        0,
        Decimal("33.34"),
        Decimal("33.34"),
        Decimal("33.32"),
        0,
    ]


def test_what_is_unfinanced_is_shared_over_schemes_by_their_spending():
    found = capital(None, WESTMARCH).years
    # 40,000 spent, 20,000 unfinanced: 15,000 over 25 years and 5,000 over 4, beside 5,000 a year of the old 100,000.
    assert found[1].provision_gbp == Decimal(5000 + 600 + 1250)
    assert found[0].revenue_gbp == Decimal(5000 + 2400 + 12000)
    kept = {one.indicator_id: one.is_kept for one in found[0].indicators}
    assert kept == {
        "capital_expenditure": None,
        "financing_requirement": None,
        "debt_and_requirement": True,
        "operational_boundary": True,
        "authorised_limit": False,
        "financing_share": None,
    }
    share = found[0].indicators[-1]
    assert share.value == Decimal(7400) / Decimal(684_000)


def test_debt_may_run_ahead_by_two_years_of_rises_and_no_more():
    schemes = [scheme("2021/22", 500, 10), scheme("2022/23", 900, 10)]
    years = [
        CapitalYearRow(
            **AT, period="2019/20", borrowed_gbp=Decimal(borrowed), repaid_gbp=Decimal(0),
            operational_boundary_gbp=None, authorised_limit_gbp=None, net_revenue_stream_gbp=None,
        )
        for borrowed in (500, 501)
    ]  # fmt: skip
    kept = []
    for row in years:
        found = plan_capital(position("asset_life", "0"), schemes, [], [row], YEARS[:4])
        kept.append(
            next(one.is_kept for one in found[0].indicators if one.indicator_id == "debt_and_requirement")
        )
    assert kept == [True, False]


@given(
    st.lists(
        st.tuples(st.integers(0, 9_999), st.integers(0, 9_999), st.integers(1, 9)), min_size=8, max_size=8
    ),
    st.sampled_from(["share", "asset_life"]),
)
def test_every_account_adds_up(programme, provision):
    schemes = [scheme(period, spend, life) for period, (spend, _, life) in zip(YEARS, programme, strict=True)]
    financing = [
        paid(period, "grant", min(spend, grant))
        for period, (spend, grant, _) in zip(YEARS, programme, strict=True)
    ]
    found = plan_capital(position(provision), schemes, financing, [], YEARS)
    spent = sum(one.spend_gbp for one in found) - sum(sum(one.financing_gbp.values()) for one in found)
    assert found[-1].requirement_closing_gbp == 1000 + spent - sum(one.provision_gbp for one in found)
    assert all(one.requirement_closing_gbp >= 0 for one in found)
    # Without rows of borrowing, debt follows the requirement.
    assert all(one.debt_closing_gbp == one.requirement_closing_gbp for one in found)


def test_more_financing_than_spending_more_repaid_than_owed_and_no_life_are_refused():
    with pytest.raises(BadInput, match="more than its capital spending"):
        plan_capital(position(), [scheme("2019/20", 5)], [paid("2019/20", "grant", 6)], [], YEARS[:1])
    with pytest.raises(BadInput, match="life of the asset"):
        plan_capital(position("asset_life"), [scheme("2019/20", 5)], [], [], YEARS[:1])
    row = CapitalYearRow(
        **AT, period="2019/20", borrowed_gbp=Decimal(0), repaid_gbp=Decimal(1001), operational_boundary_gbp=None,
        authorised_limit_gbp=None, net_revenue_stream_gbp=None,
    )  # fmt: skip
    with pytest.raises(BadInput, match=r"only £1,000\.00 is owed"):
        plan_capital(position(), [], [], [row], YEARS[:1])
    with pytest.raises(BadInput, match="does not begin the day after"):
        plan_capital(position(), [], [], [], YEARS[1:2])


def reserve(reserve_id, kind, balance):
    return ReserveRow(
        **AT, reserve_id=reserve_id, name=reserve_id, kind=kind, purpose="p", balance_gbp=Decimal(balance),
        as_at_on=date(2019, 3, 31),
    )  # fmt: skip


def move(reserve_id, period, amount):
    return ReserveMovementRow(
        **AT, reserve_id=reserve_id, period=period, amount_gbp=Decimal(amount), reason="r"
    )


def test_the_general_reserve_printed_for_2019_20_is_above_five_per_cent():
    found = reserves(None, "cambridgeshire").result
    test = next(one for one in found.tests if one.period == "2019/20")
    assert test.general_gbp == Decimal(7_198_000)
    assert round(test.general_share, 4) == Decimal("0.0525")  # printed as 5.25%
    assert test.verdict == "above"
    assert round(test.margin_gbp, -3) == Decimal(343_000)  # 0.25% of 137.1 million


def test_reserves_move_year_by_year_and_an_overdrawn_one_is_told_once():
    rows = [reserve("general", "general", 60), reserve("fund", "earmarked", 10)]
    moves = [
        move("fund", "2019/20", -4),
        move("fund", "2020/21", -9),
        move("general", "2020/21", -11),
        move("fund", "2030/31", 1),
    ]
    found = plan_reserves(
        rows, moves, YEARS[:3], {"2019/20": Decimal(1200), "2020/21": Decimal(1000)}, Decimal("0.05")
    )
    assert found.total_gbp == {"2019/20": 66, "2020/21": 46, "2021/22": 46}
    assert [one.verdict for one in found.tests] == ["at", "below"]
    assert found.tests[1].margin_gbp == -1
    assert sum("overdrawn" in one for one in found.findings) == 1
    assert any("2030/31" in one for one in found.findings)


def test_capital_that_takes_more_than_reserves_give_is_told():
    found = [one for one in reserves(None, WESTMARCH).result.findings if "capital programme" in one]
    # Receipts of 5,000 pay for the stables of 2023; only 4,000 leave the horse fund that year.
    assert len(found) == 1
    assert found[0].startswith("In 2023 the capital programme takes £5,000")


def test_both_commands_answer_on_every_folder(run_json, run, bare_force):
    for force in ("cambridgeshire", WESTMARCH):
        assert run_json("finance", "reserves", "--force", force)["schema"] == 1
        found = run_json("finance", "capital", "--force", force)
        assert found["years"][0]["requirement_opening_gbp"] > 0
        assert run("finance", "reserves", "--force", force).exit_code == 0
        assert run("finance", "capital", "--force", force).exit_code == 0
    given = run_json(
        "finance", "reserves", "--force", "cambridgeshire", "--net-budget", "2018/19=150,000,000"
    )
    assert given["tests"][0]["verdict"] == "below"
    for name in ("reserves", "capital"):
        assert run("finance", name, "--force", bare_force).exit_code == 9
    with pytest.raises(NothingThere, match="capital_position"):
        capital(None, bare_force)


def test_the_workbook_runs_every_instalment_down_as_the_account_does():
    schemes = [
        scheme("2019/20", "100.01", 3), scheme("2019/20", "50.50", 2, "b"), scheme("2020/21", 7, 4, "c"),
        scheme("2021/22", 40, 9, "d"),
    ]  # fmt: skip
    financing = [paid("2019/20", "grant", "10.10"), paid("2021/22", "receipts", 40)]
    start = position("asset_life", "0.3")
    years = plan_capital(start, schemes, financing, [], YEARS)
    sheet = capital_sheet(years, start)
    named = {str(cell.value): row for (row, column), cell in sheet.cells.items() if column == 0}
    for no, year in enumerate(years, start=FIRST_YEAR):
        paid_out = [
            sheet.value(row, no)
            for name, row in named.items()
            if name.endswith(": instalment") and (row, no) in sheet.cells
        ]
        assert sum(paid_out) == year.provision_gbp
        provision = sheet.cells[(named["Minimum revenue provision"], no)]
        assert provision.formula is not None and provision.formula.count("+") == len(paid_out) - 1
    assert years[-1].provision_gbp == 0
