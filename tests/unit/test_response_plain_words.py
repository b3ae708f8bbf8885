"""The words of an appraisal say what the figures say: who is best, what may be luck, who loses, at what cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import chdtri

from constabulary.response.appraisal import Difference, Option, verdict
from constabulary.response.experiment import Estimate
from constabulary.response.figures import Key
from constabulary.response.plain_words import (
    CAUTION,
    FEW_RUNS,
    Names,
    districts_worse,
    in_words,
    pounds,
    summary,
    unsure,
    worst_served,
)

NAMES = Names({"g1": "Immediate", "g2": "Prompt"}, {"d1": "Northam", "d2": "Southam"}, emergency=("999",))


def changed(key: Key, before: float, after: float, half: float) -> Difference:
    difference = Estimate(after - before, half, 10)
    return Difference(
        key, Estimate(before, half, 10), Estimate(after, half, 10), difference, verdict(key, difference)
    )


def option(name: str, in_time: float, cost_gbp: float = 0.0, *more: Difference) -> Option:
    return Option(name, cost_gbp, (changed(Key("within_target_share", "g1"), 0.80, in_time, 0.01), *more))


BASE = Option("As now", 0.0, ())


def test_the_best_is_named_first_with_its_cost_and_then_the_best_that_costs_nothing() -> None:
    said = summary(
        [BASE, option("More", 0.86, 2e6), option("Other shifts", 0.83), option("Borders", 0.802)], NAMES
    )
    assert said[0] == (
        "“More” does most for immediate incidents: 86.0% are reached in time against 80.0% under “As now” "
        "(6.0 points more, give or take 1.0), at £2.00 million a year."
    )
    assert (
        said[1]
        == "Of those without added cost of posts, “Other shifts” does most: 83.0% (3.0 points more, give or take 1.0)."
    )
    assert said[2] == "“Borders” makes no difference to it that could be told from luck."
    assert said[-1] == CAUTION


def test_where_none_is_clearly_better_that_is_the_answer_and_who_is_worse_is_said() -> None:
    said = summary([BASE, option("Borders", 0.805), option("Fewer", 0.70, -1e6)], NAMES)
    assert said[0] == "No option clearly reaches more immediate incidents in time than “As now” (80.0%)."
    assert (
        said[1]
        == "“Fewer” reaches fewer immediate incidents in time: 70.0% (10.0 points fewer, give or take 1.0)."
    )


def test_the_worst_served_district_and_those_that_lose_are_named_with_their_shares() -> None:
    north = changed(Key("within_target_share", "g1", "district", "d1"), 0.60, 0.75, 0.02)
    south = changed(Key("within_target_share", "g1", "district", "d2"), 0.90, 0.70, 0.02)
    trifle = changed(Key("within_target_share", "g1", "district", "d2"), 0.900, 0.899, 0.0001)
    one = option("Move", 0.82, 0.0, north, south)
    said = in_words(one, NAMES)
    assert (
        "Who is served worst: Southam, where 70.0% are reached in time, against 90.0% "
        "(20.0 points fewer, give or take 2.0)."
    ) in said
    assert "Before, it was Northam: 60.0% in time then, 75.0% now." in said
    assert "Who loses: Southam (70.0%, against 90.0%) is reached in time less often." in said
    assert districts_worse(option("Trifle", 0.82, 0.0, north, trifle), NAMES) == []
    assert "Reached in time less often: Southam under “Move”." in summary([BASE, one], NAMES)


def test_few_runs_are_cautioned_until_the_spread_between_runs_is_known_within_a_factor_of_three() -> None:
    def factor(n_runs: int) -> float:
        return float(np.sqrt((n_runs - 1) / chdtri(n_runs - 1, 0.975)))

    assert factor(FEW_RUNS) < 3.0 < factor(FEW_RUNS - 1)
    few = Estimate(0.06, 0.01, 4)
    key = Key("within_target_share", "g1")
    quick = Option(
        "More", 0.0, (Difference(key, Estimate(0.8, 0.01, 4), Estimate(0.86, 0.01, 4), few, "better"),)
    )
    said = summary([BASE, quick], NAMES)
    assert said[-2].startswith("Caution: only 4 runs. With fewer than 5, the spread between runs is known ")
    assert said[-1] == CAUTION
    assert not [one for one in summary([BASE, option("More", 0.86)], NAMES) if one.startswith("Caution")]
    assert unsure(1, None, NAMES)[0].startswith("Caution: only 1 run.")


def test_a_wide_interval_is_cautioned_and_one_of_two_points_is_not() -> None:
    assert unsure(20, 0.02, NAMES) == []
    assert unsure(20, 0.031, NAMES) == [
        "Caution: the share of immediate incidents in time, or how it changes, is known to no better than give or take "
        "3.1 points: more or longer runs would tell smaller differences."
    ]


def test_the_worst_served_policing_area_is_told_beside_the_worst_district() -> None:
    figures = {
        Key("within_target_share", "g1", "area", place): Estimate(share, 0.01, 10)
        for place, share in (("n", 0.71), ("s", 0.83))
    }
    names = replace(NAMES, areas={"n": "Northern area", "s": "Southern area"})
    assert (
        "By policing area: Northern area is served worst, 71.0% in time, 12.0 points behind the best."
        in in_words(option("Two areas", 0.82), names, figures)
    )
    assert worst_served(figures, NAMES, "area", ()) is None


def test_cost_stands_beside_what_it_buys() -> None:
    # £2.4 million for 6 points: £400,000 a point.
    assert in_words(option("More", 0.86, 2.4e6), NAMES)[-1] == (
        "Cost: £2.40 million a year more, which is about £400,000 for each point of immediate incidents in time."
    )
    assert in_words(option("Less", 0.80, -45_900.0), NAMES)[-1] == "Cost: £45,900 a year less."


def test_minutes_hours_and_calls_are_told_in_units_people_use() -> None:
    said = in_words(
        option(
            "More",
            0.86,
            0.0,
            changed(Key("median_s", "g1"), 600.0, 543.0, 5.0),
            changed(Key("median_s", "g2"), 1200.0, 1000.0, 20.0),
            changed(Key("visible_officer_h"), 4000.0, 5000.0, 50.0),
            changed(Key("late_share"), 0.10, 0.12, 0.005),
            changed(Key("answered_10_s_share", "999"), 0.90, 0.90, 0.0),
        ),
        NAMES,
    )
    assert (
        "How soon: half of incidents are reached, immediate within 9.1 minutes (57 seconds sooner) and "
        "prompt within 16.7 minutes (3.3 minutes sooner)."
    ) in said
    assert "Patrol: 1,000 officer-hours a week more are free for visible patrol (25% more)." in said
    assert (
        "Officers: 12.0% of duties end more than a quarter of an hour late, against 10.0% "
        "(2.0 points more, give or take 0.5)."
    ) in said
    assert "Calls: 90.0% of emergency calls are answered within 10 seconds, as before." in said


def test_times_from_two_hours_on_are_told_in_hours() -> None:
    slow = option("More", 0.86, 0.0, changed(Key("median_s", "g2"), 15_480.0, 15_480.0, 60.0))
    assert "How soon: half of incidents are reached, prompt within 4.3 hours (no clear change)." in in_words(
        slow, NAMES
    )
    later = option("Less", 0.70, 0.0, changed(Key("median_s", "g2"), 1_200.0, 15_780.0, 60.0))
    assert "How soon: half of incidents are reached, prompt within 4.4 hours (4.0 hours later)." in in_words(
        later, NAMES
    )
    # By hand: 18,000 s less 10,800 s is 2 hours sooner, less 3,600 s is 4 hours.
    sooner = [
        option(name, 0.80, 0.0, changed(Key("median_s", "g2"), 18_000.0, after, 60.0))
        for name, after in (("A few", 10_800.0), ("Many", 3_600.0))
    ]
    assert "Half of prompt incidents are reached sooner under every option: by 2.0 to 4.0 hours." in summary(
        [BASE, *sooner], NAMES
    )


def test_units_that_do_not_keep_up_give_no_share() -> None:
    unknown = Estimate(None, None, 0)
    broken = Difference(
        Key("within_target_share", "g1"), Estimate(0.8, 0.01, 10), unknown, unknown, "not clear"
    )
    assert in_words(Option("Cut", 0.0, (broken,)), NAMES)[0] == (
        "In time: cannot be told, for there is no target or units do not keep up."
    )


def test_what_is_not_kept_up_with_is_said_in_place_of_its_times() -> None:
    unknown = Estimate(None, None, 0)
    broken = Difference(
        Key("within_target_share", "g1"), Estimate(0.8, 0.01, 10), unknown, unknown, "not clear", "Full."
    )
    behind = {"g1": "Full.", "volume": "Investigators of volume crime are busy all the time."}
    swamped = Option("Cut", -1e6, (broken,), unstable=behind)
    said = summary([BASE, swamped], NAMES)
    assert said[:2] == [
        "How often immediate incidents are reached in time cannot be compared.",
        "Under “Cut” units cannot keep up with immediate incidents, so how soon they are reached cannot be told; "
        "investigators of volume crime are busy all the time.",
    ]
    beside = summary([BASE, option("More", 0.86, 2e6), swamped], NAMES)
    assert beside[0].startswith("“More” does most")
    assert "no difference" not in " ".join(beside)


def test_an_option_beside_a_base_that_is_not_kept_up_with_tells_its_own_figures_and_no_change() -> None:
    unknown = Estimate(None, None, 0)
    own = [
        Difference(key, unknown, Estimate(mean, 0.01, 10), unknown, "not clear", "Full.")
        for key, mean in ((Key("within_target_share", "g1"), 0.965), (Key("median_s", "g1"), 324.0))
    ]
    patrol = changed(Key("visible_officer_h"), 100.0, 300.0, 10.0)
    more = Option("More", 0.0, (*own, patrol))
    said = in_words(more, NAMES)
    assert said[0] == (
        "In time: 96.5% of immediate incidents are reached within the target, which cannot be compared."
    )
    assert (
        said[1]
        == "How soon: half of incidents are reached, immediate within 5.4 minutes (cannot be compared)."
    )
    # Ten runs were made, of which the base tells none.
    assert "Caution" not in " ".join(summary([replace(BASE, unstable={"g1": "Full."}), more], NAMES))


def test_what_an_option_costs_once_is_said_beside_what_it_costs_a_year() -> None:
    once = replace(option("Build", 0.86), once_gbp=2_000_000.0)
    assert in_words(once, NAMES)[-1] == "Cost: £2.00 million once more."
    assert summary([BASE, once], NAMES)[0].endswith("at no added cost of posts and £2.00 million once.")
    beside = summary([BASE, option("More", 0.88, 2e6), once], NAMES)
    assert beside[1].startswith("Of those without added cost of posts, “Build” does most: 86.0%")
    assert beside[1].endswith(", at £2.00 million once.")
    both = replace(option("Build and staff", 0.80, 1e6), once_gbp=-50_000.0)
    assert in_words(both, NAMES)[-1] == "Cost: £1.00 million a year more; £50,000 once less."


@pytest.mark.parametrize(
    ("gbp", "said"), [(2_295_000.0, "£2.29 million"), (402_369.0, "£402,369"), (-1e6, "£1.00 million")]
)
def test_pounds_are_said_as_people_say_them(gbp: float, said: str) -> None:
    assert pounds(gbp) == said
