"""The charts of money: what each draws, and what one sees in it, in words made from its figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from constabulary.render import money_charts
from constabulary.services.finance.capital import CapitalReport
from constabulary.services.finance.plan import PlanReport
from constabulary.services.finance.reserves import ReservesReport
from constabulary.services.finance.risk import FanReport, SensitivityReport
from constabulary.services.finance.scenarios import ScenarioReport
from constabulary.web import numbers
from constabulary.web.pictures import Picture

MILLION, THOUSAND = 1_000_000, 1_000
UNITS = {MILLION: "millions of pounds", THOUSAND: "thousands of pounds", 1: "pounds a year"}
"""What a chart's figures are divided by, and what its axis then says."""


@dataclass(frozen=True)
class Bar:
    """A bar from one amount to another (pounds); `kind` is whole, better, worse or swing."""

    name: str
    start: float
    end: float
    kind: str


def short(amount: Decimal | float, divisor: int) -> str:
    """Return an amount as a label: £1.24m, £350k."""
    letter = {MILLION: "m", THOUSAND: "k"}[divisor]
    return f"{numbers.money(float(amount) / divisor, 2 if divisor == MILLION else 0)}{letter}"


def divisor_of(amounts: Iterable[Decimal | float]) -> int:
    """Return what amounts are divided by to read well: millions, or thousands where none reaches a million."""
    return MILLION if max((abs(float(amount)) for amount in amounts), default=0.0) >= MILLION else THOUSAND


def _lines(
    title: str, years: Sequence[str], series: Sequence[tuple[str, Sequence[Any]]], divisor: int = 0
) -> Picture:
    rows: list[dict[str, Any]] = [
        {"year": year, "name": name, "value": float(value)}
        for name, values in series
        for year, value in zip(years, values, strict=True)
        if value is not None
    ]
    divisor = divisor or divisor_of(row["value"] for row in rows)

    def show(value: Any) -> str:
        return numbers.money(value, 2) if divisor == 1 else short(value, divisor)

    said = "; ".join(
        f"{name} from {show(values[0])} in {years[0]} to {show(values[-1])} in {years[-1]}"
        for name, values in series
        if values
    )

    def spec(width_px: int) -> dict[str, Any]:
        return money_charts.by_year(
            rows, value_title=UNITS[divisor], width_px=width_px, title=title, divisor=divisor
        )

    return Picture(title, f"Lines by year: {said}.", spec)


def requirement(report: PlanReport) -> Picture:
    """Return the net budget requirement beside its financing, by year."""
    found = report.result
    series = [
        ("Net budget requirement", found.net_budget_requirement_gbp),
        ("Financing", found.values("financing")),
    ]
    return _lines("Net budget requirement and financing", found.years, series)


def band_d(report: PlanReport) -> Picture | None:
    """Return band D by year; None where the plan has none."""
    found = report.result
    if found.band_d_gbp is None:
        return None
    return _lines("Band D council tax", found.years, [("Band D", found.band_d_gbp)], divisor=1)


def reserves(report: ReservesReport) -> Picture:
    """Return all reserves and the general reserve at the end of each year."""
    found = report.result
    general = [
        sum((one.closing_gbp for one in report.of(period) if one.kind == "general"), Decimal(0))
        for period in found.periods
    ]
    series = [
        ("All reserves", [found.total_gbp[period] for period in found.periods]),
        ("General reserve", general),
    ]
    return _lines("Reserves at the end of each year", found.periods, series)


def capital(report: CapitalReport) -> Picture:
    """Return the capital financing requirement beside gross debt, at the end of each year."""
    years = [one.period for one in report.years]
    series = [
        ("Capital financing requirement", [one.requirement_closing_gbp for one in report.years]),
        ("Gross debt", [one.debt_closing_gbp for one in report.years]),
    ]
    return _lines("Capital financing requirement and debt at the end of each year", years, series)


