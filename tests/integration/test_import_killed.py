"""Killing an import, a withdrawal or a compaction at any moment: all of it is there afterwards, or none."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from constabulary.services.records.imports import import_police_uk, list_imports, withdraw_import
from constabulary.services.workspace.workspaces import Workspace
from constabulary.store.lake import IMPORTS, PARTITION, Lake
from constabulary.store.records import Withdrawal

pytestmark = [
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL"),
    pytest.mark.slow,
    # The processes are forked by a server that is spoken to over a local socket.
    pytest.mark.enable_socket,
]
N_KILLS = 26
"""Imports killed at work, every other one while it announces itself."""


def _import(workspace: Path, files: Path, marker: Path) -> None:
    """Import in a process of its own; touch the marker when the announcement begins."""
    announce = Lake.announce

    def marked(self: Lake, *what: Any) -> None:
        marker.touch()
        announce(self, *what)

    Lake.announce = marked  # type: ignore[method-assign]
    import_police_uk(Workspace(workspace), [files], by="tester")


def _withdraw(workspace: Path, files: Path, marker: Path) -> None:
    marker.touch()
    Lake(workspace / "lake").withdraw("000001", Withdrawal(datetime.now(UTC), "tester", "test"))


def _compact(workspace: Path, files: Path, marker: Path) -> None:
    marker.touch()
    Lake(workspace / "lake").compact()


@dataclass
class Bench:
    """A workspace with one import in it, files to import on top, and processes to do it in."""

    template: Workspace
    files: Path
    folder: Path
    context: Any

    def fresh(self) -> Workspace:
        shutil.rmtree(self.folder / "tried", ignore_errors=True)
        shutil.copytree(self.template.path, self.folder / "tried")
        return Workspace(self.folder / "tried")

    def start(self, work: Callable[..., None], workspace: Workspace) -> Any:
        self.marker.unlink(missing_ok=True)
        process = self.context.Process(target=work, args=(workspace.path, self.files, self.marker))
        process.start()
        return process

    @property
    def marker(self) -> Path:
        return self.folder / "marker"

    def until_marked(self, process: Any) -> None:
        while not self.marker.exists() and process.is_alive():
            time.sleep(0.0005)


@pytest.fixture
def bench(invented_workspace: Workspace, police: Any, tmp_path: Path) -> Iterator[Bench]:
    police.street(50, "2024-09"), police.street(50, "2024-10"), police.stops(10, "2024-09")
    import_police_uk(invented_workspace, [police.folder], by="tester")
    shutil.rmtree(police.folder)
    for month in ("2024-10", "2024-11", "2024-12"):
        police.street(400, month, seed=8), police.outcomes(300, month), police.stops(60, month)
    bad = police.path("street", "2024-12")
    bad.write_text(bad.read_text().replace("2024-12,", "12-2024,", 5))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["constabulary.services.records.imports", "constabulary.numeric.grid"])
    yield Bench(invented_workspace, police.folder, tmp_path, context)


def kill(process: Any) -> bool:
    """Kill a process with SIGKILL and tell whether it was still at work."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.join()
    return bool(process.exitcode == -signal.SIGKILL)


def assert_no_orphans(workspace: Workspace) -> None:
    lake = Lake(workspace.lake_path)
    known = {record.import_id for record in lake.imports()}
    assert {path.name.partition("=")[2] for path in lake.path.glob(f"*/{PARTITION}=*")} <= known
    for table in (folder.name for folder in lake.path.iterdir() if folder.name != IMPORTS):
        on_disc = {str(path) for path in (lake.path / table).rglob("*.parquet")}
        assert set(lake.files_of(table, known)) == on_disc
    assert lake.sweep() == 0


