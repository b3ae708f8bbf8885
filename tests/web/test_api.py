"""What the API's description says is true: every route, on an invented and on the shipped force, and every refusal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from tests.web.described import faults_of, hold, route_of, schema_of

from constabulary.cli import main
from constabulary.core.answers import Answer, StampedAnswer, Written, with_fields_of, with_other_fields
from constabulary.demand.compare import Count, CountAnswer
from constabulary.registers.access import Permission
from constabulary.services.response.day import simulated_day
from constabulary.services.response.simulation import simulate
from constabulary.services.workspace.workspaces import new_workspace, open_workspace
from constabulary.web import api, page
from constabulary.web.api_schema import Schemas

MODEL = '{"atoms": [{"rate": 0.5}, {"rate": 0.2}], "service_rate": 1, "preferences": [[0, 1], [1, 0]], "line": "zero"}'
PEERS = "force,count,base\nA,10,1000\nB,20,1500\nC,5,900"
ASKED: dict[str, tuple[str, ...]] = {
    "cover/presence": ("?parts=hour,role,status,station,moving", "?by=h3:7"),
    "cover/trial": ("",),
    "cover/public": ("",),
    "cover/{name}": (
        "visibility",
        "reach",
        "gaps",
        "gaps_by_hour",
        "gaps_listed",
        "establishment",
        "dosage",
        "planned",
    ),
    "demand/profile": ("",),
    "demand/{figure}": (
        *("typical_day", "categories", "qualifiers", "channels_by_month", "hours_incidents", "season_calls"),
        *("areas_incidents", "areas_crimes", "crime_types", "crimes_by_month", "latest_outcomes", "harm"),
    ),
    "demand/{figure}/working": ("categories/working", "crime_types/working"),
    "force": ("",),
    "force/{name}": ("districts", "targets", "establishment"),
    "imports": ("",),
    "imports/{import_id}": ("000001",),
    "imports/{import_id}/refused": ("000001/refused",),
    "money/plan": ("",),
    "money/precept": ("",),
    "money/reserves": ("",),
    "money/capital": ("",),
    "money/establishment": ("", "?posts=10&year=2019/20"),
    "money/monitoring": ("",),
    "money/reconcile": ("",),
    "money/scenario": (),
    "money/back-test": ("",),
    "money/changes": ("?before=cambridgeshire",),
    "money/solve/band-d": ("",),
    "money/solve/officers": ("?rise=5",),
    "money/solve/savings": ("",),
    "money/reckoner": ("",),
    "money/sensitivity": ("",),
    "money/fan": ("?draws=100",),
    "money/buys": ("",),
    "performance/summary": ("",),
    "performance/compare": (f"?force=A&table={quote(PEERS)}",),
    "performance/measures/{name}": ("crimes", "immediate_response_in_time"),
    "performance/surveys": ("",),
    "performance/survey": (f"?satisfied=good&table={quote('period,answer' + chr(10) + '2019,good')}",),
    "performance/priorities": ("",),
    "performance/plan": ("",),
    "performance/orphans": ("",),
    "performance/grades": ("",),
    "response/erlang": ("?calls_per_h=37&handling_s=420&agents=6&patience_s=180&within_s=30",),
    "response/hypercube": (f"?model={quote(MODEL)}",),
    "response/results": ("",),
    "response/results/{stamp}": (),
    "response/day": ("?weekday=1",),
    "response/officers": ("",),
    "response/rota": ("",),
    "response/sites": ("",),
    "runs": ("",),
    "runs/{run_id}": ("1",),
    "workforce/effect": ("",),
    "workforce/deployable": ("",),
}
"""What is asked of each route; where a workspace holds nothing to answer from, the refusal is held to its schema."""
NOT_ANSWERED_HERE = {
    *("cover/public", "money/buys", "money/scenario", "response/officers", "response/rota", "response/sites"),
    *("response/results/{stamp}", "workforce/effect", "money/changes"),
}
"""Routes that answer from what the tests of their own pages make, or on the shipped force alone; there too every answer
is held to its schema."""


@pytest.fixture(autouse=True)
def routes() -> set[str]:
    """Every route, declared: that happens when addresses are first wanted, which may be by this test."""
    from constabulary.web import urls

    assert urls.urlpatterns
    return {one.path.removeprefix("api/") for one in page.pages() if one.is_api}


@pytest.fixture(scope="module")
def shipped_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the shipped force with a simulation."""
    made = new_workspace(tmp_path_factory.mktemp("shipped") / "workspace", "cambridgeshire")
    simulate(made, None, 2, weeks=1)
    return made.path


