"""Importing data.police.uk files beside Polars' bare `read_csv` and beside pandas with pandera: CPU and memory.

Run with `pytest benchmarks/bench_import.py -s`. Each competitor is a process of its own, so CPU time (user and system,
every thread, start-up included) and peak memory are what the operating system says of it. Ours is set up as a command
is, in a workspace that is there; it reads, checks, parts good rows from refused, looks for repeated keys, works out
places and writes the lake. `read_csv` only reads, and all as text: it would refuse a file for one word among numbers.

pandas with pandera (`peers/street_pandera.py`) is measured under pandas 3, which holds text as Arrow's strings, and
under pandas 2.3.3, which holds it as Python objects: `make bench` keeps that in an environment of its own. Each reads
and checks alone, good rows parted from refused; and does the same job, with the hash of each file, types, refused rows
with their lines and every reason kept, repeated keys, places by name and Parquet, uncompressed as ours, but not all or
nothing, and without a look at rows with too few fields. All ratios are told, and those of the same job asserted with
room for a busy machine. Five million rows took ours 2.2 to 3.3 times the CPU of `read_csv`. The same job took pandas
2.3.3 5.1 to 5.4 times ours in fifty files, in four runs, and 6.9 times in one; pandas 3 3.2 and 3.3 times.

The rows are made from a seed in the shape of published months: 64-character keys, one row in six without a key, two
percent without a place, 8,000 map points a force, the key of the row before in one row of 2,000, and faults of ten
kinds in one row of 125. CONSTABULARY_BENCH_ROWS asks for another number of rows, CONSTABULARY_PANDAS_2 names another
Python that has pandas 2.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from constabulary.services.workspace.workspaces import new_workspace

N_ROWS = int(os.environ.get("CONSTABULARY_BENCH_ROWS", "5_000_000"))
N_FILES = 50
FAULTY_SHARE = 0.008
"""Share of rows with one of `FAULTS`, all kinds alike."""
REPEATED_SHARE = 0.0005
"""Share of rows with the key of the row before."""
ROUNDS = 3
MOST_TIMES_POLARS = 4
LEAST_TIMES_PANDAS = {
    N_FILES: {"pandas_3_same_job_to_ours": 2.4, "pandas_2_same_job_to_ours": 4.5},
    1: {"pandas_3_same_job_to_ours": 2.4, "pandas_2_same_job_to_ours": 5},
}
"""By number of files."""
PEER = Path(__file__).parent / "peers" / "street_pandera.py"
PANDAS = {
    "pandas_3": sys.executable,
    "pandas_2": os.environ.get(
        "CONSTABULARY_PANDAS_2", str(Path(__file__).parents[1] / ".venv-pandas2" / "bin" / "python")
    ),
}
"""The Python that has each."""
MOST_BYTES = 1.5 * 1024**3
FORCES = ("Avon", "Borsetshire", "Cornmarket", "Downshire", "Eastmarch")
OUTCOMES = (
    "Under investigation",
    "Investigation complete; no suspect identified",
    "Unable to prosecute suspect",
    "Status update unavailable",
    "Awaiting court outcome",
    "Local resolution",
    "Further investigation is not in the public interest",
    "Court result unavailable",
    "Offender given a caution",
)
CRIME_TYPES = (
    "Violence and sexual offences",
    "Criminal damage and arson",
    "Other theft",
    "Public order",
    "Shoplifting",
    "Vehicle crime",
    "Burglary",
    "Drugs",
    "Other crime",
    "Bicycle theft",
    "Possession of weapons",
    "Theft from the person",
    "Robbery",
)


FAULTS = (
    pl.col("Crime ID").fill_null("0" * 64).str.head(40).alias("Crime ID"),
    pl.lit("Not recorded").alias("Crime ID"),
    pl.lit("2019-13").alias("Month"),
    pl.lit(None, pl.String).alias("Month"),
    pl.lit(None, pl.String).alias("Reported by"),
    pl.lit("545120.5").alias("Longitude"),
    pl.lit("unknown").alias("Longitude"),
    pl.lit("95.0").alias("Latitude"),
    pl.lit("E0101").alias("LSOA code"),
    pl.lit("Vehicle crimes").alias("Crime type"),
)
"""A key cut short and one that is none, a month that is none and none at all, no force, a grid reference and a word for
a longitude, a latitude beyond the pole, an area code cut short, and a type that was never published."""


def make_files(folder: Path, n_rows: int, n_files: int, seed: int = 1) -> int:
    """Write street files, each one month of one force, and return how many of their rows are faulty."""
    rng = np.random.default_rng(seed)
    points = {force: _points(rng, force) for force in FORCES}
    n_faulty = 0
    for number in range(n_files):
        force = FORCES[number % len(FORCES)]
        month = date(2019 + number // len(FORCES) // 12, number // len(FORCES) % 12 + 1, 1)
        n = n_rows // n_files
        path = folder / f"{month:%Y-%m}" / f"{month:%Y-%m}-{force.lower()}-street.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows, is_faulty = _damaged(rng, _month(rng, points[force], f"{force} Police", month, n))
        rows.write_csv(path)
        n_faulty += int(is_faulty.sum())
    return n_faulty


def _damaged(rng: np.random.Generator, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Return rows with keys repeated and faults planted, one a row, and which rows have one."""
    draws = pl.Series(rng.random(rows.height))
    kinds = pl.Series(rng.integers(0, len(FAULTS), rows.height))
    is_faulty = draws < FAULTY_SHARE
    is_repeated = draws > 1 - REPEATED_SHARE
    rows = rows.with_columns(
        pl.when(is_repeated).then(pl.col("Crime ID").shift()).otherwise("Crime ID").alias("Crime ID")
    )
    for kind, fault in enumerate(FAULTS):
        name = fault.meta.output_name()
        rows = rows.with_columns(pl.when(is_faulty & (kinds == kind)).then(fault).otherwise(name).alias(name))
    return rows, is_faulty


