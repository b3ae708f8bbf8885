"""Says what each measure's figures tell: chart, icons, lines beside it, commentary and confirmed steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from constabulary.core.amounts import money
from constabulary.core.answers import written
from constabulary.core.errors import BadInput, Problem
from constabulary.core.provenance import Stamp
from constabulary.performance import (
    ASSURANCE_ICONS,
    DEFAULT_RULES,
    SIGNAL_WORDS,
    VARIATION_ICONS,
    Icon,
    XmrChart,
    rule_set,
    xmr_of,
)
from constabulary.performance.measure import UNITS
from constabulary.performance.observed import Observation, after_gap, chart_series
from constabulary.registers.access import Person
from constabulary.registers.records import Remark
from constabulary.services.performance import remarks
from constabulary.services.performance.answers import (
    MeasureAnswer,
    MeasureLine,
    ObservationAnswer,
    PeriodRow,
    SegmentAnswer,
)
from constabulary.services.performance.measure_values import Values, values_of
from constabulary.services.performance.measures import Known, find_measure
from constabulary.services.performance.remarks import Remarks, remarks_of
from constabulary.services.workspace.lens import View, view_of
from constabulary.store.workspace import Workspace

SCHEMA = 1
FIRST = ("concern_high", "concern_low", "improvement_high", "improvement_low", "neutral_high", "neutral_low")
"""The variations that a reader wants first."""
SIGNED = ("change", "gbp", "score")
"""Units whose figures can lie below 0."""
NO_VALUES = Problem("no_values", "there are no figures: none are counted, typed in or imported.")


@dataclass(frozen=True)
class MeasureReport:
    """What one measure's figures tell.

    Parameters
    ----------
    known
        The measure.
    values
        Its figures; None where there are none.
    chart
        What the XmR chart finds; None where there are no figures.
    target
        What should be reached [unit of the measure], and where it is written.
    target_from
        The plan item or the standard the target is from; empty without a target.
    said
        Commentary and confirmed steps.
    unplaced
        Confirmed steps at no figure that is charted now, so that no limits begin there.
    told
        What must be said of a target that does not apply; empty otherwise.
    first
        Place of the first period charted; earlier ones lie before a gap of a year or more.
    stamp
        What it rests on.
    """

    known: Known
    values: Values | None
    chart: XmrChart | None
    target: float | None
    target_from: str
    said: Remarks
    unplaced: tuple[str, ...]
    told: str
    first: int
    stamp: Stamp

    @property
    def name(self) -> str:
        """The measure's name."""
        return self.known.measure.name

    @property
    def unit(self) -> str:
        """The unit of its figures."""
        return self.values.unit if self.values else self.known.measure.unit

    @property
    def is_synthetic(self) -> bool:
        """Whether made-up records were counted."""
        return self.values is not None and self.values.records == "synthetic"

    @property
    def is_charted(self) -> bool:
        """Whether there are limits."""
        return self.chart is not None and self.chart.variation is not None

    @property
    def is_exception(self) -> bool:
        """Whether the last figure is a signal, or the target is expected to be missed."""
        chart = self.chart
        return chart is not None and (chart.variation in FIRST or chart.assurance == "fail")

    @property
    def refused(self) -> Problem | None:
        """Why there are no limits; None where there are."""
        return NO_VALUES if self.chart is None else self.chart.refused

    @property
    def latest(self) -> tuple[str, float] | None:
        """The last period that has a figure, and the figure."""
        if self.chart is None or not self.chart.points:
            return None
        return self.chart.points[-1].period, self.chart.points[-1].value

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know."""
        told = list(self.values.warnings) if self.values else []
        if self.is_synthetic:
            told.insert(0, "These records are synthetic: made up, not real.")
        if self.first and self.values:
            begin = self.values.periods[self.first]
            told.append(
                f"There is a gap of a year or more before {begin}: figures before it are listed, not charted."
            )
        if self.told:
            told.append(self.told)
        limits = self.chart.latest if self.chart else None
        if limits is not None and self.within(limits.lower) != limits.lower:
            told.append("The lower limit works out below 0, where no figure can lie: it is shown as 0.")
        if limits is not None and self.within(limits.upper) != limits.upper:
            told.append("The upper limit works out above 100%, where no share can lie: it is shown as 100%.")
        told += [
            f"The step confirmed at {period} is at no figure that is charted now." for period in self.unplaced
        ]
        if self.chart:
            told += [str(problem) for problem in self.chart.warnings]
        return tuple(told)

    def worded(self, value: float) -> str:
        """Return a figure of the measure with its unit in words."""
        return worded(value, self.unit)

    def within(self, limit: float) -> float:
        """Return a limit as it is shown: where no figure of the measure can lie, the nearest that can."""
        if self.unit in SIGNED:
            return limit
        return min(max(limit, 0.0), 1.0 if self.unit == "share" else math.inf)

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it, made-up records called so."""
        latest = self.latest
        if latest is None:
            return f"{self.known.measure.title}: no figures yet."
        period, value = latest
        made_up = " (synthetic records)" if self.is_synthetic else ""
        said = f"{self.known.measure.title}: {worded(value, self.unit)} in {period}{made_up}."
        chart = self.chart
        if chart is not None and chart.variation is not None and chart.latest is not None:
            said += (
                f" {VARIATION_ICONS[chart.variation].words}; mean {worded(chart.latest.mean, self.unit)}, limits "
                f"{self.worded(self.within(chart.latest.lower))} to {self.worded(self.within(chart.latest.upper))}."
            )
        elif chart is not None and chart.refused is not None:
            said += f" No limits: {chart.refused}"
        if chart is not None and chart.assurance is not None and self.target is not None:
            said += f" {ASSURANCE_ICONS[chart.assurance].words} ({worded(self.target, self.unit)})."
        return said

    def brief(self) -> MeasureLine:
        """Return one line of the summary, as JSON."""
        chart, latest = self.chart, self.latest
        limits = chart.latest if chart else None
        return {
            "name": self.name,
            "title": self.known.measure.title,
            "unit": self.unit,
            "direction": self.known.direction,
            "records": self.values.records if self.values else None,
            "synthetic": self.is_synthetic,
            "period_kind": self.values.kind if self.values else self.known.measure.period,
            "n_points": len(chart.points) if chart else 0,
            "latest": {"period": latest[0], "value": latest[1]} if latest else None,
            "mean": limits.mean if limits else None,
            "upper": limits.upper if limits else None,
            "lower": limits.lower if limits else None,
            "target": self.target,
            "variation": chart.variation if chart else None,
            "variation_words": _words(VARIATION_ICONS, chart.variation if chart else None),
            "assurance": chart.assurance if chart else None,
            "assurance_words": _words(ASSURANCE_ICONS, chart.assurance if chart else None),
            "refused": self.refused.rule if self.refused else None,
            "refused_because": str(self.refused) if self.refused else None,
            "commentary": [remarks.as_json(one) for one in self.said.commentary],
        }

    def as_json(self) -> MeasureAnswer:
        """Return everything, as `performance chart NAME --json` and the API give it."""
        chart, values, measure = self.chart, self.values, self.known.measure
        latest = chart.latest if chart else None
        return {
            "schema": SCHEMA,
            **self.brief(),
            "answer": self.sentence(),
            "definition": measure.definition,
            "numerator": measure.numerator.definition if measure.numerator else None,
            "denominator": measure.denominator.definition if measure.denominator else None,
            "basis": values.basis if values else None,
            "source": measure.source,
            "lag_days": measure.lag_days,
            "rules": chart.rules if chart else None,
            "target_from": self.target_from or None,
            "moving_range_mean": latest.moving_range_mean if latest else None,
            "trial": latest.is_trial if latest else None,
            "screened": [written(one) for one in chart.screened] if chart else [],
            "points": cast("list[PeriodRow]", self.rows()),
            "segments": [
                cast(SegmentAnswer, {name.removeprefix("is_"): value for name, value in asdict(one).items()})
                for one in (chart.segments if chart else ())
            ],
            "steps": [remarks.as_json(one) for one in self.said.steps],
            "step_suggestions": [written(one) for one in chart.suggestions] if chart else [],
            "false_alarms": written(chart.alarms) if chart and chart.alarms else None,
            "warnings": list(self.warnings),
            "observations": [observation_json(one) for one in self.known.observations],
            "revised": [observation_json(one) for one in values.observed.revised]
            if values and values.observed
            else [],
            "plan_items": [item.item_id for item in self.known.items],
            "queries": list(values.queries) if values else [],
            "signals": dict(SIGNAL_WORDS),
            "stamp": self.stamp.as_json(),
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return one row a period, those without a figure too: what a chart shows, as a table."""
        if self.values is None or self.chart is None:
            return []
        values, points = self.values, {point.period: point for point in self.chart.points}
        begins = {segment.begin: segment for segment in self.chart.segments}
        found, segment = [], None
        for no, period in enumerate(values.periods):
            point = points.get(period)
            segment = begins.get(period, segment)
            found.append(
                {
                    "period": period,
                    "value": values.values[no],
                    "numerator": values.counted[no] if values.counted else None,
                    "denominator": values.out_of[no] if values.out_of else None,
                    "mean": segment.mean if segment else None,
                    "lower": segment.lower if segment else None,
                    "upper": segment.upper if segment else None,
                    "signal": point.signal if point else None,
                    "side": point.side if point else None,
                    "direction": point.direction if point else None,
                    "rolling_12": values.lines.rolling_12[no],
                    "last_year": values.lines.last_year[no],
                }
            )
        return found


def report(workspace: Workspace, name: str, rules: str = DEFAULT_RULES) -> MeasureReport:
    """Return what one measure tells.

    Parameters
    ----------
    workspace
        Whose records, force folder and registers.
    name
        The measure's name, or that of its series of typed-in figures.
    rules
        Name of the rule set.

    Raises
    ------
    NothingThere
        If there is no such measure.
    BadInput
        If there is no such rule set.
    """
    rule_set(rules)
    view = view_of(workspace)
    return report_of(view, find_measure(view, name), remarks_of(workspace), rules, is_asked=True)


def origins_of(workspace: Workspace) -> dict[str, str]:
    """Return the titles of the documents that figures are from, by their ids."""
    return {source.id: source.title for source in view_of(workspace).force.sources}


def comment(workspace: Workspace, by: Person, name: str, period: str, text: str) -> Remark:
    """Keep a commentary on a period of a measure, with the figure it was written on.

    Raises
    ------
    NothingThere
        If there is no such measure.
    BadInput
        If the measure has no figure for the period, or nothing is said.
    NotPermitted
        If the person may not.
    """
    found = report(workspace, name)
    period, value = _point(found, period)
    return remarks.keep_comment(workspace, by, found.name, period, text, value)


def confirm_step(workspace: Workspace, by: Person, name: str, period: str, reason: str) -> Remark:
    """Confirm that a measure changed for good from a period on; see `comment` for what is raised."""
    found = report(workspace, name)
    period, _ = _point(found, period)
    if found.chart is not None and period == found.chart.points[0].period:
        message = f'"{period}" is the first period; there is nothing before it to step from.'
        raise BadInput(Problem("step_at_start", message, column="period", expected="a later period"))
    return remarks.keep_step(workspace, by, found.name, period, reason)


def worded(value: float, unit: str) -> str:
    """Return a figure with its unit in words: 94.4%, 1,204, 84 days."""
    if unit == "share":
        return f"{value:.1%}"
    if unit == "change":
        return f"{value:+.1%}".replace("-", "\N{MINUS SIGN}")
    if unit == "gbp":
        return money(value, 0)
    number = f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:,.1f}"
    number = number.replace("-", "\N{MINUS SIGN}")
    return f"{number} {UNITS[unit]}" if unit in ("hours", "days") else number


def observation_json(one: Observation) -> ObservationAnswer:
    """Return an observation as commands and the API give it."""
    return {
        "series": one.series,
        "period": one.label,
        "period_start_on": one.start_on.isoformat(),
        "period_end_on": one.end_on.isoformat(),
        "value": one.value,
        "unit": one.unit,
        "basis": one.basis,
        "bound": one.bound,
        "origin": one.origin,
        "where": one.where,
        "known": one.known,
        "note": one.note,
    }


def report_of(
    view: View, known: Known, said: Remarks, rules: str, *, is_asked: bool = False
) -> MeasureReport:
    """Return what one measure tells.

    Parameters
    ----------
    view
        The records and the force folder.
    known
        The measure.
    said
        Everything said of measures.
    rules
        Name of the rule set.
    is_asked
        True where this measure alone is asked for, so that what takes long is done.
    """
    values = values_of(view, known, is_asked=is_asked)
    mine = said.of(known.measure.name)
    target, target_from, told = _target(known, values)
    stamp = stamp_of(view, rules, known.measure.name, mine)
    if values is None or not any(value is not None for value in values.values):
        return MeasureReport(known, None, None, target, target_from, mine, (), told, 0, stamp)
    first = after_gap(values.ends, values.values)
    series = chart_series(values.kind, values.ends[first:], values.periods[first:], values.values[first:])
    wanted = dict.fromkeys(step.period for step in mine.steps)
    steps = [period for period in wanted if period in series.labels[1:]]
    chart = xmr_of(
        series,
        target=target,
        direction=known.direction,
        rules=rules,
        kind="rolling_12" if values.kind == "rolling_12" else "single",
        steps=steps,
    )
    unplaced = tuple(period for period in wanted if period not in steps)
    return MeasureReport(known, values, chart, target, target_from, mine, unplaced, told, first, stamp)


def _target(known: Known, values: Values | None) -> tuple[float | None, str, str]:
    """Return the target, where it is written, and what must be said of one that does not apply.

    It is that of the latest plan that has one, or else of the force's own standard. A sum over a year is no target for
    single months: the target of a sum applies to figures that cover as much as its baseline, or a year without one.
    """
    if values is None:
        return None, "", ""
    for item in known.items:
        if item.target is None:
            continue
        target, written = float(item.target), f"plan item {item.item_id}: {item.name}"
        covers = {one.kind for one in known.observations if one.end_on == item.baseline_end_on} or {"year"}
        if values.is_sum and not {_span_of(kind) for kind in covers} & {_span_of(values.kind)}:
            said = f"The plan's target of {worded(target, values.unit)} is not for a {values.kind.replace('_', ' ')}"
            return None, "", f"{said}, so nothing is said of it here ({written})."
        return target, written, ""
    if known.terms is not None and known.terms.target is not None:
        return known.terms.target, "the force's own standard in targets.csv", ""
    return None, "", ""


def _span_of(kind: str) -> str:
    """Return how much a period covers: years of every kind are years."""
    return "year" if kind in ("year", "financial_year", "rolling_12") else kind


def _point(found: MeasureReport, period: str) -> tuple[str, float]:
    points = found.chart.points if found.chart else ()
    for point in points:
        if point.period == period.strip():
            return point.period, point.value
    if not points:
        raise BadInput(Problem("no_values", f"{found.name} has no figures to speak of.", column="period"))
    raise BadInput(
        Problem(
            "unknown_period",
            f'{found.name} has no figure for the period "{period}".',
            column="period",
            expected=f"a period from {points[0].period} to {points[-1].period}, written as they are",
        )
    )


def _words(icons: Mapping[str, Icon], name: str | None) -> str | None:
    return icons[name].words if name else None


def stamp_of(view: View, rules: str, asked: str, said: Remarks) -> Stamp:
    """Return what an answer about measures rests on: the records, the rules, the steps people confirmed."""
    told = [[one.remark_id, one.measure, one.period] for one in said.steps]
    parameters = {"measure": asked, "rules": asdict(rule_set(rules)), "steps": told}
    return Stamp(view.inputs, parameters)
