"""Writes the plan of 2013/14 beside it: its lines, and the drivers that calibration works back from the print.

Run it again after a change of the printed table or of the calibration: `python make_plan.py`.
"""

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from constabulary.finance.plan.calibration import Series, explain_series, shared_rates
from constabulary.finance.plan.draft import driver_row, driver_rows

HERE = Path(__file__).parent
YEARS = ("2013/14", "2014/15", "2015/16", "2016/17")
SHARED = {
    "officer_pay": (
        "Officer pay: awards and progression, worked back",
        "pay_award",
        ("1", "3", "8", "12", "20"),
    ),
    "staff_pay": ("Staff pay: awards and progression, worked back", "pay_award", ("4", "9")),
    "collaboration_price": (
        "Price and pay of collaborated units, worked back",
        "index",
        ("18", "19", "21", "22", "23", "24", "25", "26", "27", "28", "30"),
    ),
}
ACCOUNT = {"33": "capital.revenue", "34": "capital.interest", "35": "capital.provision"}
"""Lines that follow the capital account, which is worked back from them (finance/capital_position.csv)."""
SEEN_IN = {"collaboration_price": ("21", "22", "23", "25", "26", "27")}
"""Where not all lines of a shared rate show it by themselves."""
LINES = """\
1|local_officer_pay|Local policing|pay
2|local_officer_overtime|Local policing|overtime
3|local_officer_pensions|Local policing|pension
4|local_staff_pay|Local policing|pay
5|local_staff_overtime|Local policing|overtime
6|pcso_pay|Local policing|pay
7|local_policing|Local policing|total|local_officer_pay local_officer_overtime local_officer_pensions
  local_staff_pay local_staff_overtime pcso_pay
8|support_officer_pay|Business support|pay
9|support_staff_pay|Business support|pay
10|training|Business support|running_cost
11|other_employee_expenses|Business support|running_cost
12|support_officer_pensions|Business support|pension
13|premises|Business support|running_cost
14|transport|Business support|running_cost
15|supplies_and_services|Business support|running_cost
16|third_party_payments|Business support|running_cost
17|business_support|Business support|total|support_officer_pay support_staff_pay training
  other_employee_expenses support_officer_pensions premises transport supplies_and_services
  third_party_payments
18|collaboration_general|Collaboration|contract
19|procurement|Collaboration|contract
20|armed_policing|Collaboration|contract
21|scientific_services|Collaboration|contract
22|major_crime|Collaboration|contract
23|protective_services|Collaboration|contract
24|professional_standards|Collaboration|contract
25|roads_policing|Collaboration|contract
26|dogs|Collaboration|contract
27|special_branch|Collaboration|contract
28|regional_organised_crime|Collaboration|contract
29|helicopter|Collaboration|contract
30|kings_lynn_pic|Collaboration|contract
31|collaboration|Collaboration|total|collaboration_general procurement armed_policing scientific_services
  major_crime protective_services professional_standards roads_policing dogs special_branch
  regional_organised_crime helicopter kings_lynn_pic
32|community_grants|Grants paid|grant_paid
33|revenue_contribution_to_capital|Capital financing|capital_financing
34|interest|Capital financing|capital_financing
35|minimum_revenue_provision|Capital financing|capital_financing
36|finance_lease|Capital financing|capital_financing
37|capital_financing|Capital financing|total|revenue_contribution_to_capital interest
  minimum_revenue_provision finance_lease
38|gross_expenditure|Requirement|total|local_policing business_support collaboration community_grants
  capital_financing
39|community_safety_grant|Income|income
40|other_grant|Income|income
41|other_income|Income|income
42|income|Income|total|community_safety_grant other_grant other_income
43|net_expenditure|Requirement|total|gross_expenditure income
44|reserve_movement|Requirement|reserve_movement
45|net_budget_requirement|Requirement|requirement|net_expenditure reserve_movement
year_on_year|requirement_growth|Requirement|growth|net_budget_requirement
46|formula_grant|Financing|grant_received
47|precept|Financing|precept|band_d tax_base
48|freeze_grant|Financing|grant_received
49|council_tax_support_grant|Financing|grant_received
50|collection_fund|Financing|collection_fund
51|financing|Financing|financing|formula_grant precept freeze_grant council_tax_support_grant collection_fund
52|gap|Budget gap|gap|financing -net_budget_requirement
53|gap_year_on_year|Budget gap|change|gap
54|band_d|Council tax|band_d
"""


