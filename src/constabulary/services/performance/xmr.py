"""Answers what a measure's figures say about change, from a file of periods and values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from constabulary.core.provenance import Stamp
from constabulary.performance import (
    ASSURANCE_ICONS,
    DEFAULT_RULES,
    RULE_SETS,
    SIGNAL_WORDS,
    VARIATION_ICONS,
    Icon,
    RuleSet,
    Series,
    XmrChart,
    read_series,
    rule_set,
    xmr_of,
)
from constabulary.services.workspace.files import read_content, text_of

__all__ = [
    "ASSURANCE_ICONS",
    "DEFAULT_RULES",
    "RULE_SETS",
    "SIGNAL_WORDS",
    "VARIATION_ICONS",
    "Icon",
    "RuleSet",
    "XmrReport",
    "xmr_file",
]


@dataclass(frozen=True)
class XmrReport:
    """An XmR chart of a file, and how it came about.

    Parameters
    ----------
    file
        The file's name.
    series
        What was read from it.
    chart
        What the chart finds.
    stamp
        What it was made from.
    """

    file: str
    series: Series
    chart: XmrChart
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        chart, latest = self.chart, self.chart.latest
        if latest is None or chart.variation is None:
            again = ASSURANCE_ICONS[chart.assurance].words + "." if chart.assurance else ""
            return f"No chart: {chart.refused} {again}".strip()
        since = f" since {latest.begin}" if len(chart.segments) > 1 else ""
        text = (
            f"{VARIATION_ICONS[chart.variation].words}. {latest.end}: {chart.points[-1].value:,.6g}; mean{since} "
            f"{latest.mean:,.4g}, limits {latest.lower:,.4g} to {latest.upper:,.4g}."
        )
        if chart.assurance:
            text += f" {ASSURANCE_ICONS[chart.assurance].words} ({chart.target:,.6g})."
        return text

    def as_json(self) -> dict[str, Any]:
        """Return the report as commands and the API answer it."""
        chart, latest = self.chart, self.chart.latest
        return {
            "schema": 1,
            "file": self.file,
            "rules": chart.rules,
            "mean": latest.mean if latest else None,
            "upper": latest.upper if latest else None,
            "lower": latest.lower if latest else None,
            "moving_range_mean": latest.moving_range_mean if latest else None,
            "trial": latest.is_trial if latest else None,
            "screened": [asdict(screened) for screened in chart.screened],
            "points": [asdict(point) for point in chart.points],
            "direction": chart.direction,
            "target": chart.target,
            "variation": chart.variation,
            "assurance": chart.assurance,
            "refused": chart.refused.rule if chart.refused else None,
            "refused_because": str(chart.refused) if chart.refused else None,
            "warnings": [{"rule": one.rule, "message": str(one)} for one in chart.warnings],
            "segments": [_segment(asdict(segment)) for segment in chart.segments],
            "step_suggestions": [asdict(step) for step in chart.suggestions],
            "false_alarms": asdict(chart.alarms) if chart.alarms else None,
            "signals": dict(SIGNAL_WORDS),
            "stamp": self.stamp.as_json(),
        }


def xmr_file(
    path: Path,
    *,
    target: float | None = None,
    direction: str = "neutral",
    rules: str = DEFAULT_RULES,
    kind: str | None = None,
    baseline_to: str | None = None,
    steps: Sequence[str] = (),
) -> XmrReport:
    """Draw up the XmR chart of a `period,value` file.

    Parameters
    ----------
    path
        A CSV file with the columns period and value.
    target, direction, rules, kind, baseline_to, steps
        See `constabulary.performance.xmr_of`.

    Raises
    ------
    BadInput
        If the file cannot be read, breaks a rule (all problems at once), or an option does not fit it.
    """
    content = read_content(path)
    series = read_series(text_of(content, path.name), path.name)
    chart = xmr_of(
        series,
        target=target,
        direction=direction,
        rules=rules,
        kind=kind,
        baseline_to=baseline_to,
        steps=steps,
    )
    asked = {
        "target": target,
        "direction": direction,
        "rules": asdict(rule_set(rules)),
        "kind": kind,
        "baseline_to": baseline_to,
        "steps": sorted(steps),
    }
    return XmrReport(path.name, series, chart, Stamp({path.name: hashlib.sha256(content).hexdigest()}, asked))


def _segment(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Name truths in JSON without the is_ that Python names have."""
    return {name.removeprefix("is_"): value for name, value in fields.items()}
