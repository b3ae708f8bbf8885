"""Telling the district and the neighbourhood of an area from its name: the one rule, for a name and for a column.

A lower layer super output area is named after its local authority, with a three-digit stem shared by its neighbours and
a letter: "Fenland 004B" lies in the district Fenland and the neighbourhood "Fenland 004". Names survive the change of
codes between censuses, so districts count right for every vintage.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import polars as pl

from constabulary.tables.check import Distinct

NAMED = r"^((.+) [0-9]{3})[A-Z]+$"
"""The name of an LSOA, in which stand that of its neighbourhood and, in that, that of its district."""
_NUMBER = len(" 001")
"""Characters of a neighbourhood's name after that of its district."""


def neighbourhood_of(lsoa_name: str) -> str | None:
    """Return the stem that an LSOA's name shares with its neighbours', None where the name has none.

    Examples
    --------
    >>> neighbourhood_of("Fenland 004B")
    'Fenland 004'
    """
    match = re.fullmatch(NAMED, lsoa_name)
    return match[1] if match else None


def district_of(lsoa_name: str, district_names: Collection[str]) -> str | None:
    """Return the district that an LSOA is named after, None where it is none of these.

    Examples
    --------
    >>> district_of("South Cambridgeshire 001A", ["Cambridge", "South Cambridgeshire"])
    'South Cambridgeshire'
    """
    match = re.fullmatch(NAMED, lsoa_name)
    return match[2] if match and match[2] in district_names else None


def placed_by_name(lsoa_name: pl.Series, districts: Mapping[str, str]) -> tuple[pl.Series, pl.Series]:
    """Return the district and the neighbourhood each area name lies in, worked out once per distinct name.

    Parameters
    ----------
    lsoa_name
        Names, shape (rows,).
    districts
        District id by district name.

    Returns
    -------
    district, neighbourhood
        Ids as categories, each of shape (rows,); empty outside the districts.
    """
    distinct = Distinct(lsoa_name)
    stem = distinct.values.str.extract(NAMED)
    name = stem.str.head(-_NUMBER)
    district = name.replace_strict(dict(districts), default=None, return_dtype=pl.String)
    stem = stem.set(district.is_null(), None)
    return distinct.spread(district, pl.Categorical()), distinct.spread(stem, pl.Categorical())
