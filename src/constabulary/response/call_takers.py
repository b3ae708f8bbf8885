"""Call takers needed in each half-hour of the week, pool by pool, and how a simulation finds contacts answered by them.

The need is by Erlang A or C with the load that is going on then, work carried over included, in a mean week. The
simulation meets what the formulas leave out: seasons, busy days, uneven handling, webchats side by side, call-backs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from constabulary.response.clock import SLOT_S, SLOTS, Clock
from constabulary.response.contact import agents_by_interval
from constabulary.response.contact_simulation import Agents, answered
from constabulary.response.contacts import ContactSetup, PoolWork, answer, work_of_pool
from constabulary.response.draws import Floats, Integers, Luck
from constabulary.response.figures import COOL_DOWN_S


@dataclass(frozen=True)
class CallNeed:
    """Call takers that a pool needs through the week.

    Parameters
    ----------
    pool_id
        The pool.
    work
        What it answers, and how much of it should be answered in which time.
    n_agents
        Call takers needed in each half-hour, shape (336,).
    within_share
        Share of callers answered in time with them by the formula, shape (336,); not a number without calls.
    """

    pool_id: str
    work: PoolWork
    n_agents: Integers
    within_share: Floats

    @property
    def expected_share(self) -> float:
        """Share of all callers of the week answered in time by the formula."""
        calls = np.repeat(self.work.calls_per_h, 2)
        return float(np.average(np.nan_to_num(self.within_share), weights=calls)) if calls.any() else np.nan


def call_takers_needed(
    setup: ContactSetup,
    values: Mapping[str, Any],
    clock: Clock,
    target_share: float | None = None,
    *,
    gives_up: bool = True,
) -> tuple[CallNeed, ...]:
    """Return the call takers each pool needs in each half-hour of the week.

    Parameters
    ----------
    setup
        How a structure answers.
    values
        Assumptions by name.
    clock
        The run whose mean week counts.
    target_share
        Share of callers to answer in time; None: each pool's own.
    gives_up
        Whether callers give up (Erlang A) or wait as long as it takes (Erlang C).

    Raises
    ------
    BadInput
        Where a share is out of its range.
    """
    found = []
    for pool, serves in zip(setup.pool_ids, setup.agents.serves, strict=True):
        work = work_of_pool(
            np.flatnonzero(serves), setup.rate_per_h, setup.kind, setup.within_s, clock, values
        )
        work = work if target_share is None else replace(work, target_share=target_share)
        # The week is a circle: what Sunday night leaves is carried into Monday.
        need = agents_by_interval(
            np.tile(np.repeat(work.calls_per_h * setup.factor, 2), 2),
            np.tile(np.repeat(work.handling_s, 2), 2),
            SLOT_S,
            work.within_s,
            work.target_share,
            float(values["patience_mean_s"]) if gives_up else None,
        )
        found.append(CallNeed(pool, work, np.maximum(need.n_agents[SLOTS:], 1), need.within_share[SLOTS:]))
    return tuple(found)


def answered_in_time(
    setup: ContactSetup,
    needs: Sequence[CallNeed],
    values: Mapping[str, Any],
    clock: Clock,
    warm_up_s: float,
    luck: Luck,
) -> tuple[float, ...]:
    """Return the share of each pool's contacts that a simulation finds answered in time with the need on duty.

    Parameters
    ----------
    setup, values, clock
        As for `call_takers_needed`.
    needs
        Who is there.
    warm_up_s
        How much of the run's start does not count (s).
    luck
        The replication's random numbers.
    """
    agents = Agents.of(
        np.stack([need.n_agents[clock.slot_of_week] for need in needs]), setup.agents.serves, SLOT_S
    )
    run = answer(replace(setup, agents=agents), values, clock, luck)
    at_s = run.contacts.at_s
    counts = (at_s >= warm_up_s) & (at_s < clock.end_s - min(COOL_DOWN_S, 0.1 * clock.end_s))
    return tuple(
        answered(
            run.result, need.work.within_s, counts & serves[run.contacts.channel]
        ).within_share_of_offered
        for need, serves in zip(needs, setup.agents.serves, strict=True)
    )