def test_an_import_killed_at_any_moment_is_there_whole_or_not_at_all(
    bench: Bench, contents: Callable[[Workspace], Any]
) -> None:
    draw = random.Random(20241027)
    before = contents(bench.template)
    for _ in range(2):  # the first process of the server also loads what the later ones find loaded
        tried = bench.fresh()
        began = time.monotonic()
        process = bench.start(_import, tried)
        bench.until_marked(process)
        marked_s = time.monotonic() - began
        process.join()
        assert process.exitcode == 0
    whole_s = time.monotonic() - began
    after = contents(tried)
    refused = [pl.read_parquet(path) for path in Lake(tried.lake_path).files_of("refused", ["000002"])]
    assert pl.concat(refused).height == 5
    assert before != after
    spans_s = {False: whole_s, True: whole_s - marked_s}
    n_killed, states = 0, Counter[str]()
    for number in range(3 * N_KILLS):
        tried = bench.fresh()
        process = bench.start(_import, tried)
        is_announcing = number % 2 == 1
        if is_announcing:
            bench.until_marked(process)
        time.sleep((number % 10 + draw.random()) / 10 * spans_s[is_announcing])
        if kill(process):
            n_killed += 1
        else:
            spans_s[is_announcing] *= 0.8  # the machine has become faster than it was
        state = contents(tried)
        assert state in (before, after)
        is_there = state == after
        states["whole" if is_there else "nothing"] += 1
        assert len(list_imports(tried)) == (2 if is_there else 1)
        report = import_police_uk(tried, [bench.files], by="tester")
        assert len(report.import_ids) == (0 if is_there else 1)
        assert contents(tried) == after
        assert_no_orphans(tried)
        if n_killed == N_KILLS:
            break
    print(f"{n_killed} killed at work; left: {dict(states)}")
    assert n_killed == N_KILLS
    assert states["nothing"] >= N_KILLS / 4


@pytest.mark.parametrize("work", [_withdraw, _compact])
def test_a_withdrawal_or_compaction_killed_at_any_moment_loses_nothing(
    bench: Bench, contents: Callable[[Workspace], Any], work: Callable[..., None]
) -> None:
    draw = random.Random(7)
    import_police_uk(bench.template, [bench.files], by="tester")
    before = contents(bench.template)
    tried = bench.fresh()
    process = bench.start(work, tried)
    bench.until_marked(process)
    began = time.monotonic()
    process.join()
    assert process.exitcode == 0
    whole_s = time.monotonic() - began
    after = contents(tried)
    assert (before == after) == (work is _compact)
    for number in range(8):
        tried = bench.fresh()
        process = bench.start(work, tried)
        bench.until_marked(process)
        time.sleep((number + draw.random()) / 8 * whole_s)
        kill(process)
        state = contents(tried)
        assert state in (before, after)
        if work is _withdraw and state == before:
            withdraw_import(tried, "000001", by="tester", reason="again")
        Lake(tried.lake_path).compact()
        assert contents(tried) == after
        assert_no_orphans(tried)


def test_a_table_begun_and_not_made_is_no_table_yet(workspace: Workspace, police: Any) -> None:
    for table in ("crimes", IMPORTS):
        log = workspace.lake_path / table / "_delta_log"
        log.mkdir(parents=True)
        (log / "_commit_5f0c7c9e.json.tmp").write_text("{")
    assert Lake(workspace.lake_path).imports() == ()
    assert import_police_uk(workspace, [police.street(10)], by="tester").n_superseded == 0
    assert len(list_imports(workspace)) == 1


def test_rows_committed_to_their_table_but_never_announced_do_not_come_back_under_the_next_import(
    workspace: Workspace, police: Any, contents: Callable[[Workspace], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import_police_uk(workspace, [police.street(10, "2024-09")], by="tester")
    paths = [police.street(30, "2024-10"), police.street(30, "2024-11")]

    class Died(Exception):
        """Stands for a fault between the tables' commits and the announcement."""

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "_tell", lambda *_: (_ for _ in ()).throw(Died()))
        with pytest.raises(Died):
            import_police_uk(workspace, paths, by="tester")
    assert contents(workspace)["crimes"][0] == 10
    import_police_uk(workspace, paths[:1], by="tester")
    assert contents(workspace)["crimes"][0] == 40
    assert_no_orphans(workspace)


def test_an_interruption_just_after_the_announcement_keeps_the_import(
    workspace: Workspace, police: Any, contents: Callable[[Workspace], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    announce = Lake.announce

    def late(self: Lake, *what: Any) -> None:
        announce(self, *what)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Lake, "announce", late)
        with pytest.raises(KeyboardInterrupt):
            import_police_uk(workspace, [police.street(30)], by="tester")
    assert contents(workspace)["crimes"][0] == 30
    assert_no_orphans(workspace)
