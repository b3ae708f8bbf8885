"""What a page of cover was asked: its filters, their form, and links that keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse

from constabulary.core.errors import BadInput, NothingThere, Problem
from constabulary.services.cover.figures import Span, halves
from constabulary.services.cover.kept import kept
from constabulary.web import errors, form
from constabulary.web.addresses import address
from constabulary.web.filters import FilterForm, Options, page_of, refused
from constabulary.web.page import Context, Request, render
from constabulary.web.table import Way

LEVELS: form.Choices = (
    ("district", "Districts"),
    ("area", "Policing areas"),
    ("neighbourhood", "Neighbourhoods"),
    ("lsoa", "LSOAs"),
)
PAGES = (
    ("cover", "Map"),
    ("cover_compare", "Two periods"),
    ("cover_visibility", "Visibility"),
    ("cover_reach", "Reach"),
    ("cover_gaps", "Gaps"),
    ("cover_dosage", "Hot spots"),
    ("cover_planned", "Planned patrol"),
    ("cover_establishment", "Establishment"),
    ("cover_trial", "Before and after"),
    ("cover_paper", "Paper"),
    ("cover_public", "Public"),
)
"""The pages of cover and their words in the way between them."""
WRITTEN = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%d %m %Y", "%d.%m.%Y")
"""Ways to write a day."""
DAYS = {"from": "First day", "to": "Last day"}
TWO_PERIODS = {
    "from": "First period: first day",
    "to": "First period: last day",
    "from2": "Second period: first day",
    "to2": "Second period: last day",
}


class DaysForm(FilterForm):
    """The filters of one page of cover: lists to choose from, and days.

    Parameters
    ----------
    given, options
        As for `FilterForm`.
    days
        The days it has, by word with their labels.
    hint
        What stands below each day.
    """

    def __init__(
        self, given: Mapping[str, str], options: Options, days: Mapping[str, str], hint: str
    ) -> None:
        super().__init__(given, options)
        for word, label in days.items():
            self.fields[word] = form.Text(label, hint=hint, width=10)

    def clean(self) -> dict[str, Any]:
        """Read the days."""
        read = super().clean() or {}
        for word, field in self.fields.items():
            text = read.get(word)
            if not isinstance(field, form.Text) or text is None:
                continue
            read[word] = _day(text.strip())
            if text.strip() and read[word] is None:
                self.add_error(word, ValidationError(f"{field.label}: enter a day such as 31/3/2024"))
        first, last = read.get("from"), read.get("to")
        if isinstance(first, date) and isinstance(last, date) and first > last:
            self.add_error("to", ValidationError("Last day: enter a day on or after the first"))
        return read


@dataclass(frozen=True)
class Asked:
    """What a page of cover was asked.

    Parameters
    ----------
    request
        The request.
    form
        The form, read.
    words
        What stands in the address, the usual left out.
    """

    request: Request
    form: DaysForm
    words: Mapping[str, str]

    def of(self, word: str) -> str:
        """Return the answer to one of the page's lists."""
        return str(self.form.cleaned_data[word])

    def day(self, word: str) -> date | None:
        """Return a day that was given."""
        found = self.form.cleaned_data.get(word)
        return found if isinstance(found, date) else None

    @property
    def span(self) -> dict[str, date | None]:
        """First and last day, as services take them."""
        return {"from_on": self.day("from"), "to_on": self.day("to")}

    def spans(self) -> tuple[Span, Span]:
        """Return two periods; where a day is not given, that of the halves of what is held."""
        usual = halves(self.request.workspace)
        one, other = (
            (self.day(begin) or own[0], self.day(end) or own[1])
            for (begin, end), own in zip((("from", "to"), ("from2", "to2")), usual, strict=True)
        )
        return one, other

    def address(self, page: str, *captured: str, **more: str) -> str:
        """Return the address of a page with these filters kept, and further words."""
        return address(page, *captured, **{**self.words, **more})

    def ways(self, current: str) -> tuple[Way, ...]:
        """Return the way between the pages; days and level go along."""
        kept_words = {word: text for word, text in self.words.items() if word in ("from", "to", "level")}
        return tuple(Way(title, address(name, **kept_words), name == current) for name, title in PAGES)


@dataclass(frozen=True)
class Empty(Context):
    """What a page of cover shows where something it needs is not held.

    Parameters
    ----------
    ways
        The way between the pages.
    why
        What is not there and what to do.
    has_positions
        True where positions are held and something else is missing.
    """

    ways: tuple[Way, ...]
    why: str
    has_positions: bool


def asking(
    options: Options | Callable[[Request], Options] = {},  # noqa: B006 (nobody changes it)
    days: Mapping[str, str] = DAYS,
    *,
    is_file: bool = False,
) -> Callable[[Any], Any]:
    """Give a page what it was asked as second argument.

    Wrong filters are told at their fields, with status 400; where nothing is held, the page says what to import.

    Parameters
    ----------
    options
        The page's lists, or what makes them for a request.
    days
        The days it asks for.
    is_file
        Whether it hands out a file, which cannot say what to import.
    """

    def decorate(view: Callable[..., Context | HttpResponse]) -> Callable[..., Context | HttpResponse]:
        @wraps(view)
        def answered(request: Request, **captured: Any) -> Context | HttpResponse:
            asked = read(request, options(request) if callable(options) else options, days)
            if not asked.form.is_valid():
                return refused(request, asked.form)
            try:
                return view(request, asked, **captured)
            except BadInput as error:
                for problem in map(errors.asked, error.problems):
                    at = problem.column if problem.column in asked.form.fields else None
                    asked.form.add_error(at, _said(problem, asked.form.fields[at].label if at else None))
                return refused(request, asked.form)
            except NothingThere as error:
                if is_file:
                    raise
                why = " ".join(str(problem) for problem in error.problems)
                one = page_of(request)
                has_positions = not why.startswith("there are no positions")
                shown = Empty("", asked.ways(one.name), why[:1].upper() + why[1:], has_positions)
                return render(request, replace(one, name="cover_empty"), shown)

        return answered

    return decorate


def _day(text: str) -> date | None:
    """Return a day written as 31/3/2024, 31 March 2024 or 2024-03-31; None for anything else."""
    for form_of_day in WRITTEN:
        try:
            return datetime.strptime(text, form_of_day).date()  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
    return None


def _said(problem: Problem, label: str | None) -> str:
    return str(problem) if label is None else f"{label}: {replace(problem, column=None)}"


def read(request: Request, options: Options, days: Mapping[str, str]) -> Asked:
    """Read what a page is asked from its address."""
    known = {*options, *days, *DAYS, "level"}
    given = {word: text for word in request.GET if word in known and (text := request.GET[word].strip())}
    try:
        last = kept(request.workspace, "district").span[1]
        hint = f"For example, {last.day}/{last.month}/{last.year}"
    except NothingThere:
        hint = ""
    shown = DaysForm(given, options, days, hint)
    shown.is_valid()
    read_days = {
        word: one.isoformat() for word in given if isinstance(one := shown.cleaned_data.get(word), date)
    }
    return Asked(request, shown, {**given, **read_days})
