"""Options that several commands take, and how they answer: a bar on stderr, text or JSON on stdout."""

from __future__ import annotations

import functools
import getpass
import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from constabulary.core.amounts import several
from constabulary.core.errors import ConstabularyError, Problem
from constabulary.core.progress import Progress
from constabulary.core.years import DAYS
from constabulary.services.workspace.workspaces import Workspace, open_workspace

_NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?£?\d[\d,]*(\.\d+)?[%m]?")
"""What stands to the right in a table though a command wrote it as text."""

as_json = click.option("--json", "is_json", is_flag=True, help="Answer in JSON.")
own_workspace = click.option(
    "--workspace",
    "own_workspace",
    type=click.Path(path_type=Path),
    default=None,
    help="The folder that holds the work.",
)
"""`--workspace` after the command's name; without it the one before it counts."""


class _Day(click.DateTime):
    """A day that records may be of."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a day, and refuse one that no calendar of ours holds."""
        read = super().convert(value, param, ctx)
        if not DAYS[0] <= read.date() <= DAYS[1]:
            self.fail(f"{value} is no day from {DAYS[0]} to {DAYS[1]}.", param, ctx)
        return read


DAY = _Day(["%Y-%m-%d"])
"""The type of an option that is a day."""


class Group(click.Group):
    """A group whose help tells the whole first sentence of each of its commands."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command is for."""
        commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, one.get_short_help_str(limit=1000)) for name, one in commands.items() if one]
            )


class Parted(Group):
    """A group whose commands stand in several modules; one is loaded when it is asked for.

    Parameters
    ----------
    elsewhere
        Where commands are, as module of this package and name in it: ``{"precept": "finance_precept:precept"}``.
    """

    def __init__(self, *args: Any, elsewhere: Mapping[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.elsewhere = dict(elsewhere or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *self.elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of that name."""
        if cmd_name in self.elsewhere and cmd_name not in self.commands:
            module, _, name = self.elsewhere[cmd_name].partition(":")
            self.add_command(getattr(import_module(f"constabulary.cli.{module}"), name), cmd_name)
        return super().get_command(ctx, cmd_name)


def in_workspace(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the workspace as its first argument; `--workspace` may stand before or after the command."""

    @own_workspace
    @click.pass_obj
    @functools.wraps(command)
    def with_workspace(path: Path, /, *args: Any, own_workspace: Path | None, **kwargs: Any) -> Any:
        return command(open_workspace(own_workspace or path), *args, **kwargs)

    return with_workspace


def without_workspace(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command that is fed by its arguments alone take `--workspace` as all others do, for scripts."""
    return click.option(
        "--workspace", type=click.Path(path_type=Path), expose_value=False, help="Taken, and not needed here."
    )(command)


def typed(path: Path) -> str:
    """Return a path as it is typed in a command."""
    return f'"{path}"' if " " in str(path) else str(path)


def person() -> str:
    """Return the name the person is signed in to the machine with."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # Windows has no list of users to look in
        return "unknown"


def note(workspace: Workspace, permission: str, action: str, about: str) -> None:
    """Write into the audit trail what the person does: the name of the permission, a verb, and to what."""
    # Few commands write to the registers; the others need not wait for them.
    from constabulary.registers.access import Permission
    from constabulary.services.workspace import audit, runs

    audit.note(workspace, runs.at_this_computer(person()), Permission[permission], action, about)


def answer(result: Mapping[str, Any]) -> None:
    """Print a result as JSON, in which every number is one.

    Raises
    ------
    ConstabularyError
        If a figure is none: JSON has no word for it, so whatever read it would stop or guess.
    """
    try:
        click.echo(json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False))
    except ValueError:
        where = next(_not_numbers(result, ""), None)
        if where is None:
            raise
        raise ConstabularyError(
            Problem(
                "not_a_number",
                "the answer holds a figure that is no number. That is a fault of the program, not of what was asked.",
                column=where,
                expected="a number, or null with its reason",
                remedy="Please report the command.",
            )
        ) from None


def _not_numbers(value: Any, where: str) -> Iterator[str]:
    """Tell where in a result figures are that are no numbers."""
    if isinstance(value, float) and not math.isfinite(value):
        yield where
    parts = value.items() if isinstance(value, Mapping) else enumerate(value) if _is_list(value) else ()
    for key, part in parts:
        yield from _not_numbers(part, f"{where}.{key}".lstrip("."))


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def wrote(file: Path, n_rows: int, is_json: bool) -> None:
    """Say that rows were written to a file: on stderr, or as JSON."""
    if is_json:
        answer({"schema": 1, "file": str(file), "rows": n_rows})
    else:
        click.echo(f"Wrote {several(n_rows, 'row')} to {file}.", err=True)


def table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table: texts to the left, numbers to the right, a column's with the same decimal places."""
    columns = [_column(name, [row[no] for row in rows]) for no, name in enumerate(header)]
    for line in zip(*columns, strict=True):
        click.echo("  ".join(line).rstrip())


def _column(name: str, cells: Sequence[Any]) -> list[str]:
    numbers = [cell for cell in cells if isinstance(cell, float)]
    places = 3 if max(map(abs, numbers), default=0.0) < 10 else 1
    if all(number.is_integer() for number in numbers):
        places = 0
    texts = [_text(cell, places) for cell in cells]
    is_number = any(texts) and all(_NUMBER.fullmatch(text) for text in texts if text)
    width = max(map(len, (name, *texts)))
    return [text.rjust(width) if is_number else text.ljust(width) for text in (name, *texts)]


def _text(cell: Any, places: int) -> str:
    if cell is None or cell is False:
        return ""
    if cell is True:
        return "yes"
    if isinstance(cell, float):
        return f"{cell:,.{places}f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


@contextmanager
def bar() -> Iterator[Progress]:
    """Draw progress on stderr while it is a terminal, once there is any; tell nobody otherwise."""
    drawn: Any = None
    with ExitStack() as ending:

        def progress(done: float, total: float, doing: str) -> None:
            nonlocal drawn
            if drawn is None:
                drawn = ending.enter_context(
                    click.progressbar(
                        length=1000,
                        file=sys.stderr,
                        show_pos=False,
                        item_show_func=lambda item: item,
                        hidden=not sys.stderr.isatty(),
                    )
                )
            drawn.update(int(1000 * done / total) - drawn.pos, doing)

        yield progress
