"""Asks HiGHS for the best of a mixed-integer linear programme: rows of terms in, values and the proof out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
INF = float("inf")


@dataclass(frozen=True)
class Solution:
    """What HiGHS found.

    Parameters
    ----------
    values
        A value for each column, whole where that was asked for; empty where nothing was found.
    objective
        What they are worth; not a number where nothing was found.
    bound
        Nothing is worth more than this (less, when minimising).
    is_proven
        Whether the best is certainly found, or certainly nothing is there.
    """

    values: Floats
    objective: float
    bound: float
    is_proven: bool

    @property
    def is_found(self) -> bool:
        """Whether there is an answer at all."""
        return self.values.size > 0


@dataclass
class Programme:
    """A mixed-integer linear programme, built column by column and row by row.

    Parameters
    ----------
    is_maximised
        Whether most is best; otherwise least is.
    """

    is_maximised: bool = False
    _costs: list[Floats] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _is_whole: list[NDArray[np.bool_]] = field(default_factory=list)
    _rows: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats, Floats]] = field(
        default_factory=list
    )
    n_columns: int = 0
    n_rows: int = 0

    def columns(
        self, costs: ArrayLike, lower: ArrayLike = 0.0, upper: ArrayLike = INF, is_whole: bool = False
    ) -> NDArray[np.int64]:
        """Add a column for each cost; return their numbers.

        Parameters
        ----------
        costs
            What one of each is worth, shape (columns,).
        lower, upper
            Between what each may lie, one for all or shape (columns,).
        is_whole
            Whether only whole numbers will do.
        """
        cost = np.atleast_1d(np.asarray(costs, dtype=np.float64))
        self._costs.append(cost)
        self._lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), cost.shape))
        self._upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), cost.shape))
        self._is_whole.append(np.full(cost.shape, is_whole))
        self.n_columns += cost.size
        return np.arange(self.n_columns - cost.size, self.n_columns)

    def rows(
        self,
        row: ArrayLike,
        column: ArrayLike,
        value: ArrayLike,
        lower: ArrayLike,
        upper: ArrayLike,
        n_rows: int,
    ) -> None:
        """Add rows from terms: `lower` <= sum of value times column <= `upper`.

        Parameters
        ----------
        row, column, value
            A term each: which of these rows (from 0), which column, how often; a value may stand for all.
        lower, upper
            Bounds of each row, one for all or shape (n_rows,).
        n_rows
            How many rows these are.
        """
        in_row = np.asarray(row, dtype=np.int64)
        order = np.argsort(in_row, kind="stable")
        terms = np.broadcast_to(np.asarray(value, dtype=np.float64), in_row.shape)
        self._rows.append(
            (
                np.bincount(in_row, minlength=n_rows),
                np.asarray(column, dtype=np.int64)[order],
                terms[order],
                np.broadcast_to(np.asarray(lower, dtype=np.float64), (n_rows,)),
                np.broadcast_to(np.asarray(upper, dtype=np.float64), (n_rows,)),
            )
        )
        self.n_rows += n_rows

    def row(
        self, columns: Sequence[int] | NDArray[np.int64], value: ArrayLike, lower: float, upper: float
    ) -> None:
        """Add one row."""
        self.rows(np.zeros(len(columns), dtype=np.int64), columns, value, lower, upper, 1)

    def solve(
        self,
        limit_s: float = INF,
        start: Floats | None = None,
        stop_at: float | None = None,
        *,
        is_relaxed: bool = False,
    ) -> Solution:
        """Return the best there is, or the best found in the time allowed.

        Parameters
        ----------
        limit_s
            The longest to work (s).
        start
            Values of all columns to begin from, where some that keep to the rows are known.
        stop_at
            An answer worth this much is good enough to stop at.
        is_relaxed
            Whether parts of whole numbers will do: found much sooner, and a bound on what whole numbers can be worth.
        """
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)  # the same answer on every machine
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.setOptionValue("mip_abs_gap", 1e-9)
        if np.isfinite(limit_s):
            solver.setOptionValue("time_limit", float(limit_s))
        if stop_at is not None:
            solver.setOptionValue("objective_target", float(stop_at))
        solver.passModel(self._model(is_relaxed))
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = start.tolist()
            solver.setSolution(known)
        solver.run()
        return self._read(solver, is_relaxed)

    def _model(self, is_relaxed: bool) -> highspy.HighsLp:
        model = highspy.HighsLp()
        lp: Any = model  # takes arrays, though its types say lists
        lp.num_col_, lp.num_row_ = self.n_columns, self.n_rows
        lp.col_cost_ = np.concatenate(self._costs)
        lp.col_lower_, lp.col_upper_ = np.concatenate(self._lower), np.concatenate(self._upper)
        is_whole = np.concatenate(self._is_whole)
        if is_whole.any() and not is_relaxed:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[int(whole)] for whole in is_whole]
        lp.row_lower_ = np.concatenate([part[3] for part in self._rows])
        lp.row_upper_ = np.concatenate([part[4] for part in self._rows])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.concatenate(
            [[0], np.cumsum(np.concatenate([part[0] for part in self._rows]))]
        )
        lp.a_matrix_.index_ = np.concatenate([part[1] for part in self._rows])
        lp.a_matrix_.value_ = np.concatenate([part[2] for part in self._rows])
        lp.sense_ = highspy.ObjSense.kMaximize if self.is_maximised else highspy.ObjSense.kMinimize
        return model

    def _read(self, solver: highspy.Highs, is_relaxed: bool) -> Solution:
        status = solver.getModelStatus()
        info = solver.getInfo()
        is_whole = np.concatenate(self._is_whole) & (not is_relaxed)
        nothing = -INF if self.is_maximised else INF
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Solution(np.empty(0), float("nan"), nothing, True)
        bound = float(info.mip_dual_bound) if is_whole.any() else float(info.objective_function_value)
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Solution(np.empty(0), float("nan"), bound if np.isfinite(bound) else -nothing, False)
        values = np.array(solver.getSolution().col_value, dtype=np.float64)
        values[is_whole] = np.rint(values[is_whole])
        objective = float(np.concatenate(self._costs) @ values)
        return Solution(values, objective, bound, status == highspy.HighsModelStatus.kOptimal)
