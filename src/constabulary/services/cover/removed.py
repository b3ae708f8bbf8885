"""The positions that cleaning removed, each with its reason and the line it came from."""

from __future__ import annotations

from datetime import date

import polars as pl

from constabulary.core.errors import BadInput, Problem
from constabulary.core.progress import Progress, silent
from constabulary.cover.clean import REASONS, CleaningRules, clean
from constabulary.parameters.load import load_parameters
from constabulary.services.cover.pings import Names, fixes_of, instants_of, positions
from constabulary.services.workspace.workspaces import open_force
from constabulary.store.workspace import Workspace

TRACE = ("file_no", "source_row")


def removed(
    workspace: Workspace,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    rule: str | None = None,
    progress: Progress = silent,
) -> pl.DataFrame:
    """Return the fixes that cleaning removes, each with its reason and the line of the file it came from.

    Parameters
    ----------
    workspace, from_on, to_on, progress
        As for `presence`.
    rule
        Only those of this rule, of `cover.clean.REASONS`.

    Returns
    -------
    polars.DataFrame
        Columns unit_id, at, longitude, latitude, reason, import_id, file_no and source_row, by unit and instant.

    Raises
    ------
    BadInput
        If there is no such rule.
    NothingThere
        If there are no positions.
    """
    if rule is not None and rule not in REASONS:
        raise BadInput(
            Problem(
                "no_such_rule", f'"{rule}" is no rule of cleaning.', value=rule, expected=" or ".join(REASONS)
            )
        )
    held = positions(workspace, open_force(workspace).time_zone, from_on, to_on)
    rules = CleaningRules.of(load_parameters("cover"))
    imports = [record.import_id for record in held.days]
    words = {number: name for name, number in REASONS.items()}
    names = Names()
    found = []
    n_done = 0
    for rows in held.windows(TRACE):
        reason, t = clean(fixes_of(rows, names), rules).reason, instants_of(rows).to_numpy()
        wanted = (reason > 0 if rule is None else reason == REASONS[rule]) & (
            (t >= held.span[0]) & (t < held.span[1])
        )
        n_done += rows.height
        progress(n_done, held.n_rows, "Cleaning")
        some = rows.with_columns(
            unit_id=pl.col("unit_id").cast(pl.String),
            reason=pl.Series(reason).replace_strict(words, default="", return_dtype=pl.String),
            import_id=(pl.col("source") // 2**20).replace_strict(
                dict(enumerate(imports)), return_dtype=pl.String
            ),
        ).filter(pl.Series(wanted))
        found.append(some.select("unit_id", "at", "longitude", "latitude", "reason", "import_id", *TRACE))
    return pl.concat(found).sort("unit_id", "at", "import_id", *TRACE)
