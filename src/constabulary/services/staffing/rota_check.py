"""Checks a rota from anywhere: every rule it breaks, what its people work, and the need it leaves uncovered."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.core.provenance import Stamp
from constabulary.response.clock import SLOTS
from constabulary.response.rota.cover import cover_by
from constabulary.response.rota.rules import Breach, Duty, Rules, check_real_rest, check_rota
from constabulary.response.rota.shifts import DAYS, OnShift
from constabulary.services.staffing.rota_answers import BreachAnswer, WorkedAnswer
from constabulary.services.staffing.rota_files import read_rota
from constabulary.services.workspace.files import read_text

SLOT_MIN = 30


def check(
    path: Path,
    rules: Rules,
    on_shift: OnShift,
    time_zone: str,
    need: np.ndarray | None = None,
    team_size: int = 1,
    cycle_weeks: int | None = None,
) -> dict[str, Any]:
    """Return every rule that the rota in a file breaks, as plain JSON values.

    Parameters
    ----------
    path
        As `services.staffing.rota_files.read_rota` describes it.
    rules, on_shift
        What it is held to; briefing and breaks.
    time_zone
        Zone of times that name none.
    need
        A need to hold it against, shape (336,); None: only people's rules are looked at.
    team_size
        People in each team or on each line.
    cycle_weeks
        Weeks of the cycle that a roster of dates is a part of, or goes through more than once; None: its own weeks.

    Raises
    ------
    BadInput
        Where the file cannot be used, or a line of weeks is said to have a cycle of others.
    """
    content = read_text(path)
    read = read_rota(content, path.name, time_zone)
    n_weeks = read.n_days // 7
    if read.is_cycle and cycle_weeks not in (None, n_weeks):
        raise BadInput(
            Problem(
                "not_its_cycle",
                f"the line has {n_weeks} weeks, and they are its cycle.",
                file=path.name,
                column="cycle_weeks",
                value=str(cycle_weeks),
                expected=f"{n_weeks}, or none",
            )
        )
    breaches = check_rota(read.duties, read.n_days, rules, read.is_cycle, cycle_weeks)
    if read.first_on is not None:
        # With dates real hours count, of which one night of the year has one more and one has one fewer.
        breaches = tuple(one for one in breaches if one.rule != "rest_h")
        breaches += check_real_rest(read.spells, read.first_on, rules)
    whos = sorted({duty.who for duty in read.duties})
    result: dict[str, Any] = {
        "schema": 1,
        "ok": not breaches,
        "breaches": [breach_json(one, read.first_on) for one in breaches],
        "people": [worked(who, [one for one in read.duties if one.who == who], n_weeks) for who in whos],
        "weeks": n_weeks,
        "cycle_weeks": cycle_weeks or n_weeks,
        "rules": vars(rules),
    }
    if need is not None:
        cover = _cover_of(read.duties, read.n_days, team_size, on_shift, is_line=read.is_cycle)
        short = np.maximum(need - cover, 0.0)
        result["short_h"] = float(short.sum()) * SLOT_MIN / 60.0
        result["covered_share"] = float((short <= 1e-9).mean())
        result["ok"] = result["ok"] and result["short_h"] < 1e-6
    asked = {"rules": vars(rules), "team_size": team_size, "cycle_weeks": cycle_weeks}
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {**result, "stamp": Stamp({path.name: digest}, asked).as_json()}


def worked(who: str, duties: Sequence[Duty], n_weeks: int) -> WorkedAnswer:
    """Return what one team or person works: hours, nights and weekends, to compare with the others."""
    busy = {
        day // 7 for duty in duties for day in range(duty.day, (duty.end_min - 1) // 1440 + 1) if day % 7 >= 5
    }
    return {
        "who": who,
        "week_h": sum(duty.shift.hours for duty in duties) / n_weeks,
        "shifts": len(duties),
        "nights": sum(duty.shift.is_night for duty in duties),
        "weekends_off": n_weeks - len({week % n_weeks for week in busy}),
    }


def breach_json(breach: Breach, first_on: date | None) -> BreachAnswer:
    """Return a rule broken as plain JSON values: on which date, or in which week and on which day."""
    told: dict[str, Any] = {"rule": breach.rule, "who": breach.who, "message": breach.message}
    if first_on is not None:
        told["on"] = (first_on + timedelta(days=breach.day)).isoformat()
    else:
        told |= {"week": breach.day // 7 + 1, "day": DAYS[breach.day % 7]}
    return cast(BreachAnswer, told)


def _cover_of(
    duties: Sequence[Duty], n_days: int, team_size: int, on_shift: OnShift, *, is_line: bool
) -> np.ndarray:
    """Return the people there in each half-hour of a week: a line's weeks together, a roster's on average."""
    kinds = tuple(dict.fromkeys(duty.shift for duty in duties))
    counts = np.zeros((7, len(kinds)))
    for duty in duties:
        counts[duty.day % 7, kinds.index(duty.shift)] += team_size
    if not is_line:
        counts /= n_days / 7
    return cover_by(counts, kinds, SLOTS, SLOT_MIN, on_shift)
