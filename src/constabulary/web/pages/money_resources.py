"""The pages of reserves, capital and the establishment's cost."""

from __future__ import annotations

from decimal import Decimal

from constabulary.registers.access import Permission
from constabulary.services.finance.capital import CapitalReport
from constabulary.services.finance.capital import capital as capital_report
from constabulary.services.finance.pay import EstablishmentReport, establishment_cost, posts_cost
from constabulary.services.finance.reserves import ReservesReport
from constabulary.services.finance.reserves import reserves as reserves_report
from constabulary.web import numbers
from constabulary.web.form import Form, Text
from constabulary.web.money import parts, pictures
from constabulary.web.money.fields import Amount
from constabulary.web.money.parts import Block, Money
from constabulary.web.page import Request, Room, page
from constabulary.web.table import Column, Figure, Table

ROWS_OF_CAPITAL = (
    ("Spending", "spend_gbp"),
    ("Left to borrowing", "unfinanced_gbp"),
    ("Requirement at the beginning", "requirement_opening_gbp"),
    ("Minimum revenue provision", "provision_gbp"),
    ("Requirement at the end", "requirement_closing_gbp"),
    ("Gross debt at the end", "debt_closing_gbp"),
    ("Interest", "interest_gbp"),
    ("What revenue pays", "revenue_gbp"),
)


class NewPosts(Form):
    """Posts of one's own to cost."""

    posts = Amount("New posts", hint="Leave empty for the force's own groups", width=5, least=0)
    year = Text("From the year", hint="Such as 2019/20", width=10)
    point = Amount("Pay point they start at", hint="The lowest when empty", width=3)


@page(
    "money/reserves/",
    name="money_reserves",
    title="Reserves",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
)
def reserves(request: Request) -> Money:
    """Show reserves by purpose, and the general reserve against the budget."""
    return parts.told(
        "money_reserves", "Reserves", lambda: _reserves(request), otherwise="No reserves are told yet."
    )


def _reserves(request: Request) -> Money:
    report = reserves_report(request.workspace)
    tests = report.result.tests[:4]
    budgets = tuple(
        f"The budget of {test.period} is {source}."
        for test in tests
        if (source := report.budget_sources.get(test.period, "").rstrip("."))
    )
    return Money(
        answer=report.sentence(),
        ways=parts.ways("money_reserves"),
        title="Reserves",
        figures=tuple(
            Figure(
                f"General reserve, end of {test.period}",
                numbers.percent(test.general_share, 2),
                "of the net budget requirement",
                basis=f"{test.verdict} {numbers.percent(test.prudent_share, 0)}, "
                f"which is {numbers.money(test.general_gbp - test.margin_gbp)}",
            )
            for test in tests
        ),
        blocks=(
            Block(
                "Reserves by purpose",
                notes=(*report.result.findings, *budgets),
                chart=parts.chart("reserves", pictures.reserves(report)),
                tables=(_balances(report),),
                further=(
                    ("What each is for, and what it rests on", _purposes(report)),
                    ("What moves them", _moves(report)),
                ),
                links=parts.files("reserves", "reserves", has_chart="reserves"),
            ),
        ),
    )


def _balances(report: ReservesReport) -> Table:
    found = report.result
    first = report.of(found.periods[0])
    rows = []
    for one in first:
        closings = [
            next(x.closing_gbp for x in report.of(period) if x.reserve_id == one.reserve_id)
            for period in found.periods
        ]
        rows.append((one.name, one.kind, parts.pounds(one.opening_gbp), *map(parts.pounds, closings)))
    total = sum((one.opening_gbp for one in first), Decimal(0))
    rows.append(
        (
            "All reserves",
            "",
            parts.pounds(total),
            *(parts.pounds(found.total_gbp[period]) for period in found.periods),
        )
    )
    columns = (
        Column("Reserve"),
        Column("Kind"),
        Column(numbers.day(found.as_at_on), "£", is_number=True),
        *(Column(f"End of {period}", "£", is_number=True) for period in found.periods),
    )
    return Table("Reserves", columns, rows, is_caption_hidden=True)


