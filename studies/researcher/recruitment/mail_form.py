"""The researcher's form of mail to observers: a list of addresses, which is kept nowhere, and a text."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy

from studies.design.recruitment.mail_text import LONGEST_BODY, LONGEST_SUBJECT, MailText
from studies.languages import LANGUAGES
from studies.researcher.recruitment.invitation_list_form import ListForm


class MailForm(ListForm):
    """To whom, and what."""

    language = forms.ChoiceField(choices=LANGUAGES, widget=forms.HiddenInput)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "For each person {link}, {deadline} and {label} are filled in, and {title} is the study’s title."
        ),
    )
    reply_to = forms.EmailField(
        label=gettext_lazy("Answers go to"),
        required=False,
        help_text=gettext_lazy("Empty: to the address that the site’s mail comes from."),
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None,
        *,
        text: MailText,
        reply_to: str = "",
        people: str = "",
    ) -> None:
        """Begin with a text."""
        initial = {
            "language": text.language,
            "subject": text.subject,
            "body": text.body,
            "reply_to": reply_to,
            "people": people,
        }
        super().__init__(data, files, initial=initial)
        field = self.fields["people"]
        field.help_text = gettext(
            "One a line: a label and an e-mail address, with a tab, semicolon or comma between. The addresses are used "
            "for this mail alone, and stored nowhere."
        )
        field.widget.attrs["placeholder"] = gettext("Observer 3; anna@hospital.example")

    @property
    def mail_text(self) -> MailText:
        """What was written; of a valid form."""
        return MailText(*(self.cleaned_data[name] for name in ("language", "subject", "body")))
