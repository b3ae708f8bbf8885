"""The performance pages say what the services say, keep what people say, and offer it as files and JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from constabulary.services.performance import plans
from constabulary.services.performance.measure_files import frame_of, picture
from constabulary.services.performance.measure_reports import report
from constabulary.services.performance.measure_summary import summary
from constabulary.services.performance.voice import SurveyReport, survey_text
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import numbers
from constabulary.web.pages import performance_people
from constabulary.web.performance import shown

PAGES = (
    "/performance/",
    "/performance/measures/crimes/",
    "/performance/plan/",
    "/performance/orphans/",
    "/performance/grades/",
)


def said(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_with_its_answer_and_shows_the_way_to_the_others(
    full_client: Any, path: str
) -> None:
    text = full_client.get(path).text
    assert 'class="govuk-body-l app-answer"' in text
    for other in ("/performance/", "/performance/plan/", "/performance/orphans/", "/performance/grades/"):
        assert f'href="{other}"' in text


def test_the_page_of_icons_says_each_finding_in_words(full_client: Any, full: Workspace) -> None:
    text = said(full_client, "/performance/")
    found = summary(full)
    assert found.sentence() in text and "on synthetic records" in text
    for one in found.charted:
        assert one.known.measure.title in text
    assert "Common cause: no significant change" in text
    assert "made up by a program" in text


def test_a_measure_counted_from_made_up_records_says_so_on_page_picture_and_file(
    full_client: Any, full: Workspace
) -> None:
    name = "emergency_calls_in_time"
    found = report(full, name)
    assert found.is_synthetic and found.target == 0.95
    assert found.chart is not None and found.chart.assurance is not None
    text = said(full_client, f"/performance/measures/{name}/")
    assert "Synthetic" in text
    month, figure = found.latest or ("", 0.0)
    assert f"{found.worded(figure)} in {numbers.month(month)} (synthetic records)." in text
    assert "Synthetic" in full_client.get(f"/performance/measures/{name}/chart.svg").text
    answer = full_client.get(f"/performance/measures/{name}/table.csv")
    assert "synthetic" in answer.headers["Content-Disposition"]
    assert answer.text.splitlines()[1].endswith("true")


def test_the_table_beside_the_chart_holds_the_figures_of_the_chart(full_client: Any, full: Workspace) -> None:
    text = said(full_client, "/performance/measures/crimes/")
    found = report(full, "crimes")
    for row in found.rows():
        if row["value"] is not None:
            assert f"{numbers.month(row['period'])} {found.worded(row['value'])}" in text


def test_pictures_and_files_of_a_measure_are_what_they_are_called(full_client: Any) -> None:
    begins = {"chart.svg": b"<svg", "chart.png": b"\x89PNG", "table.csv": b"period", "table.xlsx": b"PK"}
    for file, begin in begins.items():
        assert full_client.get(f"/performance/measures/crimes/{file}").body.startswith(begin)
    for wrong in ("chart.gif", "table.doc", "chart.svg?show=pie"):
        assert full_client.get(f"/performance/measures/crimes/{wrong}").status == 404
    assert full_client.get("/performance/summary.csv").text.startswith("name,")


def test_a_picture_is_sent_again_only_when_it_has_changed(full_client: Any) -> None:
    first = full_client.get("/performance/measures/crimes/chart.svg")
    again = full_client.get(
        "/performance/measures/crimes/chart.svg", HTTP_IF_NONE_MATCH=first.headers["ETag"]
    )
    assert (first.status, again.status, again.body) == (200, 304, b"")


def test_a_measure_that_is_not_there_is_not_found(full_client: Any) -> None:
    assert full_client.get("/performance/measures/nothing/").status == 404


def test_commentary_and_a_step_are_kept_by_the_forms_and_taken_back(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    path = "/performance/measures/crimes/"
    before = changing_client.get(f"{path}chart.svg")
    sent = {"what": "comment", "comment_period": "2024-01", "comment_text": "Snow."}
    kept = changing_client.post(path, sent)
    assert (kept.status, kept.headers["Location"]) == (302, f"{path}?kept=commentary")
    assert "Snow." in said(changing_client, path) and "Snow." in str(
        report(changing_workspace, "crimes").said
    )
    drawn = changing_client.get(f"{path}chart.svg", HTTP_IF_NONE_MATCH=before.headers["ETag"])
    assert drawn.status == 200 and "Jan 2024: Snow." in drawn.text
    remark = report(changing_workspace, "crimes").said.commentary[0].remark_id
    back = {"what": "back", "kind": "commentary", "remark": str(remark)}
    assert changing_client.post(path, back).status == 302
    assert report(changing_workspace, "crimes").said.commentary == ()
    assert "Snow." not in said(changing_client, path)


def test_a_form_left_empty_says_what_is_missing_at_the_field_and_keeps_nothing(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    path = "/performance/measures/crimes/"
    answer = changing_client.post(path, {"what": "comment", "comment_period": "2024-01", "comment_text": " "})
    assert answer.status == 200 and "<title>Error:" in answer.text
    assert 'href="#comment_text"' in answer.text and "Say what happened" in answer.text
    assert report(changing_workspace, "crimes").said.commentary == ()


def test_the_plan_of_a_version_shows_its_items_and_what_it_changed(full_client: Any) -> None:
    now = said(full_client, "/performance/plan/")
    first = said(full_client, "/performance/plan/?plan=watch_plan&version=first")
    assert "Ask the shires for lamps" in first and "Changed since" not in first
    assert "due on: 31 December 2022 → 30 June 2023" in now and "taken out" in now
    assert "at risk" in now and "Walks stopped for want of boots" in now
    assert full_client.get("/performance/plan/?plan=other").status == 404


def test_orphans_and_grades_are_those_of_the_services(full_client: Any, full: Workspace) -> None:
    text = said(full_client, "/performance/orphans/")
    assert plans.orphans(full).sentence() in text
    assert "Train call takers" in text and "Arrests that count" in text
    grades = said(full_client, "/performance/grades/")
    assert "not comparable: another scale" in grades and "1 of 2" in grades


@pytest.mark.parametrize(
    ("route", "key"),
    [
        ("summary", "measures"),
        ("measures/crimes", "points"),
        ("plan?version=first", "items"),
        ("orphans", "two_values"),
        ("grades", "grades"),
        ("surveys", "surveys"),
        ("priorities?state=open", "priorities"),
    ],
)
def test_the_api_gives_the_same_as_json(full_client: Any, route: str, key: str) -> None:
    answer = full_client.get(f"/api/performance/{route}")
    assert answer.status == 200, answer.text
    found = json.loads(answer.text)
    assert found["schema"] == 1 and isinstance(found[key], list)


def test_the_api_tells_of_priorities_in_one_state_only_and_of_no_other_state(full_client: Any) -> None:
    every = json.loads(full_client.get("/api/performance/priorities").text)["priorities"]
    met = json.loads(full_client.get("/api/performance/priorities?state=met").text)["priorities"]
    assert [one["state"] for one in met] == ["met"] and len(every) > len(met)
    assert full_client.get("/api/performance/priorities?state=lost").status == 400


def test_the_latest_question_is_that_of_the_latest_figure_though_a_group_was_asked_earlier() -> None:
    def asked(*rows: str) -> SurveyReport:
        table = "\n".join(("period,group,answer", *(row for row in rows for _ in range(20))))
        return survey_text(table, "the table", satisfied=["good"], minimum=1)

    later = asked("2020,north,good", "2018,west,good")
    earlier = asked("2019,north,good", "2019,west,good")
    assert " in 2020, " in performance_people._latest((later, earlier))


def test_the_api_reads_a_pasted_survey_and_hides_few_people(full_client: Any) -> None:
    asked = urlencode({"table": "period,answer\n2024,good\n2024,fair\n2024,bad\n", "satisfied": "good"})
    cells = json.loads(full_client.get(f"/api/performance/survey?{asked}&satisfied=fair").text)["cells"]
    assert cells[0]["share"] == pytest.approx(2 / 3)
    hidden = json.loads(full_client.get(f"/api/performance/survey?{asked}&minimum=20").text)["cells"]
    assert hidden[0]["share"] is None


def test_the_api_ranks_a_pasted_table_with_the_group_of_the_day(full_client: Any) -> None:
    table = "force,count,base\nWestmarch Watch,120,1000\nEastmarch Watch,300,2000\nNorthmarch Watch,80,1000\n"
    asked = {"table": table, "force": "Westmarch Watch", "direction": "decrease", "group": "river_forces"}
    groups = {}
    for on in ("2018-01-01", "2022-01-01"):
        answer = full_client.get(f"/api/performance/compare?{urlencode({**asked, 'on': on})}")
        assert answer.status == 200, answer.text
        found = json.loads(answer.text)
        assert found["force"]["rank"] == 2
        assert found["average"]["value"] == pytest.approx(1000 * 500 / 4000)
        groups[on] = found["group_average_of_others"]["value"]
    assert groups == pytest.approx({"2018-01-01": 150.0, "2022-01-01": 80.0})
    lost = full_client.get(f"/api/performance/compare?{urlencode({**asked, 'force': 'Nowhere'})}")
    assert lost.status == 400


def test_a_limit_where_no_figure_can_lie_is_shown_at_the_nearest_that_can(full: Workspace) -> None:
    found = report(full, "emergency_calls_in_time")
    assert found.unit == "share"
    assert [found.within(limit) for limit in (-0.1, 0.0, 0.4, 1.0, 1.2)] == [0.0, 0.0, 0.4, 1.0, 1.0]
    count = report(full, "crimes")
    assert count.unit == "count"
    assert [count.within(limit) for limit in (-3.0, 12.0)] == [0.0, 12.0]
    assert count.chart is not None
    segment = replace(count.chart.segments[-1], lower=-250.0)
    low = replace(count, chart=replace(count.chart, segments=(*count.chart.segments[:-1], segment)))
    assert " limits 0 to " in low.sentence()
    assert any("shown as 0" in one for one in low.warnings)
    drawn = shown.figures(low)
    assert drawn.rows[-1][[one.title for one in drawn.columns].index("Lower limit")] == "0"
    # What programs read stays as it is worked out.
    assert low.as_json()["lower"] == -250.0 and frame_of(low)["lower"].to_list()[-1] == -250.0


@pytest.mark.parametrize("path", ["/performance/", "/performance/measures/crimes/"])
def test_pages_write_months_and_minus_as_people_do(full_client: Any, path: str) -> None:
    text = said(full_client, path).split("SELECT")[0]
    assert re.findall(r"(?<![\w-])20\d\d-(?:0[1-9]|1[0-2])(?![\w-])", text) == []
    assert re.findall(r"(?<![\w-])-£?\d", text) == []


def test_a_financial_year_that_looks_like_a_month_stays_a_year(full: Workspace) -> None:
    found = report(full, "crimes")
    assert found.values is not None
    yearly = replace(found, values=replace(found.values, kind="financial_year"))
    assert shown.period(yearly, "2010-11") == "2010-11"
    assert shown.period(found, "2010-11") == "November 2010"
    assert shown.period(found, "2014-09-24 to 2014-11-04") == "24 September 2014 to 4 November 2014"


def test_a_chart_names_months_as_people_do_and_its_table_as_programs_read_them(full: Workspace) -> None:
    found = report(full, "crimes")
    months = [row["period"] for row in found.rows()[found.first :]]
    short = [datetime.strptime(month, "%Y-%m").strftime("%b %Y") for month in months]  # noqa: DTZ007 (a month)
    assert months
    for show in ("xmr", "rolling_12"):
        assert [row["period"] for row in picture(found, show)["data"]["values"]] == short
    assert frame_of(found)["period"].to_list()[-1] == months[-1]
    assert found.values is not None
    yearly = replace(found, values=replace(found.values, kind="financial_year"))
    assert [row["period"] for row in picture(yearly)["data"]["values"]] == months
