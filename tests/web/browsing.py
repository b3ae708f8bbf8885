"""The browser that tests look at pages with: tabs, what is wrong with a page, and what it says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

CHROMIUM = ("chromium", "chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS_PX = (1280, 320)
LONGEST_MS = 120_000
"""How long anything may take on a machine busy with other things [ms]; what is there sooner is not waited for."""

HOLD = """document.addEventListener("drawn", ({ target, detail }) => {
    target.drawnMap = detail.map;
}, true)"""
"""Keeps what draws a map at the map's element, so that it can be asked."""

ARRIVED = """() => [...document.querySelectorAll(".app-map")].every(
    (root) => root.drawnMap?.loaded() || root.querySelector(".app-map__failed, .app-day__failed")?.hidden === false
)"""
"""Tells whether each map is drawn, before which it does not find the area under the pointer, or is a picture."""

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's chromium, driven by playwright."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    for reason, is_missing in (
        ("chromium is not installed (apt-get install chromium)", program is None),
        ("the front end's packages are not installed (npm ci)", not AXE.is_file()),
    ):
        if is_missing:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"No browser tests: {reason}.")
    expect.set_options(timeout=LONGEST_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def open_tab(browser: Any) -> Iterator[Callable[..., Any]]:
    """Open tabs, which note every request (`asked`) and every complaint of the console (`said`)."""

    def tab_of(site: str, width_px: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width_px, "height": 900}, base_url=site, **options)
        context.set_default_timeout(LONGEST_MS)
        context.add_init_script(HOLD)
        tab = context.new_page()
        tab.asked, tab.said = [], []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.on("console", lambda message: tab.said.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: tab.said.append(str(error)))
        return tab

    yield tab_of
    for context in browser.contexts:
        context.close()


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The source of axe-core."""
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def faults(axe_script: str) -> Callable[[Any], list[str]]:
    """Return a function that tells what is wrong with the page in a tab, a line each.

    That is what axe-core finds and whether it scrolls sideways, on a desk and on a telephone: the page is loaded once
    and laid out twice, which costs half of loading it twice.
    """

    def found(tab: Any) -> list[str]:
        lines = []
        tab.wait_for_load_state()
        # Evaluated by the browser's own protocol, which the site's policy for scripts does not govern.
        tab.evaluate(axe_script + "; undefined")
        before = tab.viewport_size
        for width_px in WIDTHS_PX:
            tab.set_viewport_size({**before, "width": width_px})
            told = tab.evaluate("async () => (await axe.run()).violations")
            lines += [
                f"{width_px} px: {one['id']}: {node['html'][:200]}" for one in told for node in one["nodes"]
            ]
            if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                lines.append(f"{width_px} px: scrolls sideways")
        tab.set_viewport_size(before)
        return lines

    return found


def arrived(tab: Any) -> None:
    """Wait until a page is loaded and each map on it is drawn, or has given way to its picture."""
    tab.wait_for_load_state()
    tab.wait_for_function(ARRIVED, polling=100)


def text_beside_maps(tab: Any) -> str:
    """Return what the page says outside its maps, which alone may need scripts."""
    text = tab.evaluate(
        """() => {
            const maps = [...document.querySelectorAll("main .app-map")];
            maps.forEach(map => { map.style.display = "none"; });
            const text = document.querySelector("main").innerText;
            maps.forEach(map => { map.style.display = ""; });
            return text;
        }"""
    )
    return " ".join(text.split())


@dataclass(frozen=True)
class Seen:
    """What was seen of a page with scripts: its status, what is wrong with it, what it says beside its maps."""

    status: int
    faults: tuple[str, ...]
    text: str


@pytest.fixture(scope="session")
def see(faults: Callable[[Any], list[str]]) -> Callable[..., dict[str, Seen]]:
    """Return a function that looks at addresses one after the other, each loaded once."""

    def seen(tab: Any, addresses: Iterable[str]) -> dict[str, Seen]:
        found = {}
        for address in addresses:
            tab.said.clear()
            status = tab.goto(address).status
            arrived(tab)
            text = text_beside_maps(tab)
            wrong = faults(tab)
            if status == 200:
                wrong += [f"console says {said}" for said in tab.said]
            found[address] = Seen(status, tuple(f"{address}: {line}" for line in wrong), text)
        return found

    return seen


@pytest.fixture(scope="session")
def read_beside_maps() -> Callable[[Any], str]:
    """Return the function that reads a page beside its maps."""
    return text_beside_maps
