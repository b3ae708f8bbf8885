"""The records the dispatch engine works on: one of each incident, duty, grade and custody suite."""

from collections import namedtuple

import numpy as np

INCIDENT = np.dtype(
    [
        # What is given.
        ("at_s", "f8"),
        ("scene_s", "f8"),
        ("support_scene_s", "f8"),
        ("write_up_s", "f8"),
        ("travel_factor", "f8"),
        ("custody_s", "f8"),
        ("needs", "i8"),
        ("atom", "i4"),
        ("area", "i4"),
        ("wanted", "i2"),
        ("regrade_to", "i2"),
        ("is_resolved", "i1"),
        ("is_arrest", "i1"),
        ("has_appointment", "i1"),
        # How it stands: officers on their way, there or gone after their work; units on their way and there; the first
        # of them; work left by units called away; the neighbours in its queue.
        ("status", "i1"),
        ("is_waiting", "i1"),
        ("grade", "i2"),
        ("officers", "i2"),
        ("n_coming", "i2"),
        ("there", "i2"),
        ("n_there", "i2"),
        ("first", "i4"),
        ("before", "i4"),
        ("after", "i4"),
        ("first_left_s", "f8"),
        ("support_left_s", "f8"),
        # What became of it.
        ("ready_s", "f8"),
        ("assigned_s", "f8"),
        ("arrived_s", "f8"),
        ("full_s", "f8"),
        ("cleared_s", "f8"),
        ("travel_s", "f8"),
        ("custody_wait_s", "f8"),
        ("duty", "i4"),
        ("n_sent", "i4"),
        ("happened", "i4"),
    ],
    align=True,
)

DUTY = np.dtype(
    [
        # What choosing a unit reads: when its duty is over, what it can do, until when it is on its way back, where it
        # is until when. They stand together, as many units are looked at for each that is sent.
        ("end_s", "f8"),
        ("capabilities", "i8"),
        ("back_s", "f8"),
        ("atom_until_s", "f8"),
        ("atom", "i4"),
        # What else is given.
        ("area", "i4"),
        ("start_s", "f8"),
        ("meal_at_s", "f8"),
        ("meal_until_s", "f8"),
        ("crew", "i4"),
        ("base_atom", "i4"),
        ("is_abstracted", "i4"),
        # How it stands: since when and until when, for which incident, the way it is on.
        ("state", "i4"),
        ("since_s", "f8"),
        ("until_s", "f8"),
        ("half_way_s", "f8"),
        ("way_s", "f8"),
        ("meal_left_s", "f8"),
        ("incident", "i4"),
        ("from_atom", "i4"),
        ("to_atom", "i4"),
        ("in_free", "i4"),
        ("in_on_duty", "i4"),
        ("suite", "i4"),
        ("next_in_line", "i4"),
        ("journey", "i4"),
        ("is_first", "i1"),
        ("was_returning", "i1"),
        # How it was spent.
        ("n_incidents", "i4"),
        ("free_s", "f8"),
        ("travel_s", "f8"),
        ("scene_s", "f8"),
        ("custody_s", "f8"),
        ("write_up_s", "f8"),
        ("meal_s", "f8"),
        ("late_s", "f8"),
    ],
    align=True,
)

GRADE = np.dtype(
    [
        ("travel_factor", "f8"),
        ("border_s", "f8"),
        ("end_guard_s", "f8"),
        ("may_preempt", "i4"),
        ("may_preempt_on_scene", "i4"),
        ("may_be_preempted", "i4"),
        ("may_interrupt_meal", "i4"),
        ("n_waiting", "i4"),
    ],
    align=True,
)

SUITE = np.dtype([("atom", "i4"), ("n_free", "i4"), ("head", "i4"), ("tail", "i4")], align=True)

JOURNEY = np.dtype(
    [
        ("incident", "i4"),
        ("duty", "i4"),
        ("from_atom", "i4"),
        ("assigned_s", "f8"),
        ("arrived_s", "f8"),
        ("left_s", "f8"),
    ],
    align=True,
)

DIARY = np.dtype([("at_s", "f8"), ("what", "i4"), ("incident", "i4")], align=True)
# What a diary may hold, in the order in which entries of one instant come.
APPOINTMENT, REGRADE, CANCEL = range(3)

# How an incident stands.
TO_COME, OPEN, CLOSED = range(3)

# What a unit is doing.
OFF, FREE, TRAVELLING, ON_SCENE, TO_CUSTODY, IN_LINE, IN_CUSTODY, WRITING_UP, AT_MEAL = range(9)

# What the roster has a unit do, in the order in which those of one instant come.
MEAL_DUE, END = range(2)

COUNTERS = (
    "sent",
    "sent_across_border",
    "sent_on_way_back",
    "sent_on_patrol",
    "sent_crew_of_several",
    "sent_in_support",
    "preempted_en_route",
    "preempted_on_scene",
    "work_resumed",
    "work_restarted",
    "waited_for_reserve",
    "waited_for_end_guard",
    "waited",
    "regraded",
    "cancelled",
    "turned_back",
    "appointments",
    "resolved",
    "arrests",
    "custody_waits",
    "meals_taken",
    "meals_interrupted",
    "meals_missed",
    "abstracted",
    "late_finishes",
)
(
    SENT,
    SENT_ACROSS_BORDER,
    SENT_ON_WAY_BACK,
    SENT_ON_PATROL,
    SENT_CREW_OF_SEVERAL,
    SENT_IN_SUPPORT,
    PREEMPTED_EN_ROUTE,
    PREEMPTED_ON_SCENE,
    WORK_RESUMED,
    WORK_RESTARTED,
    WAITED_FOR_RESERVE,
    WAITED_FOR_END_GUARD,
    WAITED,
    REGRADED,
    CANCELLED,
    TURNED_BACK,
    APPOINTMENTS,
    RESOLVED,
    ARRESTS,
    CUSTODY_WAITS,
    MEALS_TAKEN,
    MEALS_INTERRUPTED,
    MEALS_MISSED,
    ABSTRACTED,
    LATE_FINISHES,
) = range(len(COUNTERS))

# Bits of what happened to an incident: `Happened` of the room's results.
CROSS_BORDER, RETURNING, LOST_EN_ROUTE, LOST_ON_SCENE, PREEMPTING, INTERRUPTED = 1, 2, 4, 8, 16, 32
WAS_REGRADED, WAS_CANCELLED, WAS_RESOLVED, WAS_APPOINTMENT, WAS_ARREST = 64, 128, 256, 512, 1024

Run = namedtuple(
    "Run",
    [
        "incidents",
        "duties",
        "grades",
        "suites",
        "patrol",
        "reserve",
        "minutes",
        "band_of_hour",
        "turnout_s",
        "patrol_s",
        "resume",
        "returning",
        "calendar",
        "roster",
        "on_duty",
        "free",
        "freed",
        "n_free",
        "sizes",
        "waiting",
        "uncommitted_s",
        "counters",
        "journeys",
    ],
)
# What `sizes` holds: how many are on duty, set free by the event in hand, waiting, and written down as journeys.
N_ON_DUTY, N_FREED, N_WAITING, N_JOURNEYS = range(4)
