"""The week by the hour: how much comes in each of its 168 hours, on average."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from constabulary.demand.span import Span, n_hours_of_week

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class HourOfWeek:
    """One hour of the week.

    Parameters
    ----------
    hour_of_week
        0 is Monday 00:00, local time.
    day, hour
        Name of the day, and 0 to 23.
    count
        Records received in that hour.
    n_hours
        How often the hour occurs in the covered days: clock changes take one away or add one.
    mean
        Records an hour; None where the hour does not occur.
    """

    hour_of_week: int
    day: str
    hour: int
    count: int
    n_hours: int
    mean: float | None


def hour_of_week(counted: Mapping[int, int], span: Span) -> tuple[HourOfWeek, ...]:
    """Return the 168 hours of the week, Monday 00:00 first.

    Parameters
    ----------
    counted
        Records by hour of the week.
    span
        The period; only its covered days count.
    """
    occurring = n_hours_of_week(span.days, span.time_zone)
    return tuple(
        HourOfWeek(
            hour,
            DAYS[hour // 24],
            hour % 24,
            counted.get(hour, 0),
            times,
            counted.get(hour, 0) / times if times else None,
        )
        for hour, times in enumerate(occurring)
    )
