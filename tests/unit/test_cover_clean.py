"""Cleaning of fixes: each rule on tracks worked by hand, where what is wrong is known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from constabulary.cover import clean as cleaning
from constabulary.cover.clean import REASONS, CleaningRules, clean
from constabulary.cover.fixes import US, Fixes
from constabulary.parameters.load import load_parameters

RULES = CleaningRules.of(load_parameters("cover"))
WORDS = {0: "kept", **{number: name for name, number in REASONS.items()}}
LATITUDE = 52.2
STEP = 0.002  # degrees of longitude: 137 m here, 16 km/h at a fix in 30 s


def track(
    seconds: list[float],
    longitudes: list[float],
    speed: float = float("nan"),
    source: list[int] | None = None,
) -> Fixes:
    n = len(seconds)
    one = np.zeros(n, np.uint32), np.zeros(1, np.int64)
    return Fixes(
        unit=one,
        role=one,
        status=one,
        day=np.zeros(n, np.int32),
        t=(np.array(seconds) * US).astype(np.int64),
        x=np.array(longitudes, dtype=np.float64),
        y=np.full(n, LATITUDE),
        crew_size=np.full(n, -1),
        speed=np.full(n, speed),
        source=np.array(source or [0] * n, np.int64),
    )


def fates(fixes: Fixes) -> list[str]:
    return [WORDS[number] for number in clean([fixes], RULES).reason]


def steady(n: int, begin: float = 0.0) -> tuple[list[float], list[float]]:
    return [begin + 30.0 * k for k in range(n)], [STEP * k for k in range(n)]


def test_a_plain_track_is_kept_whole() -> None:
    assert fates(track(*steady(10))) == ["kept"] * 10


def test_the_second_of_two_fixes_alike_in_all_is_a_duplicate() -> None:
    assert fates(track([0, 30, 30, 60], [0, STEP, STEP, 2 * STEP])) == ["kept", "kept", "duplicate", "kept"]


def test_two_places_near_each_other_at_one_instant_are_both_kept() -> None:
    assert fates(track([0, 30, 30, 60], [0, STEP, STEP * 1.1, 2 * STEP])) == ["kept"] * 4


def test_a_fix_that_came_late_is_put_in_its_place_and_counted() -> None:
    cleaned = clean([track([0, 60, 30, 90], [0, 2 * STEP, STEP, 3 * STEP])], RULES)
    assert cleaned.kept.tolist() == [0, 2, 1, 3]
    assert cleaned.n_out_of_order == 1


def test_one_wrong_fix_far_away_is_an_impossible_jump() -> None:
    seconds, places = steady(7)
    places[3] = 1.0
    assert fates(track(seconds, places)) == ["kept"] * 3 + ["impossible_jump"] + ["kept"] * 3


def test_a_wrong_first_fix_does_not_take_the_rest_with_it() -> None:
    seconds, places = steady(6)
    places[0] = 5.0
    assert fates(track(seconds, places)) == ["impossible_jump"] + ["kept"] * 5


def test_a_unit_carried_elsewhere_is_believed_and_the_time_before_it_is_unknown() -> None:
    seconds, places = steady(10)
    cleaned = clean([track(seconds, [*places[:5], *(1.0 + place for place in places[5:])])], RULES)
    assert cleaned.kept.size == 10
    assert np.flatnonzero(cleaned.track.is_break).tolist() == [5]


def test_a_fast_car_within_the_limit_is_kept() -> None:
    # 2 km in 30 s is 240 km/h.
    degrees = 2.0 / (111.32 * np.cos(np.radians(LATITUDE)))
    assert fates(track([0, 30, 60, 90], [0, degrees, 2 * degrees, 3 * degrees])) == ["kept"] * 4


def test_the_jump_is_measured_over_the_date_line_the_short_way() -> None:
    assert fates(track([0, 30, 60, 90], [179.999, -179.999, 179.999, -179.999])) == ["kept"] * 4


def test_a_receiver_that_froze_while_its_unit_drove_on_is_stuck() -> None:
    # Ten minutes at one place, then, 30 s later, 10 km on: not to be reached in 30 s, but in 630 s.
    seconds = [30.0 * k for k in range(24)]
    places = [0.0] * 21 + [0.15, 0.152, 0.154]
    assert fates(track(seconds, places)) == ["kept"] + ["stuck"] * 20 + ["kept"] * 3


def test_a_parked_unit_is_not_stuck_when_one_wrong_fix_follows() -> None:
    seconds = [30.0 * k for k in range(25)]
    places = [0.0] * 21 + [0.15] + [0.0] * 3
    assert fates(track(seconds, places)) == ["kept"] * 21 + ["impossible_jump"] + ["kept"] * 3


def test_what_is_wrong_in_the_last_fix_alone_is_found_too() -> None:
    seconds, places = steady(5)
    assert fates(track(seconds, [*places[:4], 9.0])) == ["kept"] * 4 + ["impossible_jump"]
    assert fates(track(seconds, [*places[:4], places[3]], speed=50.0)) == ["kept"] * 4 + ["stuck"]


def test_a_place_that_stays_while_the_unit_reports_speed_is_stuck() -> None:
    assert fates(track([0, 30, 60], [0, 0, 0], speed=50.0)) == ["kept", "stuck", "stuck"]
    assert fates(track([0, 30, 60], [0, 0, 0], speed=0.0)) == ["kept"] * 3


def test_a_clock_put_back_takes_the_minutes_told_twice_from_what_was_told_before() -> None:
    # An hour fast for twenty fixes; put right, it tells of some of the same minutes again.
    wrong, right = [3600 + 60.0 * k for k in range(20)], [3900 + 60.0 * k for k in range(80)]
    assert right[0] < wrong[-1] - 300
    fixes = track([*wrong, *right], [0.0001 * k for k in range(100)])
    told = fates(fixes)
    assert told[:5] == ["kept"] * 5
    assert told[5:20] == ["clock_offset"] * 15
    assert told[20:] == ["kept"] * 80


def test_messages_kept_back_and_sent_late_are_no_clock_offset() -> None:
    live, late = [*(60.0 * k for k in range(20)), 4000, 4060, 4120], [1200 + 60.0 * k for k in range(40)]
    fixes = track([*live, *late, 4200], [0.0] * 64)
    assert set(fates(fixes)) == {"kept"}
    assert clean([fixes], RULES).n_out_of_order == 40


def test_a_step_back_from_one_file_to_another_is_no_clock_offset() -> None:
    first, second = [60.0 * k for k in range(20)], [30 + 60.0 * k for k in range(20)]
    assert set(fates(track([*first, *second], [0.0] * 40, source=[0] * 20 + [1] * 20))) == {"kept"}


def test_a_file_in_no_order_of_arrival_says_nothing_of_clocks() -> None:
    seconds, places = steady(200)
    order = np.random.default_rng(1).permutation(200)
    assert set(fates(track([seconds[k] for k in order], [places[k] for k in order]))) == {"kept"}


def test_each_day_and_unit_is_cleaned_on_its_own() -> None:
    one = track(*steady(6))
    one.x[2] = 3.0
    units = np.arange(2)
    parts = [
        replace(
            one,
            unit=(np.full(6, unit, np.uint32), units),
            day=np.full(6, day, np.int32),
            t=one.t + day * 86_400 * US,
        )
        for unit in (0, 1)
        for day in (0, 1)
    ]
    assert clean(parts, RULES).counts() == {
        "duplicate": 0,
        "clock_offset": 0,
        "stuck": 0,
        "impossible_jump": 4,
    }


def test_nothing_is_cleaned_of_nothing() -> None:
    cleaned = clean([track([], [])], RULES)
    assert cleaned.kept.size == 0
    assert sum(cleaned.counts().values()) == 0


def test_what_memory_did_not_do_for_leaves_room_for_what_comes_after(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise MemoryError

    def clean_in_a_thread_of_its_own() -> list[str]:
        with monkeypatch.context() as patched:
            patched.setattr(cleaning, "columns", refuse)
            with pytest.raises(MemoryError):
                clean([track(*steady(5))], RULES)
        return fates(track(*steady(4)))

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(clean_in_a_thread_of_its_own).result() == ["kept"] * 4


@pytest.mark.parametrize("name", ["jump_kmh", "cap_s", "line_s", "ping_s"])
def test_every_limit_has_its_standing_and_its_reason(name: str) -> None:
    parameter = load_parameters("cover")[name]
    assert parameter.status == "assumed"
    assert parameter.why
