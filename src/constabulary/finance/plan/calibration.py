"""Works back what moves a printed line: the fewest dated drivers that return its columns to the rounding of the print.

A plan that prints no drivers can be moved all the same: a rate shared with like lines, a rate of its own, a yearly
amount, or nothing; where that does not return the print, a step whose cause is not published makes up the rest. What
comes out is a calibration, inferred from the figures it returns, and proves nothing about them.

A printed figure may stand for anything up to half of its last digit away; so a yearly change may be off by the
slack of both figures before it needs a step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PERCENT = Decimal("0.01")
LARGEST = Decimal("0.12")
"""Rates of more than this a year are not taken for drivers."""
COST_OF_DECIMALS = (0.0, 0.01, 0.02, 0.6)
"""What the decimal places of a rate in per cent count beside a driver or a step, which count 1."""


@dataclass(frozen=True)
class Series:
    """A printed line.

    Parameters
    ----------
    values
        Its figures, the base year first.
    slack
        How far each may be from what was printed: half of one of the last printed digit.
    """

    values: tuple[Decimal, ...]
    slack: tuple[Decimal, ...]

    def left(self, at: int, rate: Decimal, amount: Decimal) -> Decimal:
        """Return what a rate and an amount leave of the change to a year; 0 where rounding can carry it."""
        rest = self.values[at] - self.values[at - 1] * (1 + rate) - amount
        return Decimal(0) if abs(rest) < self.slack[at] + self.slack[at - 1] * (1 + rate) else rest


@dataclass(frozen=True)
class Explanation:
    """What returns a printed line.

    Parameters
    ----------
    is_shared
        The shared rates move it.
    rate, amount
        A yearly rate or amount of its own in the years without a shared rate; None without.
    steps
        What is left, by place of the year: changes of level whose cause is not published, but for a line that ends.
    cost
        How much there is to it: one for each driver of its own and each step.
    """

    is_shared: bool
    rate: Decimal | None
    amount: Decimal | None
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

    def best(at: int) -> Decimal:
        rates = [k * PERCENT / 100 for k in range(-1200, 1201)]
        return max(
            rates,
            key=lambda rate: (
                sum(not line.left(at, rate, Decimal(0)) for line in lines),
                -_decimals(rate),
                -abs(rate),
            ),
        )

    return tuple(best(at) for at in range(1, len(lines[0].values)))


def explain_series(
    series: Series, shared: Sequence[Decimal] | None = None, *, may_add: bool = True, may_grow: bool = True
) -> Explanation:
    """Return the least that returns a printed line.

    Parameters
    ----------
    series
        The line.
    shared
        Rates of like lines, one for each forecast year, 0 where there is none; the line may be moved by them.
    may_add, may_grow
        A yearly amount, a rate of its own may move it.

    Examples
    --------
    >>> from decimal import Decimal
    >>> found = explain_series(Series(tuple(map(Decimal, (100000, 103000, 106090))), (Decimal("0.5"),) * 3))
    >>> f"{found.rate:.0%}", dict(found.steps)
    ('3%', {})
    """
    own: list[tuple[Decimal | None, Decimal | None]] = [(None, None)]
    own += [(rate, None) for rate in _rates(series)] if may_grow else []
    own += [(None, amount) for amount in _amounts(series)] if may_add else []
    none = (Decimal(0),) * (len(series.values) - 1)
    found = [_tried(series, none, False, *one) for one in own]
    if shared is not None and any(shared):
        found += [_tried(series, shared, True, *one) for one in (own if not all(shared) else own[:1])]
    return min(found, key=lambda one: one.cost)


def _tried(
    series: Series, shared: Sequence[Decimal], is_shared: bool, rate: Decimal | None, amount: Decimal | None
) -> Explanation:
    steps = {}
    for at, common in enumerate(shared, start=1):
        rest = series.left(at, common or rate or Decimal(0), Decimal(0) if common else amount or Decimal(0))
        if rest:
            unit = _unit(series.slack[at])
            steps[at] = (rest / unit).to_integral_value(ROUND_HALF_UP) * unit
    cost = len(steps) + float(sum(abs(step) for step in steps.values())) * 1e-12
    if rate is not None or amount is not None:
        cost += 1 + (COST_OF_DECIMALS[min(_decimals(rate), 3)] if rate is not None else 0.005)
        # A yearly amount of half a unit is less likely than a whole one, and likelier than a further step.
        cost += 0.3 if amount is not None and amount % _unit(series.slack[0]) else 0
    return Explanation(is_shared, rate, amount, steps, cost)


def _decimals(rate: Decimal) -> int:
    """Return the decimal places of a rate in per cent."""
    return max(0, -int((rate / PERCENT).normalize().as_tuple().exponent))


def _unit(slack: Decimal) -> Decimal:
    """Return the power of ten that steps of a print with this slack are counted in: 1,000 for 500, 1 for 2.8."""
    return Decimal(1).scaleb((2 * slack).adjusted())


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
    """Yield yearly amounts, in halves of the unit of the print, that return at least one change of the line."""
    unit = _unit(series.slack[0]) / 2
    changes = {b - a for a, b in zip(series.values, series.values[1:], strict=False)}
    for change in sorted(changes):
        for k in range(-2, 3):
            if change + k * unit:
                yield change + k * unit
