"""Draws a year of contacts: when each came in, how long it waited, how long it was handled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from constabulary.core.force import Channel
from constabulary.synthetic.assumed import kind_of
from constabulary.synthetic.calendar import HOUR_S
from constabulary.synthetic.figures import Figure
from constabulary.synthetic.setting import Setting

LONGEST_WAIT_S = HOUR_S
LONGEST_HANDLING_S = 4 * HOUR_S
NEVER = -1


@dataclass(frozen=True)
class Contacts:
    """Contacts in order of arrival; all arrays have the shape (contacts,), instants are seconds since 1970, UTC.

    Parameters
    ----------
    hour_no
        Hour of the year, from 0.
    channel_no
        Place of the channel in the force's list.
    received_s, ended_s
        When it came in and ended.
    answered_s
        When it was answered; `NEVER` if it was given up.
    handling_s
        A handler's time on it [seconds]; `NEVER` if it was given up.
    """

    hour_no: NDArray[np.int64]
    channel_no: NDArray[np.int64]
    received_s: NDArray[np.int64]
    answered_s: NDArray[np.int64]
    ended_s: NDArray[np.int64]
    handling_s: NDArray[np.int64]

    @property
    def is_abandoned(self) -> NDArray[np.bool_]:
        """Whether the caller gave up."""
        is_abandoned: NDArray[np.bool_] = self.answered_s == NEVER
        return is_abandoned


def draw_contacts(
    rng: np.random.Generator, setting: Setting, arrivals: Sequence[NDArray[np.int64]]
) -> Contacts:
    """Draw the contacts of a year from how many come each hour.

    Parameters
    ----------
    rng
        The generator.
    setting
        The year in the making.
    arrivals
        Hourly counts of each of the force's channels, in its order; each of the shape (hours,).

    Returns
    -------
    Contacts
        In order of arrival.
    """
    hour_no = np.concatenate([np.repeat(np.arange(len(counts)), counts) for counts in arrivals])
    channel_no = np.repeat(np.arange(len(arrivals)), [int(counts.sum()) for counts in arrivals])
    received = setting.hours.start_s[hour_no] + rng.integers(0, HOUR_S, len(hour_no))
    order = np.lexsort((channel_no, received))
    hour_no, channel_no, received = hour_no[order], channel_no[order], received[order]
    answered, ended, handling = (np.full(len(received), NEVER) for _ in range(3))
    for number, channel in enumerate(setting.force.channels):
        rows = np.flatnonzero(channel_no == number)
        if len(rows) == 0:
            continue
        wait, is_abandoned = _wait(rng, setting, channel, len(rows))
        held = _handle(rng, setting, channel, is_abandoned)
        talked = np.ceil(held * setting.given.number("talking_share")).astype(np.int64)
        answered[rows] = np.where(is_abandoned, NEVER, received[rows] + wait)
        ended[rows] = received[rows] + wait + np.where(is_abandoned, 0, talked)
        handling[rows] = np.where(is_abandoned, NEVER, held)
    return Contacts(hour_no, channel_no, received, answered, ended, handling)


def _wait(
    rng: np.random.Generator, setting: Setting, channel: Channel, n: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return how long each contact of a channel waited [seconds], and whether it was given up."""
    given, kind = setting.given, kind_of(channel)
    seconds, figure = _published_share(setting, channel.id)
    within_s = seconds or given.number("answered_within_s", kind)
    share = figure.value if figure else given.number("answered_within_share", kind)
    abandoned_share = min(given.number("abandoned_share", kind), (1 - share) / 2)
    is_abandoned = np.zeros(n, dtype=bool)
    is_abandoned[rng.permutation(n)[: rng.binomial(n, abandoned_share)]] = True
    spread = given.number("answer_spread", kind)
    in_time = min(max(share / (1 - abandoned_share), 1e-6), 1 - 1e-6)
    log_median = np.log(within_s) - spread * NormalDist().inv_cdf(in_time)
    patience = rng.exponential(given.number("patience_mean_s"), n)
    wait = np.where(is_abandoned, patience, rng.lognormal(log_median, spread, n))
    # Rounded up to whole seconds, so that as many stay within the limit as were drawn within it.
    wait = np.clip(np.ceil(wait), 1, LONGEST_WAIT_S).astype(np.int64)
    achieved = float(np.mean(~is_abandoned & (wait <= within_s)))
    if figure:
        setting.ledger.figure(figure, share, achieved, "sampling", n=n)
    else:
        measure = f"contacts_answered_within_{within_s:g}_s"
        setting.ledger.assumed(measure, channel.id, "answered_within_share", share, achieved)
    setting.ledger.assumed(
        "contacts_abandoned_share", channel.id, "abandoned_share", abandoned_share, float(is_abandoned.mean())
    )
    return wait, is_abandoned


def _handle(
    rng: np.random.Generator, setting: Setting, channel: Channel, is_abandoned: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return a handler's time on each contact of a channel [seconds]."""
    mean = setting.given.number("handling_mean_s", kind_of(channel))
    spread = setting.given.number("handling_spread")
    drawn = rng.lognormal(np.log(mean) - spread**2 / 2, spread, len(is_abandoned))
    held: NDArray[np.int64] = np.clip(np.rint(drawn), 1, LONGEST_HANDLING_S).astype(np.int64)
    achieved = float(held[~is_abandoned].mean()) if not is_abandoned.all() else None
    setting.ledger.assumed("handling_mean_s", channel.id, "handling_mean_s", mean, achieved)
    return held


def _published_share(setting: Setting, channel_id: str) -> tuple[int | None, Figure | None]:
    """Return the time [seconds] within which a published share of a channel is answered, and the share."""
    for measure in setting.force.measures:
        match = re.fullmatch(r"contacts_answered_within_(\d+)_s", measure.id)
        if match:
            figure = setting.figure(measure.id, "channel", channel_id, bases=("share",))
            if figure:
                return int(match[1]), figure
    return None, None
