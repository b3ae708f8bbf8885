"""Making up a force's contacts and incidents and keeping them as an import that is called synthetic for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Force
from constabulary.core.progress import Progress, silent
from constabulary.parameters import Parameter, load_parameters
from constabulary.services.deriving import Deriving
from constabulary.services.geography import places
from constabulary.services.workspaces import open_force
from constabulary.store.lake import Lake
from constabulary.store.records import Coverage, FileRecord, ImportRecord, edition_order
from constabulary.store.workspace import Workspace
from constabulary.synthetic import Calibration, Synthetic, Year, default_first_on, parse_year
from constabulary.synthetic import synthesise as make_up
from constabulary.tables.calls import CALLS
from constabulary.tables.check import check
from constabulary.tables.contract import Contract
from constabulary.tables.incidents import INCIDENTS

__all__ = ["KIND", "SynthesisReport", "parse_year", "synthesise"]

KIND = "synthetic"
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
    frames = {contract.name: _derived(derive, contract, frame) for contract, frame in _tables(made)}
    progress(CHECKING, 1, "Keeping")
    files = tuple(_file(contract, frame, seed) for contract, frame in _tables(made))
    coverage = tuple(
        part for contract, _ in _tables(made) for part in _coverage(contract, force, made, frames)
    )
    lake = Lake(workspace.lake_path)
    with workspace.writing():
        lake.sweep()
        live = [record for record in lake.imports() if record.is_live]
        _refuse_beside_real(live, coverage)
        showing = _showing(live, coverage)
        known = next((record for record in live if {record.import_id} == set(showing.values())), None)
        is_new = known is None or _hashes(known.files) != _hashes(files)
        n_superseded = _n_rows(live, showing) if is_new else 0
        if known is None or is_new:
            known = ImportRecord(
                import_id=lake.next_import_id(),
                kind=KIND,
                at=datetime.now(UTC),
                by=by,
                is_synthetic=True,
                files=files,
                coverage=coverage,
                n_superseded=n_superseded,
                mapping=_account(made, force, seed, growth_rate, parameters),
            )
            _keep(lake, known, frames)
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


def _derived(derive: Deriving, contract: Contract, frame: pl.DataFrame) -> pl.DataFrame:
    """Hold made-up rows to the contract as any others, and add what an import works out."""
    checked = check(frame, pl.DataFrame(), contract)
    if checked.failures:
        raise BadInput(
            Problem(
                failure.rule,
                "a made-up row breaks the contract",
                file=f"synthetic {contract.name}",
                column=failure.column,
                expected=failure.expected,
                remedy="Check the assumed values in parameters/values/synthetic.",
                count=int(failure.is_broken.sum()),
            )
            for failure in checked.failures
        )
    number = [CALLS, INCIDENTS].index(contract)
    traced = frame.with_columns(
        pl.lit(number, dtype=pl.Int64).alias("file_no"),
        pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("source_row"),
    )
    return derive(traced, contract).select(contract.schema.names())


def _file(contract: Contract, frame: pl.DataFrame, seed: int) -> FileRecord:
    """Return the record of a table as if it were a file, with the hash of its rows written as CSV."""
    sha256 = hashlib.sha256(frame.write_csv().encode()).hexdigest()
    name = f"synthetic {contract.name}, seed {seed}"
    return FileRecord(name, sha256, frame.height, frame.height, 0, 0, tuple(frame.columns))


def _coverage(
    contract: Contract, force: Force, made: Synthetic, frames: Mapping[str, pl.DataFrame]
) -> Iterable[Coverage]:
    """Yield every day of the years; nothing for a table that no figure is published for."""
    frame = frames[contract.name]
    if frame.is_empty():
        return
    counts = dict(frame.group_by(contract.period).len().iter_rows())
    day = made.years[0].first_on
    while day <= made.years[-1].last_on:
        yield Coverage(contract.name, force.id, day, day, counts.get(day, 0))
        day += timedelta(days=1)


Stretch = tuple[str, str, date]


def _stretches(coverage: Iterable[Coverage]) -> set[Stretch]:
    return {(part.table, part.scope, part.from_on) for part in coverage}


def _refuse_beside_real(live: Iterable[ImportRecord], coverage: Iterable[Coverage]) -> None:
    mine = _stretches(coverage)
    for record in live:
        shared = mine & _stretches(record.coverage)
        if shared and not record.is_synthetic:
            days = sorted(day for _, _, day in shared)
            raise BadInput(
                Problem(
                    "real_records_there",
                    f"import {record.import_id} holds real records of {len(set(days)):,} of these days, the "
                    f"first {days[0]}; synthetic ones would hide them",
                    expected="days without real calls and incidents",
                    remedy="Choose another period with --year or --from, or another workspace.",
                )
            )


def _showing(live: Iterable[ImportRecord], coverage: Iterable[Coverage]) -> dict[Stretch, str]:
    """Return the import that shows for each day of a table; days that nothing covers are left out."""
    mine = _stretches(coverage)
    live = list(live)
    rank = edition_order(live)
    showing = {}
    for record in sorted(live, key=lambda each: rank[each.import_id]):
        showing.update(dict.fromkeys(mine & _stretches(record.coverage), record.import_id))
    return showing


def _n_rows(live: Iterable[ImportRecord], showing: Mapping[Stretch, str]) -> int:
    return sum(
        part.n_rows
        for record in live
        for part in record.coverage
        if showing.get((part.table, part.scope, part.from_on)) == record.import_id
    )


def _hashes(files: Iterable[FileRecord]) -> list[str]:
    return [file.sha256 for file in files]


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


def _keep(lake: Lake, record: ImportRecord, frames: Mapping[str, pl.DataFrame]) -> None:
    writer = lake.writer(record.import_id)
    try:
        for name, frame in frames.items():
            writer.write(name, frame)
        lake.announce([record], [writer])
    except BaseException:
        writer.discard()
        raise
