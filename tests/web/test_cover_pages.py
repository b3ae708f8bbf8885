"""The pages of cover: what they say is what the services say, with positions and without."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from playwright.sync_api import expect

from constabulary.services.cover.duty import teams_of
from constabulary.services.cover.figures import MEASURES, measure
from constabulary.services.cover.paper import cover_paper
from constabulary.services.cover.patrol import trial
from constabulary.services.cover.presence import presence
from constabulary.services.workspace.workspaces import Workspace, open_workspace

PAGES = {
    "visibility": "visibility",
    "reach": "reach",
    "dosage": "dosage",
    "planned": "planned",
    "gaps": "gaps",
    "establishment": "establishment",
    "trial": "trial",
}
ALL = (
    *("", "compare/", "visibility/", "reach/", "gaps/", "dosage/", "planned/"),
    *("establishment/", "trial/", "paper/", "public/"),
)


@pytest.fixture(scope="module")
def held(cover_path: Path) -> Workspace:
    return open_workspace(cover_path)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_opens_with_the_answer_of_its_measure_and_says_what_is_made_up(
    name: str, cover_client: Any, held: Workspace
) -> None:
    page = cover_client.get(f"/cover/{PAGES[name]}/")
    assert page.status == 200
    assert escape(measure(held, name).answer) in page.text
    assert "Synthetic" in page.text


def test_filters_of_a_page_narrow_its_measure(cover_client: Any, held: Workspace) -> None:
    page = cover_client.get("/cover/gaps/?level=lsoa&hours=12&from=2022-06-02&to=2022-06-03")
    found = measure(
        held, "gaps", level="lsoa", least_hours=12.0,
        from_on=pl.Series(["2022-06-02"]).str.to_date()[0], to_on=pl.Series(["2022-06-03"]).str.to_date()[0],
    )  # fmt: skip
    assert escape(found.answer) in page.text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("from=yesterday", "First day: enter a day such as 31/3/2024"),
        ("from=2022-06-03&to=2022-06-01", "Last day: enter a day on or after the first"),
        ("level=planet", "By: choose one of the list"),
        ("from=1999-01-01&to=1999-01-02", "there are no positions from 1999-01-01 to 1999-01-02"),
    ],
)
def test_what_cannot_be_asked_is_told_in_the_error_summary(
    query: str, message: str, cover_client: Any
) -> None:
    page = cover_client.get(f"/cover/?{query}")
    assert page.status == 400
    assert escape(message) in page.text
    assert "<title>Error: " in page.text


@pytest.mark.parametrize("address", ALL)
def test_without_positions_every_page_says_what_to_import(address: str, empty_client: Any) -> None:
    page = empty_client.get(f"/cover/{address}")
    assert page.status == 200
    words = "There are no positions" if address == "paper/" else "constabulary import pings"
    assert words in page.text


def test_areas_of_the_map_have_the_figures_of_the_table(cover_client: Any, held: Workspace) -> None:
    areas = json.loads(cover_client.get("/cover/map/areas.geojson?level=lsoa&show=time").text)
    rows = dict(
        measure(held, "visibility", level="lsoa").rows.select("area_id", "all_officer_hours").iter_rows()
    )
    drawn = {one["properties"]["area_id"]: one["properties"]["count"] for one in areas["features"]}
    assert len(drawn) == 24
    assert drawn == pytest.approx(rows, abs=1e-5)
    assert all(one["properties"]["is_synthetic"] for one in areas["features"])


def test_hours_and_days_of_the_slider_add_up_to_the_time_in_each_area(
    cover_client: Any, held: Workspace
) -> None:
    found = json.loads(cover_client.get("/cover/map/hours.json?level=district&show=time").text)
    whole = {area.area_id: area.whole.officer_hours for area in presence(held, "district").areas}
    # Each weekday comes once in these four days, so the mean of an hour of the week is its sum.
    for name in ("by_hour", "by_day"):
        sums = {area: sum(row) for area, row in zip(found["area_ids"], found[name], strict=True)}
        assert sums == pytest.approx(whole, abs=0.1)
    assert found["days"] == ["2022-06-01", "2022-06-02", "2022-06-03", "2022-06-04"]


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_a_table_taken_away_is_the_table_of_the_measure(
    name: str, cover_client: Any, held: Workspace
) -> None:
    answer = cover_client.get(f"/cover/download/{name}.parquet")
    assert answer.status == 200 and "synthetic" in answer.headers["Content-Disposition"]
    taken = pl.read_parquet(io.BytesIO(answer.body))
    assert taken["is_synthetic"].all()
    assert taken.drop("is_synthetic").equals(measure(held, name).rows.drop("is_synthetic", strict=False))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_stretches_in_local_time_can_be_taken_away(form: str, cover_client: Any, held: Workspace) -> None:
    body = cover_client.get(f"/cover/download/gaps_listed.{form}?level=lsoa&hours=4").body
    taken = (
        pl.read_csv(body, comment_prefix="#", try_parse_dates=True)
        if form == "csv"
        else pl.read_excel(io.BytesIO(body))
    )
    found = measure(held, "gaps_listed", level="lsoa", least_hours=4.0).rows
    assert taken.height == found.height > 0
    assert taken["is_synthetic"].all()
    assert taken["hours"].to_list() == pytest.approx(found["hours"].to_list(), abs=1e-3)


def test_two_periods_of_shifts_are_those_asked_for(cover_client: Any, held: Workspace) -> None:
    days = "from=2022-06-01&to=2022-06-01&from2=2022-06-03&to2=2022-06-04"
    spans = tuple((date(2022, 6, one), date(2022, 6, other)) for one, other in ((1, 1), (3, 4)))
    found = trial(held, *spans)
    page = cover_client.get(f"/cover/trial/?{days}")
    assert escape(found.answer) in page.text
    taken = pl.read_parquet(io.BytesIO(cover_client.get(f"/cover/download/trial.parquet?{days}").body))
    assert taken.drop("is_synthetic").equals(found.rows)
    query = "before=2022-06-01..2022-06-01&after=2022-06-03..2022-06-04"
    given = json.loads(cover_client.get(f"/api/cover/trial?{query}").text)
    assert given == json.loads(json.dumps(found.as_json()))
    assert cover_client.get("/api/cover/trial?before=May").status == 400
    [team, *_] = teams_of(held)
    narrowed = trial(held, *spans, teams=[team])
    assert narrowed.totals["n_before"] < found.totals["n_before"]
    assert escape(narrowed.answer) in cover_client.get(f"/cover/trial/?{days}&team={quote(team)}").text
    # Periods that overlap are told, as every wrong filter.
    wrong = cover_client.get("/cover/trial/?from=2022-06-01&to=2022-06-03&from2=2022-06-02&to2=2022-06-04")
    assert wrong.status == 400 and "does not lie before" in wrong.text


def test_posts_stand_by_role_beside_the_map(cover_client: Any) -> None:
    text = cover_client.get("/cover/establishment/").text
    # As printed in the yearbook: wardens 41, 88.5 and 22, auxiliaries 6.5, 14 and 4.
    table = text.partition("Full-time equivalent posts by district")[2].partition("</table>")[0]
    cells = [cell.partition("</td>")[0].rpartition(">")[2].strip() for cell in table.split("<td")[1:]]
    assert cells[-3:] == ["151.5", "24.5", "176.0"]
    assert 'class="app-map"' in text


def test_pictures_and_papers_are_what_they_say(cover_client: Any) -> None:
    for address, begin in (
        ("map/picture.svg", b"<svg"),
        ("map/picture.png", b"\x89PNG"),
        ("chart/visibility.svg", b"<svg"),
        ("chart/reach.svg", b"<svg"),
        ("paper/distribution-of-police-cover.xlsx", b"PK"),
        ("paper/distribution-of-police-cover.pdf", b"%PDF"),
    ):
        answer = cover_client.get(f"/cover/{address}")
        assert answer.status == 200 and answer.body.startswith(begin), address


def test_the_paper_is_the_same_bytes_twice(cover_client: Any) -> None:
    address = "/cover/paper/distribution-of-police-cover.pdf"
    assert cover_client.get(address).body == cover_client.get(address).body


def test_the_paper_holds_layers_posts_time_and_what_is_not_known(cover_client: Any, held: Workspace) -> None:
    page = cover_client.get("/cover/paper/").text
    found = cover_paper(held)
    answer, _, rest = found.answer.partition(" from ")
    assert escape(answer) in page and escape(rest.partition(" its ")[2]) in page
    assert "from 1 June 2022 to " in page and "2022-06-01" not in page
    for heading in (
        "Layers of resource",
        "Establishment by district",
        "Time in each area",
        "What is not known",
    ):
        assert f">{heading}</h2>" in page
    # Posts as printed in the yearbook: wardens 41 + 88.5 + 22, auxiliaries 6.5 + 14 + 4.
    assert found.establishment.row(-1) == ("All districts", 151.5, 24.5, 176.0)
    assert all(escape(text) in page for text in found.unknown)


def test_the_public_page_shows_what_was_published_and_publishes_nothing_itself(
    cover_path: Path, cover_client: Any
) -> None:
    assert "Nothing has been published yet" in cover_client.get("/cover/public/").text
    assert not (cover_path / "results" / "public").exists()


def test_the_interface_gives_what_the_command_gives(cover_client: Any, held: Workspace) -> None:
    given = json.loads(cover_client.get("/api/cover/presence?by=district").text)
    assert given == json.loads(json.dumps(presence(held, "district").as_json()))
    query = "by=hot_spots&credit=pings&parts=status,moving"
    given = json.loads(cover_client.get(f"/api/cover/presence?{query}").text)
    found = presence(held, "hot_spots", credit="pings", parts=("status", "moving"))
    assert given == json.loads(json.dumps(found.as_json()))
    given = json.loads(cover_client.get("/api/cover/gaps?by=district&hours=2").text)
    assert given == json.loads(json.dumps(measure(held, "gaps", level="district", least_hours=2.0).as_json()))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("presence?level=lsoa", "level: is not asked here"),
        ("visibility?level=lsoa", "level: is not asked here"),
        ("visibility?hours=3", "hours: is not asked here. Expected from or to or by."),
        ("establishment?by=lsoa", "by: is not asked here. Expected from or to."),
        ("visibility?by=village", "by: cannot be read. Expected force, area, district, neighbourhood"),
        ("public?by=village", "by: cannot be read. Expected force, area, district, neighbourhood"),
        ("presence?from=2024-03-02&to=2024-03-01", "from: 2024-03-02 is after 2024-03-01"),
        ("visibility?from=2024-03-02&to=2024-03-01", "from: 2024-03-02 is after 2024-03-01"),
        ("reach?minutes=0", "minutes: cannot be read. Expected a number from 0.01 to 240 (minutes)."),
        ("gaps?hours=nan", "hours: cannot be read. Expected a number from 0.01 to 8,784 (hours)."),
    ],
)
def test_the_interface_refuses_what_it_does_not_answer_in_the_words_of_its_address(
    cover_client: Any, asked: str, told: str
) -> None:
    answer = cover_client.get(f"/api/cover/{asked}")
    assert (answer.status, told in answer.text) == (400, True), answer.text


def test_every_field_that_the_interface_gives_is_explained(cover_client: Any) -> None:
    manual = Path(__file__).parents[2] / "docs" / "how-to" / "ask-about-cover.md"
    told = (
        manual.read_text(encoding="utf-8").partition("## What an answer holds")[2].partition("## The map")[0]
    )
    # Posts by role are as many columns as the force has roles.
    explained = set(re.findall(r"`(\w+)`", told)) | {"warden_posts", "auxiliary_posts"}
    for name in ("presence", *MEASURES):
        asked = "?parts=hour,role,status,station,moving" if name == "presence" else ""
        answer = json.loads(cover_client.get(f"/api/cover/{name}{asked}").text)
        areas = answer.get("areas", [])
        parts = [part for area in areas for part in area["parts"]]
        given = {key for one in (answer, *areas, *parts, *answer.get("rows", [])) for key in one}
        assert given <= explained, name


def test_a_day_without_positions_is_told_at_its_field(cover_client: Any) -> None:
    page = cover_client.get("/cover/visibility/?from=2030-01-01")
    assert page.status == 400
    assert 'id="from-error"' in page.text
    assert "First day: there are no positions from 2030-01-01 to the last." in page.text


def test_the_whole_span_by_a_level_is_worked_out_once(
    cover_client: Any, held: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cover_client.get("/api/cover/presence?by=neighbourhood").text

    worked_out: list[str] = []

    def counted(workspace: Workspace, by: str, **asked: Any) -> Any:
        worked_out.append(by)
        return presence(workspace, by, **asked)

    monkeypatch.setattr("constabulary.web.pages.cover_api.presence", counted)
    monkeypatch.setattr("constabulary.services.cover.kept.presence", counted)
    assert cover_client.get("/api/cover/presence?by=neighbourhood").text == first
    assert worked_out == []
    assert cover_client.get("/api/cover/presence?by=neighbourhood&parts=hour").text != first
    assert worked_out == ["neighbourhood"]


@pytest.mark.browser
def test_axe_finds_nothing_on_the_pages_of_cover_and_none_scrolls_sideways(
    open_tab: Any, cover_site: str, see: Any
) -> None:
    tab = open_tab(cover_site)
    pages = ("", "compare/", "gaps/", "dosage/", "paper/", "public/")
    seen = see(tab, [f"/cover/{address}" for address in pages])
    tab.context.close()
    wrong = [line for one in seen.values() for line in one.faults]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("show", "column"), [("rate", 0), ("visible", 1), ("time", 2)])
def test_the_table_beside_the_map_has_the_highest_of_what_it_shows_first(
    cover_client: Any, show: str, column: int
) -> None:
    page = cover_client.get(f"/cover/?level=district&show={show}").text
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page[page.index("<tbody") :], re.S)
    shown = [re.findall(r"<td[^>]*>\s*([\d,.]+)\s*</td>", row)[column] for row in rows]
    figures = [float(text.replace(",", "")) for text in shown]
    assert len(figures) == 3 and figures == sorted(figures, reverse=True)


@pytest.mark.parametrize(
    ("name", "asked"), [("visibility", "?level=district"), ("gaps", "?level=lsoa&hours=4"), ("planned", "")]
)
def test_a_table_stands_in_the_order_of_its_chart(cover_client: Any, name: str, asked: str) -> None:
    page = cover_client.get(f"/cover/{name}/{asked}").text
    rows = re.findall(r'<th scope="row"[^>]*>([^<]+)', page[page.index("<tbody") : page.index("</tbody")])
    chart = cover_client.get(f"/cover/chart/{name}.svg{asked}").text
    # The labels of the bars, from the top down.
    labels = re.findall(r"<text[^>]*translate\([-\d.]+,([-\d.]+)\)[^>]*>([^<]+)</text>", chart)
    heights = {label: float(height) for height, label in labels if label.split(" (")[0] in rows}
    assert len(heights) == len(rows) > 0
    assert [label.split(" (")[0] for label in sorted(heights, key=lambda one: heights[one])] == rows


def test_the_sentence_of_the_map_answers_for_what_it_shows(cover_client: Any, held: Workspace) -> None:
    rows = measure(held, "visibility").rows
    said = {}
    for show, column in (("visible", "visible_officer_hours"), ("time", "all_officer_hours")):
        page = cover_client.get(f"/cover/?level=district&show={show}").text
        answer = re.search(r'app-answer">(.*?)</p>', page)
        assert answer is not None
        said[show] = answer[1]
        ranked = sorted(rows.select(column, "name").iter_rows(), reverse=True)
        (high, most), (low, least) = ranked[0], ranked[-1]
        assert f" for {rows[column].sum():,.0f} hours" in said[show]
        assert said[show].endswith(f"; most in {most} ({high:,.0f}), least in {least} ({low:,.0f}).")
    assert "visible" in said["visible"]
    assert "visible" not in said["time"]
    definition = "Officer-hours in the area, whatever officers were doing."
    assert definition in page


@pytest.mark.browser
def test_the_slider_shows_the_figure_of_the_hour_chosen(open_tab: Any, cover_site: str) -> None:
    tab = open_tab(cover_site)
    tab.goto("/cover/?show=time")
    expect(tab.locator(".app-map")).to_have_attribute("data-sliders", "ready")
    hours = tab.evaluate("async () => (await fetch('/cover/map/hours.json?show=time')).json()")
    # Wednesday 15:00 is hour 63 of the week; the slider's 0 is all hours.
    tab.evaluate("""() => {
        const slide = document.querySelector("[data-slide=hour]");
        slide.value = 64;
        slide.dispatchEvent(new Event("input"));
    }""")
    expect(tab.locator("output").first).to_have_text("Wednesday 15:00")
    tab.select_option("#map-area", label="Saltreach")
    figure = hours["by_hour"][hours["area_ids"].index("W99900002")][63]
    expect(tab.locator(".app-map__said")).to_have_text(re.compile(f"^Saltreach: {figure:,.2f} "))
    tab.context.close()


@pytest.mark.parametrize("first", ["2022-06-02", "2/6/2022", "2 June 2022", "02.06.2022"])
def test_a_day_may_be_written_as_people_write_it_and_stays_in_every_way_on(
    first: str, cover_client: Any, held: Workspace
) -> None:
    page = cover_client.get(f"/cover/visibility/?from={quote(first)}")
    assert page.status == 200
    assert escape(measure(held, "visibility", from_on=date(2022, 6, 2)).answer) in page.text
    assert re.search(r'href="/cover/download/visibility.csv\?[^"]*from=2022-06-02', page.text)
    assert re.search(r'id="from-hint"[^>]*>\s*For example, 4/6/2022\s*<', page.text)


def test_two_periods_are_named_in_one_sentence_above_their_table(cover_client: Any) -> None:
    page = cover_client.get("/cover/compare/").text
    caption = re.search(r"<caption[^>]*>([^<]+)", page)
    assert caption is not None
    assert re.fullmatch(r"[^.]+: 1 June 2022 to 2 June 2022, and 3 June 2022 to 4 June 2022", caption[1])


def test_planned_patrol_is_named_by_its_hot_spot_and_not_by_an_id(cover_client: Any) -> None:
    page = cover_client.get("/cover/planned/").text
    assert "market_days" not in page and "market days" in page
    assert re.search(r'<th scope="row" class="govuk-table__header">Corn Market', page)
    assert "market_days" not in cover_client.get("/cover/chart/planned.svg").text
