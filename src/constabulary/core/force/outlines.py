"""Checks the GeoJSON of the outlines: every LSOA once, each in a district of the force, the licence said."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from constabulary.core.errors import Problem
from constabulary.core.force.files import read_text
from constabulary.core.force.schema import LSOA_FILE

CODE, NAME = "lsoa11_code", "lsoa11_name"
"""The properties that hold an outline's code and name."""


def check_outlines(
    folder: Path, district_ids: list[str] | None, problems: list[Problem]
) -> tuple[str | None, dict[str, str]]:
    """Return the attribution the file asks for, and the name of each LSOA by its code; none when there is no file.

    Parameters
    ----------
    folder
        The force folder.
    district_ids
        The districts an outline may belong to; None where they could not be read.
    problems
        What is wrong is added here.
    """
    path = folder / LSOA_FILE
    if not path.is_file():
        return None, {}
    try:
        content = json.loads(read_text(path))
        features = content["features"]
        attribution = content["metadata"]["attribution"]
        found = [feature["properties"] | {"kind": feature["geometry"]["type"]} for feature in features]
    except json.JSONDecodeError as error:
        problems.append(_problem("not_geojson", f"cannot be read as GeoJSON ({error.msg}).", error.lineno))
        return None, {}
    except (KeyError, TypeError) as error:
        problems.append(
            _problem("not_geojson", f"is not a collection of outlines with an attribution ({error}).")
        )
        return None, {}
    problems += _of_features(found, district_ids)
    return str(attribution), {str(one.get(CODE)): str(one.get(NAME)) for one in found}


def _of_features(found: list[dict[str, Any]], district_ids: list[str] | None) -> list[Problem]:
    problems = []
    counts = Counter(feature.get(CODE) for feature in found)
    for number, feature in enumerate(found, start=1):
        place = f"outline {number:,}"
        if not feature.get(CODE) or not feature.get(NAME):
            problems.append(_problem("missing_value", f"{place} has no {CODE} or no {NAME}."))
        elif counts[feature[CODE]] > 1:
            problems.append(_problem("repeated_id", f"{place}: {feature[CODE]} is there more than once."))
        if district_ids is not None and feature.get("district_id") not in district_ids:
            problems.append(
                _problem(
                    "dangling_reference", f'{place}: "{feature.get("district_id")}" is not in districts.csv.'
                )
            )
        if feature["kind"] not in {"Polygon", "MultiPolygon"}:
            problems.append(_problem("not_geojson", f"{place} is a {feature['kind']}, not a polygon."))
    return problems


def _problem(rule: str, message: str, row: int | None = None) -> Problem:
    return Problem(
        rule=rule,
        message=message,
        file=LSOA_FILE,
        row=row,
        remedy="Make it again with the script beside it, or see docs/how-to/force-folder.md.",
    )
