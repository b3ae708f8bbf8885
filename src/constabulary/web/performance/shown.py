"""What pages about measures show: the ways between them, icons in shapes and words, charts with their tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.urls import reverse

from constabulary.services.performance.measure_files import FORMATS, PICTURES, picture
from constabulary.services.performance.measure_reports import MeasureReport
from constabulary.services.performance.xmr import ASSURANCE_ICONS, VARIATION_ICONS, Icon
from constabulary.web import addresses, numbers, pictures
from constabulary.web.page import declared
from constabulary.web.table import Cell, Chart, Column, Table, Way

PAGES = (
    "performance",
    "performance_plan",
    "performance_orphans",
    "performance_grades",
    "performance_people",
    "performance_compare",
)
SHORT = {"performance": "Measures", "performance_compare": "Peers"}
_LABELS = {"csv": "CSV", "parquet": "Parquet", "xlsx": "Excel", "svg": "SVG", "png": "PNG"}
_NAMED = {
    "wave": "M6 18 q3.5 -7 7 0 t7 0 t7 0",
    "arrow_up": "M17 6 L26 17 H21 V27 H13 V17 H8 Z",
    "arrow_down": "M17 28 L26 17 H21 V7 H13 V17 H8 Z",
    "tick": "M8 18 L14 24 L26 10",
    "cross": "M10 10 L24 24 M24 10 L10 24",
}
_DRAWN = {"wave", "tick", "cross"}


@dataclass(frozen=True)
class Sign:
    """An icon as it is drawn.

    Parameters
    ----------
    words
        What it says.
    path
        Its shape (SVG path in a square of 34).
    is_line
        True where the shape is a line, not an area.
    colour
        Its colour, an addition to shape and words.
    """

    words: str
    path: str
    is_line: bool
    colour: str


def ways(current: str) -> tuple[Way, ...]:
    """Return the ways between the pages of the room.

    Parameters
    ----------
    current
        Name of the page shown.
    """
    found = []
    for name in PAGES:
        one = declared(name)
        if one is not None:
            found.append(Way(SHORT.get(name, one.title), reverse(name), name == current))
    return tuple(found)


def variation(found: MeasureReport) -> Sign | None:
    """Return the icon of what changed; None without limits."""
    name = found.chart.variation if found.chart else None
    return _sign(VARIATION_ICONS[name]) if name else None


def assurance(found: MeasureReport) -> Sign | None:
    """Return the icon of whether the target will be met; None without a target."""
    name = found.chart.assurance if found.chart else None
    return _sign(ASSURANCE_ICONS[name]) if name else None


def _sign(icon: Icon) -> Sign:
    return Sign(icon.words, _NAMED[icon.shape], icon.shape in _DRAWN, icon.colour)


def address(found: MeasureReport) -> str:
    """Return the address of a measure's page."""
    return addresses.address("performance_measure", found.name)


def chart(found: MeasureReport, show: str, alt: str, table: Table | None) -> Chart:
    """Return a picture of a measure with its table.

    Parameters
    ----------
    found
        The measure.
    show
        xmr or rolling_12.
    alt
        What one sees in it.
    table
        The figures behind it.
    """
    src = partial(addresses.address, "performance_chart", found.name, "svg", show=show)
    title = found.known.measure.title + (": rolling twelve months" if show == "rolling_12" else "")
    drawn = pictures.Picture(title, alt, partial(picture, found, show))
    return pictures.chart(drawn, src, table)


def period(found: MeasureReport, label: str) -> str:
    """Return the name of a period with its months and days in words; 2010-11 among financial years is none."""
    kind = found.values.kind if found.values else ""
    return label if kind == "financial_year" else numbers.readable(label)


def said(found: MeasureReport, text: str) -> str:
    """Return a sentence about a measure with its months as people write them."""
    kind = found.values.kind if found.values else ""
    return text if kind == "financial_year" else numbers.readable(text)


def figures(found: MeasureReport) -> Table:
    """Return the figures of a measure, one row a period that has any."""
    rows = [
        row
        for row in found.rows()
        if any(row[name] is not None for name in ("value", "rolling_12", "last_year"))
    ]
    has_parts = any(row["denominator"] is not None for row in rows)
    has_lines = any(row["rolling_12"] is not None or row["last_year"] is not None for row in rows)
    columns = [Column("Period"), Column("Figure", is_number=True)]
    if has_parts:
        columns += [Column("Counted", is_number=True), Column("Out of", is_number=True)]
    columns += [Column("Lower limit", is_number=True), Column("Mean", is_number=True)]
    columns += [Column("Upper limit", is_number=True), Column("Signal", is_long=True)]
    if has_lines:
        columns += [
            Column("Rolling 12 months", is_number=True),
            Column("Same month last year", is_number=True),
        ]
    cells = []
    for row in rows:
        line = [period(found, row["period"]), _text(found, row["value"])]
        if has_parts:
            line += [_count(row["numerator"]), _count(row["denominator"])]
        line += [
            _text(found, None if row[name] is None else found.within(row[name]))
            for name in ("lower", "mean", "upper")
        ]
        line.append(_signal(row))
        if has_lines:
            line += [_text(found, row[name]) for name in ("rolling_12", "last_year")]
        cells.append(line)
    return Table("Figures by period", tuple(columns), cells, is_caption_hidden=True)


def links(found: MeasureReport) -> tuple[Cell, ...]:
    """Return the ways to take a measure away."""
    title = found.known.measure.title
    shown = []
    for form in FORMATS:
        is_picture = form in PICTURES
        page = "performance_chart" if is_picture else "performance_table"
        kind = "chart" if is_picture else "table"
        shown.append(Cell(_LABELS[form], reverse(page, args=[found.name, form]), f"{kind} of {title}"))
    return tuple(shown)


def _text(found: MeasureReport, value: float | None) -> str:
    return "–" if value is None else found.worded(value)


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _signal(row: dict[str, object]) -> str:
    if not row["signal"]:
        return ""
    from constabulary.services.performance.xmr import SIGNAL_WORDS

    way = {"good": "improving", "bad": "of concern"}.get(str(row["direction"]), str(row["side"]))
    return f"{SIGNAL_WORDS[str(row['signal'])]} ({way})"
