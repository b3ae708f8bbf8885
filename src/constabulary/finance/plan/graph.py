"""A plan as typed: its years, its lines, the dated drivers that move them, and the order in which lines depend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from constabulary.core.errors import BadInput, Problem
from constabulary.core.force.rooms.finance import RATES
from constabulary.finance.plan.kind import Kind, kinds

HOW = "docs/how-to/make-a-financial-plan.md shows each step."
ROUNDING = "rounding"
"""The type of drivers that return the print of a line; any line that moves takes its own."""
ROLES_NEEDED = ("requirement", "financing", "gap")


@dataclass(frozen=True)
class Dated:
    """One dated value of a driver.

    Parameters
    ----------
    from_on
        The day it takes effect.
    value
        A share, or an amount a year in the unit of the line.
    title
        What happens, in a few words.
    status, source, note
        printed, inferred or assumed; document and place; what a reader should know.
    delivery
        How sure a saving is; None for anything else.
    """

    from_on: date
    value: Decimal
    title: str
    status: str = "assumed"
    source: str = ""
    note: str = ""
    delivery: str | None = None


@dataclass(frozen=True)
class Driver:
    """What moves lines: dated values of one type, oldest first; see `DRIVER_TYPES` of the force folder."""

    id: str
    type: str
    dated: tuple[Dated, ...]

    @property
    def is_rate(self) -> bool:
        """Whether its values are shares rather than amounts."""
        return self.type in RATES

    @property
    def title(self) -> str:
        """What happens first."""
        return self.dated[0].title if self.dated else self.id


@dataclass(frozen=True)
class Line:
    """One line as typed.

    Parameters
    ----------
    id, title, kind, ref, section
        Its id, name, kind of budget line, printed number and heading.
    drivers
        Ids of the drivers that move it.
    parts
        The lines it is made of, each with 1, or -1 where it is taken away.
    typed, printed
        Its figures by year: those it starts from, and those a document prints.
    print_step
        One of the last printed digit, in the unit of the line; 0 where nothing is printed.
    status, source, note
        Evidence of the typed figures.
    file, row
        Where the line was typed.
    fixed
        Figures of forecast years set in place of what its rule gives, by year.
    """

    id: str
    title: str
    kind: str
    ref: str = ""
    section: str = ""
    drivers: tuple[str, ...] = ()
    parts: tuple[tuple[int, str], ...] = ()
    typed: Mapping[str, Decimal] = field(default_factory=dict)
    printed: Mapping[str, Decimal] = field(default_factory=dict)
    print_step: Decimal = Decimal(0)
    status: str = "assumed"
    source: str = ""
    note: str = ""
    file: str | None = None
    row: int | None = None
    fixed: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def rules(self) -> Kind:
        """The kind of budget line."""
        return kinds()[self.kind]


@dataclass(frozen=True)
class Plan:
    """A plan: lines in the order shown, drivers by id, years from the first typed one to the last.

    Parameters
    ----------
    id, title
        Its id and title.
    base
        The year it starts from; this and the years before are typed, the later ones calculated.
    years
        All years.
    lines, drivers
        See `Line` and `Driver`.
    """

    id: str
    title: str
    base: str
    years: tuple[str, ...]
    lines: tuple[Line, ...]
    drivers: Mapping[str, Driver]

    @property
    def n_typed(self) -> int:
        """How many of the years are typed: the base year and those before."""
        return self.years.index(self.base) + 1

    def line(self, line_id: str) -> Line:
        """Return the line of that id.

        Raises
        ------
        BadInput
            If there is none.
        """
        for line in self.lines:
            if line.id == line_id:
                return line
        raise BadInput(
            Problem(
                "no_such_line",
                f'the plan has no line "{line_id}".',
                expected=", ".join(line.id for line in self.lines),
            )
        )

    def of_role(self, role: str) -> Line | None:
        """Return the line that the plan knows by a role, such as gap or band_d; None without one."""
        return next((line for line in self.lines if line.rules.role == role), None)

    def needs_role(self, role: str) -> Line:
        """Return the line of a role.

        Raises
        ------
        BadInput
            If the plan has none.
        """
        line = self.of_role(role)
        if line is None:
            kind = next(name for name, kind in kinds().items() if kind.role == role)
            raise BadInput(
                Problem(
                    "no_such_role", f'the plan has no line of the kind "{kind}".', remedy=f"Add one; {HOW}"
                )
            )
        return line

    def with_drivers(self, drivers: Sequence[Driver]) -> Plan:
        """Return the plan with some drivers taking the place of those of their ids."""
        return replace(self, drivers={**self.drivers, **{driver.id: driver for driver in drivers}})


def weakest(statuses: Iterable[str]) -> str:
    """Return the weakest of some statuses: assumed before inferred before printed; assumed where there is none."""
    found = set(statuses) or {"assumed"}
    return next(status for status in ("assumed", "inferred", "printed") if status in found)


def ordered(plan: Plan) -> tuple[Line, ...]:
    """Return the lines so that each comes after those it is made of.

    Raises
    ------
    BadInput
        If lines are made of each other in a circle.
    """
    by_id = {line.id: line for line in plan.lines}
    done: dict[str, Line] = {}

    def visit(line: Line, above: tuple[str, ...]) -> None:
        if line.id in above:
            circle = " of ".join([*above[above.index(line.id) :], line.id])
            raise BadInput(
                Problem(
                    "circle",
                    f"lines are made of each other: {circle}.",
                    file=line.file,
                    row=line.row,
                    column="parts",
                )
            )
        if line.id not in done:
            for _, part in line.parts:
                visit(by_id[part], (*above, line.id))
            done[line.id] = line

    for line in plan.lines:
        visit(line, ())
    return tuple(done.values())


def check_plan(plan: Plan) -> None:
    """Raise `BadInput` with every rule that the lines and drivers of a plan break."""
    problems = [problem for line in plan.lines for problem in _line_problems(plan, line)]
    problems += [
        Problem(
            "plan", f"{driver.id}: a change of {row.value} leaves nothing to change the year after.",
            expected="a share above -1: 1% less is -0.01",
        )
        for driver in plan.drivers.values() if driver.is_rate
        for row in driver.dated if row.value <= -1
    ]  # fmt: skip
    if not problems:
        for role in sorted({kind.role for kind in kinds().values() if kind.role}):
            found = [line for line in plan.lines if line.rules.role == role]
            if len(found) > 1:
                problems.append(
                    _problem(found[1], "kind", f"there is a {found[0].kind} line already: {found[0].id}.")
                )
            if not found and role in ROLES_NEEDED:
                problems.append(
                    Problem("plan", f'the plan has no line of the kind "{role}".', remedy=f"Add one; {HOW}")
                )
    if not problems:
        problems += _gap_problems(plan)
    if problems:
        raise BadInput(problems)
    ordered(plan)


def _gap_problems(plan: Plan) -> Iterator[Problem]:
    """Yield what is wrong with the gap: the other way round it would turn every answer about it round."""
    gap, financing, requirement = (plan.needs_role(role) for role in ("gap", "financing", "requirement"))
    if set(gap.parts) != {(1, financing.id), (-1, requirement.id)}:
        wanted = f"{financing.id} -{requirement.id}"
        yield _problem(gap, "parts", "a gap is the financing less the requirement.", wanted)


def _line_problems(plan: Plan, line: Line) -> Iterator[Problem]:
    kind = kinds().get(line.kind)
    if kind is None:
        yield _problem(line, "kind", f'"{line.kind}" is no kind of budget line.', ", ".join(kinds()))
        return
    known = {one.id for one in plan.lines}
    for _, part in line.parts:
        if part not in known:
            yield _problem(line, "parts", f'"{part}" is not a line of the plan.')
    if kind.is_moved:
        yield from _moved_problems(plan, line, kind)
    else:
        if line.drivers:
            yield _problem(
                line, "drivers", f"a {line.kind} line is made of others: no driver moves it.", "an empty cell"
            )
        if (kind.n_parts is None and not line.parts) or (
            kind.n_parts is not None and len(line.parts) != kind.n_parts
        ):
            yield _problem(line, "parts", f"a {line.kind} line is made of {kind.n_parts or 'other'} lines.")


def _moved_problems(plan: Plan, line: Line, kind: Kind) -> Iterator[Problem]:
    if line.parts:
        yield _problem(line, "parts", f"a {line.kind} line is moved by drivers.", "an empty cell")
    if plan.base not in line.typed:
        yield _problem(
            line,
            "base",
            f"nothing says what it comes to in {plan.base}.",
            "a figure here, or a printed line of that year",
        )
    elif kind.sign * line.typed[plan.base] < 0:
        yield _problem(
            line, "base", f"a {line.kind} line is printed {'above' if kind.sign > 0 else 'below'} zero."
        )
    for name in line.drivers:
        driver = plan.drivers.get(name)
        if driver is None:
            yield _problem(line, "drivers", f'"{name}" is not a driver of the plan.')
        elif driver.type not in (*kind.takes, ROUNDING):
            yield _problem(
                line,
                "drivers",
                f'a {line.kind} line takes no {driver.type} ("{name}").',
                ", ".join(kind.takes),
            )


def _problem(line: Line, column: str, message: str, expected: str | None = None) -> Problem:
    return Problem("plan", f"{line.id}: {message}", line.file, line.row, column, expected=expected)
