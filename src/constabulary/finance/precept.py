"""The precept: from the council tax requirement to band D, bands A to H, each billing authority's share and the limit.

References
----------
Local Government Finance Act 1992: s.5(1) (proportions of the bands), s.42A (council tax requirement), s.42B (basic
amount of council tax, R divided by T), s.47 (amounts for the bands), s.48 (amounts payable by billing authorities),
s.52ZB and s.52ZC (excessive increases, by principles approved each year); s.42A, s.42B and s.52Z were put in by the
Localism Act 2011.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from constabulary.core.errors import BadInput, Problem

PENNY = Decimal("0.01")
WEEKS_IN_A_YEAR = 52


def basic_amount(requirement_gbp: Decimal, bases: Mapping[str, Decimal]) -> Decimal:
    """Return the basic amount of council tax (band D), to the penny (LGFA 1992 s.42B: R divided by T).

    Parameters
    ----------
    requirement_gbp
        The council tax requirement R (pounds).
    bases
        The council tax base of each billing authority (band D equivalent dwellings); T is their sum.

    Raises
    ------
    BadInput
        If the bases come to nothing.

    Examples
    --------
    >>> from decimal import Decimal
    >>> str(basic_amount(Decimal(1_779_300), {"north": Decimal(4_000), "south": Decimal(6_000)}))
    '177.93'
    """
    base = sum(bases.values(), Decimal(0))
    if base <= 0:
        raise BadInput(
            Problem("no_tax_base", "the council tax bases come to nothing.", expected="at least one above 0.")
        )
    return _penny(requirement_gbp / base)


def band_amounts(band_d_gbp: Decimal, ratios: Mapping[str, int]) -> dict[str, Decimal]:
    """Return the yearly amount of every band, to the penny (LGFA 1992 s.47 and s.5(1)).

    Parameters
    ----------
    band_d_gbp
        The basic amount (pounds a year).
    ratios
        The proportions of the bands, such as D: 9 and H: 18.

    Examples
    --------
    >>> from decimal import Decimal
    >>> str(band_amounts(Decimal("177.93"), {"A": 6, "D": 9})["A"])
    '118.62'
    """
    shares = {band: share_of_band_d(band, ratios) for band in ratios}
    return {band: _penny(band_d_gbp * share.numerator / share.denominator) for band, share in shares.items()}


def share_of_band_d(band: str, ratios: Mapping[str, int]) -> Fraction:
    """Return what a band pays for each pound of band D (LGFA 1992 s.5(1)).

    Examples
    --------
    >>> str(share_of_band_d("A", {"A": 6, "D": 9}))
    '2/3'
    """
    return Fraction(ratios[band], ratios["D"])


def per_week(amount_gbp: Decimal) -> Decimal:
    """Return what a yearly amount (pounds) comes to in a week of 52 to the year, unrounded."""
    return amount_gbp / WEEKS_IN_A_YEAR


def payable_by_authority(band_d_gbp: Decimal, bases: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what each billing authority pays, to the penny: its base times the basic amount (LGFA 1992 s.48).

    Parameters
    ----------
    band_d_gbp
        The basic amount (pounds).
    bases
        The council tax base of each billing authority.
    """
    return {authority: _penny(base * band_d_gbp) for authority, base in bases.items()}


@dataclass(frozen=True)
class ReferendumCheck:
    """Whether an increase of band D is excessive.

    Parameters
    ----------
    increase_gbp, increase_share
        By how much band D rises (pounds; share of the year before).
    limit_gbp
        The rise that the year's principles allow (pounds), a share turned into pounds of the year before.
    headroom_gbp
        What is left of it; negative where the increase is excessive.
    is_excessive
        A referendum would be needed (LGFA 1992 s.52ZB).
    """

    increase_gbp: Decimal
    increase_share: Decimal
    limit_gbp: Decimal
    headroom_gbp: Decimal
    is_excessive: bool


def check_referendum(
    band_d_gbp: Decimal,
    last_band_d_gbp: Decimal,
    *,
    limit_gbp: Decimal | None = None,
    limit_share: Decimal | None = None,
) -> ReferendumCheck:
    """Return whether a band D amount is excessive by the year's principles.

    Parameters
    ----------
    band_d_gbp, last_band_d_gbp
        The relevant basic amount of the year and of the year before (pounds).
    limit_gbp
        Where the principles are in pounds: a rise of more than this is excessive.
    limit_share
        Where they are a share of the year before: a rise of this or more is excessive.

    Raises
    ------
    BadInput
        If not exactly one limit is given, or the year before has no amount.
    """
    if (limit_gbp is None) == (limit_share is None) or last_band_d_gbp <= 0:
        raise BadInput(
            Problem(
                "no_limit",
                "a limit in pounds or as a share, and the amount of the year before, are needed.",
                expected="one of limit_gbp and limit_share.",
            )
        )
    increase = band_d_gbp - last_band_d_gbp
    limit = limit_gbp if limit_gbp is not None else last_band_d_gbp * (limit_share or Decimal(0))
    is_excessive = increase > limit if limit_gbp is not None else increase >= limit
    return ReferendumCheck(increase, increase / last_band_d_gbp, limit, limit - increase, is_excessive)


def _penny(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, ROUND_HALF_UP)
