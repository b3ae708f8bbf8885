"""Demand figures to take away: charts and maps as pictures, tables and rows as files, each with its notes."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.http import FileResponse, HttpResponse, HttpResponseNotModified

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.render import charts, maps, tables
from constabulary.services.choices import filters_of, fingerprint
from constabulary.services.demand import FIGURES, Figure, Filters
from constabulary.services.working import export_rows
from constabulary.web.demand import words
from constabulary.web.demand.kept import Kept
from constabulary.web.demand.mapped import drawn_map
from constabulary.web.demand.pictures import NARROW_PX, WIDE_PX, picture
from constabulary.web.page import Request, page

PICTURES = {"svg": "image/svg+xml", "png": "image/png"}
FILES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_kept = Kept(most=64)


@page(
    "demand/chart/<slug:name>.<slug:form>",
    name="demand_chart",
    title="Chart of a demand figure",
    permission=Permission.SEE_RECORDS,
)
def chart(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out a chart or map as a picture, drawn once for each state of the records."""
    if form not in PICTURES:
        raise _no_such("picture", f"{name}.{form}", PICTURES)
    filters = filters_of(request.workspace, request.GET.dict())
    asked = [request.GET.get(word, "") for word in ("width", "level", "show")]
    mark = fingerprint(request.workspace, name, form, filters.query, *asked)
    if request.headers.get("If-None-Match") == f'"{mark}"':
        response: HttpResponse = HttpResponseNotModified()
    else:
        content = _kept.get(mark, lambda: _draw(request, name, form, filters))
        response = HttpResponse(content, content_type=PICTURES[form])
    response.headers["ETag"] = f'"{mark}"'
    # The browser keeps the picture and asks each time whether it still holds.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@page(
    "demand/download/<slug:name>.<slug:form>",
    name="demand_download",
    title="Table of a demand figure as a file",
    permission=Permission.EXPORT_RECORDS,
)
def download(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out the rows of a figure as CSV, Parquet or Excel, with what must be said of them."""
    if form not in FILES:
        raise _no_such("file", f"{name}.{form}", FILES)
    filters = filters_of(request.workspace, request.GET.dict())
    figure = figure_of(request, name, filters)
    content = tables.write(figure.frame(), form, notes(figure))
    response = HttpResponse(content, content_type=FILES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(figure, name)}.{form}"'
    return response


@page(
    "demand/rows/<slug:name>.<slug:form>",
    name="demand_rows",
    title="Rows behind a demand figure as a file",
    permission=Permission.EXPORT_RECORDS,
)
def rows(request: Request, name: str, form: str) -> FileResponse:
    """Hand out every row behind a figure as CSV or Parquet."""
    if form not in ("csv", "parquet"):
        raise _no_such("file", f"{name}.{form}", ("csv", "parquet"))
    filters = filters_of(request.workspace, request.GET.dict())
    folder = tempfile.TemporaryDirectory(prefix="constabulary-")
    path = Path(folder.name) / f"rows-behind-{name}.{form}"
    try:
        export_rows(request.workspace, name, path, filters, table=request.GET.get("table") or None)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(
        _Passing(path, folder), as_attachment=True, filename=path.name, content_type=FILES[form]
    )


class _Passing(io.FileIO):
    """A file that goes with its folder once it has been sent: rows may be too many to hold in memory."""

    def __init__(self, path: Path, folder: tempfile.TemporaryDirectory[str]) -> None:
        super().__init__(path)
        self._folder = folder

    def close(self) -> None:
        super().close()
        self._folder.cleanup()


def figure_of(request: Request, name: str, filters: Filters) -> Figure:
    """Return a figure by its name.

    Raises
    ------
    NothingThere
        If there is no such figure.
    """
    if name not in FIGURES:
        raise _no_such("figure", name, FIGURES)
    return FIGURES[name](request.workspace, filters)


def notes(figure: Figure) -> tuple[str, ...]:
    """Return what goes with a figure wherever it is taken."""
    about = figure.about
    return (
        f"{about.title}. {about.definition}",
        words.answer(figure),
        words.period(about),
        *(words.readable(text) for text in about.warnings),
        f"Stamp {about.stamp.id}, constabulary {about.stamp.code}.",
        *(f"{key}: SHA-256 {value}" for key, value in sorted(about.stamp.inputs.items())),
    )


def file_name(figure: Figure, name: str) -> str:
    """Return the name of a file of a figure: made-up records are called so in it."""
    return f"{name}-synthetic" if words.is_synthetic(figure) else name


def _draw(request: Request, name: str, form: str, filters: Filters) -> bytes:
    figure = figure_of(request, name, filters)
    width_px = NARROW_PX if request.GET.get("width") == "narrow" else WIDE_PX
    if name.startswith("areas_"):
        drawn = drawn_map(
            request.workspace,
            filters,
            name.removeprefix("areas_"),
            request.GET.get("level") or "district",
            request.GET.get("show") or "rate",
        )
        return maps.png(drawn) if form == "png" else drawn.encode()
    shown = picture(name, figure)
    if shown is None:
        problem = Problem("nothing_to_draw", f'there is nothing to draw of "{name}": {figure.answer}')
        raise NothingThere(problem)
    spec = shown.spec(width_px)
    return charts.png(spec) if form == "png" else charts.svg(spec).encode()


def _no_such(kind: str, value: str, expected: Iterable[str]) -> NothingThere:
    listed = ", ".join(expected)
    return NothingThere(
        Problem("no_such_" + kind, f'there is no {kind} "{value}"', expected=f"one of {listed}")
    )
