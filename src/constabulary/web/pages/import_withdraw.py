"""Taking a wrong import back, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from constabulary.registers.access import Permission
from constabulary.services.records import imports as service
from constabulary.services.workspace import audit
from constabulary.web import form, numbers
from constabulary.web.page import Context, Request, Room, page


@dataclass(frozen=True)
class Withdraw(Context):
    """What the page for withdrawing an import shows.

    Parameters
    ----------
    title
        Which import.
    import_id
        Its name in the lake.
    form
        The form, with what is wrong with it.
    """

    title: str
    import_id: str
    form: form.Form


class WithdrawForm(form.Form):
    """Why an import is withdrawn."""

    reason = form.Text(
        "Why is it wrong?", hint="The reason stays with the import.", required="Say why the import is wrong"
    )


@page(
    "data/imports/<slug:import_id>/withdraw/",
    name="import_withdraw",
    title="Withdraw an import",
    permission=Permission.IMPORT_RECORDS,
    nav=Room.DATA,
    parent="imports",
    methods=("GET", "HEAD", "POST"),
)
def withdraw(request: Request, import_id: str) -> Withdraw | HttpResponse:
    """Take a wrong import back."""
    record = service.show_import(request.workspace, import_id)
    sent = WithdrawForm(request.POST) if request.method == "POST" else WithdrawForm()
    if sent.is_bound and sent.is_valid():
        service.withdraw_import(
            request.workspace, import_id, by=request.person.name, reason=sent.cleaned_data["reason"]
        )
        about = f"import {import_id}"
        audit.note(request.workspace, request.person, Permission.IMPORT_RECORDS, "withdraw import", about)
        return HttpResponseRedirect(f"{reverse('imports')}?withdrawn={import_id}")
    n_accepted = sum(file.n_accepted for file in record.files)
    return Withdraw(
        f"The {numbers.several(n_accepted, 'row')} it brought stop counting, and rows that it replaced count again. "
        "Its record stays, with the reason.",
        title=f"Withdraw import {import_id}",
        import_id=import_id,
        form=sent,
    )
