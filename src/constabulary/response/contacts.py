"""Contacts of a force as they come in and are answered: by channel and hour, in separate pools of agents or in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from constabulary.core.amounts import several
from constabulary.core.force import Channel, Force
from constabulary.response._kernel import tally
from constabulary.response.arrivals import Arrivals, expected
from constabulary.response.clock import HOUR_S, SLOT_S, Clock
from constabulary.response.contact import agents_by_interval
from constabulary.response.contact_simulation import (
    QUARTER_S,
    Agents,
    Channels,
    ContactResult,
    Contacts,
    share,
    simulate_contacts,
)
from constabulary.response.control_room import agents_of_pools
from constabulary.response.draws import Floats, Integers, Luck, pick
from constabulary.response.figures import COOL_DOWN_S, Key, Outcomes
from constabulary.response.rows import fixed

KINDS = ("emergency_call", "other_call", "not_a_call")
ANSWER_USES = (
    *("day_variation", "handling_mean_s", "handling_spread", "talking_share", "patience_mean_s"),
    *("sessions", "call_back_share", "call_back_after_s", "contact_weight", "no_contact_share"),
)
"""The assumptions that contacts are drawn and answered with: structures that agree in them meet the same waits."""
WAITING_SHARE = 0.02
HOURS = 168
QUARTERS = 4
"""Quarter-hours of an hour."""


@dataclass(frozen=True)
class ContactSetup:
    """How a structure answers.

    Parameters
    ----------
    channel_ids, kind
        The channels, and of which of `KINDS` each is by number, shape (channels,).
    rate_per_h
        Contacts an hour in each hour of the run (1/h), shape (channels, hours).
    agents
        Agents of each pool in each quarter-hour, half-hour if rostered, and which channels it answers.
    pool_ids
        What the pools are called.
    within_s
        Time within which each channel's contacts should be answered (s), shape (channels,).
    factor
        What a scenario multiplies contacts by.
    """

    channel_ids: tuple[str, ...]
    kind: Integers
    rate_per_h: Floats
    agents: Agents
    pool_ids: tuple[str, ...]
    within_s: Floats
    factor: float


@dataclass(frozen=True)
class PoolWork:
    """What a pool of agents answers in a mean week.

    Parameters
    ----------
    calls_per_h
        Contacts an hour by hour of the week (1/h), shape (168,).
    handling_s
        How long one binds an agent on average, by hour of the week (s), shape (168,); a webchat its share of one.
    within_s, target_share
        The share of contacts to be answered within that time (s): those of the largest channel.
    """

    calls_per_h: Floats
    handling_s: Floats
    within_s: float
    target_share: float


@dataclass(frozen=True)
class AnsweredRun:
    """The contacts of a replication and what became of them."""

    contacts: Contacts
    result: ContactResult


def kind_of(channel: Channel) -> int:
    """Return the number in `KINDS` of a channel's contacts."""
    return 2 if not channel.is_call else 0 if channel.is_emergency else 1


def contact_setup(
    force: Force,
    n_a_year: Mapping[str, float],
    clock: Clock,
    values: Mapping[str, Any],
    pools: str,
    factor: float,
    on_duty: Mapping[str, Floats] | None = None,
) -> ContactSetup | None:
    """Return how a structure answers; None where no contacts are published.

    Agents are those rostered where they are given. Else they are the fewest who answer the wanted share by Erlang A in
    each quarter-hour, with the work carried over, in a pool for emergencies and one for all else; one pool for all has
    as many in all.

    Parameters
    ----------
    force
        Whose channels and targets count.
    n_a_year
        Contacts in 365 days by channel.
    clock
        The run.
    values
        Assumptions by name.
    pools
        "separate" or "one".
    factor
        What contacts are multiplied by; agents stay.
    on_duty
        Call takers rostered by pool and half-hour of the week, shape (336,) each.

    Raises
    ------
    BadInput
        If a pool has nobody rostered while others have.
    """
    channels = [channel for channel in force.channels if n_a_year.get(channel.id)]
    if not channels:
        return None
    kind = np.array([kind_of(channel) for channel in channels])
    rate = np.stack(
        [
            expected(
                clock,
                n_a_year[channel.id],
                np.ravel(values["hour_of_week"][KINDS[number]]).astype(np.float64),
                np.array(values["month_weight"][KINDS[number]], dtype=np.float64),
            )
            for channel, number in zip(channels, kind, strict=True)
        ]
    )
    within_s = np.array(
        [_within_s(force, channel.id, number) for channel, number in zip(channels, kind, strict=True)]
    )
    groups = [np.flatnonzero(kind == 0), np.flatnonzero(kind != 0)]
    groups = [group for group in groups if len(group)]
    works = [work_of_pool(group, rate, kind, within_s, clock, values) for group in groups]
    n = np.stack([_agents(work, clock, float(values["patience_mean_s"])) for work in works])
    serves = np.zeros((len(groups), len(channels)), np.bool_)
    for number, group in enumerate(groups):
        serves[number, group] = True
    names = tuple("emergency" if kind[group[0]] == 0 else "other" for group in groups)
    if pools == "one":
        n, serves, names = n.sum(axis=0, keepdims=True), np.ones((1, len(channels)), np.bool_), ("one",)
    slot_s = QUARTER_S
    if on_duty is not None:
        n, slot_s = agents_of_pools(on_duty, names).astype(np.int64)[:, clock.slot_of_week], SLOT_S
    return ContactSetup(
        tuple(channel.id for channel in channels),
        kind,
        rate,
        Agents.of(n, serves, slot_s),
        names,
        within_s,
        factor,
    )


