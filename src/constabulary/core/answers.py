"""What answers to programs share: how an answer's type names its fields, and what every answer says of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Generic, TypedDict, TypeVar, cast

__all__ = [
    "Answer",
    "Days",
    "StampAnswer",
    "StampedAnswer",
    "Value",
    "Written",
    "with_fields_of",
    "with_other_fields",
    "words_of",
    "written",
]

Value = str | float | bool | None
"""A plain value, where the columns of a table are its own."""

R = TypeVar("R")
T = TypeVar("T", bound=type)


class Written(dict[str, Any], Generic[R]):
    """A result written as an object, field by field: the type that an answer gives where it holds a dataclass."""


Days = TypedDict("Days", {"from": str, "to": str})
"""First and last day of an answer, both counted in."""


class StampAnswer(TypedDict):
    """What a result rests on; two results with the same id are the same result.

    Parameters
    ----------
    id
        The stamp's name: the first 16 characters of the SHA-256 of all it says.
    inputs
        SHA-256 of each input by its name.
    parameters
        What was asked: filters, options, versions of parameter values.
    code
        Version of the package and a digest of its source.
    seed
        Seed of the random numbers; null where none were drawn.
    """

    id: str
    inputs: dict[str, str]
    parameters: dict[str, Any]
    code: str
    seed: int | None


class Answer(TypedDict):
    """What every answer begins with: the version of its shape."""

    schema: int


class StampedAnswer(Answer):
    """What every answer that was worked out says of itself: what it rests on."""

    stamp: StampAnswer


def written(result: R) -> Written[R]:
    """Return a dataclass as an object with its fields, and what is in them likewise."""
    return cast("Written[R]", asdict(cast(Any, result)))


def words_of(*results: type) -> Callable[[T], T]:
    """Declare that fields of an answer which it does not explain mean what results say of theirs of the same name.

    Parameters
    ----------
    results
        Classes of results, whose docstrings explain their fields.
    """

    def declare(answer: T) -> T:
        answer.__words_of__ = results  # type: ignore[attr-defined]
        return answer

    return declare


def with_other_fields(kind: Any) -> Callable[[T], T]:
    """Declare that an answer holds further fields, whose names are those of what was asked about.

    Parameters
    ----------
    kind
        What each of them is.
    """

    def declare(answer: T) -> T:
        answer.__other_fields__ = kind  # type: ignore[attr-defined]
        return answer

    return declare


def with_fields_of(*results: type, but: tuple[str, ...] = ()) -> Callable[[T], T]:
    """Declare that an answer holds the fields of results among its own, as `**` puts them there.

    Its description then has their fields, read from the results themselves.

    Parameters
    ----------
    results
        Classes of results: frozen dataclasses.
    but
        Their fields that are left out.
    """

    def declare(answer: T) -> T:
        answer.__spreads__ = (results, but)  # type: ignore[attr-defined]
        return answer

    return declare
