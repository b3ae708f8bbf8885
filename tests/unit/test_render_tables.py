"""Tables leave as files that come back the same, run no formula, and are the same bytes every time."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

import fastexcel
import polars as pl
import pytest

from constabulary.core.errors import BadInput
from constabulary.render import tables

FRAME = pl.DataFrame(
    {
        "name": ["Fenland", "=HYPERLINK(1)", None],
        "n": [1, 2, 3],
        "share": [0.5, None, 0.25],
        "on": [date(2024, 1, 31), None, date(2024, 2, 29)],
        "at": [datetime(2024, 10, 27, 0, 30, tzinfo=UTC), None, datetime(2024, 1, 1, tzinfo=UTC)],
    }
)


def test_parquet_comes_back_the_same_with_its_notes() -> None:
    written = tables.write(FRAME, "parquet", ["Synthetic records."])
    assert pl.read_parquet(io.BytesIO(written)).equals(FRAME)
    assert pl.read_parquet_metadata(io.BytesIO(written))["notes"] == "Synthetic records."


def test_a_csv_says_every_cell_and_disarms_formulas() -> None:
    lines = tables.write(FRAME, "csv").decode().splitlines()
    assert lines[0] == "name,n,share,on,at"
    assert lines[2].startswith("'=HYPERLINK(1),2")
    assert len(lines) == 4


def test_a_csv_says_instants_of_any_zone_with_their_offset() -> None:
    at = pl.Series([datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC), datetime(2024, 3, 31, 1, tzinfo=UTC)])
    frame = pl.DataFrame({"utc": at, "local": at.dt.convert_time_zone("Europe/London")})
    assert tables.csv_text(frame).splitlines() == [
        "utc,local",
        "2024-03-31T00:59:59+00:00,2024-03-31T00:59:59+00:00",
        "2024-03-31T01:00:00+00:00,2024-03-31T02:00:00+01:00",
    ]


def test_a_csv_of_synthetic_figures_says_so_in_every_row() -> None:
    taken = pl.read_csv(tables.write(tables.marked(FRAME, is_synthetic=True), "csv"))
    assert taken["is_synthetic"].to_list() == [True, True, True]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_text_that_a_spreadsheet_would_run_is_disarmed(start: str) -> None:
    written = tables.write(pl.DataFrame({"text": [f"{start}1+1"]}), "csv").decode()
    assert f"'{start}1+1" in written


def test_a_workbook_has_the_table_and_the_notes_and_no_formula() -> None:
    book = fastexcel.read_excel(tables.write(FRAME, "xlsx", ["Synthetic records.", "Source: a test."]))
    assert book.sheet_names == ["Table", "Notes"]
    table = book.load_sheet("Table").to_polars()
    assert table["name"].to_list() == ["Fenland", "=HYPERLINK(1)", None]
    assert table["n"].to_list() == [1, 2, 3]
    notes = book.load_sheet("Notes", header_row=None).to_polars()
    assert notes.to_series().to_list() == ["Synthetic records.", "Source: a test."]


@pytest.mark.parametrize("form", tables.FORMATS)
def test_the_same_table_is_the_same_bytes(form: str) -> None:
    assert tables.write(FRAME, form, ["a"]) == tables.write(FRAME, form, ["a"])


def test_an_unknown_format_is_told_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="csv, parquet, xlsx"):
        tables.write(FRAME, "docx")
