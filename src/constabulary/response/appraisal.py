"""Options beside each other: what each changes against the first, how sure that is, for whom, and at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from constabulary.response.experiment import Estimate, Experiment
from constabulary.response.figures import Key

LOWER_IS_BETTER = frozenset(
    {
        *("median_s", "p90_s", "full_median_s", "full_p90_s", "travel_mean_s", "queue_mean", "queue_most"),
        *("late_share", "late_h", "preempted_share", "unreached_share", "within_target_gap"),
        *("custody_wait_median_s", "custody_wait_p90_s", "abandoned_share", "answer_mean_s"),
        *("investigation_median_days", "investigator_load", "crimes_open"),
    }
)
HIGHER_IS_BETTER = frozenset(
    {
        *("within_target_share", "worst_within_target_share", "uncommitted_h", "uncommitted_share"),
        *("visible_officer_h", "answered_share", "answered_10_s_share", "answered_30_s_share"),
    }
)


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
    """

    key: Key
    base: Estimate
    option: Estimate
    difference: Estimate
    verdict: str


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
    """

    name: str
    cost_gbp: float
    differences: tuple[Difference, ...]

    def find(self, key: Key) -> Difference | None:
        """Return the difference of a figure, None if there is none."""
        return next((one for one in self.differences if one.key == key), None)


def appraise(made: Experiment, costs_gbp: Sequence[float]) -> tuple[Option, ...]:
    """Return the options of an experiment, the first of them the base.

    Parameters
    ----------
    made
        The experiment, all options with the same luck.
    costs_gbp
        Cost of each in a year (pounds).
    """
    options = []
    for number, (results, cost) in enumerate(zip(made.results, costs_gbp, strict=True)):
        differences: tuple[Difference, ...] = ()
        if number:
            base = made.results[0]
            differences = tuple(
                Difference(
                    key,
                    base.figures[key],
                    results.figures[key],
                    found,
                    verdict(key, found, key.of in results.unstable or key.of in base.unstable),
                )
                for key, found in made.differences(number).items()
            )
        options.append(Option(results.name, cost - costs_gbp[0], differences))
    return tuple(options)


def verdict(key: Key, difference: Estimate, is_unstable: bool = False) -> str:
    """Return whether a difference is better or worse, as far as it is clear.

    Parameters
    ----------
    key, difference
        The figure and how it differs.
    is_unstable
        Whether either side has a queue that is not kept up with.
    """
    if key.figure not in LOWER_IS_BETTER and key.figure not in HIGHER_IS_BETTER:
        return "neither"
    if is_unstable or difference.mean is None:
        return "not clear"
    if difference.mean == 0.0 and not difference.half_width:
        return "same"
    if not difference.is_clear:
        return "not clear"
    is_better = (difference.mean < 0.0) == (key.figure in LOWER_IS_BETTER)
    return "better" if is_better else "worse"
