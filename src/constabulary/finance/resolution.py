"""The precept resolution of a year: requirement, tax base, band D, bands A to H, each authority's share, the limit.

References
----------
Local Government Finance Act 1992: s.5(1), s.40 (issue of precepts, before 1 March), s.42A (council tax requirement),
s.42B (basic amount), s.47 (bands), s.48 (amounts payable by billing authorities), s.52ZB and s.52ZC (excessive
increases). Local Authorities (Calculation of Council Tax Base) (England) Regulations 2012 (SI 2012/2914): council tax
support comes off the base. Police Reform and Social Responsibility Act 2011 Sch. 5 and SI 2012/2271: the panel's part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from constabulary.core.amounts import money
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.finance_precept import RequirementItem, TaxBaseRow
from constabulary.finance.precept import (
    PENNY,
    ReferendumCheck,
    band_amounts,
    basic_amount,
    check_referendum,
    payable_by_authority,
    per_week,
)

COLLECTION_FUND = "collection_fund"


@dataclass(frozen=True)
class Limit:
    """The rise of band D that a year's principles allow: `value` in `unit` ("gbp" or "share"), and its standing."""

    period: str
    value: Decimal
    unit: str
    status: str
    source: str


@dataclass(frozen=True)
class Authority:
    """One billing authority's part.

    Parameters
    ----------
    authority_id, name, status, source
        Which it is, and what its base rests on.
    base, working
        Its base (band D homes that pay in full) and how it was come by.
    support_dwellings
        Band D homes that council tax support takes off the base; None where it is not told.
    collection_fund_gbp
        The commissioner's share of its collection fund's surplus (pounds); a deficit is negative.
    precept_gbp
        What it pays (pounds): base times band D (s.48).
    """

    authority_id: str
    name: str
    status: str
    source: str
    base: Decimal
    working: str
    support_dwellings: Decimal | None
    collection_fund_gbp: Decimal
    precept_gbp: Decimal


@dataclass(frozen=True)
class Band:
    """What a home in one band pays (pounds): a year, a week of 52, and how much more than the year before."""

    band: str
    ratio: int
    year_gbp: Decimal
    week_gbp: Decimal
    increase_gbp: Decimal | None
    increase_week_gbp: Decimal | None


@dataclass(frozen=True)
class Clause:
    """One sentence of the resolution with its amount, if it has one, and the law it rests on."""

    text: str
    amount: Decimal | None
    unit: str
    section: str


@dataclass(frozen=True)
class Resolution:
    """The precept of a year, ready to be resolved.

    Parameters
    ----------
    period
        The year.
    items
        The amounts whose difference is the council tax requirement, the collection fund among them.
    requirement_gbp
        The council tax requirement (pounds, s.42A); None where its items are not told.
    tax_base
        All billing authorities' bases together (band D homes that pay in full); None where none is told.
    band_d_gbp, band_d_from
        The basic amount (pounds), and whether it was "decided" or follows from the "requirement".
    precept_gbp
        What all billing authorities pay (pounds); None without bases.
    rounding_gbp
        Precept less requirement (pounds): what rounding band D to the penny brings or costs.
    authorities, bands
        Each billing authority's part, each band's amount.
    last_band_d_gbp, referendum, limit
        Band D of the year before, and whether the rise is excessive by the limit; None where not known.
    clauses
        The resolution.
    findings
        What the person who signs should know first, a sentence each.
    """

    period: str
    items: tuple[RequirementItem, ...]
    requirement_gbp: Decimal | None
    tax_base: Decimal | None
    band_d_gbp: Decimal
    band_d_from: str
    precept_gbp: Decimal | None
    rounding_gbp: Decimal | None
    authorities: tuple[Authority, ...]
    bands: tuple[Band, ...]
    last_band_d_gbp: Decimal | None
    referendum: ReferendumCheck | None
    limit: Limit | None
    clauses: tuple[Clause, ...]
    findings: tuple[str, ...]


