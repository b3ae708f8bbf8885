"""Point to area: which of many areas a point lies in, exactly and fast.

One rule for borders: an area owns its border, holes' borders too, and where several areas have a point the
lowest area number wins. A uniform grid answers most points by one look-up; only where a border runs through
the cell are edges tested, with arithmetic that is exact when rounding could decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.numeric._kernel import point_to_area as kernel
from constabulary.numeric._kernel.exact_sign import LARGEST, SMALLEST

CELLS_AN_EDGE = 64
MOST_CELLS = 16_000_000
# A cell must stay far wider than the rounding of the coordinates, and the slack between the two.
LEAST_CELL = 2.0**-40
SLACK = 2.0**-46


@dataclass(frozen=True, eq=False)
class AreaIndex:
    """Areas made ready for asking which of them a point lies in; build it with `AreaIndex.build`.

    Safe to use from several threads at once: nothing in it changes, and looking up lets other threads run.

    Parameters
    ----------
    frame
        x_min, x_max, y_min, y_max of all areas, then columns a unit of x and rows a unit of y.
    n_columns, n_rows
        Size of the grid [cells].
    table
        What each cell says: an area number, -1, or -2 - k for the k-th cell with a border in it, int32.
    first, area, start, stop
        Candidates of the cells with a border in them, see `numeric._kernel.point_to_area.locate`.
    edges
        The edges to test, float64[m, 4].
    """

    frame: tuple[float, float, float, float, float, float]
    n_columns: int
    n_rows: int
    table: NDArray[np.int32]
    first: NDArray[np.int32]
    area: NDArray[np.int32]
    start: NDArray[np.int32]
    stop: NDArray[np.int32]
    edges: NDArray[np.float64]

    @classmethod
    def build(cls, coordinates: ArrayLike, ring_starts: ArrayLike, ring_areas: ArrayLike) -> AreaIndex:
        """Build the index from the rings of the areas.

        An area may have any number of rings: a point is inside when it is within an odd number of them, so
        holes and areas of several parts need no telling apart.

        Parameters
        ----------
        coordinates
            Corners of all rings one after another, float64[n, 2], in degrees or metres. The last corner of a
            ring repeats its first. A coordinate smaller than 1e-120 in size counts as 0.
        ring_starts
            Where each ring starts in `coordinates`, and the end of the last, int[n_rings + 1].
        ring_areas
            The area number of each ring, 0 or more, int[n_rings].

        Raises
        ------
        BadInput
            When shapes do not fit, a ring is open or has fewer than three corners, a coordinate is not a
            number or beyond 1e120 in size, or an area number is negative. All problems at once.

        Examples
        --------
        >>> square = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
        >>> AreaIndex.build(square, [0, 5], [0]).locate([0.5, 1.0, 1.5], [0.5, 1.0, 0.5])
        array([ 0,  0, -1], dtype=int32)
        """
        points, starts, areas = _checked(coordinates, ring_starts, ring_areas)
        points[np.abs(points) < SMALLEST] = 0.0
        edges, edge_areas = _edges(points, starts, areas)
        frame, n_columns, n_rows = _frame(points, len(edges))
        slack = SLACK * np.abs(points).max(axis=0)

        span = kernel.spans(edges, frame, n_columns, n_rows, slack[0], slack[1])
        span = span[np.lexsort((span[:, 2], edge_areas[span[:, 1]], span[:, 0]))]
        row, edge, low, high = (np.ascontiguousarray(column) for column in span.T)
        edges, edge_areas = edges[edge], edge_areas[edge]
        whole = np.full(n_rows * n_columns, kernel.NO_AREA, np.int32)
        borders = np.empty((int((high - low + 1).sum()), 4), np.int32)
        n_borders = kernel.fill(edges, row, edge_areas, low, high, frame, n_columns, whole, borders)
        arrays = (*_candidates(whole, borders[:n_borders]), edges)
        for array in arrays:
            array.flags.writeable = False
        return cls(frame, n_columns, n_rows, *arrays)

    def locate(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.int32]:
        """Return the area number of each point, -1 where it is in none or a coordinate is missing (NaN).

        Parameters
        ----------
        x, y
            Coordinates of the points, float64[n], in the units of the areas (longitude and latitude in
            degrees).

        Raises
        ------
        BadInput
            When x and y are not two lists of numbers of the same length.
        """
        xs, ys = _point_coordinates(x, "x"), _point_coordinates(y, "y")
        if xs.shape != ys.shape:
            raise BadInput(
                Problem(
                    rule="points_of_two_lengths",
                    message=f"There are {xs.size:,} x and {ys.size:,} y coordinates.",
                    expected="one x and one y for each point",
                )
            )
        found = np.empty(xs.size, np.int32)
        kernel.locate(
            xs, ys, self.frame, self.n_columns, self.n_rows, self.table,
            self.first, self.area, self.start, self.stop, self.edges, found,
        )  # fmt: skip
        return found


def _point_coordinates(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return coordinates as the kernel takes them: read-only doubles, so that one compilation serves."""
    try:
        array = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.empty((0, 0))
    if np.ndim(values) != 1 or array.ndim != 1:
        raise BadInput(
            Problem(
                rule="points_not_a_list",
                message=f"The {name} coordinates of the points are not one list of numbers.",
                expected="a list of numbers, NaN where one is missing",
            )
        )
    array = array.view()
    array.flags.writeable = False
    return array