def _purposes(report: ReservesReport) -> Table:
    return Table(
        "What each is for",
        (
            Column("Reserve"),
            Column("Purpose", is_long=True),
            Column("Source of the first balance", is_long=True),
        ),
        [
            (one.name, one.purpose, report.sources[one.reserve_id])
            for one in report.of(report.result.periods[0])
        ],
    )


def _moves(report: ReservesReport) -> Table:
    return Table(
        "What moves them",
        (
            Column("Reserve"),
            Column("Year"),
            Column("Into the reserve", "£", is_number=True),
            Column("Why", is_long=True),
        ),
        [
            (
                one.name,
                one.period,
                numbers.difference(move.amount_gbp),
                " ".join(filter(None, (move.reason, move.note))),
            )
            for one in report.result.years
            for move in one.movements
        ],
    )


@page(
    "money/capital/",
    name="money_capital",
    title="Capital",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
)
def capital(request: Request) -> Money:
    """Show the capital account from programme to revenue, and the prudential indicators."""
    return parts.told(
        "money_capital", "Capital", lambda: _capital(request), otherwise="No capital position is told yet."
    )


def _capital(request: Request) -> Money:
    report = capital_report(request.workspace)
    first = report.years[0].period
    return Money(
        answer=report.sentence(),
        ways=parts.ways("money_capital"),
        title="Capital",
        blocks=(
            Block(
                "From programme to revenue",
                f"It begins with the position of the day before {first}: {report.sources['position']}",
                parts.chart("capital", pictures.capital(report)),
                (_account(report),),
                links=parts.files("capital", "the capital account", has_chart="capital"),
            ),
            Block(
                "Prudential indicators",
                "Local Government Act 2003 s.3. Gross debt may run ahead of the requirement only by its rises "
                "of the year and the two after.",
                tables=(_indicators(report),),
            ),
            Block(
                "The programme",
                tables=(_programme(report),),
                notes=tuple(f"{one.period}: {text}" for one in report.years for text in one.working),
            ),
        ),
    )


def _account(report: CapitalReport) -> Table:
    sources = dict.fromkeys(source for one in report.years for source in one.financing_gbp)
    rows = [
        (title, *(parts.pounds(getattr(one, name)) for one in report.years))
        for title, name in ROWS_OF_CAPITAL
    ]
    rows[1:1] = [
        (f"Financed from {source}", *(parts.pounds(one.financing_gbp.get(source)) for one in report.years))
        for source in sources
    ]
    years = [one.period for one in report.years]
    return parts.by_year("The capital account", years, rows, first="Amount")


def _indicators(report: CapitalReport) -> Table:
    rows = [
        (
            one.period,
            indicator.title,
            numbers.percent(indicator.value, 2)
            if indicator.unit == "share"
            else numbers.money(indicator.value),
            numbers.money(indicator.limit)
            if indicator.limit is not None
            else _no_limit(indicator.indicator_id),
            "" if indicator.is_kept is None else "kept" if indicator.is_kept else "not kept",
        )
        for one in report.years
        for indicator in one.indicators
    ]
    columns = (
        Column("Year"),
        Column("Indicator"),
        Column("Value", is_number=True),
        Column("Limit", is_number=True),
        Column("Kept"),
    )
    return Table("Prudential indicators", columns, rows, is_caption_hidden=True)


def _programme(report: CapitalReport) -> Table:
    rows = [
        (
            row.name,
            row.period,
            parts.pounds(row.spend_gbp),
            report.sources.get(f"{row.scheme_id} {row.period}", ""),
        )
        for one in report.years
        for row in one.schemes
    ]
    columns = (
        Column("Scheme"),
        Column("Year"),
        Column("Spending", "£", is_number=True),
        Column("Source", is_long=True),
    )
    return Table("The programme", columns, rows, is_caption_hidden=True)


