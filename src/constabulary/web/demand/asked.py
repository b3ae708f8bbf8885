"""What a demand page was asked: the filters in its address, their form, and links that keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpResponse

from constabulary.core.errors import BadInput
from constabulary.services.demand.choices import Choices, choices, filters_of
from constabulary.services.demand.picture import FIGURES, Figure, Filters
from constabulary.web import addresses, form, numbers
from constabulary.web.filters import FilterForm, Options, refused
from constabulary.web.page import Context, Request

LABELS = {
    "from": "From",
    "to": "To",
    "area": "Area",
    "category": "Category",
    "crime_type": "Crime type",
    "channel": "Channel",
    "qualifier": "Qualifier",
    "records": "Records",
}
_UNSET = {
    "from": "The latest year",
    "to": "The latest month",
    "area": "Whole force",
    "category": "All categories",
    "crime_type": "All types",
    "channel": "All channels",
    "qualifier": "With or without",
    "records": "Real where held",
}
_KINDS = (("real", "Real only"), ("synthetic", "Synthetic only"))

Words = Sequence[str] | Mapping[str, Sequence[str]]
"""The filters that apply to a page; by the answer to its question "of", where they differ with it."""


class RecordsForm(FilterForm):
    """The filters of one demand page: further questions, and which records count.

    Parameters
    ----------
    given, options
        As for `FilterForm`.
    words
        The filters the page has; any other that is set is shown too, so that it can be seen and taken off.
    offered
        What they can be set to.
    """

    def __init__(
        self, given: Mapping[str, str], options: Options, words: Sequence[str], offered: Choices
    ) -> None:
        super().__init__(given, options)
        for word, label in LABELS.items():
            if word in words or given.get(word):
                self.fields[word] = form.Select(label, _choices(word, offered, given.get(word, "")))


@dataclass(frozen=True)
class Asked:
    """What a demand page was asked.

    Parameters
    ----------
    request
        The request.
    filters
        The filters.
    options
        The answers to the page's further questions.
    form
        The form, with what is wrong in it.
    choices
        What the filters can be set to.
    """

    request: Request
    filters: Filters
    options: Mapping[str, str]
    form: RecordsForm
    choices: Choices

    def figure(self, name: str) -> Figure:
        """Return a figure of the demand picture under these filters."""
        return FIGURES[name](self.request.workspace, self.filters)

    def address(self, page: str, *captured: str, **more: str) -> str:
        """Return the address of a page with these filters kept, and further words."""
        return address(page, *captured, filters=self.filters, **more)


def address(page: str, *captured: str, filters: Filters, **more: str) -> str:
    """Return the address of a page under some filters, with further words."""
    return addresses.address(page, *captured, **{**filters.words, **more})


View = Callable[..., Context | HttpResponse]


def asking(tables: Sequence[str], words: Words, options: Options | None = None) -> Callable[[Any], Any]:
    """Give a page what it was asked as second argument; wrong filters are told at their fields, with status 400.

    Parameters
    ----------
    tables
        The tables of records whose months are offered.
    words
        The filters that apply to the page.
    options
        The page's further questions.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: Request, **captured: Any) -> Context | HttpResponse:
            asked = read(request, tables, words, options or {})
            return view(request, asked, **captured) if asked.form.is_valid() else refused(request, asked.form)

        return answered

    return decorate


def read(request: Request, tables: Sequence[str], words: Words, options: Options) -> Asked:
    """Read what a page is asked from its address."""
    known = {*LABELS, *options}
    given = {word: request.GET[word].strip() for word in request.GET if word in known}
    wrong: list[tuple[str | None, str]] = []
    try:
        filters = filters_of(request.workspace, given)
    except BadInput as error:
        filters = Filters()
        for problem in error.problems:
            label = LABELS.get(problem.column or "", "")
            # A list stands below the message; only a month has a form of its own.
            expected = (
                f"Expected {problem.expected}."
                if problem.column in ("from", "to")
                else "Choose from the list."
            )
            wrong.append((problem.column, f"{label}: {problem.message.removesuffix('.')}. {expected}"))
    offered = choices(request.workspace, tables, filters)
    options = _held_first(options, offered)
    if isinstance(words, Mapping):
        words = words[given["of"]] if given.get("of") in words else words[options["of"][1][0][0]]
    shown = RecordsForm(given, options, words, offered)
    shown.is_valid()
    for word, text in wrong:
        shown.add_error(word if word in shown.fields else None, text)
    chosen = {
        word: str(shown.cleaned_data.get(word) or values[0][0]) for word, (_, values) in options.items()
    }
    return Asked(request, filters, chosen, shown, offered)


def _held_first(options: Options, offered: Choices) -> Options:
    """Return the page's questions; where nothing is held of the table asked first, one with records goes before."""
    if "of" not in options:
        return options
    label, tables = options["of"]
    return {**options, "of": (label, sorted(tables, key=lambda table: not offered.held[table[0]]))}


def _choices(word: str, offered: Choices, given: str) -> list[tuple[str, str]]:
    found = [("", _UNSET[word])]
    if word in ("from", "to"):
        found += [(one, numbers.month(one)) for one in offered.months]
    elif word == "records":
        found += _KINDS
    else:
        found += offered.lists[word]
    if given and given not in dict(found):
        found.append((given, given))
    return found
