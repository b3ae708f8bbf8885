"""The public edition on the site: page, map, files and interface show what was published, and hide what was hidden."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.services.cover.edition import PublicCover
from constabulary.services.cover.public import public_cover, published_cover
from constabulary.services.records.synthesise_positions import synthesise_positions
from constabulary.services.workspace.workspaces import new_workspace, open_workspace

WESTMARCH = Path(__file__).parents[1] / "forces" / "westmarch"
RULES = {"least_units": 14, "least_hours": 20, "rounding_hours": 2, "protection_hours": 20, "delay_days": 14}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one month of positions, under rules that hide a good part of it."""
    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(WESTMARCH, folder / "force")
    rows = [f"{rule},{value},,,assumed,Strict for this test" for rule, value in RULES.items()]
    text = "\n".join(["rule,value,source_id,where,status,note", *rows, ""])
    (folder / "force" / "cover" / "disclosure.csv").write_text(text, encoding="utf-8")
    made = new_workspace(folder / "workspace", str(folder / "force"))
    synthesise_positions(made, first_on=date(2022, 2, 1), n_days=28, by="the test")
    return made.path


@pytest.fixture(scope="module")
def client(path: Path, client_of: Callable[[Path], Any]) -> Any:
    return client_of(path)


@pytest.fixture(scope="module")
def found(path: Path, client: Any) -> PublicCover:
    # Nothing is there before it is published, and asking publishes nothing.
    assert client.get("/api/cover/public").status == 404
    assert client.get("/cover/public/areas.geojson").status == 404
    return public_cover(open_workspace(path), "lsoa", on=date(2022, 6, 1))


def test_map_files_and_interface_give_the_figures_that_were_published(
    client: Any, found: PublicCover
) -> None:
    told = {one.area_id: one.hours for one in found.areas}
    assert 0 < found.n_hidden < len(told)
    areas = json.loads(client.get("/cover/public/areas.geojson?level=lsoa").text)["features"]
    drawn = {one["properties"]["area_id"]: one["properties"] for one in areas}
    assert {area: own["count"] for area, own in drawn.items()} == told
    assert {area for area, own in drawn.items() if own["class"] is None} == {
        area for area, hours in told.items() if hours is None
    }
    taken = pl.read_csv(io.BytesIO(client.get("/cover/public/hours.csv?level=lsoa").body))
    assert dict(taken.select("area_id", "all_months").iter_rows()) == told
    hours = ["2022-02", "all_months"]
    assert taken.columns == [
        "area_id", "name", "residents", *hours, *(f"visible_{one}" for one in hours), "visible_per_1000",
        "is_synthetic",
    ]  # fmt: skip
    assert found.is_synthetic and taken["is_synthetic"].all()
    visible = {one.area_id: one.visible_hours for one in found.areas}
    assert dict(taken.select("area_id", "visible_all_months").iter_rows()) == visible
    given = json.loads(client.get("/api/cover/public?by=lsoa").text)
    assert given == json.loads(json.dumps(found.as_json()))


def test_nothing_on_the_site_tells_a_hidden_figure_or_a_unit(client: Any, found: PublicCover) -> None:
    page = client.get("/cover/public/?level=lsoa").text
    assert page.count("<td") and page.count(">not shown<") == 2 * found.n_hidden
    assert "Median interval: 3 minutes." in page
    for form in ("svg", "png"):
        answer = client.get(f"/cover/public/picture.{form}?level=lsoa")
        assert answer.status == 200 and answer.body.startswith(b"<svg" if form == "svg" else b"\x89PNG")
    hidden = {one.area_id for one in found.areas if one.hours is None}
    geojson = json.loads(client.get("/cover/public/areas.geojson?level=lsoa").text)
    for one in geojson["features"]:
        if one["properties"]["area_id"] in hidden:
            values = {
                key: value for key, value in one["properties"].items() if isinstance(value, int | float)
            }
            assert not any(type(value) is not bool for value in values.values()), values
    assert "units" not in json.dumps(geojson)


@pytest.mark.browser
def test_axe_finds_nothing_on_the_public_page_and_it_does_not_scroll_sideways(
    open_tab: Any, see: Any, serving: Any, path: Path, found: PublicCover
) -> None:
    with serving(path) as site:
        tab = open_tab(site)
        [page] = see(tab, ["/cover/public/?level=lsoa"]).values()
        drawn = tab.locator(".app-map").get_attribute("data-drawn")
        tab.context.close()
    assert page.faults == ()
    assert drawn == str(len(found.areas))


def test_visible_time_is_shown_per_resident_where_residents_are_known_and_in_hours_elsewhere(
    client: Any, path: Path, found: PublicCover
) -> None:
    edition = published_cover(open_workspace(path), "district")
    assert edition is not None
    rates = {one.name: one.visible_per_1000 for one in edition.areas if one.visible_per_1000 is not None}
    assert rates
    page = client.get("/cover/public/?level=district&show=rate").text
    assert "Visible hours per 1,000 residents" in page
    most = max(rates, key=lambda name: rates[name])
    assert f"most per 1,000 residents in {most} ({rates[most]:,.1f} hours)" in page
    assert all(name in page and f">{rate:,.1f}<" in page for name, rate in rates.items())
    # Nobody knows the residents of the invented LSOAs.
    page = client.get("/cover/public/?level=lsoa&show=rate").text
    assert "Residents of these areas are not known" in page
    geojson = json.loads(client.get("/cover/public/areas.geojson?level=lsoa&show=rate").text)
    drawn = {one["properties"]["area_id"]: one["properties"]["count"] for one in geojson["features"]}
    assert drawn == {one.area_id: one.visible_hours for one in found.areas}


def test_the_first_sentence_tells_the_figure_its_months_and_that_it_is_made_up(
    client: Any, found: PublicCover
) -> None:
    page = client.get("/cover/public/?level=lsoa").text
    opening = page.split('app-answer">')[1].split("</p>")[0]
    assert opening.startswith("In February 2022 synthetic units were seen")
    assert f"{found.n_hidden} of {len(found.areas)} areas are not shown" in opening
    shown = [one for one in found.areas if one.hours is not None]
    assert f"{shown[0].name} ({shown[0].hours:,.0f})" in opening
    # The whole may be hidden where some of its parts are not.
    untold = replace(found, observed_hours=None)
    assert f"seen in {len(shown)} areas" in untold.sentence() and "too few" not in untold.sentence()


def test_before_anything_is_published_the_first_sentence_says_so(
    tmp_path: Path, client_of: Callable[[Path], Any]
) -> None:
    made = new_workspace(tmp_path / "workspace", str(WESTMARCH))
    synthesise_positions(made, first_on=date(2022, 2, 1), n_days=1, by="the test")
    page = client_of(made.path).get("/cover/public/").text
    assert 'app-answer">Nothing has been published yet, so the public sees no month of cover' in page
