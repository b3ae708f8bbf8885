"""A figure as it is handed on: its answer in a sentence, its rows, and all that a reader must know of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import cached_property
from typing import Any, TypedDict, cast

import polars as pl

from constabulary.core.amounts import several
from constabulary.core.answers import Answer, StampAnswer, Written, with_fields_of, words_of
from constabulary.core.crime_types import CRIME_TYPES
from constabulary.core.provenance import Stamp
from constabulary.demand.categories import PartAnswer
from constabulary.demand.compare import CountAnswer
from constabulary.demand.declared import AGGREGATES
from constabulary.demand.filters import Filters
from constabulary.demand.harm import HarmAnswer, WeightsAnswer
from constabulary.demand.hours import HourOfWeek
from constabulary.demand.months import MonthCount, PublishedMonth, Season
from constabulary.demand.places import PlaceAnswer
from constabulary.demand.span import Span, choose_span
from constabulary.demand.typical import TypicalDay
from constabulary.services.workspace.lens import View, view_of
from constabulary.store.workspace import Workspace
from constabulary.tables.aggregate import Aggregate, Condition, Rule
from constabulary.tables.catalogue import CONTRACTS

ANY = Filters()
"""No filter at all."""
SCHEMA = 1
"""Version of the shape of JSON results."""
TOGETHER = (("calls", "incidents"), ("crimes", "outcomes", "stops"))
"""Tables that are all shown from real records, or all from made-up ones."""


@dataclass(frozen=True)
class About:
    """What a reader must know of a figure.

    Parameters
    ----------
    name, title, definition
        The figure; the definition is one or two sentences.
    records
        ``real`` or ``synthetic``: the kind of records counted.
    from_on, to_on
        First and last day asked for (ISO); None where there are no records.
    n_days, n_hours
        Days of them that the records cover, and their hours: days of 23 and 25 hours count as such.
    missing_months, partial_months, compared_months
        Months (YYYY-MM) not covered, covered in part, and set beside the year before.
    not_applied
        Filters that are set but that the figure's records cannot be held to.
    warnings
        Sentences to be shown with the figure.
    stamp
        What it rests on.
    """

    name: str
    title: str
    definition: str
    records: str
    from_on: str | None
    to_on: str | None
    n_days: int
    n_hours: float
    missing_months: tuple[str, ...]
    partial_months: tuple[str, ...]
    compared_months: tuple[str, ...]
    not_applied: tuple[str, ...]
    warnings: tuple[str, ...]
    stamp: Stamp

    @property
    def is_synthetic(self) -> bool:
        """Whether made-up records were counted."""
        return self.records == "synthetic"


@dataclass(frozen=True)
class Figure:
    """One figure of the demand picture.

    Parameters
    ----------
    about
        What a reader must know of it.
    answer
        The answer in one sentence, with the figure in it.
    rows
        Its table: frozen results of one class, see the function that made it.
    totals
        Further figures by name: sums, weights, what is left out.
    """

    about: About
    answer: str
    rows: tuple[Any, ...]
    totals: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> FigureAnswer:
        """Return the figure as `--json` and the API give it."""
        about = {name: value for name, value in self.about.__dict__.items() if name != "stamp"}
        written = {
            "schema": SCHEMA,
            "figure": about.pop("name"),
            "synthetic": self.about.is_synthetic,
            "answer": self.answer,
            **{name: list(value) if isinstance(value, tuple) else value for name, value in about.items()},
            "totals": _plain(self.totals),
            "rows": self.table,
            "stamp": self.about.stamp.as_json(),
        }
        return cast("FigureAnswer", written)

    @property
    def told(self) -> str:
        """The answer, in which made-up records are called so."""
        if not (self.about.is_synthetic and self.about.n_days):
            return self.answer
        return f"{self.answer.removesuffix('.')} (synthetic records)."

    @cached_property
    def table(self) -> list[dict[str, Any]]:
        """The rows as plain values, the same names in each."""
        return [_plain(row) for row in self.rows]

    def file(self, form: str) -> bytes:
        """Return the rows as a file: ``csv``, ``parquet`` or ``xlsx``, the latter two with what a reader must know."""
        from constabulary.render.tables import write  # workbooks are slow to load, and few ask for a file

        notes = (self.about.title, self.told, self.about.definition, *self.about.warnings)
        return write(self.frame(), form, notes)

    def frame(self) -> pl.DataFrame:
        """Return the rows as a table, with a column that says whether the records were made up."""
        frame = pl.DataFrame(self.table, infer_schema_length=None)
        return frame.with_columns(is_synthetic=pl.lit(self.about.is_synthetic))


Row = (
    Written[TypicalDay]
    | PartAnswer
    | Written[MonthCount]
    | Written[Season]
    | Written[HourOfWeek]
    | PlaceAnswer
    | HarmAnswer
)
"""A row of a figure; each figure has rows of one kind."""
Total = (
    CountAnswer
    | WeightsAnswer
    | list[PartAnswer]
    | list[PublishedMonth]
    | list[str]
    | dict[str, int]
    | str
    | float
    | None
)
"""A further figure that stands beside the rows."""


@with_fields_of(About, but=("name", "stamp"))
class FigureHead(TypedDict):
    """What must be known of a figure of the demand picture.

    Parameters
    ----------
    figure
        Its name.
    """

    figure: str
    synthetic: bool
    answer: str
    totals: dict[str, Total]
    stamp: StampAnswer


@words_of(FigureHead)
@with_fields_of(About, but=("name", "stamp"))
class FigureAnswer(Answer, FigureHead):
    """A figure of the demand picture with its table."""

    rows: list[Row]


class Question:
    """What is asked of one table: its kind of records, its period, its conditions.

    Parameters
    ----------
    view
        The records.
    filters
        What is asked for.
    table
        The table.
    """

    def __init__(self, view: View, filters: Filters, table: str) -> None:
        self.view = view
        self.filters = filters
        self.table = table
        self.records = filters.records or kind_of(view, table)
        self.covered = view.covered(table, self.records == "synthetic")
        self.span = choose_span(self.covered, view.force.time_zone, filters.from_month, filters.to_month)

    def within(self, span: Span) -> Question:
        """Return the same question of another period."""
        other = Question(self.view, self.filters, self.table)
        other.span = span
        return other

    def conditions(self, *further: Condition, with_last_year: bool = True) -> tuple[Condition, ...]:
        """Return the conditions on rows: whose, which kind, when, and the filters."""
        contract = CONTRACTS[self.table]
        span = spanned(self)
        stretches = span.stretches if with_last_year else ((span.from_on, span.to_on),)
        return (
            Condition(contract.scope, Rule.IN, self.view.scopes(self.table)),
            Condition("is_synthetic", Rule.IN, (self.records == "synthetic",)),
            Condition(contract.period, Rule.BETWEEN, stretches),
            *self.filters.conditions(self.table, self.view.force),
            *further,
        )

    def count(self, name: str, *further: Condition, with_last_year: bool = True) -> pl.DataFrame:
        """Return a declared figure, of the period and, where asked, of the same one a year before."""
        return self.view.count(AGGREGATES[name], self.conditions(*further, with_last_year=with_last_year))

    @property
    def reason(self) -> str | None:
        """Why there is nothing to count, or None."""
        if self.span is None or not self.covered:
            other = "real" if self.records == "synthetic" else "synthetic"
            if self.view.covered(self.table, other == "synthetic"):
                return f"no {self.records} records of {self.table} are held; {other} ones are, and count if asked for."
            return f"no {self.records} records of {self.table} are held."
        if not self.span.n_days:
            days = f"{self.span.from_on} to {self.span.to_on}"
            return f"no {self.records} records of {self.table} cover any day from {days}."
        return None

    def about(self, name: str, title: str, definition: str, *warnings: str, **parameters: Any) -> About:
        """Return what a reader must know of a figure made from this question."""
        span = self.span
        not_applied = self.filters.not_applied(self.table)
        return About(
            name=name,
            title=title,
            definition=definition,
            records=self.records,
            from_on=span.from_on.isoformat() if span else None,
            to_on=span.to_on.isoformat() if span else None,
            n_days=span.n_days if span else 0,
            n_hours=span.n_hours if span else 0,
            missing_months=_months(span.missing_months) if span else (),
            partial_months=_months(span.partial_months) if span else (),
            compared_months=_months(span.compared_months) if span else (),
            not_applied=not_applied,
            warnings=(*self._warnings(not_applied), *warnings),
            stamp=Stamp(self.view.inputs, {"figure": name, **self.filters.words, **parameters}),
        )

    def _warnings(self, not_applied: tuple[str, ...]) -> list[str]:
        told = []
        if self.reason:
            told.append(f"Nothing is counted: {self.reason}")
        if self.records == "synthetic" and self.covered:
            told.append("These records are synthetic: made up, not real.")
        if self.span and self.span.n_days and self.span.missing_months:
            missing = self.span.missing_months
            listed = ", ".join(_months(missing))
            months = f"{len(missing)} of {several(len(self.span.months), 'month')}"
            have, are = ("has", "is") if len(missing) == 1 else ("have", "are")
            told.append(f"{months} {have} no records of {self.table} and {are} left out: {listed}.")
        if self.span and self.span.partial_months:
            listed = ", ".join(_months(self.span.partial_months))
            told.append(f"Of these months, records of {self.table} cover some days only: {listed}.")
        told += [
            f'The records of {self.table} cannot be held to the filter "{word}"; all of them are counted.'
            for word in not_applied
        ]
        return told


def kind_of(view: View, table: str) -> str:
    """Return which kind of records of a table is shown unless asked: real where there are any of its like."""
    together = next(group for group in TOGETHER if table in group)
    has_real = any(view.covered(name, False) for name in together)
    has_synthetic = any(view.covered(name, True) for name in together)
    return "synthetic" if has_synthetic and not has_real else "real"


def definition_of(*names: str) -> str:
    """Return the definitions of some declared figures, each once."""
    every: list[Aggregate] = [AGGREGATES[name] for name in names]
    return " ".join(dict.fromkeys(aggregate.definition for aggregate in every))


def view_for(workspace: Workspace, filters: Filters) -> View:
    """Return the records to ask, once the filters fit the force."""
    view = view_of(workspace)
    filters.check(view.force, view.has_area)
    return view


def ask(workspace: Workspace, filters: Filters, table: str) -> Question:
    """Put a question to one table of a workspace."""
    return Question(view_for(workspace, filters), filters, table)


def spanned(question: Question) -> Span:
    """Return the period of a question that has one."""
    if question.span is None:
        raise ValueError("the question has no period: look at its reason first")
    return question.span


def nothing(question: Question) -> str:
    """Return the answer where there is nothing to count."""
    return f"Nothing to show: {question.reason}"


def listed_types(frame: pl.DataFrame) -> dict[str, str]:
    """Return the crime types a frame holds, in the order of the contract."""
    held = set(frame["crime_type"].unique())
    return {name: name for name in CRIME_TYPES if name in held}


def _months(months: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(f"{month:%Y-%m}" for month in months)


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it; a result that says how it goes into JSON is taken at its word."""
    return value.as_json() if hasattr(value, "as_json") else _bare(value, _plain)


def _bare(value: Any, within: Callable[[Any], Any]) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if is_dataclass(value):
        # By hand: `dataclasses.asdict` copies every value, which takes longer than all the rest.
        return {
            name: part if type(part) in _AS_THEY_ARE else _fields(part)
            for name, part in value.__dict__.items()
        }
    if isinstance(value, Mapping):
        return {name: within(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [within(part) for part in value]
    return value


def _fields(value: Any) -> Any:
    return _bare(value, _fields)


_AS_THEY_ARE = frozenset((str, int, float, bool, type(None)))
