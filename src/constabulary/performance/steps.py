"""Suggests where a series may have changed for good: as data, for a person to confirm with a reason, never applied."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STANDARD_ERRORS_AT_LEAST = 4.0
"""A change of the mean by fewer standard errors is not suggested; fewer than 1 stable series in 100 come that far."""
_D2 = 2 / math.sqrt(math.pi)


@dataclass(frozen=True)
class StepSuggestion:
    """A place where the mean may have changed for good.

    Parameters
    ----------
    period
        First period after the change: where new limits would begin.
    n_before, n_after
        Points between the suggestion (or confirmed step) before and this one, and from this one to the next.
    mean_before, mean_after
        Their means [unit of the values].
    standard_errors
        How many standard errors of a difference of two means lie between them.
    """

    period: str
    n_before: int
    n_after: int
    mean_before: float
    mean_after: float
    standard_errors: float


def suggest_steps(
    labels: tuple[str, ...], values: NDArray[np.float64], part: slice, moving_range_mean: float, shortest: int
) -> tuple[StepSuggestion, ...]:
    """Split a stretch where two means differ most, and again each side, as long as the difference is large.

    Parameters
    ----------
    labels
        Periods of the whole series.
    values
        Values of the whole series [any unit], shape (n_points,).
    part
        The stretch between confirmed steps to look at.
    moving_range_mean
        Its mean moving range [unit of the values], from which the noise is judged.
    shortest
        The fewest points on either side of a suggestion.

    References
    ----------
    Binary segmentation: Scott and Knott (1974), Biometrics 30(3), 507-512.
    """
    noise = moving_range_mean / _D2
    splits = list(_splits(values, part.start, part.stop, noise, shortest))
    edges = [part.start, *splits, part.stop]
    found = []
    for begin, at, end in zip(edges, splits, edges[2:], strict=False):
        before, after = values[begin:at], values[at:end]
        change = float(after.mean() - before.mean())
        errors = abs(change) / (noise * math.sqrt(1 / len(before) + 1 / len(after)))
        found.append(
            StepSuggestion(
                labels[at], len(before), len(after), float(before.mean()), float(after.mean()), errors
            )
        )
    return tuple(found)


def _splits(values: NDArray[np.float64], begin: int, end: int, noise: float, shortest: int) -> Iterator[int]:
    n_points = end - begin
    if n_points < 2 * shortest:
        return
    n_before = np.arange(shortest, n_points - shortest + 1)
    n_after = n_points - n_before
    # Taking the mean away first keeps the sums small.
    sums = np.cumsum(values[begin:end] - values[begin:end].mean())
    mean_before = sums[n_before - 1] / n_before
    mean_after = (sums[-1] - sums[n_before - 1]) / n_after
    errors = np.abs(mean_after - mean_before) / (noise * np.sqrt(1 / n_before + 1 / n_after))
    best = int(errors.argmax())
    if errors[best] < STANDARD_ERRORS_AT_LEAST:
        return
    at = begin + int(n_before[best])
    yield from _splits(values, begin, at, noise, shortest)
    yield at
    yield from _splits(values, at, end, noise, shortest)
