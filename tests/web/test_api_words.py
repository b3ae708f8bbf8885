"""What addresses of the API may say: each word described and bounded, what makes no sense refused in plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from http.client import HTTPConnection
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import pytest
from click.testing import CliRunner
from pydantic import TypeAdapter, ValidationError

from constabulary.cli import main
from constabulary.core.errors import BadInput
from constabulary.services.response.workforce import bought
from constabulary.web import api, errors
from constabulary.web.api_words import Word

DIMENSIONLESS = {"seed", "page", "point", "weekday", "run_id"}
"""Numbers that name something rather than measure it."""
NEEDED = {
    "money/solve/officers": {"rise": "5"},
    "performance/compare": {"table": "force,count,base\nA,10,1000\nB,20,1500\nC,5,900", "force": "A"},
    "performance/survey": {"table": "period,answer\n2019,good", "satisfied": "good"},
    "response/erlang": {"calls_per_h": "37", "handling_s": "420", "agents": "6"},
    "money/establishment": {"posts": "10", "year": "2022/23"},
}
"""What routes want beside the word that is tried."""
PLACES = {
    "cover/{name}": "cover/reach",
    "demand/{figure}/working": "demand/categories/working",
    "runs/{run_id}": "runs/1",
}


@pytest.fixture(autouse=True)
def routes() -> None:
    """Every route, declared: that happens when addresses are first wanted, which may be by this test."""
    from constabulary.web import urls

    assert urls.urlpatterns


def words() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each route with each of its parameters; of one that may be repeated, with the schema of each."""
    for path, methods in api.description()["paths"].items():
        for one in methods["get"]["parameters"]:
            schema = one["schema"]
            yield path.removeprefix("/api/"), {**one, "schema": schema.get("items", schema)}


def address(path: str, asked: dict[str, str]) -> str:
    place = PLACES.get(path, re.sub(r"\{\w+\}", "x", path))
    return f"/api/{place}?{urlencode({**NEEDED.get(path, {}), **asked})}"


def wrong(schema: dict[str, Any]) -> list[str]:
    """Return values that a schema does not allow."""
    if schema["type"] in ("number", "integer"):
        beyond = [repr(schema["maximum"] * 1.001 + 1), repr(schema["minimum"] - abs(schema["minimum"]) - 1)]
        part = ["1.5"] if schema["type"] == "integer" else []
        return ["", "nan", "inf", "-inf", "1e400", "1e99999999", "9" * 5000, "many", *beyond, *part]
    if schema.get("format") == "date":
        return ["", "2018-02-30", "May", "0", "0001-01-01", "9999-12-31"]
    if "enum" in schema:
        return ["", "nowhere", schema["enum"][0].upper()]
    found = ["", "  ", "a\0b", "a" * (schema["maxLength"] + 1)]
    return [*found, "nowhere", schema["examples"][0] + "x"] if "pattern" in schema else found


def test_every_word_of_every_route_says_what_it_means_its_unit_and_its_bounds() -> None:
    found = list(words())
    assert len(found) > 80
    for path, one in found:
        name, schema = one["name"], one["schema"]
        # OpenAPI would have examples beside a schema by name; those in it are a list.
        assert one.keys() == {"in", "name", "required", "description", "schema"}, f"{path} {name}"
        assert re.fullmatch(r"[A-Z].*(\.|\.\.\.)", one["description"]), f"{path} {name}"
        assert "anyOf" not in schema, f"{path} {name}: an address never says null"
        if schema["type"] in ("number", "integer"):
            assert schema["minimum"] < schema["maximum"], f"{path} {name}"
            assert ("x-unit" in schema) is (name not in DIMENSIONLESS), f"{path} {name}"
        else:
            assert schema["type"] == "string", f"{path} {name}"
            assert {"enum", "format", "maxLength"} & schema.keys(), f"{path} {name}"
        if "pattern" in schema:
            assert re.fullmatch(schema["pattern"], schema["examples"][0]), f"{path} {name}"


