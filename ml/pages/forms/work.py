"""What the forms that ask for long work share: the same queue as the commands', and its refusals at the fields."""

import re
from collections.abc import Mapping, Sequence

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from ml.errors import MlError
from ml.models import Run
from ml.models.owned import OwnedQuerySet
from ml.pages.access import signed_in
from ml.pages.forms.server_path import ServerPathField
from ml.pages.option_table import option_title
from ml.runs.checks import unique_name
from ml.runs.status import ON_THE_WAY
from ml.runs.work import Work
from ml.tasks import enqueue_checked

OPTION = re.compile(r"--([a-z][a-z0-9-]*)")
# "…; give another name (--name)": at the field itself, the option's name is not needed.
OPTION_IN_BRACKETS = re.compile(r" \(--[a-z][^)]*\)")
LONGEST_BASE = 90
ATTEMPTS = 5
"""How often a form finds free names, if others take them while they are checked."""


class WorkForm(forms.Form):
    """A form that asks for one or several runs."""

    do_not_call_in_templates = True
    """The page that offers several forms tells of the classes."""
    option_fields: Mapping[str, str] = {}
    """Which field an option of the command is, where the two have different names."""

    def __init__(
        self, data: Mapping[str, object] | None = None, *, by: User, initial: Mapping[str, object] | None = None
    ) -> None:
        """Lay the form out; `by` is who fills it in, and is offered what they may use."""
        super().__init__(data, initial=dict(initial or {}))
        self.by = by
        offer_usable(self, by)
        for name, field in self.fields.items():
            if field.label is None:
                field.label = option_title(name)
            if isinstance(field, ServerPathField):
                field.tell_roots()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = self.layout()

    def layout(self) -> Layout:
        """Return how the fields stand on the page."""
        return Layout(*self.fields)

    def where_offered(self, name: str) -> list[str]:
        """Return a choice among what was made as a layout takes it; it is dropped where there is nothing to choose."""
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField) and field.queryset is not None and field.queryset.exists():
            return [name]
        del self.fields[name]
        return []

    def works(self) -> Sequence[Work[models.Model]]:
        """Return the work that the filled-in form asks for."""
        raise NotImplementedError

    def enqueue(self, *, by: User) -> list[Run]:
        """Queue what is asked, all of it or nothing, as `by`'s.

        Where it is refused, no run is returned, and the form keeps the reason.
        """
        try:
            for _ in range(ATTEMPTS):
                works = self._checked_works()
                with transaction.atomic():
                    if self.works() == works:  # the names that were free are so still
                        return [enqueue_checked(work, by=by) for work in works]
            self.refuse(gettext("Others ask for the same at this moment. Ask once more."))
        except MlError as error:
            self.refuse(str(error))
        return []

    def _checked_works(self) -> Sequence[Work[models.Model]]:
        """Return what is asked, checked, outside a transaction: a check reads files, however slow their disk is."""
        works = self.works()
        for work in works:
            work.check()
        return works

    def refuse(self, message: str) -> None:
        """Show why a service refused, at the field whose option it names."""
        fields = {name.replace("_", "-"): name for name in self.fields} | dict(self.option_fields)
        named = [fields[option] for option in OPTION.findall(message) if option in fields]

        def field_title(option: re.Match[str]) -> str:
            name = fields.get(option[1])
            return gettext("“%(label)s”") % {"label": self[name].label} if name else option[0]

        text = OPTION.sub(field_title, OPTION_IN_BRACKETS.sub("", message))
        self.add_error(named[0] if named else None, text)


def offer_usable(form: forms.Form, user: User) -> None:
    """Let the fields that choose among what somebody made offer what `user` may use, and nothing else."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and isinstance(field.queryset, OwnedQuerySet):
            field.queryset = field.queryset.usable_by(user)


def free_name(model: type[models.Model], base: str) -> str:
    """Return a name after `base` that neither a row of the model has nor a run that is on its way asks for."""
    queued_names = {run.options.get("name") for run in Run.objects.filter(state__in=ON_THE_WAY).only("options")}
    name, number = unique_name(model, base), 1
    while name in queued_names:
        number += 1
        name = unique_name(model, f"{base[:LONGEST_BASE]} {number}")
    return name


def answer_work_form(
    request: HttpRequest, form: WorkForm, template: str, context: Mapping[str, object]
) -> HttpResponse:
    """Queue what a posted form asks for and show its run; otherwise show the form, with what was typed and why not."""
    if request.method == "POST" and form.is_valid() and (runs := form.enqueue(by=signed_in(request))):
        if len(runs) == 1:
            messages.success(request, gettext("It is queued. This page shows how far it is."))
            return redirect("ml:run-detail", runs[0].pk)
        said = gettext("%(n)s runs are queued. They are done one after the other.")
        messages.success(request, said % {"n": len(runs)})
        return redirect("ml:run-list")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)
