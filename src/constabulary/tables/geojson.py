"""Outlines read from a GeoJSON file, with everything that is wrong with it told at once."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError  # type: ignore[attr-defined]

from constabulary.core.errors import BadInput, Problem
from constabulary.tables.outlines import Outlines, overlaps

MOST_BYTES = 512 * 1024 * 1024
SWAPPED = (49.0, -9.0, 61.5, 2.5)
"""Where the British Isles come to lie if latitude is taken for longitude (degrees: west, south, east, north)."""
LONGITUDE_LATITUDE = ("4326", "CRS84", "4258")
Feature = dict[str, Any]


def read_geojson(
    path: Path, *, id_key: str | None = None, name_key: str | None = None, attribution: str | None = None
) -> Outlines:
    """Return the outlines in a GeoJSON file, plain or gzipped.

    Parameters
    ----------
    path
        The file: a FeatureCollection of polygons and multi-polygons in longitude and latitude.
    id_key, name_key
        Properties that hold an area's code and name. Where not given: the first property that ends in "code"
        or "cd" and differs from area to area (or else in "id" or "ref", or else in "name" or "nm"), and the one
        like it that ends in "name" or "nm" (the code itself if there is none).
    attribution
        What maps must say; where not given, the file's own ("attribution", or the same within "metadata").

    Returns
    -------
    Outlines
        Areas in the file's order. Shapes that crossed themselves are repaired, and overlaps looked for; both
        are told in the notices.

    Raises
    ------
    BadInput
        When the file is no GeoJSON, its coordinates are not longitude and latitude, there are no areas, a
        shape is no polygon, or a code is missing or there twice. All problems at once.
    """
    content = _content(path)
    features: list[Feature] = content["features"]
    geometries, problems = _geometries(features)
    problems = _crs_problems(content) + problems
    properties = [each if isinstance(each := feature.get("properties"), dict) else {} for feature in features]
    keys = list(dict.fromkeys(key for each in properties for key in each))
    id_key = id_key or _guessed_id_key(keys, properties)
    if id_key is None or id_key not in keys:
        problems.append(_no_such_property("code", id_key, keys))
    else:
        problems += _id_problems(properties, id_key)
    if name_key is not None and name_key not in keys:
        problems.append(_no_such_property("name", name_key, keys))
    if problems or id_key is None:
        raise BadInput(replace(problem, file=path.name) for problem in problems)
    name_key = name_key or _guessed_name_key(keys, id_key)
    return _with_notices(
        Outlines(
            area_ids=tuple(str(each[id_key]) for each in properties),
            names=tuple(str(each.get(name_key) or each[id_key]) for each in properties),
            geometries=tuple(geometries),
            attribution=_attribution(content) if attribution is None else attribution,
        ),
        path.name,
    )


def _content(path: Path) -> dict[str, Any]:
    """Return the FeatureCollection in a file."""

    def refuse(message: str, remedy: str) -> BadInput:
        return BadInput(
            Problem(
                "not_geojson", message, file=path.name, expected="a GeoJSON FeatureCollection", remedy=remedy
            )
        )

    try:
        with path.open("rb") as stream:
            is_packed = stream.read(2) == b"\x1f\x8b"
        with path.open("rb") as stream:
            raw: bytes = (gzip.GzipFile(fileobj=stream) if is_packed else stream).read(MOST_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise refuse("The packed file is cut short or damaged.", "Fetch it again.") from error
    except OSError as error:
        raise refuse(f"The file cannot be opened ({error.strerror}).", "Check the path.") from error
    if len(raw) > MOST_BYTES:
        raise refuse("The file holds more than 512 MiB.", "Cut it to the force's area or simplify it.")
    try:
        read = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        remedy = "A shapefile or GeoPackage must be exported as GeoJSON first."
        raise refuse("The file cannot be read as GeoJSON.", remedy) from error
    content: dict[str, Any] = read if isinstance(read, dict) else {}
    features = content.get("features")
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise refuse("The file has no list of areas.", "Export the whole layer as GeoJSON.")
    if not features:
        raise refuse("The file has no areas in it.", "Check what was selected at export.")
    return content


def _crs_problems(content: dict[str, Any]) -> list[Problem]:
    """Return a problem when the file itself says that its coordinates are not longitude and latitude."""
    crs = content.get("crs")
    name = str((crs.get("properties") or {}).get("name", "")) if isinstance(crs, dict) else ""
    if not name or any(known in name for known in LONGITUDE_LATITUDE):
        return []
    return [_wrong_crs(f"The file says its coordinates are {name}.", name, "27700" in name)]


def _wrong_crs(message: str, value: str, is_british_grid: bool) -> Problem:
    grid = "They are British National Grid (EPSG:27700) metres, it seems. " if is_british_grid else ""
    convert = "Convert the file (ogr2ogr -t_srs EPSG:4326 OUT IN) or choose EPSG:4326 when downloading."
    expected = "longitude and latitude in degrees (EPSG:4326)"
    return Problem("wrong_crs", message, value=value, expected=expected, remedy=grid + convert)


def _geometries(features: list[Feature]) -> tuple[list[Any], list[Problem]]:
    """Return the shape of each feature, as in the file, and what is wrong with them."""
    geometries, no_polygon, outside = [], [], []
    for number, feature in enumerate(features, start=1):
        try:
            geometry = shapely.force_2d(shapely.geometry.shape(feature["geometry"]))
            is_area = geometry.geom_type in {"Polygon", "MultiPolygon"} and not geometry.is_empty
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, ShapelyError):
            is_area = False
        if not is_area:
            no_polygon.append(number)
            continue
        corners = shapely.get_coordinates(geometry)
        fits = (np.abs(corners) <= (180.0, 90.0)).all(axis=1)
        if not fits.all():
            outside.append((number, *corners[~fits][0]))
        elif shapely.area(_polygons(geometry)) == 0:
            no_polygon.append(number)
        geometries.append(geometry)
    problems = []
    if no_polygon:
        problems.append(
            Problem(
                rule="not_an_area",
                message=f"Outline {no_polygon[0]:,} is no area.",
                expected="a Polygon or MultiPolygon",
                remedy="Leave out points, lines and empty shapes.",
                count=len(no_polygon),
            )
        )
    if outside:
        number, x, y = outside[0]
        message = f"Outline {number:,} has a corner that is not at a longitude and latitude."
        in_grid = bool(0 <= x <= 700_000 and 0 <= y <= 1_300_000)
        problems.append(replace(_wrong_crs(message, f"{x:g}, {y:g}", in_grid), count=len(outside)))
    if geometries and not problems:
        west, south, east, north = shapely.total_bounds(geometries)
        if SWAPPED[0] <= west and SWAPPED[1] <= south and east <= SWAPPED[2] and north <= SWAPPED[3]:
            problems.append(
                Problem(
                    rule="latitude_first",
                    message="The outlines lie in the Indian Ocean: latitude stands before longitude, it seems.",
                    value=f"{west:g}, {south:g}",
                    expected="longitude, then latitude, as GeoJSON has it (RFC 7946, section 3.1.1)",
                    remedy="Export the layer again with longitude first.",
                )
            )
    return geometries, problems


def _polygons(geometry: Any) -> Any:
    """Return the shape made valid: what is within it stays within it, lines and points are left out."""
    if shapely.is_valid(geometry):
        return geometry
    return shapely.make_valid(geometry, method="structure", keep_collapsed=False)


def _with_notices(outlines: Outlines, file: str) -> Outlines:
    """Return the outlines with their shapes repaired, and notices of that and of overlaps."""
    notices = []
    crossed = [number for number, shape in enumerate(outlines.geometries) if not shapely.is_valid(shape)]
    if crossed:
        where = f"{outlines.area_ids[crossed[0]]}: the outline crosses itself and was repaired."
        notices.append(Problem("outline_repaired", where, file=file, count=len(crossed)))
        outlines = replace(outlines, geometries=tuple(_polygons(shape) for shape in outlines.geometries))
    if found := overlaps(outlines):
        one, other, share = found[0]
        where = f"{one} and {other} overlap by {share:.2g} of the smaller one."
        remedy = "A point in both counts in the one that comes first in the file."
        notices.append(Problem("outlines_overlap", where, file=file, remedy=remedy, count=len(found)))
    return replace(outlines, notices=tuple(notices))


def _guessed_id_key(keys: list[str], properties: list[Feature]) -> str | None:
    """Return the property that looks like a code, rather one that differs from area to area."""
    differing = [key for key in keys if len({str(each.get(key)) for each in properties}) == len(properties)]
    codes = [key for key in keys if key.lower().endswith(("code", "cd"))]
    # A code that comes twice is told; an id or a name stands in for a code only where it tells areas apart.
    found = [key for key in codes if key in differing] + codes
    for endings in (("id", "ref"), ("name", "nm")):
        found += [key for key in differing if key.lower().endswith(endings)]
    return next(iter(found), None)


def _guessed_name_key(keys: list[str], id_key: str) -> str | None:
    """Return the property that looks like a name, rather the one that begins as the code's does."""
    names = [key for key in keys if key.lower().endswith(("name", "nm"))]
    stem = id_key.lower()
    for ending in ("code", "cd", "id", "ref"):
        stem = stem.removesuffix(ending)
    alike = [key for key in names if key.lower() in {f"{stem}name", f"{stem}nm"}]
    return next(iter([*alike, *names]), None)


