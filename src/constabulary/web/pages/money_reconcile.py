"""The page of printed tables: each held against its own arithmetic, with the class of every difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from constabulary.registers.access import Permission
from constabulary.services.finance.printed import CLASSES, ReconcileReport, reconcile_force
from constabulary.services.workspace.force import force_table
from constabulary.web import numbers
from constabulary.web.form import Form, Select
from constabulary.web.money import parts
from constabulary.web.money.parts import Block, Money
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Column, Figure, Table

TITLE = "Printed tables"
MOST_ROWS = 200
COLUMNS = (
    Column("Line"), Column("Period"), Column("Printed", "as it stands", is_number=True),
    Column("Calculated", is_number=True),
    Column("Difference", is_number=True), Column("Class"), Column("Why", is_long=True),
)  # fmt: skip


class Filters(Form):
    """Which checks are listed."""

    kind = Select("Class")
    table = Select("Table")


@page(
    "money/reconcile/",
    name="money_reconcile",
    title=TITLE,
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
)
def reconcile(request: Request) -> Money:
    """Show the printed tables recalculated, differences first."""
    form = Filters(request.GET or None)
    return parts.told(
        "money_reconcile", TITLE, lambda: _page(request, reconcile_force(request.workspace), form),
        otherwise="No printed tables are typed yet.",
    )  # fmt: skip


def _page(request: Request, report: ReconcileReport, form: Form) -> Money:
    checks = report.result.checks
    titles = _titles(request)
    tables = list(dict.fromkeys(check.table for check in checks))
    form.fields["kind"].choices = [
        ("", "All but exact"),
        *((kind, kind.replace("_", " ").capitalize()) for kind in CLASSES),
    ]
    form.fields["table"].choices = [("", "All tables"), *((one, titles.get(one, one)) for one in tables)]
    kind, wanted = parts.asked(request, "kind"), parts.asked(request, "table")
    found = [
        check
        for check in checks
        if (check.kind == kind if kind in CLASSES else check.kind != "exact")
        and (wanted not in tables or check.table == wanted)
    ]
    return Money(
        answer=parts.opening(report),
        ways=parts.ways("money_reconcile"),
        title=TITLE,
        form=form,
        figures=tuple(
            Figure(kind.replace("_", " ").capitalize(), numbers.number(n), "check" if n == 1 else "checks")
            for kind, n in report.result.counts.items()
            if n
        ),
        blocks=(
            Block(
                "Differences" if kind is None else kind.replace("_", " ").capitalize(),
                f"{numbers.several(len(found), 'check')}; nothing printed is ever changed."
                + (
                    f" The first {MOST_ROWS} are listed: choose a table for the rest."
                    if len(found) > MOST_ROWS
                    else ""
                ),
                tables=_listed(found[:MOST_ROWS], titles),
                links=parts.files("checks", "every check"),
            ),
            Block("What the classes mean", tables=(_counts(report),)),
        ),
    )


def _listed(checks: Sequence[Any], titles: Mapping[str, str]) -> tuple[Table, ...]:
    """Return checks as tables, one for each printed table they are of."""
    return tuple(
        Table(
            titles.get(name, name),
            COLUMNS,
            [
                (
                    check.label, check.key.period, check.printed_text or numbers.MISSING,
                    numbers.text(check.calculated), numbers.text(check.difference), check.kind.replace("_", " "),
                    check.explanation,
                )
                for check in checks
                if check.table == name
            ],
        )
        for name in dict.fromkeys(check.table for check in checks)
    )  # fmt: skip


def _counts(report: ReconcileReport) -> Table:
    return Table(
        "Checks by class",
        (Column("Class"), Column("Checks", is_number=True), Column("What it means", is_long=True)),
        [
            (kind.replace("_", " "), numbers.number(n), CLASSES[kind])
            for kind, n in report.result.counts.items()
        ],
    )


def _titles(request: Request) -> dict[str, str]:
    """Return the title of each printed table, by its id."""
    inventory = force_table(request.workspace, "printed_tables")
    table_id, title = (inventory.columns.index(name) for name in ("id", "title"))
    return {str(fact.values[table_id]): str(fact.values[title]) for fact in inventory.facts}
