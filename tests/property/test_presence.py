"""Laws of time in each area: it adds up, however the fixes are parted, and whoever comes first."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from constabulary.cover.clean import CleaningRules, clean
from constabulary.cover.clock import Clock
from constabulary.cover.fixes import US, Fixes, Int, Track, label_of
from constabulary.cover.presence import CREDITS, Rule, Setting, Summary, merge, summarise
from constabulary.numeric.grid import AreaIndex
from constabulary.parameters.load import load_parameters

EVER = (-(2**62), 2**62)
SIDE = 4
PARTS = ("hour", "role", "status")


def _squares(side: int, scale: float) -> AreaIndex:
    """Squares over 0 to 4 degrees, but for the last, so that some fixes lie outside."""
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], dtype=np.float64) * scale
    rings = [corners + np.array([k % side, k // side]) * scale for k in range(side * side - 1)]
    return AreaIndex.build(np.concatenate(rings), np.arange(len(rings) + 1) * 5, np.arange(len(rings)))


LEVELS = [_squares(SIDE, 1.0), _squares(2 * SIDE, 0.5)]


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    """Fixes of a few units; places are quarters of a degree, so many lie on borders."""
    n = draw(st.integers(0, 60))
    whole = functools.partial(st.lists, min_size=n, max_size=n)
    unit = np.array(draw(whole(st.integers(0, 3))), np.int64)
    t = np.cumsum(draw(whole(st.integers(0, 400 * US)))).astype(np.int64) if n else np.empty(0, np.int64)
    x, y = (np.array(draw(whole(st.integers(-1, 17))), np.float64) / 4 for _ in range(2))
    role, status, crew = (np.array(draw(whole(st.integers(low, 2))), np.int64) for low in (0, 0, -1))
    every = Track(
        unit,
        t,
        x,
        y,
        label_of(role, status, crew),
        LEVELS[0].locate(x, y).astype(np.int64),
        np.zeros(n, np.bool_),
    )
    return every.take(np.argsort(unit, kind="stable"))


def setting(credit: str, level: AreaIndex = LEVELS[0], parts: tuple[str, ...] = PARTS) -> Setting:
    def clock(low: int, high: int) -> Clock:
        return Clock.between(low, high, "Europe/London")

    return Setting(Rule(credit, 300, 300, 60), EVER, parts, clock, level)


def table(summary: Summary) -> list[tuple[int, ...]]:
    keys = ["area", *PARTS]
    summary = summary.tidy(setting("earlier"))
    cells = summary.cells.sort(keys).select(*keys, "length_us", "officer_us").rows()
    stays = summary.stays.sort("unit", *keys).select("unit", *keys).rows()
    return [
        *cells,
        *stays,
        (summary.unknown_us, summary.n_gaps, summary.n_fixes, *summary.intervals[:400].tolist()),
    ]


@given(tracks(), st.sampled_from(CREDITS[:2]))
def test_time_in_areas_and_outside_adds_up_to_known_intervals_at_every_level(
    track: Track, credit: str
) -> None:
    known = 0
    for unit in np.unique(track.unit):
        lengths = np.diff(track.t[track.unit == unit])
        known += int(lengths[lengths <= 300 * US].sum())
    for level in LEVELS:
        placed = Track(
            track.unit, track.t, track.x, track.y, track.label,
            level.locate(track.x, track.y).astype(np.int64), track.is_break,
        )  # fmt: skip
        summary = summarise(placed, setting(credit, level)).summary
        assert summary.observed_us == known
        assert (summary.cells["length_us"] > 0).all()


@given(tracks(), st.sampled_from(CREDITS))
def test_parts_add_up_to_the_whole_of_each_area(track: Track, credit: str) -> None:
    whole = summarise(track, setting(credit, parts=())).summary.cells.sort("area")
    parted = summarise(track, setting(credit)).summary.cells
    summed = parted.group_by("area").agg(pl.col("length_us", "officer_us").sum()).sort("area")
    assert summed.rows() == whole.rows()


@given(tracks(), st.sampled_from(CREDITS), st.lists(st.integers(0, 24_000 * US), max_size=4))
def test_parts_of_time_summarised_apart_and_merged_give_the_same(
    track: Track, credit: str, cuts: list[int]
) -> None:
    asked = setting(credit)
    bounds = [-1, *sorted(cuts), 2**62]
    pieces = [
        summarise(track.take((track.t > low) & (track.t <= high)), asked).summary
        for low, high in itertools.pairwise(bounds)
    ]
    whole = table(summarise(track, asked).summary)
    assert table(functools.reduce(lambda one, other: merge(one, other, asked).summary, pieces)) == whole
    # Merging is associative: from the other end it is the same.
    last = pieces.pop()
    while pieces:
        last = merge(pieces.pop(), last, asked).summary
    assert table(last) == whole


@given(tracks(), st.permutations(range(4)))
def test_the_order_of_units_changes_nothing(track: Track, renumbered: list[int]) -> None:
    other = Track(
        np.array(renumbered, np.int64)[track.unit],
        track.t,
        track.x,
        track.y,
        track.label,
        track.area,
        track.is_break,
    )
    other = other.take(np.argsort(other.unit, kind="stable"))
    one, two = (summarise(each, setting("earlier")).summary for each in (track, other))
    keys = ["area", *PARTS]
    assert one.cells.sort(keys).rows() == two.cells.sort(keys).rows()
    assert (one.unknown_us, one.n_gaps) == (two.unknown_us, two.n_gaps)


@given(tracks())
def test_visits_hold_all_time_and_do_not_overlap(track: Track) -> None:
    timed = summarise(track, setting("line"))
    assert int((timed.visits[:, 4] - timed.visits[:, 3]).sum()) == timed.summary.observed_us
    for unit in np.unique(timed.visits[:, 0]):
        mine = timed.visits[timed.visits[:, 0] == unit]
        assert (mine[1:, 3] >= mine[:-1, 4]).all()


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 5))
def test_cleaning_does_not_depend_on_the_order_of_units_in_a_file(seed: int, n_units: int) -> None:
    rng = np.random.default_rng(seed)
    n = 80
    unit = rng.integers(0, n_units, n)
    t, x, y, speed = (
        np.sort(rng.integers(0, 3600 * US, n)),
        rng.choice([0.0, 0.001, 0.5], n),
        rng.choice([52.0, 52.001], n),
        rng.choice([0.0, 60.0, np.nan], n),
    )

    def fixes(rows: Int) -> Fixes:
        size = rows.size
        one = np.zeros(size, np.uint32), np.zeros(1, np.int64)
        units = unit[rows].astype(np.uint32), np.arange(n_units)
        crew_size, source = np.full(size, -1), np.zeros(size, np.int64)
        return Fixes(
            units,
            one,
            one,
            np.zeros(size, np.int32),
            t[rows],
            x[rows],
            y[rows],
            crew_size,
            speed[rows],
            source,
        )

    rules = CleaningRules.of(load_parameters("cover"))
    order = np.argsort(unit, kind="stable")
    # In parts, too, they are what they are as one.
    came = clean([fixes(some) for some in np.split(np.arange(n), [n_units, 40])], rules)
    assert (came.reason[order] == clean([fixes(order)], rules).reason).all()
