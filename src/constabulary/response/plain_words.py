"""An appraisal in plain words, for people who decide: what changes, how sure that is, for whom, at what cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from constabulary.core.amounts import listed, low, several
from constabulary.response.appraisal import Difference, Option
from constabulary.response.experiment import Estimate
from constabulary.response.figures import Key

SMALL_SHARE = 0.005
LEAST_GBP = 0.5
LONG_S = 7200.0
"""Times from this on are told in hours."""
FEW_RUNS = 5
"""From so many runs on, the spread between runs is known within a factor of three (19 times in 20, by chi-square)."""
WIDE_SHARE = 0.02
"""A share in time less sure than give or take this is told: two points, to which models are held to records."""
CAUTION = (
    "“Give or take” is half the interval that holds the model's true figure 19 times in 20: it tells how much is luck, "
    "not whether the assumptions are right. Those are listed with their sources; where they are wrong for a force, so "
    "are the figures."
)


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
    areas
        Name of each policing area by its id.
    area_label
        What the force calls a policing area, in small letters.
    """

    grades: Mapping[str, str]
    districts: Mapping[str, str]
    district_label: str = "district"
    emergency: tuple[str, ...] = ()
    areas: Mapping[str, str] = field(default_factory=dict)
    area_label: str = "policing area"

    @property
    def urgent(self) -> str:
        """Id of the most urgent grade."""
        return next(iter(self.grades))


def summary(options: Sequence[Option], names: Names) -> list[str]:
    """Return what an appraisal comes to, the most important sentence first and the caution last.

    Parameters
    ----------
    options
        The base first.
    names
        What things are called.
    """
    found = [(option, one) for option in options[1:] if (one := _in_time(option, names)) is not None]
    said = [
        *_best(found, options[0].name, names),
        *_others(found, names),
        *_next_grade(options, names),
        *(_behind(option, names) for option in options if option.unstable),
    ]
    losers = [
        f"{listed(lost)} under {_quoted(option.name)}"
        for option in options[1:]
        if (lost := districts_worse(option, names))
    ]
    if losers:
        said.append(f"Reached in time less often: {'; '.join(losers)}.")
    late = [_quoted(option.name) for option in options[1:] if _is_later(option)]
    if late:
        said.append(f"More duties end late under {listed(late)}.")
    # What is not kept up with has no runs to tell of: every run tells some figure.
    n_runs = max((one.difference.n for option in options[1:] for one in option.differences), default=FEW_RUNS)
    half = max((one.difference.half_width or 0.0 for _, one in found), default=None)
    return [*said, *unsure(n_runs, half, names), CAUTION]


def unsure(n_runs: int, half_width: float | None, names: Names) -> list[str]:
    """Return a warning where runs are few or the most urgent grade's share in time is not sure; nothing where it is.

    Parameters
    ----------
    n_runs
        Replications.
    half_width
        Of the share in time, or of how it changes; None: not known.
    names
        What things are called.
    """
    said = []
    if n_runs < FEW_RUNS:
        runs = several(n_runs, "run")
        said.append(
            f"Caution: only {runs}. With fewer than {FEW_RUNS}, the spread between runs is known to no better than a "
            "factor of three, and with it every “give or take”: ask for more runs before deciding."
        )
    if half_width is not None and half_width > WIDE_SHARE:
        said.append(
            f"Caution: the share of {low(names.grades[names.urgent])} incidents in time, or how it changes, is known "
            f"to no better than give or take {100 * half_width:.1f} points: more or longer runs would tell smaller "
            "differences."
        )
    return said


def worst_served(
    figures: Mapping[Key, Estimate], names: Names, by: str, places: Iterable[str]
) -> tuple[str, Estimate, float] | None:
    """Return where the most urgent grade is least often in time: the place, its share, and how far behind the best.

    Parameters
    ----------
    figures
        Of one option.
    names
        What things are called.
    by
        The level of places: district or area.
    places
        Their ids.
    """
    found = [
        (place, one)
        for place in places
        if (one := figures.get(Key("within_target_share", names.urgent, by, place))) and one.mean is not None
    ]
    if not found:
        return None
    shares = [one.mean or 0.0 for _, one in found]
    place, one = found[shares.index(min(shares))]
    return place, one, max(shares) - min(shares)


