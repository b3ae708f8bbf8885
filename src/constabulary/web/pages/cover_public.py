"""What the public may see of cover: the months that were published, and how hidden figures stay hidden."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.render import maps, tables
from constabulary.services.cover.edition import VISIBLE, PublicArea, PublicCover
from constabulary.services.cover.public_map import PublicMap, public_map
from constabulary.services.demand.choices import fingerprint
from constabulary.web import files, numbers
from constabulary.web import pictures as handed_out
from constabulary.web.cover import pictures
from constabulary.web.cover.asked import LEVELS, Asked, asking
from constabulary.web.cover.head import FORMATS, Map
from constabulary.web.filters import FilterForm
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.table import Cell, Column, Table, Way

OPTIONS = {
    "level": ("By", LEVELS),
    "show": (
        "Show",
        (("time", "All time"), ("rate", "Visible time per 1,000 residents"), ("visible", "Visible time")),
    ),
}
HIDDEN = "not shown"
UNPUBLISHED = "Nothing has been published yet, so the public sees no month of cover."
NOTHING = Problem(
    "nothing_published",
    "nothing has been published of this.",
    remedy="Publish what is due: constabulary cover presence --public.",
)


@dataclass(frozen=True)
class Public(Context):
    """What the page of the public edition shows.

    Parameters
    ----------
    ways
        The way between the pages.
    filters
        The form.
    is_synthetic
        Whether any of it is made up.
    map
        Figures of all months; None before anything is published.
    table
        Figures by area and month; None before anything is published.
    links
        Ways to take it away.
    why_not_rate
        Why it shows hours where the rate was asked for; empty where it does not.
    rules
        What holds of its figures, a sentence each.
    attribution
        What must be said where areas are shown.
    """

    ways: tuple[Way, ...]
    filters: FilterForm
    is_synthetic: bool
    map: Map | None
    table: Table | None
    links: tuple[Cell, ...]
    why_not_rate: str
    rules: tuple[str, ...]
    attribution: str


@page(
    "cover/public/",
    name="cover_public",
    title="What the public may see",
    permission=Permission.SEE_PUBLIC,
    nav=Room.COVER,
    parent="cover",
)
@asking(OPTIONS, {})
def public(request: Request, asked: Asked) -> Public:
    """Show the months that were published."""
    drawn = public_map(request.workspace, asked.of("level"), asked.of("show"))
    found = None if drawn is None else drawn.found
    return Public(
        answer=UNPUBLISHED if drawn is None else numbers.readable(drawn.answer),
        ways=asked.ways("cover_public"),
        filters=asked.form,
        is_synthetic=found is not None and found.is_synthetic,
        map=None if drawn is None else _map(asked, drawn),
        table=None if drawn is None else _table(drawn),
        links=() if found is None else _links(asked),
        why_not_rate="Residents of these areas are not known, so this shows hours."
        if drawn is not None and drawn.show != asked.of("show")
        else "",
        rules=() if found is None else _rules(found),
        attribution="" if found is None else f"{found.crediting} {found.attribution}".strip(),
    )


@page(
    "cover/public/areas.geojson",
    name="cover_public_areas",
    title="The public edition of cover as GeoJSON",
    permission=Permission.SEE_PUBLIC,
)
@asking(OPTIONS, {}, is_file=True)
def areas(request: Request, asked: Asked) -> HttpResponse:
    """Hand out the outlines with the hours that were published."""
    return HttpResponse(_published(asked).as_geojson(), content_type="application/geo+json")


@page(
    "cover/public/picture.<slug:form>",
    name="cover_public_picture",
    title="The public map of cover as a picture",
    permission=Permission.SEE_PUBLIC,
)
@asking(OPTIONS, {}, is_file=True)
def picture(request: Request, asked: Asked, form: str) -> HttpResponse:
    """Hand out the map of what was published as a picture."""
    files.known("picture", form, handed_out.TYPES)
    drawn = _published(asked)
    asked_for = asked.of("level"), asked.of("show"), repr(drawn.found)
    mark = fingerprint(request.workspace, "public cover", form, *asked_for)

    def draw() -> bytes:
        svg = pictures.public_svg(drawn)
        return svg.encode() if form == "svg" else maps.png(svg)

    return handed_out.hand_out(request, form, mark, draw)


@page(
    "cover/public/hours.<slug:form>",
    name="cover_public_hours",
    title="The public edition of cover as a file",
    permission=Permission.SEE_PUBLIC,
)
@asking(OPTIONS, {}, is_file=True)
def hours(request: Request, asked: Asked, form: str) -> HttpResponse:
    """Hand out the hours that were published as CSV, Parquet or Excel."""
    files.known("file", form, [one for one, _ in FORMATS])
    drawn = _published(asked)
    found = drawn.found
    notes = [found.sentence(), VISIBLE, *_rules(found), found.left_out, found.crediting, found.attribution]
    rows = tables.marked(drawn.rows(), is_synthetic=found.is_synthetic)
    name = "public-cover-synthetic" if found.is_synthetic else "public-cover"
    return files.attached(tables.write(rows, form, notes), name, form)


def _published(asked: Asked) -> PublicMap:
    drawn = public_map(asked.request.workspace, asked.of("level"), asked.of("show"))
    if drawn is None:
        raise NothingThere(NOTHING)
    return drawn


def _map(asked: Asked, drawn: PublicMap) -> Map:
    return Map(
        key="",
        title=f"{drawn.shown.title}, all months" + (" (white: not shown)" if None in drawn.values else ""),
        unit=drawn.shown.unit,
        places=drawn.shown.places,
        src=asked.address("cover_public_areas"),
        picture=asked.address("cover_public_picture", "svg"),
        hours="",
        spots="",
        alt=pictures.public_alt(drawn),
        legend=tuple(pictures.public_legend(drawn)),
    )


def _links(asked: Asked) -> tuple[Cell, ...]:
    taken = [
        Cell(text, asked.address("cover_public_hours", form), "file of the table") for form, text in FORMATS
    ]
    drawn = [
        Cell(form.upper(), asked.address("cover_public_picture", form), "picture of the map")
        for form in handed_out.TYPES
    ]
    return (*taken, *drawn)


def _table(drawn: PublicMap) -> Table:
    found = drawn.found
    is_all, is_rate = drawn.show == "time", drawn.show == "rate"
    months = [
        Column(numbers.month(month), "hours" if is_all else "visible hours", True)
        for month in (*found.months, "All months")
    ]
    rows = []
    for one in drawn.ranked:
        by_month = (*one.by_month, one.hours) if is_all else (*one.visible_by_month, one.visible_hours)
        figures = [_written(hours) for hours in by_month]
        rows.append([Cell(one.name), *([_rate(one)] if is_rate else []), *figures])
    return Table(
        f"{drawn.shown.title}, by area and month",
        [
            Column("Area"),
            *([Column("Visible", "hours per 1,000 residents", True)] if is_rate else []),
            *months,
        ],
        rows,
        " ".join([*([] if is_all else [VISIBLE]), found.left_out]),
    )


def _written(figure: float | None, places: int = 0) -> Cell:
    return Cell(HIDDEN if figure is None else numbers.number(figure, places))


def _rate(one: PublicArea) -> Cell:
    return _written(one.visible_per_1000, 1) if one.residents else Cell(numbers.MISSING)


def _rules(found: PublicCover) -> tuple[str, ...]:
    rules = found.rules
    share = numbers.percent(rules.protection_share, 0)
    return (
        f"A figure counts at least {rules.least_units} units and {rules.least_hours:g} hours, of which two units make "
        f"up no more than {numbers.percent(rules.top_two_share, 0)}; it is rounded to {rules.rounding_hours:g} hours.",
        "Visible hours are shown where all hours are, and where neither they nor the rest of the hours break this.",
        "Others are not shown, and some more with them, so that no figure that is not shown can be narrowed down to "
        f"less than {rules.protection_hours:g} hours or {share} of it.",
        f"A month is published once, {rules.delay_days} days after its end or later; the latest on "
        f"{numbers.day(found.published_on)}.",
    )
