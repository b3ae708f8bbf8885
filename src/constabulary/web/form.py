"""Forms with GOV.UK markup: fields that know their widget, and the summary of what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField as DjangoBoundField
from django.forms.renderers import TemplatesSetting

Choices = Sequence[tuple[str, str]]


class Renderer(TemplatesSetting):
    """Renders forms and fields with the templates in `templates/govuk/`."""

    form_template_name = "govuk/form.html"
    field_template_name = "govuk/field.html"


class BoundField(DjangoBoundField):
    """A field on a form, with the identifiers and attributes that GOV.UK markup uses."""

    @property
    def auto_id(self) -> str:
        """The field's identifier: the widget's own, else the form's."""
        identifier: str = self.field.widget.attrs.get("id") or super().auto_id
        return identifier

    @property
    def error_text(self) -> str:
        """Everything that is wrong with the field, or nothing."""
        return " ".join(self.errors)

    @property
    def error_id(self) -> str:
        """The element that a link in the error summary leads to."""
        return f"{self.auto_id}{getattr(self.field.widget, 'first_part', '')}"

    @property
    def described_by(self) -> str:
        """The identifiers of the hint and the error message, in the order they are read."""
        parts = [f"{self.auto_id}-hint"] if self.help_text else []
        return " ".join([*parts, f"{self.auto_id}-error"] if self.errors else parts)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Return the widget's attributes: class, error class and what describes it."""
        widget = widget or self.field.widget
        base = getattr(widget, "base_class", "")
        built = dict(attrs)
        if base:
            more = built.pop("class", widget.attrs.get("class", ""))
            built["class"] = " ".join(filter(None, (base, f"{base}--error" if self.errors else "", more)))
        if self.errors and getattr(widget, "marks_parts", False):
            built["has_error"] = True
        if self.described_by and not widget.use_fieldset:
            built["aria-describedby"] = self.described_by
        if self.field.disabled:
            built["disabled"] = True
        return built


class Form(forms.Form):
    """The base of the site's forms."""

    default_renderer = Renderer()  # type: ignore[assignment]
    bound_field_class = BoundField
    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "%s", "label_suffix": "", **options})

    def problems(self) -> Iterator[tuple[str, str]]:
        """Give every message of the error summary and the identifier it leads to; empty for the form."""
        for message in self.non_field_errors():
            yield message, ""
        for field in self:
            for message in field.errors:
                yield message, field.error_id


class _TextInput(forms.TextInput):
    template_name = "govuk/widgets/input.html"
    base_class = "govuk-input"
    prefix = suffix = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return {**super().get_context(name, value, attrs), "prefix": self.prefix, "suffix": self.suffix}


class _Textarea(forms.Textarea):
    template_name = "govuk/widgets/textarea.html"
    base_class = "govuk-textarea"


class _Select(forms.Select):
    template_name = "govuk/widgets/select.html"
    base_class = "govuk-select"


class _Items:
    """Radios and checkboxes: items that may carry a hint, the first with the field's own identifier."""

    use_fieldset = True
    hints: dict[str, str]
    inline_class = ""

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return id_ if index in {None, 0, "0"} else f"{id_}-{int(index) + 1}"

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **options)  # type: ignore[misc]
        return {**option, "hint": getattr(self, "hints", {}).get(str(value), "")}


class _Radios(_Items, forms.RadioSelect):
    template_name = "govuk/widgets/radios.html"


class _Checkboxes(_Items, forms.CheckboxSelectMultiple):
    template_name = "govuk/widgets/checkboxes.html"


class _Hidden(forms.HiddenInput):
    template_name = "govuk/widgets/hidden.html"


class _File(forms.FileInput):
    template_name = "govuk/widgets/file.html"
    base_class = "govuk-file-upload"


class _Files(_File):
    allow_multiple_selected = True


