"""A later process reads the machine code of an earlier one, and nothing that only compiling needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ASK = """
import json, sys
import numpy as np
from constabulary.numeric._kernel import erlang

blocking = np.empty(1)
erlang.erlang_b(np.array([10.0]), np.array([10]), blocking)
before = {"blocking": blocking[0], "hits": sum(erlang.erlang_b.stats.cache_hits.values()),
          "can_compile": "numba.np.arraymath" in sys.modules}
waiting = np.empty(1)
erlang.erlang_c(np.array([10.0]), np.array([12]), waiting)
print(json.dumps(before | {"waiting": waiting[0]}))
"""


def asked(folder: Path) -> dict[str, Any]:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder), "NUMBA_DISABLE_JIT": "0"}
    told = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, check=True, capture_output=True, text=True
    )
    return dict(json.loads(told.stdout))


def test_a_later_process_calls_what_was_compiled_without_loading_the_compiler_s_functions(
    tmp_path: Path,
) -> None:
    first, later = asked(tmp_path), asked(tmp_path)
    assert (first["hits"], first["can_compile"]) == (0, True)
    assert (later["hits"], later["can_compile"]) == (1, False)
    # Erlang's table: ten calls at a time to ten lines lose 21.46%.
    assert round(first["blocking"], 4) == round(later["blocking"], 4) == 0.2146


def test_what_is_not_kept_is_compiled_beside_what_is(tmp_path: Path) -> None:
    whole = asked(tmp_path)
    for kept in tmp_path.rglob("erlang.erlang_c-*"):
        kept.unlink()
    mended = asked(tmp_path)
    assert mended["hits"] == 1
    # C = B / (1 - rho (1 - B)) with B(10 erlangs, 12 lines) = 0.1197.
    assert round(whole["waiting"], 3) == round(mended["waiting"], 3) == 0.449
