"""Countable figures, each declared once: which rows are counted, by what, in which unit.

The declaration drives two engines: the lens makes it the SQL that is run and shown; `evaluate` works it out with
Polars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

import polars as pl

VALUE = "n"
"""Name of the result column that holds the figure."""


class Measure(StrEnum):
    """What is worked out over the rows of a group."""

    ROWS = "count of rows"
    SUM = "sum"
    DISTINCT = "count of different values"


class By(StrEnum):
    """How a column becomes a dimension."""

    VALUE = "its value"
    MONTH = "its calendar month"
    FLAGS = "each of its flags, parted by semicolons; a row counts once under each"


class Rule(StrEnum):
    """How a condition judges a column; an empty value only ever passes NOT_IN and EMPTY."""

    IN = "is one of"
    NOT_IN = "is none of"
    BETWEEN = "lies in one of some stretches, both ends included"
    FLAG = "carries one of the flags"
    EMPTY = "is empty"
    FILLED = "is not empty"
    WITHIN = "comes at most some seconds after another column; values are that column and the seconds"


@dataclass(frozen=True)
class Dimension:
    """One thing a figure is split by.

    Parameters
    ----------
    name
        Name in the result.
    column
        Column of the table.
    by
        How the column becomes the dimension.
    """

    name: str
    column: str
    by: By = By.VALUE


@dataclass(frozen=True)
class Condition:
    """What a row must satisfy to be counted.

    Parameters
    ----------
    column
        Column of the table.
    rule
        How it is judged.
    values
        The values it is judged against: single ones, pairs (first, last) for BETWEEN, or for WITHIN the name of the
        earlier column and the seconds between them, both ends included.
    """

    column: str
    rule: Rule
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Aggregate:
    """One countable figure.

    Parameters
    ----------
    name
        Stable snake_case name.
    title
        What people call it.
    definition
        One sentence that says what is counted.
    table
        The table counted.
    dimensions
        What it is split by.
    unit
        What one of it is.
    measure, column
        What is worked out, and of which column where not of rows.
    always
        Conditions that are part of the definition.
    """

    name: str
    title: str
    definition: str
    table: str
    dimensions: tuple[Dimension, ...]
    unit: str
    measure: Measure = Measure.ROWS
    column: str | None = None
    always: tuple[Condition, ...] = ()


def evaluate(aggregate: Aggregate, frame: pl.DataFrame, conditions: Sequence[Condition] = ()) -> pl.DataFrame:
    """Work a figure out with Polars.

    Parameters
    ----------
    aggregate
        The figure.
    frame
        Rows of its table.
    conditions
        Further conditions on the rows.

    Returns
    -------
    polars.DataFrame
        The dimensions and `n`, in order of the dimensions, empty values last.
    """
    kept = frame.filter(
        reduce(
            lambda one, other: one & other, map(_holds, [*aggregate.always, *conditions]), pl.lit(value=True)
        )
    )
    for dimension in aggregate.dimensions:
        kept = _with_dimension(kept, dimension)
    value = _value(aggregate).alias(VALUE)
    names = [dimension.name for dimension in aggregate.dimensions]
    if not names:
        return kept.select(value)
    return kept.group_by(names).agg(value).sort(names, nulls_last=True)


def _with_dimension(frame: pl.DataFrame, dimension: Dimension) -> pl.DataFrame:
    column = pl.col(dimension.column)
    if dimension.by is By.MONTH:
        return frame.with_columns(column.dt.month_start().alias(dimension.name))
    if dimension.by is By.FLAGS:
        flags = column.cast(pl.String).str.split(";").list.unique()
        return (
            frame.with_columns(flags.alias(dimension.name))
            .explode(dimension.name)
            .filter(pl.col(dimension.name).is_not_null())
        )
    if frame.schema[dimension.column] == pl.Categorical:
        column = column.cast(pl.String)
    return frame.with_columns(column.alias(dimension.name))


def _value(aggregate: Aggregate) -> pl.Expr:
    if aggregate.measure is Measure.ROWS:
        return pl.len().cast(pl.Int64)
    column = pl.col(aggregate.column or "")
    if aggregate.measure is Measure.SUM:
        return column.sum()
    return column.drop_nulls().n_unique().cast(pl.Int64)


def _holds(condition: Condition) -> pl.Expr:  # noqa: PLR0911
    column = pl.col(condition.column)
    match condition.rule:
        case Rule.EMPTY:
            return column.is_null()
        case Rule.FILLED:
            return column.is_not_null()
        case Rule.WITHIN:
            earlier, limit_s = condition.values
            return ((column - pl.col(earlier)) <= pl.duration(seconds=limit_s)).fill_null(value=False)
        case Rule.IN:
            return column.is_in(list(condition.values)).fill_null(value=False)
        case Rule.NOT_IN:
            return ~column.is_in(list(condition.values)).fill_null(value=False)
        case Rule.BETWEEN:
            stretches = [column.is_between(pl.lit(first), pl.lit(last)) for first, last in condition.values]
            return reduce(lambda one, other: one | other, stretches, pl.lit(value=False)).fill_null(
                value=False
            )
        case Rule.FLAG:
            flags = column.cast(pl.String).str.split(";")
            carried = [flags.list.contains(flag) for flag in condition.values]
            return reduce(lambda one, other: one | other, carried, pl.lit(value=False)).fill_null(value=False)
