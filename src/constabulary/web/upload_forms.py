"""The forms for new files, one for each kind of file."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict

from constabulary.services.workspace.boundaries import LEVELS
from constabulary.web import form

NO_FILE = "Select at least one file"
_LEVELS = {
    "lsoa": "Small areas (LSOA)",
    "neighbourhood": "Neighbourhoods",
    "district": "Districts",
    "area": "Areas of several districts",
}


class UploadForm(form.Form):
    """What the forms have in common: each says which arguments its run is asked with."""

    def arguments(self) -> dict[str, Any]:
        """Return what the run is asked with besides the files."""
        edition_on = self.cleaned_data["edition_on"]
        return {
            "edition_on": edition_on.isoformat() if edition_on else None,
            "is_trial": bool(self.cleaned_data["only"]),
        }

    def text(self, name: str) -> str:
        """Return a text that may be left out, without the blanks around it."""
        return str(self.cleaned_data.get(name) or "").strip()


def _edition(asked: str) -> form.Date:
    hint = "Leave it empty if the files imported last are the latest. For example, 31 3 2026."
    return form.Date(asked, hint=hint)


def _only() -> form.Checkboxes:
    return form.Checkboxes(
        "Try it first?",
        [("check", "Only check the files")],
        hints={"check": "Tells what would become of every row, and keeps nothing."},
    )


class PoliceUkForm(UploadForm):
    """Files of data.police.uk."""

    files = form.Files(
        "Files of data.police.uk",
        hint="Street crime, outcomes, or stop and search, as CSV, gzip or zip, as many as you like.",
        required=NO_FILE,
    )
    edition_on = _edition("When were they published?")
    only = _only()


class OwnRecordsForm(UploadForm):
    """A force's own calls, incidents or positions: once a mapping is in hand, it is mended in the form itself.

    Parameters
    ----------
    data, uploads
        What was sent.
    kept
        The names of files sent before and kept, with which the form goes on.
    """

    files = form.Files(
        "Files of the force", hint="CSV files, Excel workbooks or Parquet files, or a zip of them."
    )
    mapping = form.File(
        "Mapping file",
        hint="Says which of their columns is which of ours (TOML). Not needed for mended rows, nor where the "
        "columns are called as ours are.",
    )
    mapping_text = form.LongText(
        "The mapping",
        hint="Go through the lines marked “check”, mend them here, and import.",
        rows=24,
        strip=False,
    )
    kept = form.Hidden()
    edition_on = _edition("When were they taken out of your system?")
    only = _only()

    def __init__(
        self, data: QueryDict | None = None, uploads: Any = None, kept: tuple[str, ...] = ()
    ) -> None:
        super().__init__(data, uploads)
        self.kept_names = kept
        if kept:
            self.fields[
                "files"
            ].help_text = f"Here already: {', '.join(kept)}. Choose others to replace them."
        if data is not None and data.get("mapping_text"):
            del self.fields["mapping"]
            self.fields["mapping_text"].widget.attrs |= {"spellcheck": "false", "wrap": "off"}
        else:
            del self.fields["mapping_text"]

    def clean(self) -> None:
        """See that there are files, sent now or before."""
        if not self.cleaned_data.get("files") and not self.kept_names and "files" not in self.errors:
            self.add_error("files", NO_FILE)

    @property
    def mapping_field(self) -> str:
        """The field at which is told what is wrong with the mapping."""
        return "mapping_text" if "mapping_text" in self.fields else "mapping"


class BoundariesForm(UploadForm):
    """Outlines of areas."""

    files = form.File(
        "File of outlines",
        hint="GeoJSON in longitude and latitude, plain or gzipped.",
        required="Select a file",
    )
    level = form.Radios(
        "Outlines of what?",
        [(level, _LEVELS[level]) for level in LEVELS],
        required="Say what the outlines are of",
        initial="lsoa",
    )
    vintage = form.Select(
        "Census of the small areas",
        [("", "As the file says"), ("2011", "2011"), ("2021", "2021")],
        hint="Only for small areas (LSOA).",
    )
    id_key = form.Text(
        "Property with an area's code",
        hint="Found from the file where left empty. For example, LSOA21CD.",
        width=20,
    )
    name_key = form.Text("Property with its name", hint="For example, LSOA21NM.", width=20)
    attribution = form.Text("What every map must say", hint="The file's own attribution where left empty.")

    def arguments(self) -> dict[str, Any]:
        """Return what the run is asked with besides the file."""
        return {
            "level": self.cleaned_data["level"],
            "vintage": int(self.text("vintage")) if self.text("vintage") else None,
            **{name: self.text(name) or None for name in ("id_key", "name_key", "attribution")},
        }
