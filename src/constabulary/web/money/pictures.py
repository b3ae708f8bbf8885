"""The charts of money: what each draws, and what one sees in it, in words made from its figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from constabulary.render import money_charts
from constabulary.services.finance_capital import CapitalReport
from constabulary.services.finance_plan import PlanReport
from constabulary.services.finance_reserves import ReservesReport
from constabulary.services.finance_risk import FanReport, SensitivityReport
from constabulary.services.finance_scenarios import ScenarioReport
from constabulary.web import numbers

MILLIONS = "millions of pounds"


@dataclass(frozen=True)
class Picture:
    """A chart: its title, what one sees in it, and what draws it (Vega-Lite) for a width (pixels)."""

    title: str
    alt: str
    spec: Callable[[int], dict[str, Any]]


def millions(amount: Decimal | float) -> str:
    """Return an amount in millions of pounds, as a label."""
    return f"{numbers.money(float(amount) / 1_000_000, 2)}m"


def _lines(
    title: str,
    value_title: str,
    years: Sequence[str],
    series: Sequence[tuple[str, Sequence[Any]]],
    *,
    is_millions: bool = True,
) -> Picture:
    rows = [
        {"year": year, "name": name, "value": float(value)}
        for name, values in series
        for year, value in zip(years, values, strict=True)
        if value is not None
    ]
    show = millions if is_millions else lambda value: numbers.money(value, 2)
    said = "; ".join(
        f"{name} from {show(values[0])} in {years[0]} to {show(values[-1])} in {years[-1]}"
        for name, values in series
        if values
    )

    def spec(width_px: int) -> dict[str, Any]:
        return money_charts.by_year(
            rows, value_title=value_title, width_px=width_px, title=title, is_millions=is_millions
        )

    return Picture(title, f"Lines by year: {said}.", spec)


def requirement(report: PlanReport) -> Picture:
    """Return the net budget requirement beside its financing, by year."""
    found = report.result
    series = [
        ("Net budget requirement", found.net_budget_requirement_gbp),
        ("Financing", found.values("financing")),
    ]
    return _lines("Net budget requirement and financing", MILLIONS, found.years, series)


def band_d(report: PlanReport) -> Picture | None:
    """Return band D by year; None where the plan has none."""
    found = report.result
    if found.band_d_gbp is None:
        return None
    return _lines(
        "Band D council tax", "pounds a year", found.years, [("Band D", found.band_d_gbp)], is_millions=False
    )


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
    return _lines("Reserves at the end of each year", MILLIONS, found.periods, series)


def capital(report: CapitalReport) -> Picture:
    """Return the capital financing requirement beside gross debt, at the end of each year."""
    years = [one.period for one in report.years]
    series = [
        ("Capital financing requirement", [one.requirement_closing_gbp for one in report.years]),
        ("Gross debt", [one.debt_closing_gbp for one in report.years]),
    ]
    return _lines("Capital financing requirement and debt at the end of each year", MILLIONS, years, series)


def gap_steps(report: PlanReport) -> Picture:
    """Return the bridge of the gap from year to year over the forecast."""
    found = report.result
    gaps = found.gap_gbp[found.n_typed - 1 :]
    years = found.years[found.n_typed - 1 :]
    rows = [
        {
            "name": f"Gap of {years[0]}",
            "start": 0.0,
            "end": float(gaps[0]),
            "kind": "whole",
            "label": millions(gaps[0]),
        }
    ]
    for year, before, now in zip(years[1:], gaps, gaps[1:], strict=False):
        rows.append(_step(f"Moves in {year}", float(before), float(now - before)))
    rows.append(
        {
            "name": f"Gap of {years[-1]}",
            "start": 0.0,
            "end": float(gaps[-1]),
            "kind": "whole",
            "label": millions(gaps[-1]),
        }
    )
    return _steps("How the gap builds up (below zero is a gap)", rows)


def bridge(report: ScenarioReport, no: int = 0) -> Picture:
    """Return the bridge from the plan's gap of the last year to that of a scenario."""
    one = report.compared[no]
    start = float(report.base.gap_gbp[-1])
    year = report.base.years[-1]
    rows = [
        {"name": f"The plan, {year}", "start": 0.0, "end": start, "kind": "whole", "label": millions(start)}
    ]
    level = start
    for step in one.bridge:
        effect = float(step.effect_gbp[-1])
        rows.append(_step(step.title, level, effect))
        level += effect
    end = float(one.result.gap_gbp[-1])
    rows.append(
        {"name": one.scenario.title, "start": 0.0, "end": end, "kind": "whole", "label": millions(end)}
    )
    return _steps(f"From the plan to {one.scenario.title}: the gap of {year} (below zero is a gap)", rows)


def tornado(report: SensitivityReport, most: int = 12) -> Picture:
    """Return how far each driver swings the gap of a year, the widest first."""
    gap = float(report.gap_gbp)
    rows = []
    for one in report.swings[:most]:
        low, high = sorted((float(one.low_gap_gbp), float(one.high_gap_gbp)))
        label = f"{millions(low)} to {millions(high)}"
        rows.append({"name": one.title, "start": low, "end": high, "kind": "better", "label": label})
    title = f"Swings of the gap of {report.year} about {millions(gap)} (below zero is a gap)"
    return _steps(title, rows, f"gap, {MILLIONS}")


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
    at = [millions(value) for value in last.gap_gbp]
    alt = (
        f"Bands by year about a middle line: in {last.year} the middle is {at[2]}, half of the draws lie from {at[1]} "
        f"to {at[3]}, nine in ten from {at[0]} to {at[4]}."
    )
    return Picture(
        title,
        alt,
        lambda width_px: money_charts.fan(rows, value_title=MILLIONS, width_px=width_px, title=title),
    )


def _step(name: str, level: float, effect: float) -> dict[str, Any]:
    kind = "better" if effect >= 0 else "worse"
    sign = "+" if effect > 0 else ""
    return {
        "name": name,
        "start": level,
        "end": level + effect,
        "kind": kind,
        "label": f"{sign}{millions(effect)}",
    }


def _steps(title: str, rows: Sequence[dict[str, Any]], value_title: str = MILLIONS) -> Picture:
    said = "; ".join(f"{row['name']} {row['label']}" for row in rows)

    def spec(width_px: int) -> dict[str, Any]:
        return money_charts.steps(rows, value_title=value_title, width_px=width_px, title=title)

    return Picture(title, f"Bars one below the other: {said}.", spec)
