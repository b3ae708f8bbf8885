"""Draws what was done about incidents: their grade, how many units went, when they were sent, arrived and were done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constabulary.synthetic.calendar import HOUR_S
from constabulary.synthetic.contacts import NEVER
from constabulary.synthetic.setting import Setting

LONGEST_ON_SCENE_S = 24 * HOUR_S
LONGEST_DELAY_S = 14 * 24 * HOUR_S
MOST_EXTRA_UNITS = 19


@dataclass(frozen=True)
class Attended:
    """What was done about incidents; all arrays have the shape (incidents,).

    Parameters
    ----------
    grade_no
        Place of the grade in the force's list.
    dispatched_s, arrived_s
        Instants [seconds since 1970, UTC]; `NEVER` where nobody was sent.
    closed_s
        Instant of closing [seconds since 1970, UTC].
    n_units, on_scene_s
        Units sent and their time at the scene together [seconds]; nought where nobody was sent.
    """

    grade_no: NDArray[np.int64]
    dispatched_s: NDArray[np.int64]
    arrived_s: NDArray[np.int64]
    closed_s: NDArray[np.int64]
    n_units: NDArray[np.int64]
    on_scene_s: NDArray[np.int64]


def attend(
    rng: np.random.Generator,
    setting: Setting,
    received_s: NDArray[np.int64],
    travel_factor: NDArray[np.float64] | None = None,
) -> Attended:
    """Draw each incident's grade, and when units were sent, arrived and were done.

    Parameters
    ----------
    rng
        The generator.
    setting
        The year in the making.
    received_s
        When each came in [seconds since 1970, UTC], shape (incidents,).
    travel_factor
        What the travel time to each is multiplied by for its place, shape (incidents,); none: all places are alike.
    """
    n, given, grades = len(received_s), setting.given, setting.force.grades
    shares = _grade_shares(setting)
    grade_no = rng.permutation(np.repeat(np.arange(len(grades)), rng.multinomial(n, shares)))
    is_attended = np.array([grade.is_attended for grade in grades])
    place = np.cumsum(is_attended) - is_attended

    def by_grade(name: str) -> NDArray[np.float64]:
        values: NDArray[np.float64] = given.by_grade(name, len(grades) + 1)[place[grade_no]]
        return values

    def after(median_s: NDArray[np.float64] | float, spread: str, most_s: int) -> NDArray[np.int64]:
        drawn = median_s * rng.lognormal(0, given.number(spread), n)
        return np.clip(np.ceil(drawn), 1, most_s).astype(np.int64)

    to_dispatch = after(by_grade("dispatch_median_s"), "dispatch_spread", LONGEST_DELAY_S)
    far = 1.0 if travel_factor is None else travel_factor
    to_arrive = after(by_grade("travel_median_s") * far, "travel_spread", LONGEST_DELAY_S)
    on_scene = after(given.number("scene_median_s"), "scene_spread", LONGEST_ON_SCENE_S)
    to_close = after(given.number("closing_median_s"), "closing_spread", LONGEST_DELAY_S)
    extra_units = np.minimum(rng.poisson(by_grade("extra_units_mean")), MOST_EXTRA_UNITS)
    is_sent = is_attended[grade_no]
    n_units = np.where(is_sent, 1 + extra_units, 0)
    arrived = received_s + to_dispatch + to_arrive
    for number, grade in enumerate(grades):
        rows = grade_no == number
        source = "attended_grade_weight" if grade.is_attended else "unattended_share"
        setting.ledger.assumed(
            "incidents_by_grade", grade.id, source, float(shares[number] * n), int(rows.sum())
        )
        if grade.is_attended and rows.any():
            for measure, delay in (("dispatch_median_s", to_dispatch), ("travel_median_s", to_arrive)):
                target = float(given.by_grade(measure, len(grades))[place[number]])
                setting.ledger.assumed(measure, grade.id, measure, target, float(np.median(delay[rows])))
    return Attended(
        grade_no,
        np.where(is_sent, received_s + to_dispatch, NEVER),
        np.where(is_sent, arrived, NEVER),
        np.where(is_sent, arrived + on_scene, received_s) + to_close,
        n_units,
        n_units * on_scene,
    )


def _grade_shares(setting: Setting) -> NDArray[np.float64]:
    is_attended = np.array([grade.is_attended for grade in setting.force.grades])
    unattended = setting.given.number("unattended_share")
    shares = np.zeros(len(is_attended))
    if is_attended.any():
        weights = setting.given.by_grade("attended_grade_weight", int(is_attended.sum()))
        shares[is_attended] = (1 - unattended) * weights / weights.sum()
    if not is_attended.all():
        shares[~is_attended] = unattended / (~is_attended).sum()
    return shares / float(shares.sum())
