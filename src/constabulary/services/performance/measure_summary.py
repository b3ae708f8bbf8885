"""Sums up what all measures of a force tell: exceptions first, and of the rest why there are no limits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from constabulary.core.amounts import several
from constabulary.core.provenance import Stamp
from constabulary.performance import DEFAULT_RULES, VARIATION_ICONS, rule_set
from constabulary.services.performance.answers import SummaryAnswer
from constabulary.services.performance.measure_reports import SCHEMA, MeasureReport, report_of, stamp_of
from constabulary.services.performance.measures import known_measures
from constabulary.services.performance.remarks import remarks_of
from constabulary.services.workspace.lens import view_of
from constabulary.store.workspace import Workspace


@dataclass(frozen=True)
class Summary:
    """All measures of a force.

    Parameters
    ----------
    rules
        The rule set of the charts.
    reports
        One a measure: exceptions first, then other charts, then what has no limits.
    stamp
        What it rests on.
    """

    rules: str
    reports: tuple[MeasureReport, ...]
    stamp: Stamp

    @property
    def charted(self) -> tuple[MeasureReport, ...]:
        """The measures that have limits."""
        return tuple(one for one in self.reports if one.is_charted)

    @property
    def is_synthetic(self) -> bool:
        """Whether any measure counts made-up records."""
        return any(one.is_synthetic for one in self.reports)

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        charted = self.charted
        if not charted:
            return f"None of {several(len(self.reports), 'measure')} has enough figures for limits yet."
        concerns = sum((one.chart.variation or "").startswith("concern") for one in charted if one.chart)
        better = sum((one.chart.variation or "").startswith("improvement") for one in charted if one.chart)
        fail = sum(one.chart.assurance == "fail" for one in charted if one.chart)
        made_up = sum(one.is_synthetic for one in charted)
        of = f" ({made_up} of them on synthetic records)" if made_up else ""
        changed = f"{concerns} changed for the worse and {better} for the better"
        said = f"Of {several(len(charted), 'measure')} with limits{of}, {changed}"
        return f"{said}; {fail} would miss the target as things are." if fail else f"{said}."

    def as_json(self) -> SummaryAnswer:
        """Return the summary as `performance summary --json` and the API give it."""
        variations = Counter(one.chart.variation for one in self.charted if one.chart)
        return {
            "schema": SCHEMA,
            "synthetic": self.is_synthetic,
            "answer": self.sentence(),
            "rules": self.rules,
            "n_measures": len(self.reports),
            "n_charted": len(self.charted),
            "variations": {name: variations.get(name, 0) for name in VARIATION_ICONS},
            "measures": [one.brief() for one in self.reports],
            "stamp": self.stamp.as_json(),
        }


def summary(workspace: Workspace, rules: str = DEFAULT_RULES) -> Summary:
    """Return what all measures tell.

    Parameters
    ----------
    workspace
        Whose records, force folder and registers.
    rules
        Name of the rule set.

    Raises
    ------
    BadInput
        If there is no such rule set.
    """
    rule_set(rules)
    view = view_of(workspace)
    said = remarks_of(workspace)
    reports = [report_of(view, known, said, rules) for known in known_measures(view).values()]
    reports.sort(key=_order)
    return Summary(rules, tuple(reports), stamp_of(view, rules, "summary", said))


def _order(one: MeasureReport) -> tuple[int, int, str]:
    rank = 2 if not one.is_charted else 0 if one.is_exception else 1
    declared = 0 if one.known.measure.numerator is not None else 1
    return rank, declared, one.known.measure.title
