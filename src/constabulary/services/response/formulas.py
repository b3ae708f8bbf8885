"""Hands on what the response domain works out: queues of callers, staffing, and the hypercube model."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.core.provenance import Stamp
from constabulary.numeric.queueing import LEAST, MOST
from constabulary.response import contact, hypercube, hypercube_approximation
from constabulary.response.hypercube_model import hypercube_model
from constabulary.services.response.formula_answers import (
    ErlangAAnswer,
    ErlangAnswer,
    ErlangCAnswer,
    HypercubeAnswer,
    QueueAsked,
)
from constabulary.services.workspace.files import read_text

COLUMNS = ("start", "calls", "handling_s")
"""The columns of a file of calls by interval."""


def erlang(
    calls_per_h: float, handling_s: float, n_agents: int, within_s: float, patience_s: float | None = None
) -> ErlangAnswer:
    """Return how a queue of callers fares by Erlang B, C and A, as plain JSON values.

    A formula that gives nothing is null, and `reason` says why, by its name.

    Parameters
    ----------
    calls_per_h, handling_s, n_agents, within_s, patience_s
        As for `response.contact.contact_queue`.

    Raises
    ------
    BadInput
        Where a value is out of its range.
    """
    queue = contact.contact_queue(calls_per_h, handling_s, n_agents, within_s, patience_s)
    asked: QueueAsked = {
        "calls_per_h": calls_per_h,
        "handling_s": handling_s,
        "agents": n_agents,
        "within_s": within_s,
        "patience_s": patience_s,
    }
    return {
        "schema": 1,
        **asked,
        "erlang_b": {"blocking": queue.blocking_share},
        "erlang_c": cast("ErlangCAnswer | None", _figures(queue.erlang_c)),
        "erlang_a": cast("ErlangAAnswer | None", _figures(queue.erlang_a)),
        "reason": _reasons(queue, n_agents),
        "stamp": Stamp({}, asked).as_json(),
    }


def staff(
    path: Path, within_s: float, target_share: float, patience_s: float | None = None
) -> dict[str, Any]:
    """Return the agents needed in each interval of a file, as plain JSON values.

    Parameters
    ----------
    path
        CSV with the columns ``start`` (2024-03-04T08:00), ``calls`` (in the interval) and ``handling_s`` (mean), of
        intervals of one length, in order.
    within_s, target_share
        The share of all callers to be answered within that time (s).
    patience_s
        Mean time after which a waiting caller gives up (s): by Erlang A; none: by Erlang C.

    Raises
    ------
    BadInput
        With everything that is wrong with the file.
    """
    content = read_text(path)
    starts, calls, handling_s = _intervals(content, path.name)
    interval_s = (starts[1] - starts[0]).total_seconds()
    need = contact.agents_by_interval(
        np.array(calls) * 3600.0 / interval_s,
        np.array(handling_s),
        interval_s,
        within_s,
        target_share,
        patience_s,
    )
    asked = {"within_s": within_s, "target_share": target_share, "patience_s": patience_s}
    return {
        "schema": 1,
        **asked,
        "interval_s": interval_s,
        "method": "erlang_c" if patience_s is None else "erlang_a",
        "intervals": [
            {
                "start": start.isoformat(timespec="minutes"),
                "load_erlangs": float(need.load_erlangs[i]),
                "lagged_load_erlangs": float(need.lagged_load_erlangs[i]),
                "agents": int(need.n_agents[i]),
                "within_share": _figure(need.within_share[i]),
                "occupancy": _figure(need.occupancy[i]),
            }
            for i, start in enumerate(starts)
        ],
        "stamp": Stamp({path.name: _sha256(content)}, asked).as_json(),
    }


def solve_hypercube(path: Path) -> HypercubeAnswer:
    """Return the answer of the hypercube model in a JSON file; see `solve_hypercube_text`."""
    return solve_hypercube_text(read_text(path), path.name)


def solve_hypercube_text(
    content: str, name: str, *, most_units: int = hypercube.MOST_UNITS
) -> HypercubeAnswer:
    """Return the answer of the hypercube model that a text of JSON holds, as plain JSON values.

    Above `most_units` only the approximation and what does not depend on preferences is given; where calls would wait
    without end, nothing is. `reason` says why, by the part that is missing.

    Parameters
    ----------
    content, name
        The text, as `response.hypercube_model.hypercube_model` describes it, and what to call it.
    most_units
        Units that are solved exactly, at most; each more doubles the work and the answer.

    Raises
    ------
    BadInput
        With everything that is wrong with it.
    """
    model = hypercube_model(_json(content, name), name)
    reason = {}
    exact = approximate = all_busy = None
    if not model.is_stable:
        reason["exact"] = reason["approximate"] = (
            f"{model.load_erlangs:g} units would be busy on average and there are {model.n_units}: "
            "calls would wait without end."
        )
    else:
        all_busy = float(hypercube.busy_distribution(model)[-1])
        approximate = hypercube_approximation.approximate_hypercube(model)
        if approximate is None:
            reason["approximate"] = "The loads do not settle: too many units share one order."
        if model.n_units <= most_units:
            exact = hypercube.solve_hypercube(model)
        else:
            reason["exact"] = (
                f"{model.n_units} units are too many to solve exactly: at most {most_units}. "
                "The approximation has no such limit."
            )
            if most_units < model.n_units <= hypercube.MOST_UNITS:
                reason["exact"] += " The command `constabulary response hypercube` solves them."
    written = {
        "schema": 1,
        "line": model.line,
        "utilisation": exact and exact.utilisation.tolist(),
        ("wait_probability" if model.line == "infinite" else "loss_probability"): all_busy,
        "dispatch_share": exact and exact.dispatch_share.tolist(),
        "states": exact and exact.states.tolist(),
        "approximate": approximate
        and {
            "utilisation": approximate.utilisation.tolist(),
            "dispatch_share": approximate.dispatch_share.tolist(),
        },
        "reason": reason,
        "stamp": Stamp({name: _sha256(content)}).as_json(),
    }
    return cast(HypercubeAnswer, written)


def _reasons(queue: contact.ContactQueue, n_agents: int) -> dict[str, str]:
    """Return why formulas, or figures of them, are null."""
    if queue.erlang_a is None or n_agents:
        return dict(queue.reasons)
    return {**queue.reasons, "erlang_a": "There are no agents: nobody is answered, and nobody could be busy."}


def _figures(result: Any) -> dict[str, float | None] | None:
    if result is None:
        return None
    return {one.name: _figure(getattr(result, one.name)) for one in fields(result)}


def _figure(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _json(content: str, file: str) -> object:
    def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                raise BadInput(
                    Problem("repeated_key", "stands more than once.", file, column=name, remedy="Keep one.")
                )
            found[name] = value
        return found

    try:
        return json.loads(content, object_pairs_hook=no_repeats)
    except json.JSONDecodeError as error:
        raise BadInput(
            Problem("not_json", f"is not JSON: {error.msg}, column {error.colno}.", file, row=error.lineno)
        ) from None
    except RecursionError:
        raise BadInput(Problem("not_json", "is nested too deep.", file)) from None
    except ValueError:  # what Python says of a whole number of thousands of digits
        raise BadInput(Problem("not_json", "holds a number of too many digits.", file)) from None


def _intervals(content: str, file: str) -> tuple[list[datetime], list[float], list[float]]:
    """Return starts, calls and handling times of a CSV file, or raise everything that is wrong."""
    rows = csv.DictReader(io.StringIO(content))
    header = tuple(rows.fieldnames or ())
    if sorted(header) != sorted(COLUMNS):
        raise BadInput(
            Problem(
                "wrong_columns",
                f"has the columns {', '.join(header) or 'none'}.",
                file,
                1,
                expected=", ".join(COLUMNS),
            )
        )
    starts: list[datetime] = []
    calls: list[float] = []
    handling_s: list[float] = []
    problems: list[Problem] = []
    for row in rows:
        line = rows.line_num
        if None in row:
            problems.append(Problem("wrong_columns", "has more cells than columns.", file, line))
            continue
        try:
            start = datetime.fromisoformat((row["start"] or "").strip())
        except ValueError:
            problems.append(_bad_cell(file, line, "start", row, "a time such as 2024-03-04T08:00"))
            continue
        if starts and (start.tzinfo is None) != (starts[0].tzinfo is None):
            problems.append(_bad_cell(file, line, "start", row, "a zone in every row or in none"))
            continue
        problems += _out_of_step(starts, start, file, line)
        starts.append(start)
        calls.append(_cell(row, "calls", file, line, problems, is_zero_allowed=True))
        handling_s.append(_cell(row, "handling_s", file, line, problems, is_zero_allowed=False))
    if len(starts) < 2 and not problems:
        problems.append(
            Problem("too_few_rows", "has fewer than two intervals.", file, expected="two or more")
        )
    if problems:
        raise BadInput(problems)
    return starts, calls, handling_s


def _out_of_step(starts: list[datetime], start: datetime, file: str, line: int) -> list[Problem]:
    if not starts:
        return []
    step = start - starts[-1]
    wanted = starts[1] - starts[0] if len(starts) > 1 else step
    if step > timedelta(0) and step == wanted:
        return []
    expected = f"{wanted} after the row before" if wanted > timedelta(0) else "a time after the row before"
    return [Problem("out_of_step", "does not follow.", file, line, "start", start.isoformat(), expected)]


def _cell(
    row: Mapping[str, str | None],
    column: str,
    file: str,
    line: int,
    problems: list[Problem],
    is_zero_allowed: bool,
) -> float:
    try:
        value = float(row[column] or "")
    except ValueError:
        value = math.nan
    if not (0.0 if is_zero_allowed else LEAST) <= value <= MOST:
        least = "0" if is_zero_allowed else f"{LEAST:f}"
        expected = f"a number from {least} to {MOST:,.0f}"
        problems.append(_bad_cell(file, line, column, row, expected))
    return value


def _bad_cell(file: str, line: int, column: str, row: Mapping[str, str | None], expected: str) -> Problem:
    value = row[column] or ""
    return Problem(f"bad_{column}", f'"{value}" cannot be used.', file, line, column, value, expected)
