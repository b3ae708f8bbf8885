"""The Making Data Count rules written a second time, point by point in exact fractions, against our arrays."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from constabulary.performance import RULE_SETS, xmr, xmr_many

Signal = tuple[str, str] | None


def second_limits(values: list[Fraction], screens: bool) -> tuple[Fraction, Fraction]:
    """Mean and mean moving range."""
    ranges = [abs(b - a) for a, b in itertools.pairwise(values)]
    average = sum(ranges) / len(ranges)
    if screens:
        ranges = [one for one in ranges if one < Fraction("3.267") * average]
        average = sum(ranges) / len(ranges)
    return sum(values) / len(values), average


def second_signals(
    values: list[Fraction], mean: Fraction, average: Fraction, name: str, good: str
) -> list[Signal]:
    """Signal and side of each point: every window that a rule asks about is looked at on its own."""
    length = 6 if name.endswith("6-points") else 7
    reach = Fraction("2.66") * average
    near = reach * 2 / 3

    def side(value: Fraction) -> str:
        return "high" if value > mean else "low" if value < mean else "on"

    def is_near(value: Fraction) -> bool:
        distance = abs(value - mean)
        return distance > near and (name == "making-data-count-2023-11" or distance <= reach)

    found: list[dict[str, list[str]]] = [{} for _ in values]
    for no, value in enumerate(values):
        if abs(value - mean) > reach:
            found[no]["outside_limits"] = [side(value)]
    for begin in range(len(values) - length + 1):
        window = values[begin : begin + length]
        pairs = list(itertools.pairwise(window))
        for way, holds in (("high", all(b > a for a, b in pairs)), ("low", all(b < a for a, b in pairs))):
            if holds:
                for no in range(begin, begin + length):
                    ways = found[no].setdefault("trend", [])
                    if way not in ways:
                        ways.insert(0, way)  # the later trend comes first
        if len({side(value) for value in window} | {"on"}) == 2 and "on" not in map(side, window):
            for no in range(begin, begin + length):
                found[no]["shift"] = [side(values[no])]
    for begin in range(len(values) - 2):
        three = values[begin : begin + 3]
        if len(set(map(side, three))) == 1 and side(three[0]) != "on" and sum(map(is_near, three)) >= 2:
            for no in range(begin, begin + 3):
                if is_near(values[no]):
                    found[no]["two_of_three"] = [side(values[no])]
    order = ("outside_limits", "trend", "two_of_three", "shift")
    result: list[Signal] = []
    for point in found:
        ranked = [(rule, way) for rule in order for way in point.get(rule, [])]
        better = [one for one in ranked if one[1] == good] if name != "nhsrplotthedots-0.2.2" else []
        result.append((better + ranked + [None])[0])  # type: ignore[list-item]
    return result


def random_series(rng: np.random.Generator) -> list[int]:
    """Small whole numbers with ties, trends, steps and outliers, so that every rule and every tie comes up."""
    n_points = int(rng.integers(5, 70))
    values = rng.integers(-6, 7, n_points) + rng.integers(0, 3) * np.arange(n_points) // 2
    values[n_points // 2 :] += rng.integers(0, 8)
    values[rng.random(n_points) < 0.04] += 30
    if rng.random() < 0.3:
        begin = int(rng.integers(0, max(n_points - 16, 1)))
        rise = np.concatenate([np.arange(8), np.arange(7, -1, -1)])[: n_points - begin]
        values[begin : begin + len(rise)] = rise * int(rng.choice([-1, 1]))
    return values.tolist()


@pytest.mark.parametrize("rules", RULE_SETS)
@pytest.mark.parametrize(
    ("direction", "good"), [("increase", "high"), ("decrease", "low"), ("neutral", "neither")]
)
def test_limits_signals_and_sides_are_those_of_a_second_implementation(
    rules: str, direction: str, good: str
) -> None:
    rng = np.random.default_rng(7)
    seen: dict[str, int] = {}
    for _ in range(80):
        numbers = random_series(rng)
        values = [Fraction(number) for number in numbers]
        mean, average = second_limits(values, screens=rules == "nhsrplotthedots-0.2.2")
        chart = xmr(numbers, kind="single", rules=rules, direction=direction)
        if average == 0:
            assert chart.refused is not None and chart.refused.rule == "zero_variance"
            continue
        reach = Fraction("2.66") * average
        edges = {reach, reach * 2 / 3}
        if any(abs(value - mean) in edges for value in values):
            continue  # exactly on a line, where rounding decides
        assert chart.latest is not None
        expected = [float(mean), float(mean - reach), float(mean + reach)]
        assert [chart.latest.mean, chart.latest.lower, chart.latest.upper] == pytest.approx(
            expected, rel=1e-12, abs=1e-12
        )
        signals = second_signals(values, mean, average, rules, good)
        found = [(one.signal, one.side) if one.signal else None for one in chart.points]
        assert found == signals, numbers
        many = xmr_many([numbers], rules=rules, directions=direction)
        assert many.variation[0] == chart.variation
        for one in signals:
            seen[one[0] if one else "none"] = seen.get(one[0] if one else "none", 0) + 1
    assert set(seen) == {"none", "outside_limits", "trend", "two_of_three", "shift"}, "a rule was never tried"
