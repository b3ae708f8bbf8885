"""Files of rotas: the need by half-hour, a pattern of weeks, a roster of dates as CSV and as a calendar (iCalendar)."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from constabulary.core.errors import BadInput, Problem
from constabulary.response.clock import SLOTS
from constabulary.response.rota.rules import Duty
from constabulary.response.rota.shifts import DAY_MIN, DAYS, Shift, clock
from constabulary.services.workspace.files import read_text

NEED_COLUMNS = ("day", "starts_at", "need")
PATTERN_COLUMNS = ("week", "day", "starts_at", "length_min", "name")
ROSTER_COLUMNS = ("who", "starts_at", "ends_at", "name")
MEMBER_COLUMNS = ("member", "team")
MOST_WEEKS = 520
"""Weeks of a line at most: a cycle of ten years is a slip of the pen."""


@dataclass(frozen=True)
class ReadRota:
    """A rota as a file has it.

    Parameters
    ----------
    duties
        Duties of each person or team by the clock, days counted from a Monday.
    n_days
        Days it runs for, whole weeks.
    is_cycle
        Whether it begins again after them.
    spells
        Start and end of each duty as instants by who; empty for a pattern without dates.
    first_on
        The Monday it begins with; None for a pattern without dates.
    """

    duties: tuple[Duty, ...]
    n_days: int
    is_cycle: bool
    spells: Mapping[str, Sequence[tuple[datetime, datetime]]]
    first_on: date | None


def read_need(content: str, file: str) -> np.ndarray:
    """Return the people needed in each half-hour of the week from Monday 00:00, shape (336,).

    Parameters
    ----------
    content
        CSV with ``day`` (mon ... sun), ``starts_at`` (00:00, 00:30 ...) and ``need`` (people), a row for each.
    file
        Its name, for messages.

    Raises
    ------
    BadInput
        With everything that is wrong with it.
    """
    need = np.full(SLOTS, np.nan)
    problems: list[Problem] = []
    for line, row in _rows(content, file, NEED_COLUMNS):
        minute = _clock(row["starts_at"])
        if row["day"] not in DAYS or minute is None or minute % 30:
            problems.append(
                _bad(
                    file,
                    line,
                    "starts_at",
                    f"{row['day']} {row['starts_at']}",
                    "a half-hour such as mon 07:30",
                )
            )
            continue
        slot = DAYS.index(row["day"]) * 48 + minute // 30
        if not np.isnan(need[slot]):
            problems.append(
                _bad(file, line, "starts_at", f"{row['day']} {row['starts_at']}", "each half-hour once")
            )
        value = _number(row["need"])
        if value is None:
            problems.append(_bad(file, line, "need", row["need"], "a number, 0 or more"))
        need[slot] = value or 0.0
    missing = np.flatnonzero(np.isnan(need))
    if len(missing) and not problems:
        slot = int(missing[0])
        problems.append(
            Problem(
                "missing_rows",
                f"{len(missing)} half-hours are missing, the first {DAYS[slot // 48]} {clock(slot % 48 * 30)}.",
                file,
                expected="336 rows, one for each half-hour of the week",
            )
        )
    if problems:
        raise BadInput(problems)
    return need


def read_rota(content: str, file: str, time_zone: str) -> ReadRota:
    """Return a rota from a pattern of weeks, a roster of dates or a calendar, whichever the text is.

    Parameters
    ----------
    content
        CSV with ``week`` (from 1), ``day``, ``starts_at``, ``length_min`` and ``name``, a row for each shift of a line
        that teams work in turn; CSV with ``who``, ``starts_at`` and ``ends_at`` (2026-03-28T22:00) and ``name``, a row
        for each duty; or iCalendar.
    file
        Its name, for messages.
    time_zone
        Zone of times that name none.

    Raises
    ------
    BadInput
        With everything that is wrong with it.
    """
    if content.lstrip("\ufeff \r\n").startswith("BEGIN:VCALENDAR"):
        return _dated(_calendar_rows(content, file, ZoneInfo(time_zone)), file, ZoneInfo(time_zone))
    header = next(csv.reader(io.StringIO(content)), [])
    if "who" in header:
        return _dated(_roster_rows(content, file, ZoneInfo(time_zone)), file, ZoneInfo(time_zone))
    duties: list[Duty] = []
    problems: list[Problem] = []
    n_weeks = 1
    for line, row in _rows(content, file, PATTERN_COLUMNS):
        week, start, length = _number(row["week"]), _clock(row["starts_at"]), _number(row["length_min"])
        if not week or week != int(week) or week > MOST_WEEKS:
            problems.append(_bad(file, line, "week", row["week"], f"a whole number from 1 to {MOST_WEEKS}"))
        elif row["day"] not in DAYS:
            problems.append(_bad(file, line, "day", row["day"], " ".join(DAYS)))
        elif start is None or not length or length > DAY_MIN:
            problems.append(
                _bad(
                    file,
                    line,
                    "starts_at",
                    f"{row['starts_at']} {row['length_min']}",
                    "07:00 and 1 to 1440 minutes",
                )
            )
        else:
            n_weeks = max(n_weeks, int(week))
            day = 7 * (int(week) - 1) + DAYS.index(row["day"])
            duties.append(Duty("line", day, Shift(start, int(length), row["name"])))
    if not duties and not problems:
        problems.append(Problem("too_few_rows", "has no shifts.", file, expected="a row for each shift"))
    if problems:
        raise BadInput(problems)
    return ReadRota(tuple(duties), 7 * n_weeks, True, {}, None)


def write_pattern(line: Sequence[int], shifts: Sequence[Shift]) -> str:
    """Return a line of shifts as CSV, as `read_rota` reads it."""
    rows = [
        (day // 7 + 1, DAYS[day % 7], clock(shifts[one].start_min), shifts[one].length_min, shifts[one].name)
        for day, one in enumerate(line)
        if one >= 0
    ]
    return _csv(PATTERN_COLUMNS, rows)


def write_need(need: np.ndarray) -> str:
    """Return a need by half-hour as CSV, as `read_need` reads it."""
    rows = [(DAYS[slot // 48], clock(slot % 48 * 30), f"{value:g}") for slot, value in enumerate(need)]
    return _csv(NEED_COLUMNS, rows)


def write_roster(duties: Sequence[Duty], first_on: date, time_zone: str) -> str:
    """Return dated duties as CSV, as `read_rota` reads it.

    Times are local with their offset from UTC; hours are real ones: a night of clock changes has more or fewer.
    """
    rows = []
    for duty in sorted(duties, key=lambda one: (one.start_min, one.who)):
        start, end = spell(duty, first_on, ZoneInfo(time_zone))
        rows.append(
            (
                duty.who,
                start.isoformat(timespec="minutes"),
                end.isoformat(timespec="minutes"),
                duty.shift.name,
                f"{(end - start.astimezone(UTC)).total_seconds() / 3600.0:g}",
            )
        )
    return _csv((*ROSTER_COLUMNS, "hours"), rows)


def read_members(path: Path) -> dict[str, str]:
    """Return the team of each member, in the order of a file.

    Parameters
    ----------
    path
        CSV with ``member`` and ``team`` ("team 1" or "1"), a row for each.

    Raises
    ------
    BadInput
        With everything that is wrong with it.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for line, row in _rows(read_text(path), path.name, MEMBER_COLUMNS):
        if not row["member"] or row["member"] in found:
            problems.append(
                _bad(path.name, line, "member", row["member"], "each member once, by name or number")
            )
        team = row["team"].lower().removeprefix("team").strip()
        if not team.isdigit():
            problems.append(_bad(path.name, line, "team", row["team"], "team 1, team 2 ..."))
        found[row["member"]] = f"team {team}"
    if problems:
        raise BadInput(problems)
    return found