def in_words(option: Option, names: Names, figures: Mapping[Key, Estimate] | None = None) -> list[str]:
    """Return what an option changes, a sentence each: in time, how soon, for whom, patrol, officers, calls, cost.

    Parameters
    ----------
    option
        Not the base.
    names
        What things are called; with areas, the worst-served of them is told too.
    figures
        The option's own, which hold its areas'.
    """
    grade = low(names.grades[names.urgent])
    said = []
    in_time = _in_time(option, names)
    if in_time is not None:
        said.append(
            f"In time: {_share_words(in_time, f'of {grade} incidents are reached within the target')}."
        )
    timed = [
        f"{low(name)} within {_time_words(one)}"
        for key, name in names.grades.items()
        if (one := option.find(Key("median_s", key))) and one.option.mean is not None
    ]
    if timed:
        said.append(f"How soon: half of incidents are reached, {listed(timed)}.")
    said += _worst_words(option, names)
    worst = worst_served(figures or {}, names, "area", names.areas)
    if worst is not None:
        place, share, gap = worst
        said.append(
            f"By {names.area_label}: {names.areas[place]} is served worst, {_percent(share.mean)} in time, "
            f"{100 * gap:.1f} points behind the best."
        )
    visible = option.find(Key("visible_officer_h"))
    if visible is not None:
        said.append(f"Patrol: {_hours_words(visible)}.")
    late = option.find(Key("late_share"))
    if late is not None and late.verdict in ("better", "worse"):
        said.append(f"Officers: {_share_words(late, 'of duties end more than a quarter of an hour late')}.")
    said += [
        f"Calls: {_share_words(one, 'of emergency calls are answered within 10 seconds')}."
        for one in option.differences
        if one.key.figure == "answered_10_s_share"
        and one.key.of in names.emergency
        and one.option.mean is not None
    ]
    said.append(f"Cost: {_cost_words(option, in_time, grade)}.")
    return said


def districts_worse(option: Option, names: Names) -> list[str]:
    """Return the districts whose most urgent incidents are clearly, and not by a trifle, less often reached in time."""
    return [names.districts.get(one.key.part, one.key.part) for one in _worse(option, names)]


def pounds(amount_gbp: float) -> str:
    """Return a yearly amount as people say it: "£2.29 million", "£45,900"."""
    size = abs(amount_gbp)
    return f"£{size / 1e6:,.2f} million" if size >= 1e6 else f"£{size:,.0f}"


def _best(found: list[tuple[Option, Difference]], base: str, names: Names) -> list[str]:
    grade = low(names.grades[names.urgent])
    clear = [(option, one) for option, one in found if one.verdict == "better"]
    if not clear:
        known = next((one.base.mean for _, one in found if one.base.mean is not None), None)
        if all(one.difference.mean is None for _, one in found):
            return [f"How often {grade} incidents are reached in time cannot be compared."] if found else []
        share = "" if known is None else f" ({_percent(known)})"
        return [f"No option clearly reaches more {grade} incidents in time than {_quoted(base)}{share}."]

    def gain(pair: tuple[Option, Difference]) -> float:
        return pair[1].difference.mean or 0.0

    best, one = max(clear, key=gain)
    each_year = (
        f", at {pounds(best.cost_gbp)} a year" if best.cost_gbp > LEAST_GBP else ", at no added cost of posts"
    )
    once = f" and {pounds(best.once_gbp)} once" if best.once_gbp > LEAST_GBP else ""
    said = [
        f"{_quoted(best.name)} does most for {grade} incidents: {_percent(one.option.mean)} are reached in time "
        f"against {_percent(one.base.mean)} under {_quoted(base)} ({_points(one)}){each_year}{once}."
    ]
    free = [pair for pair in clear if pair[0].cost_gbp <= LEAST_GBP]
    if best.cost_gbp > LEAST_GBP and free:
        option, one = max(free, key=gain)
        once = f", at {pounds(option.once_gbp)} once" if option.once_gbp > LEAST_GBP else ""
        said.append(
            f"Of those without added cost of posts, {_quoted(option.name)} does most: {_percent(one.option.mean)} "
            f"({_points(one)}){once}."
        )
    return said


def _others(found: list[tuple[Option, Difference]], names: Names) -> list[str]:
    grade = low(names.grades[names.urgent])
    same = [
        _quoted(option.name)
        for option, one in found
        if one.verdict in ("same", "not clear") and one.difference.mean is not None
    ]
    is_any_better = any(one.verdict == "better" for _, one in found)
    said = []
    if same and is_any_better:
        verb = "makes" if len(same) == 1 else "make"
        said.append(f"{listed(same)} {verb} no difference to it that could be told from luck.")
    said += [
        f"{_quoted(option.name)} reaches fewer {grade} incidents in time: {_percent(one.option.mean)} ({_points(one)})."
        for option, one in found
        if one.verdict == "worse"
    ]
    return said


def _next_grade(options: Sequence[Option], names: Names) -> list[str]:
    """Return how the second grade fares: where borders and shared units are felt first."""
    grade = next(iter(list(names.grades)[1:]), None)
    if grade is None:
        return []
    found = [
        (option.name, one.difference.mean)
        for option in options[1:]
        if (one := option.find(Key("median_s", grade))) and one.verdict == "better" and one.difference.mean
    ]
    if not found:
        return []
    sooner = sorted((-mean for _, mean in found), reverse=True)
    size, unit = (60, "minutes") if sooner[0] < LONG_S else (3600, "hours")
    how = _time(sooner[0]) if len(found) == 1 else f"{sooner[-1] / size:.1f} to {sooner[0] / size:.1f} {unit}"
    who = "every option" if len(found) == len(options) - 1 > 1 else listed(_quoted(name) for name, _ in found)
    return [f"Half of {low(names.grades[grade])} incidents are reached sooner under {who}: by {how}."]


def _is_later(option: Option) -> bool:
    late = option.find(Key("late_share"))
    return late is not None and late.verdict == "worse"


