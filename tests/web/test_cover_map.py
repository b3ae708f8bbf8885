"""The sliders of the map of cover: an hour, a day, and an hour of a day, each held to time asked for by itself."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from constabulary.services.cover.presence import presence
from constabulary.services.workspace.workspaces import Workspace, open_workspace

THURSDAY = date(2022, 6, 2)


@pytest.fixture(scope="module")
def held(cover_path: Path) -> Workspace:
    return open_workspace(cover_path)


def by_hour_of(held: Workspace, day: date) -> dict[str, dict[int, float]]:
    """Officer-hours of each district by hour of one day, asked of the positions once more."""
    found: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for area in presence(held, "district", from_on=day, to_on=day, parts=("hour",)).areas:
        for part in area.parts:
            assert area.area_id is not None and part.local_hour_of_week is not None
            found[area.area_id][part.local_hour_of_week % 24] += part.officer_hours
    return found


def test_hours_of_one_day_are_those_of_that_day_alone(cover_client: Any, held: Workspace) -> None:
    address = f"/cover/map/hours.json?level=district&show=time&on={THURSDAY}"
    found = json.loads(cover_client.get(address).text)
    truth = by_hour_of(held, THURSDAY)
    assert found["day"] == "2022-06-02" and len(found["area_ids"]) == 3
    for area, figures in zip(found["area_ids"], found["by_hour"], strict=True):
        assert figures == pytest.approx([truth[area][hour] for hour in range(24)], abs=1e-3)
    assert cover_client.get("/cover/map/hours.json?on=1999-01-01").status == 400


@pytest.mark.browser
def test_a_day_and_an_hour_of_it_are_chosen_together(open_tab: Any, cover_site: str, held: Workspace) -> None:
    tab = open_tab(cover_site)
    tab.goto("/cover/?show=time")
    expect(tab.locator(".app-map")).to_have_attribute("data-sliders", "ready")
    tab.select_option("#map-area", label="Saltreach")

    def slide(which: str, value: int) -> None:
        tab.evaluate(
            """([which, value]) => {
                const slide = document.querySelector(`[data-slide=${which}]`);
                slide.value = value;
                slide.dispatchEvent(new Event("input"));
            }""",
            [which, value],
        )

    said, outputs = tab.locator(".app-map__said"), tab.locator(".app-slider output")
    label = tab.locator("label[for=slide-hour]")
    expect(said).to_have_text(re.compile("^Saltreach: "))
    whole = said.inner_text()
    # Hour 63 of the week is Wednesday 15:00; of the Thursday that is chosen next, 15:00 stays.
    slide("hour", 64)
    slide("day", 2)
    expect(outputs).to_have_text(["15:00", "Thursday 2 June 2022"])
    expect(label).to_have_text("Hour of the day")
    truth = by_hour_of(held, THURSDAY)["W99900002"]
    for hour in (15, 3, 22):
        slide("hour", hour + 1)
        tab.wait_for_function(
            """figure => {
                const text = document.querySelector(".app-map__said").textContent;
                const said = text.match(/^Saltreach: ([\\d,]+\\.\\d\\d) /);
                return said && Math.abs(Number(said[1].replaceAll(",", "")) - figure) < 0.0061;
            }""",
            arg=truth[hour],
        )
    # Any hour of that day, then the whole week again.
    slide("hour", 0)
    expect(outputs).to_have_text(["All hours", "Thursday 2 June 2022"])
    shown = said.inner_text().removeprefix("Saltreach: ").split()[0]
    assert float(shown.replace(",", "")) == pytest.approx(sum(truth.values()), abs=0.0061)
    slide("day", 0)
    expect(outputs).to_have_text(["All hours", "All days"])
    expect(label).to_have_text("Hour of the week")
    expect(said).to_have_text(whole)
    tab.context.close()


@pytest.mark.browser
def test_the_map_is_drawn_anew_for_an_hour_and_as_before_without_one(open_tab: Any, cover_site: str) -> None:
    tab = open_tab(cover_site)
    tab.goto("/cover/?level=lsoa&show=time")
    expect(tab.locator(".app-map")).to_have_attribute("data-sliders", "ready")

    def classes(hour: int) -> list[int | None]:
        return tab.evaluate(
            """(hour) => {
                const slide = document.querySelector("[data-slide=hour]");
                slide.value = hour;
                slide.dispatchEvent(new Event("input"));
                const map = document.querySelector(".app-map").drawnMap;
                const ids = Array.from({ length: 24 }, (_, no) => no + 1);
                return ids.map((id) => map.getFeatureState({ source: "areas", id }).class ?? null);
            }""",
            hour,
        )

    assert classes(0) == [None] * 24
    hours = tab.evaluate("async () => (await fetch('/cover/map/hours.json?level=lsoa&show=time')).json()")
    data = tab.evaluate("async () => (await fetch('/cover/map/areas.geojson?level=lsoa&show=time')).json()")
    own = [feature["properties"]["class"] for feature in data["features"]]
    assert [feature["properties"]["area_id"] for feature in data["features"]] == hours["area_ids"]
    shown = classes(64)
    for state, usual, figures in zip(shown, own, hours["by_hour"], strict=True):
        figure = figures[63]
        expected = (
            None if not figure else next(no for no, end in enumerate(hours["hour_ends"]) if figure <= end)
        )
        # Where the class does not change, nothing is said of it.
        assert state in ({-1, None} if expected is None else {expected, None})
        if state is None:
            assert expected == usual
    assert [state for state in classes(0) if state is not None] == [
        -1 if usual is None else usual for state, usual in zip(shown, own, strict=True) if state is not None
    ]
    tab.context.close()


@pytest.mark.browser
def test_every_shade_that_a_slider_brings_stands_in_the_legend(open_tab: Any, cover_site: str) -> None:
    tab = open_tab(cover_site)
    tab.goto("/cover/?level=district&show=time")
    expect(tab.locator(".app-map")).to_have_attribute("data-sliders", "ready")
    ends = tab.evaluate("async () => (await fetch('/cover/map/hours.json?level=district&show=time')).json()")[
        "hour_ends"
    ]
    shades = tab.locator(".app-map__legend li:has(.app-map__shade):visible")
    expect(shades).to_have_count(3)  # one for each district
    usual = shades.all_inner_texts()
    assert len(ends) == 5

    def slide(hour: int) -> None:
        tab.evaluate(
            """(hour) => {
                const slide = document.querySelector("[data-slide=hour]");
                slide.value = hour;
                slide.dispatchEvent(new Event("input"));
            }""",
            hour,
        )

    slide(64)
    expect(shades).to_have_count(5)
    expect(shades.last).to_have_text(re.compile(r"^over [\d.,]+ to [\d.,]+$"))
    slide(0)
    expect(shades).to_have_text(usual)
    tab.context.close()
