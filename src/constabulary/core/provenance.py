"""The stamp of a result: the inputs, parameters and code it came from, so that it can be made again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

from constabulary import __version__
from constabulary.core.answers import StampAnswer

PACKAGE = Path(__file__).resolve().parents[1]
SHOWING = ("cli", "render", "web")
"""Rooms that only show figures: a change to them changes no result."""


@cache
def code_version() -> str:
    """Return the version of the package and, after a plus sign, a digest of the source that works figures out.

    So results kept by other code of the same version, as in a checkout that is worked on, are not taken for those of
    this one. It is worked out once a process.
    """
    return f"{__version__}+{source_digest(PACKAGE)}"


def source_digest(package: Path) -> str:
    """Return a digest of the names and contents of a package's modules and values, 12 hexadecimal digits.

    Parameters
    ----------
    package
        Its folder. Rooms in `SHOWING` do not count, nor force folders, which are inputs.
    """
    digest = hashlib.sha256()
    for folder, inside, names in os.walk(package):
        left_out = {"__pycache__", *((*SHOWING, "forces") if folder == str(package) else ())}
        inside[:] = sorted(one for one in inside if one not in left_out)
        for name in sorted(names):
            if name.endswith((".py", ".yaml")):
                path = Path(folder, name)
                content = path.read_bytes()
                digest.update(f"{path.relative_to(package).as_posix()} {len(content)}\n".encode())
                digest.update(content)
    return digest.hexdigest()[:12]


@dataclass(frozen=True)
class Stamp:
    """What a result rests on; two results with the same stamp are the same result.

    Parameters
    ----------
    inputs
        SHA-256 of each input, by its name (``force folder``, ``import 000001``).
    parameters
        What was asked: filters, options, versions of parameter values; plain JSON values.
    code
        Version of the package and a digest of its source, as `code_version` tells them.
    seed
        Seed of the random numbers, None where none were drawn.

    Examples
    --------
    >>> Stamp({"force folder": "ab"}, {"from": "2024-03"}, code="1").id == Stamp(
    ...     {"force folder": "ab"}, {"from": "2024-03"}, code="1"
    ... ).id
    True
    """

    inputs: Mapping[str, str]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    code: str = field(default_factory=code_version)
    seed: int | None = None

    @property
    def id(self) -> str:
        """The stamp's name: the first 16 characters of the SHA-256 of all it says."""
        text = json.dumps(self._content(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def as_json(self) -> StampAnswer:
        """Return the stamp as JSON results carry it."""
        return cast(StampAnswer, {"id": self.id, **self._content()})

    def _content(self) -> dict[str, Any]:
        return {
            "inputs": dict(sorted(self.inputs.items())),
            "parameters": dict(sorted(self.parameters.items())),
            "code": self.code,
            "seed": self.seed,
        }
