"""Shares of a whole beside the published ones: incidents by category and qualifier, crime and non-crime."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from constabulary.core.answers import words_of
from constabulary.core.force import Force, PublishedVolume
from constabulary.demand.compare import Count, CountAnswer, count_of, counts
from constabulary.demand.span import Span
from constabulary.tables.aggregate import VALUE


@dataclass(frozen=True)
class Part:
    """One part of a whole.

    Parameters
    ----------
    id, name
        As the force lists it; id None for records without one.
    count
        Its records, beside last year's.
    share
        Of all records of the whole (0 to 1); None where there are none.
    published_share, source
        The latest published share, and where it is printed.
    is_crime
        Whether the category is one of crime; None where that is not the question or not known.
    """

    id: str | None
    name: str
    count: Count
    share: float | None
    published_share: float | None = None
    source: str | None = None
    is_crime: bool | None = None

    def as_json(self) -> PartAnswer:
        """Return the part with the figures of its count."""
        return {
            "id": self.id,
            "name": self.name,
            "is_crime": self.is_crime,
            **self.count.as_json(),
            "share": self.share,
            "published_share": self.published_share,
            "source": self.source,
        }


@words_of(Count, CountAnswer, Part)
class PartAnswer(CountAnswer):
    """One part of a whole."""

    id: str | None
    name: str
    is_crime: bool | None
    share: float | None
    published_share: float | None
    source: str | None


def parts(
    frame: pl.DataFrame,
    span: Span,
    column: str,
    names: Mapping[str, str],
    whole: Count | None = None,
    unnamed: str = "Not stated",
) -> tuple[Part, ...]:
    """Return the parts of a whole, the listed ones first and in their order, then any other the records hold.

    Parameters
    ----------
    frame
        Columns `month`, the column and `n`.
    span
        The period.
    column
        What the whole is split by.
    names
        Names by id of the parts that are listed; they are there without a record too.
    whole
        What shares are of; the sum of the parts when None.
    unnamed
        Name of records without a value.
    """
    found = counts(frame, span, [column])
    total = whole.count if whole else sum(count.count for count in found.values())
    ids = [
        *names,
        *sorted(
            (key[0] for key in found if key[0] not in names), key=lambda text: (text is None, text or "")
        ),
    ]
    rows = []
    for part in ids:
        count = found.get((part,)) or count_of(0, 0, 0, span)
        name = names.get(part, part) if part is not None else unnamed
        rows.append(Part(part, name, count, count.count / total if total else None))
    return tuple(rows)


def summed(rows: Iterable[Count], span: Span) -> Count:
    """Return several counts as one."""
    every = list(rows)
    return count_of(
        sum(row.count for row in every),
        sum(row.compared or 0 for row in every),
        sum(row.last_year or 0 for row in every),
        span,
    )


def total_of(frame: pl.DataFrame, span: Span) -> Count:
    """Return the count of all records of a frame with columns `month` and `n`."""
    found = counts(frame.select("month", VALUE), span, [])
    return found.get(()) or count_of(0, 0, 0, span)


def published_share(force: Force, measure: str, breakdown: str, part: str) -> tuple[float | None, str | None]:
    """Return the latest published share of a part, and where it is printed."""
    found: list[PublishedVolume] = [
        volume
        for volume in force.find_volumes(measure, breakdown=breakdown, part=part, basis="share")
        if volume.area_id is None
    ]
    if not found:
        return None, None
    last = found[-1]
    return float(last.value), force.cited(last.source_id, last.where)
