"""The researcher's form of an open link."""

from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from perception.core.form_layout import side_by_side
from studies.models.recruitment.open_link import MOST_PLACES, OpenLink
from studies.models.recruitment.recruiter import Recruiter
from studies.models.study import Study

USUAL_PLACES = 20


class OpenLinkForm(forms.ModelForm[OpenLink]):
    """What a link says, and how many places it has."""

    places = forms.IntegerField(
        label=gettext_lazy("Places"),
        min_value=1,
        max_value=MOST_PLACES,
        initial=USUAL_PLACES,
        help_text=gettext_lazy(
            "How many people can take part by it. Whoever ends early leaves the place to the next, with the same "
            "images in the same order, so that the places are filled with sessions that count."
        ),
    )

    class Meta:
        """What a researcher sets."""

        model = OpenLink
        fields = (
            *("name", "group", "deadline", "recruiter", "id_parameter", "further_parameters"),
            *("completion_code", "completion_url", "screen_out_code", "screen_out_url", "full_code", "full_url"),
            "earlier_studies",
        )
        widgets = {
            "deadline": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "earlier_studies": forms.CheckboxSelectMultiple,
        }

    def __init__(
        self, data: QueryDict | None = None, *, study: Study, by: User, instance: OpenLink | None = None
    ) -> None:
        """Offer the study's groups, and the other studies that `by` sees and that had open links."""
        super().__init__(data, instance=instance)
        groups = study.groups_by_hand
        if groups:
            choices = [("", gettext("choose a group")), *((name, name) for name in groups)]
            field = OpenLink._meta.get_field("group")
            self.fields["group"] = forms.ChoiceField(
                choices=choices, label=str(field.verbose_name).capitalize(), help_text=field.help_text
            )
        else:
            del self.fields["group"]
        self._places_by_group = self._ask_places_by_group(study) if study.tells_groups_by_question else {}
        earlier = cast("forms.ModelMultipleChoiceField[Study]", self.fields["earlier_studies"])
        earlier.queryset = Study.objects.visible_to(by).exclude(pk=study.pk).filter(open_links__isnull=False).distinct()
        if not earlier.queryset.exists():
            del self.fields["earlier_studies"]
        if instance is not None and instance.pk:
            self._show_places(instance)
            if instance.observers.exists():
                for name in {"group", "recruiter", "id_parameter"} & self.fields.keys():
                    self.fields[name].disabled = True
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*self._groups())

    def clean(self) -> dict[str, object]:
        """Say at its field what the database would refuse; the service knows the rest."""
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        if self._places_by_group and not self.errors:
            cleaned["places"] = {group: cleaned.pop(name) for name, group in self._places_by_group.items()}
        if cleaned.get("recruiter") == Recruiter.OWN and not cleaned.get("id_parameter"):
            self.add_error("id_parameter", gettext("Say which parameter of the address holds the person’s id."))
        return cleaned

    def clean_earlier_studies(self) -> list[Study]:
        """Return the chosen studies, and those named before that the form does not offer: they are not taken out."""
        chosen: list[Study] = list(self.cleaned_data["earlier_studies"])
        offered = set(cast("forms.ModelMultipleChoiceField[Study]", self.fields["earlier_studies"]).queryset or ())
        named = self.instance.earlier_studies.all() if self.instance.pk else ()
        return [*chosen, *(study for study in named if study not in offered)]

    def tell(self, error: ValidationError) -> None:
        """Show at its field what the service has found wrong."""
        for name, messages in error.message_dict.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)

    def _ask_places_by_group(self, study: Study) -> dict[str, str]:
        """Ask for the places of each group in the place of all together; return the groups by their fields' names."""
        del self.fields["places"]
        named = {f"places_{number}": group for number, group in enumerate(study.group_names)}
        for name, group in named.items():
            self.fields[name] = forms.IntegerField(
                label=gettext("Places: %(group)s") % {"group": group},
                min_value=0,
                max_value=MOST_PLACES,
                initial=USUAL_PLACES,
                help_text=gettext("Taken when the questionnaire is answered; observers see no number of places."),
            )
        return named

    def _show_places(self, link: OpenLink) -> None:
        """Show how many places a link has."""
        if not self._places_by_group:
            self.fields["places"].initial = link.places.count()
        for name, group in self._places_by_group.items():
            self.fields[name].initial = link.places.filter(group=group).count()

    def _groups(self) -> list[Fieldset]:
        recruiter = gettext("Who sends people, and by which id they are known")
        back = gettext("The way back")
        note = gettext(
            "Shown on the last page, as a button and as text to copy: once the last answer is stored, when a check has "
            "ended the session, or when all places are taken. Prolific needs the codes alone; for SONA and Connect "
            "paste the address that they give."
        )
        return [
            Fieldset(gettext("The link"), *self._there("name", "group", "places", *self._places_by_group, "deadline")),
            Fieldset(recruiter, *self._there("recruiter", "id_parameter", "further_parameters", "earlier_studies")),
            Fieldset(
                back,
                HTML(format_html('<p class="facts">{}</p>', note)),
                side_by_side("completion_code", "completion_url"),
                side_by_side("screen_out_code", "screen_out_url"),
                side_by_side("full_code", "full_url"),
            ),
        ]

    def _there(self, *names: str) -> list[str]:
        return [name for name in names if name in self.fields]
