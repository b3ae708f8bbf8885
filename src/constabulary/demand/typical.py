"""The typical day: what the force published, what the records say, and how far apart they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median, quantiles

from constabulary.core.amounts import several
from constabulary.core.force import Force, PublishedVolume
from constabulary.demand.filters import Filters
from constabulary.demand.span import Span

KEY = tuple[str, str | None, str | None]
"""A measure, a breakdown and a part, as the published volumes name them."""
TABLES = {"contacts": "calls", "incidents": "incidents", "crimes": "crimes"}
"""The table of records that answers for each measure; the other measures have no records here."""
BASES = ("typical_day", "mean_per_day", "total")
"""Published bases that give a figure a day, the most direct first."""


@dataclass(frozen=True)
class Daily:
    """What the records say of one measure.

    Parameters
    ----------
    count
        Records in the covered days.
    by_day
        Count on each covered day, days without one included; None where records tell their month only.
    span
        The period.
    records
        ``real`` or ``synthetic``.
    """

    count: int
    by_day: tuple[int, ...] | None
    span: Span
    records: str


@dataclass(frozen=True)
class TypicalDay:
    """One line of the typical day.

    Parameters
    ----------
    measure, name
        Stable id and name for people.
    published, calculated, difference
        Figures a day; the difference is calculated less published; None where there is none.
    basis
        How each was worked out.
    source
        Document and page of the published figure.
    published_from_on, published_to_on
        The period of the published figure.
    records
        ``real`` or ``synthetic`` records; None where none were counted.
    count, n_days
        Records counted and days they cover.
    median, p10, p90
        Over the days, where records tell their day.
    printed_check
        What the published yearly total makes a day, where both are printed.
    """

    measure: str
    name: str
    published: float | None
    calculated: float | None
    difference: float | None
    basis: str
    source: str | None
    published_from_on: str | None
    published_to_on: str | None
    records: str | None
    count: int | None
    n_days: int | None
    median: float | None
    p10: float | None
    p90: float | None
    printed_check: str | None


def typical_day(
    force: Force, found: Mapping[KEY, Daily], absent: Mapping[str, str], filters: Filters
) -> tuple[TypicalDay, ...]:
    """Set every published figure a day beside the one the records give.

    Parameters
    ----------
    force
        Its published volumes.
    found
        What the records say, by measure, breakdown and part.
    absent
        Why a measure's table has nothing to say, by measure.
    filters
        What the records were narrowed to. Published figures are of the whole force and stand beside nothing less.

    Returns
    -------
    tuple of TypicalDay
        Published figures in their order, then measures that are counted and not published.
    """
    printed = published(force)
    keys = list(printed) + [key for key in found if key not in printed]
    lines = [_line(force, key, printed.get(key), found.get(key), absent, filters) for key in keys]
    return tuple(line for line in lines if line.published is not None or line.count is not None)


def _is_of_all(key: KEY, filters: Filters) -> bool:
    """Whether the records of a line are narrowed by no more than what the line is of."""
    measure, breakdown, _ = key
    return filters.applied(TABLES.get(measure)) <= {breakdown}


def published(force: Force) -> dict[KEY, PublishedVolume]:
    """Return the latest figure a day of each part; of measures without records, typical days only."""
    best: dict[KEY, PublishedVolume] = {}

    def rank(volume: PublishedVolume) -> tuple[int, int]:
        return volume.period_end_on.toordinal(), -BASES.index(volume.basis)

    for volume in force.volumes:
        if volume.area_id or volume.unit != "count" or volume.basis not in BASES:
            continue
        if volume.measure not in TABLES and volume.basis != "typical_day":
            continue
        if volume.basis == "total" and volume.n_days < 365:
            continue
        key = (volume.measure, volume.breakdown, volume.part)
        if key not in best or rank(volume) > rank(best[key]):
            best[key] = volume
    last = max((volume.period_end_on for volume in best.values()), default=None)
    return {
        key: volume for key, volume in best.items() if volume.basis != "total" or volume.period_end_on == last
    }


def _line(
    force: Force,
    key: KEY,
    volume: PublishedVolume | None,
    daily: Daily | None,
    absent: Mapping[str, str],
    filters: Filters,
) -> TypicalDay:
    measure, _, part = key
    basis = _published_basis(volume)
    if volume is not None and not _is_of_all(key, filters):
        volume, basis = None, "Published of the whole force only."
    published = None if volume is None else _a_day(volume)
    calculated = daily.count / daily.span.n_days if daily and daily.span.n_days else None
    by_day = sorted(daily.by_day) if daily and daily.by_day else None
    tenths = quantiles(by_day, n=10, method="inclusive") if by_day and len(by_day) > 1 else None
    return TypicalDay(
        measure="_".join(text for text in (measure, part) if text),
        name=_name(force, key),
        published=published,
        calculated=calculated,
        difference=None if published is None or calculated is None else calculated - published,
        basis=f"{basis} {_calculated_basis(key, daily, absent)}",
        source=force.cited(volume.source_id, volume.where) if volume and volume.source_id else None,
        published_from_on=volume.period_start_on.isoformat() if volume else None,
        published_to_on=volume.period_end_on.isoformat() if volume else None,
        records=daily.records if daily else None,
        count=daily.count if daily else None,
        n_days=daily.span.n_days if daily else None,
        median=float(median(by_day)) if by_day else None,
        p10=tenths[0] if tenths else None,
        p90=tenths[8] if tenths else None,
        printed_check=_printed_check(force, volume),
    )


def _a_day(volume: PublishedVolume) -> float:
    return float(volume.value) / volume.n_days if volume.basis == "total" else float(volume.value)


def _name(force: Force, key: KEY) -> str:
    measure, breakdown, part = key
    title = next((one.name for one in force.measures if one.id == measure), measure.capitalize())
    if part is None:
        return title
    lists = {"channel": force.channels, "qualifier": force.qualifiers, "category": force.incident_categories}
    named = next(
        (entry.name for entry in lists.get(breakdown or "", ()) if entry.id == part), part.replace("_", " ")
    )
    return f"{title}: {named}"


def _published_basis(volume: PublishedVolume | None) -> str:
    if volume is None:
        return "Not published."
    period = f"{volume.period_start_on} to {volume.period_end_on}"
    if volume.basis == "total":
        return f"Published: {volume.value:,} in {period} / {several(volume.n_days, 'day')}."
    printed = "as a typical day" if volume.basis == "typical_day" else "as a mean per day"
    return f"Published {printed}, {period}."


def _calculated_basis(key: KEY, daily: Daily | None, absent: Mapping[str, str]) -> str:
    if daily is None:
        return f"Not calculated: {_why_not(key, absent)}"
    span = daily.span
    if not span.n_days:
        return f"Not calculated: no day from {span.from_on} to {span.to_on} is covered."
    length = "" if span.n_hours == 24 * span.n_days else f" ({span.n_hours:,.0f} hours)"
    days = f"{several(span.n_days, 'day')} covered{length}, {span.days[0]} to {span.days[-1]}"
    return f"Calculated: {daily.count:,} {daily.records} records / {days}."


def _why_not(key: KEY, absent: Mapping[str, str]) -> str:
    measure, breakdown, part = key
    if measure not in TABLES:
        return f"no records of {measure.replace('_', ' ')} are held."
    if measure in absent:
        return absent[measure]
    split, into = ((text or "part").replace("_", " ") for text in (breakdown, part))
    return f"the records are not split by {split} into {into}."


def _printed_check(force: Force, volume: PublishedVolume | None) -> str | None:
    """Say what the printed total makes a day beside the printed typical day: the two need not agree."""
    if volume is None or volume.basis == "total":
        return None
    totals = [
        total
        for total in force.find_volumes(volume.measure, part=volume.part, basis="total")
        if total.part == volume.part
        and total.period_end_on == volume.period_end_on
        and total.n_days == volume.n_days
    ]
    if not totals:
        return None
    a_day = _a_day(totals[0])
    apart = float(volume.value) / a_day - 1 if a_day else 0.0
    total = f"The printed total of {totals[0].value:,} is {a_day:,.1f} a day over {volume.n_days} days"
    return f"{total}; the printed {volume.value:,} is {apart:+.1%} on that."