def _points(rng: np.random.Generator, force: str) -> pl.DataFrame:
    n, n_areas = 8_000, 700
    area = rng.integers(0, n_areas, n)
    first = 1_000_000 + 10_000 * FORCES.index(force)
    return pl.DataFrame(
        {
            "Longitude": np.char.mod("%.6f", rng.uniform(-5, 1, n)).tolist(),
            "Latitude": np.char.mod("%.6f", rng.uniform(50, 54, n)).tolist(),
            "Location": [f"On or near {force} Street {street}" for street in rng.integers(0, 6_000, n)],
            "LSOA code": [f"E0{first + number}" for number in area],
            "LSOA name": [f"{force} {number // 4:03d}{'ABCD'[number % 4]}" for number in area],
        }
    )


def _month(rng: np.random.Generator, points: pl.DataFrame, force: str, month: date, n: int) -> pl.DataFrame:
    digits = rng.bytes(32 * n).hex()
    is_asb = rng.random(n) < 1 / 6
    weight = 1 / (np.arange(points.height) + 50)
    chosen = rng.choice(points.height, n, p=weight / weight.sum())
    placed = points[chosen.tolist()].with_columns(is_placed=pl.Series(rng.random(n) >= 0.02))
    return placed.select(
        pl.Series(
            "Crime ID", [None if is_asb[row] else digits[64 * row : 64 * row + 64] for row in range(n)]
        ),
        pl.lit(f"{month:%Y-%m}").alias("Month"),
        pl.lit(force).alias("Reported by"),
        pl.lit(force).alias("Falls within"),
        pl.when("is_placed").then("Longitude").alias("Longitude"),
        pl.when("is_placed").then("Latitude").alias("Latitude"),
        pl.when("is_placed").then("Location").otherwise(pl.lit("No location")).alias("Location"),
        *(pl.when("is_placed").then(name).alias(name) for name in ("LSOA code", "LSOA name")),
        pl.Series(
            "Crime type",
            np.where(is_asb, "Anti-social behaviour", rng.choice(CRIME_TYPES, n)).tolist(),
        ),
        pl.Series(
            "Last outcome category",
            [
                None if asb else OUTCOMES[number]
                for asb, number in zip(is_asb, rng.integers(0, 9, n), strict=True)
            ],
        ),
        pl.lit(None, dtype=pl.String).alias("Context"),
    )


