"""The demand pages with records in a real browser: accessible, narrow, without scripts, and the map that moves."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.web.browsing import arrived

from constabulary.services.demand import maps
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import numbers

pytestmark = pytest.mark.browser

ADDRESSES = (
    "/demand/",
    "/demand/?from=2022-02&to=2022-03&area=district:W99900002",
    "/demand/contacts/",
    "/demand/when/",
    "/demand/when/?of=calls",
    "/demand/where/",
    "/demand/where/?of=incidents&level=lsoa&show=count",
    "/demand/where/?area=district:W99900002&level=neighbourhood",
    "/demand/crime/",
    "/demand/working/typical_day/",
    "/demand/working/areas_crimes/?table=crimes",
    "/demand/?from=2024-13&area=planet:earth",
    "/demand/crime/?from=1999-01&to=1999-02",
)

COLOURS = """async (png) => {
  const picture = new Image();
  picture.src = "data:image/png;base64," + png;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width, picture.height];
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const seen = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  const n = new Map();
  for (const one of seen) n.set(one, (n.get(one) ?? 0) + 1);
  return Math.max(...n.values()) / seen.length;
}"""
"""Gives the share of a picture that its commonest colour takes."""


HOVERING = """() => {
  const canvas = document.querySelector(".app-map__canvas canvas");
  const said = document.querySelector(".app-map__said");
  canvas.scrollIntoView({ block: "center" });
  const box = canvas.getBoundingClientRect();
  return Array.from({ length: 10 }, (_, step) => {
    const place = { clientX: box.x + box.width * (0.25 + step * 0.05), clientY: box.y + box.height / 2, bubbles: true };
    canvas.dispatchEvent(new MouseEvent("mousemove", place));
    return said.textContent;
  });
}"""
"""Moves the pointer over ten areas in one go, while nothing is drawn; gives what is said after each move."""


@pytest.fixture
def tab_of(open_tab: Any, full_site: str) -> Any:
    """Open tabs on the full workspace, closed after the test."""
    tabs = []

    def open_one(**options: Any) -> Any:
        tabs.append(open_tab(full_site, **options))
        return tabs[-1]

    yield open_one
    for tab in tabs:
        tab.context.close()


def ready(tab: Any, address: str) -> None:
    tab.goto(address)
    arrived(tab)


@pytest.fixture(scope="module")
def seen(open_tab: Any, full_site: str, see: Any) -> Any:
    """What a browser with scripts sees at the addresses, and whom it asks."""
    tab = open_tab(full_site)
    found = see(tab, ADDRESSES)
    tab.context.close()
    return found, tab.asked


# One worker looks at each page once for both tests.
demand_pages = pytest.mark.xdist_group("demand_pages")


@demand_pages
def test_axe_finds_nothing_and_no_demand_page_scrolls_sideways_or_asks_another_site(
    seen: Any, full_site: str
) -> None:
    pages, asked = seen
    wrong = [line for one in pages.values() for line in one.faults]
    assert not wrong, "\n".join(wrong)
    assert not {url for url in asked if not url.startswith((full_site, "data:", "blob:"))}


@demand_pages
def test_without_scripts_the_same_is_said_and_the_map_is_a_picture(
    seen: Any, tab_of: Any, read_beside_maps: Any
) -> None:
    tab = tab_of(java_script_enabled=False)
    for address, one in seen[0].items():
        assert tab.goto(address).status == one.status in (200, 400)
        assert read_beside_maps(tab) == one.text, address
        if tab.locator(".app-map").count():
            picture = tab.locator(".app-map img").first
            assert picture.bounding_box()["height"] > 100
            assert "per 1,000" in picture.get_attribute("alt") or "Map of" in picture.get_attribute("alt")
            assert "JavaScript" in tab.locator(".app-map").inner_text()


@pytest.mark.parametrize("measure", ["rate", "count"])
def test_hovering_an_area_of_the_map_shows_its_name_and_the_services_figure(
    tab_of: Any, full: Workspace, measure: str
) -> None:
    drawn = maps.area_map(full, level="district", measure=measure)
    places = 1 if measure == "rate" else 0
    expected = {
        name: numbers.number(value, places)
        for name, value in zip(drawn.outlines.names, drawn.values, strict=True)
    }
    tab = tab_of()
    ready(tab, f"/demand/where/?show={measure}")
    assert tab.locator(".app-map__canvas canvas").count() == 1
    labels = tab.locator(".app-map__label").all()
    assert len(labels) == len(expected) == 3
    for label in labels:
        label.scroll_into_view_if_needed()
        box = label.bounding_box()
        name, figure = label.inner_text().split("\n")
        assert figure == expected[name]
        tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        told = re.compile("^" + re.escape(f"{name}: {expected[name]} crimes"))
        expect(tab.locator(".app-map__said")).to_have_text(told)


def test_the_map_is_drawn_and_not_blank(tab_of: Any) -> None:
    tab = tab_of()
    ready(tab, "/demand/where/?level=lsoa&show=count")
    png = base64.b64encode(tab.locator(".app-map__canvas").screenshot()).decode()
    plain = tab_of()
    plain.goto("about:blank")
    assert plain.evaluate(COLOURS, png) < 0.9
    attribution = tab.locator(".maplibregl-ctrl-attrib")
    expect(attribution).to_contain_text("Invented outlines for tests.")


def test_an_area_can_be_found_by_keyboard_alone(tab_of: Any, full: Workspace) -> None:
    drawn = maps.area_map(full, level="district", measure="rate")
    first = min(drawn.outlines.names)
    tab = tab_of()
    ready(tab, "/demand/where/")
    tab.locator("#map-area").focus()
    tab.keyboard.press("ArrowDown")
    said = tab.locator(".app-map__said")
    expect(said).to_have_text(re.compile(f"^{re.escape(first)}: "))
    expect(said).to_have_attribute("role", "status")
    tab.keyboard.press("Tab")
    expect(tab.locator(".app-map :focus:not(#map-area)")).to_have_count(1)


def test_a_browser_that_cannot_draw_the_map_shows_the_picture_instead(tab_of: Any) -> None:
    tab = tab_of()
    tab.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    tab.goto("/demand/where/")
    picture = tab.locator(".app-map__failed img")
    expect(picture).to_be_visible()
    expect(picture).to_have_attribute("src", re.compile("^/demand/chart/areas_crimes.svg"))


def test_filters_chosen_in_the_form_stay_in_the_address_and_in_the_way_to_the_next_page(tab_of: Any) -> None:
    tab = tab_of()
    tab.goto("/demand/crime/")
    tab.get_by_label("Area").select_option(label="Saltreach")
    tab.get_by_role("button", name="Apply").click()
    tab.wait_for_url(re.compile(r"/demand/crime/\?.*area=district"))
    table = tab.locator("main table").first
    n = table.inner_text()
    tab.get_by_role("navigation", name="Demand pages").get_by_role("link", name="Where").click()
    tab.wait_for_url(re.compile(r"/demand/where/\?.*area=district"))
    expect(tab.get_by_label("Area", exact=True)).to_have_value("district:W99900002")
    tab.go_back()
    tab.wait_for_url(re.compile(r"/demand/crime/\?.*area=district"))
    expect(table).to_have_text(n, use_inner_text=True)


def test_a_map_of_500_areas_answers_each_move_of_the_pointer_before_the_next(tab_of: Any) -> None:
    tab = tab_of()
    features = [
        {
            "type": "Feature",
            "properties": {"area_id": f"A{no}", "name": f"Area {no}", "count": no, "rate_per_1000": no / 7,
                           "change": None, "is_small": False, "class": no % 5, "is_synthetic": False},
            "geometry": {"type": "Polygon", "coordinates": [[
                [-3 + no % 25 / 50, 52 + no // 25 / 80], [-3 + no % 25 / 50 + 0.02, 52 + no // 25 / 80],
                [-3 + no % 25 / 50 + 0.02, 52 + no // 25 / 80 + 0.0125],
                [-3 + no % 25 / 50, 52 + no // 25 / 80 + 0.0125], [-3 + no % 25 / 50, 52 + no // 25 / 80]]]},
        }
        for no in range(500)
    ]  # fmt: skip
    body = {"type": "FeatureCollection", "attribution": "Invented", "features": features}
    tab.route("**/*.geojson*", lambda route: route.fulfill(json=body))
    ready(tab, "/demand/where/?show=count")
    expect(tab.locator(".app-map")).to_have_attribute("data-drawn", "500")
    found = tab.evaluate(HOVERING)
    assert len(set(found)) == 10 and all(said.startswith("Area ") for said in found), found