def test_every_word_that_is_empty_endless_or_beyond_its_bounds_is_refused_by_its_name(client: Any) -> None:
    for path, one in words():
        if one["in"] == "path":
            continue
        for value in wrong(one["schema"]):
            asked = address(path, {one["name"]: value})
            answer = client.get(asked)
            assert answer.status == 400, asked[:200]
            told = json.loads(answer.text)["problems"]
            assert [problem["rule"] for problem in told] == ["wrong_parameter"] or path not in NEEDED
            (said,) = [
                problem["message"] for problem in told if problem["message"].startswith(f"{one['name']}: ")
            ]
            assert re.match(r"\w+: cannot be read\. Expected \S.*\. The routes", said), said
            assert "Input should" not in said


def test_a_word_at_either_bound_meets_no_fault(full_client: Any) -> None:
    for path, one in words():
        schema = one["schema"]
        if one["in"] == "query" and "minimum" in schema:
            for bound in (schema["minimum"], schema["maximum"]):
                asked = address(path, {one["name"]: f"{Decimal(str(bound)):f}"})
                assert full_client.get(asked).status in (200, 400, 404), asked


def test_a_text_that_fits_but_names_nothing_meets_no_fault(full_client: Any) -> None:
    for path, one in words():
        schema = one["schema"]
        if "minimum" in schema or "enum" in schema or "format" in schema:
            continue
        values = ["x", "'", '"', "%", "...", "{}", "\n.", "a" * schema["maxLength"]]
        if "pattern" in schema:
            values = [re.sub(r"\d", digit, schema["examples"][0]) for digit in "019"]
        for value in values:
            asked = address(path, {one["name"]: value})
            if one["in"] == "path":
                asked = "/api/" + re.sub(r"\{\w+\}", value, path)
            assert full_client.get(asked).status in (200, 400, 404), asked[:200]


def test_a_word_tells_what_is_expected_in_the_words_of_its_bounds() -> None:
    def said(kind: Any, value: str, *facts: Any, **more: Any) -> str:
        with pytest.raises(ValidationError) as refused:
            TypeAdapter(Annotated[kind, Word("It.", *facts, **more)]).validate_python(value)
        return str(refused.value.errors()[0]["msg"]).removeprefix("Value error, ")

    assert said(int, "31", least=1, most=30, unit="years") == "a whole number from 1 to 30 (years)"
    assert said(float, "nan", least=1e-6, most=1e9) == "a number from 0.000001 to 1,000,000,000"
    # A number of a hundred million decimal places would be written out in full.
    assert said(Decimal, "1e-99999999", least=0, most=9).endswith("from 0 to 9 with at most 6 decimal places")
    assert said(str, "d", one_of=("a", "b", "c")) == "a, b or c"
    assert said(str, "١٢", pattern=r"\d\d", such_as="12") == "text such as 12"
    assert said(str, "abcd", longest=3) == "1 to 3 characters"
    assert TypeAdapter(Annotated[Decimal, Word("It.", least=0, most=9)]).validate_python("9") == 9


def test_a_word_said_twice_is_refused_but_where_it_may_be(client: Any) -> None:
    answer = client.get("/api/money/fan?seed=1&seed=2")
    assert answer.status == 400
    (problem,) = json.loads(answer.text)["problems"]
    assert problem == {"rule": "repeated_parameter", "message": "seed: stands more than once. Say it once."}
    table = quote("period,answer\n2019,good\n2019,fair\n2019,bad")
    answer = client.get(f"/api/performance/survey?satisfied=good&satisfied=fair&table={table}")
    (cell,) = json.loads(answer.text)["cells"]
    assert cell["share"] == pytest.approx(2 / 3)


def test_an_amount_below_zero_is_no_band_d_by_any_door(client: Any) -> None:
    assert client.get("/api/money/precept?band_d=-5").status == 400
    said = CliRunner().invoke(
        main, ["finance", "precept", "--force", "cambridgeshire", "--band-d", "-5", "--requirement", "-1"]
    )
    assert said.exit_code != 0
    told = CliRunner().invoke(
        main, ["finance", "precept", "--force", "cambridgeshire", "--band-d=-5", "--last-band-d=-1"]
    )
    assert told.exit_code == BadInput.exit_status
    assert "band_d: is -5. Expected 0 or more." in told.stderr
    assert "last_band_d: is -1. Expected 0 or more." in told.stderr


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ("precept?band_d=200&requirement=1000000", "one_of_two"),
        ("establishment?posts=10", "go_together"),
        ("establishment?year=2022/23", "go_together"),
        ("establishment?point=1", "go_together"),
    ],
)
def test_words_that_would_be_passed_over_beside_others_are_refused(
    client: Any, asked: str, rule: str
) -> None:
    answer = client.get(f"/api/money/{asked}")
    assert answer.status == 400
    assert [one["rule"] for one in json.loads(answer.text)["problems"]] == [rule]


