"""The precept against published amounts: bands of 2013/14 and 2019/20, the requirement, shares and the limits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from constabulary.core.errors import BadInput
from constabulary.finance.precept import (
    band_amounts,
    basic_amount,
    check_referendum,
    payable_by_authority,
    per_week,
)
from constabulary.parameters import load_parameters

COUNCIL_TAX = load_parameters("council_tax")
RATIOS = COUNCIL_TAX["band_ratios"].value


def pounds(text: str) -> list[Decimal]:
    return [Decimal(one) for one in text.split()]


@pytest.mark.parametrize(
    ("band_d", "published"),
    [
        ("177.93", "118.62 138.39 158.16 177.93 217.47 257.01 296.55 355.86"),
        ("222.66", "148.44 173.18 197.92 222.66 272.14 321.62 371.10 445.32"),
    ],
)
def test_the_bands_of_2013_14_and_2019_20_are_those_published(band_d, published):
    amounts = band_amounts(Decimal(band_d), RATIOS)
    assert list(amounts) == list("ABCDEFGH")
    assert list(amounts.values()) == pounds(published)


def test_the_ratios_are_those_of_the_act_and_cite_it():
    assert list(RATIOS.values()) == [6, 7, 8, 9, 11, 13, 15, 18]
    assert COUNCIL_TAX["band_ratios"].source == "Local Government Finance Act 1992, section 5(1)"


def test_band_d_is_the_requirement_over_the_bases_and_what_authorities_pay_comes_back_to_it():
    bases = {"north": Decimal("100000.5"), "south": Decimal("155964.9")}
    band_d = basic_amount(Decimal(45_544_000), bases)
    assert band_d == Decimal("177.93")
    paid = payable_by_authority(band_d, bases)
    assert paid["north"] == Decimal("17793088.97")  # 100,000.5 x 177.93 = 17,793,088.965
    assert abs(sum(paid.values()) - Decimal(45_544_000)) < Decimal("0.005") * 255_966


def test_bases_of_nothing_are_refused():
    with pytest.raises(BadInput, match="come to nothing"):
        basic_amount(Decimal(1), {"north": Decimal(0)})


def test_the_rise_of_2013_14_is_six_and_a_half_pence_a_week():
    assert round(per_week(Decimal("177.93") - Decimal("174.51")), 4) == Decimal("0.0658")


@pytest.mark.parametrize(
    ("year", "before", "now", "headroom", "is_excessive"),
    [
        ("2018_19", "186.72", "198.72", "0.00", False),  # 12 pounds is what was allowed, not more than it
        ("2019_20", "198.72", "222.66", "0.06", False),
        ("2019_20", "198.72", "222.73", "-0.01", True),
        ("2020_21", "222.66", "232.65", "0.01", False),
        ("2025_26", "285.48", "299.43", "0.05", False),
    ],
)
def test_a_rise_is_excessive_only_beyond_the_limit_of_its_year(year, before, now, headroom, is_excessive):
    limit = Decimal(COUNCIL_TAX[f"referendum_limit_{year}"].value)
    found = check_referendum(Decimal(now), Decimal(before), limit_gbp=limit)
    assert (found.headroom_gbp, found.is_excessive) == (Decimal(headroom), is_excessive)


def test_a_limit_that_is_a_share_is_broken_by_reaching_it():
    share = Decimal(str(COUNCIL_TAX["referendum_limit_2016_17"].value))
    assert not check_referendum(Decimal("183.15"), Decimal("181.35"), limit_share=share).is_excessive
    assert check_referendum(Decimal("102"), Decimal("100"), limit_share=share).is_excessive


@pytest.mark.parametrize("limits", [{}, {"limit_gbp": Decimal(1), "limit_share": Decimal("0.1")}])
def test_one_limit_is_needed(limits):
    with pytest.raises(BadInput):
        check_referendum(Decimal(2), Decimal(1), **limits)


def test_every_limit_begins_in_april_of_its_year_and_inferred_ones_say_so():
    for name, one in COUNCIL_TAX.items():
        if name.startswith("referendum_limit_"):
            assert one.from_on == date(int(name[-7:-3]), 4, 1)
            assert (one.status == "assumed") == (one.source is None) == ("inferred" in one.why)
