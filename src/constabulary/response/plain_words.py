"""An appraisal in plain words, for people who decide: what changes, how sure that is, for whom, at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constabulary.response.appraisal import Difference, Option
from constabulary.response.experiment import Estimate
from constabulary.response.figures import Key

SMALL_SHARE = 0.005
_CALLS = {"answered_10_s_share": "Emergency calls answered within 10 seconds"}


@dataclass(frozen=True)
class Names:
    """What things are called.

    Parameters
    ----------
    grades
        Name of each attended grade by its id, most urgent first.
    districts
        Name of each district by its id.
    district_label
        What the force calls a district, in small letters.
    emergency
        Ids of the channels for emergencies.
    """

    grades: Mapping[str, str]
    districts: Mapping[str, str]
    district_label: str = "district"
    emergency: tuple[str, ...] = ()


def summary(options: Sequence[Option], names: Names) -> list[str]:
    """Return the sentences of an appraisal, the most important first.

    Parameters
    ----------
    options
        The base first.
    names
        What things are called.
    """
    urgent = next(iter(names.grades))
    base = options[0].name
    key = Key("within_target_share", urgent)
    known = [option for option in options[1:] if (one := option.find(key)) and one.option.mean is not None]
    clear = [option for option in known if option.find(key).verdict == "better"]  # type: ignore[union-attr]
    said = []
    if clear:
        best = max(clear, key=lambda option: option.find(key).difference.mean)  # type: ignore[union-attr, arg-type, return-value]
        said.append(
            f"{best.name} reaches the most {_low(names.grades[urgent])} incidents in time: "
            f"{_change(best.find(key), base)}."  # type: ignore[arg-type]
        )
    elif len(options) > 1:
        said.append(
            f"No option clearly reaches more {_low(names.grades[urgent])} incidents in time than {_low(base)}."
        )
    said += [f"{option.name}: {' '.join(in_words(option, names))}" for option in options[1:]]
    said.append(
        "Each interval holds the true figure of the model 19 times in 20. It tells how sure the simulation is, "
        "not how right the assumptions are."
    )
    return said


def in_words(option: Option, names: Names) -> list[str]:
    """Return what an option changes, a sentence each: in time, how soon, patrol and late finishes, calls, cost.

    Parameters
    ----------
    option
        Not the base.
    names
        What things are called.
    """
    urgent = next(iter(names.grades))
    said = []
    in_time = option.find(Key("within_target_share", urgent))
    worst = option.find(Key("worst_within_target_share", urgent))
    if in_time is not None:
        said.append(f"{names.grades[urgent]} incidents reached in time: {_share_words(in_time)}.")
    if worst is not None:
        said.append(f"In the worst-served {names.district_label}: {_share_words(worst)}.")
    if worse := _districts_worse(option, names, urgent):
        said.append(f"Reached in time less often in {worse}.")
    timed = [
        f"{_low(name)} in {_time_words(one)}"
        for grade, name in names.grades.items()
        if (one := option.find(Key("median_s", grade))) and one.option.mean is not None
    ]
    if timed:
        said.append(f"Half of all incidents are reached: {'; '.join(timed)}.")
    visible = option.find(Key("visible_officer_h"))
    if visible is not None:
        said.append(f"{_hours_words(visible)}.")
    late = option.find(Key("late_share"))
    if late is not None and late.verdict in ("better", "worse"):
        said.append(f"Duties that end more than a quarter of an hour late: {_share_words(late)}.")
    said += [
        f"{_CALLS[one.key.figure]}: {_share_words(one)}."
        for one in option.differences
        if one.key.figure in _CALLS and one.key.of in names.emergency and one.option.mean is not None
    ]
    said.append(f"{_cost_words(option.cost_gbp)}.")
    return said


def _districts_worse(option: Option, names: Names, grade: str) -> str:
    found = [
        names.districts.get(one.key.part, one.key.part)
        for one in option.differences
        if one.key.figure == "within_target_share"
        and (one.key.of, one.key.by) == (grade, "district")
        and one.verdict == "worse"
        and abs(one.difference.mean or 0.0) >= SMALL_SHARE
    ]
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)


def _change(one: Difference, base: str) -> str:
    return (
        f"{_percent(one.option)} against {_percent(one.base)} with {_low(base)} "
        f"({_points(one.difference)} percentage points)"
    )


def _share_words(one: Difference) -> str:
    if one.option.mean is None or one.difference.mean is None:
        return "cannot be told (no target, or units do not keep up)"
    if one.verdict == "same":
        return f"as before, {_percent(one.option)}"
    if one.verdict == "not clear":
        return f"no clear change, {_percent(one.option)}"
    way = "up" if one.difference.mean > 0 else "down"
    return f"{way} from {_percent(one.base)} to {_percent(one.option)} ({_points(one.difference)} points)"


def _time_words(one: Difference) -> str:
    minutes = f"{(one.option.mean or 0.0) / 60:.1f} minutes"
    if one.difference.mean is None or one.verdict in ("same", "not clear"):
        return f"{minutes}, no clear change"
    seconds = abs(one.difference.mean)
    amount = f"{seconds:.0f} seconds" if seconds < 120 else f"{seconds / 60:.1f} minutes"
    return f"{minutes}, {amount} {'sooner' if one.difference.mean < 0 else 'later'}"


def _hours_words(one: Difference) -> str:
    if one.difference.mean is None or one.verdict in ("same", "not clear"):
        return "Hours free for visible patrol: no clear change"
    amount = f"{abs(one.difference.mean):,.0f}"
    return f"{amount} officer-hours a week {'more' if one.difference.mean > 0 else 'fewer'} free for visible patrol"


def _cost_words(cost_gbp: float) -> str:
    if abs(cost_gbp) < 0.5:
        return "No added cost of posts"
    return f"£{abs(cost_gbp) / 1e6:,.2f} million a year {'more' if cost_gbp > 0 else 'less'}"


def _percent(one: Estimate) -> str:
    return "unknown" if one.mean is None else f"{100 * one.mean:.1f}%"


def _points(one: Estimate) -> str:
    if one.mean is None:
        return "unknown"
    sure = f" ± {100 * one.half_width:.1f}" if one.half_width is not None else ""
    return f"{100 * one.mean:+.1f}{sure}"


def _low(text: str) -> str:
    """Return a name within a sentence: its first letter small, unless it is a name in capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
