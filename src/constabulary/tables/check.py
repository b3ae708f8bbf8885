"""Holding rows to a contract: every problem of every row at once, good rows and refused rows parted.

Columns with few distinct values are judged once per distinct value, so the cost follows the number of different values,
not of rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from constabulary.core.years import DAYS
from constabulary.tables import keys
from constabulary.tables.contract import Column, Contract, Kind

_EPOCH = date(1970, 1, 1)
_DAY_US = 86_400_000_000


@dataclass(frozen=True)
class Failure:
    """One rule and the rows that broke it.

    Parameters
    ----------
    rule
        The rule's stable name.
    column
        The column it is about.
    is_broken
        Truth per row, shape (rows,).
    expected
        What was expected, in words.
    """

    rule: str
    column: str
    is_broken: pl.Series
    expected: str

    @cached_property
    def rows(self) -> pl.Series:
        """The rows that broke it by number, shape (broken,)."""
        return self.is_broken.arg_true()


def typed(text: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """Read a contract's supplied columns from text in their standard (ISO) spelling.

    Parameters
    ----------
    text
        Columns of the contract as text or categories; columns it lacks become empty.
    contract
        The contract to type to.

    Returns
    -------
    polars.DataFrame
        The supplied columns of the contract, typed; a value that cannot be read is empty.
    """
    return parsed(text, contract.supplied)


def parsed(text: pl.DataFrame, columns: Iterable[Column]) -> pl.DataFrame:
    """Read some columns of a contract, as `typed` reads all of them."""
    return text.select(_parsed(text, column).alias(column.name) for column in columns)


def check(frame: pl.DataFrame, text: pl.DataFrame, contract: Contract) -> list[Failure]:
    """Hold every row to every rule of a contract.

    Parameters
    ----------
    frame
        The typed columns.
    text
        The same rows as they were read, to tell an unreadable value from an empty one.
    contract
        The rules.

    Returns
    -------
    list of Failure
        Every rule that some row broke; empty for a clean frame.
    """
    failures = [failure for column in contract.supplied for failure in _column_failures(frame, text, column)]
    for order in contract.orders:
        is_broken = frame.select(
            (pl.col(order.later) < pl.col(order.earlier)).fill_null(value=False)
        ).to_series()
        failures.append(Failure(order.name, order.later, is_broken, f"an instant not before {order.earlier}"))
    return [failure for failure in failures if failure.is_broken.any()]


def by_distinct(series: pl.Series, judge: pl.Expr, dtype: pl.DataType) -> pl.Series:
    """Work a function of a column out once per distinct value.

    Parameters
    ----------
    series
        The column, shape (rows,).
    judge
        An expression over ``pl.col("value")``, the distinct values as text.
    dtype
        The type of its result.

    Returns
    -------
    polars.Series
        The result per row, shape (rows,); empty where the column is.
    """
    distinct = Distinct(series)
    return distinct.spread(distinct.values.to_frame("value").select(judge).to_series(), dtype)


def is_constant(series: pl.Series) -> bool:
    """Whether every row has the same value, as the month and the force of a published file have.

    Examples
    --------
    >>> is_constant(pl.Series([2, 2])), is_constant(pl.Series([2, None])), is_constant(pl.Series([]))
    (True, False, False)
    """
    physical = series.to_physical()
    return series.len() > 0 and not series.null_count() and bool(physical.min() == physical.max())


class Distinct:
    """The distinct values of a column, and how to give every row the answer for its value.

    Parameters
    ----------
    series
        The column, shape (rows,).
    """

    def __init__(self, series: pl.Series) -> None:
        if not isinstance(series.dtype, pl.Categorical):
            series = series.cast(pl.Categorical)
        # In one piece, out of which values are looked up and given out faster.
        series = series.rechunk()
        self._code_of_row = series.to_physical()
        greatest = self._code_of_row.max()
        self._n_codes = 0 if greatest is None else int(greatest) + 1  # type: ignore[arg-type]
        if self._code_of_row.min() == greatest:
            given = [] if greatest is None else [greatest]
            self._present = np.array(given, dtype=np.int64)
            rows = np.array([self._code_of_row.arg_max() for _ in given], dtype=np.int64)
        else:
            # The row that holds a code tells its text.
            some_row = np.full(self._n_codes + 1, -1)
            some_row[self._codes] = np.arange(series.len())
            (self._present,) = np.nonzero(some_row[:-1] >= 0)
            rows = some_row[self._present]
        self.values = series[rows].cast(pl.String)
        """The distinct values as text, shape (values,); empty rows give none."""

    @cached_property
    def _codes(self) -> npt.NDArray[np.uint32]:
        """The code of each row's value; empty rows stand for themselves, behind the last code."""
        codes = self._code_of_row
        return (codes.fill_null(self._n_codes) if codes.null_count() else codes).to_numpy()

    def where(self, answers: pl.Series) -> pl.Series:
        """Return the rows whose value has the answer yes.

        Parameters
        ----------
        answers
            Truth for each of `values`, shape (values,).

        Returns
        -------
        polars.Series
            Truth per row, shape (rows,); False where the column is empty.
        """
        is_so = np.zeros(self._n_codes + 1, dtype=np.bool_)
        is_so[self._present] = answers.to_numpy()
        return pl.Series(is_so[self._codes])

    def spread(self, answers: pl.Series, dtype: pl.DataType) -> pl.Series:
        """Return the answer of each row's value.

        Parameters
        ----------
        answers
            One for each of `values`, shape (values,).
        dtype
            The type of the result.

        Returns
        -------
        polars.Series
            The answer per row, shape (rows,); empty where the column is.
        """
        answers = answers.cast(dtype)
        if len(answers) == 1 and not self._code_of_row.null_count():
            return answers.new_from_index(0, self._code_of_row.len())
        place = np.full(self._n_codes, self._present.size, dtype=np.uint32)
        place[self._present] = np.arange(self._present.size)
        by_code = answers.append(pl.Series([None], dtype=dtype)).rechunk()[pl.Series(place)]
        return by_code[self._code_of_row]


