"""The money pages: what they say, where figures lead, what they take in, and a folder that holds no money."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from constabulary.services.finance import solve
from constabulary.services.finance.plan import plan_report
from constabulary.services.finance.printed import reconcile_force
from constabulary.services.response.workforce import effect
from constabulary.services.workspace.workspaces import Workspace, new_workspace
from constabulary.web.money import parts, upload

PAGES = (
    "", "precept/", "solve/", "scenarios/", "risk/", "reserves/", "capital/", "establishment/", "monitoring/",
    "reconcile/", "workbook/", "changes/", "buys/",
)  # fmt: skip


def text_of(answer: Any) -> str:
    """Return a page's text without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_the_front_page_opens_with_the_gap_and_what_the_figures_rest_on(client: Any, workspace: Workspace):
    report = plan_report(workspace)
    page = text_of(client.get("/money/"))
    assert parts.opening(report) in page
    assert f"{report.name}: " not in page
    for name, share in report.evidence.share.items():
        if share and name != "rounding":
            assert f"{name.capitalize()} {100 * share:.1f}%" in page
    n_links = client.get("/money/").text.count('href="/money/line/')
    assert n_links >= len(report.result.lines) * len(report.result.years)


def test_every_figure_leads_to_a_working_that_adds_up_to_it(client: Any, workspace: Workspace):
    found = plan_report(workspace).result
    line = found.line("wardens")
    for year, value in zip(found.years, line.values, strict=True):
        page = text_of(client.get(f"/money/line/wardens/?year={quote(year)}"))
        assert f"{year} £{value:,.2f} Show the working" in page
    assert client.get("/money/line/nothing/").status == 404


@pytest.mark.parametrize("path", PAGES)
def test_a_folder_without_money_has_every_page_and_says_what_to_type(bare_client: Any, path: str):
    answer = bare_client.get(f"/money/{path}")
    assert answer.status == 200
    if path not in {"workbook/", "solve/", "buys/"}:
        assert "finance/" in answer.text