def ask(client: Any, path: str) -> list[int]:
    """Ask a route all that is asked of it; the client holds what it answers to the description."""
    head = path.partition("{")[0].rstrip("/")
    addresses = [f"{head}/{one}" if "{" in path else f"{path}{one}" for one in ASKED[path]]
    return [client.get(f"/api/{address}").status for address in addresses]


def test_every_route_is_asked_here(routes: set[str]) -> None:
    assert set(ASKED) == routes
    assert routes >= NOT_ANSWERED_HERE


def test_every_route_answers_what_its_description_says_on_the_invented_force(
    full_client: Any, client: Any, cover_client: Any
) -> None:
    """The client fails where an answer departs from it; each route answers in one workspace at least."""
    answered = {
        path
        for path in ASKED
        for asked in (full_client, client, cover_client)
        if 200 in ask(asked, path) or path in NOT_ANSWERED_HERE
    }
    assert answered == set(ASKED)


def test_every_route_answers_what_its_description_says_on_the_shipped_force(
    client_of: Callable[[Path], Any], shipped_path: Path
) -> None:
    asked = client_of(shipped_path)
    statuses = {status for path in ASKED for status in ask(asked, path)}
    assert statuses <= {200, 400, 404}
    assert ask(asked, "money/changes") == [200]
    (kept,) = json.loads(asked.get("/api/response/results").text)["results"]
    assert asked.get(f"/api/response/results/{kept['stamp']}").status == 200
    day = simulated_day(open_workspace(shipped_path), "", 1)
    assert json.loads(asked.get("/api/response/day?weekday=1").text) == day


def test_the_page_of_the_api_links_the_addresses_that_want_nothing_and_no_other(client: Any) -> None:
    text = client.get("/api/").text
    for address, is_linked in (("money/plan", True), ("money/scenario", False), ("force/{name}", False)):
        assert f"/api/{address}" in text
        assert (f'href="/api/{address}"' in text) == is_linked


def test_an_answer_that_departs_from_its_description_is_found(client: Any) -> None:
    text = client.get("/api/money/precept").text
    hold("/api/money/precept", 200, text)
    whole = json.loads(text)
    for wrong in (
        {**whole, "more": 1},
        {name: one for name, one in whole.items() if name != "bands"},
        {**whole, "band_d_gbp": "198"},
        {**whole, "bands": [{**whole["bands"][0], "ratio": None}]},
        {**whole, "stamp": {**whole["stamp"], "seed": "none"}},
    ):
        with pytest.raises(AssertionError, match="precept"):
            hold("/api/money/precept", 200, json.dumps(wrong))


def test_every_route_describes_its_answer_and_its_refusals_and_every_field_says_what_it_is(
    routes: set[str],
) -> None:
    described = api.description()
    assert set(described["paths"]) == {f"/api/{path}" for path in routes}
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        told = methods["get"]
        assert told["summary"] and told["operationId"] and len(told["tags"]) == 1, path
        assert set(told["responses"]) == {"200", *api.REFUSALS}, path
        assert {"$ref", "anyOf"} & schema_of(described, path).keys(), path
    ids = [methods["get"]["operationId"] for methods in described["paths"].values()]
    assert len(set(ids)) == len(ids)
    rooms = {room.value.rstrip("/") for room in page.Room}
    assert {methods["get"]["tags"][0] for methods in described["paths"].values()} <= rooms
    for name, schema in described["components"]["schemas"].items():
        if "properties" in schema and name.endswith("Answer"):
            assert schema["description"], name
            silent = [field for field, one in schema["properties"].items() if not one.get("description")]
            assert silent == [], name


def test_a_route_that_does_not_say_what_it_answers_is_refused() -> None:
    def silent(request: Any) -> dict[str, Any]:
        return {}

    with pytest.raises(TypeError, match="must say what it answers"):
        api.route("silent", name="silent", title="Silent", permission=Permission.SEE_PUBLIC)(silent)
    assert page.declared("api:silent") is None