def _parsed(text: pl.DataFrame, column: Column) -> pl.Series:
    if column.name not in text.columns:
        return pl.repeat(None, text.height, dtype=column.dtype, eager=True)
    series = text[column.name]
    value = pl.col("value")
    match column.kind:
        case Kind.MONTH:
            return by_distinct(series, (value + "-01").str.to_date("%Y-%m-%d", strict=False), pl.Date())
        case Kind.DATE:
            day = value.str.replace(r"[ T]00:00:00(\.0+)?$", "")  # as spreadsheets write a day
            forms = [day.str.to_date(form, strict=False) for form in ("%Y-%m-%d", "%d/%m/%Y")]
            return by_distinct(series, pl.coalesce(forms), pl.Date())
        case Kind.TRUTH:
            known = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
            return by_distinct(
                series, value.str.to_lowercase().replace_strict(known, default=None), pl.Boolean()
            )
        case Kind.INSTANT:
            return series.cast(pl.String).str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
        case _:
            return series.cast(column.dtype, strict=False)


def _column_failures(frame: pl.DataFrame, text: pl.DataFrame, column: Column) -> list[Failure]:
    series = frame[column.name]
    failures = []
    if column.name in text.columns and series.null_count() > (given := text[column.name]).null_count():
        failures.append(_failure("unreadable", column, series.is_null() & given.is_not_null()))
        if column.required:
            failures.append(_failure("missing", column, given.is_null()))
    elif column.required and series.null_count():
        failures.append(_failure("missing", column, series.is_null()))
    value = pl.col("value")
    if column.allowed is not None:
        judge = value.is_in(list(column.allowed))
        if column.is_list:
            judge = value.str.split(";").list.eval(pl.element().is_in(list(column.allowed))).list.all()
        failures.append(_failure("not_in_list", column, _not(judge, series)))
    if column.pattern is not None:
        failures.append(_failure("malformed", column, _mismatch(series, column)))
    if column.lowest is not None or column.highest is not None:
        failures.append(_failure("out_of_range", column, _is_out_of_range(series, column)))
    elif column.earliest is not None:
        is_too_early = series < datetime.fromisoformat(column.earliest).replace(tzinfo=UTC)
        failures.append(_failure("too_early", column, is_too_early.fill_null(value=False)))
    elif column.kind is Kind.NUMBER:
        failures.append(_failure("not_finite", column, ~series.is_finite().fill_null(value=True)))
    if series.dtype.is_temporal():
        expected = f"a day from {DAYS[0]} to {DAYS[1]}"
        failures.append(Failure("out_of_range", column.name, _is_beyond_days(series), expected))
    return failures


def _not(judge: pl.Expr, series: pl.Series) -> pl.Series:
    """Return the rows whose value is judged wrong, once per distinct value."""
    distinct = Distinct(series)
    return distinct.where(distinct.values.to_frame("value").select(~judge).to_series())


def _mismatch(series: pl.Series, column: Column) -> pl.Series:
    """Return the rows whose text is not of the column's pattern."""
    whole = f"^(?:{column.pattern})$"
    if column.kind is Kind.CODE:
        return _not(pl.col("value").str.contains(whole), series)
    if column.pattern == keys.PATTERN:
        return keys.is_no_key(series)
    return ~series.str.contains(whole).fill_null(value=True)


def _is_beyond_days(series: pl.Series) -> pl.Series:
    # By numbers of days or microseconds: Python has no date for some of the years that Polars can hold.
    unit = _DAY_US if series.dtype == pl.Datetime else 1
    first, last = ((day - _EPOCH).days * unit for day in DAYS)
    number = series.to_physical()
    return ((number < first) | (number >= last + unit)).fill_null(value=False)


def _is_out_of_range(series: pl.Series, column: Column) -> pl.Series:
    value = pl.col(series.name)
    is_within = value.is_not_nan() if series.dtype.is_float() else pl.lit(value=True)
    if column.lowest is not None:
        is_within &= value >= column.lowest
    if column.highest is not None:
        is_within &= value <= column.highest
    return series.to_frame().select((~is_within).fill_null(value=False)).to_series()


def _failure(rule: str, column: Column, is_broken: pl.Series) -> Failure:
    expected = f"a value ({column.expected})" if rule == "missing" else column.expected
    if column.pattern is not None and rule == "malformed":
        expected = f"{column.description} Pattern {column.pattern}"
    return Failure(rule, column.name, is_broken, expected)
