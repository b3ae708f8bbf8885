"""Charts with steps, baselines, targets at the limits and series that must not be charted, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.performance import (
    ASSURANCE_ICONS,
    ASSURANCES,
    RULE_SETS,
    VARIATION_ICONS,
    VARIATIONS,
    xmr,
    xmr_many,
)
from constabulary.performance.icons import SIGNAL_WORDS
from constabulary.performance.spc import SIGNALS

EVEN = [90.0, 110.0] * 10
"""Mean 100, every moving range 20, limits 100 -+ 53.2."""
MONTHS = [f"{2022 + no // 12}-{no % 12 + 1:02d}" for no in range(60)]


def rules_of(problems: BadInput) -> list[str]:
    return [problem.rule for problem in problems.problems]


@pytest.mark.parametrize(
    ("target", "direction", "assurance"),
    [
        (154, "increase", "fail"),
        (153, "increase", "hit_or_miss"),
        (46, "increase", "pass"),
        (47, "increase", "hit_or_miss"),
        (154, "decrease", "pass"),
        (46, "decrease", "fail"),
        (100, "decrease", "hit_or_miss"),
        (154, "neutral", None),
        (None, "increase", None),
    ],
)
def test_a_target_beyond_a_limit_is_met_or_missed_and_one_between_them_is_neither(
    target: float | None, direction: str, assurance: str | None
) -> None:
    assert xmr(EVEN, target=target, direction=direction).assurance == assurance


@pytest.mark.parametrize("direction", ["increase", "decrease"])
@pytest.mark.parametrize("end", ["lower", "upper"])
def test_a_target_exactly_at_a_limit_is_hit_or_miss(direction: str, end: str) -> None:
    latest = xmr(EVEN).latest
    assert xmr(EVEN, target=getattr(latest, end), direction=direction).assurance == "hit_or_miss"


@pytest.mark.parametrize(
    ("target", "direction", "assurance"),
    [
        (100, "increase", "pass"),
        (95, "increase", "pass"),
        (101, "increase", "fail"),
        (100, "decrease", "pass"),
    ],
)
def test_a_measure_stuck_at_100_has_no_limits_but_meets_its_target_or_does_not(
    target: float, direction: str, assurance: str
) -> None:
    chart = xmr([100.0] * 20, target=target, direction=direction)
    assert chart.refused is not None and chart.refused.rule == "zero_variance"
    assert (chart.latest, chart.variation, chart.assurance) == (None, None, assurance)
    assert len(chart.points) == 20
    many = xmr_many([[100.0] * 20], targets=[target], directions=direction)
    assert (many.refused[0], many.variation[0], many.assurance[0]) == ("zero_variance", None, assurance)
    assert np.isnan(many.upper[0])


def test_a_measure_that_left_100_once_has_no_limits_once_its_only_changes_are_screened() -> None:
    values = [100.0] * 20 + [90.0] + [100.0] * 9
    chart = xmr(values, target=100, direction="increase")
    assert chart.refused is not None and "left out as outliers" in chart.refused.message
    assert chart.assurance is None
    # Without screening: two ranges of 10 in 29, mean 99.667, reach 2.66 * 20 / 29.
    latest = xmr(values, rules="making-data-count-excel").latest
    assert latest is not None
    assert latest.upper == pytest.approx(299 / 3 + 2.66 * 20 / 29)


def test_a_step_gives_new_limits_and_the_latest_decide_on_the_icons() -> None:
    values = EVEN + [value + 200 for value in EVEN]
    chart = xmr(values, MONTHS[:40], steps=["2023-09"], target=200, direction="increase")
    assert [(one.begin, one.end, one.mean, one.is_trial) for one in chart.segments] == [
        ("2022-01", "2023-08", 100, False),
        ("2023-09", "2025-04", 300, False),
    ]
    assert (chart.variation, chart.assurance) == ("common_cause", "pass")
    assert {point.signal for point in chart.points} == {None}
    assert chart.alarms is None


def test_runs_and_trends_end_at_a_step() -> None:
    values = [*EVEN[:12], 101, 102, 103, 104, 105, 106, 107, *EVEN[:12]]
    whole = xmr(values, MONTHS[:31])
    assert [point.signal for point in whole.points[12:19]] == ["trend"] * 7
    split = xmr(values, MONTHS[:31], steps=["2023-04"])
    assert "trend" not in {point.signal for point in split.points}


def test_a_baseline_fixes_the_limits_and_later_points_are_held_against_them() -> None:
    values = EVEN[:14] + [130.0] * 7
    chart = xmr(values, MONTHS[:21], baseline_to="Feb 2023", direction="decrease")
    (segment,) = chart.segments
    assert (segment.mean, segment.n_points, segment.n_limit_points, segment.is_trial) == (100, 21, 14, False)
    assert [point.signal for point in chart.points[14:]] == ["shift"] * 7
    assert chart.variation == "concern_high"


def test_a_baseline_and_a_step_can_be_had_together() -> None:
    values = EVEN + [value + 200 for value in EVEN]
    chart = xmr(values, MONTHS[:40], steps=["2023-09"], baseline_to="2022-12")
    assert [one.n_limit_points for one in chart.segments] == [12, 20]
    assert [one.is_trial for one in chart.segments] == [True, False]


def test_a_suggested_step_is_where_the_mean_changed_and_is_not_applied() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(100, 5, 40)
    values[24:] += 25
    chart = xmr(values, MONTHS[:40])
    (found,) = chart.suggestions
    assert (found.period, found.n_before, found.n_after) == ("2024-01", 24, 16)
    assert found.mean_before == pytest.approx(values[:24].mean())
    assert len(chart.segments) == 1
    assert xmr(values, MONTHS[:40], steps=["2024-01"]).suggestions == ()


def test_fewer_than_one_stable_series_in_a_hundred_gets_a_suggestion() -> None:
    rng = np.random.default_rng(6)
    n_suggested = sum(bool(xmr(rng.normal(size=36), kind="single").suggestions) for _ in range(600))
    assert n_suggested <= 12  # 600 at 0.01 give 12 or fewer with a chance of 0.99


@pytest.mark.parametrize(
    ("n_points", "refused", "is_trial"),
    [(4, True, None), (5, False, True), (12, False, True), (13, False, False)],
)
def test_few_points_give_trial_limits_and_fewer_than_five_none(
    n_points: int, refused: bool, is_trial: bool | None
) -> None:
    chart = (
        xmr([1.0, 3.0, 2.0, 4.0] * 4, MONTHS[:16]) if n_points > 16 else xmr([1.0, 3.0, 2.0, 4.0, 1.5] * 3)
    )
    chart = xmr(([1.0, 3.0, 2.0, 4.0, 1.5] * 3)[:n_points])
    assert (chart.refused is not None) == refused
    assert (chart.latest.is_trial if chart.latest else None) == is_trial
    assert ("trial_limits" in {one.rule for one in chart.warnings}) == bool(is_trial)


def test_a_step_that_leaves_too_few_points_is_refused() -> None:
    chart = xmr(EVEN, MONTHS[:20], steps=["2023-06"])
    assert chart.refused is not None
    assert str(chart.refused).startswith("there are 3 points from 2023-06.")


def test_values_said_to_be_rolling_are_refused_and_the_names_of_periods_can_say_so() -> None:
    for chart in (
        xmr(EVEN, kind="rolling_12"),
        xmr(EVEN, [f"12 months to {month}" for month in MONTHS[:20]]),
        xmr(
            EVEN,
            [f"2022-{no:02d} to 2023-{no - 1:02d}" for no in range(2, 13)]
            + [f"2023-{no:02d} to 2024-{no - 1:02d}" for no in range(2, 11)],
        ),
    ):
        assert chart.refused is not None and chart.refused.rule == "rolling_12"


def test_seasons_are_suspected_where_months_differ_and_not_where_a_step_or_slope_explains_them() -> None:
    rng = np.random.default_rng(4)
    at = np.arange(36)
    noise = rng.normal(0, 1, 36)
    seasonal = xmr(100 + 25 * np.sin(2 * np.pi * at / 12) + noise, MONTHS[:36], kind="single")
    assert "seasonality_suspected" in {one.rule for one in seasonal.warnings}
    assert "highest April, lowest October" in " ".join(one.message for one in seasonal.warnings)
    assert "seasonality_suspected" not in {
        one.rule for one in xmr(100 + 2 * at + noise, MONTHS[:36]).warnings
    }
    stepped = xmr(100 + 30 * (at >= 18) + noise, MONTHS[:36], steps=["2023-07"])
    assert "seasonality_suspected" not in {one.rule for one in stepped.warnings}
    too_short = xmr((100 + 25 * np.sin(2 * np.pi * at / 12) + noise)[:23], MONTHS[:23])
    assert "seasonality_suspected" not in {one.rule for one in too_short.warnings}


def test_seasons_are_suspected_in_one_stable_series_in_a_hundred() -> None:
    rng = np.random.default_rng(8)
    n_suspected = sum(
        "seasonality_suspected"
        in {one.rule for one in xmr(rng.normal(size=36), MONTHS[:36], kind="single").warnings}
        for _ in range(800)
    )
    assert 1 <= n_suspected <= 18  # Binomial(800, 0.01) lies there with a chance of 0.998


def test_missing_months_are_told_and_their_neighbours_taken_as_neighbours() -> None:
    with_gap = xmr([*EVEN[:10], float("nan"), *EVEN[10:]], MONTHS[:21])
    without = xmr(EVEN)
    assert with_gap.latest is not None and without.latest is not None
    assert with_gap.latest.upper == without.latest.upper
    (told,) = [one for one in with_gap.warnings if one.rule == "missing_periods"]
    assert "2022-11" in told.message


def test_a_target_without_a_direction_is_told() -> None:
    assert "target_without_direction" in {one.rule for one in xmr(EVEN, target=5).warnings}


def test_all_wrong_options_are_told_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        xmr(
            EVEN,
            MONTHS[:20],
            rules="nelson",
            direction="up",
            kind="yearly",
            target=float("nan"),
            steps=["1999-01", "2022-01"],
            baseline_to="2022-03",
        )
    assert sorted(rules_of(caught.value)) == sorted(
        [
            "unknown_rules",
            "unknown_choice",
            "unknown_choice",
            "not_a_number",
            "unknown_period",
            "step_at_start",
            "short_baseline",
        ]
    )


def test_a_table_of_many_series_must_fit() -> None:
    with pytest.raises(BadInput):
        xmr_many([1.0, 2.0])
    with pytest.raises(BadInput):
        xmr_many([EVEN], targets=[1.0, 2.0])
    with pytest.raises(BadInput):
        xmr_many([EVEN], directions="up")


def test_the_excel_rules_show_the_improvement_where_a_point_is_both() -> None:
    # Rising to the end from far below: the first point is under the lower limit and the start of a rise.
    values = [100, 104, 96, 101, 99, 103, 97, 102, 98, 100, 103, 97, 70, 76, 82, 88, 94, 99, 105]
    default, excel = (
        xmr(values, rules=rules, direction="increase").points[12]
        for rules in ("nhsrplotthedots-0.2.2", "making-data-count-excel")
    )
    assert (default.signal, default.direction) == ("outside_limits", "bad")
    assert (excel.signal, excel.direction) == ("trend", "good")


def test_the_announced_rule_counts_a_point_beyond_the_limit_as_one_of_two() -> None:
    # Mean 100.5, limits 16.8 away, near lines 11.2 away: 119 is outside, 113 near.
    values = [98, 102] * 12 + [119, 113, 101]
    old, new = (
        xmr(values, rules=rules).points[-2].signal
        for rules in ("making-data-count-excel", "making-data-count-2023-11")
    )
    assert (old, new) == (None, "two_of_three")


def test_six_points_make_a_run_where_the_rules_say_six() -> None:
    values = [98, 102] * 10 + [103, 101, 104, 103, 101, 103, 98]
    seven, six = (
        [point.signal for point in xmr(values, rules=rules).points].count("shift")
        for rules in ("making-data-count-excel", "making-data-count-excel-6-points")
    )
    assert (seven, six) == (7, 7)
    values = [102, 98] * 10 + [103, 101, 104, 103, 101, 103, 98]
    seven, six = (
        [point.signal for point in xmr(values, rules=rules).points].count("shift")
        for rules in ("making-data-count-excel", "making-data-count-excel-6-points")
    )
    assert (seven, six) == (0, 6)


def test_every_finding_has_words_and_a_shape_and_the_shape_tells_it_without_colour() -> None:
    assert set(VARIATION_ICONS) == set(VARIATIONS)
    assert set(ASSURANCE_ICONS) == set(ASSURANCES) - {None}
    assert set(SIGNAL_WORDS) == set(SIGNALS) - {None}
    told = [icon.words for icon in (*VARIATION_ICONS.values(), *ASSURANCE_ICONS.values())]
    assert len(set(told)) == len(told)
    assert len({icon.shape for icon in ASSURANCE_ICONS.values()}) == 3


def test_every_rule_set_is_named_and_cited() -> None:
    for name, rules in RULE_SETS.items():
        assert rules.name == name
        assert "NHSRplotthedots" in rules.source
