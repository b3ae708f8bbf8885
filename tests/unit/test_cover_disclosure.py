"""The attacker: holds everything published of a month at all levels, and finds nobody.

The attack is made with scipy's linear programming on the published figures alone; ours is HiGHS called another way.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pytest
from scipy.optimize import linprog

from constabulary.cover.audit import Known, bounds
from constabulary.cover.disclosure import Cell, Part, Question, Rules, decide, decide_part

RULES = Rules(
    least_units=5, least_hours=10, top_two_share=0.9, rounding_hours=1, delay_days=0, protection_hours=10,
    protection_share=0.2,
)  # fmt: skip
LEAVES = 24
LEVELS = {"force": 24, "area": 12, "district": 6, "neighbourhood": 3, "lsoa": 1}
"""Leaves in each area of a level."""
CELLS = [(level, str(area)) for level, size in LEVELS.items() for area in range(LEAVES // size)]


def members(cell: Cell) -> np.ndarray:
    size = LEVELS[cell[0]]
    return np.arange(int(cell[1]) * size, (int(cell[1]) + 1) * size)


def sums() -> list[tuple[Cell, tuple[Cell, ...]]]:
    return [
        (
            (above, str(area)),
            tuple((below, str(area * (wide // narrow) + no)) for no in range(wide // narrow)),
        )
        for (above, wide), (below, narrow) in itertools.pairwise(LEVELS.items())
        for area in range(LEAVES // wide)
    ]


def county(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Hours and units of each leaf: most places are busy, some see a unit or two, some nobody."""
    rng = np.random.default_rng(seed)
    hours, units = rng.gamma(2, 30, LEAVES), rng.poisson(14, LEAVES)
    quiet = rng.random(LEAVES) < 0.2
    hours[quiet], units[quiet] = rng.uniform(0, 9, quiet.sum()), rng.integers(0, 3, quiet.sum())
    hours[units == 0] = 0
    return hours, units


def question_of(seed: int) -> Question:
    hours, units = county(seed)

    def is_shown(own: np.ndarray) -> bool:
        return bool(units[own].sum() >= RULES.least_units and hours[own].sum() >= RULES.least_hours)

    own = {cell: members(cell) for cell in CELLS}
    return Question(own, hours, sums(), {cell: is_shown(own[cell]) for cell in CELLS})


def attack(
    figures: Mapping[Cell, float | None],
    target: Cell,
    visible: Mapping[Cell, float | None] | None = None,
    kinds: tuple[int, ...] = (0, 1),
) -> tuple[float, float]:
    """The least and the most a hidden figure can be, by scipy from published figures alone.

    Unknown are visible hours (0) and other hours (1) of each leaf; kinds are those that the target adds up.
    """

    def row(cell: Cell, some: tuple[int, ...]) -> np.ndarray:
        found = np.zeros((2, LEAVES))
        found[np.ix_(some, members(cell))] = 1
        return found.ravel()

    rows, limits = [], []
    for given, some in ((figures, (0, 1)), (visible or {}, (0,))):
        for cell, value in given.items():
            if value is not None:
                rows += [row(cell, some), -row(cell, some)]
                limits += [value + RULES.rounding_hours / 2, -max(0.0, value - RULES.rounding_hours / 2)]
    cost = row(target, kinds)
    least, most = (
        linprog(sign * cost, A_ub=np.array(rows), b_ub=np.array(limits), bounds=(0, None)) for sign in (1, -1)
    )
    assert least.status == 0
    # No bound at all (status 3) is as wide as can be.
    return least.fun, -most.fun if most.status == 0 else np.inf


def test_no_hidden_figure_can_be_worked_out_from_all_levels() -> None:
    n_hidden = n_secondary = 0
    for seed in range(8):
        question = question_of(seed)
        figures = decide(question, RULES)
        for cell, value in figures.items():
            truth = question.truth(cell)
            if value is not None:
                assert question.shown[cell] and abs(value - truth) <= 0.5 + 1e-9
                continue
            n_hidden += 1
            n_secondary += question.shown[cell]
            least, most = attack(figures, cell)
            assert least - 1e-6 <= truth <= most + 1e-6
            assert most - least >= RULES.protection(truth) - 1e-6, (seed, cell)
    assert n_hidden > 30 and n_secondary > 10