class _Date(forms.Widget):
    template_name = "govuk/widgets/date.html"
    use_fieldset = True
    first_part = "-day"
    marks_parts = True
    parts = (("day", "Day", 2), ("month", "Month", 2), ("year", "Year", 4))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        values = (value.day, value.month, value.year) if isinstance(value, date) else (value or ("", "", ""))
        identifier = context["widget"]["attrs"].get("id", name)
        context["widget"]["parts"] = [
            {
                "id": f"{identifier}-{part}",
                "name": f"{name}-{part}",
                "label": label,
                "width": width,
                "value": written,
            }
            for (part, label, width), written in zip(self.parts, values, strict=True)
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> tuple[str, str, str] | None:
        day, month, year = (str(data.get(f"{name}-{part}", "")).strip() for part, _, _ in self.parts)
        return (day, month, year) if day or month or year else None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(f"{name}-{part}" not in data for part, _, _ in self.parts)


def _names(label: str, hint: str, required: str) -> dict[str, Any]:
    """Return what every field shares; `required` is the message when it is left out, empty when it may be."""
    return {
        "label": label,
        "help_text": hint,
        "required": bool(required),
        "error_messages": {"required": required} if required else {},
    }


class Text(forms.CharField):
    """One line of text.

    Parameters
    ----------
    label
        The question.
    hint
        What helps to answer it.
    required
        The message when nothing is given; empty when nothing need be.
    width
        The width of the box (characters: 2, 3, 4, 5, 10, 20 or 30), or as wide as the page.
    prefix, suffix
        A unit shown before or after the box.
    """

    def __init__(
        self, label: str, *, hint: str = "", required: str = "", width: int | None = None, prefix: str = "",
        suffix: str = "", **options: Any,
    ) -> None:  # fmt: skip
        widget = _TextInput(attrs={"class": f"govuk-input--width-{width}"} if width else None)
        widget.prefix, widget.suffix = prefix, suffix
        super().__init__(widget=widget, **_names(label, hint, required), **options)


class LongText(forms.CharField):
    """Several lines of text.

    Parameters
    ----------
    label, hint, required
        See `Text`.
    rows
        How many lines are shown.
    """

    def __init__(
        self, label: str, *, hint: str = "", required: str = "", rows: int = 5, **options: Any
    ) -> None:
        widget = _Textarea()
        widget.attrs = {"rows": rows}
        super().__init__(widget=widget, **_names(label, hint, required), **options)


class Select(forms.ChoiceField):
    """One of several, from a list that drops down.

    Parameters
    ----------
    label, hint, required
        See `Text`.
    choices
        Pairs of value and text.
    """

    def __init__(
        self, label: str, choices: Choices = (), *, hint: str = "", required: str = "", **options: Any
    ) -> None:
        super().__init__(widget=_Select(), choices=choices, **_names(label, hint, required), **options)
        self.error_messages["invalid_choice"] = f"{label}: choose one of the list"


class Radios(forms.ChoiceField):
    """One of a few, all of them in sight.

    Parameters
    ----------
    label, hint, required, choices
        See `Select`.
    hints
        A hint by value.
    """

    def __init__(
        self, label: str, choices: Choices = (), *, hint: str = "", required: str = "",
        hints: dict[str, str] | None = None, **options: Any,
    ) -> None:  # fmt: skip
        widget = _Radios()
        widget.hints = hints or {}
        super().__init__(widget=widget, choices=choices, **_names(label, hint, required), **options)
        self.error_messages["invalid_choice"] = f"{label}: choose one of those offered"


class Checkboxes(forms.MultipleChoiceField):
    """Any number of a few.

    Parameters
    ----------
    label, hint, required, choices, hints
        See `Radios`.
    """

    def __init__(
        self, label: str, choices: Choices = (), *, hint: str = "", required: str = "",
        hints: dict[str, str] | None = None, **options: Any,
    ) -> None:  # fmt: skip
        widget = _Checkboxes()
        widget.hints = hints or {}
        super().__init__(widget=widget, choices=choices, **_names(label, hint, required), **options)
        self.error_messages["invalid_choice"] = f"{label}: choose one of those offered"


class Date(forms.Field):
    """A day, in three boxes.

    Parameters
    ----------
    label, hint, required
        See `Text`.
    """

    def __init__(self, label: str, *, hint: str = "", required: str = "", **options: Any) -> None:
        super().__init__(widget=_Date(), **_names(label, hint, required), **options)

    def to_python(self, value: tuple[str, str, str] | None) -> date | None:
        """Return the day, or nothing when all three boxes are empty."""
        if not value:
            return None
        try:
            day, month, year = (int(part) for part in value)
            return date(year, month, day)
        except ValueError:
            raise ValidationError(
                f"{self.label} must be a real date, like 31 3 2026", code="invalid"
            ) from None


class File(forms.FileField):
    """One file.

    Parameters
    ----------
    label, hint, required
        See `Text`.
    """

    def __init__(self, label: str, *, hint: str = "", required: str = "", **options: Any) -> None:
        super().__init__(widget=_File(), **_names(label, hint, required), **options)


class Files(forms.FileField):
    """One file or more.

    Parameters
    ----------
    label, hint, required
        See `Text`.
    """

    def __init__(self, label: str, *, hint: str = "", required: str = "", **options: Any) -> None:
        super().__init__(widget=_Files(), **_names(label, hint, required), **options)

    def clean(self, data: Iterable[UploadedFile] | None, initial: object = None) -> list[UploadedFile]:
        """Return the files; each of them is checked."""
        given = list(data or [])
        if not given:
            super().clean(None)
        return [super(Files, self).clean(one) for one in given]


class Hidden(forms.CharField):
    """What a form carries on without showing it."""

    def __init__(self) -> None:
        super().__init__(widget=_Hidden(), required=False)


@dataclass(frozen=True)
class ErrorLink:
    """One line of an error summary.

    Parameters
    ----------
    text
        The message, as it stands at the field.
    href
        Where it leads; empty when it concerns the whole form.
    """

    text: str
    href: str = ""


def error_links(form: Form) -> list[ErrorLink]:
    """Return the lines of a form's error summary.

    Parameters
    ----------
    form
        The form that was sent.
    """
    return [ErrorLink(message, f"#{target}" if target else "") for message, target in form.problems()]
