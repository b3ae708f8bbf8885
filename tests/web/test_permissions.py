"""Every address declares the permission it needs, and nobody elsewhere gets in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

import pytest

from constabulary.core.answers import Answer
from constabulary.registers.access import Permission, Person, permitted
from constabulary.web import api, page

ELSEWHERE = (
    {"REMOTE_ADDR": "10.0.0.7"},
    {"HTTP_X_FORWARDED_FOR": "10.0.0.7"},
    {"HTTP_FORWARDED": "for=10.0.0.7"},
)


def addresses() -> Iterator[tuple[str, str]]:
    """Give name and path of every URL pattern there is, however it came to be there."""
    from django.urls import URLResolver, get_resolver

    def walk(patterns: Any, space: str, path: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            here = path + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(
                    pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space, here
                )
            else:
                yield f"{space}{pattern.name}", here

    yield from walk(get_resolver().url_patterns, "", "")


@pytest.mark.usefixtures("client")
def test_every_address_of_the_site_declares_a_permission() -> None:
    found = list(addresses())
    assert len(found) > 15
    undeclared = [
        (name, path)
        for name, path in found
        if (one := page.declared(name)) is None or not isinstance(one.permission, Permission)
    ]
    assert undeclared == []


@pytest.mark.usefixtures("client")
def test_every_declared_page_is_served() -> None:
    assert {one.name for one in page.pages()} == {name for name, _ in addresses()}


def test_a_page_cannot_be_declared_without_a_permission() -> None:
    with pytest.raises(TypeError, match="permission"):
        page.page("bare/", name="bare", title="Bare")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Permission"):
        page.page("bare/", name="bare", title="Bare", permission=None)(lambda request: None)  # type: ignore[arg-type]
    assert page.declared("bare") is None


def test_an_api_route_cannot_be_declared_without_a_permission() -> None:
    def answered(request: Any) -> Answer:
        return {"schema": 1}

    with pytest.raises(TypeError, match="permission"):
        api.route("bare", name="bare", title="Bare")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Permission"):
        api.route("bare", name="bare", title="Bare", permission="see")(answered)  # type: ignore[arg-type]
    assert page.declared("api:bare") is None


def test_two_pages_cannot_share_a_name_or_a_path() -> None:
    for path, name in (("other/", "home"), ("", "other")):
        with pytest.raises(TypeError, match="already"):
            page.page(path, name=name, title="Twice", permission=Permission.SEE_PUBLIC)(lambda request: None)


def test_a_refusal_gives_its_reason_and_permission_is_for_whoever_is_at_this_computer() -> None:
    for permission in Permission:
        assert permitted(Person("one", is_at_this_computer=True), permission).is_allowed
        refusal = permitted(Person("two", is_at_this_computer=False), permission)
        assert not refusal.is_allowed
        assert permission.value in refusal.reason


@pytest.mark.parametrize("environ", ELSEWHERE)
def test_nobody_elsewhere_sees_any_address(client: Any, environ: dict[str, str]) -> None:
    for one in page.pages():
        if "<" in one.path or "{" in one.path:
            continue
        assert client.get(f"/{one.path}", **environ).status == 403, one.path


def test_a_refused_api_route_says_so_in_json(client: Any) -> None:
    answer = client.get("/api/force", REMOTE_ADDR="10.0.0.7")
    assert answer.status == 403
    assert answer.headers["Content-Type"].startswith("application/json")
    assert "not_permitted" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.4:8000"])
def test_another_host_name_is_refused_so_that_a_rebound_name_sees_nothing(client: Any, host: str) -> None:
    assert client.get("/", HTTP_HOST=host).status == 400
    assert client.get("/api/force", HTTP_HOST=host).status == 400


def test_a_form_from_another_site_is_refused(changing_client: Any) -> None:
    path = "/data/imports/000001/withdraw/"
    changing_client.get(path)
    forged = changing_client._ask(
        "POST", path, b"reason=x", {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    )
    assert forged.status == 403
    assert "withdrawn" not in changing_client.get("/data/imports/").text


def test_every_page_context_is_frozen_and_documents_each_field() -> None:
    for one in page.pages():
        if one.is_api:
            continue
        shown = get_type_hints(one.view).get("return")
        assert shown is not None, f"{one.name} does not say what it returns"
        for kind in getattr(shown, "__args__", (shown,)):
            if not (isinstance(kind, type) and issubclass(kind, page.Context)) or kind is page.Context:
                continue
            assert is_dataclass(kind) and kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
            named = {
                name.strip()
                for line in (kind.__doc__ or "").splitlines()
                if line.startswith("    ") and not line.startswith("     ")
                for name in line.split(",")
            }
            missing = {field.name for field in fields(kind)} - named - {"answer"}
            assert not missing, f"{kind.__name__} does not document {missing}"
