"""The file of visits is put where it was asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from constabulary.cover.fixes import label_of
from constabulary.numeric.grid import AreaIndex
from constabulary.services.cover.areas import Outlined
from constabulary.services.cover.pings import Names
from constabulary.services.cover.visits import VisitFile
from constabulary.tables.outlines import Outlines

SQUARE = AreaIndex.build(np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]), [0, 5], [0])


def test_visits_are_written_to_what_a_link_leads_to(tmp_path: Path) -> None:
    disc = tmp_path / "a larger disc"
    disc.mkdir()
    link = tmp_path / "visits.parquet"
    try:
        link.symlink_to(disc / "visits.parquet")
    except OSError:
        pytest.skip("this system lets nobody make links")
    names = Names()
    names.units.coded(pl.Series(["one"]))
    file = VisitFile(link, names, Outlined(Outlines(("A",), ("A",), ()), SQUARE, ""), has_stations=False)
    file.add(np.array([[0, 0, label_of(0, 0, 2), 0, 60_000_000]]))
    assert file.finish() == 1
    assert link.is_symlink()
    assert [one.name for one in disc.iterdir()] == ["visits.parquet"]
    assert pl.read_parquet(disc / "visits.parquet")["seconds"].to_list() == [60.0]
