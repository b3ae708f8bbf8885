"""The response pages say what the services say: before any simulation, after one, and of an appraisal."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from playwright.sync_api import expect

from constabulary.services.response.appraisal import appraise_options
from constabulary.services.response.calibration import calibrate
from constabulary.services.response.simulation import simulate
from constabulary.services.response.workforce import bought, effect
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import numbers
from constabulary.web.response import tables


@pytest.fixture(scope="module")
def results(workspace: Workspace) -> Iterator[dict[str, dict[str, Any]]]:
    """Return one kept simulation and appraisal of the site's workspace."""
    yield {
        "simulation": simulate(workspace, None, 2, weeks=2),
        "appraisal": appraise_options(workspace, (), 2, weeks=2),
    }


def test_before_any_simulation_the_front_page_says_who_is_on_duty(changing_client: Any) -> None:
    page = changing_client.get("/response/").text
    assert "No simulation has been run yet" in page
    assert "Start the run" in page


def test_a_simulation_is_shown_with_its_intervals(client: Any, results: dict[str, dict[str, Any]]) -> None:
    stamp = results["simulation"]["stamp"]["id"]
    page = client.get(f"/response/simulation/{stamp}/").text
    share = next(
        one
        for one in results["simulation"]["figures"]
        if (one["figure"], one["of"], one["by"]) == ("within_target_share", "critical", "all")
    )
    assert f"{100 * share['mean']:.1f} ± {100 * share['half_width']:.1f}%" in page
    assert stamp in page
    assert "What it rests on" in page
    # Each district is an area of its own here: districts tell it all.
    assert "by district, the worst served first" in page
    assert "by policing area" not in page
    assert json.loads(client.get(f"/api/response/results/{stamp}").text) == results["simulation"]


def test_areas_of_several_districts_have_a_table_of_their_own(results: dict[str, dict[str, Any]]) -> None:
    option = results["appraisal"]["options"][1]
    assert option["areas"].keys() == {"hills", "coast"}
    served = tables.by_area(option["figures"], {"critical": "Critical"}, option["areas"])
    assert served is not None
    assert served.caption == "Critical incidents by policing area, the worst served first"
    shares = {
        one["part"].capitalize(): one["mean"]
        for one in option["figures"]
        if (one["figure"], one["of"], one["by"]) == ("within_target_share", "critical", "area")
    }
    assert [row[0] for row in served.rows] == sorted(shares, key=lambda area: shares[area])
    for row in served.rows:
        assert str(row[1]).startswith(f"{100 * shares[str(row[0])]:.1f} ± ")


def test_an_appraisal_reads_in_words_and_goes_as_a_paper(
    client: Any, results: dict[str, dict[str, Any]]
) -> None:
    found = results["appraisal"]
    stamp = found["stamp"]["id"]
    page = client.get(f"/response/appraisal/{stamp}/").text
    for sentence in found["options"][1]["in_words"]:
        assert sentence.replace("'", "&#x27;") in page
    assert "A shift of nobody&#x27;s. (assumed)" in page
    for sentence in found["summary"][:-1]:
        assert sentence.replace("'", "&#x27;") in page
    # Five posts at the £50,000 of the financial plan and £1,000 besides, as the scenario says.
    assert "£251,000" in page
    paper = client.get(f"/response/appraisal/{stamp}/paper/").text
    assert found["summary"][0] in paper
    assert "A shift of nobody&#x27;s. (assumed)" in paper
    for form, head in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        answer = client.get(f"/response/appraisal/{stamp}/options-appraisal.{form}")
        assert (
            answer.headers["Content-Disposition"]
            == f'attachment; filename="options-appraisal-{stamp}.{form}"'
        )
        assert answer.body.startswith(head)
    assert client.get(f"/response/appraisal/{stamp}/options-appraisal.doc").status == 404
    for figure in ("within_target_share", "median_s"):
        chart = client.get(f"/response/chart/{stamp}/{figure}.svg")
        assert chart.headers["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (0.5, "0.5 seconds"),
        (1.0, "1 second"),
        (60, "1 minute"),
        (90.0, "90 seconds"),
        (672.0, "11.2 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (86400.0, "24 hours"),
    ],
)
def test_a_time_is_told_in_the_unit_that_suits_it(seconds: float, said: str) -> None:
    assert numbers.duration(seconds) == said