def _no_such_property(what: str, key: str | None, keys: list[str]) -> Problem:
    return Problem(
        rule=f"no_area_{what}",
        message=f"The areas have no property {key}."
        if key
        else f"No property of the areas looks like a {what}.",
        column=key,
        expected=f"one of {', '.join(keys)}" if keys else "areas with properties",
        remedy=f"Say which property holds the {what} of an area, or call it {what}.",
    )


def _id_problems(properties: list[Feature], id_key: str) -> list[Problem]:
    ids = [each.get(id_key) for each in properties]
    problems = []
    if missing := [number for number, area_id in enumerate(ids, start=1) if area_id in (None, "")]:
        message = f"Outline {missing[0]:,} has no code."
        expected = "a code for every area"
        problems.append(
            Problem("missing_area_code", message, column=id_key, expected=expected, count=len(missing))
        )
    counts = Counter(str(area_id) for area_id in ids if area_id not in (None, ""))
    if repeated := [area_id for area_id, n in counts.items() if n > 1]:
        problems.append(
            Problem(
                rule="repeated_area_code",
                message=f"{counts[repeated[0]]:,} outlines have the code {repeated[0]}.",
                column=id_key,
                value=repeated[0],
                expected="one outline a code",
                remedy="Join its parts into one MultiPolygon, or say which property is the code.",
                count=len(repeated),
            )
        )
    return problems


def _attribution(content: dict[str, Any]) -> str:
    metadata = content.get("metadata")
    within = metadata.get("attribution") if isinstance(metadata, dict) else None
    return str(content.get("attribution") or within or "")