def _checked(
    coordinates: ArrayLike, ring_starts: ArrayLike, ring_areas: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int32]]:
    """Return the three arrays of `AreaIndex.build` with their types, or raise all that is wrong with them."""
    points = np.array(coordinates, dtype=np.float64)
    starts = np.asarray(ring_starts)
    areas = np.asarray(ring_areas)
    problems = list(_shape_problems(points, starts, areas))
    if not problems:
        problems = list(_value_problems(points, starts, areas))
    if problems:
        raise BadInput(problems)
    return points, starts.astype(np.int64), areas.astype(np.int32)


def _shape_problems(points: NDArray[Any], starts: NDArray[Any], areas: NDArray[Any]) -> Iterator[Problem]:
    if points.ndim != 2 or points.shape[1] != 2:
        yield Problem(
            "outline_shape", "The corners of the outlines are not pairs.", expected="one x and one y each"
        )
    if areas.ndim != 1 or areas.size == 0 or not np.issubdtype(areas.dtype, np.integer):
        yield Problem(
            "no_outlines", "There are no outlines.", expected="one or more rings, each with an area number"
        )
    elif starts.shape != (areas.size + 1,) or not np.issubdtype(starts.dtype, np.integer):
        yield Problem(
            "outline_shape",
            "The starts of the rings do not fit the rings.",
            expected=f"{areas.size + 1} starts",
        )
    elif starts[0] != 0 or starts[-1] != len(points) or (np.diff(starts) < 0).any():
        yield Problem(
            "outline_shape",
            "The starts of the rings do not fit their corners.",
            expected=f"0 to {len(points)}, rising",
        )


def _value_problems(points: NDArray[Any], starts: NDArray[Any], areas: NDArray[Any]) -> Iterator[Problem]:
    def problem(rule: str, what: str, expected: str, bad: NDArray[Any]) -> Iterator[Problem]:
        if bad.any():
            ring = int(np.flatnonzero(bad)[0])
            yield Problem(rule, f"Ring {ring + 1:,} {what}.", expected=expected, count=int(bad.sum()))

    n_corners = np.diff(starts)
    short = n_corners < 4
    yield from problem("ring_too_short", "has too few corners", "three or more, and the first again", short)
    unfit = ~(np.abs(points) <= LARGEST).all(axis=1)
    ring_of_point = np.repeat(np.arange(areas.size), n_corners)
    has_unfit = np.bincount(ring_of_point, weights=unfit, minlength=areas.size) > 0
    yield from problem("not_a_coordinate", "has a coordinate that is no number", "a finite number", has_unfit)
    open_ring = np.zeros(areas.size, bool)
    whole = ~short & ~has_unfit
    open_ring[whole] = (points[starts[:-1][whole]] != points[starts[1:][whole] - 1]).any(axis=1)
    yield from problem("ring_open", "is not closed", "a last corner that repeats the first", open_ring)
    beyond = (areas < 0) | (areas > np.iinfo(np.int32).max)
    yield from problem("area_number", "has an area number out of range", "0 or more", beyond)


def _edges(
    points: NDArray[np.float64], starts: NDArray[np.int64], areas: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return the edges of all rings, lower end first, and the area number of each."""
    is_edge = np.ones(len(points), bool)
    is_edge[starts[1:] - 1] = False
    begin = np.flatnonzero(is_edge)
    edges = np.hstack([points[begin], points[begin + 1]])
    downward = edges[:, 1] > edges[:, 3]
    edges[downward] = edges[downward][:, [2, 3, 0, 1]]
    return edges, np.repeat(areas, np.diff(starts) - 1)


def _frame(
    points: NDArray[np.float64], n_edges: int
) -> tuple[tuple[float, float, float, float, float, float], int, int]:
    """Return the frame of the grid and its numbers of columns and rows, with cells about square."""
    least, most = points.min(axis=0), points.max(axis=0)
    extent = most - least
    n_cells = min(max(CELLS_AN_EDGE * n_edges, 64), MOST_CELLS)
    # A flat extent gets one row or column, and all the cells go to the other.
    side = np.sqrt(extent[0] / n_cells) * np.sqrt(extent[1]) or extent.max() / n_cells or 1.0
    smallest = LEAST_CELL * np.abs(points).max(axis=0)
    sizes = np.maximum(np.maximum(side, smallest), extent / n_cells)
    n_columns, n_rows = (int(n) for n in np.maximum(extent / np.where(sizes > 0, sizes, 1.0), 1.0))
    x_scale, y_scale = (n / e if e > 0 else 1.0 for n, e in zip((n_columns, n_rows), extent, strict=True))
    frame = (least[0], most[0], least[1], most[1], x_scale, y_scale)
    return tuple(float(value) for value in frame), n_columns, n_rows  # type: ignore[return-value]


def _candidates(
    whole: NDArray[np.int32], borders: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the table of cells and the candidates of those with a border, lowest area number first."""
    # Borders come sorted by row, then area: a stable sort by cell leaves the areas of a cell in order.
    borders = borders[np.argsort(borders[:, 0], kind="stable")]
    filler = whole[borders[:, 0]]
    borders = borders[(filler < 0) | (borders[:, 1] < filler)]
    cells = np.unique(borders[:, 0])
    filled = cells[whole[cells] >= 0]
    fillers = np.zeros((filled.size, 4), np.int32)
    fillers[:, 0], fillers[:, 1] = filled, whole[filled]
    rows = np.concatenate([borders, fillers])
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    first = np.append(np.searchsorted(rows[:, 0], cells), len(rows)).astype(np.int32)
    table = whole
    table[cells] = -2 - np.arange(cells.size, dtype=np.int32)
    area, start, stop = (np.ascontiguousarray(column) for column in rows[:, 1:].T)
    return table, first, area, start, stop
