"""A frozen dataclass that is cheap to declare: its methods are shared, where `dataclass` compiles each class its own.

Compiling them takes the better part of a millisecond a class, and each start of a command declares all the records of
the force folder.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, fields
from typing import Any, ClassVar, NoReturn, dataclass_transform


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Frozen:
    """The base of records that are frozen dataclasses with keyword-only fields, without a decorator of their own.

    Defaults are values, never factories, and no `__post_init__` is called.

    Examples
    --------
    >>> class Bridge(Frozen):
    ...     "A bridge and its length."
    ...     name: str
    ...     length_m: int | None = None
    >>> Bridge(name="Clare")
    Bridge(name='Clare', length_m=None)
    >>> Bridge(name="Clare", length_m=18) == Bridge(length_m=18, name="Clare")
    True
    """

    _names: ClassVar[dict[str, None]] = {}
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        dataclass(init=False, repr=False, eq=False, kw_only=True)(cls)
        cls._names = dict.fromkeys(one.name for one in fields(cls))  # type: ignore[arg-type]
        cls._defaults = {
            one.name: one.default
            for one in fields(cls)  # type: ignore[arg-type]
            if one.default is not MISSING
        }

    def __init__(self, **values: Any) -> None:
        given = self.__dict__
        given.update(self._defaults)
        given.update(values)
        if given.keys() != self._names.keys():
            missing = [name for name in self._names if name not in given]
            unknown = [name for name in given if name not in self._names]
            raise TypeError(f"{type(self).__name__} wants {missing} and has no field {unknown}")

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{type(self).__qualname__}({values})"

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._names)