def _no_limit(indicator_id: str) -> str:
    return "not set" if indicator_id in {"operational_boundary", "authorised_limit"} else ""


@page(
    "money/establishment/",
    name="money_establishment",
    title="What the establishment costs",
    permission=Permission.SEE_FORCE_FOLDER,
    nav=Room.MONEY,
    parent="money",
)
def establishment(request: Request) -> Money:
    """Show what posts cost: the force's pay groups, or new posts of one's own."""
    form = NewPosts(request.GET or None)
    is_asked = form.is_bound and form.is_valid()
    asked = form.cleaned_data if is_asked else {}
    if asked.get("posts") is not None and not asked.get("year"):
        form.add_error("year", "Enter the year they begin in, like 2019/20")

    def make() -> Money:
        if asked.get("posts") is not None and asked.get("year"):
            point = None if asked["point"] is None else int(asked["point"])
            report = posts_cost(
                request.workspace, None, asked["posts"], asked["year"], point=point, n_years=3
            )
        else:
            report = establishment_cost(request.workspace, None, 2)
        return _establishment(report, form)

    otherwise = "No pay groups are told yet."
    return parts.told("money_establishment", "What the establishment costs", make, form, otherwise)


def _establishment(report: EstablishmentReport, form: Form) -> Money:
    working = tuple(f"{one.name}, {one.period}: {text}" for one in report.groups for text in one.working)
    return Money(
        answer=report.sentence(),
        ways=parts.ways("money_establishment"),
        title="What the establishment costs",
        form=form,
        blocks=(
            Block(
                "By group and year",
                tables=(_by_group(report),),
                further=(("By pay point", _by_point(report)), ("Month by month", _by_month(report))),
                links=()
                if report.groups[0].group_id == "posts"
                else parts.files("establishment", "cost by group and year"),
            ),
            Block("How it was come by", notes=(*working, *report.assumed)),
        ),
    )


def _by_group(report: EstablishmentReport) -> Table:
    columns = (
        Column("Group"), Column("Year"), Column("Posts", "FTE", is_number=True),
        Column("In post on average", "FTE", is_number=True), Column("Vacant on average", "FTE", is_number=True),
        Column("Joiners", "FTE", is_number=True), Column("Leavers", "FTE", is_number=True),
        Column("Pay", "£", is_number=True), Column("With on-costs", "£", is_number=True),
        Column("Each", "£ a year", is_number=True),
    )  # fmt: skip
    rows = [
        (
            one.name, one.period, numbers.number(one.posts_fte, 1), numbers.number(one.mean_strength_fte, 1),
            numbers.number(one.mean_vacancies_fte, 1), numbers.number(one.joiners_fte, 1),
            numbers.number(one.leavers_fte, 1), parts.pounds(one.pay_gbp), parts.pounds(one.cost_gbp),
            parts.pounds(one.cost_each_gbp),
        )
        for one in report.groups
    ]  # fmt: skip
    return Table("By group and year", columns, rows, is_caption_hidden=True)


def _by_point(report: EstablishmentReport) -> Table:
    return Table(
        "In post at the end of each year by pay point",
        (
            Column("Group and year"),
            Column("Pay point", is_number=True),
            Column("In post", "FTE", is_number=True),
        ),
        [
            (f"{one.name}, {one.period}", numbers.number(point), numbers.number(people, 1))
            for one in report.groups
            for point, people in one.at_point_fte.items()
        ],
    )


def _by_month(report: EstablishmentReport) -> Table:
    return Table(
        "Month by month",
        (
            Column("Group"), Column("Month"), Column("In post", "FTE", is_number=True),
            Column("Pay", "£", is_number=True), Column("On-costs", "£", is_number=True),
        ),
        [
            (
                one.name, f"{month.month_on:%B %Y}", numbers.number(month.strength_fte, 1),
                parts.pounds(month.pay_gbp), parts.pounds(month.on_costs_gbp),
            )
            for one in report.groups
            for month in one.months
        ],
    )  # fmt: skip
