"""The demand pages say what the services say, and what a count by hand says."""

from __future__ import annotations

import csv
import io
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.services.demand import maps
from constabulary.services.demand import picture as demand
from constabulary.services.demand.picture import Filters
from constabulary.services.records import imports
from constabulary.services.workspace.workspaces import Workspace, open_workspace
from constabulary.web import numbers
from constabulary.web.pictures import legend_of

PAGES = ("/demand/", "/demand/contacts/", "/demand/when/", "/demand/where/", "/demand/crime/")
PNG, XLSX = b"\x89PNG", b"PK"


class Tables(HTMLParser):
    """The tables of a page: rows of texts by caption, hidden words left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._caption, self._cell, self._in, self._hidden = "", "", "", 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "caption":
            self._in, self._caption = "caption", ""
        elif tag == "tr":
            self.found.setdefault(self._caption.strip(), []).append([])
        elif tag in ("td", "th"):
            self._in, self._cell = "cell", ""
        elif tag == "span" and self._in == "cell":
            self._hidden += "visually-hidden" in (dict(attrs).get("class") or "")
        if tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption":
            self._in = ""
        elif tag in ("td", "th"):
            self.found[self._caption.strip()][-1].append(" ".join(self._cell.split()))
            self._in = ""
        elif tag == "span" and self._hidden:
            self._hidden = 0

    def handle_data(self, data: str) -> None:
        if self._in == "caption":
            self._caption += data
        elif self._in == "cell" and not self._hidden:
            self._cell += data


def tables(client: Any, path: str) -> dict[str, list[list[str]]]:
    answer = client.get(path)
    assert answer.status == 200, answer.text
    return Tables(answer.text).found


def said(client: Any, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).text).split())


def by_hand(paths: list[Path], **wanted: str) -> int:
    """Count rows of street files with the standard library alone."""
    n = 0
    for path in paths:
        if path.name.endswith("street.csv"):
            with path.open(newline="", encoding="utf-8") as file:
                rows = csv.DictReader(file)
                n += sum(all(row[key].startswith(value) for key, value in wanted.items()) for row in rows)
    return n


def test_burglaries_of_a_month_on_the_page_are_those_counted_by_hand_in_the_files(
    full_client: Any, crime_paths: list[Path]
) -> None:
    n = by_hand(crime_paths, Month="2023-02", **{"Crime type": "Burglary"})
    rows = tables(full_client, "/demand/crime/?from=2023-02&to=2023-02")["Crimes by type"]
    assert n > 0
    assert next(row for row in rows if row[0] == "Burglary")[1] == str(n)


def test_crimes_of_a_district_on_the_page_are_those_counted_by_hand_in_the_files(
    full_client: Any, crime_paths: list[Path]
) -> None:
    every = [
        by_hand(crime_paths, Month=month, **{"LSOA name": "Saltreach"})
        - by_hand(crime_paths, Month=month, **{"LSOA name": "Saltreach", "Crime type": "Anti-social"})
        for month in ("2023-01", "2022-01")
    ]
    rows = tables(full_client, "/demand/where/?from=2023-01&to=2023-01")["Crimes by district"]
    saltreach = next(row for row in rows if row[0] == "Saltreach")
    assert [saltreach[1], saltreach[3], saltreach[4]] == [str(every[0]), str(every[0]), str(every[1])]
    assert saltreach[2] == f"{1000 * every[0] / 118_400:.1f}"


def test_what_has_no_place_is_stated_beside_the_map(full_client: Any) -> None:
    rows = tables(full_client, "/demand/where/?from=2023-01&to=2023-01")
    assert rows["In no area of this level, and not on the map"][1][:2] == ["No location recorded", "1"]


def test_the_typical_day_stands_published_beside_calculated_with_its_document(
    full_client: Any, full: Workspace
) -> None:
    figure = demand.typical_day(full)
    rows = tables(full_client, "/demand/")["Published beside calculated"][1:]
    counted = [row for row in figure.rows if row.calculated is not None]
    assert [row[0] for row in rows] == [row.name for row in counted]
    for shown, row in zip(rows, counted, strict=True):
        assert shown[2] == numbers.number(row.calculated, 1)
        assert shown[3] == numbers.difference(row.difference, 1)
        assert shown[5] == (row.source or numbers.MISSING)
    incidents = next(row for row in rows if row[0] == "Incidents")
    assert incidents[1] == "100"
    assert "36,500 synthetic records / 365 days covered" in incidents[4]
    assert '/data/force/source/yearbook/"' in full_client.get("/demand/").text


def test_a_published_figure_that_no_record_answers_is_shown_with_the_reason(
    full_client: Any, full: Workspace
) -> None:
    lacking = [row.name for row in demand.typical_day(full).rows if row.calculated is None]
    shown = tables(full_client, "/demand/").get("Published, and not calculated", [[]])[1:]
    assert [row[0] for row in shown] == lacking
    assert all(row[2] for row in shown)


def test_the_168_hours_of_the_page_are_the_services(full_client: Any, full: Workspace) -> None:
    means = {(row.day, row.hour): row.mean for row in demand.hour_of_week(full).rows}
    rows = tables(full_client, "/demand/when/")["Mean incidents in each hour of the week"]
    days = rows[0][1:]
    for row in rows[1:]:
        expected = [numbers.number(means[day, int(row[0][:2])], 1) for day in days]
        assert row[1:] == expected
    assert len(rows) == 25


def test_contacts_by_month_are_the_services_and_their_peaks_stand_beside_the_published_ones(
    full_client: Any, full: Workspace
) -> None:
    figure = demand.channels_by_month(full)
    found = tables(full_client, "/demand/contacts/")
    august = next(row for row in found["Contacts by channel and month"] if row[0] == "August 2022")
    expected = [row.count for row in figure.rows if row.month == "2022-08"]
    assert [int(re.match(r"[\d,]+", cell)[0].replace(",", "")) for cell in august[1:]] == expected  # type: ignore[index]
    # What marks a month stands below the figure, so that the column's figures stand one below the other.
    marked = [
        cell for row in found["Contacts by channel and month"][1:] for cell in row[1:] if "highest" in cell
    ]
    text = full_client.get("/demand/contacts/").text
    assert marked and all(
        f'">{cell.removesuffix(" highest")} <span class="app-unit">highest</span></td>' in text
        for cell in marked
    )
    peaks = found["Highest and lowest months: published beside counted"]
    printed = next(row for row in peaks if row[4] == "August 2022" and row[1] == "highest")
    assert printed[5] == "7,130"
    assert printed[7].endswith("Page 4") and len(printed[7]) > len("Page 4")


def test_harm_stands_beside_counts_with_the_name_and_version_of_its_weights(
    full_client: Any, full: Workspace
) -> None:
    figure = demand.harm(full)
    rows = tables(full_client, "/demand/crime/")["Harm beside counts"][1:]
    assert [row[1] for row in rows] == [numbers.number(row["count"]) for row in figure.table]
    text = said(full_client, "/demand/crime/")
    weights = figure.totals["weights"]
    assert weights.name in text and weights.version in text
    assert "Not weighed, and in neither share: Robbery, Shoplifting." in text


def test_months_without_records_are_named(full_client: Any) -> None:
    assert (
        "March 2023"
        in said(full_client, "/demand/crime/?from=2023-01&to=2023-04").partition("left out: ")[2][:60]
    )


@pytest.mark.parametrize(
    "path", ["/demand/", "/demand/contacts/", "/demand/when/", "/demand/where/?of=incidents"]
)
def test_made_up_records_are_called_synthetic_in_the_answer_and_in_a_banner(
    full_client: Any, path: str
) -> None:
    html = full_client.get(path).text
    answer = re.search(r'app-answer">([^<]+)<', html)
    assert answer is not None and "(synthetic records)" in answer[1]
    assert 'class="app-synthetic"' in html


def test_real_records_are_not_called_synthetic(full_client: Any) -> None:
    for path in ("/demand/crime/", "/demand/where/"):
        assert "app-synthetic" not in full_client.get(path).text


def test_charts_and_files_of_made_up_records_say_so(full_client: Any) -> None:
    assert "synthetic records" in full_client.get("/demand/chart/categories.svg").text
    assert "synthetic records" in full_client.get("/demand/chart/areas_incidents.svg").text
    answer = full_client.get("/demand/download/categories.csv")
    assert "categories-synthetic.csv" in answer.headers["Content-Disposition"]
    assert set(pl.read_csv(io.BytesIO(answer.body))["is_synthetic"]) == {True}


def test_filters_stay_in_every_way_between_the_demand_pages(full_client: Any) -> None:
    query = "from=2022-02&amp;to=2022-03&amp;area=district%3AW99900002"
    for path in PAGES:
        html = full_client.get(f"{path}?{query.replace('&amp;', '&')}").text
        ways = re.findall(r'app-ways__link" href="([^"]+)"', html)
        assert [way.partition("?")[2] for way in ways] == [query] * 5, path
        for link in re.findall(r'href="(/demand/(?:working|download|chart)/[^"]+)"', html):
            assert query in link, link


@pytest.mark.parametrize("path", [*PAGES, "/demand/working/harm/"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2024-13", "from"),
        ("from=0001-01", "from"),
        ("to=9999-12", "to"),
        ("from=2024-05&to=2024-01", "to"),
        ("area=district:nowhere", "area"),
        ("area=lsoa:E99999999", "area"),
        ("area=neighbourhood:Nowhere 001", "area"),
        ("area=planet:earth", "area"),
        ("crime_type=Cheating", "crime_type"),
        ("category=%3Cscript%3E", "category"),
        ("records=some", "records"),
    ],
)
def test_a_filter_that_cannot_be_is_told_at_its_field_with_status_400(
    full_client: Any, path: str, query: str, field: str
) -> None:
    answer = full_client.get(f"{path}?{query}")
    assert answer.status == 400
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}-error"' in answer.text
    assert "<title>Error: " in answer.text
    assert "<script>" not in answer.text.replace("<script src", "")


@pytest.mark.parametrize("query", ["level=street", "of=stops", "show=beauty"])
def test_a_question_of_the_map_that_cannot_be_is_told_with_status_400(full_client: Any, query: str) -> None:
    answer = full_client.get(f"/demand/where/?{query}")
    assert answer.status == 400
    assert f'<a href="#{query.partition("=")[0]}">' in answer.text


def test_a_period_without_records_is_an_answer_and_no_fault(full_client: Any) -> None:
    for path in (*PAGES, "/demand/working/categories/"):
        answer = full_client.get(f"{path}?from=1999-01&to=1999-02")
        assert answer.status == 200, path


def test_an_empty_workspace_says_on_each_page_what_to_import_and_how(empty_client: Any) -> None:
    wanted = {
        "/demand/": ("import calls", "import incidents", "import police-uk", "synthesise"),
        "/demand/contacts/": ("import calls", "synthesise"),
        "/demand/when/": ("import incidents", "synthesise"),
        "/demand/where/": ("import police-uk",),
        "/demand/crime/": ("import police-uk", "/data/imports/new/"),
        "/demand/working/harm/": ("import police-uk",),
    }
    for path, commands in wanted.items():
        answer = empty_client.get(path)
        assert answer.status == 200
        for command in commands:
            assert command in answer.text, (path, command)


def test_every_figure_has_a_working_with_sql_rows_and_a_link_to_each_import(
    full_client: Any, full: Workspace
) -> None:
    for name in demand.FIGURES:
        html = full_client.get(f"/demand/working/{name}/").text
        assert "SELECT" in html, name
        assert re.search(r'href="/data/imports/\d+/"', html), name
        assert "Rows 1 to " in html, name


def test_the_rows_behind_a_figure_are_as_many_as_counted_by_hand_and_can_be_taken_away(
    full_client: Any, crime_paths: list[Path]
) -> None:
    months = ("2023-01", "2023-02")
    n = sum(by_hand(crime_paths, Month=month) for month in months)
    kind = {"Crime type": "Anti-social behaviour"}
    apart = sum(by_hand(crime_paths, Month=month, **kind) for month in months)
    path = "/demand/working/crime_types/?from=2023-01&to=2023-02"
    assert (
        f"{n} rows of crimes stand behind this figure, {apart} of them anti-social behaviour, which it counts apart, "
        "from 2 files of"
    ) in said(full_client, path)
    for form, read in (("csv", pl.read_csv), ("parquet", pl.read_parquet)):
        answer = full_client.get(f"/demand/rows/crime_types.{form}?from=2023-01&to=2023-02")
        assert read(io.BytesIO(answer.body)).height == n  # type: ignore[operator]


def test_the_pages_of_rows_follow_each_other_without_gap(full_client: Any) -> None:
    first = full_client.get("/demand/working/categories/").text
    second = full_client.get("/demand/working/categories/?page=2").text
    assert "Rows 1 to 50 of 36,500" in first
    assert "Rows 51 to 100 of 36,500" in second
    assert "Rows 36,451 to 36,500" in full_client.get("/demand/working/categories/?page=99999999").text


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_a_downloaded_table_holds_the_rows_of_the_figure(
    full_client: Any, full: Workspace, form: str
) -> None:
    figure = demand.crime_types(full, Filters.parse("from=2023-01&to=2023-02"))
    answer = full_client.get(f"/demand/download/crime_types.{form}?from=2023-01&to=2023-02")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="crime_types.{form}"'
    if form == "xlsx":
        frame = pl.read_excel(io.BytesIO(answer.body), sheet_name="Table")
        notes = pl.read_excel(io.BytesIO(answer.body), sheet_name="Notes", has_header=False)
        assert any(figure.about.stamp.id in note for note in notes.to_series(0))
    else:
        frame = (pl.read_csv if form == "csv" else pl.read_parquet)(io.BytesIO(answer.body))
    assert frame["count"].to_list() == [row["count"] for row in figure.table]


@pytest.mark.parametrize(
    "name", ["categories", "channels_by_month", "hours_calls", "season", "crime_types", "harm"]
)
def test_a_chart_is_drawn_once_and_then_confirmed_by_its_tag(full_client: Any, name: str) -> None:
    first = full_client.get(f"/demand/chart/{name}.svg")
    assert first.text.startswith("<svg")
    again = full_client.get(f"/demand/chart/{name}.svg", HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    other = full_client.get(
        f"/demand/chart/{name}.svg?from=2022-02&to=2022-03", HTTP_IF_NONE_MATCH=first.headers["ETag"]
    )
    assert other.status == 200
    assert other.headers["ETag"] != first.headers["ETag"]
    assert full_client.get(f"/demand/chart/{name}.png").body.startswith(PNG)


def test_the_picture_of_the_map_carries_attribution_and_a_figure_for_each_area(
    full_client: Any, full: Workspace
) -> None:
    drawn = maps.area_map(full)
    text = full_client.get("/demand/chart/areas_crimes.svg").text
    assert "Invented outlines for tests." in text
    for name, value in zip(drawn.outlines.names, drawn.values, strict=True):
        assert f"<title>{name}: {numbers.number(value, 1)}</title>" in text


def test_what_is_not_there_is_not_found(full_client: Any) -> None:
    for path in (
        "working/nothing/",
        "chart/nothing.svg",
        "chart/harm.gif",
        "download/harm.exe",
        "rows/harm.xlsx",
    ):
        assert full_client.get(f"/demand/{path}").status == 404, path


def test_classes_of_the_map_are_by_rank_and_equal_figures_share_one() -> None:
    class_of, classes = maps.classified([float(n) for n in range(1, 11)])
    assert class_of == (0, 0, 1, 1, 2, 2, 3, 3, 4, 4)
    assert (classes[0].least, classes[0].most, classes[0].n_areas) == (1.0, 2.0, 2)
    assert maps.classified([3.0, 3.0, None])[0] == (0, 0, None)
    assert maps.classified([None]) == ((None,), ())
    class_of, _ = maps.classified([0.0] * 8 + [1.0, 2.0])
    assert len(set(class_of[:8])) == 1
    assert class_of[9] == max(number for number in class_of if number is not None)


def test_figures_that_differ_have_classes_of_their_own_where_no_more_than_five_do() -> None:
    class_of, classes = maps.classified([2.0, 1.0, 2.0])
    assert class_of == (1, 0, 1)
    assert legend_of(classes, lambda figure: f"{figure:g}") == [(0, "1 (1 area)"), (1, "2 (2 areas)")]
    figures: list[float | None] = [0.0, *[9.0] * 20, 3.0, 7.0, 8.0, None]
    class_of, classes = maps.classified(figures)
    assert class_of == (0, *[4] * 20, 1, 2, 3, None)
    assert [(one.least, one.most, one.n_areas) for one in classes] == [
        (0, 0, 1), (3, 3, 1), (7, 7, 1), (8, 8, 1), (9, 9, 20),
    ]  # fmt: skip
    # Six that differ are parted by rank: the sixth of them cannot have a shade of its own.
    assert maps.classified([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])[0] == (0, 0, 1, 2, 3, 4)


@pytest.fixture(scope="module")
def own_records_client(full: Workspace, tmp_path_factory: pytest.TempPathFactory, client_of: Any) -> Any:
    """A client of the full workspace's copy with contacts and incidents and without crimes."""
    folder = tmp_path_factory.mktemp("own") / "workspace"
    shutil.copytree(full.path, folder)
    copied = open_workspace(folder)
    for one in imports.list_imports(copied):
        if not one.is_synthetic:
            imports.withdraw_import(copied, one.import_id, by="the test", reason="to have none")
    return client_of(folder)


def test_where_shows_incidents_where_no_crimes_are_held(own_records_client: Any, full_client: Any) -> None:
    assert answer_of(own_records_client, "/demand/where/") == answer_of(
        full_client, "/demand/where/?of=incidents"
    )
    # Who asks for crimes is told that none are held.
    assert "Nothing to show" in answer_of(own_records_client, "/demand/where/?of=crimes")
    assert answer_of(full_client, "/demand/where/") == answer_of(full_client, "/demand/where/?of=crimes")


def test_the_crime_page_without_crimes_says_once_what_to_import(own_records_client: Any) -> None:
    page = said(own_records_client, "/demand/crime/")
    assert page.count("No crimes or outcomes are held.") == page.count("Nothing to show") == 1
    assert "harm weights" not in page


def answer_of(client: Any, path: str) -> str:
    found = re.search(r'app-answer">([^<]+)<', client.get(path).text)
    assert found is not None
    return found[1]
