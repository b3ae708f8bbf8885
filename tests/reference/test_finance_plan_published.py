"""The shipped plan against the document it returns: totals, precept, gap, print errors, and a year held out."""

from __future__ import annotations

import csv
import importlib.util
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import ModuleType

import pytest

from constabulary.core.force import load_force, shipped_force
from constabulary.finance.plan import CalculatedPlan, Dated, Driver, Line, Plan, calculate, plan_in
from constabulary.finance.plan.backtest import carried_on
from constabulary.finance.plan.calibration import Explanation, Series, explain_series, shared_rates
from constabulary.finance.plan.evidence import evidence, reproduction
from constabulary.services.finance import plan as finance_plan
from constabulary.services.finance import risk as finance_risk
from constabulary.services.finance import scenarios as finance_scenarios
from constabulary.services.finance import solve as finance_solve

D = Decimal
FORCE = shipped_force("cambridgeshire")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_in(load_force(FORCE))


@pytest.fixture(scope="module")
def found(plan: Plan) -> CalculatedPlan:
    return calculate(plan)


def thousands(values: tuple[Decimal, ...]) -> list[int]:
    return [round(value / 1000) for value in values]


def test_every_printed_line_of_the_forecast_is_returned_and_what_is_not_is_told_with_its_cause(
    found: CalculatedPlan,
) -> None:
    told = reproduction(found)
    assert told.n_cells == 54 * 3 + 3  # 54 numbered lines and the growth of the requirement, three years
    beyond = {
        (one.line_id, one.year): one.printed - one.calculated
        for one in told.departures
        if not one.is_rounding
    }
    # Known errors of the print: a total a million too high, and a change that does not follow from its two gaps.
    assert set(beyond) == {("local_policing", "2015/16"), ("gap_year_on_year", "2015/16")}
    assert beyond["local_policing", "2015/16"] == 1_000_000
    assert round(beyond["gap_year_on_year", "2015/16"], -3) == 11_000
    assert all(abs(one.printed - one.calculated) <= 2001 for one in told.departures if one.is_rounding)
    moved = {line.id for line in found.lines if not line.is_made}
    assert not [one for one in told.departures if one.line_id in moved]


def test_totals_precept_and_gap_are_those_printed(found: CalculatedPlan) -> None:
    # Plan of 2013-16, Appendix 1, ref. 45, 47, 51, 52 and 54, typed here anew.
    assert thousands(found.net_budget_requirement_gbp) == [127615, 131579, 133191, 135652, 138055]
    assert thousands(found.values("precept")) == [48793, 45544, 47135, 48792, 50496]
    assert thousands(found.values("financing"))[2:] == [131654, 130566, 130730]
    assert thousands(found.gap_gbp)[2:] == [-1537, -5086, -7325]
    assert found.band_d_gbp == tuple(map(D, ("174.51", "177.93", "181.49", "185.12", "188.82")))
    assert thousands(found.line("gross_expenditure").values) == [135033, 134135, 135628, 138127, 140568]


def test_little_of_the_plan_is_left_unexplained_and_steps_are_counted(found: CalculatedPlan) -> None:
    told = evidence(found)
    assert sum(told.share.values()) == pytest.approx(1)
    assert told.share["unexplained"] < D("0.005")
    assert told.share["rounding"] < D("0.0001")
    assert told.n_unexplained_steps <= 13
    assert told.n_drivers < 30
    assert sum(told.n_cells.values()) == 42 * 3  # moved money lines, and the precept
    # Figures that never move rest on what is printed: overtime, helicopter, lease, grants both ways ...
    assert told.n_cells["printed"] >= 30


def test_rounding_never_makes_up_more_than_half_of_the_last_digit_of_both_years(plan: Plan) -> None:
    rows = [row for one in plan.drivers.values() if one.type == "rounding" for row in one.dated]
    assert rows
    assert max(abs(row.value) for row in rows) < 1000 * D("1.05")


def test_the_shipped_rows_are_what_calibration_makes_of_the_print() -> None:
    script = _script()
    lines, drivers = script.calibrated()
    for name, rows in (("lines.csv", lines), ("drivers.csv", drivers)):
        with (FORCE / "finance" / "plan" / name).open(encoding="utf-8", newline="") as file:
            assert list(csv.DictReader(file)) == [
                {key: str(value) for key, value in row.items()} for row in rows
            ]


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_plan", FORCE / "finance" / "plan" / "make_plan.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_plan_calibrated_without_the_last_column_foresees_it(plan: Plan) -> None:
    """Held out: drivers worked back from 2014/15 and 2015/16 alone, carried on to 2016/17, which they never saw."""
    foreseen = calculate(carried_on(_calibrated_to(plan, plan.years[:4]), "2016/17"), is_explained=False)
    printed = {
        name: plan.line(name).printed["2016/17"] for name in ("net_budget_requirement", "precept", "gap")
    }
    error = {name: foreseen.line(name).values[-1] - value for name, value in printed.items()}
    assert abs(error["net_budget_requirement"]) < D("0.005") * printed["net_budget_requirement"]
    assert abs(error["precept"]) < D("0.02") * printed["precept"]
    assert abs(error["gap"]) < 250_000
    # It has to beat leaving the last known year as it is.
    for name, value in printed.items():
        assert abs(error[name]) < abs(plan.line(name).printed["2015/16"] - value)