def main() -> None:
    """Write plan.csv, lines.csv and drivers.csv."""
    _write("plan.csv", ["plan_id", "title", "base_period", "last_period", "is_as_printed"], [_plan()])
    lines, drivers = calibrated()
    _write(
        "lines.csv",
        ["line_id", "ref", "section", "title", "kind", "base", "printed_line", "drivers", "parts"],
        lines,
    )
    _write("drivers.csv", ["driver_id", "title", "type", "from_on", "value", "delivery"], drivers)


def calibrated() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of lines.csv and of drivers.csv."""
    printed, titles = _printed()
    series = {
        ref: _series(found) for ref, found in printed.items() if ref in printed and set(YEARS) <= set(found)
    }
    shared: dict[str, Any] = {}
    drivers: list[dict[str, Any]] = []
    for name, (title, kind, refs) in SHARED.items():
        rates = shared_rates([series[ref] for ref in SEEN_IN.get(name, refs)])
        shared |= dict.fromkeys(refs, (name, rates))
        drivers += [driver_row(name, title, kind, YEARS[k + 1], rate) for k, rate in enumerate(rates) if rate]
    lines = []
    for text in LINES.replace("\n  ", " ").splitlines():
        ref, line_id, section, kind, *parts = text.split("|")
        names: list[str] = [ACCOUNT[ref]] if ref in ACCOUNT else []
        if not parts and not names:
            name, rates = shared.get(ref, ("", None))
            found = explain_series(series[ref], rates)
            rate_type = "pay_award" if kind == "pay" else "index"
            own = list(
                driver_rows(
                    line_id, titles[ref], found, series[ref], YEARS, shared=rates, rate_type=rate_type
                )
            )
            names = [*([name] if found.is_shared else []), *dict.fromkeys(row["driver_id"] for row in own)]
            drivers += own
        lines.append(_line(line_id, ref, section, titles[ref], kind, names, parts, f"mtfp_2013_14:{ref}"))
        if line_id == "band_d":
            base = _tax_base(printed)
            own = list(
                driver_rows("tax_base", "Council tax base", explain_series(base, may_add=False), base, YEARS)
            )
            drivers += own
            names = list(dict.fromkeys(row["driver_id"] for row in own))
            row = _line("tax_base", "", section, "Council tax base", "tax_base", names, [], "")
            worked = "The printed precept over the printed band D; the document prints no tax base."
            lines.append({**row, "status": "inferred", "note": worked, "source_id": "", "where": ""})
    return lines, drivers


def _line(
    line_id: str,
    ref: str,
    section: str,
    title: str,
    kind: str,
    drivers: Sequence[str],
    parts: Sequence[str],
    printed_line: str,
) -> dict[str, Any]:
    return {
        "line_id": line_id,
        "ref": ref if ref.isdigit() else "",
        "section": section,
        "title": title,
        "kind": kind,
        "base": "",
        "printed_line": printed_line,
        "drivers": " ".join(drivers),
        "parts": " ".join(parts),
        "source_id": "plan_2013_16",
        "where": f"Appendix 1, ref. {ref}" if ref.isdigit() else "Appendix 1, below ref. 45",
        "status": "printed",
        "note": "",
    }


def _plan() -> dict[str, Any]:
    return {
        "plan_id": "mtfp_2013_14",
        "title": "2013/14 budget and medium term financial forecasts",
        "base_period": YEARS[0],
        "last_period": YEARS[-1],
        "is_as_printed": "yes",
        "source_id": "plan_2013_16",
        "where": "Appendix 1",
        "status": "printed",
        "note": "",
    }


def _printed() -> tuple[dict[str, dict[str, Decimal]], dict[str, str]]:
    printed: dict[str, dict[str, Decimal]] = {}
    titles = {}
    with (HERE.parent / "printed" / "mtfp_2013_14.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            printed.setdefault(row["line_id"], {})[row["period"]] = Decimal(row["value"])
            titles[row["line_id"]] = row["label"]
    return printed, titles


def _series(found: dict[str, Decimal]) -> Series:
    values = tuple(found[year] for year in YEARS)
    is_pounds = all(value == value.to_integral_value() for value in values)
    return Series(values, (Decimal(500) if is_pounds else Decimal("0.005"),) * len(values))


def _tax_base(printed: dict[str, dict[str, Decimal]]) -> Series:
    """Return the tax bases that printed precepts and band D leave, and how far they may be from them."""
    band_d = [printed["54"][year] for year in YEARS]
    bases = tuple(
        (printed["47"][year] / one).quantize(Decimal("0.01")) for year, one in zip(YEARS, band_d, strict=True)
    )
    return Series(bases, tuple((500 / one).quantize(Decimal("0.01")) for one in band_d))


def _write(name: str, columns: list[str], rows: list[dict[str, Any]]) -> None:
    header = [*columns, "source_id", "where", "status", "note"]
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
