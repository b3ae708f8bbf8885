"""The two ways a plan is reckoned: exactly, in decimals, or fast, in floats that round where the decimals do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from constabulary.finance.plan.kind import Number

_PLACES = {places: Decimal(1).scaleb(-places) for places in range(9)}
_TIE = 1e-5
"""Floats this little below half a penny are rounded as halves: a half in decimals is often no half in floats."""


@dataclass(frozen=True)
class Arithmetic:
    """How a typed decimal becomes a number, and how a number is rounded to places, halves away from zero."""

    number: Callable[[Decimal], Number]
    rounded: Callable[[Number, int], Number]


def _exactly(value: Decimal, places: int) -> Decimal:
    return value.quantize(_PLACES[places], ROUND_HALF_UP)


def _fast(value: Number, places: int) -> Number:
    scale = 10.0**places
    return np.trunc(value * scale + np.copysign(0.5 + _TIE, value)) / scale


EXACT = Arithmetic(lambda value: value, _exactly)
FAST = Arithmetic(float, _fast)