def test_what_an_option_costs_once_is_told_against_the_first(results: dict[str, dict[str, Any]]) -> None:
    found = results["appraisal"]
    base, other = found["options"]
    both = [
        {**base, "cost_gbp_once": 70_000.0},
        {**other, "cost_gbp_once": 90_000.0, "cost_gbp_once_more": 20_000.0},
    ]
    told = tables.costs({**found, "options": both}, {"critical": "Critical"})
    assert "£20,000" in str(told.rows)
    assert "90,000" not in str(told.rows)


def test_the_spreadsheet_of_the_paper_holds_every_figure_unrounded(
    client: Any, results: dict[str, dict[str, Any]]
) -> None:
    found = results["appraisal"]
    stamp = found["stamp"]["id"]
    content = client.get(f"/response/appraisal/{stamp}/options-appraisal.xlsx").body
    sheet = pl.read_excel(io.BytesIO(content), sheet_name="Against Three shires")
    assert sheet.height == sum(len(option["figures"]) for option in found["options"])
    key = {"figure": "visible_officer_h", "of": "all", "by": "all", "part": "all"}
    row = sheet.filter(
        *(pl.col(name) == value for name, value in key.items()), pl.col("option") == "One command"
    )
    told = next(one for one in found["differences"] if all(one[name] == value for name, value in key.items()))
    assert float(row["difference"][0]) == pytest.approx(told["mean"])


