"""Says which printed figure is at fault: the one whose correction mends failing paths and breaks none that hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from constabulary.finance.paths import Path
from constabulary.finance.printed import Key, Printed

BROKEN_COSTS = 2
"""A path that would be broken weighs as much as this many that would be mended."""


@dataclass(frozen=True)
class Blame:
    """Which figures may be at fault for a failing path.

    Parameters
    ----------
    suspects
        The figures whose correction explains most; one alone where the other paths settle it.
    right
        What the one suspect should be; None where there are several.
    mended
        Other failing paths that the one suspect's correction mends too.
    held
        Paths through the target, other than the failing one, that hold as printed.
    """

    suspects: tuple[Key, ...]
    right: Decimal | None
    mended: tuple[Path, ...]
    held: tuple[Path, ...]


class Court:
    """All paths over printed tables, and which of them hold.

    Parameters
    ----------
    paths
        Every path that bears witness; double counts and parts known not to be complete do not.
    printed
        The cells.
    """

    def __init__(self, paths: Sequence[Path], printed: Printed) -> None:
        self.printed = printed
        self.values = printed.values()
        self._through: dict[Key, list[Path]] = defaultdict(list)
        for path in paths:
            for key in dict.fromkeys(path.cells):
                self._through[key].append(path)
        self._tolerance = {id(path): path.tolerance(printed, self.values) for path in paths}
        self._holds = {id(path): self._is_held(path, self.values) for path in paths}

    def blame(self, path: Path) -> Blame:
        """Return who is at fault for a failing path."""
        scored: dict[Key, tuple[int, list[Path], Decimal]] = {}
        for key in dict.fromkeys(path.cells):
            right = path.solved_for(key, self.values)
            if right is not None and self.printed[key].step:
                scored[key] = (*self._verdict(key, right), right)
        held = tuple(
            other for other in self._through[path.target] if other is not path and self._holds[id(other)]
        )
        if not scored:
            return Blame((), None, (), held)
        best = max(score for score, *_ in scored.values())
        suspects = tuple(key for key, (score, *_) in scored.items() if score == best)
        if len(suspects) > 1:
            return Blame(suspects, None, (), held)
        _, mended, right = scored[suspects[0]]
        return Blame(suspects, right, tuple(other for other in mended if other is not path), held)

    def _verdict(self, key: Key, right: Decimal) -> tuple[int, list[Path]]:
        values = _Changed(self.values, key, right)
        mended: list[Path] = []
        n_broken = 0
        for path in self._through[key]:
            held = self._is_held(path, values)
            if held and not self._holds[id(path)]:
                mended.append(path)
            n_broken += self._holds[id(path)] and not held
        return len(mended) - BROKEN_COSTS * n_broken, mended

    def _is_held(self, path: Path, values: Mapping[Key, Decimal]) -> bool:
        residual = path.residual(values)
        return residual is None or abs(residual) <= self._tolerance[id(path)]


class _Changed(dict[Key, Decimal]):
    """Figures with one of them changed."""

    def __init__(self, values: Mapping[Key, Decimal], key: Key, value: Decimal) -> None:
        super().__init__({key: value})
        self._values = values

    def __missing__(self, key: Key) -> Decimal:
        return self._values[key]
