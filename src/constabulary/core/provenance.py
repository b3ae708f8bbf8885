"""The stamp of a result: the inputs, parameters and code it came from, so that it can be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from constabulary import __version__


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
        Version of the package.
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
    code: str = __version__
    seed: int | None = None

    @property
    def id(self) -> str:
        """The stamp's name: the first 16 characters of the SHA-256 of all it says."""
        text = json.dumps(self._content(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """Return the stamp as JSON results carry it."""
        return {"id": self.id, **self._content()}

    def _content(self) -> dict[str, Any]:
        return {
            "inputs": dict(sorted(self.inputs.items())),
            "parameters": dict(sorted(self.parameters.items())),
            "code": self.code,
            "seed": self.seed,
        }