class Told(StampedAnswer):
    """An answer.

    Parameters
    ----------
    wait_s
        How long one waits.
    count
        What was counted.
    """

    wait_s: float | None
    count: Written[Count]


@with_fields_of(Count, but=("per_day",))
class Spread(Answer):
    """An answer that holds the fields of a result."""


@with_other_fields(float)
class Open(TypedDict):
    """An answer with fields of other names."""

    name: str


def test_a_schema_is_read_from_types_and_what_their_docstrings_say() -> None:
    schemas = Schemas("#/")
    assert schemas.of(Told) == {"$ref": "#/Told"}
    told = schemas.named["Told"]
    assert told["description"] == "An answer."
    assert told["properties"]["wait_s"] == {
        "type": ["number", "null"],
        "description": "How long one waits.",
        "x-unit": "seconds",
    }
    assert told["properties"]["count"] == {"$ref": "#/Count", "description": "What was counted."}
    assert set(told["required"]) == {"schema", "stamp", "wait_s", "count"}
    assert schemas.named["Count"]["properties"]["compared"]["description"].endswith(
        "null where there are none."
    )
    schemas.of(Spread)
    assert set(schemas.named["Spread"]["properties"]) == {"schema", "count", "compared", "last_year"}
    schemas.of(Open)
    assert schemas.named["Open"]["additionalProperties"] == {"type": "number"}
    assert schemas.of(list[CountAnswer] | None)["anyOf"][1] == {"type": "null"}
    assert schemas.of(tuple[str, int])["prefixItems"] == [{"type": "string"}, {"type": "integer"}]
    with pytest.raises(TypeError, match="not known"):
        schemas.of(Path)


@pytest.mark.parametrize(
    ("address", "environ", "status"),
    [
        ("/api/money/fan?draws=many", {}, 400),
        ("/api/money/fan?drawn=3", {}, 400),
        ("/api/response/erlang?calls_per_h=37", {}, 400),
        ("/api/response/erlang?calls_per_h=37&handling_s=420&agents=6&within=30", {}, 400),
        ("/api/response/hypercube?model=[]", {}, 400),
        ("/api/force", {"REMOTE_ADDR": "10.0.0.7"}, 403),
        ("/api/imports/999999", {}, 404),
    ],
)
def test_a_refusal_is_as_described(client: Any, address: str, environ: dict[str, str], status: int) -> None:
    answer = client.get(address, **environ)
    assert answer.status == status
    described = api.description()
    route = route_of(described, address)
    assert route is not None
    found = json.loads(answer.text)
    assert list(faults_of(found, schema_of(described, route, status), described)) == []
    assert all(one["rule"] and one["message"] for one in found["problems"])


def test_an_address_that_the_api_has_not_is_refused_as_json_and_one_of_no_page_as_a_page(client: Any) -> None:
    answer = client.get("/api/demand/profile/of")
    assert (answer.status, json.loads(answer.text)["problems"][0]["rule"]) == (404, "no_such_address")
    page = client.get("/demands/")
    assert page.status == 404
    assert "Page not found" in page.text


def test_erlang_and_the_hypercube_are_answered_as_the_commands_answer_them(
    client: Any, tmp_path: Path
) -> None:
    asked = {"calls_per_h": 37, "handling_s": 420, "agents": 6, "patience_s": 180, "within_s": 30}
    options = [text for name, one in asked.items() for text in (f"--{name.replace('_', '-')}", str(one))]
    said = CliRunner().invoke(main, ["response", "erlang", *options, "--json"])
    query = "&".join(f"{name}={one}" for name, one in asked.items())
    assert json.loads(client.get(f"/api/response/erlang?{query}").text) == json.loads(said.stdout)
    file = tmp_path / "the model"
    file.write_text(MODEL, encoding="utf-8")
    said = CliRunner().invoke(main, ["response", "hypercube", str(file), "--json"])
    found = json.loads(client.get(f"/api/response/hypercube?model={quote(MODEL)}").text)
    assert found == json.loads(said.stdout)
    # Erlang B of two servers at 0.7 erlangs: a²/2 / (1 + a + a²/2).
    assert found["loss_probability"] == pytest.approx(0.245 / 1.945)
