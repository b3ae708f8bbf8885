"""The sheets beside the plan: bands of each year, reserves, capital, each by live formula from its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from constabulary.core.force.rooms.finance_capital import CapitalPositionRow
from constabulary.finance.capital import CapitalYear
from constabulary.finance.plan import CalculatedPlan
from constabulary.finance.plan.arithmetic import EXACT
from constabulary.finance.precept import WEEKS_IN_A_YEAR, band_amounts
from constabulary.finance.reserves import ReservesPlan
from constabulary.finance.resolution import Limit
from constabulary.finance.workbook.cells import Sheet, address
from constabulary.finance.workbook.instalment_rows import instalment_rows
from constabulary.finance.workbook.plan_sheets import total_of

PRECEPT, RESERVES, CAPITAL = "Precept", "Reserves", "Capital"
HEADER_ROW = 3
FIRST_YEAR = 2


def precept_sheet(
    found: CalculatedPlan, plan: Sheet, ratios: Mapping[str, int], limits: Mapping[str, Limit]
) -> Sheet | None:
    """Return the sheet of bands A to H in every year; None where the plan has no band D.

    Parameters
    ----------
    found, plan
        The plan, worked out, and its sheet.
    ratios
        The proportions of the bands.
    limits
        The referendum limits by year.
    """
    if found.band_d_gbp is None:
        return None
    sheet = _headed(
        PRECEPT, "Council tax by band, a year", found.years, "Local Government Finance Act 1992 s.5(1), s.47"
    )
    rows = {band: HEADER_ROW + 1 + no for no, band in enumerate(ratios)}
    for band, row in rows.items():
        sheet.put(row, 0, f"Band {band}")
        sheet.put(row, 1, Decimal(ratios[band]), "number")
    week, rise, limit_row, verdict = (max(rows.values()) + no for no in (2, 3, 4, 5))
    texts = (
        "Band D a week",
        "Rise of band D on the year before",
        "Rise that the principles allow",
        "Referendum",
    )
    for row, text in zip((week, rise, limit_row, verdict), texts, strict=True):
        sheet.put(row, 0, text)
    for no, year in enumerate(found.years):
        column, band_d = FIRST_YEAR + no, found.band_d_gbp[no]
        where = total_of(found, "band_d", plan, no)
        amounts = band_amounts(band_d, ratios)
        for band, row in rows.items():
            ratio, nine = address(row, 1), address(rows["D"], 1)
            sheet.put(
                row,
                column,
                amounts[band],
                "gbp",
                formula=f"ROUND({where[0] if where else 0}*{ratio}/{nine},2)",
            )
        d_now = address(rows["D"], column)
        sheet.put(
            week,
            column,
            EXACT.rounded(band_d / WEEKS_IN_A_YEAR, 2),
            "gbp",
            formula=f"ROUND({d_now}/{WEEKS_IN_A_YEAR},2)",
        )
        if not no:
            continue
        d_before = address(rows["D"], column - 1)
        increase = band_d - found.band_d_gbp[no - 1]
        sheet.put(rise, column, increase, "gbp", formula=f"ROUND({d_now}-{d_before},2)")
        _limit(
            sheet,
            limits.get(year),
            (limit_row, verdict, rise, column),
            found.band_d_gbp[no - 1],
            increase,
            d_before,
        )
    return sheet


def _limit(
    sheet: Sheet,
    limit: Limit | None,
    at: tuple[int, int, int, int],
    before: Decimal,
    increase: Decimal,
    d_before: str,
) -> None:
    limit_row, verdict, rise, column = at
    if limit is None:
        sheet.put(limit_row, column, "not known")
        sheet.put(verdict, column, "not known")
        return
    is_pounds = limit.unit == "gbp"
    allowed = limit.value if is_pounds else limit.value * before
    formula = f"{limit.value}*{d_before}" if not is_pounds else None
    sheet.put(limit_row, column, allowed, "gbp", formula=formula, note=f"{limit.status}: {limit.source}")
    sign = ">" if is_pounds else ">="
    is_excessive = increase > allowed if is_pounds else increase >= allowed
    sheet.put(
        verdict, column, "needed" if is_excessive else "not needed", "text",
        formula=f'IF({address(rise, column)}{sign}{address(limit_row, column)},"needed","not needed")',
    )  # fmt: skip


def reserves_sheet(found: ReservesPlan, calculated: CalculatedPlan | None, plan: Sheet | None) -> Sheet:
    """Return the sheet of reserves by purpose: what each begins with and what moves it, its balances by formula.

    Parameters
    ----------
    found
        The reserves.
    calculated, plan
        The plan and its sheet, whose net budget requirement the general reserve is held against where it has the year.
    """
    sheet = _headed(
        RESERVES,
        f"Reserves, from {found.as_at_on.day} {found.as_at_on:%B %Y}",
        found.periods,
        "Local Government Act 2003 s.25 and s.26",
    )
    row, closings, generals = HEADER_ROW + 1, [], []
    for one in (year for year in found.years if year.period == found.periods[0]):
        mine = [year for year in found.years if year.reserve_id == one.reserve_id]
        for no, what in enumerate(("begins with", "moves by", "ends with")):
            sheet.put(row + no, 0, one.name)
            sheet.put(row + no, 1, what)
        for no, year in enumerate(mine):
            column = FIRST_YEAR + no
            before = address(row + 2, column - 1) if no else None
            sheet.put(row, column, year.opening_gbp, "gbp", formula=before)
            reasons = "; ".join(f"{move.reason} {move.amount_gbp:,}" for move in year.movements)
            sheet.put(row + 1, column, year.closing_gbp - year.opening_gbp, "gbp", note=reasons)
            formula = f"{address(row, column)}+{address(row + 1, column)}"
            sheet.put(row + 2, column, year.closing_gbp, "gbp", formula=formula)
        closings.append(row + 2)
        generals += [row + 2] if one.kind == "general" else []
        row += 3
    tests = {test.period: test for test in found.tests}
    for no, text in enumerate(
        ("All reserves", "General reserve", "Net budget requirement", "General reserve as a share")
    ):
        sheet.put(row + no, 0, text)
    for no, period in enumerate(found.periods):
        column = FIRST_YEAR + no
        total = found.total_gbp[period]
        sheet.put(row, column, total, "gbp", formula="+".join(address(one, column) for one in closings))
        general = sum((sheet.value(one, column) for one in generals), Decimal(0))
        formula = "+".join(address(one, column) for one in generals) or "0"
        sheet.put(row + 1, column, general, "gbp", formula=formula)
        if period not in tests:
            continue
        budget, linked = tests[period].net_budget_requirement_gbp, None
        if calculated is not None and plan is not None and period in calculated.years:
            where = total_of(calculated, "requirement", plan, calculated.years.index(period))
            linked = where[0] if where is not None and where[1] == budget else None
        sheet.put(row + 2, column, budget, "gbp", formula=linked)
        formula = f"{address(row + 1, column)}/{address(row + 2, column)}"
        sheet.put(row + 3, column, tests[period].general_share, "share", formula=formula)
    return sheet


def capital_sheet(years: Sequence[CapitalYear], position: CapitalPositionRow) -> Sheet:
    """Return the sheet of the capital account: spending and financing, requirement, debt and revenue by formula.

    Parameters
    ----------
    years
        The account.
    position
        Where it begins.
    """
    sheet = _headed(
        CAPITAL, "Capital", [one.period for one in years], "Local Government Act 2003 s.1, s.3 and s.21(1A)"
    )
    sources = list(dict.fromkeys(source for one in years for source in one.financing_gbp))
    texts = [
        "Spending", *(f"Financed from {source}" for source in sources), "Left to borrowing",
        "Requirement at the beginning", "Minimum revenue provision", "Requirement at the end",
        "Debt at the beginning", "Borrowed", "Repaid", "Debt at the end", "Interest", "What revenue pays",
    ]  # fmt: skip
    first = HEADER_ROW + 1
    rows = {text: first + no for no, text in enumerate(texts)}
    for text, row in rows.items():
        sheet.put(row, 0, text)
    share, rate = rows["What revenue pays"] + 2, rows["What revenue pays"] + 3
    sheet.put(share, 0, "Provision, share a year")
    sheet.put(share, 1, position.provision_share, "share")
    sheet.put(rate, 0, "Interest a year")
    sheet.put(rate, 1, position.interest_rate, "share")
    instalments = (
        instalment_rows(
            sheet,
            rate + 2,
            years,
            FIRST_YEAR,
            (address(share, 1), position.provision_share),
            [address(rows["Left to borrowing"], FIRST_YEAR + no) for no in range(len(years))],
        )
        if position.provision == "asset_life" and years
        else []
    )
    for no, one in enumerate(years):
        column = FIRST_YEAR + no
        beginning = address(rows["Requirement at the beginning"], column)
        by_share = f"ROUND(MAX({beginning},0)*{address(share, 1)},2)"
        provision = instalments[no] if instalments else by_share
        _put_capital(sheet, rows, column, one, sources, provision, address(rate, 1))
    return sheet


def _put_capital(
    sheet: Sheet,
    rows: Mapping[str, int],
    column: int,
    one: CapitalYear,
    sources: Sequence[str],
    provision: str,
    rate: str,
) -> None:
    """Put a year of the capital account in its column; provision is its formula, rate the cell of the interest."""

    def at(text: str) -> str:
        return address(rows[text], column)

    def before(text: str) -> str | None:
        return address(rows[text], column - 1) if column > FIRST_YEAR else None

    def put(text: str, value: Decimal, formula: str | None = None) -> None:
        sheet.put(rows[text], column, value, "gbp", formula=formula)

    put("Spending", one.spend_gbp)
    for source in sources:
        put(f"Financed from {source}", one.financing_gbp.get(source, Decimal(0)))
    financed = "".join(f"-{at(f'Financed from {source}')}" for source in sources)
    put("Left to borrowing", one.unfinanced_gbp, at("Spending") + financed)
    put("Requirement at the beginning", one.requirement_opening_gbp, before("Requirement at the end"))
    put("Minimum revenue provision", one.provision_gbp, provision)
    put(
        "Requirement at the end", one.requirement_closing_gbp,
        f"{at('Requirement at the beginning')}+{at('Left to borrowing')}-{at('Minimum revenue provision')}",
    )  # fmt: skip
    put("Debt at the beginning", one.debt_opening_gbp, before("Debt at the end"))
    put("Borrowed", one.borrowed_gbp)
    put("Repaid", one.repaid_gbp)
    put(
        "Debt at the end",
        one.debt_closing_gbp,
        f"{at('Debt at the beginning')}+{at('Borrowed')}-{at('Repaid')}",
    )
    put("Interest", one.interest_gbp, f"ROUND({at('Debt at the beginning')}*{rate},2)")
    revenue = f"+{at('Financed from revenue')}" if "revenue" in sources else ""
    put("What revenue pays", one.revenue_gbp, f"{at('Minimum revenue provision')}+{at('Interest')}{revenue}")


def _headed(name: str, title: str, years: Sequence[str], law: str) -> Sheet:
    sheet = Sheet(name, (36, 14, *[17] * len(years)), (HEADER_ROW + 1, 2))
    sheet.put(0, 0, title, "title")
    sheet.put(1, 0, law, "note")
    for column, text in enumerate(("", "", *years)):
        sheet.put(HEADER_ROW, column, text, "heading")
    return sheet
