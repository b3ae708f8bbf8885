"""Our markup is GOV.UK Frontend's own: each component against the fixtures that its package ships."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

COMPONENTS = Path(__file__).parents[2] / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"

Options = dict[str, Any]
Node = tuple[str, Any]


class Tree(HTMLParser):
    """Reads HTML into what matters: elements with their attributes in any order, and words."""

    VOID = frozenset({"input", "img", "br", "hr", "meta", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Node] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: " ".join((value or "").split()) for name, value in attrs}
        if "class" in values:
            values["class"] = " ".join(sorted(values["class"].split()))
        self.found.append((tag, tuple(sorted(values.items()))))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self.found.append(("/" + tag, None))

    def handle_data(self, data: str) -> None:
        if words := " ".join(data.split()):
            self.found.append(("words", words))


def tree(html: str) -> list[Node]:
    reader = Tree()
    reader.feed(re.sub(r"\s*/>", ">", html))
    reader.close()
    joined: list[Node] = []
    for kind, value in reader.found:
        if kind == "words" and joined and joined[-1][0] == "words":
            joined[-1] = ("words", f"{joined[-1][1]} {value}")
        else:
            joined.append((kind, value))
    return joined


def text(options: Options | None) -> str:
    return (options or {}).get("text", "")


def render(template: str, **context: Any) -> str:
    from django.template import engines

    return engines["django"].from_string(template).render(context)


def field(make: Callable[[Options], Any], options: Options, value: Any = None) -> str:
    """Write one field of a form made for a fixture."""
    from constabulary.web.form import Form

    name = options.get("name") or options.get("namePrefix") or options["id"]
    made = make(options)
    identifier = options.get("id") or options.get("idPrefix")
    if identifier:
        made.widget.attrs["id"] = identifier
    kind = type("OneField", (Form,), {name: made})
    form = kind(data={}) if "errorMessage" in options else kind(initial={name: value})
    if "errorMessage" in options:
        form.add_error(name, text(options["errorMessage"]))
        form.data = {name: value} if value is not None else {}
    return str(form[name].as_field_group())


def label(options: Options) -> str:
    return text(options.get("label")) or text(options.get("fieldset", {}).get("legend"))


def pairs(options: Options) -> list[tuple[str, str]]:
    return [(str(item["value"]), item["text"]) for item in options["items"]]


def write_input(options: Options) -> str:
    from constabulary.web import form

    def make(options: Options) -> Any:
        width = re.fullmatch(r"govuk-input--width-(\d+)", options.get("classes", ""))
        return form.Text(
            label(options),
            hint=text(options.get("hint")),
            width=int(width[1]) if width else None,
            prefix=text(options.get("prefix")),
            suffix=text(options.get("suffix")),
            disabled=options.get("disabled", False),
        )

    return field(make, options, options.get("value"))


def write_textarea(options: Options) -> str:
    from constabulary.web import form

    def make(options: Options) -> Any:
        return form.LongText(label(options), hint=text(options.get("hint")), rows=int(options.get("rows", 5)))

    return field(make, options, options.get("value"))


def write_select(options: Options) -> str:
    from constabulary.web import form

    chosen = [str(item["value"]) for item in options["items"] if item.get("selected")]
    value = chosen[0] if chosen else options.get("value")
    return field(lambda o: form.Select(label(o), pairs(o), hint=text(o.get("hint"))), options, value)


def hints(options: Options) -> dict[str, str]:
    return {str(item["value"]): text(item["hint"]) for item in options["items"] if "hint" in item}


def write_radios(options: Options) -> str:
    from constabulary.web import form

    chosen = [str(item["value"]) for item in options["items"] if item.get("checked")]
    make = lambda o: form.Radios(label(o), pairs(o), hint=text(o.get("hint")), hints=hints(o))  # noqa: E731
    return field(make, options, chosen[0] if chosen else options.get("value"))


def write_checkboxes(options: Options) -> str:
    from constabulary.web import form

    chosen = [str(item["value"]) for item in options["items"] if item.get("checked")]
    make = lambda o: form.Checkboxes(label(o), pairs(o), hint=text(o.get("hint")), hints=hints(o))  # noqa: E731
    return field(make, options, chosen or options.get("values"))


def write_date(options: Options) -> str:
    from constabulary.web import form

    value = tuple(str(part) for part in options["values"].values()) if "values" in options else None
    written = field(lambda o: form.Date(label(o), hint=text(o.get("hint"))), options, value)
    # Without a prefix the fixtures' boxes are called day, month and year; ours always carry the field's name.
    return (
        written
        if "namePrefix" in options
        else re.sub(r'name="[^"]*-(day|month|year)"', r'name="\1"', written)
    )


def write_file(options: Options) -> str:
    from constabulary.web import form

    def make(options: Options) -> Any:
        kind = form.Files if options.get("multiple") else form.File
        return kind(label(options), hint=text(options.get("hint")), disabled=options.get("disabled", False))

    return field(make, options)


def write_error_summary(options: Options) -> str:
    from constabulary.web.form import ErrorLink

    links = [ErrorLink(one["text"], one.get("href", "")) for one in options["errorList"]]
    return render("{% error_summary links title %}", links=links, title=options["titleText"])


def write_button(options: Options) -> str:
    kind = options.get("classes", "").removeprefix("govuk-button--")
    context = {
        "text": options["text"],
        "href": options.get("href", ""),
        "kind": kind,
        "name": options.get("name", ""),
    }
    return render("{% button text href kind name %}", **context)


def write_tag(options: Options) -> str:
    colour = options.get("classes", "").removeprefix("govuk-tag--")
    return render("{% tag text colour %}", text=options["text"], colour=colour)


def write_summary_list(options: Options) -> str:
    from django.utils.safestring import mark_safe

    from constabulary.web.table import SummaryRow

    rows = [
        SummaryRow(text(row["key"]), text(row["value"]) or mark_safe(row["value"]["html"]))
        for row in options["rows"]
    ]
    return render("{% summary_list rows %}", rows=rows)


def write_pagination(options: Options) -> str:
    from constabulary.web.table import Leaf

    numbers = [item["number"] for item in options["items"] if "number" in item]
    current = next(item["number"] for item in options["items"] if item.get("current"))
    written = render("{% pagination leaf %}", leaf=Leaf(current, max(numbers), 0, "/page/{number}"))
    # The fixtures call their outer addresses by name; ours are numbered like the rest.
    return (
        written.replace(f'href="/page/{current - 1}" rel="prev"', 'href="/previous" rel="prev"')
        .replace(f'href="/page/{current + 1}" rel="next"', 'href="/next" rel="next"')
    )  # fmt: skip


def write_table(options: Options) -> str:
    from constabulary.web.table import Cell, Column, Table

    columns = tuple(Column(one["text"], is_number=one.get("format") == "numeric") for one in options["head"])
    rows = [[Cell(cell["text"]) for cell in row] for row in options["rows"]]
    written = render("{% table table %}", table=Table(options["caption"], columns, rows))
    return re.search(r"<table.*</table>", written, re.DOTALL)[0]  # type: ignore[index]


def write_block(tag: str) -> Callable[[Options], str]:
    return lambda options: render(f"{{% {tag} %}}{{{{ words }}}}{{% end{tag} %}}", words=options["text"])


def write_banner(options: Options) -> str:
    return render(
        '{% notification_banner title success %}<p class="govuk-notification-banner__heading">{{ words }}</p>'
        "{% endnotification_banner %}",
        words=options["text"],
        title=options.get("titleText", "Success" if options.get("type") == "success" else "Important"),
        success=options.get("type") == "success",
    )


def write_details(options: Options) -> str:
    template = "{% details summary %}{{ words }}{% enddetails %}"
    return render(template, summary=options["summaryText"], words=options["text"])


def write_breadcrumbs(options: Options) -> str:
    return render("{% breadcrumbs above %}", above=[(one["text"], one["href"]) for one in options["items"]])


WRITERS: dict[str, tuple[Callable[[Options], str], tuple[str, ...]]] = {
    "button": (write_button, ("default", "secondary", "warning", "link", "name")),
    "input": (
        write_input,
        (
            "default",
            "with hint text",
            "with error message",
            "with width-2 class",
            "with width-10 class",
            "with prefix",
            "with suffix",
            "with prefix and suffix",
            "with prefix and suffix and error",
            "with prefix and suffix and width modifier",
            "with prefix with html as text",
            "value",
            "zero value",
            "disabled",
        ),
    ),
    "textarea": (
        write_textarea,
        ("default", "with hint", "with error message", "with custom rows", "with default value"),
    ),
    "select": (write_select, ("with hint text and error message", "error", "id")),
    "radios": (
        write_radios,
        ("default", "with hint", "with fieldset and error message", "with hints on parent and items"),
    ),
    "checkboxes": (write_checkboxes, ("default", "with hint", "with error message")),
    "date-input": (write_date, ("default", "with error message and hint", "with values and name prefix")),
    "file-upload": (
        write_file,
        (
            "default",
            "with hint text",
            "with error message and hint",
            "allows multiple files",
            "disabled",
            "error",
        ),
    ),
    "error-summary": (write_error_summary, ("default", "without links", "mixed with and without links")),
    "table": (write_table, ("with head and caption",)),
    "tag": (write_tag, ("default", "grey", "green", "yellow", "red")),
    "pagination": (write_pagination, ("default", "with many pages", "first page", "last page")),
    "details": (write_details, ("default",)),
    "summary-list": (write_summary_list, ("default", "value with html")),
    "warning-text": (write_block("warning_text"), ("default", "multiple lines")),
    "inset-text": (write_block("inset_text"), ("default",)),
    "notification-banner": (write_banner, ("default", "with type as success", "custom title")),
    "breadcrumbs": (write_breadcrumbs, ("default", "with one level")),
}
"""For each component of ours: how it is written from a fixture's options, and the fixtures it must equal."""