def _within_s(force: Force, channel: str, kind: int) -> float:
    """Return the shortest time a channel is to be answered in (s); ten or thirty seconds, or minutes, without one."""
    told = [target.seconds for target in force.targets if target.channel == channel]
    return float(min(told, default=(10, 30, 300)[kind]))


def work_of_pool(
    group: Integers, rate: Floats, kind: Integers, within_s: Floats, clock: Clock, values: Mapping[str, Any]
) -> PoolWork:
    """Return what a pool of agents answers in a mean week, and how well it should.

    Parameters
    ----------
    group
        The channels it answers.
    rate, kind, within_s
        Of all channels, as in `ContactSetup`.
    clock, values
        The run whose mean week counts, and assumptions by name.
    """
    week = np.zeros((len(group), HOURS))
    count = np.bincount(clock.hour_of_week, minlength=HOURS)
    for row, channel in enumerate(group):
        week[row] = np.bincount(clock.hour_of_week, rate[channel], HOURS) / np.maximum(count, 1)
    # Where a run is shorter than a week the hours it does not have are staffed for none.
    names = [KINDS[number] for number in kind[group]]
    sessions = np.array([values["sessions"][name] for name in names], dtype=np.float64)
    handling = np.array([values["handling_mean_s"][name] for name in names]) / sessions
    calls = week.sum(axis=0)
    mean_s = np.where(
        calls > 0, (week * handling[:, None]).sum(axis=0) / np.maximum(calls, 1e-12), handling.mean()
    )
    largest = int(np.argmax(rate[group].sum(axis=1)))
    share = min(float(values["agents_share"][names[largest]]), 0.999)
    return PoolWork(calls, mean_s, float(within_s[group[largest]]), share)


def _agents(work: PoolWork, clock: Clock, patience_s: float) -> Integers:
    """Return agents in each quarter-hour of the run: those of the mean week, each quarter staffed for its load."""
    calls_per_h, handling_s = (np.repeat(each, QUARTERS) for each in (work.calls_per_h, work.handling_s))
    need = agents_by_interval(
        calls_per_h, handling_s, QUARTER_S, work.within_s, work.target_share, patience_s
    )
    quarter = QUARTERS * clock.hour_of_week[:, None] + np.arange(QUARTERS)
    return np.asarray(np.maximum(need.n_agents, 1)[quarter.ravel()], np.int64)


def answer(
    setup: ContactSetup, values: Mapping[str, Any], clock: Clock, luck: Luck, contacts: Contacts | None = None
) -> AnsweredRun:
    """Have the contacts of a replication answered.

    Parameters
    ----------
    setup
        How they are answered.
    values
        Assumptions by name.
    clock, luck
        The run, and the replication's random numbers.
    contacts
        What comes in, where it was drawn already for other agents.
    """
    came = contacts_of(setup, values, clock, luck) if contacts is None else contacts
    names = [KINDS[number] for number in setup.kind]
    channels = Channels.of(
        priority=setup.kind,
        sessions=[int(values["sessions"][name]) for name in names],
        call_back_after_s=[
            float(values["call_back_after_s"]) if values["call_back_share"][name] > 0 else np.inf
            for name in names
        ],
    )
    return AnsweredRun(came, simulate_contacts(came, channels, setup.agents))


def contacts_of(setup: ContactSetup, values: Mapping[str, Any], clock: Clock, luck: Luck) -> Contacts:
    """Draw the contacts of a replication, with the busy days of its incidents; parameters as for `answer`."""
    busy = luck.gamma("busy day", float(values["day_variation"]), clock.n_days)[clock.day_no]
    parts = [
        _drawn(number, setup, setup.rate_per_h[number] * busy * setup.factor, values, luck)
        for number in range(len(setup.channel_ids))
    ]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Contacts.of(**columns).rows(np.argsort(columns["at_s"], kind="stable"))


def _drawn(
    number: int, setup: ContactSetup, rate: Floats, values: Mapping[str, Any], luck: Luck
) -> dict[str, Any]:
    name, kind = setup.channel_ids[number], KINDS[setup.kind[number]]
    edges = np.concatenate([[0.0], np.cumsum(rate)])
    n_enough = int(edges[-1] + 8.0 * np.sqrt(edges[-1] + 1.0) + 16.0)
    reached = np.cumsum(luck.exponential(f"contact {name}", n_enough))
    at_s = np.interp(reached[reached < edges[-1]], edges, np.arange(len(edges)) * HOUR_S)
    n = len(at_s)
    spread = float(values["handling_spread"])
    mean_s = float(values["handling_mean_s"][kind])
    held_s = mean_s * np.exp(spread * luck.normal(f"contact {name} handling", n) - spread**2 / 2.0)
    patience = luck.exponential(f"contact {name} patience", n) * float(values["patience_mean_s"])
    talking = float(values["talking_share"])
    return {
        "at_s": at_s,
        "channel": np.full(n, number, np.int64),
        "handling_s": held_s * talking,
        "wrap_up_s": held_s * (1.0 - talking),
        "patience_s": patience if setup.kind[number] < 2 else np.full(n, np.inf),
        "takes_call_back": luck.uniform(f"contact {name} call back", n)
        < float(values["call_back_share"][kind]),
    }


