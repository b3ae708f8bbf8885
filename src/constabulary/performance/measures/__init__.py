"""Every measure by its name: each module of this package declares one, as `MEASURE`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from constabulary.performance.measure import Measure

_DECLARED = tuple(
    importlib.import_module(f"{__name__}.{module.name}").MEASURE for module in pkgutil.iter_modules(__path__)
)

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {measure.name: measure for measure in sorted(_DECLARED, key=lambda measure: measure.name)}
)
"""The measures declared in this package."""