def test_a_run_asked_for_on_the_page_waits_for_the_worker(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    sent = changing_client.post("/response/", {"what": "as_it_stands", "thorough": "quick"})
    assert sent.status == 302
    assert "Simulation of response: waiting, 0% done" in changing_client.get("/response/").text
    run = runs.list_runs(changing_workspace)[0]
    assert run.name == "response.simulate"
    assert run.arguments == {"scenario": "", "replications": 4, "weeks": 8}
    assert runs.stop(changing_workspace, run.run_id, runs.at_this_computer("tester")).state == "stopped"


def test_a_run_that_is_done_leads_to_its_result(changing_client: Any, changing_workspace: Workspace) -> None:
    run = runs.start(
        changing_workspace,
        "response.simulate",
        {"scenario": "1_three_shires.toml", "replications": 2, "weeks": 2},
        runs.at_this_computer("tester"),
    )
    runs.work(changing_workspace, once=True)
    found = runs.get_run(changing_workspace, run.run_id)
    assert found.state == "done"
    page = changing_client.get(f"/data/runs/{run.run_id}/").text
    assert f'href="/response/simulation/{found.result["stamp"]}/">Three shires</a>' in page
    assert "Simulation of response: Three shires" in page


def test_structures_that_are_ticked_are_appraised_the_first_being_the_base(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    # A form sends a name as often as it is ticked.
    page = changing_client.get("/response/").text
    assert page.count('type="checkbox"') == 3
    asked = "what=2_one_command.toml&what=as_it_stands&thorough=quick"
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    body = f"csrfmiddlewaretoken={token}&{asked}".encode()
    sent = changing_client._ask(
        "POST", "/response/", body, {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    )
    assert sent.status == 302
    run = runs.list_runs(changing_workspace)[0]
    assert (run.name, run.arguments["scenarios"]) == ("response.appraise", ["2_one_command.toml", ""])


def test_what_posts_buy_is_shown_and_a_sum_is_read_between_the_rows(
    client: Any, workspace: Workspace
) -> None:
    found = effect(workspace, [0.0, 10.0], replications=2, weeks=2)
    low, high = found["rows"]
    half = bought(found, high["cost_gbp"] / 2)
    assert half["posts_added_fte"] == 5.0
    for name in ("median_s", "uncommitted_h", "on_duty_units"):
        assert half[name] == pytest.approx((low[name] + high[name]) / 2)
        assert half["change"][name] == pytest.approx((high[name] - low[name]) / 2)
    page = client.get(f"/response/effect/{found['stamp']['id']}/").text
    assert "From pounds to minutes" in page
    assert "10 posts more, at £500,000 a year, bring" in page
    told = client.get("/response/effect/?gbp=250000").text
    assert "£250,000 a year is 5.0 posts" in told
    assert "beyond what was simulated" in client.get("/response/effect/?gbp=900000000").text
    answer = json.loads(client.get("/api/workforce/effect?gbp=250000").text)
    assert answer["bought"] == json.loads(json.dumps(half))
    chart = client.get(f"/response/effect/{found['stamp']['id']}/posts.svg")
    assert chart.headers["Content-Type"] == "image/svg+xml"
    fewer = effect(workspace, [-10.0, 0.0], replications=2, weeks=2)
    page = client.get(f"/response/effect/{fewer['stamp']['id']}/").text
    assert "10 posts fewer, saving £500,000 a year, bring" in page


@pytest.mark.parametrize(
    ("posts", "said"),
    [
        ("10, 20", "Posts must be 2 to 12 numbers, 0 among them"),
        ("none", "Posts must be numbers with commas between them"),
        ("0", "Posts must be 2 to 12 numbers, 0 among them"),
        ("", "Enter how many posts to try"),
    ],
)
def test_posts_that_make_no_table_are_told(client: Any, posts: str, said: str) -> None:
    page = client.post("/response/effect/", {"posts": posts, "thorough": "quick"}).text
    assert "There is a problem" in page
    assert page.count(said) == 2  # in the summary and at the box


def test_the_box_of_posts_is_as_wide_as_what_goes_into_it(client: Any) -> None:
    box = re.search(r'<input name="posts"[^>]*>', client.get("/response/effect/").text)
    assert box is not None and "govuk-input--width-20" in box[0]


def test_the_model_is_shown_beside_the_records_it_was_not_fitted_to(
    full_client: Any, full: Workspace
) -> None:
    before = full_client.get("/response/calibration/").text
    assert "has not been held to records yet" in before
    found = calibrate(full, weeks=8)
    assert calibrate(full, weeks=8) == found  # kept by its stamp
    stamp = found["stamp"]["id"]
    page = full_client.get("/response/calibration/").text
    row = next(one for one in found["validation"] if one["figure"] == "response_s" and one["area_id"] is None)
    assert f"(records {row['observed'] / 60:.1f} min)" in page
    assert "synthetic" in page
    assert found["toml"].splitlines()[1] in page
    # What was set is told with units as among the assumptions, and by the name that a scenario has for it.
    assert 'Median time each unit spends at the scene <span class="app-unit">scene_median_s</span>' in page
    assert "minutes</td>" in page and "(s)</td>" not in page
    listed = json.loads(full_client.get("/api/response/results").text)["results"]
    assert {"kind": "calibration", "stamp": stamp, "replications": 1} in listed
    # The curve is the distribution: at a half it is the median that the table has.
    middle = next(one for one in row["spread"] if one["share"] == 0.5)
    assert (middle["observed_s"], middle["simulated_s"]) == pytest.approx((row["observed"], row["simulated"]))
    for figure in (row["grade"], "units_at_work", "incidents_waiting"):
        assert full_client.get(f"/response/calibration/{stamp}/{figure}.svg").text.startswith("<svg")
    assert full_client.get(f"/response/calibration/{stamp}/nothing.svg").status == 404
    one_area = full_client.get("/response/calibration/?area=W99900002").text
    assert f"/response/calibration/{stamp}/{row['grade']}.svg?area=W99900002" in one_area


def test_a_run_without_a_choice_is_told(client: Any) -> None:
    page = client.post("/response/", {"what": "nothing"}).text
    assert "There is a problem" in page
    assert "Choose how thoroughly" in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "6 agents answer"),
        ("?calls_per_h=37&handling_s=420&agents=2&within_s=30&patience_s=", "cannot keep up"),
        ("?calls_per_h=x&handling_s=420&agents=2.5&within_s=30", "must be a whole number"),
    ],
)
def test_the_calculator_answers_or_says_what_to_mend(client: Any, query: str, said: str) -> None:
    assert said in client.get(f"/response/staffing/{query}").text


