"""The door for new files: looked at when they arrive, and read by a run that accounts for every row."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from constabulary.core.errors import BadInput, ConstabularyError, Problem
from constabulary.registers.access import Permission
from constabulary.services.records import import_runs
from constabulary.services.workspace import runs
from constabulary.web import numbers
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.upload_forms import BoundariesForm, OwnRecordsForm, PoliceUkForm, UploadForm

FORMS: dict[str, tuple[str, type[UploadForm]]] = {
    "police-uk": ("Police data", PoliceUkForm),
    "incidents": ("Your own incidents", OwnRecordsForm),
    "calls": ("Your own calls", OwnRecordsForm),
    "pings": ("Positions of units", OwnRecordsForm),
    "shifts": ("Shifts of units", OwnRecordsForm),
    "observations": ("Figures of measures", OwnRecordsForm),
    "boundaries": ("Boundaries", BoundariesForm),
}
"""What people call each kind of file, and its form."""
ANSWER = "Every row is checked; rows that break a rule are refused and kept with the reason."
MAPPING_NAME = "mapping.toml"
REMEDIES = {
    "no_mapping": "Press “Suggest a mapping”, or choose a mapping file.",
    "not_police_uk": "Fetch the file again, or choose “Your own incidents” or “Your own calls” above.",
}
"""What to do on the page, where the error tells what to do on the command line."""
_DOUBT = re.compile(r"# CHECK FIRST|# check|# needed|\(needed|, perhaps$")


@dataclass(frozen=True)
class Upload(Context):
    """What the page for new files shows.

    Parameters
    ----------
    kind
        Which kind of file the form is for.
    kinds
        Address, name and whether it is the one shown, of each kind.
    form
        The form, with what is wrong with it.
    is_mapped
        True where the files are read through a mapping.
    has_mapping
        True where a mapping is in hand.
    doubts
        The lines of a proposed mapping that are uncertain.
    """

    kind: str
    kinds: tuple[tuple[str, str, bool], ...]
    form: UploadForm
    is_mapped: bool
    has_mapping: bool
    doubts: tuple[str, ...]


@page(
    "data/imports/new/",
    name="import_new",
    title="Import records",
    permission=Permission.IMPORT_RECORDS,
    nav=Room.DATA,
    parent="imports",
    methods=("GET", "HEAD", "POST"),
)
def import_new(request: Request) -> Upload | HttpResponse:
    """Take files in and ask for the run that imports them."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in FORMS else "police-uk"
    form_of = FORMS[kind][1]
    if request.method != "POST":
        return _shown(kind, form_of())
    if "download" in request.POST:
        headers = {"Content-Disposition": f'attachment; filename="{kind}.toml"'}
        text = request.POST.get("mapping_text", "").replace("\r\n", "\n")
        return HttpResponse(text, content_type="application/toml; charset=utf-8", headers=headers)
    if form_of is OwnRecordsForm:
        return _own_records(request, kind)
    sent = form_of(request.POST, request.FILES)
    if sent.is_valid():
        given = sent.cleaned_data["files"]
        uploads = _save(request, given if isinstance(given, list) else [given])
        try:
            return _start(request, kind, uploads, sent.arguments())
        except ConstabularyError as error:
            runs.drop_uploads(request.workspace, uploads)
            _tell(sent, error)
    return _shown(kind, sent)


def _own_records(request: Request, kind: str) -> Upload | HttpResponse:
    kept = runs.kept_uploads(request.workspace, request.POST.get("kept", ""))
    sent = OwnRecordsForm(request.POST, request.FILES, tuple(map(runs.name_of, kept)))
    if not sent.is_valid():
        return _shown(kind, sent)
    uploads = kept
    if sent.cleaned_data["files"]:
        runs.drop_uploads(request.workspace, kept)
        uploads = _save(request, sent.cleaned_data["files"])
    text = sent.text("mapping_text")
    try:
        text = text or _text_of(sent.cleaned_data.get("mapping"))
        if "suggest" in request.POST:
            proposed = import_runs.suggest(request.workspace, kind, uploads)
            doubts = tuple(line.lstrip("# ") for line in proposed.splitlines() if _DOUBT.search(line))
            answer = (
                f"This mapping is proposed from {runs.name_of(uploads[0])}: "
                f"{numbers.several(len(doubts), 'line')} to check. Nothing is imported yet."
            )
            return _shown(kind, _again(request, uploads, proposed), answer, doubts)
    except ConstabularyError as error:
        runs.drop_uploads(request.workspace, uploads)
        _tell(sent, error)
        return _shown(kind, sent)
    mapping = _save_text(request, text) if text else None
    try:
        return _start(request, kind, uploads, sent.arguments(), mapping)
    except ConstabularyError as error:
        runs.drop_uploads(request.workspace, [mapping] if mapping else [])
        again = _again(request, uploads, text)
        _tell(again, error)
        return _shown(kind, again)


def _start(
    request: Request, kind: str, uploads: list[str], arguments: dict[str, Any], mapping: str | None = None
) -> HttpResponse:
    """Look at the files and ask for the run; what is wrong with them is raised."""
    kind = import_runs.kind_of(request.workspace, kind, uploads)
    import_runs.check(request.workspace, kind, uploads, mapping)
    asked = {"paths": uploads, **arguments}
    if issubclass(FORMS[kind][1], OwnRecordsForm):
        asked |= {"kind": kind, "mapping": mapping}
    run = runs.start(request.workspace, import_runs.KINDS[kind], asked, request.person)
    return HttpResponseRedirect(reverse("run", args=[run.run_id]))


def _again(request: Request, uploads: list[str], mapping: str) -> OwnRecordsForm:
    """Return the form with the files kept and the mapping in hand."""
    data = request.POST.copy()
    data["kept"], data["mapping_text"] = runs.token_of(uploads), mapping
    form = OwnRecordsForm(data, None, tuple(map(runs.name_of, uploads)))
    form.is_valid()
    return form


def _tell(form: UploadForm, error: ConstabularyError) -> None:
    mapping_field = form.mapping_field if isinstance(form, OwnRecordsForm) else "files"
    for problem in error.problems:
        is_of_mapping = problem.file == MAPPING_NAME or problem.rule == "no_mapping"
        told = replace(problem, remedy=REMEDIES.get(problem.rule, problem.remedy))
        form.add_error(mapping_field if is_of_mapping else "files", str(told))


def _save(request: Request, files: list[Any]) -> list[str]:
    return runs.save_uploads(request.workspace, [(file.name or "file", file) for file in files])


def _save_text(request: Request, text: str) -> str:
    content = io.BytesIO(text.replace("\r\n", "\n").encode())
    return runs.save_uploads(request.workspace, [(MAPPING_NAME, content)])[0]


def _text_of(file: Any) -> str:
    if file is None:
        return ""
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput(
            Problem("not_utf8", "the file is no text in UTF-8.", MAPPING_NAME, remedy="Save it as such.")
        ) from None


def _shown(kind: str, form: UploadForm, answer: str = ANSWER, doubts: tuple[str, ...] = ()) -> Upload:
    here = reverse("import_new")
    return Upload(
        answer,
        kind=kind,
        kinds=tuple((f"{here}?kind={one}", title, one == kind) for one, (title, _) in FORMS.items()),
        form=form,
        is_mapped=isinstance(form, OwnRecordsForm),
        has_mapping="mapping_text" in form.fields,
        doubts=doubts,
    )