@pytest.fixture(scope="module")
def broken_client(tmp_path_factory: pytest.TempPathFactory, client_of: Any) -> Any:
    """A client of a workspace whose plan has income above zero."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copytree(Path(__file__).parents[1] / "forces" / "westmarch", folder / "force")
    lines = folder / "force" / "finance" / "plan" / "lines.csv"
    lines.write_text(
        lines.read_text(encoding="utf-8").replace("income,-9000", "income,9000"), encoding="utf-8"
    )
    return client_of(new_workspace(folder / "workspace", str(folder / "force")).path)


@pytest.mark.parametrize("name", ["precept", "reserves", "capital", "monitoring"])
def test_what_rests_on_a_broken_plan_says_what_the_plan_says(broken_client: Any, name: str):
    [said] = json.loads(broken_client.get("/api/money/plan").text)["problems"]
    assert "finance/plan/lines.csv" in said["message"]
    assert "below zero" in said["message"]
    answer = broken_client.get(f"/api/money/{name}")
    assert (answer.status, json.loads(answer.text)["problems"]) == (400, [said])
    page = broken_client.get(f"/money/{name}/")
    assert page.status == 200
    assert html.escape(said["message"]) in page.text


def test_the_precept_follows_what_is_asked(client: Any):
    page = text_of(client.get("/money/precept/?year=2022&band_d=&requirement=440150"))
    assert "Band D for 2022 is £100.00" in page  # 440,150 / 4,401.5 homes
    page = client.get("/money/precept/?band_d=1&requirement=1")
    assert "Give band D or the requirement, not both" in page.text
    assert "Error:" in page.text


def test_pasted_rows_become_a_scenario_with_its_bridge_and_bad_ones_are_told(client: Any):
    rows = quote("wardens\t2024\t500,000\nfodder\t2024\t2%")
    page = client.get(f"/money/scenarios/?name_a=More&rows_a={rows}")
    assert "More moves the gap of 2027" in text_of(page)
    [src] = re.findall(r'src="(/money/chart/bridge\.svg\?[^"]+)"', page.text)
    assert client.get(src.replace("&amp;", "&")).body.startswith(b"<svg")
    wide = quote("\t2024\t2025\nfodder\t0.02\t\n")
    assert "moves the gap" in text_of(client.get(f"/money/scenarios/?rows_a={wide}"))
    bad = text_of(client.get(f"/money/scenarios/?rows_a={quote('foder,2024,1')}"))
    assert "Did you mean &quot;fodder&quot;" in bad
    for cell in ("=1+1", "1e99999999"):
        refused = text_of(client.get(f"/money/scenarios/?rows_a={quote(f'wardens,2024,{cell}')}"))
        assert "is not a number" in refused


@pytest.mark.parametrize("name", ["requirement", "band_d", "gap", "reserves", "capital", "tornado", "fan"])
def test_every_chart_is_drawn_wide_and_narrow(client: Any, name: str):
    for query in ("", "?width=narrow"):
        answer = client.get(f"/money/chart/{name}.svg{query}")
        assert (answer.status, answer.body[:4]) == (200, b"<svg")
    assert client.get(f"/money/chart/{name}.gif").status == 404


def test_tables_and_the_workbook_can_be_taken_away(client: Any):
    for name in ("summary", "lines", "reserves", "capital", "bands", "establishment", "monitoring", "checks"):
        assert client.get(f"/money/download/{name}.csv").body.count(b"\n") > 1
    answer = client.get("/money/plan.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as book:
        assert "xl/workbook.xml" in book.namelist()
    told = text_of(client.upload("/money/workbook/", {"file": ("plan.xlsx", answer.body)}))
    assert "plan.xlsx: 0 figures changed" in told
    assert "Choose the workbook" in client.post("/money/workbook/").text
    assert "Error:" in client.upload("/money/workbook/", {"file": ("plan.xlsx", b"nothing")}).text


def test_a_kept_version_is_held_against_the_plan_of_today(client: Any):
    kept = client.get("/api/money/plan").text
    client.get("/money/changes/")
    same = client.upload("/money/changes/", {"file": ("january.json", kept.encode())})
    assert "Nothing changed." in text_of(same)
    before = json.loads(kept)
    for line in before["lines"]:
        if line["id"] == "wardens":
            line["values"][-1] += 1_000
        if line["id"] == "lamps":
            line["id"], line["title"] = "hay", "Hay <b>"
    before["gap_gbp"][-1] -= 1_000
    page = client.upload("/money/changes/", {"file": ("january.json", json.dumps(before).encode())})
    text = text_of(page)
    assert "Error:" not in page.text, text
    assert "3 lines differ; the gap of 2027 moved from" in text
    assert "−1,000.00" in text or "-1,000.00" in text
    assert "Hay &lt;b&gt;" in page.text
    assert "/money/line/hay/" not in page.text
    assert "Choose the earlier version" in client.post("/money/changes/").text
    for bad in (
        b"nothing",
        b"{}",
        b"\xff",
        b"[]",
        b"\xff\xfe",
        b'{"years": ["2027"], "lines": [], "gap_gbp": ["x"]}',
    ):
        assert "Error:" in client.upload("/money/changes/", {"file": ("plan.json", bad)}).text


def test_the_api_compares_with_shipped_versions_and_opens_no_path(client: Any):
    other = client.get("/api/money/changes?before=cambridgeshire")
    assert "no year in common" in other.text
    refused = client.get("/api/money/changes?before=%2Fetc")
    assert refused.status == 400
    assert "before: cannot be read. Expected cambridgeshire." in refused.text


def test_a_pasted_ledger_is_held_against_the_budget(client: Any):
    rows = "line_id\tJan 2023\tFeb 2023\nwardens\t40,000\t(500)\n"
    page = text_of(client.post("/money/monitoring/", {"rows": rows, "year": "", "method": "profile"}))
    assert "After 2 months of 2023, £39,500 is spent" in page
    assert (
        "Error:"
        in client.post("/money/monitoring/", {"rows": "a\tb\n1\t2\n", "year": "", "method": "profile"}).text
    )


@pytest.mark.parametrize(
    "path",
    [
        "plan", "precept", "reserves", "capital", "establishment", "monitoring", "reconcile", "solve/band-d",
        "solve/officers?rise=10", "solve/savings", "reckoner", "sensitivity", "fan?draws=100",
        "scenario?rows=fodder,2024,2%25", "back-test",
    ],
)  # fmt: skip
def test_each_answer_is_to_be_had_as_json(client: Any, path: str):
    answer = client.get(f"/api/money/{path}")
    assert answer.status == 200
    assert json.loads(answer.text)["schema"] == 1


@pytest.mark.parametrize("path", ["/money/workbook/", "/money/changes/", "/money/monitoring/"])
def test_a_file_too_large_to_be_one_is_refused_by_name_and_not_read(
    client: Any, monkeypatch: pytest.MonkeyPatch, path: str
):
    monkeypatch.setattr(upload, "MOST_BYTES", 1_000_000)
    answer = client.upload(path, {"file": ("large.xlsx", b"x" * 1_200_000)})
    assert answer.status == 200
    assert "large.xlsx: it has 1.2 MB. Expected less than 1 MB." in answer.text
    assert "Error: " in answer.text.partition("</title>")[0]


def test_a_pound_is_followed_to_the_street_once_posts_were_simulated(
    changing_client: Any, changing_workspace: Workspace
):
    before = text_of(changing_client.get("/money/buys/"))
    assert "What a pound buys cannot be told yet." in before
    assert "constabulary workforce effect" in before
    found = effect(changing_workspace, (0, 5), replications=2, weeks=2)
    answer = json.loads(changing_client.get("/api/money/buys?rise=100").text)
    link = answer["links"][0]
    # £100 on some 5,000 band D homes pays for nine officers at £50,000; the table has five posts at most.
    assert link["n_officers"] == int(link["raised_gbp"] / link["officer_cost_gbp"]) > 5
    assert link["response"] == {}
    page = changing_client.get("/money/buys/?rise=40").text
    few = json.loads(changing_client.get("/api/money/buys?rise=40").text)["links"][0]
    assert 0 < few["n_officers"] < 5
    row = found["rows"][-1]
    part = few["n_officers"] / row["posts_added_fte"]
    assert few["response"]["visible_officer_h"]["change"] == pytest.approx(
        part * row["visible_officer_h_change"]
    )
    said = text_of(changing_client.get("/money/buys/?rise=40"))
    assert f"£40.00 on band D pays for {few['n_officers']} officers" in said
    half = few["response"]["median_s"]["half_width"]
    assert f"sooner (give or take {half:,.0f})" in said or f"later (give or take {half:,.0f})" in said
    assert "only 2 runs" in said
    assert f"/response/effect/{found['stamp']['id']}/" in page


@pytest.mark.parametrize(
    "asked",
    (
        "precept?band_d=1e99999999",
        "precept?requirement=-1e99999999",
        "solve/officers?rise=1e99999999",
        "buys?rise=1e99999999",
        "solve/savings?reserve=nan",
        "establishment?posts=inf&year=2022/23",
        "establishment?years=999999999",
        "reserves?years=0",
        "capital?years=999999999",
        "fan?draws=999999999",
        "fan?seed=-1",
    ),
)
def test_the_api_refuses_numbers_that_nothing_could_be_worked_out_with(client: Any, asked: str) -> None:
    answer = client.get(f"/api/money/{asked}")
    assert answer.status == 400
    (problem,) = json.loads(answer.text)["problems"]
    assert problem["rule"] == "wrong_parameter"
    assert "Value error" not in problem["message"]


def test_the_front_page_has_need_finance_gap_and_band_d_of_the_last_year_on_top(
    client: Any, workspace: Workspace
):
    found = plan_report(workspace).result
    top = re.search(r'<dl class="app-figures">.*?</dl>', client.get("/money/").text, re.S)
    assert top is not None
    said = " ".join(re.sub(r"<[^>]+>", " ", top[0]).split())
    for name, amount in (
        (f"Needed in {found.years[-1]}", found.net_budget_requirement_gbp[-1]),
        ("Financed", found.values("financing")[-1]),
    ):
        assert f"{name} £{amount / 1_000_000:,.3f}m" in said
    assert f"£{abs(found.gap_gbp[-1]) / 1_000_000:,.3f}m" in said


def test_closing_the_gap_says_whether_it_needs_a_referendum(client: Any, workspace: Workspace):
    check = solve.band_d(workspace).checks[-1].check
    wanted = {None: "planned.", True: "and needs a referendum.", False: "without a referendum."}
    answer = re.search(r'app-answer">([^<]+)<', client.get("/money/solve/").text)
    assert answer is not None and answer[1].endswith(wanted[check and check.is_excessive])


def test_every_answer_of_a_money_form_begins_with_a_capital(client: Any):
    for path in ("monitoring/", "solve/", "reconcile/"):
        page = client.get(f"/money/{path}").text
        offered = re.findall(r"<label class=\"govuk-label govuk-radios__label\"[^>]*>([^<]+)", page)
        offered += re.findall(r"<option[^>]*>([^<]+)", page)
        assert offered and not [one for one in offered if one[0].islower()], path


def test_printed_tables_are_called_by_their_titles(client: Any, workspace: Workspace):
    page = text_of(client.get("/money/reconcile/"))
    assert re.search(r"\b1\s+check\b", page) and not re.search(r"\b1\s+checks\b", page)
    ids = {check.table for check in reconcile_force(workspace).result.checks}
    assert ids and not [one for one in ids if "_" in one and one in page]


def test_an_amount_below_nought_and_a_class_that_is_none_are_refused_in_words(client: Any):
    assert "Requirement must be 0 or more" in text_of(client.get("/money/precept/?requirement=-5"))
    assert "Band D must be 0 or more" in text_of(client.get("/money/precept/?band_d=-1"))
    odd = text_of(client.get("/money/reconcile/?kind=odd"))
    assert "Class: choose one of the list" in odd and "Select a valid choice" not in odd


@pytest.mark.parametrize(
    ("band_d", "said"), [("302.72", "£104.00 more a year (£2.00 a week)"), ("224.72", "(50p a week)")]
)
def test_a_rise_of_a_pound_a_week_or_more_is_told_in_pounds(
    band_d: str, said: str, tmp_path: Path, client_of: Any
):
    # The shipped force's band D of 2018/19 is £198.72: 52 weeks of £2 make it £302.72, of 50p £224.72.
    made = new_workspace(tmp_path / "workspace", "cambridgeshire")
    assert said in text_of(client_of(made.path).get(f"/money/precept/?year=2019/20&band_d={band_d}"))


@pytest.mark.browser
def test_no_line_ends_between_a_minus_and_its_pound_sign(open_tab: Any, site: str) -> None:
    tab = open_tab(site, width_px=360)
    tab.goto(f"/money/scenarios/?rows_a={quote('wardens,2024,500000')}")
    answer = tab.locator(".app-answer")
    expect(answer).to_contain_text("\N{MINUS SIGN}£")
    # At one width or another, each word of the answer comes to stand at the end of a line.
    parted = answer.evaluate(
        """(answer) => {
            const found = [];
            const texts = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT);
            for (let text; (text = texts.nextNode()); )
                for (let at = text.data.indexOf("\u2212£"); at >= 0; at = text.data.indexOf("\u2212£", at + 1))
                    for (let width = 120; width <= 360; width += 2) {
                        answer.style.width = `${width}px`;
                        const [minus, pound] = [at, at + 1].map((place) => {
                            const range = document.createRange();
                            range.setStart(text, place);
                            range.setEnd(text, place + 1);
                            return range.getBoundingClientRect().top;
                        });
                        if (minus !== pound) found.push(width);
                    }
            return found;
        }"""
    )
    assert parted == []
    tab.context.close()