def resolve(
    period: str,
    ratios: Mapping[str, int],
    *,
    bases: Sequence[TaxBaseRow] = (),
    items: Sequence[RequirementItem] = (),
    band_d_gbp: Decimal | None = None,
    last_band_d_gbp: Decimal | None = None,
    limit: Limit | None = None,
) -> Resolution:
    """Return the precept of a year.

    Parameters
    ----------
    period
        The year, "2013/14".
    ratios
        The proportions of the bands (s.5(1)).
    bases
        The billing authorities' tax bases, and their collection funds.
    items
        Expenditure and income of the council tax requirement, without the collection fund where the bases hold it.
    band_d_gbp
        Band D as decided (pounds a year); None works it out from requirement and bases.
    last_band_d_gbp
        Band D of the year before (pounds).
    limit
        What the year's principles allow.

    Raises
    ------
    BadInput
        If there is nothing to work band D out from, or the collection fund is given twice.
    """
    all_items = _with_collection_fund(period, bases, items)
    requirement = _difference(all_items) if items else None
    base_of = {row.authority_id: taxed(row)[0] for row in bases}
    if band_d_gbp is None and (requirement is None or not bases):
        raise BadInput(
            Problem(
                "no_band_d",
                f"band D of {period} is not told, and it takes a requirement and tax bases to work it out.",
                expected="a band D amount, or finance/council_tax_requirement.csv and finance/tax_bases.csv",
                remedy="Give it with --band-d, or type the tables (docs/how-to/set-the-precept.md).",
            )
        )
    decided = band_d_gbp
    band_d = decided if decided is not None else basic_amount(requirement or Decimal(0), base_of)
    paid = payable_by_authority(band_d, base_of)
    precept = sum(paid.values(), Decimal(0)) if bases else None
    check = None
    if limit is not None and last_band_d_gbp is not None:
        in_pounds = limit.unit == "gbp"
        check = check_referendum(
            band_d,
            last_band_d_gbp,
            limit_gbp=limit.value if in_pounds else None,
            limit_share=None if in_pounds else limit.value,
        )
    found = Resolution(
        period=period,
        items=all_items,
        requirement_gbp=requirement,
        tax_base=sum(base_of.values(), Decimal(0)) if bases else None,
        band_d_gbp=band_d,
        band_d_from="decided" if decided is not None else "requirement",
        precept_gbp=precept,
        rounding_gbp=None if precept is None or requirement is None else precept - requirement,
        authorities=tuple(_authority(row, paid[row.authority_id]) for row in bases),
        bands=_bands(band_d, last_band_d_gbp, ratios),
        last_band_d_gbp=last_band_d_gbp,
        referendum=check,
        limit=limit,
        clauses=(),
        findings=(),
    )
    return replace(found, clauses=_clauses(found), findings=_findings(found))


def taxed(row: TaxBaseRow) -> tuple[Decimal, str]:
    """Return a billing authority's tax base (band D homes) and how it was come by.

    Parameters
    ----------
    row
        Its row; without a base, it is (dwellings - support) times the share that is collected, to two places.
    """
    if row.base is not None:
        return row.base, "as notified by the billing authority"
    dwellings, support = row.dwellings or Decimal(0), row.support_dwellings or Decimal(0)
    share = row.collection_share if row.collection_share is not None else Decimal(1)
    base = ((dwellings - support) * share).quantize(PENNY)
    return base, f"({dwellings:,} homes - {support:,} for council tax support) x {share:.2%} collected"


def _with_collection_fund(
    period: str, bases: Sequence[TaxBaseRow], items: Sequence[RequirementItem]
) -> tuple[RequirementItem, ...]:
    told = [row for row in bases if row.collection_fund_gbp is not None]
    if not told:
        return tuple(items)
    twice = next((item for item in items if item.item_id == COLLECTION_FUND), None)
    if twice is not None:
        raise BadInput(
            Problem(
                "collection_fund_twice",
                f"the collection fund of {period} stands among the items and with the tax bases.",
                twice.file,
                twice.line,
                remedy="Take it out of one of them.",
            )
        )
    total = sum((row.collection_fund_gbp or Decimal(0) for row in told), Decimal(0))
    first = told[0]
    item = RequirementItem(
        file=first.file,
        line=first.line,
        source_id=first.source_id,
        where=first.where,
        status=first.status,
        note=first.note,
        period=period,
        item_id=COLLECTION_FUND,
        name="Collection fund surplus" if total >= 0 else "Collection fund deficit",
        side="income" if total >= 0 else "expenditure",
        amount_gbp=abs(total),
    )
    return (*items, item)


def _difference(items: Sequence[RequirementItem]) -> Decimal:
    return sum(
        (one.amount_gbp if one.side == "expenditure" else -one.amount_gbp for one in items), Decimal(0)
    )


def _authority(row: TaxBaseRow, paid: Decimal) -> Authority:
    base, working = taxed(row)
    return Authority(
        row.authority_id,
        row.name,
        row.status,
        (row.where if row.status == "printed" else row.note) or "",
        base,
        working if row.status == "printed" or row.base is None else f"{row.status}: {row.note}",
        row.support_dwellings,
        row.collection_fund_gbp or Decimal(0),
        paid,
    )


