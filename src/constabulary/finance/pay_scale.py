"""Pay scales: the pay of a point on a day, from scales as printed and the rises awarded since.

References
----------
Police officers' points are multiples of £3, and each is moved by an award and rounded to the nearest: it holds for
every published constable's point from 1 September 2017 to 2018 (2%) and from 2018 by 2019 to 2020 (2.5% twice), in
Home Office circular 001/2019 Annex F and the Police Federation's table of 2020.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from constabulary.core.errors import BadInput, Problem


@dataclass(frozen=True)
class Award:
    """A rise of all points from a day on: a share (0.02 is 2%), each point rounded to a multiple of `step_gbp`."""

    from_on: date
    award_rate: Decimal
    step_gbp: Decimal


@dataclass(frozen=True)
class PayScale:
    """A pay scale.

    Parameters
    ----------
    scale_id
        Its id.
    printed
        The yearly pay (pounds) by point, from each day that a whole scale is printed for.
    awards
        Rises; one dated on or before the last printed scale is in it already.
    sources
        What each printed scale and award rests on, by its day.
    """

    scale_id: str
    printed: Mapping[date, Mapping[int, Decimal]]
    awards: tuple[Award, ...] = ()
    sources: Mapping[date, str] | None = None

    def points_on(self, on: date) -> dict[int, Decimal]:
        """Return the pay of every point on a day (pounds a year).

        Raises
        ------
        BadInput
            If no scale is printed for so early a day.
        """
        days = [day for day in self.printed if day <= on]
        if not days:
            first = min(self.printed, default=None)
            raise BadInput(
                Problem(
                    "no_pay",
                    f"the pay scale {self.scale_id} is not told for {on.day} {on:%B %Y}; it begins on {first}.",
                    "finance/pay_points.csv",
                    remedy="Type its points for that day.",
                )
            )
        last = max(days)
        points = dict(self.printed[last])
        for award in sorted(self.awards, key=lambda one: one.from_on):
            if last < award.from_on <= on:
                points = {
                    point: raised(pay, award.award_rate, award.step_gbp) for point, pay in points.items()
                }
        return points

    @property
    def lowest(self) -> int:
        """The lowest point."""
        return min(min(points) for points in self.printed.values())


def raised(pay_gbp: Decimal, award_rate: Decimal, step_gbp: Decimal) -> Decimal:
    """Return the pay of a point after an award, rounded to a multiple of a step (pounds a year).

    Examples
    --------
    >>> from decimal import Decimal
    >>> str(raised(Decimal(38382), Decimal("0.02"), Decimal(3)))
    '39150'
    """
    steps = (pay_gbp * (1 + award_rate) / step_gbp).quantize(Decimal(1), ROUND_HALF_UP)
    return steps * step_gbp


def scales_of(
    printed: Iterable[tuple[str, int, date, Decimal, str]],
    awards: Iterable[tuple[str, date, Decimal, Decimal, str]],
) -> dict[str, PayScale]:
    """Return pay scales by id.

    Parameters
    ----------
    printed
        Scale, point, first day, pay a year (pounds) and source of each printed point.
    awards
        Scale, first day, rate, step (pounds) and source of each rise.
    """
    points: dict[str, dict[date, dict[int, Decimal]]] = {}
    rises: dict[str, list[Award]] = {}
    sources: dict[str, dict[date, str]] = {}
    for scale, point, from_on, pay, source in printed:
        points.setdefault(scale, {}).setdefault(from_on, {})[point] = pay
        sources.setdefault(scale, {})[from_on] = source
    for scale, from_on, rate, step, source in awards:
        rises.setdefault(scale, []).append(Award(from_on, rate, step))
        sources.setdefault(scale, {}).setdefault(from_on, source)
    return {
        scale: PayScale(scale, days, tuple(rises.get(scale, ())), sources[scale])
        for scale, days in points.items()
    }
