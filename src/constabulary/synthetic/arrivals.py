"""Draws how many contacts of a channel, or incidents, come in each hour of a year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constabulary.synthetic.allot import spread
from constabulary.synthetic.figures import months_of
from constabulary.synthetic.setting import Setting


def draw_arrivals(
    rng: np.random.Generator,
    setting: Setting,
    weights: NDArray[np.float64],
    measure: str,
    channel_id: str | None = None,
) -> NDArray[np.int64]:
    """Draw the hourly counts of a year, with the year's and any month's published figure exact.

    Parameters
    ----------
    rng
        The generator.
    setting
        The year in the making.
    weights
        Of each hour, shape (hours,).
    measure, channel_id
        "contacts" and a channel, or "incidents".

    Returns
    -------
    numpy.ndarray
        Counts by hour, shape (hours,); all nought where no figure of a year is published.

    Raises
    ------
    BadInput
        If the months published make more than the year.
    """
    name = f"{measure} {channel_id or ''}".strip()
    figure = setting.figure(measure, None if channel_id is None else "channel", channel_id)
    if figure is None:
        setting.ledger.notice(
            "nothing_published", f"{name}: no figure of a year is published, so none are made"
        )
        return np.zeros(len(weights), dtype=np.int64)
    n = round(figure.value)
    hours = setting.hours
    months = months_of(setting.force, setting.year, measure, channel_id)
    fixed = {hours.month_starts.index(month): int(volume.value) for month, volume in months.items()}
    bounds = {volume.basis: int(volume.value) for volume in months.values()}
    lowest, highest = bounds.get("lowest_month"), bounds.get("highest_month")
    counts = spread(rng, n, weights, hours.month_no, fixed, lowest, highest, name)
    setting.ledger.figure(figure, n, int(counts.sum()), "exact")
    by_month = np.bincount(hours.month_no, counts)
    for month, volume in months.items():
        setting.ledger.month(volume, int(by_month[hours.month_starts.index(month)]))
    return counts