def _calibrated_to(plan: Plan, years: tuple[str, ...]) -> Plan:
    forecast = years[plan.n_typed - 1 :]
    series = {line.id: _series(plan, line, forecast) for line in plan.lines if line.rules.is_moved}
    groups = (
        ("local_officer_pay", "local_officer_pensions", "support_officer_pay", "support_officer_pensions"),
        ("local_staff_pay", "support_staff_pay"),
    )
    shared = {name: shared_rates([series[one] for one in group]) for group in groups for name in group}
    drivers: dict[str, Driver] = {}
    lines = []
    for line in plan.lines:
        own: list[Driver] = []
        if line.id in series:
            told = explain_series(series[line.id], shared.get(line.id), may_add=line.rules.role != "tax_base")
            own = _drivers(line.id, told, shared.get(line.id), len(forecast) - 1)
        drivers |= {one.id: one for one in own}
        lines.append(replace(line, drivers=tuple(one.id for one in own)))
    return replace(plan, years=years, lines=tuple(lines), drivers=drivers)


def _series(plan: Plan, line: Line, years: tuple[str, ...]) -> Series:
    if line.rules.role != "tax_base":
        return Series(tuple(line.printed[year] for year in years), (line.print_step / 2,) * len(years))
    precept, band_d = plan.needs_role("precept").printed, plan.needs_role("band_d").printed
    return Series(
        tuple((precept[year] / band_d[year]).quantize(D("0.01")) for year in years),
        tuple(500 / band_d[year] for year in years),
    )


def _drivers(line: str, told: Explanation, shared: tuple[Decimal, ...] | None, n: int) -> list[Driver]:
    def of(name: str, kind: str, values: dict[int, Decimal]) -> Driver:
        return Driver(
            f"{line}.{name}", kind, tuple(Dated(date(2014 + k, 4, 1), v, name) for k, v in values.items())
        )

    found = []
    if told.is_shared and shared:
        found.append(of("rate", "index", dict(enumerate(shared))))
    elif told.rate is not None:
        found.append(of("rate", "index", dict.fromkeys(range(n), told.rate)))
    elif told.amount is not None:
        found.append(of("amount", "step", dict.fromkeys(range(n + 1), told.amount)))
    if told.steps:
        found.append(of("steps", "step", {at - 1: step for at, step in told.steps.items()}))
    return found


def test_the_rise_of_2014_15_reaches_the_limit_that_was_set_later_and_the_one_of_2013_14_keeps_to_it() -> (
    None
):
    checks = {one.year: one for one in finance_plan.plan_report(force="cambridgeshire").band_d}
    assert checks["2013/14"].check is not None and not checks["2013/14"].check.is_excessive
    # 181.49 over 177.93 is 2.0008%: a hair above the 2% that needs a referendum.
    assert checks["2014/15"].check is not None and checks["2014/15"].check.is_excessive


def test_a_pound_on_band_d_brings_the_tax_base(found: CalculatedPlan) -> None:
    rules = {rule.id: rule.effect_gbp for rule in finance_risk.reckoner(force="cambridgeshire").rules}
    assert rules["band_d_1_pound"] == found.values("tax_base")[2:]
    # 1% of 45,932 + 1,880 + 11,861 + 17,129 + 203 + 5,935 + 1,338 + 7,680 + 287 thousand pounds.
    assert rules["pay_1_percent"][0] == D("-922450.00")


def test_the_band_d_that_closes_the_gap_is_the_least_that_does(plan: Plan) -> None:
    for one in finance_solve.band_d(force="cambridgeshire").years:
        assert 0 <= one.gap_after_gbp < 3000
        fixed = {"band_d": {one.year: one.needed_gbp - D("0.01")}}
        less = calculate(plan, fixed=fixed, is_explained=False)
        assert less.gap_gbp[less.year(one.year)] < 0


def test_fifty_officers_of_2019_20_cost_what_the_board_printed() -> None:
    # 2.5 million pounds for 50 officers, so a rise that brings 2.5 million buys 50, or 49 once an award has come.
    base = D("263569.58")
    found = finance_solve.officers(D(2_500_000) / base, force="cambridgeshire", year="2015/16").result
    assert found.n_officers in {49, 50}
    assert found.intakes[-1].n_so_far == found.n_officers
    assert all(one.left_gbp >= 0 for one in found.years)


def test_the_back_test_compares_with_what_the_later_documents_print() -> None:
    told = {
        (one.line_id, one.year): one
        for one in finance_scenarios.back_test_report(force="cambridgeshire").found
    }
    assert told["band_d", "2019/20"].happened == D("222.66")
    # Carried on at 2% a year from 188.82: 192.60, 196.45, 200.38.
    assert told["band_d", "2019/20"].forecast == D("200.38")
    assert told["band_d", "2019/20"].is_carried_on
    assert told["formula_grant", "2017/18"].happened == 78_400_000
