"""Harm beside counts: each crime weighed by the days of its type, types without a weight listed, never guessed."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict, cast

from constabulary.core.amounts import is_workable
from constabulary.core.answers import with_fields_of, words_of
from constabulary.core.crime_types import CRIME_TYPES
from constabulary.core.errors import BadInput, Problem
from constabulary.demand.categories import Part
from constabulary.demand.compare import Count, CountAnswer
from constabulary.demand.declared import ANTI_SOCIAL_BEHAVIOUR


@dataclass(frozen=True)
class Weights:
    """Days of harm of one crime of each type.

    Parameters
    ----------
    name, version
        What it is called, and what tells this version of it from others.
    days
        Weight by crime type (days).
    source
        Where it comes from and what to know before using it.
    """

    name: str
    version: str
    days: Mapping[str, float]
    source: str

    def as_json(self) -> WeightsAnswer:
        """Return the table as JSON results carry it."""
        return {"name": self.name, "version": self.version, "source": self.source, "days": dict(self.days)}


@words_of(Weights)
class WeightsAnswer(TypedDict):
    """Days of harm of one crime of each type."""

    name: str
    version: str
    source: str
    days: dict[str, float]


DEFAULT_WEIGHTS = Weights(
    name="Equal weights",
    version="1",
    days={crime_type: 1.0 for crime_type in CRIME_TYPES if crime_type != ANTI_SOCIAL_BEHAVIOUR},
    source=(
        "No harm weights are supplied, so every crime weighs one day and harm says no more than the count. Supply a "
        "table that you may use, such as the Cambridge Crime Harm Index: --weights FILE, or harm_weights.csv in the "
        "force folder."
    ),
)
"""Used where neither the person nor the force folder gives weights: none can be shipped under an open licence."""


@dataclass(frozen=True)
class Harm:
    """One crime type weighed.

    Parameters
    ----------
    crime_type
        As published.
    count
        Records, beside last year's.
    weight_days
        Days of one; None where the table has no weight for it.
    harm_days, last_year_harm_days
        Days of all of them, and of last year's in the months both years cover; None without a weight.
    share_of_count, share_of_harm
        Of the types that have a weight (0 to 1).
    """

    crime_type: str
    count: Count
    weight_days: float | None
    harm_days: float | None
    last_year_harm_days: float | None
    share_of_count: float | None
    share_of_harm: float | None

    def as_json(self) -> HarmAnswer:
        """Return the type with the figures of its count."""
        values = {key: value for key, value in self.__dict__.items() if key not in ("count", "crime_type")}
        return cast("HarmAnswer", {"crime_type": self.crime_type, **self.count.as_json(), **values})


@words_of(Count, CountAnswer)
@with_fields_of(Harm, but=("count",))
class HarmAnswer(CountAnswer):
    """One crime type weighed."""


def weigh(parts: Iterable[Part], weights: Weights) -> tuple[Harm, ...]:
    """Weigh the crime types of a period, the most harm first, types without a weight last."""
    every = [part for part in parts if part.id is not None]
    n_weighed = sum(part.count.count for part in every if part.id in weights.days)
    harm = sum(part.count.count * weights.days.get(part.id or "", 0.0) for part in every)
    rows = []
    for part in every:
        days = weights.days.get(part.id or "")
        if days is None:
            rows.append(Harm(part.name, part.count, None, None, None, None, None))
            continue
        last_year = part.count.last_year
        rows.append(
            Harm(
                part.name,
                part.count,
                days,
                part.count.count * days,
                None if last_year is None else last_year * days,
                part.count.count / n_weighed if n_weighed else None,
                part.count.count * days / harm if harm else None,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.harm_days is None, -(row.harm_days or 0), row.crime_type)))


def read_weights(content: bytes, name: str) -> Weights:
    """Read a table of weights from CSV.

    Parameters
    ----------
    content
        CSV in UTF-8 with a column `crime_type` and one whose name ends in `_days`, such as `weight_days`; other columns
        are left alone.
    name
        Name of the file.

    Raises
    ------
    BadInput
        With every row that cannot be used.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise BadInput(
            Problem("not_csv", "the file cannot be read.", file=name, expected="CSV in UTF-8")
        ) from None
    header = list(rows[0]) if rows else []
    days_columns = [column for column in header if column and column.endswith("_days")]
    if "crime_type" not in header or len(days_columns) != 1:
        raise BadInput(
            Problem(
                "missing_column",
                "this is no table of weights.",
                file=name,
                row=1,
                value=", ".join(map(str, header)),
                expected="a column crime_type and one whose name ends in _days",
            )
        )
    days: dict[str, float] = {}
    problems = []
    for number, row in enumerate(rows, start=2):
        problem = _add(days, row["crime_type"] or "", row[days_columns[0]] or "", days_columns[0])
        if problem:
            problems.append(Problem(file=name, row=number, **problem))
    if problems:
        raise BadInput(problems)
    return Weights(
        name,
        f"sha256 {hashlib.sha256(content).hexdigest()[:16]}",
        days,
        f"The file {name}, column {days_columns[0]}",
    )


def _add(days: dict[str, float], crime_type: str, text: str, column: str) -> dict[str, Any] | None:
    """Add one weight, or return what is wrong with it."""
    at_type = {"column": "crime_type", "value": crime_type}
    if crime_type not in CRIME_TYPES:
        expected = f"one of {', '.join(CRIME_TYPES)}"
        return {
            "rule": "unknown_crime_type",
            "message": "this is not a published crime type.",
            "expected": expected,
            **at_type,
        }
    if crime_type in days:
        expected = "one row a crime type, so the rows of one force alone"
        return {
            "rule": "repeated_id",
            "message": "this crime type has a weight already.",
            "expected": expected,
            **at_type,
        }
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not is_workable(value) or value < 0:
        at_days = {"column": column, "value": text}
        return {
            "rule": "not_a_weight",
            "message": "this is no number of days.",
            "expected": "0 or more",
            **at_days,
        }
    days[crime_type] = float(value)
    return None
