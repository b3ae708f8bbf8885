"""Performance: what a measure's figures say about change, by statistical process control."""

from constabulary.performance.chart import Point, ScreenedRange, Segment, XmrChart, xmr, xmr_of
from constabulary.performance.false_alarms import FalseAlarms, false_alarms
from constabulary.performance.icons import ASSURANCE_ICONS, SIGNAL_WORDS, VARIATION_ICONS, Icon
from constabulary.performance.many import XmrMany, xmr_many
from constabulary.performance.rules import DEFAULT_RULES, RULE_SETS, RuleSet, rule_set
from constabulary.performance.series import Series, make_series, read_series
from constabulary.performance.spc import ASSURANCES, SIGNALS, VARIATIONS
from constabulary.performance.steps import StepSuggestion

__all__ = [
    "ASSURANCES",
    "ASSURANCE_ICONS",
    "DEFAULT_RULES",
    "RULE_SETS",
    "SIGNALS",
    "SIGNAL_WORDS",
    "VARIATIONS",
    "VARIATION_ICONS",
    "FalseAlarms",
    "Icon",
    "Point",
    "RuleSet",
    "ScreenedRange",
    "Segment",
    "Series",
    "StepSuggestion",
    "XmrChart",
    "XmrMany",
    "false_alarms",
    "make_series",
    "read_series",
    "rule_set",
    "xmr",
    "xmr_many",
    "xmr_of",
]
