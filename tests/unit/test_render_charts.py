"""Charts say what their data says, and the same data gives the same picture."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest
import shapely

from constabulary.render import charts, lines, maps, money_charts
from constabulary.render.shares import banded


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


@pytest.mark.parametrize("width_px", [1100, 300])
def test_a_bar_in_parts_is_as_long_as_its_counts_and_says_how_many_are_in_the_band(width_px: int) -> None:
    frame = pl.DataFrame({"place": ["Quay", "Yard"], "few": [30, 0], "in": [10, 5], "many": [20, 15]})
    parts = (("few", "Short"), ("in", "Right"), ("many", "Long"))
    spec = banded(frame, parts, label="place", value_title="Visits", width_px=width_px)
    drawn = charts.svg(spec)
    said = words(spec)
    assert {"Short", "Right", "Long", "10 of 60", "5 of 20", "Visits"} <= set(said)
    assert "30 of 60" not in said
    # Each part begins where the one before it ends, and is as wide as its count.
    found = re.findall(
        r'aria-label="([^"]*)"[^>]*aria-roledescription="bar"[^>]* d="M([\d.-]+),[\d.-]+h([\d.-]+)', drawn
    )
    bars = {
        tuple(re.findall(r"place|Quay|Yard|Short|Right|Long", label)): (float(x), float(w))
        for label, x, w in found
    }
    begins = [bars["Quay", part][0] for part in ("Short", "Right", "Long")]
    widths = [bars["Quay", part][1] for part in ("Short", "Right", "Long")]
    assert begins == pytest.approx([0, widths[0], widths[0] + widths[1]], abs=0.01)
    assert [width / widths[0] for width in widths] == pytest.approx([1, 1 / 3, 2 / 3], abs=0.01)
    size = re.search(r'<svg[^>]*width="(\d+)"[^>]*height="(\d+)"', drawn)
    assert size is not None and (int(size[1]), int(size[2])) == (spec["width"], spec["height"])


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


def test_lines_are_told_apart_by_the_column_that_names_them() -> None:
    frame = pl.DataFrame(
        {"hour": [0, 1, 0, 1], "n": [1, 2, 3, 4], "whose": ["Ours", "Ours", "Theirs", "Theirs"]}
    )
    drawn = charts.svg(lines.hour_lines(frame, hour="hour", value="n", line="whose", value_title="Calls"))
    assert len(re.findall(r'aria-roledescription="line mark"', drawn)) == 2
    assert {"Ours", "Theirs"} <= set(re.findall(r"<text[^>]*>([^<]+)</text>", drawn))


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


@pytest.mark.parametrize("width_px", [640, 300])
def test_names_of_sites_near_each_other_are_written_apart_and_on_the_paper(width_px: int) -> None:
    places = {
        "West End": (0.3, 0.5),
        "Market Square": (0.36, 0.51),
        "Old Town Hall": (0.34, 0.46),
        "Quay": (0.98, 0.5),
    }
    svg = maps.choropleth(
        [shapely.box(0, 0, 1, 1)], ["all"], [0], ["5 min"], [(0, "0 to 5")], width_px=width_px,
        marks=[(*at, name) for name, at in places.items()],
    )  # fmt: skip
    written = []
    for name in places:
        ((x, y),) = re.findall(rf'<text x="([-\d.]+)" y="([-\d.]+)"[^>]*>{name}</text>', svg)
        # Arial's mean letter is half as wide as it is high.
        written.append(shapely.box(float(x), float(y) - 9, float(x) + 6 * len(name), float(y) + 2))
    assert not any(one.intersects(other) for row, one in enumerate(written) for other in written[:row])
    assert all(one.bounds[0] >= 0 and one.bounds[2] <= width_px for one in written)


def test_lines_of_money_begin_at_nought_or_say_that_they_do_not() -> None:
    def drawn(values: list[float]) -> str:
        rows = [
            {"year": f"20{no}/{no + 1}", "name": "Reserves", "value": value}
            for no, value in enumerate(values, start=20)
        ]
        spec = money_charts.by_year(rows, value_title="pounds", width_px=1100, title="Reserves", divisor=1)
        return " ".join(words(spec))

    assert "0" in drawn([7.0, 24.0]).split()
    assert "does not begin" not in drawn([7.0, 24.0])
    assert "The scale does not begin at nought." in drawn([128.0, 138.0])


@pytest.mark.parametrize("width_px", [1100, 300])
def test_hours_of_the_week_say_what_their_fields_hold_on_a_desk_and_a_telephone(width_px: int) -> None:
    spec = charts.hour_of_week([1.0] * 168, value_title="calls an hour", width_px=width_px)
    assert any("In each field: calls an hour" in said for said in words(spec))
