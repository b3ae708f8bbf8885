"""The commands about reserves and about capital."""

from __future__ import annotations

from decimal import Decimal

import click

from constabulary.cli.finance_options import NAMED, of_force, pounds
from constabulary.cli.options import answer, as_json, table
from constabulary.core.amounts import money
from constabulary.services.finance import capital as finance_capital
from constabulary.services.finance import reserves as finance_reserves
from constabulary.services.workspace.workspaces import Workspace

_years = click.option("--years", "n_years", type=click.IntRange(1, 30), help="How many years.")


@click.command("reserves")
@_years
@click.option(
    "--net-budget", "budgets", type=NAMED, multiple=True,
    help="Net budget requirement of a year in place of the plan's: 2019/20=137100000.",
)  # fmt: skip
@as_json
@of_force
def reserves(
    workspace: Workspace | None,
    force: str | None,
    n_years: int | None,
    budgets: tuple[tuple[str, Decimal], ...],
    is_json: bool,
) -> None:
    """Plan the reserves by purpose, and hold the general reserve against 5% of the net budget requirement.

    Example: constabulary finance reserves --years 4
    """
    report = finance_reserves.reserves(workspace, force, n_years, dict(budgets))
    if is_json:
        answer(report.as_json())
        return
    found = report.result
    click.echo(f"{report.name}: {report.sentence()}")
    table(
        ("reserve", "begins with, £", *(f"end of {period}" for period in found.periods)),
        [
            (one.name, pounds(one.opening_gbp, 14, 0), *(
                pounds(next(x.closing_gbp for x in report.of(period) if x.reserve_id == one.reserve_id), 14, 0)
                for period in found.periods
            ))
            for one in report.of(found.periods[0])
        ],
    )  # fmt: skip
    for finding in found.findings:
        click.echo(f"  {finding}")


@click.command("capital")
@_years
@as_json
@of_force
def capital(workspace: Workspace | None, force: str | None, n_years: int | None, is_json: bool) -> None:
    """Follow capital from programme and financing to provision, interest and what revenue pays, with indicators.

    Example: constabulary finance capital --json
    """
    report = finance_capital.capital(workspace, force, n_years)
    if is_json:
        answer(report.as_json())
        return
    click.echo(f"{report.name}: {report.sentence()}")
    rows = (
        ("Spending", "spend_gbp"),
        ("Not financed otherwise", "unfinanced_gbp"),
        ("Requirement at the beginning", "requirement_opening_gbp"),
        ("Minimum revenue provision", "provision_gbp"),
        ("Requirement at the end", "requirement_closing_gbp"),
        ("Debt at the end", "debt_closing_gbp"),
        ("Interest", "interest_gbp"),
        ("What revenue pays", "revenue_gbp"),
    )
    table(
        ("£", *(one.period for one in report.years)),
        [(title, *(pounds(getattr(one, name), 13, 0) for one in report.years)) for title, name in rows],
    )
    for one in report.years:
        for indicator in one.indicators:
            if indicator.is_kept is not None and indicator.limit is not None:
                word = "kept" if indicator.is_kept else "NOT KEPT"
                click.echo(
                    f"  {one.period}: {indicator.title}: {money(indicator.value, 0)} of "
                    f"{money(indicator.limit, 0)}, {word}"
                )
