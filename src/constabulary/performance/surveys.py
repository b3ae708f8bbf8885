"""Surveys: what people answered by period and group, how sure that is, and whether a change is real.

A file holds answers, one a row, or counts already made. In public, a cell of few people is hidden, and so is a second
one where the total would give the first away.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from constabulary.core.errors import BadInput, Problem
from constabulary.performance.columns import Row, read_rows
from constabulary.performance.periods import parse_periods
from constabulary.performance.shares import (
    DEFAULT_LEVEL,
    Difference,
    Interval,
    difference,
    effective_number,
    wilson,
)

ALL = ""
"""The group that is everybody."""

DEFAULT_MINIMUM = 20
"""People a public cell must rest on, unless told otherwise."""

YES = frozenset({"1", "yes", "y", "true", "satisfied"})
NO = frozenset({"0", "no", "n", "false", "not satisfied"})


@dataclass(frozen=True)
class SurveyCell:
    """What a group answered in a period.

    Parameters
    ----------
    period, group
        The period as written, and the group; `ALL` is everybody.
    n_answered
        People who answered; None where hidden.
    n_effective
        Unweighted answers that would say as much; the same as `n_answered` where nothing is weighted.
    share
        Share that answered yes, weighted, 0 to 1; None where hidden or nobody answered.
    interval
        Where the share of all people lies (Wilson), None with the share.
    change
        On the period before in the file that asked this group; None without one.
    hidden
        Why the cell is not shown: None, "few_people" or "gives_another_away".
    """

    period: str
    group: str
    n_answered: float | None
    n_effective: float | None
    share: float | None
    interval: Interval | None
    change: Difference | None = None
    hidden: str | None = None


@dataclass(frozen=True)
class _Tally:
    n_answered: float
    n_effective: float
    share: float


def read_survey(
    text: str,
    file: str,
    *,
    satisfied: Sequence[str] = (),
    level: float = DEFAULT_LEVEL,
    minimum: int | None = None,
) -> tuple[SurveyCell, ...]:
    r"""Return what a survey's file says, by period and group, everybody first.

    Parameters
    ----------
    text
        A CSV text with the columns period and answer (and weight, group) for answers, or period, n_satisfied and
        n_answered (and group) for counts.
    file
        Its name, for messages.
    satisfied
        Answers that count as yes; without it, answers are yes or no (1 or 0).
    level
        Confidence level of the intervals.
    minimum
        For the public: people a cell must rest on; None hides nothing.

    Raises
    ------
    BadInput
        If the columns are not there, or a row breaks a rule; all problems at once.

    Examples
    --------
    >>> cells = read_survey("period,n_satisfied,n_answered\n2011,68,100\n2012,71,100\n", "s.csv")
    >>> round(cells[1].change.value, 2), cells[1].change.is_real
    (0.03, False)
    """
    header, rows = read_rows(text, file, needed=("period",))
    if {"n_satisfied", "n_answered"} <= set(header):
        tallies = _from_counts(rows, file)
    elif "answer" in header:
        tallies = _from_answers(rows, file, frozenset(one.strip().lower() for one in satisfied))
    else:
        raise BadInput(
            Problem(
                "no_column",
                "there is neither a column answer nor the columns n_satisfied and n_answered.",
                file=file,
                row=1,
                expected="period,answer or period,n_satisfied,n_answered",
                remedy="Name the columns in the first line.",
            )
        )
    return survey_cells(tallies, level=level, minimum=minimum)


def survey_cells(
    tallies: Mapping[tuple[str, str], _Tally], *, level: float = DEFAULT_LEVEL, minimum: int | None = None
) -> tuple[SurveyCell, ...]:
    """Return the cells of tallied answers with their intervals and changes, few people hidden where asked."""
    periods = _in_order({period for period, _ in tallies})
    groups = sorted({group for _, group in tallies})
    hidden = {} if minimum is None else _hidden(tallies, periods, minimum)
    cells = []
    for group in groups:
        before: _Tally | None = None
        for period in periods:
            tally = tallies.get((period, group))
            if tally is None:
                continue
            if (period, group) in hidden:
                reason = hidden[period, group]
                cells.append(SurveyCell(period, group, None, None, None, None, None, reason))
                before = None
                continue
            cell = SurveyCell(
                period,
                group,
                tally.n_answered,
                tally.n_effective,
                tally.share,
                wilson(tally.share, tally.n_effective, level),
            )
            if before is not None:
                change = difference(before.share, before.n_effective, tally.share, tally.n_effective, level)
                cell = replace(cell, change=change)
            cells.append(cell)
            before = tally
    return tuple(cells)


def tally_counts(counts: Iterable[tuple[str, str, float, float]]) -> dict[tuple[str, str], _Tally]:
    """Return the tallies of counts (period, group, number who said yes, number who answered above 0).

    Where a period has groups and no row for everybody, everybody is their sum.
    """
    yes: dict[tuple[str, str], float] = {}
    asked: dict[tuple[str, str], float] = {}
    for period, group, n_yes, n in counts:
        yes[period, group] = yes.get((period, group), 0.0) + n_yes
        asked[period, group] = asked.get((period, group), 0.0) + n
    for period in {period for period, _ in asked if (period, ALL) not in asked}:
        yes[period, ALL] = sum(value for (one, _), value in yes.items() if one == period)
        asked[period, ALL] = sum(value for (one, _), value in asked.items() if one == period)
    return {key: _Tally(n, n, yes[key] / n) for key, n in asked.items()}


def _from_counts(rows: Sequence[Row], file: str) -> dict[tuple[str, str], _Tally]:
    problems: list[Problem] = []
    counts = []
    for row in rows:
        n_yes, n = row.number("n_satisfied", file, problems), row.number("n_answered", file, problems)
        if n_yes is None or n is None:
            continue
        if not 0 <= n_yes <= n or n == 0:
            problems.append(
                Problem(
                    "impossible_count",
                    f"{n_yes:g} of {n:g} people cannot be.",
                    file=file,
                    row=row.line,
                    column="n_satisfied",
                    expected="0 or more, and no more than n_answered, which is above 0",
                    remedy="Mend the row, or leave it out where nobody was asked.",
                )
            )
            continue
        counts.append((row["period"], row.get("group"), n_yes, n))
    if problems:
        raise BadInput(problems)
    return tally_counts(counts)


def _from_answers(rows: Sequence[Row], file: str, satisfied: frozenset[str]) -> dict[tuple[str, str], _Tally]:
    problems: list[Problem] = []
    answers: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in rows:
        said = row["answer"].lower()
        if not said:
            continue
        weight = row.number("weight", file, problems) if row.get("weight") else 1.0
        if weight is not None and weight < 0:
            problems.append(
                Problem(
                    "negative",
                    "a weight is below zero.",
                    file,
                    row.line,
                    "weight",
                    row["weight"],
                    "0 or more",
                )
            )
        if not satisfied and said not in YES | NO:
            problems.append(
                Problem(
                    "unknown_answer",
                    f'"{row["answer"]}" is neither yes nor no.',
                    file=file,
                    row=row.line,
                    column="answer",
                    value=row["answer"],
                    expected="yes or no, 1 or 0",
                    remedy="Name the answers that count as yes with --satisfied.",
                )
            )
        is_yes = float(said in (satisfied or YES))
        for group in dict.fromkeys((ALL, row.get("group"))):
            answers.setdefault((row["period"], group), []).append((is_yes, weight or 0.0))
    if problems:
        raise BadInput(problems)
    tallies = {}
    for key, given in answers.items():
        weights = [weight for _, weight in given]
        total = math.fsum(weights)
        if total > 0:
            share = math.fsum(is_yes * weight for is_yes, weight in given) / total
            tallies[key] = _Tally(float(len(given)), effective_number(weights), share)
    return tallies


def _in_order(periods: set[str]) -> list[str]:
    names = sorted(periods)
    known = dict(zip(names, parse_periods(names), strict=True))
    return sorted(periods, key=lambda one: (known[one].unit, known[one].number or 0, one))


def _hidden(
    tallies: Mapping[tuple[str, str], _Tally], periods: Sequence[str], minimum: int
) -> dict[tuple[str, str], str]:
    """Return the cells not to be shown, with the reason.

    What the total less the shown groups would give away is one group, or fewer people than the minimum: then the next
    smallest group is hidden too, and the total itself where none is left.
    """
    hidden = {key: "few_people" for key, tally in tallies.items() if tally.n_answered < minimum}
    for period in periods:
        groups = {group: tally for (one, group), tally in tallies.items() if one == period and group != ALL}
        lost = [group for group in groups if (period, group) in hidden]
        shown = sorted(groups.keys() - lost, key=lambda group: (groups[group].n_answered, group))
        while lost and (len(lost) == 1 or sum(groups[group].n_answered for group in lost) < minimum):
            if not shown:
                hidden.setdefault((period, ALL), "gives_another_away")
                break
            lost.append(shown.pop(0))
            hidden[period, lost[-1]] = "gives_another_away"
    return hidden
