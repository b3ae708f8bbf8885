"""Figures of simulated response as text: with unit, interval and name, looked up in a kept result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from constabulary.core.amounts import low
from constabulary.services.response.simulation import about
from constabulary.web import numbers

Result = Mapping[str, Any]
MINUS = "\N{MINUS SIGN}"


def find(rows: Sequence[Result], figure: str, of: str = "all", by: str = "all", part: str = "all") -> Result:
    """Return one figure of a result, an empty one if there is none."""
    for row in rows:
        if (row["figure"], row["of"], row["by"], row["part"]) == (figure, of, by, part):
            return row
    return {
        "figure": figure,
        "of": of,
        "by": by,
        "part": part,
        "mean": None,
        "half_width": None,
        "unit": "count",
    }


def amount(value: float | None, unit: str) -> str:
    """Return a figure in its unit: shares as percentages, seconds as minutes."""
    if value is None:
        return numbers.MISSING
    if unit == "share":
        return f"{100 * value:.1f}%"
    if unit == "seconds":
        return f"{value / 60:.1f} min"
    if unit in ("hours_per_week", "count_per_week"):
        return numbers.number(value, 0)
    return numbers.number(value, 2 if unit == "count" and abs(value) < 1 else 1)


def in_short(result: Result, grades: Mapping[str, str]) -> str:
    """Return what a simulation says of the most urgent grade, in a sentence; why there is nothing where that is so."""
    urgent, name = next(iter(grades.items()))
    share = find(result["figures"], "within_target_share", urgent)["mean"]
    half = find(result["figures"], "median_s", urgent)["mean"]
    grade = low(name)
    if half is None:
        return f"Units cannot keep up with {grade} incidents, so there is no steady time to tell."
    if share is None:
        return (
            f"The model reaches half of {grade} incidents within {amount(half, 'seconds')}; "
            "how many that is in time cannot be told, for no target is typed."
        )
    return (
        f"The model reaches {amount(share, 'share')} of {grade} incidents in time, half of them within "
        f"{amount(half, 'seconds')}."
    )


def with_interval(row: Result) -> str:
    """Return a figure with half the width of its interval."""
    if row["mean"] is None:
        return numbers.MISSING
    if row["half_width"] is None:
        return amount(row["mean"], row["unit"])
    mean, half = amount(row["mean"], row["unit"]), amount(row["half_width"], row["unit"])
    unit = "%" if mean.endswith("%") else " min" if mean.endswith(" min") else ""
    return f"{mean.removesuffix(unit)} ± {half.removesuffix(unit)}{unit}"


def change(row: Result) -> str:
    """Return a difference with its sign and interval, in the unit of `unit_of_change`."""
    if row["mean"] is None:
        return numbers.MISSING
    unit = row["unit"]

    def told(value: float) -> str:
        return f"{100 * value:.1f}" if unit == "share" else amount(value, unit).removesuffix(" min")

    size = told(abs(row["mean"]))
    sign = "" if not size.strip("0.,") else "+" if row["mean"] > 0 else MINUS
    sure = f" ± {told(row['half_width'])}" if row["half_width"] is not None else ""
    return f"{sign}{size}{sure}"


def unit_of_change(unit: str) -> str:
    """Return the unit a difference is told in, as a row's name has it."""
    return {"share": " (percentage points)", "seconds": " (minutes)"}.get(unit, "")


def brief(figure: str) -> str:
    """Return what a figure is, in a few words."""
    return BRIEF.get(figure, about(figure))


BRIEF = {
    "within_target_share": "Reached in time",
    "median_s": "Half reached within",
    "p90_s": "Nine in ten reached within",
    "uncommitted_share": "Time of units uncommitted",
    "visible_officer_h": "Officer-hours a week free for visible patrol",
    "late_share": "Duties ending more than 15 minutes late",
    "answered_10_s_share": "Calls answered within 10 seconds",
    "answered_30_s_share": "Calls answered within 30 seconds",
    "abandoned_share": "Callers who give up",
    "queue_mean": "Incidents waiting for a unit, on average",
    "cross_border_share": "Reached first by a unit of another area",
}


VERDICTS = {
    "better": "better",
    "worse": "worse",
    "not clear": "not clear",
    "same": "no change",
    "neither": numbers.MISSING,
}
