"""The precept resolution against published years, hand-worked shares and the law it cites."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from constabulary.core.errors import BadInput, NothingThere
from constabulary.services.finance.precept import Given, limits, precept

WESTMARCH = str(Path(__file__).parents[1] / "forces" / "westmarch")


def test_2013_14_is_worked_out_from_the_printed_budget_to_the_penny_of_band_d():
    printed = precept(None, "cambridgeshire", "2013/14").result
    # 134,135 + 155 - 2,401 - 155 - 80,211 - 1,173 - 4,807 of the printed thousands; 45,544 is printed.
    assert printed.requirement_gbp == Decimal(45_543_000)
    worked = precept(None, "cambridgeshire", "2013/14", Given(requirement_gbp=Decimal(45_544_000))).result
    assert (worked.band_d_gbp, worked.band_d_from) == (Decimal("177.93"), "requirement")
    assert printed.referendum.increase_gbp == Decimal("3.42")
    assert round(printed.referendum.increase_share, 4) == Decimal("0.0196")
    assert not printed.referendum.is_excessive


def test_2019_20_has_the_published_bands_and_six_pence_below_the_limit():
    found = precept(None, "cambridgeshire", "2019/20").result
    bands = {one.band: one for one in found.bands}
    assert bands["D"].year_gbp == Decimal("222.66")
    assert bands["H"].year_gbp == Decimal("445.32")
    assert bands["D"].increase_gbp == Decimal("23.94")
    assert bands["D"].increase_week_gbp == Decimal("0.46")  # 23.94 / 52 = 0.4604
    assert found.referendum.headroom_gbp == Decimal("0.06")
    assert any("assumed" in finding for finding in found.findings)


def test_each_authority_pays_its_base_times_band_d_and_support_comes_off_the_base():
    found = precept(None, WESTMARCH, "2022").result
    paid = {one.authority_id: (one.base, one.precept_gbp) for one in found.authorities}
    assert paid == {
        "highmoor": (Decimal(1200), Decimal("140400.00")),
        "saltreach": (Decimal("2401.00"), Decimal("280917.00")),  # (2,600 - 150) x 0.98 homes x 117
        "vale": (Decimal("800.5"), Decimal("93658.50")),
    }
    assert found.precept_gbp == Decimal("514975.50")
    # A surplus of 500 and a deficit of 2,000 are a deficit of 1,500, which is expenditure.
    fund = next(one for one in found.items if one.item_id == "collection_fund")
    assert (fund.side, fund.amount_gbp) == ("expenditure", Decimal(1500))
    assert found.requirement_gbp == Decimal(684_000 + 1_500 - 170_520)


def test_every_clause_cites_its_section_and_the_last_says_whether_a_referendum_is_due():
    found = precept(None, "cambridgeshire", "2019/20", Given(band_d_gbp=Decimal("222.73"))).result
    assert all("LGFA 1992 s." in clause.section for clause in found.clauses)
    assert found.clauses[-1].text.startswith("The basic amount is excessive")
    assert "referendum would be needed" in found.findings[0]


def test_the_collection_fund_is_not_counted_twice():
    given = Given(requirement_gbp=Decimal(514_980))
    assert precept(None, WESTMARCH, "2022", given).result.requirement_gbp == Decimal(514_980)


def test_a_year_without_figures_says_what_to_type(tmp_path):
    with pytest.raises(BadInput, match="--band-d"):
        precept(None, "cambridgeshire", "2030/31")
    with pytest.raises(BadInput, match="not a year"):
        precept(None, "cambridgeshire", "2030/32")
    found = precept(None, "cambridgeshire", "2030/31", Given(band_d_gbp=Decimal(300))).result
    assert found.precept_gbp is None
    assert any("No tax bases" in finding for finding in found.findings)


def test_a_forecast_year_takes_the_plans_band_d_and_tax_base():
    found = precept(None, "cambridgeshire", "2016/17").result
    assert found.band_d_gbp == Decimal("188.82")
    assert round(found.precept_gbp, -3) == Decimal(50_496_000)  # as the plan of 2013/14 prints it
    assert found.referendum.increase_gbp == Decimal("3.70")


def test_an_authority_without_a_base_is_refused():
    with pytest.raises(BadInput, match="elsewhere"):
        precept(None, WESTMARCH, "2022", Given(collection_fund_gbp={"elsewhere": Decimal(1)}))


def test_a_folder_without_money_names_the_tables_it_wants(bare_force):
    with pytest.raises(NothingThere, match=r"finance/band_d\.csv"):
        precept(None, bare_force)
    given = Given(Decimal("222.66"), Decimal("198.72"), bases={"north": Decimal(1000)})
    assert precept(None, bare_force, "2019/20", given).result.precept_gbp == Decimal("222660.00")


def test_limits_before_2018_are_shares_and_later_ones_pounds():
    for period, limit in limits().items():
        assert limit.unit == ("share" if period < "2018/19" else "gbp"), period


def test_the_command_answers_the_resolution_as_json(run_json, run):
    found = run_json("finance", "precept", "--force", "cambridgeshire", "--year", "2019/20")
    assert found["schema"] == 1
    assert found["band_d_gbp"] == 222.66
    assert found["bands"][0]["year_gbp"] == 148.44
    assert found["clauses"][-1]["section"] == "LGFA 1992 s.52ZB, s.52ZC"
    given = ("--base", "a=1000", "--base", "b=2,000.5", "--requirement", "£600,150", "--force", WESTMARCH)
    assert (
        run_json("finance", "precept", "--year", "2022", *given)["band_d_gbp"] == 200.02
    )  # 600,150 / 3,000.5
    assert run("finance", "precept", "--force", WESTMARCH).exit_code == 0
    assert run("finance", "precept", "--base", "a").exit_code == 2
