"""No service keeps a file of the lake or of kept results open: where an open file cannot be replaced, as on Windows,
an import, a compaction or a restore beside a running site depends on it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from constabulary.cli.main import main
from constabulary.services.demand import picture as demand
from constabulary.services.demand.working import export_query, query, working
from constabulary.services.records.holdings import holdings
from constabulary.services.records.imports import import_police_uk, refused_rows
from constabulary.services.upkeep import backup, lifecycle
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(),
    reason=f"{sys.platform} does not tell which files a process holds open",
)
HERE = runs.at_this_computer("the keeper")


def held_open(folder: Path) -> set[str]:
    """Return the files below a folder that this process holds open or mapped, the registers' own aside."""
    opened = set()
    for number in Path("/proc/self/fd").iterdir():
        try:
            opened.add(str(number.readlink()))
        except FileNotFoundError:
            continue  # the listing's own
    mapped = {line.split(maxsplit=5)[-1] for line in Path("/proc/self/maps").read_text().splitlines()}
    return {
        name
        for name in opened | mapped
        if name.startswith(str(folder)) and not Path(name).name.startswith("registers.sqlite3")
    }


def test_what_holds_a_file_open_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with (tmp_path / "a").open() as _:
        assert held_open(tmp_path) == {str(tmp_path / "a")}
    assert held_open(tmp_path) == set()


def test_no_service_keeps_a_file_of_the_workspace_open(
    police: object, workspace: Workspace, tmp_path: Path
) -> None:
    month: Callable[..., Path] = police.street  # type: ignore[attr-defined]
    import_police_uk(workspace, [month(40)], by="a test")
    asked: dict[str, Callable[[], object]] = {
        "import": lambda: import_police_uk(workspace, [month(30, month="2024-11")], by="a test"),
        "profile": lambda: demand.profile(workspace, demand.Filters.parse({})),
        "areas": lambda: demand.by_area(workspace, demand.Filters.parse({}), "crimes"),
        "working": lambda: working(workspace, "crime_types", demand.Filters.parse({})),
        "query": lambda: query(workspace, "SELECT count(*) AS n FROM crimes"),
        "export": lambda: export_query(workspace, "SELECT * FROM crimes", tmp_path / "rows.parquet"),
        "refused": lambda: refused_rows(workspace, "000001"),
        "holdings": lambda: holdings(workspace),
        "compact": lambda: lifecycle.compact(workspace, HERE, keep_h=0),
        "backup": lambda: backup.back_up(workspace, tmp_path / "whole.zip", HERE),
        "restore": lambda: backup.restore(tmp_path / "whole.zip", tmp_path / "again"),
        "doctor": lambda: main(
            ["--workspace", str(workspace.path), "doctor", "--json"], standalone_mode=False
        ),
    }
    found = {}
    for name, ask in asked.items():
        ask()
        found[name] = held_open(tmp_path)
    assert found == {name: set() for name in asked}
