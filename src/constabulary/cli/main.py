"""The command `constabulary`: what every group of commands shares."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from constabulary import __version__
from constabulary.cli.imports import import_group, refused_group
from constabulary.cli.performance import performance_group
from constabulary.cli.runs import runs_group, worker
from constabulary.cli.serve import serve
from constabulary.cli.synthesise import synthesise
from constabulary.cli.workspaces import force_group, new
from constabulary.core.errors import ConstabularyError


class Guarded(click.Group):
    """A group of commands whose own errors are told in words, each cause with its exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command named, and turn an error of ours into its message and status."""
        try:
            return super().invoke(ctx)
        except ConstabularyError as error:
            if ctx.params.get("debug"):
                raise
            for problem in error.problems:
                click.echo(f"Error: {problem}", err=True)
            ctx.exit(error.exit_status)
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
    permitted, 8 disc full, 9 nothing there, 130 stopped.

    Example: constabulary new my-force --force cambridgeshire
    """
    ctx.obj = workspace
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


main.add_command(new)
main.add_command(force_group)
main.add_command(import_group)
main.add_command(refused_group)
main.add_command(performance_group)
main.add_command(runs_group)
main.add_command(worker)
main.add_command(serve)
main.add_command(synthesise)