def _bands(band_d: Decimal, last: Decimal | None, ratios: Mapping[str, int]) -> tuple[Band, ...]:
    amounts = band_amounts(band_d, ratios)
    before = band_amounts(last, ratios) if last is not None else {}
    bands = []
    for band, amount in amounts.items():
        rise = amount - before[band] if band in before else None
        bands.append(
            Band(
                band,
                ratios[band],
                amount,
                per_week(amount).quantize(PENNY),
                rise,
                None if rise is None else per_week(rise).quantize(PENNY),
            )
        )
    return tuple(bands)


def _clauses(found: Resolution) -> tuple[Clause, ...]:
    year, clauses = found.period, []

    def add(text: str, amount: Decimal | None, section: str, unit: str = "gbp") -> None:
        clauses.append(Clause(text, amount, unit, section))

    if found.tax_base is not None:
        add(
            f"The council tax base of the area for {year} is the sum of the billing authorities' bases.",
            found.tax_base, "LGFA 1992 s.42B(1), item T; SI 2012/2914", "band_d_homes",
        )  # fmt: skip
    if found.requirement_gbp is not None:
        for side, words, section in (
            ("expenditure", "expenditure, contingencies and contributions to reserves", "LGFA 1992 s.42A(2)"),
            ("income", "income, grants and use of reserves", "LGFA 1992 s.42A(3)"),
        ):
            total = sum((one.amount_gbp for one in found.items if one.side == side), Decimal(0))
            add(f"The aggregate of estimated {words} for {year}.", total, section)
        add(f"The council tax requirement for {year}.", found.requirement_gbp, "LGFA 1992 s.42A(4)")
    add(
        f"The basic amount of council tax for {year} (band D)"
        + (", the requirement divided by the base." if found.band_d_from == "requirement" else ", as decided."),
        found.band_d_gbp, "LGFA 1992 s.42B",
    )  # fmt: skip
    for band in found.bands:
        add(
            f"The amount for band {band.band}: {band.ratio} ninths of band D.",
            band.year_gbp,
            "LGFA 1992 s.47, s.5(1)",
        )
    for one in found.authorities:
        add(f"The precept on {one.name}.", one.precept_gbp, "LGFA 1992 s.48, s.40")
    if found.precept_gbp is not None and len(found.authorities) > 1:
        add(
            "The precept on all billing authorities, to be issued before 1 March.",
            found.precept_gbp,
            "LGFA 1992 s.40",
        )
    if found.referendum is not None:
        word = "is excessive" if found.referendum.is_excessive else "is not excessive"
        add(
            f"The basic amount {word} by the principles for {year}.",
            found.referendum.increase_gbp, "LGFA 1992 s.52ZB, s.52ZC",
        )  # fmt: skip
    return tuple(clauses)


def _findings(found: Resolution) -> tuple[str, ...]:
    told = []
    if found.referendum is not None and found.limit is not None:
        check, limit = found.referendum, found.limit
        allowed = money(limit.value) if limit.unit == "gbp" else f"less than {limit.value:.1%}"
        standing = "" if limit.status == "enacted" else f" (limit {limit.status})"
        if check.is_excessive:
            told.append(
                f"The rise of {money(check.increase_gbp)} is above what the principles allow, {allowed}{standing}: "
                "a referendum would be needed."
            )
        else:
            told.append(
                f"The rise of {money(check.increase_gbp)} ({check.increase_share:.2%}) is within what the principles "
                f"allow, {allowed}{standing}; {money(check.headroom_gbp)} is left."
            )
    elif found.limit is None:
        told.append(
            f"No referendum limit for {found.period} is known; add one to parameters/values/council_tax."
        )
    else:
        told.append(
            f"Band D of the year before {found.period} is not told, so the rise was not held against the limit."
        )
    if found.tax_base is None:
        told.append(
            "No tax bases are told, so there is no precept in pounds: type finance/tax_bases.csv or give --base."
        )
    # Half a penny on every band D home is the most that rounding band D can make.
    most = (found.tax_base or Decimal(0)) * PENNY / 2 + 1
    if found.rounding_gbp is not None and abs(found.rounding_gbp) > most:
        told.append(
            f"The precept less the requirement is {money(found.rounding_gbp)}, "
            "more than rounding band D can make."
        )
    told += [
        f"The tax base of {one.name} is {one.status}: {one.source}"
        for one in found.authorities
        if one.status != "printed"
    ]
    return tuple(told)