@pytest.mark.parametrize(("amount", "said"), [(-1.0, "−£1 a year"), (2e6, "£2,000,000 a year")])
def test_a_sum_beyond_the_table_is_told_with_its_sign_before_the_pounds(amount: float, said: str) -> None:
    rows = [{"median_s": 1.0, "cost_gbp": cost, "posts_added_fte": cost} for cost in (0.0, 1e6)]
    with pytest.raises(BadInput) as refused:
        bought({"rows": rows, "cost_gbp_a_post": 1.0}, amount)
    assert f"{said} is beyond what was simulated. Expected £0 to £1,000,000." in str(refused.value)


def model(n_units: int) -> str:
    preferences = [list(range(n_units))]
    return json.dumps({"atoms": [{"rate": 1}], "service_rate": 1, "preferences": preferences, "line": "zero"})


@pytest.mark.parametrize(("n_units", "is_solved"), [(15, True), (16, False), (18, False), (19, False)])
def test_the_hypercube_is_solved_exactly_up_to_a_number_of_units_that_is_told(
    client: Any, n_units: int, is_solved: bool
) -> None:
    found = json.loads(client.get(f"/api/response/hypercube?model={quote(model(n_units))}").text)
    assert (found["utilisation"] is not None) is is_solved
    assert found["approximate"]["utilisation"][0] == pytest.approx(0.5, abs=0.01)  # 1 erlang: first choice
    if is_solved:
        assert len(found["states"]) == 2**n_units
    else:
        assert "at most 15" in found["reason"]["exact"]
        assert ("constabulary response hypercube" in found["reason"]["exact"]) is (n_units <= 18)


def test_what_is_wrong_is_not_said_back_at_the_length_of_what_was_asked(client: Any) -> None:
    many = json.dumps({f"a{no}": 1 for no in range(6000)})
    answer = client.get(f"/api/response/hypercube?model={quote(many)}")
    assert answer.status == 400
    told = json.loads(answer.text)["problems"]
    assert len(told) == errors.MOST_TOLD + 1
    # 6,000 keys that are none, and four that are missing or empty with it.
    n_left = int(re.match(r"([\d,]+) more problems", told[-1]["message"])[1].replace(",", ""))  # type: ignore[index]
    assert told[-1]["rule"] == "more_problems"
    assert 6000 < n_left + errors.MOST_TOLD < 6010
    long = client.get(f"/api/money/plan?{'a' * 50_000}=1")
    (problem,) = json.loads(long.text)["problems"]
    assert problem["rule"] == "unknown_parameter"
    assert "characters left out" in problem["message"]
    assert problem["message"].endswith("Expected an address that asks nothing.")
    assert max(len(answer.text), len(long.text)) < 10_000


def refusal(answer: Any) -> str:
    """Return the rule of a refusal that is JSON."""
    assert answer.headers["Content-Type"] == "application/json"
    (problem,) = json.loads(answer.text)["problems"]
    assert problem["message"]
    return str(problem["rule"])


