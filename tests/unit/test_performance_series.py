"""Reading period,value files: periods as people write them, and every problem with its line."""

from __future__ import annotations

import pytest

from constabulary.core.errors import BadInput
from constabulary.performance import make_series, read_series
from constabulary.performance.periods import label_of, parse_period
from constabulary.performance.seasonality import f_tail


@pytest.mark.parametrize(
    ("text", "unit", "label"),
    [
        ("2024-03", "month", "2024-03"),
        ("2024/3", "month", "2024-03"),
        ("03/2024", "month", "2024-03"),
        ("Mar 2024", "month", "2024-03"),
        ("Mar-24", "month", "2024-03"),
        ("september 2024", "month", "2024-09"),
        ("Sept 2024", "month", "2024-09"),
        ("2024-Q2", "quarter", "2024-Q2"),
        ("Q2 2024", "quarter", "2024-Q2"),
        ("2023/24", "financial_year", "2023/24"),
        ("2023-24", "financial_year", "2023/24"),
        ("1999/2000", "financial_year", "1999/00"),
        ("2024", "year", "2024"),
        ("2024-W05", "week", "2024-W05"),
        ("2020-W53", "week", "2020-W53"),
        ("2024-02-29", "day", "2024-02-29"),
        ("29/02/2024", "day", "2024-02-29"),
    ],
)
def test_a_period_is_understood_as_people_write_it(text: str, unit: str, label: str) -> None:
    period = parse_period(text)
    assert (period.unit, label_of(period.unit, period.number)) == (unit, label)


@pytest.mark.parametrize("text", ["2024-13", "2023/25", "30/02/2024", "2024-W54", "week one", "7", ""])
def test_what_is_no_period_is_a_label(text: str) -> None:
    assert parse_period(text).unit == "label"


@pytest.mark.parametrize(
    "text", ["12 months to Mar 2024", "year ending 2024-03", "Apr 2023 to Mar 2024", "Apr 2023 – Mar 2024"]
)
def test_a_rolling_year_is_known_by_its_name(text: str) -> None:
    period = parse_period(text)
    assert period.is_rolling
    assert label_of(period.unit, period.number) == "2024-03"


def test_weeks_follow_one_another_over_the_end_of_a_year() -> None:
    assert parse_period("2021-W01").number - parse_period("2020-W53").number == 1


@pytest.mark.parametrize(
    "days", [["2024-01-31", "2024-02-29", "2024-04-30"], ["01/01/2024", "01/02/2024", "01/04/2024"]]
)
def test_first_or_last_days_of_months_stand_for_months(days: list[str]) -> None:
    series = make_series([1, 2, 3], days)
    assert (series.unit, series.missing) == ("month", ("2024-03",))


def test_days_on_working_days_only_have_no_gap_at_a_weekend_but_at_a_missing_week() -> None:
    days = [f"2024-01-{day:02d}" for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 22, 23)]
    series = make_series(range(12), days)
    assert series.missing == ("2024-01-05 to 2024-01-08", "2024-01-12 to 2024-01-22")


def test_numbers_may_have_thousands_and_spaces_and_other_columns_are_left_alone() -> None:
    text = '\r\nArea,Value,PERIOD\r\nforce,"1,234.5", 2024-01\r\nforce, 7 ,2024-02\r\n\r\n'
    assert read_series(text, "a.csv").values == (1234.5, 7.0)


def test_an_empty_value_is_a_missing_period() -> None:
    series = read_series("period,value\n2024-01,5\n2024-02,\n2024-03,6\n", "a.csv")
    assert (series.labels, series.missing) == (("2024-01", "2024-03"), ("2024-02",))
    labels = read_series("period,value\none,5\ntwo,\nthree,6\n", "a.csv")
    assert labels.missing == ("two",)


def test_all_problems_of_a_file_are_told_at_once_with_their_lines() -> None:
    text = "period,value\n2024-01,5\n2024-01,x\n2023-12,7\nfoo,1e999\n,3\n2024-05,nan\n2024-06,1_000\n"
    with pytest.raises(BadInput) as caught:
        read_series(text, "calls.csv")
    found = [(problem.row, problem.rule) for problem in caught.value.problems]
    assert found == [
        (3, "not_a_number"),
        (3, "repeated_period"),
        (4, "out_of_order"),
        (5, "not_a_number"),
        (5, "not_a_period"),
        (6, "not_a_period"),
        (7, "not_a_number"),
        (8, "not_a_number"),
    ]
    assert str(caught.value.problems[1]).startswith(
        'calls.csv, row 3, period: "2024-01" stands in row 2 already.'
    )


def test_lines_are_those_of_the_file_even_after_a_cell_of_two_lines() -> None:
    with pytest.raises(BadInput) as caught:
        read_series('period,value,note\n2024-01,5,"two\nlines"\n2024-02,x,\n', "a.csv")
    assert [problem.row for problem in caught.value.problems] == [4]


@pytest.mark.parametrize(
    "text", ["", "month,value\n2024-01,5\n", "period,period,value\n1,1,1\n", "2024-01,5\n"]
)
def test_a_file_without_the_two_columns_is_told_what_was_expected(text: str) -> None:
    with pytest.raises(BadInput, match="period"):
        read_series(text, "a.csv")


def test_values_and_periods_must_be_as_many() -> None:
    with pytest.raises(BadInput):
        make_series([1, 2], ["2024-01"])


@pytest.mark.parametrize(
    ("f_ratio", "upper", "lower", "tail"),
    [
        # Printed tables of the F distribution (5 % and 1 % points).
        (4.965, 1, 10, 0.05),
        (2.978, 10, 10, 0.05),
        (4.849, 10, 10, 0.01),
        (10.044, 1, 10, 0.01),
        (1.910, 10, 120, 0.05),
        # With 2 and 2 degrees of freedom the tail is 1 / (1 + f).
        (3.0, 2, 2, 0.25),
        (0.5, 2, 2, 2 / 3),
        (0.0, 3, 5, 1.0),
    ],
)
def test_the_tail_of_the_f_distribution_is_that_of_printed_tables(
    f_ratio: float, upper: int, lower: int, tail: float
) -> None:
    assert f_tail(f_ratio, upper, lower) == pytest.approx(tail, rel=2e-3)


@pytest.mark.parametrize(
    ("labels", "unit"),
    [
        (["2009/10", "2010/11", "2011/12"], "financial_year"),
        (["2010/11", "2011/12", "2012/13"], "financial_year"),
        (["2010/11", "2012/13"], "financial_year"),
        (["2010/10", "2010/11", "2010/12"], "month"),
        (["2010/11"], "month"),
        (["2010-11", "2011-12", "2013-01"], "month"),
    ],
)
def test_a_name_that_could_be_a_month_or_a_financial_year_is_what_its_neighbours_are(
    labels: list[str], unit: str
) -> None:
    assert make_series(range(len(labels)), labels).unit == unit