def duties_of_members(duties: Sequence[Duty], members: Mapping[str, str], file: str) -> tuple[Duty, ...]:
    """Return the duties of teams as those of their members.

    Parameters
    ----------
    duties
        Duties of teams.
    members
        The team of each member.
    file
        Where they were read, for messages.

    Raises
    ------
    BadInput
        If a member is of a team that is not there.
    """
    teams = {duty.who for duty in duties}
    problems = [
        _bad(file, None, "team", team, ", ".join(sorted(teams)))
        for team in dict.fromkeys(members.values())
        if team not in teams
    ]
    if problems:
        raise BadInput(problems)
    return tuple(
        replace(duty, who=member) for member, team in members.items() for duty in duties if duty.who == team
    )


def write_calendar(duties: Sequence[Duty], first_on: date, time_zone: str, made_of: str) -> str:
    """Return dated duties as a calendar that diaries can take in (RFC 5545), times in UTC.

    Parameters
    ----------
    duties
        The duties.
    first_on
        The Monday that days are counted from.
    time_zone
        Zone of the shifts' clock times.
    made_of
        Stamp of the rota, which with who and when makes each entry's name unique, and its own when written again.
    """
    stamp = datetime.combine(first_on, datetime.min.time(), UTC)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//constabulary//rota//EN", "CALSCALE:GREGORIAN"]
    for duty in sorted(duties, key=lambda one: (one.who, one.start_min)):
        start, end = spell(duty, first_on, ZoneInfo(time_zone))
        # By who and when, so that written from another day on the same duty is still the same entry.
        who = hashlib.sha256(duty.who.encode()).hexdigest()[:12]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{made_of}-{who}-{start.astimezone(UTC):%Y%m%dT%H%M}@constabulary",
            f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}",
            f"DTSTART:{start.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"DTEND:{end.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{_escaped(duty.who)}: {_escaped(duty.shift.name)}",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "\r\n".join(part for line in lines for part in _folded(line)) + "\r\n"


def spell(duty: Duty, first_on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the instants at which a duty starts and ends: by the clock on the wall, however long that is."""
    midnight = datetime.combine(first_on, datetime.min.time())
    return (
        (midnight + timedelta(minutes=duty.start_min)).replace(tzinfo=zone),
        (midnight + timedelta(minutes=duty.end_min)).replace(tzinfo=zone),
    )


def _dated(rows: Iterable[tuple[str, datetime, datetime, str]], file: str, zone: ZoneInfo) -> ReadRota:
    found = list(rows)
    if not found:
        raise BadInput(Problem("too_few_rows", "has no duties.", file, expected="one or more"))
    first = min(start.astimezone(zone).date() for _, start, _, _ in found)
    first_on = first - timedelta(days=first.weekday())
    duties: list[Duty] = []
    spells: dict[str, list[tuple[datetime, datetime]]] = {}
    problems: list[Problem] = []
    for who, start, end, name in found:
        local, until = start.astimezone(zone), end.astimezone(zone)
        length = (until.replace(tzinfo=None) - local.replace(tzinfo=None)).total_seconds() / 60.0
        if not 0.0 < length <= DAY_MIN or end <= start:
            problems.append(
                _bad(file, None, "ends_at", until.isoformat(), f"within a day after {local.isoformat()}")
            )
            continue
        day = (local.date() - first_on).days
        duties.append(Duty(who, day, Shift(60 * local.hour + local.minute, int(length), name)))
        spells.setdefault(who, []).append((start.astimezone(UTC), end.astimezone(UTC)))
    if problems:
        raise BadInput(problems)
    n_days = 7 * (max(duty.day for duty in duties) // 7 + 1)
    return ReadRota(tuple(duties), n_days, False, spells, first_on)


def _roster_rows(content: str, file: str, zone: ZoneInfo) -> list[tuple[str, datetime, datetime, str]]:
    rows: list[tuple[str, datetime, datetime, str]] = []
    problems: list[Problem] = []
    for line, row in _rows(content, file, ROSTER_COLUMNS, ("hours",)):
        times = []
        for column in ("starts_at", "ends_at"):
            try:
                at = datetime.fromisoformat(row[column])
            except ValueError:
                problems.append(_bad(file, line, column, row[column], "a time such as 2026-03-28T22:00"))
                continue
            times.append(at if at.tzinfo else at.replace(tzinfo=zone))
        if len(times) == 2:
            rows.append((row["who"], times[0], times[1], row["name"]))
    if problems:
        raise BadInput(problems)
    return rows


def _calendar_rows(content: str, file: str, zone: ZoneInfo) -> list[tuple[str, datetime, datetime, str]]:
    text = re.sub(r"\r?\n[ \t]", "", content)
    rows: list[tuple[str, datetime, datetime, str]] = []
    problems: list[Problem] = []
    event: dict[str, str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        name, _, value = line.partition(":")
        if line.strip() == "BEGIN:VEVENT":
            event = {}
        elif line.strip() == "END:VEVENT" and event is not None:
            try:
                start, end = (_calendar_time(event[key], zone) for key in ("DTSTART", "DTEND"))
            except (KeyError, ValueError, OSError):
                problems.append(
                    _bad(file, number, "DTSTART", str(event)[:80], "DTSTART and DTEND with a time of day")
                )
            else:
                who, _, shift = event.get("SUMMARY", "").partition(": ")
                rows.append((_plain(who) or "all", start, end, _plain(shift)))
            event = None
        elif event is not None:
            key, _, given = name.partition(";")
            event[key.upper()] = f"{given}|{value}" if key.upper().startswith("DT") else value
    if problems:
        raise BadInput(problems)
    return rows


def _calendar_time(text: str, zone: ZoneInfo) -> datetime:
    given, _, value = text.partition("|")
    named = re.search(r"TZID=([^;]+)", given)
    at = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone follows
    if value.endswith("Z"):
        return at.replace(tzinfo=UTC)
    return at.replace(tzinfo=ZoneInfo(named.group(1).strip('"')) if named else zone)


def _rows(
    content: str, file: str, columns: Sequence[str], may_have: Sequence[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    rows = csv.DictReader(io.StringIO(content.lstrip("\ufeff")))
    if sorted(set(rows.fieldnames or ()) - set(may_have)) != sorted(columns):
        found = ", ".join(rows.fieldnames or ()) or "none"
        raise BadInput(
            Problem("wrong_columns", f"has the columns {found}.", file, 1, expected=", ".join(columns))
        )
    return [
        (rows.line_num, {key: (value or "").strip() for key, value in row.items() if key is not None})
        for row in rows
    ]


def _clock(text: str) -> int | None:
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    return 60 * int(found.group(1)) + int(found.group(2)) if found else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0.0 <= value < float("inf") else None


def _bad(file: str, line: int | None, column: str, value: str, expected: str) -> Problem:
    return Problem(f"bad_{column.lower()}", f'"{value}" cannot be used.', file, line, column, value, expected)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _escaped(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", text)


def _plain(text: str) -> str:
    return re.sub(r"\\([\\,;])", r"\1", text)


def _folded(line: str) -> list[str]:
    """Return a line in parts of at most 75 octets, the further ones begun with a space (RFC 5545, 3.1)."""
    parts, now = [], ""
    for letter in line:
        if len((now + letter).encode()) > 75:
            parts.append(now)
            now = " "
        now += letter
    return [*parts, now]
