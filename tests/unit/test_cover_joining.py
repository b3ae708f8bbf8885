"""Visits that come in pieces: those that go on are one, whatever the pieces."""

from __future__ import annotations

import itertools

import numpy as np

from constabulary.cover.fixes import Int
from constabulary.cover.joining import Joining


def visits(*rows: tuple[int, ...]) -> Int:
    return np.array(rows, np.int64).reshape(-1, 5)


def test_a_visit_that_goes_on_in_the_next_piece_comes_out_once_when_it_has_ended() -> None:
    joining = Joining()
    assert joining.add(visits((0, 7, 1, 0, 60)), 1).tolist() == []
    assert joining.add(visits((0, 7, 1, 60, 90), (0, 8, 1, 90, 120)), 1).tolist() == [[0, 7, 1, 0, 90]]
    assert joining.rest().tolist() == [[0, 8, 1, 90, 120]]


def test_another_area_another_label_or_a_gap_begins_another_visit() -> None:
    for second in ((0, 8, 1, 60, 90), (0, 7, 2, 60, 90), (0, 7, 1, 61, 90)):
        joining = Joining()
        joining.add(visits((0, 7, 1, 0, 60)), 1)
        assert joining.add(visits(second), 1).tolist() == [[0, 7, 1, 0, 60]]


def test_units_met_later_and_units_that_pause_keep_their_own() -> None:
    joining = Joining()
    joining.add(visits((0, 7, 1, 0, 60)), 1)
    assert joining.add(visits((1, 7, 1, 60, 90)), 2).tolist() == []
    assert joining.add(visits((1, 9, 1, 90, 95), (0, 7, 1, 95, 99)), 2).tolist() == [
        [0, 7, 1, 0, 60],
        [1, 7, 1, 60, 90],
    ]
    assert joining.rest().tolist() == [[0, 7, 1, 95, 99], [1, 9, 1, 90, 95]]


def test_however_time_is_cut_the_visits_are_the_same() -> None:
    rng = np.random.default_rng(5)
    # Minutes of three units, each in one of two areas; now and then a minute is missing.
    minutes = [
        (unit, int(rng.integers(0, 2)), 0, minute, minute + 1)
        for minute in range(200)
        for unit in range(3)
        if rng.random() > 0.1
    ]
    # By hand: a run of one unit's minutes in one area without a missing one.
    expected = []
    for unit in range(3):
        own = [row for row in minutes if row[0] == unit]
        for _, run in itertools.groupby(
            enumerate(own), key=lambda one: (one[1][1], one[1][3] - one[0], _changes(own, one[0]))
        ):
            rows = [row for _, row in run]
            expected.append([unit, rows[0][1], 0, rows[0][3], rows[-1][4]])
    for n_pieces in (1, 7, 60):
        joining = Joining()
        found = []
        for piece in np.array_split(np.arange(200), n_pieces):
            some = [row for row in minutes if piece[0] <= row[3] <= piece[-1]]
            found += joining.add(visits(*some), 3).tolist()
        found += joining.rest().tolist()
        assert sorted(found) == sorted(expected)


def _changes(rows: list[tuple[int, ...]], at: int) -> int:
    """How often the area has changed before a row."""
    return sum(one[1] != other[1] for one, other in itertools.pairwise(rows[: at + 1]))