def test_the_day_has_the_same_hours_in_the_table_and_for_the_map(client: Any) -> None:
    day = json.loads(client.get("/api/response/day?weekday=1").text)
    page = client.get("/response/day/?weekday=1").text
    # The map reads the very day that the table is of, kept by its stamp: it is simulated once.
    assert f'data-src="/api/response/results/{day["stamp"]["id"]}"' in page
    assert json.loads(client.get(f"/api/response/results/{day['stamp']['id']}").text) == day
    n_incidents = sum(hour["incidents"] for hour in day["hours"])
    assert f"On this simulated Tuesday {n_incidents} incidents" in page
    assert len(day["hours"]) == 24
    assert day["units"]
    for unit in day["units"]:
        for sent, arrived, left, start, end in unit["sent"]:
            assert arrived is None or sent <= arrived <= left
            assert 0 <= start < len(day["atoms"])
            assert 0 <= end < len(day["atoms"])
    assert json.loads(client.get("/response/districts.geojson").text)["features"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("scenario=nowhere.toml", "is no scenario of the force folder"),
        ("weekday=9", "Expected a whole number from 0 to 6"),
    ],
)
def test_a_day_that_is_none_is_refused_over_the_api(client: Any, query: str, said: str) -> None:
    refused = client.get(f"/api/response/day?{query}")
    assert refused.status == 400
    assert said in json.loads(refused.text)["problems"][0]["message"]


def test_every_page_of_response_leads_to_the_others_and_marks_itself(
    client: Any, results: dict[str, dict[str, Any]]
) -> None:
    row = re.compile(r'<nav class="app-ways" aria-label="Response pages">.*?</nav>', re.S)
    found = row.search(client.get("/response/").text)
    assert found is not None
    addresses = re.findall(r'href="([^"]+)"', found[0])
    assert len(addresses) > 8
    kept = {f"/response/{kind}/{one['stamp']['id']}/": "/response/" for kind, one in results.items()}
    for address, marked in {**{one: one for one in addresses}, **kept}.items():
        shown = row.search(client.get(address).text)
        assert shown is not None
        assert re.findall(r'href="([^"]+)" aria-current="page"', shown[0]) == [marked]


def test_who_is_on_duty_adds_up(client: Any) -> None:
    found = json.loads(client.get("/api/workforce/deployable").text)
    assert found["posts"]
    page = client.get("/response/workforce/").text
    assert "posts that respond put" in page
    # Roles by the name the force gives them, as all words of a table with a capital.
    assert ">Warden</td>" in page and ">Neighbourhood</td>" in page
    assert "warden" not in page and ">neighbourhood<" not in page
    assert client.get("/response/workforce.svg").headers["Content-Type"] == "image/svg+xml"


def test_what_is_not_there_is_told(client: Any) -> None:
    for address in ("simulation/0123456789abcdef/", "appraisal/nothing/", "chart/nothing/median_s.svg"):
        assert client.get(f"/response/{address}").status == 404


@pytest.mark.browser
def test_the_day_on_the_map_counts_one_in_the_singular(open_tab: Any, site: str) -> None:
    tab = open_tab(site)
    day = {
        "length_s": 86_400, "patrol_s": 1_200, "atoms": [[0.1, 52.2]],
        "units": [{"from_s": 0, "to_s": 86_400, "patrol": [0], "sent": []}],
        "incidents": [{"atom": 0, "ready_s": 0, "arrived_s": 43_200, "over_s": 50_000}],
    }  # fmt: skip
    tab.route("**/api/response/results/*", lambda route: route.fulfill(json=day))
    tab.goto("/response/day/")
    said = tab.locator(".app-day__said")
    expect(said).to_have_text(
        "08:00: 1 unit uncommitted, 0 on their way, 0 at scenes; 1 incident waits for the first to arrive."
    )
    tab.locator(".app-day__time").fill("79200")
    expect(said).to_have_text(
        "22:00: 1 unit uncommitted, 0 on their way, 0 at scenes; 0 incidents wait for the first to arrive."
    )
    tab.context.close()
