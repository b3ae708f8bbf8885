"""Unknown time on duty and off: hand-worked, and minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from constabulary.cover.fixes import US
from constabulary.cover.silence import Duty, Silence

MINUTE = 60 * US
BEGIN = datetime(2024, 7, 1, tzinfo=UTC)


def duty(*shifts: tuple[str, int, int]) -> Duty:
    """Shifts of a unit from one minute to another."""
    rows = [
        (unit, BEGIN + timedelta(minutes=start), BEGIN + timedelta(minutes=end))
        for unit, start, end in shifts
    ]
    names = ["unit_id", "starts_at", "ends_at"]
    return Duty.of(pl.DataFrame(rows, schema=names, orient="row"))


def added(given: Duty | None, *gaps: tuple[int, int, int], names: tuple[str, ...] = ("A", "B")) -> Silence:
    begin = int(BEGIN.timestamp()) * US
    silence = Silence(given)
    rows = [(unit, begin + start * MINUTE, begin + end * MINUTE) for unit, start, end in gaps]
    silence.add(np.array(rows, np.int64).reshape(-1, 3), names)
    return silence


def minutes(silence: Silence) -> tuple[float, float]:
    return silence.on_duty_us / MINUTE, silence.off_duty_us / MINUTE


def test_silence_between_two_shifts_is_off_duty_and_within_one_is_on_duty() -> None:
    shifts = duty(("A", 0, 100), ("A", 200, 300))
    found = added(shifts, (0, 10, 20), (0, 95, 210), (0, 120, 130))
    # Ten within a shift; five at the end of one and ten at the start of the next; none between them.
    assert minutes(found) == (10 + 5 + 10, 100 + 10)
    assert (found.n_on_duty, found.n_without) == (2, 0)


def test_silence_before_the_first_shift_and_after_the_last_is_not_known_to_be_off_duty() -> None:
    assert minutes(added(duty(("A", 100, 200)), (0, 0, 150), (0, 190, 400))) == (150 + 210, 0)


def test_silence_of_a_unit_without_shifts_counts_as_on_duty_and_is_told() -> None:
    found = added(duty(("A", 0, 10), ("A", 20, 30)), (1, 0, 60), (0, 10, 20))
    assert minutes(found) == (60, 10)
    assert (found.n_on_duty, found.n_without) == (1, 1)


def test_without_shifts_all_silence_counts_as_on_duty() -> None:
    found = added(None, (0, 0, 60), (1, 5, 6))
    assert minutes(found) == (61, 0)


def test_shifts_that_overlap_count_once() -> None:
    shifts = duty(("A", 0, 60), ("A", 30, 50), ("A", 55, 90), ("A", 120, 150))
    assert minutes(added(shifts, (0, 0, 150))) == (120, 30)


def test_minute_by_minute_it_is_the_same() -> None:
    rng = np.random.default_rng(3)
    shifts = [
        ("AB"[rng.integers(2)], int(start), int(start + rng.integers(1, 60)))
        for start in rng.integers(0, 900, 24)
    ]
    gaps = [
        (int(rng.integers(2)), int(start), int(start + rng.integers(1, 200)))
        for start in rng.integers(-50, 950, 60)
    ]
    on = off = 0
    for number, start, end in gaps:
        own = [shift for shift in shifts if shift[0] == "AB"[number]]
        first, last = min(one[1] for one in own), max(one[2] for one in own)
        for minute in range(start, end):
            is_on = any(begin <= minute < until for _, begin, until in own)
            is_off = first <= minute < last and not is_on
            on, off = on + (not is_off), off + is_off
    assert minutes(added(duty(*shifts), *gaps)) == (on, off)
    assert on > 1000 and off > 500
