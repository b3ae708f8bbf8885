"""Point to area beside GeoPandas: one million points, the 487 LSOAs, CPU time.

Run with `pytest benchmarks/bench_point_to_area.py -s`. Both start from arrays of longitude and latitude and are asked
the same question, and their answers must be the same. Building our index and GeoPandas' frame of areas is left out and
ours told apart. GeoPandas must make points of the arrays first: the ratio is told with that and without, and the
target is held to without.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from constabulary.numeric.grid import AreaIndex
from constabulary.tables.geojson import read_geojson
from constabulary.tables.outlines import Outlines, rings_of

geopandas = pytest.importorskip("geopandas", reason="GeoPandas, the peer, is not installed (bench group)")

N_POINTS = 1_000_000
TARGET = 20
SHIPPED = Path(str(files("constabulary"))) / "forces" / "cambridgeshire" / "geography" / "lsoa_2011.geojson"
DETAILED = Path(__file__).parents[2] / "shared" / "data" / "geography" / "cambs_lsoa_2011.geojson"


@pytest.fixture(scope="module", params=[SHIPPED, DETAILED], ids=["shipped outlines", "detailed outlines"])
def outlines(request: pytest.FixtureRequest) -> Outlines:
    if not request.param.is_file():
        pytest.skip(f"{request.param.name} is not beside the project")
    return read_geojson(request.param)


@pytest.fixture(scope="module", params=["even over the map", "even over LSOAs"])
def points(request: pytest.FixtureRequest, outlines: Outlines) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes: anywhere in the frame of the force, or as many around each LSOA, as people live."""
    rng = np.random.default_rng(1)
    west, south, east, north = shapely.total_bounds(list(outlines.geometries))
    if request.param == "even over LSOAs":
        west, south, east, north = shapely.bounds(list(outlines.geometries))[
            rng.integers(0, len(outlines), N_POINTS)
        ].T
    return rng.uniform(west, east, N_POINTS), rng.uniform(south, north, N_POINTS)


def sjoin(areas: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The area of each point by GeoPandas, the lowest number where there are several."""
    frame = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(x, y), crs=areas.crs)
    joined = geopandas.sjoin(frame, areas, how="left", predicate="intersects")
    number = joined["index_right"].fillna(-1).to_numpy(np.int32)
    return (
        number
        if len(number) == len(x)
        else joined["index_right"].groupby(level=0).min().fillna(-1).to_numpy(np.int32)
    )


def cpu_s(work: Callable[[], Any], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return statistics.median(times)


def test_build(benchmark: Any, outlines: Outlines) -> None:
    rings = rings_of(outlines)
    AreaIndex.build(*rings)
    benchmark(AreaIndex.build, *rings)


def test_locate(benchmark: Any, outlines: Outlines, points: tuple[np.ndarray, np.ndarray]) -> None:
    index = AreaIndex.build(*rings_of(outlines))
    index.locate([0.0], [0.0])
    benchmark(index.locate, *points)


def test_point_to_area_takes_a_twentieth_of_the_time_of_sjoin(
    outlines: Outlines, points: tuple[np.ndarray, np.ndarray], record_property: Callable[[str, Any], None]
) -> None:
    areas = geopandas.GeoDataFrame(geometry=list(outlines.geometries), crs="EPSG:4326")
    rings = rings_of(outlines)
    index = AreaIndex.build(*rings)
    assert (index.locate(*points) == sjoin(areas, *points)).all()
    measured = {
        "build_s": cpu_s(lambda: AreaIndex.build(*rings), 5),
        "locate_s": cpu_s(lambda: index.locate(*points), 9),
        "sjoin_s": cpu_s(lambda: sjoin(areas, *points), 3),
        "sjoin_points_s": cpu_s(lambda: geopandas.points_from_xy(*points), 3),
    }
    measured["ratio"] = measured["sjoin_s"] / measured["locate_s"]
    measured["ratio_without_making_points"] = (measured["sjoin_s"] - measured["sjoin_points_s"]) / measured[
        "locate_s"
    ]
    for name, value in measured.items():
        record_property(name, round(value, 4))
    print("\n" + "  ".join(f"{name} {value:.3g}" for name, value in measured.items()))
    assert measured["ratio_without_making_points"] >= TARGET
