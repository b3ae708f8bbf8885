"""Numbers, days and instants are written one way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from constabulary.web import numbers
from constabulary.web.table import leaf_of


def test_numbers_have_their_thousands_apart_and_a_true_minus() -> None:
    assert numbers.number(1234567) == "1,234,567"
    assert numbers.number(-1234.56, 1) == "−1,234.6"
    assert numbers.number(None) == "–"
    assert numbers.number(-0.2) == "0"


def test_a_half_is_rounded_away_from_nought_as_people_do() -> None:
    assert numbers.number(Decimal("0.125"), 2) == "0.13"
    assert numbers.number(2.5) == "3"


def test_differences_have_their_sign_and_shares_are_percent() -> None:
    assert numbers.difference(12) == "+12"
    assert numbers.difference(-12) == "−12"
    assert numbers.difference(0) == "0"
    assert numbers.percent(0.191) == "19.1%"
    assert numbers.percent(Decimal("0.07"), 0) == "7%"


def test_money_is_in_pounds() -> None:
    assert numbers.money(Decimal("1234.5"), 2) == "£1,234.50"
    assert numbers.money(-5) == "−£5"


def test_instants_are_told_as_the_clocks_stood_in_summer_and_winter() -> None:
    assert numbers.instant(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == "2 July 2026, 00:30"
    assert numbers.instant(datetime(2026, 1, 1, 23, 30, tzinfo=UTC)) == "1 January 2026, 23:30"


def test_any_value_can_be_told() -> None:
    told = [
        numbers.text(value) for value in (True, 1200, Decimal("1.50"), date(2026, 3, 1), ("a", 2), None, "x")
    ]
    assert told == ["yes", "1,200", "1.5", "1 March 2026", "a, 2", "–", "x"]


def test_a_long_list_offers_its_first_last_and_nearest_parts_and_keeps_the_filters(client: object) -> None:
    from django.http import QueryDict

    leaf = leaf_of(QueryDict("area=north&page=10"), 400, 10)
    assert [number for number, _ in leaf.items] == [1, 0, 8, 9, 10, 11, 12, 0, 40]
    assert leaf.next == "?area=north&page=11"
    assert leaf.start == 90
    for wild in ("0", "-1", "x", "9" * 30, "41"):
        assert 1 <= leaf_of(QueryDict(f"page={wild}"), 400, 10).number <= 40


def test_a_sentence_keeps_what_is_no_day() -> None:
    assert numbers.readable("2023-02-28 to 2023-02-30") == "28 February 2023 to 2023-02-30"
