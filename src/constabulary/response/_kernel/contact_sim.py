"""The contact engine: contacts, the channels they wait in and the agents who answer them, event by event.

Nobody's giving up changes anything for others but their place in the queue, so it needs no event: who has given up is
passed over when an agent comes to them.
"""

from collections import namedtuple

import numpy as np

from constabulary.numeric.compiled import engine, part
from constabulary.response._kernel.events import let_go, put, take_in_hand

# What became of a contact.
WAITING, ANSWERED, ABANDONED, CALLED_BACK = range(4)

Room = namedtuple(
    "Room",
    [
        # What is given: contacts, channels, pools of agents and how many of each pool are there in each interval.
        "at_s",
        "channel",
        "busy_for_s",
        "patience_s",
        "takes_call_back",
        "order",
        "sessions",
        "call_back_after_s",
        "serves",
        "n_wanted",
        "interval_s",
        # How it stands: the line of each channel, agents there, those of each pool without work, what each is doing.
        "behind",
        "line",
        "n_there",
        "idle",
        "n_idle",
        "n_held",
        "held_by",
        "since_s",
        "calendar",
        # What became of it.
        "answered_s",
        "outcome",
        "is_beside",
        "busy_s",
    ],
)


@engine
def simulate(room):
    """Run all contacts to the end; a session of an agent is an event, agent by agent."""
    n_pools, n_intervals = room.n_wanted.shape
    n_contacts = room.at_s.size
    i = interval = 0
    while True:
        contact_s = room.at_s[i] if i < n_contacts else np.inf
        session_s = room.calendar.at[0] if room.calendar.size[0] > 0 else np.inf
        change_s = interval * room.interval_s if interval < n_intervals else np.inf
        now = min(contact_s, session_s, change_s)
        if now == np.inf:
            return
        if change_s == now:
            for pool in range(n_pools):
                _staff(room, pool, room.n_wanted[pool, interval], now)
            interval += 1
        elif session_s == now:
            session = take_in_hand(room.calendar)
            _end_session(room, session, now, min(interval - 1, n_intervals - 1))
            let_go(room.calendar, session)
        else:
            _offer(room, i, now)
            i += 1


@part
def _agents(room):
    """Return how many agents of a pool there may be, and how many sessions each may have."""
    return room.idle.shape[1], room.calendar.place.size // room.n_held.size


@part
def _staff(room, pool, n_wanted, now):
    """Have as many agents of a pool there as wanted; who is busy goes when done."""
    while room.n_there[pool] > n_wanted and room.n_idle[pool] > 0:
        room.n_idle[pool] -= 1
        room.n_there[pool] -= 1
        room.n_held[room.idle[pool, room.n_idle[pool]]] = -1
    n_agents, _ = _agents(room)
    k = 0
    while room.n_there[pool] < n_wanted and k < n_agents:
        agent = pool * n_agents + k
        if room.n_held[agent] < 0:
            room.n_held[agent] = 0
            room.n_there[pool] += 1
            _idle(room, pool, agent, _spare(room, agent), now)
        k += 1


@part
def _idle(room, pool, agent, session, now):
    """Let an agent without work take what waits for the pool, the most urgent channel first, or wait for it."""
    for k in range(room.order.size):
        channel = np.int64(room.order[k])
        if room.serves[pool, channel]:
            i = _next_in_line(room, channel, now)
            if i >= 0:
                _take(room, i, agent, session, now)
                # Chats come several at a time.
                for _ in range(room.sessions[channel] - 1):
                    i = _next_in_line(room, channel, now)
                    if i < 0:
                        break
                    _take(room, i, agent, _spare(room, agent), now)
                return
    room.idle[pool, room.n_idle[pool]] = agent
    room.n_idle[pool] += 1


@part
def _offer(room, i, now):
    """Give a contact to an agent with a session of its channel to spare, else one without work; or let it wait."""
    channel = np.int64(room.channel[i])
    if room.sessions[channel] > 1:
        best, most = -1, 0
        for agent in range(room.n_held.size):
            if (
                room.n_held[agent] > most
                and room.held_by[agent] == channel
                and room.n_held[agent] < room.sessions[channel]
            ):
                best, most = agent, room.n_held[agent]
        if best >= 0:
            _take(room, i, best, _spare(room, best), now)
            return
    for pool in range(room.n_there.size):
        if room.serves[pool, channel] and room.n_idle[pool] > 0:
            room.n_idle[pool] -= 1
            idle = np.int64(room.idle[pool, room.n_idle[pool]])
            _take(room, i, idle, _spare(room, idle), now)
            return
    room.behind[i] = -1
    if room.line[channel, 1] >= 0:
        room.behind[room.line[channel, 1]] = i
    else:
        room.line[channel, 0] = i
    room.line[channel, 1] = i


@part
def _next_in_line(room, channel, now):
    """Take the first of a line who is still there, or has asked to be called back, out of it; -1 if there is none."""
    i = np.int64(room.line[channel, 0])
    while i >= 0:
        waited_s = now - room.at_s[i]
        after_s = room.call_back_after_s[channel]
        is_booked = room.takes_call_back[i] and after_s < room.patience_s[i]
        if is_booked and waited_s > after_s:
            room.outcome[i] = CALLED_BACK
            break
        if waited_s <= room.patience_s[i]:
            break
        room.outcome[i] = ABANDONED
        i = np.int64(room.behind[i])
    if i >= 0:
        room.line[channel, 0] = room.behind[i]
    else:
        room.line[channel, 0] = -1
    if room.line[channel, 0] < 0:
        room.line[channel, 1] = -1
    return i


@part
def _spare(room, agent):
    """Return a session that an agent has to spare; there is one."""
    _, n_sessions = _agents(room)
    session = agent * n_sessions
    while room.calendar.place[session] >= 0:
        session += 1
    return session


@part
def _take(room, i, agent, session, now):
    if room.n_held[agent] == 0:
        room.since_s[agent] = now
    else:
        room.is_beside[i] = True
    room.held_by[agent] = room.channel[i]
    room.n_held[agent] += 1
    if room.outcome[i] == WAITING:
        room.outcome[i] = ANSWERED
    room.answered_s[i] = now
    put(room.calendar, session, now + room.busy_for_s[i])


@part
def _end_session(room, session, now, interval):
    n_agents, n_sessions = _agents(room)
    agent = session // n_sessions
    pool = agent // n_agents
    room.n_held[agent] -= 1
    if room.n_held[agent] > 0:
        i = _next_in_line(room, np.int64(room.held_by[agent]), now)
        if i >= 0:
            _take(room, i, agent, session, now)
        return
    begin = room.since_s[agent]
    while begin < now:
        k = np.int64(begin / room.interval_s)
        until = min((k + 1) * room.interval_s, now)
        room.busy_s[pool, min(k, room.busy_s.shape[1] - 1)] += until - begin
        begin = until
    if room.n_there[pool] > room.n_wanted[pool, interval]:
        room.n_there[pool] -= 1
        room.n_held[agent] = -1
    else:
        _idle(room, pool, agent, session, now)
