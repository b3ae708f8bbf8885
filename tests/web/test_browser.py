"""The pages in a real browser: accessible, narrow, by keyboard, without scripts, and speaking to nobody else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import page

pytestmark = pytest.mark.browser

CAPTURED: dict[str, list[dict[str, str]]] = {
    "demand_working": [{"name": "crime_types"}, {"name": "areas_crimes"}, {"name": "categories"}],
    # Files, which a browser takes away or puts into a page; tests of their own ask for them.
    "demand_chart": [],
    "demand_map": [],
    "demand_download": [],
    "demand_rows": [],
    # Results of simulation, which the tests of the response pages make.
    "response_result": [],
    "response_appraisal": [],
    "response_paper": [],
    "response_paper_file": [],
    "response_calibration": [],
    "response_calibration_chart": [],
    "response_effect": [],
    "response_effect_chart": [],
    "response_chart": [],
    "response_rota_file": [],
    "cover_picture": [],
    "cover_chart": [],
    "cover_download": [],
    "cover_paper_file": [],
    "cover_public_picture": [],
    "cover_public_hours": [],
    "performance_measure": [{"name": "crimes"}, {"name": "contacts.channel.112"}],
    "performance_chart": [],
    "performance_table": [],
    "performance_summary": [],
    "money_chart": [],
    "money_download": [],
    "money_line": [{"line_id": "wardens"}, {"line_id": "levy"}],
    "force_table": [{"name": "volumes"}, {"name": "districts"}],
    "run": [{"run_id": 1}, {"run_id": 2}, {"run_id": 3}],
    "import": [{"import_id": "000001"}],
    "import_refused": [{"import_id": "000001"}],
    "import_withdraw": [{"import_id": "000001"}],
}
"""What stands in for the parts of a path that a page captures; a new page with such parts is added here."""

KINDS_OF_FILE = tuple(f"/data/imports/new/?kind={kind}" for kind in ("incidents", "calls", "boundaries"))

ERROR = re.compile("^Error: ")
"""What the title of a page begins with that tells what is wrong."""

NOTHING = ("/nowhere/", "/data/imports/999999/")


def addresses() -> list[str]:
    """Give an address for every declared page that shows HTML, and for the pages of what is not there."""
    from django.urls import reverse

    from constabulary.web import urls

    # Pages are declared when their addresses are first wanted, which may be by this test.
    assert urls.urlpatterns
    found = []
    for one in page.pages():
        if (
            one.is_api
            or one.path.endswith((".json", ".geojson", ".csv", ".xlsx", ".svg"))
            or "GET" not in one.methods
        ):
            continue
        if "<" not in one.path:
            found.append("/" + one.path)
            continue
        if one.name == "force_source":
            continue
        assert one.name in CAPTURED, f"Name in CAPTURED what stands for the captured parts of {one.path}"
        found += [reverse(one.name, kwargs=captured) for captured in CAPTURED[one.name]]
    return [*found, *KINDS_OF_FILE, *NOTHING, "/example/?from_on-day=31&from_on-month=2&page=3"]


@pytest.fixture(scope="module")
def seen(open_tab: Any, site: str, see: Any) -> Any:
    """What a browser with scripts sees at every address, and whom it asks."""
    tab = open_tab(site)
    found = see(tab, addresses())
    tab.context.close()
    return found, tab.asked


# One worker looks at every page once for both tests.
every_page = pytest.mark.xdist_group("every_page")


@every_page
def test_axe_finds_nothing_on_any_page_and_none_scrolls_sideways_or_asks_another_site(
    seen: Any, site: str
) -> None:
    pages, asked = seen
    wrong = [line for one in pages.values() for line in one.faults]
    assert not wrong, "\n".join(wrong)
    assert not {url for url in asked if not url.startswith((site, "data:"))}
    assert len(asked) > len(pages) > 60


@every_page
def test_pages_say_the_same_without_scripts(
    seen: Any, open_tab: Any, site: str, read_beside_maps: Any
) -> None:
    tab = open_tab(site, java_script_enabled=False)
    for address, one in seen[0].items():
        tab.goto(address)
        assert tab.locator("h1").count() == 1
        assert read_beside_maps(tab) == one.text, address
        shown = tab.evaluate(
            """[...document.querySelectorAll(".govuk-service-navigation__link")]
                 .map(link => link.checkVisibility({visibilityProperty: true}))"""
        )
        assert shown and all(shown), address
    tab.context.close()


def test_the_first_tab_stop_skips_to_the_main_content(open_tab: Any, site: str) -> None:
    tab = open_tab(site)
    tab.goto("/data/")
    tab.keyboard.press("Tab")
    link = tab.locator(".govuk-skip-link")
    expect(link).to_be_focused()
    assert link.bounding_box()["height"] > 10
    tab.keyboard.press("Enter")
    expect(tab.locator("#main-content")).to_be_focused()


def test_on_a_narrow_screen_the_menu_opens_by_keyboard(open_tab: Any, site: str) -> None:
    tab = open_tab(site, 320)
    tab.goto("/")
    menu = tab.locator(".govuk-service-navigation__toggle")
    expect(menu).to_have_attribute("aria-expanded", "false")
    menu.focus()
    tab.keyboard.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    expect(tab.locator(".govuk-service-navigation__link").first).to_be_visible()


@pytest.mark.parametrize(
    ("address", "wide"),
    [
        ("/money/solve/", ".govuk-radios"),
        ("/money/scenarios/", ".govuk-textarea >> nth=0"),
        ("/response/day/?weekday=9", ".govuk-form-group--error"),
    ],
)
def test_on_a_narrow_screen_sentences_and_pasted_rows_have_the_whole_width_of_a_form(
    open_tab: Any, site: str, address: str, wide: str
) -> None:
    tab = open_tab(site, 360)
    tab.goto(address)
    whole = tab.locator(".app-filters__fields").bounding_box()["width"]
    assert tab.locator(wide).bounding_box()["width"] > 0.9 * whole


@pytest.mark.parametrize("has_scripts", [True, False])
def test_an_upload_with_nothing_chosen_leads_from_the_summary_to_the_field(
    open_tab: Any, site: str, has_scripts: bool
) -> None:
    tab = open_tab(site, java_script_enabled=has_scripts)
    tab.goto("/data/imports/new/")
    tab.get_by_role("button", name="Import", exact=True).click()
    expect(tab).to_have_title(ERROR)
    if has_scripts:
        expect(tab.locator(".govuk-error-summary")).to_be_focused()
    tab.locator(".govuk-error-summary a").click()
    expect(tab.locator("#files")).to_be_focused()
    if not has_scripts:
        expect(tab).to_have_url(re.compile("#files$"))


def test_axe_finds_nothing_on_a_form_with_errors(open_tab: Any, site: str, faults: Any) -> None:
    tab = open_tab(site)
    tab.goto("/data/imports/new/")
    tab.get_by_role("button", name="Import", exact=True).click()
    expect(tab).to_have_title(ERROR)
    assert faults(tab) == []


def test_filters_stay_in_the_address(open_tab: Any, site: str) -> None:
    tab = open_tab(site)
    tab.goto("/example/")
    tab.get_by_label("Area").select_option("north")
    tab.get_by_role("button", name="Apply").click()
    expect(tab).to_have_url(re.compile("area=north"))
    expect(tab.get_by_label("Area")).to_have_value("north")


def test_maps_can_be_loaded_under_the_sites_own_policy(open_tab: Any, site: str) -> None:
    tab = open_tab(site)
    tab.goto("/")
    loaded = tab.evaluate("async () => typeof (await import('/static/vendor/maplibre-gl.mjs')).Map")
    assert loaded == "function"
    assert tab.said == []


def test_a_month_is_imported_its_refused_rows_are_mended_in_the_browser_and_the_run_is_seen_to_its_end(
    open_tab: Any, changing_site: str, changing_workspace: Workspace, street_csv: bytes, tmp_path: Path,
    faults: Any,
) -> None:  # fmt: skip
    tab = open_tab(changing_site)
    file = tmp_path / "2024-02-westmarch-street.csv"
    file.write_bytes(street_csv.replace(b"2024-01", b"2024-02"))
    tab.goto("/data/imports/new/")
    tab.set_input_files("#files", file)
    tab.get_by_role("button", name="Import", exact=True).click()
    expect(tab.locator(".app-answer")).to_contain_text("no worker is running")
    assert faults(tab) == []

    runs.work(changing_workspace, once=True)

    # Without a click: the script looks whether the run is done.
    expect(tab.get_by_text("4 rows were read: 2 accepted, 2 refused, 0 already there.")).to_be_visible()
    tab.get_by_role("link", name="Refused rows of import 000002").click()
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Refused rows of crimes (CSV)").click()
    text = download.value.path().read_text(encoding="utf-8")
    for wrong, right in (("January", "2024-02"), (",95,", ",52.5,"), ("Spitting", "Drugs")):
        assert wrong in text
        text = text.replace(wrong, right, 1)
    mended = tmp_path / "mended.csv"
    mended.write_text(text, encoding="utf-8")
    tab.get_by_role("link", name="Import the mended file").click()
    tab.wait_for_url("**/data/imports/new/**")
    tab.set_input_files("#files", mended)
    tab.get_by_role("button", name="Import", exact=True).click()
    # There is nothing to work at before the site has taken the file.
    tab.wait_for_url("**/data/runs/*/")
    runs.work(changing_workspace, once=True)
    expect(tab.get_by_text("2 rows were read: 2 accepted, 0 refused, 0 already there.")).to_be_visible()
    tab.get_by_role("link", name="Import 000003").click()
    expect(tab.locator("main")).to_contain_text("Mends")
    tab.context.close()


def test_axe_finds_nothing_on_a_proposed_mapping(
    open_tab: Any, changing_site: str, tmp_path: Path, faults: Any
) -> None:
    file = tmp_path / "log.csv"
    file.write_text(
        "Inc No,Opened,Close Cd\n" + "".join(f"22-{n:03},{n:02}/03/2022 09:15,PSW4\n" for n in range(1, 29))
    )
    tab = open_tab(changing_site)
    tab.goto("/data/imports/new/?kind=incidents")
    tab.set_input_files("#files", file)
    tab.get_by_role("button", name="Suggest a mapping").click()
    expect(tab.get_by_label("The mapping")).to_have_value(re.compile("^# A mapping for incidents"))
    assert faults(tab) == []
    tab.context.close()
