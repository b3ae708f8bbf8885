"""Options beside each other: what each changes against the first, how sure that is, for whom, and at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from constabulary.response.experiment import Estimate, Experiment, Results
from constabulary.response.figures import Key

LOWER_IS_BETTER = frozenset(
    {
        *("median_s", "p90_s", "full_median_s", "full_p90_s", "travel_mean_s", "queue_mean", "queue_most"),
        *("late_share", "late_h", "preempted_share", "unreached_share", "within_target_gap"),
        *("custody_wait_median_s", "custody_wait_p90_s", "abandoned_share", "answer_mean_s"),
        *("investigation_median_days", "investigation_mean_days", "investigator_load", "crimes_open"),
    }
)
HIGHER_IS_BETTER = frozenset(
    {
        *("within_target_share", "worst_within_target_share", "uncommitted_h", "uncommitted_share"),
        *("visible_officer_h", "answered_share", "answered_10_s_share", "answered_30_s_share"),
    }
)
UNKNOWN = Estimate(None, None, 0)


@dataclass(frozen=True)
class Difference:
    """One figure of an option against the same of the base.

    Parameters
    ----------
    key
        Which figure.
    base, option
        Estimates of both.
    difference
        Option less base, replication by replication.
    verdict
        better, worse or "not clear", where the interval of the difference has nought in it; "same" where it is nought
        in every replication; "neither" for a figure that is no better high than low.
    reason
        Why nothing can be told, where a queue of either grows without end; the estimates are then empty.
    """

    key: Key
    base: Estimate
    option: Estimate
    difference: Estimate
    verdict: str
    reason: str = ""


@dataclass(frozen=True)
class Option:
    """One option.

    Parameters
    ----------
    name
        Its name.
    cost_gbp
        What it costs in a year more than the base (pounds).
    differences
        Its figures against the base's; none for the base.
    once_gbp
        What it costs once more than the base (pounds).
    unstable
        Why a grade, channel or team is not kept up with, by its id.
    """

    name: str
    cost_gbp: float
    differences: tuple[Difference, ...]
    once_gbp: float = 0.0
    unstable: Mapping[str, str] = field(default_factory=dict)

    def find(self, key: Key) -> Difference | None:
        """Return the difference of a figure, None if there is none."""
        return next((one for one in self.differences if one.key == key), None)


def appraise(
    made: Experiment, costs_gbp: Sequence[float], once_gbp: Sequence[float] | None = None
) -> tuple[Option, ...]:
    """Return the options of an experiment, the first of them the base.

    Parameters
    ----------
    made
        The experiment, all options with the same luck.
    costs_gbp
        Cost of each in a year (pounds).
    once_gbp
        Cost of each once (pounds); left out: none.
    """
    once = [0.0] * len(costs_gbp) if once_gbp is None else once_gbp
    return tuple(
        Option(
            results.name,
            cost - costs_gbp[0],
            _differences(made, number) if number else (),
            cost_once - once[0],
            results.unstable,
        )
        for number, (results, cost, cost_once) in enumerate(zip(made.results, costs_gbp, once, strict=True))
    )


def _differences(made: Experiment, number: int) -> tuple[Difference, ...]:
    base, ours = made.results[0], made.results[number]
    found = []
    for key, change in made.differences(number).items():
        reason = ours.reason(key) or base.reason(key)
        told = UNKNOWN if reason else change
        found.append(Difference(key, _known(base, key), _known(ours, key), told, verdict(key, told), reason))
    return tuple(found)


def _known(results: Results, key: Key) -> Estimate:
    return UNKNOWN if results.reason(key) else results.figures[key]


def verdict(key: Key, difference: Estimate) -> str:
    """Return whether a difference is better or worse, as far as it is known and clear.

    Parameters
    ----------
    key, difference
        The figure and how it differs.
    """
    if key.figure not in LOWER_IS_BETTER and key.figure not in HIGHER_IS_BETTER:
        return "neither"
    if difference.mean is None:
        return "not clear"
    if difference.mean == 0.0 and not difference.half_width:
        return "same"
    if not difference.is_clear:
        return "not clear"
    is_better = (difference.mean < 0.0) == (key.figure in LOWER_IS_BETTER)
    return "better" if is_better else "worse"
