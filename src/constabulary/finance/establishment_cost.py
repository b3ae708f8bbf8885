"""Posts to pounds: people by pay point month by month, with increments, awards, joiners, leavers and on-costs.

Each month everybody is a month longer at their point; after twelve they rise one point (increments are yearly, for
those whose work is satisfactory: all are taken to be). Those in post at the beginning are spread evenly over the
twelve months. Then a twelfth of the year's leavers go, from all points alike, and a twelfth of the joiners come. The
month costs a twelfth of the yearly pay of its first day, so a rise on 1 September is 5/12 at the old rate and 7/12 at
the new. People are counted in full-time equivalents and need not be whole: it is an expectation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from constabulary.core.amounts import money
from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.finance_pay import MovesRow, OnCostRow, PayGroupRow, StrengthRow
from constabulary.finance.pay_scale import PayScale
from constabulary.finance.periods import MONTHS, start_of

PENNY = Decimal("0.01")
NOUGHT = Decimal(0)
People = dict[int, list[Decimal]]
"""People (full-time equivalents) by pay point and full months they have been at it (0 to 11)."""


@dataclass(frozen=True)
class OnCost:
    """What the employer pays on top of pay in a year under one name (pounds)."""

    on_cost_id: str
    name: str
    cost_gbp: Decimal


@dataclass(frozen=True)
class MonthCost:
    """One month of a pay group: its first day, people in post and posts (full-time equivalents), cost (pounds)."""

    month_on: date
    strength_fte: Decimal
    posts_fte: Decimal
    pay_gbp: Decimal
    on_costs_gbp: Decimal


@dataclass(frozen=True)
class GroupYear:
    """What a pay group costs in a year.

    Parameters
    ----------
    group_id, name, scale_id, period
        Which group, on which scale, in which year.
    posts_fte, strength_fte
        Posts and people in post at the end of the year.
    joiners_fte, leavers_fte
        Who came and went in it.
    mean_strength_fte, mean_vacancies_fte
        People in post and posts without anybody, on average over the months; below zero are people over posts.
    pay_gbp, on_costs, cost_gbp
        Pay, what comes on top, and both (pounds).
    cost_each_gbp
        Cost of one full-time equivalent in post (pounds a year).
    vacancies_gbp
        What the vacancies would have cost at that (pounds).
    at_point_fte
        People in post at the end of the year by pay point.
    months
        Each month.
    working
        How it was come by, in sentences.
    """

    group_id: str
    name: str
    scale_id: str
    period: str
    posts_fte: Decimal
    strength_fte: Decimal
    joiners_fte: Decimal
    leavers_fte: Decimal
    mean_strength_fte: Decimal
    mean_vacancies_fte: Decimal
    pay_gbp: Decimal
    on_costs: tuple[OnCost, ...]
    cost_gbp: Decimal
    cost_each_gbp: Decimal
    vacancies_gbp: Decimal
    at_point_fte: Mapping[int, Decimal]
    months: tuple[MonthCost, ...]
    working: tuple[str, ...]


def project(
    group: PayGroupRow,
    strengths: Sequence[StrengthRow],
    moves: Sequence[MovesRow],
    on_costs: Sequence[OnCostRow],
    scale: PayScale,
    periods: Sequence[str],
    *,
    is_new: bool = False,
) -> tuple[GroupYear, ...]:
    """Return what a pay group costs in each of several years.

    Parameters
    ----------
    group
        The group; its posts hold on its day, the eve of the first year.
    strengths
        People in post by pay point on that day.
    moves
        Its joiners, leavers and added posts by year.
    on_costs
        What is paid on top; of several under one id the latest counts.
    scale
        Its pay scale.
    periods
        The years, one after the other.
    is_new
        All in post begin on the first day, rather than standing anywhere within a year at their point.

    Raises
    ------
    BadInput
        If the years do not begin on the morrow of the group's day, a point is not of the scale, or more leave than
        there are.
    """
    if not periods:
        return ()
    if start_of(periods[0]) != group.as_at_on + timedelta(days=1):
        raise BadInput(
            Problem(
                "years_apart",
                f"{group.name} are told for {group.as_at_on}, and {periods[0]} does not begin the day after.",
                group.file,
                group.line,
                remedy="Begin with the year that does.",
            )
        )
    people = _begun(group, strengths, scale, is_new)
    posts = group.posts_fte
    found: list[GroupYear] = []
    for period in periods:
        move = next((one for one in moves if one.period == period), None)
        if move is not None:
            posts += move.posts_change_fte or NOUGHT
        begins_now = is_new and not found
        found.append(_year(group, scale, on_costs, period, people, posts, move, begins_now))
    return tuple(found)


def _begun(group: PayGroupRow, strengths: Sequence[StrengthRow], scale: PayScale, is_new: bool) -> People:
    known = scale.points_on(group.as_at_on + timedelta(days=1))
    people: People = {point: [NOUGHT] * MONTHS for point in sorted(known)}
    for row in strengths:
        _check_point(row.point, people, scale, row)
        people[row.point] = (
            [row.strength_fte, *[NOUGHT] * (MONTHS - 1)] if is_new else [row.strength_fte / MONTHS] * MONTHS
        )
    return people


def _check_point(point: int, people: People, scale: PayScale, row: StrengthRow | MovesRow) -> None:
    if point not in people:
        raise BadInput(
            Problem(
                "no_such_point",
                f"{point} is no point of the pay scale {scale.scale_id}.",
                row.file,
                row.line,
                "point",
                str(point),
                f"one of {', '.join(map(str, people))}.",
                "Mend the row.",
            )
        )


def _year(
    group: PayGroupRow,
    scale: PayScale,
    on_costs: Sequence[OnCostRow],
    period: str,
    people: People,
    posts: Decimal,
    move: MovesRow | None,
    begins_now: bool,
) -> GroupYear:
    """Work out one year; `people` are moved on to its end."""
    first = start_of(period)
    joiners, leavers = (move.joiners_fte, move.leavers_fte) if move else (NOUGHT, NOUGHT)
    if move:
        _check_point(move.joining_point, people, scale, move)
    months: list[MonthCost] = []
    on_top: dict[str, tuple[str, Decimal]] = {}
    for no in range(MONTHS):
        on = date(first.year + (first.month - 1 + no) // MONTHS, (first.month - 1 + no) % MONTHS + 1, 1)
        if no or not begins_now:
            _grow_older(people)
        _leave(people, leavers / MONTHS, move)
        if move:
            people[move.joining_point][0] += joiners / MONTHS
        months.append(_month(group, scale.points_on(on), on_costs, on, people, posts, on_top))
    pay = sum((one.pay_gbp for one in months), NOUGHT)
    tops = tuple(OnCost(key, name, amount) for key, (name, amount) in on_top.items())
    cost = pay + sum((one.cost_gbp for one in tops), NOUGHT)
    mean = sum((one.strength_fte for one in months), NOUGHT) / MONTHS
    each = cost / mean if mean else NOUGHT
    vacancies = posts - mean
    return GroupYear(
        group_id=group.group_id,
        name=group.name,
        scale_id=group.scale_id,
        period=period,
        posts_fte=posts,
        strength_fte=months[-1].strength_fte,
        joiners_fte=joiners,
        leavers_fte=leavers,
        mean_strength_fte=mean,
        mean_vacancies_fte=vacancies,
        pay_gbp=pay,
        on_costs=tops,
        cost_gbp=cost,
        cost_each_gbp=_penny(each),
        vacancies_gbp=_penny(each * vacancies),
        at_point_fte={point: sum(ages, NOUGHT) for point, ages in people.items()},
        months=tuple(months),
        working=_working(scale, period, mean, pay, tops, cost),
    )


def _grow_older(people: People) -> None:
    top = max(people)
    rising = NOUGHT
    for point in sorted(people):
        ages = people[point]
        if point == top:
            ages[0] += rising
            continue
        risen = ages[-1]
        people[point] = [rising, *ages[:-1]]
        rising = risen


def _leave(people: People, leaving: Decimal, move: MovesRow | None) -> None:
    total = sum((sum(ages, NOUGHT) for ages in people.values()), NOUGHT)
    if move is None or not leaving:
        return
    if leaving > total:
        raise BadInput(
            Problem(
                "too_many_leavers",
                f"{leaving:.1f} leave in a month of {move.period} and there are {total:.1f}.",
                move.file,
                move.line,
                "leavers_fte",
                str(move.leavers_fte),
                remedy="Mend the leavers, or the people in post at the beginning.",
            )
        )
    kept = 1 - leaving / total
    for point, ages in people.items():
        people[point] = [one * kept for one in ages]


def _month(
    group: PayGroupRow,
    points: Mapping[int, Decimal],
    on_costs: Sequence[OnCostRow],
    on: date,
    people: People,
    posts: Decimal,
    on_top: dict[str, tuple[str, Decimal]],
) -> MonthCost:
    counts = {point: sum(ages, NOUGHT) for point, ages in people.items()}
    pay = sum((counts[point] * points[point] for point in counts), NOUGHT) / MONTHS
    added = NOUGHT
    for row in _due(group, on_costs, on):
        above = row.above_gbp or NOUGHT
        due = sum((counts[point] * max(points[point] - above, NOUGHT) for point in counts), NOUGHT)
        amount = _penny(due * row.rate_share / MONTHS)
        name, before = on_top.get(row.on_cost_id, (row.name, NOUGHT))
        on_top[row.on_cost_id] = (name, before + amount)
        added += amount
    return MonthCost(on, sum(counts.values(), NOUGHT), posts, _penny(pay), added)


def _due(group: PayGroupRow, on_costs: Sequence[OnCostRow], on: date) -> list[OnCostRow]:
    """Return the on-costs that hold for a group on a day: of each id the group's own before all groups', the latest."""
    chosen: dict[str, OnCostRow] = {}
    for row in sorted(on_costs, key=lambda one: (one.group_id is not None, one.from_on)):
        if row.from_on <= on and row.group_id in (None, group.group_id):
            chosen[row.on_cost_id] = row
    return list(chosen.values())


def _working(
    scale: PayScale, period: str, mean: Decimal, pay: Decimal, tops: Sequence[OnCost], cost: Decimal
) -> tuple[str, ...]:
    first = start_of(period)
    last = date(first.year + 1, first.month, 1) - timedelta(days=1)
    lines = [
        f"{mean:,.1f} full-time equivalents in post on average; pay {money(pay)}, the sum over the months of people "
        "at each pay point times a twelfth of the point's pay."
    ]
    for day, source in sorted((scale.sources or {}).items()):
        before = [one for one in (scale.sources or {}) if one <= first]
        if first < day <= last or (before and day == max(before)):
            lines.append(f"Pay scale {scale.scale_id} from {day.day} {day:%B %Y}: {source}")
    lines += [f"{one.name}: {money(one.cost_gbp)}" for one in tops]
    lines.append(f"Together {money(cost)}.")
    return tuple(lines)


def _penny(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, ROUND_HALF_UP)
