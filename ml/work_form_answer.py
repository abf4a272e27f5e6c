"""How a page with a form that asks for long work answers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ml.work_form import WorkForm


def answer_work_form(request: HttpRequest, form: WorkForm, template: str, context: dict[str, Any]) -> HttpResponse:
    """Queue what a posted form asks for and show its run; otherwise show the form, with what was typed and why not."""
    if request.method == "POST" and form.is_valid() and (runs := form.enqueue()):
        if len(runs) == 1:
            messages.success(request, "It is queued. This page shows how far it is.")
            return redirect("ml:run-detail", runs[0].pk)
        messages.success(request, f"{len(runs)} runs are queued. They are done one after the other.")
        return redirect("ml:run-list")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)
