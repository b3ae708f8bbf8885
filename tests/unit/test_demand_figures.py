"""The pure figures of the demand picture, each against a case worked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from constabulary.core.errors import BadInput
from constabulary.core.force import Force, load_force, shipped_force
from constabulary.core.provenance import Stamp
from constabulary.demand.categories import parts
from constabulary.demand.compare import count_of, counts
from constabulary.demand.filters import Filters
from constabulary.demand.harm import DEFAULT_WEIGHTS, Weights, read_weights, weigh
from constabulary.demand.months import by_month, season
from constabulary.demand.places import by_area
from constabulary.demand.span import Span
from constabulary.demand.typical import Daily, typical_day

DAY = timedelta(days=1)
FORCES = Path(__file__).parents[1] / "forces"


def span(first: date, last: date, *gaps: tuple[date, date], before: bool = False) -> Span:
    start = first.replace(year=first.year - 1) if before else first
    covered = {start + DAY * n for n in range((last - start).days + 1)}
    covered -= {day for day in covered for a, b in gaps if a <= day <= b}
    return Span(first, last, frozenset(covered), "Europe/London")


def counted(*rows: tuple[str, str | None, int], column: str = "kind") -> pl.DataFrame:
    made = [(date.fromisoformat(f"{month}-01"), key, n) for month, key, n in rows]
    return pl.DataFrame(made, schema={"month": pl.Date, column: pl.String, "n": pl.Int64}, orient="row")


@pytest.fixture(scope="module")
def westmarch() -> Force:
    return load_force(FORCES / "westmarch")


def test_last_year_is_counted_over_the_months_both_years_cover_only() -> None:
    period = span(date(2024, 1, 1), date(2024, 3, 31), (date(2023, 2, 1), date(2023, 2, 28)), before=True)
    frame = counted(
        ("2023-01", "a", 10),
        ("2023-03", "a", 5),
        ("2024-01", "a", 12),
        ("2024-02", "a", 100),
        ("2024-03", "a", 6),
    )
    count = counts(frame, period, ["kind"])["a",]
    assert (count.count, count.compared, count.last_year) == (118, 18, 15)
    assert count.per_day == 118 / 91
    assert count.change == pytest.approx(0.2)


def test_nothing_is_compared_where_last_year_is_not_covered() -> None:
    count = counts(counted(("2024-01", "a", 10)), span(date(2024, 1, 1), date(2024, 1, 31)), ["kind"])["a",]
    assert (count.compared, count.last_year, count.change) == (None, None, None)


def test_a_part_without_records_is_there_with_zero_and_shares_add_up_to_one() -> None:
    rows = parts(
        counted(("2024-01", "a", 3), ("2024-01", None, 1)),
        span(date(2024, 1, 1), date(2024, 1, 31)),
        "kind",
        {"a": "A", "b": "B"},
    )
    assert [(row.name, row.count.count, row.share) for row in rows] == [
        ("A", 3, 0.75),
        ("B", 0, 0.0),
        ("Not stated", 1, 0.25),
    ]


def test_a_missing_month_is_empty_and_a_covered_month_without_records_is_zero() -> None:
    period = span(date(2024, 1, 1), date(2024, 4, 30), (date(2024, 2, 1), date(2024, 2, 29)))
    rows = by_month(counted(("2024-01", "a", 62), ("2024-04", "a", 30)), period, "kind", {"a": "A"})
    assert [(row.month, row.count, row.peak) for row in rows] == [
        ("2024-01", 62, "highest"), ("2024-02", None, None), ("2024-03", 0, "lowest"), ("2024-04", 30, None),
    ]  # fmt: skip
    assert rows[0].per_day == 2.0
    assert rows[1].per_day is None


def test_a_month_covered_in_part_is_said_to_be_and_is_no_peak() -> None:
    period = span(date(2024, 1, 1), date(2024, 3, 31), (date(2024, 3, 11), date(2024, 3, 31)))
    rows = by_month(
        counted(("2024-01", "a", 31), ("2024-02", "a", 58), ("2024-03", "a", 100)), period, "kind", {"a": "A"}
    )
    assert [(row.is_partial, row.peak) for row in rows] == [
        (False, "lowest"),
        (False, "highest"),
        (True, None),
    ]
    assert rows[2].per_day == 10.0


def test_the_season_is_a_day_s_count_so_february_is_not_low_for_being_short() -> None:
    rows = season(
        counted(("2023-01", "a", 310), ("2023-02", "a", 280)), span(date(2023, 1, 1), date(2023, 2, 28))
    )
    assert [row.per_day for row in rows[:3]] == [10.0, 10.0, None]
    assert rows[1].index == 1.0


def test_the_printed_typical_day_need_not_agree_with_the_printed_total() -> None:
    """171,534 incidents in 2017/18 are 469.96 a day; the same report prints 448 for a typical day."""
    force = load_force(shipped_force("cambridgeshire"))
    year = span(date(2017, 4, 1), date(2018, 3, 31))
    found = {("incidents", None, None): Daily(171_534, (469,) * 365, year, "synthetic")}
    rows = {
        row.measure: row
        for row in typical_day(force, found, {"crimes": "no crimes.", "contacts": "no calls."}, Filters())
    }
    incidents = rows["incidents"]
    assert incidents.published == 448
    assert incidents.calculated == pytest.approx(469.956, abs=0.001)
    assert incidents.difference == pytest.approx(21.956, abs=0.001)
    assert incidents.printed_check is not None and "470.0 a day over 365 days" in incidents.printed_check
    assert "171,534 synthetic records / 365 days covered" in incidents.basis
    assert rows["contacts_online"].published == pytest.approx(2992 / 365)
    assert rows["crimes"].calculated is None and rows["crimes"].basis.endswith("Not calculated: no crimes.")
    assert rows["arrests"].basis.endswith("no records of arrests are held.")


AREAS = pl.DataFrame(
    [
        ("neighbourhood", "Highmoor 001", "Highmoor 001", "W99900001", None, None),
        ("lsoa", "W01000001", "Highmoor 001A", "Highmoor 001", 2011, 900),
        ("lsoa", "W01000002", "Highmoor 001B", "Highmoor 001", 2011, 1500),
    ],
    schema={
        "level": pl.String,
        "area_id": pl.String,
        "name": pl.String,
        "parent_id": pl.String,
        "vintage": pl.Int64,
        "population": pl.Int64,
    },
    orient="row",
)


def placed(*rows: tuple[str | None, str | None, str | None, int]) -> pl.DataFrame:
    made = [(date(2022, 1, 1), *row) for row in rows]
    schema = {
        "month": pl.Date,
        "district": pl.String,
        "neighbourhood": pl.String,
        "lsoa_code": pl.String,
        "n": pl.Int64,
    }
    return pl.DataFrame(made, schema=schema, orient="row")


def test_every_level_and_its_remainders_add_up_to_the_force(westmarch: Force) -> None:
    frame = placed(
        ("W99900001", "Highmoor 001", "W01000001", 30),
        ("W99900001", "Highmoor 001", "W01009999", 7),
        ("W99900002", None, None, 5),
        (None, None, "E01000001", 3),
        (None, None, None, 2),
    )
    rows = by_area(frame, span(date(2022, 1, 1), date(2022, 1, 31)), westmarch, AREAS)
    total = {
        level: sum(row.count.count for row in rows if row.level == level)
        for level in ("force", "area", "district", "neighbourhood", "lsoa")
    }
    left = {row.id: row.count.count for row in rows if row.level == "remainder"}
    assert total["force"] == 47
    assert left["no_location"] == 2 and left["outside_force"] == 3
    assert total["district"] + 5 == 47
    assert total["area"] + left.get("no_area", 0) + 5 == 47
    assert total["neighbourhood"] + left["no_neighbourhood"] + 5 == 47
    assert total["lsoa"] + left["no_lsoa"] + 5 == 47


def test_a_rate_is_per_1000_residents_and_marked_where_numbers_are_small(westmarch: Force) -> None:
    frame = placed(
        ("W99900001", "Highmoor 001", "W01000001", 30), ("W99900001", "Highmoor 001", "W01000002", 19)
    )
    rows = {
        row.id: row for row in by_area(frame, span(date(2022, 1, 1), date(2022, 1, 31)), westmarch, AREAS)
    }
    assert rows["W99900001"].rate_per_1000 == pytest.approx(1000 * 49 / 64_210)
    assert rows["W99900001"].rate_per_1000_a_year == pytest.approx(1000 * 49 / 64_210 * 365 / 31)
    assert not rows["W99900001"].is_small
    assert rows["W01000001"].is_small, "under 1,000 residents"
    assert rows["W01000002"].is_small, "under 20 records"
    assert rows["Highmoor 001"].rate_per_1000 is None


def test_a_code_without_an_outline_is_listed_and_says_so(westmarch: Force) -> None:
    frame = placed(("W99900001", "Highmoor 001", "W01009999", 7))
    rows = {
        row.id: row for row in by_area(frame, span(date(2022, 1, 1), date(2022, 1, 31)), westmarch, AREAS)
    }
    assert rows["W01009999"].note is not None and rows["W01009999"].note.startswith("2021 code, no outline")
    assert rows["W01000001"].count.count == 0


def test_harm_is_count_times_days_and_types_without_a_weight_are_left_out_of_shares() -> None:
    period = span(date(2022, 1, 1), date(2022, 1, 31))
    every = parts(
        counted(
            ("2022-01", "Burglary", 2), ("2022-01", "Drugs", 10), ("2022-01", "Anti-social behaviour", 8)
        ),
        period,
        "kind",
        {},
    )
    rows = weigh(every, Weights("w", "1", {"Burglary": 45.0, "Drugs": 1.0}, "hand"))
    assert [(row.crime_type, row.harm_days) for row in rows] == [
        ("Burglary", 90.0),
        ("Drugs", 10.0),
        ("Anti-social behaviour", None),
    ]
    assert (rows[0].share_of_harm, rows[0].share_of_count) == (0.9, 2 / 12)


def test_weights_are_read_from_any_column_of_days_and_carry_their_version() -> None:
    text = b"force,crime_type,cchi_days\nWestmarch,Burglary,236.58\nWestmarch,Drugs,3.53\n"
    weights = read_weights(text, "mine.csv")
    assert weights.days == {"Burglary": 236.58, "Drugs": 3.53}
    assert weights.version != read_weights(text.replace(b"3.53", b"3.54"), "mine.csv").version


def test_every_wrong_weight_is_told_at_once() -> None:
    text = b"crime_type,weight_days\nBurglary,1\nBurglary,2\nParking,1\nDrugs,-1\nRobbery,many\n"
    with pytest.raises(BadInput) as caught:
        read_weights(text, "mine.csv")
    assert [(problem.row, problem.rule) for problem in caught.value.problems] == [
        (3, "repeated_id"), (4, "unknown_crime_type"), (5, "not_a_weight"), (6, "not_a_weight"),
    ]  # fmt: skip


def test_without_weights_every_crime_weighs_the_same_and_anti_social_behaviour_nothing() -> None:
    assert "Anti-social behaviour" not in DEFAULT_WEIGHTS.days
    assert set(DEFAULT_WEIGHTS.days.values()) == {1.0}


def test_filters_are_written_as_they_are_read() -> None:
    text = "from=2024-03&to=2025-02&area=district%3AW99900001&category=offence&crime_type=Drugs&records=synthetic"
    filters = Filters.parse(text)
    assert filters.query == text
    assert Filters.parse(filters.words) == filters
    assert (filters.level, filters.area_id, filters.from_month) == ("district", "W99900001", date(2024, 3, 1))
    assert Filters.parse("page=2&from=").query == ""


def test_every_wrong_filter_is_told_at_once(westmarch: Force) -> None:
    with pytest.raises(BadInput) as caught:
        Filters.parse("from=2024-13&to=soon&records=both&area=planet:3")
    assert [problem.column for problem in caught.value.problems] == ["from", "to", "area", "records"]
    with pytest.raises(BadInput) as caught:
        Filters.parse("channel=999&category=crime&area=district:E07000008&crime_type=Parking").check(
            westmarch, nowhere
        )
    assert {problem.column for problem in caught.value.problems} == {
        "channel",
        "category",
        "area",
        "crime_type",
    }


@pytest.mark.parametrize("month", ["0001-01", "1899-12", "2100-01", "9999-12", "２０２４-０１", "2024-1"])
def test_a_month_that_no_record_can_be_of_is_refused(month: str) -> None:
    with pytest.raises(BadInput, match="from 1900-01 to 2099-12"):
        Filters.parse({"from": month})


@pytest.mark.parametrize("area", ["lsoa:", "district:", "planet:3", "Cambridge"])
def test_an_area_is_a_level_and_an_id(area: str) -> None:
    with pytest.raises(BadInput, match="a level and an id"):
        Filters.parse({"area": area})


def test_the_whole_force_is_named_by_its_own_id_or_none(westmarch: Force) -> None:
    for area in ("force", f"force:{westmarch.id}"):
        filters = Filters.parse({"area": area})
        filters.check(westmarch, nowhere)
        assert filters.conditions("crimes", westmarch) == ()
    with pytest.raises(BadInput, match="force:elsewhere"):
        Filters.parse("area=force:elsewhere").check(westmarch, nowhere)


def nowhere(level: str, area_id: str) -> bool:
    """Know no neighbourhood or LSOA."""
    return False


def test_a_filter_that_a_table_cannot_be_held_to_is_named() -> None:
    filters = Filters.parse("area=district:W99900001&channel=112&crime_type=Drugs")
    assert filters.not_applied("calls") == ("area", "crime_type")
    assert filters.not_applied("crimes") == ("channel",)


def test_a_stamp_changes_with_what_it_rests_on_and_not_with_the_order_it_is_told_in() -> None:
    one = Stamp({"a": "1", "b": "2"}, {"from": "2024-03", "to": None})
    assert one.id == Stamp({"b": "2", "a": "1"}, {"to": None, "from": "2024-03"}).id
    assert one.id != Stamp({"a": "1", "b": "3"}, {"from": "2024-03", "to": None}).id


def test_a_count_over_no_covered_day_has_no_rate() -> None:
    empty = Span(date(2022, 1, 1), date(2022, 1, 31), frozenset(), "Europe/London")
    assert count_of(0, 0, 0, empty).per_day is None