def fixtures(component: str) -> dict[str, Options]:
    file = COMPONENTS / component / "fixtures.json"
    if not file.is_file():
        pytest.skip("The front end's packages are not installed (npm ci).")
    return {one["name"]: one for one in json.loads(file.read_text(encoding="utf-8"))["fixtures"]}


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    ("component", "name"), [(c, name) for c, (_, names) in WRITERS.items() for name in names]
)
def test_a_component_is_written_as_govuk_frontend_writes_it(component: str, name: str) -> None:
    fixture = fixtures(component)[name]
    assert tree(WRITERS[component][0](fixture["options"])) == tree(fixture["html"])


@pytest.mark.usefixtures("client")
def test_an_error_message_is_written_as_govuk_frontend_writes_it() -> None:
    fixture = fixtures("error-message")["default"]
    assert tree(render("{% error_message words %}", words=text(fixture["options"]))) == tree(fixture["html"])


@pytest.mark.usefixtures("client")
def test_a_skip_link_is_written_as_govuk_frontend_writes_it() -> None:
    fixture = fixtures("skip-link")["default"]
    written = render(
        "{% skip_link href words %}", href=fixture["options"]["href"], words=fixture["options"]["text"]
    )
    assert tree(written) == tree(fixture["html"])


def test_an_amount_below_nought_is_written_in_one_piece_and_all_else_as_it_is() -> None:
    from constabulary.web.templatetags.govuk import unbroken

    assert unbroken("by −£1,250.50, to −£1.2m.") == (
        'by <span class="app-amount">−£1,250.50</span>, to <span class="app-amount">−£1.2</span>m.'
    )
    assert unbroken("<b> −5 & £3") == "&lt;b&gt; −5 &amp; £3"
