"""Point to area: the rule for borders, what is refused, and the compiled kernel kept on disc."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numba
import numpy as np
import pytest

from constabulary.core.errors import BadInput
from constabulary.numeric import compiled
from constabulary.numeric.grid import AreaIndex

LEFT = [(0, 0), (1, 0), (1, 2), (0, 2), (0, 0)]
RIGHT = [(1, 0), (2, 0), (2, 2), (1, 2), (1, 0)]
HOLE = [(0.25, 0.5), (0.75, 0.5), (0.75, 1.5), (0.25, 1.5), (0.25, 0.5)]
ISLAND = [(5, 0), (6, 0), (5, 1), (5, 0)]


def build(*rings: tuple[int, list[tuple[float, float]]]) -> AreaIndex:
    corners = [corner for _, ring in rings for corner in ring]
    starts = np.cumsum([0, *(len(ring) for _, ring in rings)])
    return AreaIndex.build(corners, starts, [area for area, _ in rings])


def at(index: AreaIndex, x: float, y: float) -> int:
    return int(index.locate([x], [y])[0])


def test_a_point_on_a_shared_border_is_in_the_area_with_the_lowest_number() -> None:
    assert at(build((0, LEFT), (1, RIGHT)), 1, 1) == 0
    assert at(build((1, LEFT), (0, RIGHT)), 1, 1) == 0
    assert at(build((7, LEFT), (3, RIGHT)), 1, 2) == 3


def test_a_point_on_the_outer_border_or_a_corner_is_inside() -> None:
    index = build((0, LEFT), (1, RIGHT))
    assert index.locate([0, 0, 0, 2, 2, 1.5, 0.5], [0, 1, 2, 0, 2, 2, 0]).tolist() == [0, 0, 0, 1, 1, 1, 0]


def test_a_point_in_a_hole_is_outside_and_on_the_border_of_the_hole_inside() -> None:
    index = build((0, LEFT), (0, HOLE))
    assert index.locate([0.5, 0.25, 0.75, 0.5, 0.1], [1, 1, 1.5, 0.5, 1]).tolist() == [-1, 0, 0, 0, 0]


def test_an_area_that_fills_the_hole_of_another_gets_the_points_within() -> None:
    index = build((0, LEFT), (0, HOLE), (1, HOLE))
    assert index.locate([0.5, 0.25], [1, 1]).tolist() == [1, 0]


def test_an_area_of_two_parts_is_one_area() -> None:
    index = build((4, LEFT), (4, ISLAND))
    assert index.locate([0.5, 5.2, 5.5, 5.6, 3], [1, 0.2, 0.5, 0.5, 1]).tolist() == [4, 4, 4, -1, -1]


def test_where_areas_overlap_the_lowest_number_wins() -> None:
    around = [(-1, -1), (3, -1), (3, 3), (-1, 3), (-1, -1)]
    assert build((0, around), (1, LEFT)).locate([0.5, 2.5], [1, 1]).tolist() == [0, 0]
    assert build((1, around), (0, LEFT)).locate([0.5, 2.5], [1, 1]).tolist() == [0, 1]


def test_missing_and_endless_coordinates_are_in_no_area() -> None:
    found = build((0, LEFT)).locate([np.nan, 0.5, np.inf, -np.inf], [0.5, np.nan, 0.5, -np.inf])
    assert found.tolist() == [-1, -1, -1, -1]
    assert found.dtype == np.int32


def test_a_coordinate_too_small_to_matter_counts_as_nought() -> None:
    assert at(build((0, LEFT)), -1e-200, 1) == 0
    assert at(build((0, [(1e-130, 0), (1, 0), (1, 1), (1e-130, 0)])), 0, 0) == 0


def test_no_points_give_no_answers() -> None:
    assert build((0, LEFT)).locate([], []).shape == (0,)


def test_points_may_be_whole_numbers_strided_or_read_only() -> None:
    index = build((0, LEFT), (1, RIGHT))
    both = np.array([[0.5, 1.0], [1.5, 1.0], [9.0, 9.0]])
    both.flags.writeable = False
    assert index.locate(both[:, 0], both[:, 1]).tolist() == [0, 1, -1]
    assert index.locate(np.array([0, 2], np.int32), np.array([1, 1], np.int8)).tolist() == [0, 1]


def test_an_outline_without_width_holds_the_points_on_it() -> None:
    index = build((0, [(0, 0), (2, 2), (1, 1), (0, 0)]), (1, [(5, 0), (5, 0), (5, 0), (5, 0)]))
    assert index.locate([1, 1.5, 1, 5, 5], [1, 1.5, 1.5, 0, 1]).tolist() == [0, 0, -1, 1, -1]
    flat = build((0, [(0, 3), (2, 3), (1, 3), (0, 3)]), (1, [(5, 3), (6, 3), (5, 3), (5, 3)]))
    assert flat.locate([1, 3, 6], [3, 3, 3]).tolist() == [0, -1, 1]


def test_the_index_cannot_be_changed() -> None:
    index = build((0, LEFT))
    with pytest.raises(ValueError, match="read-only"):
        index.table[0] = 3


def test_points_of_two_lengths_are_refused() -> None:
    with pytest.raises(BadInput, match="2 x and 1 y"):
        build((0, LEFT)).locate([1, 2], [1])


@pytest.mark.parametrize("x", [["a"], [[1.0]], 1.0, [None, "b"]])
def test_points_that_are_no_list_of_numbers_are_refused(x: object) -> None:
    with pytest.raises(BadInput, match="x coordinates of the points are not one list of numbers"):
        build((0, LEFT)).locate(x, [1.0])  # type: ignore[arg-type]


def test_all_that_is_wrong_with_the_outlines_is_said_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        build(
            (0, [(0, 0), (1, 1), (0, 0)]),
            (-1, LEFT),
            (1, [(0, 0), (1, 0), (1, 1), (0, 1)]),
            (2, [(0, 0), (np.nan, 0), (np.inf, 1), (0, 0)]),
            (3, [(0, 0), (1e130, 0), (1, 1), (0, 0)]),
        )
    assert {(problem.rule, problem.count) for problem in caught.value.problems} == {
        ("ring_too_short", 1),
        ("area_number", 1),
        ("ring_open", 1),
        ("not_a_coordinate", 2),
    }


@pytest.mark.parametrize(
    ("coordinates", "starts", "areas", "rule"),
    [
        ([], [0], [], "no_outlines"),
        (LEFT, [0, 4], [0], "outline_shape"),
        (LEFT, [0, 5], [0, 1], "outline_shape"),
        (LEFT, [0, 6, 5], [0, 1], "outline_shape"),
        ([1, 2, 3], [0, 3], [0], "outline_shape"),
        (LEFT, [0, 5], [0.5], "no_outlines"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(coordinates: list, starts: list, areas: list, rule: str) -> None:
    with pytest.raises(BadInput) as caught:
        AreaIndex.build(coordinates, starts, areas)
    assert rule in {problem.rule for problem in caught.value.problems}


def test_several_threads_get_the_same_answers() -> None:
    index = build((0, LEFT), (1, RIGHT))
    rng = np.random.default_rng(5)
    x, y = rng.uniform(-1, 3, 50_000), rng.uniform(-1, 3, 50_000)
    alone, answers = index.locate(x, y), {}
    threads = [threading.Thread(target=lambda k=k: answers.update({k: index.locate(x, y)})) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((answers[k] == alone).all() for k in range(4))


def test_with_bounds_checks_on_the_kernel_reads_nothing_outside_its_arrays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """
import numba, numpy as np
from constabulary.numeric.grid import AreaIndex
assert numba.config.BOUNDSCHECK
rng = np.random.default_rng(1)
for n in (3, 5, 40):
    rings = [np.round(rng.normal(0, 9, (n, 2)), 1) for _ in range(9)]
    rings = [np.vstack([ring, ring[:1]]) for ring in rings]
    corners = np.vstack(rings)
    index = AreaIndex.build(corners, np.arange(10) * (n + 1), np.arange(9))
    assert (index.locate(*corners.T) >= 0).all()
    index.locate(*rng.normal(0, 20, (2, 5000)))
