"""Fetching files that others publish, where the network allows: police.uk archives and ONS boundaries.

Nothing else in the package reaches the network, and nothing does so unless a person asks for it.

References
----------
data.police.uk, "Archive": one zip archive a month, each with every force's files of the three years up to it.
ArcGIS REST API, "Query (Feature Service/Layer)": `where`, `outFields`, `outSR`, `resultOffset`, `f=geojson`, and
`exceededTransferLimit`; the interface of the ONS Open Geography Portal.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.core.progress import Progress, silent
from constabulary.services.workspace.workspaces import open_force
from constabulary.store.whole import whole, write_whole
from constabulary.store.workspace import Workspace

POLICE_UK = "https://data.police.uk"
ONS = "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services"
LSOA_SERVICES = {
    2011: "Lower_Layer_Super_Output_Areas_DEC_2011_EW_BSC_V3",
    2021: "Lower_layer_Super_Output_Areas_December_2021_Boundaries_EW_BGC_V5",
}
"""Feature services of LSOA outlines by census; their names change now and then, so a caller may give another."""
ATTRIBUTION = (
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
    "Contains OS data © Crown copyright and database right {year}."
)
TIMEOUT_S = 60
_CHUNK_BYTES = 1024 * 1024


def fetch_police_uk(
    month: date,
    forces: Sequence[str],
    folder: Path,
    *,
    site: str = POLICE_UK,
    progress: Progress = silent,
) -> list[Path]:
    """Fetch the files of some forces from the data.police.uk archive of a month.

    The archive holds every force and up to three years, more than a gigabyte; only the forces' files are kept.

    Parameters
    ----------
    month
        The archive wanted, by any day of its month.
    forces
        Names of forces as in the file names, such as ``cambridgeshire``.
    folder
        Where the files go, in one folder a month.
    site
        The address of data.police.uk or of a mirror.
    progress
        Told the bytes done.

    Returns
    -------
    list of Path
        The files, in order of name.

    Raises
    ------
    NothingThere
        If the site cannot be reached, has no such archive, or the archive no such force.
    """
    address = f"{site.rstrip('/')}/data/archive/{month:%Y-%m}.zip"
    names = "|".join(re.escape(force) for force in forces)
    wanted = re.compile(rf"\d{{4}}-\d{{2}}-(?:{names})-(?:street|outcomes|stop-and-search)\.csv")
    with tempfile.TemporaryFile() as packed:
        with _opened(address) as answer:
            total = int(answer.headers.get("Content-Length") or 0)
            done = 0
            while data := answer.read(_CHUNK_BYTES):
                packed.write(data)
                done += len(data)
                progress(done, max(total, done), f"Fetching {address}")
        return _unpacked(packed, wanted, folder, address)


def fetch_lsoa_boundaries(
    workspace: Workspace,
    vintage: int,
    file: Path,
    *,
    service: str | None = None,
    site: str = ONS,
    progress: Progress = silent,
) -> int:
    """Fetch the LSOA outlines of a force's districts from the ONS Open Geography Portal, as GeoJSON.

    Parameters
    ----------
    workspace
        Whose force folder names the districts.
    vintage
        Census of the LSOAs, 2011 or 2021.
    file
        The GeoJSON file to write; import it with `constabulary import boundaries`.
    service
        Name of the feature service; None for the one known for the vintage.
    site
        The address of the services or of a mirror.
    progress
        Told the areas done.

    Returns
    -------
    int
        How many outlines were fetched.

    Raises
    ------
    NothingThere
        If the service cannot be reached or has no such areas.
    """
    if service is None and vintage not in LSOA_SERVICES:
        raise BadInput(
            Problem("no_such_vintage", f"no service is known for {vintage}.", expected="2011 or 2021")
        )
    name = service or LSOA_SERVICES[vintage]
    code_key, name_key = f"LSOA{vintage % 100}CD", f"LSOA{vintage % 100}NM"
    districts = [district.name.replace("'", "''") for district in open_force(workspace).districts]
    where = " OR ".join(f"{name_key} LIKE '{district} 0%'" for district in districts)
    features: list[dict[str, Any]] = []
    while True:
        query = urllib.parse.urlencode(
            {
                "where": where,
                "outFields": f"{code_key},{name_key}",
                "outSR": 4326,
                "orderByFields": code_key,
                "resultOffset": len(features),
                "f": "geojson",
            }
        )
        page = _json_at(f"{site.rstrip('/')}/{name}/FeatureServer/0/query?{query}")
        found = page.get("features", [])
        features += found
        progress(len(features), len(features) + 1, "Fetching outlines")
        more = page.get("exceededTransferLimit") or page.get("properties", {}).get("exceededTransferLimit")
        if not found or not more:
            break
    if not features:
        raise NothingThere(
            Problem(
                "no_such_areas",
                f"the service {name} has no areas of the force's districts.",
                expected="LSOA names that begin with a district's name",
                remedy="Name another service: --service NAME.",
            )
        )
    content = {
        "type": "FeatureCollection",
        "attribution": ATTRIBUTION.format(year=vintage),
        "features": features,
    }
    write_whole(file, json.dumps(content, ensure_ascii=False))
    return len(features)


def _opened(address: str) -> Any:
    if not address.startswith(("https://", "http://")):
        raise BadInput(Problem("bad_address", "is no web address.", value=address, expected="https://..."))
    request = urllib.request.Request(address, headers={"User-Agent": "constabulary"})  # noqa: S310 (checked above)
    try:
        return urllib.request.urlopen(request, timeout=TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()
        raise NothingThere(
            Problem(
                "not_published",
                f"{address} answered {error.code} {error.reason}.",
                expected="a published file",
                remedy="Check the month or the name of the service.",
            )
        ) from None
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise NothingThere(
            Problem(
                "no_network",
                f"{address} cannot be reached ({reason}).",
                expected="a way to the network from this machine",
                remedy="Fetch the file in a browser elsewhere, bring it here and import it.",
            )
        ) from None


def _json_at(address: str) -> dict[str, Any]:
    with _opened(address) as answer:
        raw = answer.read()
    try:
        page = json.loads(raw)
    except ValueError:
        page = None
    if not isinstance(page, dict) or "error" in page:
        told = (
            page["error"].get("message", "")
            if isinstance(page, dict) and isinstance(page["error"], dict)
            else ""
        )
        raise NothingThere(
            Problem(
                "service_refused",
                f"the service did not answer with outlines{f' ({told})' if told else ''}.",
                value=address.partition("?")[0],
                expected="GeoJSON",
                remedy="Name another service: --service NAME.",
            )
        )
    return page


def _unpacked(packed: IO[bytes], wanted: re.Pattern[str], folder: Path, address: str) -> list[Path]:
    """Write the files wanted from an archive, each whole or not at all."""
    kept = []
    try:
        with zipfile.ZipFile(packed) as archive:
            for member in sorted(archive.namelist()):
                name = member.rpartition("/")[2]
                if not wanted.fullmatch(name):
                    continue
                target = folder / name[:7] / name
                with whole(target) as partial, archive.open(member) as source, partial.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
                kept.append(target)
    except zipfile.BadZipFile as error:
        raise BadInput(
            Problem(
                "damaged_archive",
                f"what was fetched is no whole archive ({error}).",
                value=address,
                remedy="Try again.",
            )
        ) from error
    if not kept:
        raise NothingThere(
            Problem(
                "no_such_force",
                "the archive has no files of these forces.",
                value=address,
                expected="names as in the file names, such as cambridgeshire",
            )
        )
    return kept
