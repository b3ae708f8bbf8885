"""The command `constabulary`: what every group of commands shares."""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from constabulary import __version__
from constabulary.core.errors import BadInput, ConstabularyError, DiscFull, Problem, is_disc_full

COMMANDS = {
    "backup": ("lifecycle:backup", "Write the whole workspace to FILE, a .zip or .tar.gz, and verify it."),
    "compact": (
        "lifecycle:compact",
        "Join the lake's small files; files replaced more than an hour ago, which no reader needs, are removed.",
    ),
    "cover": ("cover_files:cover_group", "Ask where units were, for how long, and what that rests on."),
    "demand": (
        "demand:demand_group",
        "Answer what the demand is: typical day, categories, areas, hours, channels, crimes, outcomes, harm.",
    ),
    "doctor": (
        "lifecycle:doctor",
        "Look for anything wrong with the installation and the workspace; exit status 1 if there is.",
    ),
    "example": (
        "lifecycle:example",
        "Build the example workspace in FOLDER, with synthetic records, unless it is there already.",
    ),
    "finance": ("finance:finance_group", "Plan the money and ask whether it adds up."),
    "force": ("workspaces:force_group", "Look after a force folder."),
    "import": ("imports:import_group", "Bring records in; see what was imported; take an import back."),
    "fetch": ("fetch:fetch_group", "Fetch published files over the network, to be imported."),
    "new": ("workspaces:new", "Make a workspace in FOLDER."),
    "performance": (
        "performance:performance_group",
        "Ask what has really changed, and whether targets will be met.",
    ),
    "query": (
        "query:query",
        "Answer one SELECT over the records: calls, incidents, crimes, outcomes, stops, import_files, districts.",
    ),
    "refused": ("imports:refused_group", "Look at refused rows, and hand them out to be mended."),
    "response": ("response:response_group", "Work out who answers and who is sent."),
    "restore": (
        "lifecycle:restore",
        "Make a workspace in the new FOLDER from the backup FILE, whole or not at all.",
    ),
    "runs": ("runs:runs_group", "See long work and stop it."),
    "serve": (
        "serve:serve",
        "Serve the site on this computer until Ctrl-C; with --json the address is told on stdout when it answers.",
    ),
    "synthesise": (
        "synthesise:synthesise",
        "Make up contacts and incidents, held to the force's published figures and always called synthetic.",
    ),
    "upgrade": ("lifecycle:upgrade", "Bring a workspace that an earlier release made up to date."),
    "worker": (
        "runs:worker",
        "Do the runs that wait, one after the other, until Ctrl-C; with --json those that ended are told then.",
    ),
    "workforce": ("workforce:workforce_group", "Tell who is on duty, and what posts buy."),
}
"""Where each command is, as module of this package and name in it, and its first sentence.

One is loaded when it is asked for; the list of them all loads none.
"""


def settle() -> None:
    """Set the process up for short work on large tables, before NumPy and Polars are loaded.

    Python looks for garbage seldom: what a start makes (modules, compiled kernels) stays, and looking through all of it
    each time some hundreds of objects are new takes a quarter of the start.

    NumPy's matrix routines start no threads of their own, unless the environment says how many. These wait busily: a
    tenth of a second of CPU at each start, and more for each product. Ours are small and gain nothing from them; what
    is shared out over cores are whole runs.

    Polars gives memory back to the system after ten seconds, as its allocator does by itself, rather than after half a
    second: an import that asks for the same memory part by part spends a fifteenth of its CPU on having it back.
    """
    gc.set_threshold(50_000, 20, 20)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000")


class Guarded(click.Group):
    """A group of commands whose own errors are told in words, each cause with its exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of that name, so that no command waits for what only others need."""
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            module, _, name = COMMANDS[cmd_name][0].partition(":")
            self.add_command(getattr(import_module(f"constabulary.cli.{module}"), name), cmd_name)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command is for."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command named, and turn an error of ours into its message and status."""
        settle()
        try:
            return super().invoke(ctx)
        except Exception as error:
            told = error if isinstance(error, ConstabularyError) else _of_the_machine(error)
            if told is None or ctx.params.get("debug"):
                raise
            for problem in told.problems:
                click.echo(f"Error: {problem}", err=True)
            ctx.exit(told.exit_status)
        except KeyboardInterrupt:
            click.echo("Stopped; what was there before is there still.", err=True)
            ctx.exit(130)


@click.group(cls=Guarded, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="constabulary")
@click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    default=Path("workspace"),
    show_default=True,
    help="The folder that holds the work.",
)
@click.option("--debug", is_flag=True, help="Show where in the code an error arose.")
@click.pass_context
def main(ctx: click.Context, workspace: Path, debug: bool) -> None:
    """Plan and account for policing: demand, cover, response, money and performance as one chain of figures.

    Exit status: 0 done, 2 wrong use, 3 bad input, 4 bad force folder, 5 no workspace, 6 workspace busy, 7 not
    permitted, 8 disc full, 9 nothing there, 10 registers unreadable, 11 port in use, 130 stopped.

    Example: constabulary new my-force --force cambridgeshire
    """
    ctx.obj = workspace
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # The same bytes on every system; Windows would end lines its own way.
            stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")


def _of_the_machine(error: Exception) -> ConstabularyError | None:
    """Say what the machine refused to do with a file; None for all else, which is a fault of ours."""
    filename = getattr(error, "filename", None)
    if is_disc_full(error):
        return DiscFull(
            Problem(
                "disc_full",
                "the disc is full",
                file=filename and str(filename),
                remedy="Free some room and call the same command again.",
            )
        )
    if not isinstance(error, OSError) or filename is None or error.errno == errno.EPIPE:
        return None
    return BadInput(
        Problem(
            "refused_by_the_machine",
            f"the computer answers: {error.strerror}",
            file=str(error.filename),
            expected="a name that can be read or written here",
            remedy="Check the name, its folder and who may use them.",
        )
    )
