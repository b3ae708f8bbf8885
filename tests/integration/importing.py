"""What the tests of imports ask of a workspace and of a report."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from constabulary.services.records import imports
from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import Lake
from constabulary.store.lens import Lens
from constabulary.tables.catalogue import CONTRACTS


def take(workspace: Workspace, *paths: Path, **how: Any) -> dict[str, Any]:
    return imports.import_police_uk(workspace, paths, by="tester", **how).as_json()


def sql(workspace: Workspace, query: str) -> list[tuple[Any, ...]]:
    lens = Lens(Lake(workspace.lake_path), list(CONTRACTS.values()))
    try:
        return lens.sql(query).rows()
    finally:
        lens.close()


def rules(report: dict[str, Any]) -> dict[tuple[str, str | None], int]:
    return {(problem["rule"], problem["column"]): problem["count"] for problem in report["problems"]}


def assert_every_row_accounted_for(report: dict[str, Any]) -> None:
    for part in [report, *report["files"]]:
        assert part["rows_read"] == part["accepted"] + part["refused"] + part["duplicates"]
    for key in ("rows_read", "accepted", "refused", "duplicates"):
        assert report[key] == sum(file[key] for file in report["files"])


def police_header(police: Any) -> list[str]:
    with police.street(1, "1999-01").open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))
