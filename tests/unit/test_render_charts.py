"""Charts say what their data says, and the same data gives the same picture."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest

from constabulary.render import charts


def words(spec: dict[str, object]) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)</text>", charts.svg(spec))


def test_a_bar_is_labelled_with_its_name_and_its_exact_value() -> None:
    frame = pl.DataFrame({"type": ["Burglary", "Robbery"], "n": [12345, 7]})
    said = words(charts.bars(frame, label="type", value="n", value_title="Crimes"))
    assert {"Burglary", "Robbery", "12,345", "7", "Crimes"} <= set(said)


def test_bars_stand_in_the_order_of_the_rows() -> None:
    frame = pl.DataFrame({"type": ["Zebra", "Ape", "Moth"], "n": [1, 3, 2]})
    said = [
        word
        for word in words(charts.bars(frame, label="type", value="n", value_title="n"))
        if word in "ZebraApeMoth"
    ]
    assert said == ["Zebra", "Ape", "Moth"]


def test_a_missing_month_breaks_the_line() -> None:
    def n_strokes(values: list[int | None]) -> int:
        frame = pl.DataFrame({"month": [date(2024, no, 1) for no in range(1, 6)], "n": values})
        drawn = charts.svg(charts.months(frame, month="month", value="n", value_title="Calls"))
        lines = re.findall(
            r'aria-roledescription="line mark"[^>]* d="([^"]+)"|class="mark-line[^"]*".*?d="([^"]+)"', drawn
        )
        return sum("".join(line).count("M") for line in lines)

    assert n_strokes([1, 2, 3, 4, 5]) == 1
    assert n_strokes([1, 2, None, 4, 5]) == 2


def test_a_week_has_168_hours() -> None:
    with pytest.raises(ValueError, match="168"):
        charts.hour_of_week([1.0] * 167, value_title="Calls")
    drawn = charts.svg(charts.hour_of_week([float(no) for no in range(168)], value_title="Calls an hour"))
    assert drawn.count('aria-roledescription="rect mark"') == 168 or drawn.count("<path") >= 168


def test_the_same_data_gives_the_same_picture() -> None:
    frame = pl.DataFrame({"type": ["Burglary"], "n": [3]})
    spec = charts.bars(frame, label="type", value="n", value_title="Crimes")
    assert charts.svg(spec) == charts.svg(spec)
    assert charts.png(spec) == charts.png(spec)
    assert charts.png(spec).startswith(b"\x89PNG")
