"""The part of a study's page on who works on it: give and take a role, hand the study over."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from studies.design.roles import give_role, hand_over, people_of, take_role
from studies.errors import StudyError
from studies.models.study import Study
from studies.models.study_role import StudyRole
from studies.researcher.access import own_study, researcher


class PersonForm(forms.Form):
    """Who is meant."""

    user = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Who"), empty_label=gettext_lazy("choose somebody")
    )

    def __init__(self, data: object = None, *, study: Study, prefix: str) -> None:
        """Offer whoever has an account that is active, but for the owner."""
        super().__init__(data, prefix=prefix)  # type: ignore[arg-type]
        person = self.fields["user"]
        if isinstance(person, forms.ModelChoiceField):
            person.queryset = User.objects.filter(is_active=True).exclude(pk=study.owner_id).order_by("username")


class RoleForm(PersonForm):
    """Who is meant, and as what."""

    role = forms.ChoiceField(
        choices=[
            (
                StudyRole.Role.COLLABORATOR,
                gettext_lazy("collaborator: everything but deleting it, roles and handing it over"),
            ),
            (
                StudyRole.Role.MONITOR,
                gettext_lazy("monitor: how far it is and who was invited, never answers or results"),
            ),
        ],
        label=gettext_lazy("As"),
    )


def roles_context(study: Study) -> dict[str, object]:
    """Return what the section on the page of a study shows."""
    return {
        "people": people_of(study),
        "role_form": RoleForm(study=study, prefix="role"),
        "owner_form": PersonForm(study=study, prefix="owner"),
    }


@login_required
@require_POST
def study_role_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a role."""
    study = own_study(request, pk)
    form = RoleForm(request.POST, study=study, prefix="role")
    return _act(request, study, form, lambda: give_role(study=study, by=researcher(request), **form.cleaned_data))


@login_required
@require_POST
def study_role_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take somebody's role away."""
    study = own_study(request, pk)
    given = next((given for given in people_of(study) if str(given.pk) == request.POST.get("given")), None)
    if given is not None:
        take_role(study=study, user=given.user, by=researcher(request))
        messages.success(
            request, gettext("%(user)s has no role in this study any more.") % {"user": given.user.get_username()}
        )
    return redirect("studies:study-detail", pk)


@login_required
@require_POST
def study_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Make somebody else the owner."""
    study = own_study(request, pk)
    form = PersonForm(request.POST, study=study, prefix="owner")
    by = researcher(request)
    return _act(request, study, form, lambda: hand_over(study=study, to=form.cleaned_data["user"], by=by))


def _act(request: HttpRequest, study: Study, form: forms.Form, act: Callable[[], object]) -> HttpResponse:
    if not form.is_valid():
        messages.error(request, gettext("Choose who is meant. Nothing was changed."))
    else:
        try:
            act()
        except StudyError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("It is done, and stands under “What was done”."))
    return redirect("studies:study-detail", study.pk)
