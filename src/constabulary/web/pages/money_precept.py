"""The precept page: band D, bands A to H, each billing authority's share, the limit, the resolution to be signed."""

from __future__ import annotations

from typing import Any

from constabulary.registers.access import Permission
from constabulary.services.finance.precept import Given, PreceptReport, precept, precept_periods
from constabulary.web import numbers
from constabulary.web.form import Form, Select
from constabulary.web.money import parts
from constabulary.web.money.fields import Amount
from constabulary.web.money.parts import Block, Money
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Column, Figure, Table

TITLE = "Precept"
NOTHING_YET = "There is no precept here yet."


class Asked(Form):
    """The year, and figures in place of the force folder's."""

    year = Select("Year")
    band_d = Amount("Band D", hint="In place of the one decided", prefix="£", least=0)
    requirement = Amount("Requirement", hint="Band D then follows from it", prefix="£", least=0)

    def clean(self) -> dict[str, Any]:
        """Refuse band D and requirement together: one follows from the other."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("band_d") is not None and found.get("requirement") is not None:
            self.add_error("requirement", "Give band D or the requirement, not both")
        return found


@page(
    "money/precept/",
    name="money_precept",
    title=TITLE,
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
)
def shown(request: Request) -> Money:
    """Show the precept of a year."""
    return parts.told("money_precept", TITLE, lambda: _asked(request), otherwise=NOTHING_YET)


def _asked(request: Request) -> Money:
    years = precept_periods(request.workspace)
    form = Asked(request.GET or None)
    form.fields["year"].choices = [("", "Latest"), *((year, year) for year in years)]
    given, year = Given(), None
    if form.is_bound and form.is_valid():
        year = form.cleaned_data["year"] or None
        given = Given(
            band_d_gbp=form.cleaned_data["band_d"], requirement_gbp=form.cleaned_data["requirement"]
        )
    return parts.told(
        "money_precept", TITLE, lambda: _page(precept(request.workspace, period=year, given=given), form), form,
        NOTHING_YET,
    )  # fmt: skip


def _page(report: PreceptReport, form: Form) -> Money:
    found = report.result
    return Money(
        answer=report.sentence(),
        ways=parts.ways("money_precept"),
        title=TITLE,
        form=form,
        figures=_figures(report),
        blocks=(
            Block(notes=found.findings) if found.findings else Block(),
            _bands(report),
            *([_authorities(report)] if found.authorities else []),
            *([_items(report)] if found.items else []),
            _resolution(report),
        ),
    )


def _figures(report: PreceptReport) -> tuple[Figure, ...]:
    found = report.result
    rows = [
        Figure(
            f"Band D {found.period}", numbers.money(found.band_d_gbp, 2), "a year", basis=found.band_d_from
        )
    ]
    if found.referendum is not None:
        check = found.referendum
        rows += [
            Figure("Rise", numbers.money(check.increase_gbp, 2), numbers.percent(check.increase_share, 2)),
            Figure(
                "Left below the limit",
                numbers.money(check.headroom_gbp, 2),
                basis="a referendum would be needed" if check.is_excessive else "no referendum is needed",
            ),
        ]
    if found.precept_gbp is not None:
        rows.append(
            Figure(
                "Precept",
                numbers.money(found.precept_gbp),
                basis=f"{numbers.number(found.tax_base)} band D homes",
            )
        )
    return tuple(rows)


def _bands(report: PreceptReport) -> Block:
    columns = (
        Column("Band"),
        Column("Ninths of band D", is_number=True),
        Column("A year", "£", is_number=True),
        Column("A week", "£", is_number=True),
        Column("More a year", "£", is_number=True),
        Column("More a week", "£", is_number=True),
    )
    rows = [
        (
            one.band,
            numbers.number(one.ratio),
            parts.pence(one.year_gbp),
            parts.pence(one.week_gbp),
            parts.pence(one.increase_gbp),
            parts.pence(one.increase_week_gbp),
        )
        for one in report.result.bands
    ]
    note = "Local Government Finance Act 1992 s.5(1) and s.47; a week is a year divided by 52."
    return Block(
        "Bands A to H",
        tables=(Table("Council tax by band", columns, rows, note, is_caption_hidden=True),),
        links=parts.files("bands", "bands A to H", year=report.result.period),
    )


def _authorities(report: PreceptReport) -> Block:
    columns = (
        Column("Billing authority"),
        Column("Tax base", "band D homes", is_number=True),
        Column("Support takes off", "band D homes", is_number=True),
        Column("Collection fund", "£", is_number=True),
        Column("Precept", "£", is_number=True),
        Column("How the base was come by", is_long=True),
    )
    rows = [
        (
            one.name,
            parts.pence(one.base),
            parts.pence(one.support_dwellings),
            parts.pounds(one.collection_fund_gbp),
            parts.pence(one.precept_gbp),
            one.working,
        )
        for one in report.result.authorities
    ]
    return Block(
        "By billing authority", tables=(Table("By billing authority", columns, rows, is_caption_hidden=True),)
    )


def _items(report: PreceptReport) -> Block:
    found = report.result
    rows = [
        (
            one.name,
            parts.pounds(one.amount_gbp if one.side == "expenditure" else None),
            parts.pounds(one.amount_gbp if one.side == "income" else None),
            (one.where if one.status == "printed" else one.note) or "",
        )
        for one in found.items
    ]
    rows.append(
        (
            "Council tax requirement",
            parts.pounds(found.requirement_gbp),
            "",
            "s.42A(4): expenditure less income",
        )
    )
    columns = (
        Column("Amount"),
        Column("Expenditure", "£", is_number=True),
        Column("Income", "£", is_number=True),
        Column("Source", is_long=True),
    )
    return Block(
        "The council tax requirement",
        tables=(Table("The council tax requirement", columns, rows, is_caption_hidden=True),),
    )


def _resolution(report: PreceptReport) -> Block:
    rows = []
    for no, clause in enumerate(report.result.clauses, start=1):
        write = numbers.money if clause.unit == "gbp" else numbers.number
        amount = write(clause.amount, 2) if clause.amount is not None else ""
        rows.append(
            (
                str(no),
                clause.text,
                amount,
                clause.section,
            )
        )
    columns = (
        Column("No."),
        Column("Resolved", is_long=True),
        Column("Amount", is_number=True),
        Column("Law"),
    )
    return Block(
        "The resolution, ready to be signed",
        "The proposed precept goes to the police and crime panel by 1 February; the precept is issued before 1 March "
        "(SI 2012/2271; Local Government Finance Act 1992 s.40).",
        tables=(Table("The resolution", columns, rows, is_caption_hidden=True),),
    )
