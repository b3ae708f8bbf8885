"""The rule sets an XmR chart can be drawn by: named, versioned, cited, and never changed once released.

A chart says which one it used. When a tool changes its rules, a new set joins the old ones here, so that a chart of
last year can be drawn again as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from constabulary.core.errors import BadInput, Problem

DEFAULT_RULES = "nhsrplotthedots-0.2.2"
"""The rule set used where none is named."""


@dataclass(frozen=True)
class RuleSet:
    """What decides where the limits lie and which points are signals.

    Parameters
    ----------
    name
        Its name, with a version; what `--rules` takes and every result carries.
    title
        What it is, in one line.
    source
        The document or code it follows.
    limit_multiple
        The limits lie this many mean moving ranges from the mean: three standard deviations of a stable process,
        3 / d2 with d2 = 2 / sqrt(pi), rounded as the source does.
    screening_multiple
        Moving ranges of at least this many mean moving ranges are left out, once, and the mean moving range is worked
        out again; None where the source leaves none out.
    run_length
        How many points make a trend, and how many on one side of the mean make a shift.
    is_beyond_limits_near
        Whether a point outside the limits counts as one of the two of "two of three".
    does_improvement_win
        Where a point is a signal in both directions: True takes the good one, False the rule that stands first.
    trial_below
        Limits that rest on fewer points than this are trial limits.
    baseline_at_least
        The fewest points a fixed baseline may have.
    """

    name: str
    title: str
    source: str
    limit_multiple: float = 2.66
    screening_multiple: float | None = 3.267
    run_length: int = 7
    is_beyond_limits_near: bool = False
    does_improvement_win: bool = False
    trial_below: int = 13
    baseline_at_least: int = 12


_EXCEL = (
    "NHS England, Making Data Count single chart tool (Excel), as its differences are told in NHSRplotthedots 0.2.2, "
    'vignette "Deviations from Excel defaults" (no screening), and by the tool\'s team in NHSRplotthedots issue #194, '
    "2023-12-21 (improvement is shown where signals conflict)"
)

RULE_SETS: Mapping[str, RuleSet] = MappingProxyType(
    {
        rules.name: rules
        for rules in (
            RuleSet(
                name=DEFAULT_RULES,
                title="Making Data Count as the R package NHSRplotthedots 0.2.2 has it",
                source="NHSRplotthedots 0.2.2 (2025-09-29), ptd_spc_standard, ptd_calculate_point_type and "
                "ptd_calculate_assurance_type; screening after Nelson (1982), Journal of Quality Technology 14(3)",
            ),
            RuleSet(
                name="making-data-count-excel",
                title="Making Data Count as its Excel tool has it: no moving range is left out",
                source=_EXCEL,
                screening_multiple=None,
                does_improvement_win=True,
            ),
            RuleSet(
                name="making-data-count-excel-6-points",
                title="The Excel tool with its option of six points for a trend or shift",
                source=f"{_EXCEL}; NHSRplotthedots issue #202, 2024-01-10 (the tool offers 6 or 7 points)",
                screening_multiple=None,
                does_improvement_win=True,
                run_length=6,
            ),
            RuleSet(
                name="making-data-count-2023-11",
                title="The Excel tool with the announced change: two of three counts points beyond the limits too",
                source=f"{_EXCEL}; the change was announced in NHSRplotthedots issue #194, 2023-11-06",
                screening_multiple=None,
                does_improvement_win=True,
                is_beyond_limits_near=True,
            ),
        )
    }
)
"""Every rule set by its name."""


def rule_set(name: str) -> RuleSet:
    """Return a rule set by its name.

    Parameters
    ----------
    name
        One of the names in `RULE_SETS`.

    Raises
    ------
    BadInput
        If there is no rule set of that name.

    Examples
    --------
    >>> rule_set("nhsrplotthedots-0.2.2").run_length
    7
    """
    if name not in RULE_SETS:
        raise BadInput(
            Problem(
                "unknown_rules", f'"{name}" is no rule set.', column="rules", expected=" or ".join(RULE_SETS)
            )
        )
    return RULE_SETS[name]
