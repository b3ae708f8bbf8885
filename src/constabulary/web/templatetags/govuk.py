"""Template tags that write GOV.UK components; every template has them without loading."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.template.library import Library
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe

from constabulary.web import numbers
from constabulary.web.form import ErrorLink, Form, error_links
from constabulary.web.table import Leaf, SummaryRow, Table

register = Library()

# Django's own tools, with the types that its source does not say.
F = TypeVar("F", bound=Callable[..., object])
_component: Callable[[str], Callable[[F], F]] = register.inclusion_tag
_tag: Callable[[F], F] = register.simple_tag
_filter: Callable[[F], F] = register.filter
_tag_in_context: Callable[[F], F] = register.simple_tag(takes_context=True)
_block: Callable[[F], F] = register.simple_block_tag
_html: Callable[..., SafeString] = format_html

_BELOW_NOUGHT = re.compile("\N{MINUS SIGN}£[0-9]+(?:[,.][0-9]+)*")

register.filter("number", numbers.number)
register.filter("percent", numbers.percent)
register.filter("money", numbers.money)
register.filter("day", numbers.day)
register.filter("instant", numbers.instant)


@_filter
def unbroken(text: object) -> SafeString:
    """Write a text with amounts below nought in one piece: a line may end between a minus and a pound sign."""
    written = conditional_escape(text)
    if "\N{MINUS SIGN}£" in written:
        written = _BELOW_NOUGHT.sub(r'<span class="app-amount">\g<0></span>', written)
    whole: SafeString = mark_safe(written)  # escaped above  # noqa: S308
    return whole


@_tag
def error_message(text: str, identifier: str = "") -> SafeString:
    """Write the message at a field."""
    place = _html(' id="{}-error"', identifier) if identifier else ""
    return _html(
        '<p{} class="govuk-error-message"><span class="govuk-visually-hidden">Error:</span> {}</p>',
        place,
        text,
    )


@_component("govuk/error_summary.html")
def error_summary(
    problems: Form | Sequence[ErrorLink], title: str = "There is a problem"
) -> dict[str, object]:
    """Write what is wrong with a form, at the top of the page; nothing when nothing is."""
    links = error_links(problems) if isinstance(problems, Form) else problems
    return {"links": links, "title": title}


@_component("govuk/button.html")
def button(text: str, href: str = "", kind: str = "", name: str = "") -> dict[str, object]:
    """Write a button, or a link that looks like one; `kind` is secondary, warning or nothing."""
    return {"text": text, "href": href, "kind": kind, "name": name}


@_tag
def tag(text: str, colour: str = "") -> SafeString:
    """Write a status in a word; the word says it all, the colour only repeats it."""
    return _html(
        '<strong class="govuk-tag{}">{}</strong>',
        _html(" govuk-tag--{}", colour) if colour else "",
        text,
    )


@_component("govuk/table.html")
def table(shown: Table, caption_size: str = "m") -> dict[str, object]:
    """Write a table that scrolls by itself where it is too wide."""
    return {"table": shown, "caption_size": caption_size, "rows": _rows(shown)}


@_component("govuk/summary_list.html")
def summary_list(rows: Sequence[SummaryRow]) -> dict[str, object]:
    """Write a list of facts."""
    return {"rows": rows}


@_component("govuk/pagination.html")
def pagination(leaf: Leaf) -> dict[str, object]:
    """Write the way through a long list; nothing when it has one part."""
    return {"leaf": leaf}


@_component("govuk/breadcrumbs.html")
def breadcrumbs(above: Sequence[tuple[str, str]]) -> dict[str, object]:
    """Write the pages above this one, pairs of title and address."""
    return {"above": above}


@_tag
def skip_link(href: str = "#main-content", text: str = "Skip to main content") -> SafeString:
    """Write the link that takes a keyboard past the header."""
    return _html('<a href="{}" class="govuk-skip-link" data-module="govuk-skip-link">{}</a>', href, text)


@_block
def details(content: str, summary: str) -> SafeString:
    """Write what opens on demand: {% details "Summary" %} ... {% enddetails %}."""
    return _html(
        '<details class="govuk-details"><summary class="govuk-details__summary">'
        '<span class="govuk-details__summary-text">{}</span></summary>'
        '<div class="govuk-details__text">{}</div></details>',
        summary,
        content,
    )


@_block
def on_this_page(content: str) -> SafeString:
    """Write the list of a long page's parts: {% on_this_page %}<li>...</li>{% endon_this_page %}."""
    return _html(
        '<nav aria-label="On this page"><h2 class="govuk-heading-s">On this page</h2>'
        '<ul class="govuk-list app-contents">{}</ul></nav>',
        content,
    )


@_block
def inset_text(content: str) -> SafeString:
    """Write a paragraph that stands apart."""
    return _html('<div class="govuk-inset-text">{}</div>', content)


@_block
def warning_text(content: str) -> SafeString:
    """Write a warning."""
    return _html(
        '<div class="govuk-warning-text"><span class="govuk-warning-text__icon" aria-hidden="true">!</span>'
        '<strong class="govuk-warning-text__text">'
        '<span class="govuk-visually-hidden">Warning</span> {}</strong></div>',
        content,
    )


@_block
def notification_banner(content: str, title: str = "Important", is_success: bool = False) -> SafeString:
    """Write what has just happened or must be known before all else."""
    return _html(
        '<div class="govuk-notification-banner{}" role="{}" '
        'aria-labelledby="govuk-notification-banner-title" data-module="govuk-notification-banner">'
        '<div class="govuk-notification-banner__header">'
        '<h2 class="govuk-notification-banner__title" id="govuk-notification-banner-title">{}</h2></div>'
        '<div class="govuk-notification-banner__content">{}</div></div>',
        " govuk-notification-banner--success" if is_success else "",
        "alert" if is_success else "region",
        title,
        content,
    )


@_tag_in_context
def address_with(context: Mapping[str, Any], **changed: object) -> str:
    """Return the address of this page with some of its filters changed: {% address_with page=2 %}."""
    query = context["request"].GET.copy()
    for key, value in changed.items():
        query[key] = str(value)
    return f"?{query.urlencode()}"


def _rows(shown: Table) -> SafeString:
    """Write the body of a table here: a template takes five times as long, and tables may have many rows."""
    written = []
    for row in shown.body:
        cells = []
        for place, (column, cell) in enumerate(row):
            text: str = unbroken(cell.text)
            if cell.href:
                more = f'<span class="govuk-visually-hidden"> {escape(cell.more)}</span>' if cell.more else ""
                text = f'<a class="govuk-link" href="{escape(cell.href)}">{text}{more}</a>'
            if cell.mark:
                text += f' <span class="app-unit">{escape(cell.mark)}</span>'
            numeric = " govuk-table__cell--numeric" if column.is_number else ""
            long = " app-long" if column.is_long else ""
            cells.append(
                f'<td class="govuk-table__cell{numeric}{long}">{text}</td>'
                if place
                else f'<th scope="row" class="govuk-table__header{numeric.replace("cell", "header")}">{text}</th>'
            )
        written.append(f'<tr class="govuk-table__row">{"".join(cells)}</tr>')
    body: SafeString = mark_safe("\n".join(written))  # every text above is escaped  # noqa: S308
    return body
