"""The field of forms that takes an amount as people write it: £1,234.50."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from constabulary.core.amounts import is_workable
from constabulary.web.form import Text


class Amount(Text):
    """An amount; thousands may be set apart by commas.

    Parameters
    ----------
    label
        The question.
    least
        The least that can be meant, if there is one.
    options
        Those of `Text`.
    """

    def __init__(self, label: str, *, least: int | None = None, **options: Any) -> None:
        super().__init__(label, **{"width": 10, **options})
        self.least = least

    def clean(self, value: Any) -> Decimal | None:
        """Return the amount, or nothing where none was given."""
        text = super().clean(value).replace(",", "").removeprefix("£").strip()
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not is_workable(number):
            raise ValidationError(f"{self.label} must be a number, like 222.66", code="invalid")
        if self.least is not None and number < self.least:
            raise ValidationError(f"{self.label} must be {self.least} or more", code="invalid")
        return number
