"""A proposed rota as a shift pattern of the force folder and a scenario in which responders work it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from constabulary.core.errors import BadInput, ConstabularyError, Problem
from constabulary.response.rota.shifts import DAYS, clock
from constabulary.services.response_setup import make_ready, scenario_of
from constabulary.services.rota import cycle_of
from constabulary.services.rota_need import OFFICERS
from constabulary.services.scenario_files import keep_scenario as keep_file
from constabulary.store.workspace import Workspace

PATTERN_HEADING = (
    "pattern_id,shift_id,name,days,starts_at,length_min,on_duty_share,double_crewed_share,"
    "source_id,where,status,note\n"
)


def scenario_toml(result: Mapping[str, Any], workspace: Workspace) -> tuple[str, str]:
    """Return a rota as rows of shift patterns and a scenario in which responders work it.

    Parameters
    ----------
    result
        What `propose` gave.
    workspace
        Whose force folder the two are for.

    Returns
    -------
    tuple
        Rows for `response/shift_patterns.csv`, without a heading, and the scenario.
    """
    cycle = cycle_of(result)
    stamp = result["stamp"]["id"][:8]
    pattern = f"rota_{stamp}"
    ready = make_ready(workspace, scenario_of(workspace, None), 1)
    paired = float(ready.setup.values["double_crewed_share"])
    rows = []
    for one, shift in enumerate(cycle.shifts):
        for n_on in sorted({int(n) for n in cycle.on_duty[:, one] if n}):
            days = " ".join(DAYS[day] for day in range(7) if cycle.on_duty[day, one] == n_on)
            rows.append(
                f"{pattern},{one}_{n_on},{shift.name},{days},{clock(shift.start_min)},{shift.length_min},"
                f"{n_on / cycle.n_teams:.6g},{paired:g},,,assumed,Proposed rota {stamp}"
            )
    areas = ready.scenario.areas
    lines = [
        "# Proposed by `constabulary response rota`; its shifts stand in response/shift_patterns.csv.",
        "schema = 1",
        f'name = "Rota of {cycle.n_teams} teams ({stamp})"',
        'about = "Responders on the proposed team cycle; posts are as they were."',
        *(["", "[structure]", f'areas = "{areas}"'] if isinstance(areas, str) else []),
        "",
        "[shift_patterns]",
        f'response = "{pattern}"',
        "",
        "[[assumptions]]",
        f'text = "Shifts as proposed rota {result["stamp"]["id"]} has them."',
        'status = "assumed"',
    ]
    return "\n".join(rows) + "\n", "\n".join(lines) + "\n"


def keep_scenario(workspace: Workspace, result: Mapping[str, Any]) -> str:
    """Add a rota's shifts to the force folder with a scenario that has them worked; return the scenario's file name.

    Parameters
    ----------
    workspace
        Whose force folder.
    result
        What `propose` gave.

    Raises
    ------
    BadInput
        If the rota is not of response officers, or the force folder does not allow it; nothing is left behind then.
    """
    if result["asked"]["for"] != OFFICERS:
        raise BadInput(
            Problem(
                "not_responders",
                "a rota of call takers is no scenario: scenarios roster who is sent.",
                remedy="Take it away as files.",
            )
        )
    rows, scenario = scenario_toml(result, workspace)
    path = workspace.force_path / "response" / "shift_patterns.csv"
    before = path.read_bytes() if path.is_file() else None
    text = PATTERN_HEADING if before is None else before.decode("utf-8")
    if rows.split(",", 1)[0] + "," not in text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.rstrip("\n") + "\n" + rows, encoding="utf-8", newline="")
    try:
        return keep_file(workspace, f"rota_{result['stamp']['id'][:8]}", scenario)
    except ConstabularyError:
        path.unlink() if before is None else path.write_bytes(before)
        raise