def gap_steps(report: PlanReport) -> Picture:
    """Return the bridge of the gap from year to year over the forecast."""
    found = report.result
    gaps = [float(gap) for gap in found.gap_gbp[found.n_typed - 1 :]]
    years = found.years[found.n_typed - 1 :]
    bars = [Bar(f"Gap of {years[0]}", 0.0, gaps[0], "whole")]
    bars += [
        _step(f"Moves in {year}", before, now)
        for year, (before, now) in zip(years[1:], pairwise(gaps), strict=True)
    ]
    bars.append(Bar(f"Gap of {years[-1]}", 0.0, gaps[-1], "whole"))
    return _steps("How the gap builds up (below zero is a gap)", bars)


def bridge(report: ScenarioReport, no: int = 0) -> Picture:
    """Return the bridge from the plan's gap of the last year to that of a scenario."""
    one, year = report.compared[no], report.base.years[-1]
    level = float(report.base.gap_gbp[-1])
    bars = [Bar(f"The plan, {year}", 0.0, level, "whole")]
    for step in one.bridge:
        bars.append(_step(step.title, level, level + float(step.effect_gbp[-1])))
        level = bars[-1].end
    bars.append(Bar(one.scenario.title, 0.0, float(one.result.gap_gbp[-1]), "whole"))
    return _steps(f"From the plan to {one.scenario.title}: the gap of {year} (below zero is a gap)", bars)


def tornado(report: SensitivityReport, most: int = 12) -> Picture:
    """Return how far each driver swings the gap of a year, the widest first."""
    bars = []
    for one in report.swings[:most]:
        low, high = sorted((float(one.low_gap_gbp), float(one.high_gap_gbp)))
        bars.append(Bar(one.title, low, high, "swing"))
    gap = float(report.gap_gbp)
    told = short(gap, divisor_of([gap]))
    return _steps(f"Swings of the gap of {report.year} about {told} (below zero is a gap)", bars, about=gap)


def fan(report: FanReport) -> Picture:
    """Return the fan of the gap over many draws."""
    rows = [
        {
            "year": one.year,
            **dict(zip(("low", "lower", "middle", "upper", "high"), one.gap_gbp, strict=True)),
            "planned": float(planned),
        }
        for one, planned in zip(report.result.years, report.planned_gbp, strict=True)
    ]
    title = "The gap over many draws: nine in ten, half, the middle; dashed as planned (below zero is a gap)"
    last = report.result.years[-1]
    divisor = divisor_of(value for one in report.result.years for value in one.gap_gbp)
    at = [short(value, divisor) for value in last.gap_gbp]
    alt = (
        f"Bands by year about a middle line: in {last.year} the middle is {at[2]}, half of the draws lie from {at[1]} "
        f"to {at[3]}, nine in ten from {at[0]} to {at[4]}."
    )
    return Picture(
        title,
        alt,
        lambda width_px: money_charts.fan(
            rows, value_title=UNITS[divisor], width_px=width_px, title=title, divisor=divisor
        ),
    )


def _step(name: str, before: float, now: float) -> Bar:
    return Bar(name, before, now, "better" if now >= before else "worse")


def _steps(title: str, bars: Sequence[Bar], about: float | None = None) -> Picture:
    divisor = divisor_of(end for bar in bars for end in (bar.start, bar.end))
    rows = [{**bar.__dict__, "label": _label(bar, divisor)} for bar in bars]
    said = "; ".join(f"{row['name']} {row['label']}" for row in rows)

    def spec(width_px: int) -> dict[str, Any]:
        return money_charts.steps(
            rows, value_title=UNITS[divisor], width_px=width_px, title=title, divisor=divisor, about=about
        )

    return Picture(title, f"Bars one below the other: {said}.", spec)


def _label(bar: Bar, divisor: int) -> str:
    if bar.kind == "whole":
        return short(bar.end, divisor)
    if bar.kind == "swing":
        return f"{short(bar.start, divisor)} to {short(bar.end, divisor)}"
    return f"{'+' if bar.end > bar.start else ''}{short(bar.end - bar.start, divisor)}"
