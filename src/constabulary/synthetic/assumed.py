"""The generator's assumed values, checked for shape, each read by the name it has as a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force import Channel
from constabulary.parameters import Parameter

CONTACT_KINDS = ("emergency_call", "other_call", "not_a_call")
"""Kinds of channel that assumptions are made for, whatever a force calls its channels."""
STREAMS = (*CONTACT_KINDS, "incident")
SHAPES: Mapping[str, Any] = {
    "growth_rate": None,
    "day_variation": None,
    "abandoned_share": CONTACT_KINDS,
    "patience_mean_s": None,
    "answered_within_s": CONTACT_KINDS,
    "answered_within_share": CONTACT_KINDS,
    "answer_spread": CONTACT_KINDS,
    "handling_mean_s": CONTACT_KINDS,
    "handling_spread": None,
    "talking_share": None,
    "no_contact_share": None,
    "contact_weight": CONTACT_KINDS,
    "category_weight": ("any_other",),
    "recategorised_share": None,
    "qualifier_share": None,
    "unattended_share": None,
    "attended_grade_weight": "grades",
    "dispatch_median_s": "grades",
    "dispatch_spread": None,
    "travel_median_s": "grades",
    "travel_spread": None,
    "travel_size_power": None,
    "extra_units_mean": "grades",
    "scene_median_s": None,
    "scene_spread": None,
    "closing_median_s": None,
    "closing_spread": None,
    "month_weight": STREAMS,
    "hour_of_week": STREAMS,
}
"""Every parameter the generator reads: None for a number, names for a mapping, "grades" for a list by grade."""


def kind_of(channel: Channel) -> str:
    """Return which kind of contact a force's channel carries."""
    if not channel.is_call:
        return "not_a_call"
    return "emergency_call" if channel.is_emergency else "other_call"


@dataclass(frozen=True)
class Assumed:
    """The generator's parameters; `Assumed.of` checks that all are there and of the right shape."""

    parameters: Mapping[str, Parameter]

    @classmethod
    def of(cls, parameters: Mapping[str, Parameter]) -> Assumed:
        """Check parameters and wrap them.

        Raises
        ------
        BadInput
            If one is missing, unknown, of the wrong shape, or holds weights that are all 0; all at once.
        """
        problems = [
            _problem(name, "is not a parameter of the generator") for name in parameters if name not in SHAPES
        ]
        for name, shape in SHAPES.items():
            if name not in parameters:
                problems.append(_problem(name, "is missing"))
            elif fault := _fault(name, shape, parameters[name].value):
                problems.append(_problem(name, fault))
        if problems:
            raise BadInput(problems)
        return cls(parameters)

    def number(self, name: str, kind: str | None = None) -> float:
        """Return a number, of one kind of contact where it differs by kind."""
        value = self.parameters[name].value
        return float(value if kind is None else value[kind])

    def by_grade(self, name: str, n_grades: int) -> NDArray[np.float64]:
        """Return the values of the attended grades, most urgent first, the last one repeated; shape (grades,)."""
        values = self.parameters[name].value
        return np.array([values[min(place, len(values) - 1)] for place in range(n_grades)], dtype=float)

    def category_weight(self, category_id: str) -> float:
        """Return the weight of a category without a published figure."""
        values = self.parameters["category_weight"].value
        return float(values.get(category_id, values["any_other"]))

    def pattern(
        self, stream: str, hour_of_week: NDArray[np.int64], month: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the weight of hours by their hour of the week and month of the year (0 to 11)."""
        hours = np.ravel(self.parameters["hour_of_week"].value[stream]).astype(float)
        months = np.array(self.parameters["month_weight"].value[stream], dtype=float)
        weights: NDArray[np.float64] = hours[hour_of_week] * months[month]
        return weights


def _fault(name: str, shape: Any, value: Any) -> str | None:
    if shape is None:
        return None if isinstance(value, (int, float)) else "is not one number"
    if shape == "grades":
        return None if isinstance(value, list) and value else "is not a list of numbers"
    if not isinstance(value, dict) or any(key not in value for key in shape):
        return f"has no value for each of {', '.join(shape)}"
    if name != "category_weight" and set(value) != set(shape):
        return f"has values for more than {', '.join(shape)}"
    wanted = {"hour_of_week": (7, 24), "month_weight": (12,)}.get(name, ())
    if any(np.shape(part) != wanted for part in value.values()):
        return f"has parts that are not of the shape {wanted}"
    has_weights = not wanted or all(np.sum(part) > 0 for part in value.values())
    return None if has_weights else "has parts whose weights are all 0, where one or more must be above 0"


def _problem(name: str, message: str) -> Problem:
    return Problem("bad_assumption", message, file=f"{name}.yaml", remedy="Mend the parameter file.")
