"""Demand figures to take away: charts and maps as pictures, tables and rows as files, each with its notes."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from django.http import FileResponse, HttpResponse

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.render import charts, maps, tables
from constabulary.services.demand.choices import filters_of, fingerprint
from constabulary.services.demand.picture import FIGURES, Figure, Filters
from constabulary.services.demand.working import export_rows
from constabulary.services.workspace import audit
from constabulary.web import files, numbers, pictures
from constabulary.web.demand import words
from constabulary.web.demand.mapped import drawn_map
from constabulary.web.demand.pictures import picture
from constabulary.web.page import Request, page


@page(
    "demand/chart/<slug:name>.<slug:form>",
    name="demand_chart",
    title="Chart of a demand figure",
    permission=Permission.SEE_RECORDS,
)
def chart(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out a chart or map as a picture, drawn once for each state of the records."""
    files.known("picture", form, pictures.TYPES)
    filters = filters_of(request.workspace, request.GET.dict())
    asked = [request.GET.get(word, "") for word in ("width", "level", "show")]
    mark = fingerprint(request.workspace, name, form, filters.query, *asked)
    return pictures.hand_out(request, form, mark, lambda: _draw(request, name, form, filters))


@page(
    "demand/download/<slug:name>.<slug:form>",
    name="demand_download",
    title="Table of a demand figure as a file",
    permission=Permission.EXPORT_RECORDS,
)
def download(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out the rows of a figure as CSV, Parquet or Excel, with what must be said of them."""
    files.known("file", form, files.TYPES)
    filters = filters_of(request.workspace, request.GET.dict())
    figure = figure_of(request, name, filters)
    content = tables.write(figure.frame(), form, notes(figure))
    return files.attached(content, file_name(figure, name), form)


@page(
    "demand/rows/<slug:name>.<slug:form>",
    name="demand_rows",
    title="Rows behind a demand figure as a file",
    permission=Permission.EXPORT_RECORDS,
)
def rows(request: Request, name: str, form: str) -> FileResponse:
    """Hand out every row behind a figure as CSV or Parquet."""
    files.known("file", form, ("csv", "parquet"))
    filters = filters_of(request.workspace, request.GET.dict())
    folder = tempfile.TemporaryDirectory(prefix="constabulary-")
    path = Path(folder.name) / f"rows-behind-{name}.{form}"
    try:
        export_rows(request.workspace, name, path, filters, table=request.GET.get("table") or None)
        audit.note(
            request.workspace, request.person, Permission.EXPORT_RECORDS, "export rows", f"figure {name}"
        )
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(
        _Passing(path, folder), as_attachment=True, filename=path.name, content_type=files.TYPES[form]
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
    files.known("figure", name, FIGURES)
    return FIGURES[name](request.workspace, filters)


def notes(figure: Figure) -> tuple[str, ...]:
    """Return what goes with a figure wherever it is taken."""
    about = figure.about
    return (
        f"{about.title}. {about.definition}",
        words.answer(figure),
        words.period(about),
        *(numbers.readable(text) for text in about.warnings),
        f"Stamp {about.stamp.id}, constabulary {about.stamp.code}.",
        *(f"{key}: SHA-256 {value}" for key, value in sorted(about.stamp.inputs.items())),
    )


def file_name(figure: Figure, name: str) -> str:
    """Return the name of a file of a figure: made-up records are called so in it."""
    return f"{name}-synthetic" if words.is_synthetic(figure) else name


def _draw(request: Request, name: str, form: str, filters: Filters) -> bytes:
    figure = figure_of(request, name, filters)
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
    return charts.draw(shown.spec(pictures.width_px(request)), form)
