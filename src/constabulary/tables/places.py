"""Telling the district and the neighbourhood of an area from its name, once per distinct name.

A lower layer super output area is named after its local authority, with a three-digit stem shared by its neighbours and
a letter: "Fenland 004B" lies in the district Fenland and the neighbourhood "Fenland 004". Names survive the change of
codes between censuses, so districts count right for every vintage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from constabulary.tables.check import by_distinct


def district_by_name(lsoa_name: pl.Series, districts: Mapping[str, str]) -> pl.Series:
    """Return the district each area name lies in.

    Parameters
    ----------
    lsoa_name
        Names, shape (rows,).
    districts
        District id by district name.

    Returns
    -------
    polars.Series
        District ids as categories, shape (rows,); empty outside the districts.
    """
    longest_first = sorted(districts, key=len, reverse=True)
    pattern = rf"^({'|'.join(re.escape(name) for name in longest_first)}) \d{{3}}[A-Z]+$"
    judge = (
        pl.col("value")
        .str.extract(pattern, 1)
        .replace_strict(dict(districts), default=None, return_dtype=pl.String)
    )
    return by_distinct(lsoa_name, judge, pl.Categorical())


def neighbourhood_by_name(lsoa_name: pl.Series, districts: Mapping[str, str]) -> pl.Series:
    """Return the neighbourhood each area name lies in, in the districts given; empty outside them."""
    longest_first = sorted(districts, key=len, reverse=True)
    pattern = rf"^((?:{'|'.join(re.escape(name) for name in longest_first)}) \d{{3}})[A-Z]+$"
    return by_distinct(lsoa_name, pl.col("value").str.extract(pattern, 1), pl.Categorical())
