"""What is added to accepted rows, and what is read for it."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from constabulary.core.force import load_force
from constabulary.services.records.deriving import Deriving
from constabulary.services.workspace.placing import Places
from constabulary.tables.catalogue import CONTRACTS

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"


def test_names_of_areas_are_read_where_a_code_stands_without_one_and_not_otherwise() -> None:
    n_read = 0

    def names() -> dict[str, str]:
        nonlocal n_read
        n_read += 1
        return {"W01": "Highmoor 001A"}

    def named(name: str | None) -> list[str | None]:
        derive = Deriving(load_force(WESTMARCH), Places(None, names, None, None))
        frame = pl.DataFrame(
            {"lsoa_code": ["W01"], "lsoa_name": [name], "longitude": [None], "latitude": [None]},
            schema={
                "lsoa_code": pl.Categorical(),
                "lsoa_name": pl.Categorical(),
                "longitude": pl.Float64,
                "latitude": pl.Float64,
            },
        )
        return derive(frame, CONTRACTS["crimes"])["lsoa_name"].to_list()

    assert (named("Saltreach 002B"), n_read) == (["Saltreach 002B"], 0)
    assert (named(None), n_read) == (["Highmoor 001A"], 1)