def _behind(option: Option, names: Names) -> str:
    """Return what an option does not keep up with, of which no time or share is told."""
    grades = [f"{low(names.grades[one])} incidents" for one in option.unstable if one in names.grades]
    others = [why for of, why in option.unstable.items() if of not in names.grades]
    said = (
        [f"units cannot keep up with {listed(grades)}, so how soon they are reached cannot be told"]
        if grades
        else []
    )
    return f"Under {_quoted(option.name)} {'; '.join([*said, *(low(why).rstrip('.') for why in others)])}."


def _in_time(option: Option, names: Names) -> Difference | None:
    return option.find(Key("within_target_share", names.urgent))


def _by_district(option: Option, names: Names) -> list[Difference]:
    return [
        one
        for one in option.differences
        if one.key.figure == "within_target_share" and (one.key.of, one.key.by) == (names.urgent, "district")
    ]


def _worse(option: Option, names: Names) -> list[Difference]:
    return [
        one
        for one in _by_district(option, names)
        if one.verdict == "worse" and abs(one.difference.mean or 0.0) >= SMALL_SHARE
    ]


def _worst_words(option: Option, names: Names) -> list[str]:
    found = [
        one
        for one in _by_district(option, names)
        if one.option.mean is not None and one.base.mean is not None
    ]
    if not found:
        return []
    worst = min(found, key=lambda one: one.option.mean or 0.0)
    before = min(found, key=lambda one: one.base.mean or 0.0)
    name = names.districts.get(worst.key.part, worst.key.part)
    said = [f"Who is served worst: {name}, where {_share_words(worst, 'are reached in time')}."]
    if before is not worst:
        other = names.districts.get(before.key.part, before.key.part)
        said.append(
            f"Before, it was {other}: {_percent(before.base.mean)} in time then, {_percent(before.option.mean)} now."
        )
    losers = [
        f"{names.districts.get(one.key.part, one.key.part)} ({_percent(one.option.mean)}, "
        f"against {_percent(one.base.mean)})"
        for one in _worse(option, names)
    ]
    if losers:
        said.append(
            f"Who loses: {listed(losers)} {'is' if len(losers) == 1 else 'are'} reached in time less often."
        )
    return said


def _share_words(one: Difference, what: str) -> str:
    """Return a share and how it changes: "86.4% of ... against 80.7% (5.7 points more, give or take 0.4)"."""
    if one.option.mean is None:
        return "cannot be told, for there is no target or units do not keep up"
    now = f"{_percent(one.option.mean)} {what}"
    if one.difference.mean is None:
        return f"{now}, which cannot be compared"
    if one.verdict == "same":
        return f"{now}, as before"
    if one.verdict == "not clear":
        return f"{now}, no clear change from {_percent(one.base.mean)}"
    return f"{now}, against {_percent(one.base.mean)} ({_points(one)})"


def _time_words(one: Difference) -> str:
    seconds = one.option.mean or 0.0
    told = f"{seconds / 60:.1f} minutes" if seconds < LONG_S else f"{seconds / 3600:.1f} hours"
    if one.difference.mean is None:
        return f"{told} (cannot be compared)"
    if one.verdict in ("same", "not clear"):
        return f"{told} (no clear change)"
    return f"{told} ({_time(abs(one.difference.mean))} {'sooner' if one.difference.mean < 0 else 'later'})"


def _time(seconds: float) -> str:
    if seconds < 99.5:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.1f} minutes" if seconds < LONG_S else f"{seconds / 3600:.1f} hours"


def _hours_words(one: Difference) -> str:
    if one.difference.mean is None or one.verdict in ("same", "not clear"):
        return "no clear change in the hours free for visible patrol"
    way = "more" if one.difference.mean > 0 else "fewer"
    part = f" ({abs(one.difference.mean) / one.base.mean:.0%} {way})" if one.base.mean else ""
    return f"{abs(one.difference.mean):,.0f} officer-hours a week {way} are free for visible patrol{part}"


def _cost_words(option: Option, in_time: Difference | None, grade: str) -> str:
    said = []
    if abs(option.cost_gbp) > LEAST_GBP:
        each = f"{pounds(option.cost_gbp)} a year {'more' if option.cost_gbp > 0 else 'less'}"
        gain = in_time.difference.mean if in_time is not None and in_time.verdict == "better" else None
        if option.cost_gbp > 0 and gain:
            point = round(option.cost_gbp / (100 * gain), -3)
            each += f", which is about {pounds(point)} for each point of {grade} incidents in time"
        said.append(each)
    if abs(option.once_gbp) > LEAST_GBP:
        said.append(f"{pounds(option.once_gbp)} once {'more' if option.once_gbp > 0 else 'less'}")
    return "; ".join(said) or "no added posts, and none named besides"


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{100 * share:.1f}%"


def _points(one: Difference) -> str:
    mean, half = one.difference.mean, one.difference.half_width
    if mean is None:
        return "unknown"
    sure = f", give or take {100 * half:.1f}" if half is not None else ""
    return f"{100 * abs(mean):.1f} points {'more' if mean > 0 else 'fewer'}{sure}"


def _quoted(name: str) -> str:
    return f"“{name}”"
