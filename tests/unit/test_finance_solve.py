"""The plan asked backwards and drawn many times, against cases worked by hand and theory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.finance.montecarlo import QUANTILES, draw_shifts, fan
from constabulary.finance.periods import years_between
from constabulary.finance.plan import Dated, Driver, Line, Plan, calculate
from constabulary.finance.plan.graph import check_plan
from constabulary.finance.plan.kind import Cell, growth
from constabulary.finance.scenario import calculate_scenario, compare, read_scenario
from constabulary.finance.sensitivity import Spread, reckon, tornado
from constabulary.finance.solve import Recruiting, solve_band_d, solve_officers, solve_savings

D = Decimal
YEARS = years_between("2020/21", "2023/24")


def plan(need: int = 1_000_000, base: int = 5_000, band_d: int = 200) -> Plan:
    """A need that pay moves by 3% from April 2021 and 1% from September 2022, met by a levy alone."""
    award = Driver(
        "award",
        "pay_award",
        (Dated(date(2021, 4, 1), D("0.03"), "Award"), Dated(date(2022, 9, 1), D("0.012"), "Award")),
    )
    lines = (
        Line("pay", "Pay", "pay", drivers=("award",), typed={"2020/21": D(need)}),
        Line("need", "Need", "requirement", parts=((1, "pay"),)),
        Line("band_d", "Band D", "band_d", typed={"2020/21": D(band_d)}),
        Line("homes", "Homes", "tax_base", typed={"2020/21": D(base)}),
        Line("levy", "Levy", "precept", parts=((1, "band_d"), (1, "homes"))),
        Line("found", "Found", "financing", parts=((1, "levy"),)),
        Line("gap", "Gap", "gap", parts=((1, "found"), (-1, "need"))),
    )
    return Plan("p", "Plan", "2020/21", YEARS, lines, {"award": award})


def spread(**changed: object) -> Spread:
    usual = {"driver_id": "award", "distribution": "normal", "low": D("-0.01"), "high": D("0.01")}
    return Spread(**(usual | {"drawn": "each_year", "basis": "test"} | changed))  # type: ignore[arg-type]


def test_band_d_closes_the_gap_by_pounds_of_the_base() -> None:
    # 2021/22: 1,030,000 over 5,000 homes is 206 exactly; 2022/23: 1,030,000 x 1.007 = 1,037,210, 207.442 -> 207.45.
    found = {one.year: one for one in solve_band_d(plan())}
    assert found["2021/22"].needed_gbp == D("206.00")
    assert found["2021/22"].gap_after_gbp == 0
    assert found["2022/23"].needed_gbp == D("207.45")
    assert found["2022/23"].gap_gbp == D("-37210.00")
    assert found["2022/23"].rise_gbp == D("7.45")


def test_a_plan_without_a_tax_base_line_cannot_be_solved_for_band_d() -> None:
    whole = plan()
    lines = tuple(line for line in whole.lines if line.id not in {"homes", "levy"})
    lines = tuple(
        Line("found", "Found", "financing", parts=((1, "band_d"),)) if x.id == "found" else x for x in lines
    )
    with pytest.raises(BadInput, match="tax_base"):
        solve_band_d(Plan("p", "P", whole.base, whole.years, lines, whole.drivers))


def test_a_band_d_that_finances_nothing_is_told_and_not_searched_for_ever() -> None:
    whole = plan()
    other = Line("found", "Found", "financing", parts=((1, "homes"),))
    lines = tuple(other if line.id == "found" else line for line in whole.lines)
    with pytest.raises(BadInput, match="leaves the gap"):
        solve_band_d(Plan("p", "P", whole.base, whole.years, lines, whole.drivers))


def test_officers_are_as_many_as_every_full_year_pays_for_and_intakes_cost_their_months() -> None:
    # 10 pounds on 5,000 homes bring 50,000 a year; an officer costs 12,000, 12,084 and 12,144 with the award of 1.2%
    # from September 2022 (7/12 in its year), so four are paid for; two join in April and two in October.
    recruiting = Recruiting(D(12_000), 2, 6, 26, pay_driver="award")
    found = solve_officers(plan(), D(10), "2021/22", recruiting)
    assert found.n_officers == 4
    assert [one.officer_cost_gbp for one in found.years] == [D(12_000), D("12084.00"), D("12144.00")]
    assert [one.cost_gbp for one in found.years] == [D("36000.00"), D("48336.00"), D("48576.00")]
    assert [one.left_gbp for one in found.years] == [D("14000.00"), D("1664.00"), D("1424.00")]
    assert [(one.joins_on, one.n_so_far, one.ready_on) for one in found.intakes] == [
        (date(2021, 4, 1), 2, date(2021, 9, 30)),
        (date(2021, 10, 1), 4, date(2022, 4, 1)),
    ]


@pytest.mark.parametrize("changed", [{"intake": 0}, {"officer_cost_gbp": D(0)}, {"months_between": 0}])
def test_officers_cannot_be_taken_on_by_nothing(changed: dict[str, object]) -> None:
    usual = {"officer_cost_gbp": D(1), "intake": 1, "months_between": 1, "training_weeks": 1}
    with pytest.raises(BadInput, match="more than 0"):
        solve_officers(plan(), D(1), "2021/22", Recruiting(**(usual | changed)))  # type: ignore[arg-type]


def test_officers_who_would_join_after_the_last_day_there_is_are_refused() -> None:
    with pytest.raises(BadInput, match="smaller rise"):
        solve_officers(plan(), D("1e9"), "2021/22", Recruiting(D(12_000), 2, 6, 26))


def test_savings_are_the_least_that_keep_the_reserve_above_its_floor() -> None:
    # Gaps: 30,000, 37,210, 42,360. A reserve of 80,000 is 50,000 after the first year, below 5% of 1,030,000.
    # Saving s: 50,000 + s = 5% of (1,030,000 - s), s = 1,500 / 1.05 = 1,428.58 (upwards to the penny).
    years = solve_savings(plan(), D(80_000), D("0.05"))
    assert [one.gap_gbp for one in years] == [D("-30000.00"), D("-37210.00"), D("-42360.00")]
    assert years[0].saved_gbp == D("1428.58")
    assert years[0].reserve_gbp == D("51428.58")
    for one in years:
        assert one.reserve_gbp >= one.floor_gbp
    # A penny less in the last year breaks the floor.
    need = calculate(plan(), is_explained=False).net_budget_requirement_gbp[-1]
    last = years[-1]
    assert last.reserve_gbp - D("0.01") < D("0.05") * (need - last.saved_gbp + D("0.01"))
    assert [one.saved_gbp for one in years] == sorted(one.saved_gbp for one in years)


def test_a_reserve_that_is_large_enough_needs_no_savings() -> None:
    assert all(one.saved_gbp == 0 for one in solve_savings(plan(), D(500_000), D("0.05")))


def test_the_ready_reckoner_gives_pounds_of_the_base_and_one_percent_of_pay() -> None:
    rules = {rule.id: rule.effect_gbp for rule in reckon(plan())}
    assert rules["band_d_1_pound"] == (D("5000.00"),) * 3
    assert rules["pay_1_percent"] == (D("-10300.00"), D("-10372.10"), D("-10423.60"))
    # One point more on the award of April 2021: 10,000, then carried by the award of September 2022.
    assert rules["pay_award_1_point"] == (D("-10000.00"), D("-10070.00"), D("-10120.00"))
    assert "grant_1_percent" not in rules


def test_the_swing_of_a_driver_is_the_gap_at_its_high_less_its_low() -> None:
    (swing,) = tornado(plan(), [spread()], "2021/22")
    assert (swing.low_gap_gbp, swing.high_gap_gbp) == (D("-20000.00"), D("-40000.00"))
    assert swing.swing_gbp == 20_000


def test_draws_of_a_linear_plan_have_the_mean_and_spread_of_theory() -> None:
    n = 40_000
    found = fan(plan(), [spread()], n_draws=n, seed=3)
    first = found.years[0]
    # Gap of 2021/22 = -30,000 - 1,000,000 x, x normal with standard deviation 1%: mean -30,000, deviation 10,000.
    assert first.mean_gbp == pytest.approx(-30_000, abs=4 * 10_000 / n**0.5)
    normal = (-1.6448536, -0.6744898, 0.0, 0.6744898, 1.6448536)
    for share, at, value in zip(QUANTILES, normal, first.gap_gbp, strict=True):
        density = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
        error = 10_000 * np.sqrt(share * (1 - share) / n) / density
        assert value == pytest.approx(-30_000 + 10_000 * at, abs=4 * error)
    assert first.gap_share == pytest.approx(0.99865, abs=4 * (0.99865 * 0.00135 / n) ** 0.5)


@pytest.mark.parametrize(
    ("distribution", "mean", "variance"),
    [
        ("uniform", 0.005, 0.03**2 / 12),
        ("triangular", 0.01 / 3, (0.01**2 + 0.02**2 + 0.01 * 0.02) / 18),
        ("normal", 0.005, 0.015**2),
    ],
)
def test_each_distribution_has_its_mean_and_variance(distribution: str, mean: float, variance: float) -> None:
    n = 50_000
    one = spread(distribution=distribution, low=D("-0.01"), high=D("0.02"))
    drawn = draw_shifts(plan(), [one], n, 1)["award"]["2022/23"]
    assert drawn.mean() == pytest.approx(mean, abs=4 * (variance / n) ** 0.5)
    assert drawn.var() == pytest.approx(variance, rel=0.05)


def test_the_same_seed_gives_the_same_fan_and_another_driver_leaves_the_draws_as_they_are() -> None:
    assert fan(plan(), [spread()], n_draws=500, seed=5) == fan(plan(), [spread()], n_draws=500, seed=5)
    assert fan(plan(), [spread()], n_draws=500, seed=5) != fan(plan(), [spread()], n_draws=500, seed=6)
    alone = draw_shifts(plan(), [spread()], 10, 1)["award"]
    other = draw_shifts(plan(), [spread(driver_id="award", drawn="once"), spread()], 10, 1)["award"]
    assert all(np.array_equal(alone[year], other[year]) for year in alone)


def test_once_means_the_same_shift_in_every_year() -> None:
    drawn = draw_shifts(plan(), [spread(drawn="once")], 10, 1)["award"]
    assert np.array_equal(drawn["2021/22"], drawn["2023/24"])


def test_no_spread_no_fan() -> None:
    with pytest.raises(BadInput, match=r"spreads\.csv"):
        fan(plan(), [])


def test_a_scenario_tells_everything_that_is_wrong_in_it() -> None:
    content = {
        "drivers": {"award": {"2021/22": "much"}, "other": 3},
        "add": [
            {"line": "pay", "value": 5, "from_on": "soon", "kind": "x"},
            {"type": "index", "value": True},
        ],
        "colour": "red",
    }
    with pytest.raises(BadInput) as raised:
        read_scenario(content, "s.toml")
    told = str(raised.value)
    for text in (
        '"colour"',
        "'much'",
        '"other" has no years',
        "a day without quotes",
        "the id of a line",
        "growth",
    ):
        assert text in told


def test_a_rate_of_a_scenario_is_a_share_and_not_a_percentage() -> None:
    with pytest.raises(BadInput, match=r"1% is 0\.01"):
        compare(plan(), read_scenario({"drivers": {"award": {"2021/22": 2}}}, "s.toml"))


def test_all_stands_for_every_year_that_is_not_named_and_nothing_changes_nothing() -> None:
    content = {"drivers": {"award": {"all": 0, "2022/23": "0.01"}}, "lines": {"homes": {"all": 6000}}}
    found = calculate_scenario(plan(), read_scenario(content, "s.toml"))
    # The award of 2022/23 is dated September: seven twelfths of 1%.
    assert found.line("pay").values == (D(1_000_000), D(1_000_000), D("1005833.33"), D("1010000.00"))
    assert found.line("homes").values == (D(5000), D(6000), D(6000), D(6000))
    nothing = compare(plan(), read_scenario({"title": "x"}, "s.toml"))
    assert nothing.bridge == () and not any(nothing.difference_gbp)


def test_a_rate_that_leaves_nothing_is_refused_before_the_year_after_divides_by_it() -> None:
    gone = replace(plan().drivers["award"], dated=(Dated(date(2021, 4, 1), D(-1), "Nobody is paid"),))
    with pytest.raises(BadInput, match="award: a change of -1 leaves nothing"):
        check_plan(plan().with_drivers([gone]))


def test_savings_that_would_take_the_whole_requirement_are_told_and_not_divided_by() -> None:
    with pytest.raises(BadInput, match="requirement of 2021/22 comes to nothing"):
        solve_savings(plan(need=0), D(10), D("0.05"))


def test_growth_from_nothing_is_none_whether_drawn_or_exact() -> None:
    def cell(now: object, before: object) -> Cell:
        return Cell(0, 1, 0, (now,), (before,), lambda value: value)

    drawn = growth(cell(np.array([6.0, 5.0, 3.0]), np.array([4.0, 0.0, 3.0])))
    assert drawn.tolist() == [0.5, 0.0, 0.0]
    assert [growth(cell(D(now), D(before))) for now, before in ((6, 4), (5, 0), (3, 3))] == [D("0.5"), 0, 0]
    assert growth(cell(5.0, np.array([0.0, 4.0]))).tolist() == [0.0, 0.25]