@pytest.mark.parametrize("broken", ["money/plan", "openapi.json"])
def test_a_fault_is_told_to_programs_as_json_without_what_went_wrong(
    client: Any, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("the secret")

    monkeypatch.setattr("constabulary.web.pages.money_api.plan_report", fail)
    described = api.description
    monkeypatch.setattr("constabulary.web.pages.api.api.description", fail)
    # The client would hold the answer to the description.
    answer = client._ask("GET", f"/api/{broken}", b"", {})
    monkeypatch.setattr("constabulary.web.pages.api.api.description", described)
    assert (answer.status, refusal(answer)) == (500, "fault")
    assert "secret" not in answer.text and "Traceback" not in answer.text


def test_a_full_disc_is_told_to_programs_as_json(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("constabulary.web.pages.money_api.plan_report", fail)
    answer = client.get("/api/money/plan")
    assert (answer.status, refusal(answer)) == (507, "disc_full")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["money/plan", "runs/1"])
def test_another_method_than_get_is_refused_as_json(client: Any, method: str, path: str) -> None:
    answer = client._ask(method, f"/api/{path}", b"", {})
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert refusal(answer) == "wrong_method"


@pytest.mark.parametrize(
    "path",
    [
        "/money/", "/money/download/lines.csv", "/money/download/lines.xlsx", "/demand/rows/harm.csv",
        "/static/site.css", "/nowhere/", "/api/", "/api/openapi.json", "/api/money/plan", "/api/nothing",
        "/api/money/precept?year=never", "/api/money/precept?yaer=2022", "/api/runs/1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7"])
def test_head_is_answered_as_get_without_the_body(client: Any, path: str, address: str) -> None:
    whole = client._ask("GET", path, b"", {"REMOTE_ADDR": address})
    head = client._ask("HEAD", path, b"", {"REMOTE_ADDR": address})
    assert whole.body and not head.body
    assert (head.status, head.headers) == (whole.status, whole.headers)
    assert int(head.headers["Content-Length"]) == len(whole.body)


def test_an_answer_to_head_leaves_the_connection_fit_for_the_next_question(site: str) -> None:
    connection = HTTPConnection(site.removeprefix("http://"))
    try:
        for path in ("/money/", "/demand/rows/harm.csv", "/api/money/plan"):
            connection.request("HEAD", path)
            told = connection.getresponse()
            assert (told.status, told.read()) == (200, b"")
            connection.request("GET", path)
            asked = connection.getresponse()
            assert (asked.status, len(asked.read())) == (200, int(told.headers["Content-Length"])), path
    finally:
        connection.close()


def test_what_comes_before_any_route_is_refused_as_json_too(client: Any) -> None:
    many = "&".join(f"a{no}=1" for no in range(1001))
    assert refusal(client._ask("GET", f"/api/money/plan?{many}", b"", {})) == "bad_request"
    assert refusal(client._ask("GET", "/api/money/plan", b"", {"HTTP_HOST": "evil.example"})) == "bad_request"
    for path in ("money/plan", "openapi.json"):
        answer = client.get(f"/api/{path}", REMOTE_ADDR="10.0.0.7")
        assert (answer.status, refusal(answer)) == (403, "not_permitted")
    # The page about the API is for people.
    assert client.get("/api/", REMOTE_ADDR="10.0.0.7").headers["Content-Type"].startswith("text/html")


def test_the_page_of_the_manual_holds_every_address_word_and_field_and_its_links_lead_somewhere() -> None:
    from constabulary.web.api_manual import manual

    text, described = manual(), api.description()
    parts = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE))
    for path, methods in described["paths"].items():
        told, part = methods["get"], parts.pop(f"`{path}`")
        assert told["x-permission"] in part
        for one in told["parameters"]:
            (row,) = [line for line in part.splitlines() if line.startswith(f"| `{one['name']}` |")]
            assert one["description"] in row
            assert one["schema"].get("x-unit", "") in row
            if "maximum" in one["schema"]:
                assert f"to {Decimal(str(one['schema']['maximum'])).normalize():,f}" in row
    for name, schema in described["components"]["schemas"].items():
        part = parts.pop(name)
        for field, one in schema["properties"].items():
            if field not in ("schema", "stamp"):
                rows = [line for line in part.splitlines() if re.match(rf"\|[^|]*`{field}`[^|]*\|", line)]
                assert len(rows) == 1 and one.get("x-unit", "") in rows[0], f"{name}.{field}"
    assert parts == {}
    heads = [head.replace("`", "").lower() for head in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]
    assert len(set(heads)) == len(heads), "two headings would have one anchor"
    assert set(re.findall(r"\(#([a-z]+)\)", text)) <= set(heads)
