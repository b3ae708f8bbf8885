"""Drafts the plan of a force folder from a table it holds as printed, and writes it as the folder's tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constabulary.core.amounts import several
from constabulary.core.errors import BadInput, Problem
from constabulary.core.provenance import Stamp
from constabulary.finance.plan.draft import Draft, draft
from constabulary.finance.printed import printed_in
from constabulary.parameters import load_parameters
from constabulary.services.finance.resources import force_for, stamp_of
from constabulary.services.workspace.workspaces import Workspace

__all__ = ["DraftReport", "draft_plan"]


@dataclass(frozen=True)
class DraftReport:
    """A drafted plan and where it was written.

    Parameters
    ----------
    name
        The force's name.
    result
        The rows.
    files
        The files written.
    stamp
        What it was made from.
    """

    name: str
    result: Draft
    files: tuple[str, ...]
    stamp: Stamp

    def sentence(self) -> str:
        """Return the answer in a sentence with the figures in it."""
        n = len({row["driver_id"] for row in self.result.drivers})
        return (
            f"{several(len(self.result.lines), 'line')}, {several(n, 'driver')} worked back, "
            f"{several(self.result.n_unexplained, 'step')} whose cause is not published; written to "
            f"{', '.join(self.files)}."
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report as commands and the API answer it."""
        return {
            "schema": 1,
            "name": self.name,
            "lines": list(self.result.lines),
            "drivers": list(self.result.drivers),
            "left_out": list(self.result.left_out),
            "n_unexplained_steps": self.result.n_unexplained,
            "files": list(self.files),
            "stamp": self.stamp.as_json(),
        }


def draft_plan(
    table: str, base: str, last: str, to: Path, workspace: Workspace | None = None, force: str | None = None
) -> DraftReport:
    """Draft a plan from a printed table and write it as plan.csv, lines.csv and drivers.csv.

    Parameters
    ----------
    table
        A printed table of the force folder, by its id.
    base, last
        The budget year and the last forecast year, columns of the table.
    to
        The folder to write to, such as FOLDER/finance/plan; it may hold none of these files yet.
    workspace, force
        See `constabulary.services.finance.resources.force_for`.

    Raises
    ------
    BadInput
        If the table or a year is not there, its structure names no gap, or a file is there already.
    """
    folder = force_for(workspace, force)
    there = [name for name in ("plan.csv", "lines.csv", "drivers.csv") if (to / name).exists()]
    if there:
        raise BadInput(
            Problem(
                "plan_there",
                "there is a plan already.",
                str(to / there[0]),
                remedy="Name another folder with --to.",
            )
        )
    ratios = load_parameters("council_tax")["band_ratios"].value
    found = draft(printed_in(folder), folder.finance_rules, table, base, last, ratios)
    to.mkdir(parents=True, exist_ok=True)
    files = []
    for name, rows in (("plan.csv", found.plan), ("lines.csv", found.lines), ("drivers.csv", found.drivers)):
        (to / name).write_text(_text(rows), encoding="utf-8", newline="")
        files.append((to / name).as_posix())
    return DraftReport(folder.name, found, tuple(files), stamp_of(folder, table=table, base=base, last=last))


def _text(rows: Sequence[dict[str, str]]) -> str:
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