def contact_outcomes(setup: ContactSetup, run: AnsweredRun, clock: Clock, warm_up_s: float) -> Outcomes:
    """Return how contacts were answered, by channel: shares are of all offered, those who gave up among them.

    Parameters
    ----------
    setup, run
        How they are answered, and what became of them.
    clock, warm_up_s
        The run, and how much of its start does not count (s).
    """
    until_s = clock.end_s - min(COOL_DOWN_S, 0.1 * clock.end_s)
    begin, end = np.searchsorted(run.contacts.at_s, (warm_up_s, until_s)).tolist()
    contacts, result = run.contacts, run.result
    sums = tally.tally_contacts(
        tally.Contacts(
            fixed(contacts.channel, np.int64),
            fixed(result.outcome, np.int64),
            fixed(result.wait_s, np.float64),
            fixed(result.is_beside, np.bool_),
            fixed(contacts.handling_s, np.float64),
            fixed(contacts.wrap_up_s, np.float64),
        ),
        begin,
        end,
        len(setup.channel_ids),
    )
    figures: dict[Key, float] = {}
    unstable: dict[str, str] = {}
    for name, column in zip(setup.channel_ids, sums.T.tolist(), strict=True):
        of = dict(zip(tally.CONTACT_SUMS, column, strict=True))
        n, n_reached = of["n"], of["n_answered"] + of["n_called_back"]
        n_waiting = n - n_reached - of["n_abandoned"]
        told = {
            "answered_share": share(n_reached, n),
            "answered_10_s_share": share(of["n_within_10"], n),
            "answered_30_s_share": share(of["n_within_30"], n),
            "abandoned_share": share(of["n_abandoned"], n),
            "answer_mean_s": share(of["wait_s"], n - n_waiting),
            "called_back_share": share(of["n_called_back"], n),
            "beside_another_share": share(of["n_beside"], n),
            "wrap_up_share": share(of["wrap_up_s"], of["handling_s"] + of["wrap_up_s"]),
        }
        figures |= {Key(figure, name): value for figure, value in told.items()}
        if n_waiting > WAITING_SHARE * max(n, 1):
            unstable[name] = (
                f"{several(int(n_waiting), 'contact')} by {name} still waited at the end: agents cannot keep up."
            )
    slot_s = setup.agents.interval_s
    first, last = int(np.ceil(warm_up_s / slot_s)), int(until_s / slot_s)
    busy, offered = run.result.busy_s[:, first:last], run.result.offered_s[:, first:last]
    figures[Key("handler_busy_share")] = share(float(busy.sum()), float(offered.sum()))
    for number, pool in enumerate(setup.pool_ids):
        of_pool = share(float(busy[number].sum()), float(offered[number].sum()))
        figures[Key("handler_busy_share", "all", "pool", pool)] = of_pool
    return Outcomes(figures, {}, unstable)


def after_answer(
    came: Arrivals, setup: ContactSetup, run: AnsweredRun, values: Mapping[str, Any], luck: Luck
) -> Arrivals:
    """Return incidents with the time their caller waited for an answer added before they are recorded.

    Each incident that a contact led to waits as the next contact of its channel did; those of the most urgent grade
    came by an emergency channel where there is one.

    Parameters
    ----------
    came
        The incidents.
    setup, run
        How contacts are answered, and what became of them.
    values
        Assumptions by name.
    luck
        The replication's random numbers.
    """
    incidents = came.incidents
    n = len(incidents)
    volume = setup.rate_per_h.sum(axis=1)
    weight = volume * np.array([values["contact_weight"][KINDS[number]] for number in setup.kind])
    channel = pick(luck.uniform("contact of incident", n), weight)
    urgent = np.flatnonzero(setup.kind == 0)
    if len(urgent):
        channel = np.where(incidents.grade == 0, urgent[0], channel)
    has_contact = luck.uniform("has contact", n) >= float(values["no_contact_share"])
    wait_s = tally.wait_of_next(
        fixed(incidents.received_s, np.float64),
        fixed(np.where(has_contact, channel, -1), np.int64),
        fixed(run.contacts.at_s, np.float64),
        fixed(run.contacts.channel, np.int64),
        fixed(run.result.wait_s, np.float64),
        len(setup.channel_ids),
    )
    later = {
        name: getattr(incidents, name) + wait_s
        for name in ("at_s", "recorded_s", "regrade_at_s", "cancel_at_s", "appointment_s")
    }
    order = np.argsort(later["at_s"], kind="stable")
    return Arrivals(replace(incidents, **later), came.category).rows(order)
