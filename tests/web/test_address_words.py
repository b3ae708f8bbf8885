"""Pages say which words of their address they have no use for, and no page leads to an address with such words."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.http import QueryDict

from constabulary.web import page
from constabulary.web.address_words import AddressWords

TOLD = "This page has no use for"


def fronts() -> list[str]:
    """Return the address of every page that takes nothing from its path and shows HTML."""
    from constabulary.web import urls

    assert urls.urlpatterns  # pages are declared when their addresses are first wanted
    found = [
        one.path for one in page.pages() if not one.is_api and "<" not in one.path and "GET" in one.methods
    ]
    return [f"/{path}" for path in found if not re.search(r"\.\w+$", path)]


def leads_of(text: str, address: str) -> list[str]:
    """Return where a page leads: its links, and its forms with every field empty."""
    hrefs = [unescape(href) for href in re.findall(r'<a\b[^>]* href="([^"]+)"', text)]
    for form in re.findall(r'<form[^>]*method="get".*?</form>', text, re.S):
        names = re.findall(r'<(?:input|select|textarea|button)\b[^>]* name="([^"]+)"', form)
        hrefs.append("?" + urlencode(dict.fromkeys(map(unescape, names), "")))
    return [urljoin(f"http://here{address}", href) for href in hrefs]


def test_every_page_names_the_words_it_has_no_use_for_and_answers_all_the_same(full_client: Any) -> None:
    for address in fronts():
        asked = full_client.get(f"{address}?colour=blue&%3Cb%3E=1")
        assert asked.status == 200, address
        assert (
            f"{TOLD} “colour” and “&lt;b&gt;” in its address and answers as if they were not" in asked.text
        ), address
    assert (
        f"{TOLD} “colour” in its address and answers as if it were not" in full_client.get("/?colour=").text
    )


def test_no_page_leads_to_an_address_with_words_that_have_no_use(full_client: Any) -> None:
    from django.urls import resolve

    todo, seen = [f"http://here{address}" for address in fronts()], set()
    while todo:
        url = urlsplit(todo.pop())
        if url.netloc != "here" or re.search(r"\.\w+$", url.path):
            continue
        words = tuple(word for word, _ in parse_qsl(url.query, keep_blank_values=True))
        key = resolve(url.path).view_name, frozenset(words)
        if key in seen or key[0].startswith("api:"):
            continue
        seen.add(key)
        address = url.path + (f"?{url.query}" if url.query else "")
        answer = full_client.get(address)
        if "html" in answer.headers["Content-Type"]:
            assert TOLD not in answer.text, address
            assert answer.status < 500, address
            todo += leads_of(answer.text, address)
    assert len({name for name, words in seen if words}) > 10


def test_a_word_is_read_when_it_is_asked_for_by_name() -> None:
    words = AddressWords.of(QueryDict("a=1&b=2&c=3&d=4&e=5"))
    assert words.unread() == ("a", "b", "c", "d", "e")
    assert (words["a"], words.get("b"), words.getlist("c")) == ("1", "2", ["3"])
    assert "d" in words and "nothing" not in words
    assert words.unread() == ("e",)
    assert words.urlencode() == "a=1&b=2&c=3&d=4&e=5"
    copied = words.copy()
    assert words.unread() == ("e",)
    copied["more"] = "6"
    assert copied.get("e") == "5"
    assert words.unread() == ()
    assert AddressWords.of(QueryDict("a=1")).dict() == {"a": "1"}
