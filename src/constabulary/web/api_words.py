"""What a word of an address of the API may be: meaning, unit and bounds, described and refused in the same words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import core_schema

from constabulary.core.years import DAYS

PLACES = 6
"""Decimal places of a number at most; 1e-99999999 would be a hundred million of them."""
YEARS = (DAYS[0].year, DAYS[1].year)
"""First and last year of a day, those of the tables: beyond, there may be no day before or after."""
PASTED = 100_000
"""Characters of a pasted text at most."""


@dataclass(frozen=True)
class Word:
    """What may stand for one word of an address: `Annotated[int, Word("How many years.", least=1, most=30)]`.

    Parameters
    ----------
    about
        What it means, as a sentence.
    unit
        The unit of a number.
    least, most
        Its bounds, both allowed; a number must have both.
    one_of
        The values there are, where they are few.
    pattern, such_as
        What a text must match as a whole (a regular expression), and one that does.
    longest
        Characters of a text at most; an empty one is refused.
    """

    about: str
    unit: str | None = None
    least: float | None = None
    most: float | None = None
    one_of: tuple[str, ...] = ()
    pattern: str | None = None
    such_as: str | None = None
    longest: int = 200

    def expected(self, kind: Any) -> str:
        """Return what is expected of a value of a type, in words.

        Parameters
        ----------
        kind
            int, float, Decimal, date or str.
        """
        if self.one_of:
            return " or ".join(
                (", ".join(self.one_of[:-1]), self.one_of[-1]) if self.one_of[1:] else self.one_of
            )
        if kind is date:
            return f"a day of {YEARS[0]} to {YEARS[1]} such as 2018-03-01"
        if self.least is not None and self.most is not None:
            noun = "a whole number" if kind is int else "a number"
            unit = f" ({self.unit})" if self.unit else ""
            places = f" with at most {PLACES} decimal places" if kind is Decimal else ""
            return f"{noun} from {_written(self.least)} to {_written(self.most)}{unit}{places}"
        return f"text such as {self.such_as}" if self.such_as else f"1 to {self.longest:,} characters"

    def fits(self, value: Any) -> bool:
        """Tell whether a value is one that is expected.

        Parameters
        ----------
        value
            The value, of the type expected.
        """
        if isinstance(value, str):
            is_text = bool(value.strip()) and len(value) <= self.longest and "\0" not in value
            is_known = not self.one_of or value in self.one_of
            return (
                is_text
                and is_known
                and (self.pattern is None or bool(re.fullmatch(self.pattern, value, re.ASCII)))
            )
        if isinstance(value, date):
            return YEARS[0] <= value.year <= YEARS[1]
        if isinstance(value, Decimal) and int(value.as_tuple().exponent) < -PLACES:
            return False
        # Not a number is neither.
        return bool(self.least is not None and self.most is not None and self.least <= value <= self.most)

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> Any:
        """Return how pydantic reads a value: any that is not expected is refused with what is."""
        expected = self.expected(kind)

        def checked(value: Any, read: Callable[[Any], Any]) -> Any:
            try:
                found = read(value)
            except ValidationError:
                raise ValueError(expected) from None
            # A day would be read from a number too: seconds since 1970.
            if not self.fits(found) or (kind is date and found.isoformat() != value):
                raise ValueError(expected)
            return found

        return core_schema.no_info_wrap_validator_function(checked, handler(kind))

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return how OpenAPI describes it."""
        told = handler(core)
        if "anyOf" in told:  # a Decimal, which JSON could write as text too
            told = {"type": "number"}
        text: dict[str, Any] = {}
        if told["type"] == "string" and "format" not in told:
            text = {"enum": [*self.one_of]} if self.one_of else {"minLength": 1, "maxLength": self.longest}
            text |= {"pattern": f"^(?:{self.pattern})$"} if self.pattern else {}
        facts = {"x-unit": self.unit, "minimum": self.least, "maximum": self.most}
        text |= {name: one for name, one in facts.items() if one is not None}
        text |= {"examples": [self.such_as]} if self.such_as else {}
        return {**told, "description": self.about, **text}


def year(about: str) -> Word:
    """Return the word for a financial year.

    Parameters
    ----------
    about
        What the year is for.
    """
    return Word(about, pattern=r"\d{4}/\d{2}", such_as="2019/20")


FirstDay = Annotated[date, Word("First local day; the first of which anything is held when left out.")]
LastDay = Annotated[
    date, Word("Last local day, counted in; the last of which anything is held when left out.")
]


def _written(number: float) -> str:
    return f"{Decimal(str(number)).normalize():,f}"
