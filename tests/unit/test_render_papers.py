"""Papers as PDF: read back from the drawing instructions, a cell of a table stays on one line where there is room."""

from __future__ import annotations

import re
import zlib

import polars as pl
import pytest

from constabulary.render.paper import Paper, PaperTable, Section
from constabulary.render.paper_pdf import drawn


def pages_of(pdf: bytes) -> list[tuple[bool, bytes]]:
    """Return whether each page is wider than high, and what is drawn on it."""
    found = []
    for page in re.findall(rb"obj\n<<\n/Contents .*?endobj", pdf, re.DOTALL):
        (number,) = re.findall(rb"/Contents (\d+) 0 R", page)
        (stream,) = re.findall(rb"\n" + number + rb" 0 obj\n.*?stream\n(.*?)\nendstream", pdf, re.DOTALL)
        # A page without a size of its own has that of all, upright.
        size = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page)
        found.append((size is not None and float(size[1]) > float(size[2]), zlib.decompress(stream)))
    return found


def table_of(n_teams: int, n_days: int) -> PaperTable:
    header = ["Date", *(f"Team {team + 1}" for team in range(n_teams))]
    rows = [["Thu 26 Mar 2026", *["06:00-14:00"] * n_teams] for _ in range(n_days)]
    return PaperTable("On duty", header, rows, [False] * len(header), pl.DataFrame())


@pytest.mark.parametrize(("n_teams", "is_lengthwise"), [(5, False), (12, True)])
def test_times_of_a_roster_are_not_broken_and_many_teams_lie_lengthwise(
    n_teams: int, is_lengthwise: bool
) -> None:
    sections = [Section("Before"), Section("Who", (), (table_of(n_teams, 60),)), Section("After")]
    pages = pages_of(drawn(Paper("Rota", "For all", "An answer.", tuple(sections), "")))
    with_times = [page for page in pages if b"06:00" in page[1]]
    assert sum(page.count(b"(06:00-14:00)") for _, page in with_times) == 60 * n_teams
    assert len(with_times) > 1 and {way for way, _ in with_times} == {is_lengthwise}
    for heading in (b"(Before)", b"(After)"):
        ((way, _),) = [page for page in pages if heading in page[1]]
        assert not way


def test_a_figure_is_not_parted_from_how_sure_it_is() -> None:
    header = ["Option", *(f"Share reached in time by way number {way} of nine" for way in range(9))]
    rows = [["as now", *["72.9 ± 0.9%"] * 9]]
    table = PaperTable("Shares", header, rows, [False, *[True] * 9], pl.DataFrame())
    ((_, page),) = [
        one
        for one in pages_of(drawn(Paper("P", "s", "a", (Section("Shares", (), (table,)),), "")))
        if b"72.9" in one[1]
    ]
    assert page.count("(72.9 ± 0.9%)".encode("latin-1")) == 9
