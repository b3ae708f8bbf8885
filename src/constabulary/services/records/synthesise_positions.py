"""Making up positions and shifts of a force's units and keeping them as an import that is called synthetic for ever."""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.parameters import load_parameters
from constabulary.services.records.deriving import Deriving
from constabulary.services.records.keeping_made_up import coverage_of, derived, file_of, keep_made_up
from constabulary.services.workspace.geography import places
from constabulary.services.workspace.workspaces import open_force
from constabulary.store.workspace import Workspace
from constabulary.synthetic import default_first_on
from constabulary.synthetic.duty import posts_by_district, rosters
from constabulary.synthetic.positions import make_positions
from constabulary.tables.pings import PINGS
from constabulary.tables.shifts import SHIFTS

MOST_DAYS = 366


@dataclass(frozen=True)
class PositionsReport:
    """What was made up.

    Parameters
    ----------
    import_id, is_new
        The import that holds it, and whether this run made it.
    seed, first_on, n_days
        What was asked for.
    n_pings, n_shifts, n_units
        Positions, stretches of duty, and different units.
    posts_fte, mean_officers_on_duty
        Posts of the establishment that it follows, and officers on duty at a time on average.
    expected_officers_on_duty
        The same as shifts and absence have it, before whole people are drawn.
    """

    import_id: str
    is_new: bool
    seed: int
    first_on: date
    n_days: int
    n_pings: int
    n_shifts: int
    n_units: int
    posts_fte: float
    mean_officers_on_duty: float
    expected_officers_on_duty: float

    def as_json(self) -> dict[str, Any]:
        """Return the report as `constabulary cover synthesise --json` prints it."""
        return {
            "schema": 1,
            "synthetic": True,
            "import": self.import_id,
            "is_new": self.is_new,
            "seed": self.seed,
            "from": self.first_on.isoformat(),
            "days": self.n_days,
            "pings": self.n_pings,
            "shifts": self.n_shifts,
            "units": self.n_units,
            "posts_fte": self.posts_fte,
            "mean_officers_on_duty": round(self.mean_officers_on_duty, 2),
            "expected_officers_on_duty": round(self.expected_officers_on_duty, 2),
        }


def synthesise_positions(
    workspace: Workspace,
    *,
    seed: int = 1,
    first_on: date | None = None,
    n_days: int | None = None,
    by: str = "constabulary",
    progress: Progress = silent,
) -> PositionsReport:
    """Make up positions and shifts for a workspace's force and keep them.

    Parameters
    ----------
    workspace
        Where to.
    seed
        Nought or more; the same one with the same force folder and days adds nothing a second time.
    first_on
        First day on which shifts start; that of the last month of the latest year with published figures when None.
    n_days
        How many days, 1 to 366; those of the calendar month of the first when None.
    by
        Who does it.
    progress
        Told how far the work is.

    Raises
    ------
    BadInput
        If the days make no sense, the force folder has no outlines or establishment, or real positions of the same
        days are held.
    WorkspaceBusy
        If another process is importing.
    """
    force = open_force(workspace)
    first_on = first_on or _last_month(default_first_on(force))
    n_days = monthrange(first_on.year, first_on.month)[1] - first_on.day + 1 if n_days is None else n_days
    if not 1 <= n_days <= MOST_DAYS or seed < 0:
        raise BadInput(
            Problem(
                "bad_days", f"{n_days} days cannot be made", expected=f"1 to {MOST_DAYS}, and a seed from 0"
            )
        )
    parameters = load_parameters("synthetic_positions")
    progress(0, 3, "Making up positions")
    made = make_positions(force, first_on, n_days, seed, parameters)
    progress(1, 3, "Checking")
    derive = Deriving(force, places(workspace))
    tables = ((PINGS, made.pings), (SHIFTS, made.shifts))
    frames = {
        contract.name: derived(derive, contract, frame, number)
        for number, (contract, frame) in enumerate(tables)
    }
    files = tuple(file_of(contract, frame, seed) for contract, frame in tables)
    coverage = tuple(
        part
        for contract, _ in tables
        for part in coverage_of(contract, force, *_days(frames[contract.name]), frames[contract.name])
    )
    progress(2, 3, "Keeping")
    values = {name: parameter.value for name, parameter in parameters.items()}
    account = {
        "seed": seed,
        "first_on": first_on.isoformat(),
        "n_days": n_days,
        "force_sha256": force.files_sha256,
        "parameters_sha256": hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest(),
    }
    record, is_new, _ = keep_made_up(
        workspace, files, coverage, frames, json.dumps({"synthetic": account}), by
    )
    progress(3, 3, "Kept")
    return PositionsReport(
        record.import_id,
        is_new,
        seed,
        first_on,
        n_days,
        made.pings.height,
        made.shifts.height,
        made.shifts["unit_id"].n_unique(),
        sum(posts_by_district(force).values()),
        made.officer_hours / (24 * n_days),
        _expected_on_duty(force),
    )


def _last_month(first_on: date) -> date:
    """Return the first day of the last month of the year that begins on a day."""
    month = (first_on.month - 2) % 12 + 1
    return date(first_on.year + (month < first_on.month), month, 1)


def _days(frame: pl.DataFrame) -> tuple[date, date]:
    return frame["local_on"].min(), frame["local_on"].max()  # type: ignore[return-value]


def _expected_on_duty(force: Force) -> float:
    return sum(
        one.people * one.length_min / 1440 * len(one.weekdays) / 7
        for one in rosters(force, load_parameters("synthetic_positions"))
    )
