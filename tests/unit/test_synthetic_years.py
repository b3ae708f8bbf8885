"""Years of synthetic records are financial or calendar, and leap years have their day."""

from __future__ import annotations

from datetime import date

import pytest

from constabulary.core.errors import BadInput
from constabulary.synthetic import Year, parse_year


@pytest.mark.parametrize(
    ("text", "first_on"),
    [("2017/18", date(2017, 4, 1)), ("1999/00", date(1999, 4, 1)), ("2022", date(2022, 1, 1))],
)
def test_a_year_is_read_as_financial_or_calendar(text: str, first_on: date) -> None:
    assert parse_year(text) == first_on


@pytest.mark.parametrize("text", ["2017/19", "17/18", "2017-18", "year", "", "9999"])
def test_what_is_no_year_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_year(text)


@pytest.mark.parametrize(
    ("first_on", "last_on", "n_days"),
    [
        (date(2019, 4, 1), date(2020, 3, 31), 366),
        (date(2020, 2, 29), date(2021, 2, 28), 366),
        (date(2021, 1, 1), date(2021, 12, 31), 365),
    ],
)
def test_a_leap_year_has_366_days(first_on: date, last_on: date, n_days: int) -> None:
    year = Year.starting(first_on)
    assert (year.last_on, year.n_days) == (last_on, n_days)
