"""The researcher's form for inviting many observers by a list."""

from collections.abc import Callable
from typing import cast

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_protect

from perception.core.input_files.errors import InputError
from perception.core.input_files.pasted_rows import decode_list

LARGEST_LIST = 1024**2
"""Bytes: more than the longest list needs, and half of what a signed-in researcher may send."""


def with_file_in_memory(request: HttpRequest, view: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Answer a request by a view that reads a small file, which goes to no disk; it is checked against forgery.

    To be called by a view that is exempt from that check, since whoever checks reads the request.
    """
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    answer: Callable[[HttpRequest], HttpResponse] = csrf_protect(view)
    return answer(request)


def deadline_field() -> forms.DateTimeField:
    """Return the field of the moment after which nobody can begin."""
    return forms.DateTimeField(
        label=gettext_lazy("Begin by"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("UTC. Nobody can begin after it. Empty: as long as the study is open."),
    )


class ListForm(forms.Form):
    """A list that is pasted or uploaded.

    Once it is valid `cleaned_data["text"]` is its text; `encoding_was_assumed`, whether the encoding of its file was.
    """

    people = forms.CharField(
        label=gettext_lazy("The list"), required=False, widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})
    )
    file = forms.FileField(label=gettext_lazy("or a file (CSV or text)"), required=False)

    encoding_was_assumed = False

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Leave the form tag to the page."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self) -> dict[str, object]:
        """Read the file, if there is one; else the text counts."""
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        file = cast("UploadedFile[bytes] | None", cleaned.get("file"))
        text = str(cleaned.get("people") or "")
        if file is not None:
            if text.strip():
                raise ValidationError(gettext("Paste a list or choose a file: it is not clear which of them counts."))
            text = self._read(file)
        elif not text.strip() and "people" in cleaned:
            self.add_error("people", gettext("Paste a list, or choose a file."))
        return cleaned | {"text": text}

    def _read(self, file: "UploadedFile[bytes]") -> str:
        if (file.size or 0) > LARGEST_LIST:
            self.add_error("file", gettext("The file is larger than any list that is meant."))
            return ""
        try:
            text, self.encoding_was_assumed = decode_list(file.read(), source=file.name or "")
        except InputError as error:
            self.add_error("file", str(error))
            return ""
        return text


class InvitationListForm(ListForm):
    """Whom to invite, a label or a label and a group a line."""

    deadline = deadline_field()

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Say what a list looks like."""
        super().__init__(*args, **kwargs)
        people = self.fields["people"]
        people.help_text = gettext(
            "One a line: a label, or a label and a group with a tab, semicolon or comma between. A header may stand "
            "above. A label is a pseudonym: the report names observers by it."
        )
        people.widget.attrs["placeholder"] = gettext("Observer 3\nObserver 4")