OURS = """
import json, sys
from pathlib import Path
from constabulary.cli.main import settle
settle()
from constabulary.services.records.imports import import_police_uk
from constabulary.services.workspace.workspaces import open_workspace
report = import_police_uk(open_workspace(Path(sys.argv[2])), [Path(sys.argv[1])], by="bench").as_json()
print(report["accepted"], report["refused"])
print(open("/proc/self/status").read())
"""
POLARS = """
import sys
from pathlib import Path
import polars as pl
print(sum(pl.read_csv(path, infer_schema=False).height for path in sorted(Path(sys.argv[1]).rglob("*.csv"))), 0)
print(open('/proc/self/status').read())
"""


@dataclass(frozen=True)
class Run:
    """What one process took and told: CPU (seconds), peak memory (bytes), rows kept and refused."""

    cpu_s: float
    peak_bytes: int
    n_kept: int
    n_refused: int


@dataclass(frozen=True)
class Street:
    """Files made for the benchmark, how many, and how many of their rows are faulty."""

    folder: Path
    n_files: int
    n_faulty: int


def run(python: str | Path, *program: str | Path) -> Run:
    """Run a program in a process of its own."""
    child = subprocess.Popen([python, *program], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout:
        said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    # Not ru_maxrss: a child is born with the peak of its parent, which made the files.
    peak_kib = int(re.findall(r"VmHWM:\s+(\d+) kB", said)[0])
    n_kept, n_refused = map(int, said.split()[:2])
    return Run(used.ru_utime + used.ru_stime, peak_kib * 1024, n_kept, n_refused)


def median_s(runs: Sequence[Run]) -> float:
    return statistics.median(one.cpu_s for one in runs)


@pytest.fixture(scope="module", params=[N_FILES, 1], ids=["month files", "one file"])
def street(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("street")
    yield Street(folder, request.param, make_files(folder, N_ROWS, request.param))
    shutil.rmtree(folder)


def test_an_import_takes_at_most_four_times_the_cpu_of_read_csv_and_little_memory(
    benchmark: Any, street: Street, tmp_path: Path, record_property: Callable[[str, Any], None]
) -> None:
    pytest.importorskip("pandera", reason="pandas and pandera, the peers, are not installed (bench group)")
    ours, read_csv = [], []
    for number in range(ROUNDS):
        read_csv.append(run(sys.executable, "-c", POLARS, street.folder))
        new_workspace(tmp_path / f"workspace-{number}", "cambridgeshire")
        ours.append(run(sys.executable, "-c", OURS, street.folder, tmp_path / f"workspace-{number}"))
        assert ours[-1].n_refused == street.n_faulty
    measured = {
        "rows": read_csv[0].n_kept,
        "rows_refused": street.n_faulty,
        "ours_cpu_s": median_s(ours),
        "read_csv_cpu_s": median_s(read_csv),
        "ours_to_read_csv": median_s(ours) / median_s(read_csv),
        "ours_peak_gib": max(one.peak_bytes for one in ours) / 1024**3,
    }
    for name, python in PANDAS.items():
        if not Path(python).exists():
            print(f"\n{name} is not measured: `make bench` installs it")
            continue
        alone = run(python, PEER, street.folder)
        whole = run(python, PEER, street.folder, tmp_path / name)
        assert (whole.n_kept, whole.n_refused) == (ours[0].n_kept, ours[0].n_refused)
        assert alone.n_refused == street.n_faulty
        shutil.rmtree(tmp_path / name)
        measured |= {
            f"{name}_checking_alone_cpu_s": alone.cpu_s,
            f"{name}_same_job_cpu_s": whole.cpu_s,
            f"{name}_checking_alone_to_ours": alone.cpu_s / median_s(ours),
            f"{name}_same_job_to_ours": whole.cpu_s / median_s(ours),
            f"{name}_same_job_peak_gib": whole.peak_bytes / 1024**3,
        }
    for name, value in measured.items():
        record_property(name, round(value, 3))
        benchmark.extra_info[name] = round(value, 3)
    print("\n" + "\n".join(f"{name:40}{value:>14,.2f}" for name, value in measured.items()))
    new_workspace(tmp_path / "workspace-timed", "cambridgeshire")
    benchmark.pedantic(
        lambda: run(sys.executable, "-c", OURS, street.folder, tmp_path / "workspace-timed"), rounds=1
    )
    assert measured["ours_to_read_csv"] <= MOST_TIMES_POLARS
    for name, least in LEAST_TIMES_PANDAS[street.n_files].items():
        assert measured.get(name, least) >= least
    assert max(one.peak_bytes for one in ours) < MOST_BYTES
