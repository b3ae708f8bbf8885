"""Sites: where units should wait, how soon places are reached from there, and what closing a station costs."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.http import HttpResponse

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.render import maps
from constabulary.services.staffing.answers import SitesAnswer
from constabulary.services.staffing.siting import MODELS
from constabulary.services.staffing.siting_force import KIND, reach_map
from constabulary.services.workspace.workspaces import Workspace
from constabulary.web import api, form, numbers, pictures
from constabulary.web.addresses import address
from constabulary.web.page import Request, Room, page
from constabulary.web.pages.response_staffing import Number
from constabulary.web.pictures import NARROW_PX
from constabulary.web.staffing.asking import Proposal, needed, opening, several_columns
from constabulary.web.table import Chart, Column, Figure, Table

WORDS = {
    "pmedian": "Fewest minutes to all incidents (p-median)",
    "pcentre": "Shortest longest journey (p-centre)",
    "mclp": "Most incidents within a standard time (MCLP)",
    "mexclp": "Most incidents expected to find a free unit in that time (MEXCLP)",
}
HOURS_WORDS = {
    "all": "all hours",
    "day": "day, 07:00 to 19:00",
    "evening": "evening, 19:00 to 23:00",
    "night": "night, 23:00 to 07:00",
}
WIDTH_PX, HEIGHT_PX = 640, 700


class SitesForm(form.Form):
    """Which sites, for what."""

    model = form.Select("What is best", tuple(WORDS.items()), initial="pmedian")
    n_sites = Number(
        "Sites, or units where several may share a site",
        1,
        500,
        is_whole=True,
        required="Enter how many sites or units",
        initial=6,
    )
    candidates = form.Radios(
        "Choose among",
        (
            ("stations", "The stations there are"),
            ("more", "The middles of places, all stations staying: so many new sites"),
            ("places", "The middles of all places, stations left aside"),
        ),
        initial="stations",
    )
    standard_min = Number(
        "Standard time, minutes", 1, 240, required="Enter the standard time in minutes", initial=15
    )
    busy_share = Number(
        "Share of time a unit is busy, per cent",
        0,
        99,
        required="Enter the share of time a unit is busy",
        initial=40,
    )
    hours = form.Select(
        "Hours", tuple((name, said.capitalize()) for name, said in HOURS_WORDS.items()), initial="all"
    )


@page(
    "response/sites/",
    name="response_sites",
    title="Sites for units",
    permission=Permission.SEE_RECORDS,
    nav=Room.RESPONSE,
    parent="response",
    methods=("GET", "HEAD", "POST"),
)
def sites(request: Request) -> Proposal | HttpResponse:
    """Show the latest proposal, start another, or keep one as a scenario (each has its own permission)."""
    opened = opening(request, "response_sites", KIND, SitesForm, "response.sites", _answers)
    if isinstance(opened, HttpResponse):
        return opened
    found = opened.found
    if found is None:
        return Proposal("No sites have been proposed yet. The run below takes some seconds.", opened)
    tables = (_sites(found), _alternatives(found))
    return Proposal(
        _answer(found),
        opened,
        _figures(found),
        f"{WORDS[found['model']]}; journeys of the most urgent grade, {HOURS_WORDS[found['hours']]}; "
        f"{found['travel']}.",
        _chart(request.workspace, found),
        tuple(one for one in tables if one is not None),
        found["stamp"]["id"] if found["opened"] or found["closed"] or found.get("units") else "",
    )


def _answers(given: dict[str, Any]) -> dict[str, Any]:
    return given | {"busy_share": given["busy_share"] / 100.0}


@page(
    "response/sites/map.svg",
    name="response_sites_map",
    title="Map of journeys from sites",
    permission=Permission.SEE_RECORDS,
)
def sites_map(request: Request) -> HttpResponse:
    """Draw how soon each place is reached."""
    found = needed(request, KIND)
    drawn = reach_map(request.workspace, found)
    if drawn is None:
        raise NothingThere(Problem("no_map", "there is no map of sites", remedy="Give the force outlines."))
    width_px = NARROW_PX if request.GET.get("width") == "narrow" else WIDTH_PX

    def draw() -> bytes:
        return maps.choropleth(
            drawn.shapes,
            drawn.names,
            drawn.class_of,
            drawn.values,
            drawn.legend,
            title="Minutes from the nearest site chosen",
            subtitle="By place; journeys are modelled, not observed",
            attribution=drawn.attribution,
            width_px=width_px,
            marks=drawn.marks,
        ).encode()

    return pictures.hand_out(request, "svg", f"{found['stamp']['id']} {width_px}", draw)


@api.route(
    "response/sites", name="response_sites", title="Sites proposed last", permission=Permission.SEE_RECORDS
)
def sites_json(request: Request) -> SitesAnswer:
    """Give the sites proposed last."""
    return cast(SitesAnswer, needed(request, KIND))


def _answer(found: dict[str, Any]) -> str:
    n = numbers.several(len(found["sites"]), "site")
    if found["model"] == "pmedian":
        return f"{n} bring units to an incident in {found['mean_min']:.1f} minutes on average."
    if found["model"] == "pcentre":
        return f"{n} reach every place within {found['objective']:.1f} minutes."
    standard = f"{found['asked']['standard_min']:g} minutes"
    share = numbers.percent(found["covered_share"])
    if found["model"] == "mclp":
        return f"{n} have {share} of incidents within {standard}."
    units = sum(found["units"].values())
    there = numbers.several(units, "unit")
    expected = "is expected" if units == 1 else "are expected"
    return f"{there} at {n} {expected} to reach {share} of incidents within {standard}, busy ones left out."


def _figures(found: dict[str, Any]) -> tuple[Figure, ...]:
    places = found["places"]
    total = sum(place["incidents_per_day"] for place in places) or 1.0

    def mean(which: str) -> str:
        return numbers.number(sum(p["incidents_per_day"] * p[which] for p in places) / total, 1)

    most = "" if found["bound"] is None else f": none can pass {found['bound']:,.1f}"
    sure = "proven best" if found["proven"] else f"not proven{most}"
    return (
        Figure("Mean journey", mean("minutes"), "minutes"),
        Figure("From the stations there are", mean("minutes_now"), "minutes"),
        Figure("Longest journey", numbers.number(max(p["minutes"] for p in places), 1), "minutes"),
        Figure("How sure", sure),
    )


def _chart(workspace: Workspace, found: dict[str, Any]) -> Chart | None:
    drawn = reach_map(workspace, found)
    if drawn is None:
        return None
    # As high as the picture is drawn: the map's own proportions are not known before.
    map_of = partial(address, "response_sites_map", stamp=found["stamp"]["id"])
    said = "; ".join(words for _, words in drawn.legend)
    return Chart(
        "Minutes from the nearest site chosen",
        map_of(),
        f"Map of places by minutes from the nearest of {len(found['sites'])} sites: {said}.",
        Table(
            "Places by minutes from the nearest site",
            several_columns("Minutes", ["Places"]),
            [tuple(words.removesuffix(" places)").split(" (")) for _, words in drawn.legend],
            is_caption_hidden=True,
        ),
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        narrow_src=map_of(width="narrow"),
        narrow_width_px=NARROW_PX,
        narrow_height_px=HEIGHT_PX * NARROW_PX // WIDTH_PX,
        is_titled=True,
    )


def _sites(found: dict[str, Any]) -> Table:
    has_units = "units" in found
    closed = {one["site"]: one for one in found.get("closing", [])}
    rows = []
    for name in found["sites"]:
        row = [found["names"][name]] + ([str(found["units"][name])] if has_units else [])
        if closed:
            after = closed[name]
            row += [_value(found, after["objective"]), _value(found, after["change"], is_change=True)]
        rows.append(tuple(row))
    titles = ["Units"] * has_units + (["Without it", "Change"] if closed else [])
    return Table(
        "Sites chosen" + (", and what closing each costs" if closed else ""),
        several_columns("Site", titles),
        rows,
        note=f"Objective: {MODELS[found['model']]}{'; the other sites stay as they are' if closed else ''}.",
    )


def _alternatives(found: dict[str, Any]) -> Table | None:
    if not found["alternatives"]:
        return None
    best = set(found["sites"])
    return Table(
        "The next best answers",
        (Column("Instead of"), Column("These"), Column("Objective", is_number=True)),
        [
            (
                _names(found, best - set(other["sites"])) or "the same sites",
                _names(found, set(other["sites"]) - best) or _units_instead(found, other),
                _value(found, other["objective"]),
            )
            for other in found["alternatives"]
        ],
    )


def _names(found: dict[str, Any], sites: set[str]) -> str:
    return ", ".join(sorted(found["names"][site] for site in sites))


def _units_instead(found: dict[str, Any], other: dict[str, Any]) -> str:
    """Return the units of another answer at the same sites, where they differ."""
    units = found["units"]
    told = (
        f"{found['names'][site]} {n}, not {units[site]}"
        for site, n in other["units"].items()
        if n != units[site]
    )
    return "; ".join(told)


def _value(found: dict[str, Any], value: float | None, is_change: bool = False) -> str:
    if value is None:
        return "cannot serve all"
    total = found["demand"] or 1.0
    if found["model"] == "pcentre":
        return f"{value:+.1f} min" if is_change else f"{value:.1f} min"
    if found["model"] == "pmedian":
        return f"{value / total:+.2f} min" if is_change else f"{value / total:.2f} min"
    return f"{100 * value / total:+.1f} points" if is_change else numbers.percent(value / total)
