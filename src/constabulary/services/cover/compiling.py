"""The loops over positions compiled by another process: the compiler's memory is free again before they are read."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

import numba
import numpy as np
import polars as pl

from constabulary.cover.clean import CleaningRules
from constabulary.cover.clock import Clock
from constabulary.cover.fixes import US
from constabulary.cover.joining import Joining
from constabulary.cover.presence import Rule, Setting, merge
from constabulary.numeric import compiled
from constabulary.numeric.compiled import cache_folder
from constabulary.numeric.grid import AreaIndex
from constabulary.parameters.load import load_parameters
from constabulary.services.cover.areas import Outlined
from constabulary.services.cover.one_pass import Work, work
from constabulary.services.cover.pings import EVER, Window
from constabulary.store.lake import write_part
from constabulary.tables.outlines import Outlines

LONGEST_S = 600
"""What the other process may take; compiling takes it half a minute."""


def compile_apart(credit: str) -> None:
    """Have another process compile what one pass over positions runs on, unless that was done before.

    Nothing is lost where it cannot: this process then compiles what it needs as it needs it.

    Parameters
    ----------
    credit
        One of `cover.presence.CREDITS`.
    """
    folder = cache_folder()
    if folder is None or compiled.config.DISABLE_JIT or _mark(folder, credit).is_file():
        return
    # -P: a file in the folder where someone works may have the name of a module.
    command = [sys.executable, "-P", "-m", "constabulary.services.cover.compiling", credit]
    nothing = subprocess.DEVNULL
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(  # noqa: S603 - our own
            command, stdin=nothing, stdout=nothing, stderr=nothing, timeout=LONGEST_S, check=False
        )


def compile_here(credit: str) -> None:
    """Compile what one pass over positions runs on and keep the machine code, by two passes over six positions.

    Parameters
    ----------
    credit
        One of `cover.presence.CREDITS`.
    """
    values = load_parameters("cover")
    square = AreaIndex.build(np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]), [0, 5], [0])
    rule = Rule(credit, *(float(values[name].value) for name in ("cap_s", "line_s", "ping_s")))
    setting = Setting(rule, EVER, ("hour",), partial(Clock.between, time_zone="UTC"), square)
    areas = Outlined(Outlines(("A",), ("A",), ()), square, "")
    shared = Work(setting, CleaningRules.of(values), areas, square, has_visits=True)
    with tempfile.TemporaryDirectory() as folder:
        timed = []
        for first_s in (0, 90):
            path = Path(folder) / f"{first_s}.parquet"
            write_part(_positions(first_s), path)
            timed.append(work(shared, Window(((0, (str(path),), ()),), 0, 1)).timed)
    merge(timed[0].summary, timed[1].summary, setting)
    Joining().add(timed[0].visits, 2)
    kept_in = cache_folder()
    if kept_in is not None:
        _mark(kept_in, credit).write_text("The loops over positions are compiled.\n", encoding="utf-8")


def _positions(first_s: int) -> pl.DataFrame:
    """Return three positions of each of two units, as the lake keeps them."""
    seconds = np.repeat(first_s + 30 * np.arange(3), 2)
    return pl.DataFrame(
        {
            "unit_id": ["one", "other"] * 3,
            "at": seconds * US,
            "longitude": 0.5 + 1e-5 * seconds,
            "latitude": [0.5] * 6,
            "status": ["patrol"] * 6,
            "role": ["response"] * 6,
            "crew_size": [2] * 6,
            "speed_kmh": [5.0] * 6,
            "local_on": [date(1970, 1, 1)] * 6,
            "file_no": [0] * 6,
        }
    ).with_columns(
        pl.col("unit_id", "status", "role").cast(pl.Categorical),
        at=pl.col("at").cast(pl.Datetime("us", "UTC")),
    )


def _mark(folder: Path, credit: str) -> Path:
    """Return the file that says all is compiled; numba compiles anew for each of its own versions."""
    return folder / f"cover-{credit}-by-numba-{numba.__version__}.txt"


if __name__ == "__main__":
    compile_here(sys.argv[1])
