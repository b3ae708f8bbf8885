"""A rota as a paper for the notice board and a workbook for the planner: the line, who is on when, times and cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from constabulary.core.amounts import several
from constabulary.render.paper import Paper, PaperTable, Section
from constabulary.response.rota.cycle import Cycle
from constabulary.response.rota.rules import Duty
from constabulary.response.rota.shifts import DAYS, clock

OFF = "off"


def rota_paper(
    result: Mapping[str, Any], cycle: Cycle, duties: Sequence[Duty], monday: date, n_weeks: int
) -> Paper:
    """Return a rota as a paper.

    Parameters
    ----------
    result
        What `services.staffing.rota.propose` gave.
    cycle
        Its team cycle.
    duties
        Duties of its teams, days counted from the Monday.
    monday
        The day the first week begins.
    n_weeks
        Weeks written out.
    """
    people = "officers" if result["asked"]["for"] == "officers" else "call takers"
    until = monday + timedelta(days=7 * n_weeks - 1)
    return Paper(
        f"Rota of {several(cycle.n_teams, 'team')}",
        f"{cycle.n_people} {people} in teams of {cycle.team_size}, from {monday:%A %d %B %Y} to {until:%A %d %B %Y}",
        f"Each team begins a week of the line after the team before it, and works {cycle.week_h:.1f} hours a week on "
        "average. A shift that runs past midnight stands on the day it starts.",
        (
            _section("Shifts", "Breaks are within the hours.", _shifts(cycle)),
            _section("The line", _rules(result), _line(cycle)),
            _section("Who is on when", "By the day a shift starts.", _days(cycle, duties, monday, n_weeks)),
            _section("Needed and there", "People by half-hour of the week.", _cover(result, cycle)),
        ),
        f"Made by constabulary; stamp {result['stamp']['id']}.",
    )


def _section(title: str, said: str, frame: pl.DataFrame) -> Section:
    rows = [["" if cell is None else str(cell) for cell in row] for row in frame.iter_rows()]
    is_number = [kind.is_numeric() for kind in frame.dtypes]
    return Section(title, (said,), (PaperTable(title, frame.columns, rows, is_number, frame),))


def _shifts(cycle: Cycle) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Shift": [shift.name for shift in cycle.shifts],
            "Starts": [clock(shift.start_min) for shift in cycle.shifts],
            "Ends": [
                clock(shift.end_min) + (" next day" if shift.end_min >= 24 * 60 else "")
                for shift in cycle.shifts
            ],
            "Hours": [f"{shift.hours:g}" for shift in cycle.shifts],
        }
    )


def _rules(result: Mapping[str, Any]) -> str:
    broken = result["rota"]["breaches"]
    if broken:
        return "Rules broken: " + "; ".join(one["message"] for one in broken) + "."
    rules = result["asked"]["rules"]
    return (
        f"Keeps {rules['rest_h']:g} hours between shifts, at most {several(rules['most_days'], 'day')} and "
        f"{several(rules['most_nights'], 'night')} in a row, {several(rules['free_after_nights'], 'day')} free after "
        f"nights, {several(rules['weekends_off'], 'weekend')} off in the cycle, {rules['week_h']:g} hours a week."
    )


def _line(cycle: Cycle) -> pl.DataFrame:
    names = [OFF if one < 0 else cycle.shifts[one].name for one in cycle.line]
    weeks: dict[str, list[str]] = {"Week": [str(week + 1) for week in range(cycle.n_teams)]}
    return pl.DataFrame(weeks | {day.title(): names[number::7] for number, day in enumerate(DAYS)})


def _days(cycle: Cycle, duties: Sequence[Duty], monday: date, n_weeks: int) -> pl.DataFrame:
    on = {(duty.who, duty.day): duty.shift.name for duty in duties}
    days = range(7 * n_weeks)
    teams = [f"team {team + 1}" for team in range(cycle.n_teams)]
    named: dict[str, list[str]] = {
        "Date": [f"{monday + timedelta(days=day):%a %d %b %Y}" for day in days],
    }
    return pl.DataFrame(named | {team.title(): [on.get((team, day), OFF) for day in days] for team in teams})


def _cover(result: Mapping[str, Any], cycle: Cycle) -> pl.DataFrame:
    need, cover = result["need"], cycle.cover.tolist()
    slots = range(len(need))
    return pl.DataFrame(
        {
            "Half-hour": [f"{DAYS[slot // 48].title()} {clock(slot % 48 * 30)}" for slot in slots],
            "Needed": [round(float(need[slot]), 1) for slot in slots],
            "There": [round(float(cover[slot]), 1) for slot in slots],
            "Short": [round(max(float(need[slot]) - float(cover[slot]), 0.0), 1) for slot in slots],
        }
    )