print("all within bounds")
"""
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "all within bounds", done.stderr


def test_the_folder_of_machine_code_is_named_by_the_contents_of_all_kernels(tmp_path: Path) -> None:
    (tmp_path / "_kernel").mkdir()
    (tmp_path / "_kernel" / "one.py").write_text("a = 1\n")
    (tmp_path / "_kernel.py").write_text("b = 1\n")
    before = compiled.kernel_hash(tmp_path)
    (tmp_path / "other.py").write_text("no kernel\n")
    assert compiled.kernel_hash(tmp_path) == before
    (tmp_path / "_kernel" / "one.py").write_text("a = 2\n")
    assert compiled.kernel_hash(tmp_path) != before
    folder = compiled.cache_folder()
    assert folder is not None
    assert compiled.kernel_hash() in folder.name


def test_machine_code_of_editions_long_replaced_is_dropped_with_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_replaced, lately, other = (
        tmp_path / name for name in ("constabulary-kernels-1", "constabulary-kernels-2", "another-1")
    )
    for folder in (long_replaced, lately, other):
        folder.mkdir()
        (folder / "code.nbc").write_text("machine code")
    for folder in (long_replaced, other):
        os.utime(folder, (0, 0))
    monkeypatch.setattr(compiled.config, "CACHE_DIR", str(tmp_path))
    newest = compiled.cache_folder.__wrapped__()
    assert newest is not None
    assert sorted(tmp_path.iterdir()) == sorted([lately, other, newest])


def test_compiling_leaves_numbas_own_settings_as_they_were() -> None:
    before = numba.config.CACHE_DIR
    double = compiled.compiled(lambda a: 2 * a)
    assert before == numba.config.CACHE_DIR
    assert double(4) == double.py_func(4) == 8
