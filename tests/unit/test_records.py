"""Which edition is later, and records that are read back as they were written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from constabulary.store.records import (
    Coverage,
    FileRecord,
    ImportRecord,
    Notice,
    Withdrawal,
    edition_order,
    from_frame,
    to_frame,
    withdrawal_frame,
)

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)


def record(number: int, edition_on: date | None = None, **more: object) -> ImportRecord:
    made = ImportRecord(f"{number:06d}", "police-uk", NOON, "tester", edition_on)
    return replace(made, **more)  # type: ignore[arg-type]


def order(*records: ImportRecord) -> list[list[int]]:
    """Return the numbers of the imports, earliest edition first, those of one edition together."""
    rank = edition_order(records)
    editions = sorted(set(rank.values()))
    return [sorted(int(name) for name, one in rank.items() if one == edition) for edition in editions]


@pytest.mark.parametrize(("records", "expected"), [
    ([record(1), record(2), record(3)], [[1], [2], [3]]),
    ([record(1, date(2025, 1, 1)), record(2, date(2024, 1, 1))], [[2], [1]]),
    ([record(1), record(2, date(2020, 1, 1))], [[1], [2]]),
    ([record(1, date(2025, 1, 1)), record(2), record(3, date(2024, 1, 1))], [[3], [1], [2]]),
    ([record(1, date(2025, 1, 1)), record(2), record(3, date(2025, 2, 1))], [[1], [2], [3]]),
    ([record(1, date(2025, 1, 1), kind="calls"), record(2), record(3, date(2024, 1, 1))], [[2], [3], [1]]),
    ([record(1, date(2025, 1, 1)), record(2, date(2025, 1, 1))], [[1, 2]]),
    ([record(1), record(2, NOON.date()), record(3), record(4, NOON.date())], [[1], [2, 4], [3]]),
    ([record(1), record(2), record(3, edition_of="000001")], [[1, 3], [2]]),
    ([record(1), record(2, edition_of="000001"), record(3, edition_of="000002")], [[1, 2, 3]]),
    ([record(1, date(2025, 1, 1)), record(2, date(2026, 1, 1), edition_of="000001")], [[1, 2]]),
])  # fmt: skip
def test_editions_rank_by_date_then_by_import_and_mended_rows_with_what_they_mend(
    records: list[ImportRecord], expected: list[list[int]]
) -> None:
    assert order(*records) == expected


def test_an_import_record_is_read_back_as_it_was_written_and_withdrawn_even_by_a_clock_set_back() -> None:
    full = record(
        1,
        date(2025, 1, 1),
        files=(FileRecord("a.csv", "ab" * 32, 3, 1, 1, 1, ("Crime ID", "Month")),),
        coverage=(Coverage("crimes", "Kent Police", date(2024, 10, 1), date(2024, 10, 31), 1),),
        notices=(Notice("not_in_list", 2, True, "a.csv", 3, "crime_type", "Piracy", "x", (("Piracy", 2),)),),
        n_superseded=7,
    )
    early = Withdrawal(datetime(2026, 3, 4, tzinfo=UTC), "tester", "wrong month")
    assert from_frame(to_frame([full])) == (full,)
    read_back = from_frame(to_frame([full]).vstack(withdrawal_frame(full, early)))[0]
    assert read_back.withdrawal == early
    assert (full.state, read_back.state) == ("accepted with refusals", "withdrawn")
