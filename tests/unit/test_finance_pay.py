"""Posts to pounds: published pay points, hand-worked years, and people followed one by one as a second way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constabulary.core.errors import BadInput, NothingThere
from constabulary.core.force.rooms.finance_pay import MovesRow, OnCostRow, PayGroupRow, StrengthRow
from constabulary.finance.establishment_cost import project
from constabulary.finance.pay_scale import raised, scales_of
from constabulary.parameters import load_parameters
from constabulary.services.finance.pay import establishment_cost, pay_scales, posts_cost
from constabulary.services.finance.resources import force_for

WESTMARCH = str(Path(__file__).parents[1] / "forces" / "westmarch")
AT = {"file": "pay.csv", "line": 2, "status": "assumed", "note": "made up"}


def points(on: date) -> list[int]:
    scale = pay_scales(force_for(None, "cambridgeshire"))["constable"]
    return [int(pay) for pay in scale.points_on(on).values()]


def test_the_rise_of_2018_gives_the_published_points_of_2018_from_those_of_2017():
    known = load_parameters("police_pay")
    worked = [raised(Decimal(pay), Decimal("0.02"), Decimal(3)) for pay in known["constable_2017"].value]
    assert worked == [Decimal(pay) for pay in known["constable_2018"].value]


def test_the_points_of_2019_follow_from_2018_and_those_of_2020_from_them():
    # Published of 2019: the starting pay, and the first, middle and top points (Home Office pay series).
    assert points(date(2019, 9, 1)) == [20880, 24177, 25269, 26370, 27471, 29670, 34098, 40128]
    rise, step = Decimal("0.025"), Decimal(3)
    assert [raised(Decimal(pay), rise, step) for pay in points(date(2019, 9, 1))] == points(date(2020, 9, 1))


def test_a_scale_holds_until_the_eve_of_the_next_rise():
    assert points(date(2019, 8, 31)) == points(date(2018, 9, 1))
    with pytest.raises(BadInput, match="not told for"):
        points(date(2017, 8, 31))


def test_fifty_new_constables_cost_five_months_at_the_old_rate_and_seven_at_the_new():
    found = posts_cost(None, "cambridgeshire", Decimal(50), "2019/20", point=1, n_years=2).groups
    # 50 x (23,586 x 5/12 + 24,177 x 7/12), then a point higher: 50 x (25,269 x 5/12 + 25,902 x 7/12).
    assert [one.pay_gbp for one in found] == [Decimal("1196537.50"), Decimal("1281912.50")]
    tops = {one.on_cost_id: one.cost_gbp for one in found[0].on_costs}
    assert tops["employer_pension"] == Decimal("370926.66")  # 5 x 30,465.25 + 7 x 31,228.63
    # 13.8% above 8,632: 50 x 0.138 x (23,930.75 - 8,632), each month to the penny.
    assert abs(tops["national_insurance"] - Decimal("105561.375")) < Decimal("0.06")


def scale_of(*pays: int, award_on: date | None = None):
    day = date(2000, 4, 1)
    awards = [("s", award_on, Decimal("0.1"), Decimal(1), "made up")] if award_on else []
    return scales_of([("s", no, day, Decimal(pay), "made up") for no, pay in enumerate(pays)], awards)["s"]


def group(posts: int = 100) -> PayGroupRow:
    return PayGroupRow(
        **AT, group_id="g", name="G", scale_id="s", posts_fte=Decimal(posts), as_at_on=date(2019, 3, 31)
    )


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 200), min_size=4, max_size=4),
    st.integers(0, 60),
    st.integers(0, 3),
    st.integers(0, 30),
)
def test_cost_is_that_of_people_followed_one_by_one(strength, joiners, joining_point, leavers):
    """Every start by months at its point, every month's joiners by themselves: where each stands needs no state."""
    if sum(strength) <= leavers:
        return
    scale = scale_of(12_000, 18_000, 24_000, 36_000, award_on=date(2019, 9, 1))
    rows = [
        StrengthRow(**AT, group_id="g", point=no, strength_fte=Decimal(n)) for no, n in enumerate(strength)
    ]
    moves = [
        MovesRow(
            **AT, group_id="g", period=period, joiners_fte=Decimal(joiners), joining_point=joining_point,
            leavers_fte=Decimal(leavers), posts_change_fte=None,
        )
        for period in ("2019/20", "2020/21")
    ]  # fmt: skip
    found = project(group(), rows, moves, [], scale, ["2019/20", "2020/21"])

    pay = [[12_000, 18_000, 24_000, 36_000], [13_200, 19_800, 26_400, 39_600]]
    cohorts = [(float(n) / 12, no, k + 1) for no, n in enumerate(strength) for k in range(12)]
    costs = [0.0, 0.0]
    for month in range(24):
        total = sum(n for n, _, _ in cohorts)
        kept = 1 - leavers / 12 / total if leavers else 1
        cohorts = [(n * kept, no, k) for n, no, k in cohorts]
        cohorts.append((joiners / 12, joining_point, -month))
        for n, no, k in cohorts:
            costs[month // 12] += n * pay[month >= 5][min(3, no + (k + month) // 12)] / 12
    assert [float(one.pay_gbp) for one in found] == pytest.approx(costs, abs=0.2)
    assert float(found[1].strength_fte) == pytest.approx(sum(strength) + 2 * joiners - 2 * leavers)


def test_nobody_moves_where_all_stand_at_the_top_and_none_come_or_go():
    rows = [StrengthRow(**AT, group_id="g", point=2, strength_fte=Decimal(90))]
    found = project(group(), rows, [], [], scale_of(10_000, 20_000, 30_000), ["2019/20", "2020/21"])
    assert [one.pay_gbp for one in found] == [Decimal(2_700_000)] * 2
    assert [one.mean_vacancies_fte for one in found] == [10, 10]
    assert found[0].vacancies_gbp == Decimal(300_000)


def test_the_latest_of_an_on_cost_counts_from_its_day_and_a_groups_own_before_all_groups():
    def cost(group_id, from_on, share, above=None):
        return OnCostRow(
            **AT,
            on_cost_id="c",
            group_id=group_id,
            name="C",
            from_on=from_on,
            rate_share=Decimal(share),
            above_gbp=above,
        )

    rows = [StrengthRow(**AT, group_id="g", point=0, strength_fte=Decimal(1))]
    on_costs = [cost(None, date(2000, 4, 1), "0.1"), cost(None, date(2019, 10, 1), "0.2")]
    [found] = project(group(), rows, [], on_costs, scale_of(12_000), ["2019/20"])
    assert found.on_costs[0].cost_gbp == Decimal(6 * 100 + 6 * 200)
    own = cost("g", date(2000, 4, 1), "0.5", Decimal(6_000))
    [found] = project(group(), rows, [], [*on_costs, own], scale_of(12_000), ["2019/20"])
    assert found.on_costs[0].cost_gbp == Decimal(3_000)


def test_what_cannot_be_is_told_with_its_row():
    rows = [StrengthRow(**AT, group_id="g", point=9, strength_fte=Decimal(1))]
    with pytest.raises(BadInput, match=r"9 is no point.*one of 0, 1"):
        project(group(), rows, [], [], scale_of(1, 2), ["2019/20"])
    with pytest.raises(BadInput, match="does not begin the day after"):
        project(group(), [], [], [], scale_of(1), ["2020/21"])
    rows = [StrengthRow(**AT, group_id="g", point=0, strength_fte=Decimal(1))]
    gone = MovesRow(
        **AT, group_id="g", period="2019/20", joiners_fte=Decimal(0), joining_point=0, leavers_fte=Decimal(24),
        posts_change_fte=None,
    )  # fmt: skip
    with pytest.raises(BadInput, match="leave in a month"):
        project(group(), rows, [gone], [], scale_of(1), ["2019/20"])


def test_the_establishment_of_2019_20_is_the_printed_one_and_its_pay_near_what_the_pension_rise_implies():
    found = establishment_cost(None, "cambridgeshire").groups[0]
    assert found.posts_fte == 1496
    # 3.6 million pounds for 6.8 points of pension contribution are pay of 52.9 million; strength is assumed here.
    assert abs(found.pay_gbp - Decimal(52_900_000)) < 1_500_000


def test_both_commands_answer(run_json, run, bare_force):
    found = run_json("finance", "establishment", "--force", WESTMARCH)
    assert found["groups"][0]["group_id"] == "wardens"
    assert found["total_gbp"] == [found["groups"][0]["cost_gbp"]]
    asked = ("--posts", "10", "--year", "2020/21", "--force", bare_force)
    assert run_json("finance", "establishment", *asked)["years"] == ["2020/21"]
    assert run("finance", "establishment", "--force", bare_force).exit_code == 9
    assert run("finance", "establishment", "--posts", "10").exit_code == 2
    with pytest.raises(NothingThere, match="pay groups"):
        establishment_cost(None, bare_force)


@pytest.mark.parametrize("n_posts", ["0", "-3", "NaN"])
def test_fewer_posts_than_any_are_refused(n_posts):
    with pytest.raises(BadInput, match=r"Expected more than 0\.$"):
        posts_cost(None, "cambridgeshire", Decimal(n_posts), "2019/20")
