"""Surveys from files: shares, weights, changes, and what the public may not see."""

from __future__ import annotations

import itertools

import pytest

from constabulary.core.errors import BadInput
from constabulary.performance.shares import difference, wilson
from constabulary.performance.surveys import ALL, read_survey

COUNTS = """period,group,n_satisfied,n_answered
2023,North,30,40
2023,South,50,60
2024,North,20,40
2024,South,54,60
"""


def test_everybody_is_the_sum_of_the_groups_where_no_row_says_otherwise() -> None:
    cells = {(cell.period, cell.group): cell for cell in read_survey(COUNTS, "s.csv")}
    assert cells["2023", ALL].share == pytest.approx(80 / 100)
    assert cells["2024", ALL].n_answered == 100
    assert cells["2024", "North"].share == pytest.approx(0.5)
    told = read_survey(COUNTS + "2024,,70,110\n", "s.csv")
    assert next(c for c in told if (c.period, c.group) == ("2024", ALL)).share == pytest.approx(70 / 110)


def test_a_change_is_the_difference_of_the_two_waves_of_the_same_group() -> None:
    cells = {(cell.period, cell.group): cell for cell in read_survey(COUNTS, "s.csv")}
    assert cells["2023", "North"].change is None
    assert cells["2024", "North"].change == difference(0.75, 40, 0.5, 40)
    assert cells["2024", "North"].interval == wilson(0.5, 40)
    assert cells["2024", "North"].change.is_real
    assert not cells["2024", "South"].change.is_real


def test_weighted_answers_give_the_weighted_share_of_the_effective_number() -> None:
    text = "period,answer,weight,group\n2024,yes,3,A\n2024,no,1,A\n2024,yes,1,B\n2024,,9,B\n"
    cells = {cell.group: cell for cell in read_survey(text, "s.csv")}
    assert cells[ALL].share == pytest.approx(4 / 5)
    assert cells[ALL].n_answered == 3
    assert cells[ALL].n_effective == pytest.approx(25 / 11)
    assert cells["A"].share == pytest.approx(3 / 4)
    assert cells["B"].share == 1.0


def test_the_answers_that_count_as_yes_can_be_named() -> None:
    text = "period,answer\n2024,Very satisfied\n2024,Fairly satisfied\n2024,Neither\n2024,Very satisfied\n"
    one = read_survey(text, "s.csv", satisfied=["very satisfied"])
    two = read_survey(text, "s.csv", satisfied=["Very satisfied", "Fairly satisfied"])
    assert (one[0].share, two[0].share) == (0.5, 0.75)


def test_waves_stand_in_the_order_of_time_however_they_are_written() -> None:
    text = "period,n_satisfied,n_answered\nJan 2024,5,10\nDec 2023,4,10\nFeb 2024,6,10\n"
    assert [cell.period for cell in read_survey(text, "s.csv")] == ["Dec 2023", "Jan 2024", "Feb 2024"]


def test_everything_wrong_is_told_at_once_with_its_row() -> None:
    text = "period,n_satisfied,n_answered\n2023,11,10\n2024,x,10\n2025,0,0\n"
    with pytest.raises(BadInput) as error:
        read_survey(text, "s.csv")
    assert [(p.rule, p.row) for p in error.value.problems] == [
        ("not_a_number", 3),
        ("impossible_count", 2),
        ("impossible_count", 4),
    ] or sorted((p.row or 0, p.rule) for p in error.value.problems) == [
        (2, "impossible_count"),
        (3, "not_a_number"),
        (4, "impossible_count"),
    ]
    with pytest.raises(BadInput, match="neither yes nor no"):
        read_survey("period,answer\n2024,perhaps\n", "s.csv")
    with pytest.raises(BadInput, match="n_satisfied"):
        read_survey("period,score\n2024,3\n", "s.csv")


@pytest.mark.parametrize("sizes", list(itertools.product([3, 19, 20, 45], repeat=3)))
def test_no_hidden_group_can_be_worked_out_from_the_total(sizes: tuple[int, int, int]) -> None:
    rows = "".join(f"2024,{name},{n // 2},{n}\n" for name, n in zip("ABC", sizes, strict=True))
    cells = {
        c.group: c for c in read_survey("period,group,n_satisfied,n_answered\n" + rows, "s.csv", minimum=20)
    }
    hidden = [n for name, n in zip("ABC", sizes, strict=True) if cells[name].hidden]
    assert all(cells[name].hidden for name, n in zip("ABC", sizes, strict=True) if n < 20)
    assert all(cell.share is None and cell.n_answered is None for cell in cells.values() if cell.hidden)
    if hidden and not cells[ALL].hidden:
        # What an attacker learns by taking the shown groups from the total is two groups together, of enough people.
        assert len(hidden) >= 2
        assert sum(hidden) >= 20
    if all(n >= 20 for n in sizes):
        assert not hidden
