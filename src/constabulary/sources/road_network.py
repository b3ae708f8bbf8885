"""A road network as OSMnx and like tools write OpenStreetMap out: a CSV of nodes and one of edges, each one way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.response.travel import Roads
from constabulary.sources.travel_times import read_columns

NODE_COLUMNS = ("node_id", "lat", "lon")
EDGE_COLUMNS = ("u", "v", "length_m", "maxspeed", "highway")
KMH_PER_MPH = 1.609344


def read_roads(nodes: Path, edges: Path, values: Mapping[str, Any]) -> Roads:
    """Return a road network with the time along each edge on a free road.

    Parameters
    ----------
    nodes
        CSV, plain or gzipped, with `node_id`, `lat` and `lon` (degrees).
    edges
        CSV, plain or gzipped, with `u`, `v` (nodes), `length_m`, `maxspeed` ("30 mph" or kilometres an hour; several
        parted by semicolons: their mean; empty: by class) and `highway` (its class).
    values
        `road_class_kmh` and `limit_share`.

    Raises
    ------
    BadInput
        With what is wrong with the files.
    """
    places = read_columns(nodes, NODE_COLUMNS).with_columns(
        pl.col("lat", "lon").cast(pl.Float64, strict=False)
    )
    ways = read_columns(edges, EDGE_COLUMNS).with_columns(pl.col("length_m").cast(pl.Float64, strict=False))
    problems = [
        Problem("not_a_number", "is no number", path.name, None, column, None, "a number", count=n)
        for table, path, columns in ((places, nodes, ("lat", "lon")), (ways, edges, ("length_m",)))
        for column in columns
        if (n := int(table[column].is_null().sum()))
    ]
    number = {node: row for row, node in enumerate(places["node_id"])}
    ends = {end: ways[end].replace_strict(number, default=None, return_dtype=pl.Int64) for end in ("u", "v")}
    for end, found in ends.items():
        if n := int(found.is_null().sum()):
            problems.append(
                Problem(
                    "unknown_node",
                    f"names nodes that are not in {nodes.name}",
                    edges.name,
                    None,
                    end,
                    None,
                    "a node_id",
                    count=n,
                )
            )
    if problems:
        raise BadInput(problems)
    kmh = _limit_kmh(ways, values["road_class_kmh"]) * float(values["limit_share"])
    return Roads(
        places["lon"].to_numpy(),
        places["lat"].to_numpy(),
        ends["u"].to_numpy(),
        ends["v"].to_numpy(),
        ways["length_m"].to_numpy() / 1000.0 / kmh * 60.0,
    )


def _limit_kmh(ways: pl.DataFrame, by_class: Mapping[str, float]) -> Any:
    """Return the speed limit of each edge (km/h): signed, else by class; the first class where there are several."""
    signed = {text: _signed_kmh(text) for text in ways["maxspeed"].drop_nulls().unique()}
    first = ways["highway"].fill_null("").str.split(";").list.first().str.strip_suffix("_link")
    usual = first.replace_strict(dict(by_class), default=by_class["any_other"], return_dtype=pl.Float64)
    limit = ways["maxspeed"].replace_strict(signed, default=None, return_dtype=pl.Float64)
    return np.asarray(limit.fill_null(usual).to_numpy(), dtype=np.float64)


def _signed_kmh(text: str) -> float | None:
    """Return the mean of limits such as "30 mph;20 mph" (km/h); None where none can be read."""
    found = []
    for part in text.split(";"):
        words = part.split()
        try:
            speed = float(words[0])
        except (ValueError, IndexError):
            continue
        if speed > 0.0:
            found.append(speed * (KMH_PER_MPH if "mph" in words else 1.0))
    return sum(found) / len(found) if found else None
