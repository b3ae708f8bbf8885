"""Fetching, against a small server on this machine that answers as the published interfaces are documented to."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from constabulary.services.workspace.workspaces import Workspace

Run = Callable[..., Any]
AREAS = [("W21", "Highmoor 001A"), ("W22", "Highmoor 001B"), ("W23", "Highmoor 001C")]


class Published(BaseHTTPRequestHandler):
    """An archive of one month, and a feature service that gives two areas a page."""

    asked: list[dict[str, list[str]]]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/data/archive/2022-03.zip":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                for force in ("westmarch", "westmarch-north"):
                    archive.writestr(f"2022-02/2022-02-{force}-street.csv", f"of {force}")
                archive.writestr("2022-03/2022-03-westmarch-stop-and-search.csv", "stops")
                archive.writestr("2022-03/../../2022-03-westmarch-street.csv", "elsewhere")
            self.reply(packed.getvalue())
        elif parts.path == "/Some_LSOA_2021/FeatureServer/0/query":
            query = parse_qs(parts.query)
            self.asked.append(query)
            first = int(query["resultOffset"][0])
            page = [
                {
                    "type": "Feature",
                    "properties": {"LSOA21CD": code, "LSOA21NM": name},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[-3.6, 52.2], [-3.5, 52.2], [-3.5, 52.3], [-3.6, 52.2]]],
                    },
                }
                for code, name in AREAS[first : first + 2]
            ]
            more = {"properties": {"exceededTransferLimit": True}} if first + 2 < len(AREAS) else {}
            self.reply(json.dumps({"type": "FeatureCollection", "features": page, **more}).encode())
        elif parts.path.startswith("/Gone"):
            self.reply(b'{"error": {"code": 400, "message": "Invalid URL"}}')
        else:
            self.send_error(404)

    def reply(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    Published.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Published)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_force_s_own_files_are_kept_from_the_archive_and_nothing_lands_outside_the_folder(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path, site: str
) -> None:
    folder = tmp_path / "downloads"
    run_json("fetch", "police-uk", "2022-03", folder, "--site", site, workspace=invented_workspace)
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert found == [
        "2022-02/2022-02-westmarch-street.csv",
        "2022-03/2022-03-westmarch-stop-and-search.csv",
        "2022-03/2022-03-westmarch-street.csv",
    ]
    assert (folder / found[0]).read_text(encoding="utf-8") == "of westmarch"


def test_outlines_are_fetched_page_by_page_and_can_be_imported(
    invented_workspace: Workspace, run_json: Run, tmp_path: Path, site: str
) -> None:
    file = tmp_path / "lsoa21.geojson"
    answer = run_json(
        "fetch",
        "boundaries",
        file,
        "--service",
        "Some_LSOA_2021",
        "--site",
        site,
        workspace=invented_workspace,
    )
    assert answer["areas"] == 3
    assert [query["resultOffset"] for query in Published.asked] == [["0"], ["2"]]
    assert "LSOA21NM LIKE 'Highmoor 0%'" in Published.asked[0]["where"][0]
    assert (Published.asked[0]["outSR"], Published.asked[0]["f"]) == (["4326"], ["geojson"])
    report = run_json("import", "boundaries", file, workspace=invented_workspace)
    assert report["areas"] == 3
    assert "Office for National Statistics" in report["attribution"]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("police-uk", "1999-01", "downloads"), "answered 404"),
        (("boundaries", "a.geojson", "--service", "Gone"), "Invalid URL"),
        (("police-uk", "2022-03", "downloads", "--force", "nowhere"), "no files of these forces"),
    ],
)
def test_what_is_not_published_is_told(
    invented_workspace: Workspace, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: str,
    command: tuple[str, ...], told: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    result = run("fetch", *command, "--site", site, workspace=invented_workspace)
    assert result.exit_code == 9
    assert told in result.stderr


def test_no_network_is_told_with_what_to_do_instead(
    invented_workspace: Workspace, run: Run, tmp_path: Path
) -> None:
    # Port 9 (discard) of this machine answers nobody.
    result = run(
        "fetch",
        "police-uk",
        "2022-03",
        tmp_path,
        "--site",
        "http://127.0.0.1:9",
        workspace=invented_workspace,
    )
    assert result.exit_code == 9
    assert "cannot be reached" in result.stderr
    assert "bring it here and import it" in result.stderr
