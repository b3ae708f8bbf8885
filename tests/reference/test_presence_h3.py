"""Lines across cells of H3, held to the outlines that H3 gives of its cells and to H3's own answer along the line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from shapely import LineString, Polygon

from constabulary.cover.fixes import US, Track, label_of
from constabulary.cover.presence import Rule, Setting, summarise
from constabulary.services.cover.cells import Cells

h3: Any = pytest.importorskip("h3.api.basic_int", reason="the h3 extra is not installed")
RESOLUTION = 9
LENGTH_S = 30
N_LINES = 120


@pytest.fixture
def walked() -> Iterator[tuple[Cells, Track]]:
    """Lines of up to 800 m over Cambridge, a unit each; a cell is about 350 m wide."""
    rng = np.random.default_rng(9)
    x, y = rng.uniform(0.05, 0.25, N_LINES), rng.uniform(52.1, 52.3, N_LINES)
    angle, far = rng.uniform(0, 2 * np.pi, N_LINES), rng.uniform(0, 800, N_LINES) / 111_000
    xs = np.stack([x, x + far * np.cos(angle) * 1.6], axis=1).ravel()
    ys = np.stack([y, y + far * np.sin(angle)], axis=1).ravel()
    cells = Cells(h3, RESOLUTION)
    zero = np.zeros(2 * N_LINES, np.int64)
    track = Track(
        unit=np.repeat(np.arange(N_LINES), 2),
        t=np.tile([0, LENGTH_S * US], N_LINES),
        x=xs,
        y=ys,
        label=label_of(zero, zero, zero - 1),
        area=cells.locate(xs, ys),
        is_break=np.zeros(2 * N_LINES, np.bool_),
    )
    yield cells, track


def visits_of(cells: Cells, track: Track) -> np.ndarray:
    setting = Setting(Rule("line", 300, 30, 60), (-(2**62), 2**62), (), lambda *_: None, cells)  # type: ignore[arg-type, return-value]
    timed = summarise(track, setting)
    assert timed.summary.observed_us == N_LINES * LENGTH_S * US
    return timed.visits


def test_time_in_each_cell_is_the_share_of_the_line_within_its_outline(walked: tuple[Cells, Track]) -> None:
    cells, track = walked
    visits = visits_of(cells, track)
    n_cells = 0
    for unit in range(N_LINES):
        own = visits[visits[:, 0] == unit]
        (x, to_x), (y, to_y) = track.x[track.unit == unit], track.y[track.unit == unit]
        line = LineString([(x, y), (to_x, to_y)])
        found = {cells.ids[area]: (left - came) / US for _, area, _, came, left in own.tolist()}
        assert sum(left - came for _, _, _, came, left in own.tolist()) == LENGTH_S * US
        for cell in h3.grid_disk(h3.latlng_to_cell(y, x, RESOLUTION), 4):
            outline = Polygon([(longitude, latitude) for latitude, longitude in h3.cell_to_boundary(cell)])
            within_s = LENGTH_S * line.intersection(outline).length / line.length
            # The outline is drawn with straight edges where H3 has arcs.
            assert found.get(h3.int_to_str(cell), 0.0) == pytest.approx(within_s, abs=0.002)
            n_cells += within_s > 0
    assert n_cells > 2.2 * N_LINES


def test_every_moment_is_in_the_cell_that_h3_gives_for_it(walked: tuple[Cells, Track]) -> None:
    cells, track = walked
    rng = np.random.default_rng(1)
    for unit, area, _, came, left in visits_of(cells, track).tolist():
        (x, to_x), (y, to_y) = track.x[track.unit == unit], track.y[track.unit == unit]
        for at in [came, left - 1, *rng.integers(came, left, 3).tolist()]:
            share = at / (LENGTH_S * US)
            cell = h3.latlng_to_cell(y + share * (to_y - y), x + share * (to_x - x), RESOLUTION)
            assert cells.ids[area] == h3.int_to_str(cell)
