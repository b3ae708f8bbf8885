"""The door for new files: an upload, checked row by row."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from constabulary.core.errors import BadInput, WorkspaceBusy
from constabulary.registers.access import Permission
from constabulary.services import imports as service
from constabulary.web import form
from constabulary.web.page import Context, Request, Room, page
from constabulary.web.wording import own_name


@dataclass(frozen=True)
class Upload(Context):
    """What the page for new files shows.

    Parameters
    ----------
    form
        The form, with what is wrong with it.
    """

    form: form.Form


class UploadForm(form.Form):
    """Files of data.police.uk."""

    files = form.Files(
        "Files of data.police.uk",
        hint="Street crime, outcomes, or stop and search, as CSV, gzip or zip, as many as you like.",
        required="Select at least one file",
    )
    edition_on = form.Date(
        "When were they published?",
        hint="Leave it empty if the files imported last are the latest. For example, 31 3 2026.",
    )


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
    """Take files in and import them."""
    sent = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if sent.is_bound and sent.is_valid():
        try:
            report = _import(request, sent.cleaned_data["files"], sent.cleaned_data["edition_on"])
        except (BadInput, WorkspaceBusy) as error:
            for problem in error.problems:
                # The file as it was called where it came from, without the folder it waited in.
                here = replace(problem, file=own_name(problem.file)) if problem.file else problem
                sent.add_error("files", str(here))
        else:
            if len(report.import_ids) == 1:
                return HttpResponseRedirect(reverse("import", args=[report.import_ids[0]]))
            return HttpResponseRedirect(f"{reverse('imports')}?made={len(report.import_ids)}")
    return Upload(
        "Every row is checked; rows that break a rule are refused and kept with the reason.", form=sent
    )


def _import(request: Request, files: Iterable[UploadedFile], edition_on: Any) -> service.ImportReport:
    with tempfile.TemporaryDirectory(prefix="constabulary-upload-") as folder:
        paths = []
        for number, file in enumerate(files):
            # A folder each: two folders of months may hold files of one name.
            path = Path(folder) / str(number) / PurePath(file.name or "file").name
            path.parent.mkdir()
            with path.open("wb") as opened:
                shutil.copyfileobj(file, opened)
            paths.append(path)
        return service.import_police_uk(
            request.workspace, paths, by=request.person.name, edition_on=edition_on
        )
