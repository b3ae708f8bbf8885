"""Grid references against the Ordnance Survey's own worked example."""

import math

import polars as pl
import pytest

from constabulary.sources.grid_reference import longitude_latitude


def test_caister_water_tower_is_where_the_ordnance_survey_says_within_five_metres() -> None:
    # Ordnance Survey, A guide to coordinate systems in Great Britain, annexe on OSTN02: ETRS89 52 39 28.8282 N,
    # 1 42 57.8663 E is National Grid 651409.792, 313177.448.
    latitude, longitude = 52 + 39 / 60 + 28.8282 / 3600, 1 + 42 / 60 + 57.8663 / 3600
    x, y = longitude_latitude(pl.Series([651409.792]), pl.Series([313177.448]))
    metres_a_degree = 111_300
    east = (x[0] - longitude) * metres_a_degree * math.cos(math.radians(latitude))
    north = (y[0] - latitude) * metres_a_degree
    assert math.hypot(east, north) < 5


def test_places_outside_the_grid_or_without_a_reference_are_empty() -> None:
    x, y = longitude_latitude(
        pl.Series([-1.0, 700_001.0, None, 500_000.0]), pl.Series([5.0, 5.0, 5.0, 200_000.0])
    )
    assert x.is_null().to_list() == y.is_null().to_list() == [True, True, True, False]
    assert y[3] == pytest.approx(51.7, abs=0.1)
