"""A force's own travel times, from a CSV file of minutes between places."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from constabulary.core.errors import BadInput, Problem

COLUMNS = ("from", "to", "minutes")


def read_travel_times(path: Path) -> dict[tuple[str, str], float]:
    """Return minutes by code of the place left and of the place reached.

    Parameters
    ----------
    path
        CSV with the columns `from`, `to` (codes of LSOAs) and `minutes` (0 or more).

    Raises
    ------
    BadInput
        With everything that is wrong with it.
    """
    table = read_columns(path, COLUMNS)
    minutes = table["minutes"].cast(pl.Float64, strict=False)
    bad = minutes.is_null() | ~minutes.is_finite() | (minutes < 0.0)
    if bad.any():
        row = int(bad.arg_true()[0])
        raise BadInput(
            Problem(
                "bad_minutes",
                f'"{table["minutes"][row] or ""}" cannot be used.',
                path.name,
                row + 2,
                "minutes",
                table["minutes"][row],
                "a number, 0 or more",
                count=int(bad.sum()),
            )
        )
    return dict(zip(zip(table["from"], table["to"], strict=True), minutes, strict=True))


def read_columns(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    """Return columns of a CSV file, plain or gzipped, as text.

    Raises
    ------
    BadInput
        If there is no such file, it is no CSV, or a column is missing.
    """
    if not path.is_file():
        raise BadInput(
            Problem("no_file", "there is no such file.", str(path), remedy="Check its name and place.")
        )
    try:
        table = pl.read_csv(path, infer_schema=False)
    except PolarsError as error:
        raise BadInput(
            Problem(
                "not_csv", f"cannot be read as CSV: {str(error).splitlines()[0]}.", path.name, expected="CSV"
            )
        ) from None
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise BadInput(
            [
                Problem(
                    "missing_column",
                    f"has the columns {', '.join(table.columns)}.",
                    path.name,
                    1,
                    column,
                    None,
                    ", ".join(columns),
                )
                for column in missing
            ]
        )
    return table.select(columns)
