"""What the pages say, and how the site answers when it cannot show one."""

from __future__ import annotations

import errno
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from constabulary.services.records import imports as imports_service
from constabulary.services.records.holdings import Holding, Holdings, holdings
from constabulary.services.workspace.force import force_of, force_overview, force_table
from constabulary.services.workspace.workspaces import Workspace, open_workspace
from constabulary.web.headers import CONTENT_SECURITY_POLICY


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_first_page_says_what_is_loaded_and_how_fresh_it_is(client: Any) -> None:
    text = words(client.get("/").text)
    assert "2 records are loaded; the latest are of January 2024" in text
    assert "Westmarch Police" in text


def test_a_workspace_without_records_says_so_and_offers_to_import(changing_client: Any) -> None:
    changing_client.post("/data/imports/000001/withdraw/", {"reason": "wrong month"})
    text = changing_client.get("/").text
    assert "No records are loaded yet" in text
    assert "/data/imports/new/" in text


def test_the_first_pages_say_how_many_records_are_made_up_and_each_room_what_it_answers(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*are_synthetic: bool) -> Holdings:
        day = date(2024, 3, 1)
        one = Holding("calls", "", "westmarch", False, day, day, False, 1, 1_500)
        parts = tuple(replace(one, is_synthetic=is_synthetic) for is_synthetic in are_synthetic)
        return Holdings(parts, datetime(2024, 4, 1, 9, tzinfo=UTC), 2, 0)

    for parts, counted, told in (
        ((True, False), "3,000 records, 1,500 of them synthetic,", "1,500 of these records are made up"),
        ((True,), "1,500 synthetic records", "These records are made up"),
        ((False,), "1,500 records", None),
    ):
        for address, module in (("/", "home"), ("/data/", "about")):
            monkeypatch.setattr(
                f"constabulary.web.pages.{module}.holdings", lambda _, parts=parts: held(*parts)
            )
            text = words(client.get(address).text)
            assert counted in text
            assert (told in text) if told else ("made up by a program to match" not in text)
    front = words(client.get("/").text)
    assert "Westmarch Police 1 March 2024" in front  # not as the records spell it
    assert "Demand : what a typical day brings" in front


def test_holdings_count_what_is_accepted_and_not_withdrawn(make_workspace: Any) -> None:
    opened = open_workspace(make_workspace())
    before = holdings(opened)
    assert [
        (one.table, one.scope, one.n_rows, one.n_periods, one.is_synthetic) for one in before.holdings
    ] == [("crimes", "Westmarch Police", 2, 1, False)]
    assert before.n_refused == 2
    imports_service.withdraw_import(opened, "000001", by="the test", reason="wrong month")
    after = holdings(opened)
    assert after.holdings == ()
    assert (after.n_rows, after.n_imports, after.last_import_at) == (0, 0, None)


def test_every_table_of_the_force_folder_has_a_page_on_which_each_printed_fact_leads_to_its_document(
    client: Any, workspace: Workspace
) -> None:
    overview = force_overview(workspace)
    folder = client.get("/data/force/").text
    assert {"districts", "volumes", "establishment"} <= {table.name for table in overview.tables}
    for table in overview.tables:
        assert f"/data/force/{table.name}/" in folder
        facts = force_table(workspace, table.name).facts
        page = client.get(f"/data/force/{table.name}/").text
        n_links = len(re.findall(r'href="/data/force/source/[^"]+/"', page))
        assert n_links == sum(fact.source is not None for fact in facts[:100]), table.name


def test_every_document_has_a_page_that_counts_what_was_typed_from_it(
    client: Any, workspace: Workspace
) -> None:
    force = force_of(workspace)
    for source in force.sources:
        text = words(client.get(f"/data/force/source/{source.id}/").text)
        assert source.title in text
        n_volumes = sum(volume.source_id == source.id for volume in force.volumes)
        assert not n_volumes or re.search(rf"Volumes .*? {n_volumes:,}\b", text)


def test_the_api_says_the_same_as_the_force_folder(client: Any, workspace: Workspace) -> None:
    facts = json.loads(client.get("/api/force/districts").text)["facts"]
    assert [fact["population"] for fact in facts] == [one.population for one in force_of(workspace).districts]
    assert all(fact["source"] and fact["typed_in"]["line"] > 1 for fact in facts)


def test_the_description_of_the_api_names_every_route(client: Any) -> None:
    from constabulary.web import page

    described = json.loads(client.get("/api/openapi.json").text)
    assert set(described["paths"]) == {f"/{one.path}" for one in page.pages() if one.is_api}


