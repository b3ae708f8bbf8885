"""Columns of one length, checked: what the engines of this room take and hand back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]

_TYPES = {"Floats": np.float64, "Integers": np.int64, "Truths": np.bool_}


@dataclass(frozen=True)
class Rows:
    """Columns of one length; a class of rows says which may be left out, and their value then."""

    defaults: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def of(cls, **columns: Any) -> Self:
        """Return rows from columns; a single value stands for all rows, and columns with a default may be left out.

        Raises
        ------
        BadInput
            Where a column is unknown, missing or of another length.
        """
        names = [one.name for one in fields(cls)]
        given = {**cls.defaults, **columns}
        problems = [
            problem("unknown_column", name, None, "one of " + ", ".join(names))
            for name in given
            if name not in names
        ]
        problems += [
            problem("missing_column", name, None, "it to be given") for name in names if name not in given
        ]
        arrays: dict[str, NDArray[Any]] = {
            one.name: np.asarray(given[one.name], dtype=_TYPES[str(one.type)])
            for one in fields(cls)
            if one.name in given
        }
        lengths = {name: len(array) for name, array in arrays.items() if array.ndim}
        n = max(lengths.values(), default=1)
        problems += [
            problem("wrong_length", name, length, f"{n:,} rows")
            for name, length in lengths.items()
            if length != n
        ]
        if problems:
            raise BadInput(problems)
        return cls(
            **{
                name: np.ascontiguousarray(array) if array.ndim else np.full(n, array)
                for name, array in arrays.items()
            }
        )

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def rows(self, chosen: Integers | Truths) -> Self:
        """Return some rows: by number, in that order, or those for which it is true."""
        numbers = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return type(self)(**{one.name: getattr(self, one.name).take(numbers, 0) for one in fields(self)})


def uneven(*tables: Rows) -> list[Problem]:
    """Return the problems of columns that are not as long as the first of their table, as `replace` may leave them."""
    return [
        problem("wrong_length", f"{type(rows).__name__}.{one.name}", length, f"{len(rows):,} rows")
        for rows in tables
        for one in fields(rows)
        if (length := len(getattr(rows, one.name))) != len(rows)
    ]


def fixed(values: NDArray[Any], dtype: type) -> NDArray[Any]:
    """Return a view that is contiguous and never written to: of one kind to a compiled loop, wherever it came from."""
    array: NDArray[Any] = np.ascontiguousarray(values, dtype).view()
    array.flags.writeable = False
    return array


def not_numbers(rows: Rows, names: Sequence[str]) -> list[Problem]:
    """Return the problems of columns that should be finite and 0 or more."""
    problems = []
    for name in names:
        problems += not_finite(f"{type(rows).__name__}.{name}", getattr(rows, name), "a number, 0 or more")
    return problems


def not_finite(name: str, values: NDArray[Any], expected: str) -> list[Problem]:
    """Return the problem of numbers that should be finite and 0 or more, if any."""
    # All are looked at by hundreds of thousands and nearly always fine: that is found out without a row of truths.
    if not values.size or (values.min() >= 0.0 and values.max() < np.inf):
        return []
    return unless((values >= 0.0) & (values < np.inf), name, values, expected)


def not_between(name: str, values: NDArray[Any], least: int, most: int) -> list[Problem]:
    """Return the problem of whole numbers outside a range, if any."""
    if not values.size or (values.min() >= least and values.max() <= most):
        return []
    fine = (values >= least) & (values <= most)
    return unless(fine, name, values, f"a whole number from {least} to {most:,}")


def not_ascending(name: str, values: NDArray[Any]) -> list[Problem]:
    """Return the problem of a column that goes back, if it does."""
    fine = np.ones(len(values), np.bool_)
    fine[1:] = values[1:] >= values[:-1]
    return unless(fine, name, values, "rows in ascending order")


def unless(fine: NDArray[np.bool_], name: str, values: NDArray[Any], expected: str) -> list[Problem]:
    """Return the problem of the values that are not fine, the first of them told; none where all are."""
    if fine.all():
        return []
    first = int(np.flatnonzero(~fine.ravel())[0])
    value = str(values.flat[first])
    return [
        Problem(
            rule="out_of_range",
            message=f"{value} cannot be used.",
            row=first * len(values) // values.size,
            column=name,
            value=value,
            expected=expected,
            count=int((~fine).sum()),
        )
    ]


def problem(rule: str, name: str, value: object, expected: str) -> Problem:
    """Return one problem of a column as a whole."""
    shown = None if value is None else str(value)
    message = f"{shown} cannot be used." if shown is not None else rule.replace("_", " ") + "."
    return Problem(rule=rule, message=message, column=name, value=shown, expected=expected)
