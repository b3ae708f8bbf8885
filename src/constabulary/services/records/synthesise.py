"""Making up a force's contacts and incidents and keeping them as an import that is called synthetic for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.parameters import Parameter, load_parameters
from constabulary.services.records.deriving import Deriving
from constabulary.services.records.keeping_made_up import KIND, coverage_of, derived, file_of, keep_made_up
from constabulary.services.workspace.geography import places
from constabulary.services.workspace.workspaces import open_force
from constabulary.store.workspace import Workspace
from constabulary.synthetic import Calibration, Synthetic, Year, default_first_on, parse_year
from constabulary.synthetic import synthesise as make_up
from constabulary.tables.calls import CALLS
from constabulary.tables.contract import Contract
from constabulary.tables.incidents import INCIDENTS

__all__ = ["KIND", "SynthesisReport", "parse_year", "synthesise"]

MOST_YEARS = 50
MAKING, CHECKING, KEEPING = 0.6, 0.8, 1.0
"""How far the work is after each step, as a share of the whole."""


@dataclass(frozen=True)
class SynthesisReport:
    """What was made up, and what it was held to.

    Parameters
    ----------
    import_id
        The import that holds the records.
    is_new
        Whether this run made it; the same records made again add nothing.
    seed, years
        What was asked for.
    n_calls, n_incidents
        Records made.
    n_superseded
        Earlier synthetic records that these replace.
    calibration, notices
        See `constabulary.synthetic.Synthetic`.
    """

    import_id: str
    is_new: bool
    seed: int
    years: tuple[Year, ...]
    n_calls: int
    n_incidents: int
    n_superseded: int
    calibration: tuple[Calibration, ...]
    notices: tuple[Problem, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report as `constabulary synthesise --json` prints it."""
        return {
            "schema": 1,
            "synthetic": True,
            "import": self.import_id,
            "is_new": self.is_new,
            "seed": self.seed,
            "from_on": self.years[0].first_on.isoformat(),
            "to_on": self.years[-1].last_on.isoformat(),
            "calls": self.n_calls,
            "incidents": self.n_incidents,
            "superseded": self.n_superseded,
            "calibration": [line.as_json() for line in self.calibration],
            "notices": [str(notice) for notice in self.notices],
        }


def synthesise(
    workspace: Workspace,
    *,
    seed: int = 1,
    first_on: date | None = None,
    n_years: int = 1,
    growth_rate: float | None = None,
    by: str = "constabulary",
    progress: Progress = silent,
) -> SynthesisReport:
    """Make up contacts and incidents for a workspace's force and keep them.

    The same seed, force folder and period add nothing a second time; another seed replaces the earlier records of
    its days.

    Parameters
    ----------
    workspace
        Where to.
    seed
        Nought or more.
    first_on
        First day of the first year; that of the latest year with published figures when None.
    n_years
        How many years, 1 to 50.
    growth_rate
        Growth of yearly figures for each year away from the one they were published for; none when None.
    by
        Who does it.
    progress
        Told how far the work is.

    Returns
    -------
    SynthesisReport
        What was made and what it was held to; the import keeps both.

    Raises
    ------
    BadInput
        If the period or seed makes no sense, the published figures contradict each other, or real records of the
        same days are there.
    WorkspaceBusy
        If another process is importing.
    """
    force = open_force(workspace)
    start = _checked(first_on or default_first_on(force), n_years, seed, growth_rate)
    parameters = load_parameters("synthetic")
    made = make_up(
        force,
        start,
        n_years,
        seed,
        parameters,
        growth_rate,
        lambda done, total, doing: progress(MAKING * done, total, doing),
    )
    derive = Deriving(force, places(workspace))
    frames = {
        contract.name: derived(derive, contract, frame, number)
        for number, (contract, frame) in enumerate(_tables(made))
    }
    progress(CHECKING, 1, "Keeping")
    files = tuple(file_of(contract, frame, seed) for contract, frame in _tables(made))
    days = made.years[0].first_on, made.years[-1].last_on
    coverage = tuple(
        part
        for contract, frame in _tables(made)
        if not frame.is_empty()
        for part in coverage_of(contract, force, *days, frames[contract.name])
    )
    account = _account(made, force, seed, growth_rate, parameters)
    known, is_new, n_superseded = keep_made_up(workspace, files, coverage, frames, account, by)
    progress(KEEPING, 1, "Kept")
    return SynthesisReport(
        known.import_id,
        is_new,
        seed,
        made.years,
        made.calls.height,
        made.incidents.height,
        n_superseded,
        made.calibration,
        made.notices,
    )


def _checked(first_on: date, n_years: int, seed: int, growth_rate: float | None) -> date:
    problems = []
    if not 1 <= n_years <= MOST_YEARS:
        problems.append(
            Problem("bad_years", f"{n_years} years cannot be made", expected=f"1 to {MOST_YEARS}")
        )
    if seed < 0:
        problems.append(Problem("bad_seed", f"{seed} is no seed", expected="a whole number from 0"))
    if not 1970 <= first_on.year <= 2150:
        problems.append(
            Problem("bad_first_day", f"{first_on} is out of range", expected="a day from 1970 to 2150")
        )
    if growth_rate is not None and not -1 < growth_rate <= 1:
        problems.append(
            Problem("bad_growth", f"{growth_rate:g} is no growth", expected="more than -1 and at most 1")
        )
    if problems:
        raise BadInput(problems)
    return first_on


def _tables(made: Synthetic) -> tuple[tuple[Contract, pl.DataFrame], ...]:
    return (CALLS, made.calls), (INCIDENTS, made.incidents)


def _account(
    made: Synthetic, force: Force, seed: int, growth_rate: float | None, parameters: Mapping[str, Parameter]
) -> str:
    """Return everything the records follow from and what they were held to, as JSON text."""
    values = {name: parameter.value for name, parameter in parameters.items()}
    return json.dumps(
        {
            "synthetic": {
                "seed": seed,
                "first_on": made.years[0].first_on.isoformat(),
                "n_years": len(made.years),
                "growth_rate": growth_rate,
                "force_sha256": force.files_sha256,
                "parameters_sha256": hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest(),
                "calibration": [line.as_json() for line in made.calibration],
                "notices": [str(notice) for notice in made.notices],
            }
        }
    )
