"""The dispatch engine's records filled from columns, and its answers taken out of them: one walk, not one a column."""

from collections import namedtuple

import numpy as np

from constabulary.numeric.compiled import part

GivenIncidents = namedtuple(
    "GivenIncidents",
    [
        "at_s",
        "scene_s",
        "support_scene_s",
        "write_up_s",
        "travel_factor",
        "custody_s",
        "appointment_s",
        "atom",
        "grade",
        "n_officers",
        "needs",
        "regrade_to",
        "is_resolved",
        "is_arrest",
    ],
)
GivenDuties = namedtuple(
    "GivenDuties",
    [
        "start_s",
        "end_s",
        "meal_at_s",
        "meal_s",
        "meal_until_s",
        "base_atom",
        "area",
        "crew",
        "capabilities",
        "is_abstracted",
    ],
)
ToldIncidents = namedtuple(
    "ToldIncidents",
    [
        "ready_s",
        "assigned_s",
        "arrived_s",
        "full_s",
        "cleared_s",
        "travel_s",
        "custody_wait_s",
        "duty",
        "grade",
        "n_sent",
        "happened",
    ],
)
ToldDuties = namedtuple(
    "ToldDuties",
    ["free_s", "travel_s", "scene_s", "custody_s", "write_up_s", "meal_s", "late_s", "n_incidents"],
)


@part
def fill_incidents(rows, given, area_of_atom):
    """Fill records of zeros: what is given, and what is not nought at the start."""
    for i in range(rows.size):
        row = rows[i]
        row.at_s = given.at_s[i]
        row.scene_s = row.first_left_s = given.scene_s[i]
        row.support_scene_s = given.support_scene_s[i]
        row.write_up_s = given.write_up_s[i]
        row.travel_factor = given.travel_factor[i]
        row.custody_s = given.custody_s[i]
        row.has_appointment = given.appointment_s[i] > given.at_s[i]
        row.atom = given.atom[i]
        row.area = area_of_atom[given.atom[i]]
        row.grade = given.grade[i]
        row.wanted = given.n_officers[i]
        row.needs = given.needs[i]
        row.regrade_to = given.regrade_to[i]
        row.is_resolved = given.is_resolved[i]
        row.is_arrest = given.is_arrest[i]
        row.first = row.duty = -1
        row.ready_s = row.assigned_s = row.arrived_s = row.full_s = row.cleared_s = np.nan
        row.travel_s = row.custody_wait_s = np.nan


@part
def fill_duties(rows, given):
    """Fill records of zeros; a meal that is not a number is none."""
    for i in range(rows.size):
        row = rows[i]
        row.start_s = given.start_s[i]
        row.end_s = given.end_s[i]
        row.meal_at_s = given.meal_at_s[i]
        row.meal_until_s = given.meal_until_s[i]
        row.meal_left_s = given.meal_s[i] if given.meal_at_s[i] == given.meal_at_s[i] else 0.0
        row.base_atom = given.base_atom[i]
        row.area = given.area[i]
        row.crew = given.crew[i]
        row.capabilities = given.capabilities[i]
        row.is_abstracted = given.is_abstracted[i]


@part
def take_incidents(rows, told):
    """Take out what became of incidents."""
    for i in range(rows.size):
        row = rows[i]
        told.ready_s[i] = row.ready_s
        told.assigned_s[i] = row.assigned_s
        told.arrived_s[i] = row.arrived_s
        told.full_s[i] = row.full_s
        told.cleared_s[i] = row.cleared_s
        told.travel_s[i] = row.travel_s
        told.custody_wait_s[i] = row.custody_wait_s
        told.duty[i] = row.duty
        told.grade[i] = row.grade
        told.n_sent[i] = row.n_sent
        told.happened[i] = row.happened


@part
def take_duties(rows, told):
    """Take out how duties were spent."""
    for i in range(rows.size):
        row = rows[i]
        told.free_s[i] = row.free_s
        told.travel_s[i] = row.travel_s
        told.scene_s[i] = row.scene_s
        told.custody_s[i] = row.custody_s
        told.write_up_s[i] = row.write_up_s
        told.meal_s[i] = row.meal_s
        told.late_s[i] = row.late_s
        told.n_incidents[i] = row.n_incidents
