"""The rules by which a plan is moved, on cases worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from constabulary.core.errors import BadInput
from constabulary.finance.periods import following, is_period, share_left, start_of, year_of, years_between
from constabulary.finance.plan import Dated, Driver, Line, Plan, calculate, check_plan, kinds
from constabulary.finance.plan.backtest import carried_on
from constabulary.finance.plan.changes import changes_between, version_of
from constabulary.finance.plan.findings import findings

D = Decimal
BASE = "2013/14"


def driver(name: str, kind: str, *dated: tuple[str, str], delivery: str | None = None) -> Driver:
    rows = (Dated(date.fromisoformat(on), D(value), name, delivery=delivery) for on, value in dated)
    return Driver(name, kind, tuple(rows))


def plan(kind: str, base: str, *drivers: Driver, n: int = 3) -> Plan:
    """One moved line, financed by nothing."""
    lines = (
        Line("pay", "Pay", kind, drivers=tuple(one.id for one in drivers), typed={BASE: D(base)}),
        Line("need", "Need", "requirement", parts=((1, "pay"),)),
        Line("grant", "Grant", "grant_received", typed={BASE: D(0)}),
        Line("found", "Found", "financing", parts=((1, "grant"),)),
        Line("gap", "Gap", "gap", parts=((1, "found"), (-1, "need"))),
    )
    return Plan(
        "p", "Plan", BASE, years_between(BASE, following(BASE, n)), lines, {one.id: one for one in drivers}
    )


def values(found: Plan, line: str = "pay") -> list[str]:
    return [f"{value:.2f}" for value in calculate(found).line(line).values]


@pytest.mark.parametrize("text", ["2013/15", "2013/1", "13/14", "0000", "0000/01", "2013/14 ", ""])
def test_what_is_no_year_is_none_of_a_plan(text: str) -> None:
    assert not is_period(text)
    with pytest.raises(BadInput, match="is not a year"):
        start_of(text)


def test_an_award_from_september_counts_seven_twelfths_in_its_year_and_in_full_in_the_next() -> None:
    award = driver("award", "pay_award", ("2014-09-01", "0.012"))
    assert values(plan("pay", "1000000", award)) == ["1000000.00", "1007000.00", "1012000.00", "1012000.00"]


def test_awards_year_on_year_compound_on_the_full_rate_of_the_one_before() -> None:
    award = driver("award", "pay_award", ("2014-09-01", "0.012"), ("2015-09-01", "0.024"))
    # The full rate after the first award is 1,012,000; seven twelfths of 2.4% on it are 14,168.
    assert values(plan("pay", "1000000", award))[2:] == ["1026168.00", "1036288.00"]


def test_an_award_within_the_base_year_has_its_full_year_effect_in_the_next() -> None:
    award = driver("award", "pay_award", ("2013-09-01", "0.012"))
    assert values(plan("pay", "1007000", award))[1:] == ["1012000.00", "1012000.00", "1012000.00"]


def test_growth_from_july_counts_nine_twelfths_first_and_prices_do_not_raise_its_full_year_effect() -> None:
    found = plan("running_cost", "1000000", driver("bid", "growth", ("2014-07-01", "120000")))
    assert values(found)[1:] == ["1090000.00", "1120000.00", "1120000.00"]


def test_what_is_added_in_one_year_alone_falls_away_before_prices_rise() -> None:
    fair = driver("fair", "one_off", ("2014-04-01", "10000"))
    prices = driver("prices", "index", ("2015-04-01", "0.1"))
    assert values(plan("running_cost", "100000", fair, prices))[1:] == ["110000.00", "110000.00", "110000.00"]


def test_a_saving_takes_away_and_a_withdrawn_one_takes_nothing() -> None:
    kept = driver("kept", "saving", ("2014-10-01", "20000"), delivery="at_risk")
    given_up = driver("given_up", "saving", ("2014-04-01", "50000"), delivery="withdrawn")
    assert values(plan("pay", "100000", kept, given_up))[1:] == ["90000.00", "80000.00", "80000.00"]


def test_each_year_is_rounded_to_the_penny_halves_away_from_zero_and_the_next_starts_from_there() -> None:
    rate = driver("rate", "index", ("2014-04-01", "0.05"), ("2015-04-01", "0.05"))
    # 0.10 x 1.05 = 0.105 -> 0.11; 0.11 x 1.05 = 0.1155 -> 0.12
    assert values(plan("running_cost", "0.10", rate))[1:3] == ["0.11", "0.12"]
    assert values(plan("income", "-0.10", rate))[1:3] == ["-0.11", "-0.12"]


def test_the_precept_is_band_d_times_the_base_to_the_penny_and_the_gap_what_is_missing() -> None:
    base = plan("pay", "47500000")
    lines = (
        *base.lines[:3],
        Line("band_d", "Band D", "band_d", drivers=("rise",), typed={BASE: D("177.93")}),
        Line("homes", "Homes", "tax_base", drivers=("new",), typed={BASE: D("255965.83")}),
        Line("precept", "Precept", "precept", parts=((1, "band_d"), (1, "homes"))),
        Line("found", "Found", "financing", parts=((1, "grant"), (1, "precept"))),
        Line("gap", "Gap", "gap", parts=((1, "found"), (-1, "need"))),
    )
    drivers = {
        "rise": driver("rise", "index", ("2014-04-01", "0.02")),
        "new": driver("new", "step", ("2014-04-01", "3745.45")),
    }
    found = calculate(Plan("p", "P", BASE, base.years, lines, drivers))
    assert found.band_d_gbp is not None
    assert str(found.band_d_gbp[1]) == "181.49"  # 177.93 x 1.02 = 181.4886
    assert found.line("precept").values[1] == D("47135000.21")  # 181.49 x 259,711.28 = 47,135,000.2072
    assert found.gap_gbp[1] == D("47135000.21") - 47_500_000


def test_half_a_month_counts_by_its_days() -> None:
    assert share_left("2014/15", date(2014, 9, 16)) == (D(7) - D(15) / 30) / 12
    assert share_left("2014/15", date(2014, 4, 1)) == 1
    assert share_left("2014/15", date(2013, 4, 1)) == 1
    assert share_left("2014/15", date(2015, 4, 1)) == 0
    assert share_left("2014", date(2014, 7, 1)) == D(6) / 12


def test_years_are_financial_or_calendar_and_cross_the_century() -> None:
    assert following("1999/00") == "2000/01"
    assert years_between("2021", "2023") == ("2021", "2022", "2023")
    assert year_of(date(2014, 3, 31), "2013/14") == "2013/14"
    assert year_of(date(2014, 3, 31), "2013") == "2014"
    for wrong in ("2013/15", "13/14", "2013-14", ""):
        with pytest.raises(BadInput):
            start_of(wrong)
    with pytest.raises(BadInput):
        years_between("2013/14", "2015")


def problems(found: Plan) -> str:
    with pytest.raises(BadInput) as raised:
        check_plan(found)
    return str(raised.value)


def test_every_rule_that_a_plan_breaks_is_told_at_once() -> None:
    base = plan("pay", "100")
    lines = (
        Line("a", "A", "salaries", typed={BASE: D(1)}),
        Line("b", "B", "pay"),
        Line("c", "C", "income", typed={BASE: D(5)}),
        Line("d", "D", "reserve_movement", drivers=("rise",), typed={BASE: D(5)}),
        Line("e", "E", "total", parts=((1, "nobody"),)),
        Line("f", "F", "precept", parts=((1, "c"),)),
    )
    told = problems(
        Plan("p", "P", BASE, base.years, lines, {"rise": driver("rise", "index", ("2014-04-01", "0.1"))})
    )
    for text in (
        '"salaries" is no kind of budget line',
        "nothing says what it comes to in 2013/14",
        "printed below zero",
        "takes no index",
        '"nobody" is not a line',
        "is made of 2 lines",
    ):
        assert text in told


def test_lines_made_of_each_other_are_told_as_a_circle() -> None:
    base = plan("pay", "100")
    turning = (Line("x", "X", "total", parts=((1, "y"),)), Line("y", "Y", "total", parts=((1, "x"),)))
    assert "x of y of x" in problems(Plan("p", "P", BASE, base.years, (*base.lines, *turning), {}))


def test_a_gap_the_wrong_way_round_is_told() -> None:
    base = plan("pay", "100")
    turned = Line("gap", "Gap", "gap", parts=((1, "need"), (-1, "found")))
    told = problems(Plan("p", "P", BASE, base.years, (*base.lines[:-1], turned), {}))
    assert "financing less the requirement" in told and "found -need" in told


def test_a_plan_without_a_gap_line_is_told_which_kind_is_missing() -> None:
    base = plan("pay", "100")
    assert 'no line of the kind "gap"' in problems(Plan("p", "P", BASE, base.years, base.lines[:-1], {}))


def test_every_kind_says_what_it_is_and_statutory_ones_cite_their_act() -> None:
    for name, kind in kinds().items():
        assert kind.title and kind.about.endswith(".") and kind.said.endswith("."), name
        assert kind.is_moved == bool(kind.takes), name
        if kind.role in {"band_d", "precept", "tax_base", "requirement", "gap", "reserves"}:
            assert "Local Government Finance Act 1992" in kind.cites, name


def test_a_plan_carried_on_repeats_its_last_rates_and_no_amount() -> None:
    rate = driver("rate", "index", ("2015-04-01", "0.05"), ("2016-04-01", "0.1"))
    bid = driver("bid", "growth", ("2016-04-01", "1000"))
    found = carried_on(plan("running_cost", "100000", rate, bid), "2018/19")
    assert values(found) == ["100000.00", "100000.00", "105000.00", "116500.00", "128150.00", "140965.00"]


def test_growth_from_nothing_is_told_as_none() -> None:
    base = plan("pay", "0", driver("bid", "growth", ("2015-04-01", "1000")))
    lines = (*base.lines, Line("rise", "Rise", "growth", parts=((1, "need"),)))
    found = calculate(Plan("p", "P", BASE, base.years, lines, base.drivers))
    assert found.line("rise").values == (D(0), D(0), D(0), D(0))


def test_what_was_typed_and_does_nothing_is_told() -> None:
    award = driver("award", "pay_award", ("2014-09-01", "0.01"), ("2030-09-01", "0.01"))
    index = driver("index", "increment", ("2015-04-01", "0.01"))
    hoped = driver("hoped", "saving", ("2014-04-01", "5000"), delivery="not_found")
    found = plan("pay", "100000", award, index, hoped)
    found = Plan(
        "p", "P", BASE, found.years, found.lines, {**found.drivers, "idle": driver("idle", "growth")}
    )
    assert findings(found) == (
        '"award" of 2030-09-01 takes effect outside the years of the plan and does nothing.',
        # The award has no value from 2015/16 on, but there the other rate moves the line.
        '"index" has no value for 2016/17: no rate moves Pay.',
        '"hoped" counts on £5,000.00 a year of savings that are not found yet.',
        'The driver "idle" moves no line.',
    )


def test_changes_between_versions_name_lines_new_gone_and_moved_and_drivers_retyped() -> None:
    before = plan("pay", "1000", driver("award", "pay_award", ("2014-04-01", "0.01")))
    after = plan("pay", "1000", driver("award", "pay_award", ("2014-04-01", "0.03")))
    after = Plan(
        "p",
        "P",
        BASE,
        after.years,
        (*after.lines, Line("new", "New", "total", parts=((1, "pay"),))),
        after.drivers,
    )
    found = changes_between(version_of(calculate(before)), version_of(calculate(after)))
    assert {line.line_id: line.kind for line in found.lines} == {
        "pay": "moved",
        "need": "moved",
        "gap": "moved",
        "new": "new",
    }
    assert found.drivers is not None
    assert [(one.driver_id, one.before, one.after) for one in found.drivers] == [
        ("award", D("0.01"), D("0.03"))
    ]
    assert changes_between(version_of(calculate(before)), version_of(calculate(before))).lines == ()
