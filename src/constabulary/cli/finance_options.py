"""Options that the commands of money share: whose force folder is meant, amounts by name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from constabulary.core.amounts import is_workable
from constabulary.services.workspace.workspaces import Workspace, open_workspace


class Amount(click.ParamType):  # type: ignore[type-arg]  # not generic before click 8.4
    """A decimal number: pounds, homes, a share."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Return the number; thousands may be parted by commas."""
        try:
            number = Decimal(str(value).replace(",", "").removeprefix("£"))
        except InvalidOperation:
            number = Decimal("NaN")
        if not is_workable(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


class Named(click.ParamType):  # type: ignore[type-arg]  # as above
    """A name and a number: fenland=31200.5."""

    name = "name=number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Decimal]:
        """Return the name and its number."""
        if isinstance(value, tuple):
            return value
        name, parted, number = str(value).partition("=")
        if not (parted and name.strip()):
            self.fail(f"{value!r} is not a name and a number, such as fenland=31200.5.", param, ctx)
        return name.strip(), Amount().convert(number, param, ctx)


AMOUNT = Amount()
NAMED = Named()

in_scenario = click.option(
    "--scenario",
    type=click.Path(path_type=Path),
    help="Ask it in a scenario: a TOML file of other values; docs/how-to/ask-a-financial-plan.md shows one.",
)


def of_force(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the workspace meant (or None) and the force named (or None) as its first two arguments.

    Without a workspace and without a force named, the shipped force is meant.
    """

    @click.option(
        "--force", help="A shipped force, or the path of a force folder, in place of the workspace's."
    )
    @click.option(
        "--workspace",
        "own_workspace",
        type=click.Path(path_type=Path),
        help="The folder that holds the work.",
    )
    @click.pass_context
    @functools.wraps(command)
    def with_force(
        ctx: click.Context, /, *args: Any, force: str | None, own_workspace: Path | None, **kwargs: Any
    ) -> Any:
        return command(workspace_meant(ctx, own_workspace, force), force, *args, **kwargs)

    return with_force


def workspace_meant(ctx: click.Context, own: Path | None, force: str | None) -> Workspace | None:
    """Return the workspace meant; none where a force is named, or where nobody named one and there is none."""
    if force is not None:
        return None
    path: Path = own or ctx.obj
    main = ctx.find_root()
    is_named = own is not None or main.get_parameter_source("workspace") is not ParameterSource.DEFAULT
    if is_named or (path / "workspace.json").exists():
        return open_workspace(path)
    click.echo("No workspace here: these are the tables of the shipped force.", err=True)
    return None


def pounds(amount: Decimal | None, width: int = 11, places: int = 2) -> str:
    """Return an amount for a column of a table: to the right, or nothing."""
    return "".rjust(width) if amount is None else f"{amount:,.{places}f}".rjust(width)
