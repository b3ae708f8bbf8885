"""The pages of sites, the rota and officers: before and after a proposal, and from proposal to scenario."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from constabulary.core.progress import silent
from constabulary.services.response.simulation import scenario_names
from constabulary.services.staffing.allocation import allocate
from constabulary.services.staffing.allocation_judging import AllocationQuestion
from constabulary.services.staffing.rota import rota_run
from constabulary.services.staffing.siting import Question
from constabulary.services.staffing.siting_force import sites_of_force
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web.pages.staffing_rota import _compared

PAGES = ("sites", "rota", "officers")


@pytest.mark.parametrize("name", PAGES)
def test_before_any_proposal_a_page_says_so_and_asks(changing_client: Any, name: str) -> None:
    page = changing_client.get(f"/response/{name}/").text
    assert "yet." in page and "Start the run" in page
    assert changing_client.get(f"/api/response/{name}").status == 404


def test_what_cannot_be_asked_is_told_at_its_field(changing_client: Any) -> None:
    for name, wrong in (
        ("sites", {"model": "pmedian", "n_sites": "0"}),
        ("rota", {"n_teams": "99"}),
        ("officers", {"goal": "best", "target_share": "200"}),
    ):
        page = changing_client.post(f"/response/{name}/", wrong).text
        assert "Error:" in page and "must be" in page


def test_an_empty_rota_form_says_what_each_box_lacks_and_its_answers_begin_with_capitals(
    changing_client: Any,
) -> None:
    page = changing_client.post("/response/rota/", {"n_teams": ""}).text
    for lacks in (
        "Choose whose rota it is",
        "Enter the per cent to reach or answer in time",
        "Choose one length of shift or more",
    ):
        assert page.count(lacks) == 2  # in the summary and at the box
    options = re.findall(r"<option[^>]*>([^<]+)", page)
    assert {"Response officers", "Call takers", "All of the force"} <= set(options)
    assert not [one for one in options if one[0].islower()]


def test_sites_are_shown_drawn_and_started(changing_client: Any, changing_workspace: Workspace) -> None:
    found = sites_of_force(changing_workspace, Question("pmedian", 2, is_closing=True), "places")
    assert found["proven"] and len(found["places"]) > 2
    page = changing_client.get("/response/sites/").text
    assert f"{found['mean_min']:.1f} minutes on average" in page
    assert "proven best" in page and "what closing each costs" in page
    assert json.loads(changing_client.get("/api/response/sites").text)["stamp"] == found["stamp"]
    bare = sites_of_force(changing_workspace, Question("pmedian", 2), "places")
    page = changing_client.get(f"/response/sites/?stamp={bare['stamp']['id']}").text
    assert "Sites chosen" in page and "closing" not in page
    picture = changing_client.get(f"/response/sites/map.svg?stamp={found['stamp']['id']}")
    assert picture.status in (200, 404)  # a force without outlines has no map
    answer = changing_client.post(
        "/response/sites/",
        {
            "model": "mexclp",
            "n_sites": "3",
            "candidates": "places",
            "standard_min": "20",
            "busy_share": "30",
            "hours": "night",
        },
    )
    assert answer.status == 302 and "/runs/" in answer.headers["Location"]


def test_a_rota_is_shown_taken_away_and_kept_as_a_scenario(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    told = rota_run(
        changing_workspace,
        area="",
        n_teams=5,
        target_share=0.6,
        lengths_h=[8.0],
        by="nobody",
        progress=silent,
    )
    page = changing_client.get("/response/rota/").text
    assert "achieved against wanted" in page
    assert "officers in 5 teams" in page and "Held by a separate checker to every rule" in page
    assert changing_client.get(f"/response/rota/chart.svg?stamp={told['stamp']}").text.startswith("<svg")
    found = json.loads(changing_client.get("/api/response/rota").text)
    beside = _compared(found | {"present": found["present"] | {"pattern_id": "five_teams"}})
    assert beside is not None and beside.caption == "Beside the pattern worked now, five teams"
    for name, begins in (("rota.ics", "BEGIN:VCALENDAR"), ("pattern.csv", "week,day"), ("need.csv", "day,")):
        file = changing_client.get(f"/response/rota/{told['stamp']}/{name}")
        assert file.text.startswith(begins)
        assert file.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert changing_client.get(f"/response/rota/{told['stamp']}/none.csv").status == 404
    for address in (
        "/response/rota/0123abcd/need.csv",
        "/response/rota/?stamp=0123abcd",
        "/response/rota/chart.svg?stamp=0123abcd",
    ):
        assert changing_client.get(address).status == 404  # not another proposal in its place
    before = len(scenario_names(changing_workspace))
    answer = changing_client.post("/response/rota/", {"keep": told["stamp"]})
    assert answer.status == 302 and "/runs/" in answer.headers["Location"]
    names = [scenario.name for _, scenario in scenario_names(changing_workspace)]
    assert len(names) == before + 1
    assert any(name.startswith("Rota of 5 teams") for name in names)
    assert runs.list_runs(changing_workspace)


def test_a_rota_of_call_takers_is_shown_and_kept_as_a_scenario(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    asked = {"area": "", "n_teams": 5, "target_share": 0.9, "lengths_h": [8.0], "who": "call-takers"}
    told = rota_run(changing_workspace, **asked, by="nobody", progress=silent)
    page = changing_client.get(f"/response/rota/?stamp={told['stamp']}").text
    assert "call takers in 5 teams" in page and "achieved against wanted" in page
    assert changing_client.post("/response/rota/", {"keep": told["stamp"]}).status == 302
    kept = [s for _, s in scenario_names(changing_workspace) if s.name.startswith("Call takers in 5 teams")]
    assert [one.agents for one in kept] == ["rostered"]


def test_officers_are_shown_and_kept_as_a_scenario(
    changing_client: Any, changing_workspace: Workspace
) -> None:
    asked = AllocationQuestion("best", difference=0.3, replications=4, weeks=2)
    found = allocate(changing_workspace, asked)
    page = changing_client.get("/response/officers/").text
    assert "The hypercube model (exact) beside simulation" in page and found["chosen"] in page
    assert "In time now and as proposed" in page and "less than 30 points better, if at all" in page
    assert changing_client.get("/response/officers/frontier.svg").text.startswith("<svg")
    answer = changing_client.post("/response/officers/", {"keep": found["stamp"]["id"]})
    assert answer.status == 302
    assert any(s.name.startswith("Officers by district") for _, s in scenario_names(changing_workspace))
