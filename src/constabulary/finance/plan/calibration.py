"""Works back what moves a printed line: the fewest dated drivers that return its columns to the rounding of the print.

A plan that prints no drivers can be moved all the same: a rate shared with like lines, a rate of its own, a yearly
amount, or nothing; where that does not return the print, a step whose cause is not published makes up the rest. What
comes out is a calibration, inferred from the figures it returns, and proves nothing about them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

PERCENT = Decimal("0.01")
LARGEST = Decimal("0.12")
"""Rates of more than this a year are not taken for drivers."""
STEP_COST, DRIVER_COST, ROUNDING_COST = 1.0, 1.0, 0.5


@dataclass(frozen=True)
class Series:
    """A printed line.

    Parameters
    ----------
    values
        Its figures, the base year first.
    slack
        How far a figure may be from each and still print as it: half of one of the last printed digit.
    """

    values: tuple[Decimal, ...]
    slack: tuple[Decimal, ...]

    def fits(self, at: int, value: Decimal) -> bool:
        """Return whether a value would print as the figure of that year."""
        return abs(value - self.values[at]) < self.slack[at]


@dataclass(frozen=True)
class Explanation:
    """What returns a printed line.

    Parameters
    ----------
    is_shared
        The shared rates move it.
    rate, amount
        A yearly rate or amount of its own in the years without a shared rate; None without.
    rounding
        What the base may have been above or below its print; it moves the first forecast year.
    steps
        What is left, by place of the year: changes of level whose cause is not published, but for a line that ends.
    cost
        How much there is to it: one for each driver of its own and each step.
    """

    is_shared: bool
    rate: Decimal | None
    amount: Decimal | None
    rounding: Decimal
    steps: Mapping[int, Decimal]
    cost: float


def shared_rates(lines: Sequence[Series]) -> tuple[Decimal, ...]:
    """Return the yearly rates that move most of some like lines, the roundest that do.

    Parameters
    ----------
    lines
        Lines of the same number of years.

    Returns
    -------
    tuple
        One share for each forecast year, to a hundredth of a per cent.
    """
    n = len(lines[0].values)
    return tuple(_roundest(lines, at) for at in range(1, n))


def _roundest(lines: Sequence[Series], at: int) -> Decimal:
    def fitting(rate: Decimal) -> int:
        # Either figure may be off by its slack, so the change may be by both.
        return sum(
            abs(line.values[at - 1] * (1 + rate) - line.values[at])
            < line.slack[at] + line.slack[at - 1] * (1 + rate)
            for line in lines
        )

    rates = [Decimal(k) * PERCENT / 100 for k in range(-1200, 1201)]
    return max(rates, key=lambda rate: (fitting(rate), -_decimals(rate), -abs(rate)))


def explain_series(
    series: Series, shared: Sequence[Decimal] | None = None, *, may_add: bool = True
) -> Explanation:
    """Return the least that returns a printed line.

    Parameters
    ----------
    series
        The line.
    shared
        Rates of like lines, one for each forecast year, 0 where there is none; the line may be moved by them.
    may_add
        A yearly amount may move it, too.

    Examples
    --------
    >>> from decimal import Decimal
    >>> found = explain_series(Series(tuple(map(Decimal, (100000, 103000, 106000))), (Decimal(500),) * 3))
    >>> str(found.rate), dict(found.steps)
    ('0.03', {})
    """
    found = []
    for is_shared in (False, True) if shared and any(shared) else (False,):
        rates = tuple(shared or ()) if is_shared else (Decimal(0),) * (len(series.values) - 1)
        own = [(None, None), *((rate, None) for rate in _rates(series))]
        own += [(None, amount) for amount in _amounts(series)] if may_add else []
        if is_shared and all(rates):
            own = [(None, None)]
        for (rate, amount), rounding in product(own, _roundings(series)):
            cost = DRIVER_COST * (rate is not None or amount is not None) + ROUNDING_COST * (rounding != 0)
            cost += _ugliness(rate) if rate is not None else 0
            cost += 0.6 if amount is not None and amount % (2 * series.slack[0]) else 0
            cost += float(abs(rounding) / series.slack[0]) / 1000
            best = min((one.cost for one in found), default=float("inf"))
            steps = _steps(series, rates, rate or Decimal(0), amount or Decimal(0), rounding, best - cost)
            if steps is not None:
                total = cost + STEP_COST * len(steps) + float(sum(abs(s) for s in steps.values())) * 1e-12
                found.append(Explanation(is_shared, rate, amount, rounding, steps, total))
    return min(found, key=lambda one: one.cost)


def _ugliness(rate: Decimal) -> float:
    return {0: 0.0, 1: 0.01, 2: 0.02}.get(_decimals(rate), 0.6)


def _decimals(rate: Decimal) -> int:
    """Return the decimal places of a rate in per cent."""
    return max(0, -int((rate / PERCENT).normalize().as_tuple().exponent))


def _rates(series: Series) -> Iterator[Decimal]:
    """Yield rates to a hundredth of a per cent (a thousandth for fine prints) that return a change of the line."""
    seen = set()
    for at in range(1, len(series.values)):
        before, now = series.values[at - 1], series.values[at]
        slack = series.slack[at] + series.slack[at - 1]
        if not before:
            continue
        ends = sorted(((now - slack) / before - 1, (now + slack) / before - 1))
        unit = PERCENT / 100 if ends[1] - ends[0] > PERCENT / 100 else PERCENT / 1000
        first = int(ends[0] / unit) - 1
        for k in range(first, min(int(ends[1] / unit) + 2, first + 400)):
            rate = k * unit
            if rate and abs(rate) <= LARGEST and rate not in seen:
                seen.add(rate)
                yield rate


def _amounts(series: Series) -> Iterator[Decimal]:
    """Yield yearly amounts, in tenths of the print, that return at least one change of the line."""
    unit = series.slack[0] / 5
    for change in {b - a for a, b in zip(series.values, series.values[1:], strict=False)}:
        for k in range(-10, 11):
            if change + k * unit:
                yield change + k * unit


def _roundings(series: Series) -> list[Decimal]:
    return [series.slack[0] * k / 5 for k in (0, 1, -1, 2, -2, 3, -3, 4, -4)]


def _steps(
    series: Series, shared: Sequence[Decimal], rate: Decimal, amount: Decimal, rounding: Decimal, most: float
) -> dict[int, Decimal] | None:
    """Return the fewest steps that return the print, or None where they would cost more than `most`."""
    best: dict[int, Decimal] | None = None

    def follow(at: int, before: Decimal, steps: dict[int, Decimal]) -> None:
        nonlocal best
        limit = most if best is None else min(most, STEP_COST * len(best) - 1e-9)
        if STEP_COST * len(steps) > limit:
            return
        if at == len(series.values):
            best = dict(steps)
            return
        own_rate = rate if not shared[at - 1] else Decimal(0)
        value = before * (1 + shared[at - 1]) * (1 + own_rate) + (amount if not shared[at - 1] else 0)
        value += rounding if at == 1 else 0
        if series.fits(at, value):
            follow(at + 1, value, steps)
            return
        for unit in (2 * series.slack[at], series.slack[at], series.slack[at] / 5):
            step = ((series.values[at] - value) / unit).to_integral_value(ROUND_HALF_UP) * unit
            if step and series.fits(at, value + step):
                follow(at + 1, value + step, {**steps, at: step})

    follow(1, series.values[0], {})
    return best
