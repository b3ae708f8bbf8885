"""Finds, among a force's published figures, the one that a synthetic year is held to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from constabulary.core.errors import Problem
from constabulary.core.force import Force, PublishedVolume
from constabulary.synthetic.calendar import Year

COUNTS = ("total", "mean_per_month", "mean_per_day", "typical_day")
"""Bases a year's count can be worked out from, best first."""
COUNTS_AND_SHARES = ("total", "share", *COUNTS[1:])


@dataclass(frozen=True)
class Figure:
    """A published figure that a synthetic year is held to.

    Parameters
    ----------
    volume
        The figure.
    value
        What it makes for the year: a count, or a share [0 to 1] where its basis is share.
    is_of_year
        Whether it was published for this very year.
    others
        Figures of the same thing and period that were passed over.
    """

    volume: PublishedVolume
    value: float
    is_of_year: bool
    others: tuple[PublishedVolume, ...]

    @property
    def source(self) -> str:
        """Where it was published, in words."""
        return source_of(self.volume)


def find_figure(
    force: Force,
    year: Year,
    measure: str,
    breakdown: str | None = None,
    part: str | None = None,
    *,
    bases: tuple[str, ...] = COUNTS,
    area_id: str | None = None,
    growth_rate: float = 0,
) -> Figure | None:
    """Return the figure for a year: the one published for it, else that of the latest year; None without one.

    Of several for one year the first basis in `bases` wins, so that a total goes before a typical day.
    """
    yearly = [
        volume
        for volume in force.find_volumes(measure, area_id=area_id)
        if (volume.breakdown, volume.part) == (breakdown, part)
        and volume.basis in bases
        and volume.unit == ("share" if volume.basis == "share" else "count")
        and Year.starting(volume.period_start_on).is_of(volume)
    ]
    if not yearly:
        return None
    latest = max(yearly, key=lambda volume: volume.period_end_on)
    period = year if any(year.is_of(volume) for volume in yearly) else Year.starting(latest.period_start_on)
    same = sorted(filter(period.is_of, yearly), key=lambda volume: bases.index(volume.basis))
    value = _in_year(float(same[0].value), same[0].basis, year)
    if period != year and same[0].basis != "share":
        value *= (1 + growth_rate) ** round((year.first_on - period.first_on).days / 365.25)
    return Figure(same[0], value, period == year, tuple(same[1:]))


def months_of(force: Force, year: Year, measure: str, part: str | None) -> dict[date, PublishedVolume]:
    """Return the figures published for single months wholly within a year, by the month's first day."""
    breakdown = None if part is None else "channel"
    found: dict[date, PublishedVolume] = {}
    for volume in force.find_volumes(measure):
        first, last = volume.period_start_on, volume.period_end_on
        is_month = first.day == 1 and last == (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        is_right = (volume.breakdown, volume.part, volume.unit) == (breakdown, part, "count")
        is_within = year.first_on <= first and last <= year.last_on
        if is_right and is_month and is_within and volume.basis in ("total", "highest_month", "lowest_month"):
            found.setdefault(first, volume)
    return found


def source_of(volume: PublishedVolume) -> str:
    """Return where a figure was published, in words."""
    place = f"{volume.file} line {volume.line}"
    return f"{volume.source_id}, {volume.where} ({place})" if volume.source_id else place


def passed_over(figure: Figure, year: Year, n: float) -> Iterator[Problem]:
    """Yield the figures that one was preferred to and that disagree with it by more than rounding.

    Parameters
    ----------
    figure
        The one preferred.
    year
        The year made.
    n
        The whole that a share is of.
    """
    volume = figure.volume
    name = f"{volume.measure} {volume.part or ''}".strip()
    count = figure.value * n if volume.basis == "share" else figure.value
    for other in figure.others:
        made = count / (n or 1) if other.basis == "share" else count / _in_year(1, other.basis, year)
        exponent = other.value.as_tuple().exponent
        if abs(made - float(other.value)) > 0.5 * 10.0 ** (exponent if isinstance(exponent, int) else 0):
            implied = f"{made:,.3f}" if other.basis == "share" else f"{made:,.1f}"
            yield Problem(
                "figure_not_used",
                f"{name}: the {other.basis.replace('_', ' ')} of {float(other.value):,g} is passed over for "
                f"the {volume.basis.replace('_', ' ')} of {float(volume.value):,g}, which makes {implied}",
                file=other.file,
                row=other.line,
                value=str(other.value),
            )


def _in_year(value: float, basis: str, year: Year) -> float:
    """Return what a figure of a basis makes in a year; a total or share is what it is."""
    return value * {"mean_per_month": 12, "mean_per_day": year.n_days, "typical_day": year.n_days}.get(
        basis, 1
    )
