"""Charts and tables of measures to be taken away."""

from __future__ import annotations

from django.http import HttpResponse

from constabulary.registers.access import Permission
from constabulary.services.performance.measure_files import SHOWS, file_of
from constabulary.services.performance.measure_reports import report
from constabulary.web import files, pictures
from constabulary.web.page import Request, page


@page(
    "performance/measures/<str:name>/chart.<slug:form>",
    name="performance_chart",
    title="Chart of a measure",
    permission=Permission.SEE_RECORDS,
)
def chart(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out a chart as SVG or PNG, drawn once for each state of the records and of what people said."""
    show = request.GET.get("show", "xmr")
    files.known("picture", form, pictures.TYPES)
    files.known("chart", show, SHOWS)
    found = report(request.workspace, name)
    width_px = pictures.width_px(request)
    said = ".".join(str(one.remark_id) for one in found.said.commentary)
    mark = f"{found.stamp.id}-{form}-{show}-{width_px}-{said}"
    return pictures.hand_out(request, form, mark, lambda: file_of(found, form, show, width_px))


@page(
    "performance/measures/<str:name>/table.<slug:form>",
    name="performance_table",
    title="Table of a measure as a file",
    permission=Permission.EXPORT_RECORDS,
)
def table(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out the figures of a measure as CSV, Parquet or Excel, with what must be said of them."""
    files.known("file", form, files.TYPES)
    found = report(request.workspace, name)
    plain = found.name.replace("@", "-") + ("-synthetic" if found.is_synthetic else "")
    return files.attached(file_of(found, form), plain, form)
