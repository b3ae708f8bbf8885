"""The figures that simulation gives: what each is, its unit, and how one is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from constabulary.response.clock import HOUR_S
from constabulary.response.draws import Floats

ALL = "all"
COOL_DOWN_S = 72 * HOUR_S
UNITS: Mapping[str, str] = {
    "incidents": "count_per_week",
    "within_target_share": "share",
    "median_s": "seconds",
    "p90_s": "seconds",
    "full_median_s": "seconds",
    "full_p90_s": "seconds",
    "travel_mean_s": "seconds",
    "cross_border_share": "share",
    "preempted_share": "share",
    "unreached_share": "share",
    "queue_mean": "count",
    "queue_most": "count",
    "uncommitted_h": "hours_per_week",
    "uncommitted_share": "share",
    "visible_officer_h": "hours_per_week",
    "travel_h": "hours_per_week",
    "late_share": "share",
    "late_h": "hours_per_week",
    "custody_wait_median_s": "seconds",
    "custody_wait_p90_s": "seconds",
    "on_duty_units": "count",
    "worst_within_target_share": "share",
    "within_target_gap": "share",
    "resolved_share": "share",
    "rule_uses": "count_per_week",
    "answered_share": "share",
    "answered_10_s_share": "share",
    "answered_30_s_share": "share",
    "abandoned_share": "share",
    "answer_mean_s": "seconds",
    "called_back_share": "share",
    "beside_another_share": "share",
    "wrap_up_share": "share",
    "handler_busy_share": "share",
    "crimes_open": "count",
    "investigation_median_days": "days",
    "investigation_mean_days": "days",
    "investigator_load": "count",
    "investigator_busy_share": "share",
}
"""Every figure and its unit; each mean of counts and hours is for a week of seven days."""
ABOUT: Mapping[str, str] = {
    "incidents": "Incidents that somebody was to be sent to, a week",
    "within_target_share": "First unit at the scene within the target, of all incidents that were not called off",
    "median_s": "Time to the first unit at the scene, half are faster",
    "p90_s": "Time to the first unit at the scene, nine in ten are faster",
    "full_median_s": "Time until as many officers as wanted were there, half are faster",
    "full_p90_s": "Time until as many officers as wanted were there, nine in ten are faster",
    "travel_mean_s": "Travel of the first unit at the scene",
    "cross_border_share": "First unit at the scene of another area, of incidents attended",
    "preempted_share": "Lost a unit to a more urgent incident, of incidents attended",
    "unreached_share": "Never reached though not called off and, where there was an appointment, due",
    "queue_mean": "Incidents waiting for a unit to be sent, on average",
    "queue_most": "Incidents waiting for a unit to be sent, at the worst full hour",
    "uncommitted_h": "Unit-hours uncommitted, a week: at base, on patrol or on the way back",
    "uncommitted_share": "Of unit-hours on duty, those uncommitted",
    "visible_officer_h": "Officer-hours uncommitted and so free for visible patrol, a week",
    "travel_h": "Unit-hours on the way to incidents, a week",
    "late_share": "Duties that ended more than 15 minutes late",
    "late_h": "Hours worked after the end of duty, a week",
    "custody_wait_median_s": "Wait for a custody desk, half are shorter",
    "custody_wait_p90_s": "Wait for a custody desk, nine in ten are shorter",
    "on_duty_units": "Units on duty, on average",
    "worst_within_target_share": "Within the target, in the district where it is least often so",
    "within_target_gap": "Within the target, the best district less the worst",
    "resolved_share": "Dealt with without sending anyone, of all incidents",
    "rule_uses": "How often each rule of dispatch was used, a week, over the whole run",
    "answered_share": "Contacts answered, of all offered",
    "answered_10_s_share": "Answered within 10 seconds, of all offered",
    "answered_30_s_share": "Answered within 30 seconds, of all offered",
    "abandoned_share": "Callers who gave up, of all offered",
    "answer_mean_s": "Wait of all callers, those who gave up too",
    "called_back_share": "Callers called back, of all offered",
    "beside_another_share": "Answered by an agent with another of the kind in hand, of all offered",
    "wrap_up_share": "Of agents' time with contacts, that after them (wrap-up)",
    "handler_busy_share": "Of agents' time, that busy",
    "crimes_open": "Crimes waiting for an investigator or held by one, on average",
    "investigation_median_days": "Length of an investigation, half are shorter",
    "investigation_mean_days": "Length of an investigation, on average",
    "investigator_load": "Open crimes an investigator",
    "investigator_busy_share": "Of investigators' time, that busy",
}

NOTHING: Mapping[str, str] = {
    "investigator_load": "No investigator is there.",
    "investigator_busy_share": "Investigators have no hours to work.",
}
"""Why a figure is not known where it is not for want of records to count."""
TIMED = frozenset(
    {
        *("within_target_share", "median_s", "p90_s", "full_median_s", "full_p90_s"),
        *("queue_mean", "queue_most", "worst_within_target_share", "within_target_gap"),
        *("answer_mean_s", "answered_10_s_share", "answered_30_s_share"),
        *("crimes_open", "investigation_median_days", "investigation_mean_days", "investigator_load"),
    }
)
"""Figures that say nothing where a queue grows without end."""


class Key(NamedTuple):
    """Which figure: of which grade or channel (`all`), split by what, and which part of the split."""

    figure: str
    of: str = ALL
    by: str = ALL
    part: str = ALL


@dataclass(frozen=True)
class Outcomes:
    """The figures of one run.

    Parameters
    ----------
    figures
        Each by its key; not a number where there was nothing to count.
    hours
        Figures by hour of the week (Monday 00:00 first), shape (168,), by figure and grade.
    unstable
        Grades, or queues of contact, whose work is not kept up with, and why, in words.
    """

    figures: Mapping[Key, float]
    hours: Mapping[Key, Floats]
    unstable: Mapping[str, str]
