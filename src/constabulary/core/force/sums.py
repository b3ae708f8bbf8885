"""Finds printed figures that disagree with each other: parts with their total, averages with theirs.

Such figures are kept as printed; each disagreement is a warning, never an error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from constabulary.core.errors import Problem
from constabulary.core.force.model import PublishedVolume

_DIVISORS = ("mean_per_day", "typical_day", "mean_per_month")


def disagreements(volumes: Iterable[PublishedVolume], adds_up: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a warning for each printed figure that another one contradicts by more than rounding.

    Parameters
    ----------
    volumes
        All published figures.
    adds_up
        The measures that have a complete breakdown, and which one it is.
    """
    volumes = list(volumes)
    yield from _parts(volumes, adds_up)
    yield from _means(volumes)


def _parts(volumes: list[PublishedVolume], adds_up: Mapping[str, str]) -> Iterator[Problem]:
    groups = defaultdict(list)
    wholes = {}
    for volume in volumes:
        if volume.measure not in adds_up:
            continue
        key = (
            volume.measure,
            volume.area_id,
            volume.period_start_on,
            volume.period_end_on,
            volume.basis,
            volume.unit,
            volume.source_id,
        )
        if volume.part is None:
            wholes[key] = volume
        elif volume.breakdown == adds_up[volume.measure]:
            groups[key].append(volume)
    for key, parts in groups.items():
        total = sum((part.value for part in parts), Decimal(0))
        whole = wholes.get(key)
        if whole is not None and abs(total - whole.value) > sum(map(_rounding, parts), _rounding(whole)):
            yield _warning(
                whole,
                "parts_and_total",
                f"the parts by {_words(parts[0].breakdown)} make {total:,}, not the printed {whole.value:,}.",
            )
        elif parts[0].basis == "share" and abs(total - 1) > sum(map(_rounding, parts), Decimal(0)):
            yield _warning(
                parts[0], "parts_and_total", f"the shares by {parts[0].breakdown} make {total}, not 1."
            )


def _means(volumes: list[PublishedVolume]) -> Iterator[Problem]:
    totals = {_figure(volume): volume for volume in volumes if volume.basis == "total"}
    for volume in volumes:
        total = totals.get(_figure(volume))
        if total is None or volume.basis not in _DIVISORS:
            continue
        n = _n_months(volume) if volume.basis == "mean_per_month" else volume.n_days
        mean = total.value / n
        if abs(mean - volume.value) > _rounding(volume):
            yield _warning(
                volume,
                "mean_and_total",
                f"{total.value:,} over {n} {_unit(volume)} is {mean:,.1f}, not the printed {volume.value:,}.",
            )


def _figure(volume: PublishedVolume) -> tuple[object, ...]:
    return (
        volume.measure,
        volume.breakdown,
        volume.part,
        volume.area_id,
        volume.period_start_on,
        volume.period_end_on,
        volume.unit,
    )


def _n_months(volume: PublishedVolume) -> int:
    first, last = volume.period_start_on, volume.period_end_on
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _unit(volume: PublishedVolume) -> str:
    return "months" if volume.basis == "mean_per_month" else "days"


def _rounding(volume: PublishedVolume) -> Decimal:
    """Return how far rounding may have moved a figure: half of its last digit; counted totals are exact."""
    if volume.basis == "total" and volume.unit == "count":
        return Decimal(0)
    exponent = volume.value.as_tuple().exponent
    return Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)


def _words(name: str | None) -> str:
    return (name or "").replace("_", " ")


def _warning(volume: PublishedVolume, rule: str, message: str) -> Problem:
    return Problem(
        rule=rule,
        message=f"{_words(volume.measure)} {volume.part or ''}".strip() + f": {message}",
        file=volume.file,
        row=volume.line,
        column="value",
        value=str(volume.value),
        remedy="Kept as printed.",
    )