def part_of(seed: int, question: Question) -> Part:
    """Visible hours of each leaf, and what of them and the rest may be shown: in some leaves one of them is small."""
    rng = np.random.default_rng(100 + seed)
    share = np.where(
        rng.random(LEAVES) < 0.2, rng.choice([0.02, 0.97, 1.0], LEAVES), rng.uniform(0.3, 0.7, LEAVES)
    )
    hours = question.hours * share

    def is_enough(hours: np.ndarray, cell: Cell) -> bool:
        return bool(question.shown[cell] and hours[members(cell)].sum() >= RULES.least_hours)

    return Part(
        hours, {cell: (is_enough(hours, cell), is_enough(question.hours - hours, cell)) for cell in CELLS}
    )


def secrets(
    question: Question, part: Part, figures: Mapping[Cell, float | None], visible: Mapping[Cell, float | None]
) -> list[tuple[Cell, tuple[int, ...], float]]:
    """What must stay unknown: the cell, the kinds of hours it adds up, and the truth."""
    found = [(cell, (0, 1), question.truth(cell)) for cell, value in figures.items() if value is None]
    for cell, value in visible.items():
        own = members(cell)
        if value is None:
            found.append((cell, (0,), float(part.hours[own].sum())))
        if not part.shown[cell][1]:
            found.append((cell, (1,), float((question.hours - part.hours)[own].sum())))
    return found


def test_no_hidden_figure_can_be_worked_out_from_time_and_visible_time_together() -> None:
    n_secret = n_secondary = n_shown = 0
    for seed in range(5):
        question = question_of(seed)
        part = part_of(seed, question)
        figures = decide(question, RULES)
        visible = decide_part(question, figures, part, RULES)
        for cell, value in visible.items():
            if value is not None:
                n_shown += 1
                assert figures[cell] is not None and all(part.shown[cell])
                assert abs(value - part.hours[members(cell)].sum()) <= 0.5 + 1e-9
            n_secondary += value is None and figures[cell] is not None and all(part.shown[cell])
        for cell, kinds, truth in secrets(question, part, figures, visible):
            n_secret += 1
            least, most = attack(figures, cell, visible, kinds)
            assert least - 1e-6 <= truth <= most + 1e-6
            assert most - least >= RULES.protection(truth) - 1e-6, (seed, cell, kinds)
    assert n_secret > 60 and n_secondary > 5 and n_shown > 60


def test_visible_time_shown_wherever_it_is_enough_by_itself_would_tell_the_rest() -> None:
    n_found = 0
    for seed in range(3):
        question = question_of(seed)
        part = part_of(seed, question)
        figures = decide(question, RULES)
        visible = {
            cell: RULES.rounded(float(part.hours[members(cell)].sum())) if part.shown[cell][0] else None
            for cell in CELLS
        }
        for cell, kinds, truth in secrets(question, part, figures, visible):
            least, most = attack(figures, cell, visible, kinds)
            n_found += most - least < RULES.protection(truth)
    assert n_found > 5


def test_without_hiding_others_the_same_attack_finds_figures() -> None:
    n_found = 0
    for seed in range(4):
        question = question_of(seed)
        figures = {
            cell: RULES.rounded(question.truth(cell)) if ok else None for cell, ok in question.shown.items()
        }
        for cell in (cell for cell, value in figures.items() if value is None):
            least, most = attack(figures, cell)
            n_found += most - least < RULES.protection(question.truth(cell))
    assert n_found > 0


@pytest.mark.parametrize(
    ("unit_hours", "is_shown"),
    [
        ([4.0] * 5, True),
        ([4.0] * 4, False),
        ([1.9] * 5, False),
        ([50.0, 40.0, 1.0, 1.0, 1.0], False),
        ([45.0, 40.0, 5.0, 5.0, 5.0], True),
        ([], False),
    ],
    ids=["enough", "few units", "few hours", "two units make it up", "two units make up less", "nobody"],
)
def test_a_figure_needs_units_hours_and_no_one_or_two_that_make_it_up(
    unit_hours: list[float], is_shown: bool
) -> None:
    assert RULES.shows(sum(unit_hours), unit_hours) is is_shown


def test_bounds_of_a_hand_worked_case() -> None:
    # a + b + c is 30, a is 10, so b and c share 20 between them; rounding is 2, so 19 to 21 less 0 to 21.
    known = [Known(np.array([0, 1, 2]), 29, 31), Known(np.array([0]), 9, 11)]
    found = bounds(3, known, [np.array([1]), np.array([1, 2])])
    assert found.round(6).tolist() == [[0, 22], [18, 22]]


def test_published_figures_that_contradict_each_other_are_told() -> None:
    known = [Known(np.array([0]), 9, 11), Known(np.array([0]), 20, 22)]
    with pytest.raises(ValueError, match="contradict"):
        bounds(1, known, [np.array([0])])
