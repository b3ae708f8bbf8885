"""Charts and tables of measures to be taken away."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseNotModified

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.services.measure_files import PICTURES, SHOWS, file_of
from constabulary.services.measure_reports import report
from constabulary.web.demand.kept import Kept
from constabulary.web.page import Request, page
from constabulary.web.pages.performance import FILES
from constabulary.web.performance.shown import NARROW_PX, WIDE_PX

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
_kept = Kept(most=64)


@page(
    "performance/measures/<str:name>/chart.<slug:form>",
    name="performance_chart",
    title="Chart of a measure",
    permission=Permission.SEE_RECORDS,
)
def chart(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out a chart as SVG or PNG, drawn once for each state of the records and of what people said."""
    show = request.GET.get("show", "xmr")
    for kind, value, allowed in (("picture", form, PICTURES), ("chart", show, SHOWS)):
        if value not in allowed:
            raise _no_such(kind, value, allowed)
    found = report(request.workspace, name)
    width_px = NARROW_PX if request.GET.get("width") == "narrow" else WIDE_PX
    said = ".".join(str(one.remark_id) for one in found.said.commentary)
    mark = f"{found.stamp.id}-{form}-{show}-{width_px}-{said}"
    if request.headers.get("If-None-Match") == f'"{mark}"':
        response: HttpResponse = HttpResponseNotModified()
    else:
        content = _kept.get(mark, lambda: file_of(found, form, show, width_px))
        response = HttpResponse(content, content_type=TYPES[form])
    response.headers["ETag"] = f'"{mark}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@page(
    "performance/measures/<str:name>/table.<slug:form>",
    name="performance_table",
    title="Table of a measure as a file",
    permission=Permission.EXPORT_RECORDS,
)
def table(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out the figures of a measure as CSV, Parquet or Excel, with what must be said of them."""
    if form not in FILES:
        raise _no_such("file", form, tuple(FILES))
    found = report(request.workspace, name)
    response = HttpResponse(file_of(found, form), content_type=FILES[form])
    plain = found.name.replace("@", "-") + ("-synthetic" if found.is_synthetic else "")
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}.{form}"'
    return response


def _no_such(kind: str, value: str, allowed: tuple[str, ...]) -> NothingThere:
    expected = f"one of {', '.join(allowed)}"
    return NothingThere(Problem(f"no_such_{kind}", f'there is no {kind} "{value}".', expected=expected))
