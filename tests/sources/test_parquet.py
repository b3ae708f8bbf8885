"""Parquet files: damage is one clear error of ours or a row as good as any, and what no calendar has is no crash."""

from __future__ import annotations

import random
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest

from constabulary.core.errors import BadInput
from constabulary.sources.files import SourceFile
from constabulary.sources.parquet import ParquetFile

Codec = Literal["uncompressed", "snappy", "gzip", "lz4", "zstd", "brotli"]
ZSTD = bytes.fromhex("28b52ffd")
"""What packed pages begin with (RFC 8878, 3.1.1)."""
FRAME = pl.DataFrame(
    {
        "call_id": [f"c{n * 7919 % 100_003}" for n in range(200)],
        "channel": ["999", "101"] * 100,
        "received_at": [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n) for n in range(200)],
        "ended": [datetime(2024, 1, 1) + timedelta(minutes=n) for n in range(200)],  # noqa: DTZ001 (a clock reading)
        "day": [date(2024, 1, 1)] * 200,
        "handling_s": [float(n) for n in range(200)],
    }
)


def rows(path: Path, member: str | None = None) -> pl.DataFrame:
    file = ParquetFile(SourceFile(path, member))
    file.header()
    return pl.concat([part.text for part in file.parts()])


def written(path: Path, codec: Codec = "zstd") -> bytes:
    FRAME.write_parquet(path, compression=codec, row_group_size=100)
    return path.read_bytes()


@pytest.mark.parametrize("codec", ["uncompressed", "snappy", "gzip", "lz4", "zstd", "brotli"])
def test_a_byte_changed_anywhere_is_one_error_of_ours_or_leaves_every_row(
    tmp_path: Path, codec: Codec
) -> None:
    file = tmp_path / "calls.parquet"
    whole, drawn = written(file, codec), random.Random(codec)
    told = set()
    for _ in range(40):
        damaged = bytearray(whole)
        damaged[drawn.randrange(len(whole))] ^= 1 << drawn.randrange(8)
        file.write_bytes(damaged)
        try:
            assert rows(file).height == FRAME.height
        except BadInput as error:
            (problem,) = error.problems
            assert problem.remedy == "Fetch or export it again; nothing of it was kept."
            told.add(problem.rule)
    assert "damaged_parquet" in told


def marked(whole: bytes, at: int, n_bytes: int) -> bytes:
    return whole[:at] + bytes(byte ^ 0xFF for byte in whole[at : at + n_bytes]) + whole[at + n_bytes :]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda whole: marked(whole, 4, 8), 'is damaged: column "call_id" cannot be read from row 2 on'),
        (
            lambda whole: marked(whole, whole.index(ZSTD), 4),
            'is damaged: column "call_id" cannot be read from row 2 on',
        ),
        (lambda whole: marked(whole, len(whole) - 40, 8), "its end, which says what it holds, is damaged"),
        (lambda whole: whole[:-1], "its end, which says what it holds, is damaged or missing"),
        (lambda whole: whole[: len(whole) // 2], "its end, which says what it holds, is damaged or missing"),
        (lambda whole: b"", "its end, which says what it holds, is damaged or missing"),
    ],
    ids=["page header", "page", "footer", "last byte lost", "half lost", "nothing"],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_where_a_file_is_damaged_is_told(tmp_path: Path, damage: Any, told: str, is_packed: bool) -> None:
    file, packed = tmp_path / "calls.parquet", tmp_path / "calls.zip"
    content = damage(written(file))
    file.write_bytes(content)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("calls.parquet", content)
    with pytest.raises(BadInput, match=told):
        rows(packed, "calls.parquet") if is_packed else rows(file)


def test_an_instant_that_no_calendar_has_is_read_as_its_number_and_costs_no_other_row(tmp_path: Path) -> None:
    file = tmp_path / "calls.parquet"
    most = 2**63 - 1
    kinds = [pl.Datetime("us"), pl.Datetime("ms", "UTC"), pl.Date]
    numbers = [pl.Series([0, value], dtype=pl.Int64) for value in (most, most, 2**31 - 1)]
    pl.DataFrame(
        {f"c{n}": series.cast(pl.Int32 if kind == pl.Date else pl.Int64).cast(kind)
         for n, (series, kind) in enumerate(zip(numbers, kinds, strict=True))}
    ).write_parquet(file)  # fmt: skip
    assert rows(file).rows() == [
        ("1970-01-01T00:00:00", "1970-01-01T00:00:00+00:00", "1970-01-01"),
        (str(most), str(most), str(2**31 - 1)),
    ]


def test_the_first_and_last_days_of_the_calendar_are_written(tmp_path: Path) -> None:
    file = tmp_path / "calls.parquet"
    ends = [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)]  # noqa: DTZ001 (clock readings)
    pl.DataFrame({"at": ends, "on": [one.date() for one in ends]}).write_parquet(file)
    assert rows(file).rows() == [(one.isoformat(), one.date().isoformat()) for one in ends]
