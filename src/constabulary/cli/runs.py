"""Commands for long work: the worker, and the list of runs."""

from __future__ import annotations

import os
import sys
import threading

import click

from constabulary.cli.options import Group, answer, as_json, in_workspace, person, table
from constabulary.services.workspace import runs
from constabulary.services.workspace.workspaces import Workspace


@click.command()
@click.option("--once", is_flag=True, help="Leave when no run waits.")
@click.option("--leave-with-stdin", is_flag=True, hidden=True, help="Leave when standard input is closed.")
@as_json
@in_workspace
def worker(workspace: Workspace, once: bool, leave_with_stdin: bool, is_json: bool) -> None:
    """Do the runs that wait, one after the other, until Ctrl-C; with --json those that ended are told then.

    A run that is interrupted, or whose worker dies, is taken up again by the next worker. After an installation or
    upgrade it has what simulations run on compiled beside its work, so that no first question waits for it.

    Example: constabulary worker --once
    """
    leaving = threading.Event()
    if leave_with_stdin:
        # The end of the parent closes the pipe, however it ends, on every system.
        threading.Thread(target=_leave_at_end_of_stdin, args=[leaving], daemon=True).start()
    ended = {run.run_id for run in runs.list_runs(workspace) if run.is_finished} if is_json else set()
    if once:
        runs.work(workspace, once=True, leaving=leaving)
    else:
        from constabulary.cli.response_compiling import compiling_beside

        with compiling_beside(workspace):
            runs.work(workspace, leaving=leaving)
    if is_json:
        found = [run for run in runs.list_runs(workspace) if run.is_finished and run.run_id not in ended]
        answer({"schema": 1, "runs": [runs.as_json(run) for run in found]})


@click.group("runs", cls=Group)
def runs_group() -> None:
    """See long work and stop it."""


@runs_group.command("list")
@as_json
@in_workspace
def list_runs(workspace: Workspace, is_json: bool) -> None:
    """List runs, the latest first.

    Example: constabulary runs list
    """
    found = runs.list_runs(workspace)
    if is_json:
        answer({"schema": 1, "runs": [runs.as_json(run) for run in found]})
        return
    table(
        ["run", "work", "state", "done", "asked for (UTC)", "by", "doing"],
        [
            [
                run.run_id,
                runs.title_of(run),
                run.state,
                f"{run.progress_share:.0%}",
                f"{run.created_at:%Y-%m-%d %H:%M}",
                run.by,
                run.doing,
            ]
            for run in found
        ],
    )


@runs_group.command("show")
@click.argument("run_id", type=int)
@as_json
@in_workspace
def show(workspace: Workspace, run_id: int, is_json: bool) -> None:
    """Show one run with its result.

    Example: constabulary runs show 3 --json
    """
    run = runs.get_run(workspace, run_id)
    result = runs.whole_json(run)
    if is_json:
        answer(result)
        return
    for name, value in result.items():
        if name != "schema":
            click.echo(f"{name}: {value if value is not None else ''}")


@runs_group.command("stop")
@click.argument("run_id", type=int)
@as_json
@in_workspace
def stop(workspace: Workspace, run_id: int, is_json: bool) -> None:
    """Stop a run: one that waits at once, one that runs at its next step. Nothing is lost.

    Example: constabulary runs stop 3
    """
    run = runs.stop(workspace, run_id, runs.at_this_computer(person()))
    if is_json:
        answer({"schema": 1, **runs.as_json(run)})
    else:
        click.echo(f"Run {run_id} {'is stopped' if run.is_finished else 'will stop at its next step'}.")


def _leave_at_end_of_stdin(leaving: threading.Event) -> None:
    # Past Python's buffer, whose lock a thread must not hold as the interpreter ends.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    leaving.set()
