"""What may be published of time in areas: figures of few units are hidden, and others, until none can be found.

A figure is the hours of one area in one calendar month. Areas nest, so figures are tied by sums. First those are hidden
that show too few units, too few hours, or one or two units (primary). Then others (secondary), the smallest first: as
long as one figure is the only hidden one of a sum, and as long as linear programming over everything published brings a
hidden figure within its protection. A month is published once and never again otherwise, and several months are given
as the sum of what was published of each, so that no edition says anything that its months do not.

A part of the time, such as visible time, is published beside it: a figure of the part where that of the time is shown,
and where neither the part nor the rest of the time is of few units, few hours, or one or two units. The rest is not
published, but whoever holds time and part has it by taking one from the other. So hidden time, hidden parts and rests
that are to stay unknown are audited under all figures of both. Only figures of the part are hidden for it: the time has
been decided before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from constabulary.cover.audit import Known, Whole, bounds

Cell = tuple[str, str]
"""Level and area of a figure."""


@dataclass(frozen=True)
class Rules:
    """What must hold of a public figure; see the parameters of the group "disclosure" for each.

    Parameters
    ----------
    least_units, least_hours, top_two_share
        What a figure needs to be shown.
    rounding_hours
        What it is rounded to [h].
    delay_days
        Days from the end of a month to its first figure.
    protection_hours, protection_share
        A hidden figure may be worked out to a range no narrower than the greater of these hours, and this share of it.
    """

    least_units: int
    least_hours: float
    top_two_share: float
    rounding_hours: float
    delay_days: int
    protection_hours: float
    protection_share: float

    @classmethod
    def of(cls, values: Mapping[str, float]) -> Rules:
        """Return the rules from their values by name."""
        whole = {name: int(values[name]) for name in ("least_units", "delay_days")}
        return cls(**whole, **{name: float(value) for name, value in values.items() if name not in whole})  # type: ignore[arg-type]

    def rounded(self, hours: float) -> float:
        """Return hours as they are published [h]."""
        return float(np.floor(hours / self.rounding_hours + 0.5) * self.rounding_hours)

    def shows(self, hours: float, unit_hours: Sequence[float]) -> bool:
        """Tell whether a figure may be shown by itself, from its hours and those of each of its units."""
        if len(unit_hours) < self.least_units or hours < self.least_hours:
            return False
        return sum(sorted(unit_hours)[-2:]) <= self.top_two_share * hours

    def protection(self, hours: float) -> float:
        """Return how wide the range must be that a hidden figure can be worked out to [h]."""
        return max(self.protection_hours, self.protection_share * hours)


@dataclass(frozen=True)
class Question:
    """The figures of one month.

    Parameters
    ----------
    members
        Of every cell, the smallest places that it adds up.
    hours
        The true hours of each smallest place, shape (places,) [h].
    sums
        Cells that add up to another: (whole, parts).
    shown
        Whether each cell may be shown by itself.
    """

    members: Mapping[Cell, Whole]
    hours: np.ndarray
    sums: Sequence[tuple[Cell, tuple[Cell, ...]]]
    shown: Mapping[Cell, bool]

    def truth(self, cell: Cell) -> float:
        """Return the true hours of a cell [h]."""
        return float(self.hours[self.members[cell]].sum())


@dataclass(frozen=True)
class Part:
    """A part of the time of one month.

    Parameters
    ----------
    hours
        The true hours of the part in each smallest place, no more than all its time, shape (places,) [h].
    shown
        Whether each cell's part, and whether the rest of its time, may be shown by itself.
    """

    hours: np.ndarray
    shown: Mapping[Cell, tuple[bool, bool]]


def decide(question: Question, rules: Rules) -> dict[Cell, float | None]:
    """Return every figure as it may be published, None where it is hidden [h].

    Parameters
    ----------
    question
        The figures, and how they are tied.
    rules
        What must hold.

    Examples
    --------
    >>> rules = Rules(3, 10, 0.9, 5, 31, 10, 0.2)
    >>> parts = (("lsoa", "a"), ("lsoa", "b"), ("lsoa", "c"))
    >>> members = {("force", "f"): np.arange(3)} | {cell: np.array([no]) for no, cell in enumerate(parts)}
    >>> shown = dict.fromkeys(members, True) | {("lsoa", "a"): False}
    >>> decide(Question(members, np.array([4.0, 33.0, 61.0]), [(("force", "f"), parts)], shown), rules)
    {('force', 'f'): 100.0, ('lsoa', 'a'): None, ('lsoa', 'b'): None, ('lsoa', 'c'): 60.0}
    """
    hidden = {cell for cell, is_shown in question.shown.items() if not is_shown}
    n_places = len(question.hours)

    def exposed() -> list[Cell]:
        every = [(cell, question.members[cell], question.truth(cell)) for cell in sorted(hidden)]
        return _exposed(n_places, _known(question, hidden, rules), every, rules)

    return _decided(question, hidden, exposed, rules)


def decide_part(
    question: Question, published: Mapping[Cell, float | None], part: Part, rules: Rules
) -> dict[Cell, float | None]:
    """Return every figure of a part of the time as it may be published beside that of all time, None where hidden [h].

    Parameters
    ----------
    question
        As for `decide`.
    published
        What was decided for all time.
    part
        The part.
    rules
        What must hold.

    Examples
    --------
    >>> rules = Rules(3, 10, 0.9, 5, 31, 10, 0.2)
    >>> parts = (("lsoa", "a"), ("lsoa", "b"), ("lsoa", "c"))
    >>> members = {("force", "f"): np.arange(3)} | {cell: np.array([no]) for no, cell in enumerate(parts)}
    >>> time = Question(members, np.array([40.0, 33.0, 61.0]), [(("force", "f"), parts)], dict.fromkeys(members, True))
    >>> few = Part(np.array([36.0, 20.0, 30.0]), dict.fromkeys(members, (True, True)) | {("lsoa", "a"): (True, False)})
    >>> decide_part(time, decide(time, rules), few, rules)
    {('force', 'f'): 85.0, ('lsoa', 'a'): None, ('lsoa', 'b'): None, ('lsoa', 'c'): 30.0}
    """
    n_places = len(question.hours)
    # Unknown are the part in each place, and after these the rest in each.
    tied = Question(question.members, part.hours, question.sums, question.shown)
    rest = np.asarray(question.hours) - part.hours
    hidden = {cell for cell, figure in published.items() if figure is None or not all(part.shown[cell])}

    def whole(cell: Cell) -> Whole:
        return np.concatenate([question.members[cell], question.members[cell] + n_places])

    time = [
        Known(whole(one), *_range(figure, rules)) for one, figure in published.items() if figure is not None
    ]
    secret = [
        *(
            (cell, whole(cell), question.truth(cell))
            for cell, figure in sorted(published.items())
            if figure is None
        ),
        *(
            (cell, question.members[cell] + n_places, float(rest[question.members[cell]].sum()))
            for cell, (_, is_rest_shown) in sorted(part.shown.items())
            if not is_rest_shown
        ),
    ]

    def exposed() -> list[Cell]:
        parts = [(cell, tied.members[cell], tied.truth(cell)) for cell in sorted(hidden)]
        return _exposed(2 * n_places, [*time, *_known(tied, hidden, rules)], [*secret, *parts], rules)

    return _decided(tied, hidden, exposed, rules)


def _decided(
    question: Question, hidden: set[Cell], exposed: Callable[[], list[Cell]], rules: Rules
) -> dict[Cell, float | None]:
    """Hide more cells until none is the only hidden one of a sum and none exposed; return the figures."""
    while True:
        _lonely(question, hidden)
        # Nothing more is told of what is hidden once nothing is left to hide, so this comes to an end.
        more = {one for cell in exposed() for one in _companion(question, cell, hidden)}
        if not more:
            break
        hidden |= more
    return {
        cell: None if cell in hidden else rules.rounded(question.truth(cell)) for cell in question.members
    }


def _exposed(
    n_unknowns: int, known: Sequence[Known], secret: Sequence[tuple[Cell, Whole, float]], rules: Rules
) -> list[Cell]:
    """Return the cells of which something secret (unknowns and true hours) is known too well."""
    ranges = bounds(n_unknowns, known, [members for _, members, _ in secret])
    return [
        cell
        for (cell, _, truth), (least, most) in zip(secret, ranges, strict=True)
        if most - least < rules.protection(truth) - 1e-6
    ]


def _range(figure: float, rules: Rules) -> tuple[float, float]:
    half = rules.rounding_hours / 2
    return max(0.0, figure - half), figure + half


def _known(question: Question, hidden: set[Cell], rules: Rules) -> list[Known]:
    return [
        Known(members, *_range(rules.rounded(question.truth(cell)), rules))
        for cell, members in question.members.items()
        if cell not in hidden
    ]


def _lonely(question: Question, hidden: set[Cell]) -> None:
    """Hide another cell of every sum in which one alone is hidden: the smallest part, or else the whole."""
    again = True
    while again:
        again = False
        for whole, parts in question.sums:
            row = (*parts, whole)
            if sum(cell in hidden for cell in row) == 1:
                left = [cell for cell in row if cell not in hidden]
                hidden.add(min(left, key=lambda cell: (cell == whole, question.truth(cell), cell)))
                again = True


def _companion(question: Question, cell: Cell, hidden: set[Cell]) -> list[Cell]:
    """Return the smallest cell still shown whose hiding loosens what is known of another, if there is one."""
    tied = {
        other
        for whole, parts in question.sums
        if cell in parts or cell == whole
        for other in (whole, *parts)
        if other not in hidden
    }
    shown = tied or {other for other in question.members if other not in hidden}
    return sorted(shown, key=lambda other: (question.truth(other), other))[:1]
