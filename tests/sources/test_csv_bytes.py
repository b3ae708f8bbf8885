"""Bytes of CSV judged before they are read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from constabulary.sources import csv_bytes, csv_careful
from constabulary.sources.csv_bytes import Counts, line_starts


@pytest.mark.parametrize("piece_bytes", [1, 3, 7, 10_000])
@pytest.mark.parametrize("body", [b"", b"one", b"one\n", b"\n\n\nx\n", b"a,b\r\n" * 9, b"first\n\nlast"])
def test_lines_begin_where_cutting_the_whole_says(
    body: bytes, piece_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_bytes, "COUNT_BYTES", piece_bytes)
    starts = line_starts(body)
    lines = [body[start:end] for start, end in itertools.pairwise(starts)]
    assert lines == body.splitlines(keepends=True)
    assert starts[-1] == len(body)


@pytest.mark.parametrize("piece_bytes", [1, 3, 10_000])
@pytest.mark.parametrize(
    "body",
    [b"", b"a,b\nc,d\n", 'né,"a,b"\n'.encode(), b",,,\n\n,", b"\x00\r\n", "naïve;é\n".encode("cp1252")],
)
def test_bytes_are_counted_as_python_counts_them(
    body: bytes, piece_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_bytes, "COUNT_BYTES", piece_bytes)
    counts = Counts.of(body, ",")
    assert counts.n_line_ends == body.count(b"\n")
    assert counts.n_delimiters == body.count(b",")
    assert counts.is_ascii == body.isascii()
    assert counts.odd == {bytes([byte]) for byte in body} & {b"\x00", b"\r", b'"'}


class Looked(list[bytes]):
    """Lines that count how often one of them is looked at."""

    n_looks = 0

    def __getitem__(self, place: Any) -> Any:
        self.n_looks += 1
        return super().__getitem__(place)

    def __iter__(self) -> Iterator[bytes]:
        for line in super().__iter__():
            self.n_looks += 1
            yield line


def test_a_quotation_mark_left_open_costs_no_look_at_the_lines_before_it() -> None:
    lines = Looked([b"plain,line"] * 10_000 + [b'open,"never'] + [b"plain,line"] * 10_000)
    assert csv_careful._record(lines, 10_000, ",") == (1, None)
    assert lines.n_looks <= csv_careful.MOST_LINES + 1
