"""Time in each area against brute force: GEOS asked of every fix, and of every segment, one after another.

Tracks are seeded walks over the shipped LSOAs; tests/real/test_fleet.py does the same with a real fleet.
"""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import shapely

from constabulary.cover.clock import Clock
from constabulary.cover.fixes import US, Track
from constabulary.cover.presence import Rule, Setting, summarise
from constabulary.numeric.grid import AreaIndex
from constabulary.tables.geojson import read_geojson
from constabulary.tables.outlines import Outlines, rings_of

SHIPPED = Path(str(files("constabulary"))) / "forces" / "cambridgeshire" / "geography" / "lsoa_2011.geojson"
CAP_S, LINE_S = 300, 30


@pytest.fixture(scope="module")
def lsoas() -> Outlines:
    return read_geojson(SHIPPED)


def walks(seed: int, n_units: int = 4, n_fixes: int = 700) -> Track:
    """Units that drive about Cambridge, some of them out of the force, with fixes 5 to 60 s apart and some gaps."""
    rng = np.random.default_rng(seed)
    seconds = rng.choice([5, 10, 15, 30, 30, 60, 400], (n_units, n_fixes))
    heading = rng.uniform(0, 2 * np.pi, (n_units, 1)) + np.cumsum(
        rng.normal(0, 0.3, (n_units, n_fixes)), axis=1
    )
    far = rng.uniform(0, 25, (n_units, n_fixes)) * np.minimum(seconds, 60) / 111_320
    x = 0.12 + np.cumsum(far * np.cos(heading) / np.cos(np.radians(52.2)), axis=1)
    y = 52.2 + np.cumsum(far * np.sin(heading), axis=1)
    n = n_units * n_fixes
    return Track(
        unit=np.repeat(np.arange(n_units), n_fixes),
        t=(np.cumsum(seconds, axis=1) * US).ravel(),
        x=x.ravel(),
        y=y.ravel(),
        label=np.zeros(n, np.int64),
        area=np.zeros(n, np.int64),
        is_break=np.zeros(n, np.bool_),
    )


def brute_force(track: Track, outlines: Outlines, credit: str) -> Counter[int]:
    """Seconds by area, each interval by itself and every shape asked of GEOS."""
    tree = shapely.STRtree(list(outlines.geometries))
    found: Counter[int] = Counter()
    for i in range(len(track) - 1):
        length = (track.t[i + 1] - track.t[i]) / US
        if track.unit[i] != track.unit[i + 1] or length > CAP_S:
            continue
        here = shapely.Point(track.x[i], track.y[i])
        segment = shapely.LineString([here, (track.x[i + 1], track.y[i + 1])])
        if credit == "line" and length <= LINE_S and segment.length > 0:
            inside = 0.0
            for area in tree.query(segment, predicate="intersects"):
                share = segment.intersection(outlines.geometries[area]).length / segment.length
                found[int(area)] += share * length
                inside += share * length
            found[-1] += length - inside
        else:
            hits = tree.query(here, predicate="intersects")
            found[int(hits.min()) if hits.size else -1] += length
    return found


def ours(track: Track, outlines: Outlines, credit: str) -> dict[int, float]:
    index = AreaIndex.build(*rings_of(outlines))
    placed = Track(
        **{**track.__dict__, "area": index.locate(track.x, track.y).astype(np.int64)},
    )
    setting = Setting(
        Rule(credit, CAP_S, LINE_S, 60),
        (-(2**62), 2**62),
        (),
        lambda low, high: Clock.between(low, high, "Europe/London"),
        index,
    )
    cells = summarise(placed, setting).summary.cells
    return {area: length / US for area, length in cells.select("area", "length_us").iter_rows()}


def worst(one: dict[int, float], other: dict[int, float]) -> float:
    return max(abs(one.get(area, 0.0) - other.get(area, 0.0)) for area in {*one, *other})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_time_credited_to_the_earlier_fix_is_that_of_geos_to_the_microsecond(
    lsoas: Outlines, seed: int
) -> None:
    track = walks(seed)
    assert worst(ours(track, lsoas, "earlier"), brute_force(track, lsoas, "earlier")) < 1e-6


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_time_shared_out_along_lines_is_that_of_geos_within_a_hundredth_of_a_second(
    lsoas: Outlines, seed: int
) -> None:
    track = walks(seed)
    by_geos = brute_force(track, lsoas, "line")
    found = ours(track, lsoas, "line")
    assert len(found) > 20
    assert worst(found, by_geos) < 0.01
    # The rule matters here: crediting to the earlier fix gives another answer.
    assert worst(found, ours(track, lsoas, "earlier")) > 5