def test_an_import_page_accounts_for_every_row(client: Any) -> None:
    text = words(client.get("/data/imports/000001/").text)
    assert "4 rows were read: 2 accepted, 2 refused, 0 already there." in text
    assert "accepted with refusals" in text


def test_refused_rows_are_shown_with_every_reason_and_can_be_taken_away(client: Any) -> None:
    page = words(client.get("/data/imports/000001/refused/").text)
    assert "2 rows broke a rule" in page
    for said in ("January", "Spitting", "latitude", "crime type"):
        assert said in page, said
    answer = client.get("/data/imports/000001/refused-crimes.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert len(answer.text.splitlines()) == 3


def test_an_import_is_withdrawn_with_a_reason_and_not_without(changing_client: Any) -> None:
    path = "/data/imports/000001/withdraw/"
    assert "Say why the import is wrong" in changing_client.post(path, {"reason": " "}).text
    assert changing_client.post(path, {"reason": "wrong month"}).status == 302
    text = words(changing_client.get("/data/imports/000001/").text)
    assert "withdrawn" in text
    assert "wrong month" in text
    assert "Withdraw this import" not in text


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/data/imports/999999/", "/data/force/nothing/", "/data/force/source/none/"]
)
def test_what_is_not_there_is_answered_with_404_and_a_way_on(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status == 404
    assert 'href="/"' in answer.text


def test_a_method_that_a_page_does_not_answer_is_refused(client: Any) -> None:
    assert client.post("/data/imports/").status in {403, 405}


def test_a_fault_is_told_without_the_value_that_caused_it(
    client: Any, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    import logging

    from constabulary.web import page

    def broken(request: Any) -> None:
        raise ValueError("the secret name of a victim")

    monkeypatch.setattr("constabulary.web.pages.home.force_overview", broken)
    records: list[logging.LogRecord] = []
    handler = logging.getLogger("django").handlers[0]
    monkeypatch.setattr(handler, "emit", records.append)
    answer = client.get("/")
    assert answer.status == 500
    assert "fault" in answer.text
    assert "secret name" not in answer.text
    logged = "\n".join(handler.format(record) for record in records)
    assert "ValueError" in logged
    assert "home.py" in logged
    assert "secret name" not in logged
    assert page.declared("home") is not None


def test_every_answer_files_and_errors_included_carries_the_security_headers(client: Any) -> None:
    for path in (
        "/",
        "/nowhere/",
        "/api/force",
        "/static/site.css",
        "/data/imports/000001/refused-crimes.csv",
    ):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"


def test_pages_set_no_cookie_unless_they_hold_a_form_that_changes_something(client: Any) -> None:
    assert "Set-Cookie" not in client.get("/").headers
    assert "Set-Cookie" not in client.get("/data/force/").headers


def test_every_page_says_that_the_site_runs_in_single_user_mode(client: Any) -> None:
    for path in ("/", "/data/", "/data/imports/", "/nowhere/"):
        assert "Single user" in client.get(path).text


def test_the_page_about_the_data_tells_known_faults_of_the_records_that_are_held(client: Any) -> None:
    text = client.get("/data/").text
    assert "Known faults of the records" in text
    assert "Snapped to a map point near the place" in text
    assert "Receivers that have lost their clock" not in text  # a fault of positions, and none are held


def test_the_style_sheet_names_no_font_or_crest_of_govuk(client: Any) -> None:
    style = client.get("/static/vendor/govuk.css")
    if style.status == 404:
        pytest.skip("The front end is not built (npm ci, npm run build).")
    assert len(style.text) > 50_000
    for name in ("GDS Transport", "@font-face", "crest"):
        assert name not in style.text, name
    assert all(used.startswith("data:") for used in re.findall(r"url\([\"']?([^)]{5})", style.text))


def test_a_full_disc_is_no_fault_of_the_site_and_is_told_with_what_to_do(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(request: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("constabulary.web.pages.home.force_overview", full)
    answer = client.get("/")
    assert answer.status == 507
    assert "the disc is full; nothing was changed. Free some room" in answer.text
    assert "fault" not in answer.text


def test_the_api_says_which_parameter_is_missing_or_cannot_be_read(client: Any) -> None:
    missing = client.get("/api/money/scenario")
    assert missing.status == 400
    assert {problem["rule"] for problem in json.loads(missing.text)["problems"]} == {"missing_parameter"}
    wrong = client.get("/api/money/fan?draws=many")
    assert wrong.status == 400
    assert [problem["rule"] for problem in json.loads(wrong.text)["problems"]] == ["wrong_parameter"]
    assert "draws: cannot be read. Expected" in wrong.text
