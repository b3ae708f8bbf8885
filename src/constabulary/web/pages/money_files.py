"""Money figures to take away: charts as pictures, tables as CSV and Excel."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import polars as pl
from django.http import HttpResponse

from constabulary.core.errors import NothingThere, Problem
from constabulary.registers.access import Permission
from constabulary.render import charts, tables
from constabulary.services.finance.capital import capital
from constabulary.services.finance.monitoring import monitoring
from constabulary.services.finance.paste import pasted_scenarios
from constabulary.services.finance.pay import establishment_cost
from constabulary.services.finance.plan import plan_report
from constabulary.services.finance.precept import precept
from constabulary.services.finance.printed import reconcile_force
from constabulary.services.finance.reserves import reserves
from constabulary.services.finance.resources import force_for
from constabulary.services.finance.risk import fan_report, sensitivity
from constabulary.web import files, pictures
from constabulary.web.money import parts
from constabulary.web.money import pictures as drawings
from constabulary.web.page import Request, page
from constabulary.web.pictures import Picture

DRAWN: Mapping[str, Callable[[Request], Picture | None]] = {
    "requirement": lambda request: drawings.requirement(plan_report(request.workspace)),
    "band_d": lambda request: drawings.band_d(plan_report(request.workspace)),
    "gap": lambda request: drawings.gap_steps(plan_report(request.workspace)),
    "reserves": lambda request: drawings.reserves(reserves(request.workspace)),
    "capital": lambda request: drawings.capital(capital(request.workspace)),
    "tornado": lambda request: drawings.tornado(
        sensitivity(request.workspace, year=parts.asked(request, "year"))
    ),
    "fan": lambda request: drawings.fan(fan_report(request.workspace)),
    "bridge": lambda request: drawings.bridge(
        pasted_scenarios(
            [(parts.asked(request, "title") or "Scenario", request.GET.get("rows", ""))], request.workspace
        )
    ),
}
"""The charts by name."""


@page(
    "money/chart/<slug:name>.<slug:form>",
    name="money_chart",
    title="Chart of money",
    permission=Permission.SEE_FORCE_FOLDER,
)
def chart(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out a chart as a picture, drawn once for each state of the force folder."""
    files.known("chart", name, DRAWN)
    files.known("picture", form, pictures.TYPES)
    state = force_for(request.workspace).files_sha256
    mark = hashlib.sha256(f"{state} {name} {form} {request.GET.urlencode()}".encode()).hexdigest()[:32]
    return pictures.hand_out(request, form, mark, lambda: _draw(request, name, form))


@page(
    "money/download/<slug:name>.<slug:form>",
    name="money_download",
    title="Table of money as a file",
    permission=Permission.SEE_FORCE_FOLDER,
)
def download(request: Request, name: str, form: str) -> HttpResponse:
    """Hand out a table as CSV, Parquet or Excel."""
    files.known("table", name, TABLES)
    files.known("file", form, files.TYPES)
    rows, notes = TABLES[name](request)
    return files.attached(tables.write(frame(rows), form, notes), name, form)


def frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Return rows as a table; exact amounts become numbers."""
    return pl.DataFrame(
        [
            {key: float(value) if isinstance(value, Decimal) else value for key, value in row.items()}
            for row in rows
        ],
        infer_schema_length=None,
    )


def _draw(request: Request, name: str, form: str) -> bytes:
    drawn = DRAWN[name](request)
    if drawn is None:
        raise NothingThere(Problem("nothing_to_draw", f'there is nothing to draw of "{name}".'))
    return charts.draw(drawn.spec(pictures.width_px(request)), form)


Rows = tuple[list[dict[str, Any]], list[str]]


def _lines(request: Request, roles: tuple[str, ...] = ()) -> Rows:
    report = plan_report(request.workspace)
    found = report.result
    wanted = {line.id for role in roles if (line := found.of_role(role)) is not None}
    rows = [
        {
            "line_id": line.id, "ref": line.ref, "section": line.section, "title": line.title, "kind": line.kind,
            "unit": line.unit, "year": year, "value": value,
            "printed": line.printed[no] if line.printed else None,
        }
        for line in found.lines
        if not wanted or line.id in wanted
        for no, (year, value) in enumerate(zip(found.years, line.values, strict=True))
    ]  # fmt: skip
    return rows, [report.sentence(), report.evidence_sentence(), f"Stamp {report.stamp.id}"]


def _reserves(request: Request) -> Rows:
    report = reserves(request.workspace)
    rows = [
        {
            "reserve_id": one.reserve_id, "name": one.name, "kind": one.kind, "purpose": one.purpose,
            "year": one.period, "opening_gbp": one.opening_gbp,
            "movement_gbp": one.closing_gbp - one.opening_gbp, "closing_gbp": one.closing_gbp,
        }
        for one in report.result.years
    ]  # fmt: skip
    return rows, [report.sentence(), *report.result.findings, f"Stamp {report.stamp.id}"]


def _capital(request: Request) -> Rows:
    report = capital(request.workspace)
    names = (
        "spend_gbp", "unfinanced_gbp", "requirement_opening_gbp", "provision_gbp", "requirement_closing_gbp",
        "debt_closing_gbp", "interest_gbp", "revenue_gbp",
    )  # fmt: skip
    rows = [{"year": one.period, **{name: getattr(one, name) for name in names}} for one in report.years]
    return rows, [report.sentence(), f"Stamp {report.stamp.id}"]


def _bands(request: Request) -> Rows:
    report = precept(request.workspace, period=parts.asked(request, "year"))
    rows = [
        {
            "year": report.result.period, "band": one.band, "year_gbp": one.year_gbp, "week_gbp": one.week_gbp,
            "increase_gbp": one.increase_gbp, "increase_week_gbp": one.increase_week_gbp,
        }
        for one in report.result.bands
    ]  # fmt: skip
    return rows, [report.sentence(), *report.result.findings, f"Stamp {report.stamp.id}"]


def _establishment(request: Request) -> Rows:
    report = establishment_cost(request.workspace, None, 2)
    names = (
        "posts_fte", "strength_fte", "joiners_fte", "leavers_fte", "mean_strength_fte", "mean_vacancies_fte",
        "pay_gbp", "cost_gbp", "cost_each_gbp",
    )  # fmt: skip
    rows = [
        {
            "group_id": one.group_id,
            "name": one.name,
            "year": one.period,
            **{name: getattr(one, name) for name in names},
        }
        for one in report.groups
    ]
    return rows, [report.sentence(), *report.assumed, f"Stamp {report.stamp.id}"]


def _monitoring(request: Request) -> Rows:
    report = monitoring(request.workspace)
    names = (
        "budget_gbp", "virements_gbp", "revised_gbp", "budget_to_date_gbp", "actual_to_date_gbp",
        "variance_to_date_gbp", "outturn_gbp", "variance_gbp", "other_outturn_gbp",
    )  # fmt: skip
    rows = [
        {"line_id": one.line_id, "name": one.name, **{name: getattr(one, name) for name in names}}
        for one in (*report.result.lines, report.result.total)
    ]
    return rows, [report.sentence(), *report.result.findings, f"Stamp {report.stamp.id}"]


def _checks(request: Request) -> Rows:
    report = reconcile_force(request.workspace)
    kept = (
        "table",
        "line",
        "label",
        "period",
        "unit",
        "rule",
        "printed",
        "printed_text",
        "calculated",
        "difference",
    )
    rows = []
    for check in report.result.checks:
        told: Mapping[str, Any] = check.as_json()
        rows.append(
            {**{key: told[key] for key in kept}, "class": check.kind, "explanation": check.explanation}
        )
    return rows, [report.sentence(), f"Stamp {report.stamp.id}"]


TABLES: Mapping[str, Callable[[Request], Rows]] = {
    "summary": lambda request: _lines(request, ("requirement", "financing", "gap", "band_d")),
    "lines": _lines,
    "reserves": _reserves,
    "capital": _capital,
    "bands": _bands,
    "establishment": _establishment,
    "monitoring": _monitoring,
    "checks": _checks,
}
"""The tables by name, each with its notes."""
