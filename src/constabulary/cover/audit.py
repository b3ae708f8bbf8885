"""How closely a hidden figure can be worked out from all that was ever published: bounds by linear programming.

Unknown are the hours of each smallest place in each month, none below nought. Every published figure, rounded, says
that some of them add up to within half a rounding of it. The least and the most that a hidden sum can be under all of
these together is all that anybody can know of it: the linear programs are solved to the optimum (HiGHS).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
NO_LIMIT = 1e7
"""More hours than any force has in a year: stands for no bound."""


@dataclass(frozen=True)
class Known:
    """A published sum: the unknowns it adds up, and what it lies between [h]."""

    members: Whole
    least: float
    most: float


def bounds(n_unknowns: int, known: Iterable[Known], asked: Sequence[Whole]) -> NDArray[np.float64]:
    """Return the least and the most that each of some sums can be, shape (asked, 2) [h].

    Parameters
    ----------
    n_unknowns
        How many unknowns there are, numbered from 0; none is negative.
    known
        What was published.
    asked
        The unknowns that each sum adds up.

    Raises
    ------
    ValueError
        If what was published contradicts itself.

    Examples
    --------
    >>> known = [Known(np.array([0, 1]), 9.5, 10.5), Known(np.array([0]), 3.5, 4.5)]
    >>> bounds(2, known, [np.array([1])]).round(6).tolist()
    [[5.0, 7.0]]
    """
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("presolve", "off")
    model.addVars(n_unknowns, np.zeros(n_unknowns), np.full(n_unknowns, NO_LIMIT))
    for one in known:
        model.addRow(
            one.least,
            one.most,
            one.members.size,
            one.members.astype(np.int32),
            np.ones(one.members.size),
        )
    found = np.empty((len(asked), 2))
    for place, members in enumerate(asked):
        numbers = members.astype(np.int32)
        model.changeColsCost(numbers.size, numbers, np.ones(numbers.size))
        # The last optimum stays feasible when only costs change, so each program starts from the one before.
        for side, sense in enumerate((highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize)):
            model.changeObjectiveSense(sense)
            model.run()
            if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise ValueError(f"the published figures contradict each other: {model.getModelStatus()}")
            found[place, side] = model.getInfo().objective_function_value
        model.changeColsCost(numbers.size, numbers, np.zeros(numbers.size))
    return found
