"""Draws a year of incidents: which contact led to each, what it was opened and closed as, which flags it carries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constabulary.synthetic.allot import Part, split
from constabulary.synthetic.assumed import kind_of
from constabulary.synthetic.calendar import HOUR_S
from constabulary.synthetic.contacts import Contacts
from constabulary.synthetic.figures import COUNTS_AND_SHARES, Figure
from constabulary.synthetic.setting import Setting

NO_CONTACT = -1


@dataclass(frozen=True)
class Opened:
    """When incidents came in and through which contact, in order; all arrays have the shape (incidents,).

    Parameters
    ----------
    received_s
        When the incident came in [seconds since 1970, UTC]: with its contact, if it has one.
    contact_no
        Place of the contact among the year's contacts, or `NO_CONTACT`.
    """

    received_s: NDArray[np.int64]
    contact_no: NDArray[np.int64]


def open_incidents(
    rng: np.random.Generator, setting: Setting, counts: NDArray[np.int64], contacts: Contacts
) -> Opened:
    """Draw which contacts led to incidents, and when the other incidents came in.

    In each hour contacts are picked by weight without replacement, so that the hour's count of incidents stands
    whatever leads to them.

    Parameters
    ----------
    rng
        The generator.
    setting
        The year in the making.
    counts
        Incidents by hour, shape (hours,).
    contacts
        The year's contacts.
    """
    given, n_hours = setting.given, len(counts)
    from_contact = rng.binomial(counts, 1 - given.number("no_contact_share"))
    weights = np.array(
        [given.number("contact_weight", kind_of(channel)) for channel in setting.force.channels]
    )
    eligible = np.flatnonzero(~contacts.is_abandoned & (weights[contacts.channel_no] > 0))
    hour = contacts.hour_no[eligible]
    lot = rng.exponential(size=len(eligible)) / weights[contacts.channel_no[eligible]]
    by_lot = np.lexsort((lot, hour))
    first_of_hour = np.concatenate([[0], np.cumsum(np.bincount(hour, minlength=n_hours))])[:-1]
    place = np.arange(len(eligible)) - first_of_hour[hour[by_lot]]
    picked = np.sort(eligible[by_lot][place < from_contact[hour[by_lot]]])
    others = counts - np.bincount(contacts.hour_no[picked], minlength=n_hours)
    alone_hour = np.repeat(np.arange(n_hours), others)
    alone = setting.hours.start_s[alone_hour] + rng.integers(0, HOUR_S, len(alone_hour))
    received = np.concatenate([contacts.received_s[picked], alone])
    contact_no = np.concatenate([picked, np.full(len(alone), NO_CONTACT)])
    order = np.lexsort((contact_no, received))
    share = len(alone) / len(received) if len(received) else None
    target = given.number("no_contact_share")
    setting.ledger.assumed("incidents_without_contact_share", None, "no_contact_share", target, share)
    return Opened(received[order], contact_no[order])


def draw_categories(
    rng: np.random.Generator, setting: Setting, n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw the category each incident was opened in and closed in, by its place in the force's list; shape (n,)."""
    ids = [category.id for category in setting.force.incident_categories]
    figures = [setting.figure("incidents", "category", each, bases=COUNTS_AND_SHARES) for each in ids]
    weights = [setting.given.category_weight(each) for each in ids]
    parts = [_part(figure, n, weight) for figure, weight in zip(figures, weights, strict=True)]
    counts = split(rng, n, parts, "incidents by category")
    left = max(n - sum(part.count or (part.share or 0) * n for part in parts), 0)
    total_weight = sum(part.weight for part in parts) or 1
    for each, figure, part, count in zip(ids, figures, parts, counts, strict=True):
        if figure is None:
            expected = left * part.weight / total_weight
            setting.ledger.assumed("incidents", each, "category_weight", expected, int(count))
        else:
            _write(setting, figure, n, part, int(count))
    closed = rng.permutation(np.repeat(np.arange(len(ids)), counts))
    share = setting.given.number("recategorised_share")
    is_anew = rng.random(n) < share
    opened = np.where(is_anew, rng.permutation(closed), closed)
    achieved = float(is_anew.mean()) if n else None
    setting.ledger.assumed("recategorised_share", None, "recategorised_share", share, achieved)
    return opened, closed


def draw_qualifiers(rng: np.random.Generator, setting: Setting, n: int) -> NDArray[np.bool_]:
    """Draw which qualifiers each incident carries, each on its own; shape (n, qualifiers)."""
    has = np.zeros((n, len(setting.force.qualifiers)), dtype=bool)
    for number, qualifier in enumerate(setting.force.qualifiers):
        figure = setting.figure("incidents", "qualifier", qualifier.id, bases=COUNTS_AND_SHARES)
        part = _part(figure, n, 0)
        share = setting.given.number("qualifier_share") if part.share is None else min(part.share, 1)
        count = part.count if part.count is not None else int(rng.binomial(n, share))
        has[rng.permutation(n)[:count], number] = True
        if figure is None:
            setting.ledger.assumed("incidents", qualifier.id, "qualifier_share", share * n, count)
        else:
            _write(setting, figure, n, part, count)
    return has


def _part(figure: Figure | None, n: int, weight: float) -> Part:
    if figure is None or n == 0:
        return Part(weight=weight)
    if figure.volume.basis == "total":
        return Part(count=round(figure.value))
    return Part(share=figure.value if figure.volume.basis == "share" else figure.value / n)


def _write(setting: Setting, figure: Figure, n: int, part: Part, count: int) -> None:
    if part.count is not None:
        setting.ledger.figure(figure, part.count, count, "exact", n=n)
    elif figure.volume.basis == "share":
        achieved = count / n if n else 0.0
        setting.ledger.figure(figure, figure.value, achieved, "sampling", "incidents_share", n=n)
    else:
        setting.ledger.figure(figure, figure.value, count, "sampling", n=n)
